"""Lengths of time in one letter: "within 6m" is six months and "in the last 2w" two weeks, where words of time stand beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Quantity

_UNITS = {"m": "mo", "w": "wk"}
_LETTER = re.compile(r"\s?(?P<letter>[mw])(?![\w²³/*^-])")
_LEAD = re.compile(r"\b(?:within|last|past|previous|preceding|prior|recent)\s+(?:the\s+)?(?:last\s+|past\s+|previous\s+)?(?:[<≤>≥]=?\s*)?$", re.IGNORECASE)
_TRAIL = re.compile(r"\s?(?:ago|earlier|before|prior|previously|post|of\s+(?:the\s+)?(?:screening|enrol|randomi|baseline|consent|study|inclusion|recruit|first\s+dose))", re.IGNORECASE)
_PLACE = re.compile(r"\s?(?:of|from|to|away|distance|walk|wide|long|high|tall|deep)\b", re.IGNORECASE)
_BRACKET = re.compile(r"[^\W\d_]\s?\((?:[<≤>≥]=?\s?)$")
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 120  # months
_BACK = 40  # characters before a number in which the words of its time stand


class _Words(NamedTuple):
    """The lists of [letters]."""

    lengths: frozenset[str]
    dated: Scanner


@cache
def _words() -> _Words:
    table = read_toml(data("windows.toml"))["letters"]
    return _Words(frozenset(table["lengths"]), Scanner(rf"\b(?:{alternation(table['dated'])})\b"))


def with_short_times(text: str, quantities: Sequence[Quantity]) -> list[Quantity]:
    """The quantities, a letter that stands for months or weeks read as such."""
    return [_timed(text, q) if q.unit in (None, "m") and q.reference is None and not q.roman else q for q in quantities]


def _timed(text: str, quantity: Quantity) -> Quantity:
    letter = _LETTER.match(text, quantity.number_end)
    if letter is None or max((b for b in (quantity.low, quantity.high) if b is not None), default=0) > _LONGEST or not _is_time(text, quantity, letter.end()):
        return quantity
    return replace(quantity, end=max(quantity.end, letter.end()), unit=_UNITS[letter.group("letter")], unit_text=letter.group("letter"))


def _is_time(text: str, quantity: Quantity, end: int) -> bool:
    """Whether words of time stand beside a number and its letter, or a bracket holds nothing else: "recent stroke (< 6m)"."""
    if not _words().lengths.isdisjoint(_WORD.findall(text[max(0, quantity.number_start - _BACK) : quantity.number_start].lower())):
        return False  # "able to walk 6m before a rest"
    if _TRAIL.match(text, end):
        return True
    if _LEAD.search(text, max(0, quantity.number_start - _BACK), quantity.number_start):
        return _PLACE.match(text, end) is None
    if _words().dated.search(text, max(0, quantity.number_start - _BACK), quantity.number_start) is None:
        return False
    bracket = _BRACKET.search(text, max(0, quantity.number_start - _BACK), quantity.number_start)
    return bracket is not None and text[end : end + 1] == ")"

"""An amount whose "per day" stands behind what it is of: "10 mg of prednisone per day", "150 minutes of exercise a week"."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from limen.mentions import TIME_UNITS, Quantity
from limen.units import UNITLESS, Rate, rates

_AMOUNT = re.compile(r"(?![%/])[^/]+(?:/(?:kg|m2))?")
_NAMED = re.compile(r"\s?(?P<of>of\s)?(?:an?\s|the\s|oral\s|iv\s)?", re.IGNORECASE)
_PLAIN = re.compile(r"(?:\s(?!(?:and|or|with|within|for|before|after|during|at|who|then|until|prior|if|in|on|by|to|from|over|is|are|has)\b)[^\W\d_][\w'’-]*){1,4}", re.IGNORECASE)
_ALIKE = re.compile(r"(?:\s?\(?\s?(?:or\s)?(?:its\s|an\s)?(?:equivalents?|base|tablets?|alone)(?:\s(?:dose|dosage))?\)?)?", re.IGNORECASE)
_REACH = 70
_LENGTHS = ("min", "h", "d", "wk", "mo", "a")


def with_rates(text: str, found: Sequence[Quantity], names: Collection[tuple[int, int]]) -> list[Quantity]:
    """The quantities, an amount under the rate behind the name of what it is an amount of."""
    return [_rated(text, q, names) for q in found]


def _rated(text: str, quantity: Quantity, names: Collection[tuple[int, int]]) -> Quantity:
    unit = quantity.unit
    if unit in (None, UNITLESS) or quantity.reference is not None or not _AMOUNT.fullmatch(unit or ""):
        return quantity
    rate = next((r for r in rates(text, quantity.end + 1, quantity.end + _REACH)), None)
    if rate is None or not _is_of(text, quantity.end, rate, names):
        return quantity
    if unit in TIME_UNITS and _LENGTHS.index(unit or "") >= _LENGTHS.index(rate.code[1:]):
        return quantity  # "for 4 weeks of tablets daily"
    said = f"{quantity.unit_text} {text[rate.start : rate.end].strip()}"
    return replace(quantity, unit=f"{unit}{rate.code}", unit_text=said)


def _is_of(text: str, end: int, rate: Rate, names: Collection[tuple[int, int]]) -> bool:
    """Whether nothing but a name stands between an amount and a rate: one that is known, or plain words behind "of"."""
    opened = _NAMED.match(text, end)
    assert opened is not None
    if opened["of"] and _PLAIN.fullmatch(text, opened.end("of") - 1, rate.start):
        return True
    return any(a == opened.end() and b <= rate.start and _ALIKE.fullmatch(text, b, rate.start) for a, b in names)

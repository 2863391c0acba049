"""Names that words of no denial deny: "gout or active asthma must be absent", "off warfarin"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Mention

_FORBIDDEN = re.compile(r"\s*(?:must|should|may|can)\s?(?:not\s)?\s*(?:both\s|all\s)?be\s", re.IGNORECASE)

_OFF = re.compile(r"(?<![\w/-])(?<!\bon or )(?<!\bon and )off\s+(?!label)(?:(?:all|any|of|either|both)\s+){0,2}(?:[\w-]+(?:\s[\w-]+){0,2}(?:\s(?:and|or)\s|,\s(?:(?:and|or)\s)?)){0,2}$", re.IGNORECASE)
_OFF_THIS = re.compile(r"\b(?:(?:and|but|or|currently)\s+)?off\s+(?:(?:all|any|of|either|both)\s+){0,2}$", re.IGNORECASE)
_WASHED_OUT = re.compile(r"[^.;]{0,80}\b(?:for|since|at\s+least|within|before|prior|during|days?|weeks?|months?)\b", re.IGNORECASE)
_NAIVE = re.compile(r"[^\W\d_]{3,}[\s-]na[iï]ve\b(?=\s+(?!or\b|and\b|to\b)[^\W\d_])", re.IGNORECASE)
_BEFORE = 50  # characters in which "off" may stand before a name


@cache
def _joint() -> Scanner:
    """What may stand between two of them: a joint, and words of the state of the second."""
    states = alternation(read_toml(data("logic.toml"))["denials"]["states"])
    return Scanner(rf"(?:\s?\([^()]{{1,60}}\)|\sof\s(?:any|every)\s\w+)?\s*(?:,\s*(?:(?:and|or|and/or)\s+)?|(?:and|or|and/or)\s+)(?:(?:{states})\s+){{0,3}}$")


def forbids_both(text: str, one: Mention, two: Mention, closing: int) -> bool:
    """Whether what must not be there is the first of two names as well as the second, which has words of its own; the last name ends at `closing`."""
    return closing >= 0 and _FORBIDDEN.match(text, closing) is not None and _joint().match(text[one.end : two.start]) is not None


def is_off(text: str, drug: Mention) -> bool:
    """Whether someone is off a drug, where no time says since when: "off warfarin", and not "off warfarin for 2 weeks"."""
    return _OFF.search(text, max(0, drug.start - _BEFORE), drug.start) is not None and _WASHED_OUT.match(text, drug.end) is None


def off_from(text: str, start: int, names: Sequence[Mention]) -> int | None:
    """Where a stretch goes on with the drugs that someone is off: "psoriasis off methotrexate"."""
    denied = (m for m in names if "negated" in m.context and m.kind in ("drug", "procedure"))
    found = next((f for m in denied if (f := _OFF_THIS.search(text, max(start, m.start - _BEFORE), m.start))), None)
    return found.start() if found is not None else None


def naive_of(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a stretch says of someone that they are new to a treatment: "steroid-naive" before what they have."""
    found = _NAIVE.search(text, start, end) if "na" in text[start:end] else None
    return found.span() if found else None

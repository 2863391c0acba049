"""The states of people that logic.toml lists: whose they are, what they imply, and whom they shut out."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from limen.criteria import Condition, Expression
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Mention

_NEGATIVE = re.compile(r"\bnegative\b", re.IGNORECASE)
_SHOWN_BEFORE = re.compile(r"\bpositive\s(?:[\w-]+\s(?:or\s|and\s)?){0,3}$", re.IGNORECASE)
_SHOWN_BEHIND = re.compile(r"\s+(?:(?:is|are|was|were|be|results?|found|to)\s+){0,3}positive\b", re.IGNORECASE)
POSITIVE = re.compile(r"\bpositive\b", re.IGNORECASE)


class Statuses(NamedTuple):
    """The lists of [states]; `results` are the tests whose negative result denies a state, `excepted` what an exception may name."""

    results: dict[str, str]
    excepted: dict[str, list[str]]
    welcome: dict[str, bool]
    partner: Scanner
    of_partner: Scanner
    partners_own: frozenset[str]
    asked: dict[str, bool]
    implied: dict[str, str]
    bodily: frozenset[str]
    childless: frozenset[str]
    contraceptive: Scanner
    absences: frozenset[str]


@cache
def statuses() -> Statuses:
    """The lists, compiled once a process."""
    table = read_toml(data("logic.toml"))
    listed = table["states"]
    partners = alternation(listed["partners"])
    return Statuses(
        results=dict(table["results"]),
        excepted=dict(table["excepted"]),
        welcome=dict(listed["welcome"]),
        partner=Scanner(partners),
        of_partner=Scanner(rf"\s(?:(?:or|and|/)\s(?!with\b|whose\b|their\b|his\b|her\b)\w+\s)?(?:female\s|sexual\s)?(?:{partners})"),
        partners_own=frozenset(listed["partners_own"]),
        asked=dict(listed["asked"]),
        implied=dict(listed["implied"]),
        bodily=frozenset(listed["bodily"]),
        childless=frozenset(listed["childless"]),
        contraceptive=Scanner(alternation(listed["contraceptive"], tail=False)),
        absences=frozenset(listed["absences"]),
    )


def names_denial(part: Expression | None) -> bool:
    """Whether the lexicon's name of a thing is a denial: of the kinds of what a "non-smoker (cigars, pipes)" uses none is there."""
    return isinstance(part, Condition) and not part.negated and part.concept in statuses().absences


def is_result(text: str, mention: Mention, start: int) -> bool:
    """Whether a test is said to be negative: that denies no test."""
    return mention.kind == "procedure" and _NEGATIVE.search(text, max(start, mention.start - 30), min(len(text), mention.end + 30)) is not None


def is_positive(text: str, mention: Mention, start: int) -> bool:
    """Whether a test is said to be positive."""
    return POSITIVE.search(text, max(start, mention.start - 30), min(len(text), mention.end + 30)) is not None


def shows(text: str, mention: Mention, start: int) -> bool:
    """Whether a test shows what it tests for: "a positive urine pregnancy test", "pregnancy test positive"."""
    return _SHOWN_BEFORE.search(text, start, mention.start) is not None or _SHOWN_BEHIND.match(text, mention.end) is not None

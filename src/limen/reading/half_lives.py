"""The half-lives of a drug beside a length of time: "within 4 weeks or 5 half-lives, whichever is longer, before the first dose"."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import alternation

_LEADS = r"(?:(?:within|less|fewer|more|than|at|least|the|last|past|previous|in|for|up|to|a|minimum|of|[<>=≤≥]{1,2})\s){0,4}?[<>=≤≥]{0,2}\s?"
_COUNT = rf"{_LEADS}(?:\d{{1,2}}|two|three|four|five|six|seven|ten|several)(?:-\d)?\s?(?:(?:x|×|times|[a-z-]+)\s){{0,3}}?"
_WHICH = r"(?:use\s|take\s)?which\s?ever\s(?:[a-z]+\s){0,4}?(?:[a-z]+er|[a-z]+est|less|least|first|last|more|most)\b(?:\s(?:period|time|duration|one))?"
_IF = r"if\s(?:(?:that|this|it|they|these)\s(?:is|are)\s)?(?:longer|greater|shorter)\b(?:\sthan\s(?:[\d.]+\s[a-z]+|this|that))?"
_TOLD = rf"(?:\s?\((?:{_WHICH}|{_IF})\)|,?\s(?:{_WHICH}|{_IF}))"
_OF = r"(?:\s(?:of|for)\s[^.;,()]{1,50}?(?=\s?(?:[.;,()]|$)))?"


class HalfLives(NamedTuple):
    """Half-lives between a length of time and its event, before it, and behind it or its event; and which of the two counts."""

    between: str
    before: re.Pattern[str]
    behind: re.Pattern[str]
    told: re.Pattern[str]


@cache
def half_lives() -> HalfLives:
    """The patterns of the half-lives that windows.toml names."""
    said = alternation(read_toml(data("windows.toml"))["aside"]["half_lives"])
    between = (  # "(or 5 half-lives)", "or 5 half-lives of the drug (whichever is longer)", "(one cycle)"
        rf"(?:\s?\((?:[^()]{{0,60}}{said}[^()]{{0,80}}|[^()\s]{{1,6}}\s?[^\W\d_]{{1,6}})\)"
        rf"|,?\sor\s[^.;()]{{0,40}}{said}(?:\s(?:of|for)\s[^.;,()]{{1,50}}?)?(?:\s?\([^()]{{1,60}}\))?(?:{_TOLD})?|{_TOLD}\)?)"
    )
    before = rf"\bwithin\s(?:[^\s;,()]{{1,20}}\s){{1,5}}{said}(?:\s(?:of|for)\s[^.;,()]{{1,40}})?(?:\s\([^()]{{1,60}}\))?,?\s\(?or\s$"
    behind = rf"\s?\(or\s{_COUNT}{said}\b[^()]{{0,80}}\)(?:{_TOLD})?|,?\sor\s{_COUNT}{said}\b{_OF}(?:\s?\([^()]{{1,60}}\))?(?:{_TOLD})?"
    return HalfLives(between, *(re.compile(p, re.IGNORECASE) for p in (before, behind, _TOLD)))


def end_of_half_lives(text: str, end: int, *, opened: bool) -> int:
    """Where the words of a window end that tell of half-lives: "or 5 half-lives, whichever is longer"; `opened`: they stand before it."""
    patterns = half_lives()
    found = patterns.told.match(text, end) if opened else patterns.behind.match(text, end)
    return found.end() if found is not None else end

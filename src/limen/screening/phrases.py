"""Patterns of the words that screening knows."""

from __future__ import annotations

import re
from functools import cache

from limen.lexicon.patterns import alternation
from limen.screening.vocabulary import vocabulary


@cache
def either_way() -> re.Pattern[str]:
    """ "Known or suspected", "suspected/confirmed": who surely has it is meant."""
    sure, unsure = ("|".join(map(re.escape, words)) for words in (vocabulary().sure, vocabulary().unsure))
    joint = r"\s*,?\s*(?:\bor\b|\band/or\b|/)\s*(?:clinically\s+)?"
    return re.compile(rf"\b(?:(?:{sure}){joint}(?:{unsure})|(?:{unsure}){joint}(?:{sure}))\b", re.IGNORECASE)


@cache
def ahead() -> re.Pattern[str]:
    """ "PCI is to be performed": what is still to come."""
    return re.compile(alternation(vocabulary().ahead), re.IGNORECASE)


@cache
def occasions() -> re.Pattern[str]:
    """ "Prior to", "during": between something else and the treatment beside which it was."""
    return re.compile(rf"\b(?:{alternation(vocabulary().occasions)})\b", re.IGNORECASE)


@cache
def degree() -> re.Pattern[str]:
    """ "Severe", "stage 3b": how far a recorded disease has gone, and on which side it is, not which it is."""
    words = alternation(vocabulary().degrees)
    return re.compile(rf"\A(?:(?:{words})\s+)+|\s+(?:(?:stage|grade|class|degree|gold)\s+(?:\d[a-d]?|[ivx]+[a-d]?)|{words}|unspecified|nos)\Z")


@cache
def _listed_ahead() -> re.Pattern[str]:
    return re.compile(rf"\b(?P<ahead>{alternation(vocabulary().ahead)})\s+[^.;:()]{{1,60}}?(?:,|\band|\bor|\band/or)\s*\Z", re.IGNORECASE)


def planned_with(before: str) -> str | None:
    """The words that put what follows a list's joint ahead, as they do the list's head: "scheduled for" of "scheduled for A and B"."""
    found = _listed_ahead().search(before)
    return found["ahead"] if found else None

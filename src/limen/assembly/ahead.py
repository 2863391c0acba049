"""An exception that stands before what it lifts: "Other than gout, no rheumatic disease", "Besides asthma: no lung disease"; or that is a list behind a colon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.denials import all_denied, opened
from limen.assembly.leaves import group, unread
from limen.assembly.words import Words
from limen.criteria import AnyOf, Condition, Exposure, Expression, Threshold, Unless, leaves

_MARK = re.compile(r"(?:,|:|\s[-–—])\s+")
_EXCLUDING = re.compile(r"\bexclu\w+(?:\s+of)?\s*$", re.IGNORECASE)
_UNLESS = re.compile(r"\b(?:unless|except\s+(?:if|when|where))\s*$", re.IGNORECASE)
_LISTED = re.compile(r"\s*(?:(?:for|of)\s+)?(?:(?:any\s+of\s+|one\s+of\s+)?(?:the\s+)?(?:following|these|those\s+listed)(?:\s+[^\W\d_]+){0,3}\s*)?:", re.IGNORECASE)
_CUE = 16  # characters of an exception's cue
_ALL = re.compile(r"(?:any|all|every|each)\s", re.IGNORECASE)

_SUBJECT = re.compile(r"(?:(?:the|any)\s+)?(?:patients?|subjects?|participants?|individuals?|volunteers?)\s+(?:who\s+|with\s+|that\s+)?(?:have|has|had|is|are|was|were|with|received|takes?)\b", re.IGNORECASE)


class Exceptions(Protocol):
    """Reads what an exception names."""

    def lifting(self, start: int, end: int) -> Expression | None: ...


class Lists(Protocol):
    """Reads what is lifted."""

    def stretch(self, start: int, end: int) -> Expression | None: ...
    def pieces(self, start: int, end: int) -> list[tuple[int, int]]: ...
    @property
    def exceptions(self) -> Exceptions: ...


def lifted_ahead(words: Words, lists: Lists, begin: int, end: int) -> Expression | None:
    """The statement behind an exception that opens it and ends at a mark: a denial, or all of a kind that an exclusion shuts out.

    `begin` is where the words go on behind "other than".
    """
    if _EXCLUDING.search(words.text, max(0, begin - _CUE), begin):
        return None  # "excluding warts, no cancer" may shut out who has warts
    if _UNLESS.search(words.text, max(0, begin - _CUE), begin):
        return _unless(words, lists, begin, end)
    for mark in _MARK.finditer(words.text, begin, end):
        whole = opened(words.text, mark.end(), end) is not None or (words.role == "exclusion" and (_ALL.match(words.text, mark.end()) or (mark.group()[0] == "," and _SUBJECT.match(words.text, mark.end(), end))))
        if not whole or not words.layout.is_open(mark.start(), begin) or not words.weighty(begin, mark.start()):
            continue
        exception, requirement = lists.exceptions.lifting(*words.trim(begin, mark.start())), lists.stretch(mark.end(), end)
        if requirement is None or exception is None:
            return None
        if all(isinstance(leaf, Threshold) and leaf.kind == "duration" for leaf in leaves(requirement)):
            exception = unread(words.text, begin, mark.start()) or exception  # "besides gout, no disease limiting survival to a year": whose survival gout limits is not said
        return Unless(requirement=requirement, exception=exception)
    return None


def _unless(words: Words, lists: Lists, begin: int, end: int) -> Expression | None:
    """ "Unless on dialysis, creatinine < 2": what stands behind the comma, which "unless" lifts; of a disease that is asked for a person decides."""
    comma = next((c for c in words.layout.joints(begin, end) if c.join == "comma"), None)
    if comma is None or not words.bears(begin, comma.start) or not words.bears(comma.end, end):
        return None
    exception, requirement = lists.exceptions.lifting(*words.trim(begin, comma.start)), lists.stretch(comma.end, end)
    if requirement is None or exception is None:
        return None
    made = Unless(requirement=requirement, exception=exception)
    sure = words.role == "exclusion" or all(isinstance(leaf, Threshold) for leaf in leaves(requirement)) or all_denied(requirement)
    return made if sure else unread(words.text, *words.trim(begin, end))


def lifted_by_list(words: Words, lists: Lists, run: Sequence[tuple[int, int]]) -> Expression | None:
    """ "Cancer, except for the following: melanoma; lymphoma": each thing that semicolons list behind an exception's colon lifts."""
    start, end = run[0]
    for cue in (c for c in words.mentions.cues if c.category == "EXCEPTION" and start < c.start and c.end < end):
        colon = _LISTED.match(words.text, cue.end, end)
        if colon is None or len(run) < 2 or not words.layout.is_open(cue.start, start):
            continue
        pieces = [p for p in lists.pieces(colon.end(), run[-1][1]) if p[0] < p[1]]
        requirement, exception = lists.stretch(start, cue.start), group("or", [_lifting(words, lists, *words.trim(*p)) for p in pieces])
        return Unless(requirement=requirement, exception=exception) if requirement is not None and exception is not None else None
    return None


def _lifting(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
    """An item of such a list; where it goes on with another kind of thing ("steroids for gout or asthma") a person decides."""
    lifted = lists.exceptions.lifting(start, end)
    parts = lifted.of if isinstance(lifted, AnyOf) else ()
    mixed = any(isinstance(p, Condition) for p in parts) and any(isinstance(p, Exposure) for p in parts)
    return unread(words.text, start, end) if mixed else lifted

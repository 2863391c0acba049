"""An exception that stands before what it lifts: "Other than gout, no rheumatic disease", "Besides asthma: no lung disease"."""

from __future__ import annotations

import re
from typing import Protocol

from limen.assembly.denials import opened
from limen.assembly.leaves import unread
from limen.assembly.words import Words
from limen.criteria import Expression, Threshold, Unless, leaves

_MARK = re.compile(r"(?:,|:|\s[-–—])\s+")
_EXCLUDING = re.compile(r"\bexclu\w+(?:\s+of)?\s*$", re.IGNORECASE)
_CUE = 16  # characters of an exception's cue
_ALL = re.compile(r"(?:any|all|every|each)\s", re.IGNORECASE)


class Exceptions(Protocol):
    """Reads what an exception names."""

    def lifting(self, start: int, end: int) -> Expression | None: ...


class Lists(Protocol):
    """Reads what is lifted."""

    def stretch(self, start: int, end: int) -> Expression | None: ...
    @property
    def exceptions(self) -> Exceptions: ...


def lifted_ahead(words: Words, lists: Lists, begin: int, end: int) -> Expression | None:
    """The statement behind an exception that opens it and ends at a mark: a denial, or all of a kind that an exclusion shuts out.

    `begin` is where the words go on behind "other than".
    """
    if _EXCLUDING.search(words.text, max(0, begin - _CUE), begin):
        return None  # "excluding warts, no cancer" may shut out who has warts
    for mark in _MARK.finditer(words.text, begin, end):
        whole = opened(words.text, mark.end(), end) is not None or (words.role == "exclusion" and _ALL.match(words.text, mark.end()))
        if not whole or not words.layout.is_open(mark.start(), begin) or not words.weighty(begin, mark.start()):
            continue
        exception, requirement = lists.exceptions.lifting(*words.trim(begin, mark.start())), lists.stretch(mark.end(), end)
        if requirement is None or exception is None:
            return None
        if all(isinstance(leaf, Threshold) and leaf.kind == "duration" for leaf in leaves(requirement)):
            exception = unread(words.text, begin, mark.start()) or exception  # "besides gout, no disease limiting survival to a year": whose survival gout limits is not said
        return Unless(requirement=requirement, exception=exception)
    return None

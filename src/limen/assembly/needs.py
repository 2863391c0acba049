"""People and what they need: "patients with liver metastases require ALT ≤ 5 x ULN", "For subjects who had A, B or C:"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.grammar import grammar
from limen.assembly.segments import Cut
from limen.assembly.words import Words
from limen.criteria import Expression, IfThen

_REQUIRED_FOR = re.compile(r"\s+(?:is|are|will\s+be)\s+(?:also\s+)?(?:required|mandatory|needed|necessary|obligatory|compulsory)\s+(?:only\s+)?(?:for|in|of)\s+", re.IGNORECASE)
_REQUIRES = re.compile(r"(?<!who )(?<!that )(?<!which )\brequires?:?\s+", re.IGNORECASE)


class Lists(Protocol):
    """Reads what is needed, and of whom."""

    def stretch(self, start: int, end: int) -> Expression | None: ...
    def items(self, start: int, end: int) -> Expression | None: ...


def requires(words: Words, start: int, end: int) -> re.Match[str] | None:
    """The verb between people and the limit that they need."""
    found = _REQUIRES.search(words.text, start, end) if grammar().people.match(words.text, start) else None
    return found if found is not None and any(t.concept_start == found.end() for p in words.limits(found.end(), end) for t in p.thresholds) else None


def required_for(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
    """ "A biopsy is required for patients with melanoma": what an inclusion asks of some people alone, who are told of behind it."""
    found = _REQUIRED_FOR.search(words.text, start, end) if words.role == "inclusion" else None
    people = grammar().people.match(words.text, found.end(), end) if found is not None else None
    if found is None or people is None or not words.layout.is_open(found.start(), start) or not words.names(people.end(), end):
        return None
    if words.layout.joints(start, end) or words.limits(start, found.start()) or any(m.kind == "demographic" for m in words.names(start, found.start())):
        return None
    when, then = lists.stretch(found.end(), end), lists.items(*words.trim(start, found.start()))
    return IfThen(when=when, then=then) if when is not None and then is not None else None


def lists_people(words: Words, joints: Sequence[Cut], end: int) -> bool:
    """Whether the commas of a lead and its "or" list whom the items below it are for, and none of them ends a guard."""
    plain = joints[-1].join == "or" and {c.join for c in joints} == {"comma", "or"} and words.text[end:].strip() in ("", ":")
    return plain and not words.limits(joints[0].end, end) and grammar().modal.search(words.text, joints[0].end, end) is None

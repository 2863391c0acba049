"""Sentences and leads that shut out what they name: "Use of inhibitors is not permitted", "... will be excluded:"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.denials import all_denied
from limen.assembly.grammar import grammar
from limen.assembly.leaves import group
from limen.assembly.segments import Cut, between
from limen.assembly.verdicts import verdicts
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Expression

_ASIDE = 90  # characters of an aside behind a verdict
_RELATIVE = re.compile(r"\b(?:who|that|which)\s+$", re.IGNORECASE)  # "patients who are not eligible for surgery" are meant, not shut out
_SHUTS_OUT = re.compile(
    r"\W*(?:(?:we\s+)?exclud(?:e|es|ing)|(?:with\s+(?:the\s+)?)?exclusion\s+of)\s+(?:any\s+|all\s+)?(?=\w)|\W*(?:exclud(?:ing|ed)|exclusions?|(?:not\s+|in)eligible|prohibited|forbidden|not\s+(?:allowed|permitted))\s*:\s*(?=\w)",
    re.IGNORECASE,
)

_TOGETHER = re.compile(r"\b(?:combin\w+|concomitant\w*|concurrent\w*|simultaneous\w*|both|together)\b", re.IGNORECASE)


class Lists(Protocol):
    """Reads the lists of a stretch, and tells those of people."""

    def stretch(self, start: int, end: int) -> Expression | None: ...
    def people(self, cuts: Sequence[Cut], start: int, end: int) -> bool: ...


def each_of(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
    """What is shut out, each by itself where "and" lists it: "patients with A and patients with B are excluded", "smoking and BMI > 40 are not permitted"."""
    subject = lists.stretch(start, end)
    joints = [c for c in words.layout.joints(start, end) if c.join in ("and", "comma")] if isinstance(subject, AllOf) else []
    if not isinstance(subject, AllOf) or not joints:
        return subject
    if lists.people(joints, start, end):
        return AnyOf(of=subject.of)
    if _TOGETHER.search(words.text, start, end) or grammar().people.search(words.text, start, end) or all_denied(subject):
        return subject
    several = len(joints) != len(subject.of) - 1  # "heart failure with LVEF < 40 % and asthma"
    return group("or", [lists.stretch(a, b) for a, b in between(start, end, joints)]) if several else AnyOf(of=subject.of)


def predicated(text: str, start: int, end: int) -> int | None:
    """Where the subject ends of a sentence that shuts something out: "Use of inhibitors is not permitted"."""
    found = verdicts().shut.search(text, start + 1, before_aside(text, start, end))
    return found.start() if found and not _RELATIVE.search(text, start, found.start()) else None


def before_aside(text: str, start: int, end: int) -> int:
    """The end of a statement without an aside that says nothing of the patient: "are not eligible, as judged by the investigator"."""
    found = grammar().beside_verdict.search(text, max(start, end - _ASIDE), end)
    return found.start() if found else end


def leads(text: str) -> int | None:
    """Where a lead's last words begin to deny the list below it: "must report the absence of:", "... will be excluded:"."""
    found = verdicts().lead.search(text) or verdicts().shut.search(text)
    return found.start() if found else None


def shuts(text: str, start: int, end: int) -> bool:
    """Whether a stretch says that what stands before it is shut out."""
    return verdicts().shutting.search(text, start, end) is not None


def shut_for(text: str, start: int, end: int) -> re.Match[str] | None:
    """Where a sentence's subject ends that is shut out, and where the reason begins: "Patients are excluded if they have asthma"."""
    found = verdicts().shut_for.search(text, start, end)
    return found if found and not _RELATIVE.search(text, start, found.start()) else None


def shuts_out(text: str, start: int, end: int) -> int | None:
    """Where those begin whom a sentence shuts out: "Excluding patients with asthma"."""
    found = _SHUTS_OUT.match(text, start, end)
    return found.end() if found else None

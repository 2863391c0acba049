"""People and what they need: "patients with liver metastases require ALT ≤ 5 x ULN", "For subjects who had A, B or C:"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, is_light, unread
from limen.assembly.segments import Cut
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Expression, IfThen
from limen.mentions import Mention

_REQUIRED_FOR = re.compile(r"\s+(?:is|are|will\s+be)\s+(?:also\s+)?(?:required|mandatory|needed|necessary|obligatory|compulsory)\s+(?:only\s+)?(?:for|in|of)\s+", re.IGNORECASE)
_PEOPLE = re.compile(r"[\s-]*(?:infected|positive|affected)?\s*(?:patients|subjects|participants|individuals|persons|people|volunteers)\s*", re.IGNORECASE)
_INSERTED = re.compile(r"\s*(?:(?:the|each|every|any|all)\s+)?(?:patients?|subjects?|participants?|individuals?|volunteers?),\s+if\s+(?P<when>[^,;.()]{3,60}),\s+", re.IGNORECASE)
_DEMAND = re.compile(r"(?<!who )(?<!that )(?<!which )\b(?:must|should|shall|(?:have|has|needs?)\s+to)\s+(?!be\s+(?:\w+\s+)?(?:[<>≥≤=\d]|at\s+least|above|below|over|under))", re.IGNORECASE)
_REQUIRES = re.compile(r"(?<!who )(?<!that )(?<!which )\brequires?:?\s+", re.IGNORECASE)


class Lists(Protocol):
    """Reads what is needed, and of whom."""

    def stretch(self, start: int, end: int) -> Expression | None: ...
    def items(self, start: int, end: int) -> Expression | None: ...


def requires(words: Words, start: int, end: int) -> re.Match[str] | None:
    """The verb between people and the limit that they need."""
    found = _REQUIRES.search(words.text, start, end) if grammar().people.match(words.text, start) else None
    return found if found is not None and any(t.concept_start == found.end() for p in words.limits(found.end(), end) for t in p.thresholds) else None


def are_named(words: Words, start: int, end: int, named: Sequence[Mention]) -> bool:
    """Whether words are people by their one disease: "HIV-infected participants", "diabetic patients"."""
    one = named[0] if words.role == "inclusion" and len(named) == 1 and named[0].kind == "condition" and not named[0].context else None
    return one is not None and is_light(words.text[start : one.start]) and _PEOPLE.fullmatch(words.text, one.end, end) is not None


def needed_of_some(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
    """What an inclusion asks of some people alone: "subject, if intubated, PEEP < 15", "a biopsy is required for patients with melanoma"."""
    if (limited := _of_limited(words, lists, start, end)) is not None:
        return limited
    inserted = _INSERTED.match(words.text, start, end) if words.role == "inclusion" else None
    if inserted is None:
        return _required_for(words, lists, start, end)
    when, then = lists.stretch(*inserted.span("when")), lists.stretch(inserted.end(), end)
    return IfThen(when=when, then=then) if when is not None and then is not None else None


def _of_limited(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
    """ "Patients with BMI > 35 must undergo polysomnography": what an inclusion demands of people with a limit.

    An age is asked of all.  Whether another limit is, or only says whom the demand meets, is left to a person.
    """
    people = grammar().people.match(words.text, start) if words.role == "inclusion" else None
    demand = _DEMAND.search(words.text, people.end(), end) if people is not None else None
    limits = words.limits(start, demand.start()) if demand is not None else []
    if demand is None or not limits or any(p.time is not None for p in limits) or words.layout.joints(start, demand.start()) or not words.layout.is_open(demand.start(), start):
        return None
    about = {t.concept for p in limits for t in p.thresholds}
    if any(t.concept in about for p in words.pairs if p.end <= start for t in p.thresholds):
        return None  # another way for those who miss the limit before: "creatinine < 1.5. Patients with creatinine > 1.5 must ..."
    when, then = lists.items(*words.trim(start, demand.start())), lists.stretch(demand.start(), end) or unread(words.text, demand.start(), end)
    doubt = unread(words.text, start, demand.start(), light=True)
    if when is None or then is None or doubt is None:
        return None
    if all(t.kind == "age" for p in limits for t in p.thresholds):
        return group("and", [when, then])
    return AllOf(of=(IfThen(when=when, then=then), AnyOf(of=(when, doubt))))


def _required_for(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
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

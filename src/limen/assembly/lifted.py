"""What an exception lifts, put right: under its time, without what only stands behind it, and what is in doubt left to a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.coordination import example_at
from limen.assembly.denials import all_denied, is_denied
from limen.assembly.leaves import group, unread, windowed
from limen.assembly.segments import between
from limen.assembly.statuses import statuses
from limen.assembly.trailing import known_as, thing_of
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, IfThen, Not, Threshold, Unless, Unread, leaves
from limen.lexicon import load


class Lists(Protocol):
    """Reads what an exception names."""

    def stretch(self, start: int, end: int) -> Expression | None: ...


_FURTHER = re.compile(r"[^,]*,\s*(?P<joined>(?:or|and(?:\s?/\s?or)?)\s+(?!(?:in|on|with|without|under|who|if|for|when|after|treated|controlled|are|is|has|have)\b))?", re.IGNORECASE)


def under_time(requirement: Expression, window: Threshold) -> Expression | None:
    """What an exception lifts under the window that stands behind the exception: of a list, the thing that the window names."""
    place = window.concept_start or 0
    if isinstance(requirement, (Condition, Exposure)) and window.concept not in (None, requirement.concept) and requirement.start < place < requirement.end:
        return AllOf(of=(requirement.model_copy(update={"text": requirement.text[: place - requirement.start].rstrip(), "end": place}), window))
    if isinstance(requirement, (Condition, Exposure, Unread)):
        return windowed(requirement, window)
    if isinstance(requirement, Demographic):
        return window if requirement.start <= place < requirement.end else None
    if not isinstance(requirement, (AllOf, AnyOf)):
        return None
    meant = next((p for p in reversed(requirement.of) if start_of(p) <= place or any(leaf.start <= place < leaf.end for leaf in leaves(p))), None)
    timed = under_time(meant, window) if meant is not None else None
    return requirement.model_copy(update={"of": tuple(timed if p is meant else p for p in requirement.of)}) if timed is not None else None


def met(lifted: Expression | None) -> Expression | None:
    """An exception with the guards of its limits as terms: "may enter with bilirubin ≤ 3 x ULN if direct bilirubin ≤ ULN" lets in where both are so."""
    if isinstance(lifted, IfThen):
        return group("and", [lifted.then, lifted.when])
    return group("and", [met(p) for p in lifted.of]) if isinstance(lifted, AllOf) else lifted


def told_apart(text: str, requirement: Expression | None, exception: Expression | None, start: int, end: int) -> Expression | None:
    """An exception that says again what it lifts, of a kind that nobody has read, left to a person: "pregnant, unless the pregnancy is ectopic"."""
    states = {(p.attribute, p.value) for p in leaves(requirement) if isinstance(p, Demographic)} if requirement is not None else set()
    again = isinstance(exception, Demographic) and (exception.attribute, exception.value) in states
    return unread(text, start, end) or exception if again else exception


def each_graded(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
    """The things of an inclusion's exception, one of which has a grade of its own and lifts by itself: "except alopecia and grade ≤ 2 neuropathy"."""
    joints = words.layout.joints(start, end)
    pieces = [words.trim(a, b) for a, b in between(start, end, joints)] if words.role == "inclusion" else []
    named = all(words.limits(*piece) or any(m.kind == "condition" and "negated" not in m.context for m in words.names(*piece)) for piece in pieces)
    graded = any(t.kind == "score" for p in words.limits(start, end) for t in p.thresholds)
    if len(pieces) < 2 or not named or not graded or not {c.join for c in joints} <= {"and", "comma"}:
        return None
    return group("or", [met(lists.stretch(*piece)) for piece in pieces])


def start_of(part: Expression) -> int:
    return min(leaf.start for leaf in leaves(part))


def end_of_part(part: Expression) -> int:
    return max(leaf.end for leaf in leaves(part))


def unnested(text: str, lifted: Expression | None) -> Expression | None:
    """An exception that has one of its own before a comma: of what is listed behind nobody knows whose exception it is.

    "Except skin cancer excluding melanoma, bladder cancer" means melanoma alone, as likely as not.
    """
    if not isinstance(lifted, Unless) or not isinstance(lifted.exception, AnyOf):
        return lifted
    parts = lifted.exception.of
    apart = next((i for i, (one, two) in enumerate(zip(parts, parts[1:]), 1) if "," in text[end_of_part(one) : start_of(two)]), len(parts))
    if apart == len(parts) or not all(isinstance(p, (Condition, Exposure)) for p in parts):
        return lifted
    doubtful = [Unread(text=text[start_of(p) : end_of_part(p)], start=start_of(p), end=end_of_part(p), confidence=0.0) for p in parts[apart:]]
    return group("or", [Unless(requirement=lifted.requirement, exception=group("or", parts[:apart]) or lifted.exception), *doubtful])


def strays(text: str, requirement: Expression, exception: Expression, *, closes: bool, whole: bool) -> tuple[Expression, Expression] | None:
    """An exception and what a list goes on with behind it and a comma, that is no kind of what is lifted.

    "Steroids, except inhaled steroids, or anticoagulants" lifts no anticoagulants, an illness is no kind of a drug, and what has
    an exception of its own is none.  `closes`:
    the list before the exception has no "or" of its own yet.
    """
    if not isinstance(exception, AnyOf) or len(exception.of) < 2:
        return None
    *before, own, last = exception.of
    shared = isinstance(own, Threshold) and isinstance(last, Threshold) and own.start == last.start  # "on metformin, or gout within 6 months"
    joint = _FURTHER.match(text, own.concept_end or own.end if isinstance(own, Threshold) and shared else end_of_part(own), end_of_part(last))
    if joint is None or (before and not joint["joined"]):
        return None
    lifted = requirement.of if isinstance(requirement, AnyOf) else (requirement,)
    known = all(thing_of(p) for p in (*lifted, own, last))
    stray = known and not whole and all(known_as(p, lifted) or (before and _akin(p, lifted)) for p in (*before, own)) and not is_akin(last, lifted)
    other = {thing_of(own), thing_of(last)} == {"condition", "treatment"} and not any(map(is_denied, (own, last)))
    apart = not before and (closes or other or isinstance(last, Unless)) and joint["joined"] and not known_as(last, lifted)
    return (group("or", [*before, own]) or own, last) if stray or apart else None


def examples_go_on(
    text: str, start: int, said: int, head: Expression | None, requirement: Expression, exception: Expression
) -> tuple[Expression | None, list[Expression]]:
    """An exception from the last of some examples, and the examples that go on behind it and a comma.

    "Diseases such as infection other than influenza, heart failure, gout" lets nobody in for gout; of what no list knows a person decides.
    """
    parts = exception.of if isinstance(exception, AnyOf) else ()
    opened = example_at(text, start, said)
    if not parts or text[:said].rstrip()[-1:] in (",", "(") or opened is None:
        return exception, []
    listed = [p for part in (head, requirement) if part is not None for p in (part.of if isinstance(part, AnyOf) else (part,))]
    examples = [p for p in listed if end_of_part(p) > opened[0]]
    own, further = [parts[0]], list[Expression]()
    for before, part in zip(parts, parts[1:]):
        gap = text[end_of_part(before) : start_of(part)]
        apart = "," in gap and "(" not in gap  # a bracket tells of the exception: "except those that abate (eg, rash)"
        if not further and (not apart or known_as(part, examples) or _akin(part, listed)):
            own.append(part)
            continue
        known = thing_of(part) is not None and any(map(thing_of, examples))
        doubt = Unread(text=text[start_of(part) : end_of_part(part)], start=start_of(part), end=end_of_part(part), confidence=0.0)
        further.append(part if known or isinstance(part, Unread) else AllOf(of=(part, doubt)))
    return group("or", own), further


def is_akin(part: Expression, of: Sequence[Expression]) -> bool:
    """Whether a part is a kind of some things, or one that trials except from them."""
    return known_as(part, of) or _akin(part, of)


def _akin(part: Expression, of: Sequence[Expression]) -> bool:
    """Whether an exception from some diseases may name a thing that is no kind of them: a carcinoma in situ is no malignancy."""
    kinds = {kind for p in of if isinstance(p, Condition) for kind in statuses().excepted.get(p.concept or "", ())}
    return isinstance(part, Condition) and part.concept is not None and not kinds.isdisjoint(load().ancestors(part.concept))


def in_doubt(text: str, requirement: Expression, exception: Expression) -> Expression | None:
    """What an exception's comma and "or" go on with where none is known as a kind of what is lifted: "gout except asthma, or fever".

    It may shut out by itself, of which a person decides.
    """
    if not isinstance(exception, AnyOf) or len(exception.of) != 2:
        return None
    joint = _FURTHER.match(text, end_of_part(exception.of[0]), end_of_part(exception.of[1]))
    lifted = requirement.of if isinstance(requirement, AnyOf) else (requirement,)
    known = all(isinstance(p, (Condition, Exposure)) and p.concept is not None for p in (*lifted, *exception.of)) and not any(map(is_denied, exception.of))
    if not known or joint is None or not joint["joined"] or known_as(exception.of[1], lifted):
        return None
    start, end = joint.start("joined"), end_of_part(exception.of[1])
    return AllOf(of=(exception.of[1], Unread(text=text[start:end], start=start, end=end, confidence=0.0)))


def lacks_time(part: Expression) -> bool:
    """Whether a part denies a length of time: "no progression for 4 weeks", of which it is not sure what was denied."""
    return isinstance(part, Not) and isinstance(part.of, Threshold) and part.of.kind in ("window", "duration")


def held_together(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The things of an exception, each with the denials behind it: "cancer in situ, not treated yet" lifts by no denial alone."""
    made: list[Expression | None] = []
    for part in parts:
        if made and all_denied(part):
            made[-1] = group("and", [made[-1], part])
        else:
            made.append(part)
    return made


def kinds_back(text: str, requirement: Expression | None, exception: Expression | None, start: int, end: int) -> tuple[Expression | None, Expression | None]:
    """What an exception lifts and the exception: "cancer other than melanoma, including lymphoma" lifts no lymphoma.

    Kinds set off by a comma are those of what is lifted, unless they are known as kinds of what is excepted; without one a person
    decides of other things ("diseases other than gout including cancer").
    """
    found = example_at(text, start, end)
    if found is None or requirement is None or not isinstance(exception, AnyOf):
        return requirement, exception
    apart = text[start : found[0]].rstrip()[-1:]
    excepted = [p for p in exception.of if start_of(p) < found[0]]
    other = text[start:end].lower().startswith("other")
    back = [p for p in exception.of if start_of(p) >= found[0] and not known_as(p, excepted) and (other or known_as(p, [requirement]))]
    if apart not in ",(" and other:
        return requirement, group("or", [p if p in excepted or known_as(p, excepted) or any(is_akin(leaf, excepted) for leaf in leaves(p)) else _doubted(text, p) for p in exception.of])
    if apart != "," and (apart != "(" or not isinstance(requirement, Unread) or not all(isinstance(p, Condition) and p.concept for p in back)):
        return requirement, exception
    if not excepted or not back:
        return requirement, exception
    denied = is_denied(requirement)
    lifted = group("and" if denied else "or", [requirement, *(Not(of=p) if denied and not is_denied(p) else p for p in back)])
    return lifted, group("or", [p for p in exception.of if p not in back])


def _doubted(text: str, part: Expression) -> Expression | None:
    return unread(text, start_of(part), end_of_part(part), light=True) if thing_of(part) is not None else part

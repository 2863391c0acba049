"""Conditions, drugs and procedures: whether the patient has or had them, and when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from limen.criteria import AllOf, Condition, Criterion, Exposure, Expression, Threshold, Window
from limen.screening.answers import Answer, Context, describe, leaf_text, unknown
from limen.screening.besides import spared_by
from limen.screening.dates import TIME_UNITS, When, shift
from limen.screening.facts import Event, Facts
from limen.screening.half_lives import beyond_half_lives, counts_half_lives
from limen.screening.logic import Truth, any_holds, negate
from limen.screening.match import CURRENT, FAMILY, PAST, RECENT, Wanted
from limen.screening.phrases import planned_with
from limen.screening.verdict import Evidence
from limen.screening.vocabulary import tells_result
from limen.screening.windows import (
    AT_SCREENING,
    OWN_DATES,
    Span,
    anchor_note,
    back_span,
    window_turns,
)

_NEGATION = re.compile(r"\b(no|not|without|absence of|free of|free from|negative for|never|neither|nor|lack of|devoid of)\b\s*|(?<=\w)[\s-](?:sero-?)?negative$", re.IGNORECASE)
_PEOPLE = re.compile(r"^(?:women|men|females|males)\s+(?:with|who\s+have|having)\s+", re.IGNORECASE)  # their sex is a leaf beside it
_WAIVED = re.compile(  # what may be so or not: "gout, regardless of severity"
    r"(?<=\w)\W*\b(?:(?:regardless|irrespective|independent(?:ly)?)\s+of|no\s+matter|whether|with\s+or\s+without)\s.*", re.IGNORECASE | re.DOTALL
)
_PRESENT = re.compile(rf"{CURRENT.pattern}|\b(?:receiving|using|undergoing)\b", re.IGNORECASE)
_ALSO_PAST = re.compile(rf"{PAST.pattern}(?:\W|\b(?:of|or|and|an?|the|any)\b)*\Z", re.IGNORECASE)  # "history of or" current gout
_BEFORE = 60
CONDITIONS = frozenset({"conditions"})
EXPOSURES = frozenset({"medications", "procedures"})
EVERYTHING = CONDITIONS | EXPOSURES


@dataclass(frozen=True)
class Found:
    """The events that are, or may be, what a criterion asks for."""

    surely: tuple[Event, ...]
    perhaps: tuple[Event, ...]
    absent: str | None


def wanted(leaf: Condition | Exposure) -> Wanted:
    """What a leaf asks for, without the words of its negation."""
    said = _WAIVED.sub("", _PEOPLE.sub("", leaf.text)) or leaf.text
    if not leaf.negated:
        return Wanted(leaf.concept, said, spared_by(leaf), tested=tells_result(leaf.text, negative=False))
    return Wanted(leaf.concept, _NEGATION.sub("", said), spared_by(leaf), tested=tells_result(leaf.text, negative=True))


def find(facts: Facts, what: Wanted, lists: frozenset[str]) -> Found:
    """The patient's events that match, and the statement that it is absent, if there is one."""
    relate = facts.catalogue.relation
    related = [(event, relate(what, event.label)) for event in facts.events if event.listed in lists]
    related += [(event, "is") for event in facts.events if event.listed in beside(lists) and relate(what, event.label) == "is"]
    surely = tuple(event for event, relation in related if relation == "is")
    perhaps = tuple(event for event, relation in related if relation == "may")
    absent = next((label.name for label in facts.absent if facts.catalogue.excludes(what, label)), None)
    return Found(surely, perhaps, absent)


def beside(lists: frozenset[str]) -> frozenset[str]:
    """The lists beside those asked for on which what is meant may stand: a transfusion among the drugs, a vaccine among the procedures."""
    return EXPOSURES - lists if lists <= EXPOSURES else frozenset()


def answer_condition(leaf: Condition, context: Context) -> Answer:
    """A disease, sign or state."""
    if leaf.experiencer != "patient":
        said = leaf.experiencer != "family" or leaf.text.lower().startswith(FAMILY)
        what = Wanted(None, leaf.text if said else f"{FAMILY} of {leaf.text}")
        return _finish(leaf, _judge(leaf, what, leaf.window, CONDITIONS, context))
    return _finish(leaf, _judge(leaf, wanted(leaf), leaf.window, CONDITIONS, context))


def answer_exposure(leaf: Exposure, context: Context) -> Answer:
    """A drug, procedure or therapy, without its dose."""
    what = given(leaf, context)
    return _finish(leaf, _judge(leaf, what, leaf.window, lists_of(what, context.facts), context))


def given(leaf: Exposure, context: Context) -> Wanted:
    """What a treatment's leaf asks for, to come where the list that it stands in is: "scheduled for A and B"."""
    what, place = wanted(leaf), max(0, leaf.start - context.criterion.start)
    plan = planned_with(context.criterion.text[max(0, place - _BEFORE) : place]) if leaf.window is None else None
    return what if plan is None else replace(what, text=f"{plan} {what.text}")


def lists_of(what: Wanted, facts: Facts) -> frozenset[str]:
    """The lists in which a drug or procedure would stand: both, where the catalogue does not say which it is."""
    kinds = {facts.catalogue.lexicon.concepts[one].kind for one in facts.catalogue.resolve(what)}
    one_list = {"drug": "medications", "procedure": "procedures", "condition": "conditions"}
    if len(kinds) == 1 and (kind := kinds.pop()) in one_list:
        return frozenset({one_list[kind]})
    return EVERYTHING if kinds else EXPOSURES


def _finish(leaf: Condition | Exposure, answer: Answer) -> Answer:
    if not leaf.negated:
        return answer
    evidence = tuple(item.model_copy(update={"holds": negate(item.holds)}) for item in answer.evidence)
    return replace(answer, holds=negate(answer.holds), evidence=evidence)


def _judge(leaf: Condition | Exposure, what: Wanted, window: Window | None, lists: frozenset[str], context: Context) -> Answer:
    test = _state_test(leaf, context) if window is None else _window_test(window, context)
    if isinstance(test, str):
        return unknown(leaf, test)
    found = find(context.facts, what, lists)
    return decide(leaf, what, found, lists, test, context, window)


def decide(
    leaf: Condition | Exposure | Threshold,
    what: Wanted,
    found: Found,
    lists: frozenset[str],
    test: Callable[[Event], Truth],
    context: Context,
    window: Window | None,
    *,
    every: bool = False,
) -> Answer:
    """Whether any event fits; where none is on record, whether its absence is known.

    Where `every` one has to fit, one that does not leaves open what another that does would tell.
    """
    judged = [(event, test(event)) for event in found.surely]
    doubtful = [(event, None if test(event) is not False else False) for event in found.perhaps]
    turns = frozenset(day for event, _ in judged for day in _event_turns(event, window))
    holds = any_holds(truth for _, truth in (*judged, *doubtful))
    conflict = found.absent is not None and any(event.ongoing for event in found.surely)
    if conflict:
        reason = f"listed ({found.surely[0].words}) and said to be absent ({found.absent})"
        return replace(unknown(leaf, reason, f"{what.text}: present or absent?"), turns=turns)
    if every and holds is True and (other := next((event for event, truth in judged if truth is not True), None)) is not None:
        return replace(unknown(leaf, f"{other.words} does not fit, and another one does", f"{what.text}: which one counts"), turns=turns)
    if holds is True or (holds is None and (judged or found.absent is None)):
        return _on_record(leaf, what, judged, doubtful, holds, turns)
    return replace(_not_on_record(leaf, what, found, lists, context, judged), turns=turns)


def _on_record(
    leaf: Condition | Exposure | Threshold,
    what: Wanted,
    judged: list[tuple[Event, Truth]],
    doubtful: list[tuple[Event, Truth]],
    holds: Truth,
    turns: frozenset[date],
) -> Answer:
    events = [(e, t) for e, t in (*judged, *doubtful) if t == holds][:3]
    unsure = {id(event) for event, _ in doubtful}
    evidence = tuple(
        Evidence(leaf=leaf_text(leaf), threshold=_limit(leaf), patient=event.words, holds=holds,
                 note=_why(event, what, holds, id(event) in unsure, leaf))
        for event, _ in events
    )  # fmt: skip
    missing = () if holds is not None else tuple(f"{what.text}: {item.note}" for item in evidence[:1])
    return Answer(holds, evidence, missing, turns)


def _limit(leaf: Condition | Exposure | Threshold) -> str | None:
    return describe(leaf) if isinstance(leaf, Threshold) else None


def _why(event: Event, what: Wanted, holds: Truth, unsure: bool, leaf: Condition | Exposure | Threshold) -> str | None:
    if holds is not None:
        return anchor_note(leaf.window)
    if unsure:
        return f"is {event.label.name or event.label.code} what the criterion means by {what.text!r}?"
    if event.suspected:
        return f"{event.label.name} is only suspected"
    past = "it is past: does the criterion ask for it now, or ever?"
    timed = leaf.window is not None or isinstance(leaf, Threshold)
    if counts_half_lives(leaf.window):
        return "whether its half-lives are over must be judged by a person"
    return "the dates on record do not tell" if timed else past


def _not_on_record(
    leaf: Condition | Exposure | Threshold,
    what: Wanted,
    found: Found,
    lists: frozenset[str],
    context: Context,
    judged: list[tuple[Event, Truth]],
) -> Answer:
    """No event fits: False where that is known, unknown otherwise."""
    words = "; ".join(event.words for event, _ in judged) or None
    reason = None
    if found.absent is not None:
        reason = f"said to be absent: {found.absent}"
    elif context.facts.is_complete(lists) and context.facts.catalogue.is_listable(what):
        reason = f"the list of {' and '.join(sorted(lists))} is complete"
    elif judged and all(_stopped_for_good(event, what, context) for event, _ in judged):
        reason = "its stopping is on record"
    if reason is None:
        more = "a later one is not ruled out" if judged else "neither listed nor said to be absent"
        return unknown(leaf, more, f"{what.text}: present or absent?", patient=words)
    evidence = Evidence(leaf=leaf_text(leaf), threshold=_limit(leaf), patient=words, holds=False, note=reason)
    return Answer(False, (evidence,))


def _stopped_for_good(event: Event, what: Wanted, context: Context) -> bool:
    """A drug whose stopping is on record is known not to be taken since; the same is not known of a whole class."""
    catalogue = context.facts.catalogue
    same = catalogue.concepts(event.label) <= catalogue.resolve(what)
    return event.known_stop and same


def _state_test(leaf: Condition | Exposure, context: Context) -> Callable[[Event], Truth]:
    """Whether an event counts where the criterion states no window: now, or ever."""
    past, current, recent = past_and_current(leaf, context)

    def test(event: Event) -> Truth:
        if event.suspected:
            return None
        if event.ongoing:
            return True
        if recent:
            return None
        return True if past or event.listed == "procedures" else (False if current else None)

    return test


def past_and_current(leaf: Condition | Exposure, context: Context) -> tuple[bool, bool, bool]:
    """Whether the leaf's words, or those just before it in its sentence, ask for what was, for what is, and for what was of late."""
    offset = leaf.start - context.criterion.start
    before = context.criterion.text[max(0, offset - _BEFORE) : max(0, offset)]
    sentence = re.split(r"[.;:]", before)[-1]
    words = sentence + " " + leaf.text
    borrowed = _ALSO_PAST if _PRESENT.search(leaf.text) else PAST  # "history of gout or current use of steroids" asks for no past use
    past = PAST.search(leaf.text) or borrowed.search(sentence)
    return bool(past), bool(CURRENT.search(words)), bool(RECENT.search(words))


def _window_test(window: Window, context: Context) -> Callable[[Event], Truth] | str:
    if window.relation == "for":
        return f"{window.text!r}: how long it lasted must be judged by a person"
    if window.anchor in OWN_DATES:
        spans = _spans_after(window, context)
    else:
        span = back_span(window, context.on) if window.anchor in AT_SCREENING else unplaced(window)
        spans = span if isinstance(span, str) else (span,)
    if isinstance(spans, str):
        return spans
    return beyond_half_lives(window, lambda event: None if event.suspected else agreed(overlaps(event, span) for span in spans), recent=window.relation in ("within", "during"))


def unplaced(window: Window) -> str:
    return f"what {window.text!r} counts from is not a date that limen can place"


def agreed(answers: Iterable[Truth]) -> Truth:
    """The answer that all readings of a vague date give, or None."""
    seen = set(answers)
    return seen.pop() if len(seen) == 1 else None


def _spans_after(window: Window, context: Context) -> tuple[Span, ...] | str:
    """The days that a window covers after the patient's own onset, transplant or surgery, for its ends."""
    anchor = anchor_day(window, context)
    if isinstance(anchor, str):
        return anchor
    unit = window.unit or "d"
    if unit not in TIME_UNITS:
        return f"the window {window.text!r} is not in units of time"
    if window.relation == "before":
        spans = [back_span(window, day) for day in (anchor.first, anchor.last)]
        return tuple(span for span in spans if isinstance(span, Span))
    low, high = window.low, window.high
    return tuple(
        Span(shift(day, low, unit) if low is not None else day, shift(day, high, unit) if high is not None else None)
        for day in (anchor.first, anchor.last)
    )


def overlaps(event: Event, span: Span) -> Truth:
    first, last = span.first or date.min, span.last or date.max
    if event.began[0] > last or event.ended[1] < first:
        return False
    return True if event.began[1] <= last and event.ended[0] >= first else None


def _event_turns(event: Event, window: Window | None) -> frozenset[date]:
    if window is None:
        return frozenset()
    ends = [day for day in {*event.began, *event.ended} if date.min < day < date.max]
    return frozenset(turn for day in ends for turn in window_turns(window, When(first=day, last=day)))


def anchor_day(window: Window, context: Context) -> When | str:
    """The day that a window counts from: the screening date, or the patient's own onset, transplant or surgery."""
    if window.anchor in AT_SCREENING:
        return When(first=context.on, last=context.on)
    if window.anchor == "onset":
        return onset(context)
    if window.anchor in ("transplant", "surgery"):
        return latest_procedure(window.anchor, context)
    return unplaced(window)


def latest_procedure(anchor: str, context: Context) -> When | str:
    """The latest transplantation or operation on record."""
    words = {"transplant": "transplantation", "surgery": "surgery"}
    what = Wanted(None, words[anchor])
    dates = [
        event.onset
        for event in context.facts.events
        if event.listed == "procedures" and event.onset is not None
        and (anchor in (event.label.name or "").lower() or context.facts.catalogue.relation(what, event.label) == "is")
    ]  # fmt: skip
    return max(dates, key=lambda when: when.last) if dates else f"the date of {words[anchor]} is not known"


def onset(context: Context, *names: Wanted) -> When | str:
    """The onset of the disease that is named, else of the one that the trial is about."""
    relation = context.facts.catalogue.relation
    conditions = [event for event in context.facts.events if event.listed == "conditions"]
    diseases = [*names] or [*_diseases(context)]
    known = [
        event.onset
        for event in conditions
        if event.onset is not None
        and any(relation(what, event.label) == "is" or context.facts.catalogue.mentions(what.text, event.label) for what in diseases)
    ]
    if known:
        return min(known, key=lambda when: when.first)
    about = next((what.text for what in diseases), "the disease")
    return f"the date of onset of {about} is not known"


def _diseases(context: Context) -> Iterator[Wanted]:
    """What the trial is about: its registered conditions, then the diseases that its inclusions ask for."""
    for name in context.trial.conditions:
        yield Wanted(None, name)
    for criterion in (context.criterion, *context.trial.criteria):
        for leaf in required_conditions(criterion):
            yield wanted(leaf)


def required_conditions(criterion: Criterion) -> Iterator[Condition]:
    """The diseases that an inclusion asks for, outside alternatives and exceptions."""

    def walk(expression: Expression) -> Iterator[Condition]:
        if isinstance(expression, AllOf):
            for part in expression.of:
                yield from walk(part)
        elif isinstance(expression, Condition) and not expression.negated and expression.experiencer == "patient":
            yield expression

    if criterion.role != "exclusion":
        yield from walk(criterion.requirement)

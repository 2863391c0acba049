"""Limits on time and amount: how long ago something was, how long it lasts, and how much of a drug was given."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from limen.criteria import Criterion, Exposure, Threshold
from limen.errors import UnitError
from limen.screening.answers import Answer, Context, describe, leaf_text, refusal, unknown
from limen.screening.besides import spared_by
from limen.screening.dates import TIME_UNITS, When, shift
from limen.screening.events import (
    EVERYTHING,
    anchor_day,
    answer_exposure,
    decide,
    find,
    lists_of,
    onset,
    overlaps,
    unplaced,
)
from limen.screening.facts import Event
from limen.screening.half_lives import beyond_half_lives
from limen.screening.interval import Interval, region, satisfies
from limen.screening.logic import Truth, negate
from limen.screening.match import Wanted, normal
from limen.screening.measured import answer_measured
from limen.screening.quantities import convert, read_unit, show_interval, show_unit
from limen.screening.verdict import Evidence
from limen.screening.vocabulary import vocabulary
from limen.screening.windows import AT_SCREENING, OWN_DATES, Span, anchor_note, elapsed_turns, elapsed_within

_OWN_ANCHOR = re.compile(r"\b(onset|diagnos\w+|transplant\w*|surgery|operation)\b", re.IGNORECASE)
_NAME = 4  # words of "the time since surgery"; more of them name another event
_ONSET_OF = re.compile(r"^(?:onset|duration|start)\s+of\s+", re.IGNORECASE)
_FOR = re.compile(r"for\b", re.IGNORECASE)  # the words of a time that somebody did without a thing
_GONE_BY = re.compile(r"\b(?:since|elapsed|passed|last|latest|most\s+recent|wash[\s-]?out|(?:hours?|days?|weeks?|months?|years?)\s+from)\b", re.IGNORECASE)
_LAST_OF = re.compile(
    r"^(?:the\s+)?(?:(?:last|latest|most\s+recent|final)\s+)?(?:(?:dose|course|cycle|administration|infusion|injection|treatment|use|receipt|intake)s?\s+(?:of|with)\s+|(?<=last\s)|(?<=latest\s)|(?<=recent\s)|(?<=final\s))",
    re.IGNORECASE,
)
_NEAR = 30  # characters before a time or its event that tell of the time since
_DISEASE = re.compile(r"\b(onset|disease|illness|duration|diagnosis)\b", re.IGNORECASE)
_BESIDE_DISEASE = re.compile(r"\b(of|the|since|from|time|after|is|was)\b", re.IGNORECASE)
_IN_TOTAL = re.compile(r"\b(total|cumulative|cumulatively|lifetime|overall|altogether)\b", re.IGNORECASE)


def answer_window(threshold: Threshold, context: Context) -> Answer:
    """How long before the screening date (or after the patient's onset, transplant, surgery) something was."""
    if reason := refusal(threshold, context):
        return unknown(threshold, reason)
    read = elapsed_limit(threshold)
    if isinstance(read, str):
        return unknown(threshold, read)
    window = threshold.window
    name = event_name(threshold)
    if window is not None and window.anchor in OWN_DATES and (not name or (_OWN_ANCHOR.search(name) and len(name.split()) <= _NAME)):
        when = anchor_day(window, context)
        if isinstance(when, str):
            return unknown(threshold, when)
        return since(threshold, when, context, f"{window.anchor} {when}")
    if not name:
        return unknown(threshold, f"what {threshold.text!r} is about was not read")
    test = _window_test(threshold, *read, context)
    if isinstance(test, str):
        return unknown(threshold, test)
    what = Wanted(threshold.concept, name, spared_by(threshold))
    kinds = {context.facts.catalogue.lexicon.concepts[one].kind for one in context.facts.catalogue.resolve(what)}
    lists = EVERYTHING if not kinds else frozenset({"conditions"}) if "condition" in kinds else lists_of(what, context.facts)
    found = find(context.facts, what, lists)
    answer = decide(threshold, what, found, lists, test, context, threshold.window, every=is_over(threshold, context.criterion))
    if answer.holds is False and not found.surely and is_since(threshold, context.criterion):
        return unknown(threshold, "none is on record, and who never had it may be meant, too", f"{name}: is it asked for")
    ends = [When(first=event.ended[0], last=event.ended[1]) for event in found.surely if date.min < event.ended[1] < date.max]
    days = [*ends, *(event.onset for event in found.surely if event.onset is not None)]
    turns = frozenset(day for when in days for day in elapsed_turns(when, *read))
    return Answer(answer.holds, answer.evidence, answer.missing, turns)


def event_name(threshold: Threshold) -> str:
    """What a window times, without the words that say only that it is the last of it: "last dose of cisplatin"."""
    name = threshold.concept_text or (threshold.concept or "").replace("_", " ")
    return _LAST_OF.sub("", name) or name


def _window_test(threshold: Threshold, limit: Interval, unit: str, context: Context) -> Callable[[Event], Truth] | str:
    window = threshold.window
    if window is not None and window.anchor in OWN_DATES:
        anchor = anchor_day(window, context)
        if isinstance(anchor, str):
            return anchor
        return lambda event: _after(event, anchor, limit, unit)
    if window is not None and window.anchor not in AT_SCREENING:
        return unplaced(window)
    if window is not None and window.relation == "after":
        return f"{threshold.text!r} lies after the screening date"
    if is_stretch(threshold):
        return lambda event: _without(event, context.on, limit, unit)
    begins, over = is_of_beginning(threshold, context.criterion), is_since(threshold, context.criterion)
    return beyond_half_lives(window, lambda event: _before(event, context.on, limit, unit, begins=begins, over=over), recent=threshold.operator in ("lt", "le"))


def _after(event: Event, anchor: When, limit: Interval, unit: str) -> Truth:
    answers = {
        elapsed_within(When(first=day, last=day), began, limit, unit)
        for day in (anchor.first, anchor.last)
        for began in event.began
        if began > date.min
    }
    return answers.pop() if len(answers) == 1 else None


def is_of_beginning(threshold: Threshold, criterion: Criterion) -> bool:
    """Whether a limit times when something began or was found: "diagnosis of asthma within 3 months", "warfarin started within 30 days"."""
    start = threshold.concept_start if threshold.concept_start is not None else threshold.start
    between = criterion.text[max(0, start - criterion.start) : max(0, threshold.start - criterion.start)]
    return not vocabulary().beginnings.isdisjoint(normal(f"{threshold.concept_text or ''} {between}").split())


def is_stretch(threshold: Threshold) -> bool:
    """Whether a limit says for how long something has been over: "off steroids for 4 weeks"."""
    window = threshold.window
    return window is not None and window.relation == "before" and threshold.operator in ("ge", "gt") and _FOR.match(window.text) is not None


def is_over(threshold: Threshold, criterion: Criterion) -> bool:
    """Whether an inclusion asks that something was at least so long ago: the last one was."""
    return criterion.role == "inclusion" and threshold.operator in ("ge", "gt")


def is_since(threshold: Threshold, criterion: Criterion) -> bool:
    """Whether a time must have gone by since the end of a thing, which who never had it may lack: "at least 4 weeks since chemotherapy"."""
    places = [place - criterion.start for place in (threshold.concept_start, threshold.concept_end, threshold.start, threshold.end) if place is not None]
    said = criterion.text[max(0, min(places) - _NEAR) : max(places)]
    return is_over(threshold, criterion) and not is_of_beginning(threshold, criterion) and _GONE_BY.search(said) is not None


def _before(event: Event, on: date, limit: Interval, unit: str, *, begins: bool = False, over: bool = False) -> Truth:
    """Whether an event, or its beginning, falls into the time before the screening date; one that only must be old enough wholly so, and `over` by its end."""
    if event.suspected:
        return None
    first = shift(on, limit.high, unit, -1) + timedelta(days=not limit.high_in) if limit.high is not None else None
    last = shift(on, limit.low, unit, -1) - timedelta(days=not limit.low_in) if limit.low is not None else on
    span = Span(first, last)
    if first is not None and not begins:
        return overlaps(event, span)
    began = span.holds(When(first=event.began[0], last=event.began[1]))
    if begins or event.listed == "conditions":
        return began
    ended = False if event.ongoing else span.holds(When(first=event.ended[0], last=event.ended[1]))
    return ended if over or began == ended else None


def _without(event: Event, on: date, limit: Interval, unit: str) -> Truth:
    """Whether an event has been over for so long: "off steroids for 4 weeks"; a disease on record may lie dormant."""
    if event.ongoing or event.suspected:
        return None if event.suspected or event.listed == "conditions" else False
    last = shift(on, limit.low, unit, -1) - timedelta(days=not limit.low_in) if limit.low is not None else on
    return Span(None, last).holds(When(first=event.ended[0], last=event.ended[1]))


def answer_duration(threshold: Threshold, context: Context) -> Answer:
    """How long something has lasted: as measured, from the onset of a disease, or from the start of a treatment."""
    if reason := refusal(threshold, context):
        return unknown(threshold, reason)
    name = threshold.concept_text or (threshold.concept or "").replace("_", " ")
    if context.facts.measured(threshold.concept, name):
        return answer_measured(threshold, context)
    window = threshold.window
    if window is not None and window.anchor in OWN_DATES:
        when = anchor_day(window, context)
        return unknown(threshold, when) if isinstance(when, str) else since(threshold, when, context, f"{window.anchor} {when}")
    if name:
        what = Wanted(threshold.concept, name)
        found = find(context.facts, what, EVERYTHING)
        starts = [event for event in found.surely if event.onset is not None and event.ongoing]
        if len(starts) == 1 and starts[0].onset is not None:
            return since(threshold, starts[0].onset, context, starts[0].words)
    if not name or _is_the_disease(name):
        named = [Wanted(threshold.concept, _ONSET_OF.sub("", name))] if threshold.concept in context.facts.catalogue.lexicon.concepts else []
        when = onset(context, *named)
        return unknown(threshold, when) if isinstance(when, str) else since(threshold, when, context, f"onset {when}")
    return unknown(threshold, f"{name} is not known", name)


def _is_the_disease(name: str) -> bool:
    """Whether 'disease duration', 'rapidly progressive disease' or 'onset' means the disease that the trial is about."""
    others = _BESIDE_DISEASE.sub(" ", _DISEASE.sub(" ", name)).split()
    return bool(_DISEASE.search(name)) and len(others) <= 2


def elapsed_limit(threshold: Threshold) -> tuple[Interval, str] | str:
    """The limit of a window or duration, and its unit of time."""
    limit, unit = region(threshold), threshold.unit or (threshold.window.unit if threshold.window else None)
    if limit is None or unit not in TIME_UNITS or unit is None:
        return f"{threshold.text!r} gives no length of time that was read"
    return limit, unit


def since(threshold: Threshold, when: When, context: Context, words: str) -> Answer:
    """The time from a day to the screening date against the limit."""
    read = elapsed_limit(threshold)
    if isinstance(read, str):
        return unknown(threshold, read)
    holds = elapsed_within(when, context.on, *read)
    holds = negate(holds) if threshold.operator == "ne" else holds
    note = anchor_note(threshold.window)
    evidence = Evidence(leaf=leaf_text(threshold), threshold=describe(threshold), patient=words, holds=holds, note=note)
    missing = () if holds is not None else (f"the exact date of {words}",)
    return Answer(holds, (evidence,), missing, elapsed_turns(when, *read))


def answer_dosed(leaf: Exposure, dose: Threshold, context: Context) -> Answer:
    """A drug in an amount: in total, or as given at any time."""
    exposure = answer_exposure(leaf.model_copy(update={"negated": False}), context)
    answer = exposure if exposure.holds is False else _answer_amount(leaf.concept, leaf.text, dose, context)
    if leaf.negated:
        return Answer(negate(answer.holds), answer.evidence, answer.missing, exposure.turns)
    return answer


def answer_dose(threshold: Threshold, context: Context) -> Answer:
    """An amount of a drug that stands by itself."""
    name = threshold.concept_text or (threshold.concept or "").replace("_", " ")
    return _answer_amount(threshold.concept, name, threshold, context)


def _answer_amount(concept: str | None, name: str, dose: Threshold, context: Context) -> Answer:
    if reason := refusal(dose, context):
        return unknown(dose, reason)
    what, limit = Wanted(concept, name), region(dose)
    medications = frozenset({"medications"})
    found = find(context.facts, what, medications)
    complete = context.facts.is_complete(medications) and not found.perhaps
    if limit is None or not found.surely:
        absent = limit is not None and not found.surely and (complete or found.absent is not None)
        answer = unknown(dose, f"the dose of {name} is not known", f"{name}: dose")
        if not absent:
            return answer
        evidence = answer.evidence[0].model_copy(update={"holds": False, "note": f"{name} is not taken"})
        return Answer(False, (evidence,))
    words = "; ".join(event.words for event in found.surely)
    try:
        amount = _amount(found.surely, dose, complete)
    except UnitError as error:
        return unknown(dose, str(error), f"{name}: dose in {dose.unit}", patient=words)
    holds = satisfies(amount, dose, limit)
    total = f"in total {show_interval(amount)}{show_unit(dose.unit)}" if _in_total(dose) else None
    evidence = Evidence(leaf=leaf_text(dose), threshold=describe(dose), patient=words, conversion=total, holds=holds)
    return Answer(holds, (evidence,), () if holds is not None else (f"{name}: dose",))


def _in_total(dose: Threshold) -> bool:
    return bool(_IN_TOTAL.search(f"{dose.statistic or ''} {dose.text}"))


def _amount(events: tuple[Event, ...], dose: Threshold, complete: bool) -> Interval:
    """The sum of what is on record (at least that much, unless all is), or the range of the single doses."""
    amounts = [_in_unit(event, dose) for event in events if event.dose is not None]
    known = complete and len(amounts) == len(events)
    if _in_total(dose):
        return Interval(sum(amounts, Decimal(0)), sum(amounts, Decimal(0)) if known else None)
    if not amounts:
        return Interval(None, None)
    return Interval(min(amounts), max(amounts)) if len(amounts) == len(events) else Interval(None, None)


def _in_unit(event: Event, dose: Threshold) -> Decimal:
    amount = event.dose.value if event.dose else Decimal(0)
    unit = read_unit(event.dose.unit) if event.dose else None
    if unit is None:
        raise UnitError(f"the unit {event.dose.unit if event.dose else ''!r} of a dose is not known")
    converted = convert(Interval(amount, amount), unit, dose.unit, None).exact
    return converted if converted is not None else amount

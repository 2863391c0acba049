"""Limits on measurements and scores: the value that counts, its unit and reference, and whether it satisfies."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from limen.criteria import Threshold
from limen.errors import UnitError
from limen.lexicon import Measurement, Score
from limen.screening.answers import (
    Answer,
    Context,
    Nearness,
    caveats,
    describe,
    describe_limit,
    leaf_text,
    nearness,
    refusal,
    unknown,
)
from limen.screening.dates import shift
from limen.screening.facts import Reading, stamps
from limen.screening.interval import Interval, point, region, satisfies
from limen.screening.quantities import convert, is_plain, plausible_units, show, show_interval, show_rounded, show_unit
from limen.screening.verdict import Evidence
from limen.screening.windows import AT_SCREENING, Span, anchor_note, back_span, window_turns

_REPEATED = re.compile(r"(\d+)\D+?(?:(\d+)\s*(days?|d|weeks?|wk|months?|mo|years?|a)\b)", re.IGNORECASE)
_TIMES = re.compile(r"\b(2|two|twice|3|three)\b|\bconfirmed\b|\brepeat", re.IGNORECASE)
_RELATIVE = frozenset({"predicted", "baseline", "body_weight"})


@dataclass(frozen=True)
class Compared:
    """One value against one limit."""

    holds: bool | None
    conversion: str | None = None
    note: str | None = None
    missing: str | None = None
    near: Nearness | None = None


def answer_measured(threshold: Threshold, context: Context) -> Answer:
    """Whether the patient's latest value, in the window that the limit states, satisfies the limit."""
    if reason := refusal(threshold, context):
        return unknown(threshold, reason)
    name = threshold.concept_text or (threshold.concept or "").replace("_", " ")
    if not name:
        return unknown(threshold, f"what {threshold.text!r} measures was not read")
    readings = [r for r in context.facts.measured(threshold.concept, name) if fits_reference(r, threshold, context)]
    if not readings:
        return unknown(threshold, f"no value of {_needed(threshold)}", _needed(threshold))
    span = _span(threshold, context)
    if isinstance(span, str):
        return unknown(threshold, span)
    return _answer_in_span(threshold, context, readings, span)


def _answer_in_span(threshold: Threshold, context: Context, readings: list[Reading], span: Span) -> Answer:
    placed = [(reading, _in_span(reading, span)) for reading in readings]
    usable = [(reading, inside) for reading, inside in placed if inside is not False]
    days = frozenset(day for reading, _ in placed if threshold.window for day in window_turns(threshold.window, reading.when))
    if not usable:
        last = latest(readings)[0].describe()
        needed = _needed(threshold) + (f" dated {span.first} or later" if span.first else f" dated {span.last} or before")
        return replace(unknown(threshold, "the value lies outside the window", needed, patient=last), turns=days)
    group = latest([reading for reading, _ in usable])
    inside = {id(reading): answer for reading, answer in usable}
    answers = [_judge(reading, threshold, context, inside[id(reading)]) for reading in group]
    combined = _agree(answers, threshold)
    if threshold.statistic:
        combined = _repeated(combined, threshold, context, [reading for reading, _ in usable], group)
    return replace(combined, turns=days)


def latest(readings: list[Reading]) -> list[Reading]:
    """The newest reading, with all that may be as new: values of the same day, of a vague date, or without one."""
    dated = [stamps(reading.when) for reading in readings if reading.when is not None]
    newest = max((first for first, _ in dated), default=datetime.min)
    return [r for r in readings if r.when is None or stamps(r.when)[1] >= newest]


def fits_reference(reading: Reading, threshold: Threshold, context: Context) -> bool:
    """Whether a value is of the sort that the limit is about: absolute, or percent of predicted, baseline, weight."""
    wanted = threshold.reference if threshold.reference in _RELATIVE else None
    if wanted is None and _percent_of_predicted(threshold, context):
        wanted = "predicted"
    if wanted == "body_weight":
        return reading.reference in (None, "body_weight") and reading.unit == threshold.unit
    return reading.reference == wanted


def _percent_of_predicted(threshold: Threshold, context: Context) -> bool:
    """A limit in % on a measurement that has another dimension can only mean percent of predicted."""
    entry = _entry(threshold, context)
    predicts = isinstance(entry, Measurement) and bool(entry.predicted) and entry.unit not in ("%", "1")
    return threshold.reference is None and threshold.unit == "%" and predicts


def _entry(threshold: Threshold, context: Context) -> Measurement | Score | None:
    return context.facts.catalogue.lexicon.measured.get(threshold.concept or "")


def _needed(threshold: Threshold) -> str:
    name = threshold.concept_text or (threshold.concept or threshold.kind).replace("_", " ")
    unit = "" if is_plain(threshold.unit) or threshold.unit in ("%", "{ULN}") else f" in {threshold.unit}"
    if threshold.reference in _RELATIVE:
        unit = f" as percent of {(threshold.reference or '').replace('_', ' ')}"
    return f"{name}{unit}"


def _span(threshold: Threshold, context: Context) -> Span | str:
    window = threshold.window
    if window is None:
        return Span(None, context.on)
    if window.anchor not in AT_SCREENING:
        return f"the date of {window.anchor} that {window.text!r} counts from is not one that limen can place"
    if window.relation == "for":
        return Span(None, context.on)
    return back_span(window, context.on)


def _in_span(reading: Reading, span: Span) -> bool | None:
    if reading.when is None:
        return None if span.first is not None else True
    return span.holds(reading.when)


def _judge(reading: Reading, threshold: Threshold, context: Context, inside: bool | None) -> Answer:
    compared = compare(reading, threshold, context)
    holds, missing = compared.holds, compared.missing
    notes = [compared.note, *caveats(threshold, context), anchor_note(threshold.window), _how(reading, threshold)]
    if inside is None:
        holds, missing = None, f"the date of {reading.describe()}"
    if reading.observation.qualifier and threshold.statistic and not same_circumstances(reading, threshold):
        holds, missing = None, f"{_needed(threshold)} ({threshold.statistic})"
    evidence = Evidence(
        leaf=leaf_text(threshold),
        threshold=describe(threshold),
        patient=reading.describe(),
        conversion=compared.conversion,
        holds=holds,
        note="; ".join(dict.fromkeys(note for note in notes if note)) or None,
    )
    needed = () if holds is not None else (missing or compared.note or _needed(threshold),)
    return Answer(holds, (evidence,), needed, near=compared.near if holds is not None else None)


def _how(reading: Reading, threshold: Threshold) -> str | None:
    """A condition of measurement that the record neither confirms nor denies."""
    if threshold.statistic and not asks_for_several(threshold.statistic) and not reading.observation.qualifier:
        return f"the record does not say whether it was measured so: {threshold.statistic}"
    return None


def same_circumstances(reading: Reading, threshold: Threshold) -> bool:
    """Whether a value was measured as the criterion asks."""
    asked = threshold.statistic or ""
    return asks_for_several(asked) or (reading.observation.qualifier or "").lower() in asked.lower()


def _agree(answers: list[Answer], threshold: Threshold) -> Answer:
    """Values that may all be the latest decide only together."""
    evidence = tuple(item for answer in answers for item in answer.evidence)
    if len(answers) == 1:
        return answers[0]
    if len({answer.holds for answer in answers}) == 1 and answers[0].holds is not None:
        return replace(answers[0], evidence=evidence)
    missing = tuple(item for answer in answers for item in answer.missing)
    several = f"which of these values counts: {'; '.join(str(item.patient) for item in evidence)}"
    note = Evidence(leaf=leaf_text(threshold), threshold=describe(threshold), holds=None, note="the latest values disagree")
    return Answer(None, (*evidence, note), missing or (several,))


def compare(reading: Reading, threshold: Threshold, context: Context) -> Compared:
    """One value against one limit, with the conversion in words."""
    if reading.value is None:
        reason = reading.problem or "no number"
        return Compared(None, note=reason, missing=f"{_needed(threshold)} as a number")
    if reading.problem is not None:
        return Compared(None, note=reading.problem, missing=_needed(threshold))
    if threshold.reference in ("uln", "lln"):
        return _against_range(reading, reading.value, threshold, context)
    if threshold.reference == "normal":
        return _against_normal(reading, reading.value, threshold)
    if any(finding.code == "unit_implausible" for finding in context.findings(threshold)):
        return _implausible(reading, reading.value, threshold, context)
    return _plain(reading, reading.value, threshold, context)


def _plain(reading: Reading, value: Interval, threshold: Threshold, context: Context) -> Compared:
    entry = _entry(threshold, context)
    limit, unit, limit_note = limit_in_unit(threshold, entry)
    if limit is None and threshold.operator != "in":
        return Compared(None, note=limit_note or "the limit has no number", missing=f"how {threshold.text!r} is meant")
    source, note = value_unit(reading, value, entry)
    if note and source is None:
        return Compared(None, note=note, missing=f"the unit of {reading.describe()}")
    try:
        converted = convert(value, source, unit, entry)
    except UnitError:
        wrong = f"{reading.observation.unit or 'no unit'} cannot be compared with {unit or 'a number without unit'}"
        return Compared(None, note=wrong, missing=_needed(threshold))
    conversion = None
    if source != unit and not (is_plain(source) and is_plain(unit)):
        conversion = f"{show_interval(value)}{show_unit(source)} = {show_interval(converted, show_rounded)}{show_unit(unit)}"
    near = nearness(converted, limit or _nearest_grade(converted, threshold), graded=isinstance(entry, Score))
    notes = "; ".join(part for part in (note, limit_note) if part) or None
    holds = satisfies(converted, threshold, limit)
    missing = None if holds is not None else f"an exact value of {_needed(threshold)}"
    return Compared(holds, conversion, notes, missing, near)


def _nearest_grade(value: Interval, threshold: Threshold) -> Interval | None:
    exact = value.exact
    if exact is None or not threshold.grades:
        return None
    return point(min(threshold.grades, key=lambda grade: abs(grade - exact)))


def limit_in_unit(threshold: Threshold, entry: Measurement | Score | None) -> tuple[Interval | None, str | None, str | None]:
    """The limit's region with its unit, and what is to be said about a unit that was not written."""
    if threshold.unit is not None or not isinstance(entry, Measurement) or entry.unit == "1":
        return region(threshold), threshold.unit, None
    canonical = threshold.canonical
    if canonical is not None and canonical.unit is not None:
        return (
            region(threshold, canonical=True),
            canonical.unit,
            f"the criterion gives no unit: read as {canonical.unit}",
        )
    limit = region(threshold)
    bounds = [bound for bound in (limit.low, limit.high) if bound is not None] if limit else []
    fitting = [plausible_units(bound, entry) for bound in bounds]
    if fitting and len(fitting[0]) == 1 and all(units == fitting[0] for units in fitting):
        return limit, fitting[0][0], f"the criterion gives no unit: only {fitting[0][0]} is plausible"
    return None, None, "the criterion gives no unit, and more than one is plausible"


def value_unit(reading: Reading, value: Interval, entry: Measurement | Score | None) -> tuple[str | None, str | None]:
    """The unit of a value; for one without a unit the only plausible one, or None, with what is to be said."""
    if reading.unit is not None or reading.reference is not None or not isinstance(entry, Measurement):
        return reading.unit or ("%" if reading.reference is not None else None), None
    if entry.unit == "1":
        return None, None
    bounds = [bound for bound in (value.low, value.high) if bound is not None]
    fitting = [plausible_units(bound, entry) for bound in bounds]
    if fitting and len(fitting[0]) == 1 and all(units == fitting[0] for units in fitting):
        return fitting[0][0], f"no unit given: {fitting[0][0]} is the only plausible one"
    return None, "no unit given, and it is not plain which is meant"


def _against_range(reading: Reading, value: Interval, threshold: Threshold, context: Context) -> Compared:
    """Multiples of the upper (or lower) limit of normal."""
    which = (threshold.reference or "").upper()
    bound, source = reference_bound(reading, threshold, context)
    if bound is None or bound <= 0:
        return Compared(None, note=f"needs {which}", missing=f"{_needed(threshold)}: {which}")
    multiple = value.map(lambda number: number / bound)
    limit = region(threshold) or _beyond_one(threshold)
    conversion = (
        f"{show_interval(value)}{show_unit(reading.unit)} = {show_interval(multiple, show_rounded)} x {which} "
        f"({which} {show(bound)}{show_unit(reading.unit)}, {source})"
    )
    holds = satisfies(multiple, threshold, limit)
    missing = None if holds is not None else f"an exact value of {_needed(threshold)}"
    return Compared(holds, conversion, None, missing, nearness(multiple, limit))


def _beyond_one(threshold: Threshold) -> Interval:
    """'above ULN' without a number: one times ULN."""
    one = threshold.model_copy(update={"low": Decimal(1), "high": Decimal(1), "scale": Decimal(1)})
    return region(one) or point(Decimal(1))


def reference_bound(reading: Reading, threshold: Threshold, context: Context) -> tuple[Decimal | None, str]:
    """The limit of normal in the value's own unit: the laboratory's, else the site's."""
    upper = threshold.reference == "uln"
    own = reading.observation.reference_range
    bound = (own.high if upper else own.low) if own else None
    if bound is not None:
        return bound, "the laboratory's own"
    site = context.defaults.find(reading.measured, context.facts.patient.sex, context.facts.catalogue) if reading.measured else None
    bound = (site.high if upper else site.low) if site else None
    if site is None or bound is None:
        return None, ""
    try:
        converted = convert(point(bound), site.unit, reading.unit, _entry(threshold, context))
    except UnitError:
        return None, ""
    return converted.exact, "the site's table"


def _against_normal(reading: Reading, value: Interval, threshold: Threshold) -> Compared:
    """Within, above or below the laboratory's range, where the criterion names no number."""
    own = reading.observation.reference_range
    if own is None or region(threshold) is not None:
        return Compared(None, note="what is normal here is not known", missing=f"{_needed(threshold)}: reference range")
    parts = {
        "gt": Interval(own.high, None, low_in=False) if own.high is not None else None,
        "lt": Interval(None, own.low, high_in=False) if own.low is not None else None,
    }
    normal_range = Interval(own.low, own.high) if own.low is not None and own.high is not None else None
    limit = parts.get(threshold.operator, normal_range if threshold.operator in ("eq", "ne", "between") else None)
    if limit is None:
        return Compared(None, note="what is normal here is not known", missing=f"{_needed(threshold)}: reference range")
    as_between = threshold.model_copy(update={"operator": "ne" if threshold.operator == "ne" else "between"})
    return Compared(satisfies(value, as_between, limit), f"reference range {show_interval(limit)}{show_unit(reading.unit)}")


def _implausible(reading: Reading, value: Interval, threshold: Threshold, context: Context) -> Compared:
    """A limit whose unit cannot be meant decides only where every reading of it gives the same answer."""
    entry = _entry(threshold, context)
    limit = region(threshold)
    bounds = [bound for bound in (limit.low, limit.high) if bound is not None] if limit else []
    if not isinstance(entry, Measurement) or not bounds:
        return Compared(None, note="the unit as written cannot be meant: a person must decide", missing=describe(threshold))
    likely = [unit for unit in plausible_units(bounds[0], entry) if unit != threshold.unit]
    written = _plain(reading, value, threshold, context)
    others = [_plain(reading, value, threshold.model_copy(update={"unit": unit}), context) for unit in likely]
    reason = f"as written {describe_limit(threshold)} cannot be meant; likely {' or '.join(likely) or 'another unit'}"
    if others and written.holds is not None and all(other.holds == written.holds for other in others):
        return replace(written, note=f"{reason}: this value decides it the same either way", near=None)
    readings = "; ".join(other.conversion for other in others if other.conversion)
    return Compared(
        None,
        readings or written.conversion,
        f"{reason}: a person must decide",
        f"which unit {describe(threshold)} means",
    )


def asks_for_several(statistic: str) -> bool:
    """Whether a limit must be met by more than one measurement."""
    return bool(_REPEATED.search(statistic) or _TIMES.search(statistic))


def _repeated(newest: Answer, threshold: Threshold, context: Context, readings: list[Reading], group: list[Reading]) -> Answer:
    """A limit that more than one measurement must satisfy: the latest, and one taken long enough before it."""
    statistic = threshold.statistic or ""
    if not asks_for_several(statistic) or newest.holds is not True:
        return newest
    found = _REPEATED.search(statistic)
    first = min((reading.when.first for reading in group if reading.when), default=None)
    earlier = [r for r in readings if r not in group and r.when is not None]
    if found and first is not None:
        unit = {"d": "d", "w": "wk", "m": "mo", "y": "a", "a": "a"}[found[3][0].lower()]
        edge = shift(first, Decimal(found[2]), unit, -1)
        earlier = [reading for reading in earlier if reading.when and reading.when.last <= edge]
    if first is None or not earlier:
        needed = f"{_needed(threshold)}: an earlier value ({statistic})"
        return Answer(None, newest.evidence, (needed,))
    before = _agree([_judge(reading, threshold, context, True) for reading in latest(earlier)], threshold)
    return Answer(before.holds, (*newest.evidence, *before.evidence), before.missing, near=before.near or newest.near)

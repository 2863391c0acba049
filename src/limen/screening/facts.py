"""A patient's facts, made ready for comparing: what each observation measures, and when events began and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from limen.errors import UnitError
from limen.lexicon import Score
from limen.screening.dates import When
from limen.screening.interval import Interval, point, read_value
from limen.screening.match import Catalogue, Label, normal
from limen.screening.patient import Diagnosis, Dose, List, Medication, Observation, Patient, Procedure
from limen.screening.quantities import factors, read_unit, show, show_interval, show_unit

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}


@dataclass(frozen=True)
class Reading:
    """An observation and what limen makes of it: the measurement, the value, the unit, or what is wrong with it."""

    observation: Observation
    measured: str | None
    value: Interval | None
    unit: str | None
    reference: str | None
    problem: str | None = None

    @property
    def when(self) -> When | None:
        return self.observation.date

    def describe(self) -> str:
        """'creatinine 1.9 mg/dL on 2026-10-20'."""
        seen = self.observation
        value = show_interval(self.value) if self.value is not None else str(seen.value)
        if isinstance(seen.value, str) and read_value(seen.value) is None:
            value = seen.value
        unit = f" {seen.unit}" if seen.unit else ""
        extra = f" {seen.reference.replace('_', ' ')}" if seen.reference else ""
        qualifier = f" ({seen.qualifier})" if seen.qualifier else ""
        return f"{seen.label} {value}{unit}{extra}{qualifier} {describe_day(seen.date)}"


@dataclass(frozen=True)
class Event:
    """A condition, drug or procedure with the earliest and latest days on which it can have begun and ended.

    `known_stop` tells a drug whose stopping is on record: it is known not to have been taken since.
    """

    listed: List
    label: Label
    began: tuple[date, date]
    ended: tuple[date, date]
    ongoing: bool
    suspected: bool
    known_stop: bool
    onset: When | None
    dose: Dose | None
    words: str


def describe_day(when: When | None) -> str:
    return f"on {when}" if when is not None else "(no date)"


def stamps(when: When) -> tuple[datetime, datetime]:
    """The first and last moment that a date can be."""
    return (
        datetime.combine(when.first, when.clock or time.min),
        datetime.combine(when.last, when.clock or time.max),
    )


class Facts:
    """A patient's facts on a screening date.  What lies after that date is left out."""

    def __init__(self, patient: Patient, on: date, catalogue: Catalogue, *, readings: list[Reading] | None = None) -> None:
        self.patient = patient
        self.on = on
        self.catalogue = catalogue
        self.readings = readings or [read_observation(seen, catalogue) for seen in patient.observations]
        self.events = [event for event in _events(patient, on) if event.began[0] <= on]
        self.absent = [Label(name) for name in patient.absent]
        self._by_concept: dict[str, list[Reading]] = {}
        for reading in self.readings:
            if reading.when is None or reading.when.first <= on:
                self._by_concept.setdefault(reading.measured or normal(reading.observation.label), []).append(reading)

    def measured(self, concept: str | None, text: str | None) -> list[Reading]:
        """The readings of a measurement: by the catalogue's id, else by the criterion's own words.

        A name that the catalogue knows, without its id, is no level of it: a change, an aim, another person's value.
        """
        if concept is not None and concept in self.catalogue.lexicon.measured:
            return self._by_concept.get(concept, [])
        if concept is None and text and self.catalogue.measured(Label(text)):
            return []
        for name in (concept, text):
            if name is not None and (found := self._by_concept.get(normal(name.replace("_", " ")))):
                return found
        return []

    def is_complete(self, lists: frozenset[str]) -> bool:
        return lists <= set(self.patient.complete)


def read_observation(seen: Observation, catalogue: Catalogue) -> Reading:
    """What an observation measures and how much, or the problem that keeps it from being used."""
    label = Label(seen.name, seen.code)
    unit = read_unit(seen.unit) if seen.unit else None
    ids = catalogue.measured(label)
    if len(ids) > 1:
        ids = tuple(one for one in ids if _unit_fits(unit, one, catalogue))
    measured = ids[0] if len(ids) == 1 else None
    reference = seen.reference or ("predicted" if catalogue.means_percent_predicted(label) else None)
    value, problem = _value(seen, measured, catalogue)
    if seen.unit and unit is None:
        problem = f"the unit {seen.unit!r} is not known"
    elif len(ids) > 1:
        problem = f"{seen.label!r} can be {' or '.join(ids)}: a code would tell"
    return Reading(seen, measured, value, unit, reference, problem)


def _unit_fits(unit: str | None, one: str, catalogue: Catalogue) -> bool:
    entry = catalogue.lexicon.measured[one]
    try:
        factors(unit, None if isinstance(entry, Score) else entry.unit, entry)
    except UnitError:
        return False
    return True


def _value(seen: Observation, measured: str | None, catalogue: Catalogue) -> tuple[Interval | None, str | None]:
    if isinstance(seen.value, Decimal):
        return point(seen.value), None
    if (interval := read_value(seen.value)) is not None:
        return interval, None
    entry = catalogue.lexicon.measured.get(measured) if measured else None
    rank = grade_rank(seen.value, entry) if isinstance(entry, Score) else None
    if rank is not None:
        return point(rank), None
    return None, f"{seen.value!r} is not a number"


def grade_rank(text: str, score: Score) -> Decimal | None:
    """The rank of a grade's label: NYHA 'II' is 2, Child-Pugh class 'B' is 2."""
    word = normal(text).removeprefix("class ").removeprefix("grade ").removeprefix("stage ")
    labels = [normal(grade) for grade in score.grades]
    if word in labels:
        return score.range[0] + labels.index(word)
    rank = _ROMAN.get(word)
    return Decimal(rank) if rank is not None and score.range[0] <= rank <= score.range[1] else None


def _events(patient: Patient, on: date) -> list[Event]:
    found = [_condition(fact, on) for fact in patient.conditions]
    found += [_medication(fact, on) for fact in patient.medications]
    return found + [_procedure(fact, on) for fact in patient.procedures]


def _condition(fact: Diagnosis, on: date) -> Event:
    ended_by_now = fact.end is not None and fact.end.last <= on
    ongoing = fact.status in ("active", "suspected") or (fact.status is None and not ended_by_now)
    began, ended = _span(fact.onset, fact.end, ongoing, on)
    words = f"{fact.label}{_since(fact.onset, fact.end)}{f', {fact.status}' if fact.status else ''}"
    suspected = fact.status == "suspected"
    return Event("conditions", Label(fact.name, fact.code, fact.evidence), began, ended, ongoing, suspected, False, fact.onset, None, words)


def _medication(fact: Medication, on: date) -> Event:
    stopped = fact.status == "stopped" or (fact.status is None and fact.stop is not None and fact.stop.last <= on)
    began, ended = _span(fact.start, fact.stop, not stopped, on)
    words = f"{fact.label}{_since(fact.start, fact.stop)}"
    if fact.dose:
        words += f", {show(fact.dose.value)}{show_unit(fact.dose.unit)}"
    known = stopped and fact.stop is not None
    return Event(
        "medications",
        Label(fact.name, fact.code),
        began,
        ended,
        not stopped,
        False,
        known,
        fact.start,
        fact.dose,
        words,
    )


def _procedure(fact: Procedure, on: date) -> Event:
    span = (fact.date.first, fact.date.last) if fact.date else (date.min, on)
    words = f"{fact.label} {describe_day(fact.date)}"
    return Event("procedures", Label(fact.name, fact.code), span, span, False, False, False, fact.date, None, words)


def _span(start: When | None, stop: When | None, ongoing: bool, on: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """When something can have begun and ended, for all that the record says."""
    if ongoing:
        ended = (date.max, date.max)
    elif stop is not None:
        ended = (stop.first, stop.last)
    else:
        ended = (start.first if start else date.min, on)
    began = (start.first, start.last) if start else (date.min, min(on, ended[1]))
    return began, ended


def _since(start: When | None, stop: When | None) -> str:
    if start is None and stop is None:
        return ""
    return f" {f'from {start}' if start else ''}{' ' if start and stop else ''}{f'until {stop}' if stop else ''}"

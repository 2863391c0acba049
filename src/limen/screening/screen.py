"""A patient against a trial: the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from limen.criteria import AnyLeaf, Threshold, Trial
from limen.errors import PatientError
from limen.screening.answers import describe, leaf_text
from limen.screening.defaults import Defaults
from limen.screening.evaluate import Judgement, judge
from limen.screening.facts import Facts
from limen.screening.logic import negate
from limen.screening.match import Catalogue, catalogue
from limen.screening.own import readied
from limen.screening.patient import Patient
from limen.screening.verdict import Calendar, Decision, Judged, NearMiss, Verdict

NO_DEFAULTS = Defaults()


def screen(
    trial: Trial,
    patient: Patient,
    *,
    on: date | None = None,
    defaults: Defaults | None = None,
    index: Catalogue | None = None,
) -> Verdict:
    """Whether a patient may enter a structured trial, and why.

    `on` is the screening date where the profile gives none (else today), `defaults` a site's own reference ranges.
    Raises `PatientError` where the patient is born after the screening date.
    """
    day = patient.screening_date or on or date.today()
    if patient.birth_date is not None and patient.birth_date.first > day:
        raise PatientError("birth_date", f"{patient.birth_date} lies after the screening date {day}", source=patient.id)
    site, known = defaults or NO_DEFAULTS, index or catalogue()
    facts, trial = Facts(patient, day, known), readied(trial, known)
    judged = [judge(criterion, trial, facts, site) for criterion in trial.criteria]
    standing = blocks(trial)
    died = _death(patient, day)
    decision: Decision = "ineligible" if died else decide(judged, blocked=bool(standing))
    notes = [*([died] if died else []), *standing, *patient.notes, *_later_facts(patient, day)]
    return Verdict(
        patient_id=patient.id,
        trial_id=trial.trial_id,
        on=day,
        verdict=decision,
        criteria=tuple(map(_judged, judged)),
        missing=tuple(rank_missing(judged)),
        near_misses=tuple(miss for one in judged for miss in _near_misses(one)),
        calendar=Calendar() if died else _calendar(trial, facts, judged, site),
        notes=tuple(notes),
    )


def screen_all(
    trials: Iterable[Trial],
    patients: Iterable[Patient],
    *,
    on: date | None = None,
    defaults: Defaults | None = None,
    on_error: Callable[[PatientError], object] | None = None,
) -> Iterator[Verdict]:
    """Every patient against every trial, patient by patient; with `on_error` one that cannot be screened is told and left."""
    listed = list(trials)
    for patient in patients:
        try:
            yield from [screen(trial, patient, on=on, defaults=defaults) for trial in listed]
        except PatientError as error:
            if on_error is None:
                raise
            on_error(error)


def decide(judged: Iterable[Judgement], *, blocked: bool = False) -> Decision:
    """Ineligible where one criterion excludes; eligible where all pass and nothing stands open."""
    effects = {one.effect for one in judged}
    if "excludes" in effects:
        return "ineligible"
    return "eligible" if effects == {"passes"} and not blocked else "undetermined"


def blocks(trial: Trial) -> list[str]:
    """Why a trial as a whole cannot be answered 'eligible': nothing structured, or text outside all criteria unread."""
    found: list[str] = []
    if all(criterion.role == "registry" for criterion in trial.criteria):
        found.append("the trial has no criteria that were read: structure it first")
    for finding in trial.findings:
        outside = not any(one.start <= finding.start < one.end for one in trial.criteria)
        if finding.code == "unread_text" and outside and finding.severity != "info":
            found.append(f"not read: {finding.message}")
    return found


def _death(patient: Patient, day: date) -> str | None:
    if patient.deceased is False:
        return None
    if patient.deceased is True:
        return "the patient is deceased"
    return f"the patient died on {patient.deceased}" if patient.deceased.first <= day else None


def _later_facts(patient: Patient, day: date) -> list[str]:
    later = [seen.label for seen in patient.observations if seen.date is not None and seen.date.first > day]
    return [f"dated after the screening date {day} and not used: {', '.join(later)}"] if later else []


def _judged(one: Judgement) -> Judged:
    return Judged(
        criterion_id=one.criterion.id,
        role=one.criterion.role,
        text=one.criterion.text,
        holds=one.holds,
        effect=one.effect,
        because=tuple(dict.fromkeys(item for _, answer in one.leaves for item in answer.evidence)),
        missing=tuple(_missing(one)),
    )


def _missing(one: Judgement) -> list[str]:
    """What would have to be known to decide the criterion."""
    if one.holds is not None:
        return []
    needed = [item for _, answer in one.leaves if answer.holds is None for item in answer.missing]
    if one.criterion.status != "structured":
        needed.append(f"{one.criterion.id}: part of the text was not read")
    return list(dict.fromkeys(needed))


def rank_missing(judged: Iterable[Judgement]) -> list[str]:
    """What is missing, most decisive first: by the criteria that it could decide, exclusion of the patient first."""
    weight: dict[str, float] = {}
    for one in judged:
        if one.holds is not None:
            continue
        for item in _missing(one):
            weight.setdefault(item, 0)
        for leaf, answer in one.leaves:
            if answer.holds is None:
                gain = _decisiveness(one, leaf)
                for item in dict.fromkeys(answer.missing):
                    weight[item] = weight.get(item, 0) + gain
    return sorted(weight, key=lambda item: -weight[item])


def _decisiveness(one: Judgement, leaf: AnyLeaf) -> float:
    """2 for an answer that could exclude, 1 for one that could let the criterion pass, a little for all others."""
    outcomes = {one.without(leaf, True), one.without(leaf, False)}
    return 0.1 + 2 * ("excludes" in outcomes) + ("passes" in outcomes)


def _near_misses(one: Judgement) -> Iterator[NearMiss]:
    for leaf, answer in one.leaves:
        if answer.near is None or answer.holds is None or not isinstance(leaf, Threshold):
            continue
        decides = one.effect == "excludes" and one.without(leaf, negate(answer.holds)) != "excludes"
        if answer.near == "near" and not decides:
            continue
        patient = next((item.patient for item in answer.evidence if item.patient), "")
        limit = describe(leaf) or leaf_text(leaf)
        yield NearMiss(criterion_id=one.criterion.id, kind=answer.near, limit=limit, patient=patient, holds=answer.holds)


def _calendar(trial: Trial, today: Facts, judged: list[Judgement], defaults: Defaults) -> Calendar:
    """From when and until when the patient could enter, if only time passes."""
    moving = [one for one in judged if any(answer.turns for _, answer in one.leaves)]
    still = [one for one in judged if not any(answer.turns for _, answer in one.leaves)]
    if any(one.effect == "excludes" for one in still):
        stuck = [one.criterion.id for one in still if one.effect == "excludes"]
        return Calendar(because=(f"time alone does not change {', '.join(stuck)}",))
    turning = [frozenset(turn for _, answer in one.leaves for turn in answer.turns) for one in moving]
    turns = sorted(turn for turn in frozenset[date]().union(*turning) if turn > today.on)
    first = today.on if all(one.effect != "excludes" for one in moving) else None
    before, because = moving, list[str]()
    for turn in turns:
        facts = Facts(today.patient, turn, today.catalogue, readings=today.readings)
        after = [judge(old.criterion, trial, facts, defaults) if turn in days else old for old, days in zip(before, turning, strict=True)]
        changed = [new for old, new in zip(before, after, strict=True) if old.effect != new.effect]
        if changed and first is None and all(one.effect != "excludes" for one in after):
            first = turn
            because += [f"{one.criterion.id} no longer excludes from {turn}" for one in changed if one.effect != "excludes"]
        elif first is not None and any(_worse(old, new) for old, new in zip(before, after, strict=True)):
            last = turn - timedelta(days=1)
            because += [f"{new.criterion.id} passes until {last}" for old, new in zip(before, after, strict=True) if _worse(old, new)]
            return Calendar.model_validate({"from": first, "until": last, "because": tuple(because)})
        before = after
    if first is None:
        because = [f"{one.criterion.id} excludes on every day to come" for one in before if one.effect == "excludes"]
    return Calendar.model_validate({"from": first, "until": None, "because": tuple(because)})


def _worse(old: Judgement, new: Judgement) -> bool:
    return new.effect != old.effect and (new.effect == "excludes" or old.effect == "passes")

"""What a person is: age by the calendar, sex, pregnancy and the like."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_FLOOR, Decimal

from limen.criteria import Condition, Demographic, Threshold
from limen.screening.answers import Answer, Context, Nearness, describe, leaf_text, refusal, unknown
from limen.screening.dates import TIME_UNITS, shift, turning_days
from limen.screening.events import CONDITIONS, decide, find
from limen.screening.facts import Event
from limen.screening.interval import Interval, region
from limen.screening.logic import Truth, all_hold, negate
from limen.screening.match import Wanted, normal
from limen.screening.patient import Patient
from limen.screening.quantities import show, show_unit
from limen.screening.verdict import Evidence
from limen.screening.vocabulary import vocabulary


def answer_age(threshold: Threshold, context: Context) -> Answer:
    """Age in completed years (months, days) on the screening date: 'up to 65' includes who is 65 and not yet 66."""
    if reason := refusal(threshold, context):
        return unknown(threshold, reason)
    patient, limit, unit = context.facts.patient, region(threshold), threshold.unit or "a"
    if limit is None or unit not in TIME_UNITS:
        return unknown(threshold, f"{threshold.text!r} gives no age that was read")
    if patient.birth_date is None and patient.age is None:
        return unknown(threshold, "neither birth date nor age is given", "age or birth date")
    limit, unit = whole(limit, unit)
    low = _reached(patient, context.on, *steps(limit.low, not limit.low_in), unit) if limit.low is not None else True
    high = negate(_reached(patient, context.on, *steps(limit.high, limit.high_in), unit)) if limit.high is not None else True
    holds = all_hold((low, high))
    holds = negate(holds) if threshold.operator == "ne" else holds
    words, near = _describe_age(patient, context.on, limit, unit)
    evidence = Evidence(leaf=leaf_text(threshold), threshold=describe(threshold), patient=words, holds=holds)
    missing = () if holds is not None else ("the exact birth date",)
    return Answer(holds, (evidence,), missing, _age_turns(patient, limit, unit), near)


def whole(limit: Interval, unit: str) -> tuple[Interval, str]:
    """Half years as months, and other fractions as days, so that ages compare in completed units."""
    bounds = [bound for bound in (limit.low, limit.high) if bound is not None]
    if all(bound == bound.to_integral_value() for bound in bounds):
        return limit, unit
    if unit == "a" and all((bound * 12) == (bound * 12).to_integral_value() for bound in bounds):
        return limit.map(lambda bound: bound * 12), "mo"
    days = {"a": Decimal("365.25"), "mo": Decimal("30.4375"), "wk": Decimal(7)}.get(unit, Decimal(1))
    return limit.map(lambda bound: (bound * days).to_integral_value(rounding=ROUND_FLOOR)), "d"


def steps(bound: Decimal | None, beyond: bool) -> tuple[Decimal]:
    """The age that must be reached: the bound itself, or the next whole one where it must be passed."""
    return ((bound or Decimal(0)) + (1 if beyond else 0),)


def _reached(patient: Patient, on: date, age: Decimal, unit: str) -> Truth:
    if patient.birth_date is not None:
        if shift(patient.birth_date.last, age, unit) <= on:
            return True
        return False if shift(patient.birth_date.first, age, unit) > on else None
    years = patient.age or Decimal(0)
    top = years + 1 if years == years.to_integral_value() else years
    asked = age / {"a": Decimal(1), "mo": Decimal(12), "wk": Decimal("52.1775"), "d": Decimal("365.25")}.get(unit, Decimal(8766))
    if years >= asked:
        return True
    return False if top <= asked else None


def _describe_age(patient: Patient, on: date, limit: Interval, unit: str) -> tuple[str, Nearness | None]:
    if patient.birth_date is None:
        age = patient.age or Decimal(0)
        return f"age {show(age)} years", _age_nearness(age, limit) if unit == "a" else None
    born = patient.birth_date.first
    months = (on.year - born.year) * 12 + on.month - born.month - (shift(born, Decimal(0), "d").day > on.day)
    counted = {"a": months // 12, "mo": months, "d": (on - born).days, "wk": (on - born).days // 7}.get(unit, months // 12)
    shown_unit = unit if unit in ("a", "mo", "d", "wk") else "a"
    return f"age {counted}{show_unit(shown_unit)} (born {patient.birth_date})", _age_nearness(Decimal(counted), limit)


def _age_nearness(age: Decimal, limit: Interval) -> Nearness | None:
    bounds = [bound for bound in (limit.low, limit.high) if bound is not None]
    if any(age == bound for bound in bounds):
        return "boundary"
    return "near" if any(abs(age - bound) <= bound / 10 for bound in bounds) else None


def _age_turns(patient: Patient, limit: Interval, unit: str) -> frozenset[date]:
    if patient.birth_date is None:
        return frozenset()
    ages = {bound + step for bound in (limit.low, limit.high) if bound is not None for step in (0, 1)}
    born = {patient.birth_date.first, patient.birth_date.last}
    return frozenset(day for age in ages for birth in born for day in turning_days(birth, age, unit))


def answer_demographic(leaf: Demographic, context: Context) -> Answer:
    """Sex, pregnancy, childbearing potential and the like."""
    if leaf.attribute == "sex":
        return _answer_sex(leaf, context)
    if takes_healthy(leaf):
        return Answer(True, (Evidence(leaf=leaf.text or "healthy volunteers are accepted", patient=None, holds=True),))
    state = _state(leaf, context)
    asked = leaf.value if isinstance(leaf.value, bool) else str(leaf.value).lower() not in ("false", "no", "not", "none")
    if asked or state.holds is None:
        return state
    evidence = tuple(item.model_copy(update={"holds": negate(item.holds)}) for item in state.evidence)
    return Answer(negate(state.holds), evidence, state.missing, state.turns)


def no_man_is(leaf: Demographic) -> bool:
    """Whether a state is one that no man has; "patients of reproductive potential" may be men."""
    words, said = vocabulary().female, set(normal(leaf.text).split())
    return leaf.attribute in words.attributes and (not said & words.both or bool(said & words.alone))


def takes_healthy(leaf: Demographic) -> bool:
    """Whether a trial says that it takes healthy volunteers, as a registry's field does: true for every patient."""
    return leaf.attribute == "healthy_volunteers" and leaf.value is True


def _answer_sex(leaf: Demographic, context: Context) -> Answer:
    if leaf.value == "all":
        return Answer(True, (Evidence(leaf=leaf.text or "sex", patient=None, holds=True),))
    sex = context.facts.patient.sex
    if sex is None:
        return unknown(leaf, "sex is not given", "sex")
    holds = sex == leaf.value
    return Answer(holds, (Evidence(leaf=leaf.text or "sex", patient=sex, holds=holds),))


def _state(leaf: Demographic, context: Context) -> Answer:
    words = vocabulary().states.get(leaf.attribute, (leaf.attribute.replace("_", " "),))
    named = Condition(start=leaf.start, end=leaf.end, concept=leaf.attribute, text=words[0])
    if no_man_is(leaf) and context.facts.patient.sex == "male":
        return Answer(False, (Evidence(leaf=leaf.text or words[0], patient="male", holds=False),))
    ill = next((event for event in context.facts.events if event.listed == "conditions" and _now(event)), None)
    if leaf.attribute.startswith("healthy") and ill is not None:
        return Answer(False, (Evidence(leaf=leaf.text or words[0], patient=ill.words, holds=False),))
    answers = [
        decide(named, what, find(context.facts, what, CONDITIONS), CONDITIONS, _now, context, None)
        for what in (Wanted(leaf.attribute, word) for word in words)
    ]
    known = [answer for answer in answers if answer.holds is not None]
    return next((answer for answer in known if answer.holds), known[0] if known else answers[0])


def _now(event: Event) -> Truth:
    return None if event.suspected else event.ongoing


def is_impossible(leaf: Condition, patient: Patient) -> bool:
    """Whether a state is one that no man has."""
    if patient.sex != "male":
        return False
    words = vocabulary()
    female = {normal(word) for attribute in words.female.attributes for word in (attribute, *words.states[attribute])}
    return not female.isdisjoint({normal(leaf.text), normal(leaf.concept or "-")})

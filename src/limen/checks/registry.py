"""The registry's own fields against the free text: ages and sex."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from limen import units
from limen.checks.place import Found, at
from limen.checks.ranges import Demand, demands
from limen.criteria import Bound, Criterion, Demographic, Trial, leaves
from limen.errors import UnitError
from limen.render import number, render

End: TypeAlias = tuple[Decimal, bool]
_SEXES = ("female", "male")


def contradicts_registry_field(trial: Trial) -> Iterator[Found]:
    """An age or a sex that every patient must have by the text, and that the registry's field has otherwise."""
    yield from _ages(trial)
    yield from _sex(trial)


def _ages(trial: Trial) -> Iterator[Found]:
    fields = trial.registry_fields
    low, high = _years(fields.age_min), _years(fields.age_max)
    for demand in demands(trial):
        if demand.criterion.role == "registry" or demand.threshold.concept != "age" or len(demand.allowed) != 1:
            continue
        allowed = demand.allowed[0]
        if low and allowed.low is not None and low != (allowed.low, allowed.low_in):
            yield _age(demand, fields.age_min, "minimum", same=low[0] == allowed.low)
        if high and allowed.high is not None and _completed(high) != _completed((allowed.high, allowed.high_in)):
            yield _age(demand, fields.age_max, "maximum", same=high[0] == allowed.high)


def _years(bound: Bound | None) -> End | None:
    if bound is None:
        return None
    try:
        return units.convert(bound.value, bound.unit, "a"), bound.inclusive
    except UnitError:
        return None


def _completed(end: End) -> End:
    """An upper age as the first that is too old: up to 64 completed years is below 65."""
    years, inclusive = end
    return (years + 1, False) if inclusive and years == years.to_integral_value() else end


def _age(demand: Demand, bound: Bound | None, which: str, *, same: bool) -> Found:
    assert bound is not None
    word = "itself included" if bound.inclusive else "itself not included"
    message = f"{render(demand.threshold)}, but the registry's {which} age is {number(bound.value)} {bound.unit}, {word}"
    return at(demand.criterion, demand.threshold, "contradicts_registry_field", "info" if same else "warning", message)


def _sex(trial: Trial) -> Iterator[Found]:
    """One sex alone in the inclusions, where the registry's field has the other, or both."""
    listed = [(c, leaf, sex) for c in trial.criteria if c.role == "inclusion" for leaf, sex in _sexes(c)]
    asked = {sex for _, _, sex in listed}
    field = trial.registry_fields.sex
    if field is None or len(asked) != 1 or field in asked:
        return
    criterion, leaf, sex = listed[0]
    if criterion.requirement == leaf or field != "all":
        message = f"{sex} patients by the text, but the registry's field says {field}"
        yield at(criterion, leaf, "contradicts_registry_field", "warning", message)


def _sexes(criterion: Criterion) -> Iterator[tuple[Demographic, str]]:
    for leaf in leaves(criterion.requirement):
        if isinstance(leaf, Demographic) and leaf.attribute == "sex" and isinstance(leaf.value, str):
            yield leaf, leaf.value
        elif isinstance(leaf, Demographic) and leaf.attribute in _SEXES and leaf.value is True:
            yield leaf, leaf.attribute

"""Sets of numbers as ranges in order, and what a patient who enters a trial must have.

    demands(trial)     every limit that all patients of the trial must meet, as the set of values that it allows
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from limen.criteria import AllOf, AnyOf, Criterion, Expression, Not, Threshold, Trial

_MEASURED = frozenset({"measurement", "score", "age", "duration"})
_UNSURE = frozenset({"operator_ambiguous", "unit_implausible", "value_implausible"})


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, either open (None), each end belonging to it or not."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_in: bool = True
    high_in: bool = True

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and not (self.low_in and self.high_in))

    def meet(self, other: Range) -> Range:
        """What belongs to both."""
        low = max((r for r in (self, other) if r.low is not None), key=lambda r: (r.low, not r.low_in), default=self)
        high = min((r for r in (self, other) if r.high is not None), key=lambda r: (r.high, r.high_in), default=self)
        return Range(low.low, high.high, low.low_in, high.high_in)

    def outside(self) -> Ranges:
        """What does not belong to it."""
        below = Range(None, self.low, high_in=not self.low_in) if self.low is not None else None
        above = Range(self.high, None, low_in=not self.high_in) if self.high is not None else None
        return tuple(part for part in (below, above) if part is not None)


Ranges: TypeAlias = tuple[Range, ...]


def meet(a: Ranges, b: Ranges) -> Ranges:
    return tuple(both for one in a for two in b if not (both := one.meet(two)).is_empty)


def outside(ranges: Ranges) -> Ranges:
    left: Ranges = (Range(),)
    for one in ranges:
        left = meet(left, one.outside())
    return left


def within(a: Ranges, b: Ranges) -> bool:
    """Whether everything in `a` is in `b` too."""
    return not meet(a, outside(b))


class Demand(NamedTuple):
    """A limit that every patient of the trial must meet: which values it allows, in the unit and at the time of `key`."""

    criterion: Criterion
    threshold: Threshold
    allowed: Ranges
    key: tuple[object, ...]


def demands(trial: Trial) -> Iterator[Demand]:
    """The limits that no alternative, guard or exception lifts; those of the exclusions turned into what they leave."""
    for criterion in trial.criteria:
        for threshold, holds in _certain(criterion.requirement, criterion.role != "exclusion"):
            allowed = _values(threshold)
            if allowed is not None:
                yield Demand(criterion, threshold, allowed if holds else outside(allowed), _key(threshold))


def _certain(expression: Expression, holds: bool) -> Iterator[tuple[Threshold, bool]]:
    """The limits whose truth is settled if the whole tree is true, or false."""
    match expression:
        case AllOf() if holds:
            parts = expression.of
        case AnyOf() if not holds:
            parts = expression.of
        case Not():
            yield from _certain(expression.of, not holds)
            return
        case Threshold():
            yield expression, holds
            return
        case _:
            return
    for part in parts:
        yield from _certain(part, holds)


def _values(threshold: Threshold) -> Ranges | None:
    """The values that satisfy a limit, or None where they cannot be compared with those of another."""
    if threshold.concept is None or threshold.kind not in _MEASURED or any(f.code in _UNSURE for f in threshold.findings):
        return None
    if threshold.operator == "in":
        return tuple(Range(grade, grade) for grade in sorted(threshold.grades or ())) or None
    source = threshold.canonical or threshold
    scale = Decimal(1) if threshold.canonical else threshold.scale
    low, high = (None if end is None else end * scale for end in (source.low, source.high))
    one = low if low is not None else high
    match threshold.operator:
        case "eq" | "ne":
            point = (Range(one, one),) if one is not None else None
            return outside(point) if point and threshold.operator == "ne" else point
        case "lt" | "le":
            return (Range(None, high, high_in=threshold.operator == "le"),) if high is not None else None
        case "gt" | "ge":
            return (Range(low, None, low_in=threshold.operator == "ge"),) if low is not None else None
        case _:
            ends = Range(low, high, threshold.low_inclusive is not False, threshold.high_inclusive is not False)
            return None if low is None or high is None or ends.is_empty else (ends,)


def _key(threshold: Threshold) -> tuple[object, ...]:
    """What two limits must share to be about the same number."""
    unit = threshold.canonical.unit if threshold.canonical else threshold.unit
    window = threshold.window
    when = window and (window.relation, window.low, window.high, window.unit, window.anchor)
    return threshold.concept, unit or ("a" if threshold.kind == "age" else None), threshold.reference, when, threshold.statistic

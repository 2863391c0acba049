"""Thresholds made from a quantity and what it limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, NamedTuple

from limen.criteria import Code, Finding, Kind, Operator, Threshold, Window
from limen.lexicon import Lexicon, Measurement, Score
from limen.mentions import Quantity, TimeSpan
from limen.thresholds.rates import rated
from limen.thresholds.units_fit import compatible
from limen.thresholds.wording import words
from limen.units import UNITLESS

Join = Literal["and", "or"]
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[=:<>≤≥]")


class Paired(NamedTuple):
    """One comparison and what it limits: one threshold, or several that share it under `join`.

    `time` is set for a window or a duration.
    """

    start: int
    end: int
    thresholds: tuple[Threshold, ...]
    join: Join = "or"
    time: TimeSpan | None = None


def unnamed(paired: Paired) -> Paired:
    """The comparison as one of something that no list knows: the age of another than the patient."""
    stripped = {"concept": None, "code": None, "kind": "measurement"}
    return paired._replace(thresholds=tuple(t.model_copy(update=stripped) for t in paired.thresholds))


def with_repeat(found: list[Paired], words_of: str) -> list[Paired]:
    """The last measured limit with how often it was measured."""
    for index in range(len(found) - 1, -1, -1):
        if any(t.kind in ("measurement", "score") for t in found[index].thresholds):
            made = tuple(t.model_copy(update={"statistic": words_of}) for t in found[index].thresholds)
            return [*found[:index], found[index]._replace(thresholds=made), *found[index + 1 :]]
    return found


class Target(NamedTuple):
    """What a quantity limits."""

    start: int
    end: int
    id: str | None
    predicted: bool = False


@dataclass(slots=True)
class Maker:
    """Makes the thresholds of one clause."""

    text: str
    lexicon: Lexicon

    def paired(self, quantity: Quantity, targets: Sequence[Target], join: Join, kind: Kind | None = None) -> Paired:
        """The comparison with a threshold for each of its targets."""
        made = tuple(self.threshold(quantity, t, kind=kind) for t in targets)
        return Paired(quantity.start, quantity.end, made, join)

    def threshold(
        self, quantity: Quantity, target: Target, *, kind: Kind | None = None, window: Window | None = None, statistic: str | None = None
    ) -> Threshold:
        """One limit, as written."""
        entry = self.lexicon.measured.get(target.id or "")
        quantity, end = rated(self.text, quantity, target.start, target.end, entry)
        target = target._replace(end=end)
        if kind is None:
            kind = kind_of(entry)
        reference = quantity.reference
        share = isinstance(entry, Measurement) and bool(entry.predicted) and quantity.unit == "%" and not compatible("%", entry)
        if share or (target.predicted and quantity.unit in (None, "%")):
            reference = reference or "predicted"
        named = target.end > target.start
        return Threshold(
            kind=kind,
            concept=target.id,
            code=_loinc(entry.loinc) if entry and entry.loinc else None,
            concept_text=self.text[target.start : target.end] if named else None,
            concept_start=target.start if named else None,
            concept_end=target.end if named else None,
            text=self.text[quantity.start : quantity.end],
            start=quantity.start,
            end=quantity.end,
            operator=quantity.operator or "eq",
            low=quantity.low,
            low_inclusive=quantity.low_inclusive if quantity.low is not None else None,
            high=quantity.high,
            high_inclusive=quantity.high_inclusive if quantity.high is not None else None,
            scale=quantity.scale,
            grades=quantity.grades,
            unit=quantity.unit,
            unit_text=quantity.unit_text or self._rank(quantity, target),
            reference=reference,
            window=window,
            statistic=statistic,
            findings=self._notes(quantity, target),
            confidence=_confidence(quantity, target),
        )

    def _rank(self, quantity: Quantity, target: Target) -> str | None:
        """The noun that says what sort of number it is ("class II", "a score of 27"), for a number without a unit."""
        if quantity.reference is not None:
            return None
        start = max(target.start if target.end > target.start and target.start < quantity.start else 0, quantity.start - 60)
        near = _WORD.findall(self.text[start : quantity.end + 8].lower())
        return next((w for w in reversed(near) if w in words().ranks), None)

    def _notes(self, quantity: Quantity, target: Target) -> tuple[Finding, ...]:
        """What was mended in the comparison, and what stays in doubt."""
        place = {"start": quantity.start, "end": quantity.end}
        if quantity.doubt:
            return (Finding(code="value_implausible", severity="warning", message=quantity.doubt, **place),)
        if quantity.repaired:
            return (Finding(code="symbol_repaired", severity="warning", message=quantity.repaired, **place),)
        sign = self.text[quantity.start : quantity.end][:1]
        if quantity.operator == "eq" and sign in ("=", "?"):
            message = f"a bare {sign!r} may stand for a lost ≥ or ≤: read as '='"
            return (Finding(code="operator_ambiguous", severity="warning", message=message, **place),)
        bare = quantity.operator in (None, "eq") and not quantity.explicit
        if bare and (target.id == "age" or self._has_unit(quantity, target)):
            message = "a value without a comparator may stand for one with a lost ≥ or ≤: read as '='"
            return (Finding(code="operator_ambiguous", severity="warning", message=message, **place),)
        return ()

    def _has_unit(self, quantity: Quantity, target: Target) -> bool:
        """Whether a limit is of what is measured in a unit, or is written with one."""
        entry = self.lexicon.measurements.get(target.id or "")
        return entry is not None and bool(entry.unit != UNITLESS or quantity.unit or quantity.reference)


@cache
def _loinc(code: str) -> Code:
    return Code(system="http://loinc.org", code=code)


def kind_of(entry: Measurement | Score | None) -> Kind:
    """What a limit of this entry is."""
    if isinstance(entry, Score):
        return "score"
    if entry is not None and entry.id == "age":
        return "age"
    return "duration" if entry is not None and entry.timeline else "measurement"


def _confidence(quantity: Quantity, target: Target) -> float:
    sure = 0.95 if target.id else 0.7
    if not quantity.explicit:
        sure -= 0.2
    return round(sure - (0.2 if quantity.repaired else 0.0), 2)


def bound(quantity: Quantity, operator: Operator) -> Quantity:
    """A bare number as the bound that `operator` makes of it."""
    value = quantity.low if quantity.low is not None else quantity.high
    if operator in ("ge", "gt"):
        return replace(quantity, operator=operator, low=value, low_inclusive=operator == "ge", high=None, high_inclusive=None)
    return replace(quantity, operator=operator, high=value, high_inclusive=operator == "le", low=None, low_inclusive=None)


def like(quantity: Quantity, before: Quantity) -> Quantity:
    """A bare number under the comparator of the limit before it."""
    if before.operator in ("ge", "gt", "le", "lt"):
        return bound(quantity, before.operator)
    if before.operator == "between":
        return bound(quantity, "le" if before.high_inclusive else "lt")  # "7.0 to 10.5 % (91 mmol/mol)"
    return replace(quantity, operator="eq", low_inclusive=True, high_inclusive=True)

"""Normalising: the canonical value beside the one as written, and what is implausible about it.

Nothing is changed: a limit in an implausible unit keeps its number and its unit, and a finding names the likely one.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from limen import units
from limen.criteria import Canonical, Finding, Severity, Threshold
from limen.errors import UnitError
from limen.lexicon import Chemistry, Lexicon, Measurement, Score

_PREFIXES = ("", "m", "u", "n", "p", "k", "d")
_BELOW = ("dL", "L", "mL", "uL")


def normalise(threshold: Threshold, lexicon: Lexicon) -> Threshold:
    """The threshold with `canonical` and its findings (unit_missing, unit_implausible, value_implausible).

    Normalising twice gives the same as normalising once.
    """
    entry = lexicon.measured.get(threshold.concept or "")
    if entry is None or threshold.kind in ("window", "dose", "count"):
        return threshold
    if isinstance(entry, Score):
        return _with(threshold, None, _score_findings(threshold, entry))
    if threshold.kind == "duration" and not entry.timeline:
        return threshold  # "undetectable PSA for a year": the year is no value of it
    if threshold.reference in ("uln", "lln", "baseline", "normal", "body_weight"):
        return threshold
    if threshold.reference == "predicted":
        return threshold.model_copy(update={"canonical": _canonical(threshold, "%", "%", None)})
    unit, findings = _unit_of(threshold, entry)
    if unit is None:
        return _with(threshold, None, findings)
    if entry.unit.endswith("/d") and "/" not in unit:
        unit += "/d"  # a 24-hour collection's amount: its name says the day
    canonical = _canonical(threshold, unit, entry.unit, entry)
    if canonical is None:
        return _with(threshold, None, [_finding(threshold, "unit_implausible", "warning", f"{unit} is no unit of {entry.name.lower()}")])
    return _with(threshold, canonical, [*findings, *_plausibility(threshold, unit, canonical, entry)])


def _with(threshold: Threshold, canonical: Canonical | None, findings: list[Finding]) -> Threshold:
    new = tuple(f for f in findings if f not in threshold.findings)
    return threshold.model_copy(update={"canonical": canonical, "findings": (*threshold.findings, *new)})


def _finding(threshold: Threshold, code: str, severity: Severity, message: str) -> Finding:
    return Finding(code=code, severity=severity, start=threshold.start, end=threshold.end, message=message)


def _bounds(threshold: Threshold) -> Iterator[Decimal]:
    for bound in (threshold.low, threshold.high):
        if bound is not None:
            yield bound * threshold.scale


def _unit_of(threshold: Threshold, entry: Measurement) -> tuple[str | None, list[Finding]]:
    """The unit as written; where there is none, the one that every number of the limit points to."""
    if threshold.unit is not None:
        return threshold.unit, []
    if entry.unit == units.UNITLESS or entry.id == "age":
        return entry.unit, []
    fitting = [g for g in entry.guesses if all(g.low <= b < g.high for b in _bounds(threshold))]
    if len(fitting) == 1:
        return fitting[0].unit, [_finding(threshold, "unit_missing", "info", f"no unit is written; {fitting[0].unit} is meant by the number")]
    return None, [_finding(threshold, "unit_missing", "warning", f"no unit is written, and the number does not say which: {entry.unit}?")]


def _canonical(threshold: Threshold, source: str, target: str, entry: Measurement | None) -> Canonical | None:
    chemistry = entry.chemistry if entry else Chemistry()
    values: list[Decimal | None] = []
    for bound in (threshold.low, threshold.high):
        if bound is None:
            values.append(None)
            continue
        try:
            values.append(units.convert(bound * threshold.scale, source, target, **chemistry._asdict()))
        except UnitError:
            return None
    return Canonical(low=values[0], high=values[1], unit=target)


def _is_plausible(canonical: Canonical, entry: Measurement) -> bool:
    low, high = entry.plausible
    return all(bound == 0 or low <= bound <= high for bound in (canonical.low, canonical.high) if bound is not None)


def _plausibility(threshold: Threshold, unit: str, canonical: Canonical, entry: Measurement) -> list[Finding]:
    if _is_plausible(canonical, entry):
        return []
    likely = next((u for u in _alternatives(unit, entry) if _would_fit(threshold, u, entry)), None)
    written = f"{entry.name.lower()} {threshold.text}"
    if likely is not None:
        return [_finding(threshold, "unit_implausible", "warning", f"{written}: {likely}?")]
    return [_finding(threshold, "value_implausible", "warning", f"{written} lies outside {entry.plausible[0]} to {entry.plausible[1]} {entry.unit}")]


def _would_fit(threshold: Threshold, unit: str, entry: Measurement) -> bool:
    canonical = _canonical(threshold, unit, entry.unit, entry)
    return canonical is not None and _is_plausible(canonical, entry)


def _alternatives(unit: str, entry: Measurement) -> Iterator[str]:
    """Units that might have been meant: the lexicon's guesses, then other prefixes and other volumes of the same kind."""
    yield from (g.unit for g in entry.guesses if _same_kind(g.unit, unit))
    head, slash, below = unit.partition("/")
    for base in ("mol", "g", "eq", "U", "[IU]"):
        if head.endswith(base):
            for volume in (below, *(v for v in _BELOW if v != below)):
                yield from (f"{prefix}{base}{slash}{volume}" for prefix in _PREFIXES if f"{prefix}{base}/{volume}" != unit)
            return
    yield entry.unit


def _same_kind(unit: str, other: str) -> bool:
    try:
        return units.dimension(unit) == units.dimension(other)
    except UnitError:
        return False


def _score_findings(threshold: Threshold, entry: Score) -> list[Finding]:
    low, high = entry.range
    values = [*_bounds(threshold), *(threshold.grades or ())]
    if threshold.unit == "%" or all(low <= v <= high for v in values):
        return []
    return [_finding(threshold, "value_implausible", "warning", f"{entry.name} runs from {low} to {high}")]

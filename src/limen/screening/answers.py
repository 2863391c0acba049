"""What the evaluation of one leaf gives, and what it is evaluated in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from limen.criteria import AnyLeaf, Criterion, Finding, Threshold, Trial
from limen.screening.defaults import Defaults
from limen.screening.facts import Facts
from limen.screening.interval import Interval, same
from limen.screening.quantities import show, show_unit
from limen.screening.verdict import Evidence

Nearness = Literal["near", "boundary"]
_SYMBOLS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=", "ne": "!="}
_ABOUT_THE_TRIAL = frozenset({"contradicts_registry_field", "contradiction", "redundant"})


@dataclass(frozen=True)
class Answer:
    """Whether a leaf holds, why, what would be needed to know, and the days on which time alone may change it."""

    holds: bool | None
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    turns: frozenset[date] = frozenset()
    near: Nearness | None = None


@dataclass(frozen=True)
class Context:
    """The criterion that a leaf belongs to, and the patient's facts."""

    facts: Facts
    trial: Trial
    criterion: Criterion
    defaults: Defaults

    @property
    def on(self) -> date:
        return self.facts.on

    def findings(self, threshold: Threshold) -> tuple[Finding, ...]:
        """What the reader or the checks found about a limit."""
        others = (
            finding
            for finding in (*self.criterion.findings, *self.trial.findings)
            if threshold.start <= finding.start < max(threshold.end, threshold.start + 1)
        )
        return (*threshold.findings, *others)


def unknown(leaf: AnyLeaf, reason: str, *missing: str, patient: str | None = None) -> Answer:
    """Not known, and why."""
    limit = describe(leaf) if isinstance(leaf, Threshold) else None
    evidence = Evidence(leaf=leaf_text(leaf), threshold=limit, patient=patient, holds=None, note=reason)
    return Answer(None, (evidence,), missing or (reason,))


def leaf_text(leaf: AnyLeaf) -> str:
    """The leaf's words; a limit with what it limits."""
    if isinstance(leaf, Threshold):
        name = leaf.concept_text or (leaf.concept or "").replace("_", " ")
        return leaf.text if not name or name.lower() in leaf.text.lower() else f"{name} {leaf.text}"
    return leaf.text or (getattr(leaf, "attribute", None) or "")


def describe(threshold: Threshold) -> str:
    """'creatinine >= 2 mg/dL': a limit in symbols."""
    name = threshold.concept_text or (threshold.concept or threshold.kind).replace("_", " ")
    return f"{name} {describe_limit(threshold)}"


def describe_limit(threshold: Threshold) -> str:
    """'>= 2 mg/dL', '7-12', 'in 0, 1, 2'."""
    unit = show_unit(threshold.unit) if threshold.unit != "{ULN}" else ""
    if threshold.reference in ("uln", "lln"):
        unit = f" x {threshold.reference.upper()}"
    elif threshold.reference is not None:
        unit += f" {threshold.reference.replace('_', ' ')}"
    if threshold.operator == "in":
        return "in " + ", ".join(show(grade) for grade in threshold.grades or ())
    if threshold.operator == "between" and threshold.low is not None and threshold.high is not None:
        return f"{_scaled(threshold, threshold.low)} to {_scaled(threshold, threshold.high)}{unit}"
    ends = (threshold.high, threshold.low) if threshold.operator in ("lt", "le") else (threshold.low, threshold.high)
    number = next((end for end in ends if end is not None), None)
    symbol = _SYMBOLS.get(threshold.operator, "between")
    return f"{symbol} {_scaled(threshold, number)}{unit}" if number is not None else f"{symbol} (no number){unit}"


def _scaled(threshold: Threshold, number: Decimal) -> str:
    if threshold.scale == 1:
        return show(number)
    power = threshold.scale.adjusted()
    return f"{show(number)} x 10^{power}" if threshold.scale == Decimal(1).scaleb(power) else show(number * threshold.scale)


def refusal(threshold: Threshold, context: Context) -> str | None:
    """Why a limit must not be applied as it stands, or None.  An implausible unit is for the value to decide."""
    for finding in context.findings(threshold):
        if finding.code in _ABOUT_THE_TRIAL or finding.code == "unit_implausible":
            continue
        if finding.severity == "error" or finding.code in ("value_implausible", "operator_ambiguous"):
            return f"{finding.message}: a person must decide"
    return None


def caveats(threshold: Threshold, context: Context) -> list[str]:
    """What was repaired or guessed in the reading of a limit that is applied."""
    codes = ("symbol_repaired", "unit_missing", "abbreviation_ambiguous")
    return [finding.message for finding in context.findings(threshold) if finding.code in codes]


def nearness(value: Interval, limit: Interval | None, *, graded: bool = False) -> Nearness | None:
    """Whether a value is the limit's own number, or within 10 % (or, for scores, one grade) of it."""
    exact = value.exact
    if exact is None or limit is None:
        return None
    bounds = [bound for bound in (limit.low, limit.high) if bound is not None]
    if any(same(exact, bound) for bound in bounds):
        return "boundary"
    close = any(abs(exact - bound) <= max(abs(bound) / 10, Decimal(1) if graded else Decimal(0)) for bound in bounds)
    return "near" if close else None

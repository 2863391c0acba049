"""Fragments of SQL that mean what the code for one patient does: dates moved, values in limits, events in spans, trees.

DuckDB's AND, OR and NOT over NULL are the same three-valued logic as `logic`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from limen.criteria import (
    AllOf,
    AnyLeaf,
    AnyOf,
    AtLeast,
    Criterion,
    Expression,
    IfThen,
    Not,
    Threshold,
    Unless,
    Window,
)
from limen.screening.dates import TIME_UNITS, split_span
from limen.screening.interval import TOLERANCE, Interval, point
from limen.screening.logic import Spelled, lifts

UNKNOWN = "CAST(NULL AS BOOLEAN)"


def shifted(day: str, amount: Decimal, unit: str, sign: int) -> str:
    """A date moved by a span of time, months first, as `dates.shift` does."""
    months, days = split_span(amount, unit)
    mark = "+" if sign > 0 else "-"
    return f"CAST({day} {mark} to_months({months}) {mark} to_days({days}) AS DATE)"


def _same(expression: str, number: float) -> str:
    return f"abs({expression} - {number!r}) <= {float(TOLERANCE)!r} * greatest(abs({expression}), {abs(number)!r})"


def _beyond(end: str, sign: str, bound: Decimal, when_same: str) -> str:
    number = float(bound)
    return f"coalesce(CASE WHEN {_same(end, number)} THEN {when_same} ELSE {end} {sign} {number!r} END, false)"


def within(low: str, high: str, limit: Interval) -> str:
    """`interval.lies_within` for SQL expressions of a value's two ends (columns low_in and high_in beside them)."""
    no, yes = ["false"], ["true"]
    if limit.low is not None:
        no.append(_beyond(high, "<", limit.low, f"NOT ({str(limit.low_in).lower()} AND high_in)"))
        yes.append(_beyond(low, ">", limit.low, f"{str(limit.low_in).lower()} OR NOT low_in"))
    if limit.high is not None:
        no.append(_beyond(low, ">", limit.high, f"NOT ({str(limit.high_in).lower()} AND low_in)"))
        yes.append(_beyond(high, "<", limit.high, f"{str(limit.high_in).lower()} OR NOT high_in"))
    return f"CASE WHEN {' OR '.join(no)} THEN false WHEN {' AND '.join(yes)} THEN true END"


def satisfied(low: str, high: str, threshold: Threshold, limit: Interval | None) -> str:
    """`interval.satisfies` in SQL."""
    if threshold.operator == "in":
        parts = [within(low, high, point(grade)) for grade in threshold.grades or ()]
        if not parts:
            return UNKNOWN
        some, none = " OR ".join(f"({part})" for part in parts), " AND ".join(f"({part}) IS FALSE" for part in parts)
        return f"CASE WHEN {some} THEN true WHEN {none} THEN false END"
    if limit is None:
        return UNKNOWN
    return f"NOT ({within(low, high, limit)})" if threshold.operator == "ne" else within(low, high, limit)


def reached(age: Decimal, unit: str) -> str:
    """`people._reached` in SQL."""
    per_year = {"a": 1.0, "mo": 12.0, "wk": 52.1775, "d": 365.25}.get(unit, 8766.0)
    asked = float(age) / per_year
    top = "CASE WHEN age = floor(age) THEN age + 1 ELSE age END"
    return f"""CASE WHEN born0 IS NOT NULL THEN CASE WHEN {shifted("born1", age, unit, 1)} <= screened THEN true
        WHEN {shifted("born0", age, unit, 1)} > screened THEN false END
        WHEN age >= {asked!r} THEN true WHEN {top} <= {asked!r} THEN false END"""


def back(window: Window) -> tuple[str | None, str | None] | None:
    """`windows.back_span` in SQL: the first and last day, or None where the window covers no day that can be known."""
    if window.unit is not None and window.unit not in TIME_UNITS:
        return None
    if window.relation in ("after", "for"):
        return None
    backward = window.relation in ("within", "during")
    far = window.high if window.high is not None else (window.low if backward else None)
    near = window.low if window.low is not None and window.low != far else None
    unit = window.unit or "d"
    if window.relation == "at" or (backward and far is None):
        return None, "screened"
    first = shifted("screened", far, unit, -1) if far is not None else None
    return first, shifted("screened", near, unit, -1) if near is not None else "screened"


def spans(window: Window | None) -> tuple[str, str]:
    """Conditions on a reading's days: surely outside the window, and not surely inside."""
    covered = back(window) if window is not None and window.relation != "for" else (None, "screened")
    first, last = covered if covered is not None else (None, "screened")
    outside = f"coalesce(day0 > {last}, false)"
    unsure = f"coalesce(day1 > {last}, false)"
    if first is not None:
        outside += f" OR coalesce(day1 < {first}, false)"
        unsure += f" OR day0 IS NULL OR day0 < {first}"
    return outside, unsure


def overlap(first: str | None, last: str | None) -> str:
    """`events.overlaps` in SQL."""
    first, last = first or "DATE '0001-01-01'", last or "DATE '9999-12-31'"
    return f"CASE WHEN began0 > {last} OR ended1 < {first} THEN false WHEN began1 <= {last} AND ended0 >= {first} THEN true END"


def before(limit: Interval, unit: str, *, begins: bool = False, over: bool = False) -> str:
    """`timing._before` in SQL."""
    first = f"{shifted('screened', limit.high, unit, -1)} + {int(not limit.high_in)}" if limit.high is not None else None
    last = f"{shifted('screened', limit.low, unit, -1)} - {int(not limit.low_in)}" if limit.low is not None else "screened"
    if first is not None and begins:
        return f"CASE WHEN suspected THEN NULL WHEN began0 > ({last}) OR began1 < ({first}) THEN false WHEN began1 <= ({last}) AND began0 >= ({first}) THEN true END"
    if first is not None:
        return f"CASE WHEN suspected THEN NULL ELSE {overlap(f'({first})', f'({last})')} END"
    began = f"CASE WHEN began0 > ({last}) THEN false WHEN began1 <= ({last}) THEN true END"
    ended = f"CASE WHEN ongoing OR ended0 > ({last}) THEN false WHEN ended1 <= ({last}) THEN true END"
    both = f"CASE WHEN {str(begins).lower()} OR listed = 'conditions' THEN ({began}) WHEN {str(over).lower()} OR ({began}) = ({ended}) THEN ({ended}) END"
    return f"CASE WHEN suspected THEN NULL ELSE {both} END"


def tree(expression: Expression, column: Callable[[AnyLeaf], str], *, asks: bool) -> str:
    """`logic.evaluate` as a SQL expression over the leaves' columns."""
    match expression:
        case AllOf():
            return "(" + (" AND ".join(tree(part, column, asks=asks) for part in expression.of) or "true") + ")"
        case AnyOf():
            return "(" + (" OR ".join(tree(part, column, asks=asks) for part in expression.of) or "false") + ")"
        case AtLeast():
            parts = [tree(part, column, asks=asks) for part in expression.of]
            surely = " + ".join(f"CAST(coalesce({part}, false) AS INTEGER)" for part in parts) or "0"
            perhaps = " + ".join(f"CAST(coalesce({part}, true) AS INTEGER)" for part in parts) or "0"
            count = expression.count
            return f"(CASE WHEN {surely} >= {count} THEN true WHEN {perhaps} < {count} THEN false END)"
        case Not():
            return f"(NOT {tree(expression.of, column, asks=not asks)})"
        case IfThen():
            when, then = tree(expression.when, column, asks=False), tree(expression.then, column, asks=asks)
            return f"(NOT {when} OR {then})" if asks else f"({when} AND {then})"
        case Unless():
            requirement = tree(expression.requirement, column, asks=asks)
            exception = tree(expression.exception, column, asks=False)
            lifted = asks and lifts(expression)
            return f"({requirement} OR {exception})" if lifted else f"({requirement} AND NOT {exception})"
        case _:
            return column(expression)


def whole_criterion(criterion: Criterion, column: Callable[[AnyLeaf], str]) -> str:
    """`logic.holds` as a SQL expression."""
    asks = criterion.role != "exclusion"
    read = tree(criterion.requirement, column, asks=asks)
    if criterion.status == "structured":
        return read
    if criterion.status == "unread":
        return UNKNOWN
    if asks:
        return f"({read} AND {UNKNOWN})"
    if isinstance(criterion.requirement, (AllOf, Unless, IfThen, Spelled)):
        return UNKNOWN
    return f"({read} OR {UNKNOWN})"

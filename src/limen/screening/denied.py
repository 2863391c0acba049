"""Lengths of time under a denial: "no steroids for at least 2 weeks" denies that there were any within 2 weeks.

The same words may deny the length itself ("not on a stable dose for at least 2 weeks"), so that such a limit holds or fails
only where both readings agree.  So may an exclusion's bare "for 6 months before enrolment".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from limen.criteria import Criterion, Expression, Not, Threshold, Window, children
from limen.screening.answers import Answer, unknown

_BARE = re.compile(r"for\s+(?:(?:the|a)\s+)?(?:(?:period\s+of|past|last|previous|preceding)\s+)?[\d.]+[\s-]+\w+\s+(?:immediately\s+)?(?:before|prior|preceding)\b", re.IGNORECASE)
_FOR = re.compile(r"(?:for|lasting)\b", re.IGNORECASE)


def is_either_length(limit: Threshold, criterion: Criterion) -> bool:
    """Whether a limit may mean how long something was, or that it was within that time.

    It stands right under a `not`, and its words are "for so long at least" or "at least so long before"; or an exclusion's words
    are a bare "for 6 months before enrolment".
    """
    if not _is_length(limit):
        return False
    bare = criterion.role == "exclusion" and limit.window is not None and _BARE.match(limit.window.text) is not None
    return bare or any(limit is one for one in _denied(criterion.requirement))


def either_way(limit: Threshold, answer: Callable[[Threshold], Answer]) -> Answer:
    """What a denied length of time holds of the patient where it makes no difference what of it is denied."""
    found = answer(limit)
    other = answer(_recent(limit))
    if found.holds is other.holds:
        return found
    reason = f"{limit.text!r}: for so long, or at any time in it?"
    return unknown(limit, reason)


def _denied(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Not):
        yield expression.of
    for part in children(expression):
        yield from _denied(part)


def _is_length(limit: Threshold) -> bool:
    window = limit.window
    timed = limit.kind in ("window", "duration") and limit.operator in ("ge", "gt", "eq") and limit.low is not None
    if not timed or window is None:
        return False
    return window.relation == "before" or (window.relation == "for" and _FOR.match(window.text) is not None)


def _recent(limit: Threshold) -> Threshold:
    """The same event within the length of time."""
    operator = "le" if limit.operator == "gt" else "lt"
    was = limit.window
    window = Window(relation="within", high=limit.low, unit=limit.unit, anchor=was.anchor if was else None, text=was.text if was else "")
    high = {"low": None, "low_inclusive": None, "high": limit.low, "high_inclusive": operator == "le"}
    return limit.model_copy(update={"kind": "window", "operator": operator, "window": window, "canonical": None, **high})

"""Lengths of time under a denial: "no steroids for at least 2 weeks" denies that there were any within 2 weeks.

The same words may deny the length itself ("not on a stable dose for at least 2 weeks"), so that such a limit holds or fails
only where both readings agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from limen.criteria import Expression, Not, Threshold, Window, children
from limen.screening.answers import Answer, unknown

_FOR = re.compile(r"(?:for|lasting)\b", re.IGNORECASE)


def is_denied_length(limit: Threshold, expression: Expression) -> bool:
    """Whether a limit of a tree stands right under a `not`, and its words are "for so long at least" or "at least so long before"."""
    return _is_length(limit) and any(limit is one for one in _denied(expression))


def either_way(limit: Threshold, answer: Callable[[Threshold], Answer]) -> Answer:
    """What a denied length of time holds of the patient where it makes no difference what of it is denied."""
    found = answer(limit)
    other = answer(_recent(limit))
    if found.holds is other.holds:
        return found
    reason = f"denied {limit.text!r}: for so long, or only not so long?"
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

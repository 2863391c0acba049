"""Limits that exclude each other, and limits that say what another says already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from limen.checks.place import Found, at
from limen.checks.ranges import Demand, demands, meet, within
from limen.criteria import Trial
from limen.render import render


def contradiction(trial: Trial) -> Iterator[Found]:
    """No patient can satisfy all inclusions and avoid all exclusions for one concept."""
    for group in _groups(trial):
        left = group[0].allowed
        for position, demand in enumerate(group):
            left = meet(left, demand.allowed)
            if not left:
                others = [other for other in group[:position] if not meet(other.allowed, demand.allowed)] or group[:position]
                message = f"no patient can meet {_said(demand)} and {' and '.join(map(_said, others))}"
                yield at(demand.criterion, demand.threshold, "contradiction", "error", message)
                break


def redundant(trial: Trial) -> Iterator[Found]:
    """An exclusion that an inclusion's limit implies already, or the same limit twice."""
    for group in _groups(trial):
        for position, demand in enumerate(group):
            others = [other for place, other in enumerate(group) if place != position and _covers(other, demand, later=place < position)]
            if others:
                message = f"{_said(demand)} adds nothing to {_said(others[0])}"
                yield at(demand.criterion, demand.threshold, "redundant", "info", message)


def _covers(other: Demand, demand: Demand, *, later: bool) -> bool:
    """Whether `demand` says nothing that `other` does not say: the second of two equals, or an exclusion after its inclusion."""
    if (other.threshold.start, other.threshold.end) == (demand.threshold.start, demand.threshold.end):
        return False
    if not within(other.allowed, demand.allowed) or not meet(other.allowed, demand.allowed):
        return False
    equal = within(demand.allowed, other.allowed)
    crossed = demand.criterion.role == "exclusion" and other.criterion.role == "inclusion"
    same_side = demand.criterion.role == other.criterion.role
    return crossed or (equal and same_side and later)


def _groups(trial: Trial) -> Iterator[list[Demand]]:
    """The demands of the text on one number, where there are several."""
    groups: dict[tuple[object, ...], list[Demand]] = defaultdict(list)
    for demand in demands(trial):
        if demand.criterion.role != "registry":
            groups[demand.key].append(demand)
    yield from (group for group in groups.values() if len(group) > 1)


def _said(demand: Demand) -> str:
    return f"{demand.criterion.id} ({'not ' if demand.criterion.role == 'exclusion' else ''}{render(demand.threshold)})"

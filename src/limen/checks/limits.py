"""Limits that exclude each other, and limits that say what another says already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from limen.checks.place import Found, at
from limen.checks.ranges import Demand, Ranges, demands, meet, within
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
        first: dict[tuple[str, Ranges], Demand] = {}
        for demand in group:
            same = first.setdefault((demand.criterion.role, demand.allowed), demand)
            if _place(same) != _place(demand):
                yield _said_already(demand, same)
        asked = [demand for (role, _), demand in first.items() if role == "inclusion"]
        for (role, allowed), demand in first.items():
            wider = next((one for one in asked if within(one.allowed, allowed)), None) if role == "exclusion" else None
            if wider is not None and meet(wider.allowed, allowed):
                yield _said_already(demand, wider)


def _said_already(demand: Demand, other: Demand) -> Found:
    return at(demand.criterion, demand.threshold, "redundant", "info", f"{_said(demand)} adds nothing to {_said(other)}")


def _place(demand: Demand) -> tuple[int, int]:
    return demand.threshold.start, demand.threshold.end


def _groups(trial: Trial) -> Iterator[list[Demand]]:
    """The demands of the text on one number, where there are several."""
    groups: dict[tuple[object, ...], list[Demand]] = defaultdict(list)
    for demand in demands(trial):
        if demand.criterion.role != "registry":
            groups[demand.key].append(demand)
    yield from (group for group in groups.values() if len(group) > 1)


def _said(demand: Demand) -> str:
    return f"{demand.criterion.id} ({'not ' if demand.criterion.role == 'exclusion' else ''}{render(demand.threshold)})"

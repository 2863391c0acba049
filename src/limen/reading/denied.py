"""Denied comparisons: "must not be greater than 2" is at most 2, "not lower than 30 or higher than 300" a range."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from limen.criteria import Operator
from limen.mentions import Quantity
from limen.reading.grammar import grammar

_REACH = 30  # characters in which a denial may stand before its comparator
_OPPOSITE: dict[Operator, Operator] = {"gt": "le", "lt": "ge", "ge": "lt", "le": "gt"}
_OR_EQUAL: dict[Operator, tuple[Operator, ...]] = {"ge": ("gt", "ge"), "le": ("lt", "le")}
_DENIED = re.compile(r"(?:no|not|nothing)\s")
_OR = re.compile(r"\s*,?\s*or\s+(?:be\s+)?")


class Comparator(NamedTuple):
    """A comparison phrase at [start, end): what it says, and what was mended in it."""

    start: int
    end: int
    operator: Operator
    repaired: str | None = None


def turned(comparators: Sequence[Comparator], low: str) -> tuple[list[Comparator], set[int]]:
    """The comparators of a text in lower case, with the denial right before each counted in; and where the denied ones begin."""
    denied: set[int] = set()
    if not comparators or not grammar().denial.search(low):
        return list(comparators), denied
    return [_turned(c, low, denied) for c in comparators], denied


def _turned(comparator: Comparator, low: str, denied: set[int]) -> Comparator:
    match = grammar().denied.search(low, max(0, comparator.start - _REACH), comparator.start)
    if match is None and _DENIED.match(low, comparator.start):
        denied.add(comparator.start)
    bare = match is not None and match.group().strip() == "no" and not low[: comparator.end].rstrip().endswith("than")
    if match is None or bare or comparator.operator not in _OPPOSITE:
        return comparator
    denied.add(match.start())
    return comparator._replace(start=match.start(), operator=_OPPOSITE[comparator.operator])


def bounded(found: Sequence[Quantity], low: str, denied: Collection[int]) -> list[Quantity]:
    """Two sides under one denial as one range: "not lower than 30 or higher than 300", "neither below 18 nor above 35"."""
    made: list[Quantity] = []
    for quantity in found:
        before = made[-1] if made else None
        gap = low[before.end : quantity.start] if before else ""
        also = (_OR.fullmatch(gap) and quantity.start not in denied) or (low.startswith("nor ", quantity.start) and not gap.strip(" ,"))
        if before is None or before.start not in denied or not also:
            made.append(quantity)
            continue
        other = quantity if quantity.start in denied else _opposite(quantity)
        least, most = (before, other) if before.operator in ("ge", "gt") else (other, before)
        if least.operator not in ("ge", "gt") or most.operator not in ("le", "lt") or least.high is not None:
            made.append(quantity)
            continue
        made[-1] = replace(
            least, start=before.start, end=quantity.end, operator="between", high=most.high, high_inclusive=most.high_inclusive,
            unit=quantity.unit or before.unit, unit_text=quantity.unit_text or before.unit_text,
            number_start=before.number_start, number_end=quantity.number_end,
        )  # fmt: skip
    return made


def _opposite(quantity: Quantity) -> Quantity:
    """The comparison with its sides exchanged: what is not above 300 is at most 300."""
    if quantity.operator not in _OPPOSITE:
        return quantity
    return replace(
        quantity, operator=_OPPOSITE[quantity.operator], low=quantity.high, high=quantity.low,
        low_inclusive=None if quantity.high_inclusive is None else not quantity.high_inclusive,
        high_inclusive=None if quantity.low_inclusive is None else not quantity.low_inclusive,
    )  # fmt: skip


def merged(outer: Comparator, inner: Comparator) -> Comparator:
    """Two comparators in a row: the weaker of "> or =" pairs; else the outer word, as in "at least > 3"."""
    strict: dict[frozenset[str], Operator] = {frozenset((a, "eq")): op for op, sides in _OR_EQUAL.items() for a in sides}
    operator = strict.get(frozenset((outer.operator, inner.operator)), inner.operator)
    return Comparator(outer.start, inner.end, operator, outer.repaired or inner.repaired)

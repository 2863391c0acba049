"""A size that is said by its sides: "at least 1 x 1 cm", "larger than 3 x 4 x 2 mm"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from limen.mentions import Quantity

_NUMBER = r"\d{1,4}(?:\.\d{1,3})?"
_SIDES = re.compile(rf"\s?(?P<first>[cm]m)?\s?[x×*]\s?(?P<two>{_NUMBER})(?:\s?(?P<second>[cm]m)?\s?[x×*]\s?(?P<three>{_NUMBER}))?\s?(?P<unit>[cm]m)\b(?!\s?[x×*²³2-3])", re.IGNORECASE)
_TIMES = frozenset("x×*X")


def with_sides(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """The quantities, a size by its sides as its longest: of a tumour of 3 x 4 cm that is the size."""
    if _TIMES.isdisjoint(text):
        return list(found)
    kept: list[Quantity] = []
    until = 0  # where the last size ends that is said by its sides
    for quantity in found:
        if quantity.end <= until:
            continue
        inside = [q for q in found if quantity.end <= q.start]
        sides = _SIDES.match(text, quantity.number_end) if quantity.reference is None else None
        if sides is None or not {sides["first"], sides["second"]} <= {None, sides["unit"]} or any(q.explicit and q.start < sides.end() for q in inside):
            kept.append(quantity)
        else:
            kept.append(_longest(quantity, sides))
            until = kept[-1].end
    return kept


def _longest(quantity: Quantity, sides: re.Match[str]) -> Quantity:
    numbers = [Decimal(said) for said in (sides["two"], sides["three"]) if said is not None]
    low, high = (max(bound, *numbers) if bound is not None else None for bound in (quantity.low, quantity.high))
    end = max(quantity.end, sides.end())
    return replace(quantity, low=low, high=high, unit=sides["unit"].lower(), unit_text=sides["unit"], end=end, number_end=sides.start("unit"))

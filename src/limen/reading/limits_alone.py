"""Limits without a number of their own: "≤ ULN", "below the lower limit of normal", "above the normal range" are one time the limit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from limen.criteria import Operator, Reference
from limen.mentions import Quantity
from limen.reading.bounds import Unit, limit
from limen.reading.denied import Comparator
from limen.reading.grammar import grammar
from limen.reading.numbers import Number

LIMIT_CODES: dict[Reference, str] = {"uln": "{ULN}", "lln": "{LLN}"}
MULTIPLE_CODES: dict[Reference, str] = {**LIMIT_CODES, "baseline": "{baseline}", "normal": "{normal}"}
_HOW_FAR = re.compile(r"(?:\d|%|percent|times|fold|x)\s*$")  # "15 % below the normal range"
_NEAR = 12  # characters in which such words stand
_BEYOND: dict[Operator, Reference] = {"lt": "lln", "gt": "uln"}  # which end of the normal range lies on a comparator's side of it


def limits_alone(text: str, low: str, comparators: Sequence[Comparator], taken: Collection[tuple[int, int]]) -> Iterator[Quantity]:
    """The limits of normal right behind comparators that have no number; `low` is the lower case of the text."""
    for comparator in comparators:
        if any(a <= comparator.start < b for a, b in taken) or (met := _named(low, comparator)) is None:
            continue
        reference, match = met
        one = Number(match.start(), match.start(), Decimal(1), Decimal(1), "implied")
        unit = Unit(match.end(), LIMIT_CODES[reference], text[match.start() : match.end()].strip(), reference, None)
        yield limit(one, unit, comparator.operator, comparator.start, match.end())


def _named(low: str, comparator: Comparator) -> tuple[Reference, re.Match[str]] | None:
    for reference in grammar().references:
        if reference.id in LIMIT_CODES and reference.named and (match := reference.named.match(low, comparator.end)):
            return reference.id, match
    side = _BEYOND.get(comparator.operator) if not _HOW_FAR.search(low, max(0, comparator.start - _NEAR), comparator.start) else None
    beyond = grammar().beyond.match(low, comparator.end) if side is not None else None
    return (side, beyond) if side is not None and beyond is not None else None

"""A number and what was read around it, as a quantity: under a comparator, bare, or as one end of a range."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from limen import units
from limen.criteria import Operator, Reference
from limen.errors import UnitError
from limen.mentions import TIME_UNITS, Quantity
from limen.reading.denied import Comparator
from limen.reading.numbers import Number
from limen.reading.ranks import RANKED

_WITHIN = re.compile(r"(?<!\bor\s)\bwithin\s(?:an?\s(?:distance|radius)\sof\s)?(?:about\s|approximately\s|[~≈]\s?)?$", re.IGNORECASE)
_BOTH_LOST = re.compile(r"\s?(?:to|[-–]|(?P<and>and|,))\s?=\s?")
_LOST_BEFORE = re.compile(r"\s(?:and|to|but)\s|\s?,\s?(?:and\s)?")
_PERCENT = re.compile(r"%|per\s?cent", re.IGNORECASE)
_NEIGHBOURS = 3  # how far apart the grades of a list stand at most
_PLACE = re.compile(r"\s?\)?\s?(?:of|from|to|above|below|proximal|distal)\b", re.IGNORECASE)


class Unit(NamedTuple):
    """What follows a number: where it ends, the UCUM code, the unit as printed, what it is a multiple of."""

    end: int
    code: str | None
    text: str | None
    reference: Reference | None
    operator: Operator | None


def scale_of(number: Number, unit: Unit) -> Decimal:
    """The power of ten beside a number; a percentage of a limit of normal is a hundredth of so many times: "> 150 % of ULN"."""
    share = unit.reference is not None and unit.code != "%" and _PERCENT.match(unit.text or "") is not None
    return number.scale.scaleb(-2) if share else number.scale


def limit(
    number: Number, unit: Unit, operator: Operator, start: int, end: int, *, repaired: str | None = None, turned: bool = False
) -> Quantity:
    """The number under a comparator: it bounds the side that the operator says."""
    rises, falls = operator in ("ge", "gt"), operator in ("le", "lt")
    if number.style == "split":
        repaired = f"a decimal number with a space in it read as {number.value}"
    elif number.style == "raised":
        repaired = f"an exponent that fell to the line: read as 10^{number.scale.adjusted()}"
    return Quantity(
        start, end, operator, None if falls else number.value, None if rises else number.value,
        low_inclusive=None if falls else operator != "gt", high_inclusive=None if rises else operator != "lt",
        scale=scale_of(number, unit), unit=unit.code, unit_text=unit.text, reference=unit.reference,
        number_start=number.start, number_end=number.end, explicit=True, repaired=repaired, reversed=turned,
        roman=number.style in RANKED,
    )  # fmt: skip


def bare(number: Number, unit: Unit) -> Quantity:
    return Quantity(
        number.start, unit.end, None, number.value, number.value, scale=scale_of(number, unit), unit=unit.code, unit_text=unit.text,
        reference=unit.reference, number_start=number.start, number_end=number.end, roman=number.style in RANKED,
    )  # fmt: skip


def nearby(text: str, number: Number, unit: Unit) -> int | None:
    """Where "within 10 cm of the anal verge" begins: a length from a place is at most that long."""
    if unit.code not in ("cm", "mm", "m", "km", "[mi_us]", "[in_i]") or not _PLACE.match(text, unit.end):
        return None
    within = _WITHIN.search(text, max(0, number.start - 40), number.start)
    return within.start() if within else None


def both_lost(comparator: Comparator | None, gap: str, low: Number, high: Number) -> str | None:
    """What was mended in "= 18 to = 80 years", "= 18 and = 80": the signs of a range, of which the line below alone is left."""
    joint = _BOTH_LOST.fullmatch(gap)
    if comparator is None or comparator.operator != "eq" or joint is None or high.value <= low.value:
        return None
    apart = joint["and"] is None or high.value - low.value > _NEIGHBOURS
    return "'=' twice in a range read as '≥' and '≤'" if apart else None


def with_lost_lower(text: str, quantities: Sequence[Quantity]) -> list[Quantity]:
    """The quantities, "= 18" before "and < 80 years" as the lower bound that its sign once said."""
    made = list(quantities)
    for index, (one, two) in enumerate(zip(made, made[1:])):
        joint = _LOST_BEFORE.fullmatch(text, one.end, two.start) if one.operator == "eq" and two.operator in ("lt", "le") else None
        if joint is None or one.low is None or two.high is None or one.scale != two.scale or text[one.start : one.start + 1] != "=":
            continue
        if two.high - one.low > _NEIGHBOURS and one.unit in (None, two.unit):
            made[index] = replace(one, operator="ge", high=None, low_inclusive=True, high_inclusive=None, repaired="'=' before an upper bound read as '≥'")
    return made


def goes_down(first: Unit, high: Number, second: Unit, low: Number, *, told: bool) -> bool:
    """ "20/40 to 20/320", "78 to 24 letters", "between 7 and 3 days": the larger number first, under one unit.

    `told`: an opener or "score of" says that the two numbers bound something.
    """
    if high.value <= low.value or high.scale != low.scale or first.text is not None:
        return False
    if high.style == low.style == "ratio":
        return True
    return (told and low.value >= 1) or (second.code is not None and second.code not in TIME_UNITS)


def is_range(first: Unit, low: Number, second: Unit, high: Number) -> bool:
    """Whether two joined numbers bound one range: in order, and not of two dimensions."""
    if first.code and second.code and first.code != second.code and first.reference == second.reference:
        try:
            if units.dimension(first.code) != units.dimension(second.code):
                return False
            return units.convert(low.value * low.scale, first.code, second.code) < high.value * high.scale
        except UnitError:
            return False
    a, b = low.value * low.scale, high.value * high.scale
    return a < b or (low.scale == 1 and low.value < high.value)

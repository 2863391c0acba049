"""Grades that are written with a plus: "HER2 2+ or 3+" are the second and the third grade of a stain, and no "3 or more"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Quantity
from limen.reading.numbers import Number

_JOINT = r"\s?(?:,\s?or|,\s?and|,|/|and/or|or|and|to|-|–)\s?"
_GRADES = re.compile(rf"(?:0|[1-4]\s?\+)(?:{_JOINT}[1-4]\s?\+)+(?!\d)", re.IGNORECASE)
_RANGE = re.compile(r"to|-|–", re.IGNORECASE)
_ONE = re.compile(r"[1-4]\+(?!\s?\d)")
_DIGIT = re.compile(r"\d")
_REACH = 40  # characters before a grade in which a stain is named


def plus_grades(text: str, numbers: Sequence[Number], index: int) -> tuple[Quantity, int] | None:
    """The grades from the number at `index` on, and the index of the number behind them; None where its plus means "or more"."""
    number = numbers[index]
    listed = _GRADES.match(text, number.start)
    match = listed or (_ONE.match(text, number.start) if _stained().search(text, max(0, number.start - _REACH), number.start) else None)
    if match is None or number.scale != 1:
        return None
    grades = [Decimal(digit) for digit in _DIGIT.findall(match.group())]
    stop = next((i for i in range(index, len(numbers)) if numbers[i].start >= match.end()), len(numbers))
    low, high, end = min(grades), max(grades), match.end()
    if len(set(grades)) != len(grades) or (high - low >= len(grades) and not _RANGE.search(match.group())):
        return None
    return Quantity(
        number.start, end, "between" if low < high else "eq", low, high, low_inclusive=True, high_inclusive=True,
        number_start=number.start, number_end=end - 1, explicit=True,
    ), stop  # fmt: skip


@cache
def _stained() -> Scanner:
    """The words of a stain whose grades have a plus."""
    return Scanner(alternation(read_toml(data("comparisons.toml"))["stains"]["words"]))

"""Quantities in two units at once: "5 years and 6 months", "23 weeks 6 days", "5 ft 4 in", "7 stone 12 lb" are one number of the smaller unit."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import alternation

_BETWEEN = re.compile(r"\bbetween\s$", re.IGNORECASE)
_GOES_ON = re.compile(r"\s?[^\W\d_]{1,10}\s(?:and|to)\s\d", re.IGNORECASE)
_BACK = 10  # characters before a number in which a range may be opened


class Compound(NamedTuple):
    """A number of the smaller unit and where it ends: behind the unit where that is no spelling by itself (5'4"), else before it."""

    value: Decimal
    end: int
    unit: str
    closed: bool


@cache
def _larger() -> tuple[re.Pattern[str], dict[str, tuple[re.Pattern[str], dict[str, Any]]]]:
    """The larger units, and by each the pattern of what may follow it."""
    found: dict[str, tuple[re.Pattern[str], dict[str, Any]]] = {}
    for entry in read_toml(data("units.toml"))["compound"]:
        joints = "|".join(map(re.escape, entry["joints"]))
        tail = r"\s?(?P<unit>" if entry["closed"] else r"(?=\s?"
        small = re.compile(rf"\s?(?:(?P<joint>{joints})\s?)?(?P<number>\d{{1,2}}){tail}{alternation(entry['smaller'], lead=False)})", re.IGNORECASE)
        found |= dict.fromkeys(entry["larger"], (small, entry))
    return re.compile(rf"\s?(?:completed\s)?(?P<unit>{alternation(found, lead=False, tail=False)})", re.IGNORECASE), found


def compound(text: str, value: Decimal, start: int, end: int) -> Compound | None:
    """The number in two units whose first part is `value` at `start`..`end`, else None.

    "Between 4 weeks and 3 days before surgery" has two ends, unless it goes on behind them: "between 24 weeks and 0 days and 33 weeks".
    """
    larger, found = _larger()
    if value != int(value) or (first := larger.match(text, end)) is None:
        return None
    pattern, entry = found[first.group("unit").lower()]
    second = pattern.match(text, first.end())
    if second is None or int(second.group("number")) >= entry["factor"]:
        return None
    apart = second.group("joint") == "and" and _BETWEEN.search(text, max(0, start - _BACK), start) and not _GOES_ON.match(text, second.end())
    return None if apart else Compound(entry["factor"] * value + int(second.group("number")), second.end(), entry["ucum"], entry["closed"])

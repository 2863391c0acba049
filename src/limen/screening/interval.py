"""Values that are known exactly or only as a range ("<5", ">1000"), and whether they lie within a limit.

Three answers: yes, no, and `None` where the range straddles the limit.  Numbers that differ by less than one part in a
thousand million are the same number, so that a conversion's last digit decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from limen.criteria import Threshold

TOLERANCE = Decimal("1e-9")
NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?"
_CENSORED = re.compile(rf"(<=|>=|<|>|≤|≥|＜|＞)\s*({NUMBER})")
_RANGE = re.compile(rf"({NUMBER})\s*(?:-|–|to)\s*({NUMBER})")


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, either open (None), each end belonging to it or not."""

    low: Decimal | None
    high: Decimal | None
    low_in: bool = True
    high_in: bool = True

    @property
    def exact(self) -> Decimal | None:
        """The value, where it is one."""
        return self.low if self.low is not None and self.low == self.high else None

    def map(self, function: Callable[[Decimal], Decimal]) -> Interval:
        """Both ends sent through an increasing function, such as a change of unit."""
        return Interval(
            None if self.low is None else function(self.low),
            None if self.high is None else function(self.high),
            self.low_in,
            self.high_in,
        )


def point(value: Decimal) -> Interval:
    return Interval(value, value)


def read_value(text: str) -> Interval | None:
    """'1.9', '<5', '>= 1000' or '5-10' as an interval; None where it is none of them."""
    stripped = text.strip()
    if re.fullmatch(NUMBER, stripped):
        return point(Decimal(stripped))
    if found := _CENSORED.fullmatch(stripped):
        sign, number = found[1], Decimal(found[2])
        if sign in ("<", "＜"):
            return Interval(None, number, high_in=False)
        if sign in (">", "＞"):
            return Interval(number, None, low_in=False)
        return Interval(None, number) if sign in ("<=", "≤") else Interval(number, None)
    if found := _RANGE.fullmatch(stripped):
        low, high = Decimal(found[1]), Decimal(found[2])
        return Interval(low, high) if low <= high else None
    return None


def same(a: Decimal, b: Decimal) -> bool:
    """Equal, but for the last digits of a conversion."""
    return a == b or abs(a - b) <= TOLERANCE * max(abs(a), abs(b))


def _surely_at_or_above(value: Interval, region: Interval) -> bool:
    if region.low is None:
        return True
    if value.low is None:
        return False
    if same(value.low, region.low):
        return region.low_in or not value.low_in
    return value.low > region.low


def _surely_below(value: Interval, region: Interval) -> bool:
    if region.low is None or value.high is None:
        return False
    if same(value.high, region.low):
        return not (region.low_in and value.high_in)
    return value.high < region.low


def _mirror(interval: Interval) -> Interval:
    return Interval(
        None if interval.high is None else -interval.high,
        None if interval.low is None else -interval.low,
        interval.high_in,
        interval.low_in,
    )


def lies_within(value: Interval, region: Interval) -> bool | None:
    """Whether the value is in the region: True, False, or None where it may or may not be."""
    mirrored, region_mirrored = _mirror(value), _mirror(region)
    if _surely_below(value, region) or _surely_below(mirrored, region_mirrored):
        return False
    if _surely_at_or_above(value, region) and _surely_at_or_above(mirrored, region_mirrored):
        return True
    return None


def region(threshold: Threshold, *, canonical: bool = False) -> Interval | None:
    """The values that satisfy a limit, in its own unit (or its canonical one); for `ne` those that do not."""
    source = threshold.canonical if canonical else threshold
    if source is None:
        return None
    scale = Decimal(1) if canonical else threshold.scale
    low = None if source.low is None else source.low * scale
    high = None if source.high is None else source.high * scale
    match threshold.operator:
        case "lt" | "le":
            number = high if high is not None else low
            included = _included(threshold.high_inclusive, threshold.operator == "le")
            return None if number is None else Interval(None, number, high_in=included)
        case "gt" | "ge":
            number = low if low is not None else high
            included = _included(threshold.low_inclusive, threshold.operator == "ge")
            return None if number is None else Interval(number, None, low_in=included)
        case "eq" | "ne":
            number = low if low is not None else high
            return None if number is None else point(number)
        case "between":
            if low is None or high is None:
                return None
            return Interval(low, high, _included(threshold.low_inclusive, True), _included(threshold.high_inclusive, True))
        case _:
            return None


def _included(stated: bool | None, otherwise: bool) -> bool:
    return otherwise if stated is None else stated


def satisfies(value: Interval, threshold: Threshold, limit: Interval | None) -> bool | None:
    """Whether a value, in the limit's unit, satisfies the limit."""
    if threshold.operator == "in":
        found = [lies_within(value, point(grade)) for grade in threshold.grades or ()]
        if any(found):
            return True
        return False if found and all(answer is False for answer in found) else None
    if limit is None:
        return None
    answer = lies_within(value, limit)
    if threshold.operator == "ne" and answer is not None:
        return not answer
    return answer

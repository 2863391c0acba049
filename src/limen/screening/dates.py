"""Dates as patients' records give them, and spans of time by the calendar.

A record may know a day, a month or a year only: a `When` is the stretch of days that it can be.  Months and years are
counted by the calendar (six months before 31 August is the last day of February), never as a number of days.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, WithJsonSchema, model_serializer, model_validator

_CLOCK = r"[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?"
_PARTIAL = re.compile(rf"(\d{{4}})(?:-(\d{{2}})(?:-(\d{{2}})(?:{_CLOCK})?)?)?")
_CALENDAR = {"a": 12, "mo": 1}
_DAYS = {"wk": Decimal(7), "d": Decimal(1), "h": Decimal(1) / 24, "min": Decimal(1) / 1440, "s": Decimal(1) / 86400}
TIME_UNITS = frozenset({*_CALENDAR, *_DAYS})


class When(BaseModel):
    """A day, or the month or year that is all a record knows, as the first and last day that it can be."""

    model_config = ConfigDict(frozen=True)

    first: date
    last: date
    clock: time | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, datetime):
            return {"first": value.date(), "last": value.date(), "clock": value.time()}
        if isinstance(value, date):
            return {"first": value, "last": value}
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return _read_date(str(value))
        if isinstance(value, dict):
            return value
        raise ValueError(f"a date such as 2026-10-20, 2026-10 or 2026 is expected, not {value!r}")

    @model_serializer
    def _write(self) -> str:
        return str(self)

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat() + (f"T{self.clock.isoformat()}" if self.clock else "")
        return f"{self.first:%Y-%m}" if self.first.month == self.last.month else f"{self.first:%Y}"


Day = Annotated[When, WithJsonSchema({"type": "string", "description": "YYYY-MM-DD, YYYY-MM or YYYY"})]


def _read_date(text: str) -> dict[str, Any]:
    found = _PARTIAL.fullmatch(text.strip())
    if not found:
        raise ValueError(f"a date such as 2026-10-20, 2026-10 or 2026 is expected, not {text!r}")
    year, month, day = (int(part) if part else None for part in found.groups()[:3])
    if year is None or not 1800 <= year <= 2200 or (month is not None and not 1 <= month <= 12):
        raise ValueError(f"{text!r} is no date of the calendar")
    first = date(year, month or 1, 1)
    if day is None:
        return {"first": first, "last": date(year, month or 12, monthrange(year, month or 12)[1])}
    if not 1 <= day <= monthrange(year, first.month)[1]:
        raise ValueError(f"{text!r} is no date of the calendar")
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[3:])
    if hours > 23 or minutes > 59:
        raise ValueError(f"{text!r} has no time of the day")
    clock = time(hours, minutes, min(seconds, 59)) if found[4] else None
    return {"first": first.replace(day=day), "last": first.replace(day=day), "clock": clock}


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year < 1:
        return date.min
    if year > 9999:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def split_span(amount: Decimal, unit: str) -> tuple[int, int]:
    """A span of time as whole calendar months and further days (a fraction of a month counts as 30.4375 days)."""
    if unit in _CALENDAR:
        months = amount * _CALENDAR[unit]
        whole = int(months)
        return whole, int(((months - whole) * Decimal("30.4375")).to_integral_value())
    return 0, int((amount * _DAYS[unit]).to_integral_value(rounding=ROUND_CEILING))


def shift(day: date, amount: Decimal, unit: str, sign: int = 1) -> date:
    """`day` moved by a span of time; hours count as the days they begin."""
    months, days = split_span(amount, unit)
    moved = add_months(day, sign * months)
    try:
        return moved + timedelta(days=sign * days)
    except OverflowError:
        return date.max if sign > 0 else date.min


def turning_days(day: date, amount: Decimal, unit: str) -> tuple[date, ...]:
    """The days around `day` + span: on one of them a comparison of the elapsed time with the span changes."""
    reached = shift(day, amount, unit)
    if reached >= date(9990, 1, 1) or reached <= date(2, 1, 1):
        return ()
    extra = 5 if reached.day >= 28 or day.day >= 28 else 2
    return tuple(reached + timedelta(days=step) for step in range(extra))

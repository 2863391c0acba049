"""A criterion's windows as days: where a value must lie, and how long ago something was.

Screening, consent, enrolment, randomisation and first dose are all taken to be the screening date, and the evidence
says so.  Onset, transplant and surgery are the patient's own dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from limen.criteria import Window
from limen.screening.dates import TIME_UNITS, When, shift, turning_days
from limen.screening.interval import Interval

AT_SCREENING = frozenset({None, "screening", "enrolment", "consent", "randomisation", "first_dose"})
OWN_DATES = frozenset({"onset", "transplant", "surgery"})


@dataclass(frozen=True)
class Span:
    """The days from `first` to `last`, either open."""

    first: date | None
    last: date | None

    def holds(self, when: When) -> bool | None:
        """Whether a date lies in the span: None where it is too vague to tell."""
        if (self.first and when.last < self.first) or (self.last and when.first > self.last):
            return False
        inside = (self.first is None or when.first >= self.first) and (self.last is None or when.last <= self.last)
        return True if inside else None


def back_span(window: Window, anchor: date) -> Span | str:
    """The days that a window before (or at) an anchor covers, or why it covers none that can be known."""
    if window.unit is not None and window.unit not in TIME_UNITS:
        return f"the window {window.text!r} is not in units of time"
    far = window.high if window.high is not None else (window.low if window.relation in ("within", "for", "during") else None)
    near = window.low if window.low is not None and window.low != far else None
    unit = window.unit or "d"
    if window.relation == "after":
        return f"{window.text!r} lies after the screening date"
    if window.relation == "at":
        return Span(None, anchor)
    if window.relation in ("within", "during", "for") and far is None:
        return Span(None, anchor)
    first = shift(anchor, far, unit, -1) if far is not None else None
    last = shift(anchor, near, unit, -1) if near is not None else anchor
    return Span(first, last)


def window_turns(window: Window, when: When | None) -> frozenset[date]:
    """The days on which a value or event of `when` leaves or enters the window."""
    if when is None or (window.unit is not None and window.unit not in TIME_UNITS):
        return frozenset()
    found: set[date] = set()
    for amount in (window.low, window.high):
        if amount is not None:
            found.update(turning_days(when.first, amount, window.unit or "d"))
            found.update(turning_days(when.last, amount, window.unit or "d"))
    return frozenset(found)


def elapsed_within(when: When, on: date, limit: Interval, unit: str) -> bool | None:
    """Whether the time from `when` to `on`, by the calendar, lies within a limit: None where the date is too vague."""
    answers = {_elapsed(day, on, limit, unit) for day in (when.first, when.last)}
    if len(answers) == 1:
        return answers.pop()
    return None


def _elapsed(day: date, on: date, limit: Interval, unit: str) -> bool | None:
    if day > on:
        return None
    if unit in ("h", "min", "s"):
        return _hours(day, on, limit, unit)
    if limit.high is not None:
        edge = shift(on, limit.high, unit, -1)
        if day < edge or (day == edge and not limit.high_in):
            return False
    if limit.low is not None:
        edge = shift(on, limit.low, unit, -1)
        if day > edge or (day == edge and not limit.low_in):
            return False
    return True


def _hours(day: date, on: date, limit: Interval, unit: str) -> bool | None:
    """Days are all that is known: the elapsed hours lie between one day fewer and one day more."""
    per_day = {"h": 24, "min": 1440, "s": 86400}[unit]
    days = (on - day).days
    low, high = Decimal(max(0, days - 1) * per_day), Decimal((days + 1) * per_day)
    if (limit.high is not None and low > limit.high) or (limit.low is not None and high < limit.low):
        return False
    inside = (limit.high is None or high <= limit.high) and (limit.low is None or low >= limit.low)
    return True if inside else None


def elapsed_turns(when: When, limit: Interval, unit: str) -> frozenset[date]:
    """The days on which the elapsed time passes an end of the limit."""
    found: set[date] = set()
    for amount in (limit.low, limit.high):
        if amount is not None:
            found.update(turning_days(when.first, amount, unit))
            found.update(turning_days(when.last, amount, unit))
    return frozenset(found)


def anchor_note(window: Window | None) -> str | None:
    """Which day stands for the window's anchor, where that is worth saying."""
    if window is None or window.anchor is None or window.anchor not in AT_SCREENING - {"screening"}:
        return None
    return f"{window.anchor.replace('_', ' ')} is taken to be the screening date"

"""Events that a length of time has among its own words: "within 6 months of surgery for cancer" is about the surgery."""

from __future__ import annotations

import re

from limen.mentions import TimeSpan
from limen.thresholds.events import Event
from limen.thresholds.phrases import trim

_INTO = re.compile(r"(?:into|in|at|on)\s", re.IGNORECASE)
_HANGS = re.compile(r"\s+(?:for|with|due|because|to|in|on|involving|using|under)\s", re.IGNORECASE)
_HAPPENS = ("surgery", "transplant")  # anchors that are events of the patient's, and none of the study's
_BULLET = " -–•*.0123456789)("


def from_its_anchor(text: str, span: TimeSpan, event: Event | None, start: int) -> Event | None:
    """The event of a length of time that begins at `start`: the one found, or its anchor where nothing else is one.

    What hangs on the anchor goes with it: "within 2 weeks of enrolment into the programme".
    """
    end = span.quantity.end
    if event is not None and event.start >= span.end and _INTO.match(text, event.start):
        place = trim(text, end, event.end)
        return Event(*place, place[1]) if place is not None else event
    alone = span.anchor in _HAPPENS and not text[:start].strip(_BULLET)
    hangs = _HANGS.match(text, span.end) is not None
    if not alone or (event is not None and (event.start < span.end or not hangs)):
        return event
    place = trim(text, end, span.end)
    if place is None:
        return event
    return Event(place[0], event.end if event is not None else place[1], place[1])

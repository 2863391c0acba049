"""Limits on how much a measurement changes: "a fall in haemoglobin of ≥ 2 g/dL" limits the fall, and no haemoglobin."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.lexicon import Lexicon
from limen.lexicon.entries import Measurement
from limen.mentions import TIME_UNITS, Quantity
from limen.thresholds.build import Target
from limen.thresholds.wording import words

_REACH = 40  # characters in which the word of change stands beside the measurement
_EQUAL_TO = re.compile(r"\bequal\s+to\s*$", re.IGNORECASE)
_SHARE = re.compile(r"\bof\b", re.IGNORECASE)
_DENIED = re.compile(r"[\s(,]{1,3}(?:with\s+)?(?:no|without)\s+(?:any\s+)?", re.IGNORECASE)
_UP = re.compile(r"\b(?:above|over)\W*$", re.IGNORECASE)
_BROUGHT = re.compile(r"\s(?:in\s+response\s+to|after|following|upon|with|on|during|by|from|between|over|within)\s", re.IGNORECASE)
_FAR = 160  # characters in which a change and what brought it about stand before their limit
_BY = re.compile(r"(?:\s+(?!divided|multiplied|times)[^\W\d_]+){0,4}\s+by\b\s*", re.IGNORECASE)
_IS_CHANGE = re.compile(r"_(?:change|loss|gain|variability|reversibility|reduction)$")
_PARTED = re.compile(r"[;:()\[\]]|\.\s")


def changed(text: str, quantity: Quantity) -> tuple[int, int] | None:
    """ "A change in X in response to Y of less than -5 mV": the change that the limit is of, whatever brought it about; None for any other limit."""
    if not text[: quantity.start].endswith(" of ") and not text.startswith("of ", quantity.start):
        return None
    found = [m for m in words().change_before.finditer(text, max(0, quantity.start - _FAR), quantity.start) if m.end() < quantity.start]
    brought = _BROUGHT.search(text, found[-1].end(), quantity.start) if found else None
    if brought is None or _PARTED.search(text, found[-1].start(), quantity.start):
        return None
    end = quantity.start if text.startswith("of ", quantity.start) else quantity.start - len("of ")
    return found[-1].start(), len(text[:end].rstrip())


def as_changes(text: str, quantity: Quantity, targets: Sequence[Target], lexicon: Lexicon) -> list[Target]:
    """Each target as the change that it is; one of a list goes with the first: "a fall in systolic or diastolic pressure of 20 mmHg"."""
    compared = _compared(text, quantity)
    made = [_as_change(text, quantity, target, lexicon) for target in targets]
    made = [t._replace(id=None) if compared and t.id is not None and not _IS_CHANGE.search(t.id) else t for t in made]
    listed = targets[0].id is not None and made[0].id is None and targets[-1].end <= quantity.start
    return [made[0], *(t._replace(id=None) for t in made[1:])] if listed else made


def _as_change(text: str, quantity: Quantity, target: Target, lexicon: Lexicon) -> Target:
    """The change in place of the measurement, where the words beside its name say so; what the catalogue knows as one stays."""
    if target.id is None or target.end <= target.start or quantity.reference in ("uln", "lln") or target.id not in lexicon.measured:
        return target
    before = next((m for m in words().change_before.finditer(text, max(0, target.start - _REACH), target.start) if m.end() == target.start), None)
    if before is None and not _IS_CHANGE.search(target.id) and (more := _by(text, quantity, target, lexicon)) is not None:
        return Target(target.start, more, None)
    begin = max(0, quantity.start - 12)
    falls = before is not None and words().falling.match(text, before.start()) is not None
    reaches = words().reaching.search(text, begin, quantity.number_start) and not _EQUAL_TO.search(text, begin, quantity.number_start)
    if reaches and not (falls and _UP.search(text, begin, quantity.number_start)):
        return target  # what a change ends at; a fall ends above no number, it is larger than it
    if before is not None:
        return Target(before.start(), target.end, None)
    denied = _DENIED.match(text, target.end, quantity.start) if not target.id.endswith("_change") else None  # "stable pressure (no increase > 10 mmHg)"
    begin = denied.end() if denied else target.end
    after = words().change_after.match(text, begin, quantity.start) if begin < quantity.start else None
    return Target(target.start, after.end("change"), None) if after else target


def _compared(text: str, quantity: Quantity) -> bool:
    """ "> 60 ms above baseline", "> 50 % from baseline": how far another value of the same patient is from it, where "> 50 % of baseline" is a level."""
    if quantity.reference == "baseline":
        return quantity.unit == "%" and not _SHARE.search(quantity.unit_text or "")
    return quantity.unit not in TIME_UNITS and words().compared.match(text, quantity.end) is not None


def _by(text: str, quantity: Quantity, target: Target, lexicon: Lexicon) -> int | None:
    """Where the words end that say by how much more a measurement is: "aPTT prolonged by > 10 s", or "PT prolongation of > 3 s" where no level is so small."""
    if target.end >= quantity.start:
        return None
    if (by := _BY.fullmatch(text, target.end, quantity.start)) is not None:
        return len(text[: by.end()].rstrip())
    more = next((m for m in words().lengthened.finditer(text, target.start, quantity.start) if m.end() == quantity.start), None)
    known, least = lexicon.measured[target.id or ""], quantity.low if quantity.low is not None else quantity.high
    small = isinstance(known, Measurement) and least is not None and quantity.unit == known.unit and least <= known.plausible[0]
    return len(text[: more.end()].rstrip()) if more is not None and small else None

"""What a number right behind a person says: "any patient ≥ 18 who ...", "children > 10 kg"."""

from __future__ import annotations

import re

from limen.mentions import Quantity
from limen.thresholds.names import Names
from limen.thresholds.phrases import last_word, phrase_after
from limen.thresholds.wording import words

_FOR_PERSONS = re.compile(r"\b(?:for|in|among)\s+[^\W\d_]+\s+(?:under|over|above|below|younger\s+than|older\s+than)\s+$", re.IGNORECASE)
_COUNTED = re.compile(r"[^\W\d_]+")
_GROWN = 16
_JOINED_ON = re.compile(r"\s*(?:,|;|(?:,\s*)?(?:and|or))\s*(?:(?:are|is|be)\s+)?", re.IGNORECASE)
_OF_PERSONS = ("age", "body_weight")


def is_age_of_person(names: Names, quantity: Quantity) -> bool:
    """ "Any patient ≥ 18 who ...": a person, a comparator, a whole number, and no noun that it could count."""
    text = names.text
    if not quantity.explicit or quantity.scale != 1 or names.by_sex(quantity):
        return False
    bounds = [b for b in (quantity.low, quantity.high) if b is not None]
    grown = all(b >= _GROWN for b in bounds)
    if names.left(quantity)[0] and not (grown and _FOR_PERSONS.search(text, max(0, quantity.start - 30), quantity.number_start)):
        return False
    if not all(b == b.to_integral_value() and 1 <= b <= 120 for b in bounds):
        return False
    if grown and names.joined_end(quantity) > quantity.end and names.stands_alone(quantity):
        return True
    if last_word(text, quantity.start) not in words().persons or not text[: quantity.start].rstrip()[-1:].isalpha():
        return False
    return phrase_after(text, quantity.end, len(text)) is None


def measured_by_unit(quantity: Quantity) -> str | None:
    """The measurement that a unit by itself says: "> 20 pack-years", "≥ 30 breaths/min"."""
    counted = _COUNTED.match(quantity.unit_text or "")
    return words().unit_measures.get(quantity.unit or "") or (words().unit_measures.get(counted.group().lower()) if counted else None)


def measured_of_person(names: Names, quantity: Quantity) -> str | None:
    """The measurement of a person that a unit by itself speaks of: "children > 10 kg", "≥ 18 years of age and ≥ 40 kg"."""
    said = words().person_measures.get(quantity.unit or "")
    if said is None or last_word(names.text, quantity.start) in words().persons:
        return said
    before = names.used[-1] if names.used else None
    joined = before is not None and before[1][-1].id in _OF_PERSONS and _JOINED_ON.fullmatch(names.text, names.done(before[0], before[1], quantity), quantity.start)
    return said if joined else None

"""Doses: "prednisone ≥ 10 mg/day", "cyclophosphamide more than 10 g in total", "radiation to the lung of > 30 Gy"."""

from __future__ import annotations

import re

from limen.mentions import Mention, Quantity
from limen.thresholds.build import Target
from limen.thresholds.names import Names
from limen.thresholds.sharing import BRACKET
from limen.thresholds.units_fit import is_amount
from limen.thresholds.wording import words

_DOSE_GAP = re.compile(r"[^\S\n]*(?:of\s+)?(?:(?!(?:and|or|plus|with|but)\b)[^\W\d_]+[^\S\n]+){0,2}", re.IGNORECASE)
_TOTAL = re.compile(r"\b(?:in\s+total|cumulative|total\s+dose|lifetime)\b", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]+")
_RADIATION_GAP = re.compile(r"[^.;:()<>≤≥,]{0,60}")
_RADIATION_UNITS = ("Gy", "cGy")


def dosed(names: Names, quantity: Quantity) -> tuple[Target, str | None] | None:
    """The drug or procedure that a quantity doses, and whether the dose is a total."""
    if not quantity.explicit or quantity.unit is None or not is_amount(quantity.unit):
        return None
    drugs = [m for m in names.mentions.concepts if m.kind in ("drug", "procedure") and not _is_test(names, m)]
    left = [m for m in drugs if m.end <= quantity.start and not names.limited_before(m.start)]
    right = [m for m in drugs if m.start >= quantity.end and _DOSE_GAP.fullmatch(names.text[quantity.end : m.start])]
    mention = right[0] if right else left[-1] if left and _taken(names, left[-1], quantity) else None
    if mention is None:
        return None
    total = _TOTAL.search(names.text[mention.start : quantity.end + 30])
    return Target(mention.start, mention.end, mention.ids[0]), "total" if total else None


def _is_test(names: Names, mention: Mention) -> bool:
    """Whether a procedure looks and gives nothing: "ascites ≥ 1 L on CT" is no dose of it."""
    return any(not words().undosed.isdisjoint(names.lexicon.ancestors(i)) for i in mention.ids)


def _taken(names: Names, drug: Mention, quantity: Quantity) -> bool:
    """Whether only words of dosing stand between a drug and an amount, or between an irradiation and its dose any few."""
    if quantity.unit in _RADIATION_UNITS and "radiotherapy" in names.lexicon.ancestors(drug.ids[0]):
        return _RADIATION_GAP.fullmatch(names.text, drug.end, quantity.start) is not None
    last = max((q.end for q in names.mentions.quantities if drug.end <= q.start and q.end <= quantity.start and q.operator is None), default=drug.end)
    between = _NAME.findall(BRACKET.sub("", names.text[last : quantity.start]).lower())
    known = words().doses | words().padding
    return names.connects(drug.end, quantity.start, quantity) and all(w in known for w in between)

"""Limits on how much a measurement changes: "a fall in haemoglobin of ≥ 2 g/dL" limits the fall, and no haemoglobin."""

from __future__ import annotations

from limen.lexicon import Lexicon
from limen.mentions import Quantity
from limen.thresholds.build import Target
from limen.thresholds.phrases import words

_REACH = 40  # characters in which the word of change stands beside the measurement


def as_change(text: str, quantity: Quantity, target: Target, lexicon: Lexicon) -> Target:
    """The change in place of the measurement, where the words beside its name say so; what the catalogue knows as one stays."""
    if target.id is None or target.end <= target.start or quantity.reference in ("uln", "lln") or target.id not in lexicon.measured:
        return target
    if words().reaching.search(text, max(0, quantity.start - 12), quantity.number_start):
        return target
    before = next((m for m in words().change_before.finditer(text, max(0, target.start - _REACH), target.start) if m.end() == target.start), None)
    if before is not None:
        return Target(before.start(), target.end, None)
    after = words().change_after.match(text, target.end, quantity.start) if target.end < quantity.start else None
    return Target(target.start, after.end("change"), None) if after else target

"""How often: the "per week" behind what a number counts, "fewer than 3 bowel movements a week"."""

from __future__ import annotations

from dataclasses import replace

from limen.lexicon import Measurement, Score
from limen.mentions import Quantity
from limen.units import UNITLESS, rates

_LONGEST = 24  # letters of a rate, a blank and a look at the word behind it


def rated(text: str, quantity: Quantity, start: int, end: int, entry: Measurement | Score | None) -> tuple[Quantity, int]:
    """The quantity under the rate that stands behind the name of what it counts, or ends that name; and where a name of the text's own ends.

    A thing that the lexicon counts by no time keeps a bare number.
    """
    if start < quantity.number_end or isinstance(entry, Score) or (entry is not None and entry.unit == UNITLESS):
        return quantity, end
    found = rates(text, start + 1, end + _LONGEST)
    rate = next((r for r in found if r.start <= end and (entry is None or r.end >= end)), None)
    if rate is None:
        return quantity, end
    if quantity.unit is None and quantity.reference is None:
        quantity = replace(quantity, unit=rate.code, unit_text=text[rate.start : rate.end].strip())
    return quantity, end if entry is not None else rate.start

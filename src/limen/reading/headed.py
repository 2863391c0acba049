"""A unit that stands in brackets before its number: "Platelets (10^9/L) ≥ 100", "Hemoglobin [g/dL] > 9", "Age (years): 18-65"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from limen import units
from limen.lexicon.patterns import lowered
from limen.mentions import Quantity
from limen.reading.grammar import grammar

_BRACKET = re.compile(r"[(\[]\s*(?:[\w-]{1,12}\s*[,;]\s*)?(?:in\s+)?(?P<inside>[^()\[\]]{1,24}?)\s*[)\]]\s*[:=,]?\s*(?:(?:of|is|must\s+be|should\s+be)\s+)?$", re.IGNORECASE)
_POWER = re.compile(r"(?:[x×*]\s*)?10\s*(?:\^|\*{1,2}|E)?\s*(?P<exponent>\d{1,2}|[⁰¹²³⁴-⁹]{1,2})\s*(?=/|per\b|cells)", re.IGNORECASE)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_REACH = 48


def with_units_before(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """The quantities, those without a unit under the one that a bracket right before them states, and that bracket's power no number."""
    if "(" not in text and "[" not in text:
        return list(found)
    headed: dict[int, tuple[Quantity, int]] = {}
    for quantity in found:
        stated = _stated(text, quantity) if quantity.unit is None and quantity.reference is None and quantity.scale == 1 else None
        if stated is not None:
            headed[quantity.start] = stated
    taken = [(place, start) for start, (_, place) in headed.items()]
    kept = [q for q in found if not any(a < q.start and q.end < b for a, b in taken)]
    return [headed[q.start][0] if q.start in headed else q for q in kept]


def _stated(text: str, quantity: Quantity) -> tuple[Quantity, int] | None:
    """The quantity under the unit in brackets before it, and where that bracket begins."""
    begin = max(0, quantity.start - _REACH)
    bracket = _BRACKET.search(text, begin, quantity.start)
    if bracket is None:
        return None
    power = _POWER.match(text, bracket.start("inside"), bracket.end("inside"))
    start = power.end() if power else bracket.start("inside")
    match = grammar().unit.match(lowered(text), start)
    printed = text[start : bracket.end("inside")]
    code = units.ucum(printed) if match and match.end() == bracket.end("inside") else None
    if code is None or (printed.isalpha() and printed != "L" and (printed.isupper() or len(printed) == 1)):
        return None  # "(CPS) ≥ 1" is a name, "(a) ≥ 18" the mark of an item
    scale = Decimal(10) ** int(power["exponent"].translate(_RAISED)) if power else Decimal(1)
    return replace(quantity, unit=code, unit_text=printed, scale=scale), bracket.start()

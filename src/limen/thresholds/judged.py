"""Comparisons that judge: "or better" and "worse than" point where it is better or worse to be."""

from __future__ import annotations

import re

from limen.criteria import Operator
from limen.lexicon.sides import bad_side, sides
from limen.mentions import Quantity
from limen.thresholds.build import bound

_WORD = re.compile(r"[^\W\d_]+")
_TURNED: dict[Operator, Operator] = {"ge": "le", "gt": "lt", "le": "ge", "lt": "gt"}


def turned(text: str, quantity: Quantity, identity: str | None) -> Quantity:
    """The comparison as its measurement has it: "ECOG 2 or better" is at most 2; the lists read "better" and "worse" as more."""
    words = set(_WORD.findall(text[quantity.start : quantity.end].lower()))
    better, worse = not words.isdisjoint(sides().better), not words.isdisjoint(sides().worse)
    if better == worse or quantity.operator not in _TURNED:
        return quantity
    bad = bad_side(identity)
    return bound(quantity, _TURNED[quantity.operator]) if bad == ("high" if better else "low") else quantity

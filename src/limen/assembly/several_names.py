"""One limit on several names, and whether it is set on each of them: "AST/ALT ≤ 3 x ULN", "AST and ALT above 3 x ULN"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen import lexicon as lexicons
from limen.lexicon.sides import bad_side
from limen.mentions import Mention
from limen.thresholds import Paired
from limen.units import UNITLESS

_PARENTHESIS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_JOINT = re.compile(r"\s*(?:/|,?\s*(?:and/or|or|and)\s)\s*", re.IGNORECASE)


def by_marks(text: str, paired: Paired) -> bool:
    """Whether slashes or commas alone part the names of one limit: an inclusion asks "AST/ALT ≤ 3 x ULN" of both."""
    places = sorted((t.concept_start, t.concept_end) for t in paired.thresholds if t.concept_start is not None and t.concept_end is not None)
    gaps = [_PARENTHESIS.sub("", text[a:b]).strip() for (_, a), (b, _) in zip(places, places[1:]) if b > a]
    return paired.join == "or" and len(gaps) == len(paired.thresholds) - 1 > 0 and all(gap in ("/", ",") for gap in gaps)


def side_by_side(paired: Paired) -> bool:
    """Whether one limit is set on two names: in an exclusion, "AST and ALT above 3 x ULN" means either."""
    same = {(t.operator, t.low, t.high, t.reference) for t in paired.thresholds}
    places = sorted({t.concept_start for t in paired.thresholds if t.concept_start is not None})
    return paired.join == "and" and len(same) == 1 and len(places) == len(paired.thresholds) > 1


def at_most(paired: Paired) -> bool:
    """Whether one upper limit, a multiple of the normal, is set on several names: an inclusion that says "ALT or AST ≤ 3 x ULN" wants neither above it.

    It makes no sense for what is bad where it is low: "creatinine or creatinine clearance ≤ 1.5 x ULN" leaves the choice.
    """
    same = {(t.operator, t.high, t.reference) for t in paired.thresholds}
    if any(bad_side(t.concept) == "low" for t in paired.thresholds):
        return False
    return paired.join == "or" and len(paired.thresholds) > 1 and len(same) == 1 and next(iter(same))[0] in ("le", "lt") and paired.thresholds[0].reference == "uln"


def wants_limit(text: str, name: Mention, pairs: Sequence[Paired]) -> bool:
    """Whether a measured thing stands bare before another's limit, in a unit that it does not have: "HbA1c or glucose < 8 mmol/L" sets it none."""
    joint = _JOINT.match(text, name.end)
    entry = lexicons.load().measurements.get(name.ids[0])
    return joint is not None and entry is not None and entry.unit != UNITLESS and any(t.concept_start == joint.end() for p in pairs if p.time is None for t in p.thresholds)

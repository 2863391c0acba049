"""One limit on several names, and whether it is set on each of them: "AST/ALT ≤ 3 x ULN", "AST and ALT above 3 x ULN"."""

from __future__ import annotations

import re

from limen.thresholds import Paired

_PARENTHESIS = re.compile(r"[(\[][^()\[\]]*[)\]]")


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
    """Whether one upper limit, a multiple of the normal, is set on several names: an inclusion that says "ALT or AST ≤ 3 x ULN" wants neither above it."""
    same = {(t.operator, t.high, t.reference) for t in paired.thresholds}
    return paired.join == "or" and len(paired.thresholds) > 1 and len(same) == 1 and next(iter(same))[0] in ("le", "lt") and paired.thresholds[0].reference == "uln"

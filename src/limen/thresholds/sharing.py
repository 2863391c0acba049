"""What a limit takes from the one behind it, where a list writes its unit or its reference once; and what a unit lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from limen.lexicon import Lexicon, Measurement, Score
from limen.mentions import Mentions, Quantity
from limen.thresholds.build import Target, bound
from limen.thresholds.units_fit import compatible, mended
from limen.units import UNITLESS

BRACKET = re.compile(r"\([^()]{0,40}\)")
_DEGREES = re.compile(r"\s?(?P<letter>[CcF])(?![\w'’])")
_FOUR, _SIX = Decimal(4), Decimal(6)  # "class III or VI" of what has four classes
_SHARE = 2  # numbers below it beside a percentage are ratios
_SPELT_OUT = 1000  # a count as large as this has no power of ten left out
_LISTED = re.compile(r"\s*(?:,|;|and/or|or|and|/)", re.IGNORECASE)
JOINS = re.compile(r"\s*,?\s*(?:and|or|but|to|&|[-–—])\s*", re.IGNORECASE)
_MULTIPLE = re.compile(r"\s?(?:x|×|times)(?![^\W_])", re.IGNORECASE)
_LOST_UNIT = re.compile(r"\s?\?(?=\s?[),.;]|\s?$)")
_STOP = re.compile(r"[;.]\s|\n")
_SIDES = {"gt": 1, "ge": 1, "lt": -1, "le": -1}


def opposite(mentions: Mentions, quantity: Quantity) -> Quantity | None:
    """The limit behind a joint whose unit holds for this one too: "≥ 20 and ≤ 80 years of age"."""
    if quantity.unit is not None or not quantity.explicit:
        return None
    following = next((q for q in mentions.quantities if q.start >= quantity.end), None)
    if following is None or not following.explicit or following.unit is None:
        return None
    if quantity.reversed and following.operator in ("lt", "le", "gt", "ge"):
        return following
    turned = _SIDES.get(quantity.operator or "", 0) * _SIDES.get(following.operator or "", 0) < 0
    gap = mentions.text[quantity.end : following.start]
    return following if turned and (gap.strip() == "," or JOINS.fullmatch(gap)) else None


def borrowed(quantity: Quantity, following: Quantity) -> Quantity:
    """The limit under the unit of the one behind it, the power of ten that belongs to the unit with it: "≥ 1.5 and ≤ 8 x 10^9/L"."""
    scale = following.scale if quantity.scale == 1 else quantity.scale
    if scale != quantity.scale and any(b is not None and b >= _SPELT_OUT for b in (quantity.low, quantity.high)):
        return quantity  # "WBC > 3000 or platelets < 100 x 10^9/L"
    return replace(quantity, unit=following.unit, unit_text=following.unit_text, reference=following.reference, scale=scale)


def with_later_reference(mentions: Mentions, quantity: Quantity) -> Quantity:
    """ "Bilirubin < 2x, AST < 3x, creatinine < 2x the upper limit of normal": the reference that is written once, behind the last multiple."""
    if quantity.unit is not None or quantity.reference is not None or not quantity.explicit or not _MULTIPLE.match(mentions.text, quantity.end):
        return quantity
    following = next((q for q in mentions.quantities if q.start >= quantity.end and q.reference is not None), None)
    if following is None or following.reference not in ("uln", "lln") or _STOP.search(mentions.text, quantity.end, following.start):
        return quantity
    return replace(quantity, unit=following.unit, unit_text=following.unit_text, reference=following.reference)


def with_mended_unit(text: str, quantity: Quantity, targets: Sequence[Target], lexicon: Lexicon) -> Quantity:
    """The limit with the unit that it stands for: the slash that a count's lost, the mercury of a pressure's, the "C" of a temperature's."""
    entry = lexicon.measurements.get(targets[-1].id or "")
    if entry is not None and entry.unit == "Cel" and quantity.unit is None and (letter := _DEGREES.match(text, quantity.number_end)):
        degrees = "Cel" if letter.group("letter") in "cC" else "[degF]"
        return replace(quantity, unit=degrees, unit_text=letter.group().strip(), end=max(quantity.end, letter.end()))
    score = lexicon.scores.get(targets[-1].id or "")
    if score is not None and quantity.roman and score.range[1] < _SIX and _SIX in (quantity.low, quantity.high, *(quantity.grades or ())):
        return _with_four(quantity)
    unit = mended(quantity.unit, entry) if entry is not None and quantity.unit is not None else None
    if unit is None:
        return quantity
    said = f"/{quantity.unit_text}" if unit == f"/{quantity.unit}" else unit
    return replace(quantity, unit=unit, repaired=f"{quantity.unit_text!r} read as {said!r}")


def _with_four(quantity: Quantity) -> Quantity:
    """ "NYHA class III or VI": the numeral that was turned round, of what has no sixth grade."""
    low, high = (_FOUR if bound_ == _SIX else bound_ for bound_ in (quantity.low, quantity.high))
    grades = tuple(_FOUR if g == _SIX else g for g in quantity.grades) if quantity.grades is not None else None
    return replace(quantity, low=low, high=high, grades=grades, repaired="'VI' read as 'IV'")


def with_later_unit(mentions: Mentions, quantity: Quantity, targets: Sequence[Target], lexicon: Lexicon) -> Quantity:
    """ "Systolic > 160 or diastolic > 100 mmHg": the unit that is written once, behind the last limit of a list."""
    following = next((q for q in mentions.quantities if q.start >= quantity.end), None)
    if quantity.unit is not None or quantity.reference is not None or not quantity.explicit or following is None:
        return quantity
    if mentions.text[quantity.number_end : quantity.number_end + 1] == "+" or "/" in mentions.text[quantity.number_start : quantity.number_end]:
        return quantity  # "2+" is a test strip's grade, "20/40" an acuity
    gap = BRACKET.sub("", mentions.text[quantity.end : following.start])
    entries = [lexicon.measurements.get(t.id or "") for t in targets]
    if following.unit == "%" and max(b for b in (quantity.low, quantity.high) if b is not None) < _SHARE:
        return quantity  # "FEV1/FVC < 0.7 and FEV1 < 80%": a ratio and a percentage
    if not following.explicit or following.unit is None or len(gap) > 60 or not _LISTED.match(gap):
        return quantity
    if not all(e is not None and e.unit != UNITLESS and compatible(following.unit, e) for e in entries):
        return quantity
    return borrowed(quantity, following)


def with_lost_comparator(mentions: Mentions, quantity: Quantity, entry: Measurement | Score | None) -> Quantity:
    """A bare "=" where ≥ or ≤ stood: a state named before it ("fever (=38 ?)") says on which side; "?" was its unit."""
    side = next((op for a, b, c, op in mentions.implied if entry and c == entry.id and b <= quantity.start), None)
    if side is None:
        return quantity
    repaired = f"'=' read as '{'≥' if side == 'ge' else '≤'}'"
    mended_one = replace(bound(quantity, side), repaired=repaired)
    mark = _LOST_UNIT.match(mentions.text, quantity.end)
    if quantity.unit is None and mark and isinstance(entry, Measurement):
        fitting = [g.unit for g in entry.guesses if quantity.low is not None and g.low <= quantity.low < g.high]
        if len(fitting) == 1:
            repaired += f", '?' as {fitting[0]}"
            return replace(mended_one, end=mark.end(), unit=fitting[0], unit_text="?", repaired=repaired)
    return mended_one

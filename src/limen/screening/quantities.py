"""Units of patients' values: spellings to UCUM, conversions, and the unit that a bare number must have."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from limen import units
from limen.errors import UnitError
from limen.lexicon import Chemistry, Measurement, Score
from limen.screening.interval import Interval, point, same
from limen.screening.vocabulary import vocabulary

_POWER = re.compile(r"(?:x|×|\*)?\s*10\s*(?:\^|\*\*|\*|[eE])?\s*(\d{1,2}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})\s*((?:[^\d].*)?)")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_THOUSANDS = re.compile(r"(?:K|k|thou|thousands?)\s*(/.*)")
_PLAIN = frozenset({None, "1", "{score}", "{points}", "{grade}", "{class}", "{stage}", "{ratio}", "{count}"})


@lru_cache(maxsize=4096)
def read_unit(text: str) -> str | None:
    """A unit as a record spells it, or as a UCUM code -> UCUM code; None where limen does not know it."""
    text = text.strip()
    if power := _POWER.fullmatch(text):
        rest = read_unit(power[2]) if power[2].strip() else ""
        return None if rest is None else f"10*{int(power[1].translate(_SUPERSCRIPTS))}{rest}"
    if thousands := _THOUSANDS.fullmatch(text):
        rest = read_unit(thousands[1])
        return None if rest is None else f"10*3{rest}"
    if _known(text):
        return text
    return units.ucum(text)


def _known(code: str) -> bool:
    try:
        units.dimension(code)
    except UnitError:
        return False
    return bool(code)


def is_plain(unit: str | None) -> bool:
    """Whether a unit says only that the number is a number."""
    return unit in _PLAIN


@lru_cache(maxsize=4096)
def line(source: str, target: str, chemistry: Chemistry) -> tuple[Decimal, Decimal]:
    """(factor, offset) of a conversion; raises UnitError where it is not defined."""
    offset = units.convert(Decimal(0), source, target, **chemistry._asdict())
    factor = units.convert(Decimal(1), source, target, **chemistry._asdict()) - offset
    return factor, offset


def convert(value: Interval, source: str | None, target: str | None, entry: Measurement | Score | None) -> Interval:
    """A value in another unit; raises UnitError where the conversion is not defined."""
    if source == target or (is_plain(source) and is_plain(target)):
        return value
    factor, offset = factors(source, target, entry)
    return value.map(lambda number: number * factor + offset)


def factors(source: str | None, target: str | None, entry: Measurement | Score | None) -> tuple[Decimal, Decimal]:
    if source == target or (is_plain(source) and is_plain(target)):
        return Decimal(1), Decimal(0)
    return line(source or "1", target or "1", entry.chemistry if isinstance(entry, Measurement) else Chemistry())


def plausible_units(value: Decimal, entry: Measurement) -> tuple[str, ...]:
    """The units in which a bare number can be this measurement: the catalogue's guesses, else what is plausible."""
    if entry.guesses:
        return tuple(dict.fromkeys(guess.unit for guess in entry.guesses if guess.low <= value < guess.high))
    low, high = entry.plausible
    found: list[str] = []
    canonical: list[Decimal] = []
    for unit in dict.fromkeys((entry.unit, *vocabulary().printed_units)):
        try:
            converted = convert(point(value), unit, entry.unit, entry).exact
        except UnitError:
            continue
        if converted is not None and low <= converted <= high and not any(same(converted, other) for other in canonical):
            found.append(unit)
            canonical.append(converted)
    return tuple(found)


def show(number: Decimal) -> str:
    """A number as it was given, without a tail of zeros; more than eight digits are rounded to six."""
    if len(number.as_tuple().digits) > 8 and number != number.to_integral_value():
        return show_rounded(number, 6)
    return f"{number.normalize():f}" if number else "0"


def show_rounded(number: Decimal, digits: int = 3) -> str:
    """A converted number with `digits` significant digits, whole part in full."""
    places = max(0, digits - 1 - number.adjusted())
    shown = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    return f"{shown.normalize():f}" if shown else "0"


def show_interval(value: Interval, show: Callable[[Decimal], str] = show) -> str:
    """'1.9', '< 5' or '5-10'."""
    if value.exact is not None:
        return show(value.exact)
    if value.low is None and value.high is not None:
        return f"{'<=' if value.high_in else '<'} {show(value.high)}"
    if value.high is None and value.low is not None:
        return f"{'>=' if value.low_in else '>'} {show(value.low)}"
    if value.low is not None and value.high is not None:
        return f"{show(value.low)}-{show(value.high)}"
    return "any value"


def show_unit(unit: str | None) -> str:
    """A unit after a number: ' mg/dL', '' for a pure number, ' years' for UCUM's 'a'."""
    if is_plain(unit):
        return ""
    return " " + {"a": "years", "mo": "months", "wk": "weeks", "d": "days", "h": "hours"}.get(unit or "", unit or "")

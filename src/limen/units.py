"""Units: spellings to UCUM codes, dimensions, and conversion in Decimal.

The only room of pint, which never sees free text: spellings are looked up in `lexicon/units.toml`, and each UCUM atom maps
to a unit that `lexicon/units.txt` defines.  UCUM: https://ucum.org.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from limen.errors import UnitError
from limen.lexicon.entries import OtherScale
from limen.lexicon.load import data, read_toml

if TYPE_CHECKING:
    import pint

UNITLESS = "1"
_POWER = re.compile(r"10\*(-?\d{1,2})$")
_EXPONENT = re.compile(r"(.*[^\d])(-?\d)$")
_SPACES = re.compile(r"\s+")
_HOW_OFTEN = re.compile(r"(.+?) (?:(?:once )?(daily|weekly|monthly|yearly|annually)|(?:(?:in )?an?|each|every) (day|week|month|year|hour|minute))", re.IGNORECASE)
_ADVERBS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year"}
_RATE = re.compile(
    r"\s?(?:/\s?|\b(?:per|an?|each|every)\s)(?P<of>(?:24[\s-]?)?(?:hours?|hrs?|h|days?|d|weeks?|wks?|w|months?|mo|years?|yrs?|y|minutes?|min))\b(?!\s(?:apart|ago|before|prior|after|earlier|later|or\sso))"
    r"|\s(?:once\s)?(?P<adverb>daily|weekly|monthly|yearly|annually)\b",
    re.IGNORECASE,
)
_DAY = re.compile(r"24[\s-]?h", re.IGNORECASE)
_JOINT = re.compile(r"\s*([/⁄∕]|·|⋅|•|\*|\bper\b|\bin\s+a\b)\s*", re.IGNORECASE)
_INVERSE = re.compile(r"(.*?)\s?\^?(?:[-−–]1|⁻¹)$")


class _Spellings(NamedTuple):
    exact: dict[str, str]
    folded: dict[str, str]
    pint_names: dict[str, str]
    denominators: frozenset[str]

    def find(self, text: str) -> str | None:
        return self.exact.get(text) or self.folded.get(text.lower())


@cache
def spellings() -> _Spellings:
    """The table of units.toml: exact-case and case-folded spellings, and the pint name of each UCUM atom."""
    table = read_toml(data("units.toml"))
    exact: dict[str, str] = {}
    folded: dict[str, str] = {}
    names: dict[str, str] = {}
    below: set[str] = set()
    for atom in table["atom"]:
        names[atom["ucum"]] = atom["pint"]
        if atom.get("denominator"):
            below.update(s.lower() for s in atom["spellings"])
        for spelling in atom["spellings"]:
            if atom.get("exact"):
                exact[spelling] = atom["ucum"]
            else:
                folded.setdefault(spelling.lower(), atom["ucum"])
    for whole in table["whole"]:
        for spelling in whole["spellings"]:
            folded.setdefault(spelling.lower(), whole["ucum"])
    return _Spellings(exact, folded, names, frozenset(below))


@lru_cache(maxsize=4096)
def ucum(text: str) -> str | None:
    """The UCUM code of a unit as written ("mg per dl" -> "mg/dL", "x10^9/L" without its power -> "/L"), or None."""
    text = _SPACES.sub(" ", text.strip())
    if not text or len(text) > 60:
        return None
    table = spellings()
    if code := table.find(text):
        return code
    if match := _HOW_OFTEN.fullmatch(text):
        head, adverb, word = match.groups()
        return ucum(f"{head} per {_ADVERBS[adverb.lower()] if adverb else word}")
    parts = _JOINT.split(text)
    code = _atom_code(parts[0], table) if parts[0] else ""
    if code is None:
        return None
    for joint, part in zip(parts[1::2], parts[2::2]):
        found = table.find(part) or _atom_code(part, table)
        if found is None:
            return None
        inverse = found.startswith("/")
        code += found if inverse else ("." if joint in "·⋅•*" else "/") + found
    return _tidy(code) or None


class Rate(NamedTuple):
    """How often, as a stretch of text says it: " per week", "/day", " monthly"; `code` is "/wk", "/d", "/mo"."""

    start: int
    end: int
    code: str


def rates(text: str, start: int, end: int) -> Iterator[Rate]:
    """The rates that stand between two places of a text, left to right."""
    for match in _RATE.finditer(text, start, end):
        of = match["of"] or _ADVERBS[match["adverb"].lower()]
        if code := ucum("/" + ("day" if _DAY.match(of) else of)):
            yield Rate(match.start(), match.end(), code)


def _atom_code(text: str, table: _Spellings) -> str | None:
    if text.lower() in table.denominators:
        return None
    if code := table.find(text):
        return code
    if (match := _INVERSE.fullmatch(text)) and (code := table.find(match.group(1).strip())):
        return "/" + code
    head, _, tail = text.rpartition(" ")
    if head and (first := _atom_code(head, table)) and (last := table.find(tail) or _atom_code(tail, table)):
        return first + last if last.startswith(("/", "{creat}")) else None
    return None


def _tidy(code: str) -> str:
    """Counted things carry no dimension in front of a denominator: "{cells}/uL" is kept as "/uL"."""
    for counted in ("{cells}", "{beats}", "{breaths}", "{episodes}"):
        if code.startswith(counted + "/"):
            return code.removeprefix(counted)
    return code


@cache
def _registry() -> pint.UnitRegistry:
    import pint

    lines = data("units.txt").read_text(encoding="utf-8").splitlines()
    return pint.UnitRegistry(lines, non_int_type=Decimal, autoconvert_offset_to_baseunit=True, system=None)


@lru_cache(maxsize=1024)
def _expression(code: str) -> str:
    """A UCUM code as an expression of pint names; refuses what the table does not know."""
    names = spellings().pint_names
    if code in names:
        return names[code]
    terms: list[str] = []
    operator = "*"
    for token in re.split(r"([/.])(?![^{\[]*[}\]])", code):
        if token in ("/", "."):
            operator = "/" if token == "/" else "*"
        elif token:
            terms.append(f"{operator} ({_term(token, names, code)})")
    return "1 " + " ".join(terms)


def _term(token: str, names: dict[str, str], code: str) -> str:
    if not token.startswith("{") and token.endswith("}"):
        token = token[: token.index("{")]
    if token in names:
        return names[token]
    if token == UNITLESS or token.startswith("{"):
        return "1"
    if power := _POWER.fullmatch(token):
        return f"1e{power.group(1)}"
    if (match := _EXPONENT.fullmatch(token)) and match.group(1) in names:
        return f"({names[match.group(1)]}) ** {match.group(2)}"
    raise UnitError(f"{code!r} is not a unit that limen knows: {token!r} is not in units.toml", unit=code)


@lru_cache(maxsize=1024)
def dimension(code: str) -> str:
    """The dimension of a UCUM code, such as "[mass] / [length] ** 3"; "{ULN}" and other annotations are their own.

    Raises UnitError for a code that is not known.
    """
    if code.startswith("{") and code not in spellings().pint_names:
        return code
    if code in ("Cel", "[degF]"):
        return "[temperature]"
    return str(_one(code).dimensionality)


def _one(code: str) -> Any:
    """One of the unit, as a quantity; a pure number is one too."""
    registry = _registry()
    return registry.Quantity(Decimal(1), "") * registry.parse_expression(_expression(code))


@lru_cache(maxsize=4096)
def _line(source: str, target: str) -> tuple[Decimal, Decimal] | None:
    """(factor, offset) with target = source * factor + offset, or None when the dimensions differ."""
    if source == target:
        return Decimal(1), Decimal(0)
    if dimension(source) != dimension(target):
        return None
    registry = _registry()
    names = spellings().pint_names
    if dimension(source) == "[temperature]":
        zero, one = (registry.Quantity(Decimal(v), names[source]).to(names[target]).magnitude for v in (0, 1))
        return one - zero, zero
    if dimension(source).startswith("{"):
        return None
    quotient = _one(source) / _one(target)
    return Decimal(str(quotient.to_base_units().magnitude)), Decimal(0)


def convert(
    value: Decimal,
    source: str,
    target: str,
    *,
    molar_mass: Decimal | None = None,
    valence: int | None = None,
    scales: tuple[OtherScale, ...] = (),
) -> Decimal:
    """`value` of `source` in `target`, both UCUM codes.

    With `molar_mass` (g/mol) mass converts to substance and back; with `valence` milliequivalents convert to millimoles;
    `scales` go before all of these.
    Raises UnitError when a unit is unknown or the conversion is not defined.
    """
    for scale in scales:
        if source == scale.unit != target:
            return convert(value * scale.factor + scale.offset, scale.into, target, molar_mass=molar_mass, valence=valence)
        if target == scale.unit != source:
            return _round((convert(value, source, scale.into, molar_mass=molar_mass, valence=valence) - scale.offset) / scale.factor)
    if line := _line(source, target):
        return _round(value * line[0] + line[1])
    for bridge, factor in _bridges(molar_mass, valence):
        for (a, b), f in ((bridge, factor), (bridge[::-1], 1 / factor)):
            through = _line(_swap(source, a, b), target) if _swap(source, a, b) != source else None
            if through:
                return _round(value * f * through[0])
    raise UnitError(f"no conversion from {source!r} to {target!r} is defined here", unit=source)


def _bridges(molar_mass: Decimal | None, valence: int | None) -> list[tuple[tuple[str, str], Decimal]]:
    found: list[tuple[tuple[str, str], Decimal]] = []
    if molar_mass is not None:
        found.append((("g", "mol"), 1 / molar_mass))
    if valence is not None:
        found.append((("eq", "mol"), Decimal(1) / valence))
    return found


def _swap(code: str, have: str, want: str) -> str:
    """The code with its leading amount in another dimension: "mg/dL" -> "mmol/dL"."""
    head, slash, rest = code.partition("/")
    if not head.endswith(have):
        return code
    return head.removesuffix(have) + want + slash + rest


def _round(value: Decimal) -> Decimal:
    """Twelve significant digits, without a tail of zeros."""
    rounded = Decimal(f"{value:.12g}")
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() and abs(rounded) < 10**15 else rounded.normalize()

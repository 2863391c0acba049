"""Whether a unit can be the unit of a measurement's limit."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache

from limen import units
from limen.errors import UnitError
from limen.lexicon import Chemistry, Measurement, Score
from limen.lexicon.load import data, read_toml

_LONG = ("d", "wk", "mo", "a")  # no measurement that is taken in seconds lasts as long
_COUNTED_FROM = 10  # what can be as many as that is a count, no share: "5 falls", not "5 % falls"


def compatible(unit: str, entry: Measurement) -> bool:
    """Whether a limit in `unit` can be a limit of this measurement."""
    if unit == "%" and entry.unit == "1" and entry.plausible[1] >= _COUNTED_FROM:
        return False
    if unit in _LONG and entry.unit in ("s", "ms"):
        return False
    targets = (entry.unit, *(guess.unit for guess in entry.guesses))
    return unit == "{points}" or any(_converts(unit, target, entry.chemistry) for target in targets)


def has_no_limit(entry: Measurement | Score) -> bool:
    """Whether a laboratory has no upper limit of it: a count, or a length such as a tumor's size."""
    return isinstance(entry, Measurement) and (entry.unit in ("cm", "mm", "m") or (entry.unit == units.UNITLESS and entry.plausible[0] == 0))


def mended(unit: str, entry: Measurement) -> str | None:
    """The unit that a slip stands for: "platelets > 100,000 mm3", "intraocular pressure > 21 mm", "age < 6 m"."""
    if compatible(unit, entry):
        return None
    for meant, of in _slips().get(unit, ()):
        if (not of or entry.id in of) and compatible(meant, entry):
            return meant
    return f"/{unit}" if "/" not in unit and _is_volume(unit) and compatible(f"/{unit}", entry) else None


@cache
def _slips() -> dict[str, list[tuple[str, frozenset[str]]]]:
    """By the unit that is written, the units that it may stand for and the measurements that this is known of; of all where none is named."""
    found: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for slip in read_toml(data("units.toml"))["slip"]:
        found.setdefault(slip["unit"], []).append((slip["meant"], frozenset(slip.get("of", ()))))
    return found


@lru_cache(maxsize=1024)
def _is_volume(unit: str) -> bool:
    try:
        return units.dimension(unit) == "[length] ** 3"
    except UnitError:
        return False


@lru_cache(maxsize=20_000)
def _converts(unit: str, target: str, chemistry: Chemistry) -> bool:
    try:
        units.convert(Decimal(1), unit, target, **chemistry._asdict())
    except UnitError:
        return False
    return True


@lru_cache(maxsize=1024)
def is_amount(unit: str) -> bool:
    """Whether the unit measures an amount of a drug: a mass, a substance, an activity, a volume or a radiation dose."""
    try:
        return units.dimension(unit).startswith(("[mass]", "[activity]", "[absorbed_dose]", "[length] ** 3", "[substance]"))
    except UnitError:
        return False

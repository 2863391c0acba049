"""Whether a unit can be the unit of a measurement's limit."""

from __future__ import annotations

from decimal import Decimal

from limen import units
from limen.errors import UnitError
from limen.lexicon import Measurement


def compatible(unit: str, entry: Measurement) -> bool:
    """Whether a limit in `unit` can be a limit of this measurement."""
    probe = Decimal(1)
    for target in (entry.unit, *(g.unit for g in entry.guesses)):
        try:
            units.convert(probe, unit, target, molar_mass=entry.molar_mass, valence=entry.valence)
            return True
        except UnitError:
            continue
    return unit == "{points}"


def is_amount(unit: str) -> bool:
    """Whether the unit measures an amount of a drug: a mass, a substance, an activity, a volume or a radiation dose."""
    try:
        return units.dimension(unit).startswith(("[mass]", "[activity]", "[absorbed_dose]", "[length] ** 3", "[substance]"))
    except UnitError:
        return False

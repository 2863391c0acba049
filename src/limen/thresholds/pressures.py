"""Two numbers of a measurement that the lexicon calls a pair, or of two that are listed: "160/100 mmHg"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from limen.mentions import Quantity
from limen.thresholds.build import Join, Maker, Paired, Target, bound, like
from limen.thresholds.names import Names
from limen.thresholds.respectively import listed_before

_RAISED, _PAIR, _UNIT = "hypertension", "blood_pressure", "mm[Hg]"


def pressure_pair(names: Names, maker: Maker, quantity: Quantity) -> Paired | None:
    """The limits of a pair on both its parts: "blood pressure ≥ 160/100 mmHg", "hypertension (> 160/100 mmHg)", "SBP/DBP > 160/100 mmHg"."""
    text = names.text
    following = next((q for q in names.mentions.quantities if q.start >= quantity.end), None)
    slash = following and text[quantity.end : following.start].strip() in ("/", "over")
    if not slash or following is None or (parts := _listed(names, quantity, following) or _named(names, quantity, following)) is None:
        return None
    if quantity.operator is None and following.operator in ("ge", "gt", "le", "lt"):
        quantity = bound(quantity, following.operator)  # "160/100 mmHg or more"
    both = []
    for part, target in zip((quantity, following), parts):
        limited = like(replace(part, unit=following.unit, unit_text=following.unit_text), quantity) if part is following else part
        limited = replace(limited, unit=following.unit, unit_text=following.unit_text, start=quantity.start, end=following.end)
        if limited.operator is None:
            limited = replace(limited, operator="eq", low_inclusive=True, high_inclusive=True)
        both.append((limited, target))
    names.used.append((replace(following, operator=both[0][0].operator), tuple(t for _, t in both), "or"))
    join: Join = "and" if both[0][0].operator in ("lt", "le") else "or"
    return Paired(both[0][0].start, following.end, tuple(maker.threshold(q, t) for q, t in both), join)


def _listed(names: Names, quantity: Quantity, following: Quantity) -> tuple[Target, ...] | None:
    """Two names in the order of their numbers: "systolic/diastolic blood pressure > 160/100 mmHg", "AST/ALT > 100/80 U/L"."""
    if quantity.operator is None and following.operator is None:
        return None
    whole = replace(quantity, unit=following.unit, unit_text=following.unit_text)
    targets = [t for m in listed_before(names.mentions, quantity.start, 2) if (t := names.target(m, whole)) is not None]
    return tuple(targets) if len({t.id for t in targets}) == 2 and not any(t.id == _PAIR for t in targets) else None


def _named(names: Names, quantity: Quantity, following: Quantity) -> tuple[Target, ...] | None:
    """The two parts of the name before a pair of numbers; a disease of the pressure names it where mercury measures it."""
    measured = [m for m in names.mentions.measured if m.end <= quantity.start]
    entry = names.lexicon.measurements.get(measured[-1].ids[0]) if measured else None
    if entry is not None and entry.pair and names.connects(measured[-1].end, quantity.start, quantity):
        return tuple(Target(measured[-1].start, measured[-1].end, part) for part in entry.pair)
    raised = next((m for m in reversed(names.mentions.concepts) if m.end <= quantity.start and _RAISED in m.ids), None)
    pressure = names.lexicon.measurements.get(_PAIR)
    told = (quantity.explicit or following.explicit) and following.unit == _UNIT
    if raised is None or pressure is None or pressure.pair is None or not told or not names.connects(raised.end, quantity.start, quantity):
        return None
    return tuple(Target(raised.start, raised.end, part) for part in pressure.pair)


def side_before(names: Names, targets: Sequence[Target]) -> Quantity | None:
    """The limit before a bare number that is of the same names, or of the other part of a pair: "> 140 mmHg systolic or 90 mmHg diastolic"."""
    if not names.used or names.used[-1][0].operator is None:
        return None
    before, last, _ = names.used[-1]
    one_sided = before.operator in ("lt", "le", "gt", "ge")
    other_part = one_sided and last[-1].id != targets[-1].id and names.are_parts(last[-1].id, targets[-1].id)
    return before if last == tuple(targets) or other_part else None

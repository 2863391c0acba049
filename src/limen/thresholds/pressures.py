"""Two numbers of a measurement that the lexicon calls a pair, or of two that are listed: "160/100 mmHg"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from limen.mentions import Quantity
from limen.thresholds.build import Join, Maker, Paired, Target, bound, like
from limen.thresholds.names import Names
from limen.thresholds.respectively import listed_before
from limen.thresholds.sharing import JOINS
from limen.thresholds.wording import words

_RAISED, _PAIR, _UNIT = "hypertension", "blood_pressure", "mm[Hg]"


def pressure_pair(names: Names, maker: Maker, quantity: Quantity) -> Paired | None:
    """The limits of a pair on both its parts: "blood pressure ≥ 160/100 mmHg", "hypertension (> 160/100 mmHg)", "SBP/DBP > 160/100 mmHg"."""
    text = names.text
    following = next((q for q in names.mentions.quantities if q.start >= quantity.end), None)
    slash = following and text[quantity.end : following.start].strip() in ("/", "over")
    if not slash or following is None or (parts := _listed(names, quantity, following) or _named(names, quantity, following) or _again(names, quantity)) is None:
        return None
    if (spanned := _range(names, quantity, following)) is not None:
        return _between(names, maker, *spanned, parts)
    if quantity.operator is None and following.operator in ("ge", "gt", "le", "lt"):
        quantity = bound(quantity, following.operator)  # "160/100 mmHg or more"
    both = []
    for part, target in zip((quantity, following), parts):
        limited = like(replace(part, unit=following.unit, unit_text=following.unit_text), quantity) if part is following and part.operator != "between" else part
        limited = replace(limited, unit=following.unit, unit_text=following.unit_text, start=quantity.start, end=following.end)
        if limited.operator is None:
            limited = replace(limited, operator="eq", low_inclusive=True, high_inclusive=True)
        both.append((limited, target))
    names.used.append((replace(following, operator=both[0][0].operator), tuple(t for _, t in both), "or"))
    join = _join(both[0][0], both[0][1])
    return Paired(both[0][0].start, following.end, tuple(maker.threshold(q, t) for q, t in both), join)


def _range(names: Names, quantity: Quantity, following: Quantity) -> tuple[tuple[Quantity, Quantity], Quantity] | None:
    """Each part's limit in a range of pairs and the last number of it: "between 90/60 and 140/90 mmHg", "90/60-140/90"."""
    later = [q for q in names.mentions.quantities if q.start >= following.end][:2]
    if quantity.operator is not None or not later or any(q.operator is not None for q in later[:1]):
        return None
    text, last = names.text, later[-1]
    if following.operator == "between" and text[following.end : later[0].start].strip() == "/":  # "60 to 140" within it
        last, highs, low = later[0], (following.high, later[0].high), following.low
    elif len(later) == 2 and JOINS.fullmatch(text, following.end, later[0].start) and text[later[0].end : last.start].strip() == "/" and following.operator is None:
        highs, low = (later[0].high, last.high), following.low
    else:
        return None
    first = _spanning(quantity, last, quantity.low, highs[0])
    return (first, _spanning(quantity, last, low, highs[1])), last


def _spanning(first: Quantity, last: Quantity, low: Decimal | None, high: Decimal | None) -> Quantity:
    return replace(
        first, operator="between", low=low, high=high, low_inclusive=True, high_inclusive=True, explicit=True,
        unit=last.unit, unit_text=last.unit_text, end=last.end,
    )  # fmt: skip


def _between(names: Names, maker: Maker, made: tuple[Quantity, Quantity], last: Quantity, parts: Sequence[Target]) -> Paired:
    """A range of both parts, each from its lower number to its upper one."""
    names.used.append((made[1], tuple(parts), "and"))
    return Paired(made[0].start, last.end, tuple(maker.threshold(q, t) for q, t in zip(made, parts)), "and")


def _join(quantity: Quantity, target: Target) -> Join:
    """Whether both parts must be so: those of a pair that is low enough ("< 140/90") or high enough ("≥ 90/60"); one that is too high or too low is "or"."""
    usual, bound_ = words().usual.get(target.id or ""), quantity.low if quantity.low is not None else quantity.high
    is_upper = quantity.operator in ("lt", "le")
    if usual is None or bound_ is None:
        return "and" if is_upper else "or"
    return "and" if is_upper == (bound_ > usual) else "or"


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


def _again(names: Names, quantity: Quantity) -> tuple[Target, ...] | None:
    """The two parts that the pair before had: "BP < 90/60 or > 160/100 mmHg"."""
    before, last, _ = names.used[-1] if names.used else (None, (), "or")
    both = len(last) == 2 and last[0].id != last[1].id and names.are_parts(last[0].id, last[1].id)
    return tuple(last) if before is not None and both and quantity.operator is not None and JOINS.fullmatch(names.text, before.end, quantity.start) else None


def side_before(names: Names, targets: Sequence[Target]) -> Quantity | None:
    """The limit before a bare number that is of the same names, or of the other part of a pair: "> 140 mmHg systolic or 90 mmHg diastolic"."""
    if not names.used or names.used[-1][0].operator is None:
        return None
    before, last, _ = names.used[-1]
    one_sided = before.operator in ("lt", "le", "gt", "ge")
    other_part = one_sided and last[-1].id != targets[-1].id and names.are_parts(last[-1].id, targets[-1].id)
    return before if last == tuple(targets) or other_part else None

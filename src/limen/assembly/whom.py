"""For whom a limit holds: "≥ 13 g/dL in men, ≥ 12 g/dL in women", "≤ 3 x ULN; ≤ 5 x ULN if liver metastases"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from limen.assembly.leaves import group
from limen.criteria import AllOf, Demographic, Expression, IfThen, Threshold


def by_sex(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The parts that together set limits for both sexes, each under the sex that it is for."""
    split = [_sex_and_limits(part) for part in parts]
    sexes = {found[0].value for found in split if found is not None}
    if len(sexes) < 2:
        return list(parts)
    return [part if found is None else IfThen(when=found[0], then=found[1]) for part, found in zip(parts, split)]


def loosened(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The parts of an inclusion, with a limit that is set wider for some people as another way to meet the one before it."""
    made: list[Expression | None] = []
    for part in parts:
        before = made[-1] if made else None
        if isinstance(part, IfThen) and before is not None and is_wider(part.then, before):
            made[-1] = group("or", [before, AllOf(of=(part.when, part.then))])
        else:
            made.append(part)
    return made


def narrows(parts: Sequence[Expression | None]) -> bool:
    """Whether the second of two limits is narrower and for some people: "> 300, or > 900 with atrial fibrillation" asks them for more."""
    first, last = parts[0], parts[-1]
    return len(parts) == 2 and first is not None and isinstance(last, IfThen) and is_wider(first, last.then)


def is_wider(part: Expression, than: Expression) -> bool:
    """Whether two parts limit the same measurements on the same sides, the first farther out."""
    wide, narrow = _bounds(part), _bounds(than)
    return bool(wide) and wide.keys() == narrow.keys() and all(wide[side] > narrow[side] if not side[1] else wide[side] < narrow[side] for side in wide)


def _bounds(part: Expression) -> dict[tuple[str | None, bool, str | None, str | None], Decimal]:
    """The bounds that a part sets by measurement, side (true for a lower bound), unit and reference; empty where it says anything else."""
    limits = part.of if isinstance(part, AllOf) else (part,)
    found: dict[tuple[str | None, bool, str | None, str | None], Decimal] = {}
    for limit in limits:
        bound = (limit.low if limit.low is not None else limit.high) if isinstance(limit, Threshold) and limit.operator in ("ge", "gt", "le", "lt") else None
        if not isinstance(limit, Threshold) or bound is None or limit.concept is None:
            return {}
        found[limit.concept, limit.low is not None, limit.unit, limit.reference] = bound * limit.scale
    return found


def any_for_whom(parts: Sequence[Expression | None]) -> bool:
    """Whether parts are limits for different people: an exclusion that joins them with "and" excludes by any of them."""
    return len(parts) > 1 and all(isinstance(part, IfThen) for part in parts)


def _sex_and_limits(part: Expression | None) -> tuple[Demographic, Expression] | None:
    if not isinstance(part, AllOf):
        return None
    sexes = [p for p in part.of if isinstance(p, Demographic) and p.attribute == "sex"]
    limits = [p for p in part.of if isinstance(p, Threshold)]
    then = group("and", limits)
    return (sexes[0], then) if len(sexes) == 1 and then is not None and len(limits) == len(part.of) - 1 else None

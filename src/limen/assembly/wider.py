"""A limit that is set wider for some people, as another way to meet the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from limen.assembly.leaves import group
from limen.assembly.whom import is_wider
from limen.criteria import AllOf, AnyOf, Expression, IfThen, Threshold
from limen.lexicon.load import data, read_toml

_LIST = 3  # parts of a list whose last one may be another way to meet the one before it alone


def last_is_wider(parts: Sequence[Expression | None]) -> Expression | None:
    """ "Bilirubin ≤ 1.5 x ULN, ALT ≤ 3 x ULN, or ALT ≤ 5 x ULN with liver metastases": "or" joins the limits of one measurement alone.

    None where the last limit is not one of those right before it, set wider or for some people, nor one that may stand for it.
    """
    last, known = _limits(parts[-1]), [_limits(part) for part in parts[:-1]]
    if len(parts) < _LIST or not last or not all(known):
        return None
    own = frozenset(t.concept for t in last)
    kin = own.union(*(set(names) for names in _substitutes() if not own.isdisjoint(names)))
    run = next((i for i, limits in enumerate(reversed(known)) if not {t.concept for t in limits} <= kin), len(known))
    rest, before = list(parts[: len(known) - run]), [p for p in parts[len(known) - run : -1] if p is not None]
    if not run or not rest or any(t.concept in kin for limits in known[: len(known) - run] for t in limits):
        return None
    narrow, way, limited = group("and", before), parts[-1], tuple(t for p in before for t in _limits(p))
    another = not own <= {t.concept for t in limited} or isinstance(way, IfThen) or is_wider(AllOf(of=last), AllOf(of=limited))
    if not another:
        return None
    return group("and", [*rest, group("or", [narrow, AllOf(of=(way.when, way.then)) if isinstance(way, IfThen) else way])])


@cache
def _substitutes() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(names) for names in read_toml(data("logic.toml"))["substitutes"]["groups"])


def _limits(part: Expression | None) -> tuple[Threshold, ...]:
    """The limits of measurements that a part sets, those of a guard's people left out; nothing where it sets none."""
    if isinstance(part, IfThen):
        return _limits(part.then)
    listed = part.of if isinstance(part, (AllOf, AnyOf)) else (part,)
    found = tuple(t for p in listed for t in ((p,) if isinstance(p, Threshold) else _limits(p) if isinstance(p, (AllOf, AnyOf)) else ()))
    return found if all(t.kind in ("measurement", "score") and t.concept is not None for t in found) else ()

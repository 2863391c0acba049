"""Trees of criteria with an address for every part, and the few moves a reviewer makes on them.

A path names a part from the root down: "" is the whole, "1.0" the first part of the second part, "1.dose" the dose of an
exposure.  Nothing is changed in place: every move gives a new tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, cast

from pydantic import TypeAdapter

from limen.criteria import (
    AllOf,
    AnyLeaf,
    AnyOf,
    AtLeast,
    Condition,
    Demographic,
    Exposure,
    Expression,
    IfThen,
    Not,
    Threshold,
    Unless,
    Unread,
    children,
)
from limen.review.errors import ReviewError

GroupKind = Literal["all_of", "any_of", "at_least"]
LEAVES = (Threshold, Condition, Exposure, Demographic, Unread)
EXPRESSION: TypeAdapter[Expression] = TypeAdapter(cast("Any", Expression))
_OFFSETS = {"start", "end", "concept_start", "concept_end"}


def parts(expression: Expression) -> list[tuple[str, Expression]]:
    """The direct parts of an expression, each with its step of a path; an exposure's dose is one."""
    if isinstance(expression, Exposure):
        return [("dose", expression.dose)] if expression.dose is not None else []
    return [(str(number), part) for number, part in enumerate(children(expression))]


def walk(expression: Expression, path: str = "") -> Iterator[tuple[str, Expression]]:
    """Every part with its path, the whole first, in the order of the text."""
    yield path, expression
    for step, part in parts(expression):
        yield from walk(part, f"{path}.{step}" if path else step)


def leaf_paths(expression: Expression) -> list[tuple[str, AnyLeaf]]:
    """Every leaf and dose with its path."""
    return [(path, part) for path, part in walk(expression) if isinstance(part, LEAVES)]


def at(expression: Expression, path: str) -> Expression:
    """The part at a path."""
    for found, part in walk(expression):
        if found == path:
            return part
    raise ReviewError(f"This criterion has no part at {path!r} any more: reload the page and decide again.")


def group(kind: GroupKind, of: Sequence[Expression], count: int = 1) -> Expression:
    """A group of one of the three kinds; `count` is how many an at_least asks for."""
    if kind == "at_least":
        if not 1 <= count <= len(of):
            raise ReviewError(f"At least {count} of {len(of)} parts cannot be asked for: choose 1 to {len(of)}.")
        return AtLeast(count=count, of=tuple(of))
    return AllOf(of=tuple(of)) if kind == "all_of" else AnyOf(of=tuple(of))


def replace(expression: Expression, path: str, new: Expression | None) -> Expression | None:
    """The tree with another part at a path; None takes the part out, and a group of one part becomes that part."""
    at(expression, path)
    return _replace(expression, path.split(".") if path else [], new)


def _replace(expression: Expression, steps: list[str], new: Expression | None) -> Expression | None:
    if not steps:
        return new
    if isinstance(expression, Exposure):
        return expression.model_copy(update={"dose": new})
    kept = dict(parts(expression))
    changed = _replace(kept[steps[0]], steps[1:], new)
    if changed is None:
        return _without(expression, int(steps[0]))
    kept[steps[0]] = changed
    return rebuilt(expression, list(kept.values()))


def rebuilt(expression: Expression, of: Sequence[Expression]) -> Expression:
    """The same kind of group around other parts."""
    match expression:
        case AllOf() | AnyOf() | AtLeast():
            return expression.model_copy(update={"of": tuple(of)})
        case Not():
            return Not(of=of[0])
        case IfThen():
            return IfThen(when=of[0], then=of[1])
        case Unless():
            return Unless(requirement=of[0], exception=of[1])
        case _:
            return expression


def _without(expression: Expression, number: int) -> Expression | None:
    rest = [part for place, part in enumerate(children(expression)) if place != number]
    match expression:
        case AtLeast() if len(rest) > 1:
            return AtLeast(count=min(expression.count, len(rest)), of=tuple(rest))
        case AllOf() | AnyOf() if len(rest) > 1:
            return rebuilt(expression, rest)
        case IfThen() if number == 1:
            return None
        case Unless() if number == 0:
            return None
        case _:
            return rest[0] if rest else None


def add(expression: Expression, leaf: Expression) -> Expression:
    """The tree asking for one thing more: beside the parts of an all_of, or with the whole in a new one."""
    if isinstance(expression, AllOf):
        return AllOf(of=tuple(sorted((*expression.of, leaf), key=first_offset)))
    return AllOf(of=tuple(sorted((expression, leaf), key=first_offset)))


def first_offset(expression: Expression) -> int:
    """Where the first leaf of a part stands."""
    return min((leaf.start for _, leaf in leaf_paths(expression)), default=0)


def join(expression: Expression, path: str, numbers: Sequence[int], kind: GroupKind, count: int = 1) -> Expression:
    """The parts `numbers` of the group at `path`, taken together into a group of their own."""
    outer = at(expression, path)
    if not isinstance(outer, (AllOf, AnyOf, AtLeast)):
        raise ReviewError("Only parts of one and/or group can be joined: choose parts that stand side by side.")
    chosen = sorted(set(numbers))
    if len(chosen) < 2 or chosen[-1] >= len(outer.of) or chosen[0] < 0:
        raise ReviewError("Choose two parts or more of the same group to join them.")
    inner = group(kind, [outer.of[number] for number in chosen], count)
    if len(chosen) == len(outer.of):
        return _whole(replace(expression, path, inner))
    rest = [inner if n == chosen[0] else part for n, part in enumerate(outer.of) if n == chosen[0] or n not in chosen]
    if isinstance(outer, AtLeast):
        return _whole(replace(expression, path, AtLeast(count=min(outer.count, len(rest)), of=tuple(rest))))
    return _whole(replace(expression, path, rebuilt(outer, rest)))


def dissolve(expression: Expression, path: str) -> Expression:
    """The group at `path` without its brackets: its parts become parts of the group around it."""
    inner = at(expression, path)
    if isinstance(inner, Not):
        return _whole(replace(expression, path, inner.of))
    outer_path, _, step = path.rpartition(".")
    outer = at(expression, outer_path) if path else None
    if not isinstance(inner, (AllOf, AnyOf, AtLeast)) or not isinstance(outer, (AllOf, AnyOf, AtLeast)):
        raise ReviewError("Only a group inside another and/or group can be dissolved.")
    number = int(step)
    return _whole(replace(expression, outer_path, rebuilt(outer, (*outer.of[:number], *inner.of, *outer.of[number + 1 :]))))


def regroup(expression: Expression, path: str, kind: GroupKind, count: int = 1) -> Expression:
    """The group at `path` with another word between its parts: and, or, at least `count`."""
    old = at(expression, path)
    if isinstance(old, LEAVES) or len(children(old)) < 2:
        raise ReviewError("Only a group of two parts or more can be regrouped.")
    return _whole(replace(expression, path, group(kind, children(old), count)))


def negate(expression: Expression, path: str) -> Expression:
    """The part at `path` inside a `not`, or out of it."""
    part = at(expression, path)
    return _whole(replace(expression, path, part.of if isinstance(part, Not) else Not(of=part)))


def _whole(expression: Expression | None) -> Expression:
    if expression is None:
        raise ReviewError("A criterion cannot be left without any part: reject it instead.")
    return expression


def shift(expression: Expression, by: int) -> Expression:
    """The same tree with every offset moved, as from the trial's text to the criterion's own."""
    if by == 0:
        return expression
    return EXPRESSION.validate_python(_shifted(expression.model_dump(), by))


def _shifted(value: Any, by: int) -> Any:
    if isinstance(value, dict):
        return {
            key: item + by if key in _OFFSETS and item is not None else _shifted(item, by)
            for key, item in cast("dict[str, Any]", value).items()
        }
    if isinstance(value, (list, tuple)):
        return [_shifted(item, by) for item in value]
    return value

"""Three-valued logic over a criterion's tree (Kleene's strong logic: unknown stays unknown unless it cannot matter)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from typing_extensions import assert_never

from limen.criteria import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Criterion,
    Demographic,
    Exposure,
    Expression,
    IfThen,
    Not,
    Threshold,
    Unless,
    Unread,
    leaves,
)

Truth = bool | None


def negate(value: Truth) -> Truth:
    return None if value is None else not value


def all_hold(values: Iterable[Truth]) -> Truth:
    seen = list(values)
    if any(value is False for value in seen):
        return False
    return None if any(value is None for value in seen) else True


def any_holds(values: Iterable[Truth]) -> Truth:
    return negate(all_hold(negate(value) for value in values))


def at_least(count: int, values: Iterable[Truth]) -> Truth:
    seen = list(values)
    surely = sum(value is True for value in seen)
    possibly = surely + sum(value is None for value in seen)
    if surely >= count:
        return True
    return None if possibly >= count else False


def evaluate(expression: Expression, values: Mapping[int, Truth], *, asks: bool) -> Truth:
    """Whether a tree holds, from its leaves' values by `id(leaf)`.

    `asks` is True where the tree is something asked of the patient (an inclusion), False where it is something that
    excludes or stands under a `not`.  It matters twice: a condition that is not met asks for nothing, and excludes
    nobody; an exception to a limit that is asked for lifts it, while one to what excludes takes away from it.
    """
    match expression:
        case AllOf():
            return all_hold(evaluate(part, values, asks=asks) for part in expression.of)
        case AnyOf():
            return any_holds(evaluate(part, values, asks=asks) for part in expression.of)
        case AtLeast():
            return at_least(expression.count, (evaluate(part, values, asks=asks) for part in expression.of))
        case Not():
            return negate(evaluate(expression.of, values, asks=not asks))
        case IfThen():
            when = evaluate(expression.when, values, asks=False)
            then = evaluate(expression.then, values, asks=asks)
            return any_holds((negate(when), then)) if asks else all_hold((when, then))
        case Unless():
            requirement = evaluate(expression.requirement, values, asks=asks)
            exception = evaluate(expression.exception, values, asks=False)
            if asks and lifts(expression):
                return any_holds((requirement, exception))
            return all_hold((requirement, negate(exception)))
        case Threshold() | Condition() | Exposure() | Demographic() | Unread():
            return values.get(id(expression))
        case _:
            assert_never(expression)


class Spelled(AnyOf):
    """Alternatives that an exception was spelled out in; like the exception, they narrow what a criterion says."""


def lifts(expression: Unless) -> bool:
    """Whether an exception lifts what is asked for (a limit, an absence), rather than narrowing whom it asks for (a disease)."""
    asked = expression.requirement
    denied = all(isinstance(leaf, Threshold) or (isinstance(leaf, (Condition, Exposure)) and leaf.negated) for leaf in leaves(asked))
    return denied or isinstance(asked, Not)


def holds(criterion: Criterion, values: Mapping[int, Truth]) -> Truth:
    """Whether a criterion's statement is true; what was not read of it stays unknown beside what was."""
    asks = criterion.role != "exclusion"
    read = evaluate(criterion.requirement, values, asks=asks)
    if criterion.status == "structured":
        return read
    if criterion.status == "unread":
        return None
    if asks:
        return all_hold((read, None))
    if read and isinstance(criterion.requirement, (AllOf, Unless, IfThen, Spelled)):
        return None
    return any_holds((read, None))

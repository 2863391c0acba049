"""Trees as the evaluation walks them: each leaf with the groups above it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from limen.criteria import (
    AllOf,
    AnyLeaf,
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
    children,
    leaves,
)

Step = tuple[Expression, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """A leaf with the groups above it, outermost first, and the criterion that it is of."""

    leaf: AnyLeaf
    path: tuple[Step, ...]
    criterion: Criterion

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Its own words, and those of what it measures."""
        own = ((self.leaf.start, self.leaf.end),)
        if isinstance(self.leaf, Threshold) and self.leaf.concept_start is not None and self.leaf.concept_end is not None:
            return (*own, (self.leaf.concept_start, self.leaf.concept_end))
        return own

    @property
    def denied(self) -> bool:
        negated = isinstance(self.leaf, (Condition, Exposure)) and self.leaf.negated
        negated = negated or (isinstance(self.leaf, Demographic) and self.leaf.value is False)
        return negated != (sum(isinstance(group, Not) for group, _ in self.path) % 2 == 1)

    def overlap(self, start: int, end: int) -> int:
        """How many characters it shares with a stretch; none or fewer than none when it lies elsewhere."""
        return max(min(end, b) - max(start, a) for a, b in self.spans)


def placed(criterion: Criterion) -> Iterator[Placed]:
    """The leaves of a criterion, left to right."""

    def walk(expression: Expression, path: tuple[Step, ...]) -> Iterator[Placed]:
        parts = children(expression)
        if not parts:
            yield from (Placed(leaf, path, criterion) for leaf in leaves(expression))
        for index, part in enumerate(parts):
            yield from walk(part, (*path, (expression, index)))

    return walk(criterion.requirement, ())


def common(a: Placed, b: Placed) -> Expression | None:
    """The lowest group that holds both leaves."""
    if a.criterion is not b.criterion or a is b:
        return None
    lowest = None
    for (one, i), (two, j) in zip(a.path, b.path):
        if one is not two:
            break
        lowest = one
        if i != j:
            break
    return lowest


def brief(tree: Expression) -> str:
    """A tree on one line."""
    match tree:
        case AllOf() | AnyOf() | AtLeast():
            name = f"at_least {tree.count}" if isinstance(tree, AtLeast) else tree.kind
            return f"{name}({'; '.join(map(brief, tree.of))})"
        case Not():
            return f"not({brief(tree.of)})"
        case IfThen():
            return f"if({brief(tree.when)} then {brief(tree.then)})"
        case Unless():
            return f"({brief(tree.requirement)} unless {brief(tree.exception)})"
        case Threshold():
            numbers = tree.grades or tuple(n for n in (tree.low, tree.high) if n is not None)
            return f"<{tree.concept or tree.concept_text} {tree.operator} {' '.join(map(str, numbers))} {tree.reference or tree.unit or ''}>".replace(
                " >", ">"
            )
        case Demographic():
            return f"{tree.attribute}={tree.value}"
        case Condition() | Exposure():
            return f"{'-' if tree.negated else ''}{tree.kind[0].upper()}[{tree.text}]"
        case _:
            return f"?[{tree.text}]"

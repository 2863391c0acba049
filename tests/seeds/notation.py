"""The notation of `tree` in the expected readings, and its comparison with a tree that was read.

A tree is written with the names of the criterion's thresholds and these words:

    all_of(..) any_of(..) if_then(when, then) unless(requirement, exception)    no order within all_of and any_of
    condition("trunk|torso", onset2)   a condition, exposure or demographic leaf with such a word, and with that window
    text("consent")                    any leaf with such a word, an unread one included, negated or not
    negated(x)                         `not`, or a negated leaf
    has(weeks4, "improve")             any tree that holds these thresholds, no others, and leaves with these words
    maybe(x)                           x may be left out: the limit beside it defines it
    either(x, y)                       both mean the same
    ...                                further leaves without a number may stand in this group

Groups within a group of their kind are opened on both sides, and a group of one is that one.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from limen.criteria import (
    AllOf,
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
    leaves,
)
from seeds.readings import Spec, fits, numeric, places, says, windowed

GROUPS = ("all_of", "any_of")
NESTED = (*GROUPS, "if_then", "unless", "negated", "has", "maybe", "either")


@dataclass(frozen=True)
class Node:
    """A piece of notation: `op` is its word, `key` a threshold's name, `words` what a text must say."""

    op: str
    parts: tuple[Node, ...] = ()
    key: str | None = None
    words: tuple[str, ...] = ()


REST = Node("rest")


def parse(source: str) -> Node:
    return _node(ast.parse(source.strip(), mode="eval").body)


def _node(tree: ast.expr) -> Node:
    if isinstance(tree, ast.Constant) and tree.value is ...:
        return REST
    if isinstance(tree, ast.Name):
        return Node("threshold", key=tree.id)
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        op = tree.func.id
        words = tuple(a.value for a in tree.args if isinstance(a, ast.Constant) and isinstance(a.value, str))
        parts = tuple(_node(a) for a in tree.args if not (isinstance(a, ast.Constant) and isinstance(a.value, str)))
        if op in ("condition", "text") and len(words) == 1:
            return Node(op, key=parts[0].key if parts else None, words=words)
        if op in NESTED:
            return Node(op, parts, words=words)
    raise ValueError(f"not a word of the tree notation: {ast.unparse(tree)}")


def keys(node: Node) -> Iterator[str]:
    """The thresholds that a notation names."""
    if node.key:
        yield node.key
    for part in node.parts:
        yield from keys(part)


def variants(node: Node) -> Iterator[Node]:
    """The trees that a notation allows: with and without each `maybe`, one for each part of an `either`."""
    if node.op == "either":
        for part in node.parts:
            yield from variants(part)
        return
    if node.op == "has" or not node.parts:
        yield node
        return
    choices = [[None, *variants(p.parts[0])] if p.op == "maybe" else list(variants(p)) for p in node.parts]
    for combination in itertools.product(*choices):
        parts = tuple(p for p in combination if p is not None)
        yield _opened(replace(node, parts=parts))
        if node.op in GROUPS and REST in parts and len(parts) == 2:
            yield next(p for p in parts if p != REST)


def _opened(node: Node) -> Node:
    if node.op not in GROUPS:
        return node
    parts = tuple(q for p in node.parts for q in (p.parts if p.op == node.op else (p,)))
    return parts[0] if len(parts) == 1 and parts[0] != REST else replace(node, parts=parts)


def opened(got: Expression) -> Expression:
    """What was read, in the same plain shape; "at least one" is any of, and "at least" all of them is all of."""
    if isinstance(got, AtLeast) and got.count in (1, len(got.of)):
        return opened(AnyOf(of=got.of) if got.count == 1 else AllOf(of=got.of))
    if isinstance(got, (AllOf, AnyOf)):
        kind = type(got)
        parts = tuple(q for p in map(opened, got.of) for q in (p.of if isinstance(p, kind) else (p,)))
        return parts[0] if len(parts) == 1 else kind(of=parts)
    if isinstance(got, Not):
        return Not(of=opened(got.of))
    if isinstance(got, IfThen):
        return IfThen(when=opened(got.when), then=opened(got.then))
    if isinstance(got, Unless):
        return Unless(requirement=opened(got.requirement), exception=opened(got.exception))
    return got


@dataclass(frozen=True)
class Matcher:
    """Compares trees for one criterion: its expected thresholds by name, and the trial's text."""

    specs: Mapping[str, Spec]
    text: str

    def matches(self, node: Node, got: Expression) -> bool:
        return any(self._match(variant, opened(got)) for variant in variants(node))

    def _match(self, node: Node, got: Expression) -> bool:
        match node.op:
            case "all_of" | "any_of":
                same = isinstance(got, AllOf if node.op == "all_of" else AnyOf)
                wanted = [p for p in node.parts if p != REST]
                return self._assign(wanted, list(children(got) if same else (got,)), rest=REST in node.parts, node=node)
            case "if_then":
                return isinstance(got, IfThen) and self._both(node, got.when, got.then)
            case "unless":
                return isinstance(got, Unless) and self._both(node, got.requirement, got.exception)
            case "negated":
                return self._match_negated(node.parts[0], got)
            case "has":
                return self._match_has(node, got)
            case "threshold":
                return self._match_threshold(node, got)
            case "text":
                inner = got.of if isinstance(got, Not) else got
                return self._is_leaf(inner) and says(node.words[0], self._said(inner))
            case _:
                return self._match_condition(node, got)

    def _both(self, node: Node, first: Expression, second: Expression) -> bool:
        return self._match(node.parts[0], first) and self._match(node.parts[1], second)

    def _assign(self, wanted: list[Node], kids: list[Expression], *, rest: bool, node: Node) -> bool:
        """Each wanted part has a child of its own; what is left over is nothing, or what `...` lets stand."""
        if not wanted:
            return all(rest and self._tolerable(kid) for kid in kids)
        first, others = wanted[0], wanted[1:]
        for i, kid in enumerate(kids):
            if self._match(first, kid) and self._assign(others, kids[:i] + kids[i + 1 :], rest=rest, node=node):
                return True
        for i, j in itertools.permutations(range(len(kids)), 2) if node.op == "all_of" else ():
            left = [kid for k, kid in enumerate(kids) if k not in (i, j)]
            if self._match_pair(first, kids[i], kids[j]) and self._assign(others, left, rest=rest, node=node):
                return True
        return False

    def _match_pair(self, node: Node, one: Expression, two: Expression) -> bool:
        """Two children of an "all of" that together are one thing: a condition and its window, the ends of a range."""
        if node.op == "condition" and node.key:
            window = Node("threshold", key=node.key)
            return self._match(replace(node, key=None), one) and self._match_threshold(window, two)
        if node.op != "threshold" or not isinstance(one, Threshold) or not isinstance(two, Threshold):
            return False
        spec = self.specs[node.key or ""]
        return (one.operator, two.operator) == ("ge", "le") and fits(spec, one) and fits(spec, two)

    def _match_threshold(self, node: Node, got: Expression) -> bool:
        spec = self.specs[node.key or ""]
        if isinstance(got, AllOf) and len(got.of) == 2:
            return self._match_pair(node, *got.of)
        if isinstance(got, Exposure) and got.dose is not None and spec["kind"] == "dose":
            return fits(spec, got.dose)
        if isinstance(got, Threshold):
            return fits(spec, got) and not (spec.get("may_split") and got.operator in ("ge", "le"))
        return isinstance(got, (Condition, Exposure)) and fits(spec, got)

    def _match_condition(self, node: Node, got: Expression) -> bool:
        if node.key and isinstance(got, AllOf) and len(got.of) == 2:
            return self._match_pair(node, *got.of) or self._match_pair(node, *reversed(got.of))
        if node.key and isinstance(got, Threshold):
            return says(node.words[0], got.concept_text) and fits(self.specs[node.key], got)
        if not self._is_leaf(got) or isinstance(got, Unread) or _is_negated(got):
            return False
        window = not node.key or (isinstance(got, (Condition, Exposure)) and fits(self.specs[node.key], got))
        return window and says(node.words[0], self._said(got))

    def _match_negated(self, node: Node, got: Expression) -> bool:
        if isinstance(got, Not):
            return self._match(node, got.of)
        if isinstance(got, (Condition, Exposure)) and (got.negated or says("no", got.text)):
            return self._match(node, got.model_copy(update={"negated": False}))
        return isinstance(got, Demographic) and got.value is False and says(node.words[0], self._said(got))

    def _match_has(self, node: Node, got: Expression) -> bool:
        found, specs = list(places(got)), [self.specs[p.key] for p in node.parts if p.key]
        every = all(any(fits(spec, place) for place in found) for spec in specs)
        none_else = all(any(fits(spec, place) for spec in specs) for place in found)
        said = [self._said(leaf) for leaf in leaves(got)]
        return every and none_else and all(says(words, *said) for words in node.words)

    def _tolerable(self, got: Expression) -> bool:
        """No number stands in it but a window that the criterion has anyway."""
        return all(any(windowed(spec) and fits(spec, place) for spec in self.specs.values()) for place in places(got))

    def _is_leaf(self, got: Expression) -> bool:
        return isinstance(got, (Condition, Exposure, Demographic, Threshold, Unread)) and not numeric(got)

    def _said(self, leaf: Any) -> str:
        return f"{self.text[leaf.start : leaf.end]} {leaf.text} {getattr(leaf, 'concept_text', None) or ''}"


def _is_negated(leaf: Expression) -> bool:
    if isinstance(leaf, Demographic):
        return leaf.value is False
    return isinstance(leaf, (Condition, Exposure)) and leaf.negated

"""A criterion around its tree: id, status, and which of its characters the tree accounts for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

from limen.assembly.grammar import excepting, grammar
from limen.assembly.leaves import is_light
from limen.criteria import (
    Bound,
    Condition,
    Criterion,
    Demographic,
    Exposure,
    Expression,
    Finding,
    RegistryFields,
    Status,
    Threshold,
    Unless,
    Unread,
    children,
    leaves,
    thresholds,
)
from limen.lexicon.patterns import lowered
from limen.units import ucum

ListRole = Literal["inclusion", "exclusion"]
_NUMBER = re.compile(r"(?P<sign>[<>≥≤]=?)\s?[\w.]{1,8}|(?<![\w.,/–-])\d[\d.,]{0,12}\s?(?P<unit>%|[^\W\d_]{1,8})(?![\w-])")
_LETTERS: dict[str, str] = {"inclusion": "I", "exclusion": "E", "registry": "R"}


class Stretch(Protocol):
    """Where a criterion stands."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def stop(self) -> int: ...
    @property
    def number(self) -> str | None: ...
    @property
    def children(self) -> Sequence[Stretch]: ...


def criterion_of(
    text: str, clause: Stretch, role: ListRole, number: int, tree: Expression | None, findings: Iterable[Finding]
) -> Criterion:
    """The criterion of one top-level clause; without a tree its whole text is an unread leaf."""
    start, end = clause.start, clause.stop
    if tree is None:
        tree = Unread(text=text[start:end], start=start, end=end, confidence=0.0)
    accounted = _accounted(text, tree, start, end)
    status = _status(text, tree, accounted, clause)
    found = [*findings, *(f for t in thresholds(tree) for f in t.findings)]
    if status == "unread":
        found.append(Finding(code="unread_text", severity="warning", start=start, end=end, message="nothing of this criterion could be read"))
    elif status == "partial":
        found += [_unread_finding(text, a, b) for a, b in _unaccounted(text, tree, accounted, clause)]
    found += _lost_numbers(text, tree)
    return Criterion(
        id=f"{_LETTERS[role]}{number}", role=role, number=_printed(clause.number), start=start, end=end, text=text[start:end],
        requirement=tree, status=status, accounted=accounted, findings=tuple(found),
    )  # fmt: skip


def criterion_of_limits(text: str, clause: Stretch, role: ListRole, number: int, tree: Expression) -> Criterion:
    """The criterion around its limits alone; what else it says is unread, so its status is never better than partial."""
    start, end = clause.start, clause.stop
    return Criterion(
        id=f"{_LETTERS[role]}{number}", role=role, number=_printed(clause.number), start=start, end=end, text=text[start:end],
        requirement=tree, status="partial",
    )  # fmt: skip


def _printed(number: str | None) -> str | None:
    return number.strip("().:、 ") if number else None


def _unread_finding(text: str, start: int, end: int) -> Finding:
    return Finding(code="unread_text", severity="info", start=start, end=end, message=f"not read: {text[start:end][:80]}")


def _lost_numbers(text: str, tree: Expression) -> Iterable[Finding]:
    """A finding for each number with a unit or a comparator that stands in the words of a condition or treatment, and in no limit: "stroke (3 months)"."""
    named = [leaf for leaf in leaves(tree) if isinstance(leaf, Condition) or (isinstance(leaf, Exposure) and leaf.dose is None)]
    limits = [(min(t.start, t.concept_start or t.start), max(t.end, t.concept_end or t.end)) for t in thresholds(tree)]
    for start, end in dict.fromkeys((leaf.start, leaf.end) for leaf in named):
        for number in _NUMBER.finditer(text, start, end):
            if not any(a <= number.start() < b for a, b in limits) and (number.group("sign") or ucum(number.group("unit")) is not None):
                yield Finding(code="unread_text", severity="warning", start=number.start(), end=number.end(), message=f"no limit: {number.group()}")


def _spans(tree: Expression) -> Iterable[tuple[int, int]]:
    for leaf in leaves(tree):
        if isinstance(leaf, Unread):
            continue
        yield leaf.start, leaf.end
        if isinstance(leaf, Threshold) and leaf.concept_start is not None and leaf.concept_end is not None:
            yield leaf.concept_start, leaf.concept_end
        if isinstance(leaf, Exposure) and leaf.dose is not None:
            yield leaf.dose.start, leaf.dose.end


def _accounted(text: str, tree: Expression, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The characters of the read leaves, of their names and of their windows, merged and in order."""
    spans = [*_spans(tree), *_window_spans(text, tree, start, end)]
    merged: list[tuple[int, int]] = []
    for a, b in sorted((a, b) for a, b in spans if start <= a < b <= end):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return tuple(merged)


def _window_spans(text: str, tree: Expression, start: int, end: int) -> Iterable[tuple[int, int]]:
    for threshold in thresholds(tree):
        for words in (threshold.window.text if threshold.window else None, threshold.statistic):
            place = text.find(words, start, end) if words else -1
            if words and place >= 0:
                yield place, place + len(words)


def _unaccounted(text: str, tree: Expression, accounted: Sequence[tuple[int, int]], clause: Stretch) -> list[tuple[int, int]]:
    """The stretches of the clause's words that no leaf accounts for and that are not mere joints."""
    gaps: list[tuple[int, int]] = []
    excepts = _excepts(tree)
    for a, b in _own_words(clause):
        position = a
        for start, end in [*(s for s in accounted if s[1] > a and s[0] < b), (b, b)]:
            if position < start and not _is_joint(text[position:start], excepts=excepts, before=start < b):
                stripped = text[position:start].strip()
                at = text.index(stripped, position)
                gaps.append((at, at + len(stripped)))
            position = max(position, end)
    return gaps


def _excepts(tree: Expression) -> bool:
    """Whether some part of a tree is an exception."""
    return isinstance(tree, Unless) or any(map(_excepts, children(tree)))


def _is_joint(gap: str, *, excepts: bool, before: bool) -> bool:
    """Whether the words between what was read say no more than the tree's shape does: "with the exception of" is its `unless`.

    `before`: something read stands behind them, so that "use of" may lead to it.
    """
    said = grammar().opinion.pattern.sub(" ", lowered(gap))
    if before:
        said = grammar().bearing.pattern.sub(" ", said)
    return is_light(said) or (excepts and is_light(excepting().sub(" ", said)))


def _own_words(clause: Stretch) -> Iterable[tuple[int, int]]:
    if clause.start < clause.end:
        yield clause.start, clause.end
    for child in clause.children:
        yield from _own_words(child)


def _status(text: str, tree: Expression, accounted: Sequence[tuple[int, int]], clause: Stretch) -> Status:
    found = list(leaves(tree))
    if all(isinstance(leaf, Unread) for leaf in found):
        return "unread"
    if any(isinstance(leaf, Unread) for leaf in found) or _unaccounted(text, tree, accounted, clause):
        return "partial"
    return "structured"


def registry_criteria(fields: RegistryFields) -> list[Criterion]:
    """The registry's own fields as criteria of role `registry`; their words are not part of the eligibility text."""
    trees: list[tuple[str, Expression]] = []
    if fields.age_min or fields.age_max:
        trees.append((" / ".join(v for k, v in fields.as_written.items() if "age" in k.lower()), _age(fields)))
    if fields.sex is not None:
        trees.append((_written(fields, "sex", "gender"), Demographic(attribute="sex", value=fields.sex, start=0, end=0)))
    if fields.healthy_volunteers is not None:
        value = fields.healthy_volunteers
        trees.append((_written(fields, "healthy"), Demographic(attribute="healthy_volunteers", value=value, start=0, end=0)))
    return [
        Criterion(id=f"R{i}", role="registry", start=0, end=0, text=words, requirement=tree, status="structured")
        for i, (words, tree) in enumerate(trees, start=1)
    ]


def _written(fields: RegistryFields, *labels: str) -> str:
    return next((v for k, v in fields.as_written.items() if any(label in k.lower() for label in labels)), "")


def _age(fields: RegistryFields) -> Threshold:
    low, high = fields.age_min, fields.age_max
    operator = "between" if low and high else ("ge" if low and low.inclusive else "gt" if low else "le" if high and high.inclusive else "lt")
    same = low.unit if low else high.unit if high else "a"
    if low and high and low.unit != high.unit:
        high = _as_years(high)
        low = _as_years(low)
        same = "a"
    return Threshold(
        kind="age", concept="age", text="", start=0, end=0, operator=operator,  
        low=low.value if low else None, low_inclusive=low.inclusive if low else None,
        high=high.value if high else None, high_inclusive=high.inclusive if high else None, unit=same,
    )  # fmt: skip


def _as_years(bound: Bound) -> Bound:
    from limen import units

    return bound.model_copy(update={"value": units.convert(bound.value, bound.unit, "a"), "unit": "a"})

"""Limits and trees in a person's notation: `creatinine >= 2 mg/dL`, `ecog in 0, 1, 2`, `fvc < 70 % predicted`.

The notation of the lexicon's examples, of the test cases and of the tables.  It is for reading, not for parsing.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

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
    Window,
    children,
)

_SYMBOLS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=", "ne": "!="}
_NO_UNIT = (None, "1", "{ULN}", "{LLN}", "{points}")
_REFERENCES = {"uln": "ULN", "lln": "LLN", "body_weight": "by weight"}


def render(threshold: Threshold) -> str:
    """The limit in symbols: concept, comparator, number, unit, reference, and its window in square brackets."""
    name = threshold.concept or f'"{threshold.concept_text or threshold.kind}"'
    return " ".join(part for part in (name, _limit(threshold), window(threshold.window)) if part)


def window(written: Window | None) -> str:
    """`[within 14 d screening]`, or nothing."""
    if written is None:
        return ""
    ends = [number(end) for end in (written.low, written.high) if end is not None]
    parts = (written.relation, "-".join(dict.fromkeys(ends)), written.unit if ends else None, written.anchor)
    return f"[{' '.join(part for part in parts if part)}]"


def number(value: Decimal) -> str:
    """A number without a tail of zeros: `1.5`, `100000`."""
    return f"{value.normalize():f}" if value else "0"


def _limit(threshold: Threshold) -> str:
    if threshold.operator == "in":
        limit = f"in {', '.join(number(grade) for grade in threshold.grades or ())}"
    elif threshold.operator == "between":
        low = f"{'>' if threshold.low_inclusive is False else '>='} {_scaled(threshold, threshold.low)}"
        limit = f"{low} and {'<' if threshold.high_inclusive is False else '<='} {_scaled(threshold, threshold.high)}"
    elif threshold.operator == "ne" and threshold.low != threshold.high:
        limit = f"!= {_scaled(threshold, threshold.low)} to {_scaled(threshold, threshold.high)}"
    else:
        ends = (threshold.high, threshold.low) if threshold.operator in ("lt", "le") else (threshold.low, threshold.high)
        limit = f"{_SYMBOLS[threshold.operator]} {_scaled(threshold, next((e for e in ends if e is not None), None))}"
    unit = threshold.unit if threshold.unit not in _NO_UNIT else None
    reference = _REFERENCES.get(threshold.reference, threshold.reference) if threshold.reference else None
    return " ".join(part for part in (limit, unit, reference) if part)


def _scaled(threshold: Threshold, value: Decimal | None) -> str:
    if value is None:
        return "?"
    power = threshold.scale.adjusted()
    if threshold.scale == 1:
        return number(value)
    if threshold.scale == Decimal(1).scaleb(power):
        return f"{number(value)}e{power}"
    return number(value * threshold.scale)


def tree(expression: Expression, depth: int = 0) -> Iterator[str]:
    """The tree, a line a node, each level two spaces further in."""
    yield "  " * depth + _node(expression)
    for label, child in _parts(expression):
        if label:
            yield "  " * (depth + 1) + label
        yield from tree(child, depth + (2 if label else 1))


def _parts(expression: Expression) -> Iterator[tuple[str, Expression]]:
    match expression:
        case IfThen():
            yield from (("", expression.when), ("then", expression.then))
        case Unless():
            yield from (("", expression.requirement), ("unless", expression.exception))
        case _:
            yield from (("", child) for child in children(expression))


def _node(expression: Expression) -> str:
    match expression:
        case AllOf():
            return "all of"
        case AnyOf():
            return "any of"
        case AtLeast():
            return f"at least {expression.count} of"
        case Not():
            return "not"
        case IfThen():
            return "if"
        case Unless():
            return "holds"
        case _:
            return _leaf(expression)


def _leaf(leaf: AnyLeaf) -> str:
    match leaf:
        case Threshold():
            return render(leaf)
        case Demographic():
            return f"{leaf.attribute}: {_yes(leaf.value)}"
        case Unread():
            return f"unread: {_words(leaf.text)}"
        case Exposure():
            dose = render(leaf.dose) if leaf.dose else ""
            return " ".join(p for p in (_no(leaf.negated) + _words(leaf.text), dose, window(leaf.window)) if p)
        case Condition():
            return " ".join(p for p in (_no(leaf.negated) + _words(leaf.text), window(leaf.window)) if p)


def _no(negated: bool) -> str:
    return "no " if negated else ""


def _yes(value: str | bool) -> str:
    return value if isinstance(value, str) else "yes" if value else "no"


def _words(text: str) -> str:
    return " ".join(text.split())

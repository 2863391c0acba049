"""Trees rewritten leaf by leaf."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from limen.criteria import AllOf, AnyOf, AtLeast, Exposure, Expression, IfThen, Not, Threshold, Unless
from limen.flow import Flow


def map_leaves(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The same tree with every leaf replaced by what `change` makes of it; a group that comes of a leaf joins one of its kind."""
    if isinstance(expression, (AllOf, AnyOf)):
        made = ((p, map_leaves(p, change)) for p in expression.of)
        spread = (new.of if isinstance(new, type(expression)) and type(new) is not type(old) else (new,) for old, new in made)
        return expression.model_copy(update={"of": tuple(chain.from_iterable(spread))})
    if isinstance(expression, AtLeast):
        return expression.model_copy(update={"of": tuple(map_leaves(p, change) for p in expression.of)})
    if isinstance(expression, Not):
        return Not(of=map_leaves(expression.of, change))
    if isinstance(expression, IfThen):
        return IfThen(when=map_leaves(expression.when, change), then=map_leaves(expression.then, change))
    if isinstance(expression, Unless):
        return Unless(requirement=map_leaves(expression.requirement, change), exception=map_leaves(expression.exception, change))
    return change(expression)


def map_thresholds(expression: Expression, change: Callable[[Threshold], Threshold]) -> Expression:
    """The same tree with every threshold replaced, doses included."""

    def one(leaf: Expression) -> Expression:
        if isinstance(leaf, Threshold):
            return change(leaf)
        if isinstance(leaf, Exposure) and leaf.dose is not None:
            return leaf.model_copy(update={"dose": change(leaf.dose)})
        return leaf

    return map_leaves(expression, one)


def as_written(expression: Expression, flow: Flow, text: str) -> Expression:
    """The tree with the places and the words of `text`, of which `flow` has the wrapped lines joined and the symbols repaired."""

    def one(leaf: Expression) -> Expression:
        assert not isinstance(leaf, (AllOf, AnyOf, AtLeast, Not, IfThen, Unless))
        start, end = flow.span(leaf.start, leaf.end)
        changed: dict[str, object] = {"start": start, "end": end}
        if hasattr(leaf, "text") and leaf.text == flow.text[leaf.start : leaf.end]:
            changed["text"] = text[start:end]
        if isinstance(leaf, Threshold):
            changed |= _placed(leaf, flow, text)
        window = getattr(leaf, "window", None)
        if window is not None and (at := flow.text.find(window.text, max(0, leaf.start - 300))) >= 0:
            changed["window"] = window.model_copy(update={"text": text[slice(*flow.span(at, at + len(window.text)))]})
        if isinstance(leaf, Exposure) and leaf.dose is not None:
            changed["dose"] = one(leaf.dose)
        return leaf.model_copy(update=changed)

    return map_leaves(expression, one)


def _placed(leaf: Threshold, flow: Flow, text: str) -> dict[str, object]:
    """What `as_written` changes of a limit's concept and findings."""
    changed: dict[str, object] = {"findings": tuple(f.model_copy(update=dict(zip(("start", "end"), flow.span(f.start, f.end)))) for f in leaf.findings)}
    if leaf.concept_start is not None and leaf.concept_end is not None:
        start, end = flow.span(leaf.concept_start, leaf.concept_end)
        changed |= {"concept_start": start, "concept_end": end, "concept_text": text[start:end]}
    return changed


def shift(expression: Expression | None, offset: int) -> Expression | None:
    """The tree with every offset moved by `offset`."""
    if expression is None or offset == 0:
        return expression
    return map_leaves(expression, lambda leaf: _moved(leaf, offset))


def _moved(leaf: Expression, offset: int) -> Expression:
    assert not isinstance(leaf, (AllOf, AnyOf, AtLeast, Not, IfThen, Unless))
    moved: dict[str, object] = {"start": leaf.start + offset, "end": leaf.end + offset}
    if isinstance(leaf, Threshold):
        if leaf.concept_start is not None and leaf.concept_end is not None:
            moved |= {"concept_start": leaf.concept_start + offset, "concept_end": leaf.concept_end + offset}
        moved["findings"] = tuple(f.model_copy(update={"start": f.start + offset, "end": f.end + offset}) for f in leaf.findings)
    return leaf.model_copy(update=moved)

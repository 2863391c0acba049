"""What a trial is about, beside a class of it that shuts out: "breast cancer" beside "no concurrent malignancy".

No trial shuts out everybody whom it asks for.  Whether the class means the trial's own disease or drug as well, a person must say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from limen.criteria import AllOf, AnyOf, AtLeast, Condition, Criterion, Exposure, Expression, IfThen, Not, Threshold, Trial, Unless
from limen.screening.besides import spared_by, sparing, spelled_out, wanted_of
from limen.screening.match import Catalogue, Wanted


def readied(trial: Trial, index: Catalogue) -> Trial:
    """The trial as it is screened: its exceptions spelled out, and its own diseases in doubt where a class of them shuts out."""
    own = frozenset(_own(trial, index))
    criteria = tuple(_beside_own(spelled_out(one, index), own, index) for one in trial.criteria)
    return trial.model_copy(update={"criteria": criteria})


def _own(trial: Trial, index: Catalogue) -> Iterator[Wanted]:
    """The registered conditions, and the diseases and drugs that inclusions ask for, alternatives among them."""
    for name in trial.conditions:
        yield Wanted(None, name, doubtful=True)
    for criterion in trial.criteria:
        if criterion.role != "exclusion":
            yield from (replace(wanted_of(leaf), doubtful=True) for leaf in _asked(criterion.requirement) if index.resolve(wanted_of(leaf)))


def _asked(expression: Expression) -> Iterator[Condition | Exposure]:
    if isinstance(expression, (AllOf, AnyOf, AtLeast)):
        for part in expression.of:
            yield from _asked(part)
    elif isinstance(expression, (Condition, Exposure)) and not expression.negated and getattr(expression, "experiencer", "patient") == "patient":
        yield expression


def _beside_own(criterion: Criterion, own: frozenset[Wanted], index: Catalogue) -> Criterion:
    made = _doubted(criterion.requirement, own, index, asks=criterion.role != "exclusion") if own else criterion.requirement
    return criterion if made is criterion.requirement else criterion.model_copy(update={"requirement": made})


def _doubted(expression: Expression, own: frozenset[Wanted], index: Catalogue, *, asks: bool) -> Expression:
    """A tree whose leaves that shut out a class leave the trial's own kinds of it in doubt; the same object where none does."""
    if isinstance(expression, (Condition, Exposure, Threshold)):
        shuts = not asks or (not isinstance(expression, Threshold) and expression.negated)
        kinds = _narrower(expression, own, index) if shuts else frozenset()
        return sparing(expression, spared_by(expression) | kinds) if kinds else expression
    changed: dict[str, Expression | tuple[Expression, ...]] = {}
    for name, part in _parts(expression):
        of = part if isinstance(part, tuple) else (part,)
        turned = asks != isinstance(expression, Not) if name != "when" and name != "exception" else None
        made = tuple(one if turned is None else _doubted(one, own, index, asks=turned) for one in of)
        if any(new is not old for new, old in zip(made, of, strict=True)):
            changed[name] = made if isinstance(part, tuple) else made[0]
    return expression.model_copy(update=changed) if changed else expression


def _parts(expression: Expression) -> Iterator[tuple[str, Expression | tuple[Expression, ...]]]:
    match expression:
        case AllOf() | AnyOf() | AtLeast() | Not():
            yield "of", expression.of
        case IfThen():
            yield "then", expression.then
        case Unless():
            yield "requirement", expression.requirement


def _narrower(leaf: Condition | Exposure | Threshold, own: frozenset[Wanted], index: Catalogue) -> frozenset[Wanted]:
    """The trial's own diseases and drugs that are kinds of what a leaf names."""
    asked = index.resolve(wanted_of(leaf))
    above = {one: frozenset().union(*map(index.lexicon.ancestors, ids)) for one in own if not asked & (ids := index.resolve(one))}
    return frozenset(one for one, classes in above.items() if asked & classes)

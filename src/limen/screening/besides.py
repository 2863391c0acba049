"""Exceptions that name a kind of what they are taken from: "malignancy, except basal cell carcinoma".

Who has such a carcinoma is spared for it, and not for the lung cancer that stands beside it.  So the requirement is asked a second
time of everything that the exception does not name.
"""

from __future__ import annotations

from collections.abc import Sequence

from limen.criteria import (
    AllOf,
    AnyLeaf,
    AnyOf,
    AtLeast,
    Condition,
    Criterion,
    Exposure,
    Expression,
    IfThen,
    Not,
    Threshold,
    Unless,
    Unread,
    leaves,
)
from limen.screening.logic import Spelled, lifts
from limen.screening.match import Catalogue, Wanted


class OtherCondition(Condition):
    """A condition of which some kinds do not count."""

    spared: frozenset[Wanted]


class OtherExposure(Exposure):
    """A drug or procedure of which some kinds do not count."""

    spared: frozenset[Wanted]


class OtherThreshold(Threshold):
    """How long ago something was, some kinds of which do not count."""

    spared: frozenset[Wanted]


class Doubt(Unread):
    """An exception of which nobody knows whether it covers all that is on record."""


_OTHERS: dict[type[Expression], type[Expression]] = {Condition: OtherCondition, Exposure: OtherExposure, Threshold: OtherThreshold}


def spelled_out(criterion: Criterion, index: Catalogue) -> Criterion:
    """The criterion with its requirements asked again beside their exceptions; the same object where none names a kind."""
    requirement = _spell(criterion.requirement, index, asks=criterion.role != "exclusion")
    return criterion if requirement is criterion.requirement else criterion.model_copy(update={"requirement": requirement})


def spared_by(leaf: Condition | Exposure | Threshold) -> frozenset[Wanted]:
    """The kinds of a leaf's concept that do not count."""
    return leaf.spared if isinstance(leaf, (OtherCondition, OtherExposure, OtherThreshold)) else frozenset()


def _spell(expression: Expression, index: Catalogue, *, asks: bool) -> Expression:
    match expression:
        case Spelled():
            return expression
        case AllOf() | AnyOf() | AtLeast():
            parts = tuple(_spell(part, index, asks=asks) for part in expression.of)
            same = all(new is old for new, old in zip(parts, expression.of))
            return expression if same else expression.model_copy(update={"of": parts})
        case Not():
            part = _spell(expression.of, index, asks=not asks)
            return expression if part is expression.of else expression.model_copy(update={"of": part})
        case IfThen():
            when, then = _spell(expression.when, index, asks=False), _spell(expression.then, index, asks=asks)
            same = when is expression.when and then is expression.then
            return expression if same else expression.model_copy(update={"when": when, "then": then})
        case Unless():
            return _beside(expression, index, asks=asks)
        case _:
            return expression


def _beside(unless: Unless, index: Catalogue, *, asks: bool) -> Expression:
    """What is required of everything else, beside the requirement with its exception.

    Of a condition that the catalogue does not know nobody knows whether it is a kind of what is required: a person must judge that.
    """
    required = [ids for leaf in leaves(unless.requirement) if (ids := _ids(leaf, index))]
    named = [leaf for leaf in leaves(unless.exception) if isinstance(leaf, (Condition, Exposure, Threshold))]
    akin = [leaf for leaf in named if any(_is_akin(_ids(leaf, index), ids, index) for ids in required)]
    strange = [leaf for leaf in named if isinstance(leaf, Condition) and not _ids(leaf, index)]
    if not required or not (akin or strange):
        return unless
    other = _other(unless.requirement, frozenset(map(wanted_of, (*akin, *strange))))
    lifted = asks and lifts(unless)
    if strange and not akin:
        doubt = Doubt(text=strange[0].text, start=strange[0].start, end=strange[0].end, confidence=0.0)
        other = AnyOf(of=(other, doubt)) if lifted else AllOf(of=(other, doubt))
    return Spelled(of=(unless.requirement, AllOf(of=(unless.exception, other)))) if lifted else Spelled(of=(unless, other))


def _ids(leaf: AnyLeaf, index: Catalogue) -> frozenset[str]:
    """The catalogue's concepts that a leaf asks for; none of a measurement's."""
    return index.resolve(wanted_of(leaf)) if isinstance(leaf, (Condition, Exposure, Threshold)) else frozenset()


def _is_akin(ids: frozenset[str], others: frozenset[str], index: Catalogue) -> bool:
    """Whether one is a kind of the other, or both are diseases of one class."""
    of, above = (frozenset().union(*map(index.lexicon.ancestors, those)) for those in (ids, others))
    if ids & above:
        return False
    disease = any(index.lexicon.concepts[one].kind == "condition" for one in others)
    return bool(others & of) or (disease and bool(of & above))


def wanted_of(leaf: Condition | Exposure | Threshold) -> Wanted:
    """What a leaf asks for, by its words or its concept."""
    text = leaf.concept_text or "" if isinstance(leaf, Threshold) else leaf.text
    return Wanted(leaf.concept, text or (leaf.concept or "").replace("_", " "))


def sparing(leaf: Condition | Exposure | Threshold, kinds: frozenset[Wanted]) -> Expression:
    """The leaf, of which some kinds do not count."""
    shape = next(other for plain, other in _OTHERS.items() if isinstance(leaf, plain))
    return shape.model_construct(**{**leaf.__dict__, "spared": kinds})


def _other(expression: Expression, kinds: frozenset[Wanted]) -> Expression:
    """A tree whose leaves ask for everything but some kinds."""
    if isinstance(expression, (Condition, Exposure, Threshold)):
        return sparing(expression, kinds)
    changed: dict[str, Expression | Sequence[Expression]] = {}
    for name in ("of", "when", "then", "requirement", "exception"):
        part = getattr(expression, name, None)
        if part is not None:
            changed[name] = tuple(_other(one, kinds) for one in part) if isinstance(part, tuple) else _other(part, kinds)
    return expression.model_copy(update=changed)

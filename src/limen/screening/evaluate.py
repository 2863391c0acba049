"""One criterion against one patient: every leaf answered, then the tree."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import assert_never

from limen.criteria import AnyLeaf, Condition, Criterion, Demographic, Exposure, Threshold, Trial, Unread, leaves
from limen.screening.answers import Answer, Context, unknown
from limen.screening.besides import Doubt
from limen.screening.defaults import Defaults
from limen.screening.denied import either_way, is_either_length
from limen.screening.events import answer_condition, answer_exposure
from limen.screening.facts import Facts
from limen.screening.logic import Truth, holds
from limen.screening.measured import answer_measured
from limen.screening.people import answer_age, answer_demographic, is_impossible
from limen.screening.timing import answer_dose, answer_dosed, answer_duration, answer_window
from limen.screening.verdict import Effect, Evidence

_AGES = frozenset({None, "age"})


@dataclass(frozen=True)
class Judgement:
    """A criterion's outcome with the answer of each of its leaves."""

    criterion: Criterion
    holds: Truth
    leaves: tuple[tuple[AnyLeaf, Answer], ...]

    @property
    def effect(self) -> Effect:
        return effect(self.criterion, self.holds)

    def values(self) -> dict[int, Truth]:
        return {id(leaf): answer.holds for leaf, answer in self.leaves}

    def without(self, leaf: AnyLeaf, value: Truth) -> Effect:
        """What the criterion would do if one leaf were otherwise."""
        return effect(self.criterion, holds(self.criterion, {**self.values(), id(leaf): value}))


def effect(criterion: Criterion, value: Truth) -> Effect:
    """What a criterion's truth means: an inclusion that holds passes, an exclusion that holds excludes."""
    if value is None:
        return "undetermined"
    return "passes" if value != (criterion.role == "exclusion") else "excludes"


def judge(criterion: Criterion, trial: Trial, facts: Facts, defaults: Defaults) -> Judgement:
    """A criterion's outcome for one patient."""
    context = Context(facts, trial, criterion, defaults)
    answered = tuple((leaf, answer(leaf, context)) for leaf in leaves(criterion.requirement))
    return Judgement(criterion, holds(criterion, {id(leaf): found.holds for leaf, found in answered}), answered)


def answer(leaf: AnyLeaf, context: Context) -> Answer:
    """Whether one leaf holds of the patient."""
    match leaf:
        case Threshold():
            if is_either_length(leaf, context.criterion):
                return either_way(leaf, lambda limit: answer_threshold(limit, context))
            return answer_threshold(leaf, context)
        case Condition():
            if is_impossible(leaf, context.facts.patient):
                return Answer(leaf.negated, (Evidence(leaf=leaf.text, patient="male", holds=leaf.negated),))
            return answer_condition(leaf, context)
        case Exposure():
            return answer_dosed(leaf, leaf.dose, context) if leaf.dose is not None else answer_exposure(leaf, context)
        case Demographic():
            return answer_demographic(leaf, context)
        case Doubt():
            return unknown(leaf, "whether the exception covers all that is on record, a person must judge", f"{leaf.text}: does it cover all that is on record?")
        case Unread():
            return unknown(leaf, "not read: a person must judge it", f"not read: {leaf.text.strip()!r}")
        case _:
            assert_never(leaf)


def answer_threshold(threshold: Threshold, context: Context) -> Answer:
    """A limit, by its kind."""
    match threshold.kind:
        case "age" if threshold.concept in _AGES:
            return answer_age(threshold, context)
        case "window":
            return answer_window(threshold, context)
        case "duration":
            return answer_duration(threshold, context)
        case "dose":
            return answer_dose(threshold, context)
        case _:
            return answer_measured(threshold, context)

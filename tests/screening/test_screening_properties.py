"""What must be true of every verdict: nothing unknown is ever eligible, facts only add, tighter limits admit nobody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from screening_notation import INDEX, expression, trial
from screening_random import LIMITS, conditions, leaf, medications, observations, profiles, trees

from limen.criteria import Trial
from limen.screening import Verdict, read_profile, screen
from limen.screening.logic import all_hold, any_holds, at_least, negate

ROLES = st.sampled_from(["inclusion", "exclusion", "registry"])
TRUTHS = st.sampled_from([True, False, None])
RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def verdict_of(made: Trial, person: dict[str, Any]) -> Verdict:
    return screen(made, read_profile(person), index=INDEX)


@st.composite
def trials(draw: st.DrawFn) -> Trial:
    drawn = draw(st.lists(st.tuples(ROLES, trees()), min_size=1, max_size=4))
    return trial([{role: tree} for role, tree in drawn], conditions=("systemic sclerosis",))


@RELAXED
@given(trials(), profiles())
def test_verdict_follows_from_its_criteria(made: Trial, person: dict[str, Any]) -> None:
    verdict = verdict_of(made, person)
    effects = {judged.effect for judged in verdict.criteria}
    if verdict.verdict == "eligible":
        assert effects == {"passes"}
    assert (verdict.verdict == "ineligible") == ("excludes" in effects)
    for judged in verdict.criteria:
        assert judged.effect == ("undetermined" if judged.holds is None else judged.effect)
        assert bool(judged.missing) == (judged.holds is None)
    assert set(verdict.missing) == {item for judged in verdict.criteria for item in judged.missing}


@RELAXED
@given(trials(), profiles(), st.sampled_from(["partial", "unread"]), st.data())
def test_nothing_unread_is_ever_eligible(made: Trial, person: dict[str, Any], status: str, data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(made.criteria) - 1))
    changed = made.criteria[which].model_copy(update={"status": status})
    criteria = (*made.criteria[:which], changed, *made.criteria[which + 1 :])
    verdict = verdict_of(made.model_copy(update={"criteria": criteria}), person)
    assert verdict.verdict != "eligible"
    assert verdict.criteria[which].effect != "passes"


@RELAXED
@given(trials(), profiles())
def test_an_unknown_criterion_is_never_eligible(made: Trial, person: dict[str, Any]) -> None:
    known_of_nobody = trial([{"inclusion": {"condition": "a condition that no profile names"}}]).criteria
    criteria = (*made.criteria, known_of_nobody[0].model_copy(update={"id": "X"}))
    assert verdict_of(made.model_copy(update={"criteria": criteria}), {**person, "complete": []}).verdict != "eligible"


@RELAXED
@given(trials(), profiles(), st.data())
def test_a_new_fact_never_turns_ineligible_into_eligible(made: Trial, person: dict[str, Any], data: st.DataObject) -> None:
    """A fact that replaces none: of something not measured yet, or outside the lists said to be complete."""
    person = {**person, "complete": [], "absent": []}
    kind, drawn = data.draw(
        st.one_of(
            st.tuples(st.just("observations"), observations()),
            st.tuples(st.just("conditions"), conditions()),
            st.tuples(st.just("medications"), medications()),
        )
    )
    known = {fact["name"] for fact in person[kind]}
    assume(drawn["name"] not in known)
    before = verdict_of(made, person)
    after = verdict_of(made, {**person, kind: [*person[kind], drawn]})
    assume(not any("onset" in str(one.requirement) for one in made.criteria))
    if before.verdict == "ineligible":
        assert after.verdict != "eligible"


@RELAXED
@given(st.sampled_from([limit for limit in LIMITS if "!=" not in limit and " in " not in limit]), profiles(), st.data())
def test_a_tighter_limit_admits_nobody(text: str, person: dict[str, Any], data: st.DataObject) -> None:
    loose = expression(text)
    tight = dict(loose)
    by = Decimal(data.draw(st.integers(1, 40))) / 10
    if loose.get("low") is not None and loose["operator"] != "eq":
        tight["low"] = Decimal(str(loose["low"])) + by
    elif loose["operator"] in ("lt", "le"):
        tight["high"] = Decimal(str(loose["high"])) - by
    criterion = trial([{"inclusion": text}]).criteria[0]
    made = [
        trial([{"inclusion": text}]).model_copy(
            update={"criteria": (criterion.model_copy(update={"requirement": criterion.requirement.model_validate(tree)}),)}
        )
        for tree in (loose, tight)
    ]
    first, second = (verdict_of(one, person).criteria[0].holds for one in made)
    if first is False:
        assert second is not True
    if second is True:
        assert first is True


@RELAXED
@given(leaf(), profiles())
def test_an_inclusion_and_its_exclusion_never_both_pass(one: Any, person: dict[str, Any]) -> None:
    """An old event beside a recent one leaves an inclusion's "at least so long ago" open, and excludes; nothing is true of the one and false of the other."""
    verdict = verdict_of(trial([{"inclusion": one}, {"exclusion": one}]), person)
    assert verdict.verdict != "eligible"
    asked, shut = (criterion.holds for criterion in verdict.criteria)
    assert asked == shut or (asked is None and shut is True and one.get("kind") == "window")


@given(st.lists(TRUTHS, max_size=6), st.integers(1, 6))
def test_three_valued_logic_is_monotone(values: list[bool | None], count: int) -> None:
    """What is decided with an unknown stays decided, whatever the unknown turns out to be."""
    for combine in (all_hold, any_holds, lambda seen: at_least(count, seen)):
        decided = combine(values)
        for filled in (True, False):
            known = [filled if value is None else value for value in values]
            assert decided is None or combine(known) == decided
    assert any_holds(values) == negate(all_hold(negate(value) for value in values))

"""The project's own gold: it loads, it covers every phenomenon, and it is read no worse than it was."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

import limen
from limen import lexicon
from limen.criteria import Trial, leaves, thresholds
from limen.evaluation import Report, evaluate
from limen.evaluation.notation import Annotated, load

HOME = Path(__file__).resolve().parents[1] / "annotations"
PARTS = ("train", "dev", "test")
FLOORS: dict[str, float] = json.loads((Path(__file__).parent / "annotations_floors.json").read_text(encoding="utf-8"))
PHENOMENA = {
    "shared comparison", "nested and/or", "negated list", "exception", "condition on sex", "condition on age", "condition on a disease",
    "condition on treatment", "k of n", "alternatives across sentences", "definition in parentheses", "unit once for a list",
    "percent of predicted", "multiple of a reference limit", "list of items", "window", "window on a limit", "duration", "dose", "count",
    "age", "score", "list of grades", "range", "power of ten", "decimal comma", "thousands", "lost symbol", "number in words",
    "comparator in words", "comparator as a symbol", "comparator behind the number", "number before comparator", "pair", "family",
    "ambiguous abbreviation", "name outside the catalogue", "statistic", "no number", "nothing to check",
}  # fmt: skip


@cache
def gold(part: str) -> list[Annotated]:
    return load(HOME / f"{part}.yaml")


@cache
def report() -> Report:
    return evaluate([HOME / f"{part}.yaml" for part in PARTS], predicted=limen.structure)


def test_there_are_enough_criteria_and_every_phenomenon() -> None:
    every = [a for part in PARTS for a in gold(part)]
    assert len(every) >= 150
    assert len({a.trial.trial_id for a in every}) == len(every)
    assert len({a.trial.text for a in every}) == len(every)
    assert {shown for a in every for shown in a.shows} >= PHENOMENA


@pytest.mark.parametrize("part", PARTS)
def test_gold_is_valid_in_our_own_schema(part: str) -> None:
    known = lexicon.load()
    for annotated in gold(part):
        trial = annotated.trial
        assert Trial.model_validate_json(trial.model_dump_json(by_alias=True)) == trial
        (criterion,) = trial.criteria
        assert trial.text[criterion.start : criterion.end] == criterion.text
        for leaf in leaves(criterion.requirement):
            assert criterion.start <= leaf.start < leaf.end <= criterion.end
            assert trial.text[leaf.start : leaf.end] == leaf.text
        for threshold in thresholds(criterion.requirement):
            if threshold.concept and threshold.kind not in ("dose",):
                assert threshold.concept in known.measured, f"{trial.trial_id}: {threshold.concept} is not in the catalogue"


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_nothing_falls_below_its_floor(name: str) -> None:
    part, measure = name.split(" ", 1)
    value = report().value(part, measure)
    fallen = [f"{e.file} {e.text!r}: {e.gold} was read as {e.read}" for e in report().errors if e.part in (part, part.split("/")[0])]
    assert value >= FLOORS[name], f"{name} is {value:.3f}; errors:\n" + "\n".join(fallen[:40])

"""The project's five records against patients that pass and, one change at a time, fail or become undetermined.

tests/screening/seeds/*.yaml: a base patient, and cases that change one thing.  `holds` is what a criterion as a whole must
be; where the reader left a part of it unread, an unknown is accepted in its place, never the opposite.  `limit` is what one
limit must be ("I1 mRSS >= 15"), whatever the rest.  A condition `{says: trunk}` bears the name that the record itself uses.
"""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import limen
from limen.criteria import Criterion, Threshold, Trial, Unread, leaves
from limen.screening import Judged, Verdict, read_profile, screen

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
FILES = sorted((Path(__file__).parent / "seeds").glob("*.yaml"))
KEYS = {"name", "set", "drop", "observe", "holds", "limit"}

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="needs ../shared/seeds")


def load_cases() -> list[Any]:
    found = []
    for path in FILES:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert set(content) == {"record", "patient", "cases"}, path.name
        names = [case["name"] for case in content["cases"]]
        assert len(names) == len(set(names)), path.name
        for case in content["cases"]:
            assert not set(case) - KEYS, case
            assert case.get("holds") or case.get("limit"), f"{case['name']}: asserts nothing"
            found.append(pytest.param(content["record"], content["patient"], case, id=f"{path.stem}: {case['name']}"))
    return found


@cache
def structured(record: str) -> Trial:
    return limen.structure(SEEDS / record)


def changed(base: dict[str, Any], case: dict[str, Any], trial: Trial) -> dict[str, Any]:
    """The base patient with one thing changed: fields set, facts of a name dropped, values observed instead."""
    person = copy.deepcopy(base)
    gone = {*case.get("drop", ()), *(seen["name"] for seen in case.get("observe", ()))}
    for table in ("observations", "conditions", "medications", "procedures"):
        person[table] = [fact for fact in person.get(table, []) if fact.get("name") not in gone]
    person["absent"] = [name for name in person.get("absent", []) if name not in gone]
    person |= copy.deepcopy(case.get("set", {}))
    for fact in person["conditions"]:
        if "says" in fact:
            fact["name"] = own_words(trial, fact.pop("says"))
    person["observations"] += case.get("observe", [])
    return person


def own_words(trial: Trial, word: str) -> str:
    for criterion in trial.criteria:
        for leaf in leaves(criterion.requirement):
            text = (leaf.concept_text if isinstance(leaf, Threshold) else getattr(leaf, "text", None)) or ""
            if word in text.lower():
                return text
    return word


def is_read(criterion: Criterion) -> bool:
    return criterion.status == "structured" and not any(isinstance(leaf, Unread) for leaf in leaves(criterion.requirement))


@pytest.mark.parametrize(("record", "base", "case"), load_cases())
def test_seed(record: str, base: dict[str, Any], case: dict[str, Any]) -> None:
    trial = structured(record)
    verdict = screen(trial, read_profile(changed(base, case, trial)))
    judged = {one.criterion_id: one for one in verdict.criteria}
    for criterion in trial.criteria:
        if criterion.id in case.get("holds", {}):
            expected = case["holds"][criterion.id]
            accepted = (expected,) if is_read(criterion) else (expected, None)
            assert judged[criterion.id].holds in accepted, judged[criterion.id]
    assert set(case.get("holds", {})) <= set(judged)
    for key, expected in case.get("limit", {}).items():
        assert found_limit(judged, key) is expected, key
    assert_sound(trial, verdict)


def found_limit(judged: dict[str, Judged], key: str) -> bool | None:
    criterion_id, _, words = key.partition(" ")
    items = [item for item in judged[criterion_id].because if item.threshold and item.threshold.endswith(words)]
    assert len(items) == 1, f"{key}: {[item.threshold for item in judged[criterion_id].because]}"
    return items[0].holds


def assert_sound(trial: Trial, verdict: Verdict) -> None:
    if verdict.verdict == "eligible":
        assert all(is_read(criterion) for criterion in trial.criteria)

"""The cases of tests/screening/cases: a patient, criteria in short notation, and what must come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from screening_notation import INDEX, trial

from limen.criteria import Trial
from limen.errors import PatientError
from limen.lexicon import load
from limen.screening import Defaults, NormalRange, Verdict, read_profile, screen
from limen.screening.match import Label, Wanted, catalogue
from limen.screening.report import describe
from limen.screening.vocabulary import vocabulary

CASES = Path(__file__).parent / "cases"
BASE = {"id": "P", "screening_date": "2026-11-01", "birth_date": "1980-05-01", "sex": "female"}
INPUT = {"name", "patient", "criteria", "conditions", "defaults", "on", "without"}
OUTPUT = {"verdict", "holds", "says", "missing", "near", "calendar", "error", "notes"}


def load_cases() -> list[Any]:
    found: list[Any] = []
    names: set[str] = set()
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            name = f"{path.stem}: {case['name']}"
            assert not set(case) - INPUT - OUTPUT, f"{name}: unknown keys {set(case) - INPUT - OUTPUT}"
            assert set(case) & OUTPUT, f"{name}: asserts nothing"
            assert name not in names, f"{name}: used twice"
            names.add(name)
            found.append(pytest.param(case, id=name))
    return found


def case_patient(case: dict[str, Any]) -> dict[str, Any]:
    given = {**BASE, **case.get("patient", {})}
    return {key: value for key, value in given.items() if key not in case.get("without", ())}


def case_trial(case: dict[str, Any]) -> Trial:
    return trial(case["criteria"], conditions=tuple(case.get("conditions", ())))


def case_defaults(case: dict[str, Any]) -> Defaults:
    return Defaults(ranges=tuple(NormalRange.model_validate(entry) for entry in case.get("defaults", ())))


def _screen(case: dict[str, Any]) -> Verdict:
    patient = read_profile(case_patient(case))
    return screen(case_trial(case), patient, on=case.get("on"), defaults=case_defaults(case), index=INDEX)


@pytest.mark.parametrize("case", load_cases())
def test_case(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(PatientError) as caught:
            _screen(case)
        assert case["error"] in str(caught.value)
        return
    verdict = _screen(case)
    _check(case, verdict)


def _check(case: dict[str, Any], verdict: Verdict) -> None:
    printed = "\n".join(describe(item) for judged in verdict.criteria for item in judged.because)
    if "holds" in case:
        assert [judged.holds for judged in verdict.criteria] == case["holds"], printed
    if "verdict" in case:
        assert verdict.verdict == case["verdict"], printed
    for words in case.get("says", ()):
        assert words in printed
    for words in case.get("notes", ()):
        assert words in "\n".join(verdict.notes)
    for number, words in enumerate(case.get("missing", ())):
        assert words in verdict.missing[number], verdict.missing
    if "near" in case:
        assert [f"{miss.criterion_id} {miss.kind}" for miss in verdict.near_misses] == case["near"]
    if "calendar" in case:
        found = verdict.calendar
        assert [str(found.first), str(found.last)] == [str(day) for day in case["calendar"]], found


def test_what_stands_in_no_list_is_in_the_catalogue() -> None:
    assert vocabulary().unlisted | vocabulary().unlisted_classes <= set(load().concepts)


@pytest.mark.parametrize(("recorded", "relation"), [("malignancy", "may"), ("heart disease", "may"), ("hypertension", "not"), ("gout", "not")])
def test_a_class_on_record_may_be_what_the_catalogue_does_not_know(recorded: str, relation: str) -> None:
    assert catalogue().relation(Wanted(None, "esthesioneuroblastoma"), Label(recorded)) == relation

"""The cohort gives the verdicts of the one-patient path: on every case, and on random patients and criteria."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from screening_notation import INDEX, trial
from screening_random import profiles, trees

pytest.importorskip("duckdb", reason="the screen extra is not installed")
pytest.importorskip("pyarrow", reason="the screen extra is not installed")

from test_screening_cases import case_defaults, case_patient, case_trial, load_cases

from limen.criteria import Trial
from limen.screening import Defaults, Patient, read_profile, screen
from limen.screening.cohort import Cohort

ON = date(2026, 11, 1)


def both(made: Trial, patients: list[Patient], defaults: Defaults | None = None) -> tuple[list[Any], list[Any]]:
    """Verdict and truths of each patient by the two paths."""
    singly = []
    for patient in patients:
        verdict = screen(made, patient, on=ON, index=INDEX, defaults=defaults)
        singly.append((patient.id, verdict.verdict, *(judged.holds for judged in verdict.criteria)))
    result = next(Cohort.of(patients, on=ON, index=INDEX).screen([made], defaults=defaults))
    return sorted(singly), sorted(tuple(row.values()) for row in result.table.to_pylist())


@pytest.mark.parametrize("case", [case for case in load_cases() if "error" not in case.values[0]])
def test_cohort_agrees_on_every_case(case: dict[str, Any]) -> None:
    singly, together = both(case_trial(case), [read_profile(case_patient(case))], case_defaults(case))
    assert together == singly


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(profiles(), min_size=1, max_size=8), st.lists(trees(), min_size=1, max_size=4), st.data())
def test_cohort_agrees_on_random_patients(people: list[dict[str, Any]], drawn: list[Any], data: st.DataObject) -> None:
    roles = [data.draw(st.sampled_from(["inclusion", "exclusion", "registry"])) for _ in drawn]
    statuses = [data.draw(st.sampled_from(["structured", "structured", "partial", "unread"])) for _ in drawn]
    made = trial([{role: tree, "status": status} for role, tree, status in zip(roles, drawn, statuses, strict=True)],
                 conditions=("systemic sclerosis",))  # fmt: skip
    patients = [read_profile({**person, "id": f"P{number}"}) for number, person in enumerate(people)]
    singly, together = both(made, patients)
    assert together == singly

"""The cohort gives the verdicts of the one-patient path: on every case, and on random patients and criteria."""

from __future__ import annotations

from datetime import date
from pathlib import Path
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
from limen.errors import PatientError
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


def write(folder: Path, tables: dict[str, str]) -> Path:
    for name, text in tables.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


TABLES = {
    "person.csv": "patient_id,birth_date,sex,complete\nA,1980-05-01,female,conditions;medications\nB,2012,male,\n",
    "observations.csv": "patient_id,name,value,unit,date\nA,Hb,7.9,g/dL,2026-10-20\nB,Hb,<8,g/dL,2026-10\nC,Hb,90,g/L,\n",
    "conditions.csv": "patient_id,name,onset\nA,breast cancer,2020\n",
}
MADE = [{"inclusion": "age >= 18 a"}, {"exclusion": "Hb < 8 g/dL"}, {"exclusion": {"condition": "malignancy"}}]


def test_a_folder_of_tables(tmp_path: Path) -> None:
    cohort = Cohort.read(write(tmp_path, TABLES), on=ON, index=INDEX)
    (result,) = cohort.screen([trial(MADE)])
    rows = {row.pop("patient_id"): tuple(row.values()) for row in result.table.to_pylist()}
    assert rows == {
        "A": ("ineligible", True, True, True),
        "B": ("ineligible", False, True, None),
        "C": ("undetermined", None, False, None),
    }


def test_tables_as_parquet(tmp_path: Path) -> None:
    import duckdb

    write(tmp_path, TABLES)
    path = tmp_path / "labs.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{tmp_path / 'observations.csv'}')) TO '{path}' (FORMAT parquet)")
    (result,) = Cohort.read(path, on=ON, index=INDEX).screen([trial([{"exclusion": "Hb < 8 g/dL"}])])
    assert result.verdicts() == {"A": "ineligible", "B": "ineligible", "C": "eligible"}


def test_a_folder_of_profiles(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "{id: A, age: 20}", "b.yaml": "{id: B, age: 17}", "c.yaml": "{id: C, sex: none}"})
    told: list[PatientError] = []
    (result,) = Cohort.read(tmp_path, on=ON, index=INDEX, on_error=told.append).screen([trial([{"inclusion": "age >= 18 a"}])])
    assert result.verdicts() == {"A": "eligible", "B": "ineligible"}
    assert len(told) == 1


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"person.csv": "patient_id\nA\nA\n", "observations.csv": "patient_id,name,value\n"}, "patient_id: 'A' stands for two"),
        ({"observations.csv": "patient_id,name,colour\n"}, "colour: there is no such column"),
        ({"observations.csv": "name,value\n"}, "patient_id: the table has no such column"),
        ({"person.csv": "patient_id,sex\nA,x\n", "observations.csv": "patient_id,name,value\n"}, "sex: female, male or other"),
        ({"person.csv": "patient_id,birth_date\nA,2030-01-01\n", "observations.csv": "patient_id,name,value\n"}, "birth_date"),
        ({"observations.csv": "patient_id,name,value,date\nA,Hb,9,soon\n"}, "date: a date such as"),
        ({"conditions.csv": "patient_id,name,status\nA,HIV,maybe\n"}, "conditions.status: one of active"),
    ],
)
def test_bad_tables_are_named(tmp_path: Path, tables: dict[str, str], message: str) -> None:
    with pytest.raises(PatientError) as caught:
        Cohort.read(write(tmp_path, tables), on=ON, index=INDEX)
    assert message in str(caught.value)


def test_a_cohort_of_nobody() -> None:
    (result,) = Cohort.of([], on=ON, index=INDEX).screen([trial(MADE)])
    assert result.counts == {"eligible": 0, "ineligible": 0, "undetermined": 0}
    assert [step.entering for step in result.funnel()] == [0, 0, 0]


def test_trials_share_leaves_and_keep_their_own_verdicts() -> None:
    people = [read_profile({"id": f"P{age}", "age": age}) for age in (16, 20, 70)]
    made = [trial([{"inclusion": "age >= 18 a"}], trial_id="T1"), trial([{"exclusion": "age >= 18 a"}], trial_id="T2")]
    first, second = Cohort.of(people, on=ON, index=INDEX).screen([*made])
    assert first.counts["eligible"] == 2 and second.counts["eligible"] == 1

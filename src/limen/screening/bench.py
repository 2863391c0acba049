"""How fast screening is: one patient against one trial, and a cohort against many trials through DuckDB.

    python -m limen.screening.bench                     # 100,000 patients x 100 trials
    python -m limen.screening.bench 10000 20

The patients and trials are made up here, with a fixed seed.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from limen.criteria import Criterion, Source, Trial
from limen.screening.cohort import Cohort
from limen.screening.match import Label, catalogue
from limen.screening.patient import Patient, read_profile
from limen.screening.screen import screen
from limen.screening.staging import connect

ON = date(2026, 11, 1)
# name, unit, low and high of what patients have
_VALUES = [
    ("creatinine", "mg/dL", 0.4, 3.0), ("hemoglobin", "g/dL", 6, 17), ("platelet count", "10*9/L", 20, 400),
    ("ALT", "U/L", 5, 200), ("AST", "U/L", 5, 200), ("total bilirubin", "mg/dL", 0.1, 4), ("albumin", "g/dL", 2, 5),
    ("INR", None, 0.8, 3), ("LVEF", "%", 25, 70), ("systolic blood pressure", "mm[Hg]", 90, 190),
    ("HbA1c", "%", 4, 12), ("BMI", "kg/m2", 16, 45), ("ECOG", None, 0, 4), ("potassium", "mmol/L", 2.5, 6.5),
    ("absolute neutrophil count", "10*9/L", 0.2, 9),
]  # fmt: skip
_CONDITIONS = ["malignancy", "HIV infection", "diabetes", "hypertension", "myocardial infarction", "pregnancy"]
_DRUGS = ["warfarin", "rituximab", "cyclophosphamide", "metformin"]


def make_trials(count: int, seed: int = 1) -> list[Trial]:
    """Trials of some fifteen criteria: ages, limits, multiples of normal, windows, conditions, drugs, groups."""
    dice = random.Random(seed)
    return [_trial(f"T{number:04d}", dice) for number in range(count)]


def _trial(name: str, dice: random.Random) -> Trial:
    trees: list[tuple[str, dict[str, Any]]] = [
        ("registry", _limit("age", "a", dice.choice([18, 20, 40]), "ge", kind="age")),
        ("registry", _limit("age", "a", dice.choice([65, 75, 80]), "le", kind="age")),
    ]
    for value, unit, low, high in dice.sample(_VALUES, 8):
        limit = round(dice.uniform(low, low + (high - low) / 3), 1)
        if value in ("ALT", "AST"):
            trees.append(("inclusion", _limit(value, "{ULN}", dice.choice([2, 3, 5]), "le", reference="uln")))
        elif dice.random() < 0.5:
            trees.append(("inclusion", _limit(value, unit, limit, "ge", window=_window(dice.choice([14, 28, 365]), "d"))))
        else:
            trees.append(("exclusion", _limit(value, unit, limit, "lt")))
    for condition in dice.sample(_CONDITIONS, 3):
        trees.append(("exclusion", {"kind": "condition", "text": condition, **_place()}))
    drug = {
        "kind": "exposure",
        "text": dice.choice(_DRUGS),
        "window": _window(dice.choice([1, 3, 6]), "mo"),
        **_place(),
    }
    either = {"kind": "any_of", "of": [_limit("ECOG", None, 3, "ge"), _limit("albumin", "g/dL", 2.5, "lt")]}
    trees += [("exclusion", drug), ("exclusion", either)]
    criteria = tuple(
        Criterion.model_validate({"id": f"C{n}", "role": role, "text": role, "start": 0, "end": 1, "requirement": tree,
                                  "status": "structured"})
        for n, (role, tree) in enumerate(trees)
    )  # fmt: skip
    source = Source(name="bench", format="plain", sha256="")
    return Trial(trial_id=name, registry="plain", source=source, text="", criteria=criteria)


def _place() -> dict[str, int]:
    return {"start": 0, "end": 1}


def _window(number: int, unit: str) -> dict[str, Any]:
    return {
        "relation": "within",
        "high": number,
        "unit": unit,
        "anchor": "screening",
        "text": f"within {number} {unit}",
    }


def _limit(name: str, unit: str | None, number: float, operator: str, **more: Any) -> dict[str, Any]:
    ids = catalogue().measured(Label(name))
    end = "high" if operator in ("lt", "le") else "low"
    return {"kind": "measurement", "concept": ids[0] if ids else name, "concept_text": name, "text": f"{operator} {number}",
            "operator": operator, end: number, "unit": unit, **_place(), **more}  # fmt: skip


def make_tables(folder: Path, count: int) -> None:
    """Parquet tables of made-up patients: fifteen values, conditions and drugs each."""
    connection = connect()
    connection.execute("SELECT setseed(0.5)")
    base = f"SELECT 'P' || i AS patient_id, i FROM range({count}) r(i)"
    births = "CAST(DATE '1935-01-01' + CAST(random() * 27000 AS INTEGER) AS VARCHAR)"
    sexes = "CASE WHEN random() < 0.5 THEN 'female' ELSE 'male' END"
    lists = "CASE WHEN random() < 0.7 THEN 'conditions;medications' END"
    person = f"SELECT patient_id, {births} AS birth_date, {sexes} AS sex, {lists} AS complete FROM ({base})"
    _write(connection, folder, "person", person)
    quoted = {unit: f"'{unit}'" if unit else "NULL" for _, unit, _, _ in _VALUES}
    values = ", ".join(f"('{name}', {quoted[unit]}, {low}, {high})" for name, unit, low, high in _VALUES)
    days = "CAST(DATE '2026-11-01' - CAST(random() * 60 AS INTEGER) AS VARCHAR)"
    _write(
        connection,
        folder,
        "observations",
        f"""
        SELECT patient_id, name, unit,
               CAST(round(low + random() * (high - low), CASE WHEN name = 'ECOG' THEN 0 ELSE 1 END) AS VARCHAR) AS value,
               {days} AS date, CASE WHEN unit = 'U/L' THEN '40' END AS reference_high
        FROM ({base}), (VALUES {values}) v(name, unit, low, high) WHERE random() < 0.95""",
    )
    for table, names, dates in (("conditions", _CONDITIONS, "onset"), ("medications", _DRUGS, "start")):
        listed = ", ".join(f"('{name}')" for name in names)
        chosen = f"SELECT patient_id, name, {days} AS {dates} FROM ({base}), (VALUES {listed}) v(name)"
        _write(connection, folder, table, f"{chosen} WHERE random() < 0.05")


def _write(connection: Any, folder: Path, table: str, query: str) -> None:
    connection.execute(f"COPY ({query}) TO '{folder / table}.parquet' (FORMAT parquet)")


def make_patients(count: int, seed: int = 2) -> Iterator[Patient]:
    """The same sort of patients as profiles."""
    dice = random.Random(seed)
    for number in range(count):
        seen = [
            {"name": name, "value": round(dice.uniform(low, high), 1), "unit": unit, "date": "2026-10-20",
             "reference_range": {"high": 40} if unit == "U/L" else None}
            for name, unit, low, high in _VALUES
        ]  # fmt: skip
        yield read_profile({"id": f"P{number}", "birth_date": f"{dice.randint(1940, 2005)}-05-01", "sex": "female",
                            "observations": seen, "complete": ["conditions", "medications"]})  # fmt: skip


def bench_single(count: int = 200) -> float:
    """Milliseconds for one patient against one trial."""
    trial, patients = make_trials(1)[0], list(make_patients(count))
    screen(trial, patients[0], on=ON)
    begin = time.perf_counter()
    for patient in patients:
        screen(trial, patient, on=ON)
    return (time.perf_counter() - begin) / count * 1000


def bench_cohort(patients: int = 100_000, trials: int = 100) -> dict[str, Any]:
    """Seconds to read and to screen a cohort on two threads, peak memory in MB, and the verdicts counted."""
    counted: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        make_tables(Path(name), patients)
        begin = time.perf_counter()
        cohort = Cohort.read(name, on=ON, threads=2)
        loaded = time.perf_counter()
        for result in cohort.screen(make_trials(trials)):
            counted.update(result.counts)
        done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"read_s": round(loaded - begin, 1), "screen_s": round(done - loaded, 1), "peak_mb": round(peak), **counted}


def main(arguments: list[str]) -> None:
    """Prints the figures."""
    patients, trials = (int(arguments[0]), int(arguments[1])) if len(arguments) == 2 else (100_000, 100)
    print(f"one patient x one trial: {bench_single():.2f} ms")
    print(f"{patients} patients x {trials} trials: {bench_cohort(patients, trials)}")


if __name__ == "__main__":
    main(sys.argv[1:])

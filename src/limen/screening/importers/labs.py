"""A CSV of laboratory values in long form, a line a value -> profiles.

Columns: patient_id, name (or loinc), value; and, where known, unit, date, reference_low, reference_high, reference,
qualifier, birth_date, age, sex.  Lines of one patient need not stand together.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from limen.errors import PatientError
from limen.screening.patient import Patient, read_profile

_ABOUT_THE_VALUE = (
    "name",
    "loinc",
    "value",
    "unit",
    "date",
    "reference_low",
    "reference_high",
    "reference",
    "qualifier",
)
_ABOUT_THE_PATIENT = ("birth_date", "age", "sex")
COLUMNS = ("patient_id", *_ABOUT_THE_VALUE, *_ABOUT_THE_PATIENT)


def read_labs(path: str | Path) -> Iterator[Patient]:
    """Every patient of the table, in the order of first mention; `PatientError` names line and column."""
    path = Path(path)
    people: dict[str, dict[str, Any]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
        _check_columns(reader.fieldnames or [], path)
        for row in reader:
            place = f"{path}:{reader.line_num}"
            given = {key: value.strip() for key, value in row.items() if key and value and value.strip()}
            if "patient_id" not in given:
                raise PatientError("patient_id", "every line needs one", source=place)
            person = people.setdefault(given["patient_id"], {"id": given["patient_id"], "observations": []})
            _take_person(person, given, place)
            observation = _observation(given)
            read_profile({"id": "line", "observations": [observation]}, source=place)
            person["observations"].append(observation)
    for person in people.values():
        yield read_profile(person, source=str(path))


def _check_columns(names: list[str] | Any, path: Path) -> None:
    missing = [name for name in ("patient_id", "value") if name not in names]
    if missing or not {"name", "loinc"} & set(names):
        raise PatientError(missing[0] if missing else "name", "the table has no such column", source=str(path))
    if strangers := set(names) - set(COLUMNS):
        known = ", ".join(COLUMNS)
        raise PatientError(min(strangers), f"there is no such column; known are {known}", source=str(path))


def _take_person(person: dict[str, Any], given: dict[str, str], place: str) -> None:
    for key in _ABOUT_THE_PATIENT:
        if key in given and person.setdefault(key, given[key]) != given[key]:
            raise PatientError(key, f"{given[key]!r} here, {person[key]!r} on an earlier line", source=place)


def _observation(given: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {key: given[key] for key in ("name", "value", "unit", "date", "reference", "qualifier") if key in given}
    if "loinc" in given:
        found["code"] = {"system": "http://loinc.org", "code": given["loinc"]}
    bounds = {end: given[f"reference_{end}"] for end in ("low", "high") if f"reference_{end}" in given}
    return {**found, "reference_range": bounds} if bounds else found

"""OMOP Common Data Model tables (a folder of CSV files, or a zip of one) -> profiles.

PERSON, DEATH, MEASUREMENT, OBSERVATION, CONDITION_OCCURRENCE, DRUG_EXPOSURE, PROCEDURE_OCCURRENCE and CONCEPT of CDM
5.3 and 5.4 are read.  https://ohdsi.github.io/CommonDataModel/  A database never says that a list is complete.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from limen.errors import PatientError
from limen.screening.patient import Patient, read_profile

Row = Mapping[str, str]
_SEXES = {"8507": "male", "8532": "female", "8521": "other"}
_COMPARATORS = {"4171756": "<", "4171754": "<=", "4172704": ">", "4171755": ">="}
_SYSTEMS = {
    "LOINC": "http://loinc.org",
    "SNOMED": "http://snomed.info/sct",
    "ICD10CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "ICD10": "http://hl7.org/fhir/sid/icd-10",
    "RxNorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
}


@dataclass(frozen=True)
class _Concept:
    name: str
    system: str
    code: str


def read_omop(path: str | Path) -> Iterator[Patient]:
    """Every person of a CDM, in the order of PERSON."""
    path = Path(path)
    tables = _zipped(path) if path.is_file() else _folder(path)
    if "person" not in tables:
        raise PatientError("PERSON", "the OMOP tables hold no PERSON.csv", source=str(path))
    concepts = {
        row["concept_id"]: _Concept(row["concept_name"], row["vocabulary_id"], row["concept_code"]) for row in _rows(tables, "concept")
    }
    facts: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for table, (listed, read) in _TABLES.items():
        for row in _rows(tables, table):
            fact = read(row, concepts)
            if fact is None:
                facts[row["person_id"]]["notes"].append(f"{table}: no value or no concept")
            else:
                facts[row["person_id"]][listed].append(fact)
    died = {row["person_id"]: row["death_date"] for row in _rows(tables, "death")}
    for person in _rows(tables, "person"):
        yield _patient(person, facts.get(person["person_id"], {}), died.get(person["person_id"]), str(path))


def _patient(person: Row, facts: Mapping[str, list[Any]], died: str | None, source: str) -> Patient:
    profile: dict[str, Any] = {"id": person["person_id"], **{key: facts[key] for key in facts if key != "notes"}}
    year, month, day = (person.get(f"{part}_of_birth", "") for part in ("year", "month", "day"))
    if year:
        profile["birth_date"] = "-".join([year, *(f"{int(part):02d}" for part in (month, day if month else "") if part)])
    if person.get("gender_concept_id") in _SEXES:
        profile["sex"] = _SEXES[person["gender_concept_id"]]
    if died:
        profile["deceased"] = died
    notes = facts.get("notes", [])
    profile["notes"] = [f"{notes.count(note)} x {note}" for note in sorted(set(notes))]
    return read_profile(profile, source=f"{source}: person {person['person_id']}")


def _naming(row: Row, column: str, concepts: Mapping[str, _Concept]) -> dict[str, Any]:
    """The standard concept's name and code; where the tables hold none, the source's own code."""
    concept = concepts.get(row.get(f"{column}_concept_id", ""))
    source = row.get(f"{column}_source_value", "")
    if concept is not None and concept.name:
        return {
            "name": concept.name,
            "code": {"system": _SYSTEMS.get(concept.system, concept.system), "code": concept.code},
        }
    return {"name": source} if source else {}


def _measurement(row: Row, concepts: Mapping[str, _Concept]) -> dict[str, Any] | None:
    name, value = _naming(row, "measurement", concepts), _value(row, concepts)
    if not name or value is None:
        return None
    value = _COMPARATORS.get(row.get("operator_concept_id", ""), "") + value
    bounds = {end: row[f"range_{end}"] for end in ("low", "high") if row.get(f"range_{end}")}
    return {**name, "value": value, **_unit(row, concepts), "date": row["measurement_date"],
            **({"reference_range": bounds} if bounds else {})}  # fmt: skip


def _observation(row: Row, concepts: Mapping[str, _Concept]) -> dict[str, Any] | None:
    name = _naming(row, "observation", concepts)
    value = _value(row, concepts) or row.get("value_as_string") or row.get("value_source_value")
    return {**name, "value": value, **_unit(row, concepts), "date": row["observation_date"]} if name and value else None


def _value(row: Row, concepts: Mapping[str, _Concept]) -> str | None:
    if row.get("value_as_number"):
        return row["value_as_number"]
    coded = concepts.get(row.get("value_as_concept_id", ""))
    return coded.name if coded is not None and row.get("value_as_concept_id") != "0" and coded.name else None


def _unit(row: Row, concepts: Mapping[str, _Concept]) -> dict[str, str]:
    if row.get("unit_source_value"):
        return {"unit": row["unit_source_value"]}
    unit = concepts.get(row.get("unit_concept_id", ""))
    return {"unit": unit.code} if unit is not None and row.get("unit_concept_id") != "0" else {}


def _condition(row: Row, concepts: Mapping[str, _Concept]) -> dict[str, Any] | None:
    name = _naming(row, "condition", concepts)
    dates = {"onset": row["condition_start_date"], "end": row.get("condition_end_date", "")}
    return {**name, **{key: value for key, value in dates.items() if value}} if name else None


def _drug(row: Row, concepts: Mapping[str, _Concept]) -> dict[str, Any] | None:
    name = _naming(row, "drug", concepts)
    dates = {"start": row["drug_exposure_start_date"], "stop": row.get("drug_exposure_end_date", "")}
    return {**name, **{key: value for key, value in dates.items() if value}} if name else None


def _procedure(row: Row, concepts: Mapping[str, _Concept]) -> dict[str, Any] | None:
    name = _naming(row, "procedure", concepts)
    return {**name, "date": row["procedure_date"]} if name else None


_TABLES: dict[str, tuple[str, Callable[[Row, Mapping[str, _Concept]], dict[str, Any] | None]]] = {
    "measurement": ("observations", _measurement),
    "observation": ("observations", _observation),
    "condition_occurrence": ("conditions", _condition),
    "drug_exposure": ("medications", _drug),
    "procedure_occurrence": ("procedures", _procedure),
}
_Open = Callable[[], AbstractContextManager[TextIO]]


def _folder(path: Path) -> dict[str, _Open]:
    files = [entry for entry in path.iterdir() if entry.suffix.lower() == ".csv"]
    return {entry.stem.lower(): partial(_open_file, entry) for entry in files}


def _zipped(path: Path) -> dict[str, _Open]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise PatientError("file", "is not a zip", source=str(path)) from error
    names = [name for name in archive.namelist() if name.lower().endswith(".csv") and "__MACOSX" not in name]
    return {Path(name).stem.lower(): partial(_open_member, archive, name) for name in names}


def _open_file(path: Path) -> AbstractContextManager[TextIO]:
    return _text(path.open("rb"))


def _open_member(archive: zipfile.ZipFile, name: str) -> AbstractContextManager[TextIO]:
    return _text(archive.open(name))


@contextmanager
def _text(binary: Any) -> Iterator[TextIO]:
    with io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as text:
        yield text


def _rows(tables: Mapping[str, _Open], name: str) -> Iterator[Row]:
    if name not in tables:
        return
    with tables[name]() as file:
        for row in csv.DictReader(file):
            yield {key.lower(): value or "" for key, value in row.items() if key}

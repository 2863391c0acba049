"""Patients from files: profiles (YAML, JSON, JSON lines), FHIR Bundles, OMOP CDM tables, a CSV of laboratory values.

The format is recognised from the content.  A folder gives the patients of every file in it, or is one set of OMOP
tables.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from limen.errors import PatientError
from limen.lexicon import Measurement
from limen.screening.facts import read_observation
from limen.screening.match import Catalogue, catalogue, normal
from limen.screening.patient import Patient, read_profile
from limen.screening.vocabulary import vocabulary

OnError = Callable[[PatientError], object]
_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".zip"})


def read_patients(path: str | Path, *, on_error: OnError | None = None) -> Iterator[Patient]:
    """Every patient of a file or folder.

    Raises `PatientError` naming file and field at the first that is wrong; with `on_error` that is told instead, and the
    other patients of a folder, of JSON lines, of a list still come out.
    """
    path = Path(path)
    if not path.exists():
        _tell(PatientError("path", "there is no such file or folder", source=str(path)), on_error)
    elif path.is_dir() and not any(entry.name.lower() == "person.csv" for entry in path.iterdir()):
        files = sorted(entry for entry in path.rglob("*") if entry.is_file() and entry.suffix.lower() in _SUFFIXES)
        if not files:
            _tell(PatientError("path", "the folder holds no profile, Bundle or table", source=str(path)), on_error)
        for entry in files:
            yield from read_patients(entry, on_error=on_error)
    elif path.is_dir() or path.suffix.lower() in (".zip", ".csv", ".tsv"):
        yield from _guarded(_read_table(path), on_error)
    else:
        yield from read_text(path.read_bytes(), source=str(path), on_error=on_error)


def _tell(error: PatientError, on_error: OnError | None) -> None:
    if on_error is None:
        raise error
    on_error(error)


def _guarded(patients: Iterator[Patient], on_error: OnError | None) -> Iterator[Patient]:
    try:
        yield from patients
    except PatientError as error:
        _tell(error, on_error)


def _read_table(path: Path) -> Iterator[Patient]:
    if path.suffix.lower() in (".csv", ".tsv"):
        from limen.screening.importers.labs import read_labs

        return read_labs(path)
    from limen.screening.importers.omop import read_omop

    return read_omop(path)


def read_text(raw: bytes, *, source: str = "", on_error: OnError | None = None) -> Iterator[Patient]:
    """The patients of a YAML, JSON or JSON lines file."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _tell(PatientError("file", f"is not UTF-8 text ({error.reason} at byte {error.start})", source=source), on_error)
        return
    for read, place in _contents(text, source):
        try:
            content = read()
        except PatientError as error:
            _tell(error, on_error)
        else:
            yield from read_content(content, source=place, on_error=on_error)


def read_content(content: Any, *, source: str = "", on_error: OnError | None = None) -> Iterator[Patient]:
    """The patients of parsed JSON or YAML: a profile, a list of them, a FHIR Bundle."""
    if isinstance(content, list):
        for number, one in enumerate(content):
            yield from read_content(one, source=f"{source}[{number}]", on_error=on_error)
    else:
        yield from _guarded(_read_one(content, source), on_error)


def _read_one(content: Any, source: str) -> Iterator[Patient]:
    if isinstance(content, dict) and "resourceType" in content:
        from limen.screening.importers.fhir import read_bundle

        yield from read_bundle(content, source=source)
    else:
        yield checked(read_profile(content, source=source), source=source)


def _contents(text: str, source: str) -> Iterator[tuple[Callable[[], Any], str]]:
    """What a file holds, each to be parsed when its turn comes, with its place."""
    if source.endswith((".jsonl", ".ndjson")):
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                place = f"{source}:{number}"
                yield partial(_parse_json, line, place), place
    elif not source.endswith((".yaml", ".yml")) and text.lstrip().startswith(("{", "[")):
        yield partial(_parse_json, text, source), source
    else:
        yield partial(_parse_yaml, text, source), source


def _parse_yaml(text: str, source: str) -> Any:
    try:
        documents = list(yaml.safe_load_all(text))
    except (yaml.YAMLError, ValueError) as error:
        raise PatientError("file", f"is neither YAML nor JSON: {error}", source=source) from error
    return documents if len(documents) > 1 else next(iter(documents), None)


def _parse_json(text: str, source: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise PatientError("file", f"is not JSON: {error}", source=source) from error


def checked(patient: Patient, *, source: str = "") -> Patient:
    """The patient, unless text stands where a measurement's number belongs: that raises `PatientError`."""
    index = catalogue()
    for number, seen in enumerate(patient.observations):
        reading = read_observation(seen, index)
        entry = index.lexicon.measured.get(reading.measured or "")
        if isinstance(entry, Measurement) and reading.value is None:
            if normal(str(seen.value)) in vocabulary().qualitative:
                continue
            reason = f"a number such as 1.9, or '<5', is expected for {seen.label}, not {seen.value!r}"
            raise PatientError(f"observations.{number}.value", reason, source=source)
    return patient


def not_understood(patient: Patient, *, index: Catalogue | None = None) -> Counter[str]:
    """The observations that no limit can be compared with, counted, each with the reason."""
    known = index or catalogue()
    found: Counter[str] = Counter()
    for seen in patient.observations:
        reading = read_observation(seen, known)
        if reading.measured is None and reading.problem is None:
            found[f"{seen.label}: not in the catalogue"] += 1
        elif reading.problem is not None:
            found[f"{seen.label}: {reading.problem}"] += 1
    return found

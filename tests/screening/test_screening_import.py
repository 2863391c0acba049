"""Profiles, Bundles, OMOP tables and laboratory tables become patients; what is wrong is named; nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from screening_notation import INDEX, trial

from limen.errors import PatientError
from limen.screening import Patient, not_understood, read_patients, screen, screen_all

SHARED = Path(__file__).parents[3] / "shared" / "patients"
shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/patients")


def read(path: Path, content: Any) -> list[Patient]:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return list(read_patients(path))


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [{"fullUrl": f"urn:uuid:{r.get('id', n)}", "resource": r} for n, r in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def person(id: str = "p1", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "gender": "female", "birthDate": "1980-05-01", **more}


def lab(value: dict[str, Any], subject: str = "Patient/p1", **more: Any) -> dict[str, Any]:
    code = {"coding": [{"system": "http://loinc.org", "code": "2160-0", "display": "Creatinine"}]}
    return {"resourceType": "Observation", "id": f"o{len(str(value))}{subject[-1]}", "status": "final", "code": code,
            "subject": {"reference": subject}, "effectiveDateTime": "2026-10-20T08:00:00Z", **value, **more}  # fmt: skip


QUANTITY = {"value": 180, "unit": "µmol/L", "system": "http://unitsofmeasure.org", "code": "umol/L"}
CREATININE = trial([{"exclusion": "creatinine >= 2 mg/dL"}])


def test_yaml_json_and_lines_are_the_same_profile(tmp_path: Path) -> None:
    profile = {"id": "P1", "birth_date": "1980-05-01", "observations": [{"name": "Hb", "value": 9.5, "unit": "g/dL"}]}
    text = "id: P1\nbirth_date: 1980-05-01\nobservations:\n  - {name: Hb, value: 9.5, unit: g/dL}\n"
    found = [
        *read(tmp_path / "a.yaml", text),
        *read(tmp_path / "b.json", profile),
        *read(tmp_path / "c.jsonl", json.dumps(profile) + "\n\n" + json.dumps(profile)),
    ]
    assert len(found) == 4
    assert all(patient == found[0] for patient in found)
    assert Patient.model_validate_json(found[0].model_dump_json()) == found[0]
    assert list(read_patients(tmp_path)) == found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- just\n- words\n", "profile: fields such as id and sex are expected, not a str"),
        ("id: [unclosed", "file: is neither YAML nor JSON"),
        ("{not yaml", "file: is neither YAML nor JSON"),
        ("", "profile: fields such as id and sex are expected, not nothing"),
        ("birth_date: 1980-05-01", "id: Field required"),
        ("id: P\nobservations: [{name: creatinine, value: high}]", "observations.0.value: a number such as 1.9"),
        ("id: P\nobservations: [{name: creatinine, value: '1,9'}]", "observations.0.value: a number such as 1.9"),
    ],
)
def test_a_bad_profile_names_file_and_field(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(PatientError) as caught:
        read(tmp_path / "bad.yaml", content)
    assert "bad.yaml" in str(caught.value)
    assert message in str(caught.value)


def test_a_word_that_is_a_result_is_kept(tmp_path: Path) -> None:
    (patient,) = read(tmp_path / "p.yaml", "id: P\nobservations: [{name: creatinine, value: not detected}]")
    assert not_understood(patient) == {"creatinine: 'not detected' is not a number": 1}


@pytest.mark.parametrize(("name", "raw"), [("p.json", b"{not json"), ("p.yaml", b"id: \xff\xfe"), ("p.zip", b"PK but no zip")])
def test_files_of_another_kind(tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(PatientError, match=r"file: is not"):
        list(read_patients(tmp_path / name))
    with pytest.raises(PatientError, match="no such file"):
        list(read_patients(tmp_path / "missing.yaml"))


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(PatientError, match="holds no profile"):
        list(read_patients(tmp_path))


def test_a_bundle_is_a_patient(tmp_path: Path) -> None:
    resources = [
        person(deceasedBoolean=False),
        lab({"valueQuantity": QUANTITY}, referenceRange=[{"low": {"value": 45}, "high": {"value": 97}}]),
        {"resourceType": "Condition", "subject": {"reference": "urn:uuid:p1"}, "code": {"text": "Breast cancer"},
         "clinicalStatus": {"coding": [{"code": "resolved"}]}, "onsetDateTime": "2010", "abatementDateTime": "2015-03"},
        {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}, "code": {"text": "HIV infection"},
         "verificationStatus": {"coding": [{"code": "refuted"}]}},
        {"resourceType": "MedicationStatement", "status": "completed", "subject": {"reference": "Patient/p1"},
         "medicationCodeableConcept": {"text": "Warfarin"}, "effectivePeriod": {"start": "2026-01-01", "end": "2026-06-30"}},
        {"resourceType": "Procedure", "status": "not-done", "subject": {"reference": "Patient/p1"}, "code": {"text": "Biopsy"}},
    ]  # fmt: skip
    (patient,) = read(tmp_path / "b.json", bundle(*resources))
    assert (patient.id, patient.sex, str(patient.birth_date)) == ("p1", "female", "1980-05-01")
    assert [(seen.label, seen.value, seen.unit) for seen in patient.observations] == [("Creatinine", 180, "umol/L")]
    assert patient.observations[0].reference_range is not None
    assert [(fact.label, str(fact.onset), str(fact.end), fact.status) for fact in patient.conditions] == [
        ("Breast cancer", "2010", "2015-03", "resolved")
    ]
    assert patient.absent == ("HIV infection",)
    assert [(drug.label, str(drug.stop), drug.status) for drug in patient.medications] == [("Warfarin", "2026-06-30", "stopped")]
    assert patient.procedures == () and patient.complete == ()
    assert patient.notes == ("1 x Procedure with status not-done (not used)",)
    verdict = screen(CREATININE, patient, index=INDEX)
    assert verdict.verdict == "ineligible"
    assert verdict.criteria[0].because[0].conversion == "180 umol/L = 2.04 mg/dL"


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        ({"valueQuantity": {**QUANTITY, "comparator": "<"}}, "<180"),
        ({"valueInteger": 3}, 3),
        ({"valueString": "<5"}, "<5"),
        ({"valueRange": {"low": {"value": 5}, "high": {"value": 10}}}, "5-10"),
        ({"valueCodeableConcept": {"text": "Positive"}}, "Positive"),
        ({"valueBoolean": True}, "positive"),
    ],
)
def test_every_sort_of_fhir_value(tmp_path: Path, value: dict[str, Any], read_as: Any) -> None:
    (patient,) = read(tmp_path / "b.json", bundle(person(), lab(value)))
    assert patient.observations[0].value == read_as


def test_components_are_values_of_their_own(tmp_path: Path) -> None:
    parts = [{"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "valueQuantity": {"value": value, "unit": "mmHg"}}
             for code, value in (("8480-6", 150), ("8462-4", 90))]  # fmt: skip
    (patient,) = read(tmp_path / "b.json", bundle(person(), lab({"component": parts})))
    assert [(seen.label, seen.value) for seen in patient.observations] == [("8480-6", 150), ("8462-4", 90)]


def test_a_bundle_of_two_patients_is_two_patients(tmp_path: Path) -> None:
    content = bundle(person("p1"), person("p2", gender="male"), lab({"valueQuantity": QUANTITY}, "Patient/p2"))
    first, second = read(tmp_path / "b.json", content)
    assert (len(first.observations), len(second.observations)) == (0, 1)
    assert "the Bundle holds 2 patients" in first.notes[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"resourceType": "Bundle", "type": "collection"}, "a Patient resource is expected; it holds nothing"),
        ({"resourceType": "Bundle", "entry": []}, "it holds nothing"),
        (bundle({"resourceType": "ResearchStudy", "id": "r"}), "it holds ResearchStudy"),
        ({"resourceType": "Bundle", "entry": [{"fullUrl": "x"}]}, "entry.0.resource"),
        (bundle(person(gender="F")), "Patient.gender: male, female, other or unknown is expected, not 'F'"),
        (bundle(person(birthDate="2999-01-01")), "birth_date"),
    ],
)
def test_a_bundle_that_is_none(tmp_path: Path, content: dict[str, Any], message: str) -> None:
    with pytest.raises(PatientError) as caught:
        read(tmp_path / "b.json", content)
    assert message in str(caught.value)


def test_a_resource_that_cannot_be_used_is_noted(tmp_path: Path) -> None:
    broken = lab({"valueQuantity": {"value": "many"}})
    other = lab({"valueQuantity": QUANTITY}, "Patient/someone-else")
    wrong = lab({"valueQuantity": QUANTITY}, status="done")
    (patient,) = read(tmp_path / "b.json", bundle(person(), broken, other, wrong))
    assert patient.observations == ()
    assert len(patient.notes) == 3
    assert any("not a status of FHIR R4" in note for note in patient.notes)


def test_the_deceased(tmp_path: Path) -> None:
    (patient,) = read(tmp_path / "b.json", bundle(person(deceasedDateTime="2020-01-19T00:00:00Z")))
    verdict = screen(CREATININE, patient, index=INDEX)
    assert verdict.verdict == "ineligible"
    assert verdict.notes[0] == "the patient died on 2020-01-19"


@shared
@pytest.mark.parametrize("path", sorted(SHARED.glob("fhir_*/*.json")), ids=lambda path: path.stem[:20])
def test_the_shared_bundles_import_whole(path: Path) -> None:
    """Every Observation that a Bundle holds is either a value of the patient's or named in the notes."""
    content = json.loads(path.read_text(encoding="utf-8"))
    resources = [entry["resource"] for entry in content["entry"]]
    if not any(resource["resourceType"] == "Patient" for resource in resources):
        with pytest.raises(PatientError, match="a Patient resource is expected"):
            list(read_patients(path))
        return
    (patient,) = read_patients(path)
    seen = [resource for resource in resources if resource["resourceType"] == "Observation"]
    skipped = sum(int(note.split(" x ")[0]) for note in patient.notes if " x Observation" in note)
    assert len(patient.observations) + skipped >= len(seen)
    listed = not_understood(patient, index=INDEX)
    understood = sum(1 for one in patient.observations if INDEX.measured(_label(one)))
    assert listed.total() >= len(patient.observations) - understood
    assert len(patient.conditions) == sum(resource["resourceType"] == "Condition" for resource in resources)


def _label(seen: Any) -> Any:
    from limen.screening.match import Label

    return Label(seen.name, seen.code)


@shared
def test_the_shared_omop_tables_import() -> None:
    patients = list(read_patients(SHARED / "omop" / "Synthea27Nj_5.4.zip"))
    assert len(patients) == 28
    assert sum(patient.deceased is not False for patient in patients) == 3
    assert all(patient.birth_date and patient.sex for patient in patients)
    assert all(patient.observations and patient.procedures for patient in patients)


def omop(folder: Path) -> Path:
    tables = {
        "PERSON": "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth\n7,8532,1980,5,1\n8,8507,1990,,\n",
        "DEATH": "person_id,death_date\n8,2020-02-02\n",
        "CONCEPT": "concept_id,concept_name,vocabulary_id,concept_code\n1,Creatinine in Serum,LOINC,2160-0\n2,Malignant "
        "neoplasm,ICD10CM,C80.1\n3,Warfarin,RxNorm,11289\n",
        "MEASUREMENT": "person_id,measurement_concept_id,measurement_date,operator_concept_id,value_as_number,"
        "value_as_concept_id,unit_concept_id,unit_source_value,range_low,range_high,measurement_source_value\n"
        "7,1,2026-10-20,4172704,180,0,0,umol/L,45,97,x\n7,1,2026-10-21,,,0,0,,,,x\n",
        "CONDITION_OCCURRENCE": "person_id,condition_concept_id,condition_start_date,condition_end_date,condition_source_value\n"
        "7,2,2024-01-01,,C80.1\n",
        "DRUG_EXPOSURE": "person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date,drug_source_value\n"
        "7,3,2026-01-01,2026-02-01,w\n",
    }  # fmt: skip
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_omop_tables_are_patients(tmp_path: Path) -> None:
    first, second = read_patients(omop(tmp_path))
    assert (first.id, str(first.birth_date), first.sex) == ("7", "1980-05-01", "female")
    assert (second.id, str(second.birth_date), str(second.deceased)) == ("8", "1990", "2020-02-02")
    assert [(seen.label, seen.value, seen.unit) for seen in first.observations] == [("Creatinine in Serum", ">180", "umol/L")]
    assert first.conditions[0].code is not None and first.conditions[0].code.code == "C80.1"
    assert str(first.medications[0].stop) == "2026-02-01"
    assert first.notes == ("1 x measurement: no value or no concept",)
    archive = tmp_path / "cdm.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for path in tmp_path.glob("*.csv"):
            made.write(path, f"cdm/{path.name}")
    assert list(read_patients(archive)) == [first, second]


LABS = "patient_id,name,value,unit,date,reference_high,birth_date\n"


def test_a_table_of_laboratory_values(tmp_path: Path) -> None:
    text = LABS + "A,creatinine,1.9,mg/dL,2026-10-20,1.1,1980-05-01\nB,Hb,<8,g/dL,,,\nA,Hb,9,g/dL,2026-10-21,,\n"
    first, second = read(tmp_path / "labs.csv", text)
    assert [(seen.label, str(seen.value)) for seen in first.observations] == [("creatinine", "1.9"), ("Hb", "9")]
    assert second.observations[0].value == "<8" and second.birth_date is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("patient_id,name\nA,Hb\n", "value: the table has no such column"),
        ("patient_id,name,value,colour\n", "colour: there is no such column"),
        (LABS + ",Hb,9,g/dL,,,\n", "labs.csv:2: patient_id: every line needs one"),
        (LABS + "A,Hb,9,g/dL,soon,,\n", "labs.csv:2: observations.0.date"),
        (LABS + "A,Hb,9,g/dL,,,1980-05-01\nA,Hb,9,g/dL,,,1981-05-01\n", "labs.csv:3: birth_date"),
    ],
)
def test_a_bad_table_names_line_and_column(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PatientError) as caught:
        read(tmp_path / "labs.csv", text)
    assert message in str(caught.value)


def test_screening_alone_imports_none_of_the_large_packages() -> None:
    heavy = ("spacy", "medspacy", "pandas", "numpy", "duckdb", "pyarrow", "fhir")
    code = f"import sys, limen.screening; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_one_bad_patient_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: A\nsex: x\n")
    (tmp_path / "b.jsonl").write_text('{"id": "B"}\n{broken\n{"id": "C", "age": -1}\n{"id": "D"}\n')
    (tmp_path / "c.yaml").write_text("{id: E}\n---\n{id: F, sex: y}\n---\n{id: G}\n")
    (tmp_path / "d.json").write_bytes(b"\xff")
    told: list[PatientError] = []
    found = [patient.id for patient in read_patients(tmp_path, on_error=told.append)]
    assert found == ["B", "D", "E", "G"]
    assert [error.source.rsplit("/", 1)[-1] for error in told] == ["a.yaml", "b.jsonl:2", "b.jsonl:3", "c.yaml[1]", "d.json"]


def test_one_patient_who_cannot_be_screened_does_not_stop_the_others() -> None:
    people = [Patient(id="late", birth_date="2020-06-01"), Patient(id="fine", birth_date="1980-06-01")]
    told: list[PatientError] = []
    verdicts = list(screen_all([CREATININE], people, on=date(2020, 1, 1), on_error=told.append))
    assert [verdict.patient_id for verdict in verdicts] == ["fine"]
    assert "birth_date: 2020-06-01 lies after the screening date 2020-01-01" in str(told[0])


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-10-20", "2026-10-20", "2026-10-20"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2026-10-20T08:30:00.4567+09:00", "2026-10-20", "2026-10-20"),
        ("2026-10-20 08:30", "2026-10-20", "2026-10-20"),
        ("2026-10-20T23:59:60Z", "2026-10-20", "2026-10-20"),
    ],
)
def test_dates_as_records_give_them(text: str, first: str, last: str) -> None:
    patient = Patient.model_validate({"id": "P", "procedures": [{"name": "biopsy", "date": text}]})
    when = patient.procedures[0].date
    assert when is not None and (str(when.first), str(when.last)) == (first, last)
    assert Patient.model_validate_json(patient.model_dump_json()) == patient


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "20.10.2026", "2026-10-20T25:00", "soon", "", 20261020, True, [2026]])
def test_what_is_no_date(text: Any) -> None:
    with pytest.raises(ValueError, match=r"date|time of the day"):
        Patient.model_validate({"id": "P", "procedures": [{"name": "biopsy", "date": text}]})

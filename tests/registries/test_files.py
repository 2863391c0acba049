"""Records from files and folders, one at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from limen.errors import RecordError
from limen.registries import is_structured, iter_records, read, split_records

_STUDY = {"protocolSection": {"eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria: ≥ 9"}}}


def test_a_folder_is_walked_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.TXT", "sub/c.html", ".hidden.txt", ".git/d.txt", "e.ann", "f.pdf", "NCT1", "g.md"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(name)
    found = [Path(name).relative_to(tmp_path).as_posix() for name, _ in iter_records(tmp_path)]
    assert found == ["NCT1", "a.TXT", "b.txt", "g.md", "sub/c.html"]


def test_a_file_is_taken_whatever_its_suffix(tmp_path: Path) -> None:
    file = tmp_path / "record.page"
    file.write_bytes(b"Inclusion\r\n")
    assert list(iter_records(file)) == [(file.as_posix(), b"Inclusion\r\n")]


def test_json_lines_are_a_record_a_line(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text(json.dumps(_STUDY) + "\n\n" + json.dumps(_STUDY) + "\r\n")
    records = list(iter_records(file))
    assert [name for name, _ in records] == [f"{file.as_posix()}:1", f"{file.as_posix()}:3"]
    trial = read(records[1][1], name=records[1][0])
    assert trial.text == "Inclusion Criteria: ≥ 9"
    assert trial.trial_id == "many"


@pytest.mark.parametrize(
    "content",
    [
        [_STUDY, _STUDY],
        {"studies": [_STUDY, _STUDY], "nextPageToken": "x"},
        {"totalCount": 2, "studies": [_STUDY, _STUDY]},
        {"FullStudiesResponse": {"NStudiesFound": 2, "FullStudies": [_STUDY, _STUDY]}},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_of_studies_is_a_record_a_study(tmp_path: Path, content: object, indent: int | None) -> None:
    file = tmp_path / "many.json"
    file.write_text(json.dumps(content, indent=indent, ensure_ascii=False), encoding="utf-8")
    records = list(iter_records(file))
    assert [name for name, _ in records] == [f"{file.as_posix()}[1]", f"{file.as_posix()}[2]"]
    assert all(raw.decode() in file.read_text(encoding="utf-8") for _, raw in records)
    assert [read(raw, name=name).text for name, raw in records] == ["Inclusion Criteria: ≥ 9"] * 2


def test_one_study_is_one_record_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(_STUDY | {"derivedSection": {"studies": [{"a": 1}]}}))
    assert list(iter_records(file)) == [(file.as_posix(), file.read_bytes())]


def test_a_list_that_breaks_off_still_gives_its_first_studies(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text("[" + json.dumps(_STUDY) + ', {"protocolSection": ')
    (first, second) = list(iter_records(file))
    assert read(first[1], name=first[0]).text
    with pytest.raises(RecordError, match=r"broken.json\[2\]: starts like JSON"):
        read(second[1], name=second[0])


def test_a_folder_of_json_that_is_nested_too_deeply(tmp_path: Path) -> None:
    file = tmp_path / "deep.json"
    file.write_text('[{"a":' * 20_000)
    ((name, raw),) = list(iter_records(file))
    with pytest.raises(RecordError, match="nested too deeply"):
        read(raw, name=name)


def test_a_missing_path_says_so() -> None:
    with pytest.raises(RecordError, match=r"nowhere/at/all: there is no such file or folder"):
        list(iter_records(Path("nowhere/at/all")))


def test_a_file_that_cannot_be_opened_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text("Inclusion: x")
    genuine = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "b.txt":
            raise PermissionError(13, "Permission denied")
        return genuine(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    errors: list[RecordError] = []
    records = list(iter_records(tmp_path, on_error=errors.append))
    assert [Path(name).name for name, _ in records] == ["a.txt", "c.txt"]
    assert [error.reason for error in errors] == ["cannot be opened: Permission denied"]
    with pytest.raises(RecordError, match="cannot be opened"):
        list(iter_records(tmp_path))


def test_no_more_than_one_file_is_read_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("Inclusion: x")
    opened: list[str] = []
    genuine = Path.read_bytes

    def note(path: Path) -> bytes:
        opened.append(path.name)
        return genuine(path)

    monkeypatch.setattr(Path, "read_bytes", note)
    records = iter_records(tmp_path)
    next(records)
    assert opened == ["0.txt"]


@pytest.mark.parametrize(
    "raw, expected",
    [
        (b'{"schema": "limen.trial/1", "trial_id": "a"}', True),
        (b' [{"schema":"limen.trial/1"}]', True),
        (b'{"trial_id": "a", "schema" : "limen.trial/1"}', True),
        (b'{"protocolSection": {}}', False),
        (b'A text about "schema": "limen.trial/1"', False),
        (b"", False),
    ],
)
def test_structured_trials_are_told_apart(raw: bytes, expected: bool) -> None:
    assert is_structured(raw) is expected


_TABLE = (
    "\ufeffTrialID,Public_title,Inclusion agemin,Inclusion agemax,Inclusion gender,Inclusion Criteria,Exclusion Criteria\r\n"
    'X-1,One,18 Years,N/A,Both,"Hb &#8805; 9 g/dL<br>Platelets > 50, untransfused",Dialysis\r\n'
    'X-2,Two,NA,NA,Male,"\r<br>        Inclusion Criteria:\r<br>\r<br>          -  Gout\r<br>        Exclusion Criteria:\r<br>          -  Dialysis",NA\r\n'
)


def test_a_table_is_a_record_a_row(tmp_path: Path) -> None:
    file = tmp_path / "trials.csv"
    file.write_bytes(_TABLE.encode())
    records = list(iter_records(tmp_path))
    assert [name for name, _ in records] == [f"{file.as_posix()}[1]", f"{file.as_posix()}[2]"]
    first, second = (read(raw, name=name) for name, raw in records)
    assert first.text == "Hb ≥ 9 g/dL\nPlatelets > 50, untransfused\n\nDialysis"
    assert (first.trial_id, first.title, first.registry_fields.sex) == ("X-1", "One", "all")
    assert first.registry_fields.age_min is not None and first.registry_fields.age_min.value == 18
    assert [(s.role, second.text[s.start : s.end].split()[0]) for s in second.sections] == [("inclusion", "Inclusion")]
    assert "Exclusion Criteria:\n          -  Dialysis" in second.text
    assert second.registry_fields.sex == "male"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_on_standard_input_is_known_by_its_head(delimiter: str) -> None:
    raw = delimiter.join(["#nct_id", "eligibility_criteria"]) + "\n" + delimiter.join(["NCT99999952", '"Inclusion Criteria:\n- Gout"']) + "\n"
    ((name, record),) = list(split_records("-", raw.encode()))
    trial = read(record, name=name)
    assert (name, trial.trial_id, trial.text) == ("-[1]", "NCT99999952", "Inclusion Criteria:\n- Gout")


def test_a_text_that_lists_words_is_no_table() -> None:
    raw = b"Inclusion criteria, exclusion criteria\n- Gout"
    assert list(split_records("-", raw)) == [("-", raw)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"a,b\n1,2\n", "without a column for criteria"), (b"", "without a column for criteria"), (b"Inclusion criteria\n\xe9\n", "not UTF-8")],
)
def test_a_table_that_cannot_be_read_does_not_cost_the_others(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    (tmp_path / "b.txt").write_text("Inclusion criteria\n- Gout")
    errors: list[RecordError] = []
    assert [Path(name).name for name, _ in iter_records(tmp_path, on_error=errors.append)] == ["b.txt"]
    assert reason in str(errors[0]) and "a.csv" in str(errors[0])
    with pytest.raises(RecordError, match=reason):
        list(iter_records(tmp_path / "a.csv"))

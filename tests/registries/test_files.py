"""Records from files and folders, one at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from limen.errors import RecordError
from limen.registries import is_structured, iter_records, read

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

"""The commands: their formats, exit statuses and messages, bad input, and what they import."""

from __future__ import annotations

import csv
import io
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import limen
from limen import cli, exports
from limen.criteria import Trial
from limen.errors import RecordError
from limen.rows import rows
from limen.stream import stream

SAMPLES = Path(limen.__file__).parent / "samples"
RECORDS = sorted(p for p in SAMPLES.iterdir() if p.suffix in (".txt", ".json", ".xml"))
HEAVY = ("spacy", "medspacy", "scispacy", "quantulum3", "pint", "numpy", "duckdb", "fhir", "fastapi", "limen.criteria")
TEXT = "Inclusion Criteria:\n- Age 18 to 65 years\n- Hemoglobin ≥ 9 g/dL within 14 days before screening\n\nExclusion Criteria:\n- Creatinine > 2 mg/dL\n"


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli.app, [str(each) for each in arguments], input=stdin)


def program(*arguments: str | Path, code: str = "") -> subprocess.CompletedProcess[str]:
    """The program in a process of its own; `code` runs after it."""
    script = f"import sys\nfrom limen.cli import main\ntry:\n    main()\nexcept SystemExit as end:\n    status = end.code\n{code}"
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "trial.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


# What the commands print


@pytest.mark.parametrize("command", ["structure", "thresholds", "check", "screen", "review", "evaluate", "schema"])
def test_every_command_is_listed_and_helps(command: str) -> None:
    assert command in run("--help").output
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_structure_prints_one_object_for_one_record_and_an_array_for_several(record: Path) -> None:
    one = json.loads(run("structure", record).stdout)
    assert (one["schema"], one["trial_id"], one["source"]["name"]) == ("limen.trial/1", "trial", record.as_posix())
    assert [c["id"] for c in one["criteria"]] == ["I1", "I2", "E1"]
    several = json.loads(run("structure", record, SAMPLES / "umin.txt", SAMPLES / "jrct.txt").stdout)
    assert [trial["registry"] for trial in several] == ["plain", "umin", "jrct"]


def test_structured_trials_are_read_back(record: Path) -> None:
    lines = run("structure", record, *RECORDS, "--format", "jsonl").stdout.splitlines()
    assert len(lines) == 1 + len(RECORDS)
    for line in lines:
        trial = Trial.model_validate_json(line)
        assert trial.model_dump_json(by_alias=True) == line
        assert all(trial.text[c.start : c.end] == c.text for c in trial.criteria if c.role != "registry")


def test_thresholds_are_the_rows_of_the_trial(record: Path) -> None:
    lines = [json.loads(line) for line in run("thresholds", record).stdout.splitlines()]
    assert [json.loads(row.model_dump_json()) for row in rows(limen.structure(record))] == lines
    assert [(r["criterion_id"], r["role"], r["kind"], r["concept"]) for r in lines] == [
        ("I1", "inclusion", "age", "age"),
        ("I2", "inclusion", "measurement", "hemoglobin"),
        ("I2", "inclusion", "window", "hemoglobin"),
        ("E1", "exclusion", "measurement", "creatinine"),
    ]
    window = lines[2]
    assert TEXT[window["start"] : window["end"]] == window["text"] == "within 14 days before screening"
    assert (window["operator"], window["high"], window["unit"], window["low"]) == ("le", 14, "d", None)


def test_no_row_repeats_another() -> None:
    for path in RECORDS:
        found = [(r.start, r.end, r.concept, r.kind) for r in rows(limen.structure(path)) if r.role != "registry"]
        assert len(found) == len(set(found)), path.name


def test_registry_fields_give_rows_too() -> None:
    found = [json.loads(line) for line in run("thresholds", SAMPLES / "jrct.txt").stdout.splitlines()]
    registry = [r for r in found if r["role"] == "registry"]
    assert [(r["concept"], r["low"], r["low_inclusive"], r["high"], r["high_inclusive"]) for r in registry] == [("age", 20, True, 85, False)]


def test_csv_has_a_header_and_a_column_a_field(record: Path) -> None:
    table = list(csv.DictReader(io.StringIO(run("thresholds", record, "--format", "csv").stdout)))
    assert [row["concept"] for row in table] == ["age", "hemoglobin", "hemoglobin", "creatinine"]
    assert set(table[0]) == {"trial_id", "criterion_id", "role", *limen.structure(record).criteria[0].requirement.model_dump()}
    assert json.loads(table[1]["window"])["anchor"] == "screening"


def test_a_formula_stays_text_in_csv(tmp_path: Path) -> None:
    path = tmp_path / "=cmd.txt"
    path.write_text(TEXT, encoding="utf-8")
    table = list(csv.DictReader(io.StringIO(run("thresholds", path, "--format", "csv").stdout)))
    assert {row["trial_id"] for row in table} == {"'=cmd"}


@pytest.mark.parametrize("columns", [40, 80, 120, 300])
@pytest.mark.parametrize("command", ["structure", "thresholds"])
def test_tables_fit_80_to_120_columns(command: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run(command, "--format", "table", *RECORDS).stdout.splitlines()
    widest = max(cell_len(line.rstrip()) for line in lines)
    assert 60 < widest <= min(max(columns, 80), 120)


def test_check_prints_a_finding_a_line(tmp_path: Path) -> None:
    path = tmp_path / "lost.txt"
    path.write_text("Exclusion Criteria:\n- Creatinine above 120 mmol/L\n- Albumin ,25 g/L\n", encoding="utf-8")
    lines = run("check", path).stdout.splitlines()
    pattern = re.compile(rf"{re.escape(path.as_posix())}:(-|[IER]\d+):\d+-\d+ (info|warning|error) ([a-z_]+) \S.*")
    found = [pattern.fullmatch(line) for line in lines]
    assert all(found), lines
    assert {(m[1], m[3]) for m in found if m} >= {("E1", "unit_implausible"), ("E2", "symbol_repaired")}


@pytest.mark.parametrize("name", ["trial", "threshold", "finding", "patient", "verdict"])
def test_schemas_are_json_schemas(name: str) -> None:
    printed = json.loads(run("schema", name).stdout)
    assert printed["type"] == "object" and printed["properties"]
    assert json.loads(run("schema").stdout)[name] == printed


def test_the_schema_names_what_is_printed(record: Path) -> None:
    printed = json.loads(run("structure", record).stdout)
    described = json.loads(run("schema", "trial").stdout)
    assert set(printed) == set(described["properties"])
    row = json.loads(run("thresholds", record).stdout.splitlines()[0])
    assert set(row) == set(json.loads(run("schema", "threshold").stdout)["properties"])


def test_standard_input_and_output_file(tmp_path: Path, record: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = run("structure", "-", "--format", "jsonl", "-o", out, stdin=TEXT.encode())
    assert (result.exit_code, result.stdout) == (0, "")
    assert Trial.model_validate_json(out.read_bytes()).trial_id == "-"
    piped = run("thresholds", "-", stdin=(out.read_text(encoding="utf-8") * 2).encode())
    assert len(piped.stdout.splitlines()) == 2 * len(run("thresholds", record).stdout.splitlines())


def test_text_without_headings_has_the_role_that_is_asked_for() -> None:
    roles = [{json.loads(line)["role"] for line in run("thresholds", "-", *options, stdin=b"Creatinine > 2 mg/dL\n").stdout.splitlines()}
             for options in ([], ["--role", "exclusion"])]  # fmt: skip
    assert roles == [{"inclusion"}, {"exclusion"}]


def test_screen_takes_structured_trials(tmp_path: Path, record: Path) -> None:
    trial, patient = tmp_path / "trial.jsonl", tmp_path / "patient.yaml"
    run("structure", record, "--format", "jsonl", "-o", trial)
    patient.write_text(
        "id: P1\nage: 40\nsex: female\nobservations:\n"
        "  - {name: creatinine, value: 3, unit: mg/dL, date: 2026-10-30}\n  - {name: Hb, value: 12, unit: g/dL, date: 2026-10-30}\n",
        encoding="utf-8",
    )
    arguments = ("screen", "--trial", trial, "--patient", patient, "--on", "2026-11-01")
    verdict = json.loads(run(*arguments, "--format", "json").stdout)
    assert (verdict["schema"], verdict["verdict"], verdict["on"]) == ("limen.verdict/1", "ineligible", "2026-11-01")
    assert json.loads(run(*arguments, "--patient", patient, "--format", "json").stdout) == [verdict, verdict]
    assert [json.loads(line) for line in run(*arguments, "--format", "jsonl").stdout.splitlines()] == [verdict]
    assert "INELIGIBLE" in run(*arguments).stdout
    assert run(*arguments, "--format", "html").stdout.startswith("<!doctype html>")


# Exit statuses


@pytest.mark.parametrize(
    "arguments",
    [
        ["structure"],
        ["structure", "x.txt", "--format", "yaml"],
        ["structure", "x.txt", "--registry", "nowhere"],
        ["thresholds", "x.txt", "--role", "both"],
        ["thresholds", "x.txt", "--jobs", "0"],
        ["thresholds", "x.txt", "-o", "no/such/folder/out.jsonl"],
        ["screen", "--trial", "x.txt"],
        ["screen", "--trial", "x.txt", "--patient", "p.yaml", "--on", "tomorrow"],
        ["schema", "nothing"],
        ["nothing"],
    ],
)
def test_usage_errors_exit_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


BAD: dict[str, tuple[str, bytes, str]] = {
    "empty": ("empty.txt", b"", "empty"),
    "white space": ("blank.txt", b" \n\t\n", "empty"),
    "binary": ("image.txt", b"\x89PNG\r\n\x1a\n\0\0", "binary"),
    "JSON of the wrong shape": ("wrong.json", b'{"protocolSection": {"eligibilityModule": []}}', ""),
    "JSON that is none": ("broken.json", b'{"protocolSection": {', ""),
    "a record without eligibility": ("bare.json", b'{"protocolSection": {"identificationModule": {"nctId": "NCT00000000"}}}', ""),
    "a structured trial that breaks the schema": ("old.json", b'{"schema": "limen.trial/1", "trial_id": 3}', "schema"),
}


@pytest.mark.parametrize("command", ["structure", "thresholds", "check"])
@pytest.mark.parametrize("bad", BAD)
def test_an_unreadable_record_is_one_line_and_status_1(bad: str, command: str, tmp_path: Path, record: Path) -> None:
    name, content, reason = BAD[bad]
    (tmp_path / name).write_bytes(content)
    result = run(command, tmp_path / name, record)
    lines = result.stderr.splitlines()
    assert result.exit_code == 1
    assert len(lines) == 1 and lines[0].startswith("error: ") and (tmp_path / name).as_posix() in lines[0] and reason in lines[0]
    assert result.stdout == run(command, record).stdout


def test_a_path_that_is_not_there(record: Path) -> None:
    result = run("thresholds", "nowhere.txt", record)
    assert result.exit_code == 1
    assert result.stderr == "error: nowhere.txt: there is no such file or folder\n"
    assert len(result.stdout.splitlines()) == 4


HARD: dict[str, Callable[[], bytes]] = {
    "a line of five megabytes": lambda: b"Inclusion Criteria:\n- " + b"age over 18 years and " * 240_000,
    "20,000 opening brackets": lambda: b"Inclusion Criteria:\n- Age > 18 " + b"(" * 20_000,
    "250 digits": lambda: b"Inclusion Criteria:\n- Creatinine > " + b"9" * 250 + b" mg/dL",
    "invalid UTF-8": lambda: b"Inclusion Criteria:\n- Age \xb3 18 years \xff\xfe",
    "HTML": lambda: b"<html><body><h2>Inclusion Criteria</h2><ul><li>Age &gt;= 18 years</li></ul></body></html>",
    "thousands of commas": lambda: b"Exclusion Criteria:\n- " + b"creatinine > 2 mg/dL, " * 3_000,
    "deep nesting": lambda: b"Inclusion Criteria:\n" + b"".join(b" " * depth + b"- a:\n" for depth in range(500)),
}


@pytest.mark.parametrize("hard", HARD)
def test_hard_input_is_read_in_time(hard: str, tmp_path: Path) -> None:
    path = tmp_path / "hard.txt"
    path.write_bytes(HARD[hard]())
    run("structure", "-", stdin=TEXT.encode())
    start = time.process_time()
    result = run("structure", path, "--format", "jsonl")
    assert (result.exit_code, result.stderr) == (0, "")
    assert Trial.model_validate_json(result.stdout).criteria
    assert time.process_time() - start < 30


def test_one_bad_record_among_a_hundred(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"{number:03d}.txt").write_text(TEXT if number != 57 else "", encoding="utf-8")
    result = run("thresholds", tmp_path)
    ids = list(dict.fromkeys(json.loads(line)["trial_id"] for line in result.stdout.splitlines()))
    assert ids == [f"{number:03d}" for number in range(100) if number != 57]
    assert result.exit_code == 1
    assert result.stderr == f"error: {(tmp_path / '057.txt').as_posix()}: the file is empty\n"


def test_a_defect_costs_one_record_only(tmp_path: Path, record: Path) -> None:
    def fails(trial: Trial) -> str:
        if trial.trial_id == "bad":
            raise KeyError("x")
        return trial.trial_id

    (tmp_path / "bad.txt").write_text(TEXT, encoding="utf-8")
    errors: list[RecordError] = []
    assert list(stream([tmp_path / "bad.txt", record], fails, on_error=errors.append)) == ["trial"]
    assert "defect of limen: KeyError" in str(errors[0]) and "bad.txt" in str(errors[0])


# Many records


def test_several_processes_give_the_same_in_the_same_order(tmp_path: Path) -> None:
    for number in range(60):
        filler = "".join(f"- Hemoglobin above {number}.{line} g/dL or treatment number {line}\n" for line in range(80))
        (tmp_path / f"{number:02d}.txt").write_text(TEXT + filler if number != 31 else "\0", encoding="utf-8")
    one, two = (run("thresholds", tmp_path, "--jobs", jobs) for jobs in "12")
    assert one.stdout == two.stdout and one.stderr == two.stderr and one.exit_code == two.exit_code == 1
    assert len({json.loads(line)["trial_id"] for line in two.stdout.splitlines()}) == 59


def test_records_are_read_one_at_a_time(tmp_path: Path) -> None:
    asked: list[Path] = []

    def paths():  # type: ignore[no-untyped-def]
        for number in range(50):
            path = tmp_path / f"{number}.txt"
            path.write_text(TEXT, encoding="utf-8")
            asked.append(path)
            yield path

    results = stream(paths(), exports.THRESHOLDS["jsonl"].text, on_error=print, jobs=1)
    assert next(results)
    assert len(asked) == 1


def test_a_closed_pipe_is_silent() -> None:
    script = f"{sys.executable} -c 'from limen.cli import main; main()' structure --format jsonl {SAMPLES} {SAMPLES} | head -c 100"
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert len(result.stdout) == 100
    assert result.stderr == ""


# What is loaded


def test_help_loads_nothing_heavy_and_is_fast() -> None:
    loaded = f"print([name for name in {HEAVY!r} if name in sys.modules])"
    for arguments in ([], ["structure"], ["screen"], ["review"], ["evaluate"]):
        assert program(*arguments, "--help", code=loaded).stdout.splitlines()[-1] == "[]"
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        program("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < 0.5


def test_screening_of_structured_trials_loads_no_nlp(tmp_path: Path, record: Path) -> None:
    trial, patient = tmp_path / "trial.jsonl", tmp_path / "patient.yaml"
    run("structure", record, "--format", "jsonl", "-o", trial)
    patient.write_text("id: P1\nage: 40\n", encoding="utf-8")
    loaded = "print([name for name in ('spacy', 'medspacy', 'scispacy', 'quantulum3') if name in sys.modules])"
    result = program("screen", "--trial", trial, "--patient", patient, "--format", "jsonl", code=loaded)
    assert result.stdout.splitlines()[-1] == "[]", result.stderr


def test_a_review_store_is_reported_exported_and_taken_into_account(tmp_path: Path) -> None:
    from limen import review, structure
    from limen.review import Store, take_in

    record = tmp_path / "trial.txt"
    record.write_text("Inclusion Criteria:\n- Age >= 18 years\n", encoding="utf-8")
    db = tmp_path / "review.sqlite"
    with Store(db) as store:
        take_in(store, [structure(record)])
    shown = run("review", "--db", str(db), "--report")
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout.strip() == str(review.report(db)).strip()
    written = run("review", "--db", str(db), "--export", str(tmp_path / "gold"))
    assert written.exit_code == 0, written.stderr
    assert "0 trials written" in written.stdout
    assert "left out: trial" in written.stderr
    corrected = run("structure", str(record), "--reviewed", str(db))
    assert corrected.exit_code == 0, corrected.stderr
    assert '"concept": "age"' in corrected.stdout or '"concept":"age"' in corrected.stdout

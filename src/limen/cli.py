"""The commands.  Each is one call of the library; nothing is imported before a command needs it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from limen._version import __version__
from limen.errors import LimenError

if TYPE_CHECKING:
    from limen.criteria import Trial
    from limen.exports import Format
    from limen.screening import Patient, Verdict

T = TypeVar("T")
ListRole = Literal["inclusion", "exclusion"]

app = typer.Typer(
    help="Reads the eligibility criteria of clinical trials into machine-checkable criteria.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _known_registry(name: str | None) -> str | None:
    if name is not None:
        from limen.registries import REGISTRIES

        known = list(dict.fromkeys(each for form in REGISTRIES for each in (form.REGISTRY, form.NAME)))
        if name not in known:
            raise typer.BadParameter(f"there is no registry named {name!r}; known are {', '.join(known)}")
    return name


Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Records, folders of them, or - for standard input.")]
Registry = Annotated[
    str | None,
    typer.Option("--registry", metavar="NAME", callback=_known_registry, help="The registry's format, where its content should not decide."),
]
Role = Annotated[ListRole | None, typer.Option("--role", help="What a text without headings holds.  [default: inclusion]")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE instead of standard output.")]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes to read with.  [default: one a core]")]


class _Errors:
    """One line on standard error for each record that cannot be read."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, error: LimenError) -> None:
        self.count += 1
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)

    def leave(self) -> None:
        """Exits with status 1 if there was any."""
        if self.count:
            raise typer.Exit(1)


@app.command()
def structure(
    paths: Paths,
    format: Annotated[Literal["json", "jsonl", "table"], typer.Option("--format", "-f")] = "json",
    output: Output = None,
    registry: Registry = None,
    role: Role = None,
    reviewed: Annotated[Path | None, typer.Option("--reviewed", metavar="DB", help="A review store: its corrections take effect.")] = None,
    jobs: Jobs = None,
) -> None:
    """The criteria of each record: one Trial a record."""
    from limen import exports

    if reviewed is None:
        _write_trials(paths, exports.STRUCTURE[format], output, registry, role, jobs)
        return
    from limen import review as room

    errors = _Errors()
    corrected = (room.reviewed(reviewed, trial) for trial in _trials(paths, errors, registry, role, jobs))
    with _output(output):
        chosen = exports.STRUCTURE[format]
        sys.stdout.writelines(chosen.frame(chosen.text(trial) for trial in corrected))
    errors.leave()


@app.command()
def thresholds(
    paths: Paths,
    format: Annotated[Literal["jsonl", "csv", "table"], typer.Option("--format", "-f")] = "jsonl",
    output: Output = None,
    registry: Registry = None,
    role: Role = None,
    jobs: Jobs = None,
) -> None:
    """The flat table of every limit: measurement, comparator, number, unit, window, place."""
    from limen import exports

    _write_trials(paths, exports.THRESHOLDS[format], output, registry, role, jobs, limits_only=True)


@app.command()
def check(
    paths: Paths,
    output: Output = None,
    registry: Registry = None,
    role: Role = None,
    jobs: Jobs = None,
) -> None:
    """What a careful reader would want to be told, one finding a line: file:criterion:start-end severity code message."""
    from limen import exports

    _write_trials(paths, exports.CHECK["lines"], output, registry, role, jobs)


@app.command()
def screen(
    trial: Annotated[list[Path], typer.Option("--trial", metavar="PATH", help="Records, or what `limen structure` wrote; may be repeated.")],
    patient: Annotated[list[Path], typer.Option("--patient", metavar="PATH", help="Profiles, FHIR Bundles, OMOP tables; may be repeated.")],
    on: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The screening date.  [default: today]")] = None,
    format: Annotated[Literal["table", "json", "jsonl", "html"], typer.Option("--format", "-f")] = "table",
    defaults: Annotated[Path | None, typer.Option("--defaults", metavar="FILE", help="The site's own reference ranges.")] = None,
    output: Output = None,
    registry: Registry = None,
    role: Role = None,
    jobs: Jobs = None,
) -> None:
    """Patients against trials: eligible, ineligible or undetermined, and why."""
    from limen import screening

    errors = _Errors()
    trials = list(_trials(trial, errors, registry, role, jobs))
    known = screening.read_defaults(defaults) if defaults else None
    verdicts = screening.screen_all(trials, _patients(patient, errors), on=on.date() if on else None, defaults=known)
    with _output(output):
        _write_verdicts(_watched(verdicts, "verdicts", output), format)
    errors.leave()


@app.command()
def review(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH...]", help="Records to take into the review.")] = None,
    db: Annotated[Path, typer.Option("--db", metavar="FILE", help="The review store.")] = Path("review.sqlite"),
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8017,
    host: Annotated[str, typer.Option("--host", help="The address to serve at; another than this machine's own needs --token.")] = "127.0.0.1",
    token: Annotated[str | None, typer.Option("--token", help="What each browser must give once.")] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
    report: Annotated[bool, typer.Option("--report", help="Print the figures of the store, and serve nothing.")] = False,
    export: Annotated[Path | None, typer.Option("--export", metavar="FOLDER", help="Write what is settled into FOLDER, and serve nothing.")] = None,
    import_: Annotated[Path | None, typer.Option("--import", metavar="FOLDER", help="Take decisions from FOLDER, and serve nothing.")] = None,
    format: Annotated[Literal["json", "brat", "csv"], typer.Option("--format", "-f", help="Of --export and --import.")] = "json",
    reviewer: Annotated[str, typer.Option("--reviewer", help="Whose decisions --import takes in.")] = "import",
    registry: Registry = None,
    role: Role = None,
    jobs: Jobs = None,
) -> None:
    """A page on which a person confirms or corrects what was read."""
    from limen import review as room

    errors = _Errors()
    trials = _trials(paths or [], errors, registry, role, jobs)
    if report or export or import_:
        if import_:
            taken = room.import_(db, import_, format, reviewer=reviewer)
            _tell(f"{taken.trials} trials and {taken.criteria} criteria taken in", "not taken in", taken.refused)
        if export:
            written = room.export(db, export, format)
            _tell(f"{written.trials} trials written to {export}", "left out", written.left_out)
        if report:
            print(room.report(db))
        return
    room.serve(trials, db=db, host=host, port=port, token=token, open_browser=open_browser)
    errors.leave()


def _tell(done: str, undone: str, reasons: list[str]) -> None:
    """What was done on standard output, what was not on standard error."""
    print(done)
    for reason in reasons:
        print(f"{undone}: {reason}", file=sys.stderr)


@app.command()
def evaluate(
    gold: Annotated[list[Path], typer.Argument(metavar="GOLD...", help="Corpus folders, or files of gold criteria.")],
    predicted: Annotated[
        list[Path] | None,
        typer.Option("--predicted", metavar="FILE", help="What `limen structure` wrote, instead of reading the texts now; may be repeated."),
    ] = None,
    format: Annotated[Literal["table", "json"], typer.Option("--format", "-f")] = "table",
    errors: Annotated[int, typer.Option("--errors", min=0, metavar="N", help="Show up to N errors of each sort.")] = 0,
    folds: Annotated[int, typer.Option("--folds", min=0, metavar="N", help="Add the figures of each of N folds of the trials.")] = 0,
    against: Annotated[Path | None, typer.Option("--compare", metavar="FILE", help="An earlier report (JSON) to compare with.")] = None,
    output: Output = None,
) -> None:
    """Gold against what is read: recall, precision, and each error."""
    import limen
    from limen import evaluation

    earlier = evaluation.read_report(against.read_text(encoding="utf-8")) if against else None
    report = evaluation.evaluate(gold, predicted=predicted or limen.structure, folds=folds)
    with _output(output):
        if format == "json":
            print(report.json())
        else:
            print(report.table(), report.listing(errors) if errors else "", sep="\n", end="")
        if earlier and format == "table":
            print(evaluation.compare(earlier, report).table())


@app.command()
def schema(
    name: Annotated[
        Literal["trial", "threshold", "finding", "patient", "verdict"] | None,
        typer.Argument(metavar="[NAME]", help="trial, threshold, finding, patient or verdict; all of them if not given."),
    ] = None,
) -> None:
    """The JSON Schema of what the other commands write and read."""
    import json

    from limen.schema import schema as of

    print(json.dumps(of(name), indent=2, ensure_ascii=False))


def _version(asked: bool) -> None:
    if asked:
        print(f"limen {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")] = False,
) -> None: ...


def _write_trials(
    paths: list[Path],
    format: Format,
    output: Path | None,
    registry: str | None,
    role: ListRole | None,
    jobs: int | None,
    *,
    limits_only: bool = False,
) -> None:
    from limen.stream import stream

    errors = _Errors()
    with _output(output):
        texts = stream(paths, format.text, on_error=errors, registry=registry, role=role, limits_only=limits_only, jobs=jobs)
        for text in format.frame(_watched(texts, "records", output)):
            sys.stdout.write(text)
        sys.stdout.flush()
    errors.leave()


def _trials(paths: list[Path], errors: _Errors, registry: str | None, role: ListRole | None, jobs: int | None) -> Iterator[Trial]:
    from limen.stream import same, stream

    return stream(paths, same, on_error=errors, registry=registry, role=role, jobs=jobs)


def _patients(paths: list[Path], errors: _Errors) -> Iterator[Patient]:
    from limen.errors import PatientError
    from limen.screening.read import read_patients

    for path in paths:
        try:
            yield from read_patients(path)
        except PatientError as error:
            errors(error)


def _write_verdicts(verdicts: Iterable[Verdict], format: str) -> None:
    from limen.exports import json
    from limen.screening import report

    if format == "table":
        from rich.console import Console

        report.print_verdicts(verdicts, Console(highlight=False))
    elif format == "html":
        sys.stdout.write(report.html(verdicts))
    elif format == "jsonl":
        sys.stdout.writelines(verdict.model_dump_json(by_alias=True) + "\n" for verdict in verdicts)
    else:
        sys.stdout.writelines(json.frame(verdict.model_dump_json(by_alias=True, indent=2) for verdict in verdicts))
    sys.stdout.flush()


@contextmanager
def _output(path: Path | None) -> Iterator[None]:
    """Standard output, in UTF-8 on every system; or the file that takes its place."""
    if path is None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        yield
        return
    try:
        file = path.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}", param_hint="--output") from error
    with file, redirect_stdout(file):
        yield


def _watched(items: Iterable[T], what: str, output: Path | None) -> Iterator[T]:
    """The items, counted on standard error while they pass, where that is a terminal that nothing else is printed to."""
    if not sys.stderr.isatty() or (output is None and sys.stdout.isatty()):
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns: list[Any] = [SpinnerColumn(), TextColumn("{task.completed:.0f} {task.description}"), TimeElapsedColumn()]
    shown = 0.0
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as progress:
        task = progress.add_task(what, total=None)
        for item in items:
            progress.advance(task)
            if monotonic() - shown > 0.1:
                shown = monotonic()
                progress.refresh()
            yield item


def main() -> None:
    """The program `limen`."""
    try:
        app()
    except LimenError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)

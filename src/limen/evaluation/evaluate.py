"""Gold against readings: corpora of comparisons and of brat annotations, and trees in limen's own schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Union

from pydantic import ValidationError

from limen.criteria import Section, Trial
from limen.errors import RecordError
from limen.evaluation import brat, corpus, logic, native, notation
from limen.evaluation.folds import fold_of
from limen.evaluation.report import Error, Figure, Report, ReportError, ratio
from limen.evaluation.rule import Claim, claims


class Reader(Protocol):
    """What reads a text or an unstructured trial: `limen.structure` does."""

    def __call__(self, source: Union[Path, Trial], *, role: Any = None) -> Trial: ...


Predicted = Union[Reader, Sequence[Path]]


def evaluate(
    gold: Sequence[Path], *, predicted: Predicted, folds: int = 0, name: str = "", part: Callable[[str], bool] | None = None
) -> Report:
    """The report of `predicted` against every gold set.

    A gold path is a corpus folder (texts, .ann files, core.jsonl, window.jsonl, thresholds.jsonl), a file of limen.trial/1
    (JSON or JSON lines) or of the annotations' notation (YAML), or a folder of such files.  `predicted` is a reader such as
    `limen.structure`, or files of `limen structure`'s output.  `folds` adds the figures of each fold of the trials; `part`
    chooses the trials that are scored, by id.  Raises `ReportError` for gold that cannot be read.
    """
    read = _Read(predicted)
    figures: list[Figure] = []
    errors: list[Error] = []
    for path in gold:
        made, wrong = _score(path, read, folds, part or (lambda _: True))
        figures += made
        errors += wrong
    return Report(tuple(figures), tuple(errors), name)


def _score(path: Path, read: _Read, folds: int, part: Callable[[str], bool]) -> tuple[list[Figure], list[Error]]:
    if corpus.is_corpus(path):
        return _corpus(path, read, folds, part)
    files = sorted(p for p in path.iterdir() if p.suffix in (".json", ".jsonl", ".yaml")) if path.is_dir() else [path]
    if not files or not all(p.is_file() for p in files):
        raise ReportError(f"{path}: no gold there: expected a corpus folder, or .json, .jsonl or .yaml files of gold criteria")
    figures: list[Figure] = []
    errors: list[Error] = []
    for file in files:
        trials, phenomena = _trials(file)
        pairs = [(t, read.trial(t)) for t in trials if part(t.trial_id)]
        made, wrong = native.score(pairs, file.stem, phenomena)
        figures += made
        errors += wrong
        for fold in range(folds):
            held = [pair for pair in pairs if fold_of(pair[0].trial_id, folds) == fold]
            figures += [f._replace(group=f"fold {fold}") for f in native.score(held, file.stem)[0] if f.group == "all"]
    return figures, errors


# ---- corpora


def _corpus(folder: Path, read: _Read, folds: int, part: Callable[[str], bool]) -> tuple[list[Figure], list[Error]]:
    chosen = {stem: path for stem, path in corpus.by_text(folder).items() if part(corpus.trial_of(stem))}
    trials = {stem: trial for stem, path in chosen.items() if (trial := read.text(path)) is not None}
    readings: list[Claim] = [claim for stem, trial in trials.items() for claim in claims(trial, stem)]
    figures, errors = corpus.score(folder, readings, folds=folds, part=part)
    pages = [(brat.read_page(chosen[stem].with_suffix(".ann")), trial) for stem, trial in trials.items()]
    made, wrong = logic.score(pages, folder.name)
    return [*figures, *_roles(folder, trials), *made], [*errors, *wrong]


def _roles(folder: Path, trials: Mapping[str, Trial]) -> list[Figure]:
    """Inclusion or exclusion: of the annotated comparisons that a criterion covers, whether its role is the section's."""
    right = of = 0
    with (folder / "thresholds.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            stem = str(row.get("file") or row["trial"]).rsplit("/", 1)[-1].rsplit(".", 1)[0]
            if stem in trials and row.get("section"):
                place = row["char_start"]
                roles = {c.role for c in trials[stem].criteria if c.role != "registry" and c.start <= place < c.end}
                right += roles == {row["section"]}
                of += 1
    return [ratio(f"{folder.name}/logic", "inclusion or exclusion", "recall", right, of)] if of else []


# ---- gold trials


def _trials(file: Path) -> tuple[list[Trial], dict[tuple[str, str], tuple[str, ...]]]:
    if file.suffix == ".yaml":
        annotated = notation.load(file)
        return [a.trial for a in annotated], {(a.trial.trial_id, c.id): a.shows for a in annotated for c in a.trial.criteria}
    return list(_saved(file)), {}


def _saved(file: Path) -> Iterator[Trial]:
    """The trials of a file that limen structure or limen review wrote."""
    try:
        words = file.read_text(encoding="utf-8")
        rows = [json.loads(line) for line in words.splitlines() if line.strip()] if file.suffix == ".jsonl" else json.loads(words)
        for row in rows if isinstance(rows, list) else [rows]:
            yield Trial.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ReportError(f"{file}: not trials of the schema limen.trial/1: {where}: {first['msg']}") from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ReportError(f"{file}: not trials of the schema limen.trial/1: {error}") from error


class _Read:
    """Readings by a reader, or out of files."""

    def __init__(self, predicted: Predicted) -> None:
        self.reader: Reader | None = None
        self.saved: dict[str, Trial] = {}
        if callable(predicted):
            self.reader = predicted
        else:
            self.saved = {trial.trial_id: trial for file in predicted for trial in _saved(file)}

    def text(self, path: Path) -> Trial | None:
        """The reading of a corpus text; None for an empty one."""
        if self.reader is None:
            return self.saved.get(path.stem)
        try:
            return self.reader(path, role="exclusion" if path.stem.endswith("_exc") else None)
        except RecordError:
            return None

    def trial(self, gold: Trial) -> Trial:
        """The reading of a gold trial's text."""
        if self.reader is None:
            empty = gold.model_copy(update={"criteria": ()})
            return self.saved.get(gold.trial_id, empty)
        return self.reader(gold.model_copy(update={"criteria": (), "findings": (), "sections": _sections(gold)}))


def _sections(gold: Trial) -> tuple[Section, ...]:
    """The layout that a registry's page stated and no heading in the text does, from where the gold criteria stand."""
    if gold.registry == "plain":
        return ()
    sections: list[Section] = []
    for criterion in (c for c in gold.criteria if c.role != "registry"):
        role: Any = criterion.role
        start = sections[-1].end if sections else 0
        if sections and sections[-1].role == role:
            start = sections.pop().start
        sections.append(Section(role=role, start=start, end=criterion.end))
    return tuple(sections)

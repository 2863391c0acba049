"""Gold in corpus folders: `core.jsonl` and `window.jsonl` are scored, `thresholds.jsonl` is everything annotated."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from limen.evaluation.folds import fold_of
from limen.evaluation.report import Error, Figure, ReportError, harmonic, ratio
from limen.evaluation.rule import MEASURES, Claim, Gold, gold_of, judge, measures, pair

SETS = ("core", "window")
_REFERENCE = re.compile(r"ULN|LLN|UNL|upper (?:normal )?limit|lower limit|above normal", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_PHENOMENA: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
    ("range", lambda r: r["operator"] == "between"),
    ("list of grades", lambda r: r.get("form") == "list"),
    ("bare number", lambda r: r.get("form") == "bare"),
    ("comparator as a symbol", lambda r: bool(re.search(r"[<>=≤≥≦≧＜＞]", r.get("operator_text") or ""))),
    ("comparator in words", lambda r: bool(re.search(r"[a-z]{2}", r.get("operator_text") or "", re.IGNORECASE))),
    ("number before comparator", lambda r: bool(r.get("reversed"))),
    ("number in words", lambda r: bool(r["values"]) and not _DIGIT.search(r.get("comparison_text") or "")),
    ("decimal comma", lambda r: bool(re.search(r"\d,\d{1,2}(?!\d)", r.get("comparison_text") or ""))),
    ("multiple of a reference limit", lambda r: bool(_REFERENCE.search(f"{r.get('unit_text')} {r.get('comparison_text')}"))),
    ("percent of predicted", lambda r: "predict" in f"{r.get('unit_text')} {r.get('line')}".lower() and "%" in (r.get("unit_text") or "")),
    ("power of ten beside the unit", lambda r: bool(r.get("scale"))),
    ("no unit", lambda r: not r.get("unit_text")),
    ("several names", lambda r: len(r.get("concepts") or ()) > 1),
    ("two limits in a line", lambda r: len(re.findall(r"[<>≤≥]|\bthan\b|\bleast\b", r.get("line") or "")) > 1),
    ("long line", lambda r: len(r.get("line") or "") > 300),
)


def phenomena(row: dict[str, Any]) -> Iterator[str]:
    """What is particular about an annotated comparison."""
    return (name for name, holds in _PHENOMENA if holds(row))


def is_corpus(folder: Path) -> bool:
    return folder.is_dir() and all((folder / f"{name}.jsonl").is_file() for name in (*SETS, "thresholds"))


def rows(path: Path) -> list[Gold]:
    """The annotations of one .jsonl file."""
    try:
        with path.open(encoding="utf-8") as lines:
            return [gold_of(json.loads(line), phenomena) for line in lines if line.strip()]
    except (json.JSONDecodeError, KeyError) as error:
        raise ReportError(f"{path}: not a list of annotated comparisons, a JSON object a line ({error!r})") from error


def score(
    folder: Path, readings: Sequence[Claim], *, folds: int = 0, part: Callable[[str], bool] = lambda _: True
) -> tuple[list[Figure], list[Error]]:
    """Figures and errors of a corpus folder; `part` chooses its trials."""
    everything = rows(folder / "thresholds.jsonl")
    known = set(pair(everything, readings))
    figures: list[Figure] = []
    errors: list[Error] = []
    for name in SETS:
        gold = [g for g in rows(folder / f"{name}.jsonl") if part(trial_of(g.file))]
        made, wrong = _Scored(f"{folder.name}/{name}", gold, readings, known).result(folds)
        figures += made
        errors += wrong
    return figures, errors


class _Scored:
    """One gold set against the readings."""

    def __init__(self, part: str, gold: Sequence[Gold], readings: Sequence[Claim], known: set[int]) -> None:
        self.part, self.gold, self.readings = part, gold, readings
        self.pairs = pair(gold, readings)
        self.by_gold = {i: j for j, i in self.pairs.items()}
        self.fields = {i: judge(gold[i], readings[j]) for j, i in self.pairs.items()}
        self.spurious = [j for j in range(len(readings)) if j not in known]

    def result(self, folds: int) -> tuple[list[Figure], list[Error]]:
        figures = self._block("all", range(len(self.gold)), self.spurious)
        for kind in dict.fromkeys(sorted(g.kind for g in self.gold)):
            figures += self._recalls(f"kind: {kind}", [i for i, g in enumerate(self.gold) if g.kind == kind])
        for name, _ in _PHENOMENA:
            if chosen := [i for i, g in enumerate(self.gold) if name in g.phenomena]:
                figures += self._recalls(name, chosen)
        for fold in range(folds):
            chosen = [i for i, g in enumerate(self.gold) if fold_of(trial_of(g.file), folds) == fold]
            spurious = [j for j in self.spurious if fold_of(trial_of(self.readings[j].file), folds) == fold]
            figures += self._block(f"fold {fold}", chosen, spurious)
        return figures, [*self._missed(), *self._claimed()]

    def _recalls(self, group: str, chosen: Sequence[int]) -> list[Figure]:
        marks = [measures(self.fields[i]) for i in chosen if i in self.fields]
        figures = [ratio(self.part, group, m, sum(mark[m] for mark in marks), len(chosen)) for m in MEASURES]
        if group == "all":
            for field in ("concept", "operator", "values", "unit"):
                right = sum(self.fields[i][field] for i in chosen if i in self.fields)
                figures.append(ratio(self.part, group, field, right, len(chosen)))
        return figures

    def _block(self, group: str, chosen: Sequence[int], spurious: Sequence[int]) -> list[Figure]:
        figures = self._recalls(group, chosen)
        recall = next(f.value for f in figures if f.measure == "exact")
        found = [i for i in chosen if i in self.fields]
        exact = sum(measures(self.fields[i])["exact"] for i in found)
        precision = ratio(self.part, group, "precision", exact, len(found) + len(spurious))
        return [*figures, precision, harmonic(self.part, group, recall, precision.value, len(chosen))]

    def _missed(self) -> Iterator[Error]:
        for i, gold in enumerate(self.gold):
            want = f"{'/'.join(w for n in gold.names for w in n.words) or gold.words} {gold.operator} {list(gold.values)} {gold.unit}"
            if i not in self.fields:
                yield Error(self.part, gold.file, gold.start, gold.end, "found", "not found", gold.line, want, "nothing")
            elif wrong := [name for name, ok in self.fields[i].items() if not ok]:
                got = _said(self.readings[self.by_gold[i]])
                yield Error(self.part, gold.file, gold.start, gold.end, wrong[0], "wrong: " + ", ".join(wrong), gold.line, want, got)

    def _claimed(self) -> Iterator[Error]:
        for j in self.spurious:
            claim = self.readings[j]
            yield Error(self.part, claim.file, claim.start, claim.end, "precision", "no annotation there", "", "nothing", _said(claim))


def _said(claim: Claim) -> str:
    names = "/".join(m.words[0] for m in claim.members if m.words)
    units = next((m.units[0] for m in claim.members if m.units), None)
    return f"{names} {claim.operator} {list(claim.values)} {units}"


def trial_of(file: str) -> str:
    """The trial of a text: Chia keeps a trial's two lists in two files."""
    return re.sub(r"_(?:inc|exc)$", "", file)


def by_text(folder: Path) -> Mapping[str, Path]:
    """The texts of a corpus folder by their stem."""
    return {path.stem: path for path in sorted(folder.glob("*.txt")) if path.with_suffix(".ann").is_file()}

"""Export of what the reviewers decided, and import of the same: the output's own schema, brat, and CSV.

An export holds the trials in which every criterion is settled.  `limen.trial/1` files are gold as `limen evaluate` takes it.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from limen.criteria import Criterion, Trial, Unread
from limen.review import brat, spreadsheet, trees
from limen.review.agreement import differing
from limen.review.decisions import Draft, Settle, Verdict, first_draft, read_rejection, same_reading
from limen.review.errors import ReviewError
from limen.review.gold import gold, settle, state_of
from limen.review.history import changes, stream_of
from limen.review.intake import take_in
from limen.review.store import Entry, Store

REMARKS = ("review_rejected", "review_note", "review_flagged", "review_differs")


@dataclass
class Exported:
    """The files that were written, and the trials that were left out, each with the reason."""

    files: list[Path] = field(default_factory=list)
    trials: int = 0
    left_out: list[str] = field(default_factory=list)


@dataclass
class Imported:
    """How many trials and criteria were taken in, and what was not, each with the reason."""

    trials: int = 0
    criteria: int = 0
    refused: list[str] = field(default_factory=list)


def _write_json(folder: Path, trials: Iterable[Trial]) -> list[Path]:
    files: list[Path] = []
    for trial in trials:
        text = json.dumps(trial.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=1) + "\n"
        files.append(write(folder / f"{file_stem(trial.trial_id, files)}.json", text))
    return files


def _read_json(folder: Path, refused: list[str], _: Store) -> list[Trial]:
    found: list[Trial] = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(Trial.model_validate_json(path.read_text(encoding="utf-8")))
        except (ValidationError, UnicodeDecodeError) as error:
            refused.append(f"{path.name}: is no limen.trial/1 object: {str(error).splitlines()[0]}")
    return found


def _write_brat(folder: Path, trials: Iterable[Trial]) -> list[Path]:
    files = [write(folder / "annotation.conf", brat.CONFIGURATION)]
    for trial in trials:
        stem = file_stem(trial.trial_id, files)
        files += [write(folder / f"{stem}.txt", trial.text), write(folder / f"{stem}.ann", brat.standoff(trial))]
    return files


def _read_brat(folder: Path, refused: list[str], store: Store) -> list[Trial]:
    by_text: dict[str, list[Trial]] = defaultdict(list)
    for trial in map(store.trial, store.trial_keys()):
        by_text[trial.text].append(trial)
    found: list[Trial] = []
    for path in sorted(folder.glob("*.ann")):
        text = path.with_suffix(".txt").read_bytes().decode("utf-8")
        same = by_text[text]
        if not same:
            refused.append(f"{path.name}: no trial of this store has the text of {path.stem}.txt")
            continue
        trial = next((t for t in same if file_stem(t.trial_id, ()) == path.stem), same[0])
        same.remove(trial)
        found.append(brat.read(trial, path.read_text(encoding="utf-8"), path.name, refused))
    return found


def _write_csv(folder: Path, trials: Iterable[Trial]) -> list[Path]:
    return [write(folder / "criteria.csv", spreadsheet.table(trials))]


def _read_csv(folder: Path, refused: list[str], store: Store) -> list[Trial]:
    kept = {trial.trial_id: trial for trial in map(store.trial, store.trial_keys())}
    found: list[Trial] = []
    for path in sorted(folder.glob("*.csv")):
        found += spreadsheet.read(path.read_bytes().decode("utf-8-sig"), kept, path.name, refused)
    return found


_Writer = Callable[[Path, Iterable[Trial]], list[Path]]
_Reader = Callable[[Path, list[str], Store], list[Trial]]
FORMATS: dict[str, tuple[_Writer, _Reader]] = {
    "json": (_write_json, _read_json),
    "brat": (_write_brat, _read_brat),
    "csv": (_write_csv, _read_csv),
}


def export(store: Store, folder: Path, format: str = "json", keys: Sequence[int] | None = None) -> Exported:
    """Writes every trial, or those of `keys`, in which each criterion is settled; says which were left out and why."""
    write_trials, _ = _format(format)
    folder.mkdir(parents=True, exist_ok=True)
    result = Exported()
    ready: list[Trial] = []
    for key in store.trial_keys() if keys is None else keys:
        settled = settle(store, key)
        state = state_of(settled)
        if state in ("reviewed", "adjudicated"):
            ready.append(gold(store, key))
            continue
        open_ids = [name for name, item in settled.items() if item.draft is None]
        why = "reviewers differ on" if state == "differing" else "not decided:"
        result.left_out.append(f"{store.trial(key).trial_id}: {why} {', '.join(open_ids) or 'no criteria'}")
    result.trials = len(ready)
    result.files = write_trials(folder, ready)
    return result


def import_(store: Store, folder: Path, format: str = "json", *, reviewer: str) -> Imported:
    """Takes annotations in as the decisions of `reviewer`; undecided criteria are decided, decided ones stay."""
    _, read_trials = _format(format)
    result = Imported()
    for trial in read_trials(folder, result.refused, store):
        key = store.key_of(trial.trial_id)
        if key is None:
            take_in(store, [_without_remarks(trial)])
            key = store.key_of(trial.trial_id)
        if key is None or store.trial(key).text != trial.text:
            result.refused.append(f"{trial.trial_id}: the store has another text for this trial: structure it again first")
            continue
        result.trials += 1
        _decide(store, key, trial, reviewer, result)
    return result


def _format(name: str) -> tuple[_Writer, _Reader]:
    if name not in FORMATS:
        raise ReviewError(f"There is no review format {name!r}: choose one of {', '.join(FORMATS)}.")
    return FORMATS[name]


def _decide(store: Store, key: int, trial: Trial, reviewer: str, result: Imported) -> None:
    stream = stream_of(reviewer)
    with store.transaction():
        store.refuse_closed(key, stream)
        held = store.held(key, stream)
        for own, given in _pairs(store.trial(key), trial, result.refused):
            if own.id in held and held[own.id].draft.verdict != "undecided":
                if not same_reading(held[own.id].draft.requirement, draft_from(given, own).requirement):
                    result.refused.append(f"{trial.trial_id}: {own.id} is decided otherwise by {reviewer} already")
                continue
            before, after = first_draft(own), draft_from(given, own)
            decision = Settle(draft=after).model_dump_json()
            entry = Entry(own.id, "settle", decision, json.dumps(changes(before, after)), "imported")
            store.append(key, stream, reviewer, entry, after)
            result.criteria += 1


def _pairs(own: Trial, given: Trial, refused: list[str]) -> list[tuple[Criterion, Criterion]]:
    places: dict[str, list[Criterion]] = defaultdict(list)
    for criterion in own.criteria:
        places[criterion.text].append(criterion)
    found: list[tuple[Criterion, Criterion]] = []
    for criterion in given.criteria:
        waiting = places[criterion.text]
        best = next((c for c in waiting if c.id == criterion.id), waiting[0] if waiting else None)
        if best is None:
            refused.append(f"{given.trial_id}: the store has no criterion with the words of {criterion.id}")
            continue
        waiting.remove(best)
        found.append((best, criterion))
    return found


def draft_from(given: Criterion, own: Criterion) -> Draft:
    """What a gold criterion says of the structurer's own, as a decision."""
    remarks = [finding for finding in given.findings if finding.code in REMARKS]
    rejections = tuple(read_rejection(f.message) for f in remarks if f.code == "review_rejected")
    first = first_draft(own)
    tree = trees.shift(given.requirement, -given.start)
    rejected = any(isinstance(tree, Unread) and rejection.text == tree.text for rejection in rejections)
    same = given.role == own.role and same_reading(tree, first.requirement)
    verdict: Verdict = "rejected" if rejected else "accepted" if same else "corrected"
    draft = Draft(
        verdict=verdict,
        role=given.role,
        requirement=tree,
        rejections=rejections,
        flagged=any(f.code == "review_flagged" for f in remarks),
        note=next((f.message for f in remarks if f.code == "review_note"), ""),
    )
    fields = tuple(sorted(differing(first, draft))) if verdict == "corrected" else ()
    return draft.model_copy(update={"corrected": fields})


def _without_remarks(trial: Trial) -> Trial:
    criteria = (c.model_copy(update={"findings": tuple(f for f in c.findings if f.code not in REMARKS)}) for c in trial.criteria)
    return trial.model_copy(update={"criteria": tuple(criteria)})


def file_stem(trial_id: str, files: Iterable[Path]) -> str:
    """A file name for a trial that is safe whatever its id, and that no other file has yet."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", trial_id).strip("._")[:80] or "trial"
    taken = {path.stem.lower() for path in files}
    names = (stem if n == 1 else f"{stem}~{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name.lower() not in taken)


def write(path: Path, text: str) -> Path:
    """Writes a file whole or not at all, with its line ends as they are."""
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(text.encode("utf-8"))
    os.replace(draft, path)
    return path

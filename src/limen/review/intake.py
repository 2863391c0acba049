"""Takes structured trials into a store, and carries decisions over when a trial comes again with other text or criteria."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from limen.criteria import Criterion, Threshold, Trial, Unread
from limen.review import trees
from limen.review.decisions import Draft, Settle, decide, first_draft, same_reading
from limen.review.history import Event, changes, draft_after, reviewer_of
from limen.review.store import Entry, Held, Store

PROGRAM = "limen"
_RANK = {"info": 1, "warning": 2, "error": 3}


@dataclass
class Intake:
    """What became of the trials that were offered to a store."""

    added: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    carried: int = 0
    not_carried: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """The same for a person: one line of figures, then one for each thing that needs a look."""
        figures = (
            f"{len(self.added)} trials added, {len(self.updated)} updated, {len(self.unchanged)} as they were; "
            f"{self.carried} decisions carried over, {len(self.not_carried)} not"
        )
        return [figures, *self.refused, *self.not_carried]


def take_in(store: Store, trials: Iterable[Trial]) -> Intake:
    """Adds trials to a store, each in a transaction of its own."""
    result = Intake()
    seen: dict[str, str] = {}
    for trial in trials:
        digest = f"{trial.source.name} ({trial.source.sha256[:12]})"
        if seen.get(trial.trial_id, digest) != digest:
            result.refused.append(
                f"{trial.trial_id}: {digest} was left out, because {seen[trial.trial_id]} has the same trial_id: rename one."
            )
            continue
        seen[trial.trial_id] = digest
        _take(store, trial, result)
    return result


def _take(store: Store, trial: Trial, result: Intake) -> None:
    with store.transaction():
        key = store.key_of(trial.trial_id)
        if key is None:
            _write(store, trial, None, 1)
            result.added.append(trial.trial_id)
            return
        old = store.trial(key)
        generation = store.generation(key)
        if old.text == trial.text and old.criteria == trial.criteria:
            _write(store, trial, key, generation)
            result.unchanged.append(trial.trial_id)
            return
        _carry(store, key, old, trial, result)
        result.updated.append(trial.trial_id)


def _write(store: Store, trial: Trial, key: int | None, generation: int) -> int:
    rows = [_criterion_row(number, criterion) for number, criterion in enumerate(trial.criteria)]
    values = (
        generation,
        trial.title or "",
        trial.registry,
        len(rows),
        min((row[5] for row in rows), default=1.0),
        sum(row[6] for row in rows) + len(trial.findings),
        max((row[7] for row in rows), default=0),
        min((name for row in rows for name in json.loads(row[9])), default=""),
        trial.model_dump_json(by_alias=True),
    )
    db = store.connection
    if key is None:
        cursor = db.execute("INSERT INTO trials VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (trial.trial_id, *values))
        key = int(cursor.lastrowid or 0)
    else:
        db.execute(
            "UPDATE trials SET generation = ?, title = ?, registry = ?, criteria = ?, confidence = ?, findings = ?, "
            "severity = ?, measurement = ?, json = ? WHERE key = ?",
            (*values, key),
        )
        db.execute("DELETE FROM criteria WHERE trial = ?", (key,))
        db.execute("DELETE FROM readings WHERE trial = ?", (key,))
    db.executemany("INSERT INTO criteria VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [(key, *row) for row in rows])
    readings = [(key, criterion.id, criterion.model_dump_json()) for criterion in trial.criteria]
    db.executemany("INSERT INTO readings VALUES (?, ?, ?)", readings)
    return key


def _criterion_row(position: int, criterion: Criterion) -> tuple[str, int, str, str, str, float, int, int, str, str]:
    leaves = [leaf for _, leaf in trees.leaf_paths(criterion.requirement)]
    findings = {*criterion.findings, *(f for leaf in leaves if isinstance(leaf, Threshold) for f in leaf.findings)}
    names = sorted({leaf.concept for leaf in leaves if isinstance(leaf, Threshold) and leaf.concept})
    sure = min((0.0 if isinstance(leaf, Unread) else leaf.confidence for leaf in leaves), default=0.0)
    return (
        criterion.id,
        position,
        criterion.role,
        criterion.status,
        criterion.text,
        sure,
        len(findings),
        max((_RANK[finding.severity] for finding in findings), default=0),
        json.dumps(sorted({finding.code for finding in findings})),
        json.dumps(names),
    )


def matches(old: Iterable[Criterion], new: Iterable[Criterion]) -> dict[str, Criterion]:
    """Old criterion id -> the new criterion with the same words and role; repeated words match in their order."""
    places: dict[tuple[str, str], list[Criterion]] = defaultdict(list)
    for criterion in new:
        places[criterion.role, criterion.text].append(criterion)
    found: dict[str, Criterion] = {}
    for criterion in old:
        if waiting := places[criterion.role, criterion.text]:
            found[criterion.id] = waiting.pop(0)
    return found


def _carry(store: Store, key: int, old: Trial, new: Trial, result: Intake) -> None:
    streams = [row["stream"] for row in store.rows("SELECT DISTINCT stream FROM drafts WHERE trial = ?", key)]
    held = {stream: store.held(key, stream) for stream in streams}
    stacks = {stream: store.stack(key, stream) for stream in streams}
    _write(store, new, key, store.generation(key) + 1)
    store.connection.execute("DELETE FROM drafts WHERE trial = ?", (key,))
    found = matches(old.criteria, new.criteria)
    for stream, drafts in held.items():
        for criterion in old.criteria:
            own = drafts.get(criterion.id)
            if own is None or own.draft == first_draft(criterion):
                continue
            target = found.get(criterion.id)
            if target is None:
                _leave(store, key, stream, criterion, own, result)
            elif same_reading(first_draft(criterion).requirement, first_draft(target).requirement):
                _replay(store, key, stream, target, [e for e in stacks[stream].done if e.criterion_id == criterion.id])
                result.carried += 1
            else:
                _settle(store, key, stream, target, own.draft)
                result.carried += 1


def _replay(store: Store, key: int, stream: str, target: Criterion, events: list[Event]) -> None:
    for number, event in enumerate(events, start=1):
        entry = Entry(target.id, event.action, event.decision, event.changes, f"carried over from event {event.seq}")
        store.append(key, stream, event.reviewer, entry, draft_after(events[:number], target))


def _settle(store: Store, key: int, stream: str, target: Criterion, draft: Draft) -> None:
    """The reviewer's tree stays; against the structurer's new tree it may now be a correction, or plain agreement."""
    first = first_draft(target)
    if draft.verdict in ("accepted", "corrected"):
        same = same_reading(draft.requirement, first.requirement) and draft.role == target.role
        draft = draft.model_copy(update={"verdict": "accepted" if same else "corrected"})
    decision = Settle(draft=draft)
    entry = Entry(
        target.id,
        "settle",
        decision.model_dump_json(),
        json.dumps(changes(first, draft)),
        "carried over: same words, read anew",
    )
    store.append(key, stream, PROGRAM, entry, decide(first, decision, target))


def _leave(store: Store, key: int, stream: str, criterion: Criterion, held: Held, result: Intake) -> None:
    lost = json.dumps([{"field": "text", "from": criterion.text, "to": None}])
    decision = Settle(draft=held.draft)
    entry = Entry(criterion.id, "not_carried", decision.model_dump_json(), lost, "the words are gone or changed")
    store.append(key, stream, PROGRAM, entry, None)
    result.not_carried.append(
        f"{reviewer_of(stream)}: {criterion.id} ({held.draft.verdict}) could not be carried over, its words changed: {criterion.text!r}"
    )

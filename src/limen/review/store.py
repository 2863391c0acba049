"""The store: one SQLite file (WAL) with the trials, an append-only audit trail, and the drafts that follow from it.

A method that returns has committed; one that raises has changed nothing.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from limen.criteria import Criterion, Trial
from limen.review.decisions import DECISION, Decision, Draft, decide, first_draft
from limen.review.errors import ConflictError, ReviewError, StoreError
from limen.review.history import ADJUDICATION, Event, Stack, changes, draft_after, stack, stream_of
from limen.review.migrations import migrate

# The source of the events that open an adjudication: opening it cannot be undone.
OPENED = "adjudication opened"
_EVENT_FIELDS = ", ".join(Event.__dataclass_fields__)


@dataclass(frozen=True)
class Held:
    """A draft as the store holds it; `version` is the number of the last event that made it (0: none yet)."""

    draft: Draft
    version: int


@dataclass(frozen=True)
class Entry:
    """A line to be written to the audit trail."""

    criterion_id: str
    action: str
    decision: str = "{}"
    changes: str = "[]"
    source: str = "page"
    batch: str | None = None
    target: int | None = None


class Store:
    """An open store.  May be shared by threads; `busy_timeout` is how long it waits for another program's lock, in seconds."""

    def __init__(self, path: Path | str, *, busy_timeout: float = 5.0, now: Callable[[], datetime] | None = None) -> None:
        self.path = Path(path)
        self._lock = threading.RLock()
        self._now = now or (lambda: datetime.now(timezone.utc))
        try:
            self.connection = sqlite3.connect(self.path, timeout=busy_timeout, isolation_level=None, check_same_thread=False)
            self.connection.row_factory = sqlite3.Row
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self.connection.execute(f"PRAGMA {pragma}")
            migrate(self.connection)
        except sqlite3.Error as error:
            raise StoreError(_sentence(error, self.path)) from error

    def close(self) -> None:
        """Closes the file; the store cannot be used afterwards."""
        self.connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---------------------------------------------------------------- reading and writing

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """The rows of a query."""
        try:
            with self._lock:
                return self.connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(_sentence(error, self.path)) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is written inside is saved, or nothing."""
        with self._lock:
            try:
                self.connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self.connection
                    self.connection.execute("COMMIT")
                except BaseException:
                    if self.connection.in_transaction:
                        self.connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise StoreError(_sentence(error, self.path)) from error

    def setting(self, name: str, default: Callable[[], str]) -> str:
        """A value that stays with the store; `default` makes it the first time."""
        if not (found := self.rows("SELECT value FROM settings WHERE name = ?", name)):
            with self.transaction() as db:
                db.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, default()))
            found = self.rows("SELECT value FROM settings WHERE name = ?", name)
        return str(found[0]["value"])

    # ---------------------------------------------------------------- what is there

    def trial(self, key: int) -> Trial:
        """The trial as the structurer read it."""
        found = self.rows("SELECT json FROM trials WHERE key = ?", key)
        if not found:
            raise ReviewError(f"There is no trial number {key} in this store.")
        return Trial.model_validate_json(found[0]["json"])

    def criterion(self, key: int, criterion_id: str) -> Criterion:
        """One criterion as the structurer read it."""
        found = self.rows("SELECT json FROM readings WHERE trial = ? AND criterion_id = ?", key, criterion_id)
        if not found:
            raise ReviewError(f"This trial has no criterion {criterion_id!r} any more: reload the page.")
        return Criterion.model_validate_json(found[0]["json"])

    def key_of(self, trial_id: str) -> int | None:
        """The number under which the store keeps a trial, or None."""
        found = self.rows("SELECT key FROM trials WHERE trial_id = ?", trial_id)
        return int(found[0]["key"]) if found else None

    def trial_keys(self) -> list[int]:
        """The numbers of all trials, in the order in which they came."""
        return [int(row["key"]) for row in self.rows("SELECT key FROM trials ORDER BY key")]

    def generation(self, key: int) -> int:
        """How often the trial's criteria have changed since it came (1: never)."""
        return int(self.rows("SELECT generation FROM trials WHERE key = ?", key)[0]["generation"])

    def held(self, key: int, stream: str) -> dict[str, Held]:
        """What one stream of decisions says, by criterion; a criterion without any decision is not in it."""
        return {
            row["criterion_id"]: Held(Draft.model_validate_json(row["json"]), row["version"])
            for row in self.rows("SELECT * FROM drafts WHERE trial = ? AND stream = ?", key, stream)
        }

    def reviewers(self, key: int | None = None) -> list[str]:
        """The reviewers who have decided anything, in the store or in one trial."""
        where, values = ("", ()) if key is None else ("AND trial = ?", (key,))
        found = self.rows(
            f"SELECT DISTINCT stream FROM drafts WHERE stream <> ? AND decided {where} ORDER BY stream",
            ADJUDICATION,
            *values,
        )
        return [row["stream"].partition(":")[2] for row in found]

    def events(self, key: int, stream: str | None = None) -> list[Event]:
        """The audit trail of a trial, oldest first."""
        where, values = ("", ()) if stream is None else ("AND stream = ?", (stream,))
        found = self.rows(f"SELECT {_EVENT_FIELDS} FROM events WHERE trial = ? {where} ORDER BY seq", key, *values)
        return [Event(**dict(row)) for row in found]

    def stack(self, key: int, stream: str) -> Stack:
        """The decisions of a stream that stand and those that are undone, since the trial's last change."""
        generation = self.generation(key)
        return stack(event for event in self.events(key, stream) if event.generation == generation)

    # ---------------------------------------------------------------- deciding

    def decide(
        self,
        key: int,
        criterion_id: str,
        decision: Decision,
        *,
        reviewer: str,
        version: int,
        generation: int | None = None,
        stream: str | None = None,
        source: str = "page",
        batch: str | None = None,
    ) -> Held:
        """Saves one decision.

        `version` and `generation` are what the page was made from; a newer one in the store is a ConflictError.
        """
        line = stream or stream_of(reviewer)
        with self.transaction():
            if generation is not None and generation != self.generation(key):
                raise ConflictError("The trial has been read anew since this page was made: nothing was saved. Reload it.")
            criterion = self.criterion(key, criterion_id)
            before = self._current(key, criterion, line, version)
            self.refuse_closed(key, line)
            after = decide(before, decision, criterion)
            entry = Entry(
                criterion_id,
                decision.action,
                DECISION.dump_json(decision).decode(),
                json.dumps(changes(before, after)),
                source,
                batch,
            )
            return Held(after, self.append(key, line, reviewer, entry, after))

    def undo(self, key: int, *, reviewer: str, stream: str | None = None, redo: bool = False) -> list[str]:
        """Takes back the latest decision of a stream in a trial, with the rest of its batch; gives the criteria changed."""
        line = stream or stream_of(reviewer)
        action = "redo" if redo else "undo"
        with self.transaction():
            now = self.stack(key, line)
            pile = [e for e in (now.undone if redo else now.done) if not e.source.startswith(OPENED)]
            if not pile:
                raise ReviewError(f"There is nothing to {action} in this trial.")
            last = pile[-1]
            targets = [last]
            if last.batch:
                found = self.rows(f"SELECT {_EVENT_FIELDS} FROM events WHERE batch = ? AND seq <> ?", last.batch, last.seq)
                targets += [event for row in found if self._is_last(event := Event(**dict(row)), redo)]
            for event in targets:
                self.refuse_closed(event.trial, line)
                self._move(event, line, reviewer, action)
            return [event.criterion_id for event in targets if event.trial == key]

    def _is_last(self, event: Event, redo: bool) -> bool:
        if event.generation != self.generation(event.trial):
            return False
        now = self.stack(event.trial, event.stream)
        of_criterion = [e for e in (now.undone if redo else now.done) if e.criterion_id == event.criterion_id]
        return bool(of_criterion) and of_criterion[-1].seq == event.seq

    def _move(self, event: Event, line: str, reviewer: str, action: str) -> None:
        criterion = self.criterion(event.trial, event.criterion_id)
        now = list(self.stack(event.trial, line).of(event.criterion_id))
        before = draft_after(now, criterion)
        after = draft_after([e for e in now if e.seq != event.seq] if action == "undo" else [*now, event], criterion)
        entry = Entry(event.criterion_id, action, changes=json.dumps(changes(before, after)), target=event.seq)
        self.append(event.trial, line, reviewer, entry, after)

    def append(self, key: int, stream: str, reviewer: str, entry: Entry, after: Draft | None) -> int:
        """Writes a line of the audit trail and the draft that follows from it; for use inside a transaction."""
        at = self._now().isoformat(timespec="milliseconds")
        cursor = self.connection.execute(
            "INSERT INTO events (at, reviewer, stream, trial, generation, criterion_id, action, decision, changes, source, "
            "batch, target) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (at, reviewer, stream, key, self.generation(key), entry.criterion_id, entry.action, entry.decision,
             entry.changes, entry.source, entry.batch, entry.target),
        )  # fmt: skip
        seq = int(cursor.lastrowid or 0)
        if after is not None:
            self.connection.execute(
                "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (key, entry.criterion_id, stream, seq, after.verdict, after.verdict != "undecided", after.flagged,
                 after.model_dump_json()),
            )  # fmt: skip
        return seq

    def closed(self, key: int) -> bool:
        """Whether adjudication has begun: the reviewers' own decisions no longer change then."""
        return bool(self.rows("SELECT 1 FROM drafts WHERE trial = ? AND stream = ? LIMIT 1", key, ADJUDICATION))

    def refuse_closed(self, key: int, stream: str) -> None:
        """Raises ReviewError when a reviewer's own stream is closed by adjudication."""
        if stream != ADJUDICATION and self.closed(key):
            raise ReviewError("This trial is being adjudicated: the reviewers' own decisions stand as they are.")

    def _current(self, key: int, criterion: Criterion, stream: str, version: int) -> Draft:
        held = self.held(key, stream).get(criterion.id)
        if (held.version if held else 0) == version:
            return held.draft if held else first_draft(criterion)
        newest = self.events(key, stream)
        last = next((e for e in reversed(newest) if e.criterion_id == criterion.id), None)
        what = f"{last.reviewer} chose {last.action!r} at {last.at}" if last else "the trial was read anew"
        raise ConflictError(
            f"{criterion.id} has changed since this page was made ({what}): nothing was saved. Look at the newer state, then decide again."
        )


def replayed(store: Store, key: int, stream: str) -> dict[str, Draft]:
    """The drafts of a stream made anew from the audit trail alone, as a check on what the store holds."""
    now = store.stack(key, stream)
    return {criterion.id: draft_after(now.of(criterion.id), criterion) for criterion in store.trial(key).criteria if now.of(criterion.id)}


def _sentence(error: sqlite3.Error, path: Path) -> str:
    text = str(error)
    if "locked" in text or "busy" in text:
        return f"The review store {path.name} is locked by another program: nothing was saved. Close it there, then try again."
    if "full" in text:
        return f"The disk that holds {path.name} is full: nothing was saved. Free some space, then try again."
    if "not a database" in text:
        return f"{path.name} is not a review store: choose another file with --db."
    return f"The review store {path.name} cannot be used ({text}): nothing was saved."

"""The store's tables, as an ordered list of steps.  A step is applied once, in a transaction, and never edited again."""

from __future__ import annotations

import sqlite3

from limen.review.errors import StoreError

TABLES = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE trials (
    key INTEGER PRIMARY KEY, trial_id TEXT NOT NULL UNIQUE, generation INTEGER NOT NULL, title TEXT NOT NULL,
    registry TEXT NOT NULL, criteria INTEGER NOT NULL, confidence REAL NOT NULL, findings INTEGER NOT NULL,
    severity INTEGER NOT NULL, measurement TEXT NOT NULL, json TEXT NOT NULL
);
CREATE TABLE criteria (
    trial INTEGER NOT NULL REFERENCES trials (key), criterion_id TEXT NOT NULL, position INTEGER NOT NULL,
    role TEXT NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL, confidence REAL NOT NULL, findings INTEGER NOT NULL,
    severity INTEGER NOT NULL, codes TEXT NOT NULL, measurements TEXT NOT NULL,
    PRIMARY KEY (trial, criterion_id)
) WITHOUT ROWID;
CREATE TABLE readings (
    trial INTEGER NOT NULL REFERENCES trials (key), criterion_id TEXT NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (trial, criterion_id)
) WITHOUT ROWID;
CREATE INDEX criteria_by_text ON criteria (text, role);
CREATE INDEX criteria_by_confidence ON criteria (confidence);
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, reviewer TEXT NOT NULL, stream TEXT NOT NULL,
    trial INTEGER NOT NULL REFERENCES trials (key), generation INTEGER NOT NULL, criterion_id TEXT NOT NULL,
    action TEXT NOT NULL, decision TEXT NOT NULL, changes TEXT NOT NULL, source TEXT NOT NULL,
    batch TEXT, target INTEGER REFERENCES events (seq)
);
CREATE INDEX events_by_trial ON events (trial, generation, stream, seq);
CREATE INDEX events_by_batch ON events (batch) WHERE batch IS NOT NULL;
CREATE TABLE drafts (
    trial INTEGER NOT NULL REFERENCES trials (key), criterion_id TEXT NOT NULL, stream TEXT NOT NULL,
    version INTEGER NOT NULL, verdict TEXT NOT NULL, decided INTEGER NOT NULL, flagged INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (trial, criterion_id, stream)
) WITHOUT ROWID;
CREATE INDEX drafts_by_stream ON drafts (stream, trial, decided, flagged, verdict);
"""

APPEND_ONLY = """
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
"""

MIGRATIONS: tuple[tuple[str, str], ...] = (("tables", TABLES), ("append_only", APPEND_ONLY))


def migrate(connection: sqlite3.Connection) -> int:
    """Brings the tables to the newest version and gives how many steps that took; refuses a store from the future."""
    have = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if have > len(MIGRATIONS):
        raise StoreError(f"The review store has version {have}, this program knows {len(MIGRATIONS)}: update limen, or use another --db.")
    for number, (_, script) in enumerate(MIGRATIONS[have:], start=have + 1):
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")
        except sqlite3.OperationalError:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            # Another program may have taken the same step a moment ago; anything else is an error.
            if int(connection.execute("PRAGMA user_version").fetchone()[0]) < number:
                raise
    return len(MIGRATIONS) - have

"""A person confirms, corrects or rejects what was read: the review page, its store, and what comes out of it.

This package is the only room of the web framework and of SQLite.  The framework is imported when a page is served, not
before, so that a store can be read and exported without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from limen.criteria import Trial
from limen.review import gold as _gold
from limen.review import report as _report
from limen.review import transfer as _transfer
from limen.review.errors import ConflictError, ReviewError, StoreError
from limen.review.intake import Intake, take_in
from limen.review.report import ReviewReport
from limen.review.store import Store
from limen.review.transfer import Exported, Imported

__all__ = [
    "ConflictError",
    "Exported",
    "Imported",
    "Intake",
    "ReviewError",
    "ReviewReport",
    "Store",
    "StoreError",
    "export",
    "import_",
    "report",
    "reviewed",
    "serve",
    "take_in",
]


def serve(
    trials: Iterable[Trial],
    *,
    db: Path,
    host: str = "127.0.0.1",
    port: int = 8017,
    token: str | None = None,
    open_browser: bool = False,
) -> None:
    """Takes the trials into the store `db` and serves the review page until it is stopped.

    Another address than loopback needs `token`, which each browser must give once.
    """
    from limen.review.server import run

    run(trials, db=db, host=host, port=port, token=token, open_browser=open_browser)


def report(db: Path) -> ReviewReport:
    """The figures of a store: reviewed, accepted as they were, corrected by field, rejected, missed."""
    with _existing(db) as store:
        return _report.report(store)


def reviewed(db: Path, trial: Trial) -> Trial:
    """A structured trial as the reviewers corrected it; where they differ it stays as it was read, with a finding."""
    with _existing(db) as store:
        return _gold.corrected(store, trial)


def export(db: Path, folder: Path, format: str = "json") -> Exported:
    """Writes the settled trials of a store to a folder, as "json" (limen.trial/1, gold), "brat" or "csv"."""
    with _existing(db) as store:
        return _transfer.export(store, folder, format)


def import_(db: Path, folder: Path, format: str = "json", *, reviewer: str) -> Imported:
    """Takes annotations of a folder into a store, as the decisions of `reviewer`."""
    with Store(db) as store:
        return _transfer.import_(store, folder, format, reviewer=reviewer)


def _existing(db: Path) -> Store:
    if not db.is_file():
        raise StoreError(f"There is no review store {db}: `limen review --db {db}` makes one.")
    return Store(db)

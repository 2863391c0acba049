"""The reviewer's queue: which trials or criteria come next, filtered, searched, sorted, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from limen.review.history import ADJUDICATION, stream_of
from limen.review.store import Store

PAGE = 50
STATES = ("unreviewed", "in progress", "reviewed", "adjudicated")
SORTS = {"order": "In the order they came", "confidence": "Least confidence first", "finding": "Worst findings first",
         "measurement": "By measurement"}  # fmt: skip
_TRIAL_ORDER = {
    "order": "trials.key",
    "confidence": "trials.confidence, trials.key",
    "finding": "trials.severity DESC, trials.findings DESC, trials.key",
    "measurement": "trials.measurement = '', trials.measurement, trials.key",
}
_CRITERION_ORDER = {
    "order": "criteria.trial, criteria.position",
    "confidence": "criteria.confidence, criteria.trial, criteria.position",
    "finding": "criteria.severity DESC, criteria.findings DESC, criteria.trial, criteria.position",
    "measurement": "criteria.measurements = '[]', criteria.measurements, criteria.trial, criteria.position",
}
# What a reviewer may know of the others before the trial is done: how many have finished, nothing of what they said.
_DONE = f"""SELECT trial, count(*) AS done FROM (
    SELECT drafts.trial, stream FROM drafts JOIN trials ON trials.key = drafts.trial
    WHERE decided AND stream <> '{ADJUDICATION}' GROUP BY drafts.trial, stream HAVING count(*) >= max(trials.criteria)
) GROUP BY trial"""


@dataclass(frozen=True)
class Wish:
    """What the reviewer asked the queue for."""

    view: str = "trials"
    sort: str = "order"
    state: str = ""
    search: str = ""
    finding: str = ""
    measurement: str = ""
    page: int = 1


@dataclass(frozen=True)
class Page:
    """One page of the queue, and how many rows there are in all."""

    rows: list[dict[str, Any]]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def page(store: Store, wish: Wish, reviewer: str) -> Page:
    """The rows that the wish asks for."""
    return _criteria(store, wish, reviewer) if wish.view == "criteria" else _trials(store, wish, reviewer)


def _trials(store: Store, wish: Wish, reviewer: str) -> Page:
    where, values = ["1"], list[Any]()
    if wish.search:
        where.append(
            "(trials.trial_id LIKE ? ESCAPE '\\' OR trials.title LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM criteria "
            "WHERE criteria.trial = trials.key AND criteria.text LIKE ? ESCAPE '\\'))"
        )
        values += [_like(wish.search)] * 3
    for column, value in (("codes", wish.finding), ("measurements", wish.measurement)):
        if value:
            where.append(f"EXISTS (SELECT 1 FROM criteria WHERE criteria.trial = trials.key AND {column} LIKE ? ESCAPE '\\')")
            values.append(_like(f'"{value}"'))
    if wish.state in STATES:
        where.append("state = ?")
        values.append(wish.state)
    source = f"""(SELECT trials.*, coalesce(own.decided, 0) AS decided, coalesce(own.flagged, 0) AS flagged,
        coalesce(done.done, 0) AS done, CASE
            WHEN trials.criteria > 0 AND adjudicated.n >= trials.criteria THEN 'adjudicated'
            WHEN trials.criteria > 0 AND coalesce(own.decided, 0) >= trials.criteria THEN 'reviewed'
            WHEN coalesce(own.decided, 0) > 0 THEN 'in progress' ELSE 'unreviewed' END AS state
        FROM trials
        LEFT JOIN (SELECT trial, sum(decided) AS decided, sum(flagged) AS flagged FROM drafts WHERE stream = ?
            GROUP BY trial) AS own ON own.trial = trials.key
        LEFT JOIN ({_DONE}) AS done ON done.trial = trials.key
        LEFT JOIN (SELECT trial, count(*) AS n FROM drafts WHERE stream = '{ADJUDICATION}' AND decided GROUP BY trial)
            AS adjudicated ON adjudicated.trial = trials.key) AS trials WHERE {" AND ".join(where)}"""
    fields = "trials.key, trial_id, title, registry, criteria, confidence, findings, severity, measurement, decided, flagged, done, state"
    return _page(store, wish, fields, source, [stream_of(reviewer), *values], _TRIAL_ORDER)


def _criteria(store: Store, wish: Wish, reviewer: str) -> Page:
    where, values = ["1"], list[Any]()
    if wish.search:
        where.append("(criteria.text LIKE ? ESCAPE '\\' OR trials.trial_id LIKE ? ESCAPE '\\')")
        values += [_like(wish.search)] * 2
    for column, value in (("codes", wish.finding), ("measurements", wish.measurement)):
        if value:
            where.append(f"criteria.{column} LIKE ? ESCAPE '\\'")
            values.append(_like(f'"{value}"'))
    if wish.state == "unreviewed":
        where.append("coalesce(drafts.decided, 0) = 0")
    elif wish.state == "flagged":
        where.append("drafts.flagged")
    elif wish.state:
        where.append("drafts.decided")
    source = f"""criteria JOIN trials ON trials.key = criteria.trial
        LEFT JOIN drafts ON drafts.trial = criteria.trial AND drafts.criterion_id = criteria.criterion_id
        AND drafts.stream = ? WHERE {" AND ".join(where)}"""
    fields = (
        "criteria.trial AS key, trials.trial_id, criteria.criterion_id, criteria.position, criteria.role, criteria.status, "
        "criteria.text, criteria.confidence, criteria.findings, criteria.severity, criteria.measurements, "
        "coalesce(drafts.verdict, 'undecided') AS verdict, coalesce(drafts.flagged, 0) AS flagged"
    )
    return _page(store, wish, fields, source, [stream_of(reviewer), *values], _CRITERION_ORDER)


def _page(store: Store, wish: Wish, fields: str, source: str, values: list[Any], orders: dict[str, str]) -> Page:
    total = int(store.rows(f"SELECT count(*) FROM {source}", *values)[0][0])
    number = min(max(wish.page, 1), max(1, -(-total // PAGE)))
    order = orders.get(wish.sort, orders["order"])
    found = store.rows(f"SELECT {fields} FROM {source} ORDER BY {order} LIMIT ? OFFSET ?", *values, PAGE, (number - 1) * PAGE)
    return Page([dict(row) for row in found], total, number)


def progress(store: Store, reviewer: str) -> tuple[int, int]:
    """How many criteria this reviewer has decided, of how many."""
    total = store.rows("SELECT coalesce(sum(criteria), 0) FROM trials")[0][0]
    decided = store.rows("SELECT coalesce(sum(decided), 0) FROM drafts WHERE stream = ?", stream_of(reviewer))[0][0]
    return int(decided), int(total)


def choices(store: Store) -> tuple[list[str], list[str]]:
    """The finding codes and measurements that occur in the store, for the filters."""
    codes = store.rows("SELECT DISTINCT value FROM criteria, json_each(codes) ORDER BY value")
    names = store.rows("SELECT DISTINCT value FROM criteria, json_each(measurements) ORDER BY value")
    return [row[0] for row in codes], [row[0] for row in names]

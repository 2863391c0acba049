"""CSV of limits: a column a field, values within values as JSON; a header even where there is no limit."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from limen.criteria import Trial
from limen.rows import Row
from limen.rows import rows as rows_of

_FIRST = ("trial_id", "criterion_id", "role")
COLUMNS = (*_FIRST, *(name for name in Row.model_fields if name not in _FIRST))


def rows(trial: Trial) -> str:
    return _written([_cell(row[name]) for name in COLUMNS] for row in (r.model_dump(mode="json") for r in rows_of(trial)))


def frame(texts: Iterable[str]) -> Iterator[str]:
    yield _written([list(COLUMNS)])
    yield from texts


def _written(lines: Iterable[list[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula keeps its words behind an apostrophe."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "@", "-") else value

"""JSON Lines: a trial a line, or a limit a line."""

from __future__ import annotations

from limen.criteria import Trial
from limen.rows import rows as rows_of


def trial(trial: Trial) -> str:
    return trial.model_dump_json(by_alias=True) + "\n"


def rows(trial: Trial) -> str:
    return "".join(row.model_dump_json() + "\n" for row in rows_of(trial))

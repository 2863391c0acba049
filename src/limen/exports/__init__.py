"""What a structured trial is written as: one module a format, each with functions from a trial to text.

`STRUCTURE`, `THRESHOLDS` and `CHECK` are the formats of the commands of those names.  To add a format, write its module
and put it into a table here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from limen.criteria import Trial
from limen.exports import csv, json, jsonl, lines, table


class Format(NamedTuple):
    """`text` writes one trial; `frame` puts what belongs around and between the texts of a stream of trials."""

    text: Callable[[Trial], str]
    frame: Callable[[Iterable[str]], Iterator[str]] = iter


STRUCTURE: Mapping[str, Format] = {
    "json": Format(json.trial, json.frame),
    "jsonl": Format(jsonl.trial),
    "table": Format(table.trial),
}
THRESHOLDS: Mapping[str, Format] = {
    "jsonl": Format(jsonl.rows),
    "csv": Format(csv.rows, csv.frame),
    "table": Format(table.rows, table.frame),
}
CHECK: Mapping[str, Format] = {"lines": Format(lines.findings)}

"""Tables for a terminal, between 80 and 120 columns wide."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from limen.criteria import Criterion, Trial
from limen.render import render, tree
from limen.rows import Row
from limen.rows import rows as rows_of

_WORDS = 240
_COLOURS = {"structured": "green", "partial": "yellow", "unread": "red"}


def trial(trial: Trial) -> str:
    """A heading, then each criterion with its words, what is read from them, and its warnings."""
    heading = Text.assemble((trial.trial_id, "bold"), f"  {trial.registry}  ", (trial.title or "", "italic"))
    parts: list[RenderableType] = [heading]
    parts += [Text(f"{finding.severity}: {finding.message}", "yellow") for finding in trial.findings if finding.severity != "info"]
    table = Table(show_edge=False, pad_edge=False, expand=True, header_style="bold")
    table.add_column("", no_wrap=True)
    table.add_column("criterion", ratio=4, overflow="fold")
    table.add_column("read as", ratio=5, overflow="fold")
    for criterion in trial.criteria:
        table.add_row(Text(criterion.id, _COLOURS[criterion.status]), _short(criterion.text), _read_as(criterion))
    return _written(Group(*parts, table, ""))


def _read_as(criterion: Criterion) -> RenderableType:
    """The tree with a hanging indent, so that a wrapped leaf stays under its own beginning."""
    lines: list[RenderableType] = []
    for line in tree(criterion.requirement):
        words = line.lstrip()
        lines.append(Padding(Text(words), (0, 0, 0, len(line) - len(words))))
    lines += [Text(f"! {finding.message}", "yellow") for finding in criterion.findings if finding.severity != "info"]
    return Group(*lines)


def rows(trial: Trial) -> str:
    """Each limit of the trial in a line: where, what, as written, canonical."""
    table = _rows_table(header=False)
    for row in rows_of(trial):
        table.add_row(Text(row.trial_id), row.criterion_id, Text(render(row)), Text(_short(row.text)), Text(_canonical(row)))
    return _written(table) if table.row_count else ""


def frame(texts: Iterable[str]) -> Iterator[str]:
    yield _written(_rows_table(header=True))
    yield from texts


def _rows_table(*, header: bool) -> Table:
    table = Table(show_edge=False, pad_edge=False, box=None, expand=True, header_style="bold", show_header=header)
    for name, width, ratio in (("trial", 14, None), ("", 4, None), ("limit", None, 5), ("as written", None, 3), ("canonical", None, 3)):
        table.add_column(name, width=width, ratio=ratio, overflow="fold")
    return table


def _canonical(row: Row) -> str:
    if row.canonical is None or row.operator == "in":
        return ""
    own = row.model_copy(update={"low": row.canonical.low, "high": row.canonical.high, "unit": row.canonical.unit})
    bare = own.model_copy(update={"scale": type(own.scale)(1), "window": None, "reference": None})
    return render(bare).removeprefix(f"{row.concept} ")


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _WORDS else words[: _WORDS - 1] + "…"


def _written(renderable: RenderableType) -> str:
    """The renderable as text, in colour where standard output is a terminal."""
    width = min(max(shutil.get_terminal_size().columns, 80), 120)
    console = Console(width=width, highlight=False, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()

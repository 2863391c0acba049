"""Figures and errors: how they are shown, kept, and compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from limen.errors import LimenError

SCHEMA = "limen.evaluation/1"


class ReportError(LimenError, ValueError):
    """A report that cannot be read, or gold that cannot be scored."""


class Figure(NamedTuple):
    """One number: in which part (a gold set), for which group of it, which measure, over how many."""

    part: str
    group: str
    measure: str
    value: float
    of: int


class Error(NamedTuple):
    """One thing read wrongly: where, which field, and the words, the annotation and the reading side by side."""

    part: str
    file: str
    start: int
    end: int
    field: str
    note: str
    text: str
    gold: str
    read: str

    @property
    def place(self) -> tuple[str, str, int, str]:
        """What makes two errors of two runs the same."""
        return self.part, self.file, self.start, self.field


@dataclass(frozen=True)
class Report:
    """What an evaluation comes to."""

    figures: tuple[Figure, ...]
    errors: tuple[Error, ...] = ()
    name: str = ""

    def value(self, part: str, measure: str, group: str = "all") -> float:
        """One figure; raises `ReportError` where there is none of that name."""
        for figure in self.figures:
            if (figure.part, figure.group, figure.measure) == (part, group, measure):
                return figure.value
        raise ReportError(f"no figure {measure!r} of {part!r} for {group!r}: see the report's figures for those there are")

    def table(self) -> str:
        """One block a part: a row a group, a column a measure."""
        blocks = []
        for part in dict.fromkeys(f.part for f in self.figures):
            mine = [f for f in self.figures if f.part == part]
            groups = list(dict.fromkeys(f.group for f in mine))
            columns = list(dict.fromkeys(f.measure for f in mine))
            cells = {(f.group, f.measure): f"{f.value:.3f}" for f in mine}
            sizes = {f.group: f.of for f in reversed(mine)}
            rows = [[part, "n", *columns], *([g, str(sizes[g]), *(cells.get((g, c), "") for c in columns)] for g in groups)]
            blocks.append(_aligned(rows))
        return "\n\n".join(blocks) + "\n"

    def listing(self, limit: int | None = None) -> str:
        """Every error with its text, by part and field; at most `limit` of each."""
        lines: list[str] = []
        for part, name in dict.fromkeys((e.part, e.field) for e in self.errors):
            mine = [e for e in self.errors if (e.part, e.field) == (part, name)]
            lines.append(f"{part}: {name}: {len(mine)}")
            for e in mine[:limit]:
                lines += [f"  {e.file}:{e.start} {e.text!r}", f"      gold {e.gold}", f"      read {e.read}  ({e.note})"]
        return "\n".join(lines) + "\n" if lines else ""

    def json(self) -> str:
        """The report as JSON, which `read_report` takes back."""
        body = {
            "schema": SCHEMA,
            "name": self.name,
            "figures": [f._asdict() for f in self.figures],
            "errors": [e._asdict() for e in self.errors],
        }
        return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True)
class Comparison:
    """Two runs: the figures that changed, the errors that are gone, and those that are new."""

    figures: tuple[tuple[Figure, Figure], ...]
    mended: tuple[Error, ...]
    broken: tuple[Error, ...]

    def table(self) -> str:
        """What got better, what broke."""
        rows = [["part", "group", "measure", "before", "after", "change"]]
        for old, new in self.figures:
            rows.append([new.part, new.group, new.measure, f"{old.value:.3f}", f"{new.value:.3f}", f"{new.value - old.value:+.3f}"])
        lines = [_aligned(rows)] if self.figures else ["no figure changed"]
        for title, errors in (("mended", self.mended), ("broken", self.broken)):
            lines.append(f"\n{title}: {len(errors)}")
            lines += [f"  {e.part} {e.field} {e.file}:{e.start} {e.text!r}\n      gold {e.gold}   read {e.read}" for e in errors]
        return "\n".join(lines) + "\n"

    def json(self) -> str:
        """The comparison as JSON."""
        body = {
            "schema": "limen.comparison/1",
            "figures": [
                {"part": n.part, "group": n.group, "measure": n.measure, "before": o.value, "after": n.value} for o, n in self.figures
            ],
            "mended": [e._asdict() for e in self.mended],
            "broken": [e._asdict() for e in self.broken],
        }
        return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def compare(before: Report, after: Report) -> Comparison:
    """What changed from one run to another over the same gold."""
    old = {(f.part, f.group, f.measure): f for f in before.figures}
    changed = [
        (old[key], f) for f in after.figures if (key := (f.part, f.group, f.measure)) in old and abs(old[key].value - f.value) > 1e-9
    ]
    were, are = {e.place for e in before.errors}, {e.place for e in after.errors}
    return Comparison(
        figures=tuple(sorted(changed, key=lambda pair: pair[1].value - pair[0].value)),
        mended=tuple(e for e in before.errors if e.place not in are),
        broken=tuple(e for e in after.errors if e.place not in were),
    )


def read_report(text: str) -> Report:
    """A report from its JSON."""
    try:
        body: dict[str, Any] = json.loads(text)
        if body["schema"] != SCHEMA:
            raise ReportError(f"a report has the schema {SCHEMA!r}, this one has {body['schema']!r}")
        return Report(tuple(Figure(**f) for f in body["figures"]), tuple(Error(**e) for e in body["errors"]), body["name"])
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ReportError(f"not a report that limen evaluate wrote with --json: {error}") from error


def ratio(part: str, group: str, measure: str, right: int, of: int) -> Figure:
    """A share; 0 of 0 is 0."""
    return Figure(part, group, measure, right / of if of else 0.0, of)


def harmonic(part: str, group: str, recall: float, precision: float, of: int, measure: str = "F1") -> Figure:
    """F1."""
    both = recall + precision
    return Figure(part, group, measure, 2 * recall * precision / both if both else 0.0, of)


def _aligned(rows: Iterable[Sequence[str]]) -> str:
    rows = list(rows)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))).rstrip() for row in rows)

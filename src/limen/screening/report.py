"""The verdict for people: a table that fits a terminal, and a page that prints.  Every word of a record is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from limen.screening.verdict import Calendar, Evidence, Judged, Verdict

_COLOURS = {"eligible": "green", "ineligible": "red", "undetermined": "yellow"}
_MARKS = {"passes": ("passes", "green"), "excludes": ("excludes", "red"), "undetermined": ("unknown", "yellow")}
_WORDS = 160


def print_verdicts(verdicts: Iterable[Verdict], console: Console) -> None:
    """Each verdict as a table, and a count of them where there are several."""
    counted: Counter[str] = Counter()
    for verdict in verdicts:
        counted[verdict.verdict] += 1
        console.print(render(verdict))
    if counted.total() > 1:
        console.print(", ".join(f"{number} {word}" for word, number in counted.most_common()))


def render(verdict: Verdict) -> RenderableType:
    """One verdict: its heading, a row a criterion, then what is missing, what is near, and when."""
    heading = Text.assemble(
        (verdict.verdict.upper(), f"bold {_COLOURS[verdict.verdict]}"),
        f"  patient {verdict.patient_id}, trial {verdict.trial_id}, on {verdict.on}",
    )
    table = Table(show_edge=False, pad_edge=False, expand=False)
    table.add_column("", no_wrap=True)
    table.add_column("criterion", ratio=2, overflow="fold")
    table.add_column("effect", no_wrap=True)
    table.add_column("rests on", ratio=3, overflow="fold")
    for judged in verdict.criteria:
        word, colour = _MARKS[judged.effect]
        cells = (judged.criterion_id, Text(_short(judged.text)), Text(word, colour), Text("\n".join(_reasons(judged))))
        table.add_row(*cells)
    return Group(heading, table, *(Text(line) for line in _further(verdict)), Text(""))


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _WORDS else words[: _WORDS - 1] + "…"


def _reasons(judged: Judged) -> list[str]:
    """What a criterion rests on: the leaves that speak for its outcome, or all where it is unknown."""
    telling = [item for item in judged.because if item.holds is not None and judged.holds is not None]
    return [describe(item) for item in telling or judged.because]


def describe(item: Evidence) -> str:
    """'yes: creatinine 1.9 mg/dL on 2026-10-20 (168 umol/L = 1.9 mg/dL)'."""
    answer = {True: "yes", False: "no", None: "unknown"}[item.holds]
    asked = item.threshold or " ".join(item.leaf.split())
    facts = "; ".join(part for part in (item.patient, item.conversion, item.note) if part)
    return f"{answer}: {_short(asked)}" + (f" - {facts}" if facts else "")


def _further(verdict: Verdict) -> Iterator[str]:
    if verdict.missing:
        yield f"missing, most decisive first: {'; '.join(verdict.missing)}"
    for miss in verdict.near_misses:
        word = "narrowly" if miss.kind == "near" else "exactly on the limit"
        yield f"{miss.criterion_id} {word}: {miss.patient} against {miss.limit}"
    if (line := describe_calendar(verdict.calendar)) is not None:
        yield line
    yield from (f"note: {note}" for note in verdict.notes)


def describe_calendar(calendar: Calendar) -> str | None:
    """'could enter from 2026-12-01 until 2027-03-31 (...)', if nothing else changes."""
    because = f" ({'; '.join(calendar.because)})" if calendar.because else ""
    if calendar.first is None:
        return f"time: {'; '.join(calendar.because)}" if calendar.because else None
    until = f" until {calendar.last}" if calendar.last else ""
    return f"could enter from {calendar.first}{until}, if nothing else changes{because}"


_STYLE = """
body{font:14px/1.4 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#111;background:#fff}
h1{font-size:1.3rem}section{break-after:page}section:last-child{break-after:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #ccc}
td{overflow-wrap:anywhere}.passes{color:#146c2e}.excludes{color:#b3261e;font-weight:600}.undetermined{color:#7a5900}
.eligible{color:#146c2e}.ineligible{color:#b3261e}blockquote{margin:0;white-space:pre-wrap}
@media print{body{margin:0;font-size:11px}thead{display:table-header-group}tr{break-inside:avoid}}
"""


def html(verdicts: Iterable[Verdict]) -> str:
    """A page of one section a verdict, without scripts or anything from elsewhere, that prints one verdict a page."""
    sections = "\n".join(map(_section, verdicts))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><title>Screening</title><style>{_STYLE}</style></head>'
        f"<body><main>\n{sections}\n</main></body></html>\n"
    )


def _section(verdict: Verdict) -> str:
    rows = "\n".join(map(_row, verdict.criteria))
    further = "".join(f"<li>{_safe(line)}</li>" for line in _further(verdict))
    return (
        f"<section><h1>Patient {_safe(verdict.patient_id)}, trial {_safe(verdict.trial_id)}: "
        f'<span class="{verdict.verdict}">{verdict.verdict}</span></h1><p>Screened on {verdict.on}.</p>'
        '<table><thead><tr><th scope="col">Id</th><th scope="col">Criterion</th><th scope="col">Effect</th>'
        f'<th scope="col">Rests on</th></tr></thead><tbody>\n{rows}\n</tbody></table><ul>{further}</ul></section>'
    )


def _row(judged: Judged) -> str:
    reasons = "<br>".join(_safe(describe(item)) for item in judged.because)
    return (
        f"<tr><td>{_safe(judged.criterion_id)}</td><td><blockquote>{_safe(judged.text)}</blockquote></td>"
        f'<td class="{judged.effect}">{_MARKS[judged.effect][0]}</td><td>{reasons}</td></tr>'
    )


_BIDIRECTIONAL = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F], "\ufffd")


def _safe(text: str) -> str:
    """Escaped for a page; marks that turn the direction of text around become visible."""
    return escape(text.translate(_BIDIRECTIONAL), quote=True)

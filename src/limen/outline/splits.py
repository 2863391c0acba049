"""Lines cut into the items that stand in them: pages whose line breaks were lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from limen.lexicon.run_on import run_ons
from limen.outline.lines import INDENT, MARK, Line, read_line
from limen.outline.numbering import follows, opens
from limen.outline.running import numbered

_SAME_MARK = {mark: re.compile(rf"(?<=\s){re.escape(mark)}(?=\s+\S)") for mark in "*•●▪"}
_SAME_MARK |= {mark: re.compile(rf"(?<=\s){re.escape(mark)}(?=\s*\S)") for mark in "ˑ➢✓❖►➤✔®"}  # marks that are nothing else
_SAME_MARK["-"] = re.compile(r"(?<=\s)-(?=\s+(?![IVX]+\b)[^\W\d_])")
_BEHIND_COLON = re.compile(r"[:：]\s+(?=\S)")
_RUN_ON = 2  # items that begin in a line, of which one alone may be the writer's capital
_DASHES = 2  # further marks that show a list where a dash or a full stop may mean something else


def split_bullets(text: str, start: int, end: int, *, headed: bool = False) -> Iterator[tuple[int, int]]:
    """A line that begins with a list mark, cut before each further mark of its list: pages whose line breaks were lost.

    `headed`: the heading of the list stands in the same line.
    """
    indent = INDENT.match(text, start, end)
    first = indent.end() if indent else start
    same = _SAME_MARK.get(text[first : first + 1])
    cuts = [m.start() for m in same.finditer(text, first + 1, end)] if same else numbered(text, first, end)
    if same and not cuts and (bullet := MARK.match(text, first, end)):
        yield from _spans(start, numbered(text, bullet.end(), end), end)
        return
    lead = bool(same and cuts) and not headed and text[: cuts[0]].rstrip().endswith(":")  # "- Any of: - gout - asthma" holds its own list
    if lead or (text[first : first + 1] == "-" and len(cuts) < _DASHES and not headed):
        cuts = []
    yield from _spans(start, cuts, end)


def _spans(start: int, cuts: Sequence[int], end: int) -> Iterator[tuple[int, int]]:
    return zip([start, *cuts], [*cuts, end], strict=True)


def run_on_lines(text: str, start: int, end: int) -> list[Line]:
    """A line, cut where two items or more begin in it whose marks and stops were lost: "... asthma History of gout Severe epilepsy"."""
    cuts = [m.end() for m in run_ons(text, start, end) if text.count("(", start, m.start()) <= text.count(")", start, m.start())]
    if len(cuts) < _RUN_ON:
        return [read_line(text, start, end)]
    first = read_line(text, start, cuts[0])
    rest = [read_line(text, a, b) for a, b in _spans(cuts[0], cuts[1:], end)]
    return [first, *(line._replace(style=first.style, indent=first.indent) for line in rest)]


def first_items_apart(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines, a lead parted from the first of its items that stands in its line: "- One of these: a) gout" over "b) asthma"."""
    made: list[Line] = []
    below: Line | None = None
    for line in reversed(lines):
        first = _first_item(text, line, below) if below is not None and ":" in text[line.words : line.end] else None
        made += [line] if first is None else [first, line._replace(end=first.start)]
        below = line if line.style is not None else below
    return made[::-1]


def _first_item(text: str, line: Line, below: Line) -> Line | None:
    """What stands behind a line's colon and the mark before that of the next item, where that is no further item of the line's own list."""
    if line.style == below.style and line.indent >= below.indent:
        return None
    for colon in _BEHIND_COLON.finditer(text, line.words, line.end):
        item = read_line(text, colon.end(), line.end)
        if item.style == below.style and (item.number is below.number is None or follows(item.number, below.number)) and opens(item):
            return item._replace(indent=below.indent)
    return None

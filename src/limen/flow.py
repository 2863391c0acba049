"""The flow: a text without the line breaks that a registry put in to fill its lines.

"eGFR < 30" at the end of a line and "mL/min" on the next are one limit.  Such a break and its indentation become one blank, as
a tab and several blanks in a row do; what a repair left over is left out, and a comparator behind a joint or a comma gets
its blank.  Where a writer ended a line, and where a blank line stands, nothing changes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

from limen.lexicon.load import data, read_toml
from limen.repair import PAD

_BLANKS = re.compile(rf"\s{{2,}}|[\n\t{PAD}]|(?:(?<=\sor)|(?<=\sand)|(?<=\sbut)|(?<=[,;)]))(?=[<>≥≤])")
_MARK = re.compile(r"[-–—*•·○▪◦‣+?](?:\s|$)|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)](?:\s|$)")
_LAST_WORD = re.compile(r"[^\W_]+$")
_OPEN = (",", "(", "[", "-", "/", "<", ">", "≤", "≥", "=")
_FILLED = (60, 100)  # characters of a line that a registry wrapped


class Flow(NamedTuple):
    """A text in one flow, and where each of its places lies in the text that it was made of.

    `ends` are the places right behind each blank that was set or left out, `source` the same places in the first text.
    """

    text: str
    ends: tuple[int, ...] = ()
    source: tuple[int, ...] = ()

    def origin(self, place: int) -> int:
        """The place in the first text of a character of the flow."""
        index = bisect_right(self.ends, place) - 1
        return place if index < 0 else place - self.ends[index] + self.source[index]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the first text that a stretch of the flow is, without the blanks behind it."""
        return self.origin(start), self.origin(end - 1) + 1 if end > start else self.origin(start)

    def place(self, origin: int) -> int:
        """The place in the flow of a character of the first text; of a blank that was left out, the place where it would be."""
        index = bisect_right(self.source, origin) - 1
        place = origin if index < 0 else origin - self.source[index] + self.ends[index]
        if index + 1 == len(self.ends):
            return place
        following = self.ends[index + 1]
        return min(place, following - (self.text[following - 1] == " "))


def flow(text: str) -> Flow:
    """The text in one flow."""
    parts: list[str] = []
    ends: list[int] = []
    source: list[int] = []
    done = line = length = 0
    for match in _BLANKS.finditer(text):
        run = match.group()
        breaks = max(run.count("\n"), run.count("\r"))
        if breaks == 0 or (breaks == 1 and _goes_on(text, line, *match.span())):
            blank = "" if run and not run.strip(PAD) else " "
            parts += (text[done : match.start()], blank)
            length += match.start() - done + len(blank)
            done = match.end()
            ends.append(length)
            source.append(done)
        if breaks:
            line = match.start() + max(run.rfind("\n"), run.rfind("\r")) + 1
    return Flow("".join((*parts, text[done:])), tuple(ends), tuple(source)) if ends else Flow(text)


def _goes_on(text: str, line: int, end: int, following: int) -> bool:
    """Whether the line from `line` to `end` goes on in the next, which begins at `following`."""
    if following == len(text) or not text[line:end].strip() or _MARK.match(text, following):
        return False
    if text.endswith(_OPEN, line, end):
        return True
    last = _LAST_WORD.search(text, max(line, end - 40), end)
    return _FILLED[0] <= end - line <= _FILLED[1] or (last is not None and last.group().lower() in _open_words())


@cache
def _open_words() -> frozenset[str]:
    """The words behind which a statement cannot end."""
    return frozenset(read_toml(data("headings.toml"))["continues"]["carrying"])

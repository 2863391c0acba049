"""A registry page as text: its lines, and the values that stand beside or below its labels."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

_LINE = re.compile(r"[^\r\n]+")
_BULLETS = "-\u2022*"


@dataclass(frozen=True)
class Line:
    """A line that holds more than white space: where its words start and end, its indent, a blank line before it."""

    start: int
    end: int
    indent: int
    after_blank: bool
    text: str

    @cached_property
    def key(self) -> str:
        """The line as a label: without a leading "- ", a closing colon, case and odd spaces."""
        return " ".join(self.text[:200].lstrip(_BULLETS).split()).rstrip(" :：?").casefold()

    @property
    def words(self) -> str:
        """The line as a value: without the "- " that one extraction of MedPath puts before it."""
        return self.text[2:].strip() if self.text.startswith("- ") else self.text


def lines_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Line]:
    """The lines of a stretch of text, without the blank ones."""
    end = len(text) if end is None else end
    last = start
    for match in _LINE.finditer(text, start, end):
        words = match.group().strip()
        if words:
            indent = len(match.group()) - len(match.group().lstrip())
            first = match.start() + indent
            gap = text[last : match.start()]
            blank = gap.count("\n") > 1 or gap.count("\r") > 1
            last = first + len(words)
            yield Line(first, last, indent, blank, words)


class Page:
    """The lines of a page, found by their labels."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = list(lines_of(text))

    def find(self, labels: Collection[str], start: int = 0) -> int | None:
        """The number of the first line, from line `start` on, that is one of the labels."""
        return next((i for i in range(start, len(self.lines)) if self.lines[i].key in labels), None)

    def value(self, label: str, labels: Collection[str], start: int = 0) -> str | None:
        """What follows `label` on its own line ("Sex: All"), else the next line unless that is one of `labels`."""
        for i in range(start, len(self.lines)):
            line = self.lines[i]
            if line.key == label:
                after = self.lines[i + 1] if i + 1 < len(self.lines) else None
                return after.words if after and after.key not in labels else None
            if line.key.startswith(label) and (rest := line.words[len(label) :].lstrip())[:1] in (":", "：", "?"):
                return rest[1:].strip() or None
        return None

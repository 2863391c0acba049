"""Numbers that run on through a text: where items begin whose line breaks, or the blanks behind whose marks, were lost."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.outline.lines import CIRCLED, Line

_OPENING = re.compile(r"(?P<paren>\(?)(?P<number>\d{1,2})(?:(?P<closing>[.)])(?=\s*(?:[^\W_]))|(?P<comma>,)(?=[^\W_]|\s[A-Z]))")
_GLUED = re.compile(r"(?P<number>\d{1,2})(?P<closing>[.,])(?=\d)")
_GAP = r"(?:(?<=[\s;；])|(?<=[^\W\d_][.)]))"  # what stands before a mark
_STYLE = {".": "dot digit", ",": "comma digit"}
_CUTS = 2  # further marks that show a list where a full stop may mean something else


def numbered(text: str, first: int, end: int) -> list[int]:
    """Where the numbers go on that a line begins with: "1) ... 2) ...", "1. ... 2. ... 3. ...", "1.Gout; 2.18-70 years; 3.Asthma"."""
    if text[first : first + 1] in CIRCLED:
        return _circled(text, first, end)
    opening = _OPENING.match(text, first, end)
    if opening is None:
        return []
    closing = opening["closing"] or opening["comma"]
    run = _Run(text, end, re.escape(opening["paren"]), re.escape(closing))
    cuts: list[int] = []
    number, position = int(opening["number"]), opening.end()
    while (match := run.find(number + 1, position)) is not None:
        cuts.append(match.start())
        number, position = number + 1, match.end()
    return cuts if closing == ")" or len(cuts) >= _CUTS else []


def _circled(text: str, first: int, end: int) -> list[int]:
    cuts, place = [], first
    while (place := text.find(chr(ord(text[place]) + 1), place, end)) > 0:
        cuts.append(place)
    return cuts


class _Run:
    """The marks of one list."""

    def __init__(self, text: str, end: int, before: str, behind: str) -> None:
        self.text, self.end, self.before, self.behind = text, end, before, behind

    def find(self, number: int, position: int) -> re.Match[str] | None:
        """The mark of a number; one that a digit follows ("3.14 to 70 years") only where the next mark stands behind it."""
        words, digits = self._search(number, position, r"[^\W\d_]"), self._search(number, position, r"\d")
        if digits is None or (words is not None and words.start() < digits.start()):
            return words
        following = self._search(number + 1, digits.end(), r"[^\W_]")
        if following is None or (words is not None and words.start() < following.start()):
            return words
        return digits

    def _search(self, number: int, position: int, first: str) -> re.Match[str] | None:
        return re.compile(rf"{_GAP}{self.before}{number}{self.behind}(?=\s*{first})").search(self.text, position, self.end)


def marked(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines of a list, with the mark of one whose own words begin with a number: "3.14 to 70 years" between "2." and "4."."""
    found = list(lines)
    for index, line in enumerate(found):
        glued = _GLUED.match(text, line.words, line.end) if line.style is None else None
        if glued is not None and _belongs(text, found, index, int(glued["number"]), _STYLE[glued["closing"]]):
            found[index] = line._replace(words=glued.end(), style=_STYLE[glued["closing"]], number=glued.group())
    return found


def _belongs(text: str, lines: Sequence[Line], index: int, number: int, style: str) -> bool:
    """Whether a number is that of a list, by the marks before and behind it; the last of a list stands behind a stop."""
    before = next((line for line in reversed(lines[:index]) if line.style == style), None)
    behind = next((line for line in lines[index + 1 :] if line.style == style), None)
    goes_on = number == 1 if before is None else _number(before) == number - 1
    if behind is not None:
        return goes_on and _number(behind) == number + 1
    return goes_on and before is not None and text[: lines[index].start].rstrip()[-1:] in ".;:"


def _number(line: Line) -> int:
    return int((line.number or "0").strip(".,"))

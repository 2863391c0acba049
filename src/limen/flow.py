"""The flow: a text without the line breaks that a registry put in to fill its lines, and without what only stands in the way.

"eGFR < 30" at the end of a line and "mL/min" on the next are one limit.  Such a break and its indentation become one blank, as
a tab and several blanks in a row do; what a repair left over is left out, a comparator behind a joint or a comma gets its
blank, and a shorthand becomes what it stands for ("&", "w/o"), and square brackets become round.  Where a writer ended a line, and where a blank line stands
that no deep indentation carries on behind a filled line, nothing changes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from limen.lexicon.load import data, read_toml
from limen.repair import PAD

_MARK = re.compile(r"[-–—*•·○▪◦‣+?](?:\s|$)|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)](?:\s|$)")
_CLOSES = re.compile(r"[^\W_]{1,4}\)")
_LIMIT = re.compile(r"[<>≤≥=]\s?\d[\d.,]*$")
_LAST_WORD = re.compile(r"[^\W_]+$")
_OPEN = (",", "(", "[", "-", " –", "/", "<", ">", "≤", "≥", "=")
_COMPARATORS = ("<", ">", "≤", "≥", "=")
_BLANKS = re.compile(rf"\s(?:\s+|(?<=[\n\t{PAD}]))")
_TIGHT = re.compile(r"[<>≥≤](?:(?<=\sor.)|(?<=\sand.)|(?<=\sbut.)|(?<=[,;)].))")
_SQUARE = re.compile(r"(?<!within\s)(?<!least\s)(?<!than\s)\[([^()\[\]]{0,300})\]")
_INNER = re.compile(rf"(?<=\w){PAD}+(?=\w)")
_DEEP = re.compile(r"(?:(?<![.;:])\n\r?\n {9,}(?=[^\W_]|[<>≤≥=(%×/])|(?<=:)\n\r?\n {9,}(?=[^\W_A-Z][^\n]*\Z))")  # a filled line that goes on behind a break that was doubled
_FILLED = (60, 100)  # characters of a line that a registry wrapped


class Flow(NamedTuple):
    """A text in one flow, and where each of its places lies in the text that it was made of.

    `begins` and `ends` bound what was set in place of something else, `source` are the places right behind that in the first text.
    """

    text: str
    begins: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    source: tuple[int, ...] = ()

    def origin(self, place: int) -> int:
        """The place in the first text of a character of the flow."""
        index = bisect_right(self.ends, place) - 1
        origin = place if index < 0 else place - self.ends[index] + self.source[index]
        return min(origin, max(self.source[index + 1] - 1, 0)) if index + 1 < len(self.ends) else origin

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the first text that a stretch of the flow is, without the blanks behind it."""
        return self.origin(start), self.origin(end - 1) + 1 if end > start else self.origin(start)

    def place(self, origin: int) -> int:
        """The place in the flow of a character of the first text; of one that was left out, the place where it would be."""
        index = bisect_right(self.source, origin) - 1
        place = origin if index < 0 else origin - self.source[index] + self.ends[index]
        return min(place, self.begins[index + 1]) if index + 1 < len(self.ends) else place


def flow(text: str) -> Flow:
    """The text in one flow."""
    parts: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    source: list[int] = []
    done = line = length = 0
    for start, end in _changes(text):
        run = text[start:end]
        breaks = max(run.count("\n"), run.count("\r"))
        if breaks == 0 or ((breaks == 1 or (breaks == 2 and _DEEP.match(text, start, end + 1))) and _goes_on(text, line, start, end)):
            new = _read(run)
            parts += (text[done:start], new)
            begins.append(length + start - done)
            length = begins[-1] + len(new)
            done = end
            ends.append(length)
            source.append(done)
        if breaks:
            line = start + max(run.rfind("\n"), run.rfind("\r")) + 1
    return Flow(_rounded("".join((*parts, text[done:]))), tuple(begins), tuple(ends), tuple(source))


def unbroken(text: str) -> Flow:
    """The text, lines and all, without what a repair left over within its words."""
    if PAD not in text:
        return Flow(text)
    runs = [m.span() for m in _INNER.finditer(text)]
    lost = accumulate((end - start for start, end in runs), initial=0)
    places = tuple(start - before for (start, _), before in zip(runs, lost))
    return Flow(_INNER.sub("", text), places, places, tuple(end for _, end in runs))


def _rounded(text: str) -> str:
    """The text with its square brackets round, those within round ones and of a template ("within [4 weeks]") aside."""
    parts: list[str] = []
    done = depth = 0
    for match in _SQUARE.finditer(text) if "[" in text else ():
        depth = max(0, depth + text.count("(", done, match.start()) - text.count(")", done, match.start()))
        parts += (text[done : match.start()], f"({match.group(1)})" if depth == 0 else match.group())
        done = match.end()
    return "".join((*parts, text[done:])) if parts else text


def _read(run: str) -> str:
    """What stands in the flow for a run of the text."""
    if not run or run.isspace():
        return "" if run and not run.strip(PAD) else " "
    return _shorthand()[run.lower()]


@cache
def _shorthand() -> dict[str, str]:
    """words.toml, [shorthand]."""
    table: dict[str, str] = read_toml(data("words.toml"))["shorthand"]
    return table


def _changes(text: str) -> list[tuple[int, int]]:
    """Runs of blanks, places where one is missing, and shorthand between words, in the order of the text."""
    found = [m.span() for m in _BLANKS.finditer(text)]
    others = [(m.start(), m.start()) for m in _TIGHT.finditer(text)]
    others += [(_word_start(text, m.start()), m.end()) for m in _short().finditer(text)]
    return sorted(found + others) if others else found


def _word_start(text: str, place: int) -> int:
    while place > 0 and text[place - 1].isalpha():
        place -= 1
    return place


@cache
def _short() -> re.Pattern[str]:
    """Shorthand from its sign on, where words stand around it; that sign first, so that the search is quick."""
    parts = [re.fullmatch(r"(\w*)([&/'])(\w*)", key) for key in sorted(_shorthand(), key=len, reverse=True)]
    forms = "|".join(rf"(?<=[\s(]{head}{sign}){tail}" for head, sign, tail in (m.groups() for m in parts if m))
    return re.compile(rf"[&/'](?:{forms})(?=\s\s?(?:[^\W_]|[(<>≥≤]))", re.IGNORECASE)


def _goes_on(text: str, line: int, end: int, following: int) -> bool:
    """Whether the line from `line` to `end` goes on in the next, which begins at `following`."""
    if following == len(text) or not text[line:end].strip():
        return False
    if _MARK.match(text, following):
        return text.endswith(_COMPARATORS, line, end) or closes_bracket(text, line, end, following)  # "ECOG is ≤" over "1."
    if text.endswith(_OPEN, line, end):
        return True
    last = _LAST_WORD.search(text, max(line, end - 40), end)
    return _FILLED[0] <= end - line <= _FILLED[1] or (last is not None and last.group().lower() in _open_words())


def closes_bracket(text: str, line: int, end: int, following: int) -> bool:
    """Whether what looks like a mark ends a bracket of the line before it: "(class A or" over "B)", "(protein < 1" over "g)"."""
    if _CLOSES.match(text, following) is None or text.count("(", line, end) <= text.count(")", line, end):
        return False
    last = _LAST_WORD.search(text, max(line, end - 40), end)
    open_ended = last is not None and (last.group().lower() in _open_words() or _LIMIT.search(text, max(line, last.start() - 12), end) is not None)
    return text.endswith(",", line, end) or open_ended


@cache
def _open_words() -> frozenset[str]:
    """The words behind which a statement cannot end."""
    return frozenset(read_toml(data("headings.toml"))["continues"]["carrying"])

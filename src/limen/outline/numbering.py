"""Printed numbers of list items: which of them follow each other, and where a list's numbers start again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from unicodedata import numeric

from limen.outline.lines import CIRCLED, Line

_BARE = re.compile(r"(\d{1,2})[ \t]+(?=\S)")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_LABEL = re.compile(r"^[a-z]{1,4}[ #-]?0*(?=\d)")
_COUNTED = 3  # lines that must count on from 1 before their bare numbers are marks
ENDS_OPEN = re.compile(r"(?:[:：]|\bfollowing\.?|\bbelow\.?)\s*$", re.IGNORECASE)


def with_bare_numbers(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines, with the bare numbers behind which they begin as marks: "* 1 Gout", "* 2 Tophi", "* 3 18 years or older".

    Only where at least three lines of one mark and indentation count up from 1; what stands between them is part of none.
    """
    found: dict[tuple[str | None, int], list[tuple[int, int]]] = {}
    runs: list[tuple[int, int]] = []
    for index, line in enumerate(lines):
        match = None if line.number else _BARE.match(text, line.words, line.end)
        if match is None:
            continue
        run = found.setdefault((line.style, line.indent), [])
        if int(match.group(1)) == 1:
            run.clear()
        if int(match.group(1)) == len(run) + 1:
            run.append((index, match.end()))
            if len(run) >= _COUNTED:
                runs += run if len(run) == _COUNTED else run[-1:]
    marked = dict(runs)
    return [line._replace(words=marked[i], style=line.style or "bare digit", number=text[line.words : marked[i]].strip()) if i in marked else line for i, line in enumerate(lines)]


def restarts(text: str, block: Sequence[Line]) -> frozenset[int]:
    """Where a list's numbers start again below an item that says that a list follows: "3. One of the following:" over "1. ...", "2. ...".

    Only where the numbers tell where the inner list ends: behind "2. ...:" a third item may belong to either list.
    """
    found: set[int] = set()
    for index, (above, line) in enumerate(zip(block, block[1:]), 1):
        if line.style is None or line.style != above.style or _place(line) != 1 or not ENDS_OPEN.search(text, above.words, above.end):
            continue
        run, behind = 0, None
        for place in (_place(other) for other in islice(block, index, None) if other.style == line.style):
            if place != run + 1:
                behind = place
                break
            run = place
        if behind == _place(above) + 1 or (behind is None and run <= _place(above)):
            found.add(line.start)
    return frozenset(found)


def _core(number: str | None) -> str:
    """A printed number without what stands around it, in lower case; one in a circle, and a label's ("E02:"), as its digits."""
    core = _LABEL.sub("", (number or "").strip("().:,").lower())
    return str(int(numeric(core))) if core in CIRCLED else core


def _place(line: Line) -> int:
    """The place of a printed number or letter in its list; 0 for another mark."""
    core = _core(line.number)
    return int(core) if core.isdigit() else ord(core) - ord("a") + 1 if len(core) == 1 else 0


def follows(before: str | None, number: str | None) -> bool:
    """Whether two printed numbers follow each other: 3) and 4), a. and b., (i) and (ii)."""
    if not before or not number:
        return False
    a, b = _core(before), _core(number)
    if a.isdigit() and b.isdigit():
        return int(b) == int(a) + 1
    if a in _ROMAN and b in _ROMAN[1:]:
        return _ROMAN.index(b) == _ROMAN.index(a) + 1
    return len(a) == len(b) == 1 and ord(b) == ord(a) + 1


def above_goes_on(line: Line, items: Sequence[Line]) -> bool:
    """Whether a number goes on with that of an item further up, and not with the one of its own style right before it."""
    return not follows(items[-1].number, line.number) and any(o.style == line.style and follows(o.number, line.number) for o in items[:-1])


def goes_on(above: Line, line: Line) -> bool:
    """Whether a number goes on with the one that stands behind the bullet of an item above: "* 1) ..." and "2) ..."."""
    bulleted = above.number is not None and line.number is not None and (above.style or "").startswith("bullet")
    return bulleted and str(above.number)[-1] == str(line.number)[-1] and follows(above.number, line.number)


def opens(line: Line) -> bool:
    """Whether the mark can be the first of a list."""
    core = _core(line.number)
    return not core or core in ("1", "a", "i") or not (core.isdigit() or len(core) == 1)

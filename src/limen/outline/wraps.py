"""Lines without a mark that go on with the item above them, because a page had filled the line or the item has not ended."""

from __future__ import annotations

from collections.abc import Sequence

from limen.flow import closes_bracket
from limen.outline.lines import Line
from limen.outline.numbering import ENDS_OPEN, follows

_SEVERAL = 4  # items that show how a list ends them
_NEARLY = 8  # of so many one at most ends otherwise
_WIDTHS = (48, 110)  # characters of the lines that a page fills
_SHOWN = 2  # filled lines that show that a page fills them

_Pair = tuple[Line, Line]


def wrapped_on(text: str, block: Sequence[Line]) -> frozenset[int]:
    """Where lines without a mark begin that go on with the item above them, in a list whose other lines show it."""
    return _unended(text, block) | _filled(text, block)


def without_closings(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines, without the marks that are none: they end a bracket of the line above, "(class A or" over "B)"."""
    closing = {two.start for one, two in zip(lines, lines[1:]) if two.style is not None and closes_bracket(text, one.words, one.words + len(text[one.words : one.end].rstrip()), two.mark_start)}
    return [line._replace(words=line.mark_start, style=None, number=None) if line.start in closing else line for line in lines]


def _unended(text: str, block: Sequence[Line]) -> frozenset[int]:
    """The lines behind one that did not end yet, where the list's writer ends nearly every item in a stop."""
    last = max((i for i, line in enumerate(block) if line.style is not None), default=0)
    pairs = list(zip(block[:last], block[1 : last + 1]))
    ends = [_is_stopped(text, one) for one, two in pairs if two.style is not None]
    if len(ends) < _SEVERAL or ends.count(False) * _NEARLY >= len(ends):
        return frozenset()
    return frozenset(two.start for one, two in pairs if _may_go_on(text, one, two))


def _filled(text: str, block: Sequence[Line]) -> frozenset[int]:
    """The lines whose first word had no room in the line above: between two items whose numbers follow, or where the whole list shows it."""
    width = max((_length(text, line) for line in block), default=0)
    if not _WIDTHS[0] <= width <= _WIDTHS[1]:
        return frozenset()
    pairs = [(one, two) for one, two in zip(block, block[1:]) if _may_go_on(text, one, two)]
    full = [pair for pair in pairs if _is_full(text, pair, width)]
    shown = len(full) >= _SHOWN and len(full) == len(pairs)
    return frozenset(two.start for _, two in (full if shown else (p for p in full if _between_numbers(block, p[1]))))


def _may_go_on(text: str, one: Line, two: Line) -> bool:
    opens = text[two.words].isupper() and ENDS_OPEN.search(text, two.words, two.end) is not None
    return two.style is None and not opens and not _is_stopped(text, one) and text.count("\n", one.words, two.words) == 1


def _is_stopped(text: str, line: Line) -> bool:
    return text[line.words : line.end].rstrip()[-1:] in ".;:!?"


def _length(text: str, line: Line) -> int:
    return len(text[line.start : line.end].rstrip())


def _is_full(text: str, pair: _Pair, width: int) -> bool:
    length, following = _length(text, pair[0]), text[pair[1].words : pair[1].end].split(maxsplit=1)
    return length >= _WIDTHS[0] and length + 1 + len(following[0]) > width


def _between_numbers(block: Sequence[Line], line: Line) -> bool:
    """Whether the marked lines around one have numbers that follow each other."""
    before = next((other for other in reversed(block) if other.start < line.start and other.style is not None), None)
    behind = next((other for other in block if other.start > line.start and other.style is not None), None)
    return before is not None and behind is not None and before.style == behind.style and follows(before.number, behind.number)

"""Lines without a mark that are items all the same: below a marked lead, behind the letter that a bullet became, behind a heading."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.outline.lines import Line
from limen.outline.numbering import ENDS_OPEN

_ROUND = re.compile(r"o (?=[A-Z])")  # a round bullet that became a letter
_OPEN_END = re.compile(r"(?:[,(/-]|\b(?:and|or|of|with|to|for|in|by|the|a|an|than))\s*$", re.IGNORECASE)
_NOTE = re.compile(r"(?:note|\*|e\.g|i\.e|except|however|unless)\b", re.IGNORECASE)
_SEVERAL = 2


def as_items(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines of a list with those that are items as if they were marked."""
    found = _aligned(text, _round(text, lines))
    for index, line in enumerate(found):
        if line.style is None or line.style == "below" or not ENDS_OPEN.search(text, line.words, line.end):
            continue
        run = _run_below(text, found, index)
        if len(run) >= _SEVERAL and all(_stands(text, one) for one in run):
            found[index + 1 : index + 1 + len(run)] = [one._replace(style="below", indent=line.indent + 2) for one in run]
    return found


def _run_below(text: str, lines: Sequence[Line], index: int) -> list[Line]:
    """The lines without a mark right below one, up to the next mark or blank line."""
    run: list[Line] = []
    for above, line in zip(lines[index:], lines[index + 1 :]):
        if line.style is not None or text.count("\n", above.words, line.words) != 1 or line.indent < lines[index].indent:
            break
        run.append(line)
    return run


def _stands(text: str, line: Line) -> bool:
    """Whether a line may be an item by itself: it begins one, and does not end in the middle of it."""
    return text[line.words].isupper() and _NOTE.match(text, line.words) is None and _OPEN_END.search(text, line.words, line.end) is None


def _round(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines with the bullets of those that begin with "o " and a capital, where several do."""
    marks = [_ROUND.match(text, line.words, line.end) if line.style is None else None for line in lines]
    if sum(mark is not None for mark in marks) < _SEVERAL:
        return list(lines)
    return [line if mark is None else line._replace(words=mark.end(), style="bullet o") for line, mark in zip(lines, marks)]


def _aligned(text: str, lines: list[Line]) -> list[Line]:
    """The lines, the first one, where it stands behind its heading, as far in as the next of its kind."""
    if lines and lines[0].start > 0 and text[lines[0].start - 1] not in "\r\n":
        lines[0] = lines[0]._replace(indent=next((line.indent for line in lines[1:] if line.style == lines[0].style), 0))
    return lines

"""Lists inside one paragraph: "a) ... 1) ... 2) ... b) ...", "(1) ... (2) ...", "* ... * ..."."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from unicodedata import numeric

from limen.outline.lines import CIRCLED

_MARK = re.compile(r"(?<![\w)])(?:\((?P<paren>\d{1,2}|[a-zA-Z]|[ivx]{2,4})\)|(?P<close>\d{1,2}|[a-zA-Z]|[ivx]{2,4})\))(?=\s|[A-Z])")
_DOTTED = re.compile(r"(?<!\S)(?P<close>\d{1,2}|[a-z]|[ivx]{2,4})\.(?=\s+[^\W\d_]|(?<=[ivx\d]\.)[A-Z][A-Za-z])")
_DASHED = re.compile(r"(?<!\S)(?P<close>\d{1,2})-(?=\s?[^\W\d_]{3})")
_CIRCLED = re.compile(rf"(?P<close>[{''.join(sorted(CIRCLED))}])")
_SIGNS = {_MARK: (")", ")"), _CIRCLED: ("①", "②"), _DOTTED: (".", "."), _DASHED: ("-", "-")}  # what shows a list's first mark and its second
_STARS = re.compile(r"[*•●▪](?<=\s.)(?=\s+(?!10[\d^])\S)|[•●▪](?=\s+[^\W\d_])")  # not the times sign of "1.5 * 10^9/L"
_BEHIND_COLON = re.compile(r"[:：]\s+(?P<mark>[-–—])\s+(?=[^\W\d_])")
_DASH = re.compile(r"(?<=\s)[-–—](?=\s+[^\W\d_])")
_ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"]


@dataclass(slots=True)
class Item:
    """A mark at [start, words) and the items of the list that it opens."""

    start: int
    words: int
    number: str
    children: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class _Level:
    style: str
    last: int
    items: list[Item]


def find_items(text: str, start: int, end: int) -> list[Item]:
    """The items of the lists inside text[start:end], nested; empty when there is no list of two items or more."""
    if end - start < 12:
        return []
    for pattern, (first, second) in _SIGNS.items():
        place = text.find(first, start, end)
        if place < 0 or text.find(second, place + 1, end) < 0:
            continue
        items = _nest([(m.start(), m.end(), m.group(), m.group(m.lastgroup or 0), m.lastgroup or "") for m in pattern.finditer(text, start, end)])
        if pattern in (_DOTTED, _DASHED) and len(items) < 3 and (pattern is _DASHED or not _after_stop(text, items)):
            continue
        if pattern is _DASHED and text[start : items[0].start].strip():
            continue  # such a mark alone opens no list within a sentence
        if len(items) >= 2:
            return items
    stars = [Item(m.start(), m.end(), m.group()) for m in _STARS.finditer(text, start, end)]
    return stars if len(stars) >= 2 else _dashes(text, start, end)


def _dashes(text: str, start: int, end: int) -> list[Item]:
    """The items that dashes open, the first of them behind a colon: "any of these: - asthma - gout"."""
    first = _BEHIND_COLON.search(text, start, end)
    if first is None:
        return []
    items = [Item(m.start(), m.end(), m.group()) for m in _DASH.finditer(text, first.start("mark"), end) if m.group() == first["mark"]]
    return items if len(items) >= 2 else []


def _after_stop(text: str, items: list[Item]) -> bool:
    return len(items) >= 2 and all(text[: i.start].rstrip()[-1:] in ".;:," for i in items[1:])


def _order(core: str) -> list[tuple[str, int]]:
    """The places that a mark can have: "i" is the first roman numeral and the ninth letter."""
    if core in CIRCLED:
        return [("circled", int(numeric(core)))]
    if core.isdigit():
        return [("digit", int(core))]
    places = [("roman", _ROMAN.index(core.lower()) + 1)] if core.lower() in _ROMAN else []
    if len(core) == 1:
        places.append(("upper" if core.isupper() else "lower", ord(core.lower()) - ord("a") + 1))
    return places


def _nest(marks: list[tuple[int, int, str, str, str]]) -> list[Item]:
    """Marks to a tree: the next number of an open list continues it, a first number opens one below the last item."""
    levels: list[_Level] = []
    roots: list[Item] = []
    for start, words, printed, core, kind in marks:
        item = Item(start, words, printed)
        for style, order in _order(core):
            name = f"{kind} {style}"
            depth = next((i for i in range(len(levels) - 1, -1, -1) if levels[i].style == name and levels[i].last + 1 == order), None)
            if depth is not None:
                del levels[depth + 1 :]
                levels[depth].items.append(item)
                levels[depth].last = order
                break
            if order == 1 and not any(level.style == name and len(level.items) < 2 for level in levels[:1]):
                items = levels[-1].items[-1].children if levels else roots
                levels.append(_Level(name, 1, items))
                items.append(item)
                break
    return [_prune(item) for item in roots]


def _prune(item: Item) -> Item:
    """A list of one is no list."""
    item.children = [_prune(c) for c in item.children] if len(item.children) >= 2 else []
    return item

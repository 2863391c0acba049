"""Registry text as HTML: escaped, with the limits marked where they stand, and with offsets that survive the browser.

Registry text is hostile until it has passed through here.  Browsers count UTF-16 units and turn `\\r\\n` into `\\n`;
Python counts code points.  Every piece of marked text says where it starts (`data-s`, UTF-16 units of the criterion's own
text), so the page never has to count across pieces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from limen import render as notation
from limen.criteria import (
    AllOf,
    AnyLeaf,
    AnyOf,
    AtLeast,
    Expression,
    Finding,
    IfThen,
    Not,
    Threshold,
    Unless,
    Unread,
    Window,
)
from limen.review import trees

_NUMBER = re.compile(r"[-+]?\d(?:[\d.,  ]*\d)?")
# Invisible characters that change how others look or hide words; joiners inside emoji and scripts are left alone.
_HIDDEN = frozenset("\u061c\u00ad\u200b\u200e\u200f\u2028\u2029\u2060\ufeff\u180e\u3164") | frozenset(
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x2070), *range(0xE0000, 0xE0080))
)


def is_hidden(character: str) -> bool:
    """Whether a character is a control that must be shown by its name instead of taking effect."""
    return character in _HIDDEN or (unicodedata.category(character) == "Cc" and character not in "\n\t\r")


def plain(text: str) -> str:
    """Text for an attribute or a message: controls by their code point."""
    return "".join(f"⟨U+{ord(c):04X}⟩" if is_hidden(c) else c for c in text)


def unplain(text: str) -> str:
    """The text behind `plain`, as a form sends it back."""
    return re.sub(r"⟨U\+([0-9A-F]{4,6})⟩", lambda m: chr(int(m[1], 16)) if is_hidden(chr(int(m[1], 16))) else m[0], text)


def visible(text: str) -> Markup:
    """Text for the page: escaped, with controls shown by their code point."""
    pieces = (_control(c, None) if is_hidden(c) else escape(c) for c in text)
    return Markup("<bdi>{}</bdi>").format(Markup("").join(pieces))


def _control(character: str, start: int | None) -> Markup:
    name = unicodedata.name(character, "control")
    where = Markup(' data-s="{}" data-len="{}"').format(start, utf16_length(character)) if start is not None else ""
    return Markup('<span class="control" title="{}"{}>U+{:04X}</span>').format(name, where, ord(character))


# ---------------------------------------------------------------- offsets


def utf16_length(text: str) -> int:
    """How many UTF-16 units a browser counts in a text."""
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def to_utf16(text: str, offset: int) -> int:
    """A code-point offset as a browser counts it."""
    return utf16_length(text[:offset])


def from_utf16(text: str, units: int, *, end: bool = False) -> int:
    """A browser's offset in code points; inside a surrogate pair it moves out to the pair's start, or its end."""
    seen = 0
    for place, character in enumerate(text):
        if seen >= units:
            return place
        width = utf16_length(character)
        if seen + width > units:
            return place + 1 if end else place
        seen += width
    return len(text)


def area_text(text: str) -> str:
    """What a text area is given: one harmless character for each hidden one, so that offsets stay."""
    return "".join("\ufffd" * utf16_length(c) if is_hidden(c) else c for c in text)


def to_area(text: str, offset: int) -> int:
    """A code-point offset in UTF-16 units of a text area, which turns \\r\\n and \\r into \\n."""
    return utf16_length(text[:offset].replace("\r\n", "\n"))


def from_area(text: str, units: int, *, end: bool = False) -> int:
    """An offset in a text area as a code-point offset of the text."""
    seen = 0
    place = 0
    while place < len(text) and seen < units:
        step = 2 if text.startswith("\r\n", place) else 1
        width = 1 if step == 2 else utf16_length(text[place])
        if seen + width > units:
            return place + step if end else place
        seen += width
        place += step
    return place


# ---------------------------------------------------------------- marked text


@dataclass
class _Cell:
    part: str = ""
    path: str = ""
    covered: bool = False


def marked(text: str, tree: Expression, accounted: Iterable[tuple[int, int]]) -> Markup:
    """A criterion's text with every object's words marked; words that no object accounts for are marked as such."""
    cells = [_Cell() for _ in text]
    for start, end in accounted:
        for cell in cells[max(start, 0) : max(end, 0)]:
            cell.covered = True
    for path, leaf in trees.leaf_paths(tree):
        for start, end, part in leaf_marks(leaf, text):
            for cell in cells[max(start, 0) : max(end, 0)]:
                cell.part, cell.path = part, path
    numbers = {path: number for number, (path, _) in enumerate(trees.leaf_paths(tree), start=1)}
    return _segments(text, cells, numbers)


def leaf_marks(leaf: AnyLeaf, text: str) -> list[tuple[int, int, str]]:
    """Which words of the text are the leaf's measurement, comparator, value, unit and window."""
    if isinstance(leaf, Unread):
        return [(leaf.start, leaf.end, "unread")]
    if not isinstance(leaf, Threshold):
        return [(leaf.start, leaf.end, leaf.kind), *_window_mark(getattr(leaf, "window", None), text, leaf.start)]
    marks = [(leaf.start, leaf.end, "comparator")]
    words = text[leaf.start : leaf.end]
    marks += [(leaf.start + m.start(), leaf.start + m.end(), "value") for m in _NUMBER.finditer(words)]
    if leaf.unit_text and (place := words.rfind(leaf.unit_text)) >= 0:
        marks.append((leaf.start + place, leaf.start + place + len(leaf.unit_text), "unit"))
    if leaf.concept_start is not None and leaf.concept_end is not None:
        marks.append((leaf.concept_start, leaf.concept_end, "measurement"))
    return marks + _window_mark(leaf.window, text, leaf.start)


def _window_mark(window: Window | None, text: str, near: int) -> list[tuple[int, int, str]]:
    if window is None or not window.text:
        return []
    places = [m.start() for m in re.finditer(re.escape(window.text), text)]
    if not places:
        return []
    place = min(places, key=lambda p: abs(p - near))
    return [(place, place + len(window.text), "window")]


def _segments(text: str, cells: list[_Cell], numbers: dict[str, int]) -> Markup:
    pieces: list[Markup] = []
    first: set[str] = set()
    units = place = 0
    while place < len(text):
        if text[place] == "\r":
            width = 2 if text.startswith("\r\n", place) else 1
            pieces.append(Markup('<span class="line" data-s="{}" data-len="{}">\n</span>').format(units, width))
        elif is_hidden(text[place]):
            width = 1
            pieces.append(_control(text[place], units))
        else:
            width = _run(text, cells, place)
            cell, words = cells[place], text[place : place + width]
            pieces.append(_piece(words, cell, units, numbers if cell.path not in first else {}))
            first.add(cell.path) if cell.part else None
        units += utf16_length(text[place : place + width])
        place += width
    return Markup("").join(pieces)


def _run(text: str, cells: list[_Cell], place: int) -> int:
    end = place + 1
    while end < len(text) and cells[end] == cells[place] and text[end] != "\r" and not is_hidden(text[end]):
        end += 1
    return end - place


def _piece(words: str, cell: _Cell, units: int, numbers: dict[str, int]) -> Markup:
    if cell.part:
        number = numbers.get(cell.path)
        badge = Markup(' data-n="{}"').format(number) if number else ""
        return Markup('<mark class="{}" data-s="{}" data-path="{}"{}>{}</mark>').format(cell.part, units, cell.path, badge, words)
    odd = not cell.covered and any(c.isalnum() for c in words)
    return Markup('<span{} data-s="{}">{}</span>').format(Markup(' class="unaccounted"') if odd else "", units, words)


# ---------------------------------------------------------------- the object in words


@dataclass
class Node:
    """One part of a tree, ready to be drawn."""

    path: str
    kind: str
    label: str
    number: int | None = None
    confidence: float | None = None
    canonical: str = ""
    findings: tuple[Finding, ...] = ()
    parts: list[Node] = field(default_factory=list)


def node(tree: Expression) -> Node:
    """The tree as nested nodes; leaves are numbered as in the marked text."""
    numbers = {path: number for number, (path, _) in enumerate(trees.leaf_paths(tree), start=1)}
    return _node(tree, "", numbers)


def _node(part: Expression, path: str, numbers: dict[str, int]) -> Node:
    inner = [_node(p, f"{path}.{step}" if path else step, numbers) for step, p in trees.parts(part)]
    if isinstance(part, trees.LEAVES):
        findings = part.findings if isinstance(part, Threshold) else ()
        canonical = _canonical(part) if isinstance(part, Threshold) else ""
        return Node(path, part.kind, leaf_words(part), numbers[path], part.confidence, canonical, findings, inner)
    return Node(path, part.kind, group_words(part), parts=inner)


def group_words(group: Expression) -> str:
    """What stands between the parts of a group, in capitals so that it is seen."""
    match group:
        case AllOf():
            return "ALL of"
        case AnyOf():
            return "ANY of"
        case AtLeast():
            return f"AT LEAST {group.count} of"
        case Not():
            return "NOT"
        case IfThen():
            return "IF the first, THEN the second"
        case Unless():
            return "The first, UNLESS the second"
        case _:
            return ""


def leaf_words(leaf: AnyLeaf) -> str:
    """A leaf in the notation of the tables and the catalogue: `creatinine <= 2 mg/dL [within 4 wk screening]`."""
    return next(iter(notation.tree(leaf)))


def _canonical(threshold: Threshold) -> str:
    canonical = threshold.canonical
    if canonical is None or canonical.unit == threshold.unit:
        return ""
    bounds = [notation.number(b) for b in (canonical.low, canonical.high) if b is not None]
    return f"= {' … '.join(bounds)} {canonical.unit or ''}".strip()

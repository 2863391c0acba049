"""Phrase lists as regular expressions: one trie a list, so that a match costs the phrase's length, not the list's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

_END = ""


@lru_cache(maxsize=64)
def lowered(text: str) -> str:
    """The text in lower case, character for character; a letter whose lower case is longer stays as it is."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


class Scanner:
    """A lower-case pattern that is run over whole texts: over their lower case, which is several times faster than re.I."""

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern)

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        return self.pattern.finditer(lowered(text), start, len(text) if end is None else end)

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        return self.pattern.search(lowered(text), start, len(text) if end is None else end)

    def match(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        return self.pattern.match(lowered(text), start, len(text) if end is None else end)


def alternation(phrases: Iterable[str], *, lead: bool = True, tail: bool = True) -> str:
    """A pattern that matches the longest of `phrases` at a place; a space in a phrase is any run of white space.

    The pattern is for re.IGNORECASE.  A phrase that begins in a letter or digit keeps a word boundary there, and one that
    ends in one keeps it there, unless `lead` or `tail` is off ("2.5xULN": the x may touch what follows).
    """
    trie: dict[str, Any] = {}
    for phrase in phrases:
        node = trie
        for char in _bounded(phrase.lower(), lead=lead, tail=tail):
            node = node.setdefault(char, {})
        node[_END] = {}
    return _pattern(trie)


def _bounded(phrase: str, *, lead: bool, tail: bool) -> list[str]:
    chars = [r"\s+" if c == " " else re.escape(c) for c in re.sub(r"\s+", " ", phrase)]
    if lead and phrase[0].isalnum():
        # The boundary stands behind the first letter, so that the engine can skip to that letter.
        chars[0] += rf"(?<![^\W\d_]{chars[0]})" if phrase[0].isalpha() else rf"(?<!\d{chars[0]})"
    if tail and phrase[-1].isalpha():
        chars.append(r"(?![^\W\d_])")
    elif tail and phrase[-1].isdigit():
        chars.append(r"(?!\d)")
    return chars


def _pattern(node: dict[str, Any]) -> str:
    ends = _END in node
    branches = [char + _pattern(child) for char, child in node.items() if char != _END]
    if not branches:
        return ""
    # A look-ahead branch closes a phrase: longer phrases are tried before it.
    branches.sort(key=lambda b: b.startswith("(?!"))
    joined = branches[0] if len(branches) == 1 and not ends else f"(?:{'|'.join(branches)})"
    return f"{joined}?" if ends else joined

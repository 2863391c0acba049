"""Phrase lists as regular expressions: one trie a list, so that a match costs the phrase's length, not the list's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_END = ""


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
        chars.insert(0, r"(?<![^\W\d_])" if phrase[0].isalpha() else r"(?<!\d)")
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

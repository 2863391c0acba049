"""What is said of a thing by what it is not: "asthma not controlled by steroids", "lesions that are not amenable to surgery".

The thing is there, and what "not" says of it is denied of it alone: steroids and surgery are neither asked for nor shut out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from limen.assembly.denials import goes_on, opened
from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, unread
from limen.assembly.segments import Cut, between
from limen.assembly.words import Words
from limen.criteria import Expression, Not
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

_HELD = re.compile(r"(?:\b(?:or|and|but|if|when|where|unless|until|than|whether|though|although|they|it|he|she|as|to|must|should|may|no|without|have|having)|[,:;(/-])\s*$", re.IGNORECASE)
_FOR_TREATMENT = re.compile(r"(?:\w+ly\s+)?(?:amenable|suitable)\b", re.IGNORECASE)
_LISTED = re.compile(r"\(\S*\s")  # a bracket of several words may list kinds of the thing
_STEP = 12  # characters before "not" in which a word may take its force away


@cache
def _tail() -> Scanner:
    words = alternation(read_toml(data("logic.toml"))["denials"]["tails"])
    verbs = r"(?:(?:is|are|was|were|has|have|had|been|do|does|did|can|could|would|will)\s+){0,3}"
    denial = r"(?:(?:not|never|cannot)\s+|(?:is|are|was|were|has|have|had|do|does|did|ca|could|would|wo)n['’]t\s+)"
    return Scanner(rf"(?<!\S)(?:(?:that|which|who)\s+)?{verbs}{denial}(?P<told>(?:(?:been|be|being|yet|well|\w+ly)\s+){{0,3}}(?:{words}))")


def says_not(words: Words, place: int) -> bool:
    """Whether the words at a place say what a thing before them is not."""
    return _tail().match(words.text, words.skip(place)) is not None


def told_not(words: Words, cuts: Sequence[Cut], start: int, end: int) -> tuple[int, Expression] | None:
    """Where a thing ends of which something is denied, and that denial; what "or" goes on with is denied, too."""
    for found in _tail().finditer(words.text, start, end):
        begin = found.start("told")
        behind = [c for c in cuts if c.start >= begin]
        apart = len(behind) < len(cuts) or any(c.loose or c.join not in ("or", "either") for c in behind)
        further = [c for c in words.layout.joints(begin, end) if c not in behind and len(words.text[c.end : end].split()) > 1]
        apart = apart or (words.role == "exclusion" and not _goes_with(words, begin, end, behind))
        listed = any(not grammar().evidence.match(words.text, m.start() + 1) for m in _LISTED.finditer(words.text, begin, end))
        if apart or further or listed or not words.layout.is_open(begin - 1, start):
            continue
        kinds = grammar().kind_word.search(words.text, begin, end) or grammar().kind_word.match(words.text, words.skip(end))
        alone = len(words.text[begin:end].split()) < 2 or kinds is not None or words.text[end : end + 1] == ":"
        whole = not alone and goes_on(words.text, begin, end) and opened(words.text, start, end) is None
        if whole and not words.limits(begin, end) and _HELD.search(words.text, max(start, found.start() - _STEP), found.start()) is None:
            told = group("or", [unread(words.text, a, b) for a, b in between(begin, end, behind)])
            return (found.start(), Not(of=told)) if told is not None else None
    return None


def _goes_with(words: Words, start: int, end: int, joints: Sequence[Cut]) -> bool:
    """Whether what "or" goes on with in an exclusion must belong to the denial, and is no item that excludes by itself.

    It is so of further treatments where one is named before them, or where "amenable" asks for treatments alone.
    """
    (begin, stop), *rest = between(start, end, joints)
    kinds = {m.kind for m in words.names(begin, stop)} | ({"drug", "procedure"} if _FOR_TREATMENT.match(words.text, begin) else set())
    named = [[m.kind for m in words.names(*piece)] for piece in rest]
    return all(found and {"drug", "procedure"} >= set(found) <= kinds for found in named)

"""None of a thing, or little of it: "no detectable M-protein, or M-protein < 5 g/L", "no neuropathy or neuropathy of grade 1".

A denial goes on behind "or" to other things ("no asthma or heart rate < 50"), and not to a small amount of what it denied.
"""

from __future__ import annotations

import re

from limen.assembly.denials import opened
from limen.assembly.leaves import WORD, denied_unread, group, is_light, of_mention, of_pair, unread
from limen.assembly.scope import affirmed
from limen.assembly.words import Words
from limen.criteria import Expression

_OR = re.compile(r"\s*,?\s+(?:and/)?or\s+", re.IGNORECASE)
_ALIKE = 5  # letters that two names of one thing begin with: "albuminuria" and "albumin"
_FEW = 6  # words of what is denied, or of what is said of a limit
_LITTLE = ("lt", "le", "eq", "in", "between")


def none_or_little(words: Words, start: int, end: int) -> Expression | None:
    """The two alternatives of a stretch that denies a thing and goes on with a limit of the same."""
    limits = words.limits(start, end)
    if not limits or (begin := opened(words.text, start, end)) is None:
        return None
    cut = _OR.search(words.text, begin, limits[0].start)
    if cut is None or words.layout.depth[cut.start()] != words.layout.depth[start] or not all(t.operator in _LITTLE and t.kind in ("measurement", "score") for p in limits for t in p.thresholds):
        return None
    thing, further = WORD.findall(words.text[begin : cut.start()].lower()), WORD.findall(words.text[cut.end() : limits[0].start].lower())
    if not thing or len(thing) > _FEW or len(further) > _FEW or not any(_alike(thing[-1], w) for w in further) or not is_light(words.text[limits[-1].end : end]):
        return None
    named = words.names(start, cut.start())
    none = of_mention(words.text, named[0], start, cut.start()) if named else denied_unread(words.text, unread(words.text, start, cut.start()))
    of = [affirmed(words, of_mention(words.text, m, m.start, m.end), m.start) for m in words.names(cut.end(), limits[0].start)]
    return group("or", [none, group("and", [*of, *map(of_pair, limits)])])


def _alike(one: str, other: str) -> bool:
    return one == other or (one[:_ALIKE] == other[:_ALIKE] and len(other) >= _ALIKE)

"""None of a thing, or little of it: "no detectable M-protein, or M-protein < 5 g/L", "no neuropathy or neuropathy of grade 1".

A denial goes on behind "or" to other things ("no asthma or heart rate < 50"), and not to a small amount of what it denied.
"""

from __future__ import annotations

import re

from limen.assembly.denials import opened
from limen.assembly.leaves import WORD, denied_unread, group, of_mention, of_pair, unread
from limen.assembly.scope import affirmed
from limen.assembly.words import Words
from limen.criteria import Expression, Threshold

_OR = re.compile(r"\s*,?\s+(?:and/)?or\s+", re.IGNORECASE)
_ALIKE = 5  # letters that two names of one thing begin with: "albuminuria" and "albumin"
_FEW = 6  # words of what is denied
_LONG = 15  # words of the limit
_NEXT = 3  # characters between "or" and a limit that opens what stands behind it
_LITTLE = ("lt", "le", "eq", "in", "between")


def none_or_little(words: Words, start: int, end: int) -> Expression | None:
    """The two alternatives of a stretch that denies a thing and goes on with a limit of the same."""
    limits = words.limits(start, end)
    if not limits or (begin := opened(words.text, start, end)) is None:
        return None
    cut = _OR.search(words.text, begin, limits[0].start)
    if cut is None or words.layout.depth[cut.start()] != words.layout.depth[start] or not all(_is_little(t, cut.end()) for p in limits for t in p.thresholds):
        return None
    thing, further = WORD.findall(words.text[begin : cut.start()].lower()), WORD.findall(words.text[cut.end() : end].lower())
    if not thing or len(thing) > _FEW or len(further) > _LONG or not any(_alike(thing[-1], w) for w in further):
        return None
    named, taken = words.names(start, cut.start()), {t.concept for p in limits for t in p.thresholds}
    none = of_mention(words.text, named[0], start, cut.start()) if named else denied_unread(words.text, unread(words.text, start, cut.start()))
    of = [affirmed(words, of_mention(words.text, m, m.start, m.end), m.start) for m in words.names(cut.end(), end) if taken.isdisjoint(m.ids)]
    return group("or", [none, group("and", [*of, *map(of_pair, limits)])])


def _is_little(limit: Threshold, place: int) -> bool:
    """Whether a limit tells of a small amount, a short time or a time long past; a recent event is denied with the others: "no surgery or major surgery within 4 weeks"."""
    if limit.kind in ("measurement", "score"):
        return limit.operator in _LITTLE
    relation = limit.window.relation if limit.window is not None else None
    if limit.operator in ("ge", "gt"):
        return limit.kind == "window" and relation in ("before", "after")
    return limit.kind in ("window", "duration") and (relation == "for" or limit.start - place < _NEXT)


def _alike(one: str, other: str) -> bool:
    return one == other or (one[:_ALIKE] == other[:_ALIKE] and len(other) >= _ALIKE)

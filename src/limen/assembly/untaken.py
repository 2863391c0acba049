"""What no rule took up: beside a limit, an exclusion's alternative or an inclusion's demand in words that no list knows.

"Perforation within 180 days or risk factors for it", "at least 18 years of age and can swallow tablets": a limit is read by its
own words, and what the text offers or asks beside it must not be lost.  It is left to a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from limen.assembly.leaves import WORD, group, is_light, unread
from limen.assembly.words import Words
from limen.criteria import Expression, Threshold, Unread, leaves
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

_FEW = 2  # words that say something, of a ground


class _Says(NamedTuple):
    again: Scanner
    demand: Scanner
    quality: Scanner


@cache
def _says() -> _Says:
    logic = read_toml(data("logic.toml"))
    table, qualities = logic["untaken"], alternation([*logic["doubts"]["qualities"], "mild"])
    subject = rf"\s*(?:{alternation(table['subjects'])}\s+)?(?:[\w-]+\s+)?"
    return _Says(Scanner(rf"\s*(?:(?:an?|the)\s+)?(?:{alternation(table['again'])}|\d)"), Scanner(rf"{subject}{alternation(table['verbs'])}"), Scanner(rf"\s*(?:,|that\s+(?:is|are)|which\s+(?:is|are))\s+(?:of\s+)?(?:at\s+least\s+)?(?:{qualities})(?:\s+(?:in\s+)?(?:severity|intensity))?\s*(?=[,;.]|$)"))


def with_untaken(words: Words, start: int, end: int, made: Expression | None) -> Expression | None:
    """The tree of a stretch with what stands behind its joints and in none of its leaves: one more alternative, or one more demand."""
    if made is None or not any(isinstance(leaf, Threshold) for leaf in leaves(made)):
        return made
    missed = list(_missed(words, start, end, made))
    return group("and" if words.role == "inclusion" else "or", [made, *missed]) if missed else made


def _missed(words: Words, start: int, end: int, made: Expression) -> Iterator[Unread]:
    joints = words.layout.joints(start, end)
    if words.role == "inclusion":
        begins = [c.end for c in joints if c.join == "and" and _says().demand.match(words.text, c.end, end)] + _of_person(words, start, end, made)
    else:
        begins = [c.end for c in joints if c.join in ("or", "either") and words.text[c.start : c.end].strip() != "/" and not _says().again.match(words.text, c.end, end)]
    if words.role == "inclusion" and (how := _how_severe(words, end, made)) is not None:
        yield how
    if not begins:
        return
    taken = [*_places(made), *((t.start, t.end) for t in words.mentions.times)]
    for begin in begins:
        stop = min((c.start for c in joints if c.start >= begin), default=end)
        a, b = words.trim(begin, min([stop, *(x for x, _ in taken if x >= start)]) if begin == start else stop)
        said = sum(not is_light(w) for w in WORD.findall(words.text[a:b])) if a < b else 0
        leaf = unread(words.text, a, b) if said >= _FEW and not any(x < b and a < y for x, y in taken) else None
        if leaf is not None:
            yield leaf


def _how_severe(words: Words, end: int, made: Expression) -> Unread | None:
    """The quality behind how long a disease has lasted: "psoriasis for 12 months, severe", "for 12 months that is moderate"."""
    lasts = [leaf.end for leaf in leaves(made) if isinstance(leaf, Threshold) and leaf.kind in ("window", "duration")]
    found = _says().quality.match(words.text, max(lasts), end) if lasts else None
    taken = found is None or any(a < found.end() and found.start() < b for a, b in _places(made))
    return None if found is None or taken else unread(words.text, found.start(), found.end(), light=True)


def _of_person(words: Words, start: int, end: int, made: Expression) -> list[int]:
    """Where words begin that tell of persons beside their age, or of what a time is of: "women over 18 with good eyesight", "a clot within 9 hours that blocks a vein"."""
    told = [leaf for leaf in leaves(made) if isinstance(leaf, Threshold) and leaf.kind in ("age", "window", "duration") and start <= leaf.start < end]
    if not told:
        return []
    first, last = min(a for a, _ in _places(made)), max(leaf.end for leaf in told)
    whose = [start] if first in [a for leaf in told if leaf.kind == "age" for a, _ in _places(leaf)] else []
    return [*whose, *[c.end for c in words.layout.relatives(start, end) if c.start >= last][:1]]


def _places(made: Expression) -> Iterator[tuple[int, int]]:
    """Where the words of a tree's leaves stand."""
    for leaf in leaves(made):
        yield leaf.start, leaf.end
        if isinstance(leaf, Threshold) and leaf.concept_start is not None and leaf.concept_end is not None:
            yield leaf.concept_start, leaf.concept_end

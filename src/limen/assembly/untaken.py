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


@cache
def _says() -> _Says:
    table = read_toml(data("logic.toml"))["untaken"]
    subject = rf"\s*(?:{alternation(table['subjects'])}\s+)?(?:[\w-]+\s+)?"
    return _Says(Scanner(rf"\s*(?:(?:an?|the)\s+)?(?:{alternation(table['again'])}|\d)"), Scanner(rf"{subject}{alternation(table['verbs'])}"))


def with_untaken(words: Words, start: int, end: int, made: Expression | None) -> Expression | None:
    """The tree of a stretch with what stands behind its joints and in none of its leaves: one more alternative, or one more demand."""
    if made is None or not any(isinstance(leaf, Threshold) for leaf in leaves(made)):
        return made
    missed = list(_missed(words, start, end, made))
    return group("and" if words.role == "inclusion" else "or", [made, *missed]) if missed else made


def _missed(words: Words, start: int, end: int, made: Expression) -> Iterator[Unread]:
    joints = words.layout.joints(start, end)
    wanted = ("and",) if words.role == "inclusion" else ("or", "either")
    if not any(c.join in wanted for c in joints):
        return
    taken = [*_places(made), *((t.start, t.end) for t in words.mentions.times)]
    for cut, stop in zip(joints, [*(c.start for c in joints[1:]), end]):
        place = words.trim(cut.end, stop)
        if cut.join in wanted and words.text[cut.start : cut.end].strip() != "/" and _is_own(words, *place) and not any(a < place[1] and place[0] < b for a, b in taken):
            leaf = unread(words.text, *place)
            if leaf is not None:
                yield leaf


def _is_own(words: Words, start: int, end: int) -> bool:
    """Whether a stretch names a ground of its own, and no other time, dose or judge of the same; in an inclusion, whether it is a demand."""
    if start >= end or sum(not is_light(w) for w in WORD.findall(words.text[start:end])) < _FEW:
        return False
    if words.role == "inclusion":
        return _says().demand.match(words.text, start, end) is not None
    return _says().again.match(words.text, start, end) is None


def _places(made: Expression) -> Iterator[tuple[int, int]]:
    """Where the words of a tree's leaves stand."""
    for leaf in leaves(made):
        yield leaf.start, leaf.end
        if isinstance(leaf, Threshold) and leaf.concept_start is not None and leaf.concept_end is not None:
            yield leaf.concept_start, leaf.concept_end

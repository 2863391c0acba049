"""A list that turns: each of its parts read for itself, and joined as the turn says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from limen.assembly import turns
from limen.assembly.guards import Guards
from limen.assembly.leaves import group, unread
from limen.assembly.segments import Cut, between
from limen.assembly.words import Words
from limen.criteria import Expression


class Lists(Protocol):
    """Reads the parts of a list."""

    def items(self, start: int, end: int) -> Expression | None: ...
    @property
    def guards(self) -> Guards: ...


def turned(words: Words, lists: Lists, cuts: Sequence[Cut], start: int, end: int) -> Expression | None:
    """A list that turns from one thing to another, both of which are asked for, or to what is asked instead."""
    if (told_of := turns.told_either_way(words, cuts, start)) is not None:
        ways = [lists.items(*words.trim(a, b)) or unread(words.text, a, b, light=True) for a, b in between(told_of, end, [c for c in cuts if c.start > told_of])]
        return group("and", [lists.items(*words.trim(start, told_of)), group("or", ways)])
    if (some := turns.guarded_from(words, cuts)) is not None:
        return group("and", [lists.items(*words.trim(start, some.start)), lists.guards.read(*words.trim(some.end, end))])
    if (other := turns.otherwise_from(words, cuts)) is not None:
        return group("or", [lists.items(*words.trim(start, other.start)), lists.guards.read(*words.trim(other.end, end))])
    if (some_of := turns.some_from(words, cuts, end)) is not None:
        guarded_part, stop = (words.trim(some_of[0].end, some_of[1]), some_of[1])
        return group("or", [lists.items(*words.trim(start, some_of[0].start)), lists.guards.read(*guarded_part), lists.items(*words.trim(stop, end)) if words.weighty(stop, end) else None])
    if (turn := turns.asked_of_all(words, cuts, start, end) or turns.excluded_with(words, cuts, start, end) or turns.on_either(words, cuts, start, end) or turns.behind_list(words, cuts, start, end) or turns.shown_by_either(words, cuts, end) or turns.with_either(words, cuts) or turns.qualified_from(words, cuts, start) or turns.denied_from(words, cuts, start, end)) is not None:
        return group("and", [lists.items(*words.trim(start, turn.start)), lists.items(*words.trim(turn.end, end))])
    if (lacking := turns.lacking_from(words, cuts, start, end)) is not None:
        return group("and", [lists.items(*words.trim(start, lacking)), lists.items(lacking, end)])
    return None

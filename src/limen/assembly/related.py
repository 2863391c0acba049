"""What relatives and denials join within one item: "mRSS above 20 with ESR above 25", "cirrhosis without ascites"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from limen.assembly import turns
from limen.assembly.atoms import Atoms
from limen.assembly.cuts import is_examination, lacks_limit
from limen.assembly.denials import parting
from limen.assembly.forbidden import naive_of, off_from
from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, is_light
from limen.assembly.words import Words
from limen.criteria import Expression
from limen.mentions import Mention
from limen.thresholds import Paired

_MEASURED = ("measurement", "score")


class Lists(Protocol):
    """Reads the parts of an item."""

    def items(self, start: int, end: int) -> Expression | None: ...
    @property
    def atoms(self) -> Atoms: ...


def _is_of(paired: Paired, place: int, named: Sequence[Mention]) -> bool:
    """Whether a window's event goes on from the same thing before a place: "another trial with a drug within a month"."""
    event = paired.thresholds[0]
    around = paired.time is not None and event.concept_start is not None and event.concept_start < place
    return around and bool(named) and all(event.concept in m.ids and m.kind != "condition" for m in named)


def _stands(words: Words, start: int, stop: int, end: int) -> bool:
    """Whether the words before `stop` are a statement of their own: a name, or words of weight with nothing read: "travellers but no fever"."""
    behind = not words.bears(start, end) or lacks_limit(words, start, stop, end)
    return words.bears(start, stop) or ((behind or words.text[stop : stop + 4].lower() == "but ") and words.weighty(start, stop))


def related(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
    """ "mRSS above 20 with ESR above 25", "aged 16 to 64 who have SSc with ECOG 0-2": limits that relatives join."""
    for cut in words.layout.relatives(start, end):
        left = [p for p in words.pairs if start <= p.start and p.end <= cut.start]
        names_left = [m for m in words.names(start, cut.start) if not is_examination(words, m, start, cut.start)]
        right = [p for p in words.pairs if cut.end <= p.start and p.end <= end and not _is_of(p, cut.start, names_left)]
        events = [(t.concept_start, t.concept_end) for p in left for t in p.thresholds if t.concept_start is not None and t.concept_end is not None]
        names_right = [m for m in words.concepts if cut.end <= m.start and m.end <= end and not any(a <= m.start < b for a, b in events)]
        if (left and (right or names_right)) or (names_left and right):
            return group("and", [lists.items(start, cut.start), lists.items(cut.end, end)])
    if (place := _circumstance(words, start, end)) is not None:
        return group("and", [lists.items(start, place), lists.items(place, end)])
    return _parted(words, lists, start, end) or lists.atoms.read(start, end)


def _circumstance(words: Words, start: int, end: int) -> int | None:
    """Where a limit begins under which the one before it was measured, from the word that says so on: "SpO2 < 92 % on FiO2 > 0.5"."""
    limits = [p for p in words.pairs if start <= p.start and p.end <= end]
    for one, other in zip(limits, limits[1:]):
        named = min((t.concept_start for t in other.thresholds if t.concept_start is not None), default=other.start)
        said = grammar().circumstance.match(words.text, one.end, named)
        measured = any(t.kind in _MEASURED and t.concept for t in one.thresholds) and all(t.kind in (*_MEASURED, "count") for t in other.thresholds)
        apart = {t.concept for t in one.thresholds}.isdisjoint(t.concept for t in other.thresholds)
        if said is not None and measured and apart and words.layout.is_open(said.start(), start) and is_light(words.text[said.end() : named]):
            return words.skip(said.start())
    return None


def _parted(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
    """ "Cirrhosis without ascites": cirrhosis, and no ascites; "steroid-naive asthma" is asthma, and no steroid."""
    naive = naive_of(words.text, start, end)
    if naive is not None and (words.weighty(naive[1], end) or words.bears(naive[1], end)):
        return group("and", [lists.atoms.read(start, naive[1]), lists.items(*words.trim(naive[1], end))])
    if (off := off_from(words.text, start, words.names(start, end))) is not None and words.bears(start, off):
        return group("and", [lists.items(*words.trim(start, off)), lists.items(off, end)])
    cue = parting(words.text, start, end)
    if cue is None or not words.layout.is_open(cue.start, start) or not _stands(words, start, cue.start, end) or not words.weighty(cue.end, end):
        return None
    parts = [lists.items(*words.trim(start, cue.start)), lists.items(cue.start, end)]
    return turns.lacking_neither(words, start, parts) or group("and", parts)

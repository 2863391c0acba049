"""One clause's own words, as assembly sees them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from limen.assembly.coordination import apart, both_sexes, completed
from limen.assembly.denials import settled
from limen.assembly.grammar import grammar
from limen.assembly.leaves import is_light, trim
from limen.assembly.meanings import explained, with_meanings
from limen.assembly.objects import governed
from limen.assembly.parallel import each_with_its_own, named_to_exclude, supposed
from limen.assembly.segments import Layout
from limen.assembly.undoable import beyond_risk, without_barred, without_causes, without_sources
from limen.criteria import Threshold
from limen.mentions import Mention, Mentions
from limen.thresholds import Paired

ListRole = Literal["inclusion", "exclusion"]
CONSENT = "informed_consent"
WASHOUT = "washout_period"
_OPENING = 4  # characters of a mark before an item
_JOINT = 6  # characters of the words between two lengths of time
_BARE = re.compile(r"\d.*|[^\W\d_]+[\s-][^\W\d_]+", re.DOTALL)
_REACH = 60  # characters before consent in which it is said to be a date


class Read(NamedTuple):
    """A clause's own words as read: mentions and pairs, with offsets into those words."""

    mentions: Mentions
    pairs: tuple[Paired, ...]


class Words:
    """The words with their limits and names: `named` are the places of measured names, `concepts` the names outside limits."""

    def __init__(self, read: Read, role: ListRole) -> None:
        found = named_to_exclude(read.mentions) if role == "exclusion" else read.mentions
        meant = explained(found)
        self.mentions = with_meanings(apart(supposed(each_with_its_own(beyond_risk(without_barred(without_sources(without_causes(settled(found)), asked=role == "inclusion")))))), meant)
        self.text = read.mentions.text
        self.role = role
        pairs = [p for p in read.pairs if not any(a < p.start < b for a, b in meant)] if meant else read.pairs
        self.pairs: Sequence[Paired] = sided([p for p in pairs if p.thresholds], role)
        self.sexes = both_sexes(self.text, self.mentions.concepts)
        whole = [*((a.start, b.end) for a, b in self.sexes), *governed(self.mentions, asked=role == "inclusion")]
        self.layout = Layout(self.mentions, pairs, whole, meant, parted=role == "exclusion")
        conditions = {(m.start, m.end) for m in self.mentions.concepts if m.kind == "condition"}
        graded = {(t.concept_start, t.concept_end) for p in self.pairs for t in p.thresholds if t.kind == "score"}
        self.ranked = conditions & graded  # "stage IV melanoma" asks for the stage and for melanoma
        targets = [(t.concept_start, t.concept_end) for p in self.pairs for t in p.thresholds if t.kind not in ("window", "duration")]
        self.named = [(a, b) for a, b in targets if a is not None and b is not None]
        taken = [*(n for n in self.named if n not in self.ranked), *((p.start, p.end) for p in self.pairs)]
        free = [m for m in self.mentions.concepts if not any(a < m.end and m.start < b for a, b in taken)]
        free = [m for m in completed(self.text, free) if not any(a < m.end and m.start < b for a, b in taken)]
        self.concepts = [m for m in free if not self._is_date(m, several=bool(len(free) > 1 or self.pairs))]

    def _is_date(self, name: Mention, *, several: bool) -> bool:
        """Whether consent beside another thing only says when that must be: "letrozole by the time of informed consent"."""
        return several and name.ids[0] == CONSENT and grammar().dated.search(self.text, max(0, name.start - _REACH), name.start) is not None

    @property
    def default(self) -> str:
        """How items combine when no word says it: any item of an exclusion excludes."""
        return "or" if self.role == "exclusion" else "and"

    def limits(self, start: int, end: int) -> list[Paired]:
        """The limits inside a stretch."""
        return [p for p in self.pairs if start <= p.start and p.end <= end]

    def names(self, start: int, end: int) -> list[Mention]:
        """The names inside a stretch."""
        return [m for m in self.concepts if start <= m.start and m.end <= end]

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """The stretch without the punctuation at its edges, but with the whole of its limits ("=38 ?")."""
        a, b = trim(self.text, start, end)
        inside = self.limits(start, end)
        return min([a, *(p.start for p in inside)]), max([b, *(p.end for p in inside)])

    def skip(self, position: int) -> int:
        """The place of the next word behind the spaces and commas at a place."""
        while position < len(self.text) and self.text[position] in " ,\n":
            position += 1
        return position

    def cue_at(self, start: int, end: int) -> int | None:
        """Where the words go on behind an exception cue that opens a sentence."""
        for cue in self.mentions.cues:
            if cue.category == "EXCEPTION" and start <= cue.start <= start + 2 and cue.end < end:
                return cue.end
        return None

    def bears(self, start: int, end: int) -> bool:
        """Whether a name or a limit stands in a stretch."""
        return any(start <= m.start and m.end <= end for m in self.concepts) or any(
            start <= p.start and p.end <= end for p in self.pairs
        ) or any(start <= m.start and m.end <= end for m in self.mentions.measured)

    def weighty(self, start: int, end: int) -> bool:
        """Whether a stretch says something."""
        return start < end and not is_light(self.text[start:end])


def sided(pairs: Sequence[Paired], role: ListRole) -> Sequence[Paired]:
    """The limits of a list: an exclusion that says "ALT 3 x ULN" alone means as much or more, an inclusion's "4 weeks from surgery" as long or longer.

    A washout that an exclusion names, "warfarin (a 2-week washout is required)", shuts out nobody who had it.
    """
    if role == "exclusion":
        kept = [p for p in pairs if not any(_is_washout(t) for t in p.thresholds)]
        return [p._replace(thresholds=tuple(map(_from_there, p.thresholds))) for p in kept]
    found: list[Paired] = []
    opening = _OPENING
    for pair in pairs:
        long = tuple(_so_long(t, opening) for t in pair.thresholds)
        if long != pair.thresholds:
            opening = max(t.concept_end or 0 for t in long) + _JOINT  # "21 days from chemotherapy and 14 days from radiotherapy"
        found.append(pair._replace(thresholds=long))
    return found


def _is_washout(threshold: Threshold) -> bool:
    return threshold.concept == WASHOUT and threshold.operator == "ge" and (threshold.concept_start or 0) >= threshold.end


def _so_long(threshold: Threshold, opening: int) -> Threshold:
    """A bare length of time at the `opening` of an item, its event behind it: "12 weeks from the completion of radiation"."""
    window, event = threshold.window, threshold.concept_start
    opens = threshold.kind == "window" and threshold.operator == "le" and threshold.start <= opening and _BARE.fullmatch(threshold.text) is not None
    if window is None or window.relation not in ("after", "before") or event is None or not opens or event < threshold.end:
        return threshold
    over = window.model_copy(update={"low": window.high, "high": None})
    return threshold.model_copy(update={"operator": "ge", "low": threshold.high, "low_inclusive": True, "high": None, "high_inclusive": None, "window": over})


def _from_there(threshold: Threshold) -> Threshold:
    bare = threshold.operator == "eq" and threshold.reference == "uln" and threshold.low is not None and threshold.low > 1
    return threshold.model_copy(update={"operator": "ge", "high": None, "high_inclusive": None}) if bare else threshold

"""What stands on the two sides of a joint: an event and what goes before it, an age, a mere adjunct."""

from __future__ import annotations

import re

from limen.assembly.atoms import REFERS
from limen.assembly.coordination import ends_in_quality, hangs_over
from limen.assembly.denials import opened
from limen.assembly.grammar import grammar
from limen.assembly.leaves import is_light
from limen.assembly.segments import Cut
from limen.assembly.words import Words

_HANGS = re.compile(r"[^\W_]-\s$")
_NEAR = 3  # characters between a joint and the event behind it


def before_event(words: Words, start: int, cut: Cut, left: tuple[int, int], end: int) -> bool:
    """Whether a joint parts a thing that no list knows from the event of a length of time: "tattoo or piercing within 3 months".

    What stands before the joint would else be shut out by nothing; an inclusion that does not deny it lets nobody in for it.
    """
    if words.role == "inclusion" and opened(words.text, start, end) is None:
        return False
    first = next(iter(words.limits(cut.end, end)), None)
    if first is None or first.time is None or not words.weighty(*left) or words.limits(*left):
        return False
    event, named = first.thresholds[0].concept_start, first.thresholds[0].concept_text or ""
    if event is None or not 0 <= event - cut.end < _NEAR or REFERS.search(words.text, event, end):
        return False
    if " of " in named and " of " not in words.text[slice(*left)]:
        return False  # "administration or use of heparin"
    return not ends_in_quality(words.text, *words.trim(*left))


def opens_with_age(words: Words, start: int, end: int) -> bool:
    """Whether a stretch begins with an age: what stands before "and" is another thing."""
    first = next((p for p in words.pairs if start <= p.start < end), None)
    return first is not None and first.thresholds[0].kind == "age" and not words.weighty(start, first.start)


def people_of_age(words: Words, start: int, end: int) -> Cut | None:
    """The "with" behind the age of those whom an exclusion shuts out for what follows: "Patients over 18 years with A, B or C"."""
    limits = words.limits(start, end)
    if words.role == "inclusion" or len(limits) != 1 or limits[0].thresholds[0].kind != "age" or not grammar().people.match(words.text, start):
        return None
    cut = next((c for c in words.layout.relatives(start, end) if c.start >= limits[0].end), None)
    if cut is None or not is_light(words.text[start : limits[0].start]) or not is_light(words.text[limits[0].end : cut.start]):
        return None
    opens = any(grammar().opening.match(words.text, c.end, end) or grammar().people.match(words.text, c.end, end) for c in words.layout.joints(cut.end, end))
    stands = any(m.kind == "demographic" for m in words.names(start, end))
    return None if opens or stands or not words.weighty(cut.end, end) else cut


def tells_how(words: Words, cut: Cut) -> bool:
    """Whether "or" stands within an adjunct: "estimated by ...", "before or after ..."; in an inclusion, "on- or off-pump surgery", too."""
    if cut.loose or cut.join == "comma":
        return False
    if hangs_over(words.text, cut.start, cut.end):
        return True
    how = grammar().evidence.match(words.text, cut.end + 1)
    hangs = words.role == "inclusion" and _HANGS.search(words.text, max(0, cut.start - 4), cut.start) is not None
    return hangs or (how is not None and how.group().endswith("by"))

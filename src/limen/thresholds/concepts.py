"""What the event of a length of time is: the concept that its words name."""

from __future__ import annotations

import re

from limen.mentions import Mention
from limen.thresholds.events import Event
from limen.thresholds.names import Names
from limen.thresholds.phrases import last_word
from limen.thresholds.wording import words

_CONSENT = "informed_consent"
_SINCE = re.compile(r"\b(?:from|between|since|starting|beginning)\s(?:\w+\s){0,4}$", re.IGNORECASE)
_AREA = re.compile(r"[\s-](?:endemic\s|risk\s|affected\s)?(?:areas?|regions?|zones?|countr(?:y|ies)|endemic)\b", re.IGNORECASE)
_NEAR = 24  # characters before an event in which it is said that someone else had it


def concept_in(names: Names, event: Event | None, *, lasting: bool = False) -> str | None:
    """The last concept named in the words that say what an event is; one in brackets only when there is no other.

    What is measured but is no length of time cannot be `lasting`.
    """
    if event is None:
        return None
    text, named = names.text, [m for m in names.mentions.concepts if m.ids[0] not in words().undated]
    named += [m for m in names.mentions.measured if not m.ambiguous and (not lasting or _is_length(names, m))]
    excepted = words().exceptions.search(text, event.start + 1, event.head_end)
    limit = excepted.start() if excepted else event.head_end
    timed = [t.end for t in names.mentions.times if t.anchor is not None and t.end <= event.start]
    own = [m for m in named if event.start <= m.start or not any(m.start < end for end in timed)]
    around = [m for m in own if m.start <= event.start < event.end <= m.end]
    inside = [m for m in own if (m in around or (event.start < m.end <= limit)) and not words().specimen.match(text, m.end) and not _is_example(names, event.start, m)]
    plain = [m for m in inside if text.count("(", event.start, m.start) == text.count(")", event.start, m.start)]
    plain = plain or [m for m in inside if not _is_denied(names, event.start, m)]
    head = next((h for h in words().head_ends.finditer(text, event.start + 1, limit) if _ends_head(names, h.start(), plain)), None)
    heads = [m for m in plain if head is None or m.end <= head.start()]
    if not heads and head is not None and (head.group() == "by" or (head.group() == "on" and all(_examines(names, m) for m in plain))):
        return None  # "progression by imaging", "findings on colonoscopy"
    heads = [m for m in heads or plain if not _is_met(names, event.start, m) and not words().affecting.search(text, event.start, m.start)]
    graded = {m for m in heads if m.ids[0] in names.lexicon.scores and any(o.end <= m.start or m.end <= o.start for o in heads if o is not m)}
    return max(heads, key=lambda m: (m not in graded, m.end)).ids[0] if heads else None


def _examines(names: Names, mention: Mention) -> bool:
    """Whether a name is that of an examination, by which something else was found."""
    return not words().undosed.isdisjoint(names.lexicon.ancestors(mention.ids[0])) if mention.kind == "procedure" else False


def _is_met(names: Names, start: int, mention: Mention) -> bool:
    """Whether a disease is one that someone was exposed to, or a drug one that did something: "contact with a person with measles", "reaction to aspirin".

    Nor is consent what goes on from its signing until a time.
    """
    begin = max(0, start - _NEAR)
    if mention.ids[0] == _CONSENT:
        return _SINCE.search(names.text, begin, mention.start) is not None
    if mention.kind == "condition" and _AREA.match(names.text, mention.end):
        return True  # "travel to a malaria area"
    if mention.kind == "condition":
        return words().met.search(names.text, begin, mention.start) is not None
    return words().caused.search(names.text, begin, mention.start) is not None


def _is_example(names: Names, start: int, mention: Mention) -> bool:
    """Whether a name stands in a bracket of examples: "sleeping aids (e.g. zolpidem)"."""
    return words().exampled.search(names.text, start + 1, mention.start) is not None


def _is_denied(names: Names, start: int, mention: Mention) -> bool:
    """Whether the bracket that names something says that there was none: "stable (no change in medication)"."""
    return any(c.category == "NEGATED_EXISTENCE" and start < c.start and c.end <= mention.start for c in names.mentions.cues)


def _ends_head(names: Names, start: int, named: list[Mention]) -> bool:
    """Whether a preposition stands behind what an event is, and not behind words that wait for it: "criteria for depression"."""
    before = last_word(names.text, start)
    if before == "and" or (named and names.text.count("(", named[0].start, start) > names.text.count(")", named[0].start, start)):
        return False  # "gout and on warfarin for 3 months" times the second
    return before not in words().head_carriers or any(m.end == start - 1 for m in named)


def _is_length(names: Names, mention: Mention) -> bool:
    entry = names.lexicon.measurements.get(mention.ids[0])
    return entry is not None and entry.timeline

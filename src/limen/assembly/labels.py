"""Labels that say for whom the words behind them hold: "Adolescent participants: ...", "Cohort A: ...", "For men: ..."."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from limen.assembly.coordination import SEXES
from limen.assembly.counts import speaks_of_count
from limen.assembly.denials import DENIAL, is_told_none
from limen.assembly.grammar import grammar
from limen.assembly.leaves import is_light
from limen.assembly.scope import means
from limen.assembly.walk import shift
from limen.assembly.words import Words
from limen.criteria import Expression, IfThen, Threshold, Unread, thresholds
from limen.lexicon.labels import is_part, labels

_LONGEST = 90  # characters of a label
_HEALTHY = "healthy_volunteer"
_NOTE = re.compile(r"[\w)%.]\s+notes?\s*[:：]\s*$", re.IGNORECASE)  # what stands before it is no title of it
_TITLE = re.compile(r"\s*[^\W\d_](?:[^:;,.()\d<>=≥≤\n]|(?<=[^\W\d_]-)\d{1,2}\b|(?<=[^\W\d_])\d\b){2,45}:\s+(?=\S)")  # a digit only as in "COVID-19", "factor B2"


class Label(NamedTuple):
    """The words [start, end) of a label, where those begin that it is for, and whether it names part of a study or anyone at all."""

    start: int
    end: int
    behind: int
    group: bool = False
    anyone: bool = False


def label_at(words: Words, start: int, end: int, *, lead: bool = False) -> Label | None:
    """The label that opens a stretch; `lead`: it is all of it, over the items of a list."""
    found = _of_group(words, start, end) or _of_people(words, start, end)
    if found is None or (found.behind >= end) != lead or found.end - found.start > _LONGEST:
        return None
    goes_on = any(p.start < found.behind < p.end or any(_in(found, t) for t in p.thresholds if t.start >= found.end) for p in words.pairs)
    measured = any(m.start < found.end and found.start < m.end for m in words.mentions.measured)
    return None if goes_on or measured else found


def behind_title(words: Words, start: int, end: int) -> int:
    """Where a clause goes on behind a title that only names what it is about: "Renal function: ..."."""
    title = _TITLE.match(words.text, start, end)
    bare = title is not None and words.bears(start, title.end()) and not words.bears(title.end(), end)  # "asthma: moderate or severe"
    return start if title is None or bare or _NOTE.search(title.group()) or _says_more(words, title.end()) or _asks_for_disease(words, title.end(), end) or labelled(words, [(start, end)]) else title.end()


def _says_more(words: Words, end: int) -> bool:
    """Whether what looks like a title says more: a limit that goes on behind it, an exception, a denial, how many of a list, who is looked for."""
    cues = any(c.category in ("EXCEPTION", DENIAL) and c.start < end for c in words.mentions.cues)
    cues = cues or is_told_none(words.text, words.text.rfind(":", 0, end))
    return cues or any(p.start < end < p.end for p in words.pairs) or speaks_of_count(words.text[:end]) or _names_people(words, end)


def _asks_for_disease(words: Words, behind: int, end: int) -> bool:
    """Whether an inclusion's title is a disease that no limit behind it tells: "Asthma: FEV1 < 60 %"; "Anaemia: Hb > 9" and "Renal disease: ..." ask for none."""
    limits = [t for p in words.limits(behind, end) for t in p.thresholds if t.kind in ("measurement", "score")]
    named = words.names(0, behind)
    if words.role == "exclusion" or not limits or not named or any(m.kind != "condition" or m.context for m in named):
        return False
    topic = grammar().measured_state.search(words.text, 0, behind) or grammar().topic.search(words.text, 0, behind)
    return topic is None and not any(means(limit, words.text[:behind]) is False for limit in limits)


def _names_people(words: Words, end: int) -> bool:
    """Whether a title of an inclusion says who is looked for: "Patients with heart failure: ..."; "in patients with" says for whom."""
    if words.role == "exclusion" or grammar().guard_prefix.match(words.text):
        return False
    return any(m.kind == "condition" and grammar().peopled.search(words.text, 0, m.start) for m in words.names(0, end))


def labelled(words: Words, pieces: Sequence[tuple[int, int]]) -> list[Label]:
    """The labels that open some sentences, and those behind a comma of these: "men: above 5, women: above 4"."""
    found: list[Label] = []
    for start, end in pieces:
        first = label_at(words, start, end)
        commas = [c.end for c in words.layout.joints(first.behind, end) if c.join == "comma"] if first is not None else []
        found += [label for place in (start, *commas) if (label := label_at(words, place, end)) is not None]
    return found if any(not label.anyone for label in found) else []


def _in(label: Label, limit: Threshold) -> bool:
    """Whether a limit behind a label is of something that the label names."""
    return limit.concept is not None and limit.concept_start is not None and label.start <= limit.concept_start < label.end


def _of_group(words: Words, start: int, end: int) -> Label | None:
    """A part of the study: "Cohort A:", "Diabetes group:"; "blood group:" is none."""
    match = labels().group.match(words.text, start, end)
    if match is None or not is_part(match):
        return None
    return Label(match.start("label"), match.end("label"), match.end(), group=True)


def _of_people(words: Words, start: int, end: int) -> Label | None:
    """People of a kind ("Adults:", "Women of childbearing potential:"), or those whom "for" tells from the others.

    "Patients with asthma:" alone says who is looked for.
    """
    match = labels().people.match(words.text, start, end)
    if match is None:
        return None
    more = words.text[match.start("which") : match.end("which")] + words.text[match.start("told") : match.end("told")]
    apart = match["kind"] is not None or (match["prefix"] is not None and not is_light(more))
    names = words.names(match.start("label"), match.end("label"))
    both = {m.ids[0] for pair in words.sexes for m in pair if match.start("label") <= m.start < match.end("label")} == set(SEXES)
    looked_for = match["prefix"] is None and any(m.kind in ("condition", "drug", "procedure") for m in names)
    anyone = match["prefix"] is None and match["kind"] is None and is_light(more)
    if looked_for or both or not (apart or anyone):
        return None
    healthy = any(m.ids[0] == _HEALTHY for m in names)
    return Label(match.start("label"), match.end("label"), match.end(), group=healthy, anyone=anyone)


def guarded(words: Words, label: Label, when: Expression | None, then: Expression, offset: int = 0) -> Expression:
    """What the words behind a label ask of those whom it names; `offset` is that of the label's clause.

    Of which group of a study someone is, no record tells: whoever has no diabetes need not be of the control group.
    """
    if label.anyone:
        return then
    unread = Unread(text=words.text[label.start : label.end], start=label.start, end=label.end, confidence=0.0)
    whom = unread if when is None or (label.group and not any(True for _ in thresholds(when))) else when
    return IfThen(when=shift(whom, offset) or whom, then=then)

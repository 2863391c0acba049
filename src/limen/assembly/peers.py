"""A window that stands once behind a list, as that of each of the list's events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from limen import lexicon as lexicons
from limen.assembly.coordination import kind_of, shares_head
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, windowed
from limen.assembly.words import Read, Words
from limen.criteria import AllOf, AnyOf, Condition, Exposure, Expression, Not, Threshold
from limen.lexicon.load import data, read_toml
from limen.thresholds import Paired

_JOINT = re.compile(r"\s*(?:/|&|\b(?:and|or|and/or)\b)\s*", re.IGNORECASE)
_SAID_OF = re.compile(r"(?:who|whose|that|which|has|have|is|are|also)\b", re.IGNORECASE)  # "and who have gout" says it of the same people
_UNNAMED = 2  # words of an event that no list knows


class _Peers(NamedTuple):
    """The lists of [peers]."""

    events: frozenset[str]
    lasting: frozenset[str]
    states: frozenset[str]
    joints: frozenset[str]
    longest: int


@cache
def _peers() -> _Peers:
    table = read_toml(data("logic.toml"))["peers"]
    events, lasting, states, joints = (frozenset(table[key]) for key in ("events", "lasting", "states", "joints"))
    return _Peers(events, lasting, states, joints, table["longest"])


def several_events(parts: Sequence[Expression | None]) -> bool:
    """Whether an exclusion's "and" joins events with a window each, or with a disease beside them: either of them excludes."""
    windows = [p for p in parts if isinstance(p, Threshold) and p.kind == "window" and p.operator in ("le", "lt")]
    named = [p for p in parts if isinstance(p, Condition) and p.concept is not None and not p.negated and not _SAID_OF.match(p.text)]
    if not windows or len(windows) + len(named) < len(parts):
        return False
    return not named or {kind_of(concept) for concept in (*(p.concept for p in windows), *(p.concept for p in named))} == {"condition"}


def share_among_peers(words: Words, made: Expression | None) -> Expression | None:
    """ "Stroke, bleeding or surgery within 3 months": the window behind a list of plain events is that of each."""
    if not isinstance(made, (AllOf, AnyOf)):
        return made
    last = made.of[-1]
    timed = _windows(made.of)
    before = [p for p in made.of[: len(made.of) - len(timed)] if isinstance(p, (Condition, Exposure))]
    if not timed or not before or len(before) + len(timed) < len(made.of):
        return made
    together = isinstance(made, AnyOf) or (isinstance(last, Not) and all(p.negated for p in before))
    if not together or not _alike(words, before, timed[0]):
        return made
    return made.model_copy(update={"of": (*(windowed(p, timed[-1]) for p in before), *made.of[len(before) :])})


def each_named(words: Words, paired: Paired, *, negated: bool) -> Paired:
    """ "Heparin/warfarin within 7 days", "aspirin and warfarin within 7 days": a window whose event is several names is that of each."""
    window = paired.thresholds[0]
    start, end = window.concept_start, window.concept_end
    if paired.time is None or len(paired.thresholds) > 1 or start is None or end is None:
        return paired
    named = [m for m in words.mentions.concepts if start <= m.start and m.end <= end]
    joints = {i: j.group().strip().lower() for i, (a, b) in enumerate(zip(named, named[1:])) if (j := _JOINT.fullmatch(words.text, a.end, b.start))}
    chain = [m for i, m in enumerate(named) if i in joints or i - 1 in joints]
    same = len({m.kind for m in chain}) == 1 or set(joints.values()) == {"/"}  # "PCI/infarction within 2 months" times both
    alike = len({m.ids for m in chain}) > 1 and same and any(window.concept in m.ids for m in chain)
    if not alike or any(shares_head(words.text, a, b) for a, b in zip(chain, chain[1:])):
        return paired
    starts, ends = [start, *(m.start for m in chain[1:])], [*(m.end for m in chain[:-1]), end]
    each = [
        window.model_copy(update={"concept": m.ids[0], "concept_text": words.text[a:b], "concept_start": a, "concept_end": b})
        for a, b, m in zip(starts, ends, chain)
    ]
    both = set(joints.values()) <= {"and", "&"} and words.role == "inclusion" and not negated
    return paired._replace(thresholds=tuple(each), join="and" if both else "or")


def _windows(parts: Sequence[Expression]) -> list[Threshold]:
    """The windows at the end of a list: that of its last item, which those before it may share already."""
    found: list[Threshold] = []
    for part in reversed(parts):
        window = part.of if isinstance(part, Not) else part
        if not isinstance(window, Threshold) or window.window is None or window.kind not in ("window", "duration"):
            break
        if found and (window.start, window.end) != (found[0].start, found[0].end):
            break
        found.insert(0, window)
    return found


def may_share(read: Read) -> bool:
    """Whether a window may be that of an event before its own."""
    events = [t for p in read.pairs if p.time is not None for t in p.thresholds if t.concept_start and (t.concept is None or _passes(t.concept))]
    return any(
        m.end <= (t.concept_start or 0) and _passes(m.ids[0]) and grammar().joint.search(read.mentions.text, m.end, t.concept_start or 0)
        for t in events
        for m in read.mentions.concepts
    )


def _alike(words: Words, before: Sequence[Condition | Exposure], window: Threshold) -> bool:
    """Whether the items are plain events side by side, the last of which has the window that says how long ago at most.

    An inclusion asks for how long at least of each of its treatments, too: "receiving A or B for at least 6 weeks".
    """
    text, start, end = words.text, window.concept_start, window.concept_end
    lasts = words.role == "inclusion" and window.window is not None and window.window.relation == "for" and all(isinstance(p, Exposure) and not p.negated for p in before)
    recent = window.kind == "window" and window.operator in ("lt", "le")
    if not (recent or lasts) or start is None or end is None or start < before[-1].end:
        return False
    said = WORD.findall(text[start:end].lower())
    unnamed = window.concept is None and len(said) <= _UNNAMED and all(isinstance(p, Exposure) for p in before)
    named = unnamed or (window.concept is not None and _passes(window.concept))
    joined = set(WORD.findall(text[before[-1].end : start].lower())) <= _peers().joints
    return named and joined and _is_plain(said) and all(_is_event(p) for p in before)


def _is_event(item: Condition | Exposure) -> bool:
    ours = not isinstance(item, Condition) or item.experiencer == "patient"
    return ours and item.concept is not None and _passes(item.concept) and _is_plain(WORD.findall(item.text.lower()))


def _is_plain(said: Sequence[str]) -> bool:
    """Whether the words name an event and say nothing of its state: "ongoing", "requiring"."""
    return len(said) <= _peers().longest and _peers().states.isdisjoint(said)


@cache
def _passes(concept: str) -> bool:
    """Whether it happens and is over: a stroke, an operation, a course of a drug; no chronic disease, no transplant."""
    lexicon = lexicons.load()
    kinds = {concept, *lexicon.ancestors(concept)}
    entry = lexicon.concepts.get(concept)
    happens = bool(kinds & _peers().events)
    if entry is None or concept in _peers().lasting or (kinds & _peers().lasting and not happens):
        return False
    return happens or entry.kind in ("drug", "procedure")

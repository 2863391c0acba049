"""A window that stands once behind a list, as that of each of the list's events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, partial
from typing import NamedTuple

from limen import lexicon as lexicons
from limen.assembly.coordination import kind_of
from limen.assembly.leaves import WORD, windowed
from limen.assembly.unbroken import is_spell
from limen.assembly.walk import map_thresholds
from limen.assembly.words import Read, Words
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, Not, Threshold, Unless, Unread, leaves
from limen.lexicon.load import data, read_toml

_SAID_OF = re.compile(r"(?:who|whose|that|which|has|have|is|are|also)\b", re.IGNORECASE)  # "and who have gout" says it of the same people
_THERE = re.compile(r"\bthere\s(?:is|are)\b")  # "there is a history of stroke"
_MUST_NOT = re.compile(r"^(?:(?:the\s|any\s)?(?:patients?|subjects?|participants?|candidates?|volunteers?)\s+)?(?:(?:must|should|shall|may)\s+not\s+(?:have\s+)?(?:been\s+)?|(?:who\s+)?(?:has|have)\s+not\s+(?:been\s+)?(?!.*\bpast$)|without\s+)", re.IGNORECASE)
_BRACKET = re.compile(r"\([^()]*\)")
_FROM = re.compile(r"\s(?:of|after|since|following|from)\b", re.IGNORECASE)  # "within 6 months of chemotherapy and radiotherapy"
_REACH = 60  # characters before a part in another trial
_SHORT = 4  # words of a thing that no list knows
_UNNAMED = 2  # words of an event that no list knows


class _Peers(NamedTuple):
    """The lists of [peers]."""

    events: frozenset[str]
    lasting: frozenset[str]
    states: frozenset[str]
    ahead: frozenset[str]
    joints: frozenset[str]
    present: frozenset[str]
    there: frozenset[str]
    running: frozenset[str]
    standing: frozenset[str]
    dosing: frozenset[str]
    longest: int


@cache
def _peers() -> _Peers:
    table = read_toml(data("logic.toml"))["peers"]
    lists = {key: frozenset(table[key]) for key in ("events", "lasting", "states", "ahead", "joints", "present", "there", "running", "standing", "dosing")}
    return _Peers(**lists, longest=table["longest"])


def several_events(parts: Sequence[Expression | None]) -> bool:
    """Whether an exclusion's "and" joins events with a window each, or with a disease beside them: either of them excludes."""
    windows = [p for p in parts if isinstance(p, Threshold) and p.kind == "window" and p.operator in ("le", "lt")]
    named = [p for p in parts if isinstance(p, Condition) and p.concept is not None and not p.negated and not _SAID_OF.match(p.text)]
    if not windows or len(windows) + len(named) < len(parts):
        return False
    return not named or {kind_of(concept) for concept in (*(p.concept for p in windows), *(p.concept for p in named))} == {"condition"}


def share_among_peers(words: Words, made: Expression | None) -> Expression | None:
    """ "Stroke, bleeding or surgery within 3 months": the window beside a list of plain events is that of each.

    Where a list goes on behind the window, or begins with what is no event, the events right before the window share it.
    """
    if not isinstance(made, (AllOf, AnyOf)):
        return made
    parts = list(made.of)
    windows = [_window(p) for p in parts]
    for place, window in enumerate(windows):
        if window is None or any(w is not None and _same(w, window) for w in windows[:place]):
            continue
        alike = [w for w in windows[place:] if w is not None and _same(w, window)]
        for index in _sharing(words, made, place, alike[-1]):
            parts[index] = _timed(words, parts[index], window)
        if place and _is_dose(parts[place - 1]) and _shares_dose(words, parts[place - 1], window):
            parts[place - 1] = map_thresholds(parts[place - 1], partial(_dosed_in, window))
    behind = _sharing_behind(words, made)
    for index in behind:
        parts[index] = _timed(words, parts[index], windows[0]) if windows[0] is not None else parts[index]
    either = behind and windows[0] is not None and (words.role == "exclusion" or (windows[0].window is not None and windows[0].window.relation == "before"))
    return AnyOf(of=tuple(parts)) if either else made.model_copy(update={"of": tuple(parts)})


def _is_dose(part: Expression) -> bool:
    """Whether an item is an amount of a drug at no time: "corticosteroids (> 10 mg/day of prednisone)"."""
    parts = part.of if isinstance(part, AllOf) else (part,)
    doses = [p for p in parts if isinstance(p, Threshold)]
    return len(doses) == 1 and doses[0].window is None and (doses[0].kind == "dose" or (doses[0].concept or "").endswith("_dose")) and all(p in doses or isinstance(p, (Condition, Exposure)) for p in parts)


def _shares_dose(words: Words, dose: Expression, window: Threshold) -> bool:
    """Whether "or" alone parts an exclusion's amount of a drug from a treatment with a time, and nothing says that it is taken now."""
    end, event = max(leaf.end for leaf in leaves(dose)), window.concept_start
    if words.role != "exclusion" or window.kind != "window" or window.operator not in ("lt", "le") or event is None or kind_of(window.concept) not in ("drug", "procedure"):
        return False
    begin = max(words.text.rfind(mark, 0, min(leaf.start for leaf in leaves(dose))) for mark in ";.")
    now = not _peers().running.isdisjoint(WORD.findall(words.text[max(begin, 0) : end].lower()))
    return not now and end <= event and {"or"} <= set(WORD.findall(words.text[end:event].lower())) <= _peers().joints | _peers().dosing


def _dosed_in(window: Threshold, dose: Threshold) -> Threshold:
    return dose.model_copy(update={"window": window.window})


def _sharing(words: Words, made: AllOf | AnyOf, place: int, last: Threshold) -> list[int]:
    """The items before a window that it times: the nearest ones, as long as they are plain events.

    What no list knows shares it in an exclusion that has events around it: "perforation, blockage or bleeding within 6 months".
    """
    window = _window(made.of[place])
    nearest = _item(words, made.of[place - 1]) if place else None
    closed = nearest is not None and _joint(words, nearest.end, last.concept_start or 0)  # "A or B within 6 months, C"
    if window is None or nearest is None or not (closed or _window(made.of[-1]) is last) or not _alike(words, nearest, window):
        return []
    found: list[int] = []
    unknown: list[int] = []
    for index in range(place - 1, -1, -1):
        item = _item(words, made.of[index])
        if item is None or not (isinstance(made, AnyOf) or (isinstance(made.of[place], Not) and item.negated)):
            break
        if _is_event(item) and _may_have(words, item, window):
            found += [*unknown, index]
            unknown = []
        elif words.role == "exclusion" and item.concept is None and window.concept is not None and _is_unknown(item):
            unknown.append(index)
        else:
            break
    return found


def _sharing_behind(words: Words, made: AllOf | AnyOf) -> list[int]:
    """The items behind an event that its window leads: "less than 4 weeks since surgery or radiotherapy", "received within 4 weeks aspirin or heparin"."""
    window = _window(made.of[0])
    if window is None or window.window is None or window.concept_start is None or window.concept_start < window.end:
        return []
    items = [_item(words, p) for p in made.of[1:]]
    within = window.window.relation == "within" and words.role == "exclusion"
    past = [i for i in items if i is not None and not i.negated and _peers().there.isdisjoint(WORD.findall(i.text.lower()))]
    told = [i for i in past if _is_event(i) or (within and i.concept is None and _is_unknown(i))]
    between = zip([window.concept_end or 0, *(i.end for i in told)], [i.start for i in told])
    joined = all(set(WORD.findall(words.text[a:b].lower())) <= _peers().joints for a, b in between)
    leads = (within and isinstance(made, AnyOf)) or window.window.relation in ("before", "after") or _FROM.match(words.text, window.end) is not None
    return [*range(1, len(made.of))] if leads and joined and len(told) == len(items) else []


def _goes_on(words: Words, part: Demographic) -> bool:
    """Whether the words of a part in another trial, or those before it, say that it is not over."""
    begin = max(words.text.rfind(mark, 0, part.start) for mark in ",;.")
    return not _peers().running.isdisjoint(WORD.findall(words.text[max(begin, 0, part.start - _REACH) : part.end].lower()))


def _item(words: Words, part: Expression) -> Condition | Exposure | None:
    """What may share a window: a name, one that has an exception, or a part in another trial that is over."""
    if isinstance(part, Unless):
        return _item(words, part.requirement)
    if isinstance(part, Demographic) and part.attribute in _peers().events and not _goes_on(words, part):
        return Condition(concept=part.attribute, text=part.text, negated=part.value is False, start=part.start, end=part.end, confidence=part.confidence)
    if isinstance(part, Unread):
        return Condition(concept=None, text=part.text, start=part.start, end=part.end, confidence=0.0)
    return part if isinstance(part, (Condition, Exposure)) else None


def _timed(words: Words, part: Expression, window: Threshold) -> Expression:
    if isinstance(part, Unless):
        return part.model_copy(update={"requirement": _timed(words, part.requirement, window)})
    item = _item(words, part)
    return part if item is None else windowed(item, window)


def _window(part: Expression) -> Threshold | None:
    """The window of an item, where it has one."""
    window = part.of if isinstance(part, Not) else part.requirement if isinstance(part, Unless) else _required(part)
    return window if isinstance(window, Threshold) and window.window is not None and window.kind in ("window", "duration") else None


def _required(part: Expression) -> Expression | None:
    """What is said to have required something that stands behind its window: "seizure within 6 months requiring hospitalization"."""
    if not isinstance(part, AllOf):
        return part
    timed = [t for t in leaves(part) if isinstance(t, Threshold)]
    names = [p for p in leaves(part) if not isinstance(p, Threshold)]
    one = bool(timed) and all(_same(t, timed[0]) for t in timed) and all(p.start > timed[0].end for p in names)
    return timed[0] if one and names else part


def _same(one: Threshold, other: Threshold) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def how_long_ago(words: Words, stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether a list is of plain events, one of which says how long ago all of them were: "A, B or C at least 4 weeks before enrolment"."""
    limits = [p for a, b in stretches for p in words.limits(a, b)]
    window = limits[0].thresholds[0] if len(limits) == 1 else None
    if window is None or window.concept is None or not passes(window.concept) or window.kind != "window" or window.operator not in ("gt", "ge"):
        return False
    others = [(a, b) for a, b in stretches if not words.limits(a, b)]
    told = window.window is not None and window.window.relation in ("before", "after")
    return told and all(words.names(a, b) and _is_plain(WORD.findall(words.text[a:b].lower())) for a, b in others)


def may_share(read: Read) -> bool:
    """Whether a window may be that of an event beside its own."""
    events = [t for p in read.pairs if p.time is not None for t in p.thresholds if t.concept_start]
    others = [m for m in read.mentions.concepts if passes(m.ids[0])]
    return any(m.end <= (t.concept_start or 0) or (t.concept_end or 0) <= m.start for t in events for m in others)


def _joint(words: Words, start: int, end: int) -> bool:
    return not {"or", "and"}.isdisjoint(WORD.findall(words.text[start:end].lower()))


def _alike(words: Words, before: Condition | Exposure, window: Threshold) -> bool:
    """Whether an item and the event of a window stand side by side."""
    start, end = window.concept_start, window.concept_end
    if start is None or end is None or start < before.end or before.end <= window.start < start:
        return False  # "a stroke or recent (within 3 months) surgery"
    said = WORD.findall(words.text[start:end].lower())
    named = any(before.start <= m.start and m.end <= before.end and passes(m.ids[0]) for m in words.mentions.concepts)
    known = len(said) <= _UNNAMED if window.concept is None else named or passes(window.concept)  # "a biopsy or an ulcer within 5 weeks"
    joined = WORD.findall(_BRACKET.sub(" ", words.text[before.end : start]).lower())
    return known and _peers().ahead.isdisjoint(said) and set(joined) <= _peers().joints


def _may_have(words: Words, item: Condition | Exposure, window: Threshold) -> bool:
    """Whether an event may have a window: one that says how long ago at most.

    An inclusion asks for how long at least, or how long ago, of each of its events, too: "receiving A or B for at least 6 weeks".
    """
    relation = window.window.relation if window.window is not None and words.role == "inclusion" and not item.negated else None
    lasts = relation == "for" and isinstance(item, Exposure)
    over = relation in ("before", "after") and window.kind == "window" and window.operator in ("gt", "ge")
    within = window.window is not None and window.window.relation == "within" and window.operator == "between"  # "within 14 to 28 days"
    recent = window.kind == "window" and (within or window.operator in ("lt", "le"))
    without = item.negated and is_spell(window)
    now = not lasts and not _peers().present.isdisjoint(WORD.findall(_THERE.sub("", item.text.lower())))
    return (recent or lasts or over or without) and not now and (window.concept is not None or isinstance(item, Exposure))


def _is_event(item: Condition | Exposure) -> bool:
    ours = not isinstance(item, Condition) or item.experiencer == "patient"
    told = _MUST_NOT.sub("", item.text)  # "must not have had a stroke, seizure or surgery within 3 months"
    return ours and item.concept is not None and passes(item.concept) and _is_plain(WORD.findall(told.lower()))


def _is_plain(said: Sequence[str]) -> bool:
    """Whether the words name an event and say nothing of its state: "ongoing", "requiring"."""
    return len(said) <= _peers().longest and _peers().states.isdisjoint(said)


def _is_unknown(item: Condition | Exposure) -> bool:
    """Whether no list knows an item, and its words say of no disease that lasts."""
    said = WORD.findall(item.text.lower())
    return len(said) <= _SHORT and _is_plain(said) and _peers().standing.isdisjoint(said)


@cache
def passes(concept: str) -> bool:
    """Whether it happens and is over: a stroke, an operation, a course of a drug; no chronic disease, no transplant."""
    lexicon = lexicons.load()
    kinds = {concept, *lexicon.ancestors(concept)}
    entry = lexicon.concepts.get(concept)
    happens = bool(kinds & _peers().events)
    if entry is None or concept in _peers().lasting or (kinds & _peers().lasting and not happens):
        return False
    return happens or entry.kind in ("drug", "procedure")

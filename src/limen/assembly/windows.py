"""A window that does not stand right behind what it times: before a list, in brackets, or behind a comma."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from limen.assembly.leaves import is_light, left_unread, under_window
from limen.assembly.walk import map_leaves
from limen.assembly.words import Words
from limen.criteria import AnyOf, Condition, Exposure, Expression, Threshold, leaves
from limen.mentions import Mention
from limen.thresholds import Paired

GIVEN = re.compile(r"\s*(?:before|prior\s+to|after|during|following|post)[\s-]+(?:[\w-]+\s+){0,4}", re.IGNORECASE)
_OF = re.compile(r"\s*(?:of|to)\s", re.IGNORECASE)  # "within 30 days of the scan, ..." counts from the scan
_FOLLOWING = re.compile(r"(?:\bin\s+)?\b(?:the|any)\s+following\s+(?:[^\W\d_]+\s+){0,3}$", re.IGNORECASE)
_SOME = re.compile(r"\b(?:one|any|all|each|either|none|both|more|two|three|four|five|six|\d)\b", re.IGNORECASE)  # a count, which reads its list itself
_RECENT = re.compile(r"\b(?:recent|new|newly\s+diagnosed|new[\s-]onset)\s*\([^()\d]{0,30}$", re.IGNORECASE)
_STANDING = re.compile(r"(?:active|chronic|known|current|ongoing|history|presence|uncontrolled|severe)\b", re.IGNORECASE)
_TAKEN = re.compile(r"(?:(?:has|have|had|been)\s+){0,2}(?:received|taken|used|had|undergone|experienced|treated\s+with)\s+", re.IGNORECASE)
_CASE = re.compile(r"(?:or\s+|and\s+)?\d{1,3}\s*(?:hours?|days?|weeks?|months?|years?)\s+(?:in\s+(?:the\s+)?(?:cases?|event)\s+of|for|if)\s", re.IGNORECASE)
_COLON = re.compile(r"[^:;.,()]{0,24}:\s")
_DEMAND = re.compile(r",?\s+and\s+(?=(?:(?:the|all)\s+)?(?:patients|subjects|participants)\s+must\b)", re.IGNORECASE)
_BEGUN = re.compile(r",?\s+(?:from|starting|beginning)\s[^.;,:]*$", re.IGNORECASE)
_MEASURED = ("measurement", "score")


def fronted(words: Words, start: int, end: int, read: Callable[[int, int], Expression | None]) -> Expression | None:
    """A statement that a length of time opens, each thing that is read behind it timed: "Within 6 months, stroke or surgery"."""
    first = min(words.limits(start, end), key=lambda p: p.start, default=None)
    if first is None or first.time is None or not is_past(first):
        return None
    if (place := _listed(words, first, start, end)) is not None:
        below = read(*words.trim(place, end))
        return under_window(below, first.thresholds[0]) if below is not None else None
    if not stands_before(first):
        return None
    window, opening, depth = first.thresholds[0], min(first.time.start, first.start), words.layout.depth
    if depth[number := first.time.quantity.number_start] > depth[start]:
        return _recent(words, window, start, number, end, read)
    bare = is_light(words.text[start:opening]) or (_TAKEN.fullmatch(words.text, start, opening) and _COLON.match(words.text, max(first.time.end, first.end), end))
    if not bare or _OF.match(words.text, max(first.time.end, first.end)):
        return None
    listed = read(*words.trim(max(first.time.end, first.end), end))
    made = under_window(listed, window) if listed is not None else None
    kept = made is not None and (window.concept is None or any(getattr(p, "concept", None) == window.concept for p in leaves(made)))
    return made if made != listed and kept else None


def _recent(words: Words, window: Threshold, start: int, number: int, end: int, read: Callable[[int, int], Expression | None]) -> Expression | None:
    """ "Recent (< 3 months) stroke, infarction or surgery": the bracket behind "recent" times all of a list of diseases and treatments."""
    new, closing = _RECENT.search(words.text, start, number), words.text.find(")", number, end)
    if new is None or closing < 0 or not is_light(words.text[start : new.start()]):
        return None
    listed = read(*words.trim(closing + 1, end))
    plain = isinstance(listed, AnyOf) and all(isinstance(part, (Condition, Exposure)) and part.window is None and not _STANDING.match(part.text) for part in listed.of)
    return under_window(listed, window) if listed is not None and plain else None


def demands_apart(words: Words, pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sentences of an exclusion, parted where a limit is over and a demand begins: "surgery within 2 weeks and patients must have recovered"."""
    found: list[tuple[int, int]] = []
    for start, end in pieces:
        demand = _DEMAND.search(words.text, start, end) if words.role == "exclusion" else None
        apart = demand is not None and words.limits(start, demand.start())
        found += [(start, demand.start()), (demand.end(), end)] if demand is not None and apart else [(start, end)]
    return found


def closing(words: Words, start: int, end: int, read: Callable[[int, int], Expression | None]) -> Expression | None:
    """A list that a comma and a length of time close, a limit standing before them: "stroke, or TIA with ABCD2 > 4, within 7 days".

    It times all of the list; where its event is what the limit measures, that limit.
    """
    last = next((p for p in reversed(words.pairs) if p.end <= end), None)
    if last is None or last.time is None or not is_past(last):
        return None
    opening, named = min(last.start, last.time.start), last.thresholds[0].concept_end
    comma = opening - len(words.text[start:opening]) + len(words.text[start:opening].rstrip()) - 1
    if named is None or not start <= named <= comma or words.text[comma] != "," or words.trim(opening, end)[1] > max(last.end, last.time.end):
        return None
    if not any(named <= p.start and p.time is None and words.layout.depth[p.start] == words.layout.depth[start] for p in words.limits(start, comma)):
        return None
    made, window = read(*words.trim(start, comma)), last.thresholds[0]
    things = [leaf for leaf in leaves(made) if isinstance(leaf, (Condition, Exposure))] if made is not None else []
    if made is None or not things or any(thing.negated for thing in things):
        return None
    measured = [leaf for leaf in leaves(made) if isinstance(leaf, Threshold) and _is_of(window, leaf)]
    return map_leaves(made, lambda leaf: under_window(leaf, window) if leaf in measured else leaf) if measured else under_window(made, window)


def _listed(words: Words, first: Paired, start: int, end: int) -> int | None:
    """Where a list begins whose head ends in a window: "In the following cases within 6 months before dosing: A, B"."""
    time = first.time
    head = _FOLLOWING.search(words.text, start, min(time.start, first.start)) if time is not None else None
    if time is None or head is None or not is_light(words.text[start : head.start()]) or _SOME.search(words.text, start, head.end()):
        return None
    colon = _COLON.match(words.text, max(time.end, first.end), end)
    return colon.end() if colon and not words.names(colon.start(), colon.end()) else None


def over_semicolons(words: Words, run: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The parts that semicolons list behind a length of time and a colon, each of them timed: "Within 3 weeks: A, B; C"."""
    first = min(words.limits(*run[0]), key=lambda p: p.start, default=None) if 1 < len(run) == len(parts) else None
    if first is None or first.time is None or not stands_before(first) or not is_light(words.text[run[0][0] : min(first.time.start, first.start)]):
        return list(parts)
    colon = _COLON.match(words.text, max(first.time.end, first.end), run[0][1])
    return [parts[0], *(p if p is None else under_window(p, first.thresholds[0]) for p in parts[1:])] if colon else list(parts)


def timeless(leaf: Expression) -> Expression:
    """A thing whose words are a length of time that nothing was read of as unread: "14 days in the case of gout" asks for no gout."""
    return left_unread(leaf) if isinstance(leaf, (Condition, Exposure)) and _CASE.match(leaf.text) else leaf


def is_past(paired: Paired) -> bool:
    """Whether a limit is a window on the past."""
    window = paired.thresholds[0]
    return window.kind == "window" and window.window is not None and window.window.relation == "within" and paired.time is not None


def stands_before(paired: Paired) -> bool:
    """Whether a limit is a window on the past with its event behind it."""
    return is_past(paired) and paired.time is not None and (paired.thresholds[0].concept_start or 0) >= paired.time.end


def times_limit(words: Words, paired: Paired) -> bool:
    """Whether a window's event is a measured thing with a limit of its own just before it."""
    event = paired.thresholds[0]
    if event.concept_start is None or event.concept_end is None:
        return True
    a, b = event.concept_start, event.concept_end
    limited = any(a < p.end and p.start < b for p in words.pairs if p is not paired and p.time is None)
    return limited or any(x < b and a < y for x, y in words.named)


def timed_limit(made: Expression | None, part: Expression | None) -> Expression | None:
    """A limit with the window that says when it was measured: "platelets ≥ 100 (within 14 days)"; None where it says something else."""
    if not isinstance(part, Threshold) or part.kind != "window" or part.window is None or made is None:
        return None
    limits = [t for t in leaves(made) if isinstance(t, Threshold)]
    obtained = part.operator in ("lt", "le") and any(t.concept is not None and t.concept == part.concept for t in limits)
    if not (obtained or len(limits) == len(list(leaves(made)))):
        return None
    if not all(t.kind in _MEASURED and t.window is None for t in limits) or not any(_is_of(part, t) for t in limits):
        return None
    return map_leaves(made, lambda leaf: leaf.model_copy(update={"window": part.window}) if isinstance(leaf, Threshold) else leaf)


def timed_beside(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The parts of a list, a window alone gone into the limit beside it: "platelets < 50, within 7 days", "HbA1c within a month > 8 %"."""
    kept = list(parts)
    for i in range(len(kept) - 1):
        made = timed_limit(kept[i], kept[i + 1]) or timed_limit(kept[i + 1], kept[i])
        if made is not None:
            kept[i : i + 2] = None, made
    return kept


def given_before(words: Words, mention: Mention, start: int, paired: Paired) -> bool:
    """Whether a drug beside what is measured says when: "post bronchodilator FEV1 < 80 %", "FEV1 after salbutamol < 80 %"."""
    begin, end = paired.thresholds[0].concept_start, paired.thresholds[0].concept_end
    if begin is None or end is None:
        return False
    before = mention.end <= begin and not words.text[mention.end : begin].strip()
    place = start if before else end
    return (before or end <= mention.start < paired.start) and GIVEN.fullmatch(words.text, place, mention.start) is not None


def begins_at(words: Words, mention: Mention, paired: Paired) -> bool:
    """Whether a name says from when something goes on until a time: "contraception from the first vaccination until 3 months after"."""
    end = paired.thresholds[0].concept_end
    between = end is not None and paired.time is not None and end <= mention.start and mention.end <= paired.start
    return between and _BEGUN.match(words.text, end or 0, mention.start) is not None


def _is_of(window: Threshold, limit: Threshold) -> bool:
    """Whether the event of a window is what a limit measures."""
    places = window.concept_start, window.concept_end, limit.concept_start, limit.concept_end
    start, end, begin, stop = (p if p is not None else -1 for p in places)
    same = window.concept in (None, limit.concept) or (limit.concept is None and start <= begin and limit.end <= end)
    return same and start >= 0 and begin >= 0 and start < max(stop, limit.end) and begin < end

"""One window whose event is several things: "aspirin and warfarin within 7 days" is the time of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from limen import lexicon as lexicons
from limen.assembly.coordination import completed, example_at, is_adjective, kind_of, known_name, shares_head
from limen.assembly.leaves import WORD, is_light, of_mention
from limen.assembly.peers import passes
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Expression, Threshold
from limen.lexicon.load import data, read_toml
from limen.mentions import Mention
from limen.thresholds import Paired

_JOINT = re.compile(r"\s*(?:/|&|\b(?:and|or|and/or)\b)\s*", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)
_HEADS = re.compile(r"\b(?:of|for|to|with|by|in|on|from|due)\s", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:no|not|none|without|absence|absent|free|never|neither|den(?:y|ies)|lack)\b", re.IGNORECASE)
_EXCEPTS = re.compile(r"\b(?:excluding|except|exception|other\s+than|not\s+including|apart\s+from|unless)\b", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")


class _Several(NamedTuple):
    """The lists of [several]."""

    carriers: frozenset[str]
    not_first: frozenset[str]
    not_next: frozenset[str]
    generic: frozenset[str]
    heads: frozenset[str]
    longest: int


@cache
def _several() -> _Several:
    table = read_toml(data("logic.toml"))["several"]
    lists = {key: frozenset(table[key]) for key in ("carriers", "not_first", "not_next", "generic", "heads")}
    return _Several(**lists, longest=table["longest"])


class _Thing(NamedTuple):
    """One of the things that an event names, with the concept it is, where a list knows it."""

    start: int
    end: int
    names: Sequence[Mention]

    def concept(self, window: Threshold) -> str | None:
        """Its concept: that of the window, where it is its event."""
        own = any(window.concept in m.ids for m in self.names)
        return window.concept if own else self.names[-1].ids[0] if self.names else None


def each_named(words: Words, paired: Paired, *, negated: bool) -> Paired:
    """ "Heparin/warfarin within 7 days", "aspirin and warfarin within 7 days": a window whose event is several names is that of each."""
    window = paired.thresholds[0]
    start, end = window.concept_start, window.concept_end
    if paired.time is None or len(paired.thresholds) > 1 or start is None or end is None:
        return paired
    named = [m for m in completed(words.text, words.mentions.concepts) if start <= m.start and m.end <= end and not words.text[: m.start].lower().endswith(("non-", "non"))]
    sentence = max(words.text.rfind(mark, 0, start) for mark in ".;\n")
    doubtful = words.role == "inclusion" and not negated and _DENIES.search(words.text, max(0, sentence), start) is not None
    things = _chain(words, named, window, start, end) or ([] if doubtful else _joined(words.text, named, start, end))
    if not things or not any(window.concept in m.ids for t in things for m in t.names):
        things = []
    if words.role == "exclusion" and not negated and (told := _exampled(words, window, paired)):
        things = [*(things or [_Thing(start, end, [m for m in named if window.concept in m.ids])]), *told]
    if not things:
        return paired
    each = []
    for thing in things:
        place = {"concept_text": words.text[thing.start : thing.end], "concept_start": thing.start, "concept_end": thing.end}
        each.append(window.model_copy(update={"concept": thing.concept(window), **place}))
    both = all(_is_and(words.text[a.end : b.start]) for a, b in zip(things, things[1:])) and words.role == "inclusion" and not negated
    return paired._replace(thresholds=tuple(each), join="and" if both else "or")


def untimed(words: Words, paired: Paired) -> tuple[Expression | None, Paired]:
    """What "and" joins to a treatment with a time and no time is told of, and the limit without it: "pregnancy and surgery within 4 weeks", "diabetes and ..."."""
    window = paired.thresholds[0]
    start, end = window.concept_start, window.concept_end
    if paired.time is None or len(paired.thresholds) > 1 or start is None or end is None:
        return None, paired
    named = [m for m in words.mentions.concepts if start <= m.start and m.end <= end]
    if len(named) != 2 or not is_light(words.text[start : named[0].start]) or (joint := _AND.fullmatch(words.text, named[0].end, named[1].start)) is None:
        return None, paired
    one, two = named
    state = one.kind == "demographic" and not passes(one.ids[0]) and (two.kind in ("drug", "procedure") or passes(two.ids[0]))
    state = state or (one.kind == "condition" and not passes(one.ids[0]) and two.kind in ("drug", "procedure") and not _has_head(words.text, one, two))
    if not state or one.context:
        return None, paired
    rest = {"concept_text": words.text[joint.end() : end], "concept_start": joint.end()}
    return of_mention(words.text, named[0], start, joint.start()), paired._replace(thresholds=(window.model_copy(update=rest),))


def _has_head(text: str, one: Mention, two: Mention) -> bool:
    """Whether the second of two names may end in what is said of both: "HIV and hepatitis testing"."""
    said = WORD.findall(text[two.start : two.end].lower())
    return len(said) > 1 and (said[-1] in _several().heads or known_name(f"{text[one.start : one.end].lower()} {said[-1]}") is not None)


def _chain(words: Words, named: Sequence[Mention], window: Threshold, start: int, end: int) -> list[_Thing]:
    """The names of one kind that stand side by side in an event: "heart failure and stroke", "liver and kidney disease"."""
    text, whole = words.text, words.mentions.concepts
    joints = {i: j.group().strip().lower() for i, (a, b) in enumerate(zip(named, named[1:])) if (j := _JOINT.fullmatch(text, a.end, b.start))}
    chain = [m for i, m in enumerate(named) if i in joints or i - 1 in joints]
    treated = all(m.kind in ("drug", "procedure") for m in chain)
    same = treated or len({m.kind for m in chain}) == 1 or set(joints.values()) == {"/"}  # "PCI/infarction within 2 months" times both
    alike = len({m.ids for m in chain}) > 1 and same and any(window.concept in m.ids for m in chain)
    if not alike or any(a in whole and shares_head(text, a, b) for a, b in zip(chain, chain[1:])):
        return []
    starts, ends = [start, *(m.start for m in chain[1:])], [*(m.end for m in chain[:-1]), end]
    return [_Thing(a, b, (m,)) for a, b, m in zip(starts, ends, chain)]


def _exampled(words: Words, window: Threshold, paired: Paired) -> list[_Thing]:
    """What an aside tells of an exclusion's event that is no kind of it: "vascular disease, such as stroke, angina, etc., within 6 months"."""
    end, stop = window.concept_end or 0, paired.time.start if paired.time is not None else 0
    told = example_at(words.text, end, stop) if end < stop else None
    if told is None or window.concept is None or words.text[end : told[0]].strip() not in ("", ",") or words.limits(end, stop):
        return []
    above = lexicons.load().ancestors
    named = [m for m in words.mentions.concepts if told[1] <= m.start and m.end <= stop and m.kind == kind_of(window.concept) and not m.context]
    named = [m for m in named if not _EXCEPTS.search(words.text, told[1], m.start)]
    return [_Thing(m.start, m.end, (m,)) for m in named if m.ids[0] != window.concept and window.concept not in above(m.ids[0]) and m.ids[0] not in above(window.concept)]


def _joined(text: str, named: Sequence[Mention], start: int, end: int) -> list[_Thing]:
    """The things that "and" joins in an event, one of them at least known: "sepsis and admission to intensive care"."""
    joints = [j for j in _AND.finditer(text, start, end) if not any(m.start < j.end() and j.start() < m.end for m in named)]
    joints = [j for j in joints if text.count("(", start, j.start()) == text.count(")", start, j.start())]
    places = zip([start, *(j.end() for j in joints)], [*(j.start() for j in joints), end])
    things = [_Thing(a, b, [m for m in named if a <= m.start and m.end <= b]) for a, b in places]
    told = all(_is_first(text, t) if t is things[0] else _is_next(text, t) for t in things)
    known = [m for t in things for m in t.names]
    apart = len({t.names[-1].ids for t in things if t.names}) == sum(bool(t.names) for t in things)
    if len(things) < 2 or not told or not apart or any(m.kind == "demographic" for m in known):
        return []
    return things if not any(_goes_with(text, a, b) for a, b in zip(things, things[1:])) else []


def _is_first(text: str, thing: _Thing) -> bool:
    said = WORD.findall(text[thing.start : thing.end].lower())
    return bool(said) and _several().not_first.isdisjoint(said) and (bool(thing.names) or _is_plain(text, thing, said))


def _is_next(text: str, thing: _Thing) -> bool:
    said = WORD.findall(text[thing.start : thing.end].lower())
    told = not said or said[0].endswith("ed") or not _several().not_next.isdisjoint(said)  # "biopsy proven and treated rejection"
    return not told and (bool(thing.names) or _is_plain(text, thing, said))


def _is_plain(text: str, thing: _Thing, said: Sequence[str]) -> bool:
    """Whether what no list knows is but a name."""
    spelt = _LETTERS.match(text, thing.start) is not None and not any(c.isdigit() for c in text[thing.start : thing.end])
    return len(said) <= _several().longest and said[-1] not in _several().generic and spelt


def _goes_with(text: str, one: _Thing, two: _Thing) -> bool:
    """Whether two things have one head, or one object: "fracture of the hip and knee", "diagnosis and treatment of gout"."""
    said = WORD.findall(text[one.start : one.end].lower())
    if not one.names and (is_adjective(said[-1]) or said[-1].endswith("ed")):
        return True  # "oral and intravenous antibiotics"
    behind = WORD.findall(text[two.start : two.end].lower())
    several = two.names and (len(text[two.names[0].start : two.names[0].end].split()) > 1 or is_adjective(behind[0]))
    if not one.names and several and not said[-1].endswith("s"):
        return True  # "tobacco and nicotine products", "upper limb and spinal injuries"
    if not one.names:
        return _HEADS.search(text, two.start, two.names[0].start if two.names else two.end) is not None
    if two.names and known_name(f"{text[one.names[-1].start : one.names[-1].end].lower()} {behind[-1]}") is not None:
        return True  # "cancer and non-cancer pain"
    if shares_head(text, one.names[-1], two.names[0]) if two.names else _HEADS.search(text, one.names[0].end, one.end) is not None:
        return True
    governed = _HEADS.search(text, one.start, one.names[-1].start)
    return governed is not None and not set(WORD.findall(text[one.start : governed.end()].lower())) <= _several().carriers


def _is_and(gap: str) -> bool:
    return gap.strip().lower() in ("and", "&")


def each_apart(tree: Expression) -> Expression:
    """The tree of what a lead denies, things of one window apart: nobody may have either of "stroke and seizure within 6 months"."""
    if isinstance(tree, AllOf) and len(tree.of) > 1 and all(isinstance(p, Threshold) and p.kind == "window" for p in tree.of):
        places = {(p.start, p.end) for p in tree.of if isinstance(p, Threshold)}
        return AnyOf(of=tree.of) if len(places) == 1 else tree
    return tree.model_copy(update={"of": tuple(map(each_apart, tree.of))}) if isinstance(tree, (AllOf, AnyOf)) else tree

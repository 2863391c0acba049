"""What stands on both sides of "or": names that share a word, and things that no list knows.

"Lung or kidney disease" names two diseases, of which the first leaves its noun out (coordination ellipsis: Buyko, Tomanek and
Hahn, PACLING 2007).  The shared word is put back only where the lexicon knows the whole name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from limen import lexicon as lexicons
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, is_light
from limen.assembly.segments import Cut
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation, lowered
from limen.mentions import Mention, MentionKind, Mentions

_SIGNS = tuple("<>≥≤")
_REACH = 80  # characters in which the items of a list with a shared word may stand
_WORD = 14  # characters of a preposition and the space around it
SEXES = ("male", "female")
_HEALTHY = "healthy_volunteer"
_LAST_WORD = re.compile(r"\s([a-z]+)$")
_WHEN = frozenset(["current", "prior", "previous", "past", "recent", "known", "suspected", "ongoing"])  # "with current or prior gout"
_WHEN_BEHIND = re.compile(rf"\s*(?:{'|'.join(sorted(_WHEN))})\s", re.IGNORECASE)
_ARTICLES = ("the", "a", "an")
_SIDE_BY_SIDE = re.compile(r"\s*(?:,\s*(?:and/or|and|or)|,|/|&|and|or|and/or)\s*(?:non-?\s?\w+[\s,]+(?:(?:and|or)\s+)?){0,2}", re.IGNORECASE)
_OR = re.compile(r"\s+(?:and/or|or)\s+")
_LOWER = re.compile(r"\s?([A-Za-z][a-z]{4,})")
_BOTH = re.compile(r"[\s\"“”'-]*(?:co-?\s?|dual|overlap|combin|double|doubly)", re.IGNORECASE)  # "HIV/HCV coinfection" is both
_LAST = re.compile(r"(?<![\w/])[a-z]{5,}$")
_WORD_BEFORE = re.compile(r"([A-Za-z]+)\s*(?:/|&|\b(?:and|or|and/or)\b)\s*$")
_JOINED = re.compile(r"(?:,|/|\b(?:and/or|or|and)\b|,\s?(?:and/or|or|and)\b)\s*$")
_JOINS = re.compile(r"\s*(?:/|(?:and/or|or|and)\b|,\s?(?:or|and)\b)\s*")
_PIECES = re.compile(r"\s*(?:,\s*(?:and/or|or|and)\b|,|/|\b(?:and/or|or|and)\b)\s*")


class Nouns(NamedTuple):
    """The compiled words of [coordination]."""

    closed: frozenset[str]
    openers: frozenset[str]
    begins: Scanner
    heads: frozenset[str]
    adjectives: tuple[str, ...]
    prepositions: frozenset[str]
    dangling: frozenset[str]
    courses: frozenset[str]
    kind: Scanner
    examples: Scanner
    fluid_before: Scanner
    fluid_behind: Scanner
    diseases: Scanner
    changes: frozenset[str]
    wholes: frozenset[str]
    aim: Scanner
    aimed: Scanner


@cache
def nouns() -> Nouns:
    table = read_toml(data("logic.toml"))["coordination"]
    kinds, more = alternation(table["kinds"]), rf"[\s,]+\(?(?:{alternation(table['open_ended'])})\)?"
    return Nouns(
        closed=frozenset(table["closed"]),
        openers=frozenset(table["openers"]),
        begins=Scanner(rf"\s*(?:{alternation(table['begins'])})"),
        heads=frozenset(table["heads"]),
        adjectives=tuple(table["adjectives"]),
        prepositions=frozenset(table["prepositions"]),
        dangling=frozenset(table["dangling"]),
        courses=frozenset(table["courses"]),
        kind=Scanner(rf"(?<!-)(?:{kinds})(?:{more})?[\s,:]+"),
        diseases=Scanner(rf"(?:{'|'.join(table['diseases'])}|\b(?:{alternation(table['heads'])})s?)$"),
        changes=frozenset(table["changes"]),
        wholes=frozenset(table["wholes"]),
        aim=Scanner(rf"\b(?:for|in)\s+(?:the\s+)?(?:{alternation(table['aims'])})\s*$"),
        aimed=Scanner(rf"\s*(?:the\s+)?(?:{alternation(table['aims'])})\s+of\s"),
        fluid_before=Scanner(rf"\b(?:{alternation(table['fluids'])})\s*$"),
        fluid_behind=Scanner(rf"\s*(?:a\s)?(?:{alternation(table['fluids'])})\s"),
        examples=Scanner(rf"(?<!-)(?:(?:{kinds}){more}|{alternation(table['examples'])})[\s,:]+"),
    )


@cache
def _names() -> dict[str, tuple[MentionKind, str]]:
    """Every name of a condition or treatment in the lexicon, in lower case."""
    found: dict[str, tuple[MentionKind, str]] = {}
    for concept in lexicons.load().concepts.values():
        for name in (concept.name, *concept.synonyms):
            found.setdefault(name.lower(), (concept.kind, concept.id))
    return found


@lru_cache(maxsize=20_000)
def known_name(name: str) -> tuple[MentionKind, str] | None:
    names = _names()
    return names.get(name) or names.get(name.removesuffix("s")) or names.get(name + "s")


def kind_of(concept: str | None) -> MentionKind | None:
    """The kind of a concept of the lexicon."""
    entry = lexicons.load().concepts.get(concept) if concept is not None else None
    return entry.kind if entry is not None else None


def is_kind(one: Mention, of: Mention) -> bool:
    """Whether a name is that of a kind of another: "HIV" of "infection"."""
    return of.ids[0] in lexicons.load().ancestors(one.ids[0])


def apart(mentions: Mentions) -> Mentions:
    """The mentions with each name that holds two as both of them: those that "or" joins where the lexicon reads but one, and "healthy men"."""
    low = lowered(mentions.text)
    if not any(m.ids[0] == _HEALTHY or _OR.search(low, m.start, m.end) for m in mentions.concepts):
        return mentions
    return mentions._replace(concepts=tuple(part for name in mentions.concepts for part in (_sexed(low, name) or _apart(low, name))))


def _sexed(text: str, name: Mention) -> Sequence[Mention] | None:
    """ "Healthy men": the healthy, and men."""
    word = _LAST_WORD.search(text, name.start, name.end) if name.ids[0] == _HEALTHY else None
    known = known_name(word.group(1)) if word else None
    if word is None or known is None or known[1] not in SEXES:
        return None
    return [name._replace(end=word.start()), Mention(word.start(1), word.end(1), "demographic", (known[1],))]


def completed(text: str, concepts: Sequence[Mention]) -> Sequence[Mention]:
    """The names with those whose shared word stands at another item of their list: "lung" in "lung or kidney disease"."""
    low = lowered(text)
    found = [m for name in concepts if name.kind != "demographic" for m in (*_sharing_end(low, name), *_sharing_start(low, name))]
    new = [m for m in found if not any(m.start < o.end and o.start < m.end for o in concepts)]
    if not new:
        return concepts
    unique = {m.start: m for m in reversed(new)}
    return sorted((*concepts, *unique.values()), key=lambda m: m.start)


def _apart(text: str, name: Mention) -> Sequence[Mention]:
    """ "Overweight or obesity": overweight, and obesity."""
    joins = _OR.search(text, name.start, name.end)
    if joins is None:
        return [name]
    left, right = text[name.start : joins.start()], text[joins.end() : name.end]
    head = right.split(" ", 1)
    one = (known_name(f"{left} {head[1]}") if len(head) == 2 else None) or known_name(left)
    two = known_name(right) or known_name(f"{' '.join(left.split()[:-1])} {right}")
    if one is None or two is None or one[0] != name.kind or two[0] != name.kind:
        return [name]
    if one[1] == two[1]:  # two names of one thing: "schizophrenia or schizoaffective disorder"
        return _parted(name, joins, one[1], two[1]) if known_name(left) and known_name(right) else [name]
    ancestors = lexicons.load().ancestors
    if not {one[1], two[1]} & set(name.ids) or all(name.ids[0] in ancestors(part[1]) for part in (one, two)):
        return [name]  # the lexicon's name is for the two of them: "drug or alcohol abuse" is substance abuse
    return _parted(name, joins, one[1], two[1])


def _parted(name: Mention, joins: re.Match[str], one: str, two: str) -> Sequence[Mention]:
    return [name._replace(end=joins.start(), ids=(one,)), name._replace(start=joins.end(), ids=(two,))]


def _sharing_end(text: str, name: Mention) -> Iterator[Mention]:
    """Items before a name that lack its last words."""
    begin = max(0, name.start - _REACH)
    joined = _JOINED.search(text, begin, name.start)
    words = text[name.start : name.end].split()
    if joined is None or len(words) < 2:
        return
    for start, end in reversed(_pieces(text, begin, joined.start())):
        made = next((m for cut in (1, 2) if len(words) > cut for m in _ending(text, (start, end), " ".join(words[cut:]), name)), None)
        if made is None:
            return
        yield made


def _ending(text: str, piece: tuple[int, int], head: str, name: Mention) -> Iterator[Mention]:
    """The longest tail of a piece that is a name together with `head`."""
    starts = [m.start() for m in WORD.finditer(text, *piece)][-3:]
    for start in starts:
        known = known_name(f"{text[start : piece[1]].rstrip()} {head}")
        if known is not None and known[0] == name.kind and known[1] not in name.ids:
            yield Mention(start, start + len(text[start : piece[1]].rstrip()), known[0], (known[1],), context=name.context)
            return


def _sharing_start(text: str, name: Mention) -> Iterator[Mention]:
    """An item behind a name that lacks its first words: "C" in "hepatitis B or C"."""
    joins = _JOINS.match(text, name.end, name.end + 12)
    words = text[name.start : name.end].split()
    if joins is None or len(words) < 2:
        return
    word = WORD.match(text, joins.end())
    known = known_name(f"{' '.join(words[:-1])} {word.group()}") if word else None
    if word and known is not None and known[0] == name.kind and known[1] not in name.ids:
        yield Mention(word.start(), word.end(), known[0], (known[1],), context=name.context)


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [m.span() for m in _PIECES.finditer(text, start, end)]
    bounds = [start, *(x for cut in cuts for x in cut), end]
    return [(a, b) for a, b in zip(bounds[::2], bounds[1::2]) if a < b][-6:]


def stand_apart(text: str, left: tuple[int, int], right: tuple[int, int], named: Sequence[Mention]) -> bool:
    """Whether two stretches around "or" are two things, and not two qualities of one ("moderate or severe asthma")."""
    before, after = WORD.findall(text[slice(*left)].lower()), WORD.findall(text[slice(*right)].lower())
    if not before or not after or before[-1] in nouns().closed or after[0] in nouns().openers:
        return False
    ends = any(m.end == left[1] for m in named)
    if is_light(text[slice(*right)]) or (is_light(text[slice(*left)]) and not ends):
        return False
    if ends or before[-1] in nouns().heads:
        return True
    if is_adjective(before[-1]) or any(char.isdigit() for char in before[-1]):
        return False
    light, closed = grammar().light, nouns().closed
    things = [w for w in before if w not in light and w not in closed and not is_adjective(w)]
    return len(things) > 1 or before[-1].endswith("s") or len([w for w in after if w not in light]) == 1


def shares_noun(text: str, left: tuple[int, int], cut: Cut, named: Sequence[Mention]) -> bool:
    """Whether a stretch ends in a preposition and qualities whose noun stands behind the joint: "for advanced or metastatic melanoma"."""
    words = WORD.findall(text[slice(*left)])
    if len(words) > 2 and words[-1] in _WHEN and words[-2] in nouns().prepositions and _WHEN_BEHIND.match(text, cut.end):
        return True
    if len(words) < 3 or not _is_quality(words[-1], cut) or words[-1].endswith("ment") or any(m.end == left[1] for m in named):
        return False
    first = next((w for w in reversed(words[-7:]) if not _is_quality(w, cut) and w not in _ARTICLES), None)
    following = WORD.search(lowered(text), cut.end, cut.end + 20)
    return first in nouns().prepositions and following is not None and following.group() not in nouns().openers and not nouns().begins.match(text, cut.end)


def of_one_test(text: str, start: int, cut: Cut) -> bool:
    """Whether a joint parts the two places of one test: "a urine or serum pregnancy test"."""
    before = nouns().fluid_before.search(text, max(start, cut.start - _WORD), cut.start)
    return before is not None and not cut.loose and nouns().fluid_behind.match(text, cut.end) is not None


def dangles(text: str, start: int, end: int) -> bool:
    """Whether a stretch ends in a preposition whose noun stands behind the joint: "refractory to or intolerant of treatment"."""
    words = WORD.findall(text[max(start, end - 24) : end].lower())
    return bool(words) and words[-1] in nouns().dangling


def _is_quality(word: str, cut: Cut) -> bool:
    """Whether a word only qualifies a noun; before a comma the few that tell how far a disease has come."""
    if cut.loose:
        return word in nouns().courses or word.endswith("ly")
    return word.islower() and is_adjective(word) and word not in nouns().heads


def shares_head(text: str, one: Mention, two: Mention) -> bool:
    """Whether a name lacks the last words of the one behind it: "alcohol" in "alcohol/drug use disorder"."""
    words = text[two.start : two.end].lower().split()
    return any(known_name(f"{text[one.start : one.end].lower()} {' '.join(words[cut:])}") is not None for cut in range(1, len(words)))


def hangs_over(text: str, start: int, end: int) -> bool:
    """Whether prepositions stand on both sides of a joint, whose noun is still to come: "before or during pregnancy"."""
    return grammar().hanging.search(text, max(0, start - _WORD), start) is not None and grammar().hung.match(text, end) is not None


def beside_slash(text: str, start: int, end: int, named: Sequence[Mention]) -> bool:
    """Whether a slash joins two things, one of them named: "pregnant/lactating", "stricture / bowel obstruction", not "ACR/EULAR"."""
    ends = _before(text, start)
    if text[ends - 1 : ends] == ")" and text[end : end + 2].strip()[:1] in _SIGNS:
        return True  # "> 102 cm (men) / > 88 cm (women)"
    if text[ends - 1 : ends] == ")" and (opening := text.rfind("(", 0, ends)) > 0:
        ends = _before(text, opening)  # "heart failure (NYHA III)/stroke"
    begins = _LOWER.match(text, end)
    left, right = any(m.end == ends for m in named), begins is not None and any(m.start == begins.start(1) for m in named)
    place = end + (text[end : end + 1] == " ")
    short = next((m for m in named if m.start == place), None)  # "stroke/TIA"
    if left and short is not None and not _BOTH.match(text, short.end):
        return True
    return (left and (right or begins is not None)) or (right and _LAST.search(text, max(0, ends - 30), ends) is not None)


def _before(text: str, place: int) -> int:
    while place > 0 and text[place - 1] == " ":
        place -= 1
    return place


def both_sexes(text: str, concepts: Sequence[Mention]) -> list[tuple[Mention, Mention]]:
    """The two sexes side by side: "men and women", which is one or the other of them."""
    named = [m for m in concepts if m.ids[0] in SEXES]
    hidden = [h for m in named if (h := _hidden(text, m)) is not None and not any(n.start <= h.start and h.end <= n.end for n in named)]
    named = sorted([*named, *hidden], key=lambda m: m.start)
    return [(a, b) for a, b in zip(named, named[1:]) if a.ids[0] != b.ids[0] and _SIDE_BY_SIDE.fullmatch(text, a.end, b.start)]


def _hidden(text: str, sex: Mention) -> Mention | None:
    """The other sex where it is part of a longer name before "and": "healthy men and women"."""
    word = _WORD_BEFORE.search(text, max(0, sex.start - 20), sex.start)
    known = known_name(word.group(1).lower()) if word else None
    if word is None or known is None or known[1] not in SEXES or known[1] in sex.ids:
        return None
    return Mention(word.start(1), word.end(1), "demographic", (known[1],))


def example_at(text: str, start: int, end: int) -> tuple[int, int, bool] | None:
    """Where words such as "including" stand that open a list of kinds, and whether they tell kinds whatever they stand behind."""
    match = nouns().kind.search(text, start, end)
    return (match.start(), match.end(), nouns().examples.match(text, match.start()) is not None) if match else None


def ends_in_quality(text: str, start: int, end: int) -> bool:
    """Whether the last word of a stretch qualifies a noun that is still to come: "acute" before "or chronic bronchitis"."""
    words = WORD.findall(text[start:end])
    return not words or (not words[-1].isupper() and (is_adjective(words[-1].lower()) or words[-1].lower() in nouns().closed))


def is_adjective(word: str) -> bool:
    """Whether a word ends as an adjective does."""
    return word.endswith(nouns().adjectives)

"""What is said once beside a thing of a list, and may be meant of the others too: "severe lung or heart disease".

Nobody is let in or shut out by a thing that the text may mean otherwise: the words stand beside it as a doubt, of which a person
decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from limen.assembly.coordination import is_adjective, kind_of, nouns, shares_head
from limen.assembly.denials import is_denied
from limen.assembly.leaves import WORD, denied_unread, group, is_light, of_mention, unread
from limen.assembly.segments import Cut
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, Threshold, Unless, Unread, leaves
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

_CLAUSE = re.compile(r"\b(?:that|which)\b(?:\s*,)?\s+(?:(?:are|is)\s+(?:likely|expected|considered|deemed|judged)\b|may|might|could|would|will\s+(?!be\s)|(?:in|at|by|according\s+to|based\s+on)\s+the\s)", re.IGNORECASE)
_SAID = re.compile(r"\s*,?\s*(?:(?:that|which)\s+(?:is|are|was|were|has|have|had|does|do|did|can|cannot|could|requires?|required|needs?|needed)\b|not\s+(?:\w+ly\s+|well[\s-]){0,2}[a-z]+ed\b)", re.IGNORECASE)
_NEEDS = re.compile(r"\s*,?\s*(?:(?:that|which|who)\s+(?:\w+\s+)?)?(?:requir(?:ing|ed?|es)|need(?:ing|ed|s)?|necessitat(?:ing|ed?|es))\b", re.IGNORECASE)
_ALONGSIDE = re.compile(r"(?:(?:known|any|active|a)\s+){0,2}(?:concomitant|concurrent|co-?existing|co-?existent|simultaneous|dual)(?:ly)?\s+(?:active\s+)?", re.IGNORECASE)
_ANY = re.compile(r"\s*(?:(?:presence|evidence|history|diagnosis)\s+of\s+)?(?:any|other)\b", re.IGNORECASE)
_OWN = re.compile(r"\s*(?:any|other|another|an?|the|some|those|all|with|who|has|have|having|is|are|being|history|known|prior|previous|current|recent|on|treatment|use|receiving|undergoing|taking)\b", re.IGNORECASE)
_LAST = re.compile(r"(?:and\s+|with\s+)?(?:the\s+)?last\s+(?:treatment|therapy|dose|administration|time)\b", re.IGNORECASE)
_REASON = re.compile(r"\bfor\s+(?:the\s+)?(?:treatment|management|care)\s+of\s", re.IGNORECASE)
_AMOUNT = re.compile(r"\d\s?(?:mg|mcg|µg|g|IU|units?)\b")
_CLASSES = re.compile(r"\b(?:diseases|conditions|disorders|illnesses|comorbidities|co-morbidities)\b", re.IGNORECASE)
_THAT = re.compile(r"\b(?:that|which)\s+(?!is\s+being\b)(?=[a-z])", re.IGNORECASE)
_GENERIC = re.compile(r"\b(?:medications?|medicines?|drugs?|medicaments?|agents?|substances?|treatments?|therap(?:y|ies)|products?|supplements?)$", re.IGNORECASE)
_USE = re.compile(r"(?:[\w]+\s+){0,2}?(?:use|intake|receipt|using|taking|receiving|on)\s+(?:of\s+)?(?:(?:any|other|all|concomitant|certain|prescription)\s+){0,2}", re.IGNORECASE)
_NEAR = 60  # characters between a treatment and the dose of an example
_ITEM = 6  # words of an item that says no more than its name
_SHORT = 2  # letters of a word that names nothing
_EDGE = " \t\n,;:([\"'"


class Qualities(NamedTuple):
    """The lists of [doubts]: qualities that a thing may share with those beside it, and those that a class hands on to its kinds."""

    before: Scanner
    own: Scanner
    of_class: Scanner
    of_treatment: Scanner
    aim: Scanner
    treating: Scanner
    borne: Scanner


@cache
def qualities() -> Qualities:
    logic = read_toml(data("logic.toml"))
    table, cures = logic["doubts"], alternation(logic["purposes"]["cures"])
    word = rf"(?:{alternation(table['qualities'])})"
    of_class = rf"(?:{alternation(table['of_class'])})"
    run = r"{0}(?:(?:\s*,\s*(?:and\s+|or\s+|and/or\s+)?|\s+(?:and|or|and/or|to)\s+|\s*/\s*){0})*"
    return Qualities(
        before=Scanner(rf"\b{run.format(word)}\s"),
        own=Scanner(rf"\b(?:{alternation(table['qualities'] + table['own'] + table['of_treatment'])})"),
        of_class=Scanner(rf"\b{run.format(of_class)}\s"),
        of_treatment=Scanner(rf"\b(?:{alternation(table['of_treatment'])})\s"),
        treating=Scanner(rf"\b(?:{cures})s?(?=\s+for\s)"),
        borne=Scanner(rf"\b(?:to\s+(?:{alternation(table['bearing'])})|(?:{alternation(table['bound'])})\s+(?:of|on|to|from|for|with|after|by))\s+(?=\S)"),
        aim=Scanner(rf"\s+(?:as\s+)?(?:(?:{cures})\s+)?(?:for|of)\s+(?!{alternation(table['no_aim'])})[^\W\d_]"),
    )


@cache
def single_qualities() -> frozenset[str]:
    """Words that say how a thing is, and never what it is."""
    table = read_toml(data("logic.toml"))["doubts"]
    return frozenset(w for key in ("qualities", "own", "of_treatment", "known") for w in table[key] if " " not in w) - {"stage", "grade", "class", "currently"} | nouns().courses


def told_of_others(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of a list, with what one of them says and the others may share as a doubt beside those."""
    for tell in (_last_time, _alongside, _generic, _before, _clause_behind, _said_of_two, _need_behind, _lifted_behind, _aim_behind, _borne):
        if (made := tell(words, cuts, stretches, parts)) != parts:
            return made
    return list(parts)


def _before(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Severe lung or heart disease": a quality before the first of several things that share their noun, or of two."""
    start, end = words.trim(*stretches[0])
    found = max(qualities().before.finditer(words.text, start, end), key=lambda m: m.start(), default=None)
    if found is None or not all(map(_is_thing, parts)) or not (_is_elliptical(words, stretches) or _of_one_noun(words, stretches) or (qualities().of_class.search(words.text, found.start(), found.end()) and _two(words, cuts, (found.end(), end)))):
        return list(parts)
    if any(_has_own(words, words.trim(*s)) for s in stretches[1:]):
        return list(parts)
    doubt = unread(words.text, found.start(), found.end(), light=True)
    return [parts[0], *(group("and", [p, doubt]) for p in parts[1:])]


def _two(words: Words, cuts: Sequence[Cut], thing: tuple[int, int]) -> bool:
    """Whether a list is of two bare things: "uncontrolled hypertension or diabetes", "uncontrolled hypertension, diabetes"."""
    named = words.names(*thing)
    bare = any(m.kind == "condition" for m in words.names(cuts[0].end, len(words.text))) if cuts[0].join == "comma" else not cuts[0].loose
    joined = len(cuts) == 1 and cuts[0].join != "either" and bare
    return joined and len(named) == 1 and is_light(words.text[thing[0] : named[0].start]) and named[0].end == thing[1]


def _is_elliptical(words: Words, stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether the first of several things leaves out the noun of the last: "lung or heart disease", "bacterial or viral infection"."""
    first, last = words.trim(*stretches[0]), words.trim(*stretches[-1])
    one, two = words.names(*first), words.names(*last)
    if one and one[-1].end == first[1] and two:
        said = words.text[one[-1].start : one[-1].end].lower()
        return said not in nouns().heads and shares_head(words.text, one[-1], two[0])
    ending = WORD.findall(words.text[slice(*first)].lower())
    closing = WORD.findall(words.text[slice(*last)].lower())
    return bool(ending) and is_adjective(ending[-1]) and ending[-1] not in nouns().heads and len(closing) > 1 and closing[-1].removesuffix("s") in nouns().heads


def _of_one_noun(words: Words, stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether every thing of a list ends in the same noun: "severe heart disease, lung disease or kidney disease"."""
    ends = {WORD.findall(words.text[slice(*words.trim(*s))].lower())[-1:].pop().removesuffix("s") for s in stretches if words.weighty(*s)}
    own = any(not nouns().courses.isdisjoint(WORD.findall(words.text[slice(*s)].lower())) for s in stretches[1:])
    return len(ends) == 1 and ends <= nouns().heads and not own


def _has_own(words: Words, stretch: tuple[int, int]) -> bool:
    """Whether a thing says of itself how it is, or opens a statement of its own."""
    return bool(qualities().own.search(words.text, *stretch) or _OWN.match(words.text, *stretch) or len(words.text[slice(*stretch)].split()) > _ITEM)


def _is_thing(part: Expression | None) -> bool:
    """Whether a part is a disease or unread words, undenied, or such a thing with what is said of it."""
    if isinstance(part, AllOf):
        return isinstance(part.of[0], Condition) and _is_thing(part.of[0])
    return isinstance(part, (Condition, Unread)) and not is_denied(part)


def _clause_behind(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Any A, B or C that may interfere": what a clause says of the last of several things it says of all; it is none by itself."""
    whole = list(parts)
    stretches, parts, end = _without_clauses(words, stretches, parts)
    start = words.trim(*stretches[-1])[0]
    clause = _CLAUSE.search(words.text, start, end)
    last = parts[-1].of[-1] if isinstance(parts[-1], AnyOf) else parts[-1]
    if clause is None or clause.start() == start or not isinstance(last, (Condition, Unread)) or not words.layout.is_open(clause.start(), start):
        return whole
    doubt = unread(words.text, clause.start(), end, light=True)
    shared = _ANY.match(words.text, stretches[0][0]) or (len(cuts) == 1 and not cuts[0].loose and last is parts[-1])
    if not shared or any(_OWN.match(words.text, *words.trim(*s)) for s in stretches[1:]):
        return whole
    return [*(group("and", [p, doubt]) if isinstance(p, (Condition, Exposure)) else p for p in parts[:-1]), parts[-1]]


def _generic(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Any medications or supplements that prolong the QT interval": nobody is shut out by a drug of which that is not said."""
    told, index = next(((m, i) for i, s in enumerate(stretches) if i and (m := _THAT.search(words.text, *words.trim(*s)))), (None, 0))
    if told is None or not words.layout.is_open(told.start(), stretches[index][0]) or len(words.text[stretches[index][0] : told.start()].split()) > _ITEM:
        return list(parts)
    doubt = unread(words.text, told.start(), words.trim(*stretches[-1])[1], light=True)
    generic = [_GENERIC.search(p.text) if isinstance(p, (Exposure, Unread)) and not is_denied(p) else None for p in parts[:index]]
    bare = [m is not None and (is_light(m.string[: m.start()]) or _USE.fullmatch(m.string, 0, m.start()) is not None) for m in generic]
    return [*(group("and", [p, doubt]) if own else p for p, own in zip(parts, bare)), *parts[index:]]


def _alongside(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Concurrent gout and asthma": both of them shut out, and perhaps either."""
    found = _ALONGSIDE.match(words.text, words.trim(*stretches[0])[0])
    plain = len(cuts) == 1 and cuts[0].join == "and" and not cuts[0].loose and all(isinstance(p, Condition) and not is_denied(p) for p in parts)
    if words.role != "exclusion" or found is None or not plain or not all(_only_names(words, (found.end(), stretches[0][1]) if i == 0 else s) for i, s in enumerate(stretches)):
        return list(parts)
    doubt = unread(words.text, found.start(), found.end(), light=True)
    return [group("and", parts), group("and", [group("or", parts), doubt])]


def _only_names(words: Words, stretch: tuple[int, int]) -> bool:
    """Whether a stretch says no more than a disease's name."""
    named = words.names(*stretch)
    return len(named) == 1 and is_light(words.text[stretch[0] : named[0].start] + words.text[named[0].end : stretch[1]])


def _said_of_two(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Hypertension and diabetes that cannot be controlled": what is said of the second of two bare names may be said of both."""
    first, named, (start, end) = parts[0], words.names(*stretches[-1]), words.trim(*stretches[-1])
    bare = isinstance(first, Condition) and not is_denied(first) and _only_names(words, stretches[0])
    if len(cuts) != 1 or cuts[0].loose or not bare or not named or named[0].kind != "condition" or named[0].start != start:
        return list(parts)
    if (said := _SAID.match(words.text, named[0].end, end)) is None or words.limits(start, end):
        return list(parts)
    last, told = of_mention(words.text, named[0], start, named[0].end), denied_unread(words.text, unread(words.text, said.start(), end, light=True))
    return [group("and", [group("or", [first, last]), told])]


def _need_behind(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Pleural effusion or ascites requiring drainage": what the last of several bare names needs may be meant of all."""
    (start, end), last = words.trim(*stretches[-1]), parts[-1]
    said = _NEEDS.search(words.text, start, end) if words.role == "exclusion" and all(map(_is_thing, parts[:-1])) else None
    if said is None or not words.layout.is_open(said.start(), start) or not _names_one(words, stretches[0]) or not all(_only_names(words, s) for s in stretches[1:-1]):
        return list(parts)
    listed = [words.trim(leaf.start, min(leaf.end, said.start())) for leaf in leaves(last) if leaf.start < said.start()] if isinstance(last, AnyOf) else [(start, said.start())]
    alike = _of_class_told(words, stretches[0]) or (len(cuts) == 1 and not cuts[0].loose)
    if not alike or not all(_only_names(words, s) for s in listed):
        return list(parts)
    doubt = unread(words.text, words.skip(said.start()), end, light=True)
    return [*(group("and", [p, doubt]) for p in parts[:-1]), last]


def _lifted_behind(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Gout or asthma (unless controlled)": an exception that names neither may be that of both."""
    first, last = parts[0], parts[-1]
    bare = words.role == "exclusion" and len(cuts) == 1 and not cuts[0].loose and isinstance(first, Condition) and not is_denied(first) and _names_one(words, stretches[0])
    if not bare or first is None or not isinstance(last, Unless) or not isinstance(last.requirement, Condition) or is_denied(last.requirement):
        return list(parts)
    lifts = list(leaves(last.exception))
    own = {w for w in WORD.findall(last.requirement.text.lower()) if len(w) > _SHORT}
    if not all((isinstance(p, Unread) or (isinstance(p, Threshold) and p.concept is None)) and own.isdisjoint(WORD.findall(p.text.lower())) for p in lifts):
        return list(parts)
    return [Unless(requirement=AnyOf(of=(first, last.requirement)), exception=last.exception)]


def _of_class_told(words: Words, stretch: tuple[int, int]) -> bool:
    """Whether a stretch says of a thing that it is uncontrolled, untreated and the like."""
    return qualities().of_class.search(words.text, *stretch) is not None


def _names_one(words: Words, stretch: tuple[int, int]) -> bool:
    """Whether a stretch ends in a disease's name, with how it is before it: "history of uncontrolled pleural effusion"."""
    named = words.names(*stretch)
    return len(named) == 1 and is_light(words.text[named[0].end : stretch[1]]) and all(w in single_qualities() or is_light(w) for w in WORD.findall(words.text[stretch[0] : named[0].start].lower()))


def _without_clauses(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> tuple[Sequence[tuple[int, int]], Sequence[Expression | None], int]:
    """A list without the clauses behind its last thing, where that has one: "... that may interfere, or which might be a burden"."""
    end, count = words.trim(*stretches[-1])[1], len(stretches)
    while count > 1 and _CLAUSE.match(words.text, words.trim(*stretches[count - 1])[0]):
        count -= 1
    said = count < len(stretches) and _CLAUSE.search(words.text, *stretches[count - 1])
    return (stretches[:count], parts[:count], end) if said else (stretches, parts, end)


def _aim_behind(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Chemotherapy, radiotherapy or surgery for gout": what the last of several treatments is for."""
    start, end = words.trim(*stretches[-1])
    named = words.names(start, end)
    given = named[0].end if named and named[0].kind in ("drug", "procedure") else next((m.end() for m in qualities().treating.finditer(words.text, start, end)), None)
    aim = qualities().aim.search(words.text, given, end) if given is not None else None
    aimed = aim is not None and any(m.kind == "condition" for m in words.names(aim.end() - 1, end))
    bare = all(isinstance(p, Exposure) and not p.negated and _is_bare(words, p) for p in parts[:-1])
    if aim is None or not aimed or not bare or _OWN.match(words.text, start) or not isinstance(parts[-1], (Exposure, Unread, Condition)) or not words.layout.is_open(aim.start(), start):
        return list(parts)
    doubt = unread(words.text, aim.start(), end, light=True)
    return [*(group("and", [p, doubt]) for p in parts[:-1]), parts[-1]]


def _is_bare(words: Words, leaf: Condition | Exposure) -> bool:
    """Whether a leaf names one thing and says no more of it than when it was."""
    named = words.names(leaf.start, leaf.end)
    return len(named) == 1 and named[0].end == leaf.end


def _borne(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Failure of A or B", "organ function inadequate to tolerate A or B", "detained for treatment of A or B": B is no ground by itself."""
    state = isinstance(parts[0], Demographic)
    found = (_REASON if state else qualities().borne).search(words.text, *stretches[0])
    if found is None or isinstance(parts[0], Threshold) or not (state or all(_is_treatment(p) for p in parts[1:])):
        return list(parts)
    if not state and any(_OWN.match(words.text, *words.trim(*s)) for s in stretches[1:]):
        return list(parts)
    doubt = unread(words.text, stretches[0][0], found.end(), light=True)
    return [parts[0], *(group("and", [p, doubt]) for p in parts[1:])]


def _is_treatment(part: Expression | None) -> bool:
    """Whether a leaf names a treatment, or what someone reacted to."""
    return (isinstance(part, Exposure) or (isinstance(part, Condition) and part.concept is None)) and not part.negated


def _last_time(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Chemotherapy, surgery, the last treatment less than 4 weeks ago": how long ago any of them was."""
    timed = [i for i, ((a, b), p) in enumerate(zip(stretches, parts)) if isinstance(p, Threshold) and _LAST.match(words.text, *words.trim(a, b))]
    if not timed or not timed[0] or not all(isinstance(p, Exposure) for p in parts[: timed[0]]):
        return list(parts)
    place = timed[0]
    return [group("and", [group("or", parts[:place]), parts[place]]), *parts[place + 1 :]]


def told_of_all(words: Words, made: Expression) -> Expression:
    """A tree whose classes hand their quality on to the kinds behind them: "severe diseases, including gout or asthma".

    A clause behind a list is none of its things: "A, B or C, which in the opinion of the investigator ...".
    """
    if isinstance(made, AllOf):
        return made.model_copy(update={"of": tuple(told_of_all(words, p) for p in made.of)})
    if not isinstance(made, AnyOf):
        return made
    *parts, last = [told_of_all(words, p) for p in made.of]
    if isinstance(last, Unread) and _CLAUSE.match(last.text):
        return AllOf(of=(told_of_all(words, group("or", parts) or last), last))
    parts.append(last)
    for index, (part, behind) in enumerate(zip(parts, parts[1:])):
        if (doubt := _of_dose(words, part, behind)) is not None:
            parts[index] = AllOf(of=(part, doubt))
    for index, part in enumerate(parts[:-1]):
        if (doubt := _of_class(words, part)) is not None:
            parts[index + 1 :] = [_doubted(words, p, doubt) for p in parts[index + 1 :]]
            break
    return made.model_copy(update={"of": tuple(parts)})


def _of_dose(words: Words, part: Expression, behind: Expression) -> Unread | None:
    """The dose, in a bracket or an example, from which on a treatment counts: "steroids (e.g. prednisone > 10 mg/day)"."""
    if words.role != "exclusion" or not isinstance(part, Exposure) or is_denied(part) or part.dose is not None:
        return None
    place = words.skip(part.end)
    if words.text[place : place + 1] not in ("(", "[") and not nouns().kind.match(f"{words.text} ", place):
        return None
    dosed = [leaf for leaf in leaves(behind) if _is_dosed(leaf)]
    near = bool(dosed) and dosed[0].start - place <= _NEAR and ")" not in words.text[place : dosed[0].start]
    return unread(words.text, place, dosed[0].end, light=True) if near else None


def _is_dosed(leaf: Expression) -> bool:
    """Whether a leaf is an amount of a drug, with a comparator or without."""
    if isinstance(leaf, Exposure):
        return leaf.dose is not None or _AMOUNT.search(leaf.text) is not None
    return isinstance(leaf, Threshold) and (leaf.kind == "dose" or (leaf.concept or "").endswith("_dose"))


def _of_class(words: Words, part: Expression) -> Unread | None:
    """The quality of a class that is followed by its kinds."""
    if not isinstance(part, (Condition, Exposure, Unread)) or is_denied(part):
        return None
    told, asked = qualities(), words.role == "inclusion"
    quality = told.of_treatment if isinstance(part, Exposure) else told.before if asked else told.of_class
    found = next((m for m in quality.finditer(words.text, part.start, part.end) if m.group().strip().lower() != "chronic"), None)
    place = part.end
    while place < len(words.text) and words.text[place] in _EDGE:
        place += 1
    listed = nouns().kind.match(f"{words.text} ", place) or ("(" in words.text[part.end : place] and (asked or _CLASSES.search(words.text, part.start, part.end)))
    return unread(words.text, found.start(), found.end(), light=True) if found and listed else None


def _doubted(words: Words, part: Expression, doubt: Unread) -> Expression:
    """A bare kind beside the quality of its class; any other as it is."""
    if isinstance(part, Unless):
        return part.model_copy(update={"requirement": _doubted(words, part.requirement, doubt)})
    if not isinstance(part, (Condition, Exposure)) or part.concept is None or is_denied(part) or not _is_bare(words, part):
        return part
    drug = isinstance(part, Exposure) and kind_of(part.concept) == "drug"  # that it is taken now is what screening asks of a drug
    own = any(m.group().lower() != "chronic" for m in qualities().own.finditer(words.text, part.start, part.end))  # which is part of many names
    return part if drug or own else AllOf(of=(part, doubt))

"""Limits under a denial: "no heart failure (NYHA III or IV)", "no history of heart failure with LVEF < 40 %".

A limit behind a denied name tells which thing is denied, or in what state that thing is absent: "no anaemia (Hb < 10)" denies
the limit, "no anaemia (Hb > 10)" asks for it.  Which of the two is told by the side of the measurement that is bad to be on;
where that is not known, a limit in brackets explains the name before it, and any other limit stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from limen.assembly.coordination import nouns
from limen.assembly.denials import end_of, is_denied, is_lifted_denial, is_unable, opened, uses
from limen.assembly.evidence import examines
from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, is_light, of_mention, of_pair, unread
from limen.assembly.statuses import statuses
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, Not, Threshold, Unread, leaves
from limen.lexicon.patterns import Scanner, alternation
from limen.lexicon.sides import bad_side, sides
from limen.mentions import Mention
from limen.thresholds import Paired

_KINDS = ("measurement", "score", "dose")
_KEPT = re.compile(r"\b(?:controlled|managed|treated|stable)\s", re.IGNORECASE)  # "controlled hypertension (≤ 140/90)" says how well, and not what it is
_CHANGE = 60  # characters before a limit in which a change is denied
_UNCHANGED = re.compile(
    r"\b(?:no|without(?:\s+any)?|absence\s+of(?:\s+any)?)\s+(?:[^\W\d_]+\s){0,2}(?:change|increase|decrease|rise|fall|drop|gain|loss|variation|fluctuation|worsening|decline|improvement)s?\s*(?:(?:of|by)\s*)?$",
    re.IGNORECASE,
)
_DOUBTED = re.compile(r"\s(?:is|are|was|were|seems?|appears?)\s(?:(?:considered|deemed|thought|judged)\s)?(?:unlikely|not\s(?:to\sbe\s)?(?:expected|likely|anticipated))\b(?!\sto\b)", re.IGNORECASE)
_LACKED = re.compile(r"\b(?:without|not|no|lacks?|lacking|absence)\b", re.IGNORECASE)
_NEGATIVE = re.compile(r"\b(?:negative|normal)\s*$", re.IGNORECASE)
_VERB = re.compile(r"(?:and|or|,)\s+(?:have|be)\s", re.IGNORECASE)
_MODAL = re.compile(r"\b(?:must|should|shall|will|may|can|do|does|did)\s+not\b|\b(?:not|never)\s+(?:have|be)\b", re.IGNORECASE)
_DEFINED = re.compile(r"[(\[]\s?(?:(?:which|that)\s+is\s+)?defined\s+(?:by|as)\s", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:that|which|who)\s+(has|have|had|is|are|was|were)\b", re.IGNORECASE)
_AND = re.compile(r"\sand\s")
_UNLIKELY = re.compile(r"unlikely\b", re.IGNORECASE)
_UNLIKELY_TO = re.compile(r"\bunlikely\s+(?:to\s+(?:be\s+|last\s+|reach\s+)?)?(?:for\s+)?$", re.IGNORECASE)
_OF_DENIED = re.compile(r"(?:with|that|which|likely|expected|[a-z]{3,}ing)\s", re.IGNORECASE)


class Names(NamedTuple):
    """What a name tells of the side that it means."""

    raised: Scanner
    lowered: Scanner
    sound: Scanner


@cache
def names() -> Names:
    raised, lowered = (rf"(?:{'|'.join(map(re.escape, parts))})(?!\w*ism\b)" for parts in (sides().raised, sides().lowered))  # a gland's state is no level
    return Names(Scanner(raised), Scanner(lowered), Scanner(alternation(sides().sound)))


def under_denial(words: Words, start: int, end: int, made: Expression | None) -> Expression | None:
    """The tree of a stretch that opens with its denial, with the limits that tell what is denied under that denial."""
    if made is None or not words.limits(start, end) or (begin := opened(words.text, start, end)) is None:
        return made
    if _is_limits(made):
        before = words.text[begin : _first(made)]
        return Not(of=_any(words, made)) if _tells(words, made, before, sure=words.role == "exclusion") else made
    if words.role == "exclusion" or not isinstance(made, AllOf):
        return made
    limits, denied = [p for p in made.of if _is_limits(p)], [p for p in made.of if _is_thing(p)]
    limits = limits or _graded(made, denied)
    if not limits or not denied or len(limits) + len(denied) < len(made.of) or _first(limits[0]) < _start(denied[0]):
        return made
    between = words.text[_end(*denied) : _first(limits[0])]
    explained = ":" in between or nouns().kind.search(f"{between} ") or grammar().defined_word.search(between)
    if not all(_tells(words, p, words.text[begin : _end(*denied)], sure=not explained) for p in limits):
        return made
    positive = [*(affirmed(words, p, begin) for p in denied), *limits]
    return Not(of=AnyOf(of=tuple(positive)) if explained else AllOf(of=tuple(positive)))


def _graded(made: AllOf, denied: Sequence[Expression]) -> list[Expression]:
    """The grades that a denial was read to deny by themselves, beside the one thing that they tell: "no diarrhoea > grade 1"."""
    told = [p.of for p in made.of if isinstance(p, Not) and isinstance(p.of, Threshold) and p.of.kind == "score"]
    return list(told) if len(denied) == 1 else []


def explained(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """A list that opens with its denial, with the limits behind "i.e." or "including" denied too, and what is said of it ("no gout, limiting survival to a year")."""
    if (meant := _told_by_limit(words, stretches, parts)) is not None:
        return meant
    if words.role == "exclusion" or not is_denied(parts[0]) or opened(words.text, *stretches[0]) is None:
        return list(parts)
    made = [parts[0]]
    for (start, end), part in zip(stretches[1:], parts[1:]):
        begin = words.trim(start, end)[0]
        opens, told_of = nouns().kind.match(words.text, begin) or grammar().defined_word.match(words.text, begin), _OF_DENIED.match(words.text, begin)
        told = (opens or told_of) and part is not None and _is_limits(part) and _tells(words, part, words.text[slice(*stretches[0])], sure=opens is None)
        made.append(Not(of=_any(words, part)) if told and part is not None else part)
    return made


def _told_by_limit(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None] | None:
    """An inclusion's state that a limit behind its comma tells, and of which no list need hold the name: "obesity, defined as BMI ≥ 30"."""
    state, limits = parts[:2]
    told = grammar().defined_word.match(words.text, words.trim(*stretches[1])[0]) is not None and limits is not None and _is_limits(limits)
    if words.role == "exclusion" or not told or not isinstance(state, Condition) or state.negated:
        return None
    return [None, *parts[1:]] if is_measured_state(words, *stretches[0]) else None


def is_measured_state(words: Words, start: int, end: int) -> bool:
    """Whether a stretch names a state that a measurement shows: "obesity", "anaemia", not "controlled hypertension"."""
    return grammar().measured_state.search(words.text, start, end) is not None and _KEPT.search(words.text, start, end) is None


def is_defined(words: Words, name: Mention, limits: Sequence[Paired]) -> bool:
    """Whether limits say what a name before them means: "anaemia defined as haemoglobin < 9"; an inclusion asks for "gout defined as urate > 7" as well."""
    places = [min([p.start, *(t.concept_start for t in p.thresholds if t.concept_start is not None)]) for p in limits]
    first = min((place for place in places if place >= name.end), default=None)
    if first is None or grammar().defined_word.search(words.text, name.end, first) is None:
        return False
    return words.role == "exclusion" or name.kind != "condition" or is_measured_state(words, name.start, name.end)


def carried(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None], *, either: bool) -> list[Expression | None]:
    """A list that opens with its denial, with what stands behind "or" denied too: "no BMI > 40 or HbA1c > 9 %".

    Behind a comma it is only what no rule of context can deny: "no anti-PD-1, anti-PD-L1, or other antibody".
    """
    lifted = is_lifted_denial(parts[0])
    opening = opened(words.text, *stretches[0]) if words.role == "inclusion" and (is_denied(parts[0]) or lifted) else None
    if opening is None:
        return list(parts)
    made = [parts[0]]
    for (start, end), part in zip(stretches[1:], parts[1:]):
        reaches = _goes_on(words, stretches[0][0], opening, (start, end)) and opened(words.text, start, end) is None
        unknown = isinstance(part, Condition) and part.concept is None
        if reaches and isinstance(part, AnyOf) and any(map(is_denied, part.of)):
            made.append(AllOf(of=tuple(p if is_denied(p) else Not(of=p) if isinstance(p, Unread) else _denied(words, p, start) for p in part.of)))
        else:
            made.append(_denied(words, part, start) if reaches and part is not None and (either or lifted or unknown) else part)
    return made


def beside_denial(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> bool:
    """Whether an "or" stands between what an inclusion denies and a limit that it asks for: "no gout or haemoglobin > 10" asks for both."""
    opening = opened(words.text, *stretches[0]) if words.role == "inclusion" and is_denied(parts[0]) else None
    further = [s for s, p in zip(stretches[1:], parts[1:]) if isinstance(p, Threshold)]
    return opening is not None and any(_goes_on(words, stretches[0][0], opening, stretch) for stretch in further)


def _goes_on(words: Words, start: int, opening: int, stretch: tuple[int, int]) -> bool:
    """Whether no new statement begins between a denial and a stretch; "must not have A or have B" goes on with its verb."""
    ends = end_of(words.text, opening, stretch[1])
    if ends is None or ends.start() >= stretch[0]:
        return True
    verb = ends.group().split()[-1].lower()
    same = any(m.group(1).lower() == verb for m in _CLAUSE.finditer(words.text, opening, ends.start()))  # "no asthma that is severe or is treated"
    return same or bool(_VERB.fullmatch(ends.group()) and _MODAL.search(words.text, start, opening))


def _denied(words: Words, part: Expression, start: int) -> Expression:
    """An item that a denial reaches: a thing, a bad limit, or the limit that explains a thing."""
    if isinstance(part, (Condition, Exposure)):
        return part.model_copy(update={"negated": True})
    if isinstance(part, Threshold) and part.kind == "window" and part.operator in ("le", "lt"):
        return Not(of=part)
    sided = _is_limits(part) and all(isinstance(leaf, Threshold) and leaf.operator in ("ge", "gt", "le", "lt") for leaf in leaves(part))
    told = _is_limits(part) and _tells(words, part, "", sure=not sided and not _in_brackets(words, part, start))
    return Not(of=_any(words, part)) if told else part


def tells_result(text: str, place: int, limits: Sequence[Threshold]) -> bool:
    """Whether limits say what a negative result is, by a bracket or the least grades: "skin test negative (induration < 10 mm)"."""
    if all(map(_is_least, limits)):
        return True
    bracket = text.rfind("(", max(0, place - _CHANGE), place)
    return bracket >= 0 and ")" not in text[bracket:place] and _NEGATIVE.search(text, 0, bracket) is not None


def doubted(text: str, end: int) -> bool:
    """Whether the words behind a limit say that it is not looked for: "survival of more than 24 hours is unlikely"."""
    return _DOUBTED.match(text, end) is not None


def unchanged(text: str, named: int, start: int) -> bool:
    """Whether a limit is that of a change which there was not: "stable weight (no change > 5 %)", its name ending at `named`.

    So is one that is not thought to be met: "life expectancy unlikely to exceed 3 months".
    """
    return _UNCHANGED.search(text, max(named, start - _CHANGE), start) is not None or _UNLIKELY_TO.search(text, max(named, start - _CHANGE), start) is not None


def denied_bracket(words: Words, name: str, made: Expression) -> Expression:
    """What a bracket lists behind a denied name, denied: "no renal failure (creatinine > 2 or on dialysis)"."""
    parts = made.of if isinstance(made, (AllOf, AnyOf)) else (made,)
    if words.role == "exclusion" or not all(is_denied(p) or (_is_limits(p) and _tells(words, p, name, sure=False)) for p in parts):
        return made
    denied = group("and", [p if is_denied(p) else Not(of=_any(words, p)) for p in parts])
    return denied or made


def lacks_state(words: Words, start: int, end: int, made: Expression) -> bool:
    """Whether a bracket says what a sound state is that an exclusion's people lack: "without adequate renal function (clearance > 60)"."""
    said = words.text[start:end]
    lacked = words.role == "exclusion" and _LACKED.search(said) is not None and names().sound.search(said) is not None
    return lacked and _is_limits(made) and _tells(words, made, said, sure=False)


def denied_limits(words: Words, name: Mention, made: Expression) -> Expression:
    """The limits in the bracket behind a name, denied where the name is: "no asthma (FEV1 < 80 %) or anaemia (Hb < 10)"."""
    tells = _is_limits(made) and _tells(words, made, words.text[name.start : name.end], sure=words.role == "exclusion")
    lasts = words.role == "inclusion" and isinstance(made, Threshold) and made.kind == "duration" and made.concept not in name.ids  # "no surgery (with a stay of 3 days)"
    denied = "negated" in name.context and (tells or lasts or _defines(words, name, made))
    return Not(of=_any(words, made)) if denied else made


def staged(words: Words, names: Sequence[Mention], rank: Expression | None) -> Expression | None:
    """A thing with the stage in its bracket, which does not say what the thing is: "melanoma (stage IV)".

    An inclusion denies the two together: "no melanoma (stage IV)" asks for no stage, as "melanoma without metastasis (stage I)" does.
    """
    named = [of_mention(words.text, m, m.start, m.end) for m in names if (m.start, m.end) in words.ranked]
    only = named[0] if len(named) == 1 and words.role == "inclusion" else None
    denied = isinstance(rank, Threshold) and isinstance(only, Condition) and only.negated and _lowest(rank)
    if denied and rank is not None and only is not None and not any(m.kind == "condition" for m in words.names(0, names[0].start)):
        return Not(of=AllOf(of=(affirmed(words, only, names[0].start), rank)))
    return group("and", [*named, rank]) if named else None


def _defines(words: Words, name: Mention, made: Expression) -> bool:
    """Whether a bracket says in so many words that its limits mean the name: "no surgery (defined by a stay of at least 3 days)"."""
    first = min(leaf.start for leaf in leaves(made))
    return words.role == "inclusion" and _DEFINED.search(words.text, name.end, first) is not None


def _tells(words: Words, made: Expression, name: str, *, sure: bool) -> bool:
    """Whether limits tell what the denied `name` is, and not how its absence shows; in doubt not, where that must be `sure`."""
    sound = names().sound.search(name) is not None
    if words.role == "exclusion" and not sound:
        return False
    means = {_means(leaf, name, sound=sound) for leaf in leaves(made) if isinstance(leaf, Threshold)}
    return means == {True} or (not sure and False not in means)


def means(limit: Threshold, name: str) -> bool | None:
    """Whether a limit holds where the thing of this name is there, or where a sound state of this name is lacking; None where nobody knows."""
    return _means(limit, name, sound=names().sound.search(name) is not None)


def _is_least(limit: Threshold) -> bool:
    """Whether a limit is the least grades of something in words of the text's own: "no overexpression, defined as IHC 0 or 1+"."""
    return limit.operator == "between" and limit.concept is None and limit.unit is None and limit.low == 0


def _means(limit: Threshold, name: str, *, sound: bool) -> bool | None:
    """Whether a limit holds where the thing of this name is there; None where nobody knows."""
    if _is_least(limit):
        return False
    if limit.operator not in ("ge", "gt", "le", "lt"):
        return _of_rank(limit)
    above = limit.operator in ("ge", "gt")
    if limit.kind == "dose":
        return above  # a dose of the treatment is the treatment
    raised, lowered = names().raised.search(name) is not None, names().lowered.search(name) is not None
    bad = bad_side(limit.concept)
    if raised != lowered and limit.concept is not None and bad != ("high" if raised else "low"):
        return above == raised
    return None if bad is None else (above == (bad == "high")) != sound


def _of_rank(limit: Threshold) -> bool | None:
    """Whether a grade or class that is named as such is one of the thing: "no neuropathy (grade 3)", and not "(grade 0)"; a stage may be that of another."""
    lowest = _lowest(limit)
    ranked = limit.kind == "score" and "stage" not in (limit.concept or "stage") and limit.operator in ("eq", "between", "in") and bad_side(limit.concept) != "low"
    return lowest > 0 if ranked and lowest is not None else None


def _lowest(limit: Threshold) -> Decimal | None:
    """The lowest grade of a rank."""
    return min(limit.grades) if limit.grades else limit.low


def _is_limits(part: Expression) -> bool:
    if isinstance(part, (AllOf, AnyOf)):
        return all(map(_is_limits, part.of))
    return isinstance(part, Threshold) and (part.kind in _KINDS or (part.kind == "duration" and bad_side(part.concept) == "low"))


def _is_thing(part: Expression) -> bool:
    """Whether a part is a disease, a treatment or an unread thing, denied."""
    return is_denied(part) and (isinstance(part, (Condition, Exposure)) or (isinstance(part, Not) and isinstance(part.of, Unread)))


def affirmed(words: Words, part: Expression, begin: int) -> Expression:
    """A denied thing as it is without the denial, which ends at `begin`."""
    if isinstance(part, Not):
        return part.of
    if not isinstance(part, (Condition, Exposure)):
        return part.model_copy(update={"value": True}) if isinstance(part, Demographic) and part.value is False else part
    start = max(begin, part.start)
    return part.model_copy(update={"negated": False, "start": start, "text": words.text[start : part.end]})


def _any(words: Words, made: Expression) -> Expression:
    """Limits that a denial denies one by one, unless "and" joins them."""
    return AnyOf(of=made.of) if isinstance(made, AllOf) and not _AND.search(words.text, _first(made), _end(made)) else made


def _first(made: Expression) -> int:
    return min(min(leaf.start, leaf.concept_start) if isinstance(leaf, Threshold) and leaf.concept_start is not None else leaf.start for leaf in leaves(made))


def _start(part: Expression) -> int:
    return min(leaf.start for leaf in leaves(part))


def _end(*parts: Expression) -> int:
    return max(leaf.end for part in parts for leaf in leaves(part))


def _in_brackets(words: Words, part: Expression, start: int) -> bool:
    return words.layout.depth[_first(part)] > words.layout.depth[start]


def hindered(words: Words, paired: Paired, cue: int, end: int, start: int) -> list[Expression | None]:
    """A limit of what someone is unable to do, or plans: "inability to refrain from alcohol for 2 days" tells nothing of the drinking alone.

    An exclusion of those who plan a thing within a time, or might be given it, shuts out those who had it as well.
    """
    least = all(t.operator in ("gt", "ge", "eq") and t.kind != "window" for t in paired.thresholds)
    if least and _UNLIKELY.match(words.text, cue):
        return [of_pair(paired, negated=True)]  # "unlikely to survive for more than 3 months"
    unable, excludes = is_unable(words.text, cue), words.role == "exclusion"
    cause = unread(words.text, cue, end) if start <= cue else None
    limit = of_pair(paired, negated=excludes and unable and uses(words.text, cue, end))
    return [group("or", [cause, limit])] if excludes and not unable else [cause, limit]


def is_further(words: Words, names: Sequence[Mention], stretch: tuple[int, int], limits: Expression) -> bool:
    """Whether the limit of a bracket asks more of who has a disease, which no measurement is: "gout (urate > 7)" in an inclusion."""
    measured = all(isinstance(leaf, Threshold) and leaf.kind in ("measurement", "score") for leaf in leaves(limits))
    known = all(m.kind == "condition" and not m.context for m in names)
    return words.role == "inclusion" and measured and known and not is_measured_state(words, *stretch)


def with_kind(words: Words, start: int, general: Expression, limit: Paired, made: Expression | None) -> Expression | None:
    """A disease that an exclusion's stretch begins with, and the time of an example of it, either of which excludes: "severe heart disease such as infarction within 6 months"."""
    place = limit.thresholds[0].concept_start
    timed = words.role == "exclusion" and limit.time is not None and place is not None
    kind = grammar().kind_word.search(words.text, general.end, place or 0) if timed and isinstance(general, Condition) and not general.negated else None
    if kind is None or not isinstance(general, Condition) or not words.layout.is_open(kind.start(), start):
        return None
    begin = words.trim(start, general.end)[0]
    return group("or", [general.model_copy(update={"start": begin, "text": words.text[begin : general.end]}), made])


def tells_method(words: Words, start: int, end: int) -> bool:
    """Whether a bracket of an exclusion only says how and when a thing was shown: "pregnancy (documented by a test within 24 hours)", "(urine test within 7 days)"."""
    if words.role == "inclusion":
        return False  # who is asked for a test by some day must have had it
    how = grammar().evidence.match(words.text, start, end)
    named = words.names(start, end)
    tested = bool(named) and all((examines(m) or m.ids[0] in statuses().results) and "negated" not in m.context for m in named)
    timed = all(p.time is not None for p in words.limits(start, end))
    return timed and tested and (how is not None or is_light(words.text[start : named[0].start]))

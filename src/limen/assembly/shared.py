"""What the things of a list share: a limit, an age, a length of time beside one of them; and alternatives in doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeGuard

from limen.assembly.coordination import example_at, is_kind
from limen.assembly.denials import is_denied, is_lifted_denial, opened
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, group, is_light, left_unread, of_mention, trim, unread, windowed
from limen.assembly.purposes import asked_of_treated, of_treated
from limen.assembly.segments import Cut
from limen.assembly.trailing import asked_of_each, thing_of, unsurely_denied
from limen.assembly.whom import with_more_people
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, Not, Threshold, Unread, leaves

_NO = re.compile(r"(?:no|not)\s+", re.IGNORECASE)
_GOVERNING = re.compile(r"\b(?:of|to|with|received|receiving|taking|taken|using)$")
_LINK = re.compile(r"\s*(?:[^\W\d_][\w-]*\s+){1,6}", re.IGNORECASE)
_PURPOSE = re.compile(r"\b(?:for|because\s+of|due\s+to)\b", re.IGNORECASE)
_AFTER = re.compile(r"\s(?:after|upon|following|despite|on|during)\s", re.IGNORECASE)
_WITH = re.compile(r"\b(?:with|and|having)\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE)
_COMPANY = re.compile(r"\s*\(?(?:(?:that|which|who)\s+(?:is|are|was|were)\s+(?:\w+ly\s+)?)?(?:(?:origin\w+|aris\w+|stemm\w+|result\w+|deriv\w+)\s+from|attributable\s+to|related\s+to|as\s+a\s+(?:result|consequence)\s+of|(?:associated\s+|complicated\s+)?(?:with|by)|(?:who|that|which)\s+(?:have|has)|having)\s+(?:[\w-]+\s+){0,3}", re.IGNORECASE)
_BOTH = re.compile(r"(?<!\bone\sor)\s*both\s", re.IGNORECASE)
_AND = re.compile(r"\band\s", re.IGNORECASE)
_SHOWN = re.compile(r"\b(?:by|via|per)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)  # how it was found
_EVENT = 5  # words of the last thing that a length of time may share with a list before it


def shared_by_all(words: Words, cuts: Sequence[Cut], start: int, end: int) -> Cut | None:
    """The "and" between names that "or" joins and limits: "lupus or scleroderma and creatinine < 2" asks both for the limit."""
    either = [c for c in cuts if c.join in ("or", "either")]
    if words.role != "inclusion" or not either:
        return None
    for cut in (c for c in cuts if c.join == "and"):
        names = (start, cut.start) if all(c.end <= cut.start for c in either) else (cut.end, end)
        limits = (cut.end, end) if names[0] == start else (start, cut.start)
        apart = all(names[0] <= c.start and c.end <= names[1] for c in either)
        if apart and words.limits(*limits) and not words.limits(*names):
            return cut
    return None


def asks_first(words: Words, cuts: Sequence[Cut]) -> bool:
    """Whether "A and B or C" asks for A in any case: in an inclusion, unless "and" stands on both sides of "or", it is "OR", or "both" stands behind it."""
    either, both = ([c for c in cuts if c.join == join] for join in ("or", "and"))
    if words.role != "inclusion" or not either or any(words.text[c.start : c.end].isupper() or _BOTH.match(words.text, c.end) for c in either):
        return False
    if any(words.text[c.start : c.end].lower().startswith("but") or _continues(words, c) for c in both):
        return False  # "but" is said of the last alternative alone
    return not (any(c.end <= either[0].start for c in both) and any(c.start >= either[-1].end for c in both))


def _continues(words: Words, cut: Cut) -> bool:
    """Whether a joint leads from a limit to the next of the same measurement: "> 5 in men and > 4 in women"."""
    behind = next((p for p in words.pairs if 0 <= p.start - cut.end < 2), None)
    return behind is not None and any(p.thresholds[0].concept == behind.thresholds[0].concept for p in words.pairs if p.end <= cut.start)


def closed(words: Words, cuts: Sequence[Cut]) -> Cut | None:
    """The comma behind a list that "or" has closed: in an inclusion, what follows it is asked for too, as it is behind ", and"."""
    last = max((i for i, c in enumerate(cuts) if c.join == "or"), default=None)
    if words.role != "inclusion" or last is None or last + 1 == len(cuts):
        return None
    if any(c.join != "comma" for c in cuts[last + 1 :]) and not _joins_all(words, cuts, last):
        return None
    return cuts[last + 1] if example_at(words.text, cuts[last].end, cuts[last + 1].start) is None else None


def _joins_all(words: Words, cuts: Sequence[Cut], last: int) -> bool:
    """Whether ", and" follows the "or" that closed a list, no "and" standing before it; ", but" only where it denies."""
    behind = cuts[last + 1]
    alone = behind.join == "and" and behind.loose and all(c.join == "comma" for c in (*cuts[:last], *cuts[last + 2 :]))
    but = words.text[behind.start : behind.end].strip(" ,").lower() == "but"
    return alone and (not but or opened(words.text, words.skip(behind.end), len(words.text)) is not None)


def share_window(words: Words, start: int, made: Expression | None) -> Expression | None:
    """ "Use of A, B or C within 4 weeks": the length of time behind the list, and the denial before it, are those of its items."""
    opening = _NO.match(words.text, start)
    head = grammar().list_head.match(words.text, opening.end() if opening else start)
    if not isinstance(made, (AllOf, AnyOf)) or head is None:
        return made
    timed = _timed_alike(made.of)
    last = timed[0]
    window = last.of if isinstance(last, Not) else last
    sharing = (Condition, Exposure, Unread) if _GOVERNING.search(head.group()) else (Condition, Exposure)
    before = [p for p in made.of[: -len(timed)] if isinstance(p, sharing)]
    if not isinstance(window, Threshold) or len(before) < len(made.of) - len(timed) or not _is_shared(words, window, start):
        return made
    if not opening and last is not window and before and not is_denied(before[0]):
        return made  # "cancer that needs treatment or that has not been in remission for a year"
    if opening and is_denied(before[0]) and last is window:
        return AllOf(of=(*(windowed(p, window) for p in before), *(Not(of=p) for p in timed)))
    return made.model_copy(update={"of": (*(windowed(p, window) for p in before), *timed)})


def _timed_alike(parts: Sequence[Expression]) -> Sequence[Expression]:
    """The last item of a list, with the items whose window is that of it already: its kinds."""
    last = parts[-1]
    alike = [p for p in parts if isinstance(p, Threshold) and isinstance(last, Threshold) and (p.start, p.end) == (last.start, last.end)]
    return alike or [last]


def _is_shared(words: Words, window: Threshold, start: int) -> bool:
    """Whether a length of time at the end of a list may be that of all its items."""
    event, depth = window.concept_start, words.layout.depth
    if window.kind not in ("window", "duration") or event is None or start < window.start < event or depth[event] != depth[start] or ":" in words.text[start:event]:
        return False
    return window.kind == "window" or len((window.concept_text or "").split()) <= _EVENT


def denied_behind(parts: Sequence[Expression | None]) -> bool:
    """Whether a list goes on with what its first item denies at its end: "lymphoma that has not had A, B or C"."""
    first, rest = parts[0], parts[1:]
    ends_denied = isinstance(first, AllOf) and is_denied(first.of[-1])
    if not (ends_denied or is_lifted_denial(first)) or not any(map(is_denied, rest)):
        return False
    last = first.of[-1] if isinstance(first, AllOf) else None
    others = isinstance(last, Exposure) and all(isinstance(p, Condition) for p in rest)  # "asthma not treated with steroids, or gout"
    return not others and all(is_denied(p) or isinstance(p, Unread) for p in rest)


def alternatives(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, with what is asked of all of them apart, and those in doubt unread."""
    parts = age_of_all(words, stretches, unsurely_denied(words, stretches, parts))
    for apart in (for_purposes, asked_of_treated, for_company, of_treated, for_limits, for_people, for_lead, asked_of_each, doubted, for_each):
        parts = apart(words, stretches, parts) if len(parts) == len(stretches) else parts
    return with_more_people(for_all(parts))


def for_all(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, with what all of them must meet apart from them."""
    return _with_age_apart(_with_lead_apart(parts))


def age_of_all(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, with an age that stands in the words of one of them asked of all.

    "Adults (18 years or older) with A or B" asks both for the age; it is no third way in.
    """
    first, last = parts[0], parts[-1]
    if _is_age(first) and not any(map(_is_age, parts[1:])) and (len(parts) > 2 or words.weighty(first.end, stretches[0][1])):
        return [group("and", [first, group("or", [unread(words.text, first.end, stretches[0][1]), *parts[1:]])])]
    if _is_age(last) and not any(map(_is_age, parts[:-1])) and words.weighty(stretches[-1][0], last.start):
        return [group("and", [group("or", [*parts[:-1], unread(words.text, stretches[-1][0], last.start)]), last])]
    return list(parts)


def _is_age(part: Expression | None) -> TypeGuard[Threshold]:
    return isinstance(part, Threshold) and part.kind == "age"


def doubted(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, those in doubt unread: a patient must not be let in by a mere part of what is asked.

    "Second-line treatment after recurrence or metastasis" asks for a treatment after either; read as two alternatives, the
    bare name behind "or" would be enough by itself.  So would be what is said of the first ("or for which no therapy exists"),
    and the second treatment of a disease that is `treated`: "asthma on steroids or omalizumab".
    """
    text, (first, last) = words.text, stretches[0]
    treated = any(m.kind in ("drug", "procedure") for m in words.names(first, last))
    adjunct = grammar().adjunct.search(text, first, last)
    doubt = adjunct is not None and not is_light(text[first : adjunct.start()])
    says_more = any(grammar().clause.match(text, trim(text, *stretch)[0]) for stretch in stretches[1:])
    kept = [parts[0]]
    for (start, end), part in zip(stretches[1:], parts[1:]):
        if isinstance(part, (Condition, Exposure)):
            bare = doubt and not part.negated and not grammar().adjunct.match(text, trim(text, start, end)[0])
            second = treated and _has_disease(parts[0]) and isinstance(part, Exposure) and not part.negated
            kept.append(left_unread(part) if says_more or bare or second else part)
        else:
            kept.append(unread(text, start, end) if treated and _has_disease(parts[0]) and part is not None and thing_of(part) == "treatment" else part)
    return kept


def _has_disease(first: Expression | None) -> bool:
    """Whether the first alternative is a disease, or one under a treatment that is timed: "asthma on steroids for 4 weeks or omalizumab"."""
    timed = isinstance(first, AllOf) and isinstance(first.of[0], Condition) and any(thing_of(p) == "treatment" for p in first.of[1:])
    return isinstance(first, Condition) or timed


def for_purposes(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, with what stands before them apart: "surgery for gallstones or hernia", "asthma on A or B".

    The alternatives are then of another kind than what they are said of; where the words between say more than that the one goes
    with the other ("intolerant to A or B"), nobody reads them.
    """
    first, rest = parts[0], parts[1:]
    start, end = stretches[0]
    things = [m for m in words.names(start, end) if m.kind != "demographic"]
    if not isinstance(first, (Condition, Exposure)) or first.negated or len(things) != 2 or any(m.context & {"negated", "inability"} for m in things):
        return list(parts)
    lead, one = things
    alike = Condition if one.kind == "condition" else Exposure
    told = _LINK.fullmatch(words.text, lead.end, one.start)
    if told is None or (lead.kind == "condition") == (one.kind == "condition") or not all(isinstance(p, alike) and not p.negated for p in rest):
        return list(parts)
    purpose = _PURPOSE.search(words.text, told.start(), told.end())
    if (lead.kind != "condition" and purpose is None) or _SHOWN.search(told.group()):
        return list(parts)
    place = words.trim(purpose.end() if purpose and lead.kind != "condition" else told.start(), end)
    plain = lead.kind != "condition" or {w.lower() for w in WORD.findall(told.group())} <= grammar().linking
    either = [of_mention(words.text, one, *place), *rest] if plain else [unread(words.text, *place), *(unread(words.text, *words.trim(a, b)) for a, b in stretches[1:])]
    return [group("and", [of_mention(words.text, lead, start, told.start()), group("or", either)])]


def for_company(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Diabetes with nephropathy or retinopathy": nobody knows whether an inclusion asks for diabetes in the second case too."""
    if (later := _first_in_company(words, stretches)) is not None and later:
        return [*parts[:later], *for_company(words, stretches[later:], parts[later:])]  # "gout or diabetes with nephropathy or retinopathy"
    first, rest = parts[0], parts[1:]
    start, end = stretches[0]
    things = [m for m in words.names(start, end) if m.kind != "demographic"]
    plain = all(isinstance(p, (Condition, Exposure)) and not p.negated for p in parts)
    if not plain or len(things) != 2 or things[0].kind != "condition" or not _COMPANY.fullmatch(words.text, things[0].end, things[1].start):
        return list(parts)
    lead, one = things
    if one.kind != "condition" and _SHOWN.search(words.text, lead.end, one.start):
        return list(parts)  # "coronary disease by angiography or scintigraphy"
    if is_kind(one, lead):
        return list(parts)  # "infection with HIV or hepatitis B"
    both = group("and", [of_mention(words.text, lead, start, lead.end), of_mention(words.text, one, one.start, end)])
    doubtful = [left_unread(p) for p in rest if isinstance(p, (Condition, Exposure))]
    return [both, *doubtful] if isinstance(first, Condition) else list(parts)


def _first_in_company(words: Words, stretches: Sequence[tuple[int, int]]) -> int | None:
    """Which alternative but the last is the first that names a disease in company of another thing."""
    for index, stretch in enumerate(stretches[:-1]):
        if "," in words.text[stretch[1] : stretches[index + 1][0]]:
            continue  # "meningitis with paresis, or a lymphoma"
        things = [m for m in words.names(*stretch) if m.kind != "demographic"]
        if len(things) == 2 and things[0].kind == "condition" and _COMPANY.fullmatch(words.text, things[0].end, things[1].start):
            return index
    return None


def for_limits(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion that are limits of one disease, apart from it: "asthma with eosinophils > 300 or FeNO > 25"."""
    for index, first in enumerate(parts[:-1]):
        rest = parts[index + 1 :]
        limited = _limited(first, rest) if index == 0 or all(map(_is_measured, rest)) else None
        if limited is not None:
            return [*parts[:index], limited]
    return list(parts)


def limited_again(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The grounds of an exclusion, with further limits of a disease's own measurement beside its first: "diabetes with HbA1c above 9 % or below 5 %"."""
    first, rest = parts[0], parts[1:]
    named = {p.concept for p in first.of if isinstance(p, Threshold)} - {None} if isinstance(first, AllOf) else set()
    again = bool(named) and all(isinstance(p, Threshold) and p.concept in named for p in rest)
    limited = _limited(first, rest) if again else None
    return list(parts) if limited is None else [limited]


def _limited(first: Expression | None, rest: Sequence[Expression | None]) -> Expression | None:
    """A disease under one of the limits that stand behind it, where its first one stands beside it."""
    plain = [p for p in rest if isinstance(p, (Condition, Exposure)) and not p.negated]
    if not isinstance(first, AllOf) or not any(map(_is_measured, rest)) or not all(_is_measured(p) or p in plain for p in rest):
        return None
    named = [p for p in first.of if not isinstance(p, Threshold)]
    limits = [p for p in first.of if isinstance(p, Threshold) and p.kind in ("measurement", "score")]
    before = all(isinstance(p, (Condition, Exposure, Demographic)) and p.end <= (t.concept_start or t.start) for p in named for t in limits)
    if not named or not limits or not before or len(named) + len(limits) < len(first.of):
        return None
    return group("and", [*named, group("or", [group("and", limits), *rest])])


def _is_measured(part: Expression | None) -> bool:
    """Whether a part is a limit of a measurement, or several of them."""
    if isinstance(part, AllOf):
        return all(map(_is_measured, part.of))
    return isinstance(part, Threshold) and part.kind in ("measurement", "score")


def for_people(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion that are diseases of one sex, apart from it: "women with preeclampsia or eclampsia"."""
    first, rest = parts[0], parts[1:]
    if not isinstance(first, AllOf) or len(first.of) != 2 or not isinstance(first.of[0], Demographic):
        return list(parts)
    sexed = first.of[0].attribute == "sex"
    if not all(_is_disease(p, unread_too=sexed) for p in (first.of[1], *rest)):
        return list(parts)
    return [group("and", [first.of[0], group("or", [first.of[1], *rest])])]


def _is_disease(part: Expression | None, *, unread_too: bool) -> bool:
    """Whether a part names what someone has or takes; `unread_too`: or what nobody read, which speaks of no other people."""
    if isinstance(part, Unread):
        return unread_too and not grammar().peopled.search(f"{part.text} ")
    return isinstance(part, (Condition, Exposure)) and not part.negated


def for_lead(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion behind commas, apart from what "and" puts before the first: "metformin and gout, asthma, or fever"."""
    first, rest = parts[0], parts[1:]
    if len(rest) < 2 or not isinstance(first, AllOf) or len(first.of) != 2:
        return list(parts)
    things = [p for p in (*first.of, *rest) if isinstance(p, (Condition, Exposure)) and not p.negated]
    if len(things) < len(rest) + 2 or not _AND.search(words.text, things[0].end, things[1].start + 1):
        return list(parts)
    return [group("and", [first.of[0], group("or", [first.of[1], *rest])])]


def for_each(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, with the limits apart that "with" adds to the last: "asthma or COPD with FEV1 < 60 %" limits both.

    So does the treatment "after" which either came: "progression or relapse after at least one line of chemotherapy".
    """
    last = parts[-1]
    named = last.of[0] if isinstance(last, AllOf) else None
    if not isinstance(last, AllOf) or not isinstance(named, Condition) or not all(isinstance(p, Condition) and not p.negated for p in (named, *parts[:-1])):
        return list(parts)
    limits = [p for p in last.of[1:] if isinstance(p, Threshold) and p.kind in ("measurement", "score", "count")]
    bare = all("," not in words.text[b:c] for (_, b), (c, _) in zip(stretches, stretches[1:]))
    if bare and limits and _AFTER.match(words.text, named.end) and all(leaf.start > named.end for p in last.of[1:] for leaf in leaves(p)):
        return [group("and", [group("or", [*parts[:-1], named]), *last.of[1:]])]
    begins = min((p.concept_start if p.concept_start is not None else p.start for p in limits), default=0)
    if not bare or len(limits) < len(last.of) - 1 or not _WITH.search(words.text, named.start, begins):
        return list(parts)
    return [group("and", [group("or", [*parts[:-1], named]), *limits])]


def _with_lead_apart(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Age 18 or older with A, B or C": the limit that leads is asked of all, and only its last name is one of the list."""
    first, rest = parts[0], parts[1:]
    plain = all(isinstance(p, (Condition, Exposure, Unread)) for p in rest)
    names = [p for p in first.of if isinstance(p, (Condition, Exposure))] if isinstance(first, AllOf) else []
    if not plain or not names or not isinstance(first, AllOf):
        return list(parts)
    name = max(names, key=lambda p: p.start)
    lead = [p for p in first.of if p is not name]
    if not any(isinstance(p, Threshold) and p.end <= name.start for p in lead):
        return list(parts)
    return [group("and", [*lead, group("or", [name, *rest])])]


def _with_age_apart(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """ "Male or non-pregnant female aged 18 or older": the age behind the last of several people is asked of all."""
    last = parts[-1]
    if len(parts) < 2 or not isinstance(last, AllOf) or not all(isinstance(p, Demographic) for p in parts[:-1]):
        return list(parts)
    ages = [p for p in last.of if isinstance(p, Threshold) and p.kind == "age"]
    people = [p for p in last.of if p not in ages]
    if not ages or not people or not all(isinstance(p, (Demographic, Unread)) for p in people):
        return list(parts)
    return [group("and", [group("or", [*parts[:-1], group("and", people)]), *ages])]

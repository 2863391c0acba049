"""For whom a limit holds: "≥ 13 g/dL in men, ≥ 12 g/dL in women", "≤ 3 x ULN; ≤ 5 x ULN if liver metastases"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from limen.assembly.coordination import SEXES
from limen.assembly.grammar import grammar
from limen.assembly.in_order import beside_men
from limen.assembly.leaves import group, of_mention, unread
from limen.assembly.statuses import statuses
from limen.assembly.windows import timed_limit
from limen.assembly.words import ListRole, Words
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, IfThen, Not, Threshold, Unless, leaves
from limen.mentions import Mention
from limen.thresholds import Paired

_WITH = re.compile(r"\s*(?:(?:\w+\s+)?with(?:out)?|no|(?:in\s+)?(?:the\s+)?absence\s+of)\s", re.IGNORECASE)
KINDS_OF_PEOPLE = frozenset(["male", "female", "childbearing", "fertile_male"])
_ANOTHER_TIME = re.compile(r"\s*\d{1,3}\s?(?:hours?|days?|weeks?|months?|years?)\s(?:for|in|if)\b", re.IGNORECASE)
_FOR = re.compile(r"\s+(?:if\s+)?(?:for|in|with)\s+(?=[^\d\s])", re.IGNORECASE)
_AGE = 50  # characters of the words that say for patients of which age a limit is
_PATIENTS = r"(?:(?:the\s+)?(?:patients?|subjects?|participants?|children|adults|adolescents|people|persons|individuals|those|infants)(?:\s+|$))?(?:(?:who|that)\s+)?(?:(?:is|are)(?:\s+|$))?(?:(?:aged?|of\s+age)(?:\s+|$))?$"
_AT_AGE = re.compile(rf"\b(?:for|if)\s+{_PATIENTS}", re.IGNORECASE)
_IN_BRACKET = re.compile(rf"[(\[]\s*(?:for|if|in|when|among)\s+{_PATIENTS}", re.IGNORECASE)
_NO_ONE = re.compile(r"(?:the\s+|a\s+|an\s+|at\s+|his\s+|her\s+|their\s+)*(?:past|last|previous|preceding|prior|next|first|least|more|less|longest|shortest|short|long|two|three|one|each|any|all|both|either|every|total|diameter|dimension|size|serum|blood|plasma|urine|whole|morning|study|trial|inclusion|enrol\w+|eligib\w+|screening|duration|addition|order|general|accordance|regard|respect|support|transfusion)\b", re.IGNORECASE)
_OF_SOME = re.compile(
    r"(?:(?:in|for|among)\s+(?:(?:the|all|any)\s+)?(?:patients?|subjects?|participants?|those|individuals|persons|people|adults|children|wom[ae]n|m[ae]n)\s+(?:with(?:out)?|who(?:se)?|having|on|receiving|taking|undergoing|not)|in\s+(?:the\s+)?(?:setting|context)\s+of)\s",
    re.IGNORECASE,
)
_OR = re.compile(r"\s*(?:and/)?or\s", re.IGNORECASE)
_OR_NUMBER = re.compile(r"\s*or\s+(?:up\s+to\s+)?\d[\d.]*\s*(?:if|when|for|in)\s", re.IGNORECASE)  # "18 to 65 (or 70 if healthy)"
_GAP = re.compile(r"[)\]]\s*,?\s*[(\[]?")
_STATES = ("pregnant", "breastfeeding", "postmenopausal", "premenopausal")
_HAVING = re.compile(r"\s*(?:women|woman|females?|patients|subjects|participants|mothers)?\s*(?:with|who\s+have|having|diagnosed\s+with)\s+(?:[\w-]+\s+){0,4}", re.IGNORECASE)


class Lists(Protocol):
    """Reads what stands behind a guard."""

    def stretch(self, start: int, end: int) -> Expression | None: ...
    def sentences(self, start: int, end: int, join: str | None = None) -> Expression | None: ...


def people_with(text: str, names: Sequence[Mention], main: Mention) -> list[Mention]:
    """The state of those who are said to have a disease: "pregnant women with hypertension" asks for both."""
    if main.kind == "demographic":
        return []
    return [m for m in names if m.ids[0] in _STATES and m.end <= main.start and _HAVING.fullmatch(text, m.end, main.start)]


def by_people(parts: Sequence[Expression | None], join: str, role: ListRole) -> list[Expression | None]:
    """The parts of a list with each limit under those whom it is for: what an inclusion asks of them, what an exclusion spares them."""
    if role == "inclusion":
        return _loosened(_by_name(by_sex(beside_men(parts)))) if join == "and" else list(parts)
    return _spared(parts) if join == "or" else list(parts)


def by_sex(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The parts that together set limits for both sexes, each under the sex that it is for."""
    split = [_sex_and_limits(part) for part in parts]
    sexes = {found[0].value for found in split if found is not None}
    if len(sexes) < 2:
        return list(parts)
    return [part if found is None else IfThen(when=found[0], then=found[1]) for part, found in zip(parts, split)]


def _by_name(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The parts that set a limit again for those whom names before it tell: "ALT ≤ 2.5 x ULN; liver metastases or lymphoma: ≤ 5 x ULN"."""
    made: list[Expression | None] = []
    for part in parts:
        before = made[-1] if made else None
        made.append(_again(part, before.then if isinstance(before, IfThen) else before) or part)
    return made


def _spared(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The reasons of an exclusion, of which one is lifted where the next sets it farther out for some people.

    Of "ALT > 2.5 x ULN; with liver metastases > 5 x ULN" nobody with metastases is shut out at 3 x ULN.
    """
    made: list[Expression | None] = []
    for part in parts:
        before = made[-1] if made else None
        found = (part.when, part.then) if isinstance(part, IfThen) else _people_and_limits(part)
        wider = before is not None and found is not None and sets_again(found[1], before) and is_wider(before, found[1])
        made[-1:] = [_for_some(before, IfThen(when=found[0], then=found[1]), "exclusion")] if wider and found is not None else [*made[-1:], part]
    return made


def _again(part: Expression | None, before: Expression | None, *, bracket: bool = False) -> IfThen | None:
    """A part that sets the limit before it again for those whom its names tell, in front of a limit without a name of its own.

    In a bracket the limit may have its name: "(liver metastases: ALT ≤ 5 x ULN)".
    """
    found = _people_and_limits(part)
    if found is None or before is None or not sets_again(found[1], before):
        return None
    whom, limits = found
    first, last = min(leaf.start for leaf in leaves(whom)), max(leaf.end for leaf in leaves(whom))
    set_anew = [t for t in leaves(limits) if isinstance(t, Threshold)]
    borrowed = all(t.concept_start is not None and t.concept_start < first <= t.start for t in set_anew)
    named = bracket and all(t.concept_start is not None and last <= t.concept_start for t in set_anew)
    return IfThen(when=whom, then=joined_as(limits, before)) if borrowed or named else None


def joined_as(limits: Expression, before: Expression) -> Expression:
    """The limits of several measurements joined as those before them: "AST and ALT ≤ 3 x ULN (lymphoma: AST and/or ALT ≤ 5 x ULN)" asks for both."""
    joined = type(before) if isinstance(before, (AllOf, AnyOf)) else None
    return joined(of=limits.of) if joined is not None and isinstance(limits, (AllOf, AnyOf)) else limits


def _people_and_limits(part: Expression | None) -> tuple[Expression, Expression] | None:
    """What people have and the limits that stand beside it: one thing, or alternatives of which the last has the limits."""
    several = part.of if isinstance(part, AnyOf) else (part,)
    last = several[-1]
    if not isinstance(last, AllOf) or not all(map(_is_of_names, several[:-1])):
        return None
    limits = [p for p in last.of if _bounds(p)]
    names = [p for p in last.of if p not in limits]
    when, then = group("or", [*several[:-1], group("and", names)]), group("and", limits)
    known = all(isinstance(p, (Condition, Exposure)) for p in names)
    return (when, then) if names and known and when is not None and then is not None else None


def _loosened(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The parts of an inclusion, with a limit that is set wider for some people as another way to meet the one before it."""
    made: list[Expression | None] = []
    for part in parts:
        before = made[-1] if made else None
        if isinstance(part, IfThen) and before is not None and (is_wider(part.then, before) or is_missed(before, part.when)):
            made[-1] = group("or", [before, AllOf(of=(part.when, part.then))])
        elif isinstance(part, AllOf) and before is not None and is_missed(before, part.of[0]):
            made[-1] = AnyOf(of=(before, part))  # "creatinine ≤ 2 mg/dL. Patients with creatinine > 2 mg/dL must have a clearance ≥ 60"
        else:
            made.append(part)
    return made


def with_more_people(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, with a bare name behind a limit for some people as one more of these people.

    "≤ 2 x ULN or ≤ 3 x ULN with A or B" lets nobody in for having B.
    """
    made: list[Expression | None] = []
    for part in parts:
        more = _and_those(made[-1], part) if made and _is_of_names(part) else None
        made[-1:] = [more] if more is not None else [*made[-1:], part]
    return made


def _and_those(before: Expression | None, part: Expression | None) -> Expression | None:
    if isinstance(before, IfThen):
        return before.model_copy(update={"when": group("or", [before.when, part])})
    if not isinstance(before, AllOf) or not _is_of_names(before.of[-1]) or not all(isinstance(p, Threshold) for p in before.of[:-1]):
        return None
    behind = max(p.end for p in leaves(before)) == max(p.end for p in leaves(before.of[-1]))
    return group("and", [*before.of[:-1], group("or", [before.of[-1], part])]) if behind else None


def _is_of_names(part: Expression | None) -> bool:
    """Whether a part only names what someone has or takes, undenied."""
    if isinstance(part, AnyOf):
        return all(map(_is_of_names, part.of))
    return isinstance(part, (Condition, Exposure)) and not part.negated


def one_of_people(text: str, names: Sequence[Mention]) -> Expression | None:
    """Men and women of some kind side by side, one or the other of whom is meant: "men and women of childbearing age unwilling to ..."."""
    people = [m for m in names if m.ids[0] in KINDS_OF_PEOPLE]
    several = len(people) == len(names) > 1 and len({m.ids[0] for m in people}) > 1
    return group("or", [of_mention(text, m, m.start, m.end) for m in people]) if several else None


def tells_whom(words: Words, start: int, end: int) -> bool:
    """Whether a bracket behind a limit says who else is meant: "≤ 5 x ULN (with liver metastases)", "(no metastases)"."""
    asked = words.role == "inclusion" and not words.limits(start, end) and words.names(start, end)
    lifts = any(c.category == "EXCEPTION" and start <= c.start < end for c in words.mentions.cues)
    return bool(asked) and not lifts and _WITH.match(words.text, start, end) is not None


def partnered(text: str, start: int, end: int, names: Sequence[Mention]) -> Expression | None:
    """ "Men with partners of childbearing potential": men, of whose partners nothing is recorded."""
    sex, told = names[0], statuses().partner.search(text, names[0].end, end)
    theirs = told is not None and sex.ids[0] in SEXES and names[-1].ids[0] == "childbearing"
    return group("and", [of_mention(text, sex, sex.start, sex.end), unread(text, sex.end, end)]) if theirs else None


def for_others(words: Words, made: Expression | None, start: int, end: int) -> Expression | None:
    """The limits of a bracket under those whom they are for: "≥ 10 mm (≥ 15 mm for lymph nodes)"; of whom nobody has read, a person decides."""
    limits = words.limits(start, end)
    then = unread(words.text, start, limits[0].start) if _ANOTHER_TIME.match(words.text, start, limits[0].start) else None
    if then is not None and made is not None:
        return IfThen(when=made, then=then)  # "(6 weeks for those over 65 years)"
    cue = _FOR.match(words.text, limits[-1].end, end)
    if cue is None or made is None or isinstance(made, IfThen) or not words.weighty(cue.end(), end) or _NO_ONE.match(words.text, cue.end(), end):
        return made
    parts = made.of if isinstance(made, AllOf) else (made,)
    own = [p for p in parts if isinstance(p, Threshold)]
    if cue is not None and own and all(p.kind == "window" and (p.concept_start or 0) >= cue.end() for p in own):
        return made  # "(6 weeks for nitrosoureas)" times those
    told = group("and", [p for p in parts if not isinstance(p, Threshold)])
    if not own or (told is not None and min(leaf.start for leaf in leaves(told)) < cue.end()):
        return made
    if told is not None and cue.group().strip().lower() == "with":
        return made
    whom, limited = told or unread(words.text, cue.end(), end), group("and", own)
    return IfThen(when=whom, then=limited) if whom is not None and limited is not None else made


def told_again(words: Words, limits: Sequence[Paired], start: int, end: int) -> Expression | None:
    """For whom a limit is set a second time, in words that no list knows: "≥ 100, or ≥ 75 with bone marrow involvement"."""
    limit, text = limits[0], words.text
    place = limit.thresholds[0].concept_start
    if words.role != "inclusion" or len(limits) > 1 or limit.time is not None or place is None or place >= start:
        return None
    if not any(_bounds(t).keys() & _bounds(limit.thresholds[0]).keys() for p in words.pairs if p.end <= start for t in p.thresholds):
        return None
    people = grammar().people.match(text, start, limit.start)
    if people is not None and words.weighty(people.end(), limit.start):
        return unread(text, *words.trim(start, limit.start))
    cue = _FOR.match(text, limit.end, end)
    told = cue is not None and not _NO_ONE.match(text, cue.end(), end) and words.weighty(cue.end(), end)
    return unread(text, cue.end(), end) if cue is not None and told else None


def in_brackets(words: Words, lists: Lists, limits: Sequence[Paired], inner: Sequence[tuple[int, int]]) -> list[tuple[Expression | None, bool]]:
    """What the brackets beside limits say of them, each with whether it is an alternative in so many words."""
    found = [(for_others(words, lists.sentences(a, b), a, b), _joins_or(words, limits, a, b)) for a, b in inner if words.limits(a, b)]
    behind = [(a, b) for a, b in inner if a > limits[-1].end]
    found += [(unread(words.text, a, b), True) for a, b in behind if _OR_NUMBER.match(words.text, a, b) and not words.limits(a, b)]
    return found + [(lists.stretch(a, b), False) for a, b in behind if tells_whom(words, a, b)]


def _joins_or(words: Words, limits: Sequence[Paired], start: int, end: int) -> bool:
    """Whether a bracket is an alternative: "(or INR > 1.7)"; in an exclusion, also another thing with a time of its own."""
    if _OR.match(words.text, start, end):
        return True
    inside = words.limits(start, end)[0]
    named, place = inside.thresholds[0].concept, inside.thresholds[0].concept_start
    timed = inside.time is not None and limits[-1].time is not None
    if timed and place is not None and place >= inside.end:  # "(6 weeks for nitrosoureas)"
        return not any("negated" in m.context for m in words.mentions.concepts if m.start == place)
    return timed and words.role == "exclusion" and named is not None and named != limits[-1].thresholds[0].concept


def of_some_people(words: Words, start: int, end: int) -> bool:
    """Whether words behind a limit of an inclusion say for whom it is, though no list knows what they have: "in patients with marrow involvement"."""
    told = _OF_SOME.match(words.text, start, end) if words.role == "inclusion" and not words.layout.depth[start] else None
    return told is not None and words.weighty(told.end(), end) and _NO_ONE.match(words.text, told.end(), end) is None


def guard_behind(words: Words, lists: Lists, inner: Sequence[tuple[int, int]], end: int) -> tuple[Expression, int] | None:
    """For whom a bracket's limit holds, said behind it, and where: "≤ 2.5 x ULN (≤ 5 x ULN) (if liver metastases)"."""
    last = max((b for a, b in inner if words.limits(a, b)), default=None)
    gap = _GAP.match(words.text, last, end) if last is not None else None
    cue = grammar().guard_suffix.match(words.text, gap.end(), end) if gap is not None else None
    if cue is None or words.limits(cue.end(), end) or _NO_ONE.match(words.text, cue.end(), end):
        return None
    sure = grammar().proviso.match(words.text, cue.start()) or of_some_people(words, cue.start(), end) or any(m.kind in ("condition", "demographic") for m in words.names(cue.end(), end))
    when = lists.stretch(*words.trim(cue.end(), end)) if sure else None
    return (when, cue.start()) if when is not None else None


def under_guard(words: Words, made: Expression, brackets: Sequence[tuple[Expression | None, bool]], when: Expression) -> Expression | None:
    """A limit with its brackets under the guard behind them, which is that of a bracket alone where it is wider."""
    part, either = brackets[-1] if brackets else (None, False)
    for_some = part is not None and not isinstance(part, IfThen) and is_wider(part, made) if words.role == "inclusion" else part is not None and is_wider(made, part)
    if for_some and part is not None:
        return with_brackets(words, made, [*brackets[:-1], (IfThen(when=when, then=part), either)])
    whole = with_brackets(words, made, brackets)
    return IfThen(when=when, then=whole) if whole is not None else None


def with_brackets(words: Words, made: Expression | None, brackets: Sequence[tuple[Expression | None, bool]]) -> Expression | None:
    """A limit with what stands in its brackets, each with whether it is an alternative in so many words."""
    for told, either in brackets:
        part = _again(told, made, bracket=True) or told
        if made is not None and is_at_age(words, told, _IN_BRACKET):
            made = at_age(words, [made, told], _IN_BRACKET)[0]
        elif (timed := timed_limit(made, part)) is not None:
            made = timed
        elif isinstance(part, IfThen):
            apart = either and made is not None and _bounds(made).keys() != _bounds(part.then).keys()
            made = group("or", [made, AllOf(of=(part.when, part.then))]) if apart else _for_some(made, part, words.role)
        elif part is not None and made is not None and (either or (words.role == "inclusion" and _wider_with_condition(part, made))):
            made = group("or", [made, part])
        else:
            made = group("and", [made, part])
    return made


def _for_some(made: Expression | None, part: IfThen, role: ListRole) -> Expression | None:
    """ "≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)": where it is wider, another way to pass; else one condition more, or one reason more."""
    other = AllOf(of=(part.when, part.then))
    if made is None:
        return other
    if role == "inclusion":
        return group("or", [made, other]) if is_wider(part.then, made) or is_missed(made, part.when) else group("and", [made, part])
    spared = AllOf(of=(part.when, Not(of=joined_as(part.then, made))))
    alike = _bounds(made).keys() == _bounds(part.then).keys()  # else a limit that nobody is spared would be lifted with the others
    return Unless(requirement=made, exception=spared) if alike and is_wider(made, part.then) else group("or", [made, other])


def _wider_with_condition(part: Expression, than: Expression) -> bool:
    """ "≤ 2.5 x ULN (≤ 5 x ULN with liver metastases)": a wider limit beside the condition that it is for."""
    if not isinstance(part, AllOf):
        return False
    limits = group("and", [p for p in part.of if isinstance(p, Threshold)])
    return limits is not None and any(isinstance(p, (Condition, Exposure)) for p in part.of) and is_wider(limits, than)


def at_age(words: Words, parts: Sequence[Expression | None], cue: re.Pattern[str] = _AT_AGE) -> list[Expression | None]:
    """An inclusion's limits under the age that they are for: "Karnofsky >= 60 for patients older than 14 years" asks nobody for that age."""
    *limits, last = parts or (None,)
    measured = bool(limits) and all(isinstance(p, Threshold) and p.kind in ("measurement", "score") for p in limits)
    limited = group("and", limits) if measured and is_at_age(words, last, cue) else None
    return [IfThen(when=last, then=limited)] if last is not None and limited is not None else list(parts)


def is_at_age(words: Words, part: Expression | None, cue: re.Pattern[str]) -> bool:
    """Whether a part of an inclusion is a bound of age behind words that say for whom something is."""
    if words.role == "exclusion" or not isinstance(part, Threshold) or part.kind != "age" or part.operator not in ("lt", "le", "gt", "ge"):
        return False
    start = min(part.start, part.concept_start if part.concept_start is not None else part.start)
    return cue.search(words.text, max(0, start - _AGE), start) is not None


def narrows(parts: Sequence[Expression | None]) -> bool:
    """Whether the second of two limits is narrower and for some people: "> 300, or > 900 with atrial fibrillation" asks them for more."""
    first, last = parts[0], parts[-1]
    return len(parts) == 2 and first is not None and isinstance(last, IfThen) and is_wider(first, last.then)


def sets_again(part: Expression, before: Expression) -> bool:
    """Whether a part sets the same bounds as the one before it: the same measurement, side, unit and reference."""
    return bool(_bounds(before)) and _bounds(part).keys() == _bounds(before).keys()


def is_wider(part: Expression, than: Expression) -> bool:
    """Whether the first part sets every bound of the second farther out; what it sets beside them only asks for more."""
    wide, narrow = _bounds(part), _bounds(than)
    return bool(narrow) and narrow.keys() <= wide.keys() and all(wide[side] > narrow[side] if not side[1] else wide[side] < narrow[side] for side in narrow)


def is_missed(limit: Expression, when: Expression) -> bool:
    """Whether a guard is for those who miss the limit before it: "creatinine ≤ ULN; if creatinine > ULN, clearance ≥ 60 mL/min" is another way to pass."""
    asked, missed = _bounds(limit), _bounds(when)
    measured = all(isinstance(leaf, Threshold) and leaf.kind in ("measurement", "score", "age") for leaf in leaves(limit))
    if not measured or len(asked) != 1 or len(missed) != 1:
        return False
    ((side, bound),), ((other, beyond),) = asked.items(), missed.items()
    opposite = (side[0], not side[1], *side[2:]) == other
    return opposite and (beyond <= bound if side[1] else beyond >= bound)


def _bounds(part: Expression) -> dict[tuple[str | None, bool, str | None, str | None], Decimal]:
    """The bounds that a part sets by measurement, side (true for a lower bound), unit and reference; empty where it says anything else."""
    limits = part.of if isinstance(part, (AllOf, AnyOf)) else (part,)
    found: dict[tuple[str | None, bool, str | None, str | None], Decimal] = {}
    for limit in limits:
        bound = (limit.low if limit.low is not None else limit.high) if isinstance(limit, Threshold) and limit.operator in ("ge", "gt", "le", "lt") else None
        if not isinstance(limit, Threshold) or bound is None or limit.concept is None:
            return {}
        found[limit.concept, limit.low is not None, limit.unit, limit.reference] = bound * limit.scale
    return found


def any_for_whom(parts: Sequence[Expression | None]) -> bool:
    """Whether parts are limits for different people: an exclusion that joins them with "and" excludes by any of them."""
    sexes = {found[0].value for part in parts if (found := _sex_and_limits(part)) is not None}
    return len(sexes) > 1 or (len(parts) > 1 and all(isinstance(part, IfThen) for part in parts))


def _sex_and_limits(part: Expression | None) -> tuple[Demographic, Expression] | None:
    if not isinstance(part, AllOf):
        return None
    sexes = [p for p in part.of if isinstance(p, Demographic) and p.attribute == "sex"]
    limits = [p for p in part.of if isinstance(p, Threshold)]
    then = group("and", limits)
    return (sexes[0], then) if len(sexes) == 1 and then is not None and len(limits) == len(part.of) - 1 else None

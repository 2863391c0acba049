"""What stands on the two sides of a joint: an event and what goes before it, an age, a mere adjunct."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly.atoms import REFERS
from limen.assembly.coordination import SEXES, beside_slash, ends_in_quality, hangs_over, is_kind, nouns
from limen.assembly.denials import DENIAL, opened, qualifies, states
from limen.assembly.evidence import examines
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, is_light
from limen.assembly.peers import how_long_ago
from limen.assembly.purposes import treated_disease
from limen.assembly.segments import Cut, between
from limen.assembly.statuses import statuses
from limen.assembly.words import Words
from limen.mentions import Mention

CARRYING = ("pregnant", "breastfeeding")

_HANGS = re.compile(r"[^\W_]-\s$")
_NEAR = 3  # characters between a joint and the event behind it
_SOME_OF = re.compile(
    r"\s*(?:at\s+least\s+)?(?:any|one|two|three|four|five|six|\d)\b(?:\s*\(\d\))?(?:\s+or\s+more)?\s+of\s+(?:the|these|those)\s+(?:\w+\s+)?(?!(?:measure\w*|occasions?|readings?|values|samples?|visits?|tests?|determinations?|days?|times?|following|above|below)\b)[a-z]",
    re.IGNORECASE,
)  # a count of what is told elsewhere: "and two or more of the risk factors in Appendix 1"
_METHOD = re.compile(r"(?:(?!\b(?:and|or|which|that|who)\b)[^,;:.()\[\]])*(?:\(\w{1,20}\)\s*)?(?=[,;.]|$)", re.IGNORECASE)
_MEANS = re.compile(r"\b(?:on|by|via|in|at|upon|during)\s+(?:(?:a|an|the|any|screening|baseline|routine|recent|initial|previous|prior|standard|full|complete|clinical|12-lead|\d+-lead)\s+){0,3}$", re.IGNORECASE)
_JUDGED = re.compile(r"\s*as\s+\w+ed\s+by\s[^,;.:()]{3,40},", re.IGNORECASE)  # "as determined by the investigator, on physical examination"
_FURTHER = re.compile(r"[();:.]|\b(?:on|by|in|with|who|that|of|for|to|at|no|not|without|is|are|has|have)\b", re.IGNORECASE)
_DESCRIBED = 4  # words between two examinations of a list
_SHARE = re.compile(r"(?:\s|%|percent)*of\s+(?:the|his|her|their|total|whole)\s+(?!left|right|upper|lower|first|second|two|three|same)[\w-]+\s*", re.IGNORECASE)
_ALONG = re.compile(r"\s*in\s+(?:(?:the|its|their|at|least|any|one|longest|largest|greatest|maximal|maximum|short|long)\s+){0,4}(?:diameter|dimension|size|length|width|depth|axis|thickness)s?\b", re.IGNORECASE)  # "5 cm in longest diameter and resectable"
_OPEN_END = re.compile(r"\b(?:must|should|shall|will|may|can|have|has|had|be|been|and|or)\s*$", re.IGNORECASE)
_SAYS_MORE = re.compile(r"\s*(?:on|taking|receiving|using|under|undergoing|treated|managed|requiring|with|who|that)\s", re.IGNORECASE)
_PLANNED = re.compile(r"\b(?:scheduled|planned|planning|undergo\w*|elective|candidates?|eligible|indicated|indication)\b", re.IGNORECASE)
_ITEM = 8  # words of an item in a plain list
_THING = 3  # words of a thing at the end of a list
_HANGS_BACK = re.compile(r"its|their|related|other|any|is|are|was|were|has|have|had|who|that|which|with|on|in|not|requir\w+|receiv\w+|need\w*|treat\w+|associated|subsequent|consequent")
_REACH = 80  # characters before a joint in which its adjunct may begin
_BY_EITHER = re.compile(r"\b(?:by|via|per|using|through)\s+either\s[^,;.:()]{1,70}$", re.IGNORECASE)
_BINDING = frozenset(["by", "via", "is", "are", "was", "were", "be", "been", "has", "have", "had", "or", "and", "who", "that", "as", "than", "had", "either"])
_BESIDE = frozenset(["with", "on"])
_OR_NOT = re.compile(r"\s*or\s+not\s+(?:with|within|by|of|on|in|to|under)\s", re.IGNORECASE)
_EITHER = re.compile(r"(?<=\s)either\s+(?!(?:for|by|from|through|in|as|via|with|on|at|of|due|to|during|before|after)\s|\w+ly\s+or\s)", re.IGNORECASE)
_QUALITIES = re.compile(r"\s?(?:[a-z-]+\s){0,2}", re.IGNORECASE)
_LIST = re.compile(r"\s*((?:\w+\s+){0,3})either\s", re.IGNORECASE)


def before_event(words: Words, start: int, cut: Cut, left: tuple[int, int], end: int) -> bool:
    """Whether a joint parts a thing that no list knows from the event of a length of time: "tattoo or piercing within 3 months".

    What stands before the joint would else be shut out by nothing; an inclusion that does not deny it lets nobody in for it.
    """
    if words.role == "inclusion" and opened(words.text, start, end) is None:
        return False
    first = next(iter(words.limits(cut.end, end)), None)
    if first is None or first.time is None or not words.weighty(*left) or words.limits(*left):
        return False
    event, named = first.thresholds[0].concept_start, first.thresholds[0].concept_text or ""
    if event is None or not 0 <= event - cut.end < _NEAR or REFERS.search(words.text, event, end):
        return False
    if " of " in named and " of " not in words.text[slice(*left)]:
        return False  # "administration or use of heparin"
    return not ends_in_quality(words.text, *words.trim(*left))


def colon_before_ways(words: Words, start: int, end: int) -> int | None:
    """The colon between what an inclusion asks for and the alternatives of how it shows: "PCOS: volume > 10 mL or 20 follicles"."""
    colon = words.text.find(":", start, end)
    if colon < 0 or words.layout.depth[colon] != words.layout.depth[start] or not words.text[colon + 1 : colon + 2].isspace():
        return None
    named = any(m.kind == "condition" for m in words.names(start, colon)) and not REFERS.search(words.text, start, colon)
    denied = any(c.category == DENIAL and start <= c.start < colon for c in words.mentions.cues)
    before = named and not denied and not words.layout.joints(start, colon) and not words.limits(start, colon)
    either = any(c.join in ("or", "either") for c in words.layout.joints(colon + 1, end))
    return colon if before and either and words.limits(colon + 1, end) else None


def loosest(text: str, cuts: list[Cut]) -> list[Cut]:
    """The cuts of a list, without its slashes where words or commas part it too: they bind more tightly."""
    return [c for c in cuts if text[c.start : c.end].strip() != "/"] or cuts


def is_slash_of_one(words: Words, cut: Cut, left: tuple[int, int]) -> bool:
    """Whether a slash stands within one thing: "ACR/EULAR criteria"; in an inclusion, "unformed/loose stools", too."""
    if words.text[cut.start : cut.end].strip() != "/":
        return False
    start, end = words.trim(*left)
    if words.role == "exclusion" and _beside_limit(words, cut, end):
        return False
    quality = words.role == "inclusion" and words.text[end - 1] != ")" and ends_in_quality(words.text, start, end) and not any(m.end == end for m in words.concepts)
    return quality or not beside_slash(words.text, cut.start, cut.end, words.concepts)


def _beside_limit(words: Words, cut: Cut, end: int) -> bool:
    """Whether a slash parts a limit from a thing: "creatinine > 2 mg/dL / dialysis", "heart failure / LVEF < 40 %"."""
    behind = next((m.start for m in words.concepts if m.start >= cut.end), None)
    if any(p.end == end for p in words.pairs):
        return behind is not None and _QUALITIES.fullmatch(words.text, cut.end, behind) is not None
    measured = {t.concept_start for p in words.pairs for t in p.thresholds}
    return words.skip(cut.end) in measured and any(m.end == end for m in words.concepts)


def opens_with_age(words: Words, start: int, end: int) -> bool:
    """Whether a stretch begins with an age: what stands before "and" is another thing."""
    first = next((p for p in words.pairs if start <= p.start < end), None)
    return first is not None and first.thresholds[0].kind == "age" and not words.weighty(start, first.start)


def people_of_age(words: Words, start: int, end: int) -> Cut | None:
    """The "with" behind the age of those whom an exclusion shuts out for what follows: "Patients over 18 years with A, B or C"."""
    limits = words.limits(start, end)
    if words.role == "inclusion" or len(limits) != 1 or limits[0].thresholds[0].kind != "age" or not grammar().people.match(words.text, start):
        return None
    cut = next((c for c in words.layout.relatives(start, end) if c.start >= limits[0].end), None)
    if cut is None or not is_light(words.text[start : limits[0].start]) or not is_light(words.text[limits[0].end : cut.start]):
        return None
    opens = any(grammar().opening.match(words.text, c.end, end) or grammar().people.match(words.text, c.end, end) for c in words.layout.joints(cut.end, end))
    stands = any(m.kind == "demographic" for m in words.names(start, end))
    return None if opens or stands or not words.weighty(cut.end, end) else cut


def tells_how(words: Words, cut: Cut) -> bool:
    """Whether "or" stands within an adjunct: "estimated by ...", "before or after ..."; in an inclusion, "on- or off-pump surgery", too."""
    if _among_examinations(words, cut):
        return True
    if cut.join == "comma":
        return _is_method(words, words.skip(cut.end))
    if cut.loose:
        return False
    if _BY_EITHER.search(words.text, max(0, cut.start - _REACH), cut.start) or _OR_NOT.match(words.text, cut.start):
        return True  # "by either CT or MRI", "treated or not with insulin"
    if nouns().aim.search(words.text, max(0, cut.start - _REACH), cut.start) and nouns().aimed.match(words.text, cut.end):
        return True  # "for the diagnosis or follow-up of asthma"
    if hangs_over(words.text, cut.start, cut.end):
        return True
    how = grammar().evidence.match(words.text, cut.end + 1)
    hangs = words.role == "inclusion" and _HANGS.search(words.text, max(0, cut.start - 4), cut.start) is not None
    return hangs or (how is not None and how.group().endswith("by"))


def _is_method(words: Words, start: int) -> bool:
    """Whether what stands behind a comma only says how a value was computed, or how an exclusion was shown: "pregnancy, as assessed by a urine test".

    "Using a drug" is more, and what an inclusion's patients must have been shown by is asked for.
    """
    how = (grammar().evidence if words.role == "exclusion" else grammar().computed).match(words.text, start)
    if how is None:
        return False
    stop = _METHOD.match(words.text, how.end())
    plain = stop is not None and not words.limits(start, stop.end())
    return plain and stop is not None and not any(m.kind == "drug" for m in words.names(start, stop.end()))


def _among_examinations(words: Words, cut: Cut) -> bool:
    """Whether a joint stands before or among the examinations by which a thing was found: "findings on ECG, CT or MRI"."""
    exams = [] if words.pairs else [m for m in words.concepts if examines(m)]
    behind = next((m for m in exams if m.start >= cut.end), None)
    if behind is None:
        return False
    aside = _JUDGED.match(words.text, cut.end, behind.start)
    if (means := _MEANS.search(words.text, cut.end, behind.start)) is not None and is_light(words.text[aside.end() if aside else cut.end : means.start()]):
        return words.weighty(max(0, cut.start - _REACH), cut.start)
    place = behind.start
    for name in (m for m in reversed(exams) if m.end <= cut.start):
        if not _is_near(words, name.end, place):
            return False
        if (means := _MEANS.search(words.text, max(0, name.start - _REACH), name.start)) is not None:
            return words.weighty(max(0, means.start() - _REACH), means.start())
        place = name.start
    return False


def _is_near(words: Words, start: int, end: int) -> bool:
    """Whether no more than a joint and a few words of description stand between two examinations."""
    return len(words.text[start:end].split()) <= _DESCRIBED and _FURTHER.search(words.text, start, end) is None and not words.names(start, end)


def either_apart(words: Words, start: int, end: int) -> int | None:
    """Where "either" opens the alternatives behind what is meant in any case: "asthma either untreated or on steroids".

    Where an exclusion's list goes on behind two alternatives, what follows excludes by itself.
    """
    found = _EITHER.search(words.text, start + 1, end)
    if found is None or not words.layout.is_open(found.start(), start) or not words.bears(start, found.start()) or not words.bears(found.end(), end):
        return None
    before = words.text[start : found.start()].split()
    joints = words.layout.joints(start, end)
    if words.role == "exclusion" and (len(joints) != 1 or joints[0].loose):
        return None
    apart = not any(c.start < found.start() for c in joints) and any(c.join == "or" and c.start > found.end() for c in joints)
    hanging = nouns().dangling | _BINDING if words.role == "inclusion" else (nouns().dangling | _BINDING) - _BESIDE
    return found.start() if apart and before[-1].lower() not in hanging and not _of_a_kind(words, start, found.start(), end) else None


def _of_a_kind(words: Words, start: int, place: int, end: int) -> bool:
    """Whether an exclusion's alternatives are kinds of what stands before them: "infection with either HIV or hepatitis B", "therapy with either A or B"."""
    before, behind = words.names(start, place), words.names(place, end)
    return words.role == "exclusion" and bool(before) and (before[-1].kind != "condition" or any(is_kind(m, before[-1]) for m in behind))


def either_list(words: Words, start: int, end: int) -> list[Cut]:
    """The joints of a list that "either" opens, whose commas mean "or", too: "either not tolerated, failed or refused"."""
    opening, joints = _LIST.match(words.text, start, end), words.layout.joints(start, end)
    if opening is None or not is_light(opening.group(1)) or joints[-1].join != "or" or any(c.join not in ("comma", "or") for c in joints):
        return []
    return joints if all(words.weighty(a, b) for a, b in between(start, end, joints)) else []


def ends_list(words: Words, cut: Cut, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether a joint behind commas parts the last two items of a list, one of which no list knows."""
    return _ends_in_limit(words, left, right) or (cut.join == "and" and _ends_in_thing(words, left, right))


def further_thing(words: Words, cut: Cut, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether a joint behind a limit parts it from a thing that no list knows: "BMI > 40 or living in an institution", "> 20 % of the skin or poor healing"."""
    limits = words.limits(*left)
    if cut.loose or cut.join not in ("or", "and", "either") or words.text[cut.start : cut.end].strip() == "/" or not limits or words.bears(*right) or not words.weighty(*right):
        return False
    first = WORD.search(words.text, *right)
    said = WORD.findall(words.text[slice(*right)].lower())
    place = max(limits[-1].end, *(t.concept_end or 0 for t in limits[-1].thresholds if (t.concept_end or 0) <= cut.start), 0)
    if (along := _ALONG.match(words.text, place, cut.start)) is not None:
        place = along.end()
    share = _SHARE.fullmatch(words.text, place, cut.start) if words.role == "exclusion" else None
    if share is not None and len(WORD.findall(words.text[slice(*right)])) > 2 and not ends_in_quality(words.text, *words.trim(place, cut.start)):
        place = cut.start
    between = set(WORD.findall(words.text[place : cut.start].lower()))
    apart = not words.weighty(place, cut.start) and between.isdisjoint(nouns().prepositions) and limits[-1].time is None  # "for age and sex"
    opens = len(said) > 1 and said[0] not in nouns().openers and not said[0].isdigit() and not _HANGS_BACK.match(said[0])
    return apart and first is not None and (opens or _SOME_OF.match(words.text, *right) is not None)


def _ends_in_thing(words: Words, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """An exclusion's last thing behind a name: "porphyria, vitiligo and albinism"."""
    begin, end = words.trim(*left)
    named = [m for m in words.names(begin, end) if m.end == end and m.kind != "demographic" and not m.context & {"negated", "inability"}]
    if words.role == "inclusion" or not named or not is_light(words.text[begin : named[0].start]):
        return False
    said = words.text[slice(*words.trim(*right))].lower().split()
    return 0 < len(said) <= _THING and words.weighty(*right) and not words.bears(*right) and nouns().openers.isdisjoint(said[:1]) and not _HANGS_BACK.match(said[0])


def _ends_in_limit(words: Words, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """ "Varices, a large shunt or more than 2 nodules": a limit behind a thing that no list knows."""
    limit = next(iter(words.limits(*right)), None)
    if limit is None or limit.time is not None or words.bears(*left) or not words.weighty(*left):
        return False
    own = all(t.concept_start is None or t.concept_start >= right[0] for t in limit.thresholds)
    return own and not ends_in_quality(words.text, *words.trim(*left))


def is_examination(words: Words, name: Mention, start: int, end: int) -> bool:
    """Whether a stretch is no more than the examination that found what stands behind it: "baseline ECG with QTc > 480 ms"."""
    return examines(name) and is_light(words.text[start : name.start]) and is_light(words.text[name.end : end])


def lacks_limit(words: Words, start: int, stop: int, end: int) -> bool:
    """Whether a thing that no list knows lacks what alone has a limit behind it: "a regimen without gliptex for 2 weeks"."""
    limits = words.limits(start, end)
    behind = all((t.concept_start or 0) >= stop for p in limits for t in p.thresholds)
    open_end = _OPEN_END.search(words.text, start, stop) is not None
    return bool(limits) and behind and not open_end and not words.names(start, end) and not words.layout.joints(stop, end)


def with_last(words: Words, start: int, end: int, cuts: Sequence[Cut], loose: Sequence[Cut]) -> Sequence[Cut]:
    """The commas of "A, B or C" with its "or": a list of names of one kind, whose last joint has no comma.

    In an exclusion "A, B and C" is such a list too, whatever C is.
    """
    if _is_flat(words, start, end, cuts) or _is_of_limits(words, start, end, cuts):
        return cuts
    tight = [c for c in cuts if not c.loose and c.start > loose[0].start]
    last = ("or", "and", "either") if words.role == "exclusion" else ("or", "either")
    parts = words.role == "inclusion" and grammar().kind_word.match(words.text, words.trim(loose[0].end, end)[0])
    denies = words.role == "inclusion" and opened(words.text, start, end) is None and opened(words.text, words.skip(loose[-1].end), end) is not None
    if parts or denies or len(tight) != 1 or tight[0].join not in last or tight[0].start < loose[-1].end or any(c.join != "comma" for c in loose):
        return loose
    chosen = [*loose, tight[0]]
    stretches = between(start, end, chosen)
    opening, further = (_SAYS_MORE.match(words.text, a) for a, _ in stretches[:2])
    if words.role == "inclusion" and further is not None and (opening is None or opening.group().split() != further.group().split()):
        return loose  # "scheduled for surgery, on warfarin or heparin"
    named = [m for index, (a, b) in enumerate(stretches) for m in words.names(a, b) if index or m.ids[0] not in SEXES]  # "men with gout, asthma or fever"
    planned = words.role == "inclusion" and _PLANNED.search(words.text, *stretches[0]) is not None  # of past ones it matters not which is an operation
    first = words.names(*stretches[0])
    aimed = first[0] if treated_disease(words, first) is not None else None  # "chemotherapy for gout, asthma or fever"
    kinds = {m.kind if planned and m.kind == "procedure" else _kind(m) for m in named if m is not aimed and m is not treated_disease(words, words.names(*stretches[-1]))}
    denied = any("negated" in m.context for m in words.names(*stretches[-1]))
    alike = len(kinds) == 1 or (words.role == "exclusion" and tight[0].join == "and" and not denied)
    bare = all(len(words.text[a:b].split()) <= _ITEM and not grammar().relative.match(words.text, a) for a, b in stretches[1:])
    limited, told = words.limits(stretches[1][0], end), words.role == "exclusion"
    plain = bare and not limited and all(words.names(a, b) or (told and words.limits(a, b)) or len(words.text[a:b].split()) < 4 for a, b in stretches)
    return chosen if (plain and alike and "demographic" not in kinds) or how_long_ago(words, stretches) else loose


def _is_flat(words: Words, start: int, end: int, cuts: Sequence[Cut]) -> bool:
    """Whether an inclusion's commas and its several "or" list diseases by their bare names: "gout, asthma or COPD, lupus or psoriasis"."""
    if words.role == "exclusion" or [c.join for c in cuts].count("or") < 2 or any(c.join not in ("comma", "or") for c in cuts) or words.limits(start, end):
        return False
    items = [(words.trim(a, b), words.names(a, b)) for a, b in between(start, end, cuts)]
    named = all(len(names) == 1 and names[0].kind == "condition" and not names[0].context for _, names in items)
    return named and all(is_light(words.text[a : names[0].start] + words.text[names[0].end : b]) for (a, b), names in items)


def _is_of_limits(words: Words, start: int, end: int, cuts: Sequence[Cut]) -> bool:
    """Whether an exclusion's commas and its last "and" list limits of several measurements: "urea > 20, AST > 90 and ALT > 80"."""
    *commas, last = cuts
    if words.role == "inclusion" or not commas or last.join != "and" or any(c.join != "comma" for c in commas):
        return False
    items = [(words.limits(a, b), words.names(a, b)) for a, b in between(start, end, cuts)]
    limits = [t for found, named in items if len(found) == 1 and not named and found[0].time is None for t in found[0].thresholds]
    measured = {t.concept for t in limits if t.kind in ("measurement", "score") and t.concept is not None}
    return len(measured) == len(limits) == len(items)


def _kind(name: Mention) -> str:
    """What sort of thing a name is among those of a list: drugs and operations are treatments alike."""
    if name.ids[0] in statuses().childless:
        return "childless"
    return "drug" if name.kind == "procedure" and not examines(name) else name.kind


def side_by_side(words: Words, cut: Cut, named: Sequence[Mention], end: int) -> bool:
    """Whether "and" stands between two things, none of them denied or a drug for the other: "spinal disease and implants"."""
    text = words.text
    if text[cut.start : cut.end].lower() != "and" or grammar().relative.match(text, cut.end) or states(text, cut.end):
        return False
    if opened(text, cut.end, end) is not None:
        return False
    kinds = {m.kind for m in named if m.ids[0] not in CARRYING}
    return kinds <= {"condition", "procedure"} and not any(m.context & {"negated", "inability"} for m in named)


def negated_list(words: Words, stretches: Sequence[tuple[int, int]]) -> bool:
    """ "no A, B or C": one negation over a list denies the first name of every item."""
    marks = [[m for m in words.concepts if a <= m.start < b] for a, b in stretches]
    marks = [ms[1:] if len(ms) > 1 and qualifies(words.text, ms[0], ms[1]) else ms for ms in marks]
    return sum(bool(ms) and "negated" in ms[0].context for ms in marks) == len([ms for ms in marks if ms]) >= 2

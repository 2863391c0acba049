"""Where a list turns: from what is asked to what is denied, from one thing to the alternatives of another, "both A and B"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly.coordination import is_kind
from limen.assembly.denials import end_of, is_denied, opened, parting, states
from limen.assembly.evidence import examines
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, group, is_light, of_mention, unread
from limen.assembly.purposes import is_over, treatment_of
from limen.assembly.scope import affirmed
from limen.assembly.segments import Cut, between
from limen.assembly.tails import says_not
from limen.assembly.walk import map_leaves
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Exposure, Expression, Not
from limen.mentions import Mention

_EITHER = re.compile(r"\s*(?:(?:has|have|had|is|are|with|on)\s+){0,2}(?:either|one\s+(?:or\s+more\s+)?of|at\s+least\s+one\s+of)\s", re.IGNORECASE)
_ONE_OF = re.compile(r"\s*(?:has\s+|have\s+)?(?:any|either|one|at\s+least\s+\w+)\s+(?:or\s+more\s+)?of\s", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"\s*\((?:either\s)?[^(),;]{1,80}\sor\s[^(),;]{1,80}\)\W*$", re.IGNORECASE)
_WHO_HAVE = re.compile(r"\s+(?:who|that)\s+(?:also\s+)?(?:have|has|had)\s+(?:(?:also|a|an|any|known|active|history\s+of)\s+){0,3}", re.IGNORECASE)
_BOTH = re.compile(r"\b(?:both|simultaneous|combined\s+use\s+of|(?:a\s+|the\s+)?(?:simultaneous\s+presence|combination|co-?existence|concurrence)\s+of)\s+(?:(?!(?:and|or|in|for)\b)[\w-]+\s+){0,3}$", re.IGNORECASE)
_NOT_BOTH = re.compile(r"\b(?:not\s+(?:(?:have|be|be\s+on|take|receive|use)\s+)?both|no\s+(?:known\s+)?(?:combination|combined\s+use|simultaneous\s+presence|co-?existence|concurrence)\s+of)\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE)
_CONCOMITANT = re.compile(r"\b(?:concomitant|concurrent|co-?existing|co-?existent|simultaneous)(?:ly)?\s+(?:[\w-]+\s+){0,4}$", re.IGNORECASE)
_HAVING = re.compile(r"\s(?:with|on|taking|receiving|treated\s+with|who\s+(?:are\s+)?(?:have|has|on|taking|receiving))\s", re.IGNORECASE)
_CAUSED = re.compile(r"\s+(?:that\s+is\s+|which\s+is\s+)?(?:(?:due|secondary|related)\s+to|(?:caused|complicated|accompanied)\s+by|as\s+a\s+result\s+of|resulting\s+from|because\s+of)\s", re.IGNORECASE)
_BESIDE = re.compile(r"\s+(?:with|associated\s+with|in\s+combination\s+with|together\s+with)\s", re.IGNORECASE)
_OF_KIND = re.compile(r"\s*(?:(?:an?|the|other|severe|moderate|chronic|acute)\s+){0,2}", re.IGNORECASE)
_SUBJECT = re.compile(r"\s*(?:the|a|an)\s+(?:patient|subject|participant|investigator|individual)s?\b", re.IGNORECASE)
_ABSENCE = re.compile(r"(?:the\s+)?(?:absence|lack)\s+of\s", re.IGNORECASE)
_ONLY_IF = re.compile(r"\s*only\s+(?:if|when|where|in\s+(?:the\s+)?(?:case|presence)\s+of|in\s+combination\s+with|together\s+with|in\s+(?:patients|those|subjects))\s", re.IGNORECASE)
_WITHOUT = re.compile(r"(?:without|in\s+the\s+absence\s+of|not\s+(?:treated\s+with|on|receiving|taking|requiring))\s", re.IGNORECASE)
_IF = re.compile(r"\s*(?:and\s+)?(?:if|in\s+case\s+of|when)\s+[^,;.()]{3,80},\s", re.IGNORECASE)
_OR_IF = re.compile(r"(?:if|in\s+case\s+of|when)\s+(?:[^,;.()]|\.(?=\d)){3,80},\s", re.IGNORECASE)
_IF_WORD = re.compile(r"\bif\b", re.IGNORECASE)
_SHOWING = re.compile(r"\s(?:demonstrating|showing|revealing|confirming|documenting|indicating|without|with\s+no|that\s+(?:shows?|demonstrates?|reveals?|confirms?))\s", re.IGNORECASE)
_LACKING = re.compile(r"\s*(?:(?:and|but)\s+)?(?:without|with\s+no|not\s+(?:currently\s+)?(?:on|treated|receiving|taking|requiring|associated|due)|(?:in\s+)?(?:the\s+)?absence\s+of)\s", re.IGNORECASE)
_OPENS_WITH = re.compile(r"\s*(?:(?:(?:all|any)\s+)?(?:patients|subjects|participants|individuals|persons|people|those)\s+)?with\s", re.IGNORECASE)
_WHO = re.compile(r"\s*who(?:se)?\s", re.IGNORECASE)
_RELATIVE = re.compile(r"(?:who|that|which)\s", re.IGNORECASE)
_WHO_DO = re.compile(r"\s(?:who|that|which)\s+(?!in\b)(?=[a-z])", re.IGNORECASE)
_DO_TOO = re.compile(r"\s*(?:(?:who|that|which)\s+)?(?:(?:have|has|had|are|is|were|was|do|does|did|cannot|can|need|needs|receive[sd]?|require[sd]?|fail(?:s|ed)?|progress(?:es|ed)?|relapsed?|respond(?:s|ed)?|underwent|experienced?|developed|refused?|declined?|took|started)\b|never\s|not\s)", re.IGNORECASE)
_ALSO_ARE = re.compile(r"\s*(?:(?:who|that)\s+)?(?:(?:is|are|was|were|has|have|had|do|does|did|cannot|can\s?not|could|may|might|refuses?|wish(?:es)?)\s|(?:currently|still|also)\s|(?:not\s+(?:able|willing)|unable|unwilling)\s)", re.IGNORECASE)
_STILL = re.compile(r"\s*(?:(?:who|that)\s+)?(?:(?:is|are|was|were|has|have)\s+)?(?:currently|still|presently)\s", re.IGNORECASE)
_WHO_ARE = re.compile(r"\s*(?:who|that|is|are|was|were|has|have|had|do|does|did|cannot|can\s?not)\s", re.IGNORECASE)
_THEM = re.compile(r"\b(?:it|them|these|this|those|such|the\s+(?:drugs?|medications?|treatments?|therapy|use))\b", re.IGNORECASE)
_THESE = re.compile(r"\s*(?:these|this|such)(?:\s+(?:conditions?|diseases?|disorders?|situations?|findings|symptoms|treatments?|circumstances))?\s+(?:can|could|may|might|will|would|is|are|affects?|interferes?|impairs?)\s", re.IGNORECASE)
_COINFECTED = re.compile(r"\b(?:co-?|dual\s+|double\s+)infect(?:ions?|ed)\b", re.IGNORECASE)
_WITH_IT = re.compile(r"\s*(?:together|combined|along)\s+with\s|\s*in\s+combination\s+with\s", re.IGNORECASE)


def denied_from(words: Words, cuts: Sequence[Cut], start: int, end: int) -> Cut | None:
    """Where an inclusion's list goes on with a denial over its alternatives: "gout, no evidence of fever, asthma, or epilepsy"."""
    if words.role != "inclusion" or opened(words.text, start, end) is not None:
        return None
    turn = next((i for i, cut in enumerate(cuts) if opened(words.text, words.skip(cut.end), end) is not None), len(cuts))
    behind = cuts[turn + 1 :]
    plain = all(c.join in ("comma", "and") for c in cuts[: turn + 1]) and all(c.join in ("comma", "or") for c in behind)
    if not plain or not any(c.join == "or" for c in behind):
        return None
    anew = any(states(words.text, c.end) or _SUBJECT.match(words.text, c.end) for c in behind)
    noun = turn > 0 and _ABSENCE.match(words.text, words.skip(cuts[turn].end)) is not None  # "failure of A, lack of B, or C" are three reasons
    return None if anew or noun else cuts[turn]


def lacking_from(words: Words, cuts: Sequence[Cut], start: int, end: int) -> int | None:
    """Where an inclusion's one thing goes on with what it must lack, "or" standing in that denial: "adults without pain or discomfort"."""
    if words.role != "inclusion" or cuts[-1].join not in ("or", "either") or any(c.join == "and" for c in cuts) or (len(cuts) == 1 and cuts[0].loose):
        return None
    cue = parting(words.text, start, cuts[0].start)
    if cue is None or not words.layout.is_open(cue.start, start):
        return None
    said = set(WORD.findall(words.text[start : cue.start].lower())) - grammar().leading
    told = words.bears(start, cue.start) or (said and words.weighty(start, cue.start) and (opened(words.text, start, end) is None or _RELATIVE.match(words.text, cue.start)))
    anew = any(states(words.text, c.end) or opened(words.text, words.skip(c.end), end) is not None or parting(words.text, c.end, end) is not None for c in cuts)
    anew = anew or not told or (opened(words.text, start, end) or end) < cue.start
    return None if anew or end_of(words.text, cue.end, end) is not None or words.limits(start, end) else cue.start


def qualified_from(words: Words, cuts: Sequence[Cut], start: int) -> Cut | None:
    """The comma before what an exclusion's things must lack to exclude: "gout, without fever or asthma", "INR > 2 or PT > 20 s, without warfarin".

    Or the joint before what is said of all that it lists: "gout or asthma, and these conditions may affect absorption".
    """
    if words.role == "exclusion" and _THESE.match(words.text, cuts[-1].end) and cuts[-1].join in ("and", "comma"):
        return cuts[-1]
    loose = [c for c in cuts if c.loose]
    last = cuts[0] if not any(c.loose for c in cuts[1:]) else loose[0]  # "gout or asthma, without fever"
    alone = words.role == "exclusion" and len(loose) < 2 and not any(c.join == "comma" and c.start < last.start for c in cuts)
    return last if alone and _qualifies(words, start, last) else None


def without_qualifiers(words: Words, cuts: Sequence[Cut], start: int) -> Sequence[Cut]:
    """The cuts of an exclusion's list up to what its last thing must lack to exclude: "gout, asthma, without fever"."""
    loose = [c for c in cuts if c.loose]
    if words.role == "inclusion" or len(loose) < 2 or not _qualifies(words, loose[-2].end, loose[-1]):
        return cuts
    return [c for c in cuts if c.end <= loose[-1].start]


def _qualifies(words: Words, start: int, cut: Cut) -> bool:
    """Whether a comma parts a thing from what it must lack, or "only if" opens what must be there as well."""
    lacks = _LACKING.match(words.text, cut.end) is not None or says_not(words, cut.end)
    only = _ONLY_IF.match(words.text, cut.end) is not None and (cut.join == "comma" or words.text[cut.start : cut.end].strip(" ,").lower() == "but")
    told = (only or (cut.join == "comma" and lacks)) and opened(words.text, start, cut.start) is None
    named = any(m.kind != "demographic" and not m.context & {"negated", "inability"} for m in words.names(start, cut.start))
    return told and (named or any(t.kind in ("measurement", "score") for p in words.limits(start, cut.start) for t in p.thresholds))


def guarded_from(words: Words, cuts: Sequence[Cut]) -> Cut | None:
    """The joint before what an inclusion asks of some: "asthma, and if on steroids, FEV1 < 60 %"."""
    if words.role == "exclusion" or (cuts and _IF_WORD.search(words.text, 0, cuts[0].start)):
        return None  # "patients are eligible if A, if B, and if C"
    return next((c for c in cuts if c.join in ("and", "comma") and (found := _IF.match(words.text, c.end)) and words.bears(found.end(), len(words.text))), None)


def otherwise_from(words: Words, cuts: Sequence[Cut]) -> Cut | None:
    """The "or" before what an inclusion asks instead of some: "creatinine < 2, or, if it is higher, clearance > 60"."""
    if words.role == "exclusion" or len([c for c in cuts if c.join == "or"]) != 1 or not _IF_WORD.search(words.text):
        return None
    return next((c for c in cuts if c.join == "or" and (found := _OR_IF.match(words.text, words.skip(c.end))) and words.bears(found.end(), len(words.text))), None)


def some_from(words: Words, cuts: Sequence[Cut], end: int) -> tuple[Cut, int] | None:
    """The "or" before what an exclusion's item shuts out of some people alone, and where that ends: "refuses abstinence or, if sexually active, refuses condoms"."""
    if words.role == "inclusion":
        return None
    for cut in cuts:
        found = _OR_IF.match(words.text, words.skip(cut.end)) if cut.join == "or" else None
        if found is not None and words.weighty(found.end(), end):
            return cut, next((c.start for c in cuts if c.start >= found.end() and (c.loose or c.join == "or")), end)
    return None


def with_either(words: Words, cuts: Sequence[Cut]) -> Cut | None:
    """The "and" before the alternatives that "either" or a bracket holds: "gout and either asthma, or fever" asks for gout in any case."""
    cut = next((c for c in cuts if c.join == "and" and (_EITHER.match(words.text, c.end) or _ALTERNATIVES.match(words.text, c.end))), None)
    if cut is None or not (_ALTERNATIVES.match(words.text, cut.end) or any(c.join == "or" and c.start > cut.end for c in cuts)):
        return None
    before = [c for c in cuts if c.end <= cut.start]
    plain = not any(c.join in ("or", "either") for c in before) if words.role == "inclusion" else not before
    return cut if plain else None


def told_either_way(words: Words, cuts: Sequence[Cut], start: int) -> int | None:
    """Where the clause begins that says one of several things of those named before it: "asthma that is severe or has no treatment"."""
    first = next((c for c in cuts if c.join in ("or", "either")), None)
    relative = _WHO_DO.search(words.text, start, first.start) if first is not None and words.role == "inclusion" else None
    if relative is None or first is None or any(c.start < relative.start() for c in cuts) or not words.layout.is_open(relative.start(), start):
        return None
    again = all(c.join in ("or", "either") and _DO_TOO.match(words.text, c.end) for c in cuts)
    named = [m for m in words.names(start, relative.start()) if m.kind != "demographic"] or words.limits(start, relative.start())
    return relative.start() if again and named and opened(words.text, start, relative.start()) is None else None


def further_of_one(words: Words, cuts: Sequence[Cut], comma: Cut, start: int) -> tuple[Cut, int] | None:
    """The comma behind which more is said of the same people, and where that begins: behind "who" or "with", or at "presenting with"."""
    if (begin := _relative_of_one(words, cuts, comma, start)) is not None:
        return comma, begin
    tells = grammar().participle
    told = [c for c in cuts if words.role == "inclusion" and tells.match(words.text, c.end)]
    if not told or told[-1].join != "comma" or any(c.join == "or" for c in told):
        return None
    either = any(c.join == "or" and c.start < told[-1].start for c in cuts)  # "reporting fever or cough, associated with A or B" are two
    lists = tells.match(words.text, start) is not None or _ONE_OF.match(words.text, start) is not None
    apart = words.weighty(start, told[-1].start) and (either or not lists)
    return (told[-1], words.skip(told[-1].end)) if apart else None


def _relative_of_one(words: Words, cuts: Sequence[Cut], comma: Cut, start: int) -> int | None:
    """The end of the "who" or "with" behind a list's first comma; none where an exclusion's "or" goes on with another "who".

    Nor is it where an exclusion that opens with "with" lists further things behind it: "with gout, with asthma, fever" are three.
    """
    found = words.layout.relative_at(comma.end) if comma.join == "comma" else None
    others = words.role == "exclusion" and any(c.join == "or" and _WHO.match(words.text, c.end) for c in cuts)
    listed = words.role == "exclusion" and cuts[-1].loose and cuts[-1].start > comma.start and _OPENS_WITH.match(words.text, start) and _OPENS_WITH.match(words.text, comma.end)
    return None if found is None or listed or (others and _WHO.match(words.text, comma.end)) else found.end()


def both(words: Words, cuts: Sequence[Cut], start: int, end: int) -> bool:
    """Whether an exclusion's "and" joins what must be there together: "both gout and asthma", "gout together with asthma"."""
    if words.role == "inclusion" or len(cuts) != 1 or cuts[0].join != "and":
        return False
    one, two = words.names(start, cuts[0].start), words.names(cuts[0].end, end)
    if _COINFECTED.search(words.text, start, end) is not None and all(m.kind == "condition" for m in (*one, *two)):
        return True
    if len(one) != 1 or len(two) != 1 or one[0].kind != two[0].kind or one[0].kind == "demographic":
        return False
    return _BOTH.search(words.text, start, one[0].start) is not None or _WITH_IT.fullmatch(words.text[cuts[0].start : cuts[0].end] + " ") is not None


def with_either_of_one(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None], *, denied: bool = False) -> list[Expression | None]:
    """The alternatives of an exclusion (or what an inclusion has `denied`), what is said of one disease apart from it: "asthma requiring steroids or omalizumab", "cirrhosis due to A or B"."""
    if len(parts) != 2 or cuts[0].loose or not all(isinstance(p, (Condition, Exposure)) and not is_denied(p) for p in parts):
        return list(parts)
    (start, end), last = stretches[0], parts[1]
    first, further = words.names(start, end), words.names(*stretches[1])
    if len(first) != 2 or len(further) != 1 or not is_light(words.text[stretches[1][0] : further[0].start]):
        return list(parts)
    lead, one = first
    now = not is_over(WORD.findall(words.text[lead.end : one.start].lower()))
    treated = now and treatment_of(words, [m._replace(context=m.context - {"negated"}) for m in first] if denied else first) is not None and isinstance(last, Exposure)
    have = one.kind == "condition" and isinstance(last, Condition) and _WHO_HAVE.fullmatch(words.text, lead.end, one.start) is not None
    caused, beside = _CAUSED.match(words.text, lead.end), _BESIDE.match(words.text, lead.end)
    cue = caused or beside
    hangs = cue is not None and _OF_KIND.fullmatch(words.text, cue.end(), one.start) is not None and one.kind == "condition" and not is_kind(one, lead) and _is_bare(words, stretches[1], further[0])
    if lead.kind != "condition" or not (treated or have or hangs):
        return list(parts)
    disease = of_mention(words.text, lead, start, lead.end)
    if hangs:  # "gout with asthma or fever": of who has a fever alone a person decides
        doubt = None if caused and cuts[0].join == "or" else unread(words.text, start, end)
        return [parts[0], group("and", [group("or", [disease, doubt]), last])]
    return [AllOf(of=(disease, AnyOf(of=(of_mention(words.text, one, one.start, end), last))))]


def asked_of_all(words: Words, cuts: Sequence[Cut], start: int, end: int) -> Cut | None:
    """Where several diseases that "or" joins go on with alternatives of another kind: "gout or asthma on warfarin or prednisone", "... with FEV1 < 60 % or FVC < 70 %".

    An inclusion asks one of each; nobody is let in by the last alternative alone.
    """
    if words.role == "exclusion" or len(cuts) < 2 or any(c.join not in ("or", "either") or c.loose for c in cuts) or opened(words.text, start, end) is not None:
        return None
    stretches = between(start, end, cuts)
    for index in range(1, len(stretches) - 1):
        at = _HAVING.search(words.text, *stretches[index])
        before = [*stretches[:index], (stretches[index][0], at.start())] if at is not None else []
        behind = [(at.end(), stretches[index][1]), *stretches[index + 1 :]] if at is not None else []
        if before and all(_only(words, piece, "condition") for piece in before) and all(_only(words, piece, "drug") or _only(words, piece, None) for piece in behind):
            return Cut(at.start(), at.start(), "and", False) if at is not None else None
    return None


def excluded_with(words: Words, cuts: Sequence[Cut], start: int, end: int) -> Cut | None:
    """The "and" before what an exclusion says of people with any of several things: "who took A, B or C and are unwilling to stop".

    The first of the things is then no ground without it.
    """
    first = next((c for c in cuts if c.join in ("or", "either")), None)
    if words.role == "inclusion" or opened(words.text, start, end) is not None:
        return None
    if first is None:  # "diabetes, and currently under treatment"
        own = len(cuts) == 1 and cuts[0].join == "and" and _STILL.match(words.text, cuts[0].end, end) and words.names(start, cuts[0].start)
        return cuts[0] if own and not any(m.kind == "demographic" for m in words.names(start, end)) else None
    cut = next((c for c in words.layout.joints(first.end, end) if c.join == "and" and _ALSO_ARE.match(words.text, c.end, end)), None)
    if cut is None or any(c.start > cut.end for c in cuts):
        return None
    told = _WHO_ARE.match(words.text, cut.end, end) is not None or grammar().people.match(words.text, start) is not None
    return cut if told or _THEM.search(words.text, cut.end, end) is not None else None


def on_either(words: Words, cuts: Sequence[Cut], start: int, end: int) -> Cut | None:
    """Where an inclusion's one disease goes on with a list of drugs: "gout treated with allopurinol, febuxostat or probenecid" asks for one of them."""
    if words.role == "exclusion" or cuts[0].join != "comma":
        return None
    joints = words.layout.joints(start, end)
    if len(joints) < 2 or joints[-1].join != "or" or any(c.join != "comma" for c in joints[:-1]):
        return None
    (first, stop), *rest = between(start, end, joints)
    at = _HAVING.search(words.text, first, stop)
    if at is None or not _only(words, (first, at.start()), "condition") or not is_light(words.text[words.names(first, at.start())[-1].end : at.start()]):
        return None
    return Cut(at.start(), at.start(), "and", False) if all(_only(words, piece, "drug") for piece in ((at.end(), stop), *rest)) else None


def shown_by_either(words: Words, cuts: Sequence[Cut], end: int) -> Cut | None:
    """Where an inclusion goes on with what either of two examinations has shown: "CT or MRI within 4 weeks without metastases"."""
    exams = [m for m in words.mentions.concepts if examines(m)] if words.role == "inclusion" else []
    for cut in (c for c in cuts if c.join == "or" and not c.loose):
        behind = next((m for m in exams if m.start >= cut.end and is_light(words.text[cut.end : m.start])), None)
        if behind is None or not any(0 <= cut.start - m.end <= 1 for m in exams):
            continue
        shown = _SHOWING.search(words.text, behind.end, end)
        return Cut(shown.start(), shown.start(), "and", False) if shown is not None and words.layout.is_open(shown.start(), cut.start) else None
    return None


def behind_list(words: Words, cuts: Sequence[Cut], start: int, end: int) -> Cut | None:
    """The "and" behind an inclusion's list of diseases that "or" has closed: "ovarian, tubal or peritoneal cancer and primary surgery" asks all for surgery."""
    joins = [c.join for c in cuts]
    if words.role == "exclusion" or joins.count("or") != 1 or joins[-2:] != ["or", "and"] or cuts[-1].loose or len(cuts) < 3 or set(joins[:-2]) != {"comma"}:
        return None
    before, behind = words.names(start, cuts[-1].start), words.names(cuts[-1].end, end)
    kinds = {m.kind for m in before if m.kind != "demographic"}
    apart = kinds == {"condition"} and len(before) > 1 and bool(behind) and all(m.kind not in ("condition", "demographic") for m in behind)
    return cuts[-1] if apart and not any("negated" in m.context for m in (*before, *behind)) else None


def _only(words: Words, piece: tuple[int, int], kind: str | None) -> bool:
    """Whether a stretch names one thing of a kind, or where no kind is given limits alone."""
    names, limits = [m for m in words.names(*piece) if m.kind != "demographic"], words.limits(*piece)
    if kind is None:
        return bool(limits) and not names and not any(p.time is not None for p in limits)
    return len(names) == 1 and names[0].kind == kind and not names[0].context and not limits


def denied_of_one(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> Expression | None:
    """The same under the denial of an inclusion: "no asthma requiring steroids or omalizumab" denies neither of these by itself."""
    if words.role == "exclusion" or len(parts) != 2 or not all(isinstance(p, (Condition, Exposure)) and p.negated for p in parts) or opened(words.text, *stretches[1]) is not None:
        return None
    begin = opened(words.text, *stretches[0])
    there = [affirmed(words, p, begin or 0) for p in parts if p is not None]
    made = with_either_of_one(words, cuts, stretches, there, denied=True)
    either = group("or", [map_leaves(p, lambda leaf: affirmed(words, leaf, begin or 0)) for p in made if p is not None])
    return Not(of=either) if begin is not None and made != there and either is not None else None


def not_together(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> Expression | None:
    """What an inclusion denies of two things together: "no combination of gout and asthma"; of who has one of "no concomitant gout and asthma" a person decides."""
    if words.role == "exclusion" or len(parts) != 2 or cuts[0].join != "and" or cuts[0].loose or not all(isinstance(p, (Condition, Exposure)) and p.negated for p in parts):
        return None
    begin, named = opened(words.text, *stretches[0]), [words.names(*stretch) for stretch in stretches]
    if begin is None or any(len(names) != 1 for names in named) or named[0][0].kind != named[1][0].kind or opened(words.text, *stretches[1]) is not None:
        return None
    said = words.text[stretches[0][0] : named[0][0].start]
    one, two = (affirmed(words, p, begin) for p in parts if p is not None)
    if _NOT_BOTH.search(said) or _WITH_IT.fullmatch(words.text[cuts[0].start : cuts[0].end] + " "):
        return Not(of=AllOf(of=(one, two)))
    doubt = unread(words.text, begin, stretches[1][1]) if named[0][0].kind == "condition" and _CONCOMITANT.search(said) else None
    return Not(of=AnyOf(of=(AllOf(of=(one, two)), AllOf(of=(AnyOf(of=(one, two)), doubt))))) if doubt is not None else None


def lacking_neither(words: Words, start: int, parts: Sequence[Expression | None]) -> Expression | None:
    """What an inclusion denies where it lacks another thing: "no infection without antibiotics" asks nobody to be without these."""
    begin, (one, two) = opened(words.text, start, len(words.text)), parts
    if words.role == "exclusion" or begin is None or not isinstance(one, (Condition, Exposure)) or not isinstance(two, (Condition, Exposure)):
        return None
    lacks = one.negated and two.negated and _WITHOUT.match(words.text, two.start) is not None
    return Not(of=AllOf(of=(affirmed(words, one, begin), two))) if lacks else None


def _is_bare(words: Words, stretch: tuple[int, int], name: Mention) -> bool:
    """Whether a stretch is a disease and no more, so that it may go with what stands before it."""
    opens = _OF_KIND.fullmatch(words.text, stretch[0], name.start) is not None
    return opens and name.kind == "condition" and is_light(words.text[name.end : stretch[1]])

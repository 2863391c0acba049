"""Which joints of a stretch part two things, and which stand within one."""

from __future__ import annotations

import re

from limen.assembly.coordination import dangles, is_adjective, of_one_test, shares_noun, stand_apart
from limen.assembly.cuts import before_event, ends_list, further_thing, is_slash_of_one, opens_with_age, tells_how
from limen.assembly.denials import denies_anew
from limen.assembly.doubts import single_qualities
from limen.assembly.exceptions import Exceptions
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, is_light, waives
from limen.assembly.segments import Cut, between
from limen.assembly.words import Words
from limen.lexicon.load import load

_WHETHER = re.compile(r"\bwhether\s+(?:\w+ly\s+)?(?:treated|on|they|it|taking|receiving|given|or)\s?[^,;.:()]{0,30}$", re.IGNORECASE)
_EQUIVALENT = re.compile(r"\s*(?:an?\s|its\s|the\s)?equivalents?(?=\s(?:for|within|in|during|daily|per|at|over|and|or|as)\b|\W*$|\s?[,;.)])", re.IGNORECASE)
_REGARDLESS = re.compile(r"\b(?:regardless|irrespective|independent(?:ly)?)\s+of\s[^,;.:()]*$", re.IGNORECASE)
_TOGETHER = re.compile(
    r"\s*(?:both(?:\s+of\s+(?:these|them|the\s+two|those))?|(?:(?:a|any|some)\s+|their\s+)?combinations?(?:\s+thereof|\s+of\s+(?:both|these|them|those|any|the\s+(?:two|three|above))(?:\s+(?:of\s+)?\w+){0,2})?)\s*(?=\W*$|[,;.)])",
    re.IGNORECASE,
)
_ANY_OF = re.compile(r"\b(?:any|one|either)\s+of\s+(?!(?:the|these|those|his|her|their|them)\b)", re.IGNORECASE)
_VERB = re.compile(r"\b(?:(?:have|has|had|are|is|were|was|be|been|currently|previously)\s+){1,3}(?:received|receiving|taken|taking|used|using|undergone|undergoing|started|initiated)$", re.IGNORECASE)  # "have received or are receiving"
_OF_SEX = re.compile(r"\b(?:in|for|among|by|of)\s+(?:[\w-]+\s+)?(?:males?|females?|men|women)$", re.IGNORECASE)
_SEX = re.compile(r"\s*(?:[\w-]+\s+)?(?:males?|females?|men|women)\b", re.IGNORECASE)
_MEDICAL = re.compile(r"\b(?:medical|surgical)$", re.IGNORECASE)
_MEDICAL_NOUN = re.compile(r"\s*(?:medical|surgical|psychiatric|psychological|mental|social)\s", re.IGNORECASE)
_SIGNS = re.compile(r"\b(?:symptoms?|signs?|evidence|history|findings?|features?|manifestations?|diagnosis|suspicion|presence|documentation)$", re.IGNORECASE)
_SIGNS_OF = re.compile(r"\s*(?:[\w-]+\s+)?(?:symptoms?|signs?|evidence|history|findings?|features?|manifestations?|diagnosis|suspicion|presence|documentation)\s+(?:of|for)\s", re.IGNORECASE)
_STAGE = re.compile(r"(?:\w+\s+with\s+)?(?:\w+\s+)?stages?\s+[\dIVXivx]+[A-Ca-c]?(?:\s?(?:or|and|to|[-–/])\s?[\dIVXivx]+[A-Ca-c]?)?", re.IGNORECASE)
_CLAUSE = 4  # words of what may be a statement


def parting_cuts(words: Words, exceptions: Exceptions, start: int, end: int, *, listed: bool) -> list[Cut]:
    """The cuts that part two things: a stretch without anything read stays with its neighbour, unless commas list it.

    `listed`: a lead says that commas list things here.
    """
    cuts = [c for c in words.layout.joints(start, end) if not is_slash_of_one(words, c, (start, c.start))]  # "asthma, prior/current gout"
    stretches = between(start, end, cuts)
    listing = any(c.join == "or" or (c.loose and c.join == "and") for c in cuts)
    kept: list[Cut] = []
    for index, cut in enumerate(cuts):
        left = (kept[-1].end if kept else start, cut.start)
        right = stretches[index + 1] if cut.loose else (cut.end, end)
        if _within_one(words, exceptions, start, cut, left, right):
            continue
        if _commas_list(words, cut, left, right, whole=listed or words.bears(start, end), listing=listing) or _parts_two(words, start, cut, kept, left, right, end):
            kept.append(cut)
    return kept


def joins_any(words: Words, start: int, end: int) -> bool:
    """Whether the commas of a list join alternatives: "any of A, B" begins with it, "A, B, or both" ends so."""
    cuts = words.layout.joints(start, end)
    return any(c.join == "or" and _TOGETHER.match(words.text, c.end) for c in cuts) or _ANY_OF.search(words.text, start, cuts[0].start) is not None


def _within_one(words: Words, exceptions: Exceptions, start: int, cut: Cut, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether a joint stands within one thing, or before what is none."""
    if of_one_test(words.text, left[0], cut) or (cut.join == "comma" and _lifts(words, exceptions, cut)):
        return True
    if cut.join == "or" and words.text.startswith("not ", place := words.skip(cut.end)) and any(m.start == place for m in words.concepts):
        return False  # "postmenopausal or not of childbearing potential"
    if cut.join == "or" and (_EQUIVALENT.match(words.text, cut.end) or _TOGETHER.match(words.text, cut.end)):
        return True  # "prednisone > 10 mg/day or equivalent for 2 weeks", "gout, asthma, or both"
    if words.role == "exclusion" and _OF_SEX.search(words.text, *words.trim(*left)) and _SEX.match(words.text, cut.end, right[1]) and not words.limits(*right):
        return True  # "no contraception in men and women of childbearing potential"
    lifted = [b for b in words.layout.brackets(cut.end, right[1]) if words.cue_at(*b) is not None]  # "grade 1 or baseline (except neuropathy of grade ≤ 2)"
    bound = any(not any(a <= p.start < b for a, b in lifted) for p in words.limits(cut.end, right[1])) or (waives(words.text, cut.end) and words.limits(*left))
    if _defines(words, cut, left, right) or (grammar().no_item.match(words.text, cut.end) and not bound):
        return True
    if (words.role == "inclusion" and not cut.loose and _REGARDLESS.search(words.text, start, cut.start)) or _WHETHER.search(words.text, start, cut.start):
        return True
    if cut.join == "comma" and (_are_qualities(words, left, right) or _is_stage_of(words, left, right)):
        return True
    if _MEDICAL.search(words.text, *words.trim(*left)) and _MEDICAL_NOUN.match(words.text, cut.end):
        return True  # "any surgical or medical condition"
    if _SIGNS.search(words.text, *words.trim(*left)) and _SIGNS_OF.match(words.text, cut.end):
        return True  # "symptoms or signs of gout"
    dangling = words.role == "inclusion" and not cut.loose and (dangles(words.text, *left) or _VERB.search(words.text, *words.trim(*left)))
    return tells_how(words, cut) or bool(dangling) or shares_noun(words.text, words.trim(*left), cut, words.concepts)


def _defines(words: Words, cut: Cut, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether a comma stands before the limit that a thing an exclusion names is defined by: "anaemia, defined as haemoglobin < 9 g/dL"."""
    told = words.role == "exclusion" and not words.limits(*left) and grammar().defined_word.match(words.text, words.skip(cut.end))
    return bool(told) and any(p.time is None for p in words.limits(*right)[:1])


def _is_stage_of(words: Words, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether a comma parts a stage from the cancer that has it: "stage I-II, unresectable melanoma" in an exclusion is one thing."""
    if words.role == "inclusion" or _STAGE.fullmatch(words.text, *words.trim(*left)) is None:
        return False
    named = [m for m in words.names(*right) if "negated" not in m.context]
    return bool(named) and "malignancy" in load().ancestors(named[-1].ids[0])


def _are_qualities(words: Words, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether a comma parts two qualities of one thing: "active, uncontrolled infection", "severe, life-threatening asthma"."""
    before, behind = (WORD.findall(words.text[slice(*stretch)].lower()) for stretch in (left, right))
    said = [w for w in before if not is_light(w)] or before[-1:]
    start = words.trim(*right)[0]
    if any(m.start == start and " " not in words.text[m.start : m.end] for m in words.concepts):
        return False  # "severe, gout"
    if len(behind) < 2 or before[-1:] != said[-1:] or not set(said) <= single_qualities() or grammar().guard_prefix.match(words.text, left[0]):
        return False
    doing = behind[0].endswith("ing") and "-" not in behind[0]  # "including", "requiring"
    return behind[0] in single_qualities() or (is_adjective(behind[0]) and not doing)


def _commas_list(words: Words, cut: Cut, left: tuple[int, int], right: tuple[int, int], *, whole: bool, listing: bool) -> bool:
    """Whether two things are named, or a comma parts what nobody read; `whole`: something was read around it, or a lead says that commas list."""
    if words.bears(*left) and words.bears(*right):
        return True
    if not cut.loose:
        return False
    if whole and all(words.weighty(*part) or words.limits(*part) for part in (left, right)):
        return True
    if cut.join != "comma" and all(len(words.text[a:b].split()) >= _CLAUSE for a, b in (left, right)):
        return True
    return listing and words.weighty(*left) and words.weighty(*right)


def _parts_two(words: Words, start: int, cut: Cut, kept: list[Cut], left: tuple[int, int], right: tuple[int, int], end: int) -> bool:
    """Whether the words around a joint show that it parts two things, one of which no list knows."""
    if cut.join in ("or", "either") and before_event(words, start, cut, left, end):
        return True
    if cut.join in ("or", "and") and kept and kept[-1].join == "comma" and ends_list(words, cut, left, right):
        return True
    several = words.weighty(*left) and len(words.text[slice(*left)].split()) > 1
    if cut.join == "or" and several and denies_anew(words.text, cut.end, right[1]):
        return True
    if cut.join == "either" and words.weighty(*left) and words.weighty(*right):
        return True
    if cut.join == "and" and words.weighty(*left) and opens_with_age(words, cut.end, end):
        return True
    if cut.join == "or" and not words.limits(*left) and stand_apart(words.text, words.trim(*left), words.trim(*right), words.concepts):
        return True
    return further_thing(words, cut, left, (cut.end, end))


def _lifts(words: Words, exceptions: Exceptions, cut: Cut) -> bool:
    """Whether a bracket behind a comma lifts what stands before it: "regular drugs, (contraceptives are allowed)"."""
    opened = words.skip(cut.end)
    inner = words.layout.brackets(cut.end, len(words.text)) if words.text[opened : opened + 1] == "(" else []
    return bool(inner) and exceptions.bracket(*inner[0]) is not None

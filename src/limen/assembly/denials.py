"""How far a denial reaches, and what it denies where no list knows the thing.

The context rules deny every name behind "no" up to the clause's end.  A denial ends sooner: at the end of its sentence, where
a new statement begins ("no radiotherapy, and can accept surgery"), and where it only tells which thing is meant ("a seizure
not induced by withdrawal").  It follows Chapman et al., J Biomed Inform 2001 (NegEx), whose scope ends at such words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly.denial_words import patterns
from limen.assembly.forbidden import forbids_both, is_off
from limen.assembly.grammar import grammar
from limen.assembly.statuses import POSITIVE, statuses
from limen.assembly.verdicts import verdicts
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, Not, Unless, Unread
from limen.lexicon.run_on import run_ons
from limen.mentions import Cue, Mention, Mentions

DENIAL = "NEGATED_EXISTENCE"
_INABILITY = "INABILITY"
_LINE = 60  # characters of a line that is not wrapped
_CARRIED = re.compile(r"(?:[,:(/-]|\b(?:and|or|of|with|to|for|in|by|the|any|no|not|without))$", re.IGNORECASE)
_WITHOUT = re.compile(r"[\s-]na[iï]ve\b|\sfree(?=\s*(?:[,;.)]|$|for\s|since\s|at\s|within\s))|-free\b(?!\s+(?:survival|interval|period|time|diet))", re.IGNORECASE)
_NONE_OF = re.compile(r"\bnone\s+of\s+(?:the|these|those|them)\b|(?<=\()not\s+(?:required|needed|necessary|mandatory)\s+(?:for|in|if|when)\s", re.IGNORECASE)
_TOLD_NONE = re.compile(r"\s?:\s*(?:none|no|nil|never|denied)\s*(?=[;,.)]|$)", re.IGNORECASE)
_SIDE = re.compile(r"\s*(?:,|/|and|or|and/or|,\s?and|,\s?or)\s*")
_EITHER_WAY = re.compile(r"\b(?:with\s?(?:or|and/or|/)\s?without|or\s+not\s+(?:with|within|by|of|on|in|to|under))\s+[^,;.()]{0,60}$", re.IGNORECASE)
_SINCE = re.compile(r"\W*(?:\w+\s+){0,2}(?:at\s+least|≥|more\s+than|>)\s*\d+\s+\w+\s+(?:since|after|from)\b", re.IGNORECASE)
_ABILITY = re.compile(r"(?:un|in|im|not\s)(?:able|abil|willing|capab|possib|feasib)|can(?:\s?no|.)t\b|refus|fail|declin", re.IGNORECASE)
_OWN = re.compile(r"(?:not|no)\s", re.IGNORECASE)
_QUOTES = tuple("\"“‘'")
_ATTRIBUTE = re.compile(r"[\s-]negative\s+(?:(?!(?:with|and|or|who|that|in|of|for|patients|subjects|participants)\b)[\w-]+\s+){0,3}", re.IGNORECASE)
_OF_THING = re.compile(r"\b(?:that|which)\s+(?:\w+\s+)?$", re.IGNORECASE)
_FRONT = re.compile(r"(?:\A|[.;:\n]\s*)(?:in\s+(?:the\s+)?absence\s+of|without)(?:\s+any)?$", re.IGNORECASE)
_HOLDS = re.compile(r"[^.;:]{0,160}?\b(?:is|are|was|were|may|can|must|should|will)\s", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_CLOSING = re.compile(r"\)")
_PERSON = re.compile(r"[a-z]ers?$", re.IGNORECASE)  # "never smoker" denies nothing behind it, "does not smoke" does
_ASIDE = re.compile(r",\s*(?:as|in|by|based|according)\s[^,;.:()]{0,80},(?=\s*(?:or|nor|and/or)\s)", re.IGNORECASE)
_NEGATIVE_BEFORE = re.compile(r"\bnegative\s+(?:[\w-]+[\s,/]+){0,6}$", re.IGNORECASE)
_GUARDED = re.compile(r"(?:in\s+(?:the\s+)?presence\s+of|in\s+case\s+of|\b(?:for|in)\s+\w+\s+with|\bif)\s", re.IGNORECASE)
_LIMITED = re.compile(r"(?:\bor|[,;(])\s*(?:[<>≤≥]|no\s+more|(?:less|more|greater|lower|higher)\s+than|at\s+(?:least|most)|up\s+to|below|above|under|over|within\s)[^;]{0,30}?\bwith\s+(?:[^\W\d][\w'’-]*\s+){0,6}$", re.IGNORECASE)
_LASTS = re.compile(r"[\s-](?:[\w-]+\s){0,2}(?:negative|absent)\s+for\b", re.IGNORECASE)  # "HIV negative for at least 6 months"
_FOR_OTHER = re.compile(r"\s+(?:for|on)\s+(?!(?:at\s+least|more|over|longer|the\s+(?:past|last|previous)|an?\s+(?:year|month|week))\b)[^\W\d_]", re.IGNORECASE)
_ANEW = re.compile(r"(?:,|\d[^,.;()]{3,20})\s+and\s+(?:(?!(?:no|not|without|or|and)\b)[\w-]+\s+){0,3}$", re.IGNORECASE)
_PREDICATE = re.compile(r"\s+(?:is|are|was|were|has|have)\s+(?!(?:also\s+|be(?:en)?\s+)?(?:not|no|allow|permit|accept|present|detect|requir|known|evident|found|observ|seen|exclu|prohibit|absent))", re.IGNORECASE)
_EXCEPTED = re.compile(r"\b(?:except\w*|other\s+than|unless|excluding)\b", re.IGNORECASE)
_BACK = 170  # characters before a limit in which it may be said that nothing came of it
_AHEAD = 20  # characters of a name that are looked at for the beginning of a statement
_SEXES = ("male", "female")
_WHOM = re.compile(r"\b(?:for|in)\s+(?:the\s+)?$", re.IGNORECASE)
_STATES = ("pregnant", "breastfeeding", "prisoner")
_NEAR = 24  # characters between "unable to" and what a limit is about
_BEFORE = 60  # characters in which a denial may stand right before a name


def settled(mentions: Mentions) -> Mentions:
    """The mentions with each name denied where the words deny it, and only there."""
    cues = [c for c in mentions.cues if c.category in (DENIAL, _INABILITY)]
    if not cues and "without" not in mentions.text and "ff " not in mentions.text and not _TOLD_NONE.search(mentions.text) and not _WITHOUT.search(mentions.text):
        return mentions
    other = [(q.start, q.end) for q in mentions.quantities]  # "not more than 3 months since surgery" denies no surgery
    other += [m.span() for m in verdicts().shutting.finditer(mentions.text)]  # nor does "not eligible if asthma is present" deny asthma
    other += [(m.start, m.end) for m in mentions.concepts if m.ids[0] in statuses().absences and _PERSON.search(mentions.text, m.start, m.end)]
    other += [(m.start - _NEAR, m.end) for m in mentions.concepts if _OWN.match(mentions.text, m.start)]  # "is not of childbearing potential" is the name of what is so
    other += [m.span() for m in _NONE_OF.finditer(mentions.text)]  # a lead, which denies what stands behind its colon; "(not required for patients with gout)"
    denying = [c for c in cues if c.category == DENIAL and not any(a <= c.start and c.end <= b for a, b in other)]
    unable = [c for c in cues if c.category == _INABILITY]
    named = [_settled(mentions.text, denying, _freed(mentions.text, unable, m)) for m in mentions.concepts]
    behind = closing = -1
    for index in range(len(named) - 2, -1, -1):  # "HIV, hepatitis B and hepatitis C negative"
        one, two = named[index : index + 2]
        closes = index + 2 == len(named) or not qualifies(mentions.text, two, named[index + 2])
        if closes and _is_behind(mentions.text, two):
            behind, closing = index + 1, two.end
        joined = _SIDE.fullmatch(mentions.text, one.end, two.start) or forbids_both(mentions.text, one, two, closing)
        if "negated" in two.context and one.kind == two.kind and behind == index + 1 and joined and not POSITIVE.search(mentions.text, one.start, two.start):
            named[index] = one._replace(context=one.context | {"negated"})
            behind = index
    return mentions._replace(concepts=tuple(named))


def _freed(text: str, cues: Sequence[Cue], mention: Mention) -> Mention:
    """The name without the mark of "unable to" where another statement stands between: "unable to exercise; asthma"."""
    listed = mention.ids[0] in _STATES and "," in text[max((c.end for c in cues if c.end <= mention.start), default=0) : mention.start]  # "adults unable to consent, pregnant women"
    if "inability" not in mention.context or (not listed and any(goes_on(text, c.end, mention.start) for c in cues if c.end <= mention.start)):
        return mention
    return mention._replace(context=mention.context - {"inability"})


def _settled(text: str, cues: Sequence[Cue], mention: Mention) -> Mention:
    if _EITHER_WAY.search(text, max(0, mention.start - _BEFORE), mention.start):
        return mention._replace(context=frozenset({"inability"}))  # it may be there or not: nothing is asked
    if any(c.start < mention.start < c.end for c in cues):
        return mention._replace(context=mention.context | {"negated"})  # "not on dialysis"
    if "negated" in mention.context:
        if _reached(text, cues, mention):
            return mention
        before = [c for c in cues if c.end <= mention.start]
        told = any(_is_closed(text, c, mention) or _denies_deed(text, c) or (tells_which(text, c) and "," not in text[c.end : mention.start]) for c in before)
        return mention._replace(context=mention.context - {"negated"} | ({"inability"} if told else set()))
    tested = mention.kind == "condition" and (_is_tested_negative(text, mention) or (_LASTS.match(text, mention.end) is not None and _is_behind(text, mention)))
    if mention.kind != "demographic" and (_WITHOUT.match(text, mention.end) or tested):
        return mention._replace(context=mention.context | {"negated"})
    if mention.kind in ("drug", "procedure") and (patterns().undone_behind.match(text, mention.end) is not None or is_off(text, mention)):
        return mention._replace(context=mention.context | {"negated"})  # "radiotherapy not given"
    if mention.kind == "condition" and is_told_none(text, mention.end):
        return mention._replace(context=mention.context | {"negated"})
    if mention.kind in ("condition", "demographic") and not mention.context & {"inability", "uncertain"} and _beside(text, mention.start):
        return mention._replace(context=mention.context | {"negated"})
    return mention


def _reached(text: str, cues: Sequence[Cue], mention: Mention) -> bool:
    """Whether a denial reaches the name: one before it whose statement goes on to there, or one behind it."""
    if _beside(text, mention.start) or _WITHOUT.match(text, mention.end) or _is_tested_negative(text, mention):
        return True
    if _is_behind(text, mention):
        return True
    return any(_goes_on(text, c, mention) for c in cues if c.end <= mention.start)


def _is_tested_negative(text: str, mention: Mention) -> bool:
    """Whether a negative test names the thing: "a negative COVID-19 test"."""
    return _NEGATIVE_BEFORE.search(text, max(0, mention.start - _BEFORE), mention.start) is not None and patterns().test.match(text, mention.end) is not None


def is_told_none(text: str, place: int) -> bool:
    """Whether "none" stands behind a colon at a place: "asthma: none"."""
    return _TOLD_NONE.match(text, place) is not None


def qualifies(text: str, mention: Mention, noun: Mention) -> bool:
    """Whether a denied name only says of which kind the name behind it is: "HPV-negative cervical cancer"."""
    return mention.end < noun.start and _ATTRIBUTE.fullmatch(text, mention.end, noun.start) is not None


def _is_behind(text: str, mention: Mention) -> bool:
    """Whether a word of denial stands behind the name: "hepatitis B surface antigen negative"."""
    found = patterns().backward.match(text, mention.end, mention.end + _BEFORE)
    if found is None or (mention.kind == "demographic" and ":" in found.group()):  # "women: negative pregnancy test"
        return False
    return _FOR_OTHER.match(text, found.end()) is None  # "women of childbearing potential must be negative for HIV"


def _goes_on(text: str, cue: Cue, mention: Mention) -> bool:
    """Whether the statement of a denial goes on to a name; "HIV negative, diabetes" denies no diabetes."""
    if not goes_on(text, cue.end, mention.start) or tells_which(text, cue) or _denies_deed(text, cue) or _is_closed(text, cue, mention) or _is_managed(text, cue, mention):
        return False
    if (number := _NUMBER.search(text, cue.end, mention.start)) is not None and _GUARDED.search(text, number.end(), mention.start):
        return False  # "≤ 2.5 in the absence of metastases, ≤ 5 in the presence of metastases"
    if _LIMITED.search(text, cue.end, mention.start):
        return False  # "≤ 2.5 without metastases, ≤ 5 with metastases"
    if patterns().unfit.match(text, cue.end) and grammar().kind_word.search(text, cue.end, mention.start):
        return False  # "not suitable, such as claustrophobia" names what makes unfit
    modal = grammar().modal.search(text, cue.end, mention.start)
    refuses = modal is not None and text[cue.end :].lstrip().startswith(("agree", "willing"))
    if modal is not None and not refuses and grammar().people.search(text, text.rfind(". ", 0, cue.start) + 1, cue.start):
        return False  # "patients who have not had a vasectomy must use a condom", not "who do not agree to use a condom"
    if _ANEW.search(text, cue.end, mention.start) and _PREDICATE.match(text, mention.end):
        return False  # "no progression for 4 weeks, and symptoms are stable"
    if mention.ids[0] in _SEXES and (_WHOM.search(text, cue.end, mention.start) or text[mention.start - 1] == "("):
        return False  # "do not use a 5 mm tube for men" denies no sex
    if _SINCE.match(text, cue.end, mention.start):
        return False  # "has not yet completed at least 60 days since ending another trial" denies the days
    return text[cue.start : cue.end].lower() != "negative"


def _is_managed(text: str, cue: Cue, mention: Mention) -> bool:
    """Whether "not" denies how a thing is kept: "not well controlled asthma" is asthma, and "lung disease that is not treated (asthma, COPD)" too."""
    bracket = text.find("(", cue.end, mention.start)
    return patterns().managed.fullmatch(text, cue.end, bracket if bracket > 0 else mention.start) is not None


def _is_closed(text: str, cue: Cue, mention: Mention) -> bool:
    """Whether a comma ends a denial: "in the absence of gout, steroids are allowed" denies no steroids."""
    if _is_managed(text, cue, mention) or "," not in text[cue.end : mention.start] or not goes_on(text, cue.end, mention.start):
        return False
    if _OF_THING.search(text, max(0, cue.start - _AHEAD), cue.start) and not grammar().kind_word.search(text, cue.end, mention.start):
        return True  # "eczema that has not needed steroids, asthma": another thing, as likely as not
    if not _FRONT.search(text, max(0, cue.start - _AHEAD), cue.end):
        return False
    return _HOLDS.match(text, mention.end) is not None


def goes_on(text: str, start: int, end: int) -> bool:
    """Whether one statement goes on from a place to another."""
    ends = end_of(text, start, min(len(text), end + _AHEAD))  # a name may begin with the word of a statement: "able to consent"
    return (ends is None or ends.start() >= end) and not _new_line(text, start, end) and next(run_ons(text, start, end), None) is None


def end_of(text: str, start: int, end: int) -> re.Match[str] | None:
    """Where a statement ends; a prohibition goes on behind "or" ("must not have A or be on B").

    An aside that a list goes on behind does not end it: "no asthma, as judged by the doctor, or gout".
    """
    forbids = patterns().forbids.search(text, max(0, start - _BEFORE), start) is not None
    pattern = patterns().forbidden_ends if forbids else patterns().ends
    ends = pattern.search(text, start, end)
    while ends is not None and (aside := _ASIDE.match(text, ends.start(), end) or _closing(text, start, ends.start(), end)):
        ends = pattern.search(text, aside.end(), end)
    return ends


def _closing(text: str, start: int, place: int, end: int) -> re.Match[str] | None:
    """The end of the brackets that a place lies in, where they open and close in a stretch: "no asthma (grade 2) or gout"."""
    return _CLOSING.search(text, place, end) if text.count("(", start, place) > text.count(")", start, place) else None


def _new_line(text: str, start: int, end: int) -> bool:
    """Whether a short line that nothing carries on ends between two places: a list without marks."""
    place = text.find("\n", start, end)
    while place >= 0:
        line = text[text.rfind("\n", 0, place) + 1 : place].strip()
        if len(line) < _LINE and not _CARRIED.search(line):
            return True
        place = text.find("\n", place + 1, end)
    return False


def tells_which(text: str, cue: Cue) -> bool:
    """Whether "not" stands with a verb behind a noun: "a seizure not induced by withdrawal"."""
    return text[cue.start : cue.end].lower().rstrip().endswith(("not", "n't", "n’t")) and patterns().qualifier.match(text, cue.end) is not None


def _denies_deed(text: str, cue: Cue) -> bool:
    """Whether "not" denies what was done with a thing, and not the thing: "did not respond to prednisone"."""
    return patterns().deed.match(text, cue.end) is not None


def _beside(text: str, start: int) -> bool:
    """Whether a word of denial stands right before a name: "not currently pregnant", "non-pregnant"."""
    found = patterns().beside.search(text, max(0, start - _BEFORE), start)
    return found is not None and patterns().affirmed.match(text, found.start()) is None


def opened(text: str, start: int, end: int) -> int | None:
    """Where the denied thing begins in a stretch that opens with its denial: "Absence of bone lesion"."""
    found = patterns().opener.match(text, start, end)
    if text[max(0, start - 1) : start] in _QUOTES:
        return None  # "no further care" in quotes is a name
    if found is None or patterns().affirmed.match(text, found.start("denial"), end) or _EITHER_WAY.search(text, start, found.end()):
        return None
    cue = Cue(DENIAL, found.start("denial"), found.start("denial") + 3)
    return None if tells_which(text, cue) else found.end()


def speaks_of_ability(text: str) -> bool:
    """Whether some stretch of a text may open with "unable to"."""
    return _ABILITY.search(text) is not None


def is_unable(text: str, start: int) -> bool:
    """Whether the words at a place say that someone is unable or unwilling: "inability to", and not "planned to"."""
    return patterns().unable.match(text, start) is not None


def enabled(leaf: Expression) -> Expression:
    """An unread stretch that opens with "unable to" as the denial of being able to."""
    found = patterns().unable.match(leaf.text) if isinstance(leaf, Unread) else None
    if found is None or not isinstance(leaf, Unread):
        return leaf
    return Not(of=leaf.model_copy(update={"text": leaf.text[found.end() :], "start": leaf.start + found.end()}))


def denies_anew(text: str, start: int, end: int) -> bool:
    """Whether a statement with a denial of its own begins behind "or": "or is unable to walk", "or has no pain"."""
    if patterns().unable.match(text, start, end) is not None:
        return True
    return patterns().statement.match(text, start, end) is not None and opened(text, start, end) is not None


def states(text: str, start: int) -> bool:
    """Whether a new statement begins at a place, with its verb or its "who"."""
    return patterns().statement.match(text, start) is not None


def parting(text: str, start: int, end: int) -> Cue | None:
    """The denial that parts a statement from one before it: "cirrhosis without ascites"."""
    unable = patterns().unable.match(text, start, end)  # "not willing or unable to" is one denial
    for match in patterns().joint.finditer(text, unable.end() if unable else start + 1, end):
        cue = Cue(DENIAL, match.start(), match.end() - 1)
        waived = patterns().waived.search(text, max(start, match.start() - 6), match.start())
        if not waived and not tells_which(text, cue) and patterns().backward.match(text, match.start(), end) is None:
            return cue
    return None


def unreached(text: str, start: int, named: int) -> bool:
    """Whether a limit is one that a change did not reach: "has not recovered to grade ≤ 1", its name being at `named`."""
    found = patterns().unreached.search(text, max(0, start - _BACK), start)
    if found is not None and _EXCEPTED.search(text, found.start("to"), start):
        return False  # "has not recovered to grade ≤ 1 (except neuropathy of grade ≤ 2)"
    return found is not None and not found.start("to") < text.rfind(" or ", found.start("to"), start) < named


def governs(text: str, start: int, end: int) -> bool:
    """Whether what stands near behind "unable to" is said of it: in the same statement, and not outside its brackets."""
    return end - start < _NEAR or (end - start < 2 * _NEAR and ")" not in text[start:end] and goes_on(text, start, end))


def uses(text: str, start: int, end: int) -> bool:
    """Whether a stretch behind "unable to" names a use: who cannot use it does not, who cannot refrain from it may."""
    return patterns().use.search(text, start, end) is not None


def is_surely_denied(text: str, start: int, end: int) -> bool:
    """Whether a stretch opens with its denial, or has it behind the name: "no jaundice", "hepatitis B negative"."""
    return opened(text, start, end) is not None or patterns().backward.search(text, start, end) is not None


def is_denied(part: Expression | None) -> bool:
    """Whether a part of a list is denied."""
    if isinstance(part, (Condition, Exposure)):
        return part.negated
    return isinstance(part, Not) or (isinstance(part, Demographic) and part.value is False)


def is_lifted_denial(part: Expression | None) -> bool:
    """Whether a part of a list is a denial with an exception of its own: "no asthma (unless treated)"."""
    return isinstance(part, Unless) and is_denied(part.requirement)


def refused(part: Expression) -> Expression:
    """What it means not to meet a part: the thing itself where the part denies it."""
    if isinstance(part, Not):
        return part.of
    if isinstance(part, (Condition, Exposure)) and part.negated:
        return part.model_copy(update={"negated": False})
    if isinstance(part, Demographic) and isinstance(part.value, bool):
        return part.model_copy(update={"value": not part.value})
    if isinstance(part, (AllOf, AnyOf)) and all(is_denied(p) or isinstance(p, Unread) for p in part.of):
        other = AnyOf if isinstance(part, AllOf) else AllOf
        return other(of=tuple(map(refused, part.of)))
    if isinstance(part, Unless):
        return part.model_copy(update={"requirement": refused(part.requirement)})
    return Not(of=part)


def all_denied(part: Expression | None) -> bool:
    """Whether a part of a list, or each of several, is denied."""
    return all(map(is_denied, part.of)) if isinstance(part, AllOf) else is_denied(part)

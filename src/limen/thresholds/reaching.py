"""Where a time lies: before or after its anchor, ahead of now, or reaching from before an event until after one."""

from __future__ import annotations

import re

from limen.criteria import Operator, Window
from limen.mentions import TimeSpan
from limen.thresholds.events import Event
from limen.thresholds.names import Names
from limen.thresholds.phrases import last_word
from limen.thresholds.wording import words

OPENED_TO = re.compile(r"\s*(?:-|–|to|through|until|up to|and)\s*", re.IGNORECASE)
_REACHING = re.compile(r"\b(?:(?P<since>(?:starting\s+)?from)|(?:from\s[^\d.;,]{3,40}\s)?(?:up\s+)?until|till?|through|to)\s+(?P<least>at\s+least\s+)?$", re.IGNORECASE)
_BARRED = re.compile(r"\b(?:not|no|nor|never|refrain\w*|avoid\w*|forbidden|prohibited)\b", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till?|through|to)\s+(?:at\s+least\s+|[≥>]=?\s*)?$", re.IGNORECASE)
_NOT = re.compile(r",[^,]*\b(?:not|nor|refrain|avoid)\b", re.IGNORECASE)
_RECENT = re.compile(r"\brecent(?:ly)?\s[^.;,()]{2,50}\s\(\s?$", re.IGNORECASE)
_SENTENCE = 240  # characters before a length of time in which it is said what is kept up
_LAST_PART = re.compile(r"[.,;:(]\s|\b(?:and|or|but)\s", re.IGNORECASE)
_BACK = re.compile(r"\b(?:last|past|previous|preceding|prior|former|recent|latest)\b", re.IGNORECASE)
_EITHER = re.compile(r"\b(?:or|and)\s$", re.IGNORECASE)
_OF_ANOTHER = re.compile(r"\b(?:in|at|of|for|on|to)\s+the\s$", re.IGNORECASE)  # "cream in the planned area"
_PLAN = 40  # characters before an event in which it is said to lie ahead
_NEAR = 24  # characters before a length of time in which the words of its reach stand


def reaching(names: Names, span: TimeSpan) -> Operator | None:
    """ "Antibiotics from 2 weeks before screening", "no vaccine until 4 weeks after": any in that time, where contraception is kept up for all of it."""
    text, quantity = names.text, span.quantity
    if is_recent(text, span):
        return "le"
    said = _REACHING.fullmatch(text, quantity.start, quantity.number_start) or _REACHING.search(text, max(0, quantity.start - _NEAR), quantity.start)
    if said is None or span.lead not in (None, "for") or quantity.operator not in ("ge", "le") or span.trail != ("before" if said.group("since") else "after"):
        return None
    if said.group("least") and (said.group("since") or not _shuts(text, quantity.start)):
        return None  # "in hospital until at least 2 days after it"
    if any(q.start >= quantity.end and OPENED_TO.fullmatch(text, quantity.end, q.start) for q in names.mentions.quantities):
        return None  # "from 30 days to 1 year before screening"
    sentence = _sentence(text, quantity.start)
    kept = [*words().kept_up.finditer(sentence)]
    return "ge" if kept and not _NOT.search(sentence, kept[-1].end()) else "le"


def is_recent(text: str, span: TimeSpan) -> bool:
    """Whether a bare length of time in a bracket says how long ago at most: "a recent stroke (3 months)"."""
    bare = span.lead is None and span.trail is None and not span.quantity.explicit
    return bare and text[span.quantity.end : span.quantity.end + 1] == ")" and _RECENT.search(text, max(0, span.quantity.start - _SENTENCE), span.quantity.start) is not None


def _sentence(text: str, end: int) -> str:
    return re.split(r"[.;]\s", text[max(0, end - _SENTENCE) : end])[-1]


def _shuts(text: str, end: int) -> bool:
    """Whether the words before a place plan or forbid something: "planned surgery until at least 4 weeks after", "no vaccine until"."""
    return words().ahead.search(_sentence(text, end)) is not None or _BARRED.search(_sentence(text, end)) is not None


def reaches(names: Names, span: TimeSpan) -> bool:
    """ "Abstinence until 90 days after the last dose", "for the duration of treatment plus 4 weeks following it": no length of what is named before."""
    if span.trail != "after" or span.anchor is None:
        return False
    text, quantity = names.text, span.quantity
    named = next(iter(names.left(quantity)[0][-1:]), None)
    phased = named is not None and any(p.start() <= named.start < p.end() for p in words().phases.finditer(text, max(0, named.start - _NEAR), named.end))
    return phased or last_word(text, quantity.start) == "plus" or _UNTIL.search(text, max(0, quantity.number_start - _NEAR), quantity.number_start) is not None


def placed(names: Names, span: TimeSpan, event: Event | None) -> Window:
    """The window of a span: whether its time lies before its anchor or ahead of it, by the words of its event."""
    window = span.window(names.text)
    if event is not None and event.start >= span.end and window.anchor == "other" and window.relation == "within":
        window = window.model_copy(update={"anchor": None})  # "within 2 years of stopping smoking" alone: the time since then
    if span.lead == "for" and span.trail in (None, "before"):  # a drug that was stopped for so long was last taken so long ago
        window = window.model_copy(update={"relation": "before"})
    coming = words().coming.search(names.text, span.start, span.quantity.number_start) is not None
    if window.relation == "within" and (coming or (event is not None and _is_ahead(names, span, event))):
        window = window.model_copy(update={"relation": "after"})
    return window


def _is_ahead(names: Names, span: TimeSpan, event: Event) -> bool:
    """ "Anticipated need for surgery within 12 months", "planned discharge within 2 days of randomization": a time that lies ahead."""
    text = names.text
    if span.trail == "before" or span.lead != "within" or _BACK.search(text, span.start, span.end):
        return False
    begin = max(0, event.start - _PLAN)
    part = max((m.end() for m in _LAST_PART.finditer(text, begin, event.start)), default=begin)
    if _EITHER.search(text, begin, part) and not any(begin <= m.start and m.end <= part for m in names.mentions.concepts):
        return False  # "received or planned to receive", "urgent or planned admission"
    said = text[part : max(event.end, span.start)]
    ahead = any(not _OF_ANOTHER.search(said, 0, m.start()) for m in words().ahead.finditer(said))
    ahead = ahead or (span.trail is None and span.anchor is None and words().needed.match(said) is not None)  # "requiring surgery within 3 months"
    return ahead and words().behind.search(said) is None

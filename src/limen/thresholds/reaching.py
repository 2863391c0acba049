"""Times that reach from before an event, or until after one: "from 2 weeks before screening", "until 3 months after the last dose"."""

from __future__ import annotations

import re

from limen.criteria import Operator
from limen.mentions import TimeSpan
from limen.thresholds.names import Names
from limen.thresholds.phrases import last_word, words

OPENED_TO = re.compile(r"\s*(?:-|–|to|through|until|up to|and)\s*", re.IGNORECASE)
_REACHING = re.compile(r"\b(?:(?P<since>(?:starting\s+)?from)|(?:up\s+)?until|till?|through|to)\s+$", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till?|through|to)\s+(?:at\s+least\s+|[≥>]=?\s*)?$", re.IGNORECASE)
_NOT = re.compile(r",[^,]*\b(?:not|nor|refrain|avoid)\b", re.IGNORECASE)
_SENTENCE = 240  # characters before a length of time in which it is said what is kept up
_NEAR = 24  # characters before a length of time in which the words of its reach stand


def reaching(names: Names, span: TimeSpan) -> Operator | None:
    """ "Antibiotics from 2 weeks before screening", "no vaccine until 4 weeks after": any in that time, where contraception is kept up for all of it."""
    text, quantity = names.text, span.quantity
    said = _REACHING.fullmatch(text, quantity.start, quantity.number_start) or _REACHING.search(text, max(0, quantity.start - _NEAR), quantity.start)
    if said is None or span.lead not in (None, "for") or quantity.operator not in ("ge", "le") or span.trail != ("before" if said.group("since") else "after"):
        return None
    if any(q.start >= quantity.end and OPENED_TO.fullmatch(text, quantity.end, q.start) for q in names.mentions.quantities):
        return None  # "from 30 days to 1 year before screening"
    sentence = re.split(r"[.;]\s", text[max(0, quantity.start - _SENTENCE) : quantity.start])[-1]
    kept = [*words().kept_up.finditer(sentence)]
    return "ge" if kept and not _NOT.search(sentence, kept[-1].end()) else "le"


def reaches(names: Names, span: TimeSpan) -> bool:
    """ "Abstinence until 90 days after the last dose", "for the duration of treatment plus 4 weeks following it": no length of what is named before."""
    if span.trail != "after" or span.anchor is None:
        return False
    text, quantity = names.text, span.quantity
    named = next(iter(names.left(quantity)[0][-1:]), None)
    phased = named is not None and any(p.start() <= named.start < p.end() for p in words().phases.finditer(text, max(0, named.start - _NEAR), named.end))
    return phased or last_word(text, quantity.start) == "plus" or _UNTIL.search(text, max(0, quantity.number_start - _NEAR), quantity.number_start) is not None

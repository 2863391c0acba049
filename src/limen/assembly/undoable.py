"""Treatments that are said not to be possible, "in whom warfarin cannot be given", what they did to someone, and what brings the risk of a disease."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from limen.assembly.coordination import example_at
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Mention, Mentions

_REACH = 120  # characters from "for whom" to what is said of it
_FOR_WHOM = re.compile(r"\b(?:for|in)\s+(?:whom|which)\b", re.IGNORECASE)
_RISK = re.compile(r"\b(?:risk\s+(?:of|for)|causes?|induces?|triggers?|leads?\s+to|results?\s+in|predispos\w+\s+to)\s", re.IGNORECASE)
_TRIAL = "other_trial"
_NEAR = 40  # characters between a cause and what it brought about
_CAUSED = re.compile(r"\b(?:(?:related|due|attributable|attributed|ascribed|linked)\s+to|(?:caused|induced|provoked)\s+by|(?:resulting|arising)\s+from)\s+(?:(?:the|an?|any|this|prior|previous)\s+){0,2}$", re.IGNORECASE)
_EFFECTS = (  # "all toxicities (except alopecia) of prior", "adverse events associated with", "recovered from previous"
    r"(?:\b(?:toxic(?:ity|ities)|(?:toxic|adverse|side|late|acute|residual|harmful)\s+(?:effects?|events?)|(?:the|any|all)\s+effects|sequelae|AEs?)(?:\s*\([^()]{1,40}\))?"
    r"(?:\s+[\w-]+){0,2}?\s+(?:of|from|to|by|with|after|following|during)|\brecover(?:ed|y|ing)?\s+(?:fully\s+|completely\s+)?from)\s+(?:[\w-]+\s+){0,4}$"
)
_EFFECT = re.compile(_EFFECTS, re.IGNORECASE)
_STOP = re.compile(r"[.;:]\s|\b(?:for|in)\s+(?:whom|which)\b|\b(?:who|that)\s", re.IGNORECASE)
_BESIDE = re.compile(r"(?:\s[\w-]+){0,2}\s*(?:,|/|,?\s*\b(?:and|or|and/or))\s*", re.IGNORECASE)


@cache
def _barred() -> Scanner:
    table = {key: alternation(words) for key, words in read_toml(data("logic.toml"))["undoable"].items()}
    judged, be = rf"(?:(?:{table['judged']})\s+){{0,2}}", r"(?:is|are|was|were|be|been|would\s+be|may\s+be|might\s+be|has\s+been|have\s+been)"
    cannot = rf"(?:can\s?not|can['’]t|could\s+not|could\s+no\s+longer|can\s+no\s+longer)\s+(?:be\s+)?{judged}(?:be\s+)?(?:{table['verbs']})"
    isnt = rf"(?:{be}\s+not|would\s+not\s+be|may\s+not\s+be|isn['’]t|aren['’]t)\s+{judged}(?:{table['not']})"
    return Scanner(rf"(?:\s(?!unless\b|when\b|where\b|because\b|until\b|since\b|although\b|it\b|who\b|that\b|which\b|if\b|and\b|or\b|but\b)[\w-]+){{0,4}}?\s+(?:{cannot}|{isnt}|{be}\s+{judged}(?:{table['barred']}))(?!\w)")


def without_barred(mentions: Mentions) -> Mentions:
    """The mentions, those of a treatment that cannot be given marked so that nobody reads it as taken; a list of them shares what is said behind its last."""
    named = [_unasked(m) if any(a <= m.start < b for a, b in _whose(mentions.text)) else m for m in mentions.concepts]
    barred = None
    for index in range(len(named) - 1, -1, -1):
        name = named[index]
        beside = barred is not None and _BESIDE.fullmatch(mentions.text, name.end, named[barred].start)
        if name.kind not in ("drug", "procedure") or not (beside or _barred().match(mentions.text, name.end)):
            continue
        named[index], barred = _unasked(name), index
    return mentions._replace(concepts=tuple(named)) if named != list(mentions.concepts) else mentions


def without_sources(mentions: Mentions, *, asked: bool) -> Mentions:
    """The mentions, treatments whose effects are spoken of marked so that nobody is asked to have had them: "toxicities of chemotherapy or radiotherapy have resolved".

    Of an exclusion (not `asked`) the first stands for the effects, and only those joined to it are no ground of their own.
    """
    named, last = list(mentions.concepts), None
    for index, name in enumerate(named):
        told = name.kind in ("drug", "procedure") and _EFFECT.search(mentions.text, max(0, name.start - _REACH), name.start) is not None
        beside = last is not None and name.kind in ("drug", "procedure") and _BESIDE.fullmatch(mentions.text, last.end, name.start) is not None
        if told or beside:
            named[index], last = _unasked(name) if asked or beside else name, name
    return mentions._replace(concepts=tuple(named)) if named != list(mentions.concepts) else mentions


def beyond_risk(mentions: Mentions) -> Mentions:
    """The mentions, those that are examples of what brings a risk set free from it: "factors that increase the risk of stroke, such as gout"."""
    risks = [m.end() for m in _RISK.finditer(mentions.text)] if any("inability" in m.context for m in mentions.concepts) else []
    if not risks:
        return mentions
    named = [m._replace(context=m.context - {"inability"}) if "inability" in m.context and _is_example(mentions.text, risks, m) else m for m in mentions.concepts]
    return mentions._replace(concepts=tuple(named))


def without_causes(mentions: Mentions) -> Mentions:
    """The mentions without a trial's drug that brought something about: "events related to the investigational product" are no other trial."""
    if not any(_TRIAL in m.ids for m in mentions.concepts):
        return mentions
    return mentions._replace(concepts=tuple(m for m in mentions.concepts if _TRIAL not in m.ids or not _CAUSED.search(mentions.text, max(0, m.start - _NEAR), m.start)))


def _is_example(text: str, risks: Sequence[int], name: Mention) -> bool:
    """Whether words such as "including" stand between the nearest risk and a name."""
    risk = max((end for end in risks if end <= name.start), default=None)
    return risk is not None and example_at(text, risk, name.start) is not None


def _unasked(name: Mention) -> Mention:
    return name._replace(context=name.context - {"negated"} | {"inability"})


def _whose(text: str) -> list[tuple[int, int]]:
    """The stretches between "for whom" or "for which" and such words: "a disease for which weight loss, diet, or exercise is contraindicated"."""
    found = [(m.end(), _barred().search(text, m.end(), m.end() + _REACH)) for m in _FOR_WHOM.finditer(text)]
    return [(a, end.end()) for a, end in found if end is not None and _STOP.search(text, a, end.end()) is None]

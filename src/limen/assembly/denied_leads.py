"""Items below an inclusion's lead that denies: "No heart disease, such as:" over "angina" and "stroke" asks for neither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from limen.assembly.coordination import nouns
from limen.assembly.denials import all_denied, end_of, is_denied, opened
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, group, is_light, is_plain_lead, trim, under_window, unread
from limen.assembly.scope import affirmed, means
from limen.assembly.several import each_apart
from limen.assembly.shutting import leads
from limen.assembly.statuses import statuses
from limen.assembly.walk import shift
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, AtLeast, Condition, Demographic, Exposure, Expression, Not, Threshold, Unless, Unread, leaves

Fate: TypeAlias = Literal["denied", "asked", "doubted"]

_OPEN = re.compile(r"[:,(]\s*$|\b(?:of|to|with|for|following|below|including|includes?|these)\W*$", re.IGNORECASE)
_SURE = re.compile(r"\b(?:following|below|including|includes?|such\s+as|these|like|e\.g\.?)\W*$", re.IGNORECASE)
_ABSENT = re.compile(r"\W*(?:no|none|absence|without|lack|free|not\s+having)\b", re.IGNORECASE)
_LACKED = re.compile(r"\W*(?:absence|lack|without|free|not\s+have|not\s+having)\b", re.IGNORECASE)
_NO = re.compile(r"\W*no\b", re.IGNORECASE)
_MARK = re.compile(r"[,;:]|\b(?:and|or)\b", re.IGNORECASE)
_JOINED = re.compile(r"(?:[,;.]|\b(?:or|and))\s*$", re.IGNORECASE)
_THEN = re.compile(r"\b(?:and|plus|but)\s+(?:all|any|one|either|each|at\s+least|the|meets?|both|have|has|with|following)\b[^,;]*$", re.IGNORECASE)


_BARS = re.compile(r"\W*(?:[\w-]+\s+){0,3}?(?:must|should|shall|may)\s+not\s+have\s+(?:any|one|the|these)\b", re.IGNORECASE)  # over exclusions
_UNMET = re.compile(r"(?<!must\s)(?<!should\s)(?<!shall\s)(?<!may\s)(?<!can\s)(?<!cannot\s)\b(?:not|n['’]t|fail(?:s|ed|ing|ure)?\s+to|without)\s+(?:meet|fulfil|satisf)\w*", re.IGNORECASE)


class Lists(Protocol):
    """What a denied list asks of the lists around it."""

    def sentences(self, start: int, end: int, join: str | None = None) -> Expression | None: ...
    def stretch(self, start: int, end: int) -> Expression | None: ...
    def pieces(self, start: int, end: int) -> list[tuple[int, int]]: ...


def denies_list(words: Words, start: int, end: int, own: Expression | None) -> bool:
    """Whether the last sentence of an inclusion's lead denies what is listed below it."""
    if words.role == "exclusion" or own is None or words.limits(start, end) or not _OPEN.search(words.text, start, end):
        return False
    opening = opened(words.text, start, end)
    if opening is None or is_light(words.text[opening:end]) or _THEN.search(words.text, opening, end):
        return False
    return end_of(words.text, opening, end) is None and all_denied(own)


def under_lead(own: Expression | None, lead: str, items: Sequence[tuple[str, int, Expression | None]]) -> Expression | None:
    """A lead that denies with its items, each of them (its words, their place, its tree) denied, or asked for where it says how the denied thing is absent.

    What is in doubt is left to a person.  Below the name of a group ("Patients without cirrhosis:") each item is asked for.
    """
    if not _SURE.search(lead) and (grammar().people.match(lead) or any(_stands(text, tree) for text, _, tree in items)):
        return group("and", [own, *(tree for _, _, tree in items)])
    made: list[Expression | None] = [own]
    for text, start, tree in items:
        fate = "asked" if tree is None or grammar().modal.search(text) else _fate(tree, lead)
        made.append(_note(text, start) if fate == "doubted" else _denied(tree) if fate == "denied" and tree is not None else tree)
    return group("and", made)


def asks_all(lead: str) -> bool:
    """Whether an exclusion's lead shuts out who does not meet the list below it: "Those who fail to meet the following criteria:"."""
    return _UNMET.search(lead) is not None and "exclusion criteri" not in lead.lower() and is_plain_lead(_UNMET.sub("", lead))


def lacked(lead: str, lists: Lists, below: Sequence[Expression | None], offset: int) -> Expression | None:
    """What an exclusion shuts out below "Absence of:" or "Gout without:": who has none of the list; of who has some of it a person decides."""
    denial, listed = leads(lead), group("or", below)
    if denial is None or listed is None or _LACKED.match(lead, denial) is None or any(map(is_denied, below)):
        return None
    if _BARS.match(lead):
        return listed
    doubt = shift(_note(lead[denial:], denial), offset) if isinstance(listed, AnyOf) else None
    lacks = group("or", [Not(of=each_apart(listed)), doubt])
    before = shift(lists.stretch(0, denial), offset) if not is_light(lead[:denial]) else None
    return group("or" if _JOINED.search(lead, 0, denial) else "and", [before, lacks])


def _denied(tree: Expression) -> Expression:
    return tree.model_copy(update={"negated": True}) if isinstance(tree, (Condition, Exposure)) else Not(of=each_apart(tree))


def _stands(text: str, tree: Expression | None) -> bool:
    """Whether an item is a criterion of its own: an age, consent, a sentence about the patients."""
    found = list(leaves(tree)) if tree is not None else []
    own = any((isinstance(p, Threshold) and p.kind == "age") or (isinstance(p, Demographic) and p.attribute not in statuses().asked) for p in found)
    return own or grammar().people.match(text) is not None


def _note(text: str, start: int) -> Unread:
    begin, end = trim(text, 0, len(text))
    return Unread(text=text[begin:end], start=start + begin, end=start + end, confidence=0.0)


def _fate(tree: Expression, lead: str) -> Fate:
    """What becomes of an item under a lead that denies."""
    if all_denied(tree):
        return "asked"
    if isinstance(tree, Exposure) and not nouns().changes.isdisjoint(WORD.findall(lead.lower())):
        return "doubted"  # who has no allergy to a drug may take it
    if isinstance(tree, (Condition, Exposure, Unread)):
        return "denied"
    if isinstance(tree, (AllOf, AnyOf, AtLeast)):
        fates = {_fate(part, lead) for part in tree.of}
        return fates.pop() if len(fates) == 1 else "doubted"
    if isinstance(tree, Unless):
        return "denied" if _fate(tree.requirement, lead) == "denied" else "doubted"
    if isinstance(tree, Demographic):
        return "denied" if statuses().asked.get(tree.attribute) is False else "doubted"
    return _fate_of_limit(tree, lead) if isinstance(tree, Threshold) else "doubted"


def _fate_of_limit(limit: Threshold, lead: str) -> Fate:
    if limit.kind == "window":
        return "denied" if limit.operator in ("le", "lt") else "doubted"
    told = means(limit, lead) if limit.kind in ("measurement", "score") else None
    return "doubted" if told is None else "denied" if told else "asked"


def denied_list(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
    """ "None of the following within a year: A, B": what a lead in the same words denies, where not every item is denied by itself."""
    colon = words.text.find(":", start, end)
    if colon < 0:
        return None
    timed_lead = next((p for p in words.limits(start, colon) if p.time is not None and p.time.lead == "within"), None)
    denial = leads(words.text[start : timed_lead.start if timed_lead else colon])
    if denial is None and (listed_below := _of_denied(words, lists, start, colon, end)) is not None:
        return listed_below
    listed = lists.sentences(colon + 1, end, join="or") if denial is not None else None
    parts = listed.of if isinstance(listed, (AllOf, AnyOf)) else (listed,)
    if denial is None or listed is None or all(map(is_denied, parts)):
        return None
    positive = [_affirmed(words, p, colon + 1) for p in parts if p is not None]
    window = timed_lead.thresholds[0] if timed_lead else None
    absent = _ABSENT.match(words.text, start + denial) is not None
    told = words.weighty(start, start + denial) and (absent or grammar().people.match(words.text, start) is not None)
    before = lists.stretch(start, start + denial) if told else None  # "prior treatments not allowed: A, B" asks for none
    listing = group("or", [under_window(p, window) for p in positive] if window else positive)
    if words.role == "exclusion" and not absent:  # "not permitted: A, B" shuts out, as the list around it does
        return group("and", [before, listing])
    doubt = unread(words.text, start, end) if words.role == "exclusion" and _NO.match(words.text, start) else None  # it may mean who has one of them
    return group("and", [before, group("or", [Not(of=each_apart(listing)), doubt])]) if listing is not None else None


def _affirmed(words: Words, part: Expression, begin: int) -> Expression:
    """An item of a denied list as it is without the denial of its lead, which begins no item of its own: "gout without fever" keeps its own."""
    if isinstance(part, (AllOf, AnyOf)):
        return part.model_copy(update={"of": tuple(_affirmed(words, p, begin) for p in part.of)})
    start, end = min(leaf.start for leaf in leaves(part)), max(leaf.end for leaf in leaves(part))
    place = max((m.end() for m in _MARK.finditer(words.text, begin - 1, start)), default=begin)
    own = opened(words.text, place, end) is not None or opened(words.text, start, end) is not None
    return affirmed(words, part, begin) if is_denied(part) and not own else part


def _of_denied(words: Words, lists: Lists, start: int, colon: int, end: int) -> Expression | None:
    """ "No infection with any of the following: A; B" in the same words: what is denied of each thing of the list."""
    own = lists.stretch(start, colon) if words.role == "inclusion" and _SURE.search(words.text, start, colon) else None
    excepts = any(c.category == "EXCEPTION" and start <= c.start < colon for c in words.mentions.cues)
    if own is None or excepts or not denies_list(words, start, colon + 1, own):
        return None
    pieces = [words.trim(a, b) for a, b in lists.pieces(colon + 1, end)]
    trees = [(words.text[a:b], a, lists.stretch(a, b)) for a, b in pieces]
    return under_lead(own, words.text[start : colon + 1], [(t, a, _affirmed(words, p, a) if p is not None else p) for t, a, p in trees])

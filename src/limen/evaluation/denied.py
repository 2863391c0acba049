"""Denials: what annotators say is denied against the leaves that a tree denies."""

from __future__ import annotations

import re

from limen.criteria import AllOf, AnyLeaf, Demographic, Threshold, Unless, Unread
from limen.evaluation.brat import ATTRIBUTES, DENIALS, Denied, Item, Page
from limen.evaluation.tally import GROUPED, Case, Tally, best, error
from limen.evaluation.trees import Placed, common
from limen.lexicon import load

_OTHERWISE = re.compile(r"(?:negative|outside|out\s+of|not)\b", re.IGNORECASE)
_FORBIDDEN = re.compile(r"\s*(?:be\s+)?(?:permitted|allowed|acceptable)\b", re.IGNORECASE)
_NAMES_DENIAL = re.compile(r"(?:no|not|non|without|never|absence|lack|lacking|unable|inability|unwilling(?:ness)?|incapable)\b", re.IGNORECASE)
_INABILITY = re.compile(r"(?:unable|inability|unwilling(?:ness)?|cannot|can\s?not|can['’]t|incapable|refus\w+)\b", re.IGNORECASE)
_CONSENT = re.compile(r"\b(?:consent|assent)\b", re.IGNORECASE)
_MUST = re.compile(r"\b(?:must|should|shall|may)\s+$", re.IGNORECASE)
_NOT = re.compile(r"not|n['’]t|cannot", re.IGNORECASE)
_NON = re.compile(r"non[-\s]?", re.IGNORECASE)
_VALUES = frozenset({"Polarity", "Value"})
_AHEAD = 10  # characters before a denial in which it may say that something must not be


def negation(case: Case, every: Tally, denials: Tally) -> None:
    """Whether each denied thing is denied, and each denial of a tree stated; `denials` are those of the plain words."""
    targets = [d for d in case.page.denied if d.target.type not in ATTRIBUTES]
    for one in targets:
        leaf = _denied_leaf(case, one.target)
        wrong = error(case, one.cue, (one.cue, one.target))
        ok = leaf is not None and (leaf.denied or _spared(leaf) or _says_itself(case.page.text, leaf, one) or _shut_out(case, leaf, one) or _told_of(case, leaf, one))
        every.wanted(ok, wrong)
        if DENIALS.fullmatch(case.page.text[one.cue.start : one.cue.end].strip()):
            denials.wanted(ok, wrong)
    fair = _may_be_denied(case.page)
    for claim in case.leaves:
        held = [i for i in case.page.items if i.type in GROUPED and claim.overlap(i.start, i.end) > 0]
        if not claim.denied or not held or _speaks_of_consent(case.page.text, claim.leaf, held[0]):
            continue
        item = Item(claim.leaf.start, claim.leaf.end, "")
        ok = any(claim.overlap(i.start, i.end) > 0 for i in fair) or any(0 <= claim.leaf.start - d.cue.end <= 1 for d in case.page.denied)
        wrong = error(case, item, (item,), note="not denied in gold")
        every.claimed(ok, wrong)
        denials.claimed(ok, wrong)


def _denied_leaf(case: Case, target: Item) -> Placed | None:
    """The leaf of what is denied, where that is but asserted ("not willing to use a condom") the leaf of what it is asserted of."""
    asserted = [a.target for a in case.page.asserted if a.cue == target]
    return next((leaf for item in (target, *asserted) if (leaf := best(case, item)) is not None), None)


def _told_of(case: Case, placed: Placed, one: Denied) -> bool:
    """Whether the "not" behind what is denied denies what is said of it: "the lesion is not operable" as a lesion, and not operable."""
    if one.target.end > one.cue.start or _NOT.fullmatch(case.page.text, one.cue.start, one.cue.end) is None:
        return False
    behind = (p for p in case.leaves if p.denied and 0 <= p.leaf.start - one.cue.end <= 1)
    return any(isinstance(common(placed, p), AllOf) for p in behind)


def _speaks_of_consent(text: str, leaf: AnyLeaf, first: Item) -> bool:
    """Whether a leaf is of a consent, and what the annotators marked in it stands behind that word or names but who consents."""
    named = isinstance(leaf, Demographic) and leaf.attribute == "informed_consent"
    return named or _CONSENT.search(text, leaf.start, max(leaf.start, first.start)) is not None


def _may_be_denied(page: Page) -> set[Item]:
    """What may be read as denied.

    Targets and cues; what stands in "or" with a target ("no A or B"), its kinds and other names; what is spared; polarities; names
    that are denials ("unable to eat meat"), and what is asserted to be impossible or unwanted.
    """
    unable = [a for a in page.asserted if _INABILITY.match(page.text, a.cue.start, a.cue.end)]
    targets = {d.target for d in (*page.denied, *unable)}
    targets |= {a.target for a in page.asserted if a.cue in targets}
    for groups in (page.akin, page.either, page.akin):
        targets |= {item for group in groups if targets & set(group) for item in group}
    otherwise = {i for i in page.items if i.type in _VALUES and _OTHERWISE.match(page.text, i.start, i.end)}
    named = {i for i in page.items if i.type in GROUPED | ATTRIBUTES and _NAMES_DENIAL.match(page.text, i.start, i.end)}
    return targets | otherwise | named | {d.cue for d in (*page.denied, *unable)} | {item for e in page.exempt for item in e.spared}


def _shut_out(case: Case, placed: Placed, one: Denied) -> bool:
    """Whether an exclusion shuts out what it says is not permitted, or must not be."""
    if placed.criterion.role != "exclusion" or placed.denied:
        return False
    must = placed.leaf.start >= one.cue.end and _MUST.search(case.page.text, max(0, one.cue.start - _AHEAD), one.cue.start) is not None
    return must or _FORBIDDEN.match(case.page.text, one.cue.end) is not None


def _says_itself(text: str, placed: Placed, one: Denied) -> bool:
    """Whether a leaf's own name is the denial: "non-smoker" read as the catalogue's non-smoker, "non-cardiac surgery" as no known thing."""
    leaf = placed.leaf
    starts = min(start for start, _ in placed.spans)
    if not 0 <= one.target.start - one.cue.end <= 1 or starts > one.cue.start or placed.overlap(*one.target[:2]) <= 0:
        return False
    concept = leaf.attribute if isinstance(leaf, Demographic) else None if isinstance(leaf, Unread) else leaf.concept
    if concept is None:
        return not isinstance(leaf, Threshold) and _NON.fullmatch(text, one.cue.start, one.target.start) is not None
    entry = load().concepts.get(concept)
    return entry is not None and any(_NON.match(name) for name in (entry.name, *entry.synonyms))


def _spared(placed: Placed) -> bool:
    """Whether a leaf stands in the exception of an `unless`, which denies it as "except" does."""
    return any(isinstance(group, Unless) and index == 1 for group, index in placed.path)

"""Leaves: what one uncut stretch of a clause says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly.denials import opened
from limen.assembly.grammar import grammar
from limen.assembly.statuses import is_result, shows, statuses
from limen.criteria import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Demographic,
    Exposure,
    Expression,
    IfThen,
    Not,
    Threshold,
    Unless,
    Unread,
    leaves,
)
from limen.mentions import Cue, Mention, Mentions
from limen.thresholds import Paired
from limen.thresholds.phrases import trim as said

_OR = re.compile(r"\bor\b", re.IGNORECASE)
_EDGES = re.compile(r"[\w%≥≤<>=+]")
_NAIVE = re.compile(r"(?:patients\s+|subjects\s+)?([^\W\d_]{3,})[\s-]na[iï]ve", re.IGNORECASE)
_USE = re.compile(r"\s*(?:any\s+|prior\s+|previous\s+|recent\s+|current\s+|a\s+|the\s+){0,2}(?:history\s+of\s+)?(?:use\s+of|usage\s+of|treatment\s+with|therapy\s+with|exposure\s+to|intake\s+of|receipt\s+of)\s+(?:any\s+|a\s+|an\s+|the\s+)?", re.IGNORECASE)
_WAIVES = re.compile(r"\W*(?:(?:regardless|irrespective|independent(?:ly)?)\s+of|no\s+matter|whether)\b", re.IGNORECASE)
_TRIAL = "other_trial"
_MEASURED = ("measurement", "score", "count")
_PARTNER = 40  # characters between a partner and the state that is theirs: "whose partner is known to be pregnant"
WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without the punctuation and white space at its edges; closing brackets stay with their opening ones."""
    while start < end and not _EDGES.match(text[start]) and text[start] not in "([":
        start += 1
    while end > start and not _EDGES.match(text[end - 1]) and not (text[end - 1] in ")]" and text[start : end - 1].count("(") + text[start : end - 1].count("[") > 0):
        end -= 1
    return start, end


def is_light(text: str) -> bool:
    """Whether the words carry nothing that a tree must hold."""
    light = grammar().light
    return all(w in light or w.isdigit() for w in WORD.findall(text.lower()))


def is_plain_lead(text: str) -> bool:
    """Whether the words of a lead above exclusions say nothing of their own: "Receipt of any of the following"."""
    return all(w in grammar().plain or w.isdigit() for w in WORD.findall(text.lower()))


def group(kind: str, parts: Sequence[Expression | None]) -> Expression | None:
    """The parts under "and" or "or"; a group of one is its part, and a group within a like group is part of it."""
    shape: type[AllOf] | type[AnyOf] = AllOf if kind == "and" else AnyOf
    flat: list[Expression] = []
    several = sum(part is not None for part in parts) > 1
    for part in parts:
        if kind == "or" and several and part is not None:
            part = one_way(part)
        if isinstance(part, shape):
            flat.extend(part.of)
        elif part is not None:
            flat.append(part)
    if len(flat) <= 1:
        return flat[0] if flat else None
    return shape(of=tuple(flat))


def one_way(part: Expression) -> Expression:
    """A part as one way among others: a guard that fails must not open it."""
    return AllOf(of=(part.when, part.then)) if isinstance(part, IfThen) else part


def of_pair(paired: Paired, *, negated: bool = False) -> Expression:
    """The thresholds of one comparison under the joint that their names have."""
    made = group(paired.join, paired.thresholds)
    assert made is not None
    return Not(of=made) if negated else made


def waives(text: str, start: int) -> bool:
    """Whether what stands at a place may be so or not: "regardless of steroid use", "whether on insulin or not"."""
    return _WAIVES.match(text, start) is not None


def of_mention(text: str, mention: Mention, start: int, end: int) -> Expression:
    """A condition, exposure or demographic leaf for a stretch whose main name is `mention`.

    "Unable to give consent" and "contraindication to MRI" say neither that it is there nor that it is not: unread.
    """
    start, end = trim(text, start, end)
    words = text[start:end]
    if (state := statuses().results.get(mention.ids[0])) and is_result(text, mention, start) and "inability" not in mention.context:
        return Demographic(attribute=state, value=False, text=words, start=start, end=end, confidence=0.8)
    if waives(text, start) and mention.kind != "demographic":
        return Unread(text=words, start=start, end=end, confidence=0.0)
    if "negated" in mention.context and grammar().twice_denied.search(text, start, mention.start) is not None:
        return Unread(text=words, start=start, end=end, confidence=0.0)  # "not free of asthma"
    if state is not None and shows(text, mention, start) and "inability" not in mention.context:
        return Demographic(attribute=state, value="negated" not in mention.context, text=words, start=start, end=end, confidence=0.8)
    if "inability" in mention.context or _denial_unread(text, mention, start, end) or ("negated" in mention.context and is_result(text, mention, start)):
        return Unread(text=words, start=start, end=end, confidence=0.0)
    sure = 0.9 if len(words) <= (mention.end - mention.start) + 4 else 0.7
    if "uncertain" in mention.context or "hypothetical" in mention.context:
        sure -= 0.2
    negated = "negated" in mention.context
    if (mention.ids[0] in statuses().partners_own or mention.kind == "condition") and _of_partner(text, mention):
        return Unread(text=words, start=start, end=end, confidence=0.0)
    if mention.ids[0] == _TRIAL and grammar().reacted.search(text, start, mention.start):
        return Unread(text=words, start=start, end=end, confidence=0.0)  # a reaction to a drug under study
    if mention.kind == "demographic":
        return _state(mention.ids[0], words, (start, end), negated=negated, sure=sure)
    if mention.kind in ("drug", "procedure") and _is_attribute(text, mention):
        thing = Unread(text=words, start=start, end=end, confidence=0.0)
        return Not(of=thing) if negated else thing
    if mention.kind in ("drug", "procedure") and not grammar().caused.match(text, mention.end) and not grammar().reacted.search(text, start, mention.start):
        return Exposure(concept=mention.ids[0], text=words, negated=negated, start=start, end=end, confidence=sure)
    return Condition(
        concept=mention.ids[0] if mention.kind == "condition" and not grammar().alike.match(text, mention.end) else None,
        text=words,
        negated=negated,
        experiencer="family" if "family" in mention.context else "patient",
        start=start,
        end=end,
        confidence=sure,
    )


def _is_attribute(text: str, mention: Mention) -> bool:
    """Whether a treatment only says which thing is meant, and that is no disease: "paclitaxel-eluting stent"."""
    return grammar().attribute.match(text, mention.end) is not None


def _of_partner(text: str, mention: Mention) -> bool:
    """Whether a state is a partner's and not the patient's: "men whose partner is pregnant", "with a pregnant partner"."""
    begin = max(text.rfind(mark, 0, mention.start) for mark in (". ", ";", "\n"))
    before = statuses().partner.search(text, max(begin, 0, mention.start - _PARTNER), mention.start)
    return before is not None or (mention.kind == "demographic" and statuses().of_partner.match(text, mention.end) is not None)


def _denial_unread(text: str, mention: Mention, start: int, end: int) -> bool:
    """Whether a word of denial stands beside a name that no context rule denied."""
    if "negated" in mention.context:
        return False
    before = grammar().denied_before.search(text, start, mention.start)
    return before is not None or grammar().denied_after.search(text, mention.end, end) is not None


def _state(identity: str, words: str, place: tuple[int, int], *, negated: bool, sure: float) -> Expression:
    """What a person is: a sex is the value of `sex`, every other state is true or false."""
    if identity in ("male", "female", "either_sex"):
        sex = Demographic(attribute="sex", value="all" if identity == "either_sex" else identity, text=words, start=place[0], end=place[1], confidence=sure)
        return Not(of=sex) if negated else sex
    return Demographic(attribute=identity, value=not negated, text=words, start=place[0], end=place[1], confidence=sure)


def unread(text: str, start: int, end: int, *, light: bool = False) -> Unread | None:
    """The stretch as an unread leaf, or None when it asks nothing: no word of weight, whose judgement it is, how it is computed; `light`: these count, too."""
    start, end = trim(text, start, end)
    opinion = grammar().opinion.match(text, start, end) or grammar().formula.match(text, start, end)
    if start >= end or (not light and (is_light(text[start:end]) or (opinion is not None and opinion.end() == end))):
        return None
    return Unread(text=text[start:end], start=start, end=end, confidence=0.0)


def left_unread(leaf: Condition | Exposure | Demographic) -> Unread:
    """A leaf that was read, left to a person after all."""
    return Unread(text=leaf.text, start=leaf.start, end=leaf.end, confidence=0.0)


def denied_unread(text: str, leaf: Unread | None) -> Expression | None:
    """An unread stretch that opens with its denial, as the denial of what nobody read: "No drainage tube placed"."""
    if leaf is None or (begin := opened(text, leaf.start, leaf.end)) is None:
        return naive_unread(text, leaf) if leaf is not None else None
    thing = unread(text, begin, leaf.end)
    return Not(of=thing) if thing is not None else leaf


def naive_unread(text: str, leaf: Unread) -> Expression:
    """ "Treatment-naive" as the denial of a treatment."""
    naive = _NAIVE.fullmatch(leaf.text)
    if naive is None:
        return leaf
    return Not(of=leaf.model_copy(update={"text": naive.group(1), "start": leaf.start + naive.start(1), "end": leaf.start + naive.end(1)}))


def is_negated(mentions: Mentions, start: int) -> bool:
    """Whether a negation cue stands right before `start`, or before its use: "no treatment with X within 4 weeks", "without use of X"."""
    near: list[Cue] = [c for c in mentions.cues if c.category == "NEGATED_EXISTENCE" and c.end <= start]
    return bool(near) and (start - near[-1].end < 4 or _USE.fullmatch(mentions.text, near[-1].end, start) is not None)


def statistic_near(text: str, start: int, end: int) -> str | None:
    """A condition of measurement ("at room air", "2 measurement points with 90 days or more interval") in a stretch."""
    match = grammar().statistic.search(text, start, end)
    return text[match.start() : match.end()] if match else None


def qualitative(text: str, start: int, end: int, mention: Mention) -> Expression | None:
    """ "elevated serum creatinine": a measured thing with a word for high or low, as a condition by its own words."""
    a, b = trim(text, start, end)
    if grammar().denied_before.search(text, a, b) or grammar().denied_after.search(text, mention.end, b):
        return unread(text, a, b)
    return Condition(concept=None, text=text[a:b], start=a, end=b, confidence=0.5) if a < b else None


def runs_together(parts: Sequence[Expression | None], text: str, role: str) -> str:
    """How limits of one stretch combine: two times of one event by their "or", two measurements that run together in an exclusion one by one."""
    limits = [p for p in parts if isinstance(p, Threshold)]
    timed = len(limits) == len(parts) > 1 and all(p.kind == "window" and p.concept_text == limits[0].concept_text for p in limits)
    if timed and all(_OR.search(text, a.end, b.start) for a, b in zip(limits, limits[1:])):
        return "or"  # "4 weeks before or 3 months after the first dose"
    measured = [p for p in limits if p.kind in ("measurement", "score") or (p.kind == "duration" and p.window is None)]
    several = len(measured) == len(parts) and len({p.concept for p in measured if p.concept}) == len(parts) > 1
    of_one = len({p.concept_start for p in measured}) == 1 and measured[0].kind == "score"  # "stage 1, grade 1 carcinoma"
    return "or" if several and role == "exclusion" and not of_one else "and"


def explains(text: str, bracket: Expression, inner: Sequence[tuple[int, int]]) -> bool:
    """Whether the tree of a bracket may define the name before it: limits alone, and not the time of a thing that the bracket names."""
    limits = [leaf for leaf in leaves(bracket) if isinstance(leaf, Threshold)]
    if any(_is_of_place(limit, inner) for limit in limits):
        return False
    return len(limits) == len([*leaves(bracket)]) and not all(_is_of_another(text, leaf, inner) for leaf in limits)


def goes_back(bracket: Expression, start: int) -> bool:
    """Whether a bracket limits what stood before the stretch: "except for Gilbert's syndrome (≤ 3 x ULN)"."""
    limits = [leaf for leaf in leaves(bracket) if isinstance(leaf, Threshold)]
    return all(t.reference in ("uln", "lln") and t.concept_start is not None and t.concept_start < start for t in limits)


def is_event_in(tree: Expression, start: int) -> bool:
    """Whether every limit is the time of an event behind a place that no list knows: "ovarian cancer (defined as relapsing within 6 months)"."""
    return all(isinstance(t, Threshold) and t.kind == "window" and t.concept is None and (t.concept_start or 0) >= start for t in leaves(tree))


def _is_of_place(limit: Threshold, inner: Sequence[tuple[int, int]]) -> bool:
    """Whether a limit says where a tumour is or how large it is, and not what: "sarcoma (size < 3 cm)"."""
    named = limit.concept_start is not None and any(a <= limit.concept_start < b for a, b in inner)
    about = limit.concept is None or limit.concept.endswith("_size") or limit.concept.startswith("distance_")
    return limit.kind == "measurement" and named and about


def _is_of_another(text: str, limit: Threshold, inner: Sequence[tuple[int, int]]) -> bool:
    """Whether a length of time in a bracket is that of a thing that the bracket names: "asthma (on steroids for 6 months)"."""
    if limit.kind not in ("window", "duration") or limit.concept_start is None:
        return False
    place = next((a for a, b in inner if a <= limit.concept_start < b), None)
    return place is not None and limit.concept_start < limit.start and not grammar().defined_word.match(text, place)


def windowed(leaf: Condition | Exposure | Unread, window: Threshold) -> Threshold | Not:
    """The leaf's event under a window that stands elsewhere: one limit more, with the leaf as its event."""
    concept = None if isinstance(leaf, Unread) else leaf.concept
    a, b = said(leaf.text, 0, len(leaf.text)) or (0, len(leaf.text))
    b += leaf.text.count("(", a, b) > leaf.text.count(")", a, b) and leaf.text[b : b + 1] == ")"
    made = window.model_copy(
        update={"concept": concept, "code": None, "concept_text": leaf.text[a:b], "concept_start": leaf.start + a, "concept_end": leaf.start + b}
    )
    return Not(of=made) if not isinstance(leaf, Unread) and leaf.negated else made


def under_window(expression: Expression, window: Threshold) -> Expression:
    """Every condition, exposure, measured limit and unread thing of a list under the window that its lead states."""
    if isinstance(expression, (Condition, Exposure, Unread)):
        return windowed(expression, window)
    if isinstance(expression, Threshold) and expression.kind in _MEASURED and expression.window is None:
        return expression.model_copy(update={"window": window.window})
    if isinstance(expression, AllOf) and not all(isinstance(p, Unread) for p in expression.of):
        return expression.model_copy(update={"of": tuple(p if isinstance(p, Unread) else under_window(p, window) for p in expression.of)})
    if isinstance(expression, (AllOf, AnyOf, AtLeast)):
        return expression.model_copy(update={"of": tuple(under_window(p, window) for p in expression.of)})
    if isinstance(expression, Not):
        return Not(of=under_window(expression.of, window))
    if isinstance(expression, IfThen):
        return expression.model_copy(update={"then": under_window(expression.then, window)})
    if isinstance(expression, Unless):
        return expression.model_copy(update={"requirement": under_window(expression.requirement, window)})
    return expression

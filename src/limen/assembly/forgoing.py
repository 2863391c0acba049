"""Who can or cannot do without a thing: "unable to stop aspirin for 7 days" says neither that it is taken nor that it is not."""

from __future__ import annotations

from functools import cache

from limen.assembly.coordination import kind_of
from limen.assembly.leaves import is_light, unread
from limen.assembly.words import WASHOUT, Words
from limen.criteria import Exposure, Expression, IfThen, Threshold, Unread
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation


@cache
def _pattern() -> Scanner:
    table = read_toml(data("logic.toml"))["forgoing"]
    return Scanner(rf"(?:{alternation(table['able'])})\s+(?:\w+\s+){{0,2}}?(?:{alternation(table['verbs'])})\s")


def speaks_of_forgoing(text: str) -> bool:
    """Whether a text may say what someone can do without."""
    return _pattern().search(text) is not None


def forgone(words: Words, start: int, end: int) -> Unread | None:
    """A stretch that says for how long someone can or cannot do without a known thing, which only a person can judge."""
    found = _pattern().search(words.text, start, end) if words.limits(start, end) else None
    if found is None or any(m.kind == "demographic" for m in words.names(start, end)):
        return None
    timed = all(p.time is not None and p.start >= found.end() and p.thresholds[0].concept is not None for p in words.limits(start, end))
    return unread(words.text, start, end) if timed else None


def forgone_all(words: Words, start: int, end: int) -> Unread | None:
    """The same of a list of things: "able to stop warfarin, heparin and aspirin for 7 days"."""
    found = _pattern().search(words.text, start, end) if words.limits(start, end) else None
    if found is None or not is_light(words.text[start : found.start()]):
        return None
    limits = words.limits(found.end(), end)
    named = words.names(found.end(), limits[0].start) if limits else []
    said = words.text[found.end() : limits[0].start] if limits else ""
    for name in named:
        said = said.replace(words.text[name.start : name.end], " ", 1)
    alone = len(named) > 1 and is_light(said) and not words.weighty(limits[-1].end, end)
    return forgone(words, start, end) if alone else None


@cache
def _ended() -> Scanner:
    table = read_toml(data("logic.toml"))["forgoing"]
    ended, must = alternation(table["ended"]), r"(?:must|should|shall|will|has|have|had|need|needs)\s+(?:to\s+)?(?:(?:be|have|been)\s+){0,2}(?:\w+ly\s+)?"
    return Scanner(rf"\b{must}(?:{ended})\b")


def has_to_end(text: str) -> bool:
    """Whether a text says that something has to be over."""
    return _ended().search(text) is not None


def ended(words: Words, start: int, end: int) -> Unread | None:
    """An inclusion's stretch that says that a treatment has to end: who never had it need not stop it, and who has it may still have to."""
    named = words.names(start, end)
    if words.role != "inclusion" or not named or any(m.kind not in ("drug", "procedure") for m in named) or words.limits(start, end):
        return None
    return unread(words.text, start, end) if _ended().search(words.text, start, end) else None


def if_taken(words: Words, made: Expression) -> Expression:
    """ "Warfarin must be stopped at least 2 weeks before surgery": an inclusion asks it of those who take it, and of nobody else to have taken it."""
    if words.role != "inclusion" or not isinstance(made, Threshold) or kind_of(made.concept) != "drug" or made.operator not in ("gt", "ge"):
        return made
    start, end = made.concept_start, made.concept_end
    washed = made.window is not None and made.window.relation == "before" and start is not None and end is not None
    if not washed or start is None or end is None or _ended().search(words.text, start, made.start) is None:
        return made
    drug = Exposure(concept=made.concept, text=words.text[start:end], start=start, end=end, confidence=made.confidence)
    return IfThen(when=drug, then=made)


def washed_out(words: Words, extra: Expression | None, made: Expression | None) -> Expression | None:
    """ "A washout of 2 weeks from warfarin": an inclusion asks it of those who took the drug."""
    asked = isinstance(made, Threshold) and made.concept == WASHOUT and isinstance(extra, Exposure) and not extra.negated
    return IfThen(when=extra, then=made) if words.role == "inclusion" and asked and extra is not None and made is not None else None

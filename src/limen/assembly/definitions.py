"""Sentences that say what is meant by a word: "Highly effective methods of contraception include: ...".

They are kept as what nobody read: they ask for nothing by themselves.  What a criterion's own term means belongs to that
criterion, and limits of a disease or a result are the limits that it is known by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from limen import lexicon as lexicons
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, unread
from limen.assembly.statuses import statuses
from limen.assembly.words import Words
from limen.criteria import Demographic, Exposure, Expression, IfThen, children, leaves
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

_SUBJECT = 24  # words of what is defined
_REACH = 160  # characters of it
_NUMBER = 30  # characters from "defined as" to a number
_TOLD = 40  # characters from a verb to the state that it tells
_WHERE = re.compile(r"\s*[,(;]\s*(?:where|wherein|in\s+which)\s+['\"“‘]?[\w\s-]{3,40}['\"”’]?\s+(?:is|are|was|were|means?)\s+(?:defined|understood|taken|meant)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:who|that|which|they)\s*$", re.IGNORECASE)


_MEANS = re.compile(r"[\s,]*[(\[]?defined\s+(?:as|by)\s", re.IGNORECASE)
_DIGIT = re.compile(r"(?<![\w-])\d")


class _Phrases(NamedTuple):
    """The lists of [definitions]."""

    verb: Scanner
    tells: Scanner
    states: Scanner
    methods: Scanner
    lists: Scanner
    judged: Scanner
    asking: Scanner
    acting: Scanner
    against: Scanner


@cache
def _phrases() -> _Phrases:
    table, leads = (read_toml(data("logic.toml"))[key] for key in ("definitions", "against"))
    states, methods = alternation(table["states"], tail=False), alternation(table["methods"], tail=False)
    return _Phrases(
        verb=Scanner(rf"(?:{alternation(table['verbs'])})"),
        tells=Scanner(rf"(?:{alternation(table['tells'])})"),
        states=Scanner(rf"(?:{states})"),
        methods=Scanner(rf"(?:{methods})"),
        lists=Scanner(rf"(?:{alternation(table['lists'])})"),
        judged=Scanner(rf"\b(?:is|are)\s+(?:(?:{alternation(table['judging'])})\s+){{0,4}}(?:{alternation(table['judged'])})\s+(?:(?:methods?|forms?|means|measures?)\s+of\s+)?(?:{methods})"),
        asking=Scanner(rf"(?:{alternation(table['asking'])})"),
        acting=Scanner(rf"(?:{alternation(table['acting'])})|(?:who|whose)\s*$"),
        against=Scanner(rf"\W*(?:(?!no\b|not\b|without\b|absence\b|lack\b)\w+\s+){{0,3}}?(?:{alternation(leads['leads'])})"),
    )


def tells_meaning(text: str, start: int, end: int) -> bool:
    """Whether a sentence says who is meant by a state of people, or which methods of contraception count."""
    return _phrases().asking.search(text, start, end) is None and (_of_state(text, start, end) or _of_methods(text, start, end))


def of_meaning(words: Words, made: Expression | None, start: int, end: int) -> Expression | None:
    """What is kept of a sentence that tells a meaning: its words, in an inclusion those of the people whom it is about."""
    if words.role == "exclusion" or not isinstance(made, IfThen) or not isinstance(made.when, Demographic):
        return unread(words.text, start, end)
    if children(made.then) and (words_of := unread(words.text, made.when.end, end)) is not None:
        return made.model_copy(update={"then": words_of})
    return made


def last_sentence(words: Words) -> tuple[int, int]:
    """Where the last sentence of a lead stands, of whose list the items below it are."""
    return (words.layout.sentences(0, len(words.text)) or [(0, 0)])[-1]


def lists_against(text: str, start: int, end: int) -> bool:
    """Whether a lead names what speaks against a thing: "Contraindications to MRI:"."""
    return _phrases().against.match(text, start, end) is not None and text[start:end].rstrip().endswith(":")


def lists_methods(text: str, start: int, end: int, listed: Sequence[Expression | None]) -> bool:
    """Whether a lead speaks of contraception and the list below it names ways of it, which shut nobody out."""
    if statuses().contraceptive.search(text, start, end) is None:
        return False
    found = [leaf for tree in listed if tree is not None for leaf in leaves(tree)]
    named = [leaf.concept if isinstance(leaf, Exposure) else leaf.attribute if isinstance(leaf, Demographic) else None for leaf in found]
    kinds = [{name, *lexicons.load().ancestors(name)} for name in named if name is not None]
    return any(not statuses().childless.isdisjoint(kind) for kind in kinds)


def speaks_of_meaning(text: str) -> bool:
    """Whether some sentence of a text may tell a meaning."""
    of = _phrases()
    return (of.states.search(text) is not None and (of.verb.search(text) is not None or of.tells.search(text) is not None)) or (
        of.methods.search(text) is not None and any(kind.search(text) for kind in (of.verb, of.lists, of.judged))
    )


def defines(text: str, start: int, end: int) -> bool:
    """Whether a sentence defines a term that does not stand before it: "Right colectomy will be defined as ..."."""
    verb = _phrases().verb.search(text, start, min(end, start + _REACH))
    if verb is None or not _is_name(text, start, verb.start()) or _phrases().asking.search(text, start, end):
        return False
    return not set(_terms(text[start : verb.start()])) <= set(_terms(text[:start]))


def defined_behind(words: Words, start: int, end: int) -> int | None:
    """Where a stretch goes over to what one of its words means, by no limit but one of time: "major surgery, where major is defined as ..."."""
    found = _WHERE.search(words.text, start, end)
    timed = found is not None and all(p.thresholds[0].kind in ("duration", "window") for p in words.limits(found.start(), end))
    return found.start() if found is not None and timed else None


def meant_by_number(words: Words, start: int, end: int) -> int | None:
    """Where an exclusion says what its thing means by a number that is no limit: "systemic steroids, defined as 20 mg of prednisone daily"."""
    found = _MEANS.search(words.text, start + 1, end) if words.role == "exclusion" else None
    if found is None or words.limits(found.start(), end) or words.limits(start, found.start()) or not _DIGIT.search(words.text, found.end(), min(end, found.end() + _NUMBER)):
        return None
    inside = found.group().lstrip()[0] in "(["
    closed = words.text.find(")", found.end(), end) == end - 1 if inside else words.layout.depth[found.start()] == words.layout.depth[start]
    return found.start() if closed and not words.layout.joints(start, found.start()) else None


def _of_state(text: str, start: int, end: int) -> bool:
    """ "A woman of childbearing potential is any woman who ...", "Women with ovaries are considered fertile if ..."."""
    stop = min(end, start + _REACH)
    verb = _phrases().verb.search(text, start, stop) or _phrases().tells.search(text, start, stop)
    if verb is None:
        return False
    if _phrases().states.search(text, start, verb.start()) and _is_name(text, start, verb.start()):
        return True
    told = _phrases().states.search(text, verb.end(), min(end, verb.end() + _TOLD))
    return told is not None and not _RELATIVE.search(text, start, verb.start())


def _of_methods(text: str, start: int, end: int) -> bool:
    """ "Acceptable methods of contraception are: ...", "Withdrawal is not an acceptable method of contraception"."""
    stop = min(end, start + _REACH)
    verb = _phrases().verb.search(text, start, stop) or _phrases().lists.search(text, start, stop)
    if verb is not None and _phrases().methods.search(text, start, verb.start()) and _is_name(text, start, verb.start()):
        return True
    judged = _phrases().judged.search(text, start, end)
    return judged is not None and _is_name(text, start, judged.start())


def _is_name(text: str, start: int, stop: int) -> bool:
    """Whether the words before a verb name something, and say nothing of it."""
    said = text[start:stop]
    return 0 < len(WORD.findall(said)) <= _SUBJECT and ";" not in said and _phrases().acting.search(text, start, stop) is None


def _terms(text: str) -> list[str]:
    """The words of weight in a stretch, without the ending of a plural."""
    return [w.removesuffix("s") for w in WORD.findall(text.lower()) if w not in grammar().light]

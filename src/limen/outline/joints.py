"""How the items of a list combine: by the words of its lead, "OR" on a line of its own, the first and last words of its items."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from limen.lexicon.counted import counted, number_of
from limen.lexicon.patterns import alternation
from limen.outline.clauses import Clause, Logic
from limen.outline.lines import list_words

_LIST = 3  # items of a list in which "or" may stand between some alone
_LEAD = 160  # last characters of a lead that say how its items combine
_END = 12  # last characters of an item in which its joint stands
_AT_LEAST = re.compile(r"(?:at\s+least|minimum\s+of|any)?\s*\b(one|two|three|four|five|six|\d)\b(?:\s*\(\d\))?(?:\s*(?:or|to|[-–])\s*(?:two|three|four|five|six|\d|all))?\s+(?:or\s+more\s+)?(?:out\s+)?of\s*(?:(?:the|these|those|any|following)\b|(?:(?:two|three|four|five|six|\d{1,2})\s*)?[:：])", re.IGNORECASE)
_ENDS_OR = re.compile(r"[,;]?\s*\b(or|and|and/or)\s*[:;,]?\s*$", re.IGNORECASE)
_BEGINS_OR = re.compile(r"(?:and/)?or[,:]?\s+(?=[^\W\d_])", re.IGNORECASE)
_TAIL = re.compile(r"\s*[,;]\s*and\s+(?=\S)", re.IGNORECASE)
_SET_OFF = re.compile(r";\s*(?:and/)?or\W*$|\bOR\W*$")
_DENIES = re.compile(r"\b(?:no|not|never|without|absence|lack|free|negative|excluded|none|neither|cannot)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Joint:
    """ "OR" on a line of its own: where it stands, and what it says."""

    place: int
    word: str


_WHEN = re.compile(r"\b(?:if|in\s+case|when|should)\s(?![^.,;:]*\b(?:following|below|these|criteria|conditions)\b)[^.,;:]{1,160}[.,;]", re.IGNORECASE)  # "if any of the tests is abnormal, ..."


@cache
def logic_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The words of a lead that ask for any, or all, of its items."""
    table = list_words()["logic"]
    return re.compile(alternation(table["any"]), re.IGNORECASE), re.compile(alternation(table["all"]), re.IGNORECASE)


def count_of(lead: str) -> int | None:
    """Of how many of its items a lead speaks, where it says so: "at least two of the following"."""
    if (match := _AT_LEAST.search(lead)) is not None:
        return number_of(match.group(1))
    named = next((m for m in counted().finditer(lead) if m.end() == len(lead) and (m["least"] or m["more"])), None) if lead.endswith(":") else None
    return number_of(named["count"]) if named is not None else None


def ends_in_joint(words: str) -> bool:
    """Whether words end in "or" or "and"."""
    return _ENDS_OR.search(words) is not None


def logic_of(text: str, start: int, end: int, children: Sequence[Clause], joints: Sequence[str]) -> tuple[Logic | None, int | None]:
    """How the items combine, by the lead's words, a joint on a line of its own, or the last words of an item."""
    if not children:
        return None, None
    lead = _WHEN.sub(" ", text[max(start, end - _LEAD) : end])
    if (count := count_of(lead)) is not None:
        return ("any", None) if count == 1 else ("at_least", count)
    any_words, all_words = logic_words()
    if all_words.search(lead):
        return "all", None
    if any_words.search(lead):
        return "any", None
    said = [*joints, *(word for c in children[:-1] if (word := _last_word(text, c)))]
    if any("or" in s for s in said):
        return "any", None
    throughout = len(said) >= len(children) - 1  # one "and" before the last of many only closes the list
    return ("all", None) if said and throughout else (None, None)


def paired(text: str, start: int, end: int, children: Sequence[Clause], joints: Sequence[tuple[int, str]]) -> tuple[Clause, ...]:
    """The items of a list where "or" stands between some of them alone, each such run as one item with alternatives; else nothing.

    "A; B; or C" is a list of alternatives; of the limits "A", "B OR", "C" only the last two are.
    """
    lead = text[max(start, end - _LEAD) : end]
    if len(children) < _LIST or _AT_LEAST.search(lead) or any(words.search(lead) for words in logic_words()):
        return ()
    said = [_last_word(text, c) for c in children[:-1]]
    for index, joint in joints:
        if 0 < index < len(children):
            said[index - 1] = said[index - 1] or joint
    alone = [i for i, word in enumerate(said) if "or" not in word]
    named = not any(c.isdigit() for i in (*alone, len(said) - 1) for c in text[children[i].start : children[i].stop])
    listed = not any(said[i] for i in alone) and (named or all(text[children[i].stop - 1] in ";," for i in alone))
    closes = len(alone) == len(said) - 1 and "or" in said[-1] and listed
    if not alone or len(alone) == len(said) or closes:
        return ()
    runs = _runs(children, ["or" in word for word in said])
    return () if any(len(run) > 1 and not _is_marked(run) for run in runs) else tuple(map(_as_one, runs))


def alternatives(text: str, clauses: Sequence[Clause], joints: Sequence[Joint]) -> list[Clause]:
    """The criteria of an inclusion, those that "or" joins as one with alternatives: "1. asthma, or" over "2. gout".

    In one line, "(1) asthma, (2) gout, or (3) fever" are three alternatives.
    """
    clauses = [_with_tail(text, c) for c in clauses]
    joined = [_either(text, one, two, joints) for one, two in zip(clauses, clauses[1:])]
    if not any(joined):
        return list(clauses)
    closes = len(clauses) >= _LIST and joined[-1] and not any(joined[:-1]) and _in_one_line(text, clauses)
    runs = [list(clauses)] if closes else _runs(clauses, joined)
    return [made for run in runs for made in ([_as_one(run)] if _is_marked(run) else run)]


def _with_tail(text: str, clause: Clause) -> Clause:
    """An inclusion's list in one sentence, with what is asked for besides its alternatives apart: "(1) gout or (2) asthma, and FEV1 < 60 %"."""
    items = clause.children
    if clause.logic != "any" or len(items) < 2 or any(_opens_line(text, c) or c.children for c in items) or items[0].mark_start == clause.start:
        return clause
    last = items[-1]
    tails = [m for m in _TAIL.finditer(text, last.start, last.stop) if text.count("(", last.start, m.start()) <= text.count(")", last.start, m.start())]
    if not tails or any(_TAIL.search(text, c.start, c.stop) for c in items[:-1]):
        return clause
    tail = tails[0]
    listed = _as_one([*items[:-1], replace(last, end=tail.start())])
    return replace(clause, children=(listed, Clause(tail.end(), last.end, tail.start())), logic="all")


def _opens_line(text: str, clause: Clause) -> bool:
    """Whether an item's mark is the first in its line."""
    return not text[text.rfind("\n", 0, clause.mark_start) + 1 : clause.mark_start].strip()


def _either(text: str, one: Clause, two: Clause, joints: Sequence[Joint]) -> bool:
    """Whether "or" stands between two criteria; two denials are both asked for, and "not on steroids or" may go on in the next line."""
    if all(_DENIES.match(text, c.start) for c in (one, two)):
        return False
    apart = any("or" in j.word and one.stop <= j.place <= two.mark_start for j in joints) or _BEGINS_OR.match(text, two.start) is not None
    own = text[one.start : one.stop]
    return apart or ("or" in _last_word(text, one) and (_SET_OFF.search(own) is not None or _DENIES.search(own) is None))


def _in_one_line(text: str, clauses: Sequence[Clause]) -> bool:
    """Whether criteria stand in one line as no more than names, with a comma or semicolon behind each."""
    own = [text[c.start : c.stop] for c in clauses]
    plain = "\n" not in text[clauses[0].start : clauses[-1].stop] and not any(char.isdigit() for words in own for char in words)
    return plain and all(words.endswith((",", ";")) for words in own[:-2])


def _last_word(text: str, clause: Clause) -> str:
    """The joint that ends an item."""
    match = _ENDS_OR.search(text, max(0, clause.stop - _END), clause.stop)
    return match.group(1).lower() if match else ""


def _runs(clauses: Sequence[Clause], joined: Sequence[bool]) -> list[list[Clause]]:
    runs: list[list[Clause]] = [[clauses[0]]]
    for joins, clause in zip(joined, clauses[1:]):
        runs[-1:] = [[*runs[-1], clause]] if joins else [runs[-1], [clause]]
    return runs


def _is_marked(run: Sequence[Clause]) -> bool:
    """Whether a list mark stands before the first of some items, where what holds them together can begin."""
    return run[0].mark_start < run[0].start


def _as_one(run: Sequence[Clause]) -> Clause:
    start = run[0].mark_start
    return run[0] if len(run) == 1 else Clause(start, start, start, None, tuple(run), "any")

"""A list that hangs on one disease: "ulcer requiring transfusion, embolization or surgery", "cirrhosis caused by hepatitis B, gout or lupus".

What was done about a disease, what it came of and what it led to are no grounds of an exclusion by themselves: the disease is asked for as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from limen.assembly.denials import is_denied
from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, of_mention, unread, windowed
from limen.assembly.segments import Cut, between
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Exposure, Expression, Threshold, Unread
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Mention

_BEFORE = 6  # diseases before the one whose list it is
_BRIEF = 4  # words of one thing of such a list
_LEAD = r"\s*,?\s*(?:(?:that|which|who|and)\s+)?(?:\w+ly\s+)?"
_OWN = r"(?:[\w-]+\s+){0,2}"


class _Links(NamedTuple):
    took: Scanner
    came: Scanner
    anew: Scanner
    takes: Scanner


@cache
def _links() -> _Links:
    table = read_toml(data("logic.toml"))["hanging"]
    took, came = (Scanner(rf"{_LEAD}(?:{alternation(table[key])})\s+{_OWN}$") for key in ("took", "came"))
    return _Links(took, came, Scanner(rf"(?:{alternation(table['anew'])})\s"), Scanner(rf"\b(?:{alternation(table['took'])})\s"))


def may_time_all(text: str) -> bool:
    """Whether a time behind a list may be that of every treatment which one disease took."""
    return _links().takes.search(text) is not None and grammar().joint.search(text) is not None


def with_list_of_one(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The grounds of an exclusion, a list of treatments, or of causes and effects, under the disease whose list it is.

    Other diseases may stand before that one: "gout or melanoma treated with A, B or C".
    """
    whole = list(parts)
    inner = words.layout.joints(*stretches[0]) if isinstance(first := parts[0], AnyOf) else []
    if isinstance(first, AnyOf) and len(inner) == len(first.of) - 1:
        cuts, stretches, parts = [*inner, *cuts], [*between(*stretches[0], inner), *stretches[1:]], [*first.of, *parts[1:]]  # "gout or melanoma treated with A, B or C"
    timed = bool(words.limits(*stretches[-1]))
    for index in range(min(len(parts) - 1, _BEFORE)):
        if index and timed and not cuts[index - 1].loose:
            break  # "acute disease or infection requiring A or B within 4 weeks": the time is that of both
        made = _with_list(words, cuts[index:], stretches[index:], parts[index:])
        if made != parts[index:]:
            return [*parts[:index], *made]
        if not isinstance(parts[index], Condition) or is_denied(parts[index]):
            break
    return whole


def _with_list(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The grounds from a disease on, with the list that it opens under it.

    Of who has the second cause of more than two alone, a person decides: it may be a ground of its own, "anaemia due to malaria, gout or asthma".
    """
    whole, cuts = list(parts), [*cuts, *(c for c in words.layout.joints(*stretches[-1]) if c.join == "or")]
    if isinstance(last := parts[-1], AnyOf) and len(cuts) == len(stretches):
        stretches, parts = [*stretches[:-1], *between(*stretches[-1], cuts[-1:])], [*parts[:-1], *last.of]  # "A, B or C"
    named = [m for m in words.names(*stretches[0]) if m.kind != "demographic"]
    bare = len(named) == 2 and named[0].kind == "condition" and cuts[-1].join == "or" and (len(cuts) > 1 or not cuts[0].loose)
    if not bare or any(is_denied(p) for p in parts) or not all(map(_is_plain, parts)) or not all(_is_brief(words, *s) for s in stretches[1:]):
        return whole
    lead, one = named
    further = [[m for m in words.names(*s) if m.kind != "demographic"] for s in stretches[1:]]
    if one.kind in ("drug", "procedure") and _links().took.match(words.text, lead.end, one.start):
        return _treated(words, stretches, parts, lead, one) if _all_of(words, stretches, further) else whole
    if one.kind != "condition" or len(cuts) < 2 or not _links().came.match(words.text, lead.end, one.start) or not all(len(f) == 1 and f[0].kind == "condition" for f in further):
        return whole
    begin, end = stretches[0][0], stretches[-1][1]
    either = AnyOf(of=(of_mention(words.text, lead, begin, lead.end), doubt)) if (doubt := unread(words.text, begin, end)) is not None else None
    return [parts[0], *(group("and", [either, p]) for p in parts[1:])] if either is not None else whole


def _treated(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None], lead: Mention, one: Mention) -> list[Expression | None]:
    """The disease with any of its treatments, all within the time that stands behind the last."""
    (begin, end), last = stretches[0], parts[-1]
    taken = [of_mention(words.text, one, one.start, end), *parts[1:]]
    if isinstance(last, Threshold):
        taken = [windowed(p, last) if isinstance(p, (Condition, Exposure, Unread)) else p for p in taken]
    return [AllOf(of=(of_mention(words.text, lead, begin, lead.end), AnyOf(of=tuple(p for p in taken if p is not None))))]


def _is_plain(part: Expression | None) -> bool:
    timed = isinstance(part, Threshold) and part.kind == "window" and part.window is not None and part.window.relation == "within"
    return timed or isinstance(part, (Condition, Exposure, Unread))


def _is_brief(words: Words, start: int, end: int) -> bool:
    """Whether a thing of a list is no more than its name: what opens anew, "or prior radiotherapy", is a ground of its own."""
    start, limits = words.trim(start, end)[0], words.limits(start, end)
    stop = min([end, *(p.start for p in limits)])
    anew = grammar().list_head.match(words.text, start, end) or grammar().opening.match(words.text, start, end) or _links().anew.match(words.text, start, end)
    return anew is None and 0 < len(words.text[start:stop].split()) <= _BRIEF + 2 * bool(limits)


def _all_of(words: Words, stretches: Sequence[tuple[int, int]], further: Sequence[Sequence[Mention]]) -> bool:
    """Whether a list names treatments alone, none but its last with a time of its own."""
    treats = all(m.kind in ("drug", "procedure") for found in further for m in found) and any(further)
    people = any(m.kind == "demographic" for s in stretches[1:] for m in words.names(*s))
    return treats and not people and not any(words.limits(*s) for s in stretches[:-1])

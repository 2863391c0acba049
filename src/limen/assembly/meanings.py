"""What a bracket says is meant by a state of people: "women of childbearing potential (defined as not postmenopausal [...])".

The state and its meaning are one name: neither who is meant nor how long her menses have been away is asked for by itself.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Mention, Mentions

_BETWEEN = re.compile(r"[\s,]*(?:[(\[]\w{2,8}[)\]][\s,]*)?")  # "of childbearing potential (WOCBP) (defined as ...)"
_OPENS = "(["
_CLOSES = ")]"


class _Phrases(NamedTuple):
    """The lists of [definitions] that tell such a bracket."""

    explained: frozenset[str]
    openings: Scanner
    states: Scanner
    asking: Scanner


@cache
def _phrases() -> _Phrases:
    table = read_toml(data("logic.toml"))["definitions"]
    return _Phrases(
        frozenset(table["explained"]),
        Scanner(rf"\s*(?:{alternation(table['openings'])})"),
        Scanner(alternation(table["explaining"], tail=False)),
        Scanner(alternation([*table["asking"], *table["demanding"]])),
    )


def explained(mentions: Mentions) -> list[tuple[int, int]]:
    """The stretches of states with the brackets that say what is meant by them."""
    states = [m for m in mentions.concepts if m.kind == "demographic" and m.ids[0] in _phrases().explained] if "(" in mentions.text or "[" in mentions.text else []
    return [(m.start, end) for m in states if (end := _meaning(mentions, m)) is not None]


def with_meanings(mentions: Mentions, stretches: list[tuple[int, int]]) -> Mentions:
    """The mentions with each of these stretches as one name, and nothing else in it."""
    if not stretches:
        return mentions
    ends = dict(stretches)
    concepts = tuple(m._replace(end=ends.get(m.start, m.end)) for m in mentions.concepts if m.start in ends or not _inside(m.start, stretches))
    cues = tuple(c for c in mentions.cues if not _inside(c.start, stretches))
    return mentions._replace(concepts=concepts, cues=cues)


def _inside(place: int, stretches: list[tuple[int, int]]) -> bool:
    return any(start < place < end for start, end in stretches)


def _meaning(mentions: Mentions, state: Mention) -> int | None:
    """Where the bracket behind a state ends, if it says what is meant."""
    text = mentions.text
    between = _BETWEEN.match(text, state.end)
    start = between.end() if between is not None else state.end
    if text[start : start + 1] not in _OPENS or start == len(text) or (end := _closing(text, start)) is None:
        return None
    told = _phrases().openings.match(text, start + 1, end) or _phrases().states.search(text, start, end)
    return end if told and not _phrases().asking.search(text, start, end) else None


def _closing(text: str, start: int) -> int | None:
    """Behind the bracket that closes the one at a place."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in _OPENS) - (text[place] in _CLOSES)
        if depth == 0:
            return place + 1
    return None

"""Labels that say for whom the words behind them are: "Cohort A", "Healthy controls", "For men"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation, lowered

Kind = Literal["group", "apart", "people", "anyone", "everyone", "former"]
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 90  # characters of a label


class Labels(NamedTuple):
    """Patterns of a part of a study and of people, and words with which the first is something else ("blood group")."""

    group: Scanner
    people: Scanner
    others: frozenset[str]
    apart: Scanner
    part: Scanner
    kind: Scanner
    anyone: Scanner
    general: Scanner
    former: Scanner


@cache
def labels() -> Labels:
    """The table `labels` of logic.toml."""
    table: Mapping[str, Sequence[str]] = read_toml(data("logic.toml"))["labels"]
    named = {name: alternation(table[name]) for name in table}
    prefix = rf"\s*(?:(?P<prefix>{named['prefixes']})\s+)?(?:(?:the|any|each)\s+)?"
    word = rf"(?!(?:{named['none']})[\s:])[^\W_][\w'’/+]*[\s-]+"
    number = r"(?:\d{1,2}[a-z]?|[a-z]\d{0,2}|[ivx]{1,4})(?![\w-])"
    numbers = rf"#?\s*{number}(?:\s*(?:,|and|or|&|/|\+)\s*{number})*"
    bracket = r"(?:\s*[(\[][^()\[\]:]{1,60}[)\]])?"
    ends = r"(?:\s*[:：](?!\d)|\s+[-–—]\s|\s*$)\s*"
    group = rf"(?:(?P<whose>(?:{word}){{1,7}})(?:{named['groups']})(?:\s+{numbers})?|(?:{named['groups']})\s+{numbers})"
    more = rf"(?:\s+(?:and|or|/)\s+{group.replace('?P<whose>', '?:')})?(?:\s+(?:{named['anyone']}|only|alone)){{0,2}}"
    told = rf"(?:\s+(?:{named['told']})\s[^:;.]{{1,60}}?)?"
    kind = rf"(?:(?P<kind>{named['kinds']})(?:\s+(?:{named['anyone']}|{named['kinds']}|{named['groups']}|only)){{0,2}}|(?P<anyone>{named['anyone']}))"
    joined = rf"(?:\s*(?:and|or|/|,)\s*(?:{word}){{0,2}}?(?:{named['kinds']}|{named['anyone']}))?"
    part = rf"{named['groups']}|{named['stages']}\s+{number}"
    return Labels(
        group=Scanner(rf"{prefix}(?P<label>{group}{more}{bracket}){ends}"),
        people=Scanner(rf"{prefix}(?P<label>(?P<which>(?:{word}){{0,6}}?){kind}{joined}(?P<told>{told}){bracket}){ends}"),
        others=frozenset(table["not_groups"]),
        apart=Scanner(named["apart"]),
        part=Scanner(part),
        kind=Scanner(named["kinds"]),
        anyone=Scanner(named["anyone"]),
        general=Scanner(rf"(?:{named['everyone']})\s+(?:of\s+)?(?:the\s+)?(?:{word}){{0,2}}?(?:{part}|{named['anyone']}|{named['kinds']})"),
        former=Scanner(rf"(?:{named['former']})\s+(?:in|ex)clusion\s+criteri"),
    )


def versions(*, former: bool = False) -> Sequence[str]:
    """Words before the name of a list that say which of its versions it is."""
    table: Mapping[str, Sequence[str]] = read_toml(data("logic.toml"))["labels"]
    return table["former"] if former else [*table["current"], *table["former"]]


def is_part(match: re.Match[str]) -> bool:
    """Whether what the pattern of a group found is a part of a study: "blood group:" is none."""
    return labels().others.isdisjoint(_WORD.findall(match["whose"] or ""))


def kind_of(text: str, start: int, end: int) -> Kind | None:
    """Whom a stretch names that is all a label; None for anything else."""
    if end - start > _LONGEST:
        return None
    known = labels()
    if (match := known.group.match(text, start, end)) is not None and match.end() >= end and is_part(match):
        return None if known.general.match(text, match.start("label"), end) else "group"
    match = known.people.match(text, start, end)
    return None if match is None or match.end() < end else named_in(text, match.start("label"), end)


def named_in(text: str, start: int, end: int) -> Kind | None:
    """Whom the words around a heading's name speak of; None where they name nobody."""
    known = labels()
    if known.former.match(text, start, end):
        return "former"
    if known.general.search(text, start, end):
        return "everyone"
    if known.part.search(text, start, end) and known.others.isdisjoint(_WORD.findall(lowered(text)[start:end])):
        return "group"
    if known.apart.search(text, start, end):
        return "apart"
    if known.kind.search(text, start, end):
        return "people"
    return "anyone" if known.anyone.search(text, start, end) else None

"""The compiled phrase lists of logic.toml."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation


class Grammar(NamedTuple):
    """What joins, guards and lifts."""

    joint: Scanner
    joints: dict[str, str]
    relative: Scanner
    guard_prefix: Scanner
    guard_suffix: Scanner
    modal: Scanner
    evidence: Scanner
    evidence_end: Scanner
    kinds: Scanner
    kind_word: Scanner
    defined: Scanner
    list_head: Scanner
    statistic: Scanner
    denied_before: Scanner
    denied_after: Scanner
    light: frozenset[str]
    people: Scanner
    adjunct: Scanner


@cache
def grammar() -> Grammar:
    table = read_toml(data("logic.toml"))
    names = {name: kind for kind in ("or", "and") for name in table["joints"][kind]}
    joint = alternation(names)
    return Grammar(
        joint=Scanner(
            rf",(?=\s|$)(?:\s*(?P<after>{joint})(?=\s))?|(?P<word>{joint}),?(?=\s)|(?P<amp>&(?=[a-z0-9]))|(?P<slash>/(?=\s?[a-z]))"
        ),
        joints=names,
        relative=Scanner(rf"\s*(?:{alternation(table['relatives']['words'])})\s"),
        guard_prefix=Scanner(rf"\s*(?:{alternation(table['guards']['prefixes'])})\s"),
        guard_suffix=Scanner(rf"(?:{alternation(table['guards']['suffixes'])})\s"),
        modal=Scanner(rf"(?:{alternation(table['guards']['modals'])})\s"),
        evidence=Scanner(alternation(table["evidence"]["phrases"])),
        evidence_end=Scanner("|".join(alternation([e]) for e in table["evidence"]["ends"])),
        kinds=Scanner(rf"(?:{alternation(table['leads']['kinds'])})\W*$"),
        kind_word=Scanner(alternation(table["leads"]["kinds"])),
        defined=Scanner(rf"(?:{alternation(table['leads']['defined'])})\W*$"),
        list_head=Scanner(rf"(?:(?:{alternation(table['lists']['manners'])})\s+){{0,2}}(?:{alternation(table['lists']['heads'])})"),
        statistic=Scanner(alternation(table["statistics"]["phrases"])),
        denied_before=Scanner(alternation(table["denials"]["before"])),
        denied_after=Scanner(alternation(table["denials"]["after"])),
        light=frozenset(table["light"]["words"]),
        adjunct=Scanner(rf"(?:{alternation(table['lists']['adjuncts'])})\s(?!least|most)"),
        people=Scanner(rf"\s*(?:{alternation(table['lists']['people'])})\s"),
    )

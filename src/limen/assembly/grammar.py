"""The compiled phrase lists of logic.toml."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import alternation


class Grammar(NamedTuple):
    """What joins, guards and lifts."""

    joint: re.Pattern[str]
    relative: re.Pattern[str]
    guard_prefix: re.Pattern[str]
    guard_suffix: re.Pattern[str]
    evidence: re.Pattern[str]
    evidence_end: re.Pattern[str]
    kinds: re.Pattern[str]
    kind_word: re.Pattern[str]
    defined: re.Pattern[str]
    list_head: re.Pattern[str]
    statistic: re.Pattern[str]
    light: frozenset[str]


@cache
def grammar() -> Grammar:
    table = read_toml(data("logic.toml"))
    ors, ands = (alternation(table["joints"][k]) for k in ("or", "and"))
    flags = re.IGNORECASE
    return Grammar(
        joint=re.compile(rf"(?P<comma>,)?\s*(?:(?P<either>(?<![^\W_])and/or(?![^\W_])|(?<![^\W_])or/and(?![^\W_]))|(?P<or>{ors})|(?P<and>{ands}))(?=\s|$)|(?P<bare>,)(?=\s|$)|(?P<amp>(?<=[A-Z0-9])&(?=[A-Z0-9]))|(?P<slash>(?<=[a-z])\s?/\s?(?=[a-z]))", flags),
        relative=re.compile(rf"(?:{alternation(table['relatives']['words'])})\s", flags),
        guard_prefix=re.compile(rf"\s*(?:{alternation(table['guards']['prefixes'])})\s", flags),
        guard_suffix=re.compile(rf"(?:{alternation(table['guards']['suffixes'])})\s", flags),
        evidence=re.compile(alternation(table["evidence"]["phrases"]), flags),
        evidence_end=re.compile("|".join(alternation([e]) for e in table["evidence"]["ends"]), flags),
        kinds=re.compile(rf"(?:{alternation(table['leads']['kinds'])})\W*$", flags),
        kind_word=re.compile(alternation(table["leads"]["kinds"]), flags),
        defined=re.compile(rf"(?:{alternation(table['leads']['defined'])})\W*$", flags),
        list_head=re.compile(alternation(table["lists"]["heads"]), flags),
        statistic=re.compile(alternation(table["statistics"]["phrases"]), flags),
        light=frozenset(table["light"]["words"]),
    )  # fmt: skip

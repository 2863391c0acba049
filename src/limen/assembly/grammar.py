"""The compiled phrase lists of logic.toml."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

_DENYING = frozenset({"no", "not", "none", "cannot"})


class Grammar(NamedTuple):
    """What joins, guards and lifts."""

    joint: Scanner
    joints: dict[str, str]
    no_item: Scanner
    relative: Scanner
    examinations: frozenset[str]
    guard_prefix: Scanner
    guard_suffix: Scanner
    proviso: Scanner
    outside: Scanner
    modal: Scanner
    demand: Scanner
    acts: frozenset[str]
    evidence: Scanner
    evidence_end: Scanner
    kinds: Scanner
    kind_word: Scanner
    defined: Scanner
    defined_list: Scanner
    defined_word: Scanner
    list_head: Scanner
    statistic: Scanner
    denied_before: Scanner
    denied_after: Scanner
    light: frozenset[str]
    bearing: Scanner
    leading: frozenset[str]
    people: Scanner
    peopled: Scanner
    sexed: frozenset[str]
    adjunct: Scanner
    linking: frozenset[str]
    hanging: Scanner
    hung: Scanner
    owned: Scanner
    leave: Scanner
    lenient: Scanner
    enrolled: Scanner
    terms: Scanner
    setting: Scanner
    aside: Scanner
    waive: Scanner
    free: Scanner
    opening: Scanner
    plain: frozenset[str]
    measured_state: Scanner
    opinion: Scanner
    telling: Scanner
    clause: Scanner
    dated: Scanner
    attribute: Scanner
    alike: Scanner
    caused: Scanner
    shortened: Scanner
    sentence: Scanner


@cache
def grammar() -> Grammar:
    table = read_toml(data("logic.toml"))
    names = {name: kind for kind in ("or", "and") for name in table["joints"][kind]}
    joint = alternation(names)
    return Grammar(
        joint=Scanner(
            rf"(?:,(?=\s|$)|(?<=[a-z]{{3}}),(?=[a-z]{{3}}))(?:\s*(?P<after>{joint})(?=\s))?|(?P<word>{joint}),?(?=\s)|(?P<amp>&(?=[a-z0-9]))|(?P<slash>/(?=\s?[a-z]))"
        ),
        joints=names,
        attribute=Scanner(rf"(?:-|\s)(?:{alternation(table['attributes']['behind'])})"),
        alike=Scanner(rf"-(?:{alternation(table['attributes']['alike'])})"),
        caused=Scanner(rf"(?:-|\s)(?:{alternation(table['attributes']['caused'])})"),
        no_item=Scanner(rf"\s*(?:{alternation(table['joints']['no_items'])})"),
        relative=Scanner(rf"\s*(?:{alternation(table['relatives']['words'])})\s"),
        examinations=frozenset(table["relatives"]["examinations"]),
        guard_prefix=Scanner(rf"\s*(?:{alternation(table['guards']['prefixes'])})\s"),
        guard_suffix=Scanner(rf"(?:{alternation(table['guards']['suffixes'])})\s"),
        proviso=Scanner(rf"(?:{alternation(table['guards']['provisos'])})\s"),
        outside=Scanner(rf"(?<!not )(?:{alternation(table['ranges']['outside'])})(?:\s+(?:{alternation(table['ranges']['between'])})){{0,4}}\s*$"),
        demand=Scanner(
            rf"\s*(?P<people>(?:(?:the|all|any|each|every|study)\s+){{0,2}}(?:{alternation(table['guards']['subjects'])})\s+)?(?:{alternation(table['guards']['demands'])})\s"
        ),
        modal=Scanner(rf"(?:{alternation(table['guards']['modals'])})\s"),
        acts=frozenset(table["guards"]["acts"]),
        evidence=Scanner(alternation(table["evidence"]["phrases"])),
        evidence_end=Scanner("|".join(alternation([e]) for e in table["evidence"]["ends"])),
        kinds=Scanner(rf"(?:{alternation(table['leads']['kinds'])})\W*(?:(?:{alternation(table['leads']['listing'])})(?:\s+\w+)?\W*)?$"),
        kind_word=Scanner(alternation(table["leads"]["kinds"])),
        defined=Scanner(rf"(?:{alternation(table['leads']['defined'])})\W*$"),
        defined_list=Scanner(rf"(?:{alternation(table['leads']['defined'])})\W*(?:{alternation(table['leads']['listing'])})\W*$"),
        defined_word=Scanner(alternation(table["leads"]["defined"])),
        list_head=Scanner(rf"(?:(?:{alternation(table['lists']['manners'])})\s+){{0,2}}(?:{alternation(table['lists']['heads'])})"),
        statistic=Scanner(alternation(table["statistics"]["phrases"])),
        denied_before=Scanner(alternation(table["denials"]["before"])),
        denied_after=Scanner(alternation(table["denials"]["after"])),
        light=frozenset(table["light"]["words"]),
        bearing=Scanner(alternation(table["light"]["bearing"])),
        leading=frozenset([*table["coordination"]["closed"], *table["coordination"]["openers"]]),
        linking=frozenset(table["lists"]["linking"]),
        hanging=Scanner(rf"\b(?:{alternation(table['lists']['hanging'])})\s*$"),
        hung=Scanner(rf"\s*(?:{alternation(table['lists']['hanging'])})\s"),
        owned=Scanner(rf"\s*(?:{alternation(table['lists']['owned'])})\s"),
        sexed=frozenset(table["lists"]["sexed"]),
        adjunct=Scanner(rf"(?:{alternation(table['lists']['adjuncts'])})\s(?!least|most)"),
        leave=Scanner(rf"(?<!not )(?<!never )(?:{alternation(table['leave']['ends'])})"),
        terms=Scanner(rf"\s*,?\s*(?:{alternation(table['leave']['terms'])})\s"),
        setting=Scanner(rf"(?:{alternation(table['leave']['settings'])})\s"),
        aside=Scanner(rf"(?:{alternation(table['leave']['asides'])})\s*,\s*"),
        waive=Scanner(rf"(?:{alternation(table['leave']['waives'])})(?:\s(?:for|in|prior|before)\s[^.;]{{0,200}})?\W*$"),
        enrolled=Scanner(rf"\s*(?:{alternation(table['leave']['enrolled'])})"),
        lenient=Scanner(alternation(table["leave"]["exclusion"])),
        free=Scanner(rf"\s*(?:there\s+(?:is|are)\s+)?(?:{alternation(table['leave']['openers'])})\s"),
        opening=Scanner(rf"\s*(?:{alternation(table['lists']['opening'])})\s"),
        shortened=Scanner(rf"\b(?:{'|'.join(table['sentences']['shortened'])})\.$"),
        sentence=Scanner(rf"(?<=[a-z]{{4}}[.!?])\s+(?=[a-z])|(?<=[^\W_][.!?])\s+(?=(?:{alternation(table['sentences']['openers'])})\s)"),
        plain=frozenset(table["leads"]["plain"]) | frozenset(table["light"]["words"]) - _DENYING,
        measured_state=Scanner(rf"{alternation(table['measured_states']['words'])}|(?:{'|'.join(table['measured_states']['endings'])})\b"),
        opinion=Scanner(_opinions(table["opinions"])),
        telling=Scanner(alternation(table["leads"]["telling"])),
        clause=Scanner(rf"(?:{alternation(table['lists']['clauses'])})\s"),
        dated=Scanner(rf"(?:{alternation(table['dated']['heads'])})\s+(?:(?:{alternation(table['dated']['between'])})\s+){{0,4}}$"),
        peopled=Scanner(rf"\b(?:{alternation(table['lists']['people'])})\s"),
        people=Scanner(rf"\s*(?:{alternation(table['lists']['people'])})\s"),
    )


def _opinions(table: Mapping[str, Sequence[str]]) -> str:
    """Whose judgement something is: "in the opinion of the investigator", "as judged by the physician", "per investigator's discretion"."""
    judge = rf"(?:{alternation(table['which'])}\s+){{0,4}}{alternation(table['judges'])}"
    noun, verb = alternation(table["nouns"]), alternation(table["verbs"])
    by = r"(?:in|per|at|by|on|according\s+to|based\s+on|as\s+per|upon)"
    whose = rf"(?:{alternation(table['which'])}\s+){{0,3}}{alternation(table['judges'], tail=False)}(?:['’]?s)?['’]?\s+(?:(?:best|clinical|medical)\s+)?{noun}"
    said = rf"(?:{by}\s+(?:the\s+)?{noun}\s+(?:of|by)\s+{judge}|as\s+(?:is\s+)?{verb}\s+by\s+{judge}|{by}\s+{whose})"
    return rf"\s*(?:(?:or|and|which|that),?\s+)?{said}\W*"


@cache
def excepting() -> re.Pattern[str]:
    """The words that set an exception off, or end one that gives leave: "except for", "are allowed"."""
    rules = json.loads(data("contexts.json").read_text(encoding="utf-8"))["context_rules"]
    leave = read_toml(data("logic.toml"))["leave"]
    cues = [rule["literal"] for rule in rules if rule["category"] in ("EXCEPTION", "ALLOWED")]
    return re.compile(alternation([*cues, *leave["ends"], *leave["exclusion"]]), re.IGNORECASE)

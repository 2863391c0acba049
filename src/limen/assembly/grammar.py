"""The compiled phrase lists of logic.toml."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

_DENYING = frozenset({"no", "not", "none", "cannot"})


class Grammar(NamedTuple):
    """What joins, guards and lifts."""

    joint: Scanner
    joints: dict[str, str]
    route_before: Scanner
    route_behind: Scanner
    no_item: Scanner
    relative: Scanner
    circumstance: Scanner
    participle: Scanner
    examinations: frozenset[str]
    guard_prefix: Scanner
    guard_suffix: Scanner
    proviso: Scanner
    outside: Scanner
    modal: Scanner
    let_in: Scanner
    demand: Scanner
    acts: frozenset[str]
    evidence: Scanner
    computed: Scanner
    formula: Scanner
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
    twice_denied: Scanner
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
    again: Scanner
    lenient: Scanner
    continuing: Scanner
    enrolled: Scanner
    spared: Scanner
    terms: Scanner
    setting: Scanner
    aside: Scanner
    waive: Scanner
    uncounted: Scanner
    free: Scanner
    opening: Scanner
    plain: frozenset[str]
    measured_state: Scanner
    topic: Scanner
    opinion: Scanner
    judge: Scanner
    beside_verdict: Scanner
    beside_statement: Scanner
    telling: Scanner
    clause: Scanner
    dated: Scanner
    attribute: Scanner
    alike: Scanner
    known_by: Scanner
    shows: Scanner
    reacted: Scanner
    caused: Scanner
    shortened: Scanner
    sentence: Scanner


@cache
def grammar() -> Grammar:
    table = read_toml(data("logic.toml"))
    lists, leave = _lists(table["lists"]), _leave(table["leave"])
    return Grammar(**_joints(table), **_guards(table["guards"], table["admission"]), **_leads(table["leads"]), **lists, **leave, **_names(table), **_sayings(table))


def _any(part: Mapping[str, Sequence[str]], key: str) -> str:
    """One of the phrases of a list."""
    return f"(?:{alternation(part[key])})"


def _joints(table: Mapping[str, Any]) -> dict[str, Any]:
    """What parts, joins and ends the words of a clause."""
    names = {name: kind for kind in ("or", "and") for name in table["joints"][kind]}
    joint = alternation(names)
    shortened, openers = "|".join(table["sentences"]["shortened"]), _any(table["sentences"], "openers")
    return {
        "joint": Scanner(
            rf"(?:,(?=\s|$)|(?<=[a-z]{{3}}),(?=[a-z]{{3}}))(?:\s*(?P<after>{joint})(?=\s))?|(?P<word>{joint}),?(?=\s)|(?P<amp>&(?=[a-z0-9]))|(?P<slash>/(?=\s?[a-z])|(?<=\))\s?/(?=\s?[<>≥≤]))"
        ),
        "joints": names,
        "no_item": Scanner(rf"\s*{_any(table['joints'], 'no_items')}"),
        "relative": Scanner(rf"\s*{_any(table['relatives'], 'words')}\s"),
        "circumstance": Scanner(rf"\s*,?\s*{_any(table['relatives'], 'circumstances')}\s"),
        "participle": Scanner(rf"\s*(?:and\s+)?{_any(table['relatives'], 'participles')}\s"),
        "examinations": frozenset(table["relatives"]["examinations"]),
        "outside": Scanner(rf"(?<!not ){_any(table['ranges'], 'outside')}(?:\s+{_any(table['ranges'], 'between')}){{0,4}}\s*$"),
        "shortened": Scanner(rf"\b(?:{shortened})\.$"),
        "sentence": Scanner(rf"(?<=[a-z]{{4}}[.!?])\s+(?=[a-z])|(?<=[^\W_][.!?])\s+(?={openers}\s)|(?<=[^\W_]|[)%+])\s+(?=note:)|,\s+(?=if\s[^.;,()]{{3,60}}\s+then\s)"),
    }


def _guards(part: Mapping[str, Sequence[str]], admission: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """For whom something holds, and what is demanded of them."""
    verb = rf"(?:{_any(admission, 'verbs')}\s+)?(?:only\s+)?(?:be\s+)?{_any(admission, 'adjectives')}|{_any(admission, 'acts')}"
    let_in = rf"(?:{verb})(?:\s+{_any(admission, 'aims')})?"
    terms = _any(admission, "terms")
    people = rf"(?P<people>(?:(?:the|all|any|each|every|study)\s+){{0,2}}{_any(part, 'subjects')}\s+)?"
    return {
        "guard_prefix": Scanner(rf"\s*{_any(part, 'prefixes')}(?:\s|(?=[<>≤≥]))(?!(?:example|instance|need\s+(?:of|for))\b)"),
        "guard_suffix": Scanner(rf"{_any(part, 'suffixes')}(?:\s|(?=[<>≤≥]))"),
        "proviso": Scanner(rf"{_any(part, 'provisos')}(?:\s|(?=[<>≤≥]))"),
        "demand": Scanner(rf"\s*{people}{_any(part, 'demands')}\s"),
        "modal": Scanner(rf"(?:{_any(part, 'modals')}|(?P<let_in>{let_in}\s+{terms}))(?:\s|:?$)"),
        "let_in": Scanner(rf"(?P<let_in>{let_in})\s*$"),
        "acts": frozenset(part["acts"]),
    }


def _leads(part: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What a lead says of the list behind it."""
    return {
        "kinds": Scanner(rf"{_any(part, 'kinds')}\W*(?:{_any(part, 'listing')}(?:\s+\w+)?\W*)?$"),
        "kind_word": Scanner(alternation(part["kinds"])),
        "defined": Scanner(rf"{_any(part, 'defined')}\W*$"),
        "defined_list": Scanner(rf"{_any(part, 'defined')}\W*{_any(part, 'listing')}(?:\s+{_any(part, 'nouns')})?\W*$"),
        "defined_word": Scanner(alternation(part["defined"])),
        "telling": Scanner(alternation(part["telling"])),
    }


def _lists(part: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What heads, opens and hangs on a list."""
    return {
        "list_head": Scanner(rf"(?:{_any(part, 'manners')}\s+){{0,2}}{_any(part, 'heads')}"),
        "linking": frozenset(part["linking"]),
        "hanging": Scanner(rf"\b{_any(part, 'hanging')}\s*$"),
        "hung": Scanner(rf"\s*{_any(part, 'hanging')}\s"),
        "owned": Scanner(rf"\s*{_any(part, 'owned')}\s"),
        "sexed": frozenset(part["sexed"]),
        "adjunct": Scanner(rf"{_any(part, 'adjuncts')}\s(?!least|most)"),
        "opening": Scanner(rf"\s*{_any(part, 'opening')}\s"),
        "clause": Scanner(rf"{_any(part, 'clauses')}\s"),
        "peopled": Scanner(rf"\b{_any(part, 'people')}\s"),
        "people": Scanner(rf"\s*(?:(?:all|any|each|every)\s+(?:patient|subject|participant)\s|(?:(?:all|any)\s+)?{_any(part, 'people')}\s)"),
    }


def _leave(part: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What gives leave, and on which terms."""
    return {
        "leave": Scanner(rf"(?<!not )(?<!never ){_any(part, 'ends')}"),
        "again": Scanner(_any(part, "again")),
        "terms": Scanner(rf"\s*,?\s*{_any(part, 'terms')}\s"),
        "setting": Scanner(rf"{_any(part, 'settings')}\s"),
        "aside": Scanner(rf"{_any(part, 'asides')}\s*,\s*"),
        "waive": Scanner(rf"{_any(part, 'waives')}(?:\s(?:for|in|prior|before)\s[^.;]{{0,200}})?\W*$"),
        "uncounted": Scanner(r"\b(?:is|are)\s+not\s+(?:to\s+be\s+)?(?:considered|regarded|deemed|counted)\s+(?:as\s+|to\s+be\s+)?(?:an?\s+)?(?:(?:forms?|types?|lines?|kinds?)\s+of\s+|prior\s+|previous\s+|systemic\s+){1,3}[\w-]+[^.;]{0,60}\W*$"),
        "spared": Scanner(rf"(?:(?:do|does|will|would)\s+not\s+(?:need|require)|need\s+not|(?:is|are|be)\s+(?:not\s+required\s+to|exempt(?:ed)?\s+from))\s[^.;]{{0,40}}?{_any(part, 'waived')}[^.;,]{{0,30}}\W*$"),
        "enrolled": Scanner(rf"\s*{_any(part, 'enrolled')}"),
        "lenient": Scanner(alternation(part["exclusion"])),
        "continuing": Scanner(alternation(part["continuing"])),
        "free": Scanner(rf"\s*(?:there\s+(?:is|are)\s+)?{_any(part, 'openers')}\s"),
    }


def _names(table: Mapping[str, Any]) -> dict[str, Any]:
    """What stands at a name and says of what kind it is."""
    states, attributes = table["measured_states"], table["attributes"]
    return {
        "attribute": Scanner(rf"(?:-|\s){_any(attributes, 'behind')}"),
        "route_before": Scanner(rf"{_any(table['routes'], 'verbs')}\s+(?:{_any(table['routes'], 'manners')}\s+)?{_any(table['routes'], 'words')}\s*$"),
        "route_behind": Scanner(rf"\s*{_any(table['routes'], 'words')}\s"),
        "reacted": Scanner(rf"{_any(attributes, 'before')}\s+(?:(?:a|an|any|the|of|or|other|prior|previous|study|its|their|one|such|components?|ingredients?|excipients?|treatment|therapy|with|drugs?)\s+){{0,5}}$"),
        "alike": Scanner(rf"-{_any(attributes, 'alike')}"),
        "known_by": Scanner(rf"(?:-|\s){_any(attributes, 'known')}\s|-{_any(attributes, 'telling')}\s"),
        "shows": Scanner(rf"(?:\s+(?!and\b|or\b|with\b|for\b|in\b)[^\W\d]+){{0,2}}?\s+{_any(attributes, 'shows')}\s"),
        "caused": Scanner(rf"(?:-|\s){_any(attributes, 'caused')}"),
        "denied_before": Scanner(alternation(table["denials"]["before"])),
        "twice_denied": Scanner(rf"{_any(table['denials'], 'denying')}\s+(?:(?:be|been|completely|fully|entirely|yet)\s+){{0,2}}{_any(table['denials'], 'lacking')}\s"),
        "denied_after": Scanner(alternation(table["denials"]["after"])),
        "topic": Scanner(alternation(table["titles"]["topics"])),
        "measured_state": Scanner(rf"(?:{alternation(states['words'])})(?!\s+syndrome\b)|\b(?!(?:{'|'.join(states['diseases'])})s?\b)[^\W\d_]*(?:{'|'.join(states['endings'])})\b"),
    }


def _sayings(table: Mapping[str, Any]) -> dict[str, Any]:
    """How something is known, when, by whose judgement; and the words that say nothing."""
    light, coordination = table["light"], table["coordination"]
    return {
        "evidence": Scanner(alternation([*table["evidence"]["phrases"], *table["evidence"]["computed"]])),
        "computed": Scanner(alternation(table["evidence"]["computed"])),
        "formula": Scanner(rf"{alternation(table['evidence']['computed'])}(?:\s+[^\W\d_][\w'’.-]*){{1,6}}?\s+{alternation(table['evidence']['formulas'])}(?:\s?\(\w{{1,20}}\))?"),
        "evidence_end": Scanner("|".join(alternation([e]) for e in table["evidence"]["ends"])),
        "statistic": Scanner(alternation(table["statistics"]["phrases"])),
        "light": frozenset(light["words"]),
        "bearing": Scanner(alternation(light["bearing"])),
        "leading": frozenset([*coordination["closed"], *coordination["openers"]]),
        "plain": frozenset(table["leads"]["plain"]) | frozenset(light["words"]) - _DENYING,
        "opinion": Scanner(_opinions(table["opinions"])),
        "judge": Scanner(_any(table["opinions"], "judges")),
        "beside_verdict": Scanner(rf"\s*[,(]?(?:{_opinions(table['opinions'])}|\s*{_any(table['opinions'], 'asides')}(?:\s[^.;:,()]{{0,60}})?)\W*$"),
        "beside_statement": Scanner(rf"\s*(?:,{_opinions(table['opinions'])}|\(\s*(?:{_opinions(table['opinions'])}|(?:see|refer\s+to)\s[^.;:,()]{{0,60}}\)))\W*$"),
        "dated": Scanner(rf"{_any(table['dated'], 'heads')}\s+(?:{_any(table['dated'], 'between')}\s+){{0,4}}$"),
    }


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

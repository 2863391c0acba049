"""The closed-class words of words.toml, compiled once a process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, cast

from limen.criteria import Operator
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation


class Words(NamedTuple):
    """The lists of words.toml, lower-case."""

    boundaries: frozenset[str]
    padding: frozenset[str]
    told: frozenset[str]
    persons: frozenset[str]
    event_openers: frozenset[str]
    event_closers: frozenset[str]
    event_nouns: frozenset[str]
    carriers: frozenset[str]
    spreading: frozenset[str]
    time_adjectives: frozenset[str]
    degrees: frozenset[str]
    scales: frozenset[str]
    ranks: frozenset[str]
    standing: frozenset[str]
    undated: frozenset[str]
    doses: frozenset[str]
    undosed: frozenset[str]
    methods: frozenset[str]
    readings: frozenset[str]
    auxiliaries: frozenset[str]
    verdicts: frozenset[str]
    states: frozenset[str]
    between_auxiliaries: frozenset[str]
    instruments: frozenset[str]
    amounts: frozenset[str]
    leading: frozenset[str]
    numbered: frozenset[str]
    aged_things: frozenset[str]
    age_words: frozenset[str]
    person_pattern: Scanner
    age_pattern: Scanner
    of_kin: re.Pattern[str]
    of_offspring: Scanner
    of_dead: Scanner
    of_beside: Scanner
    having: Scanner
    offspring: Scanner
    specimen: re.Pattern[str]
    asides: Scanner
    coming: Scanner
    ahead: Scanner
    needed: Scanner
    behind: Scanner
    aimed: re.Pattern[str]
    cited: re.Pattern[str]
    able: frozenset[str]
    begun: Scanner
    pregnant: frozenset[str]
    rounds: frozenset[str]
    strip_measures: dict[str, str]
    usual: dict[str, int]
    lengths: dict[str, str]
    dimension: Scanner
    despite: re.Pattern[str]
    begun_at: Scanner
    joining: frozenset[str]
    change_before: Scanner
    change_after: Scanner
    lengthened: Scanner
    falling: Scanner
    resolved: Scanner
    reaching: Scanner
    compared: Scanner
    shared_adjectives: frozenset[str]
    shared_nouns: frozenset[str]
    halves: frozenset[str]
    sites: frozenset[str]
    obtained: frozenset[str]
    schedule: re.Pattern[str]
    time_bound: re.Pattern[str]
    signer: re.Pattern[str]
    signed: Scanner
    serving: re.Pattern[str]
    month: re.Pattern[str]
    extremes: dict[str, Operator]
    unit_measures: dict[str, str]
    person_measures: dict[str, str]
    rank_scores: dict[str, dict[str, str]]
    inclusions: Scanner
    event_ends: Scanner
    head_ends: Scanner
    head_carriers: frozenset[str]
    unbroken: frozenset[str]
    unbroken_lengths: frozenset[str]
    lived: frozenset[str]
    stopped: frozenset[str]
    demands: frozenset[str]
    finished: frozenset[str]
    last_ones: frozenset[str]
    deadline: re.Pattern[str]
    treating: Scanner
    happenings: frozenset[str]
    met: Scanner
    caused: Scanner
    affecting: Scanner
    exampled: re.Pattern[str]
    elapsing: frozenset[str]
    passed: frozenset[str]
    turns: frozenset[str]
    sequels: frozenset[str]
    own: frozenset[str]
    undone: frozenset[str]
    activities: frozenset[str]
    phases: Scanner
    exceptions: Scanner
    kept_up: Scanner
    lasting_state: re.Pattern[str]
    young: Scanner
    others: Scanner
    no_age: Scanner
    no_age_behind: Scanner
    repeated: Scanner
    for_persons: re.Pattern[str]


@cache
def words() -> Words:
    table = read_toml(data("words.toml"))
    lists = ("boundaries", "padding", "told", "persons", "event_openers", "event_closers", "event_nouns", "carriers", "spreading", "time_adjectives", "degrees", "scales", "ranks", "standing", "undated", "doses", "undosed", "methods", "readings",
             "auxiliaries", "verdicts", "states", "between_auxiliaries", "instruments", "amounts", "leading", "numbered", "aged_things", "age_words", "shared_adjectives", "shared_nouns", "halves", "sites", "obtained", "head_carriers", "unbroken", "unbroken_lengths", "lived", "stopped", "demands", "finished", "last_ones",
             "elapsing", "passed", "turns", "sequels", "own", "undone", "activities", "able", "joining", "pregnant", "rounds")  # fmt: skip
    sets: dict[str, Any] = {key: frozenset(table[key]) for key in lists}
    return Words(**sets, **_of_limits(table), **_of_events(table), **_of_people(table))


def _of_limits(table: Mapping[str, Any]) -> dict[str, Any]:
    """Words beside a limit: what it measures, cites, changes or counts."""
    return {
        "aimed": re.compile(rf"(?P<who>[\w%]+)[\s)\]]{{1,3}}(?:in\s+order\s+|so\s+as\s+)?to\s+{alternation(table['aims'])}\s[^.;:]{{1,60}}$", re.IGNORECASE),
        "cited": re.compile(rf"\d\s+{alternation(table['citations'])}\s+(?:parts?\s+|§+\s?|sections?\s+)?$", re.IGNORECASE),
        "change_before": Scanner(rf"{alternation(table['changes'])}\s+(?:between\s+(?:\w+\s+){{1,4}})?(?:in|of|from)\s+(?:(?:the|his|her|their|serum|plasma|blood)\s+){{0,2}}"),
        "lengthened": Scanner(rf"\s+(?:{alternation(table['lengthened'])})\s+of\s+"),
        "change_after": Scanner(rf"\s*(?P<change>{alternation(table['changed'])}|{alternation(table['changes'])})"),
        "resolved": Scanner(rf"{alternation(table['resolved'])}(?:\s[\w().-]+){{0,4}}\s(?:grade|level)s?\s?$"),
        "falling": Scanner(alternation(table["falling"])),
        "compared": Scanner(rf"\s*\(?{alternation(table['compared'])}\s+(?:(?:the|his|her|their|its|a|patient's|subject's|individual)\s+){{0,2}}(?:{alternation(table['compared_with'])}|{alternation(table['earlier_values'])}\s+{alternation(table['earlier_nouns'])})"),
        "reaching": Scanner(rf"(?:{alternation(table['reaching'])})\W*$"),
        "signer": re.compile(rf"\s*(?:of\s+the(?:ir)?\s+|of\s+)?{alternation(table['signers'])}", re.IGNORECASE),
        "signed": Scanner(alternation(table["signed"])),
        "serving": re.compile(rf"(?:\b(?:one|an?|1|each)\s+)?{alternation(table['servings'])}\b[^;.()=]{{0,30}}(?P<equals>=|is|equals)", re.IGNORECASE),
        "extremes": {word: cast(Operator, operator) for operator, names in table["extremes"].items() for word in names},
        "unit_measures": table["unit_measures"],
        "person_measures": table["person_measures"],
        "strip_measures": table["strip_measures"],
        "usual": table["usual"],
        "dimension": Scanner(alternation(table["dimensions"])),
        "rank_scores": table["rank_scores"],
        "specimen": re.compile(rf"[\s-](?:\([^()]{{1,30}}\)\s)?{alternation(table['specimens'])}", re.IGNORECASE),
        "repeated": _repeated(table["repeats"]),
    }


def _of_events(table: Mapping[str, Any]) -> dict[str, Any]:
    """Words beside a length of time: what it times, and what lies ahead or behind."""
    return {
        "asides": Scanner(alternation(table["asides"])),
        "deadline": re.compile(rf"{alternation(table['deadlines'])}\s*$", re.IGNORECASE),
        "exampled": re.compile(rf"[(\[]\s?(?:{alternation(table['inclusions'])}|such as|for example|for instance)[^()\[\]]*$", re.IGNORECASE),
        "treating": Scanner(rf"{alternation(table['treating'])}\s(?:for|of|against)\s(?:(?:the|an?|any|their|his|her|previous|prior|underlying)\s)?"),
        "met": Scanner(rf"{alternation(table['met'])}\s(?:[^\W\d_][\w-]*\s){{0,6}}?$"),
        "caused": Scanner(rf"{alternation(table['caused'])}\s(?:[^\W\d_][\w-]*\s){{0,3}}?$"),
        "affecting": Scanner(rf"{alternation(table['affecting'])}\s(?:(?:the|an?|serum|blood|plasma|severe|their)\s){{0,2}}$"),
        "coming": Scanner(alternation(table["coming"])),
        "ahead": Scanner(alternation(table["ahead"])),
        "needed": Scanner(rf"\W*(?:(?:(?:patients?|subjects?|participants?|individuals|{alternation(table['persons'])}|those|anyone)\s+)(?:who\s+)?)?{alternation(table['needed'])}\s"),
        "behind": Scanner(alternation(table["behind"])),
        "despite": re.compile(rf"{alternation(table['despite'])}\s+(?P<what>[^.;,()±]{{3,80}})(?P<more>±[^.;,()]{{0,40}})?$", re.IGNORECASE),
        "schedule": re.compile(rf"[\s-]*(?:of\s+)?{alternation(table['schedules'])}", re.IGNORECASE),
        "time_bound": re.compile(rf"[\s-]*(?:time\s+)?{alternation(table['time_bounds'])}", re.IGNORECASE),
        "month": re.compile(rf"(?:st|nd|rd|th)?[\s-](?:of\s)?(?:{'|'.join(table['months'])})\b"),
        "lengths": table["lengths"],
        "happenings": frozenset(read_toml(data("logic.toml"))["peers"]["events"]),
        "inclusions": Scanner(alternation(table["inclusions"])),
        "event_ends": Scanner(alternation(table["event_ends"])),
        "phases": Scanner(alternation(table["phases"])),
        "head_ends": Scanner(alternation(table["head_ends"])),
        "exceptions": Scanner(alternation(table["exceptions"])),
        "kept_up": Scanner(alternation(table["kept_up"])),
    }


def _of_people(table: Mapping[str, Any]) -> dict[str, Any]:
    """Words of whose age or state a number tells."""
    return {
        "person_pattern": Scanner(alternation(table["persons"])),
        "begun": Scanner(alternation(table["begun"])),
        "begun_at": Scanner(rf"(?:\s+old|\s+of\s+age)?,?\s+(?:at|when|of)\s+(?:(?:the|time|of|initial|first|disease|symptoms?|original|primary|their|his|her)\s+){{0,4}}{alternation(table['begun'])}"),
        "lasting_state": re.compile(rf"[\s-]{{1,2}}(?P<state>{alternation(table['lasting_states'])})", re.IGNORECASE),
        "young": Scanner(alternation(table["young"])),
        "others": Scanner(alternation([*table["kin"], *table["others"]])),
        "no_age": Scanner(alternation([*table["begun"], *table["no_age"]])),
        "no_age_behind": Scanner(rf"[\s-]*{alternation(table['no_age_behind'])}(?!\s+age\b)"),
        "of_kin": re.compile(rf"\s*(?:of\s+age\s+|old\s+)?(?:in|of|among)\s+(?:[\w-]+\s+){{0,3}}?{alternation(table['kin'])}", re.IGNORECASE),
        "of_offspring": Scanner(rf"{alternation(table['having'])}\s(?:[^\W\d_]+\s){{0,4}}{alternation(table['offspring'])}(?:\s[^\W\d_]+){{0,4}}(?:(?:\s[^\W\d_]+){{0,2}}\s\d[\d.]*(?:\s[^\W\d_]+){{1,3}}\sbut(?:\s[^\W\d_]+){{0,3}})?\s?\(?\s*$"),
        "of_dead": Scanner(r"\b(?:sudden|unexplained|premature|early)\s(?:[^\W\d_]+\s){0,2}deaths?(?:\s[^\W\d_]+){0,4}\s?\(?\s*$"),
        "of_beside": Scanner(rf"(?:{alternation(table['of_beside'])}\s(?:[^\W\d_]+\s){{0,3}}?{alternation(table['beside'])}|{alternation(table['offspring'])}\s(?:born\s)?(?:of|to|from|by)\s(?:women|a\swoman))"
                          r"(?:\s(?:who|whose|is|are|was|were|be|being|must|should|aged?|an|of|with|the))*[\s,(]*$"),  # fmt: skip
        "having": Scanner(rf"{alternation(table['having'])}\s*$"),
        "offspring": Scanner(rf"[\s-]{{0,3}}(?:old\s|of\sage\s)?{alternation(table['offspring'])}"),
        "age_pattern": Scanner(alternation(table["age_words"])),
        "for_persons": _for_persons(table["persons"]),
    }


def _for_persons(persons: list[str]) -> re.Pattern[str]:
    """ "for men", "in women", "[men]": whom a limit is for, between it and the next one."""
    return re.compile(rf"\s*[\[(]?\s*(?:for|in|if)?\s*(?:a|the|all)?\s*(?:{alternation(persons)})(?:\s+(?:{alternation(persons)}))?\s*[\])]?", re.IGNORECASE)


def _repeated(table: dict[str, list[str]]) -> Scanner:
    nouns, ends = alternation(table["nouns"]), alternation(table["ends"])
    return Scanner(
        rf"\b(?:at|on|in|for|by|over)\s+(?:at\s+least\s+|a\s+minimum\s+of\s+|≥\s?)?(?:\d{{1,2}}|two|three|four)\s+(?:{nouns})"
        rf"(?:[^.;()]{{0,60}}?(?:{ends}))?"
    )

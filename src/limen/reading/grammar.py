"""The lexicon's phrases around a number, compiled: comparators, joints of ranges, units, references.

The phrases are the lexicon's (comparisons.toml, references.toml, units.toml); this module knows only how they are spelled
into patterns, and `quantities` their order in a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple, cast

from limen import units
from limen.criteria import Operator, Reference
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

LIST_JOINT = re.compile(r"\s?(?:,|/|\bor\b|\band\b|,\s?or\b|,\s?and\b|&)\s?", re.IGNORECASE)


class ReferenceNames(NamedTuple):
    """A reference by its names: behind a plain number, behind a percentage, behind "twice"."""

    id: Reference
    named: re.Pattern[str] | None
    percent: re.Pattern[str] | None
    doubled: re.Pattern[str] | None


class Grammar(NamedTuple):
    """The compiled phrase lists, to be matched against the lower case of a text (`lowered`), which is faster than re.I."""

    before: Scanner
    before_operators: dict[str, Operator]
    denied: re.Pattern[str]
    denial: re.Pattern[str]
    after: re.Pattern[str]
    after_operators: dict[str, Operator]
    joint: re.Pattern[str]
    opened_joint: re.Pattern[str]
    opener: Scanner
    filler: re.Pattern[str]
    unit: re.Pattern[str]
    references: tuple[ReferenceNames, ...]
    reference_word: Scanner
    beyond: re.Pattern[str]
    grade_word: re.Pattern[str]
    part_of_grade: re.Pattern[str]


def _operators(table: dict[str, list[str]]) -> dict[str, Operator]:
    return {re.sub(r"\s+", " ", p.lower()): cast(Operator, op) for op, phrases in table.items() for p in misspelled(phrases)}


def misspelled(phrases: Iterable[str]) -> list[str]:
    """The phrases, and those with "than" as it is misspelled: "more then"."""
    table = read_toml(data("comparisons.toml"))["misspelled"]
    return [re.sub(rf"\b{word}\b", spelled, p) for p in phrases for word in table for spelled in (word, *table[word])]


def _unit_pattern() -> re.Pattern[str]:
    table = units.spellings()
    denominators = [*table.exact, *table.folded]
    atoms = [s for s in denominators if s.lower() not in table.denominators]
    exponent = r"(?:\s?\^?[-−–]1(?!\d)|⁻¹)?"
    below = rf"\s?(?:[/⁄∕]|·|⋅|•|\*|\bper\b)\s?(?:{alternation(denominators)}){exponent}"
    inverse = rf"\s?(?:{alternation(atoms)})(?:\s?\^?[-−–]1(?!\d)|⁻¹)"
    longer = r"(?<!week)(?<!weeks)(?<!month)(?<!months)(?<!year)(?<!years)"
    often = rf"{longer}\s(?:(?<!day\s)(?<!days\s)(?:once\s+)?daily|(?:once\s+)?(?:weekly|monthly|yearly|annually))"
    each = r"(?:(?:in\s+)?an?|each|every)\s+(?:day|week|month|year|hour|minute)(?!\s(?:apart|ago|before|prior|after|earlier|later))"
    suffix = rf"(?:(?<!dl|ml|in|/l)\s?(?:of\s)?creatinine(?!\sclearance)|(?:{often}|\s{each})(?![^\W\d_]))?"
    head = rf"(?:{alternation(atoms)}){exponent}(?:(?:{below}|{inverse})){{0,3}}"
    return re.compile(rf"(?:{head}|(?:[/⁄∕]|\bper\b)\s?(?:{alternation(denominators)})(?:{below}){{0,2}}){suffix}")


def _reference_word(table: dict[str, Any]) -> Scanner:
    """Any word that names a reference: a text without one needs no closer look."""
    lists = ("cores", "after_multiple", "after_percent")
    return Scanner(alternation({word for entry in table["reference"] for key in lists for word in entry.get(key, [])}, lead=False, tail=False))


def _reference_patterns(table: dict[str, Any]) -> tuple[ReferenceNames, ...]:
    words = table["words"]
    multiple = rf"[\s-]?(?:{alternation(words['multiples'], tail=False)})[\s-]?"
    quality = rf"(?:(?:{alternation(words['qualities'])})\s?){{0,6}}"
    tails = rf"(?!(?:\s(?:of|the|our|for|{alternation(words['tails'])})){{0,3}}\s(?:{alternation(words['assays'])}))(?:\s?(?:{alternation(words['tails'])})){{0,7}}"
    patterns = []
    for entry in table["reference"]:
        cores = entry.get("cores", [])
        behind = [*cores, *entry.get("after_multiple", [])]
        named = [rf"\s?(?:{multiple})?\s?{quality}(?:{alternation(cores, lead=False)}){tails}"] if cores else []
        if behind:
            named.insert(0, rf"\s?(?:{multiple})\s?{quality}(?:{alternation(behind, lead=False)}){tails}")
        percent = entry.get("after_percent", [])
        doubled = rf"\s?{quality}(?:{alternation(behind, lead=False)}){tails}" if behind else None
        patterns.append(
            ReferenceNames(
                cast(Reference, entry["id"]),
                re.compile("|".join(named)) if named else None,
                re.compile(rf"\s?(?:{alternation(percent)})") if percent else None,
                re.compile(doubled) if doubled else None,
            )
        )
    return tuple(patterns)


def normal_ranges() -> list[str]:
    """Names of the range of normal values, below and above which a limit of it lies."""
    return list(read_toml(data("references.toml"))["words"]["ranges"])


def _beyond_ranges(words: dict[str, Any]) -> re.Pattern[str]:
    """What "below" or "above" makes a limit: "the normal range of the laboratory"; not "the normal range of motion"."""
    quality = rf"(?:(?:{alternation(words['qualities'])})\s?){{0,6}}"
    whose = r"(?:\s(?:of|for|at|in)\s(?:the\s|our\s|this\s)?(?:local\s|testing\s|participating\s|study\s)?(?:institution|laboratory|lab|hospital|site|cent(?:re|er)|age(?:\s(?:and|&)\s(?:sex|gender))?|sex|gender))?"
    bare = r"normal(?=\s?(?:[,.;)]|$|(?:and|or|at|on|but|if|in|within)\s))"
    return re.compile(rf"\s?{quality}(?:(?:{alternation(words['ranges'], lead=False)})(?!\s(?:of|for)\s(?!the\s|our\s|age|sex|gender)){whose}|{bare})")


@cache
def grammar() -> Grammar:
    table = read_toml(data("comparisons.toml"))
    references = read_toml(data("references.toml"))
    ranges = table["range"]
    before, after = _operators(table["before"]), _operators(table["after"])
    return Grammar(
        before=Scanner(alternation(before)),
        before_operators=before,
        denied=re.compile(rf"(?<!or )(?:{alternation(table['denied']['words'])})(?:\s+(?:{alternation(table['denied']['between'])})){{0,3}}\s*$"),
        denial=re.compile(alternation(table["denied"]["words"])),
        after=re.compile(rf"[\s,]{{0,2}}\(?(?!at\s+(?:least|most)\s+(?:{alternation(table['degrees']['words'])}))(?P<phrase>{alternation(after)})"),
        after_operators=after,
        joint=re.compile(rf"\s{{0,12}}(?:{alternation(ranges['joints'])})\s{{0,12}}"),
        opened_joint=re.compile(rf"\s?,?\s{{0,12}}(?:{alternation(ranges['opened'])})\s{{0,12}}(?:the\s)?"),
        opener=Scanner(alternation(ranges["openers"])),
        filler=re.compile(rf"(?:\s{{1,12}}(?!\s)|{alternation(table['filler']['words'])}){{0,6}}"),
        unit=_unit_pattern(),
        references=_reference_patterns(references),
        reference_word=_reference_word(references),
        beyond=_beyond_ranges(references["words"]),
        part_of_grade=re.compile(
            rf"\s?(?:\([^()]{{1,30}}\)\s?)?(?:,\s?or|,\s?and|,|/|-|–|to|or|and)\s?"
            rf"(?:(?:{'|'.join(table['grade']['parts'])})\s){{1,2}}(?:class\s)?(?:[IVX]{{1,3}}|[A-F])[abc]?(?![\w'’])"
        ),
        grade_word=re.compile(rf"{alternation(table['grade']['words'])}(?:\s(?:is|as|was))?\s*[:(]?\s*(?:[<>≥≤=]{{1,2}}\s*)?$"),
    )

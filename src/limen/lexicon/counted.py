"""A count of named things before a list: "at least two risk factors (", "one or more of these symptoms:"."""

from __future__ import annotations

from functools import cache

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

WITH = r"(?:\b(?:with|having|have|has|meets?|presence\s+of)\s+)?"
LEAST = r"(?P<least>\b(?:at\s+least|(?:a\s+)?minimum\s+of|any)\s+|[≥]\s?|>=\s?)?"
SOME = "two|three|four|five|six|seven|eight|\\d{1,2}"
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


@cache
def counted() -> Scanner:
    """The pattern of such a count, up to what opens the list."""
    nouns = alternation(read_toml(data("logic.toml"))["counts"]["nouns"])
    least = LEAST.replace("[≥]", "≥")
    number = r"\b(?P<count>one|two|three|four|five|six|\d)(?:\s*\(\d\))?(?P<more>\s+or\s+more)?\s+"
    of = rf"(?:(?:out\s+)?of\s+(?:(?:the|these|those|following|below|listed|{SOME})\s+){{0,3}})?"
    return Scanner(rf"{WITH}{least}{number}{of}(?:[^\W\d_][\w/-]*\s+){{0,3}}{nouns}(?:\s+(?:of|for)(?:\s+[^\W\d_][\w-]*){{1,4}})?(?:\s+(?:among|including))?\s*(?P<opens>[:(\[])\s*")


def number_of(word: str) -> int | None:
    """The number that a word or a digit is."""
    return int(word) if word.isdigit() else NUMBERS.get(word.lower())

"""The comparators of a text: the phrases of the lexicon, and "greater than or equal to" in all its forms."""

from __future__ import annotations

import re
from functools import cache

from limen.criteria import Operator
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.reading.denied import Comparator
from limen.reading.grammar import grammar, misspelled

_PRESSURE = re.compile(r"\d{2,3} over \d{2}")  # "140 over 90" is 140/90

_AND_TO = re.compile(r"\d[^\W\d_]{0,2}\s(?:years?\s)?(?:of\sage\s)?(?:and|or)\s(?:older|elder|above|over|up)\s?,?\s(?P<to>(?:up\s)?to)\s(?=\d)")  # "18 and older, to 75"


def comparators(text: str, start: int = 0, end: int | None = None) -> list[Comparator]:
    """Every comparator in front of a number, in the order of the text; of those that overlap the longer."""
    operators = grammar().before_operators
    found = [
        Comparator(m.start(), m.end(), operators[m.group()] if m.group() in operators else operators[re.sub(r"\s+", " ", m.group())])
        for m in grammar().before.finditer(text, start, end)
        if not (m.group() == "over" and _PRESSURE.search(text, max(0, m.start() - 4), m.end() + 4))
    ]
    found += [Comparator(*m.span("to"), "le") for m in _AND_TO.finditer(text, start, len(text) if end is None else end)]
    found.sort()
    if not found or not _equal().search(text, start, end):
        return found
    for pattern, operator in _inclusive():
        for match in pattern.finditer(text, start, end):
            apart = [c for c in found if c.end <= match.start() or match.end() <= c.start]
            found = sorted([*apart, Comparator(match.start(), match.end(), operator)])
    return found


@cache
def _equal() -> Scanner:
    """What a comparison that includes its number cannot do without."""
    return Scanner(r"equal|=|(?:at|of)\s(?:or|and)\s")


@cache
def _inclusive() -> tuple[tuple[Scanner, Operator], ...]:
    """Both sides with what includes the number itself: comparisons.toml, [inclusive]."""
    table = read_toml(data("comparisons.toml"))["inclusive"]
    equal, than = alternation(misspelled(table["equal"])), rf"(?:\s(?:{alternation(misspelled(table['than']))}))?"
    opens, joint = alternation([*misspelled(table["equal"]), *table["opens"]]), rf"\s{{0,3}}(?:{alternation(table['joints'])})\s{{0,3}}"
    sides: tuple[tuple[str, Operator], ...] = (("up", "ge"), ("down", "le"))
    return tuple((Scanner(rf"(?:{side}{than}(?:{joint}{equal}|\s?\(or\s{equal}\))|{opens}{joint}{side}{than})(?:,(?=\s))?"), operator) for name, operator in sides for side in [alternation(table[name])])

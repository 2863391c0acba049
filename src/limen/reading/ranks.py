"""Grades that are not written in digits: roman numerals ("NYHA class III") and letters ("Child-Pugh B or C")."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal

from limen.reading.grammar import LIST_JOINT, grammar
from limen.reading.numbers import Number

Ranks = Mapping[str, int]

_ROMAN = re.compile(r"(?:I(?<!\wI)(?:I{0,2}|V)|V(?<!\wV)|[ⅠⅡⅢⅣⅤ](?<!\w.)|l(?<!\wl)(?:l{1,2}|V))(?:[ab](?![\w]))?(?![\w'’])")
_ROMAN_VALUES = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "Ⅴ": 5, "ll": 2, "lll": 3, "lV": 4}
_LETTER_LEAD = re.compile(
    r"\s*(?:(?:score|class(?:ification)?|grade|stage|category|of|is)\b\s*|[:(]\s*){0,4}(?:[<>≥≤=]{1,2}\s*)?(?P<letter>[A-F])(?![\w'’.])"
)
_LETTER_NEXT = re.compile(r"\s?(?:,|/|-|–|to|or|and|,\s?or|,\s?and)\s?(?P<letter>[A-F])(?![\w'’.])")


def letter_numbers(text: str, end: int, ranks: Ranks) -> list[Number]:
    """The letters right behind a score whose grades are letters, by their rank: "class B or C", "grade ≥ C"."""
    found: list[Number] = []
    position = end
    match = _LETTER_LEAD.match(text, position)
    while match and match.group("letter").upper() in ranks:
        place = match.span("letter")
        found.append(Number(*place, Decimal(ranks[match.group("letter").upper()]), Decimal(1), "roman"))
        position = place[1]
        match = _LETTER_NEXT.match(text, position)
    return found


def roman_numbers(text: str, taken: Collection[tuple[int, int]], grade_ends: Collection[int]) -> list[Number]:
    """The roman numerals of a text that count as numbers: behind a word such as "grade", a name at `grade_ends`, or another."""
    found: list[Number] = []
    for match in _ROMAN.finditer(text):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        near = text[max(0, match.start() - 40) : match.start()].lower()
        continues = bool(found) and _continues(text, found[-1].end, match.start())
        if continues or grammar().grade_word.search(near) or any(0 <= match.start() - e <= 14 for e in grade_ends):
            value = _ROMAN_VALUES[match.group().rstrip("ab")]
            found.append(Number(match.start(), match.end(), Decimal(value), Decimal(1), "roman"))
    return found


def _continues(text: str, end: int, start: int) -> bool:
    gap = text[end:start].lower()
    return bool(LIST_JOINT.fullmatch(gap) or grammar().joint.fullmatch(gap))

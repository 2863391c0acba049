"""Grades that are not plain digits: roman numerals ("NYHA class III"), letters ("Child-Pugh B or C"), steps ("CKD stage 3b")."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from limen.criteria import Operator
from limen.reading.comparing import comparators
from limen.reading.grammar import LIST_JOINT, grammar
from limen.reading.numbers import Number

RANKED = ("roman", "part")  # how a number is written that is a rank, and one that is a part of it


class Rank(NamedTuple):
    """The place of a grade, and the points that it stands for: Child-Pugh B is the second, of 7 to 9 points."""

    place: int
    points: tuple[int, int] | None = None


Ranks = Mapping[str, Rank]

_ROMAN = re.compile(r"(?:I(?<!\wI)(?:I{0,2}|V)|V(?<!\wV)I{0,2}|[ⅥⅦ](?<!\w.)|[ⅠⅡⅢⅣⅤ](?<!\w.)|l(?<!\wl)(?:l{1,2}|V))(?:-?[abcABC](?!\w))?(?![\w'’])")
_ROMAN_VALUES = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "Ⅵ": 6, "Ⅶ": 7, "Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "Ⅴ": 5, "ll": 2, "lll": 3, "lV": 4}
_LEAD = re.compile(r"\s*(?:(?:score|class(?:ification)?|grade|stage|category|of|is)\b\s*|[:(]\s*){0,4}(?:[<>≥≤=]{1,2}\s*)?")
_LETTER = re.compile(
    r"(?P<letter>[A-F])(?:(?P<points>\d{1,2})(?:\s?[-–/]\s?(?P<upto>\d{1,2}))?)?(?![\w'’]|\.\w)"
    r"(?:\s?\(\s?(?:(?:score|points?|total)\s(?:of\s)?)?(?P<low>\d{1,2})(?:\s?(?:-|–|/|to|or|and)\s?(?P<high>\d{1,2}))?(?:\s?points?)?\s?\))?"
)
_SOME_POINTS = re.compile(r"\s?\(\s?(?:(?:score|points?|total)\s(?:of\s)?)?[<>≥≤=]{0,2}\s?\d[^()]{0,30}\)")
_NEXT = re.compile(r"\s?(?:,\s?or|,\s?and|,|/|-|–|to|or|and)\s?(?:(?:class|grade|stage|category)\s)?(?=[A-F])")
_LONGEST = 40  # characters of a comparator in words
_STEP = re.compile(r"[abcABC](?![\w'’])")
_STEPPED = re.compile(r"(?:(?<=[\dIV])|(?<=ll))(?:-(?=[A-C]))?[abcABC]\b")
_POINTED = re.compile(rf"{_STEPPED.pattern}|(?<![A-Za-z])[A-F]\d(?!\d?\s?[-–/]\s?\d)")


def letter_numbers(text: str, end: int, ranks: Ranks) -> list[Number]:
    """The letters right behind a score whose grades are letters, by their rank: "class B or C", "grade ≥ C", "A (5-6) or B (7-9)".

    A letter with some of the points that it stands for is the number of those, "Child-Pugh A5 to B7"; beside a whole grade it is a part.
    """
    found: list[Number] = []
    match = _LETTER.match(text, _behind_comparator(text, end))
    while match and match.group("letter") in ranks:
        found.append(_lettered(match, ranks[match.group("letter")]))
        joint = _NEXT.match(text, found[-1].end)
        match = _LETTER.match(text, joint.end()) if joint else None
    mixed = len({n.style for n in found}) > 1 or (bool(found) and _goes_on(text, found[-1].end))
    return [n._replace(style="part") for n in found] if mixed else found


def _behind_comparator(text: str, end: int) -> int:
    """Where the grade of a score that ends at `end` may stand: "class ≥ C", "class greater than or equal to C"."""
    lead = _LEAD.match(text, end)
    place = lead.end() if lead else end
    compared = next((c for c in comparators(text, place, place + _LONGEST) if c.start == place), None)
    return compared.end + (text[compared.end : compared.end + 1] == " ") if compared else place


def _before_comparator(text: str, start: int) -> int:
    """Where the comparator in words before a grade begins: "NYHA class greater than or equal to III"; else the grade itself."""
    found = [c for c in comparators(text, max(0, start - _LONGEST), start) if c.end < start and text[c.end : start].isspace()]
    return found[-1].start if found else start


def _lettered(match: re.Match[str], rank: Rank) -> Number:
    """A letter: its rank where it stands for the whole grade, else its points."""
    low, high = match.group("points") or match.group("low"), match.group("upto") or match.group("high")
    if low is None and (some := _SOME_POINTS.match(match.string, match.end())):
        return Number(match.start(), some.end(), Decimal(rank.place), Decimal(1), "part")
    whole = low is None or (high is not None and rank.points == (int(low), int(high)))
    glued = match.group("points") is not None and match.group("upto") is None and match.group("low") is None
    style = "roman" if whole else "points" if glued else "part"
    return Number(match.start(), match.end(), Decimal(low if glued and low is not None else rank.place), Decimal(1), style)


def _goes_on(text: str, end: int) -> bool:
    """Whether grades go on with one that is no whole grade: "II to ambulatory IV", "A (5-6) or early B"."""
    return grammar().part_of_grade.match(text, end) is not None


def roman_numbers(text: str, taken: Collection[tuple[int, int]], grade_ends: Collection[int]) -> list[Number]:
    """The roman numerals of a text that count as numbers: behind a word such as "grade", a name at `grade_ends`, or another."""
    found: list[Number] = []
    for match in _ROMAN.finditer(text):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        start = _before_comparator(text, match.start())
        near = text[max(0, start - 40) : start].lower()
        continues = bool(found) and _continues(text, found[-1].end, match.start())
        if continues or grammar().grade_word.search(near) or any(0 <= start - e <= 14 for e in grade_ends):
            value = _ROMAN_VALUES[match.group().rstrip("abcABC-")]
            style = "part" if _goes_on(text, match.end()) else "roman"
            found.append(Number(match.start(), match.end(), Decimal(value), Decimal(1), style))
    return found


def stepped(text: str, numbers: Iterable[Number], grade_ends: Collection[int]) -> Iterator[Number]:
    """The numbers, those of grades with the letter of their step where one is glued to them: "stage 3b"."""
    end = -1
    for number in numbers:
        if number.end - number.start == 1 and _STEP.match(text, number.end):
            lead = text[max(0, number.start - 40) : number.start].lower()
            near = any(0 <= number.start - e <= 14 for e in grade_ends)
            if near or grammar().grade_word.search(lead) or (end >= 0 and _continues(text, end, number.start)):
                end = number.end + 1
                number = number._replace(end=end)
        yield number


def parted(printed: str, operator: Operator | None, ranked: bool) -> bool:
    """Whether printed grades divide one, so that no number says them: "3b or higher" leaves out a part of 3, "3a or higher" does not.

    `ranked`: they are ranks, so that a letter with points ("A or B7") divides one as well.
    """
    if len(printed) < 2:
        return False
    steps = list((_POINTED if ranked else _STEPPED).finditer(printed))
    if operator not in ("ge", "between") or len(steps) != 1:
        return bool(steps)
    return steps[0].group().lstrip("-") not in "aA" or (operator == "between" and steps[0].end() == len(printed))


def _continues(text: str, end: int, start: int) -> bool:
    gap = text[end:start].lower()
    return bool(LIST_JOINT.fullmatch(gap) or grammar().joint.fullmatch(gap))

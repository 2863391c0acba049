"""Numbers in every spelling that trials use: 80 000, 50,000, 1.5×10⁹, x109/L, 10^9, 18,5, eighteen, three (3).

Values are Decimal as printed; a power of ten written beside the number is kept apart as `scale`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from text_to_num import text2num  # type: ignore[attr-defined,unused-ignore]

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.reading.compounds import compound

_SIGNED = re.compile(r"(?:[<>=≤≥:~(]|\b(?:than|and|to|of|between|least|most|from|below|above|under|over|or|is))\s?[-−–]$", re.IGNORECASE)
_POINTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){1,3}")
_CENTS = re.compile(r",\d\d$")
_COUNTED = re.compile(r"\s?(?:/|per\s)\s?(?:mm|[uµμ]l|mcl|cu)|\s?(?:cells|platelets|copies|CFU)", re.IGNORECASE)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_UNITS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety"
_DIGITS = re.compile(
    r"""(?:(?<![\w.])|(?<=than)|(?<=least)|(?<=(?i:status))|(?<=(?i:score))|(?<=(?i:class))|(?<=(?i:grade))|(?<=(?i:age))|(?<=(?i:aged))|(?<=(?i:ages))|(?<=\b(?i:to))|(?<=\b(?i:from))|(?<=\b(?i:and))|(?<=\b(?i:over))|(?<=\b(?i:under))|(?<=\b(?i:between)))(?:(?<![^\W\d_]-)|(?<=yr-)|(?<=yrs-)|(?<=years-)|(?<=months-)|(?<=mg-)|(?<=kg-)|(?<=cm-)|(?<=mm-)|(?<=\d[mdwyhgL]-)|(?<=\dth-))(?:
        (?P<dotted>\d{1,3}(?:[.,]\d{1,2})?)(?=\.10\^?(?:6|9|12|⁶|⁹|¹²)\s?/\s?[Ll]\b)
      | (?P<spaced>\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![\d.,]\d|\d|\s?[x×]))
      | (?P<grouped>\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?(?!\d|,\d))
      | (?<!\d,)(?P<comma>\d{1,6},\d{1,2}(?!\d|,\s?\d))
      | (?:(?<=[<>≤≥=])|(?<=[<>≤≥=][ ]))(?P<split>0\.[ ]\d{1,2}(?!\d|\.\d))
      | (?P<plain>\d{1,20}(?:\.\d{1,12}|[·•∙](?!10\s?[\^⁶⁹¹])\d{1,12})?(?!\d))
      | (?P<bare>\.\d{1,8}(?!\d))
    )""",
    re.VERBOSE,
)
_WORDS = re.compile(
    rf"\b(?:(?:{_TENS})(?:[\s-](?:{_UNITS}))?|(?:{_UNITS}))(?:\s(?:hundred|thousand)(?:\s(?:and\s)?(?:(?:{_TENS})(?:[\s-](?:{_UNITS}))?|(?:{_UNITS})))?)?\b"
    r"(?P<again>\s?\(\s?(?P<figure>\d{1,4})\s?\))?",
    re.IGNORECASE,
)
_AGAIN = re.compile(rf"\s?\(\s?(?:(?P<figure>\d{{1,4}})|(?P<word>zero|(?:{_TENS})(?:[\s-](?:{_UNITS}))?|(?:{_UNITS})))\s?\)", re.IGNORECASE)
_POWER = re.compile(
    r"(?:\s?(?:[x×✕✖*·⋅•?]{1,2}|times\s)\s?|\s(?=10(?:\^|\*|[eE]|[⁶⁹¹])[^\s/]{0,5}\s?/))10\s?(?:(?:\^|\*\*|\*|[eE]|exp)\s?\(?\s?(?P<sign>[-−+]?\d{1,2})\)?|(?P<super>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})"
    r"|\s?\(?(?P<flat>[1-9]\d?)\)?(?=\s?/|\s?(?:per|cells|copies|copy|cps|platelets|m?IU|U)\b|\s?L\b))(?!\d)"
    r"|\s?[x×✕*]\s?(?P<plain>1[,.]?0{3}(?:[,.]?0{3})?)(?!\d)",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\.10(?:\^?(?P<flat>\d{1,2})|(?P<super>[⁶⁹¹²]{1,2}))")  # "3.10^9/L", whose caret may be lost
_SUM = re.compile(r"\s?\+\s?(?P<other>[1-5])(?!\d|\.\d|\s?\+)(?:\s?=\s?(?P<sum>\d{1,2})(?!\d|\.\d))?")
_POWER_ALONE = re.compile(
    r"\s?(?:(?:\^|\*\*|[eE]|\*(?=\d{1,2}\s?(?:/|cop|cells|M?IU|per\s)))\s?\(?(?P<sign>[-−]?\d{1,2})\)?|(?P<super>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))(?!\d)"
)
_BRACKETED_POWER = re.compile(  # "platelets < 70 (10^9/L)", whose caret may be lost
    r"\s?[(\[]\s?(?:[x×✕*]\s?)?10\s?(?:\^\s?(?P<sign>3|6|9|12)|(?P<super>[³⁶⁹]|¹²)|(?P<flat>3|6|9|12))(?=\s?/\s?(?:[uµμ]?l|mm)\b)", re.IGNORECASE
)
_RAISED = re.compile(r"10[3-8]")
_COPIES = re.compile(r"\s?(?:copies|copy|cps|cp|CFU)\b", re.IGNORECASE)
_MAGNITUDE = re.compile(
    r"\s?(?:(?P<k>k(?=\s?/|\s?(?:cells|platelets|per)\b|(?![\w+'’-]|\s?[<>≥≤=:]|\s(?:levels?|concentration)\b)))|(?P<thousand>thousands?\b|thou(?=\s?/))|(?P<million>millions?\b)"
    r"|(?P<billion>billions?\b|giga(?=\s?/)|Gpt(?=\s?/)))",
    re.IGNORECASE,
)
_PLUS_DAYS = re.compile(r"\s?\+\s?(?P<days>[0-6])(?![\d.%+])|\s(?P<sevenths>[0-6])\s?/\s?7(?!\d)|\s?w(?:eeks?|ks?)?\s?\+?\s?(?P<spelt>[0-6])\s?(?:/\s?7|d(?![^\W\d_]))", re.IGNORECASE)
_TIMES = re.compile(r"\b(?P<times>twice|thrice|double|triple)(?=\s(?:the\s|normal|upper|ULN|higher|greater|above|institutional))", re.IGNORECASE)
_TIMES_VALUES = {"twice": 2, "double": 2, "thrice": 3, "triple": 3}
_DIGIT = re.compile(r"\.?\d")
_OF_WEEKS = Scanner(r"\b(?:weeks?|wks?|ga|gestation|gestational|amenorrho?ea)\b")
_WEEKS = re.compile(r"[1-4]\d")  # of a pregnancy
_RATIOS = {
    "1": re.compile(r"\s?:\s?(?P<below>[4-9]|[1-9]\d{1,4})(?![\d:]|\.\d|\s?[ap]\.?m\b)", re.IGNORECASE),
    "20": re.compile(r"\s?/\s?(?P<below>1[0-9]|[2-9]\d|[1-9]\d{2})(?![\d/]|\.\d)"),
    "6": re.compile(r"\s?/\s?(?P<below>[4-9]|[1-6]\d)(?![\d/]|\.\d)"),
}
_HAS_WORD = Scanner(alternation([*_UNITS.split("|"), *_TENS.split("|"), "twice", "thrice", "double", "triple"]))
_MAGNITUDES = {"k": Decimal(1000), "thousand": Decimal(1000), "million": Decimal(10) ** 6, "billion": Decimal(10) ** 9}


class Number(NamedTuple):
    """A number at `start`..`end`: its value as printed, the power of ten beside it, and how it was written.

    A "misprint" has lost a figure behind the comma that parts its thousands: "100,00/mm3"; one that is "raised" was a power
    of ten before its exponent fell to the line: "103 copies/mL".  One in "weeks" is the days of a pregnancy: "36+6", "36 6/7";
    the style of one that ends behind its unit is that: 5'4" is 64 "[in_i]".
    """

    start: int
    end: int
    value: Decimal
    scale: Decimal
    style: str

    def at(self, scale: Decimal) -> Number:
        """The same number beside another power of ten: 5 x 10^8 is 0.5 x 10^9."""
        return self if scale == self.scale else self._replace(value=self.value * self.scale / scale, scale=scale)


def find_numbers(text: str) -> list[Number]:
    """Every number of `text`, left to right.  Runs of more than 20 digits are not numbers."""
    found = list(_figures(text))
    if _HAS_WORD.search(text):
        words = [w for w in _number_words(text) if not any(n.start < w.start < n.end for n in found)]
        covered = [(w.start, w.end) for w in words]
        found = [n for n in found if not any(a <= n.start < b for a, b in covered)] + words
        found.sort(key=lambda n: n.start)
    return found


def _figures(text: str) -> Iterator[Number]:
    position = 0
    for candidate in _DIGIT.finditer(text):
        if candidate.start() < position:
            continue
        match = _DIGITS.match(text, candidate.start())
        if match is None:
            continue
        number = _figure(text, match)
        position = max(number.end, match.end())
        yield number


@cache
def _seen() -> Scanner:
    """The words of visual acuity."""
    return Scanner(alternation(read_toml(data("comparisons.toml"))["snellen"]["words"]))


def _ratio(text: str, printed: str, start: int, end: int) -> Number | None:
    """A titre as its dilution ("1:80" is 80), a Snellen fraction as decimal acuity ("20/40" is 0.5)."""
    match = _RATIOS[printed].match(text, end)
    if match is None or (printed != "1" and not _seen().search(text)):
        return None
    below = Decimal(match.group("below"))
    return Number(start, match.end(), below if printed == "1" else (Decimal(printed) / below).quantize(Decimal("0.001")), Decimal(1), "ratio")


def _figure(text: str, match: re.Match[str]) -> Number:
    style = match.lastgroup or "plain"
    printed = match.group()
    if style == "spaced":
        value = Decimal(re.sub(r"\s", "", printed))
    elif style == "split":
        value = Decimal(printed.replace(" ", ""))
    elif style == "grouped":
        value = Decimal(printed.replace(",", ""))
    elif style in ("comma", "dotted"):
        value = Decimal(printed.replace(",", "."))
    else:
        value = Decimal(re.sub(r"[·•∙]", ".", printed))
    start, end = match.start(), match.end()
    if style == "comma" and _CENTS.search(printed) and _COUNTED.match(text, end):
        style = "misprint"
    if printed in _RATIOS and (ratio := _ratio(text, printed, start, end)) is not None:
        return ratio
    if _POINTED.fullmatch(printed) and (_COUNTED.match(text, end) or (printed.endswith("000") and len(printed) > 5)):
        value = Decimal(printed.replace(".", ""))
    if _negative(text, start):
        value, start = -value, start - 1
    end = _behind_again(text, value, end)
    if len(printed) == 1 and (sum_ := _SUM.match(text, end)) and (total := _total(value, sum_)) is not None:
        return Number(start, sum_.end(), total, Decimal(1), "sum")
    if printed == "10" and (power := _POWER_ALONE.match(text, end)):
        return Number(start, power.end(), Decimal(1), _ten_to(power), "power")
    if (both := compound(text, value, start, end)) is not None:
        return Number(start, both.end, both.value, Decimal(1), both.unit if both.closed else style)
    if (days := _PLUS_DAYS.match(text, end)) and _WEEKS.fullmatch(printed) and _OF_WEEKS.search(text):
        return Number(start, days.end(), 7 * value + int(days.group(days.lastgroup or "days")), Decimal(1), "weeks")
    if _RAISED.fullmatch(printed) and _COPIES.match(text, end):
        return Number(start, end, Decimal(1), Decimal(10) ** int(printed[2]), "raised")
    if power := (_DOTTED if style == "dotted" else _POWER).match(text, end) or _BRACKETED_POWER.match(text, end):
        return Number(start, power.end(), value, _ten_to(power), style)
    if magnitude := _MAGNITUDE.match(text, end):
        return Number(start, magnitude.end(), value, _MAGNITUDES[magnitude.lastgroup or "k"], style)
    return Number(start, end, value, Decimal(1), style)


def _behind_again(text: str, value: Decimal, end: int) -> int:
    """Where a number ends that brackets say once more: "18 (eighteen) years", "30 (30) days"."""
    match = _AGAIN.match(text, end)
    if match is None:
        return end
    again = match.group("figure") or _spelt(match.group("word"))
    return match.end() if again is not None and Decimal(again) == value else end


def _spelt(words: str) -> int | None:
    """The value of a number in words; None where they are none."""
    try:
        return int(text2num(re.sub(r"[\s-]+", " ", words.lower().replace("fourty", "forty")), "en"))
    except ValueError:
        return None


def _total(first: Decimal, match: re.Match[str]) -> Decimal | None:
    """Two grades that add up to a score: "Gleason 3+4=7"; None where the total that is written is another."""
    total = first + Decimal(match.group("other"))
    return total if match.group("sum") in (None, str(total)) else None


def _negative(text: str, start: int) -> bool:
    """A dash glued to the number is a sign behind a comparison or a joint ("< -2.5"), else a hyphen or a range."""
    return start > 0 and text[start - 1] in "-−–" and bool(_SIGNED.search(text[max(0, start - 12) : start]))


def _ten_to(power: re.Match[str]) -> Decimal:
    groups = power.groupdict()
    if plain := groups.get("plain"):
        return Decimal(re.sub(r"\D", "", plain))
    digits = groups.get("sign") or groups.get("flat") or (groups.get("super") or "0").translate(_SUPERSCRIPTS)
    exponent = int(re.sub(r"[−–]", "-", digits).lstrip("+") or 0) if digits not in ("-", "−") else 0
    return Decimal(10) ** max(-18, min(18, exponent))


def _number_words(text: str) -> Iterator[Number]:
    for match in _TIMES.finditer(text):
        yield Number(match.start(), match.end(), Decimal(_TIMES_VALUES[match.group().lower()]), Decimal(1), "times")
    for match in _WORDS.finditer(text):
        words = match.group()[: match.start("again") - match.start()] if match.group("again") else match.group()
        value = _spelt(words)
        if value is None:
            continue
        if match.group("figure"):
            value = int(match.group("figure"))
        yield Number(match.start(), match.end(), Decimal(value), Decimal(1), "word")

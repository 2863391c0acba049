"""Numbers that limit nothing: tolerances, numbered visits, schedules, counts, extents of a scale, and what a text defines in numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from limen import units
from limen.errors import UnitError
from limen.mentions import Quantity
from limen.thresholds.phrases import last_word
from limen.thresholds.wording import words

_ORDINAL = re.compile(r"(?:st|nd|rd|th)[\s-](?:degree|generation)|(?:st|nd|rd|th)?\s+edition\b", re.IGNORECASE)
_OVER = re.compile(r"over\b", re.IGNORECASE)
_GROUP = re.compile(r"(?:\(\s?groups?|\bdose\s(?:levels?|cohorts?))\s$", re.IGNORECASE)
_SCALE_OF = re.compile(r"\bscale\s(?:of|from|that\sranges\sfrom|ranging\sfrom)\s(?:from\s)?$", re.IGNORECASE)
_OUT_OF_ALL = re.compile(r"\((?:out\s)?of\s(?:the\s)?$", re.IGNORECASE)
_ON_A_SCALE = re.compile(r"\b(?:on|using|by)\s(?:an?|the)\s$", re.IGNORECASE)
_SCALE = re.compile(r"\s?(?:(?:[^\W\d_]|-){1,12}\s){0,4}(?:scale|NRS|VAS)\b", re.IGNORECASE)
_EQUIVALENT = re.compile(r"\s(?:of\s)?(?:[^\W\d_]+\s){1,2}(?:(?:is|are|being)\s)?(?:equivalent|equal)\s(?:to|with)\s\d", re.IGNORECASE)
_EQUIVALENT_TO = re.compile(r"\d\s?[^\W\d_]{1,3}\s(?:of\s)?(?:[^\W\d_]+\s){1,2}(?:(?:is|are|being)\s)?(?:equivalent|equal)\s(?:to|with)\s$", re.IGNORECASE)
_MARK = re.compile(r"\(\d{1,2}\)\s+[^\W\d_a-z][^\W\d_]")
_NOTED = re.compile(r"\([^()]{0,120}\d[^()]{0,120}\)$")  # "(> 3 drinks a day)14": the number of a note
_EQUAL = re.compile(r"(?<![\w.])\d(?:[\d.,]{0,8}\d)?\s?(?!(?:or|and|to)\b)[^\W\d_][\w/%]{0,12}\s?=\s?$")
_EQUALS = re.compile(r"\s?=\s?\d")
_SIGNED = 60  # characters before a number of signers in which it is said what they sign
_AIMED = 110  # characters before a limit in which it is said to be an aim
_OPENS = re.compile(r"\s?[(\[]\s?(?:(?:i\.?e\.?|or|approximately|approx\.?|about|equals?),?\s?|[~≈=]\s?)?")
_CLOSES = re.compile(r"\s?[)\]]")
_ALIKE = Decimal("0.08")  # "12 months (365 days)", "6 weeks (45 days)": how far the same length may differ in two units
_YEARS = (1900, 2100)
_SINCE = re.compile(r"(?:between|from|in|as\s+of|starting\s+from|up\s+to|until|till)?\s*", re.IGNORECASE)
_LISTED_COUNT = re.compile(r"\s*(?:\(\d\)\s*)?(?:or\s+more\s+)?(?:out\s+)?of\s+(?:the\s+|these\s+|those\s+)?(?:following|(?:(?:two|three|four|five|six|\d)\s+)?(?:criteria|conditions)\b)", re.IGNORECASE)
_LIST = re.compile(  # "at least two of A, B and C", "two or more risk factors (A, B, C)"
    r"\s*(?:\(\d\)\s*)?(?:or\s+more\s+)?(?:(?:out\s+)?of\s+(?=[^\W\d_])[^.,;:()]{3,60}(?:,|\sor\s|\sand\s)|(?:[^\W\d_][\w/-]*\s+){0,3}(?:factors?|symptoms?|signs?|features|comorbidities)\s?[:(\[][^.;()]{3,60},)", re.IGNORECASE
)
_ONE_OF = re.compile(r"one\s+of\b", re.IGNORECASE)
_CLOCK = re.compile(r":[0-5]\d(?!\d)")
_INCLUDING = re.compile(r"[(（]\s?(?:both\s)?(?:including|inclusive(?:\sof)?|incl\.)\s[^()]{0,40}$", re.IGNORECASE)
_FACTOR = re.compile(r"\s?[\])]?\s?[-–−x×*]\s?[\[(]?\s?(?:(?:serum|plasma|body|patient)\s)?(?:age|weight|mass|creatinine|scr|wt)\b", re.IGNORECASE)
_TIMES_FEMALE = re.compile(r"\s?[\])]?\s?(?:if|for|in)\s(?:the\s|a\s)?(?:patient\sis\s)?(?:female|wom[ae]n)", re.IGNORECASE)
_MULTIPLIED = re.compile(r"(?:[x×*]|\bF\s?=?)\s?[\[(]?\s?$", re.IGNORECASE)
_STUDIED = re.compile(r"\s(?:[^\W\d_][\w-]*\s){0,2}(?:patients|subjects|participants|volunteers)\b", re.IGNORECASE)
_AUTHOR = re.compile(r"(?:\b[A-Z][a-zé]+|\bet\sal\.?),?\s$")
_BEYOND = re.compile(r"\s(?:above|over|beyond|(?:longer|higher|greater|more)\sthan)\s(?:the\s)?(?:control|normal|ULN|upper)\b", re.IGNORECASE)
_NUMBERED_UNIT = re.compile(r"\d\s?(?:seconds?|secs?|s|mg/dL|U/L)\s$", re.IGNORECASE)
_MEANS = re.compile(r"(?<=[\dIVX])\s(?:corresponding\sto|corresponds\sto|meaning|means|denotes|denoting|refers\sto|referring\sto|indicates|indicating|represents|representing|being)\s", re.IGNORECASE)
_GLUED = re.compile(r"-[^\W\d_]{3}")
_BESIDE_AIM = re.compile(r"\d[^,]{0,40}(?:,|\bor\b)", re.IGNORECASE)  # "to maintain SpO2 > 93 %, or systolic pressure < 90"
_RANKED = re.compile(r"\d|\b[IVX]+\b")
_TNM = re.compile(r"(?<![^\W_])[cpry]{0,3}[TNM][0-4][a-d]?(?:\s?[-–/,]\s?[0-4][a-d]?)*\s?[-–/,]\s?$")  # "cT1-2-3, cN0-1"
_TOLERANCE = re.compile(r"(?:±|\+\s?/?\s?[-–−])\s?$")


def is_idle(text: str, quantity: Quantity) -> bool:
    """A number that limits nothing: a tolerance ("± 2 years"), "visit 1", "(group 1-3)", a note's number, "first degree" written as 1st, the mark "(3)"."""
    if quantity.operator is None and (_MARK.match(text, quantity.number_start - 1) or (quantity.unit is None and _NOTED.search(text, max(0, quantity.start - 200), quantity.start))):
        return True
    if quantity.unit is None and quantity.number_start and text[quantity.number_start - 1] in "-–/, " and _TNM.search(text, max(0, quantity.number_start - 24), quantity.number_start):
        return True
    if quantity.operator == "ne" and quantity.unit is None and text[quantity.number_start : quantity.number_end].lower() == "one":
        return True  # "other than the one under study"
    if words().month.match(text, quantity.number_end) or _in_another_unit(text, quantity):
        return True
    if _ORDINAL.match(text, quantity.number_end) or _defines(text, quantity):
        return True
    if quantity.operator is None and (_CLOCK.match(text, quantity.number_end) or _is_cited_year(text, quantity)):
        return True
    if quantity.operator in (None, "eq") and _in_formula(text, quantity):
        return True
    if quantity.reference == "uln" and quantity.number_start == quantity.number_end and _NUMBERED_UNIT.search(text, max(0, quantity.start - 12), quantity.start):
        return True  # the ULN of "5 seconds above the ULN"
    if words().cited.search(text, max(0, quantity.start - 24), quantity.number_start):
        return True
    word = last_word(text, quantity.start, 24)
    if quantity.is_time and (word == "every" or words().time_bound.match(text, quantity.end)):
        return True
    if quantity.unit is None and _counts_signers(text, quantity):
        return True
    plain = quantity.operator in (None, "between") and text[quantity.start : quantity.start + 1].isdigit()
    if quantity.unit is None and plain and (word in words().numbered or _GROUP.search(text, max(0, quantity.start - 12), quantity.start)):
        return True
    if quantity.operator is not None:
        return False
    if _TOLERANCE.search(text, max(0, quantity.start - 5), quantity.start) or _explains(text, quantity) or _marks_item(text, quantity):
        return True
    return quantity.is_time and word != "within" and words().schedule.match(text, quantity.end) is not None


def _explains(text: str, quantity: Quantity) -> bool:
    """ "ASA I or II (ASA I meaning a healthy patient)": a bracket behind a limit that says what a grade of it means."""
    opening = text.rfind("(", max(0, quantity.start - 200), quantity.start)
    if opening < 0 or text.find(")", opening, quantity.start) >= 0 or not _RANKED.search(text, max(0, opening - 60), opening):
        return False
    return _MEANS.search(text, opening, quantity.end + 20) is not None


def _marks_item(text: str, quantity: Quantity) -> bool:
    """ "1- pressure ... 2- proteinuria ... 3-HELLP syndrome": the mark of an item that went on without a blank."""
    if quantity.unit is not None or quantity.low is None or not _GLUED.match(text, quantity.number_end):
        return False
    return quantity.low >= 2 and re.search(rf"(?<![\w.]){quantity.low - 1}-\s?[^\W\d_]", text[: quantity.start]) is not None


def restates(text: str, before: Quantity | None, quantity: Quantity) -> bool:
    """Whether a bracket says the limit before it in another unit: "less than 3.5 years (42 months)", "6 months/180 days"."""
    if before is None or quantity.operator is not None or before.unit is None or quantity.unit is None or quantity.unit == before.unit:
        return False
    bracketed = _OPENS.fullmatch(text, before.end, quantity.start) is not None and _CLOSES.match(text, quantity.end) is not None
    if not bracketed and text[before.end : quantity.start].strip() != "/":
        return False
    numbers = [(a, b) for a, b in ((before.low, quantity.low), (before.high, quantity.high)) if a is not None and b is not None]
    try:
        return bool(numbers) and all(abs(units.convert(b, quantity.unit, before.unit) - a) <= _ALIKE * abs(a) for a, b in numbers)
    except UnitError:
        return False


def says_bound_again(text: str, earlier: Sequence[Quantity], quantity: Quantity) -> bool:
    """ "Aged 18 to 70 years (including 18 years and 70 years)": a bound that is only said to count."""
    if quantity.operator is not None or not _INCLUDING.search(text, max(0, quantity.start - 60), quantity.start):
        return False
    return any(q.unit == quantity.unit and quantity.low in (q.low, q.high) for q in earlier if q.operator is not None)


def is_year(text: str, quantity: Quantity) -> bool:
    """ "Between 2008 and 2017", "from 2015": a date's year, under no comparison that a value would have."""
    bounds = [b for b in (quantity.low, quantity.high) if b is not None]
    whole = text[quantity.number_start : quantity.number_start + 4].isdigit()
    dated = whole and all(_YEARS[0] <= b <= _YEARS[1] and b == b.to_integral_value() for b in bounds)
    return bool(bounds) and dated and _SINCE.fullmatch(text, quantity.start, quantity.number_start) is not None


def goes_on(text: str, idle: int, quantity: Quantity) -> bool:
    """Whether a schedule whose number ends at `idle` goes on: "every 3 months over 2 years", "a 30-minute session over 14 weeks"."""
    if not idle or not quantity.is_time or not _OVER.match(text, quantity.start):
        return False
    between = text[idle : quantity.start]
    return not between.strip() or words().schedule.fullmatch(between.rstrip()) is not None


def _in_formula(text: str, quantity: Quantity) -> bool:
    """ "(140 - age) x weight / 72 x serum creatinine (x 0.85 if female)": the constants of a formula."""
    if _FACTOR.match(text, quantity.number_end):
        return True
    multiplied = _MULTIPLIED.search(text, max(0, quantity.number_start - 6), quantity.number_start)
    return multiplied is not None and _TIMES_FEMALE.match(text, quantity.number_end) is not None


def _is_cited_year(text: str, quantity: Quantity) -> bool:
    """ "(Cockcroft and Gault 1976)": the year of a publication."""
    dated = quantity.unit is None and quantity.low is not None and _YEARS[0] <= quantity.low <= _YEARS[1]
    closed = text[quantity.number_end : quantity.number_end + 1] in (")", "]", ";")
    return dated and closed and _AUTHOR.search(text, max(0, quantity.start - 40), quantity.start) is not None


def is_aim(text: str, quantity: Quantity) -> bool:
    """ "Vasopressors to maintain MAP > 65 mmHg": what a treatment aims at, unlike what a patient is able to reach."""
    if quantity.is_time:
        return False
    aim = words().aimed.search(text, max(0, quantity.start - _AIMED), quantity.start)
    if aim is None or aim.group("who").lower() in words().able:
        return False
    return _BESIDE_AIM.search(aim.group()) is None


def end_beyond(text: str, quantity: Quantity) -> int | None:
    """Where "PTT ≤ 5 seconds above the ULN" ends: how far a value lies from another, which is no value."""
    beyond = _BEYOND.match(text, quantity.end) if quantity.unit is not None and quantity.reference is None else None
    return beyond.end() if beyond else None


def _in_another_unit(text: str, quantity: Quantity) -> bool:
    """Either side of "1 mg/dL = 18 mmol/L", of "1 mg doxorubicin equivalent to 2 mg epirubicin"."""
    plain = quantity.operator in (None, "eq") and quantity.unit is not None
    if plain and (_EQUIVALENT.match(text, quantity.end) or _EQUIVALENT_TO.search(text, max(0, quantity.start - 60), quantity.number_start)):
        return True
    if quantity.operator is None and quantity.unit is not None and _EQUALS.match(text, quantity.end):
        return True
    return _EQUAL.search(text, max(0, quantity.number_start - 24), quantity.number_start) is not None


def counts_studied(text: str, quantity: Quantity) -> bool:
    """ "At least 20 patients will have gout": how many patients a study has limits nobody."""
    return quantity.unit is None and _STUDIED.match(text, quantity.end) is not None


def _counts_signers(text: str, quantity: Quantity) -> bool:
    """ "Written informed consent from at least one parent"."""
    signed = words().signer.match(text, quantity.end) is not None
    return signed and words().signed.search(text, max(0, quantity.start - _SIGNED), quantity.start) is not None


def _defines(text: str, quantity: Quantity) -> bool:
    """ "One unit of alcohol = 8 oz", "(1 serving = 1 glass)": what a word means, on either side of the equals sign."""
    if quantity.operator not in (None, "eq"):
        return False
    begin = max(0, quantity.start - 50)
    before = next(iter(words().serving.finditer(text, begin, quantity.number_start)), None)
    if before is not None and not text[before.end() : quantity.number_start].strip():
        return True
    after = words().serving.match(text, quantity.number_end + 1) if quantity.operator is None and quantity.low == 1 else None
    return after is not None and after.group("equals") == "="


def is_logic_count(text: str, quantity: Quantity) -> bool:
    """ "at least two of the following", "one of the services": how many of a list, which is no limit of a measurement."""
    counts = quantity.operator in (None, "ge") and not quantity.roman and quantity.unit is None and quantity.reference is None
    if not counts:
        return False
    one = quantity.operator is None and _ONE_OF.match(text, quantity.number_start)
    listed = quantity.explicit and _LIST.match(text, quantity.end)
    return bool(one or listed or _LISTED_COUNT.match(text, quantity.end))


def is_scale(text: str, quantity: Quantity) -> bool:
    """ "(range 0-42)", "on a 0-10 rating scale", "(of 66)": the extent of a scale, or of what could be counted, is no limit."""
    if quantity.operator is None and _OUT_OF_ALL.search(text, max(0, quantity.start - 14), quantity.start) and text[quantity.end : quantity.end + 1] == ")":
        return True
    if quantity.operator != "between" or quantity.unit is not None:
        return False
    if _ON_A_SCALE.search(text, max(0, quantity.start - 12), quantity.start) and _SCALE.match(text, quantity.end):
        return True
    if quantity.low in (0, 1) and _SCALE_OF.search(text, max(0, quantity.start - 24), quantity.number_start):
        return True
    opening = text.rfind("(", max(0, quantity.start - 30), quantity.number_start)
    if opening < 0:
        return False
    closing = text.find(")", quantity.end)
    if 0 <= closing - quantity.end < 40 and re.search(r"\bscale\b", text[quantity.end : closing], re.IGNORECASE):
        return True
    if text[quantity.end :].lstrip()[:1] not in (")", ",", ";"):
        return False
    return text[opening + 1 : quantity.number_start].strip(" :").lower() in words().scales

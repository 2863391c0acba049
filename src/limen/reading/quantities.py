"""Quantities: a number or a range with its comparator, unit and reference, wherever they stand around it.

    "is 2 mg/dl or more"   ">= 2.5 x ULN"   "between 18 and 65 years"   "0, 1 or 2"   "below 70% predicted"

The phrases are the lexicon's, compiled in `grammar`; this module knows only their order.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from limen import units
from limen.criteria import Operator, Reference
from limen.lexicon.patterns import lowered
from limen.mentions import TIME_UNITS, Quantity
from limen.reading.bounds import Unit, bare, both_lost, goes_down, is_range, limit, nearby, scale_of, with_lost_lower
from limen.reading.comparing import comparators
from limen.reading.denied import Comparator, bounded, merged, turned
from limen.reading.grammar import LIST_JOINT, grammar
from limen.reading.headed import with_units_before
from limen.reading.last_resort import unknown_unit
from limen.reading.limits_alone import LIMIT_CODES, MULTIPLE_CODES, limits_alone
from limen.reading.numbers import Number, find_numbers
from limen.reading.pluses import plus_grades
from limen.reading.ranks import RANKED, Ranks, letter_numbers, parted, roman_numbers, stepped
from limen.reading.rates import with_rates
from limen.reading.sides import with_sides

_MAX_GAP = 40
_LOST_LESS = re.compile(r"(?<=[^\W\d_]\s),(?=\d)")
_LOST_SIGN = re.compile(r"(?<=[\w%)]\s)\?{1,3}\s?(?=\d)|(?<=\()\s?\?{1,3}\s?(?=\d)")
_TIME_WORD = re.compile(r"(?:(?:completed|consecutive|successive|continuous|full|whole|calendar|previous|preceding|past|prior|last)\s)?(?P<word>[^\s'’-]+)")
_THINGS = ("[stone_av]",)  # "one stone" is a thing, and no weight
_WEEK_WORD = re.compile(r"(?:\s?(?:weeks?|wks?)(?!'?(?:\s+of)?\s+(?:gestation|amenorrh|pregnan|GA\b)|[^\W\d_]))?", re.IGNORECASE)
_WEEKS_OF = re.compile(r"(?:\sweeks?'?)?(?:\s+of)?\s+(?:gestation(?:al\sage)?|amenorrho?ea|pregnancy|GA\b)", re.IGNORECASE)
_PERSON_GAP = re.compile(r"\s?\((?:for\s)?(?:wo)?m[ae]n\)\s|\s?\((?:for\s)?(?:fe)?males?\)\s", re.IGNORECASE)
_COMMA_GAP = re.compile(r",\s?(?=years?\b(?!\s(?:since|after|before|prior|ago)\b))", re.IGNORECASE)  # "aged 13-17, years"
_THAN = re.compile(r"\s+than", re.IGNORECASE)
_TIMES = "{episodes}"
_UNIT_GAP = re.compile(r"\s?[-‐‑]?\s?")
_COPULA = re.compile(r"\b(?:is|are|was|were|be|of)\s+(?:a\s)?$", re.IGNORECASE)
_LIMIT_WORD = re.compile(r"[UL]LN|UNL|limit|normal|reference", re.IGNORECASE)
_EXCEEDS = re.compile(r"\b(?:higher|greater|above|over|more)\b", re.IGNORECASE)
_CONVERTED = re.compile(r"\s?[(\[][^()\[\]<>≤≥=]{0,20}\d[^()\[\]<>≤≥=]{0,20}[)\]]")  # "7.0% (53 mmol/mol) to 10.5%"
_RANK = re.compile(r"\b(stage|grade|class|category|score|type)\s*$", re.IGNORECASE)
_CLOSED_PHRASE = re.compile(r"(?:or|and) (?:more|greater|higher|less|lower|fewer|better|worse|older|younger|longer|larger|smaller|shorter)")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_SUM = re.compile(r"\s?\(\s?[1-5]\s?\+\s?[1-5]\s?\)")  # of which a Gleason score is made: "7 (3+4) or 8"
_EITHER = ("/", "or")  # joints behind which a bare number goes on with a range of grades
_GRADES = 10  # the last grade of a scale that may stand in a range within a list
_ON_TERMS = re.compile(r"\s*[,(]?\s*(?:if|when|with|without|for|due|only|provided|unless|in|who|that)\b", re.IGNORECASE)
_OPENED, _CLOSED = ("(", "["), (")", "]")
_WORDS_IN_BRACKET = re.compile(r"\s?\([^()<>≤≥=]{1,40}\)")
_OF_NORMAL = re.compile(r"\s(?:of\s|(?=[UL]LN\b))", re.IGNORECASE)
_LOWEST_PRESSURE = 30  # of the lower number of a pressure: "120/80" is no list of grades
_SCORE_OF = re.compile(r"\bscores?\s(?:of|from)\s$", re.IGNORECASE)
_LABEL = re.compile(r"\d{1,2}(?:[-.)]|\s-)\s+[^\W\d_]{2}")  # "2- proteinuria", "3) pregnancy"
_SECOND = re.compile(r"second(?:-[^\W\d_]|\s(?:generation|line|degree|primary|course|cycle|dose|cancer|malignan|trimester|opinion))", re.IGNORECASE)
_INCLUSIVE = re.compile(r"[\s,(]{0,3}(?P<what>inclusive|included|exclusive|excluded)\b(?:\s?\))?", re.IGNORECASE)


def find_quantities(
    text: str, taken: Collection[tuple[int, int]] = (), grade_ends: Collection[int] = (), letters: Sequence[tuple[int, Ranks]] = ()
) -> list[Quantity]:
    """Every quantity of `text`, left to right.

    `taken` are the spans of names, whose digits are not numbers (CD4, IL-6); `grade_ends` the places after which roman
    numerals count as numbers (behind "NYHA class"); `letters` the places behind which letters are ranks ("Child-Pugh B").
    """
    numbers = [n for n in find_numbers(text) if not any(a < n.end and n.start < b and _holds(text, n, a, b) for a, b in taken)]
    numbers = [*stepped(text, numbers, grade_ends), *roman_numbers(text, taken, grade_ends)]
    for end, ranks in letters:
        lettered = letter_numbers(text, end, ranks)
        numbers = [n for n in numbers if not any(m.start <= n.start < m.end for m in lettered)] + lettered
    if not numbers and not _LIMIT_WORD.search(text):
        return []
    numbers.sort(key=lambda n: n.start)
    scan = _Scan(text, numbers, taken)
    return with_rates(text, with_sides(text, with_lost_lower(text, with_units_before(text, scan.quantities()))), taken)


def _holds(text: str, number: Number, start: int, end: int) -> bool:
    """Whether a name that overlaps a number has its digits ("CD4"); the K of "100 K/uL" is no potassium."""
    return start <= number.start or any(c.isdigit() for c in text[start:end])


class _Scan:
    """One pass over a text's numbers."""

    def __init__(self, text: str, numbers: Sequence[Number], taken: Collection[tuple[int, int]]) -> None:
        self.text = text
        self.low = lowered(text)
        self.names = {b: a for a, b in taken}
        self.numbers = numbers
        self.grammar = grammar()
        self.comparators, self.denied = turned(self._comparators(), self.low)
        self.comparator_ends = [c.end for c in self.comparators]
        self.openers = [(m.start(), m.end()) for m in self.grammar.opener.finditer(text)]
        self.referred = self.grammar.reference_word.search(text) is not None
        self.parts = [n.start for n in numbers if n.style == "part"]
        self.misprints = [n.start for n in numbers if n.style == "misprint" and n.scale == 1]
        self.units = {n.end: Unit(word.end(), "d", "weeks", None, None) for n in numbers if n.style == "weeks" and (word := _WEEK_WORD.match(text, n.end))}
        self.units |= {n.end: Unit(n.end, n.style, "in", None, None) for n in numbers if n.style.startswith("[")}
        self.index = 0
        self.closing: tuple[int, Operator] = (-1, "le")
        self.plussed = "+" in text

    def _comparators(self) -> list[Comparator]:
        found = comparators(self.text)
        if "," in self.text and (lost := [Comparator(m.start(), m.end(), "lt", "',' read as '<'") for m in _LOST_LESS.finditer(self.text)]):
            found = sorted([*found, *lost])
        if "?" in self.text and (unknown := [Comparator(m.start(), m.end(), "eq") for m in _LOST_SIGN.finditer(self.text)]):
            found = sorted([*found, *unknown])
        return found

    def quantities(self) -> list[Quantity]:
        found: list[Quantity] = []
        floor = 0
        while self.index < len(self.numbers):
            quantity = self._quantity(floor)
            found.append(quantity)
            floor = quantity.end
            while self.index < len(self.numbers) and self.numbers[self.index].start < floor:
                self.index += 1
        found = bounded(found, self.low, self.denied) if self.denied else found
        found = [replace(q, parted=self._is_part(q), doubt=self._doubt(q), repaired=q.repaired or self._lost_times(q)) for q in found]
        taken = [(q.start, q.end) for q in found]
        return sorted([*found, *limits_alone(self.text, self.low, self.comparators, taken)], key=lambda q: q.start)

    def _is_part(self, quantity: Quantity) -> bool:
        """Whether a quantity asks for a part of a grade: by its letters, or by what a grade of it goes on with."""
        start, end = quantity.number_start, quantity.number_end
        printed = self.text[start:end] if quantity.unit is None else _CONVERTED.sub("", self.text[start:end])
        return any(start <= place < end for place in self.parts) or parted(printed, quantity.operator, quantity.roman)

    def _doubt(self, quantity: Quantity) -> str | None:
        """Why nobody can tell what number is meant."""
        if not any(quantity.number_start <= place < quantity.number_end for place in self.misprints):
            return None
        return f"{self.text[quantity.number_start : quantity.number_end]}: a figure is missing behind a comma that parts thousands"

    def _lost_times(self, quantity: Quantity) -> str | None:
        """What was read into a multiple whose sign was lost: "2.5 ? ULN", "50?109/L"."""
        return "'?' read as '×'" if "?" in self.text[quantity.number_start : quantity.end] else None

    def _quantity(self, floor: int) -> Quantity:
        number = self.numbers[self.index]
        self.index += 1
        comparator = self._comparator_before(number.start, floor)
        if comparator is None and self.plussed and (grades := plus_grades(self.text, self.numbers, self.index - 1)) is not None:
            self.index = grades[1]
            return grades[0]
        unit = self._unit(number)
        if comparator is not None and "?" in self.text[comparator.start : comparator.end] and self._after(unit.end):
            comparator = None  # "? 18 years or older": a list's mark
        while self.index < len(self.numbers) and self.numbers[self.index].start < unit.end:
            self.index += 1  # the 1.73 of "30 mL/min per 1.73 m2"
        if comparator is None or comparator.operator in ("ge", "gt", "eq", "ne"):
            ranged = self._range(unit, number, comparator, floor)
            if ranged is not None:
                return self._close_range(self._with_next_grade(ranged))
        if comparator is not None and comparator.operator == "eq" and (after := self._after(unit.end)) and after[0] in ("ge", "le") and not after[2]:
            return limit(number, unit, after[0], comparator.start, after[1], repaired=comparator.repaired)  # "equal to 60 years or greater"
        if comparator is not None:
            end = self._doubled(unit.end, comparator.operator)
            return limit(number, unit, comparator.operator, comparator.start, end, repaired=comparator.repaired)
        if after := self._after(unit.end) or self._after(self._behind_bracket(unit.end)):
            operator, end, turned = after
            if unit.code in (None, _TIMES) and not turned:
                unit, end = self._late_unit(unit, end) if unit.code is None else self._late_reference(unit, end)
            start = self._copula(number.start, floor)
            return limit(number, unit, operator, start, end, turned=turned)
        if comparator is None and (within := nearby(self.text, number, unit)) is not None and within >= floor:
            return limit(number, unit, "le", within, unit.end)
        if unit.operator is not None or number.start == self.closing[0]:
            return limit(number, unit, unit.operator or self.closing[1], number.start, unit.end)
        return self._list(unit, number) or bare(number, unit)

    def _comparator_before(self, start: int, floor: int) -> Comparator | None:
        """The comparator whose end meets the number at `start`, fillers aside; a chain of them ("> or = at least") merges."""
        i = bisect_right(self.comparator_ends, start) - 1
        met: Comparator | None = None
        while i >= 0:
            candidate = self.comparators[i]
            if self.text[candidate.start - 1 : candidate.start] in _OPENED and self.text[candidate.end : candidate.end + 1] in _CLOSED:
                candidate = candidate._replace(start=candidate.start - 1, end=candidate.end + 1)  # "at least (≥) 2"
            upto = self._before_name(met.start if met else start, candidate.end)
            if candidate.start < floor or upto - candidate.end > _MAX_GAP:
                break
            gap = self.low[candidate.end : upto]
            if not self.grammar.filler.fullmatch(gap) or (met and gap.strip()):
                break
            met = candidate if met is None else merged(candidate, met)
            i -= 1
        return met

    def _late_unit(self, unit: Unit, end: int) -> tuple[Unit, int]:
        """"3 or more years": the unit behind the comparator."""
        match = self.grammar.unit.match(self.low, end + 1) if self.text[end : end + 1] == " " else None
        if match and (code := units.ucum(printed := self.text[end + 1 : match.end()])):
            return unit._replace(code=code, text=printed), match.end()
        return unit, end

    def _late_reference(self, unit: Unit, end: int) -> tuple[Unit, int]:
        """"2.5 times or less than the ULN": the reference behind the comparator."""
        than = _THAN.match(self.text, end)
        reference, after = self._reference(than.end() if than else end, percent=False)
        if reference not in ("uln", "lln"):
            return unit, end
        return Unit(after, LIMIT_CODES[reference], self.text[end:after].strip(), reference, None), after

    def _copula(self, start: int, floor: int) -> int:
        """Where "is 2 mg/dl or more" begins: with its verb."""
        match = _COPULA.search(self.text[max(floor, start - 12) : start])
        return max(floor, start - 12) + match.start() if match else start

    def _before_name(self, end: int, floor: int) -> int:
        """Where a name that ends right before `end` begins, if that is behind `floor`: "> GINA 2"."""
        start = self.names.get(len(self.text[:end].rstrip()), end)
        return start if start >= floor else end

    def _unit(self, number: Number) -> Unit:
        """The unit and the reference that follow a number."""
        if number.end not in self.units:
            unit = self._unit_at(number.end, doubled=number.style == "times")
            self.units[number.end] = Unit(number.end, None, None, None, None) if unit.code in _THINGS and number.value == 1 else unit
        return self.units[number.end]

    def _unit_at(self, end: int, *, doubled: bool) -> Unit:
        text = self.text
        reference, after_reference = self._reference(end, percent=False, doubled=doubled)
        if reference is not None:
            exceeds = _EXCEEDS.search(text, end, after_reference)
            return Unit(after_reference, MULTIPLE_CODES[reference], text[end:after_reference].strip(), reference, "gt" if exceeds else None)
        gap = _PERSON_GAP.match(text, end) or _COMMA_GAP.match(text, end) or _UNIT_GAP.match(text, end)
        position = gap.end() if gap else end
        match = self.grammar.unit.match(self.low, position) or (self.grammar.unit.match(self.low, end) if position > end else None)
        match = None if match and _SECOND.match(text, match.start()) else match
        printed = text[match.start() : match.end()] if match else ""
        unit_code = units.ucum(printed) if match else None
        if match is None or unit_code is None:
            foreign = unknown_unit(text, end)
            return Unit(foreign[1], None, foreign[0], None, None) if foreign else Unit(end, None, None, None, None)
        end = match.end()
        if unit_code in TIME_UNITS and (word := _TIME_WORD.match(printed)):
            printed = word.group("word")
        if unit_code == "%":
            reference, after_reference = self._reference(end, percent=True)
            if reference is None and _OF_NORMAL.match(text, end):
                reference, after_reference = self._reference(end, percent=False)
                unit_code = MULTIPLE_CODES[reference] if reference else unit_code
            if reference:
                end, printed = after_reference, text[match.start() : after_reference].strip()
        return Unit(end, unit_code, printed, reference, None)

    def _reference(self, position: int, *, percent: bool, doubled: bool = False) -> tuple[Reference | None, int]:
        for reference in self.grammar.references if self.referred else ():
            pattern = reference.percent if percent else reference.doubled if doubled else reference.named
            if pattern and (match := pattern.match(self.low, position)) and match.end() > position:
                return reference.id, match.end()
        return None, position

    def _range(self, first: Unit, number: Number, comparator: Comparator | None, floor: int) -> Quantity | None:
        """The number and the one behind a joint as one range; an opener ("between") admits weak joints ("and")."""
        aside = _ORDINAL.match(self.low, first.end) or _CONVERTED.match(self.low, first.end)
        aside = aside or (_WEEKS_OF.match(self.text, first.end) if number.style == "weeks" else None)
        behind = aside.end() if aside else first.end
        place = next((i for i in range(self.index, len(self.numbers)) if self.numbers[i].start >= behind), None)
        if place is None or self.numbers[place].start - behind > _MAX_GAP:
            return None
        other = self.numbers[place]
        gap = self._same_rank(number.start, _INCLUSIVE.sub("", self.low[behind : other.start]))
        lost = both_lost(comparator, gap, number, other)
        gap = gap.replace("=", "") if lost else gap
        plain = self.grammar.joint.fullmatch(gap)
        opener = self._opener(number.start, floor)
        if not plain and not lost and not (opener is not None and self.grammar.opened_joint.fullmatch(gap)):
            return None
        second = self._unit(other)
        first = first._replace(code=second.code) if first.code == "%" and second.reference is not None else first
        told = opener is not None or _SCORE_OF.search(self.text, max(0, number.start - 12), number.start) is not None
        if goes_down(first, number, second, other, told=told):
            number, other = number._replace(value=other.value), other._replace(value=number.value)
        falls = first.code in TIME_UNITS and second.code in TIME_UNITS and first.code != second.code and is_range(second, other, first, number)
        if not falls and not is_range(first, number, second, other):
            return None
        if first.code and second.code and first.code != second.code:
            self.closing = other.start, "ge" if falls else "le"  # two limits, each in its own unit: "6 months to 17 years", "3 months to 2 weeks before"
            return limit(number, first, "le" if falls else "ge", opener[0] if opener else number.start, first.end)
        self.index = place + 1
        shared = number.scale == 1 and first.code is None and number.value < other.value
        number = number if shared else number.at(other.scale)
        exclusive = bool(re.search(r"<(?!=)|less|under|below", gap)) and "≤" not in gap
        start = opener[0] if opener else comparator.start if comparator else number.start
        return Quantity(
            start, second.end, "ne" if comparator and comparator.operator == "ne" else "between", number.value, other.value,
            low_inclusive=not (comparator and comparator.operator == "gt"), high_inclusive=not exclusive,
            scale=scale_of(other, second), unit=second.code or first.code,
            unit_text=second.text or first.text, reference=second.reference or first.reference,
            number_start=number.start, number_end=other.end, explicit=True, roman=number.style in RANKED, repaired=lost,
        )  # fmt: skip

    def _opener(self, start: int, floor: int) -> tuple[int, int] | None:
        for a, b in reversed(self.openers):
            if floor <= a and b <= start and start - b <= _MAX_GAP and self.grammar.filler.fullmatch(self.low[b:start]):
                return a, b
        return None

    def _with_next_grade(self, quantity: Quantity) -> Quantity:
        """A range of grades that goes on with the next one: "I-II/III", "0-1 or 2"."""
        while self.index < len(self.numbers) and quantity.unit is None and quantity.reference is None and quantity.high is not None:
            following = self.numbers[self.index]
            gap = self.text[quantity.number_end : following.start]
            joined = LIST_JOINT.fullmatch(gap) is not None and (following.style in RANKED or gap.strip().lower() in _EITHER)
            if not joined or following.value != quantity.high + 1 or self._unit(following).code is not None or self._after(following.end) or _ON_TERMS.match(self.text, following.end):
                break
            quantity = replace(quantity, end=following.end, high=following.value, number_end=following.end)
            self.index += 1
        return quantity

    def _close_range(self, quantity: Quantity) -> Quantity:
        if match := _INCLUSIVE.match(self.text, quantity.end):
            inside = match.group("what").lower().startswith("inclu")
            return replace(quantity, end=match.end(), low_inclusive=inside, high_inclusive=inside)
        return quantity

    def _doubled(self, end: int, operator: Operator) -> int:
        """Where a comparison ends that says the same twice: ">= 2 mg/dL or more", "at least 18 years and older"."""
        after = self._after(end)
        return after[1] if after and not after[2] and after[0] == operator else end

    def _after(self, end: int) -> tuple[Operator, int, bool] | None:
        """The comparator behind a number: (operator, its end, whether it points to what follows)."""
        match = self.grammar.after.match(self.low, end)
        if not match:
            return None
        phrase = re.sub(r"\s+", " ", match.group("phrase"))
        closed = _CLOSED_PHRASE.fullmatch(phrase) and not self.low.startswith(" than", match.end())
        if not closed and self._number_follows(match.end()):
            return None
        following = self.comparators[bisect_right(self.comparator_ends, match.end()) :][:1]
        if following and following[0].start < match.end() and "equal" in self.low[match.end() : following[0].end]:
            return None  # "aged 18 years and over or equal to 40 kg"
        return self.grammar.after_operators[phrase], match.end(), phrase in ("≤", "<=", "≥", ">=", "<", ">")

    def _behind_bracket(self, end: int) -> int:
        """Where a bracket closes that says a number in other words: "2.5 x ULN (upper limits of normal) or less", "20/30 (0.18 logMAR) or better"."""
        bracket = _WORDS_IN_BRACKET.match(self.text, end)
        return bracket.end() if bracket else end

    def _number_follows(self, position: int) -> bool:
        """A comparator whose own number stands behind it does not belong to the number before it."""
        for number in self.numbers[self.index :]:
            if number.start >= position and not _LABEL.match(self.text, number.start):
                return bool(self.grammar.filler.fullmatch(self.low[position : number.start]))
        return False

    def _same_rank(self, start: int, gap: str) -> str:
        """The words between two numbers without a rank that stands before the first one too: "stage 1 and stage 2"."""
        rank = _RANK.search(gap)
        return gap[: rank.start()].rstrip() + " " if rank and self.low[:start].rstrip().endswith(rank.group(1).lower()) else gap

    def _list(self, unit: Unit, number: Number) -> Quantity | None:
        """'0, 1 or 2' without units: a list of grades; two neighbours under "and" are a range."""
        if unit.code is not None or (number.value > _LOWEST_PRESSURE and ("pressure" in self.low or "bp" in self.low)):
            return None
        values, end, index, gap = [number.value], number.end, self.index, ""
        while index < len(self.numbers):
            behind = bracket.end() if (bracket := _SUM.match(self.text, end)) else end
            place = next((i for i in range(index, len(self.numbers)) if self.numbers[i].start >= behind), None)
            if place is None:
                break
            index, following = place, self.numbers[place]
            gap = self._same_rank(number.start, self.text[behind : following.start])
            ranged = len(values) > 1 and values[-1] < following.value <= _GRADES and self.grammar.joint.fullmatch(gap.lower()) is not None  # "I, II-III"
            if not (ranged or LIST_JOINT.fullmatch(gap)) or following.value > 200 or self.low[end : following.start].rstrip().endswith("type"):
                break
            if self._unit(following).code is not None and following.style not in RANKED:
                return None
            values += [Decimal(v) for v in range(int(values[-1]) + 1, int(following.value))] if ranged else []
            values.append(following.value)
            end, index = following.end, index + 1
        if len(values) < 2:
            return None
        self.index = index
        roman = number.style in RANKED
        if len(values) == 2 and values[1] == values[0] + 1 and gap.strip().lower() in ("and", "&"):
            return Quantity(
                number.start, end, "between", values[0], values[1], low_inclusive=True, high_inclusive=True,
                scale=number.scale, number_start=number.start, number_end=end, explicit=roman, roman=roman,
            )  # fmt: skip
        return Quantity(
            number.start, end, "in", None, None, scale=number.scale, grades=tuple(values),
            number_start=number.start, number_end=end, roman=roman,
        )  # fmt: skip

"""Pairing a clause's quantities with what they limit.

Order of belief: a lexicon name beside the quantity whose unit fits; the concept of the limit before it ("≥ 18 and ≤ 30");
an age, a window or a duration for lengths of time; a dose for a drug; else the text's own words beside the limit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from limen import units
from limen.criteria import Code, Finding, Kind, Operator, Threshold, Window
from limen.errors import UnitError
from limen.lexicon import Lexicon, Measurement, Score
from limen.mentions import Mention, Mentions, Quantity, TimeSpan
from limen.thresholds.phrases import event_after, event_before, phrase_after, phrase_before, trim, words

Join = Literal["and", "or"]
_PARENTHESIS = re.compile(r"\([^()]{0,80}\)")
_CLOSED = re.compile(r";|[.!?]\s+(?=[A-Z(])|\n\s*\n")
_JOINT = re.compile(r"[\s,/&]|\band/or\b|\band\b|\bor\b|\beither\b|\bboth\b|\bserum\b|\btotal\b|\bthe\b|\ban?\b|\d\)", re.IGNORECASE)
_CONTINUES = re.compile(r"[\s,;(\[\])]*(?:and|or|but|to|and/or|&)?[\s,(]*(?:a\s+)?", re.IGNORECASE)
_RIGHT_GAP = re.compile(r"[\s-]*(?:of|in|for|the|a|an|on)?\s*(?:the|a|an)?\s*", re.IGNORECASE)
_DOSE_GAP = re.compile(r"\s*(?:of\s+)?(?:[^\W\d_]+\s+){0,2}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[=:<>≤≥]")
_AGE_AFTER = re.compile(r"[\s,-]*(?:of\s+age|old|of\s+ages?|in\s+age|age\b|aged)", re.IGNORECASE)
_TOTAL = re.compile(r"\b(?:in\s+total|cumulative|total\s+dose|lifetime)\b", re.IGNORECASE)
_LOGIC_COUNT = re.compile(r"\s*(?:or\s+more\s+)?of\s+(?:the|these|those|following)\b|\s*(?:criteria|conditions)\b", re.IGNORECASE)
_LOST_UNIT = re.compile(r"\s?\?(?=\s?[),.;]|\s?$)")
_LAST_WORD = re.compile(r"([^\W\d_]+)\W*$")
_JOINS = re.compile(r"\s*,?\s*(?:and|or|but|to|&)\s*", re.IGNORECASE)
_SIDES = {"gt": 1, "ge": 1, "lt": -1, "le": -1}
_MAX_GAP = 110
_MAX_STRANGERS = 5


@dataclass(frozen=True, slots=True)
class Paired:
    """One comparison and what it limits: one threshold, or several that share it under `join`.

    `event` is set for a window that says when something was; it then has one threshold of kind window.
    """

    start: int
    end: int
    thresholds: tuple[Threshold, ...]
    join: Join = "or"
    time: TimeSpan | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    """What a quantity limits."""

    start: int
    end: int
    id: str | None
    predicted: bool = False


def pair(mentions: Mentions, lexicon: Lexicon) -> list[Paired]:
    """The thresholds of one clause, left to right, with offsets into the clause's text."""
    return _Pairer(mentions, lexicon).run()


class _Pairer:
    def __init__(self, mentions: Mentions, lexicon: Lexicon) -> None:
        self.text = mentions.text
        self.mentions = mentions
        self.lexicon = lexicon
        self.times = {t.quantity.number_start: t for t in mentions.times}
        self.used: list[tuple[Quantity, tuple[_Target, ...], Join]] = []

    def run(self) -> list[Paired]:
        found: list[Paired] = []
        quantities = self.mentions.quantities
        bare = [t for t in self.mentions.times if t.quantity.number_start == t.quantity.number_end]
        for quantity in quantities:
            if repeat := self._repeat(quantity):
                found = _repeated(found, repeat)
            elif paired := self._one(quantity):
                found.append(paired)
        found += [p for t in bare if (p := self._window(t))]
        return sorted(found, key=lambda p: p.start)

    def _repeat(self, quantity: Quantity) -> str | None:
        """The words that say how often the limit before was measured, when the quantity is a part of them."""
        if not self.used:
            return None
        for match in words().repeated.finditer(self.text, self.used[0][0].end):
            if match.start() <= quantity.number_start < match.end():
                return self.text[match.start() : match.end()]
        return None

    def _one(self, quantity: Quantity) -> Paired | None:
        if quantity.is_time:
            return self._time(quantity)
        if (following := self._shares_unit(quantity)) is not None:
            quantity = replace(quantity, unit=following.unit, unit_text=following.unit_text, reference=following.reference)
            if following.is_time:
                aged = self._says_age(following) or _AGE_AFTER.match(self.text, following.end) or self._person_limit(quantity)
                return self._age(quantity) if aged else self._time(quantity)
        if quantity.unit is None and (self._says_age(quantity) or self._person_limit(quantity)):
            return self._age(quantity)
        if self._is_scale(quantity):
            return None
        return self._pressure_pair(quantity) or self._measured(quantity) or self._dose(quantity) or self._other(quantity)

    def _shares_unit(self, quantity: Quantity) -> Quantity | None:
        """The limit behind a joint whose unit holds for this one too: "≥ 20 and ≤ 80 years of age"."""
        if quantity.unit is not None or not quantity.explicit:
            return None
        following = next((q for q in self.mentions.quantities if q.start >= quantity.end), None)
        if following is None or not following.explicit or following.unit is None:
            return None
        opposite = _SIDES.get(quantity.operator or "", 0) * _SIDES.get(following.operator or "", 0) < 0
        return following if opposite and _JOINS.fullmatch(self.text[quantity.end : following.start]) else None

    def _person_limit(self, quantity: Quantity) -> bool:
        """ "Any patient ≥ 18 who ...": a person, a comparator, a whole number, and no noun that it could count."""
        if not quantity.explicit or quantity.scale != 1 or self._left(quantity)[0]:
            return False
        bounds = [b for b in (quantity.low, quantity.high) if b is not None]
        if not all(b == b.to_integral_value() and 1 <= b <= 120 for b in bounds):
            return False
        lead = _LAST_WORD.search(self.text[: quantity.start])
        if lead is None or lead.group(1).lower() not in words().persons:
            return False
        return phrase_after(self.text, quantity.end, len(self.text)) is None

    def _is_scale(self, quantity: Quantity) -> bool:
        """ "(range 0-42)": the extent of a scale is no limit."""
        if quantity.operator != "between" or quantity.unit is not None:
            return False
        opening = self.text.rfind("(", max(0, quantity.start - 30), quantity.number_start)
        if opening < 0:
            return False
        closing = self.text.find(")", quantity.end)
        if 0 <= closing - quantity.end < 40 and re.search(r"\bscale\b", self.text[quantity.end : closing], re.IGNORECASE):
            return True
        if self.text[quantity.end :].lstrip()[:1] not in (")", ",", ";"):
            return False
        return self.text[opening + 1 : quantity.number_start].strip(" :").lower() in words().scales

    # ---- measured things

    def _measured(self, quantity: Quantity) -> Paired | None:
        targets, join = self._targets(quantity)
        if not targets:
            return None
        quantity = self._settle(quantity, targets)
        if quantity.operator is None:
            return None
        self.used.append((quantity, targets, join))
        return self._paired(quantity, targets, join)

    def _targets(self, quantity: Quantity) -> tuple[tuple[_Target, ...], Join]:
        """Lexicon names for a quantity: to its left, those of the limit before it, or right behind it."""
        if quantity.reversed and (right := self._right(quantity)):
            return (right,), "or"
        if inside := self._inside(quantity):
            return (inside,), "or"
        left, join = self._left(quantity)
        if left and (quantity.explicit or self._close(left[-1].end, quantity.start)):
            return left, join
        if (before := self._continued(quantity)) is not None:
            return before
        if implied := self._implied(quantity):
            return (implied,), "or"
        if quantity.explicit and (right := self._right(quantity)):
            return (right,), "or"
        return (), "or"

    def _left(self, quantity: Quantity) -> tuple[tuple[_Target, ...], Join]:
        floor = max((u[0].end for u in self.used), default=0)
        names = [m for m in self.mentions.measured if floor <= m.start and m.end <= quantity.start]
        if not names:
            beyond = [m for m in self.mentions.measured if m.end <= quantity.start]
            bare = _PARENTHESIS.sub("", self.text[beyond[-1].end : quantity.start]) if beyond else "?"
            names = beyond[-1:] if not bare.strip(" :,=(") else []
        if not names or not self._connects(names[-1].end, quantity.start, quantity):
            return (), "or"
        nearest = self._target(names[-1], quantity)
        if nearest is None:
            return (), "or"
        targets = [nearest]
        join: Join = "or"
        for mention in reversed(names[:-1]):
            gap = self.text[mention.end : targets[0].start]
            target = self._target(mention, quantity)
            if target is None or mention.ambiguous:
                break
            if target.id == targets[0].id and gap.strip() in ("(", "", "[", "=", ",", ":", "-", "or", "score ("):
                end = targets[0].end + (self.text[targets[0].end : targets[0].end + 1] in (")", "]") and gap.strip() in ("(", "["))
                targets[0] = replace(target, end=end, predicted=target.predicted or targets[0].predicted)
                continue
            if _JOINT.sub("", _PARENTHESIS.sub("", gap)).strip() or not gap.strip():
                break
            if re.search(r"\band\b(?!/)|&", gap, re.IGNORECASE):
                join = "and"
            targets.insert(0, target)
        return tuple(targets), join

    def _connects(self, end: int, start: int, quantity: Quantity) -> bool:
        """Whether the words between a name and its limit are few, and none closes the clause."""
        gap = self.text[end:start]
        if len(gap) > _MAX_GAP or _CLOSED.search(gap):
            return False
        bare = _PARENTHESIS.sub(" ", gap)
        strangers = [w for w in _WORD.findall(bare.lower()) if w not in words().padding]
        if any(q.start >= end and q.end <= start and q is not quantity and q.operator for q in self.mentions.quantities):
            return "(" in gap and not strangers
        if re.search(r",|\band\b|\bor\b", bare) and len(strangers) > 2:
            return False
        return len(strangers) <= _MAX_STRANGERS

    def _close(self, end: int, start: int) -> bool:
        """Whether only padding stands between: a bare number needs its name right there."""
        gap = self.text[end:start]
        return len(gap) < 40 and all(w in words().padding for w in _WORD.findall(_PARENTHESIS.sub(" ", gap).lower()))

    def _implied(self, quantity: Quantity) -> _Target | None:
        """A state that says what is measured, right before its limit: "fever > 38.5 °C"."""
        for start, end, concept, _ in self.mentions.implied:
            if end <= quantity.start and not self.text[end : quantity.start].strip(" (:,of"):
                entry = self.lexicon.measured.get(concept)
                return _Target(start, end, concept) if entry is not None and self._fits(entry, quantity) else None
        return None

    def _inside(self, quantity: Quantity) -> _Target | None:
        """A name within the words of a unit of time: "34 weeks of gestation"."""
        if not quantity.is_time:
            return None
        for mention in self.mentions.measured:
            if quantity.number_end <= mention.start and mention.end <= quantity.end:
                return self._target(mention, quantity)
        return None

    def _right(self, quantity: Quantity) -> _Target | None:
        for mention in self.mentions.measured:
            if mention.start >= quantity.end:
                if _RIGHT_GAP.fullmatch(self.text[quantity.end : mention.start]):
                    return self._target(mention, quantity)
                return None
        return None

    def _continued(self, quantity: Quantity) -> tuple[tuple[_Target, ...], Join] | None:
        """The targets of the limit before, when only a joint stands between: "≥ 18 and ≤ 30", "(5 x ULN if ...)"."""
        if not self.used:
            return None
        before, targets, join = self.used[-1]
        if before.end > quantity.start:
            return None
        gap = _PARENTHESIS.sub("", self.text[before.end : quantity.start])
        if not _CONTINUES.fullmatch(words().for_persons.sub("", gap)):
            return None
        if not quantity.explicit and (quantity.unit is None or quantity.unit != before.unit):
            return None
        if not any(t.id in self.lexicon.measured for t in targets):
            return targets, join
        fitting = tuple(t for t in targets if t.id in self.lexicon.measured and self._fits(self.lexicon.measured[t.id or ""], quantity))
        return (fitting, join) if fitting else None

    def _target(self, mention: Mention, quantity: Quantity) -> _Target | None:
        """The mention's meaning under the quantity's unit; None when no id fits."""
        share = mention.predicted and quantity.unit in (None, "%")
        fitting = [i for i in mention.ids if share or self._fits(self.lexicon.measured[i], quantity)]
        if not fitting:
            return None
        if mention.ambiguous and not (quantity.explicit or quantity.grades):
            return None
        return _Target(mention.start, mention.end, fitting[0], mention.predicted)

    def _fits(self, entry: Measurement | Score, quantity: Quantity) -> bool:
        if quantity.reference in ("uln", "lln", "normal", "baseline", "predicted", "body_weight") or quantity.unit is None:
            return not (isinstance(entry, Score) and quantity.reference in ("uln", "lln", "predicted"))
        if isinstance(entry, Score):
            return quantity.unit in ("{points}", "%", "1", "mm", "cm")
        return compatible(quantity.unit, entry) or (quantity.unit == "%" and bool(entry.predicted))

    def _settle(self, quantity: Quantity, targets: Sequence[_Target]) -> Quantity:
        """A bare number beside its name is that value; a list of grades stays a list only for scores."""
        entry = self.lexicon.measured.get(targets[-1].id or "")
        if quantity.operator == "in" and not isinstance(entry, Score):
            return replace(quantity, operator=None, grades=None)
        if quantity.operator is None:
            if self.used and self.used[-1][1] == tuple(targets) and self.used[-1][0].operator and quantity.low is not None:
                return _like(quantity, self.used[-1][0])
            return replace(quantity, operator="eq", low_inclusive=True, high_inclusive=True)
        if quantity.operator == "eq" and quantity.repaired is None:
            return self._lost_comparator(quantity, entry)
        return quantity

    def _lost_comparator(self, quantity: Quantity, entry: Measurement | Score | None) -> Quantity:
        """A bare "=" where ≥ or ≤ stood: a state named before it ("fever (=38 ?)") says on which side; "?" was its unit."""
        side = next((op for a, b, c, op in self.mentions.implied if entry and c == entry.id and b <= quantity.start), None)
        if side is None:
            return quantity
        repaired = f"'=' read as '{'≥' if side == 'ge' else '≤'}'"
        mended = replace(_bound(quantity, side), repaired=repaired)
        mark = _LOST_UNIT.match(self.text, quantity.end)
        if quantity.unit is None and mark and isinstance(entry, Measurement):
            fitting = [g.unit for g in entry.guesses if quantity.low is not None and g.low <= quantity.low < g.high]
            if len(fitting) == 1:
                repaired += f", '?' as {fitting[0]}"
                return replace(mended, end=mark.end(), unit=fitting[0], unit_text="?", repaired=repaired)
        return mended

    def _pressure_pair(self, quantity: Quantity) -> Paired | None:
        """160/100 mmHg: two numbers of a measurement that the lexicon calls a pair."""
        following = next((q for q in self.mentions.quantities if q.start >= quantity.end), None)
        slash = following and self.text[quantity.end : following.start].strip() == "/"
        if not slash or following is None:
            return None
        names = [m for m in self.mentions.measured if m.end <= quantity.start]
        entry = self.lexicon.measurements.get(names[-1].ids[0]) if names else None
        if entry is None or not entry.pair or not self._connects(names[-1].end, quantity.start, quantity):
            return None
        both = []
        for part, identity in zip((quantity, following), entry.pair):
            limited = _like(replace(part, unit=following.unit, unit_text=following.unit_text), quantity) if part is following else part
            limited = replace(limited, unit=following.unit, unit_text=following.unit_text, start=quantity.start, end=following.end)
            if limited.operator is None:
                limited = replace(limited, operator="eq", low_inclusive=True, high_inclusive=True)
            both.append((limited, _Target(names[-1].start, names[-1].end, identity)))
        self.used.append((replace(following, operator=both[0][0].operator), tuple(t for _, t in both), "or"))
        join: Join = "and" if both[0][0].operator in ("lt", "le") else "or"
        made = tuple(self._threshold(q, t) for q, t in both)
        return Paired(both[0][0].start, following.end, made, join)

    # ---- lengths of time

    def _time(self, quantity: Quantity) -> Paired | None:
        span = self.times.get(quantity.number_start)
        if self._is_age(quantity, span):
            return self._age(quantity)
        if span is None or span.lead != "within":
            if paired := self._measured_time(quantity):
                return paired
        elif paired := self._limit_within(quantity, span):
            return paired
        if span is None:
            return None
        if span.lead == "within" or span.trail in ("before", "after") or (span.trail == "of" and quantity.operator in ("le", "lt")):
            return self._window(span)
        return self._duration(span)

    def _measured_time(self, quantity: Quantity) -> Paired | None:
        if not quantity.explicit and not any(
            self._close(m.end, quantity.start) for m in self.mentions.measured if m.end <= quantity.start
        ):
            return None
        paired = self._measured(quantity)
        return paired

    def _limit_within(self, quantity: Quantity, span: TimeSpan) -> Paired | None:
        """"life expectancy within 12 months": a window's words that limit a length of time."""
        names = [m for m in self.mentions.measured if m.end <= span.quantity.start]
        if not names or not self._close(names[-1].end, span.quantity.start):
            return None
        entry = self.lexicon.measured[names[-1].ids[0]]
        if not (isinstance(entry, Measurement) and entry.timeline):
            return None
        return self._measured(span.quantity)

    def _says_age(self, quantity: Quantity) -> bool:
        """Whether the comparison's own words speak of age: "12 or older", "under the age of 18"."""
        return bool(words().age_pattern.search(self.text, quantity.start, quantity.end))

    def _is_age(self, quantity: Quantity, span: TimeSpan | None) -> bool:
        if self._says_age(quantity):
            return not self._other_timeline(quantity)
        if _AGE_AFTER.match(self.text, quantity.end):
            return not self._other_timeline(quantity)
        if span and (span.lead == "within" or span.trail in ("before", "after")):
            return False
        left, _ = self._left(quantity)
        if left:
            return left[-1].id == "age"
        if (continued := self._continued(quantity)) and continued[0][0].id == "age":
            return True
        return quantity.unit == "a" and quantity.explicit and self._person_beside(quantity)

    def _other_timeline(self, quantity: Quantity) -> bool:
        left, _ = self._left(quantity)
        return bool(left) and left[-1].id != "age"

    def _person_beside(self, quantity: Quantity) -> bool:
        """"adults 18-65 years", or a line that is nothing but a number of years."""
        lead = self.text[: quantity.start].rstrip(" ,:(-–•")
        if not lead.strip(" \t-–•*.0123456789)("):
            rest = self.text[quantity.end :].strip(" .;,)")
            return not rest or bool(words().person_pattern.match(rest))
        tail = re.search(r"([^\W\d_]+)\W*$", lead)
        return bool(tail and tail.group(1).lower() in words().persons)

    def _age(self, quantity: Quantity) -> Paired:
        if quantity.operator is None:
            quantity = replace(quantity, operator="eq", low_inclusive=True, high_inclusive=True)
        target = self._age_name(quantity)
        self.used.append((quantity, (target,), "or"))
        return self._paired(quantity, (target,), "or", kind="age")

    def _age_name(self, quantity: Quantity) -> _Target:
        """The word that says "age": before the limit, that of the age limit before it, or inside it ("years old")."""
        others = [q for q in self.mentions.quantities if q is not quantity]
        names = [m for m in self.mentions.measured if "age" in m.ids and not any(q.start < m.end and m.start < q.end for q in others)]
        floor = max((u[0].end for u in self.used), default=0)
        left = [m for m in names if floor <= m.start and m.end <= quantity.number_start]
        if left:
            return _Target(left[-1].start, left[-1].end, "age")
        if (continued := self._continued(quantity)) and continued[0][0].id == "age":
            return continued[0][0]
        inside = next((m for m in names if quantity.number_end <= m.start <= quantity.end + 4), None)
        place = (inside.start, inside.end) if inside else (quantity.number_end, quantity.number_end)
        return _Target(*place, "age")

    def _window(self, span: TimeSpan) -> Paired | None:
        quantity = span.quantity
        if quantity.operator is None:
            operator: Operator = "le" if span.lead != "for" else "ge"
            quantity = _bound(quantity, operator)
            span = replace(span, quantity=quantity)
        if not quantity.explicit and span.lead is None and span.trail is None:
            return None
        start = min(quantity.start, span.start)
        event = event_before(self.text, start)
        if event is None and span.trail == "after" and span.anchor is not None:
            event = trim(self.text, quantity.end, span.end)
        event = event or event_after(self.text, span.end)
        target = _Target(*(event or (start, start)), self._concept_in(event))
        threshold = self._threshold(quantity, target, kind="window", window=span.window(self.text))
        return Paired(quantity.start, quantity.end, (threshold,), time=span)

    def _duration(self, span: TimeSpan) -> Paired | None:
        quantity = span.quantity
        if quantity.operator is None:
            if span.lead not in ("for", "after"):
                return None
            quantity = replace(quantity, operator="eq", low_inclusive=True, high_inclusive=True)
        event = event_before(self.text, min(span.start, quantity.start)) or event_after(self.text, quantity.end)
        target = _Target(*(event or (quantity.start, quantity.start)), self._concept_in(event))
        window = span.window(self.text) if span.lead else None
        return Paired(quantity.start, quantity.end, (self._threshold(quantity, target, kind="duration", window=window),), time=span)

    def _concept_in(self, place: tuple[int, int] | None) -> str | None:
        """The last concept named inside a phrase: the event itself."""
        if place is None:
            return None
        inside = [m for m in (*self.mentions.concepts, *self.mentions.measured) if place[0] <= m.start and m.end <= place[1]]
        return max(inside, key=lambda m: m.end).ids[0] if inside else None

    # ---- doses, counts, names of the text's own

    def _dose(self, quantity: Quantity) -> Paired | None:
        """A drug with an amount: "prednisone ≥ 10 mg/day", "cyclophosphamide more than 10 g in total"."""
        if not quantity.explicit or quantity.unit is None or not _is_amount(quantity.unit):
            return None
        drugs = [m for m in self.mentions.concepts if m.kind in ("drug", "procedure")]
        left = [m for m in drugs if m.end <= quantity.start]
        right = [m for m in drugs if m.start >= quantity.end and _DOSE_GAP.fullmatch(self.text[quantity.end : m.start])]
        mention = right[0] if right else left[-1] if left and self._connects(left[-1].end, quantity.start, quantity) else None
        if mention is None:
            return None
        target = _Target(mention.start, mention.end, mention.ids[0])
        total = _TOTAL.search(self.text[mention.start : quantity.end + 30])
        threshold = self._threshold(quantity, target, kind="dose", statistic="total" if total else None)
        self.used.append((quantity, (target,), "or"))
        return Paired(quantity.start, quantity.end, (threshold,))

    def _other(self, quantity: Quantity) -> Paired | None:
        """A limit on something that no list knows, by the words beside it."""
        if quantity.operator in (None, "in") or (quantity.operator == "eq" and quantity.unit is None):
            return None
        if quantity.unit is None and quantity.reference is None and _LOGIC_COUNT.match(self.text, quantity.end):
            return None
        floor = max((u[0].end for u in self.used if u[0].end <= quantity.start), default=0)
        ceiling = next((q.start for q in self.mentions.quantities if q.start >= quantity.end), len(self.text))
        before = phrase_before(self.text, quantity.start, floor)
        after = phrase_after(self.text, quantity.end, ceiling)
        if before and self.text[before[0] : before[1]].lower() in words().degrees:
            close = self.text.find(")", quantity.end, quantity.end + 3)
            before = (phrase_after(self.text, close + 1, len(self.text)) if close >= 0 else None) or before
        counted = quantity.unit is None and quantity.reference is None and before is None and after is not None
        place = after if counted else before or after
        if place is None and quantity.unit is None and quantity.operator == "between":
            return None
        place = place or (quantity.start, quantity.start)
        target = _Target(*place, None)
        self.used.append((quantity, (target,), "or"))
        return self._paired(quantity, (target,), "or", kind="count" if counted else "measurement")

    # ---- building

    def _paired(self, quantity: Quantity, targets: Sequence[_Target], join: Join, kind: Kind | None = None) -> Paired:
        made = tuple(self._threshold(quantity, t, kind=kind) for t in targets)
        return Paired(quantity.start, quantity.end, made, join)

    def _threshold(
        self, quantity: Quantity, target: _Target, *, kind: Kind | None = None, window: Window | None = None, statistic: str | None = None
    ) -> Threshold:
        entry = self.lexicon.measured.get(target.id or "")
        if kind is None:
            kind = _kind(entry)
        reference = quantity.reference
        share = isinstance(entry, Measurement) and bool(entry.predicted) and quantity.unit == "%" and not compatible("%", entry)
        if share or (target.predicted and quantity.unit in (None, "%")):
            reference = reference or "predicted"
        named = target.end > target.start
        return Threshold(
            kind=kind,
            concept=target.id,
            code=Code(system="http://loinc.org", code=entry.loinc) if entry and entry.loinc else None,
            concept_text=self.text[target.start : target.end] if named else None,
            concept_start=target.start if named else None,
            concept_end=target.end if named else None,
            text=self.text[quantity.start : quantity.end],
            start=quantity.start,
            end=quantity.end,
            operator=quantity.operator or "eq",
            low=quantity.low,
            low_inclusive=quantity.low_inclusive if quantity.low is not None else None,
            high=quantity.high,
            high_inclusive=quantity.high_inclusive if quantity.high is not None else None,
            scale=quantity.scale,
            grades=quantity.grades,
            unit=quantity.unit,
            unit_text=quantity.unit_text or self._rank(quantity, target),
            reference=reference,
            window=window,
            statistic=statistic,
            findings=self._notes(quantity),
            confidence=_confidence(quantity, target),
        )


    def _rank(self, quantity: Quantity, target: _Target) -> str | None:
        """The noun that says what sort of number it is ("class II", "a score of 27"), for a number without a unit."""
        if quantity.reference is not None:
            return None
        start = max(target.start if target.end > target.start and target.start < quantity.start else 0, quantity.start - 60)
        near = _WORD.findall(self.text[start : quantity.end + 8].lower())
        return next((w for w in reversed(near) if w in words().ranks), None)

    def _notes(self, quantity: Quantity) -> tuple[Finding, ...]:
        """What was mended in the comparison, and what stays in doubt."""
        place = {"start": quantity.start, "end": quantity.end}
        if quantity.repaired:
            return (Finding(code="symbol_repaired", severity="warning", message=quantity.repaired, **place),)
        if quantity.operator == "eq" and self.text[quantity.start : quantity.end].startswith("="):
            message = "a bare '=' may stand for a lost ≥ or ≤: read as it is written"
            return (Finding(code="operator_ambiguous", severity="warning", message=message, **place),)
        return ()


def _repeated(found: list[Paired], words_of: str) -> list[Paired]:
    """The last measured limit with how often it was measured."""
    for index in range(len(found) - 1, -1, -1):
        if any(t.kind in ("measurement", "score") for t in found[index].thresholds):
            made = tuple(t.model_copy(update={"statistic": words_of}) for t in found[index].thresholds)
            return [*found[:index], replace(found[index], thresholds=made), *found[index + 1 :]]
    return found


def _kind(entry: Measurement | Score | None) -> Kind:
    if isinstance(entry, Score):
        return "score"
    if entry is not None and entry.id == "age":
        return "age"
    return "duration" if entry is not None and entry.timeline else "measurement"


def _confidence(quantity: Quantity, target: _Target) -> float:
    sure = 0.95 if target.id else 0.7
    if not quantity.explicit:
        sure -= 0.2
    return round(sure - (0.2 if quantity.repaired else 0.0), 2)


def _bound(quantity: Quantity, operator: Operator) -> Quantity:
    """A bare number as the bound that `operator` makes of it."""
    value = quantity.low if quantity.low is not None else quantity.high
    if operator in ("ge", "gt"):
        return replace(quantity, operator=operator, low=value, low_inclusive=operator == "ge", high=None, high_inclusive=None)
    return replace(quantity, operator=operator, high=value, high_inclusive=operator == "le", low=None, low_inclusive=None)


def _like(quantity: Quantity, before: Quantity) -> Quantity:
    """A bare number under the comparator of the limit before it."""
    if before.operator in ("ge", "gt", "le", "lt"):
        return _bound(quantity, before.operator)
    return replace(quantity, operator="eq", low_inclusive=True, high_inclusive=True)


def compatible(unit: str, entry: Measurement) -> bool:
    """Whether a limit in `unit` can be a limit of this measurement."""
    probe = Decimal(1)
    for target in (entry.unit, *(g.unit for g in entry.guesses)):
        try:
            units.convert(probe, unit, target, molar_mass=entry.molar_mass, valence=entry.valence)
            return True
        except UnitError:
            continue
    return unit == "{points}"


def _is_amount(unit: str) -> bool:
    try:
        return units.dimension(unit).startswith(("[mass]", "[activity]", "[absorbed_dose]", "[length] ** 3", "[substance]"))
    except UnitError:
        return False

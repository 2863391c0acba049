"""Pairing a clause's quantities with what they limit.

Order of belief: a lexicon name beside the quantity whose unit fits; the concept of the limit before it ("≥ 18 and ≤ 30");
an age, a window or a duration for lengths of time; a dose for a drug; else the text's own words beside the limit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from limen.criteria import Kind
from limen.lexicon import Lexicon, Measurement, Score
from limen.mentions import Mentions, Quantity, TimeSpan
from limen.thresholds.adjusted import unadjusted
from limen.thresholds.ages import as_event_age, as_gestation, is_of_another
from limen.thresholds.between import sandwiched
from limen.thresholds.build import Join, Maker, Paired, Target, bound, like, unnamed, with_repeat
from limen.thresholds.cases import for_case, in_parallel
from limen.thresholds.changes import as_changes, changed
from limen.thresholds.distances import distance_before, far_from, is_distance
from limen.thresholds.doses import dosed
from limen.thresholds.events import Events
from limen.thresholds.idle import (
    counts_studied,
    end_beyond,
    goes_on,
    is_aim,
    is_idle,
    is_logic_count,
    is_scale,
    is_year,
    restates,
    says_bound_again,
)
from limen.thresholds.judged import turned
from limen.thresholds.names import Names
from limen.thresholds.persons import is_age_of_person, measured_by_unit, measured_of_person
from limen.thresholds.phrases import (
    counts_behind,
    counts_readings,
    extreme_before,
    is_amount_of,
    name_behind,
    phrase_after,
    phrase_before,
)
from limen.thresholds.pressures import pressure_pair, side_before
from limen.thresholds.ranked import ranked
from limen.thresholds.reaching import is_recent, reaches
from limen.thresholds.respectively import in_order
from limen.thresholds.sharing import borrowed, opposite, with_later_reference, with_later_unit, with_lost_comparator, with_mended_unit
from limen.thresholds.times import AGE_AFTER, Times
from limen.thresholds.wording import words
from limen.units import UNITLESS

_LOGIC_COUNT = re.compile(r"\s*(?:or\s+more\s+)?(?:out\s+)?of\s+(?:the|these|those|following)\b|\s*(?:criteria|conditions)\b", re.IGNORECASE)
_SIDES = (("ge", "gt"), ("le", "lt"))
_OUT_OF = re.compile(r"\s*(?:(?:out\s+)?of\s+)?|/")
_GRADE = re.compile(r"\bgrades?\s*(?:[<>≥≤=]{1,2}\s*)?$", re.IGNORECASE)
_WITHIN = re.compile(r"\bwithin\s+(?:the\s+)?$", re.IGNORECASE)
_PLUS = re.compile(r"\s?\+(?!\s?/)")
_FAR_BEYOND = 10
_RATE = re.compile(r"(?:min|h|d|wk)/(?:d|wk|mo|a)")
_TYPES = ("type", "types")
_SCORED = re.compile(r"\b(?:scor(?:e|es|ed|ing)|rating|rated|level|index)\s*(?:of|is|are|:)?\s*(?:an?\s)?$", re.IGNORECASE)


def pair(mentions: Mentions, lexicon: Lexicon) -> list[Paired]:
    """The thresholds of one clause, left to right, with offsets into the clause's text."""
    return _Pairer(mentions, lexicon).run()


class _Pairer:
    def __init__(self, mentions: Mentions, lexicon: Lexicon) -> None:
        mentions, self.owners = in_order(unadjusted(mentions, lexicon))
        self.text = mentions.text
        self.mentions = mentions
        self.lexicon = lexicon
        self.spans = {t.quantity.number_start: t for t in mentions.times}
        self.maker = Maker(mentions.text, lexicon)
        self.names = Names(mentions, lexicon)
        self.times = Times(self.names, self.maker, Events(mentions))

    def run(self) -> list[Paired]:
        found: list[Paired] = []
        quantities = self.mentions.quantities
        bare = [t for t in self.mentions.times if t.quantity.number_start == t.quantity.number_end]
        idle = 0
        for before, quantity in zip((None, *quantities), quantities):
            if is_idle(self.text, quantity) or goes_on(self.text, idle, quantity) or any(t.quantity.end <= quantity.start < t.aside for t in self.mentions.times):
                idle = quantity.end
                continue
            known, again = len(self.names.used), restates(self.text, before, quantity)
            paired_before = bool(found) and found[-1].start < quantity.start and quantity.end <= found[-1].end
            if (again and quantity.is_time) or paired_before or says_bound_again(self.text, quantities, quantity):
                continue
            if repeat := self._repeat(quantity):
                found = with_repeat(found, repeat)
            elif paired := self._one(quantity):
                found.append(paired)
            if again:
                del self.names.used[known:]  # what comes next goes on with the limit before the bracket
        found += [p for t in bare if (p := self.times.window(t) if t.lead == "within" else self._time(t.quantity))]
        return sorted(found, key=lambda p: p.start)

    def _repeat(self, quantity: Quantity) -> str | None:
        """The words that say how often the limit before was measured, when the quantity is a part of them."""
        if not self.names.used:
            return None
        for match in words().repeated.finditer(self.text, self.names.used[0][0].end):
            if match.start() <= quantity.number_start < match.end():
                return self.text[match.start() : match.end()]
        return None

    def _one(self, quantity: Quantity) -> Paired | None:
        if quantity.is_time:
            return self._time(quantity)
        quantity = with_later_reference(self.mentions, quantity)
        if (following := opposite(self.mentions, quantity)) is not None:
            quantity = borrowed(quantity, following)
            if following.is_time:
                aged = self.times.says_age(following) or AGE_AFTER.match(self.text, following.end) or self.names.stands_alone(quantity) or is_age_of_person(self.names, quantity)
                if not aged and (far := self.spans.get(following.number_start)) is not None:
                    self.spans[quantity.number_start] = replace(far, quantity=quantity, lead=None, start=quantity.start)
                return self.times.age(quantity) if aged else self._time(quantity)
        if is_logic_count(self.text, quantity):
            return None
        counted = _LOGIC_COUNT.match(self.text, quantity.end) is not None  # "aged 50 to 69 and 1 or more of the risk factors"
        if quantity.unit is None and not counted and (self.times.says_age(quantity) or is_age_of_person(self.names, quantity)):
            return self.times.age(quantity)
        if is_scale(self.text, quantity):
            return None
        if paired := pressure_pair(self.names, self.maker, quantity) or self._measured(quantity):
            return paired
        if counts_studied(self.text, quantity):
            return None
        if quantity.operator is not None and (change := changed(self.text, quantity)):
            self.names.used.append((quantity, (Target(*change, None),), "or"))
            return self.maker.paired(quantity, (Target(*change, None),), "or", kind="measurement")
        if quantity.operator is None and quantity.unit is not None and (side := extreme_before(self.text, quantity.start)):
            quantity = bound(replace(quantity, explicit=True), side)
        return self._dose(quantity) or self._other(quantity)

    # ---- measured things

    def _measured(self, quantity: Quantity) -> Paired | None:
        targets, join = self._targets(quantity)
        if not targets and quantity.reference in ("uln", "lln") and self.names.used and self.names.used[-1][0].reference == quantity.reference:
            targets, join = self.names.used[-1][1:]  # "ALT ≤ 2.5 x ULN (if liver metastases, ≤ 5 x ULN)"
        if not targets:
            return None
        bare = quantity.operator is None
        if (targets[-1].id or "").endswith(("_size", "body_height")) and is_distance(self.text, quantity):
            right = self.names.right(quantity)  # "a tumour ≥ 12 cm from the anal verge"
            targets = (right,) if right is not None and not (right.id or "").endswith("_size") else ()
        if not targets or self._counts_else(quantity, targets):
            return None
        quantity = self._settle(with_mended_unit(self.text, quantity, targets, self.lexicon), targets)
        quantity = with_later_unit(self.mentions, quantity, targets, self.lexicon)
        if quantity.operator is None or (bare and self._beyond(quantity, targets)):
            return None
        targets = tuple(self._graded(quantity, t) for t in targets)
        quantity = turned(self.text, quantity, targets[-1].id)
        self.names.used.append((quantity, targets, join))
        kind = self._kind(quantity, targets[-1])
        if targets[-1].id == "age":
            quantity, limited = as_event_age(self.text, quantity, targets[-1])
            return self.maker.paired(quantity, (limited,), "or", kind=None if limited.id == "age" else "measurement")
        beyond = end_beyond(self.text, quantity)
        quantity = replace(quantity, end=beyond) if beyond is not None and quantity.is_time else quantity
        if beyond is not None or is_aim(self.text, quantity):
            return self.maker.paired(quantity, [t._replace(id=None) for t in targets], join, kind="measurement")
        return self.maker.paired(quantity, as_changes(self.text, quantity, targets, self.lexicon), join, kind=kind)

    def _kind(self, quantity: Quantity, target: Target) -> Kind | None:
        """What a limit of a name that no list has is: a rank's, a count of what stands behind it, else left to its entry."""
        if target.id is not None:
            return None
        counts = quantity.unit is None and quantity.reference is None and target.start >= quantity.end
        return "score" if self.names.rank_before(quantity) else "count" if counts else None

    def _graded(self, quantity: Quantity, target: Target) -> Target:
        """ "ALT < grade 2", "anaemia of grade 3": the grade of a measurement is that of the adverse event."""
        plain = quantity.unit is None and quantity.reference is None and target.id in self.lexicon.measurements
        plus = "+" in (self.text[quantity.number_end : quantity.number_end + 1], self.text[quantity.number_start - 1 : quantity.number_start])
        if plain and plus and (strip := words().strip_measures.get(target.id or "")):
            return target._replace(id=strip)  # "urine protein ≥ 2+"
        if plain and plus and quantity.operator in ("eq", "between") and self.lexicon.measurements[target.id or ""].unit != UNITLESS:
            return target._replace(id=None)  # "PD-L1 1+ to 3+": the grades of its stain
        return target._replace(id=words().rank_scores["grade"]["other"]) if plain and _GRADE.search(self.text, max(0, quantity.number_start - 12), quantity.number_start) else target

    def _beyond(self, quantity: Quantity, targets: Sequence[Target]) -> bool:
        """Whether a bare number cannot be a grade of its score: "NYHA, 1964"; where the grades are listed, "AJCC 8th"."""
        entry = self.lexicon.scores.get(targets[-1].id or "")
        if entry is None or quantity.operator != "eq" or quantity.low is None:
            return False
        return quantity.low > (1 if entry.grades else _FAR_BEYOND) * entry.range[1]

    def _counts_else(self, quantity: Quantity, targets: Sequence[Target]) -> bool:
        """ "Grip force with one hand", "a lesion on at least three images": a bare word is no value of what has a unit."""
        entry = self.lexicon.measurements.get(targets[-1].id or "")
        written = self.text[quantity.number_start : quantity.number_end]
        if entry is not None and counts_readings(self.text, quantity):
            return True
        if entry is not None and entry.timeline and quantity.unit is None and quantity.explicit and phrase_after(self.text, quantity.end, len(self.text)) is not None:
            return True  # "remission after BCG (≥ 5 doses)"
        if entry is None or entry.unit == UNITLESS or entry.timeline or quantity.unit is not None or quantity.reference is not None:
            return False
        if quantity.explicit and entry.id.endswith("_size") and not words().dimension.search(self.text, targets[-1].start, targets[-1].end):
            return phrase_after(self.text, quantity.end, len(self.text)) is not None or self.text[quantity.number_end : quantity.number_end + 1] == "+"
        return written.isalpha() and (not quantity.explicit or phrase_after(self.text, quantity.end, len(self.text)) is not None)

    def _targets(self, quantity: Quantity) -> tuple[tuple[Target, ...], Join]:
        """Lexicon names for a quantity: to its left, those of the limit before it, or right behind it."""
        if (owner := self.owners.get(quantity.number_start)) is not None and (own := self.names.target(owner, quantity)) is not None:
            return (own,), "or"
        if quantity.reversed and (right := self.names.right(quantity)):
            return (right,), "or"
        if inside := self.names.inside(quantity):
            return (inside,), "or"
        if around := sandwiched(self.names, quantity):
            return around
        if apart := distance_before(self.mentions, quantity):
            return (apart,), "or"
        left, join = self.names.left(quantity)
        if self.names.is_place(quantity) or is_amount_of(self.text, quantity):
            return (), "or"
        if left and (on := self.names.scored_on(quantity)):
            return (on,), "or"
        if part := self.names.part_behind(quantity, left):
            return (part,), "or"
        if (rank := ranked(self.names, quantity)) and (not left or self.names.bare_rank(left[-1]) or self._nearer(rank, left[-1])):
            return (rank,), "or"
        if left and (right := self._counted_right(quantity, left[-1])):
            return (right,), "or"
        if left and (quantity.explicit or self.names.close(left[-1].end, quantity.start)):
            return left, join
        if quantity.explicit and self._unlike_before(quantity) and (right := self.names.right(quantity)):
            return (right,), "or"
        counted = quantity.unit is None and _LOGIC_COUNT.match(self.text, quantity.end)
        if not counted and (before := in_parallel(self.names, quantity) or self.names.continued(quantity) or for_case(self.names, quantity)) is not None:
            return before
        if implied := self.names.implied(quantity):
            return (implied,), "or"
        scored = _SCORED.search(self.text, max(0, quantity.start - 20), quantity.start) is not None
        if (quantity.explicit or scored) and (behind := self.names.behind(quantity))[0]:
            return behind
        if quantity.explicit and (said := measured_by_unit(quantity) or measured_of_person(self.names, quantity)):
            start = self.text.index(quantity.unit_text or "", quantity.number_end)
            return (Target(start, start + len(quantity.unit_text or ""), said),), "or"
        return (), "or"

    def _nearer(self, rank: Target, left: Target) -> bool:
        """Whether what is ranked stands behind a name that has no ranks: "vomiting or fever of grade 3"."""
        unsure = any(m.start == left.start and m.ambiguous for m in self.mentions.measured)
        return unsure and left.id not in self.lexicon.scores and rank.start >= left.end

    def _counted_right(self, quantity: Quantity, left: Target) -> Target | None:
        """ "Relapse upon at least one line of therapy": a bare number counts what is right behind it, where other words stand before it."""
        plain = quantity.explicit and quantity.unit is None and quantity.reference is None and not quantity.roman
        if not plain or left.end > quantity.start or self.names.close(left.end, quantity.start) or left.id in self.lexicon.scores:
            return None
        right = self.names.right(quantity)
        return right if right is not None and right.id not in self.lexicon.scores and _OUT_OF.fullmatch(self.text, quantity.end, right.start) else None

    def _unlike_before(self, quantity: Quantity) -> bool:
        """ "CRP > 10 mg/L, and at least 6 swollen joints": no unit, where the limit before has one, or the same side as that: what stands behind may be counted."""
        plain = quantity.unit is None and quantity.reference is None and bool(self.names.used)
        before = self.names.used[-1][0] if plain else quantity
        return plain and (before.unit is not None or any(quantity.operator in side and before.operator in side for side in _SIDES))

    def _settle(self, quantity: Quantity, targets: Sequence[Target]) -> Quantity:
        """A bare number beside its name is that value; a list of grades stays a list only for scores."""
        entry = self.lexicon.measured.get(targets[-1].id or "")
        if quantity.operator == "in" and not isinstance(entry, Score) and not (entry is None and self.names.rank_before(quantity)):
            return replace(quantity, operator=None, grades=None)
        if self.times.unbroken(quantity, targets[-1]):
            return bound(replace(quantity, explicit=True), "ge")
        if quantity.operator is None and quantity.reference is not None and _WITHIN.search(self.text, max(0, quantity.start - 12), quantity.start):
            return bound(replace(quantity, explicit=True), "le")
        if quantity.operator is None:
            if quantity.low is not None and (before := side_before(self.names, targets)):
                unit, text = (before.unit, before.unit_text) if quantity.unit is None else (quantity.unit, quantity.unit_text)
                return replace(like(quantity, before), unit=unit, unit_text=text, reference=quantity.reference or before.reference)
            if words().resolved.search(self.text, max(0, quantity.start - 60), quantity.start):
                return bound(replace(quantity, explicit=True), "le")  # "toxicity must have resolved to grade 1 or baseline"
            if (side := self.names.extreme(targets[0])) is not None:
                return bound(replace(quantity, explicit=True), side)
            return replace(quantity, operator="eq", low_inclusive=True, high_inclusive=True)
        if quantity.operator == "eq" and quantity.repaired is None:
            return with_lost_comparator(self.mentions, quantity, entry)
        return quantity

    # ---- lengths of time

    def _time(self, quantity: Quantity) -> Paired | None:
        if words().of_kin.match(self.text, quantity.end):
            return None  # "sudden death under 40 years of age in a sibling"
        span = self.spans.get(quantity.number_start)
        if self.times.of_thing(quantity):
            return self.times.duration(span) if span else None
        if self.times.is_age(quantity, span):
            aged = self.times.age(quantity)
            return unnamed(aged) if aged and is_of_another(self.text, quantity) else aged
        named = self.names.inside(quantity) or next(iter(self.names.left(quantity)[0]), None)
        if far := as_gestation(self.text, quantity, named if named and named.id == "gestational_age" else None):
            self.names.used.append((far[0], (far[1],), "or"))
            return self.maker.paired(far[0], (far[1],), "or")
        if span is None or span.lead != "within":
            if paired := None if span is not None and reaches(self.names, span) else self._measured_time(quantity):
                return paired
        elif paired := self._limit_within(quantity, span):
            return paired
        if span is None:
            return None
        if span.lead == "within" or is_recent(self.text, span) or span.trail in ("before", "after", "since") or (span.trail == "of" and quantity.operator in ("le", "lt")):
            return self.times.window(span)
        return self.times.duration(span)

    def _measured_time(self, quantity: Quantity) -> Paired | None:
        if not quantity.explicit and not any(
            self.names.close(m.end, quantity.start) for m in self.mentions.measured if m.end <= quantity.start
        ):
            return None
        paired = self._measured(quantity)
        return paired

    def _limit_within(self, quantity: Quantity, span: TimeSpan) -> Paired | None:
        """"life expectancy within 12 months": a window's words that limit a length of time."""
        names = [m for m in self.mentions.measured if m.end <= span.quantity.start]
        if not names or not self.names.close(names[-1].end, span.quantity.start):
            return None
        entry = self.lexicon.measured[names[-1].ids[0]]
        if not (isinstance(entry, Measurement) and entry.timeline):
            return None
        if ")" in self.text[names[-1].end : span.quantity.start] or any(q.is_time and self.text[q.end : names[-1].start].strip() == "of" for q in self.mentions.quantities):
            return None  # "8 weeks of remission within 12 weeks"
        return self._measured(span.quantity)

    # ---- doses, counts, names of the text's own

    def _dose(self, quantity: Quantity) -> Paired | None:
        """A drug with an amount, as a limit; what stands behind goes on with it."""
        found = dosed(self.names, quantity)
        if found is None:
            return None
        target, statistic = found
        threshold = self.maker.threshold(quantity, target, kind="dose", statistic=statistic)
        self.names.used.append((quantity, (target,), "or"))
        return Paired(quantity.start, quantity.end, (threshold,))

    def _other(self, quantity: Quantity) -> Paired | None:
        """A limit on something that no list knows, by the words beside it."""
        plus = _PLUS.match(self.text, quantity.number_end) is not None  # "IHC 3+"
        if quantity.operator in (None, "in") or (quantity.operator == "eq" and quantity.unit is None and not plus):
            return None
        if quantity.unit is None and quantity.reference is None and (_LOGIC_COUNT.match(self.text, quantity.end) or is_year(self.text, quantity)):
            return None
        rank = self.names.rank_before(quantity)
        place, counted = self._own_words(quantity, ranked=rank is not None)
        if place is None and _RATE.fullmatch(quantity.unit or "") and (event := self.times.events.around(quantity.start, quantity.end, lasting=True)):
            place = event[:2]  # "pain present for at least 14 days a month"
        if quantity.unit is None and quantity.operator == "between" and (place is None or self.text[place[0] : place[1]].lower() in _TYPES):
            return None  # "type 1 and 2 diabetes"
        identity = words().rank_scores.get(rank, {}).get("other") if rank else None
        known = next((m for m in self.mentions.measured if not counted and place and (m.start, m.end) == place), None)
        sized = known is not None and known.ids[0].endswith("_size") and is_distance(self.text, quantity)
        if known is not None and not sized and (named := self.names.target(known, quantity)) is not None:
            self.names.used.append((quantity, (named,), "or"))
            return self.maker.paired(quantity, (named,), "or")
        how = place is not None and place[1] <= quantity.start and self.text[place[0] : place[1]].lower().rpartition(" ")[2] in words().methods
        far = self.names.far_left(quantity, place[0] if place and how else quantity.start) if place is None or how else None
        target = far or (Target(*place, identity) if place else Target(quantity.start, quantity.start, identity))
        self.names.used.append((quantity, (target,), "or"))
        return self.maker.paired(quantity, (target,), "or", kind="count" if counted else "score" if rank else "measurement")

    def _own_words(self, quantity: Quantity, *, ranked: bool) -> tuple[tuple[int, int] | None, bool]:
        """The words beside a limit that name what it measures, and whether they name what it counts."""
        floor = max((self.names.done(u[0], u[1], quantity) for u in self.names.used if u[0].end <= quantity.start), default=0)
        end = self.names.joined_end(quantity)
        ceiling = next((q.start for q in self.mentions.quantities if q.start >= end), len(self.text))
        before = phrase_before(self.text, quantity.start, floor)
        if before and (window := next((t for t in self.mentions.times if t.start <= before[0] and before[1] <= t.end), None)):
            before = phrase_before(self.text, window.start, floor)  # "hemoptysis within 1 month (> 5 mL at a time)"
        after = phrase_after(self.text, end, ceiling)
        if before and after and quantity.unit is None and (counts_readings(self.text, quantity) or counts_behind(self.text, before, quantity, after)):
            before = None  # "Part 2: at least one lesion", "new lesions (at least two scans)"
        if behind := name_behind(self.text, quantity, ceiling):
            before = None if quantity.unit is None else behind
            after = behind
        plain = quantity.unit is None and quantity.reference is None and not _SCORED.search(self.text, max(0, quantity.start - 20), quantity.start)
        counted = not ranked and plain and before is None and after is not None
        return (after if counted else far_from(self.text, quantity, before) or before or after), counted

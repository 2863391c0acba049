"""Lengths of time: ages, windows on an event, durations."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from limen.criteria import Operator
from limen.mentions import TIME_UNITS, Mention, Quantity, TimeSpan
from limen.thresholds.ages import as_event_age, behind_age, is_grown, is_young, of_specimen
from limen.thresholds.anchored import from_its_anchor
from limen.thresholds.beside import case_behind, state_behind, taken_behind, told_behind
from limen.thresholds.build import Maker, Paired, Target, bound
from limen.thresholds.concepts import concept_in
from limen.thresholds.ending import at_least, is_deadline, must_be_over, stopped, went_without
from limen.thresholds.events import Event, Events
from limen.thresholds.names import Names
from limen.thresholds.phrases import last_word, trim
from limen.thresholds.reaching import OPENED_TO, placed, reaching
from limen.thresholds.sharing import JOINS
from limen.thresholds.wording import words

AGE_AFTER = re.compile(r"[\s,-]*(?:\([^()]{1,40}\)\s*)?(?:of\s+age|old|of\s+ages?|in\s+age|age\b|aged)", re.IGNORECASE)
_COPULA = re.compile(r"(?:\s+(?:is|are|was|were|be|been|no|not|must|should|may))+\s*$", re.IGNORECASE)
_LAST_NAME = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)?)\W*$")
_TO = re.compile(r"\s*(?:-|–|to|through|until|up to)\s*", re.IGNORECASE)
_OPENS = re.compile(r"(?:between|from)\s", re.IGNORECASE)
_FOR = re.compile(r"(?:for|lasting|since)\b", re.IGNORECASE)
_COUNTED = re.compile(r"\s+(?:after|(?P<from>from)|following|(?P<past>past))\b", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_DEMANDED = 90  # characters before a length of time in which something must be over
_AGED = 40  # years that no state lasts
_NAMED = 5  # words before a bracket that says how old something is
_HEADED = 48  # characters before an event in which its treatment is named
_CHAINED = re.compile(r"(?:,?\s(?:and|or|and/or)\s[\w-]+(?:\s[\w-]+){0,2})?\s?[,;]?\s?(?:(?:and|or|and/or|plus|as\s+well\s+as)\s)?(?:(?:also|with)\s)?", re.IGNORECASE)
_POST = re.compile(r"\bpost[\s-]", re.IGNORECASE)
_INSTEAD = re.compile(r"[^()]{0,60}(?:\([^()]{1,30}\))?[\s,;]?[\s(\[]{1,2}(?:or\s|and\s)?", re.IGNORECASE)
_ON = re.compile(r"(?:\s?\([^()]{1,30}\))?\s(?P<on>(?:currently\s|who\s(?:is|are)\s)?on\s)(?:(?!and\b|or\b)[\w-]+\s){0,6}", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:interval|time|period|delay|gap|duration)\s+(?:elapsed\s+)?between\s", re.IGNORECASE)
_AND_STUDY = re.compile(r"\band\s(?:the\s)?(?:time\sof\s|date\sof\s)?(?:enrol|randomi[sz]|screening|inclusion|consent|study|trial|treatment|baseline|first|recruitment)", re.IGNORECASE)
_GAP = re.compile(r"\b(?:interval|period|gap|break|delay|time)(?:\s+of)?\s+$", re.IGNORECASE)
_COUNTING = ("since", "after")
_DURING = re.compile(r"\b(?:during|throughout|while|until)\s", re.IGNORECASE)
_OR = re.compile(r"(?P<before>[^\W_]+)[\s),]{1,3}or\s+$", re.IGNORECASE)
_OF_STUDY = ("screening", "enrolment", "consent", "randomisation", "first_dose")
_TWO_ENDS = frozenset(["between", "separate", "separates", "separating"])
_WITH = re.compile(r"\s(?:with|as|using|via)\s", re.IGNORECASE)
_OF = re.compile(r"\s+of\s", re.IGNORECASE)
_AND = re.compile(r"\s(?:discontinuation\s)?and\s", re.IGNORECASE)
_AGE_OF = re.compile(r"\bage\s+of\s+(?:the\s+|an?\s+)?([^\W\d_]+)", re.IGNORECASE)


@dataclass(slots=True)
class Times:
    """Reads the quantities of time of one clause."""

    names: Names
    maker: Maker
    events: Events
    led: tuple[int, Operator] | None = None  # where the event of the last time that stands before its event ends, and that time's comparator

    def says_age(self, quantity: Quantity) -> bool:
        """Whether the comparison's own words speak of age: "12 or older", "under the age of 18"."""
        return bool(words().age_pattern.search(self.names.text, quantity.start, quantity.end))

    def is_age(self, quantity: Quantity, span: TimeSpan | None) -> bool:
        if (inside := self.names.inside(quantity)) is not None and inside.id != "age":
            return False  # "> 24 weeks gestational age"
        if state_behind(self.names.text, quantity.end) and max(b for b in (quantity.low, quantity.high, 0) if b is not None) < _AGED:
            return False  # "women at least 5 years postmenopausal"
        if self.says_age(quantity):
            return not self.other_timeline(quantity)
        following = next((q for q in self.names.mentions.quantities if q.start >= quantity.end), None)
        joint = OPENED_TO if _OPENS.match(self.names.text, quantity.start) else _TO
        if following and following.is_time and quantity.operator == "ge" and joint.fullmatch(self.names.text[quantity.end : following.start]):
            return self.is_age(following, None)
        if AGE_AFTER.match(self.names.text, quantity.end) or last_word(self.names.text, quantity.start) in ("older", "younger"):
            return not self.other_timeline(quantity)
        if span and (span.lead == "within" or span.trail in ("before", "after", "since")):
            return False
        left, _ = self.names.left(quantity)
        if left:
            return left[-1].id == "age"
        if (continued := self.names.continued(quantity)) and continued[0][0].id == "age":
            return True
        if quantity.unit == "a" and quantity.explicit and self.person_beside(quantity):
            return True
        return quantity.explicit and (span is None or span.lead is None) and (is_grown(self.names.text, quantity) or self._ranges_young(quantity))

    def _ranges_young(self, quantity: Quantity) -> bool:
        """Whether a comparison is an end of "children with asthma, 6 months to 5 years", or all of "infants, 2 to 24 months"."""
        others = [q for q in self.names.mentions.quantities if q.is_time and q.explicit]
        near = next((q for q in others if q.start >= quantity.end and _TO.fullmatch(self.names.text[quantity.end : q.start])), None)
        ends = next((q for q in others if q.end <= quantity.start and _TO.fullmatch(self.names.text[q.end : quantity.start])), None)
        ranged = near or ends or quantity.operator == "between"
        return bool(ranged) and is_young(self.names.text, ends or quantity)

    def of_thing(self, quantity: Quantity) -> bool:
        """ "Ulcers older than 1 year", "the age of the occlusion is < 1 month": an age that is no person's."""
        near = self.names.text[max(0, quantity.start - 48) : quantity.start]
        tail = _LAST_NAME.search(_COPULA.sub("", near))
        noun = tail.group(1).lower() if tail else ""
        old = noun in words().aged_things or (noun and self._is_young(quantity) and not self._is_person(noun))
        if of_specimen(self.names.text, quantity):
            return True
        owner = _AGE_OF.search(near)
        bracketed = near.rstrip().endswith(("(", "[")) and quantity.unit != "a"
        if bracketed and self.says_age(quantity) and any(w in words().aged_things or words().specimen.match(f" {w}") for w in _LETTERS.findall(near.lower())[-_NAMED:]):
            return True  # "a recent biopsy is available (no more than 3 months old)"
        return (bool(old) and self.says_age(quantity)) or (owner is not None and owner.group(1).lower() in words().aged_things)

    def _is_young(self, quantity: Quantity) -> bool:
        """Whether a comparison with "older" or "younger" names an age that few people in trials have: days, weeks, a few years."""
        written = self.names.text[quantity.start : quantity.end].lower()
        bounds = [b for b in (quantity.low, quantity.high) if b is not None]
        few = quantity.unit in ("d", "wk", "mo", "h") or (quantity.unit == "a" and all(b < 10 for b in bounds))
        return few and ("older" in written or "younger" in written)

    def _is_person(self, noun: str) -> bool:
        return noun.removeprefix("non-") in words().persons or noun in words().boundaries or noun in words().age_words

    def other_timeline(self, quantity: Quantity) -> bool:
        left, _ = self.names.left(quantity)
        return bool(left) and left[-1].id != "age"

    def person_beside(self, quantity: Quantity) -> bool:
        """"adults 18-65 years", or a line that is nothing but a number of years."""
        lead = self.names.text[: quantity.start].rstrip(" ,:(-–•")
        if not lead.strip(" \t-–•*.0123456789)("):
            rest = self.names.text[quantity.end :].strip(" .;,)")
            return self.names.stands_alone(quantity) or bool(words().person_pattern.match(rest))
        tail = _LAST_NAME.search(lead)
        return bool(tail and tail.group(1).lower().removeprefix("non-") in words().persons)

    def age(self, quantity: Quantity) -> Paired:
        target = self.age_name(quantity)
        if quantity.operator is None or (quantity.operator == "eq" and "=" not in self.names.text[quantity.start : quantity.number_start]):
            side = self.names.extreme(target)
            quantity = bound(quantity, side) if side else replace(quantity, operator="eq", low_inclusive=True, high_inclusive=True)
        quantity, limited = as_event_age(self.names.text, quantity, target)
        self.names.used.append((quantity, (target,), "or"))
        return self.maker.paired(quantity, (limited,), "or", kind="age" if limited == target else "measurement")

    def age_name(self, quantity: Quantity) -> Target:
        """The word that says "age": before the limit, that of the age limit before it, or inside it ("years old")."""
        others = [q for q in self.names.mentions.quantities if q is not quantity]
        names = [m for m in self.names.mentions.measured if "age" in m.ids and not any(q.start < m.end and m.start < q.end for q in others)]
        floor = max((u[0].end for u in self.names.used), default=0)
        left = [m for m in names if floor <= m.start and m.end <= quantity.number_start]
        if left:
            return Target(left[-1].start, left[-1].end, "age")
        if (continued := self.names.continued(quantity)) and continued[0][0].id == "age":
            return continued[0][0]
        inside = next((m for m in names if quantity.number_end <= m.start <= quantity.end + 4), None)
        place = (inside.start, inside.end) if inside else (quantity.number_end, quantity.number_end)
        return Target(*place, "age")

    def window(self, span: TimeSpan, *, over: bool = False) -> Paired | None:
        """How long ago its event was, or must be; `over`: the event is known to have ended so long ago."""
        span = self._counted_from(span)
        quantity = span.quantity
        chained = self._chained(span)
        if quantity.operator is None:
            least = span.lead in ("for", "during") or must_be_over(self.names, span) or self._has_passed(span) or at_least(self.names, span)
            operator: Operator = chained if chained is not None else "ge" if least else "le"
            quantity = bound(quantity, operator)
            span = replace(span, quantity=quantity)
        if (side := "ge" if is_deadline(self.names, span) else reaching(self.names, span)) is not None:
            quantity = bound(quantity, side)
            span = replace(span, quantity=quantity, lead="within" if side == "le" else span.lead)
        if (not quantity.explicit and span.lead is None and span.trail is None) or any(b is not None and b < 0 for b in (quantity.low, quantity.high)):
            return None  # no length, or the number of a day: "within -10 to -3 days"
        start = min(quantity.start, span.start)
        start = max(start, self.names.text.rfind("(", start, quantity.number_start) + 1)
        start = self._begin(start, quantity)
        if span.trail is None and self._despite(span) is not None:
            return self.duration(replace(span, quantity=bound(quantity, "ge"), lead="for"))
        state = state_behind(self.names.text, quantity.end) if span.lead == "within" else None
        event = Event(*state, state[1]) if state else self._since(span) if span.trail == "after" else self._elapsed(span)
        event = self._treated(behind_age(self.names, event or self.events.around(start, max(span.end, quantity.end), near=quantity.end, lasting=quantity.operator in ("ge", "gt")), start))
        if event is not None and self._is_standing(event):
            return None
        if not over and event is not None and self._lasts(span, event, start):
            return self.duration(span)
        event = from_its_anchor(self.names.text, span, event, start)
        if event is not None and event.start >= span.quantity.end and quantity.operator and span.trail in _COUNTING:
            self.led = event.end, quantity.operator
        target = Target(*(event[:2] if event else (start, start)), concept_in(self.names, event))
        window = placed(self.names, span, event)
        threshold = self.maker.threshold(quantity, target, kind="window", window=window)
        return Paired(quantity.start, quantity.end, (threshold,), time=span)

    def _lasts(self, span: TimeSpan, event: Event, start: int) -> bool:
        """ "Steroids for 6 months before enrolment": how long a treatment was given, and not how long ago."""
        said = span.lead == "for" and span.trail == "before" and _FOR.match(self.names.text, span.start) is not None
        return said and span.quantity.operator in ("ge", "gt") and event.start < span.start and not stopped(self.names, event, start)

    def _chained(self, span: TimeSpan) -> Operator | None:
        """ "4 weeks since surgery, 2 weeks since radiotherapy": the comparator of the time before, whose event stood behind it too."""
        if self.led is None or span.trail not in _COUNTING or span.lead is not None:
            return None
        start = min(span.start, span.quantity.start)
        return self.led[1] if self.led[0] <= start and _CHAINED.fullmatch(self.names.text, self.led[0], start) else None

    def _is_other(self, span: TimeSpan) -> bool:
        """ "Pregnant or less than 8 weeks after childbirth": a time that is an alternative of its own."""
        start = min(span.start, span.quantity.start)
        joint = _OR.search(self.names.text, max(0, start - _HEADED), start)
        if joint is None or not span.quantity.explicit or span.anchor in _OF_STUDY or joint.group("before").lower() in words().boundaries:
            return False
        part = max(self.names.text.rfind(mark, 0, joint.start()) for mark in ",;.:")
        if _DURING.search(self.names.text, part + 1, joint.start()):
            return False  # "fever during the study or within 2 weeks after it"
        return not any(part < t.end <= start for t in self.names.mentions.times)  # "fever within 3 days before or more than a week after surgery"

    def _begin(self, start: int, quantity: Quantity) -> int:
        """Where a range of times begins whose far end begins at `start`: "between 2 weeks and 3 months", "at least 2 and no more than 6 weeks"."""
        near = next((q for q in self.names.mentions.quantities if q.explicit and q.end <= start and JOINS.fullmatch(self.names.text, q.end, start)), None)
        ranged = near is not None and near.operator in ("ge", "gt") and quantity.operator in ("le", "lt") and near.unit in (None, *TIME_UNITS)
        return near.start if near is not None and ranged else start

    def _treated(self, event: Event | None) -> Event | None:
        """ "Treatment for asthma", "interventions for insomnia": the treatment is the event, whose disease no list may take for it."""
        if event is None:
            return None
        if last_word(self.names.text, event.end) == "none" and self.names.text[: event.end].lower().endswith("none"):
            return Event(event.end - len("none"), event.end, event.end)  # "seizures in childhood and none for 6 years" times no seizures
        named = [m for m in self.names.mentions.concepts if event.start <= m.start and m.end <= event.end]
        if (taken := self._taken_on(event, named)) is not None:
            return taken
        heads = [h for h in words().treating.finditer(self.names.text, max(0, event.start - _HEADED), event.end) if not self.names.text[h.end() : event.start].strip()]
        behind = [m for m in named if heads and m.start >= heads[-1].end()]
        if not behind or any(m.kind != "condition" for m in behind):
            return event
        begin, own = heads[-1].start(), [m for m in named if m not in behind]
        if not own:
            return event._replace(start=min(event.start, begin), head_end=heads[-1].end())
        return event._replace(head_end=own[-1].end) if own[-1].start <= begin < own[-1].end else event

    def _taken_on(self, event: Event, named: list[Mention]) -> Event | None:
        """ "Psoriasis on methotrexate for 3 months": the drug has the time, unless a disease came about on it, as a bleeding does."""
        for disease, drug in zip(named, named[1:]):
            on = _ON.fullmatch(self.names.text, disease.end, drug.start)
            if on is None or disease.kind != "condition" or drug.kind != "drug":
                continue
            if self.names.lexicon.ancestors(disease.ids[0]).isdisjoint(words().happenings):
                return event._replace(start=on.end("on"), head_end=max(event.head_end, drug.end))
        return None

    def _is_standing(self, event: Event) -> bool:
        """Whether an event is but the name of those who are meant: "women of childbearing age"."""
        return any(m.ids[0] in words().standing and m.start <= event.start and event.end <= m.end for m in self.names.mentions.concepts)

    def duration(self, span: TimeSpan) -> Paired | None:
        quantity = span.quantity
        if quantity.operator is None and (named := self._named_behind(quantity)) is not None:
            return self.maker.paired(bound(replace(quantity, explicit=True), "ge"), (named,), "or")
        told = told_behind(self.names.text, span.start, quantity.end) if quantity.operator is None and span.trail is None else None
        if quantity.operator is None:
            if span.lead not in ("for", "during", "after") and told is None:
                return self._otherwise(span)
            quantity = self.lasting(quantity, span) if told is None else bound(quantity, "ge")
        start = min(span.start, quantity.start)
        event = (self.events.after(told) if told else None) or self._despite(span) or self._behind(start, quantity.end) or self.events.around(start, quantity.end, behind=span.lead is None and quantity.operator in ("ge", "gt", "eq"), lasting=True)
        event = self._treated(event)
        if event is not None and span.lead == "for" and (stopped(self.names, event, start) or (_FOR.match(self.names.text, span.start) and went_without(self.names, event, quantity))):
            return self.window(replace(span, quantity=quantity), over=True)
        concept = concept_in(self.names, event, lasting=True) if event is None or not self._is_interval(event) else None
        if (quantity.unit_text or "").lower()[:2] in ("we", "wk", "mo", "ye", "yr"):
            concept = words().lengths.get(concept or "", concept)
        target = Target(*(event[:2] if event else (quantity.start, quantity.start)), concept)
        window = span.window(self.names.text) if span.lead else None
        return Paired(quantity.start, quantity.end, (self.maker.threshold(quantity, target, kind="duration", window=window),), time=span)

    def _is_interval(self, event: Event) -> bool:
        """ "Interval between injury and surgery < 14 days": neither of the two lasted so long."""
        between = _BETWEEN.search(self.names.text, max(0, event.start - _HEADED), event.head_end)
        return between is not None and _AND_STUDY.search(self.names.text, between.end(), event.end) is None

    def _named_behind(self, quantity: Quantity) -> Target | None:
        """ "A 4-week washout", "6 months' abstinence": what a bare length of time is of, right behind it."""
        near = next((m for m in self.names.mentions.measured if 0 < m.start - quantity.end <= 2 and not self.names.text[quantity.end : m.start].strip(" -'’")), None)
        held = near is not None and near.ids[0] in words().unbroken_lengths
        return Target(near.start, near.end, near.ids[0]) if near is not None and held else None

    def _otherwise(self, span: TimeSpan) -> Paired | None:
        """ "Chemotherapy within 4 weeks (6 weeks for nitrosoureas)", "28 days since": another length of the time before it, for what stands behind."""
        before = [t for t in self.names.mentions.times if t.quantity.end <= span.quantity.start]
        earlier = next((t for t in reversed(before) if t.lead is not None or t.trail is not None), None)
        operator = self._operator_of(earlier) if earlier is not None else None
        case = case_behind(self.names.text, span.quantity.end) if operator is not None else None
        event = self.events.after(case) if case else None
        if earlier is None or operator is None or concept_in(self.names, event) is None or event is None or not _INSTEAD.fullmatch(self.names.text, before[-1].quantity.end, span.quantity.start):
            return None
        quantity = bound(replace(span.quantity, explicit=True), operator)
        target = Target(*event[:2], concept_in(self.names, event))
        window = replace(span, quantity=quantity, lead=earlier.lead, anchor=earlier.anchor, trail=earlier.trail).window(self.names.text)
        return Paired(quantity.start, quantity.end, (self.maker.threshold(quantity, target, kind="window", window=window),), time=span)

    def _operator_of(self, span: TimeSpan) -> Operator | None:
        """The comparator of a time before, which another length of it shares."""
        if span.lead == "within":
            return span.quantity.operator or "le"
        return self.led[1] if self.led is not None and span.trail in _COUNTING and span.quantity.end <= self.led[0] else None

    def _behind(self, start: int, end: int) -> Event | None:
        """ "Received at least 6 weeks chemotherapy", "at least 1 year postmenopausal": what is told of stands right behind."""
        if state := state_behind(self.names.text, end):
            return Event(*state, state[1])
        taken = taken_behind(self.names.text, start, end)
        event = self.events.after(taken) if taken else None
        if event is not None and (how := _WITH.search(self.names.text, event.start + 1, event.end)) is not None:
            event = event._replace(head_end=how.start())  # "1 year of dialysis with heparin"
        return event if concept_in(self.names, event, lasting=True) is not None or last_word(self.names.text, start).startswith(("rec", "comp")) else None

    def lasting(self, quantity: Quantity, span: TimeSpan) -> Quantity:
        """A bare length of time: "for 3 months" is at least so long, other words give it as it is."""
        if span.lead == "for" and _FOR.match(self.names.text, span.start):
            return bound(quantity, "ge")
        return replace(quantity, operator="eq", low_inclusive=True, high_inclusive=True)

    def unbroken(self, quantity: Quantity, target: Target) -> bool:
        """ "No menses in 12 months", "seizure-free for 6 months", "abstinent in the past year": a state that lasted as long at least."""
        entry = self.names.lexicon.measurements.get(target.id or "")
        if entry is None or not entry.timeline or not quantity.is_time or quantity.operator not in (None, "le"):
            return False
        span = next((t for t in self.names.mentions.times if t.quantity.number_start == quantity.number_start), None)
        within = span is not None and span.lead == "within"
        if within != (quantity.operator == "le") or last_word(self.names.text, quantity.start) == "at":
            return False
        named = _LETTERS.findall(self.names.text[target.start : target.end].lower())
        if named and named[-1] in words().lived and quantity.operator is None:
            return True  # "expected to survive 48 hours"
        denied = any(w in words().unbroken for w in (*named, last_word(self.names.text, target.start)))
        return denied or (quantity.operator is None and span is not None and span.lead == "for" and _FOR.match(self.names.text, span.start) is not None)

    def _passing(self, span: TimeSpan) -> tuple[str, list[str]]:
        """The word before a length of time, and those between it and what it is counted from: "been", "elapsed since"."""
        before = last_word(self.names.text, min(span.start, span.quantity.start))
        return before, _LETTERS.findall(self.names.text[span.quantity.end : span.end].lower())

    def _has_passed(self, span: TimeSpan) -> bool:
        """ "4 weeks have elapsed since surgery", "it has been 4 weeks since surgery": at least so long."""
        before, between = self._passing(span)
        return span.trail == "since" and any(w in words().passed or w == "past" for w in (before, *between))

    def _counted_from(self, span: TimeSpan) -> TimeSpan:
        """ "It has been 4 weeks after the last dose", "4 weeks past the last dose" is "since the last dose"."""
        joint = _COUNTED.match(self.names.text, span.quantity.end) if span.trail == "after" else None
        if joint is None or not (self._passing(span)[0] in words().passed or (joint.group("past") and span.anchor == "other") or (joint.group("from") and self._chained(span))):
            return span
        return replace(span, trail="since", anchor=None, end=joint.end())

    def _elapsed(self, span: TimeSpan) -> Event | None:
        """ "With at least a year since last menses", "it has been 4 weeks since surgery": what stands behind "since"."""
        if span.trail != "since":
            return None
        before, between = self._passing(span)
        passed = self._chained(span) or self._is_other(span) or any(w in words().elapsing or w == "past" for w in (before, *between)) or _GAP.search(self.names.text, 0, min(span.start, span.quantity.start))
        event = self.events.after(span.end) if passed else None
        joint = _AND.search(self.names.text, event.start, event.end) if event is not None and _TWO_ENDS.intersection(between) else None
        return event._replace(end=joint.start(), head_end=joint.start()) if event is not None and joint is not None else event

    def _despite(self, span: TimeSpan) -> Event | None:
        """ "Symptoms despite PPI therapy for at least 8 weeks": the therapy lasted so long."""
        start = min(span.start, span.quantity.start)
        if not self.names.text.startswith("for ", start):
            return None
        despite = words().despite.search(self.names.text[max(0, start - _DEMANDED) : start])
        if despite is None:
            return None
        end = start - len(despite.group("more") or "")
        place = trim(self.names.text, end - len(despite.group("what")), end)
        return Event(*place, place[1]) if place else None

    def _post(self, span: TimeSpan) -> Event | None:
        """ "> 6 months post-stroke", "6 months post-onset of stroke", where a comma or nothing stands before: what stands behind "post"."""
        post = _POST.search(self.names.text, span.quantity.end, min(len(self.names.text), span.end + 2))
        before = self.names.text[: min(span.start, span.quantity.start)].rstrip(" (")
        if post is None or (before.strip(" -–•*.0123456789)(") and not before.endswith((",", ";"))):
            return None
        if span.anchor is not None and span.anchor != "other":
            return self.events.after(span.end) if _OF.match(self.names.text, span.end) else None
        event = self.events.after(post.end())
        return event._replace(start=post.start()) if event is not None and post.group().endswith("-") else event

    def _since(self, span: TimeSpan) -> Event | None:
        """ "At least 3 months after amputation", where nothing stands before it: its anchor is the event."""
        if (post := self._post(span)) is not None:
            return post
        opens = not self.names.text[: self._begin(min(span.start, span.quantity.start), span.quantity)].strip(" -–•*.0123456789)(")
        if span.anchor is None or not (opens or self._chained(span) or self._is_other(span)):
            return None
        if span.anchor == "other":
            joint = _COUNTED.match(self.names.text, span.quantity.end)
            return self.events.after(joint.end() if joint else span.end)
        place = trim(self.names.text, span.quantity.end, span.end)
        return Event(*place, place[1]) if place else None

"""Lengths of time: ages, windows on an event, durations."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from limen.criteria import Operator
from limen.mentions import Quantity, TimeSpan
from limen.thresholds.build import Maker, Paired, Target, bound
from limen.thresholds.names import Names
from limen.thresholds.phrases import event_after, event_before, trim, words

AGE_AFTER = re.compile(r"[\s,-]*(?:of\s+age|old|of\s+ages?|in\s+age|age\b|aged)", re.IGNORECASE)
_TO = re.compile(r"\s*(?:-|–|to|through|until|up to)\s*", re.IGNORECASE)
_LAST_NAME = re.compile(r"([^\W\d_]+)\W*$")


@dataclass(slots=True)
class Times:
    """Reads the quantities of time of one clause."""

    names: Names
    maker: Maker

    def says_age(self, quantity: Quantity) -> bool:
        """Whether the comparison's own words speak of age: "12 or older", "under the age of 18"."""
        return bool(words().age_pattern.search(self.names.text, quantity.start, quantity.end))

    def is_age(self, quantity: Quantity, span: TimeSpan | None) -> bool:
        if self.says_age(quantity):
            return not self.other_timeline(quantity)
        following = next((q for q in self.names.mentions.quantities if q.start >= quantity.end), None)
        if following and following.is_time and quantity.operator == "ge" and _TO.fullmatch(self.names.text[quantity.end : following.start]):
            return self.is_age(following, None)
        if AGE_AFTER.match(self.names.text, quantity.end):
            return not self.other_timeline(quantity)
        if span and (span.lead == "within" or span.trail in ("before", "after", "since")):
            return False
        left, _ = self.names.left(quantity)
        if left:
            return left[-1].id == "age"
        if (continued := self.names.continued(quantity)) and continued[0][0].id == "age":
            return True
        return quantity.unit == "a" and quantity.explicit and self.person_beside(quantity)

    def other_timeline(self, quantity: Quantity) -> bool:
        left, _ = self.names.left(quantity)
        return bool(left) and left[-1].id != "age"

    def person_beside(self, quantity: Quantity) -> bool:
        """"adults 18-65 years", or a line that is nothing but a number of years."""
        lead = self.names.text[: quantity.start].rstrip(" ,:(-–•")
        if not lead.strip(" \t-–•*.0123456789)("):
            rest = self.names.text[quantity.end :].strip(" .;,)")
            return not rest or bool(words().person_pattern.match(rest))
        tail = _LAST_NAME.search(lead)
        return bool(tail and tail.group(1).lower() in words().persons)

    def age(self, quantity: Quantity) -> Paired:
        if quantity.operator is None:
            quantity = replace(quantity, operator="eq", low_inclusive=True, high_inclusive=True)
        target = self.age_name(quantity)
        self.names.used.append((quantity, (target,), "or"))
        return self.maker.paired(quantity, (target,), "or", kind="age")

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

    def window(self, span: TimeSpan) -> Paired | None:
        quantity = span.quantity
        if quantity.operator is None:
            operator: Operator = "le" if span.lead != "for" else "ge"
            quantity = bound(quantity, operator)
            span = replace(span, quantity=quantity)
        if not quantity.explicit and span.lead is None and span.trail is None:
            return None
        start = min(quantity.start, span.start)
        event = event_before(self.names.text, start)
        if event is None and span.trail == "after" and span.anchor is not None:
            event = trim(self.names.text, quantity.end, span.end)
        event = event or event_after(self.names.text, span.end)
        target = Target(*(event or (start, start)), self.concept_in(event))
        threshold = self.maker.threshold(quantity, target, kind="window", window=span.window(self.names.text))
        return Paired(quantity.start, quantity.end, (threshold,), time=span)

    def duration(self, span: TimeSpan) -> Paired | None:
        quantity = span.quantity
        if quantity.operator is None:
            if span.lead not in ("for", "after"):
                return None
            quantity = replace(quantity, operator="eq", low_inclusive=True, high_inclusive=True)
        event = event_before(self.names.text, min(span.start, quantity.start)) or event_after(self.names.text, quantity.end)
        target = Target(*(event or (quantity.start, quantity.start)), self.concept_in(event))
        window = span.window(self.names.text) if span.lead else None
        return Paired(quantity.start, quantity.end, (self.maker.threshold(quantity, target, kind="duration", window=window),), time=span)

    def concept_in(self, place: tuple[int, int] | None) -> str | None:
        """The last concept named inside a phrase: the event itself."""
        if place is None:
            return None
        inside = [m for m in (*self.names.mentions.concepts, *self.names.mentions.measured) if place[0] <= m.start and m.end <= place[1]]
        return max(inside, key=lambda m: m.end).ids[0] if inside else None

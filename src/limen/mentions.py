"""What reading finds in a clause and pairing works on: plain values, with offsets into the clause's own text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from limen.criteria import Anchor, Operator, Reference, Relation, Window

MentionKind = Literal["measured", "condition", "drug", "procedure", "demographic"]
Context = Literal["negated", "family", "historical", "hypothetical", "uncertain", "inability"]
TIME_UNITS = frozenset({"a", "mo", "wk", "d", "h", "min"})


class Mention(NamedTuple):
    """A name from the lexicon, or one learned from the text: the ids that claim it, best first.

    `predicted`: the name by itself means percent of predicted.  `ambiguous`: it is also something else.
    """

    start: int
    end: int
    kind: MentionKind
    ids: tuple[str, ...]
    predicted: bool = False
    ambiguous: bool = False
    context: frozenset[Context] = frozenset()


@dataclass(slots=True)
class Quantity:
    """One comparison.  `operator` is None for a bare number; `explicit` says whether the text has a comparator or a range.

    `parted`: it asks for a part of a grade ("stage IIIB", "Child-Pugh B7"), which no number says; `doubt` why its number cannot be what was meant.
    """

    start: int
    end: int
    operator: Operator | None
    low: Decimal | None
    high: Decimal | None
    low_inclusive: bool | None = None
    high_inclusive: bool | None = None
    scale: Decimal = Decimal(1)
    grades: tuple[Decimal, ...] | None = None
    unit: str | None = None
    unit_text: str | None = None
    reference: Reference | None = None
    number_start: int = 0
    number_end: int = 0
    explicit: bool = False
    repaired: str | None = None
    reversed: bool = False
    roman: bool = False
    parted: bool = False
    doubt: str | None = None

    @property
    def is_time(self) -> bool:
        return self.unit in TIME_UNITS


@dataclass(slots=True)
class TimeSpan:
    """A quantity of time with the words around it: `lead` within/for/after, `trail` before/after/of, the anchor.

    `start` and `end` span the words of the window, the quantity's own included.  Up to `aside` the same length is said in other
    words: "(or 5 half-lives, whichever is longer)".
    """

    quantity: Quantity
    lead: str | None
    trail: str | None
    anchor: Anchor | None
    start: int
    end: int
    aside: int = 0

    def window(self, text: str) -> Window:
        """The contract's Window of this span."""
        q = self.quantity
        relation: Relation = "for"
        if self.trail == "after" or self.lead == "after":
            relation = "after"
        elif self.lead == "within" or (self.trail in ("of", "before") and q.operator in ("le", "lt")):
            relation = "within"
        elif self.trail in ("before", "of", "since") and not (self.lead == "for" and self.trail == "before"):
            relation = "before"
        return Window(
            relation=relation, low=q.low, high=q.high, unit=q.unit, anchor=self.anchor, text=text[self.start : self.end]
        )


class Cue(NamedTuple):
    """A context rule's match: its category (EXCEPTION, NEGATED_EXISTENCE ...) and place."""

    category: str
    start: int
    end: int


class Mentions(NamedTuple):
    """Everything that reading found in one clause; `grades` are the places of parts of grades, which no number says."""

    text: str
    measured: tuple[Mention, ...] = ()
    concepts: tuple[Mention, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    times: tuple[TimeSpan, ...] = ()
    cues: tuple[Cue, ...] = ()
    implied: tuple[tuple[int, int, str, Operator], ...] = ()
    grades: tuple[tuple[int, int], ...] = ()

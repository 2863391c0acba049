"""Lists of kinds: "heart disease (angina, arrhythmia)", "heart disease, such as angina or arrhythmia".

Whoever has a kind of a thing has the thing: the name and its kinds are alternatives.  Parts are not kinds: "chemotherapy
including cisplatin" asks for cisplatin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from limen.assembly.coordination import beside_slash, example_at, nouns
from limen.assembly.denials import all_denied, is_denied
from limen.assembly.denials import opened as denied
from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, windowed
from limen.assembly.segments import Cut, between
from limen.assembly.words import Words
from limen.criteria import AllOf, Condition, Exposure, Expression, Not, Threshold, Unread


class Items(Protocol):
    """Reads the lists of a stretch."""

    def __call__(self, start: int, end: int) -> Expression | None: ...


class Kinds:
    """The lists of kinds in one clause; `items` reads what stands in them."""

    def __init__(self, words: Words, items: Items) -> None:
        self.words = words
        self.items = items

    def bracket(self, start: int, end: int) -> Expression | None:
        """A bracket's list of kinds: "(e.g. A, B)", "(A, B or C)"; None for an abbreviation, a place or a method."""
        opened = nouns().kind.match(self.words.text, start, end)
        begin, stop = self.words.trim(opened.end() if opened else start, end)
        denies = self.words.role == "inclusion" and denied(self.words.text, begin, stop) is not None
        named = [m for m in self.words.names(begin, stop) if m.kind != "demographic"]
        if not (named or denies) or self.words.limits(start, end) or ":" in self.words.text[begin:stop] or grammar().evidence.match(self.words.text, begin):
            return None
        cuts = self.listing(begin, stop)
        if not cuts:
            return self.items(begin, stop) if opened or denies else None
        return self._either(begin, stop, cuts)

    def listing(self, start: int, end: int) -> list[Cut]:
        """Every joint of a list that nothing else is said in."""
        kept: list[Cut] = []
        for cut in self.words.layout.joints(start, end):
            if self.words.text[cut.start : cut.end].strip() == "/" and not beside_slash(self.words.text, cut.start, cut.end, self.words.concepts):
                continue
            more = cut.loose or self.words.bears(cut.end, end) or not self.words.bears(start, end)
            if more and self.words.weighty(kept[-1].end if kept else start, cut.start):
                kept.append(cut)
        return kept

    def _either(self, start: int, end: int, cuts: Sequence[Cut]) -> Expression | None:
        """The items of a list of kinds: one of them, or none where the list is denied."""
        stretches = between(start, end, cuts)
        parts = [self.items(*self.words.trim(a, b)) for a, b in stretches]
        known = [p for p in parts if p is not None and not isinstance(p, Unread)]
        return group("and" if known and all(map(is_denied, known)) else "or", parts)

    def inline(self, start: int, end: int) -> Expression | None:
        """ "Heart disease, such as angina or heart failure": the name, and the kinds of it that are named."""
        found = example_at(self.words.text, start, end)
        if found is None or self.words.layout.depth[found[0]] != self.words.layout.depth[start]:
            return None
        left, right = self.words.trim(start, found[0]), self.words.trim(found[1], end)
        general, named = self.words.names(*left), self.words.names(*right)
        joints = self.words.layout.joints(*right)
        if self.words.role == "inclusion" and not (found[2] or (general and general[-1].kind == "condition")):
            return None
        if self.words.role == "inclusion" and any(c.loose for c in joints) and not any(c.join == "or" for c in joints):
            return None  # where the list of kinds ends is not said, and what follows may be asked for by itself
        if self.words.limits(start, end):
            return self._windowed(left, right)
        if not general or not named or general[-1].kind != named[0].kind or "inability" in general[-1].context:
            return None
        before, listed = self.items(*left), self._either(*right, self.listing(*right))
        if isinstance(before, AllOf) and not all_denied(before):
            return group("and", [*before.of[:-1], group("or", [before.of[-1], listed])])  # kinds of the last of several
        parts = [before, listed]
        return group("and" if all(map(all_denied, parts)) else "or", parts)

    def _windowed(self, left: tuple[int, int], right: tuple[int, int]) -> Expression | None:
        """ "Heart disease within 6 months, such as angina or stroke": the window is that of the kinds too."""
        limits = self.words.limits(*left)
        if len(limits) != 1 or limits[0].time is None or limits[0].time.lead != "within" or self.words.limits(*right):
            return None
        before = self.items(*left)
        window = before.of if isinstance(before, Not) else before
        if not isinstance(window, Threshold) or window.kind != "window":
            return None
        timed: list[Expression | None] = []
        for index, (start, end) in enumerate(between(*right, self.listing(*right))):
            part = self.items(*self.words.trim(start, end))
            opens = index > 0 and grammar().opening.match(self.words.text, start, end)
            if opens or not isinstance(part, (Condition, Exposure, Unread)) or (is_denied(part) and before is window):
                return None  # the kinds end somewhere before, and what follows may be excluded at any time
            made = windowed(part, window)
            timed.append(made if before is window or isinstance(made, Not) else Not(of=made))
        return group("or" if before is window else "and", [before, *timed])

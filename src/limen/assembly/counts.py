"""So many of a list: "at least 2 of the following: A, B, C", "two or more risk factors (A, B, C)", "one or more of A, B and C"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from limen.assembly.denials import all_denied, opened
from limen.assembly.grammar import grammar
from limen.assembly.kinds import Kinds
from limen.assembly.leaves import group, is_light, one_way, under_window
from limen.assembly.segments import Cut, between
from limen.assembly.shared import closed, shared_by_all
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, AtLeast, Expression, IfThen, Not, Threshold, Unread, leaves
from limen.lexicon.counted import LEAST, SOME, WITH, counted, number_of
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

_SAYS = re.compile(r"(?:on|with|who|without|no|not|never|taking|receiving|treated|using|currently|must|is|are|has|have)\b", re.IGNORECASE)
_UP_TO = r"(?:\s*(?:or|to|[-–])\s*(?:two|three|four|five|six|\d|all)(?=\s+(?:out\s+)?of\b))?"  # "two or three of": two are enough
_COUNT = (
    rf"{WITH}{LEAST}\b(?P<count>one|two|three|four|five|six|\d|any|all|both|each|either)(?:/\d|\s*\(\d\))?(?P<more>\s+or\s+(?:more|both))?{_UP_TO}\s+(?:(?:out\s+)?of|among|from)\b\s*"
)
COUNTED = re.compile(rf"{_COUNT}(?:(?:the|these|those|any|following|below|listed|{SOME})\b[^:;.,]{{0,100}}?)?(?::|\s[-–]\s)\s*", re.IGNORECASE)
_LEAD = re.compile(rf"{_COUNT}(?:(?:the|these|those|any|{SOME})\b[^:;.,]{{0,100}})?\W*$", re.IGNORECASE)
_OF_LIST = re.compile(_COUNT + r"(?!(?:the|these|those|them|which|whom|following|below|listed)\b)(?=[^\W\d_])", re.IGNORECASE)
_EXAMPLES = re.compile(r"\s*(?:e\.?g\b|such\s+as|for\s+example|including|like|see\b)", re.IGNORECASE)
_SOME_OF = re.compile(r"(?<!one or )(?<!one to )(?<!1 or )(?:\bat\s+least\s+)?\b(?:two|three|four|five|six|[2-6])(?:\s*\(\d\))?(?:\s+or\s+more)?\s+(?:out\s+)?of\s+(?:the|these|those|following)\b", re.IGNORECASE)
_BESIDE = re.compile(r"(?:,\s*and|,?\s*\b(?<!\bone\s)(?<!\btwo\s)(?<!\bthree\s)(?<!\d\s)(?:and\s?/\s?)?or)\s*$", re.IGNORECASE)
_JOINED = re.compile(r"\b(?:and|plus|with)\s*$", re.IGNORECASE)
_ANDS = re.compile(r"\band\b", re.IGNORECASE)
_AND = re.compile(r"and\s", re.IGNORECASE)
_OPENS = ":(["
_FOLLOWING = re.compile(r"(?<=\bor\s)(?:any\s)?(?:the\s+)?following\b[^:;.,]{0,100}\W*$", re.IGNORECASE)
_PERSONS = re.compile(r"\W*and\s+(?=(?:any\s+)?(?:persons|patients|subjects|participants|individuals|people|those)\s+(?:who|with)\b)", re.IGNORECASE)
_NEAR = 60  # characters in which a denial may stand before a count
_ITEM = 8  # words of an item in a list behind "of"


class Lists(Protocol):
    """What the counts ask of the lists around them."""

    def stretch(self, start: int, end: int) -> Expression | None: ...
    def items(self, start: int, end: int) -> Expression | None: ...
    @property
    def kinds(self) -> Kinds: ...


@cache
def _bounds() -> tuple[Scanner, Scanner]:
    table = read_toml(data("logic.toml"))["counts"]
    between = rf"(?:\s+(?:{alternation(table['between'])})){{0,4}}\s*$"
    denials, ceilings = (alternation(table[name]).replace("'", "['’]") for name in ("denials", "ceilings"))
    return Scanner(rf"(?:{denials}){between}"), Scanner(rf"(?:{ceilings}){between}")


def is_capped(text: str, start: int, place: int) -> bool:
    """Whether the count at a place is denied or a ceiling: "no more than two of", "does not meet two of"."""
    return any(bound.search(text, max(start, place - _NEAR), place) for bound in _bounds())


def counting_lead(text: str, start: int, end: int) -> re.Match[str] | None:
    """The last words of a lead that count its list: "at least two of the following", "one or more risk factors:"."""
    if (found := _LEAD.search(text, start, end)) is not None or not text.endswith(":") or text[end:].strip(": "):
        return found
    named = next((m for m in counted().finditer(text, start) if m.end() == len(text) and (m["least"] or m["more"])), None)
    return named if named is not None and named["opens"] == ":" else None


def caps_list(lead: str) -> bool:
    """Whether a lead's last words deny or cap how many of its list are asked for."""
    counting = counting_lead(lead, 0, len(lead))
    return counting is not None and is_capped(lead, 0, counting.start())


def set_beside(lead: str) -> bool:
    """Whether the counted list of an exclusion's lead stands beside what the lead names: "Heart disease, and (or) any of the following:"."""
    counting = counting_lead(lead, 0, len(lead)) or _FOLLOWING.search(lead)
    return counting is not None and _BESIDE.search(lead, 0, counting.start()) is not None


def joined_at(text: str, start: int, end: int) -> int:
    """Where the words before a counted list end that join it to them: " or" of "heart disease or any of the following"."""
    beside = _BESIDE.search(text, start, end)
    return beside.start() if beside else end


@cache
def _another_way() -> Scanner:
    return Scanner(rf",?\s*(?<!\bone )(?<!\btwo )(?<!\bthree )(?<!\d )\b(?:and\s?/\s?)?or(?:\s+(?:{alternation(read_toml(data('logic.toml'))['counts']['taking'])})){{0,6}}\s*$")


def other_way(text: str, start: int, end: int) -> int | None:
    """Where the words before a counted list end that it is an alternative to: "sterile or agree to use" one of the following."""
    met = _another_way().search(text, max(start, end - _NEAR), end)
    return met.start() if met is not None else None


def as_other_way(own: Expression, listed: Expression, said: str) -> Expression:
    """A list that is an alternative to what was said before it: to all of it, or behind "and" to its last part."""
    if isinstance(own, IfThen):
        return IfThen(when=own.when, then=as_other_way(own.then, listed, said))
    times = all(isinstance(leaf, Threshold) and leaf.kind in ("window", "duration") for leaf in leaves(own))
    parts = own.of if isinstance(own, (AllOf, AnyOf)) and not times else (own,)
    ways = [p for p in parts if not (isinstance(p, Unread) and _another_way().match(f"or {p.text}"))]  # "agree to use"
    asked = ways[:-1] if isinstance(own, AllOf) and _ANDS.search(said) else []
    made = group("and", [*asked, group("or", [*ways[len(asked) :], listed])])
    assert made is not None
    return made


def _counted(text: str, start: int, end: int) -> re.Match[str] | None:
    """Where a count of a list ends with a colon or a dash."""
    return COUNTED.search(text, start, end) if any(text.find(mark, start, end) >= 0 for mark in (":", " - ", " – ")) else None


def speaks_of_count(text: str) -> bool:
    """Whether a text may count the things of a list."""
    return _counted(text, 0, len(text)) is not None or (any(mark in text for mark in _OPENS) and counted().search(text) is not None)


def uncounted(text: str, made: Expression) -> Expression:
    """An inclusion's alternatives behind a count that nobody read, with that count beside them: one of them is not enough."""
    if not isinstance(made, AnyOf) or any(isinstance(part, AtLeast) for part in made.of):
        return made
    place = _SOME_OF.search(text)
    if place is None:
        return made
    return AllOf(of=(Unread(text=place.group(), start=place.start(), end=place.end(), confidence=0.0), made))


class Counts:
    """Reads the counted lists of one clause."""

    def __init__(self, words: Words, lists: Lists) -> None:
        self.words = words
        self.lists = lists

    def parts(self, pieces: Sequence[tuple[int, int]]) -> bool:
        """Whether the first of several parts counts them all: "Two of the following: A; B; C"."""
        semicolons = all(self.words.text[b:c].strip() == ";" for (_, b), (c, _) in zip(pieces, pieces[1:]))
        return semicolons and COUNTED.search(self.words.text, *pieces[0]) is not None

    def read(self, start: int, end: int) -> Expression | None:
        """The counted list of one sentence, with what stands before it."""
        match = _counted(self.words.text, start, end)
        if match is not None and self._open(match, start):
            stop = self._stop(match.end(), end)
            made = self._made(match, start, stop, self._timed(match, self._items(*self.words.trim(match.end(), stop))))
            others = self.words.role == "exclusion" and _PERSONS.match(self.words.text, stop, end)  # "...; and patients who had a stroke"
            return group("or" if others else "and", [made, self.lists.stretch(others.end() if others else stop, end)]) if made is not None else None
        if not self.words.mentions.quantities and "or both of" not in self.words.text and "any of " not in self.words.text:
            return None
        return self._named(start, end) or self._of_list(start, end)

    def _open(self, match: re.Match[str], start: int) -> bool:
        return self.words.layout.depth[match.start()] == self.words.layout.depth[start]

    def _named(self, start: int, end: int) -> Expression | None:
        """ "At least two risk factors: A, B or C", "two or more risk factors (A, B, C)"; examples are not all of the list."""
        marked = any(self.words.text.find(mark, start, end) >= 0 for mark in _OPENS)
        match = counted().search(self.words.text, start, end) if marked else None
        if match is None or not self._open(match, start) or not (match.group("least") or match.group("more")):
            return None
        stop = end
        if match.group("opens") != ":":
            inside = self.words.layout.depth[match.end("opens")]
            stop = next((i for i in range(match.end(), end) if self.words.layout.depth[i] < inside), end)
        if _EXAMPLES.match(self.words.text, match.end(), stop) or self.words.weighty(stop, end):
            return None
        return self._made(match, start, end, self._items(*self.words.trim(match.end(), stop)))

    def _of_list(self, start: int, end: int) -> Expression | None:
        """ "At least two of A, B and C": a plain list whose last joint closes it, with nothing denied and no limit in it."""
        match = _OF_LIST.search(self.words.text, start, end) if " of " in self.words.text else None
        if match is None or not self._open(match, start) or not (match.group("least") or match.group("more") or match.group("count").lower() in ("one", "any")):
            return None
        begin, stop = self.words.trim(match.end(), end)
        if (further := self._further(begin, stop)) is not None:
            listed = self._of_list(start, further.start)
            return group("and", [listed, self.lists.stretch(further.end, end)]) if listed is not None else None
        cuts = self.lists.kinds.listing(begin, stop)
        if not cuts or any(c.join != "comma" for c in cuts[:-1]) or self.words.limits(begin, stop):
            return None
        stretches = [self.words.trim(a, b) for a, b in between(begin, stop, cuts)]
        if any(_SAYS.match(self.words.text, a, b) for a, b in stretches[1:]) or (cuts[-1].join == "comma" and not self._bare(start, match.start(), stretches)):
            return None
        parts = [self.lists.items(a, b) for a, b in stretches]
        plain = all(self.words.weighty(a, b) and len(self.words.text[a:b].split()) <= _ITEM for a, b in stretches)
        if not plain or any(p is None or all_denied(p) for p in parts):
            return None
        return self._made(match, start, end, [p for p in parts if p is not None])

    def _further(self, start: int, end: int) -> Cut | None:
        """The ", and" behind the last of an inclusion's list: "one of A, B and C, and age > 40"."""
        cuts = self.lists.kinds.listing(start, end) if self.words.role == "inclusion" else []
        last = next((i for i, c in enumerate(cuts) if c.join != "comma"), len(cuts))
        behind = cuts[last + 1 : last + 2]
        return behind[0] if behind and behind[0].join == "and" and behind[0].loose else None

    def _bare(self, start: int, place: int, stretches: Sequence[tuple[int, int]]) -> bool:
        """Whether commas alone may close a list: a count at its head, or in an inclusion behind "and", and names of one kind that open each item."""
        first = [next((m for m in self.words.names(a, b)), None) for a, b in stretches]
        opens = is_light(self.words.text[start:place]) or (self.words.role == "inclusion" and _JOINED.search(self.words.text, start, place))
        return bool(opens) and all(m is not None and m.start == a for m, (a, _) in zip(first, stretches)) and len({m.kind for m in first if m}) == 1

    def _stop(self, start: int, end: int) -> int:
        """Where a counted list ends that "and" follows: "one of: A or B; and L", "one of: A or B, and L"."""
        pieces = self.words.layout.sentences(start, end)
        if len(pieces) > 1:
            behind = len(pieces) == 2 and _AND.match(self.words.text, pieces[1][0]) and self.words.layout.joints(*pieces[0])
            return pieces[0][1] if behind else end
        if (further := self._further(start, end)) is not None:
            return further.start
        cuts = self.words.layout.joints(start, end)
        cut = closed(self.words, cuts) or shared_by_all(self.words, cuts, start, end)
        either = [c for c in cuts if c.join in ("or", "either")]
        if cut is not None and cut.join == "comma" and all(self._goes_on(a, b) for a, b in between(cut.end, end, [c for c in cuts if c.start >= cut.end])):
            return end  # "A > 1, B > 2 or C > 3, D > 4" are four, and "gout, asthma or fever, lupus" too
        return cut.start if cut is not None and all(c.end <= cut.start for c in either) else end

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether a stretch behind the "or" of a list is one more of its things: a limit, or a bare name."""
        if self.words.layout.relative_at(start) is not None:
            return False
        named = self.words.names(start, end)
        bare = len(named) == 1 and is_light(self.words.text[start : named[0].start] + self.words.text[named[0].end : end])
        return bare or (bool(limits := self.words.limits(start, end)) and all(p.time is None for p in limits))

    def _items(self, start: int, end: int) -> Sequence[Expression]:
        """What is counted: the parts that semicolons part, else the items of a list."""
        parts = [self.lists.stretch(a, b) for a, b in self.words.layout.sentences(start, end)]
        if len(parts) > 1:
            return [p for p in parts if p is not None]
        cuts = self.words.layout.joints(start, end)
        commas = [c for c in cuts if c.loose]
        if commas and any(c.join == "or" and c.start < commas[-1].start for c in cuts):  # "gout, asthma or fever, lupus"
            return [p for a, b in between(start, end, commas) if (p := self.lists.items(*self.words.trim(a, b))) is not None]
        below = self.lists.items(start, end)
        if isinstance(below, (AllOf, AnyOf)):
            return below.of
        listed = [self.lists.items(*self.words.trim(a, b)) for a, b in between(start, end, self.lists.kinds.listing(start, end))]
        return [p for p in listed if p is not None]

    def _timed(self, match: re.Match[str], below: Sequence[Expression]) -> Sequence[Expression]:
        """The items under the window that their lead states: "at least one of the following within 6 months: A, B"."""
        window = next((p.thresholds[0] for p in self.words.limits(match.start(), match.end()) if p.time is not None and p.time.lead == "within"), None)
        return below if window is None else [under_window(p, window) for p in below]

    def _led(self, match: re.Match[str], start: int) -> Threshold | None:
        """The window before a list whose event is the first of the list: "received within 4 weeks any of A, B or C"."""
        timed = [t for p in self.words.limits(start, match.start()) if p.time is not None and p.time.lead == "within" for t in p.thresholds]
        one = len(timed) == 1 and timed[0].concept_start is not None and timed[0].concept_start >= match.end()
        return timed[0] if one and self._only_opens(start, timed[0].start) and is_light(self.words.text[timed[0].end : match.start()]) else None

    def _made(self, match: re.Match[str], start: int, end: int, below: Sequence[Expression]) -> Expression | None:
        if len(below) < 2:
            return None
        word = match.group("count").lower()
        if (window := self._led(match, start)) is not None:
            return self._made(match, match.start(), end, [under_window(p, window) for p in below])
        if is_capped(self.words.text, start, match.start()):
            return self._denied(word, start, match.start(), end, below)
        if word in ("any", "one") and all(map(all_denied, below)) and opened(self.words.text, start, match.start()) is not None:
            return AllOf(of=tuple(below))  # "no history or diagnosis of any of these: A, B"
        count = number_of(word)
        ways = tuple(one_way(p) for p in below)
        listed: Expression = AtLeast(count=count, of=ways) if count and 1 < count <= len(below) else AnyOf(of=ways)
        if word in ("all", "both", "each") or (count and count > len(below) and self.words.role == "inclusion"):
            listed = AllOf(of=tuple(below))
        if self.words.role == "inclusion" and (way := other_way(self.words.text, start, match.start())) is not None and (own := self.lists.stretch(start, way)) is not None:
            return as_other_way(own, listed, self.words.text[start:way])
        place = joined_at(self.words.text, start, match.start())
        either = isinstance(listed, AnyOf) or self.words.text[place : match.start()].strip().lower().endswith("or")
        beside = place < match.start() and self.words.role == "exclusion" and either
        lead = None if self._only_opens(start, match.start()) else self.lists.stretch(start, place if beside else match.start())
        return group("or" if beside else "and", [lead, listed])

    def _only_opens(self, start: int, end: int) -> bool:
        """Whether the words before a counted list only open it: "use of" any of the following."""
        said = self.words.text[start:end].strip()
        heads = [grammar().list_head.match(f"{said} {of}") for of in ("", "with ", "of ")]
        return any(head is not None and head.end() >= len(said) for head in heads)

    def _denied(self, word: str, start: int, place: int, end: int, below: Sequence[Expression]) -> Expression | None:
        """ "Does not have any of these: A, B": none of them.  What other denied counts and ceilings ask is left to a person."""
        parts = [Not(of=part) if isinstance(part, Unread) else part for part in below]
        if word in ("any", "one") and not _bounds()[1].search(self.words.text, start, place) and all(map(all_denied, parts)):
            return AllOf(of=tuple(parts))
        start, end = self.words.trim(start, end)
        return Unread(text=self.words.text[start:end], start=start, end=end, confidence=0.0)

"""The tree of one clause and of what stands below it.

How a clinician reads a list: in an exclusion any item excludes; in an inclusion every item is asked for, unless the text
says "one of", or reading "and" would make one of the items pointless (two limits of one measurement on the same side).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, Protocol, cast

from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, is_light, is_negated, of_mention, of_pair, statistic_near, trim, unread
from limen.assembly.segments import Cut, Layout
from limen.assembly.walk import map_thresholds, shift
from limen.criteria import (
    AllOf,
    Anchor,
    AnyOf,
    AtLeast,
    Condition,
    Exposure,
    Expression,
    IfThen,
    Not,
    Threshold,
    Unless,
    Unread,
    Window,
    thresholds,
)
from limen.lexicon.patterns import Scanner
from limen.mentions import Mention, Mentions
from limen.thresholds import Paired

ListRole = Literal["inclusion", "exclusion"]
_LABEL = re.compile(r"\s*[^\W\d_][^:;,.()\d<>=≥≤]{2,45}:\s+(?=\S)")
_AT = Scanner(
    r"at(?<!\wat)\s+(?:the\s+)?(?:time\s+of\s+)?(screening|enrol?lment|baseline|randomi[sz]ation|study\s+entry|inclusion|consent)\b"
)
_AT_ANCHORS = {"screening": "screening", "consent": "consent", "randomization": "randomisation", "randomisation": "randomisation"}
_PARENTHESIS = re.compile(r"[(\[]")
_REFERS = re.compile(r"\b(?:following|these|below|listed)\b", re.IGNORECASE)
_SEXES = ("male", "female")
CONSENT = "informed_consent"


class Item(Protocol):
    """What assembly needs of a clause of the outline."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def children(self) -> Sequence[Item]: ...
    @property
    def logic(self) -> str | None: ...
    @property
    def count(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Read:
    """A clause's own words as read: mentions and pairs, with offsets into those words."""

    mentions: Mentions
    pairs: tuple[Paired, ...]


class Reader(Protocol):
    """Reads a clause's own words."""

    def __call__(self, item: Item) -> Read: ...


def assemble(item: Item, role: ListRole, read: Reader, *, listed: bool = False) -> Expression | None:
    """The tree of a clause with everything below it, with offsets into the trial's text; None when no word has weight."""
    words = read(item)
    builder = _Builder(words, role, lead=bool(item.children), listed=listed)
    own = shift(builder.build(), item.start)
    if not item.children:
        return own
    refers = bool(_REFERS.search(words.mentions.text))
    below = [assemble(child, role, read, listed=refers) for child in item.children]
    shared = builder.shared_windows(item.start)
    if shared:
        below = [_with_window(part, shared) if part is not None else None for part in below]
    return _with_lead(own, _below(item, role, below), words.mentions.text, role)


def limits(item: Item, role: ListRole, read: Reader) -> Expression | None:
    """The limits of a clause alone, for when nobody asks for its conditions: the same thresholds that `assemble` gives."""
    if item.children:
        return assemble(item, role, read)
    words = read(item)
    if len(words.pairs) != 1:
        return assemble(item, role, read) if words.pairs else None
    text = words.mentions.text
    plain = not _AT.search(text) and not grammar().statistic.search(text)
    if plain and not any(CONSENT in m.ids for m in words.mentions.concepts):
        return shift(of_pair(words.pairs[0]), item.start)
    return assemble(item, role, read)


def _below(item: Item, role: ListRole, parts: Sequence[Expression | None]) -> Expression | None:
    kept = [p for p in parts if p is not None]
    if item.logic == "at_least" and item.count and len(kept) >= item.count:
        return AtLeast(count=item.count, of=tuple(kept))
    if item.logic == "any":
        return group("or", kept)
    if item.logic == "all":
        return group("and", kept)
    if role == "exclusion" or _redundant(kept):
        return group("or", kept)
    return group("and", kept)


def _with_lead(own: Expression | None, below: Expression | None, lead: str, role: ListRole) -> Expression | None:
    if own is None or below is None:
        return own or below
    if grammar().defined.search(lead) and not any(True for _ in thresholds(own)):
        return below
    if grammar().kinds.search(lead):
        return group("or", [own, below]) if role == "exclusion" else group("and", [own, below])
    if role == "exclusion" and isinstance(own, Unread) and lead.rstrip().endswith((":", ",")):
        return group("or", [below]) if is_light(own.text) else group("and", [own, below])
    return group("and", [own, below])


def _redundant(parts: Sequence[Expression]) -> bool:
    """Whether "and" would make a part pointless: the same measurement limited twice on the same side."""
    if len(parts) < 2:
        return False
    seen: dict[tuple[str | None, str | None, bool], int] = {}
    for index, part in enumerate(parts):
        for threshold in _required(part):
            if threshold.concept is None or threshold.kind in ("window", "duration"):
                continue
            side = (threshold.concept, threshold.reference, threshold.low is not None)
            if threshold.operator in ("ge", "gt", "le", "lt") and seen.setdefault(side, index) != index:
                return True
    return False


def _required(expression: Expression) -> list[Threshold]:
    """The thresholds that a tree asks for on every path."""
    if isinstance(expression, Threshold):
        return [expression]
    if isinstance(expression, AllOf):
        return [t for part in expression.of for t in _required(part)]
    return []


class _Builder:
    """One clause's own words."""

    def __init__(self, read: Read, role: ListRole, *, lead: bool, listed: bool) -> None:
        self.mentions = read.mentions
        self.text = read.mentions.text
        self.role = role
        self.pairs = [p for p in read.pairs if p.thresholds]
        self.layout = Layout(read.mentions, read.pairs)
        self.lead = lead
        self.listed = listed
        self.shared: list[Paired] = []
        targets = [(t.concept_start, t.concept_end) for p in self.pairs for t in p.thresholds if t.kind not in ("window", "duration")]
        self.named = [(a, b) for a, b in targets if a is not None and b is not None]
        self.concepts = [m for m in self.mentions.concepts if not any(a < m.end and m.start < b for a, b in self._limit_names())]

    def _limit_names(self) -> list[tuple[int, int]]:
        return [*self.named, *((p.start, p.end) for p in self.pairs)]

    def build(self) -> Expression | None:
        start, end = self._trim(0, len(self.text))
        if match := _LABEL.match(self.text, start, end):
            start = match.end()
        if self._is_consent_rule():
            return Condition(concept=CONSENT, text=self.text[start:end], start=start, end=end, confidence=0.8)
        expression = self._sentences(start, end)
        return self._attach_at(expression) if expression is not None else None

    def shared_windows(self, offset: int) -> list[Threshold]:
        """Windows of a lead that mean the items below it: "any of the following within 30 days"."""
        found = (shift(p.thresholds[0], offset) for p in self.shared)
        return [t for t in found if isinstance(t, Threshold)]

    # ---- sentences, exceptions, guards

    def _is_consent_rule(self) -> bool:
        """A rule of who signs at which age: it mentions consent, and its only limits are ages."""
        if not any(CONSENT in m.ids for m in self.concepts) or not self.pairs:
            return False
        kinds = {t.kind for p in self.pairs for t in p.thresholds}
        return kinds == {"age"} and bool(grammar().guard_prefix.match(self.text))

    def _sentences(self, start: int, end: int, join: str | None = None) -> Expression | None:
        join = join or self._default()
        parts: list[Expression | None] = []
        for a, b in self.layout.sentences(start, end):
            lifted = self._cue_at(a, b)
            if lifted is not None and parts:
                exception = self._stretch(lifted, b)
                before = group(join, parts)
                parts = [Unless(requirement=before, exception=exception)] if before is not None and exception is not None else [before or exception]
                continue
            parts.append(self._guarded(a, b))
        return group(join, parts)

    def _default(self) -> str:
        return "or" if self.role == "exclusion" else "and"

    def _cue_at(self, start: int, end: int) -> int | None:
        """Where the words go on behind an exception cue that opens a sentence."""
        for cue in self.mentions.cues:
            if cue.category == "EXCEPTION" and start <= cue.start <= start + 2 and cue.end < end:
                return cue.end
        return None

    def _guarded(self, start: int, end: int) -> Expression | None:
        """ "For female patients of childbearing potential, ...": a guard, a comma, and what it asks for."""
        match = grammar().guard_prefix.match(self.text, start, end)
        comma = next((c for c in self.layout.joints(start, end) if c.join == "comma"), None) if match else None
        if match and comma and comma.end < end:
            inside = [m for m in self.concepts if match.end() <= m.start and m.end <= comma.start]
            if inside or any(match.end() <= p.start < comma.start for p in self.pairs):
                when = self._stretch(match.end(), comma.start)
                then = self._stretch(comma.end, end)
                if when is not None and then is not None:
                    return IfThen(when=when, then=then)
        return self._stretch(start, end)

    def _stretch(self, start: int, end: int) -> Expression | None:
        """A sentence or a part of one: its exceptions, then its lists."""
        start, end = self._trim(start, end)
        if start >= end:
            return None
        cue = next((c for c in self.mentions.cues if c.category == "EXCEPTION" and start < c.start and c.end < end and self._open(c.start, start)), None)
        if cue is not None and not any(p.start <= cue.start < p.end for p in self.pairs):
            return self._excepted(start, cue.start, cue.end, end)
        return self._list(start, end)

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        """The stretch without the punctuation at its edges, but with the whole of its limits ("=38 ?")."""
        a, b = trim(self.text, start, end)
        inside = [p for p in self.pairs if start <= p.start and p.end <= end]
        return min([a, *(p.start for p in inside)]), max([b, *(p.end for p in inside)])

    def _open(self, position: int, start: int) -> bool:
        return self.layout.depth[position] == self.layout.depth[start] and not self.layout.kept[position]

    def _excepted(self, start: int, cue_start: int, cue_end: int, end: int) -> Expression | None:
        """An exception lifts the item right before it, or the whole when it is set off as "unless" and "however" are."""
        whole = self.text[cue_start:cue_end].lower() in ("unless", "however")
        cuts = [c for c in self.layout.joints(start, cue_start) if c.loose or c.join == "or"] if not whole else []
        last = cuts[-1] if cuts and self.text[cuts[-1].end : cue_start].strip(" ,") else None
        head = self._stretch(start, last.start) if last else None
        requirement = self._stretch(last.end if last else start, cue_start)
        exception = self._stretch(cue_end, end)
        if requirement is None or exception is None:
            return group(self._default(), [head, requirement, exception])
        lifted = Unless(requirement=requirement, exception=exception)
        return group("or" if self.role == "exclusion" or (last and last.join == "or") else "and", [head, lifted])

    # ---- lists

    def _list(self, start: int, end: int) -> Expression | None:
        cuts = self._useful(start, end, self.layout.joints(start, end))
        if not cuts:
            return self._related(start, end)
        loose = [c for c in cuts if c.loose]
        if loose:
            return self._split(start, end, loose)
        for join in ("or", "and", "either"):
            chosen = [c for c in cuts if c.join == join]
            if chosen:
                return self._split(start, end, chosen)
        return self._related(start, end)

    def _split(self, start: int, end: int, cuts: Sequence[Cut]) -> Expression | None:
        kind = self._kind(cuts, start, end)
        if kind == "mixed":
            cuts = [c for c in cuts if c.join in ("or", "either")]
            kind = "or"
        bounds = [start, *(x for c in cuts for x in (c.start, c.end)), end]
        stretches = list(zip(bounds[::2], bounds[1::2]))
        parts = [self._list(*self._trim(a, b)) if a < b else None for a, b in stretches]
        if kind == "or" and self._negated_list(stretches):
            kind = "and"
        return group(kind, parts)

    def _kind(self, cuts: Sequence[Cut], start: int, end: int) -> str:
        """What a list's commas mean: what its last joint says, else what the role says."""
        said = {"or" if c.join == "either" else c.join for c in cuts} - {"comma"}
        commas = any(c.join == "comma" for c in cuts)
        if self.role == "exclusion" and said == {"and"} and (commas or self._people(cuts, start, end)):
            return "or"
        if said == {"and", "or"}:
            return "or" if self.role == "exclusion" else "mixed"
        if said:
            return said.pop()
        return self._default()

    def _people(self, cuts: Sequence[Cut], start: int, end: int) -> bool:
        """ "Pregnant and lactating women", "hepatitis B and C", "patients who ..., and patients who ...": either excludes."""
        if any(c.loose for c in cuts):
            return True
        inside = [m for m in self.concepts if start <= m.start < end]
        limits = [p for p in self.pairs if start <= p.start < end]
        return not limits and len(inside) >= 2 and len({m.kind for m in inside}) == 1

    def _negated_list(self, stretches: Sequence[tuple[int, int]]) -> bool:
        """ "no A, B or C": one negation over a list denies every item."""
        marks = [[m for m in self.concepts if a <= m.start < b] for a, b in stretches]
        return sum(bool(ms) and all("negated" in m.context for m in ms) for ms in marks) == len([ms for ms in marks if ms]) >= 2

    def _useful(self, start: int, end: int, cuts: Sequence[Cut]) -> list[Cut]:
        """The cuts that part two things: a stretch without anything read stays with its neighbour, unless commas list it."""
        kept: list[Cut] = []
        bounds = [start, *(x for c in cuts for x in (c.start, c.end)), end]
        stretches = list(zip(bounds[::2], bounds[1::2]))
        whole = self._bears(start, end)
        for index, cut in enumerate(cuts):
            left = (kept[-1].end if kept else start, cut.start)
            right = stretches[index + 1] if cut.loose else (cut.end, end)
            if self._bears(*left) and self._bears(*right):
                kept.append(cut)
            elif cut.loose and (whole or self.listed) and self._weighty(*left) and self._weighty(*right):
                kept.append(cut)
            elif cut.loose and cut.join != "comma" and self._clause_like(*left) and self._clause_like(*right):
                kept.append(cut)
        return kept

    def _bears(self, start: int, end: int) -> bool:
        return any(start <= m.start and m.end <= end for m in self.concepts) or any(
            start <= p.start and p.end <= end for p in self.pairs
        ) or any(start <= m.start and m.end <= end for m in self.mentions.measured)

    def _weighty(self, start: int, end: int) -> bool:
        return start < end and not is_light(self.text[start:end])

    def _clause_like(self, start: int, end: int) -> bool:
        return len(self.text[start:end].split()) >= 4

    def _related(self, start: int, end: int) -> Expression | None:
        """ "mRSS above 20 with ESR above 25", "aged 16 to 64 who have SSc with ECOG 0-2": limits that relatives join."""
        for cut in self.layout.relatives(start, end):
            left = [p for p in self.pairs if start <= p.start and p.end <= cut.start]
            right = [p for p in self.pairs if cut.end <= p.start and p.end <= end]
            names_left = [m for m in self.concepts if start <= m.start and m.end <= cut.start]
            names_right = [m for m in self.concepts if cut.end <= m.start and m.end <= end]
            if (left and (right or names_right)) or (names_left and right):
                return group("and", [self._list(start, cut.start), self._list(cut.end, end)])
        return self._atom(start, end)

    # ---- one stretch

    def _atom(self, start: int, end: int) -> Expression | None:
        inner = self._brackets(start, end)
        limits = [p for p in self.pairs if start <= p.start and p.end <= end]
        outside = [p for p in limits if self.layout.depth[p.start] == self.layout.depth[start]]
        names = [m for m in self.concepts if start <= m.start and m.end <= end]
        names_outside = [m for m in names if self.layout.depth[m.start] == self.layout.depth[start]]
        if limits and not outside and inner:
            return self._defined(start, end, inner, names_outside)
        if outside:
            return self._limits(start, end, outside, names_outside, inner)
        if lifted := self._lifted(start, end, inner):
            return lifted
        if names_outside:
            return of_mention(self.text, self._main(names_outside), start, end)
        if names:
            return of_mention(self.text, self._main(names), start, end)
        measured = [m for m in self.mentions.measured if start <= m.start and m.end <= end]
        if measured and (qualified := self._qualitative(start, end, measured[0])):
            return qualified
        return unread(self.text, start, end)

    def _lifted(self, start: int, end: int, inner: Sequence[tuple[int, int]]) -> Expression | None:
        """An exception in brackets: "another trial (however, the investigator may decide)"."""
        for a, b in inner:
            cue_end = self._cue_at(a, b)
            if cue_end is None:
                continue
            requirement, exception = self._list(start, a - 1), self._stretch(cue_end, b)
            if requirement is not None and exception is not None:
                return Unless(requirement=requirement, exception=exception)
        return None

    def _brackets(self, start: int, end: int) -> list[tuple[int, int]]:
        """The contents of a stretch's top-level brackets."""
        inner: list[tuple[int, int]] = []
        if "(" not in self.text and "[" not in self.text:
            return inner
        base = self.layout.depth[start]
        opened: int | None = None
        for i in range(start, end):
            depth = self.layout.depth[i]
            if opened is None and depth > base:
                opened = i
            elif opened is not None and depth <= base:
                inner.append((opened, i))
                opened = None
        if opened is not None:
            inner.append((opened, end))
        return inner

    def _defined(self, start: int, end: int, inner: Sequence[tuple[int, int]], names: Sequence[Mention]) -> Expression | None:
        """A limit in brackets behind a name defines it: "renal dysfunction (serum creatinine ≥ 2 mg/dL)"."""
        parts = [self._sentences(a, b, "and") for a, b in inner if any(a <= p.start and p.end <= b for p in self.pairs)]
        defined = group("and", parts)
        if names or defined is None:
            return defined
        before = unread(self.text, start, inner[0][0] - 1)
        return group("and", [before, defined]) if before is not None and len(before.text.split()) > 4 else defined

    def _main(self, names: Sequence[Mention]) -> Mention:
        """The name that a stretch is about: a condition before a drug, the first of its kind."""
        return min(names, key=lambda m: (m.ids[0] in _SEXES, m.kind == "demographic", m.start))

    def _qualitative(self, start: int, end: int, mention: Mention) -> Expression | None:
        """ "elevated serum creatinine": a measured thing with a word for high or low, as a condition by its own words."""
        a, b = trim(self.text, start, end)
        return Condition(concept=None, text=self.text[a:b], start=a, end=b, confidence=0.5) if a < b else None

    def _limits(
        self, start: int, end: int, limits: Sequence[Paired], names: Sequence[Mention], inner: Sequence[tuple[int, int]]
    ) -> Expression | None:
        parts: list[Expression | None] = []
        for paired in self._merged(limits, start, end):
            if paired.time is not None and self._refers(paired):
                self.shared.append(paired)
                continue
            parts += self._limit(paired, start, end, names)
        if not parts:
            return self._rest(start, end, names, limits)
        guard = self._guard_suffix(limits[-1].end, end)
        made = group("and", parts)
        alternatives = [self._sentences(a, b) for a, b in inner if any(a <= p.start and p.end <= b for p in self.pairs)]
        if guard is not None and made is not None:
            made = IfThen(when=guard, then=made)
        elif extra := self._rest(start, end, names, limits):
            made = group("and", [extra, made])
        if kinds := self._kinds(limits, names, end):
            made = group("or", [made, *kinds])
        return self._with_alternatives(made, alternatives)

    def _kinds(self, limits: Sequence[Paired], names: Sequence[Mention], end: int) -> list[Expression]:
        """ "any disease within 6 months, including myocardial infarction": kinds of a window's event, under its window."""
        last = limits[-1]
        match = grammar().kind_word.search(self.text, last.end, end)
        if match is None or last.time is None or last.time.lead != "within":
            return []
        window = last.thresholds[0].window
        named = [of_mention(self.text, m, m.start, m.end) for m in names if m.start >= match.end()]
        return [leaf.model_copy(update={"window": window}) for leaf in named if isinstance(leaf, (Condition, Exposure))]

    def _with_alternatives(self, made: Expression | None, inner: Sequence[Expression | None]) -> Expression | None:
        """ "≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)": the bracket's guarded limit is another way to pass or to fail."""
        for part in inner:
            if isinstance(part, IfThen):
                other = AllOf(of=(part.when, part.then))
                made = group("or", [made, other]) if self.role == "inclusion" else Unless(requirement=made, exception=Not(of=other)) if made else other
            elif part is not None:
                made = group("and", [made, part])
        return made

    def _merged(self, limits: Sequence[Paired], start: int, end: int) -> list[Paired]:
        """Windows of a measurement go to its threshold; numbers that only say how often it was measured to its statistic."""
        kept: list[Paired] = []
        for paired in limits:
            holder = kept[-1] if kept and kept[-1].time is None else None
            if holder is not None and paired.time is not None and self._times(paired):
                window = paired.thresholds[0].window
                changed = tuple(t if t.window else t.model_copy(update={"window": window}) for t in holder.thresholds)
                kept[-1] = replace(holder, thresholds=changed)
            else:
                kept.append(paired)
        return [self._measured_how(p, start, end) for p in kept]

    def _times(self, paired: Paired) -> bool:
        """Whether a window's event is a measured thing with a limit of its own just before it."""
        event = paired.thresholds[0]
        if event.concept_start is None or event.concept_end is None:
            return True
        a, b = event.concept_start, event.concept_end
        return any(a < p.end and p.start < b for p in self.pairs if p is not paired and p.time is None) or any(
            x < b and a < y for x, y in self.named
        )

    def _measured_how(self, paired: Paired, start: int, end: int) -> Paired:
        if paired.time is not None or not any(t.kind in ("measurement", "score") for t in paired.thresholds):
            return paired
        statistic = statistic_near(self.text, paired.end, end)
        if statistic is None:
            return paired
        return replace(paired, thresholds=tuple(t if t.statistic else t.model_copy(update={"statistic": statistic}) for t in paired.thresholds))

    def _refers(self, paired: Paired) -> bool:
        """Whether the window's event is "any of the following"."""
        event = paired.thresholds[0]
        return self.lead and event.concept_start is not None and bool(_REFERS.search(self.text, event.concept_start, event.concept_end or 0))

    def _limit(self, paired: Paired, start: int, end: int, names: Sequence[Mention]) -> list[Expression | None]:
        first = paired.thresholds[0]
        negated = False
        if paired.time is not None and first.concept_start is not None:
            inside = [m for m in names if first.concept_start <= m.start and m.end <= (first.concept_end or 0)]
            negated = any("negated" in m.context for m in inside) or is_negated(self.mentions, first.concept_start)
        return [of_pair(paired, negated=negated)]

    def _rest(self, start: int, end: int, names: Sequence[Mention], limits: Sequence[Paired]) -> Expression | None:
        """A condition that stands beside the limits of its stretch and in none of their names."""
        events = [(t.concept_start, t.concept_end) for p in limits for t in p.thresholds if t.concept_start is not None]
        timed = limits[-1].time is not None and limits[-1].time.lead == "within"
        kinds = grammar().kind_word.search(self.text, limits[-1].end, end) if timed else None
        names = [m for m in names if kinds is None or m.end <= kinds.start()]
        free = [m for m in names if not any(a is not None and b is not None and a < m.end and m.start < b for a, b in events)]
        free = [m for m in free if not any(p.start <= m.start < p.end or (p.time and p.time.start <= m.start < p.time.end) for p in limits)]
        if not free:
            return None
        mention = self._main(free)
        return of_mention(self.text, mention, mention.start, mention.end)

    def _guard_suffix(self, start: int, end: int) -> Expression | None:
        """ "... in men", "... if Gilbert's syndrome": for whom the limit holds."""
        match = grammar().guard_suffix.search(self.text, start, end)
        if match is None or self.text[start : match.start()].strip(" ,("):
            return None
        whom = ("condition", "demographic")
        names = [m for m in self.concepts if match.end() <= m.start and m.end <= end and m.kind in whom]
        return of_mention(self.text, self._main(names), match.end(), end) if names else None

    def _attach_at(self, expression: Expression) -> Expression:
        """ "at screening" goes to the limits of its sentence that have no window."""
        for match in _AT.finditer(self.text):
            anchor = _AT_ANCHORS.get(re.sub(r"\s+", " ", match.group(1).lower()), "enrolment")
            window = Window(relation="at", anchor=cast(Anchor, anchor), text=self.text[match.start() : match.end()])
            begin = max((a for a, _ in self.layout.sentences(0, len(self.text)) if a <= match.start()), default=0)
            expression = map_thresholds(expression, partial(_timed, window=window, begin=begin, end=match.start()))
        return expression


def _timed(threshold: Threshold, *, window: Window, begin: int, end: int) -> Threshold:
    """The threshold with the window, if it stands in its stretch and has none."""
    if threshold.window is None and begin <= threshold.start < end and threshold.kind in ("measurement", "score"):
        return threshold.model_copy(update={"window": window})
    return threshold


def _with_window(expression: Expression, windows: Sequence[Threshold]) -> Expression:
    """Every condition and exposure of a list under the window that its lead states."""
    if isinstance(expression, (Condition, Exposure, Unread)):
        return _windowed(expression, windows[0])
    if isinstance(expression, (AllOf, AnyOf, AtLeast)):
        return expression.model_copy(update={"of": tuple(_with_window(p, windows) for p in expression.of)})
    return expression


def _windowed(leaf: Condition | Exposure | Unread, window: Threshold) -> Threshold:
    concept = None if isinstance(leaf, Unread) else leaf.concept
    return window.model_copy(
        update={"concept": concept, "code": None, "concept_text": leaf.text, "concept_start": leaf.start, "concept_end": leaf.end}
    )

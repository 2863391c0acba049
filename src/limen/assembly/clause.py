"""The sentences, exceptions, guards and lists of one clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import cast

from limen.assembly.atoms import Atoms
from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, is_light, windowed
from limen.assembly.segments import Cut
from limen.assembly.walk import map_thresholds, shift
from limen.assembly.words import Words
from limen.criteria import (
    AllOf,
    Anchor,
    AnyOf,
    AtLeast,
    Condition,
    Demographic,
    Exposure,
    Expression,
    IfThen,
    Not,
    Threshold,
    Unless,
    Window,
)
from limen.lexicon.patterns import Scanner
from limen.thresholds.phrases import words

_LABEL = re.compile(r"\s*[^\W\d_][^:;,.()\d<>=≥≤]{2,45}:\s+(?=\S)")
AT = Scanner(
    r"at(?<!\wat)\s+(?:the\s+)?(?:time\s+of\s+)?(screening|enrol?lment|baseline|randomi[sz]ation|study\s+entry|inclusion|consent)\b"
)
_FOLLOWING = re.compile(
    r"(?:applicable\s+to\s+|with\s+|have\s+|has\s+|by\s+|of\s+)?"
    r"(?:at\s+least\s+)?(?:(?:one|two|three|four|any|all|each|either|\d)(?:\s+or\s+more)?\s+(?:of\s+)?)?(?:the\s+)?following\b",
    re.IGNORECASE,
)
_READY = re.compile(r"\b(?:willing|able|agree|agrees|capable)\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"(?:with\s+|having\s+|have\s+|meets?\s+)?(?:at\s+least\s+|minimum\s+of\s+|≥\s?)?\b(?P<count>one|two|three|four|five|\d|any|all|both|each|either)"
    r"(?:\s+or\s+more)?\s+of\s+(?:the\s+)?(?:following|these)[^:;.,]{0,40}:\s*",
    re.IGNORECASE,
)
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_NO = re.compile(r"(?:no|not)\s+", re.IGNORECASE)
_ASSENT = re.compile(r"assent", re.IGNORECASE)
_AT_ANCHORS = {"screening": "screening", "consent": "consent", "randomization": "randomisation", "randomisation": "randomisation"}
CONSENT = "informed_consent"


class Lists:
    """The sentences and lists of one clause's own words.  `listed`: a lead says that commas list things here."""

    def __init__(self, words: Words, *, lead: bool, listed: bool) -> None:
        self.words = words
        self.listed = listed
        self.atoms = Atoms(words, self, lead=lead)

    def build(self) -> Expression | None:
        start, end = self.words.trim(0, len(self.words.text))
        match = _LABEL.match(self.words.text, start, end)
        if match and not any(p.start < match.end() < p.end for p in self.words.pairs):
            start = match.end()
        end = self._before_items(start, end)
        if self._is_consent_rule():
            return Demographic(attribute=CONSENT, value=True, text=self.words.text[start:end], start=start, end=end, confidence=0.8)
        expression = self.sentences(start, end)
        return self._attach_at(expression) if expression is not None else None

    def _before_items(self, start: int, end: int) -> int:
        """Where a lead stops saying something of its own: before "one of the following organ complications"."""
        if not self.atoms.lead:
            return end
        found = list(_FOLLOWING.finditer(self.words.text, start, end))
        return found[-1].start() if found and not self.words.limits(found[-1].start(), end) else end

    def shared_windows(self, offset: int) -> list[Threshold]:
        """Windows of a lead that mean the items below it: "any of the following within 30 days"."""
        found = (shift(p.thresholds[0], offset) for p in self.atoms.shared)
        return [t for t in found if isinstance(t, Threshold)]

    # ---- sentences, exceptions, guards

    def _is_consent_rule(self) -> bool:
        """A rule of who signs at which age: it mentions consent, and its only limits are ages."""
        if not any(CONSENT in m.ids for m in self.words.concepts) or not self.words.pairs:
            return False
        kinds = {t.kind for p in self.words.pairs for t in p.thresholds}
        if kinds != {"age"}:
            return False
        if _READY.search(self.words.text) or any(c.category == "EXCEPTION" for c in self.words.mentions.cues):
            return False
        assent = any(_ASSENT.search(self.words.text, m.start, m.end) for m in self.words.concepts)
        return bool(grammar().guard_prefix.match(self.words.text)) or (assent and bool(words().person_pattern.match(self.words.text)))

    def sentences(self, start: int, end: int, join: str | None = None) -> Expression | None:
        join = join or self.words.default
        parts: list[Expression | None] = []
        for a, b in self.words.layout.sentences(start, end):
            lifted = self.words.cue_at(a, b)
            if lifted is not None and parts:
                exception = self.stretch(lifted, self._allowed(lifted, b))
                before = group(join, parts)
                parts = [Unless(requirement=before, exception=exception)] if before is not None and exception is not None else [before or exception]
                continue
            parts.append(self._counted(a, b) or self._guarded(a, b))
        return group(join, parts)

    def _allowed(self, start: int, end: int) -> int:
        """Where what an exception names ends: before "are not included in active neoplasms", "are allowed"."""
        return next((c.start for c in self.words.mentions.cues if c.category == "ALLOWED" and start < c.start < end), end)

    def _counted(self, start: int, end: int) -> Expression | None:
        """ "At least 2 of the following: A, B, C" in one sentence."""
        match = _COUNTED.search(self.words.text, start, end)
        if match is None or self.words.layout.depth[match.start()] != self.words.layout.depth[start]:
            return None
        below = self.items(*self.words.trim(match.end(), end))
        if not isinstance(below, (AllOf, AnyOf)):
            return None
        word = match.group("count").lower()
        count = int(word) if word.isdigit() else _COUNTS.get(word)
        if word in ("all", "both", "each"):
            listed: Expression = AllOf(of=below.of)
        elif count is None or count == 1 or count > len(below.of):
            listed = AnyOf(of=below.of)
        else:
            listed = AtLeast(count=count, of=below.of)
        lead = self.stretch(start, match.start())
        return group("and", [lead, listed])

    def _guarded(self, start: int, end: int) -> Expression | None:
        """ "For female patients of childbearing potential, ...": a guard, a comma, and what it asks for."""
        match = grammar().guard_prefix.match(self.words.text, start, end)
        comma = next((c for c in self.words.layout.joints(start, end) if c.join == "comma"), None) if match else None
        if match and comma and comma.end < end:
            inside = [m for m in self.words.concepts if match.end() <= m.start and m.end <= comma.start]
            if inside or any(match.end() <= p.start < comma.start for p in self.words.pairs):
                when = self.stretch(match.end(), comma.start)
                then = self.stretch(comma.end, end)
                if when is not None and then is not None:
                    return IfThen(when=when, then=then)
        return self._asked(start, end) or self.stretch(start, end)

    def _asked(self, start: int, end: int) -> Expression | None:
        """ "Women of childbearing potential and men must use contraception": for whom, and what is asked of them."""
        modal = grammar().modal.search(self.words.text, start, end)
        if modal is None or self.words.layout.depth[modal.start()] != self.words.layout.depth[start]:
            return None
        people = [m for m in self.words.names(start, modal.start()) if m.kind == "demographic"]
        if not people or self.words.limits(start, modal.start()):
            return None
        when, then = self.stretch(start, modal.start()), self.stretch(modal.start(), end)
        if when is None or then is None:
            return None
        return IfThen(when=AnyOf(of=when.of) if isinstance(when, AllOf) else when, then=then)

    def stretch(self, start: int, end: int) -> Expression | None:
        """A sentence or a part of one: its exceptions, then its lists."""
        start, end = self.words.trim(start, end)
        if start >= end:
            return None
        cue = next((c for c in self.words.mentions.cues if c.category == "EXCEPTION" and start < c.start and c.end < end and self._open(c.start, start)), None)
        if cue is not None and not any(p.start < cue.end and cue.start < p.end for p in self.words.pairs):
            return self._excepted(start, cue.start, cue.end, end)
        return self.items(start, end)

    def _open(self, position: int, start: int) -> bool:
        return self.words.layout.depth[position] == self.words.layout.depth[start] and not self.words.layout.kept[position]

    def _excepted(self, start: int, cue_start: int, cue_end: int, end: int) -> Expression | None:
        """An exception lifts the item right before it, or the whole when it is set off as "unless" and "however" are."""
        whole = self.words.text[cue_start:cue_end].lower() in ("unless", "however")
        cuts = [c for c in self.words.layout.joints(start, cue_start) if c.loose or c.join == "or"] if not whole else []
        last = cuts[-1] if cuts and self.words.text[cuts[-1].end : cue_start].strip(" ,") else None
        head = self.stretch(start, last.start) if last else None
        requirement = self.stretch(last.end if last else start, cue_start)
        exception = self.stretch(cue_end, self._allowed(cue_end, end))
        if requirement is None or exception is None:
            return group(self.words.default, [head, requirement, exception])
        lifted = Unless(requirement=requirement, exception=exception)
        return group("or" if self.words.role == "exclusion" or (last and last.join == "or") else "and", [head, lifted])

    # ---- lists

    def items(self, start: int, end: int) -> Expression | None:
        """The lists of a stretch; "asthma, with A or B" is asthma and one of A and B."""
        cuts = self._useful(start, end, self.words.layout.joints(start, end))
        if not cuts:
            return self._related(start, end)
        loose = [c for c in cuts if c.loose]
        if loose:
            further = grammar().relative.match(self.words.text, loose[0].end) if loose[0].join == "comma" else None
            if further is not None:
                return group("and", [self.items(*self.words.trim(start, loose[0].start)), self.items(*self.words.trim(further.end(), end))])
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
        parts = [self.items(*self.words.trim(a, b)) if a < b else None for a, b in stretches]
        if kind == "or" and self._negated_list(stretches):
            kind = "and"
        return self._share_window(start, group(kind, parts))

    def _share_window(self, start: int, made: Expression | None) -> Expression | None:
        """ "Use of A, B or C within 4 weeks": the window behind the list is that of its items."""
        opening = _NO.match(self.words.text, start)
        if not isinstance(made, (AllOf, AnyOf)) or not grammar().list_head.match(self.words.text, opening.end() if opening else start):
            return made
        last, before = made.of[-1], [p for p in made.of[:-1] if isinstance(p, (Condition, Exposure))]
        window = last.of if isinstance(last, Not) else last
        if not isinstance(window, Threshold) or window.kind != "window" or len(before) < len(made.of) - 1:
            return made
        return made.model_copy(update={"of": (*(windowed(p, window) for p in before), last)})

    def _kind(self, cuts: Sequence[Cut], start: int, end: int) -> str:
        """What a list's commas mean: what its last joint says, else what the role says."""
        said = {"or" if c.join == "either" else c.join for c in cuts} - {"comma"}
        commas = any(c.join == "comma" for c in cuts)
        if self.words.role == "exclusion" and said == {"and"} and (commas or self._people(cuts, start, end)):
            return "or"
        if said == {"and", "or"}:
            return "or" if self.words.role == "exclusion" else "mixed"
        if said:
            return said.pop()
        return self.words.default

    def _people(self, cuts: Sequence[Cut], start: int, end: int) -> bool:
        """ "Pregnant and lactating women", "hepatitis B and C", "patients who ..., and patients who ...": either excludes."""
        if any(c.loose for c in cuts):
            return True
        inside = [m for m in self.words.concepts if start <= m.start < end]
        limits = [p for p in self.words.pairs if start <= p.start < end]
        return not limits and len(inside) >= 2 and len({m.kind for m in inside}) == 1

    def _negated_list(self, stretches: Sequence[tuple[int, int]]) -> bool:
        """ "no A, B or C": one negation over a list denies every item."""
        marks = [[m for m in self.words.concepts if a <= m.start < b] for a, b in stretches]
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
            if self.words.text[cut.start : cut.end].strip() == "/" and not self._between_names(cut):
                continue
            if self._bears(*left) and self._bears(*right):
                kept.append(cut)
            elif cut.loose and (whole or self.listed) and self._weighty(*left) and self._weighty(*right):
                kept.append(cut)
            elif cut.loose and cut.join != "comma" and self._clause_like(*left) and self._clause_like(*right):
                kept.append(cut)
        return kept

    def _between_names(self, cut: Cut) -> bool:
        """Whether a slash stands between two names: "pregnant/lactating", not "ACR/EULAR criteria"."""
        ends, starts = {m.end for m in self.words.concepts}, {m.start for m in self.words.concepts}
        return cut.start in ends and cut.end in starts

    def _bears(self, start: int, end: int) -> bool:
        return any(start <= m.start and m.end <= end for m in self.words.concepts) or any(
            start <= p.start and p.end <= end for p in self.words.pairs
        ) or any(start <= m.start and m.end <= end for m in self.words.mentions.measured)

    def _weighty(self, start: int, end: int) -> bool:
        return start < end and not is_light(self.words.text[start:end])

    def _clause_like(self, start: int, end: int) -> bool:
        return len(self.words.text[start:end].split()) >= 4

    def _related(self, start: int, end: int) -> Expression | None:
        """ "mRSS above 20 with ESR above 25", "aged 16 to 64 who have SSc with ECOG 0-2": limits that relatives join."""
        for cut in self.words.layout.relatives(start, end):
            left = [p for p in self.words.pairs if start <= p.start and p.end <= cut.start]
            right = [p for p in self.words.pairs if cut.end <= p.start and p.end <= end]
            names_left = [m for m in self.words.concepts if start <= m.start and m.end <= cut.start]
            names_right = [m for m in self.words.concepts if cut.end <= m.start and m.end <= end]
            if (left and (right or names_right)) or (names_left and right):
                return group("and", [self.items(start, cut.start), self.items(cut.end, end)])
        return self.atoms.read(start, end)

    # ---- one stretch

    def _attach_at(self, expression: Expression) -> Expression:
        """ "at screening" goes to the limits of its sentence that have no window."""
        for match in AT.finditer(self.words.text):
            anchor = _AT_ANCHORS.get(re.sub(r"\s+", " ", match.group(1).lower()), "enrolment")
            window = Window(relation="at", anchor=cast(Anchor, anchor), text=self.words.text[match.start() : match.end()])
            begin = max((a for a, _ in self.words.layout.sentences(0, len(self.words.text)) if a <= match.start()), default=0)
            expression = map_thresholds(expression, partial(_timed, window=window, begin=begin, end=match.start()))
        return expression


def _timed(threshold: Threshold, *, window: Window, begin: int, end: int) -> Threshold:
    """The threshold with the window, if it stands in its stretch and has none."""
    before = begin <= threshold.start < end or begin == end or (threshold.concept_start or end) < end <= threshold.start
    if threshold.window is None and before and threshold.kind in ("measurement", "score"):
        return threshold.model_copy(update={"window": window})
    return threshold

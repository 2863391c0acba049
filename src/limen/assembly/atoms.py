"""One uncut stretch of a clause: its limits, the names beside them, what its brackets define."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.behind import noun_behind, told_behind_limits
from limen.assembly.coordination import SEXES, nouns
from limen.assembly.counts import Counts, speaks_of_count
from limen.assembly.denials import all_denied, goes_on, governs, is_denied, opened, qualifies, unreached
from limen.assembly.evidence import is_evidence
from limen.assembly.exceptions import Exceptions
from limen.assembly.forgoing import ended, forgone, if_taken, washed_out
from limen.assembly.grammar import grammar
from limen.assembly.kinds import Kinds
from limen.assembly.leaves import (
    denied_unread,
    explains,
    goes_back,
    group,
    is_event_in,
    is_light,
    is_negated,
    of_mention,
    of_pair,
    qualitative,
    runs_together,
    statistic_near,
    unread,
    windowed,
)
from limen.assembly.purposes import cared_from, main_of
from limen.assembly.results import shown
from limen.assembly.scope import (
    denied_bracket,
    denied_limits,
    doubted,
    hindered,
    is_defined,
    is_further,
    lacks_state,
    staged,
    tells_method,
    tells_result,
    unchanged,
    with_kind,
)
from limen.assembly.several import each_named, untimed
from limen.assembly.several_names import at_most, by_marks, side_by_side, wants_limit
from limen.assembly.shutting import shuts
from limen.assembly.spread import none_of
from limen.assembly.statuses import names_denial, statuses
from limen.assembly.suffixes import guard_suffix
from limen.assembly.trailing import adds, told_by_all, told_of_kinds
from limen.assembly.whom import (
    KINDS_OF_PEOPLE,
    at_age,
    guard_behind,
    in_brackets,
    one_of_people,
    partnered,
    people_with,
    told_again,
    under_guard,
    with_brackets,
)
from limen.assembly.windows import GIVEN, begins_at, given_before, timed_beside, times_limit
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Exposure, Expression, IfThen, Not, Threshold, Unless, Unread
from limen.mentions import Mention
from limen.thresholds import Paired
from limen.thresholds.wording import words as word_lists

_TOLD = re.compile(r"[)\]]\s*,?\s*(?:who|that|which)\s", re.IGNORECASE)
REFERS = re.compile(r"\b(?:following|these|below|listed)\b", re.IGNORECASE)
# A procedure beside a limit is how it was measured ("echocardiographic LVEF < 50%"), unless the patient undergoes it.
_UNDERGOING = re.compile(r"\b(?:on|undergoing|receiving|requiring|under|after|needing)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
# What one of these joins to a limit, or to a window's anchor, says when it holds ("before surgery", "the first dose of study drug").
_ANCHORED = re.compile(r"\s*(?:(?:the|final|last|first|initial|most\s+recent|an?|any)\s+){0,3}(?:(?:(?:doses?|administration|intake|initiation|start|completion|end|receipt|infusion|injection|onset)\s+)?(?:of|to|before|prior\s+to|after|during|following|since|from)\s+(?:[\w-]+\s+){0,6})?", re.IGNORECASE)
_SEX_ALONE = re.compile(r".*[(\[](?:for\s)?\w+[)\]]", re.DOTALL)
_NEAR = 24  # characters between a word and what a limit is about
_PARTS = re.compile(r"[,;:(\n]|\b(?:and|or|but|with|who|that|which|aged?)\b", re.IGNORECASE)


class Lists(Protocol):
    """What an atom asks of the lists around it, to read what stands in its brackets."""

    def sentences(self, start: int, end: int, join: str | None = None) -> Expression | None: ...
    def stretch(self, start: int, end: int) -> Expression | None: ...
    def items(self, start: int, end: int) -> Expression | None: ...
    @property
    def kinds(self) -> Kinds: ...
    @property
    def counts(self) -> Counts: ...
    @property
    def exceptions(self) -> Exceptions: ...


class Atoms:
    """Reads the stretches of one clause that no list cuts.  `shared` collects windows that mean the items below a lead."""

    def __init__(self, words: Words, lists: Lists, *, lead: bool) -> None:
        self.words = words
        self.lists = lists
        self.lead = lead
        self.shared: list[Paired] = []

    def read(self, start: int, end: int) -> Expression | None:
        """The tree of one stretch; where nobody read what it denies, the denial is kept."""
        made = forgone(self.words, start, end) or ended(self.words, start, end) or self._lifted(start, end) or self._read(start, end, self.words.layout.brackets(start, end))
        made = denied_unread(self.words.text, made) if isinstance(made, Unread) else made
        either = [self._either(a, b) for a, b in self.words.sexes if start <= a.start and b.end <= end]
        return group("and", [*either, made])

    def _is_sex_in_brackets(self, name: Mention) -> bool:
        """ "≥ 13 g/dL (men)": a bracket that says for whom a limit holds."""
        return name.ids[0] in SEXES and _SEX_ALONE.fullmatch(self.words.text, max(0, name.start - 5), name.end + 1) is not None

    def _either(self, *sexes: Mention) -> Expression | None:
        """ "Men and women": one or the other."""
        return group("or", [of_mention(self.words.text, m, m.start, m.end) for m in sexes])

    def _read(self, start: int, end: int, inner: Sequence[tuple[int, int]]) -> Expression | None:
        limits = [p for p in self.words.pairs if start <= p.start and p.end <= end]
        outside = [p for p in limits if self.words.layout.depth[p.start] == self.words.layout.depth[start]]
        names = [m for m in self.words.concepts if start <= m.start and m.end <= end and not any(m in pair for pair in self.words.sexes)]
        names = [m for m in names if m.kind != "procedure" or not any(a <= m.start < b and self.lists.kinds.of_qualities(a, b) for a, b in inner)]
        names_outside = [m for m in names if self.words.layout.depth[m.start] == self.words.layout.depth[start] or self._is_sex_in_brackets(m)]
        evidence = grammar().evidence.search(self.words.text, start, end)
        if evidence and any(m.end <= evidence.start() for m in names_outside):
            names_outside = [m for m in names_outside if m.end <= evidence.start() or m.ids[0] == "contraception"]  # "non-pregnant as shown by a pregnancy test"
        if limits and not outside and inner and not (names_outside and all(tells_method(self.words, a, b) for a, b in inner)):
            own, noun = noun_behind(self.words, names_outside, inner[0][1])
            return group("and", [self._defined(start, end, inner, own), noun])
        if outside:
            return self._limits(start, end, outside, names_outside, inner)
        if inner and (listed := self._listed(start, end, inner, names_outside)):
            return listed
        if names_outside:
            return self._of_names(start, end, names_outside)
        if names:
            return of_mention(self.words.text, main_of(self.words.text, names), start, end)
        measured = [m for m in self.words.mentions.measured if start <= m.start and m.end <= end]
        bare = bool(measured) and self.words.trim(start, end)[0] >= measured[0].start and wants_limit(self.words.text, measured[0], self.words.pairs)
        if measured and not bare and (qualified := qualitative(self.words.text, start, end, measured[0])):
            return qualified
        return unread(self.words.text, start, end)

    def _listed(self, start: int, end: int, inner: Sequence[tuple[int, int]], names: Sequence[Mention]) -> Expression | None:
        """A bracket that lists kinds of what stands before it: "cardiovascular disease (angina, stroke or heart failure)"."""
        for a, b in inner:
            before = [m for m in names if m.end <= a]
            counts = self.words.role == "inclusion" and speaks_of_count(self.words.text[a:b])
            if counts and (counted := self.lists.counts.read(a, b)):
                return group("and", [self._read(start, a - 1, []), counted, unread(self.words.text, b, end)])
            listed = self.lists.kinds.bracket(a, b, free=not names and is_light(self.words.text[b:end]))
            if listed is None:
                continue
            if len(inner) == 1 and is_light(self.words.text[b:end]) and (company := self.lists.kinds.of_company(start, (a, b), listed)) is not None:
                return company
            told = self.words.role == "inclusion" and _TOLD.match(self.words.text, b, end) is not None and not all_denied(listed)
            if told and before and not any(is_denied(of_mention(self.words.text, m, m.start, m.end)) for m in before):
                return group("and", [group("or", [self._of_names(start, a - 1, before), listed]), self.lists.items(*self.words.trim(b + 1, end))])
            stop = a - 1 if is_light(self.words.text[b:end]) else end
            general = self._of_names(start, stop, before) if before else unread(self.words.text, start, stop)
            inside = {m.kind for m in self.words.names(a, b)} or {"condition"}  # what no list knows ends as diseases do
            if isinstance(general, Unread) or general is None:
                general = denied_unread(self.words.text, general) if general else None
                told = is_denied(general) and self.lists.kinds.within(a, b)[0] > self.words.trim(a, b)[0]  # "no pets (including cats)"
                listed = none_of(listed) if told else listed
                denies = all_denied(listed) and opened(self.words.text, *self.lists.kinds.within(a, b)) is not None
                either = self.words.role == "exclusion" and not is_denied(general) and not denies
                return group("or" if either else "and", [general, told_of_kinds(self.words, listed, b, end) if either else listed])
            partly = isinstance(listed, (AllOf, AnyOf)) and not self.words.names(a, b) and any(map(is_denied, listed.of))
            tells = all_denied(listed) or partly
            if tells and not is_denied(general):
                return group("and", [general, listed])  # "cirrhosis (without ascites or jaundice)"
            kinds = {m.kind for m in before if m.kind != "demographic"}
            if len(kinds) != 1 or not kinds & inside:
                return None
            if is_denied(general) or names_denial(general):
                return group("and", [general, none_of(listed)])
            return group("and" if adds(self.words, a, b) else "or", [general, told_of_kinds(self.words, listed, b, end)])
        return None

    def _lifted(self, start: int, end: int) -> Expression | None:
        """An exception in brackets: "another trial (however, the investigator may decide)", "(aspirin is permitted)"."""
        inner = self.words.layout.brackets(start, end)
        for a, b in inner:
            exception = self.lists.exceptions.bracket(a, b)
            if exception is None:
                continue
            requirement = self._without((start, end), (a, b), [pair for pair in inner if pair != (a, b)])
            if requirement is not None:
                return Unless(requirement=requirement, exception=exception)
        return None

    def _without(self, stretch: tuple[int, int], bracket: tuple[int, int], others: Sequence[tuple[int, int]]) -> Expression | None:
        """A stretch without a bracket that lifts: "pain medication (except paracetamol) within 3 days" times the medication."""
        (start, end), (a, b) = stretch, bracket
        behind = self.words.limits(b, end)
        if not behind and is_light(self.words.text[b:end]):
            return self.lists.items(start, a - 1)
        named = behind[0].thresholds[0] if behind and behind[0].time is not None else None
        if named is not None and named.concept_start is not None and named.concept_end is not None and named.concept_start < b and a < named.concept_end:
            event = self.lists.items(start, a - 1)
            if isinstance(event, (Condition, Exposure, Unread)):
                return windowed(event, named)
        return self._read(start, end, others)

    def _defined(self, start: int, end: int, inner: Sequence[tuple[int, int]], names: Sequence[Mention]) -> Expression | None:
        """A limit in brackets behind a name defines it: "renal dysfunction (serum creatinine ≥ 2 mg/dL)"."""
        join = "and" if self.words.role == "inclusion" else None  # in an exclusion any of "(systolic > 160; diastolic > 90)" excludes
        parts = [self.lists.sentences(a, b, join) for a, b in inner if any(a <= p.start and p.end <= b for p in self.words.pairs)]
        defined = group("and", parts)
        if (graded := staged(self.words, names, defined)) is not None:
            return graded
        if names and len(inner) == 1 and is_light(self.words.text[inner[0][1] : end]) and (told := told_by_all(self.words, main_of(self.words.text, names), inner[0], defined)) is not None:
            return told
        shut = self.words.role == "exclusion" and bool(names) and not any("negated" in m.context for m in names) and self.words.limits(*inner[0])
        examples = shut and nouns().examples.match(self.words.text, *inner[0])  # "(e.g. Child-Pugh C, AST > 5 x ULN)" is not all of it
        if defined is not None and lacks_state(self.words, start, inner[0][0], defined):
            return Not(of=defined)
        if defined is None or examples or not explains(self.words.text, defined, inner):
            before = of_mention(self.words.text, main_of(self.words.text, names), start, inner[0][0] - 1) if names else unread(self.words.text, start, inner[0][0] - 1)
            if is_denied(before) and defined is not None:
                defined = denied_bracket(self.words, self.words.text[start : inner[0][0]], defined)
            lifts = any((c.category == "EXCEPTION" and c.end <= start) or (c.category == "ALLOWED" and c.start >= end) for c in self.words.mentions.cues)
            return group("and" if lifts else self.words.default, [before, defined])
        if names and (goes_back(defined, start) or adds(self.words, *inner[0]) or (self.words.role == "inclusion" and is_event_in(defined, inner[0][0]))):
            return group("and", [of_mention(self.words.text, main_of(self.words.text, names), start, inner[0][0] - 1), defined])
        if names:
            main = main_of(self.words.text, names)
            if all(p.time is not None for p in self.words.limits(start, end)) and any(tested := shown(self.words.text, [main], start, (main.start, main.end))):
                return group("and", [*tested, defined])
            told = of_mention(self.words.text, main, start, inner[0][0] - 1) if is_further(self.words, names, (start, inner[0][0]), defined) else None
            return group("and", [told, defined]) if told is not None else denied_limits(self.words, main, defined)
        before = unread(self.words.text, start, inner[0][0] - 1)
        return group("and", [before, defined]) if before is not None and len(before.text.split()) > 4 else defined

    def _of_names(self, start: int, end: int, names: Sequence[Mention]) -> Expression | None:
        """The leaf of the main name; a sex keeps what is said of it beside it, and stays beside another name."""
        main = main_of(self.words.text, names)
        if (partner := partnered(self.words.text, start, end, names)) is not None:
            return partner
        noun = next((m for m in names if qualifies(self.words.text, main, m)), None) if "negated" in main.context else None
        if noun is not None:
            return group("and", [of_mention(self.words.text, main, start, noun.start), self._of_names(noun.start, end, [m for m in names if m.start >= noun.start])])
        leaf = of_mention(self.words.text, main, start, end)
        if main.ids[0] in SEXES:
            rest = [denied_unread(self.words.text, unread(self.words.text, a, b)) for a, b in ((start, main.start), (main.end, end))]
            return group("and", [of_mention(self.words.text, main, main.start, main.end), *rest]) if any(rest) else leaf
        if main.kind == "demographic" and len(states := {m.ids[0]: m for m in reversed(names) if m.ids[0] in statuses().bodily}) > 1:
            told = [statuses().implied.get(m.ids[0]) for m in states.values() if "negated" not in m.context]
            return group("and", [of_mention(self.words.text, m, m.start, m.end) for m in reversed(states.values()) if m.ids[0] not in told])
        sexes = [m for m in names if m.ids[0] in SEXES] if main.ids[0] not in grammar().sexed else []
        people = [*sexes[:1], *people_with(self.words.text, names, main)]
        return group("and", [*(of_mention(self.words.text, m, m.start, m.end) for m in people), leaf])

    def _limits(self, start: int, end: int, limits: Sequence[Paired], names: Sequence[Mention], inner: Sequence[tuple[int, int]]) -> Expression | None:
        parts: list[Expression | None] = []
        for paired in self._merged(limits, start, end):
            if paired.time is not None and self._refers(paired):
                self.shared.append(paired)
                continue
            parts += self._limit(paired, start, end, names)
        if not (parts := [p for p in at_age(self.words, timed_beside(parts)) if p is not None]):
            return self._rest(start, end, names, limits)
        guard = guard_suffix(self.words, limits[-1], end) or (None if names else told_again(self.words, limits, start, end))
        only = parts[0] if len(parts) == 1 else None
        made = self.lists.kinds.timed(only, inner) if isinstance(only, Threshold) and inner else group(runs_together(parts, self.words.text, self.words.role), parts)
        alternatives = in_brackets(self.words, self.lists, limits, inner)
        if guard is None and made is not None and (told := guard_behind(self.words, self.lists, inner, end)) is not None:
            extra = self._rest(start, told[1], [m for m in names if m.end <= told[1] and not is_defined(self.words, m, limits)], limits)
            return group("and", [extra, under_guard(self.words, made, alternatives, told[0])])
        if guard is not None and made is not None:
            made = IfThen(when=guard, then=made)
        elif extra := self._rest(start, end, [m for m in names if not is_defined(self.words, m, limits)], limits):
            dosed = isinstance(extra, Exposure) and extra.negated and isinstance(made, Threshold) and made.kind == "dose"
            kind = with_kind(self.words, start, extra, limits[0], made)
            made = Not(of=made) if dosed and made is not None else kind or washed_out(self.words, extra, made) or group("and", [extra, made])  # "no steroids above 10 mg"
        made = group("and", [made, told_behind_limits(self.words, end, limits)]) if guard is None and made is not None else made
        return with_brackets(self.words, made, alternatives)

    def _merged(self, limits: Sequence[Paired], start: int, end: int) -> list[Paired]:
        """Windows of a measurement go to its threshold; numbers that only say how often it was measured to its statistic."""
        kept: list[Paired] = []
        for paired in limits:
            holder = kept[-1] if kept and kept[-1].time is None else None
            window = paired.thresholds[0].window
            bare = holder is not None and not all(t.window for t in holder.thresholds)
            if holder is not None and bare and paired.time is not None and window is not None and times_limit(self.words, paired):
                changed = tuple(t if t.window else t.model_copy(update={"window": window}) for t in holder.thresholds)
                kept[-1] = holder._replace(thresholds=changed)
            else:
                kept.append(paired)
        return [self._measured_how(p, start, end) for p in kept]

    def _measured_how(self, paired: Paired, start: int, end: int) -> Paired:
        if paired.time is not None or not any(t.kind in ("measurement", "score") for t in paired.thresholds):
            return paired
        if (statistic := statistic_near(self.words.text, paired.end, end)) is None:
            return paired
        return paired._replace(thresholds=tuple(t if t.statistic else t.model_copy(update={"statistic": statistic}) for t in paired.thresholds))

    def _refers(self, paired: Paired) -> bool:
        """Whether the window's event is "any of the following", or nothing in a lead that says no more: "Within 14 days:"."""
        event = paired.thresholds[0]
        if not self.lead or event.concept_start is None:
            return self.lead and paired.time is not None and is_light(self.words.text[: paired.start] + self.words.text[paired.time.end :])
        return REFERS.search(self.words.text, event.concept_start, event.concept_end or 0) is not None

    def _limit(self, paired: Paired, start: int, end: int, names: Sequence[Mention]) -> list[Expression | None]:
        place = paired.thresholds[0].concept_start, paired.thresholds[0].concept_end
        named = place[0] if place[0] is not None and paired.thresholds[0].kind != "score" else 0
        if paired.time is None and (unreached(self.words.text, paired.start, named) or unchanged(self.words.text, place[0] or 0, paired.start) or doubted(self.words.text, paired.end)):
            return [of_pair(paired, negated=True)]
        depth = self.words.layout.depth
        if place[0] is None or place[1] is None or place[0] > paired.start:
            unnamed = paired.thresholds[0].concept is None and self._within_denial(start, end, paired.start)
            return [of_pair(paired, negated=unnamed or (paired.time is None and (self._outside(paired) or is_negated(self.words.mentions, paired.start))))]
        lasts = paired.thresholds[0].window is not None and paired.thresholds[0].window.relation == "for"
        if depth[paired.start] > depth[place[0]] and not (self.words.role == "inclusion" and paired.time and (lasts or paired.thresholds[0].operator in ("le", "lt"))):
            return [of_pair(each_named(self.words, paired, negated=False))]  # what is said in brackets is not denied from outside, but when it was, or for how long: "no stroke (within a year)"
        unable = [c for c in self.words.mentions.cues if c.category == "INABILITY" and c.end <= place[1] and governs(self.words.text, c.end, place[0])]
        if unable:
            return hindered(self.words, paired, unable[0].start, place[1], start)
        inside = [] if self._lacks(place[0], place[1]) else [m for m in self.words.mentions.concepts if m.start < place[1] and place[0] < m.end]
        inside = [m for m in inside if paired.thresholds[0].concept is not None or not any(c.category == "NEGATED_EXISTENCE" and place[0] < c.start and c.end <= m.start for c in self.words.mentions.cues)]  # "stand without a cane"
        own = [m for m in inside if paired.thresholds[0].concept in m.ids] or inside  # "an NNRTI without heparin" is an NNRTI
        goes = all(goes_on(self.words.text, place[0], m.start) and not grammar().modal.search(self.words.text, place[0] + 1, m.start) for m in own if m.start > place[0])  # "no plans to travel and to use condoms"
        negated = any("negated" in m.context for m in own) or (goes and is_negated(self.words.mentions, place[0]))
        negated = negated or (not inside and paired.thresholds[0].concept is None and self._within_denial(start, end, place[0]))
        negated = negated and not tells_result(self.words.text, place[0], paired.thresholds)
        if self.words.role == "inclusion" and paired.time and shuts(self.words.text, place[1], paired.start):
            negated = True  # "growth factors are not permitted within 2 weeks"
        if self.words.role == "exclusion" and not negated and side_by_side(paired):
            return [group("or", paired.thresholds)]
        if self.words.role == "inclusion" and not negated and (by_marks(self.words.text, paired) or at_most(paired)):
            return [group("and", paired.thresholds)]
        tested = shown(self.words.text, inside, start, (place[0], place[1])) if paired.time else []
        denied = (negated and not tested) or self._outside(paired)
        before, paired = (None, paired) if tested or denied else untimed(self.words, paired)
        made = if_taken(self.words, of_pair(each_named(self.words, paired, negated=denied), negated=denied))
        return [*tested, group("or" if self.words.role == "exclusion" else "and", [before, made])]

    def _outside(self, paired: Paired) -> bool:
        """Whether a value outside a range is asked for: "BMI outside of 18-35", "not between 18 and 35"."""
        ranged = all(t.operator == "between" for t in paired.thresholds)
        return ranged and grammar().outside.search(self.words.text, max(0, paired.start - _NEAR), paired.start) is not None

    def _lacks(self, start: int, end: int) -> bool:
        """Whether a measured name holds its own denial: "seizure-free for 6 months" says what lasts, and denies nothing of it."""
        named = any((m.start, m.end) == (start, end) for m in self.words.mentions.measured)
        return named and not {"not", *word_lists().unbroken}.isdisjoint(re.split(r"[\W_]+", self.words.text[start:end].lower()))

    def _within_denial(self, start: int, end: int, place: int) -> bool:
        """Whether the denial that opens a stretch goes on to a name that no list knows: "no plan to move more than 5 km"."""
        opening = opened(self.words.text, start, end)
        near = opening is not None and 0 <= place - opening < 2 * _NEAR and self.words.layout.depth[place] <= self.words.layout.depth[start]
        return near and opening is not None and _PARTS.search(self.words.text, opening, place) is None

    def _rest(self, start: int, end: int, names: Sequence[Mention], limits: Sequence[Paired]) -> Expression | None:
        """A condition that stands beside the limits of its stretch and in none of their names; or what an event before it lacked."""
        if (event := limits[0].thresholds[0].concept_start) is not None and event < start and opened(self.words.text, start, limits[0].start) is not None:
            return self.read(start, limits[0].start)  # "surgery without complications within 6 months"
        events = [(t.concept_start, t.concept_end, t.concept) for p in limits for t in p.thresholds if t.concept_start is not None and (t.concept_start, t.concept_end) not in self.words.ranked]
        timed = limits[-1].time is not None and limits[-1].time.lead == "within"
        kinds = grammar().kind_word.search(self.words.text, limits[-1].end, end) if timed else None
        names = [m for m in names if kinds is None or m.end <= kinds.start()]
        free = [m for m in names if not any(a is not None and b is not None and a < m.end and (m.start < b if m.ids[0] not in KINDS_OF_PEOPLE or m.ids[0] == known else a <= m.start < b) for a, b, known in events)]
        free = [m for m in free if not any(p.start <= m.start < p.end or (p.time and p.time.start <= m.start < p.time.end) for p in limits)]
        free = [m for m in free if m.kind != "procedure" or (_UNDERGOING.search(self.words.text, start, m.start) and not is_evidence(self.words.text, start, m))]
        free = [m for m in free if not self._only_tells(m, start, limits)]
        if not free:
            return None
        mention = main_of(self.words.text, free)
        if len(free) > 1 and self.words.role == "inclusion" and all(p.thresholds[0].kind == "age" for p in limits):
            begin = min([limits[0].start, *(t.concept_start for t in limits[0].thresholds if t.concept_start is not None)])
            return group("and", [self.lists.items(*self.words.trim(start, begin)), self.lists.items(*self.words.trim(limits[-1].end, end))])
        made = one_of_people(self.words.text, free) or of_mention(self.words.text, mention, cared_from(self.words, start, mention, limits), mention.end)
        staged = [m for m in free if (m.start, m.end) in self.words.ranked and m is not mention] if self.words.role == "inclusion" else []
        return group("and", [made, *(of_mention(self.words.text, m, m.start, m.end) for m in staged)])  # "tamoxifen for breast cancer of stage II"

    def _only_tells(self, mention: Mention, start: int, limits: Sequence[Paired]) -> bool:
        """Whether a name tells when a limit holds ("before the first dose of study drug"), what it means, or is a kind of what it is about."""
        if self.words.role == "exclusion" and any(p.end <= mention.start and grammar().telling.search(self.words.text, p.end, mention.start) for p in limits):
            return True  # "a score > 10 indicative of dementia" shuts out those who have no such diagnosis, too
        for paired in limits:
            end = max(paired.end, paired.time.end if paired.time else 0)
            pattern = _ANCHORED if paired.time is not None else GIVEN
            if (end <= mention.start and pattern.fullmatch(self.words.text, end, mention.start)) or begins_at(self.words, mention, paired):
                return True
            if paired.time is None and mention.kind == "drug" and given_before(self.words, mention, start, paired):
                return True
        last = limits[-1]
        kind = grammar().kind_word.search(self.words.text, start, mention.start) if last.time is not None and mention.end <= last.start else None
        return kind is not None and self.words.role == "exclusion"

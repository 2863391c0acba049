"""The sentences, exceptions, guards and lists of one clause."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly import turns
from limen.assembly.ahead import lifted_ahead, lifted_by_list
from limen.assembly.at import timed
from limen.assembly.atoms import REFERS, Atoms
from limen.assembly.besides import any_of_run, let_in_too, other_than_before, otherwise
from limen.assembly.complements import reacted_to, with_complement
from limen.assembly.counts import Counts, counting_lead, joined_at, uncounted
from limen.assembly.cuts import (
    CARRYING,
    colon_before_ways,
    either_apart,
    either_list,
    loosest,
    negated_list,
    people_of_age,
    side_by_side,
    with_last,
)
from limen.assembly.definitions import defined_behind, defines, meant_by_number, of_meaning, tells_meaning
from limen.assembly.denials import enabled, is_surely_denied, speaks_of_ability
from limen.assembly.denied_leads import denied_list
from limen.assembly.doubts import told_of_all, told_of_others
from limen.assembly.eligible import lists_eligible, one_of_listed
from limen.assembly.exceptions import Exceptions
from limen.assembly.fertile import asked_of_fertile, unwilling
from limen.assembly.forgoing import forgone_all
from limen.assembly.grammar import grammar
from limen.assembly.guards import Guards
from limen.assembly.hanging import with_list_of_one
from limen.assembly.in_order import of_sexes, told_in_order
from limen.assembly.kinds import Kinds
from limen.assembly.labels import behind_title, guarded, labelled
from limen.assembly.leave import (
    asks,
    asks_nothing,
    behind_note,
    beside_however,
    for_those,
    is_leave,
    lead_exception,
    lets_continue,
    lift,
    lifts_nothing,
    tried_again,
    welcomed,
)
from limen.assembly.leaves import group, unread
from limen.assembly.little import none_or_little
from limen.assembly.parted import joins_any, parting_cuts
from limen.assembly.peers import several_events, share_among_peers
from limen.assembly.plausible import either_side, of_either_sex, plausible, unasked
from limen.assembly.purposes import cared_for_either, with_their_diseases
from limen.assembly.related import related
from limen.assembly.scope import beside_denial, carried, explained, under_denial
from limen.assembly.segments import Cut, between
from limen.assembly.shared import (
    alternatives,
    asks_first,
    closed,
    denied_behind,
    limited_again,
    share_window,
    shared_by_all,
)
from limen.assembly.spread import behind_semicolons, between_stops, denied_alike, spread
from limen.assembly.tails import told_not
from limen.assembly.turning import turned
from limen.assembly.unbroken import without
from limen.assembly.undone import undone
from limen.assembly.untaken import with_untaken
from limen.assembly.walk import map_leaves, shift
from limen.assembly.washouts import each_over
from limen.assembly.whom import any_for_whom, by_people, narrows
from limen.assembly.wider import last_is_wider
from limen.assembly.windows import closing, demands_apart, fronted, over_semicolons, timed_beside, timeless
from limen.assembly.wishes import denied_or, wished
from limen.assembly.words import CONSENT, Words
from limen.criteria import Demographic, Expression, Threshold
from limen.thresholds.wording import words

_FOLLOWING = re.compile(
    r"(?:applicable\s+to\s+|with\s+|have\s+|has\s+|by\s+|of\s+)?"
    r"\b(?:at\s+least\s+)?(?:(?:one|two|three|four|any|all|each|either|\d)(?:\s+or\s+more)?\s+(?:(?:out\s+)?of\s+)?)?(?:the\s+)?following\b",
    re.IGNORECASE,
)
_READY = re.compile(r"\b(?:willing|able|agree|agrees|capable)\b", re.IGNORECASE)
_ASSENT = re.compile(r"assent", re.IGNORECASE)
_UNASKED = frozenset({"other_trial", "study_staff"})  # of patients no inclusion asks these
_OTHER = re.compile(r"\s*(?:any\s+|all\s+)?other\s", re.IGNORECASE)


class Lists:
    """The sentences and lists of one clause's own words.  `listed`: a lead says that commas list things here."""

    def __init__(self, words: Words, *, lead: bool, listed: bool) -> None:
        self.words = words
        self.listed = listed
        self.atoms = Atoms(words, self, lead=lead)
        self.kinds = Kinds(words, self.items)
        self.counts = Counts(words, self)
        self.guards = Guards(words, self, lead=lead)
        self.exceptions = Exceptions(words, self)

    def build(self) -> Expression | None:
        start, end = self.words.trim(0, len(self.words.text))
        if not self.atoms.lead and (denied := denied_list(self.words, self, start, end)) is not None:
            return denied
        start = start if lists_eligible(self.words, start, end) else behind_title(self.words, start, end)
        end = self._before_items(start, end)
        if self._is_consent_rule():
            return Demographic(attribute=CONSENT, value=True, text=self.words.text[start:end], start=start, end=end, confidence=0.8)
        expression = self.sentences(start, end)
        if expression is None:
            return None
        unable = speaks_of_ability(self.words.text)
        expression = map_leaves(expression, timeless)
        made = without(self.words, timed(self.words, map_leaves(expression, enabled) if unable else expression))
        made = told_of_all(self.words, made)
        if self.words.role == "exclusion":
            made = plausible(self.words, either_side(made))
            made = made if self.atoms.lead else denied_or(self.words.text, wished(self.words, made))
            return map_leaves(made, enabled) if unable else made  # what is doubted may be a denial by its own words
        made = asked_of_fertile(self.words, unasked(made, _UNASKED)) or made
        made = of_either_sex(each_over(self.words, with_their_diseases(self.words, made)))
        return plausible(self.words, made if self.atoms.lead else uncounted(self.words.text, made))

    def _before_items(self, start: int, end: int) -> int:
        """Where a lead stops saying something of its own: before "one of the following organ complications"."""
        if not self.atoms.lead:
            return end
        excepting = lead_exception(self.words)
        if excepting is not None:
            return excepting
        kinds = grammar().kinds.search(self.words.text, start, end)
        if kinds and REFERS.search(self.words.text, kinds.start(), end):
            return kinds.start()
        counting = counting_lead(self.words.text, start, end)
        if counting and not any(p.time or t.concept for p in self.words.limits(counting.start(), end) for t in p.thresholds):
            return joined_at(self.words.text, start, counting.start())
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
        """The sentences of a stretch, those behind a label for those whom it names."""
        labels = labelled(self.words, self.words.layout.sentences(start, end))
        if not labels:
            return self._sentences(start, end, join)
        parts = [self._sentences(start, labels[0].start, join)]
        for label, stop in zip(labels, [*(label.start for label in labels[1:]), end]):
            then = self._sentences(*self.words.trim(label.behind, stop), join)
            parts.append(guarded(self.words, label, self.stretch(label.start, label.end), then) if then is not None else None)
        join = join or self.words.default
        return group(join, by_people(parts, join, self.words.role))

    def _sentences(self, start: int, end: int, join: str | None = None) -> Expression | None:
        join = join or self.words.default
        parts: list[Expression | None] = []
        for run in between_stops(self.words.text, demands_apart(self.words, self.words.layout.sentences(start, end))):
            if len(run) > 1 and self.counts.parts(run) and (counted := self.counts.read(run[0][0], run[-1][1])):
                parts.append(counted)
                continue
            if (made := lifted_by_list(self.words, self, run) or one_of_listed(self.words, self, run[0][0], run[-1][1])) is not None:
                parts.append(made)
                continue
            first = len(parts)
            self._read_run(run, parts)
            told = over_semicolons(self.words, run, parts[first:])
            parts[first:] = any_of_run(self.words, run, behind_semicolons(self.words.text, run, told)) if join == "and" else told
        return group(join, by_people(parts, join, self.words.role))

    def pieces(self, start: int, end: int) -> list[tuple[int, int]]:
        """The items of a list behind a colon: between its semicolons, else between its commas and joints."""
        stops, joints = self.words.layout.sentences(start, end), self.words.layout.joints(start, end)
        last = max((c.end for c in joints if c.loose), default=start)  # "high or low risk, or none"
        return stops if len(stops) > 1 else between(start, end, [c for c in joints if c.loose or c.start >= last])

    def _read_run(self, run: Sequence[tuple[int, int]], parts: list[Expression | None]) -> None:
        """Adds what each sentence of a run says to `parts`, whose last one it may lift."""
        for index, (a, b) in enumerate(run):
            if (anew := other_than_before(self.words, parts, run, index)) is not None:
                parts.append(group("or", [parts.pop(), self._statement(*self.words.trim(anew, b))]))
                continue
            if parts and (others := otherwise(self.words, self, parts[-1], a, b)) is not None:
                parts.append(others)
                continue
            if parts and (either := let_in_too(self.words, self, parts[-1], a, b)) is not None:
                parts[-1] = either
                continue
            a = aside.end() if (aside := grammar().aside.match(self.words.text, a, b)) else a
            begin, plain = self.words.cue_at(a, b), not self.words.limits(a, b)
            leave = begin is None and (plain or self.words.role == "exclusion") and is_leave(self.words.text, self.words.role, a, b)
            terms = self.exceptions.terms(begin or a, b)
            if parts and self.words.role == "exclusion" and (terms or leave):
                parts.append(lift(parts.pop(), self.exceptions.on_terms(begin or a, terms, b) if terms else self.exceptions.given(a, b)))
                continue
            if terms and (begin is None or self.words.role == "inclusion") and (asked := self.exceptions.asked(a, terms, b)):
                parts.append(asked)
                continue
            leave = leave or (terms is not None and begin is None and self.words.role == "exclusion")
            if begin is None and tells_meaning(self.words.text, a, b):
                parts.append(of_meaning(self.words, self.guards.asked(a, b), a, b))
                continue
            if leave or (begin is None and plain and (asks_nothing(self.words.text, a, b) or defines(self.words.text, a, b))):
                parts.append(welcomed(self.words, a, b) or unread(self.words.text, a, b))
                continue
            if begin is not None and parts and lifts_nothing(self.words, a, begin, b):
                told = self._told(self.words.skip(begin), b) if asks(self.words.text, begin, b) else unread(self.words.text, begin, b)
                parts += beside_however(self.words, parts.pop(), told, begin, b)
                continue
            if begin is not None and (ahead := lifted_ahead(self.words, self, begin, b)) is not None:
                parts.append(ahead)
                continue
            if begin is not None and parts and (listed := self.exceptions.list_of(run[index:], parts[-1])) is not None:
                parts[-1] = lift(parts[-1], listed)
                return
            if begin is not None and parts:
                parts.append(lift(parts.pop(), self.exceptions.lifting(begin, b)))
                continue
            if parts and (but := self.exceptions.leave_but(a, b)) is not None:
                parts[-1] = lift(parts[-1], but)
                continue
            again = tried_again(self.words.text, a, b)
            parts.append(self._told(a, b) if again is None else group("and", [self._told(*self.words.trim(a, again)), unread(self.words.text, again, b)]))

    def _told(self, start: int, end: int) -> Expression | None:
        """What a sentence asks that neither lifts nor is lifted, leave for some people among it."""
        if self.words.role == "exclusion" and lets_continue(self.words.text, start, end):
            return unread(self.words.text, start, end)
        made = self._statement(behind_note(self.words.text, start, end), end)
        return (for_those(self.words, made) if is_leave(self.words.text, self.words.role, start, end) else None) or made

    def _statement(self, start: int, end: int) -> Expression | None:
        """A sentence that stands for itself."""
        timed_ahead = fronted(self.words, start, end, lambda a, b: self.counts.read(a, b) or self.guards.read(a, b))
        return self.exceptions.shut_out(start, end) or timed_ahead or self.counts.read(start, end) or self.guards.read(start, end)

    def stretch(self, start: int, end: int) -> Expression | None:
        """A sentence or a part of one: its exceptions, then its lists."""
        start, end = self.words.trim(start, end)
        if start >= end:
            return None
        if (forgone := forgone_all(self.words, start, end)) is not None:
            return forgone
        if self.words.role == "exclusion" and (meaning := defined_behind(self.words, start, end)) is not None:
            return group("or", [self.stretch(start, meaning), unread(self.words.text, *self.words.trim(meaning, end))])
        if (meaning := meant_by_number(self.words, start, end)) is not None:
            return group("and", [self.stretch(start, meaning), unread(self.words.text, *self.words.trim(meaning, end))])
        cue = next((c for c in self.words.mentions.cues if c.category == "EXCEPTION" and start < c.start and c.end < end and self.words.layout.is_open(c.start, start)), None)
        if cue is not None and not any(p.start < cue.end and cue.start < p.end for p in self.words.pairs):
            return self.exceptions.read(start, cue.start, cue.end, end)
        return with_untaken(self.words, start, end, self.items(start, end))

    # ---- lists

    def items(self, start: int, end: int) -> Expression | None:
        """The lists of a stretch; "asthma, with A or B" is asthma and one of A and B."""
        if self.words.role == "inclusion" and (colon := colon_before_ways(self.words, start, end)) is not None:
            return group("and", [self.items(*self.words.trim(start, colon)), self.items(*self.words.trim(colon + 1, end))])
        if special := none_or_little(self.words, start, end) or undone(self.words, start, end) or of_sexes(self.words, self, start, end) or self.guards.bracketed(start, end) or closing(self.words, start, end, self.items) or self.kinds.inline(start, end) or self.guards.behind(start, end):
            return special
        if (aged := people_of_age(self.words, start, end)) is not None:
            return group("and", [self.items(*self.words.trim(start, aged.start)), self.items(*self.words.trim(aged.end, end))])
        if (place := either_apart(self.words, start, end)) is not None:
            listed = either_list(self.words, place, end)
            return group("and", [self.items(*self.words.trim(start, place)), self._split(place, end, listed) if listed else self.items(place, end)])
        cuts = turns.without_qualifiers(self.words, loosest(self.words.text, parting_cuts(self.words, self.exceptions, start, end, listed=self.listed)), start)
        if (told := told_not(self.words, cuts, start, end)) is not None:
            return group("and", [self.items(*self.words.trim(start, told[0])), told[1]])
        inner = None if cuts else self.words.layout.wrapped(start, end)
        if inner is not None and all(self.words.bears(a, b) for a, b in between(*inner, self.words.layout.joints(*inner))):
            return self.items(*self.words.trim(*inner))
        if not cuts:
            return under_denial(self.words, start, end, related(self.words, self, start, end))
        if (turning := turned(self.words, self, cuts, start, end)) is not None:
            return turning
        loose = [c for c in cuts if c.loose]
        if loose and (listed := either_list(self.words, start, end)):
            return self._split(start, end, listed)
        if loose:
            if (further := turns.further_of_one(self.words, cuts, loose[0], start)) is not None:
                return group("and", [self.items(*self.words.trim(start, further[0].start)), self.items(*self.words.trim(further[1], end))])
            if (shut := closed(self.words, cuts)) is not None:
                return group("and", [self.items(*self.words.trim(start, shut.start)), self.items(*self.words.trim(shut.end, end))])
            return self._split(start, end, with_last(self.words, start, end, cuts, loose))
        if (shared := shared_by_all(self.words, cuts, start, end)) is not None:
            return group("and", [self.items(*self.words.trim(start, shared.start)), self.items(*self.words.trim(shared.end, end))])
        for join in ("and", "or", "either") if asks_first(self.words, cuts) else ("or", "and", "either"):
            chosen = [c for c in cuts if c.join == join or (join == "or" and self._is_or(c))]
            if chosen:
                return self._split(start, end, chosen)
        return under_denial(self.words, start, end, related(self.words, self, start, end))

    def _split(self, start: int, end: int, cuts: Sequence[Cut]) -> Expression | None:
        kind = self._kind(cuts, start, end)
        if kind == "mixed":
            cuts = [c for c in cuts if c.join in ("or", "either")]
            kind = "or"
        stretches = between(start, end, cuts)
        parts = [self.guards.asked(*self.words.trim(a, b)) or self.items(*self.words.trim(a, b)) if a < b else None for a, b in stretches]
        parts = explained(self.words, stretches, spread(self.words.text, stretches, timed_beside(parts)))
        if (denied := turns.denied_of_one(self.words, cuts, stretches, parts) if kind == "or" else turns.not_together(self.words, cuts, stretches, parts)) is not None:
            return denied
        parts, alike = reacted_to(self.words, carried(self.words, stretches, parts, either=kind == "or"))
        apart = self.words.role == "exclusion" and all(is_surely_denied(self.words.text, *self.words.trim(a, b)) for a, b in (stretches[0], stretches[-1]))
        if kind == "or" and not apart and (negated_list(self.words, stretches) or denied_alike(self.words.text, self.words.role, stretches, parts) or denied_behind(parts) or beside_denial(self.words, stretches, parts)):
            kind = "and"
        if kind == "or" and self.words.role == "inclusion" and (mostly := last_is_wider(parts)) is not None:
            return mostly
        if kind == "or":
            parts = self._meant(cuts, stretches, parts)
        if kind == "or" and self.words.role == "inclusion" and narrows(parts):
            kind = "and"
        parts = by_people(parts, kind, self.words.role)
        if kind == "and" and self.words.role == "exclusion" and (any_for_whom(parts) or several_events(parts) or alike):
            kind = "or"
        return share_among_peers(self.words, share_window(self.words, start, group(kind, with_complement(self.words, parts))))

    def _meant(self, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
        """The alternatives of a list, with what one of them says of the others."""
        made = alternatives(self.words, stretches, parts) if self.words.role == "inclusion" else with_list_of_one(self.words, cuts, stretches, parts)
        made = list(made) if made != parts else told_of_others(self.words, cuts, stretches, parts)
        if self.words.role == "inclusion":
            return made
        return limited_again(unwilling(cared_for_either(self.words, cuts, stretches, turns.with_either_of_one(self.words, cuts, stretches, made))))

    def _is_or(self, cut: Cut) -> bool:
        """Whether an exclusion's "and/or" parts its things as "or" does: "A and/or B and on C"."""
        return self.words.role == "exclusion" and cut.join == "either" and self.words.text[cut.start : cut.end].strip() != "/"

    def _kind(self, cuts: Sequence[Cut], start: int, end: int) -> str:
        """What a list's commas mean: what its last joint says, else what the role says."""
        said = {"or" if c.join == "either" else c.join for c in cuts} - {"comma"}
        commas = any(c.join == "comma" for c in cuts)
        if turns.both(self.words, cuts, start, end):
            return "and"
        if self.words.role == "exclusion" and said == {"and"} and (commas or self.people(cuts, start, end) or any(map(told_in_order, self.words.limits(start, end)))):
            return "or"
        if said == {"and", "or"}:
            return "or" if self.words.role == "exclusion" else "mixed"
        if said:
            return said.pop()
        return "or" if joins_any(self.words, start, end) else self.words.default

    def people(self, cuts: Sequence[Cut], start: int, end: int) -> bool:
        """ "Pregnant and lactating women", "hepatitis B and C", "patients who ..., and patients who ...": either excludes."""
        last = self.words.trim(cuts[-1].end, end)
        state = self.words.text[slice(*last)].lower() != "pregnant" and any(m.ids[0] in CARRYING and last == (m.start, m.end) for m in self.words.concepts)
        if state or any(c.loose or grammar().people.match(self.words.text, c.end) or _OTHER.match(self.words.text, c.end) for c in cuts):
            return True  # "use of steroids and pregnancy" are two things as well
        inside = [m for m in self.words.concepts if start <= m.start < end]
        if len(inside) < 2 or any(self.words.layout.is_open(p.start, start) or not self.words.layout.depth[p.start] for p in self.words.limits(start, end)) or len({"negated" in m.context for m in inside}) > 1:
            return False  # "asthma and no gout" is one thing
        return len({m.kind for m in inside}) == 1 or all(grammar().owned.match(self.words.text, c.end) or side_by_side(self.words, c, inside, end) for c in cuts)

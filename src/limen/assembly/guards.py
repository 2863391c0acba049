"""For whom a clause holds and whom it shuts out: "for women of childbearing potential, ...", "... if liver metastases"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.asides import is_state, with_left_out
from limen.assembly.coordination import SEXES, nouns
from limen.assembly.denials import DENIAL, all_denied, is_unable, opened, refused
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, group, is_light, of_mention, unread
from limen.assembly.needs import are_named, lists_people, needed_of_some, requires
from limen.assembly.purposes import told_of_time
from limen.assembly.segments import Cut
from limen.assembly.shutting import each_of, predicated, shut_for, shuts
from limen.assembly.spread import none_of
from limen.assembly.suffixes import suffix_behind
from limen.assembly.verdicts import verdicts
from limen.assembly.whom import KINDS_OF_PEOPLE, of_some_people
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, IfThen, Not, Threshold, Unread, leaves

_WITH = re.compile(r"(?:with|who\s+(?:have|are)|having|on|receiving|taking|using|treated\s+with|suffering\s+from|diagnosed\s+with|affected\s+by|presenting\s+with)\s", re.IGNORECASE)
_WITHOUT = re.compile(r"(?:without|with\s+no|not\s+(?:on|receiving|taking|treated|having|using)|who\s+(?:do|did|has|was|were))\s", re.IGNORECASE)
_IF = re.compile(r"\bif\s", re.IGNORECASE)
_NEEDED_IF = re.compile(r"\s*(?:only\s+)?(?:required|needed|necessary|applicable|applies|mandatory)\s+(?:only\s+)?(?:if|when|in\s+case\s+of)\s", re.IGNORECASE)
_IF_BRACKET = re.compile(r"\s*(?:and\s+)?(?:if|in\s+case\s+of|when|for\s+(?:patients|those|subjects))\s[^,()]{2,80},", re.IGNORECASE)
_HEDGED = re.compile(r",\s*(?:if|when|where)\s+(?:any|present|applicable|existing|known|they\s+exist|it\s+exists|needed|used|taken)\s*,?\s*$", re.IGNORECASE)
_ANY = re.compile(r"any\s+(?:(?:known|current|co-?existing|concomitant|concurrent|prior|previous|pre-?existing|underlying)\s+)?", re.IGNORECASE)
_NO_ONE = re.compile(r"(?:no|none\s+of\s+the)\s+(?:patients?|subjects?|participants?|individuals?|persons?|one)\s+(?:who\s+(?:have|has|had|is|are)\s+|with\s+|(?=on\s))?", re.IGNORECASE)
_SET_OFF = re.compile(
    r"(?<!view of the clinician)(?<!opinion of the investigator),\s+if\s+(?!(?:any|applicable|present|so|needed|necessary|known|available|possible|appropriate|required|indicated|feasible|clinically)\b)", re.IGNORECASE
)
_MUST = re.compile(r"(?:must|should|shall|need|needs|have|has|are|is)\s+(?:to\s+|required\s+to\s+)?", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|never|who|that|which|or)\s+$", re.IGNORECASE)
_LABELLED = re.compile(r"([^,;:()]{1,40}?)\s[-–—]\s")  # "For part 1 only - melanoma"
_FORBIDS = re.compile(r"\b(?:may\s+not|cannot)\s+(?=(?:have|receive|be\s+(?:pregnant|receiving|taking|using|on))\b)", re.IGNORECASE)
_TRIAL = "other_trial"
_GOES_ON = re.compile(r"(?:,|\b(?:and|or|but))\s*$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.;]\s")
_DEFINES = re.compile(r"(?:is|are)\s+defined", re.IGNORECASE)
_DEMAND = re.compile(r"\b(?:must|should|shall|have\s+to|has\s+to|needs?\s+to|may\s+not|cannot)\s", re.IGNORECASE)
_ASKS = re.compile(r"\b(?:(?:is|are|will\s+be)\s+(?:required|mandatory|necessary|needed|requested|obligatory)\b|(?:must|should|shall)\b)", re.IGNORECASE)
_ARTICLE = re.compile(r"\s(?:an?|the)\s", re.IGNORECASE)
_ABSENCE = re.compile(r"\s*in\s+(?:the\s+)?absence\b", re.IGNORECASE)
_STOPS = (".", ";", ":")
_SUBJECT = 4  # words of a subject that names those of the guard again: "the potential participant"
_VERB = 40  # characters from a modal in which its verb stands
_NEEDS = re.compile(r"needs?\s+to\s", re.IGNORECASE)
_AND = re.compile(r"\band\s+(?:who\s+|also\s+)?$", re.IGNORECASE)
_TOLD_OF_PEOPLE = re.compile(r"\s*(?:patients|subjects|participants|volunteers)?\s*,?\s*(?:(?:who|that)\s+(?:are\s+|have\s+)?|with\s+|using\s+|having\s+)(?!childbearing|(?:partner|wom[ae]n|m[ae]n)\b)", re.IGNORECASE)
_MUST_ALONE = re.compile(r"must\s", re.IGNORECASE)
_MUST_NOT = re.compile(r"(?:must|should|shall|may|can)\s*not\s", re.IGNORECASE)
_BY_PRONOUN = re.compile(r"[^,;:.()]{1,80}(?P<comma>,\s+)(?=(?:then\s+)?(?:it|they|this|these|he|she)\s+(?:must|should|shall|has|have|need|needs|will)\b)", re.IGNORECASE)
_THEN = re.compile(r"^(?:then\s)?(?:it\s|they\s|this\s|these\s|he\s|she\s)?", re.IGNORECASE)
_THEN_ASKS = re.compile(r"(?<!and)(?<!or)\s+then\s+", re.IGNORECASE)  # "if female then not pregnant"
_WHO_DID = re.compile(r"(?:who|that)\s(?:have|has|had|are|is|were|was|did|take|takes|took|use|uses|used|receive|receives|received)\s[^.;:]*?(?<!\band)(?<!\bor)(?<!\bwho)(?<!\bthat)\s$", re.IGNORECASE)
_WHO = 5  # characters of "who" or "that"
_TOLD = re.compile(r"\b(?:who|whom|whose|that|which|where|if|in\s+case|because|when|opinion|judg\w+)\b", re.IGNORECASE)


def demands(text: str) -> bool:
    """Whether a text may demand or forbid something."""
    return _DEMAND.search(text) is not None or _FORBIDS.search(text) is not None


class Lists(Protocol):
    """What the guards ask of the lists around them."""

    def stretch(self, start: int, end: int) -> Expression | None: ...
    def items(self, start: int, end: int) -> Expression | None: ...
    def people(self, cuts: Sequence[Cut], start: int, end: int) -> bool: ...


class Guards:
    """Reads the guards of one clause."""

    def __init__(self, words: Words, lists: Lists, *, lead: bool) -> None:
        self.words = words
        self.lead = lead
        self.lists = lists

    def read(self, start: int, end: int) -> Expression | None:
        """ "For female patients of childbearing potential, ...": a guard, a comma, and what it asks for."""
        match = grammar().guard_prefix.match(self.words.text, start, end)
        if match and (parted := self._ends(match.end(), end)) and not self._only_excepts(parted[1], end) and not is_state(self.words, start, *parted):
            if self._shuts_them_out(parted[1], end):
                whom = self.lists.stretch(match.end(), parted[0])
                return Not(of=whom) if whom is not None and self.words.role == "inclusion" else whom
            when = self.lists.stretch(match.end(), parted[0])
            then = self.lists.stretch(parted[1], end) or self._nothing_read(parted[1], end)
            if when is not None and self.words.role == "exclusion" and (unmet := self._demanded_then(parted[1], end)) is not None:
                return group("and", [when, unmet])
            bare = _ABSENCE.match(self.words.text, start) and all_denied(then)  # "in the absence of A, B or C" is no guard
            if when is not None and then is not None and not bare:
                return IfThen(when=when, then=then.then if isinstance(then, IfThen) and isinstance(then.when, Exposure) else then)
        return self.spared(start, end) or self.shut_out(start, end) or self.demanded(start, end) or needed_of_some(self.words, self.lists, start, end) or self.asked(start, end) or self.lists.stretch(start, end)

    def _only_excepts(self, start: int, end: int) -> bool:
        """Whether nothing but an exception stands behind a comma: "in remission, except with steroids" is no guard."""
        return self.words.cue_at(start, end) is not None and all(c.join != "comma" for c in self.words.layout.joints(start, end))

    def _demanded_then(self, start: int, end: int) -> Expression | None:
        """What an exclusion demands of those of a guard, unmet: "if on warfarin, the patient must be off it for 2 weeks"."""
        modal = _DEMAND.search(self.words.text, start, end)
        return self._unmet(start, modal.start(), end) if modal is not None and is_light(_THEN.sub("", self.words.text[start : modal.start()])) else None

    def _nothing_read(self, start: int, end: int, *, sure: bool = False) -> Unread | None:
        """What is asked of some people in words of no weight, left to a person: "for women, a test is required"."""
        asks = sure or _ASKS.search(self.words.text, start, end)
        return Unread(text=self.words.text[start:end], start=start, end=end, confidence=0.0) if asks else None

    def _shuts_them_out(self, start: int, end: int) -> bool:
        """Whether what stands behind a guard only shuts out whom it names: "if the patient has asthma, he will be excluded"."""
        subject = predicated(self.words.text, start, end)
        return subject is not None and not self.words.bears(start, subject) and len(self.words.text[start:subject].split()) <= _SUBJECT

    def spared(self, start: int, end: int) -> Expression | None:
        """ "Postmenopausal women do not require contraception": an inclusion asks nothing of them by it, and not that they do without."""
        spared = grammar().spared.search(self.words.text, start, end) if self.words.role == "inclusion" else None
        when = self.lists.stretch(start, spared.start()) if spared is not None and self.words.bears(start, spared.start()) else None
        then = unread(self.words.text, spared.start(), end) if spared is not None else None
        return IfThen(when=when, then=then) if when is not None and then is not None else None

    def _ends(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a guard ends and what it asks for begins: at its comma, or before a bare limit ("if liver metastases ≤ 5 x ULN")."""
        if (dash := _LABELLED.match(self.words.text, start, end)) and not self.words.bears(start, dash.end(1)):
            return dash.end(1), dash.end()
        if (told := _BY_PRONOUN.match(self.words.text, start, end)) and self.words.bears(start, told.start("comma")):
            return told.span("comma")
        joints = self.words.layout.joints(start, end)
        comma = next((c for c in joints if c.join == "comma"), None)
        if comma and self.lead and lists_people(self.words, joints, end):
            return None
        if comma and comma.end < end and self.words.bears(start, comma.start):
            return comma.start, comma.end
        then = _THEN_ASKS.search(self.words.text, start, end)
        if then is not None and self.words.layout.is_open(then.start(), start) and self.words.bears(start, then.start()):
            return then.span()
        if self.words.role == "inclusion" and (place := self._asked_from(start, end)) is not None:
            return place, place
        limit = next(iter(self.words.limits(start, end)), None)
        bare = limit is not None and all(t.reference in ("uln", "lln") and t.concept_start is not None and t.concept_start < start for t in limit.thresholds)
        return (limit.start, limit.start) if limit is not None and bare and self.words.names(start, limit.start) else None

    def _asked_from(self, start: int, end: int) -> int | None:
        """Where people end and what is asked of them begins, without a comma: "for women with asthma a pregnancy test is required"."""
        text = self.words.text
        asks = _ASKS.search(text, start, end)
        if asks is None or (people := grammar().peopled.search(text, start, asks.start())) is None:
            return None
        places = [m.start() + 1 for m in _ARTICLE.finditer(text, people.end() - 1, asks.start())]
        named = (t.concept_start for p in self.words.limits(people.end(), end) for t in p.thresholds[:1])
        places += [c for c in named if c is not None and people.end() <= c < asks.start()]
        return next((p for p in places if WORD.findall(text[start:p])[-1].lower() not in nouns().closed), None)

    def shut_out(self, start: int, end: int) -> Expression | None:
        """ "Use of inhibitors is not permitted", "patients are excluded if on dialysis": an inclusion denies it, an exclusion names it."""
        if (reason := shut_for(self.words.text, start, end)) and self.words.layout.depth[reason.start()] == self.words.layout.depth[start]:
            whom, why = self.lists.stretch(start, reason.start()), self.lists.stretch(reason.end(), end)
            told = whom is not None and reason["cause"] is not None  # "pregnant women are excluded because of the radiation"
            named = whom if told else group("and", [whom, self._one_by_one(why, reason.end(), end)])
            return Not(of=named) if named is not None and self.words.role == "inclusion" else named
        if (nobody := self._no_one(start, end)) is not None:
            return nobody
        stop = predicated(self.words.text, start, end)
        if stop is None or self.words.layout.depth[stop] != self.words.layout.depth[start]:
            return None
        if (but := self._let_in_before(start, stop)) is not None:
            return group("and", [unread(self.words.text, start, but.start), self.shut_out(but.end, end)])
        if (place := self._subject_at(start, stop)) is not None:
            return group("and", [self.lists.stretch(start, place.start), self.shut_out(place.end, end)])
        subject = each_of(self.words, self.lists, start, stop)
        if subject is None or self.words.role == "exclusion":
            return subject
        if all_denied(subject) and not any(c.category == DENIAL and start <= c.start < stop for c in self.words.mentions.cues):
            return subject  # "no asthma, gout not allowed": one of the two denials is enough
        return Not(of=subject)

    def _let_in_before(self, start: int, stop: int) -> Cut | None:
        """The joint between whom an inclusion lets in and whom it shuts out: "mixed types are eligible, but pure ones are excluded"."""
        joints = self.words.layout.joints(start, stop) if self.words.role == "inclusion" else []
        said = verdicts().admits.search(self.words.text, start, stop)
        return next((c for c in joints if said is not None and said.end() <= c.start and not self.words.weighty(said.end(), c.start)), None)

    def _no_one(self, start: int, end: int) -> Expression | None:
        """ "No patient with asthma or gout is eligible": an inclusion denies each of a plain list, an exclusion shuts out for each; else a person decides."""
        head, verdict = _NO_ONE.match(self.words.text, start, end), verdicts().admits.search(self.words.text, start, end)
        if head is None or verdict is None or self.words.weighty(verdict.end(), end):
            return None
        named = self.lists.stretch(head.end(), verdict.start())
        parts = named.of if isinstance(named, (AllOf, AnyOf)) else (named,)
        if not all(isinstance(p, (Condition, Exposure)) for p in parts):
            return unread(self.words.text, start, end)
        denied = [none_of(p) for p in parts]
        return group("and", denied) if self.words.role == "inclusion" else group("or", [refused(p) for p in denied if p is not None])

    def _subject_at(self, start: int, stop: int) -> Cut | None:
        """Before those who are shut out behind another statement of an inclusion: "Asthma, and patients with gout are excluded", "no asthma, gout is not allowed"."""
        if self.words.role == "exclusion" or grammar().people.match(self.words.text, start):
            return None
        loose = [c for c in self.words.layout.joints(start, stop) if c.loose and c.join in ("comma", "and")]
        people = next((c for c in loose if grammar().people.match(self.words.text, self.words.skip(c.end))), None)
        return people or next((c for c in reversed(loose) if opened(self.words.text, start, c.start) is not None or shuts(self.words.text, start, c.start)), None)

    def _one_by_one(self, why: Expression | None, start: int, end: int) -> Expression | None:
        """The reasons of a list with commas alone, of which one is enough."""
        joints = {c.join for c in self.words.layout.joints(start, end)}
        return AnyOf(of=why.of) if isinstance(why, AllOf) and joints and "and" not in joints else why

    def demanded(self, start: int, end: int) -> Expression | None:
        """ "Participants must not have asthma" in an exclusion: it shuts out whoever does not meet the demand."""
        demand = grammar().demand.match(self.words.text, start, end) if self.words.role == "exclusion" else None
        if demand is None:
            return None
        alone = _MUST_ALONE.match(self.words.text, start)  # its items are denied once, and not each of them as a demand
        begin = demand.end("people") if demand.group("people") else alone.end() if alone else start
        asked = self.lists.stretch(begin, end)
        if isinstance(asked, AnyOf) and {c.join for c in self.words.layout.joints(begin, end)} <= {"and", "comma"}:
            asked = AllOf(of=asked.of)
        if isinstance(asked, AnyOf) and any(isinstance(p, Unread) and is_unable(self.words.text, p.start) for p in asked.of):
            return unread(self.words.text, start, end)  # "cannot be on A or B" forbids both, and only the first was read so
        return refused(asked) if asked is not None else None

    def asked(self, start: int, end: int) -> Expression | None:
        """ "Women of childbearing potential and men must use contraception": for whom, and what is asked of them."""
        modals = [grammar().modal.search(self.words.text, start, end), _FORBIDS.search(self.words.text, start, end) if self.words.role == "exclusion" else requires(self.words, start, end)]
        if self.lead and self.words.role == "inclusion" and not any(modals):
            modals = [grammar().let_in.search(self.words.text, start, end)]  # "patients with gout are eligible (with the following):"
        modal = min((m for m in modals if m is not None), key=lambda m: m.start(), default=None)
        if modal is None or self.words.layout.depth[modal.start()] != self.words.layout.depth[start] or _NOT.search(self.words.text, start, modal.start()):
            return None
        named = [m for m in self.words.names(start, modal.start()) if m.ids[0] not in grammar().acts]
        if self.words.role == "exclusion" and self._is_demand(start, modal) and not any(m.kind == "demographic" and m.ids[0] != _TRIAL for m in named):
            return self._unmet(start, modal.start(), end)
        hedge = _HEDGED.search(self.words.text, start, modal.start()) if self.words.role == "inclusion" else None
        whoever = self.words.role == "inclusion" and any(m.kind == "condition" and not m.context for m in named) and (hedge or _ANY.match(self.words.text, start))
        people = whoever or are_named(self.words, start, modal.start(), named) or any(m.kind == "demographic" and not (self.words.role == "exclusion" and "negated" in m.context) for m in named) or (named and self.words.role == "inclusion" and self._people_with(start, _WITHOUT))
        if not people or any(p.time is None for p in self.words.limits(start, modal.start())):
            return None
        if (all_asked := self._all_asked(start, modal.start(), end)) is not None:
            return all_asked
        begin = self._behind_time(start, modal.start())
        lets_in = modal.groupdict().get("let_in") is not None
        when, then = self.lists.stretch(begin, hedge.start() if hedge else modal.start()), self.lists.stretch(modal.end() if lets_in else modal.start(), end)
        then = group("and", [unread(self.words.text, start, begin), then]) if begin > start else then
        then = then or (self._nothing_read(modal.start(), end, sure=lets_in) if self.lead and self.words.role == "inclusion" else None)
        if when is None or then is None or (_DEFINES.match(self.words.text, modal.start()) and not isinstance(when, Demographic)):
            return None
        whom = AnyOf(of=when.of) if isinstance(when, AllOf) and self._several(when, start, modal.start()) else when
        if self.words.role == "exclusion" and _MUST_NOT.match(self.words.text, modal.start()):
            return AllOf(of=(whom, refused(then)))
        shut_out = self.words.role == "exclusion" and _MUST.match(self.words.text, modal.start())
        return AllOf(of=(whom, Not(of=then))) if shut_out else with_left_out(whom, IfThen(when=whom, then=then))

    def _all_asked(self, start: int, modal: int, end: int) -> Expression | None:
        """ "Women with a negative test and agree to use contraception": the last of several things that are asked of the same people."""
        names = self.words.names(start, modal)
        first = names[0] if names and names[0].ids[0] in KINDS_OF_PEOPLE and is_light(self.words.text[start : names[0].start]) else None
        told = _TOLD_OF_PEOPLE.match(self.words.text, first.end, modal) if first is not None else None
        if self.words.role == "exclusion" or first is None or told is None or _AND.search(self.words.text, told.end(), modal) is None:
            return None
        then = self.lists.stretch(told.end(), end)
        return IfThen(when=of_mention(self.words.text, first, first.start, first.end), then=then) if then is not None else None

    def _behind_time(self, start: int, end: int) -> int:
        """Where people begin behind a time that nobody else has: "within 72 h of the first dose, women must have a negative test"."""
        comma = self.words.text.find(",", start, end)
        timed = comma > 0 and any(start <= t.start and t.end <= comma for t in self.words.mentions.times) and not self.words.limits(start, comma)
        return self.words.skip(comma + 1) if timed and not self.words.names(start, comma) and grammar().peopled.search(self.words.text, comma, end) else start

    def _several(self, whom: AllOf, start: int, end: int) -> bool:
        """Whether those who are asked are of several kinds: a joint lists them, or nobody read a part of what they are."""
        return bool(self.words.layout.joints(start, end)) or (not isinstance(whom.of[0], Demographic) and any(isinstance(p, Unread) for p in whom.of))

    def _is_demand(self, start: int, modal: re.Match[str]) -> bool:
        """Whether a modal is the verb of its sentence: "blood pressure must be below 140", not "pain that must be treated"."""
        subject = self.words.text[start : modal.start()].strip(" ,")
        if any(c.category in ("EXCEPTION", "ALLOWED") and c.end <= start and not _SENTENCE_END.search(self.words.text, c.end, start) for c in self.words.mentions.cues):
            return False  # what an exception asks for is asked
        if _NEEDS.match(self.words.text, modal.start()) and is_light(subject):
            return False  # "the patient needs to be in intensive care" tells how the patient is
        opens = self.words.text[: modal.start()].rstrip().endswith(_STOPS) or not self.words.text[: modal.start()].strip()
        demand = _DEMAND.match(self.words.text, modal.start()) if subject else opens and _MUST_ALONE.match(self.words.text, modal.start())
        asks = bool(demand) and not shuts(self.words.text, modal.start(), modal.start() + _VERB)  # "should be excluded" asks for nothing
        people = grammar().people.match(self.words.text, start) if self._who_did(start, modal.start()) else None
        return asks and _TOLD.search(self.words.text, people.end() + _WHO if people else start, modal.start()) is None

    def _unmet(self, start: int, modal: int, end: int) -> Expression | None:
        """What an exclusion demands, denied where it is sure what was read; else a person sees which way round it is meant."""
        whole = unread(self.words.text, start, end)
        limited = self.words.limits(start, modal)
        people_had = self.lists.stretch(start, modal) if limited and self._who_did(start, modal) else None  # "patients who had steroids for 3 weeks must be off them"
        if _GOES_ON.search(self.words.text, start, modal) or (limited and people_had is None):
            return whole
        forbids, demand = _MUST_NOT.match(self.words.text, modal), _DEMAND.match(self.words.text, modal)
        inside = self.words.limits(modal, end)
        begin = demand.end() if demand and not any(p.start < demand.end() for p in inside) else modal  # "cannot have > 15 %" is one comparison
        then = self.lists.stretch(begin, end)
        if then is None or not self.words.bears(modal, end):
            return self.lists.stretch(start, end)
        counted = forbids is not None and any(p.start < forbids.end() for p in inside)  # "must not be above 2" is read as at most 2
        people = is_light(self.words.text[start:modal])
        if all_denied(then) if forbids and not counted else all(_is_plain(leaf, people=people) for leaf in leaves(then)):
            return group("and", [people_had or (self.lists.stretch(start, modal) if self._people_with(start) else None), refused(then)])
        longer = inside and all(p.thresholds[0].operator in ("ge", "gt") for p in inside) and _are_limits(then)
        told = [people_had, unread(self.words.text, modal, end)] if people_had is not None else [whole]
        return group("and", [*told, Not(of=then)]) if longer and not forbids else group("and", told)

    def _who_did(self, start: int, modal: int) -> bool:
        """Whether a modal is the verb of people who had or have something: "patients who had X must be off it"."""
        people = grammar().people.match(self.words.text, start)
        return people is not None and _WHO_DID.fullmatch(self.words.text, people.end(), modal) is not None

    def _people_with(self, start: int, *further: re.Pattern[str]) -> bool:
        """ "Patients with cirrhosis", "those who are on dialysis": people by what they have."""
        people = grammar().people.match(self.words.text, start)
        return people is not None and any(pattern.match(self.words.text, people.end()) for pattern in (_WITH, *further))

    def behind(self, start: int, end: int) -> Expression | None:
        """ "Washout of 2 weeks if on A, B or C", "≤ 5 x ULN for patients with D": what stands behind a limit's "if" is its guard."""
        limits = self.words.limits(start, end)
        if (set_off := self._set_off(start, end)) is not None:
            return set_off
        if all(p.thresholds[0].kind == "age" for p in limits) and (for_some := self._for_some(start, end)) is not None:
            return for_some
        match = suffix_behind(self.words, limits, end)
        if match is None or not self.words.layout.is_open(match.start(), start):
            return None
        if told_of_time(self.words, limits[-1], match.start()) and any(m.kind == "condition" for m in self.words.names(match.end(), end)):
            return None
        absence = _ABSENCE.match(self.words.text, match.start())
        stop = next((b for a, b in self.words.layout.sentences(0, len(self.words.text)) if a <= start < b), end)
        if absence and any(m.kind == "drug" for m in self.words.names(match.end(), stop)):
            return None  # "platelets > 100 in the absence of transfusion or steroids" asks for both
        sure = grammar().proviso.match(self.words.text, match.start()) or of_some_people(self.words, match.start(), end) or any(m.kind in ("condition", "demographic") for m in self.words.names(match.end(), end))
        proviso = grammar().proviso.match(self.words.text, match.start()) is not None  # "creatinine < 2, if on dialysis"
        joints = [c for c in self.words.layout.joints(start, match.start()) if not (proviso and c.join == "comma" and c.end <= match.start() <= self.words.skip(c.end))]
        if not sure or any(c.loose or c.join == "comma" or self.words.bears(start, c.start) for c in joints):
            return None  # "measured or estimated clearance ≥ 60 for ..." has one limit
        when, then = self.lists.stretch(match.end(), end), self.lists.items(*self.words.trim(start, match.start()))
        guarded = IfThen(when=when, then=then) if when is not None and then is not None else None
        spared = any(t.reference and t.operator in ("le", "lt") for p in limits for t in p.thresholds)
        doubt = unread(self.words.text, match.start(), end)
        if guarded is None or when is None or doubt is None or not absence or spared or not all_denied(when) or self.words.role == "exclusion":
            return guarded  # of "ALT < 3 x ULN in the absence of metastases" the others are spared
        return AllOf(of=(guarded, IfThen(when=refused(when), then=doubt)))

    def bracketed(self, start: int, end: int) -> Expression | None:
        """ "Cirrhosis (if varices, on propranolol)": what a bracket asks of some of those who have what stands before it."""
        inner = self.words.layout.brackets(start, end) if self.words.role == "inclusion" else []
        needed = _NEEDED_IF.match(self.words.text, *inner[0]) if len(inner) == 1 and not self.words.weighty(inner[0][1], end) else None
        if needed is not None:  # "clearance > 50 (required if creatinine > 1.5)"
            when, then = self.lists.stretch(needed.end(), inner[0][1]), self.lists.items(*self.words.trim(start, inner[0][0] - 1))
            return IfThen(when=when, then=then) if when is not None and then is not None else None
        if len(inner) != 1 or not _IF_BRACKET.match(self.words.text, *inner[0]) or self.words.weighty(inner[0][1], end) or self.words.limits(start, inner[0][0]):
            return None
        told, before = self.read(*self.words.trim(*inner[0])), self.lists.items(*self.words.trim(start, inner[0][0] - 1))
        return AllOf(of=(before, told)) if isinstance(told, IfThen) and before is not None else None

    def _set_off(self, start: int, end: int) -> Expression | None:
        """ "Statins at a stable dose, if taken", "hypertension, if not treated": a condition behind the only comma."""
        match = _SET_OFF.search(self.words.text, start, end)
        if match is None or not self.words.layout.is_open(match.start(), start) or self.words.limits(start, match.start()):
            return None
        others = [c for c in self.words.layout.joints(start, end) if c.start != match.start()]
        if any(c.start < match.start() or c.loose for c in others) or not self.words.weighty(start, match.start()):
            return None
        when, then = self.lists.stretch(match.end(), end), self.lists.items(*self.words.trim(start, match.start()))
        if when is None or then is None:
            return None
        return IfThen(when=when, then=then) if self.words.role == "inclusion" else AllOf(of=(then, when))

    def _for_some(self, start: int, end: int) -> Expression | None:
        """ "Use of contraception if of childbearing potential": what an inclusion asks of some people alone, by what they are."""
        match = _IF.search(self.words.text, start + 1, end) if self.words.role == "inclusion" else None
        if match is None or not self.words.layout.is_open(match.start(), start) or grammar().people.match(self.words.text, start):
            return None
        asked, whom = self.words.names(start, match.start()), self.words.names(match.end(), end)
        if not asked or not whom or any(m.kind != "demographic" or "negated" in m.context for m in whom) or any(m.ids[0] in SEXES for m in asked):
            return None
        if any(c.start < match.start() for c in self.words.layout.joints(start, end)) or self.words.limits(start, match.start()):
            return None
        when, then = self.lists.items(*self.words.trim(match.end(), end)), self.lists.items(*self.words.trim(start, match.start()))
        when = AnyOf(of=when.of) if isinstance(when, AllOf) and not self.words.limits(match.end(), end) else when
        return IfThen(when=when, then=then) if when is not None and then is not None else None


def _is_plain(leaf: Expression, *, people: bool) -> bool:
    """Whether a demand of this leaf can be denied as it stands: a limit of a measurement, what the patients are."""
    return (isinstance(leaf, Threshold) and leaf.kind in ("measurement", "score", "age")) or (people and isinstance(leaf, Demographic))


def _are_limits(made: Expression) -> bool:
    return all(isinstance(part, Threshold) for part in (made.of if isinstance(made, AllOf) else (made,)))

"""What an exception names, and what it lifts: "malignancy other than basal cell carcinoma within 5 years"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.coordination import example_at
from limen.assembly.denials import DENIAL, all_denied, goes_on, is_denied, is_surely_denied, opened, refused, states
from limen.assembly.grammar import grammar
from limen.assembly.guards import Guards
from limen.assembly.leave import asks, behind_leave, beside_however, is_leave, is_purpose, lifts_nothing, on_terms
from limen.assembly.leaves import group, left_unread, unread
from limen.assembly.lifted import (
    each_graded,
    examples_go_on,
    held_together,
    in_doubt,
    is_akin,
    kinds_back,
    lacks_time,
    met,
    start_of,
    strays,
    told_apart,
    under_time,
    unnested,
)
from limen.assembly.segments import Cut
from limen.assembly.shutting import shuts, shuts_out
from limen.assembly.spread import spread
from limen.assembly.trailing import known_as, lifted_from_each
from limen.assembly.whom import sets_again
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Exposure, Expression, IfThen, Not, Threshold, Unless, Unread, leaves
from limen.mentions import Cue

_SPARES = re.compile(r"(?:(?:is|are)\s+)?not\s+(?:required|needed|necessary|applicable|mandatory)\s+(?:for|in|to|if|when)\s", re.IGNORECASE)
_EXCEPTIONS = re.compile(r"\W*(?:the\s+)?(?:following\s+)?exception(?P<several>s)?\b[^.;:]{0,30}:\s*", re.IGNORECASE)
_AND_EXCEPT = re.compile(r",?\s*\b(?:and|or)\s+(?:also\s+)?(?:except(?:ing|ed)?(?:\s+for)?|other\s+than|excluding|not\s+including|apart\s+from)\s*$", re.IGNORECASE)
_PERMITS = re.compile(r"(?:(?:is|are|be)\s+)?(?:allow|permit|accept)\w*\s*$", re.IGNORECASE)  # "are permitted to join if" names who is looked for
_IN_WHICH_CASE = re.compile(r"[\s,;(]+(?:in\s+(?:which|that|this|such)\s+(?:a\s+)?cases?|(?:for|in)\s+whom)(?:[\s,]+|(?=[<>≤≥=]))", re.IGNORECASE)
_TO_REACH = re.compile(r"\bto\s+(?:achieve|reach|meet|obtain|attain|maintain|keep)\s", re.IGNORECASE)
_WHO = re.compile(r"\s*(?:\w+\s+){1,4}who\s", re.IGNORECASE)
_PREDICATES = re.compile(r"(?:,\s*(?:and\s+)?|\band\s+)(?:who\s+)?(?:is|are|was|were|has|have|had|do|does|did)\s", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:that|which|who)\b", re.IGNORECASE)  # "registries that are not in conflict and do not affect it"
_PLAIN = re.compile(r"\s*,?\s*(?:with|up|at)\b", re.IGNORECASE)
_WHOLE = ("unless", "however", "except if", "except when")
_UNLESS = re.compile(r"\b(?:unless|except\s+(?:if|when))\s*$", re.IGNORECASE)
_SET_OFF = re.compile(r",\s*(?:unless|except(?:\s+(?:for|if|when|in))?)\s*$", re.IGNORECASE)
_BOTH = re.compile(r"(?:(?!\bor\b)[^;.:])+\s(?:and|plus|with)\s(?:(?!\bor\b)[^;.:])+", re.IGNORECASE)
_ON = re.compile(r"\s*(?:(?:who|that)\s+(?:are|were|have\s+been)\s+)?(?:(?:previously|currently|only)\s+)?(?:treated\s+with|on|taking|receiving|using)\s", re.IGNORECASE)
_BUT_NOT = re.compile(r"\bbut\s+not\s+(?:any\s+)?$", re.IGNORECASE)  # its name is lifted, and not denied
_BEFORE = 16  # characters in which such words stand before what they name
_OF_HEAD = re.compile(  # what is said of a disease, and not of the kind of it that an exception names
    r"\s+(?:[\w/-]+\s+){1,6}?(?P<told>that\s+(?:(?:is|has|was|had)\s+)?(?:(?:currently|actively|recently)\s+)?(?:progress|requir|recurr|active))", re.IGNORECASE
)
_NOUN = 5  # letters of a light noun: "cases", not "an"
_ANEW = re.compile(r"\s*(?:who\s+)?(?:is|are|has|have|had|was|were|takes?|uses?|receives?|received|requires?|needs?)\s", re.IGNORECASE)
_OF_PEOPLE = re.compile(r"\b(?:those|who|that|which|if|when|where|patients|subjects|participants|they|cases)\b", re.IGNORECASE)
_STATED = re.compile(r"\W*(?:(?:the\s+)?(?:patients?|subjects?|participants?|individuals|persons|those)\s+)?(?:who\s+)?(?:currently\s+)?(?:with|is|are|has|have|had|was|were|takes?|uses?|receives?|received|requires?|needs?)\s", re.IGNORECASE)
_AS_WELL = re.compile(r",?\s*as\s+(?:is|are)\s", re.IGNORECASE)  # "nasal steroids are allowed, as are topical steroids"
_BECAUSE = re.compile(r"\b(?:related\s+to|due\s+to|secondary\s+to|caused\s+by)\s", re.IGNORECASE)  # "retinopathy due to diabetes or hypertension"
_QUALIFIED = re.compile(r"\b(?:related\s+to|due\s+to|secondary\s+to|associated\s+with|caused\s+by|that|which|who)\b", re.IGNORECASE)


class Lists(Protocol):
    """What the exceptions ask of the lists around them."""

    def stretch(self, start: int, end: int) -> Expression | None: ...
    @property
    def guards(self) -> Guards: ...


class Exceptions:
    """Reads the exceptions of one clause."""

    def __init__(self, words: Words, lists: Lists) -> None:
        self.words = words
        self.lists = lists

    def leave(self) -> Expression | None:
        """What a clause that gives leave lets in."""
        start, end = self.words.trim(0, len(self.words.text))
        terms = self.terms(start, end)
        return self.on_terms(start, terms, end) if terms else self.given(start, end)

    def terms(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a sentence gives leave on terms, and where these begin; an exception that is named before leave reads it by itself."""
        found = on_terms(self.words.text, self.words.role, start, end)
        excepts = found is not None and any(c.category == "EXCEPTION" and start <= c.start < found[0] for c in self.words.mentions.cues)
        return None if excepts else found

    def given(self, start: int, end: int) -> Expression | None:
        """What a sentence that gives leave lifts; a list whose last thing alone is qualified is left to a person."""
        lifted = self.lifting(start, end)
        parts = lifted.of if isinstance(lifted, AnyOf) else ()
        told = [_QUALIFIED.search(self.words.text, min(x.start for x in leaves(p)), max(x.end for x in leaves(p))) is not None for p in parts]
        because = bool(told) and _BECAUSE.search(self.words.text, *self.words.trim(start, min(x.start for x in leaves(parts[1])))) is not None
        return unread(self.words.text, start, end) if told and (because or any(told[1:])) and not all(told) else lifted

    def leave_but(self, start: int, end: int) -> Expression | None:
        """What a sentence of an exclusion lifts whose leave has an exception of its own: "patients on statins are allowed unless they have gout"."""
        cue = self._again(start, end) if self.words.role == "exclusion" else None
        if cue is None or not is_leave(self.words.text, "exclusion", start, cue.start):
            return None
        whom, but = self.given(start, cue.start), self.lifting(cue.end, end)
        return Unless(requirement=whom, exception=but) if whom is not None and but is not None else None

    def list_of(self, run: Sequence[tuple[int, int]], lifted: Expression | None) -> Expression | None:
        """What semicolons list behind "Exceptions:"; behind "Exception:" one thing, and further ones that are kinds of what is lifted."""
        head = _EXCEPTIONS.match(self.words.text, *run[0]) if len(run) > 1 else None
        listed = [self.lifting(*self.words.trim(max(a, head.end()), b)) for a, b in run] if head is not None else []
        of = lifted.of if isinstance(lifted, AnyOf) else [lifted] if lifted is not None else []
        kinds = all(part is not None and any(is_akin(leaf, of) for leaf in leaves(part)) for part in listed[1:])
        return group("or", listed) if head is not None and (head["several"] or kinds) else None

    def shut_out(self, start: int, end: int) -> Expression | None:
        """ "Excluding patients with asthma" in an inclusion: none of those; unread where another statement follows."""
        begin = shuts_out(self.words.text, start, end) if self.words.role == "inclusion" else None
        denials = [c for c in self.words.mentions.cues if c.category == DENIAL and start <= c.start < end]
        if begin is None or any(c.start < begin for c in denials):
            return None  # a rule of context denies it already
        out = self.lifting(begin, end)
        plain = goes_on(self.words.text, begin, end) and not denials
        return Not(of=out) if plain and out is not None else unread(self.words.text, start, end)

    def bracket(self, start: int, end: int) -> Expression | None:
        """What a bracket lifts out: "(except aspirin)", "(aspirin is allowed if the dose is stable)"; None for other brackets."""
        spares = _SPARES.match(self.words.text, start, end)
        begin = spares.end() if spares else self.words.cue_at(start, end)
        if begin is None and not any(c.category == "ALLOWED" and start < c.start and c.end <= end for c in self.words.mentions.cues):
            terms = self.terms(start, end) if self.words.role == "exclusion" else None
            leave = self.words.role == "exclusion" and is_leave(self.words.text, "exclusion", start, end)
            return self.on_terms(start, terms, end) if terms else self.given(start, end) if leave else None
        lifted = self.lifting(begin or start, end)
        told = begin is None and isinstance(lifted, AnyOf) and isinstance(lifted.of[-1], AllOf) and not all(isinstance(p, AllOf) for p in lifted.of)
        if begin is None and isinstance(lifted, AnyOf) and _TO_REACH.search(self.words.text, start, end) is not None:
            return AllOf(of=lifted.of)  # "(transfusion to reach a haemoglobin ≥ 9 is acceptable)" spares nobody that limit
        return unread(self.words.text, start, end) if told else lifted  # "(A or B with L can be included)": A may be meant with L alone

    def on_terms(self, start: int, leave: tuple[int, int], end: int) -> Expression | None:
        """What a sentence lifts that gives leave on terms; where it names nobody, its terms are left to a person."""
        if not self.words.bears(start, leave[0]):
            return unread(self.words.text, start, end)
        examples = example_at(self.words.text, leave[1], end)
        told = examples is not None and not self.words.text[leave[1] : examples[0]].strip(" (,")
        if told or _AS_WELL.match(self.words.text, leave[1], end):
            more = self.words.trim(leave[1], end)
            purpose = not told and " for " in self.words.text[slice(*more)]
            return group("or", [self.given(start, leave[0]), unread(self.words.text, *more) if purpose else self.lifting(*more)])
        return group("and", [self.given(start, leave[0]), self._terms(leave[1], end)])

    def asked(self, start: int, leave: tuple[int, int], end: int) -> Expression | None:
        """What leave on terms alone asks of those whom it names: "statins are allowed if the dose is stable".

        An exclusion shuts out who does not meet the terms.
        """
        permits = _PERMITS.search(self.words.text, *leave) and not _PLAIN.match(self.words.text, leave[1])
        if not grammar().terms.match(self.words.text, leave[1], end):
            return None
        named = self.words.role == "exclusion" or (permits and self.words.names(start, leave[0]))
        whom, terms = self._lifted(start, leave[0]) if named else None, self._terms(leave[1], end)
        if whom is None or terms is None:
            return None
        return group("and", [whom, refused(terms)]) if self.words.role == "exclusion" else IfThen(when=whom, then=terms)

    def _terms(self, start: int, end: int) -> Expression | None:
        """The terms of a leave, which must all be met unless "or" joins them; what nobody can tell apart is left to a person."""
        start, end = self.words.trim(start, end)
        if is_purpose(self.words, start, end):
            return unread(self.words.text, start, end)
        made = met(self.lists.stretch(start, end))
        joins = {"or" if c.join == "either" else c.join for c in self.words.layout.joints(start, end)}
        mixed = isinstance(made, AnyOf) and "or" in joins and len(joins) > 1
        if made is not None and (mixed or any(lacks_time(part) for part in (made.of if isinstance(made, (AllOf, AnyOf)) else (made,)))):
            return unread(self.words.text, start, end)
        return AllOf(of=made.of) if isinstance(made, AnyOf) and "or" not in joins else made

    def _lifted(self, start: int, end: int) -> Expression | None:
        """What is lifted, each thing of its list by itself; only in its setting: "during phase II, patients on tubes are eligible"."""
        if ";" in self.words.text[start:end] and len(listed := self.words.layout.sentences(start, end)) > 1:
            return group("or", [self._lifted(*self.words.trim(a, b)) for a, b in listed])  # "(except: gout; treated asthma)"
        if (more := self._again(start, end)) is not None and (joint := _AND_EXCEPT.search(self.words.text, start, more.end)) is not None:
            return group("or", [self._lifted(start, joint.start()), self._lifted(more.end, end)])
        comma = next((c for c in self.words.layout.joints(start, end) if c.join == "comma"), None)
        if comma is not None and grammar().setting.match(self.words.text, self.words.trim(start, end)[0]):
            return group("and", [self.lists.stretch(start, comma.start), self._lifted(comma.end, end)])
        lifted = met(self.lists.stretch(start, end))
        if isinstance(lifted, (AllOf, AnyOf)) and (self._is_proviso(start, end) or self._on_both(lifted, start, end)):
            return AllOf(of=lifted.of)
        if isinstance(lifted, AllOf) and all(isinstance(p, (Condition, Exposure)) and not p.negated for p in lifted.of):
            return AnyOf(of=lifted.of)
        if isinstance(lifted, AllOf) and (graded := each_graded(self.words, self.lists, start, end)) is not None:
            return graded
        lifted = unnested(self.words.text, lifted)
        if isinstance(lifted, AnyOf) and self._says_of_one(start, end):
            return AllOf(of=lifted.of)
        return group("or", held_together([self._surely(p) for p in lifted.of])) if isinstance(lifted, AnyOf) else self._surely(lifted)

    def _is_proviso(self, start: int, end: int) -> bool:
        """Whether "and" joins what must all be so for an exception to hold: "unless on warfarin and in remission", "unless on A and B for a month"."""
        limits = self.words.limits(start, end)
        event = limits[0].thresholds[0] if len(limits) == 1 and limits[0].time is not None else None
        if event is not None and event.concept_start is not None and start <= event.concept_start and _BOTH.fullmatch(self.words.text, event.concept_start, event.concept_end or end):
            return _UNLESS.search(self.words.text, max(0, start - _BEFORE), start) is not None
        joined = {c.join for c in self.words.layout.joints(start, end)}
        people = any(grammar().people.match(self.words.text, c.end) for c in self.words.layout.joints(start, end))
        return "and" in joined <= {"and", "comma"} and not people and _UNLESS.search(self.words.text, max(0, start - _BEFORE), start) is not None

    def _says_of_one(self, start: int, end: int) -> bool:
        """Whether a list says several things of the same people: "those who are treated, are off steroids, and have no symptoms"."""
        joined = {c.join for c in self.words.layout.joints(start, end)} <= {"and", "comma"}
        return joined and _WHO.match(self.words.text, start, end) is not None and _PREDICATES.search(self.words.text, start, end) is not None

    def _on_both(self, lifted: AllOf | AnyOf, start: int, end: int) -> bool:
        """Whether people are told by two treatments that they are on together: "those treated with A and B"."""
        joints, people = self.words.layout.joints(start, end), grammar().people.match(self.words.text, start)
        treated = all(isinstance(p, Exposure) and not p.negated for p in lifted.of)
        return treated and people is not None and len(joints) == 1 and joints[0].join == "and" and not grammar().people.match(self.words.text, joints[0].end) and _ON.match(self.words.text, people.end()) is not None

    def _surely(self, lifted: Expression | None) -> Expression | None:
        """What is lifted, unread where only a denial within it was read: "patients who are well without steroids" are not all others."""
        if isinstance(lifted, (Condition, Exposure)) and lifted.negated and not is_surely_denied(self.words.text, lifted.start, lifted.end):
            said = _BUT_NOT.search(self.words.text, max(0, lifted.start - _BEFORE), lifted.start) is not None
            return refused(lifted) if said else left_unread(lifted)
        return lifted

    def lifting(self, start: int, end: int) -> Expression | None:
        """What an exception names, up to "are allowed", and on which terms; each thing of its list lifts by itself."""
        cue = next((c for c in self.words.mentions.cues if c.category == "ALLOWED" and start < c.start and c.end <= end), None)
        behind = behind_leave(self.words.text, cue.end, end) if cue else end
        terms = self._terms(behind, end) if behind < end else None
        return group("and", [self._lifted(start, cue.start if cue else end), terms])

    def _in_that_case(self, made: Expression | None, start: int, end: int) -> Expression | None:
        """What holds for all whom an exception names: "unless due to A or B, in which case ≤ 3 x ULN"; an exclusion may say what shuts them out."""
        limits = self.lists.stretch(start, end)
        if not isinstance(made, Unless) or limits is None:
            return group("and", [made, unread(self.words.text, start, end)])
        again = self.words.role == "exclusion" and sets_again(limits, made.requirement)
        return made.model_copy(update={"exception": AllOf(of=(made.exception, Not(of=limits) if again else limits))})

    def read(self, start: int, cue_start: int, cue_end: int, end: int) -> Expression | None:
        """An exception lifts the item right before it, or the whole when it is set off as "unless" and "however" are."""
        case = _IN_WHICH_CASE.search(self.words.text, cue_end, end)
        if case is not None and self.words.limits(case.end(), end):
            return self._in_that_case(self.read(start, cue_start, cue_end, case.start()), case.end(), end)
        if lifts_nothing(self.words, cue_start, cue_end, end):
            return group(self.words.default, beside_however(self.words, self.lists.stretch(start, cue_start), self.lists.stretch(cue_end, end) if asks(self.words.text, cue_end, end) else unread(self.words.text, cue_end, end), cue_end, end))
        said = self.words.text[cue_start:cue_end].lower()
        if said == "but not" and (reaches := self._reaches(cue_end, end)) is not None:
            return group("and", [self.read(start, cue_start, cue_end, reaches.start), self.lists.stretch(reaches.end, end)])
        if said == "other than" and self.words.role == "exclusion" and (told := _OF_HEAD.match(self.words.text, cue_end, end)):
            return self._told_of_head((start, cue_start), cue_end, told, end)
        return self._lifting_cue(said, start, cue_start, cue_end, end)

    def _lifting_cue(self, said: str, start: int, cue_start: int, cue_end: int, end: int) -> Expression | None:
        """What stands before a cue, lifted by what stands behind it."""
        whole = said in _WHOLE
        joints = [c for c in self.words.layout.joints(start, cue_start) if not grammar().no_item.match(self.words.text, c.end)]  # "grade 1 or baseline except hair loss"
        cuts = self._apart(joints, (start, cue_start), (cue_end, end), whole=whole)
        last = cuts[-1] if cuts and self.words.text[cuts[-1].end : cue_start].strip(" ,") else None
        head = self.lists.stretch(start, last.start) if last else None
        begin, stop = self.words.trim(last.end if last else start, cue_start)
        if self.words.role == "exclusion" and is_leave(self.words.text, "exclusion", begin, stop):  # "allowed unless on dialysis"
            return group("or", [head, group("and", [self.lists.stretch(begin, stop), self.lists.stretch(cue_end, end)])])
        requirement = self.lists.guards.shut_out(begin, stop) or self.lists.stretch(begin, stop) or self._anything(begin, stop)
        comma = self._goes_on_at(cue_end, end, denied=is_denied(requirement))
        comma = comma or (None if whole else self._states_anew(start, cue_end, end))
        further = self.lists.stretch(comma.end, end) if comma else None
        requirement, exception = self._lifted_before(requirement, cue_end, comma.start if comma else end)
        exception = told_apart(self.words.text, requirement, exception, cue_end, comma.start if comma else end)
        again = self._again(cue_end, end) if said.endswith("than") and isinstance(exception, Unless) else None
        if again and isinstance(exception, Unless) and self.words.text[: again.start].rstrip().endswith(","):
            exception = group("or", [exception.requirement, exception.exception])  # "cancer other than that of this study, except skin cancer"
        requirement, exception = kinds_back(self.words.text, requirement, exception, cue_start, comma.start if comma else end)
        if requirement is None or exception is None:
            return group(self.words.default, [head, requirement, exception, further])
        closes = last is not None and not whole and all(c.join == "comma" for c in cuts)  # "A, B other than C, or D": "or" closes the list
        if self.words.role == "exclusion" and (stray := strays(self.words.text, requirement, exception, closes=closes, whole=whole)) is not None:
            exception, further = stray[0], group("or", [stray[1], further])
        elif self.words.role == "exclusion" and not whole:
            doubt = in_doubt(self.words.text, requirement, exception)
            lifts, examples = examples_go_on(self.words.text, start, cue_start, head, requirement, exception)
            exception, further = lifts or exception, group("or", [doubt, *examples, further])
        requirement = spread(self.words.text, [(start, begin), (begin, stop)], [head, requirement])[1] or requirement
        kept = requirement.of[:-1] if whole and self.words.role == "inclusion" and isinstance(requirement, AllOf) and is_denied(requirement.of[-1]) else ()
        if kept and isinstance(requirement, AllOf) and not any(map(is_denied, kept)):  # "gout without asthma, unless on warfarin" asks for gout in any case
            return group("and", [head, *kept, Unless(requirement=requirement.of[-1], exception=exception), further])
        narrows = said == "but not" and self.words.role == "inclusion" and all(isinstance(leaf, Threshold) for leaf in leaves(requirement))
        lifted = AllOf(of=(requirement, refused(exception))) if narrows else self._spared((begin, cue_start), requirement, exception, unless=whole and said != "however") or self._lift(requirement, exception)
        return self._beside_lifted(head, last, lifted, further, denied=is_denied(requirement))

    def _beside_lifted(self, head: Expression | None, last: Cut | None, lifted: Expression, further: Expression | None, *, denied: bool) -> Expression | None:
        """What an exception lifts with what stands before it, joined by the cut between, and behind it."""
        denied = denied and head is not None and all_denied(head)  # "no A, B or C except D" denies A, B and C
        if self.words.role == "inclusion" and last and last.join == "or" and not last.loose and isinstance(lifted, Unless) and (whole_list := lifted_from_each([head], lifted)) is not None:
            return group("and", [whole_list, further])
        either = self.words.role == "exclusion" or (last and last.join == "or" and not denied)
        return group("or" if either else "and", [head, lifted, further])

    def _told_of_head(self, head: tuple[int, int], named: int, told: re.Match[str], end: int) -> Expression | None:
        """ "Malignancy other than melanoma that is progressing, excluding X": the malignancy progresses, and both kinds are lifted."""
        again = self._again(told.end(), end)
        begin, stop = self.words.trim(told.start("told"), again.start if again else end)
        said = self.lists.stretch(begin, stop)
        first = start_of(said) if said is not None else stop
        if " or " in self.words.text[begin:first]:  # "is progressing or has needed treatment": what nobody read of it stays
            said = group("or", [self._anything(begin, self.words.text.rindex(" or ", begin, first)), said])
        lifted = group("or", [self.lifting(named, told.start("told")), self.lifting(again.end, end) if again else None])
        requirement = group("and", [self.lists.stretch(*head), said])
        return Unless(requirement=requirement, exception=lifted) if requirement is not None and lifted is not None else requirement

    def _reaches(self, start: int, end: int) -> Cut | None:
        """Where a statement goes on behind "but not": "on A but not B, and able to continue it", "A but not B and not C"."""
        for cut in self.words.layout.joints(start, end):
            anew = cut.loose and cut.join == "and" and states(self.words.text, cut.end)
            if anew or (cut.join in ("and", "comma") and opened(self.words.text, self.words.skip(cut.end), end) is not None):
                return cut
        return None

    def _goes_on_at(self, start: int, end: int, *, denied: bool) -> Cut | None:
        """Where a list goes on behind an exception: at a comma, or in an inclusion where a denial follows the one that is lifted."""
        for cut in self.words.layout.joints(start, end):
            anew = denied and _RELATIVE.search(self.words.text, start, cut.start) is None and self.words.role == "inclusion" and cut.join in ("comma", "and") and opened(self.words.text, self.words.skip(cut.end), end) is not None
            anew = anew or (self._is_set_off(start) and cut.loose and cut.join == "and" and states(self.words.text, cut.end))
            if anew or (cut.join == "comma" and grammar().opening.match(self.words.text, cut.end)):
                return cut
        return None

    def _is_set_off(self, start: int) -> bool:
        """Whether commas set off an inclusion's exception, whose cue ends at `start`: "on A, unless B, and have C"."""
        return self.words.role == "inclusion" and _SET_OFF.search(self.words.text, max(0, start - _BEFORE), start) is not None

    def _states_anew(self, start: int, said: int, end: int) -> Cut | None:
        """Where an exclusion's next statement stands behind an exception: "has asthma other than mild, or is receiving warfarin"."""
        if self.words.role == "inclusion" or _STATED.match(self.words.text, start, said) is None:
            return None
        found = (c for c in self.words.layout.joints(said, end) if c.join in ("or", "and", "either") and _ANEW.match(self.words.text, c.end))
        return next((c for c in found if _OF_PEOPLE.search(self.words.text, said, c.start) is None), None)

    def _apart(self, joints: Sequence[Cut], before: tuple[int, int], behind: tuple[int, int], *, whole: bool) -> list[Cut]:
        """The joints before what alone an exception lifts: "gout, or asthma unless ..." and "gout and asthma other than ..." exclude for gout."""
        start, stop = before
        near = self.words.role == "exclusion" and self.words.text[:stop].rstrip()[-1:] != ","
        if whole and self.words.role == "inclusion" and self.words.text[:stop].rstrip()[-1:] != ",":
            return [c for c in joints if c.join in ("comma", "and") and opened(self.words.text, self.words.skip(c.end), stop) is not None and not shuts(self.words.text, c.end, stop)]
        if whole:
            return list(joints) if near and len(joints) == 1 and joints[0].loose and joints[0].join == "or" else []
        listed = self.lists.stretch(*before) if near and any(c.join == "and" for c in joints) else None
        named = leaves(excepted) if isinstance(listed, AnyOf) and (excepted := self.lists.stretch(*behind)) is not None else ()
        both = isinstance(listed, AnyOf) and not any(known_as(leaf, listed.of) for leaf in named)
        return [c for c in joints if c.loose or c.join == "or" or (both and c.join == "and" and self.words.bears(start, c.start) and self.words.bears(c.end, stop))]

    def _anything(self, start: int, end: int) -> Expression | None:
        """Light words that an exception is made of: "conditions other than asthma" are not asthma."""
        return Unread(text=self.words.text[start:end], start=start, end=end, confidence=0.0) if end - start >= _NOUN else None

    def _spared(self, stretch: tuple[int, int], requirement: Expression, exception: Expression, *, unless: bool) -> Expression | None:
        """ "Must be on A unless B": an inclusion asks for a thing of those alone who are no exception, and not for people without it.

        Of several things that is the last: "must have gout and be on A unless B" asks for gout in any case.
        """
        demands = unless and self.words.role == "inclusion" and grammar().modal.search(self.words.text, *stretch) is not None
        kept, last = (requirement.of[:-1], requirement.of[-1]) if isinstance(requirement, AllOf) else ((), requirement)
        asked = not isinstance(last, Not) and any(not isinstance(leaf, Threshold) and not is_denied(leaf) for leaf in leaves(last))
        return group("and", [*kept, IfThen(when=refused(exception), then=last)]) if demands and asked else None

    def _lift(self, requirement: Expression, exception: Expression) -> Expression:
        """A requirement under its exception; of a list that excludes, the things alone of which the exception names a kind."""
        named = exception.of if isinstance(exception, (AllOf, AnyOf)) else (exception,)
        listed = requirement.of if isinstance(requirement, AnyOf) and self.words.role == "exclusion" else ()
        meant = [p for p in listed if any(known_as(one, [p]) for one in named)]
        if not meant or len(meant) == len(listed):
            return Unless(requirement=requirement, exception=exception)
        lifted = Unless(requirement=AnyOf(of=tuple(meant)) if len(meant) > 1 else meant[0], exception=exception)
        return AnyOf(of=tuple(lifted if p is meant[0] else p for p in listed if p is meant[0] or p not in meant))

    def _lifted_before(self, requirement: Expression | None, start: int, end: int) -> tuple[Expression | None, Expression | None]:
        """What an exception lifts and the exception: "malignancy other than basal cell carcinoma within 5 years" times the malignancy."""
        window = next((p.thresholds[0] for p in self.words.limits(start, end) if p.time is not None and p.time.lead == "within"), None)
        ahead = window is not None and window.concept_start is not None and window.concept_start < start
        timed = under_time(requirement, window) if window is not None and ahead and requirement is not None else None
        if window is None or timed is None:
            return requirement, self.lifting(start, end)
        again = self._again(window.end, end)
        return timed, group("or", [self.lifting(start, window.start), self.lifting(again.end, end) if again else None])

    def _again(self, start: int, end: int) -> Cue | None:
        """The words that begin another exception: "cancer other than melanoma within 5 years, except skin cancer"."""
        return next((c for c in self.words.mentions.cues if c.category == "EXCEPTION" and start < c.start < c.end <= end), None)

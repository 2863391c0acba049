"""What an exception names, and what it lifts: "malignancy other than basal cell carcinoma within 5 years"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from limen.assembly.coordination import example_at
from limen.assembly.denials import all_denied, is_denied, is_surely_denied, refused, spread
from limen.assembly.grammar import grammar
from limen.assembly.guards import Guards
from limen.assembly.leave import is_leave
from limen.assembly.leaves import group, windowed
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Exposure, Expression, Not, Unless, Unread, leaves
from limen.lexicon import load


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
        return self.lifting(*self.words.trim(0, len(self.words.text)))

    def bracket(self, start: int, end: int) -> Expression | None:
        """What a bracket lifts out: "(except aspirin)", "(aspirin is allowed if the dose is stable)"; None for other brackets."""
        begin = self.words.cue_at(start, end)
        if begin is None and not any(c.category == "ALLOWED" and start < c.start and c.end <= end for c in self.words.mentions.cues):
            return None
        return self.lifting(begin or start, end)

    def lifting(self, start: int, end: int) -> Expression | None:
        """What an exception names, up to "are allowed", and on which terms; each thing of its list lifts by itself."""
        return group("and", self._lifted(start, end))

    def unmet(self, start: int, end: int) -> Expression | None:
        """ "Brain metastases are allowed if stable" alone in an exclusion: it shuts out who has them and does not meet the terms."""
        lifted, terms = self._lifted(start, end)
        return group("and", [lifted, refused(terms)]) if lifted is not None and terms is not None else None

    def _lifted(self, start: int, end: int) -> tuple[Expression | None, Expression | None]:
        cue = next((c for c in self.words.mentions.cues if c.category == "ALLOWED" and start < c.start and c.end <= end), None)
        lifted = self.lists.stretch(start, cue.start if cue else end)
        if isinstance(lifted, AllOf) and all(isinstance(p, (Condition, Exposure)) and not p.negated for p in lifted.of):
            lifted = AnyOf(of=lifted.of)
        if cue is None:
            return self._surely(lifted), None
        enrolled = grammar().enrolled.match(self.words.text, cue.end, end)
        behind = enrolled.end() if enrolled else cue.end
        terms = self.lists.stretch(behind, end) if behind < end else None
        if isinstance(terms, AnyOf) and {c.join for c in self.words.layout.joints(behind, end)} <= {"and", "comma"}:
            terms = AllOf(of=terms.of)
        return self._surely(lifted), terms

    def _surely(self, lifted: Expression | None) -> Expression | None:
        """What is lifted, unread where only a denial within it was read: "patients who are well without steroids" are not all others."""
        if isinstance(lifted, AnyOf):
            return group("or", [self._surely(part) for part in lifted.of])
        if isinstance(lifted, (Condition, Exposure)) and lifted.negated and not is_surely_denied(self.words.text, lifted.start, lifted.end):
            return Unread(text=lifted.text, start=lifted.start, end=lifted.end, confidence=0.0)
        return lifted

    def read(self, start: int, cue_start: int, cue_end: int, end: int) -> Expression | None:
        """An exception lifts the item right before it, or the whole when it is set off as "unless" and "however" are."""
        whole = self.words.text[cue_start:cue_end].lower() in ("unless", "however")
        cuts = [c for c in self.words.layout.joints(start, cue_start) if c.loose or c.join == "or"] if not whole else []
        last = cuts[-1] if cuts and self.words.text[cuts[-1].end : cue_start].strip(" ,") else None
        head = self.lists.stretch(start, last.start) if last else None
        begin, stop = self.words.trim(last.end if last else start, cue_start)
        if self.words.role == "exclusion" and is_leave(self.words.text, "exclusion", begin, stop):  # "allowed unless on dialysis"
            return group("or", [head, group("and", [self.lists.stretch(begin, stop), self.lists.stretch(cue_end, end)])])
        requirement = self.lists.guards.shut_out(begin, stop) or self.lists.stretch(begin, stop)
        comma = next((c for c in self.words.layout.joints(cue_end, end) if c.join == "comma" and grammar().opening.match(self.words.text, c.end)), None)
        further = self.lists.stretch(comma.end, end) if comma else None
        requirement, exception = self._lifted_before(requirement, cue_end, comma.start if comma else end)
        requirement, exception = self._kinds_back(requirement, exception, cue_start, comma.start if comma else end)
        if requirement is None or exception is None:
            return group(self.words.default, [head, requirement, exception, further])
        requirement = spread(self.words.text, [(start, begin), (begin, stop)], [head, requirement])[1] or requirement
        lifted = Unless(requirement=requirement, exception=exception)
        denied = head is not None and all_denied(head) and is_denied(requirement)  # "no A, B or C except D" denies A, B and C
        either = self.words.role == "exclusion" or (last and last.join == "or" and not denied)
        return group("or" if either else "and", [head, lifted, further])

    def _lifted_before(self, requirement: Expression | None, start: int, end: int) -> tuple[Expression | None, Expression | None]:
        """What an exception lifts and the exception: "malignancy other than basal cell carcinoma within 5 years" times the malignancy."""
        window = next((p.thresholds[0] for p in self.words.limits(start, end) if p.time is not None and p.time.lead == "within"), None)
        ahead = window is not None and window.concept_start is not None and window.concept_start < start
        if window is None or not ahead or not isinstance(requirement, (Condition, Exposure, Unread)):
            return requirement, self.lifting(start, end)
        return windowed(requirement, window), self.lifting(start, window.start)

    def _kinds_back(self, requirement: Expression | None, exception: Expression | None, start: int, end: int) -> tuple[Expression | None, Expression | None]:
        """What an exception lifts and the exception: "cancer other than melanoma, including lymphoma" lifts no lymphoma.

        Kinds set off by a comma are those of what is lifted, unless they are known as kinds of what is excepted.
        """
        found = example_at(self.words.text, start, end)
        if found is None or requirement is None or not isinstance(exception, AnyOf) or not self.words.text[start : found[0]].rstrip().endswith(","):
            return requirement, exception
        excepted = [p for p in exception.of if _start(p) < found[0]]
        other = self.words.text[start:end].lower().startswith("other")
        back = [p for p in exception.of if _start(p) >= found[0] and not _is_kind(p, excepted) and (other or _is_kind(p, [requirement]))]
        if not excepted or not back:
            return requirement, exception
        denied = is_denied(requirement)
        lifted = group("and" if denied else "or", [requirement, *(Not(of=p) if denied and not is_denied(p) else p for p in back)])
        return lifted, group("or", [p for p in exception.of if p not in back])


def _start(part: Expression) -> int:
    return min(leaf.start for leaf in leaves(part))


def _is_kind(part: Expression, of: Sequence[Expression]) -> bool:
    """Whether the lexicon knows a thing as one of some others, or as a kind of one."""
    known = {p.concept for p in of if isinstance(p, (Condition, Exposure)) and p.concept is not None}
    return isinstance(part, (Condition, Exposure)) and part.concept is not None and bool(known & {part.concept, *load().ancestors(part.concept)})

"""What an exception names, and what it lifts: "malignancy other than basal cell carcinoma within 5 years"."""

from __future__ import annotations

from typing import Protocol

from limen.assembly.denials import refused
from limen.assembly.grammar import grammar
from limen.assembly.guards import Guards
from limen.assembly.leave import is_leave
from limen.assembly.leaves import group, windowed
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Exposure, Expression, Unless, Unread


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
            return lifted, None
        enrolled = grammar().enrolled.match(self.words.text, cue.end, end)
        behind = enrolled.end() if enrolled else cue.end
        terms = self.lists.stretch(behind, end) if behind < end else None
        if isinstance(terms, AnyOf) and {c.join for c in self.words.layout.joints(behind, end)} <= {"and", "comma"}:
            terms = AllOf(of=terms.of)
        return lifted, terms

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
        if requirement is None or exception is None:
            return group(self.words.default, [head, requirement, exception, further])
        lifted = Unless(requirement=requirement, exception=exception)
        return group("or" if self.words.role == "exclusion" or (last and last.join == "or") else "and", [head, lifted, further])

    def _lifted_before(self, requirement: Expression | None, start: int, end: int) -> tuple[Expression | None, Expression | None]:
        """What an exception lifts and the exception: "malignancy other than basal cell carcinoma within 5 years" times the malignancy."""
        window = next((p.thresholds[0] for p in self.words.limits(start, end) if p.time is not None and p.time.lead == "within"), None)
        ahead = window is not None and window.concept_start is not None and window.concept_start < start
        if window is None or not ahead or not isinstance(requirement, (Condition, Exposure, Unread)):
            return requirement, self.lifting(start, end)
        return windowed(requirement, window), self.lifting(start, window.start)

"""Treatments that must be over, each of them: "chemotherapy, radiotherapy or surgery at least 5 weeks before enrolment".

"Or" joins what a patient may have had, and no ways in: the length of time is asked of every one that was given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeGuard

from limen.assembly.coordination import kind_of
from limen.assembly.forgoing import has_to_end
from limen.assembly.leaves import group, unread
from limen.assembly.words import WASHOUT, Words
from limen.criteria import AllOf, AnyOf, Exposure, Expression, IfThen, Not, Threshold, Unless, leaves

_TREATMENTS = ("drug", "procedure")
_SPARES = re.compile(r"\b(?:since|elapsed|(?:days|weeks|months|years)\s+from|wash(?:ed)?[\s-]?out|off|(?:may|can)\s+have|allowed|permitted|eligible\s+if|acceptable|be(?:en)?\s+(?:completed|finished|ended))\b", re.IGNORECASE)


def each_over(words: Words, made: Expression) -> Expression:
    """An inclusion's tree with a time that must have gone by asked of every treatment that "or" lists, and not of one of them.

    Words such as "at least 5 weeks since" let in those who had none of them; else one is asked for.
    """
    if isinstance(made, AllOf):
        return group("and", [each_over(words, p) for p in _like_before(words, made.of)]) or made
    if isinstance(made, IfThen):
        return made.model_copy(update={"then": each_over(words, made.then)})
    if isinstance(made, Unless):
        return made.model_copy(update={"requirement": each_over(words, made.requirement)})
    if not isinstance(made, AnyOf):
        return made
    return _washed_out(words, made) or _each(words, made) or made


def _like_before(words: Words, parts: Sequence[Expression]) -> list[Expression]:
    """A bare length of time for one thing as what it varies: "no A within 4 weeks, 6 weeks for B" denies both; "4 weeks since A, 6 weeks for B" asks it of those who had B."""
    made: list[Expression] = []
    for part in parts:
        before = made[-1].of if made and isinstance(made[-1], Not) else made[-1] if made else None
        before = before.then if isinstance(before, IfThen) else before
        part = part.then if isinstance(part, IfThen) and made and isinstance(made[-1], Not) and _names_its_own(part) else part
        bare = isinstance(part, Threshold) and part.kind == "window" and words.text[part.start].isdigit()
        if bare and isinstance(part, Threshold) and isinstance(before, Threshold) and before.kind == "window" and before.concept != part.concept:
            if isinstance(made[-1], Not) and part.operator == "le":
                part = Not(of=part)
            elif _is_over(part) and _is_over(before):
                part = IfThen(when=_given(part), then=part)
        made.append(part)
    return made


def _names_its_own(rule: IfThen) -> bool:
    """Whether a rule's people are those who had what its window times: "6 weeks in the case of B"."""
    return isinstance(rule.when, Exposure) and isinstance(rule.then, Threshold) and rule.when.concept == rule.then.concept


def _each(words: Words, made: AnyOf) -> Expression | None:
    """ "A or B at least 5 weeks before": who had A had it so long before, and so for B; "or 6 weeks in case of B" is asked of those."""
    asked = [rule for p in made.of if (rule := _rule(p)) is not None]
    over = [rule.then for rule in asked if isinstance(rule.then, Threshold)]
    names = {p.concept: _given(p) for p in over}
    if len(over) < len(made.of) or len(names) < 2:
        return None
    spared = _SPARES.search(words.text) is not None or has_to_end(words.text)
    return group("and", [None if spared else group("or", list(names.values())), *asked])


def _rule(part: Expression) -> IfThen | None:
    """What a part asks of those who had a treatment: that it was at least so long before."""
    if _is_over(part):
        return IfThen(when=_given(part), then=part)
    if not isinstance(part, AllOf) or len(part.of) != 2:
        return None
    when, then = part.of
    given = all(isinstance(leaf, Exposure) and not leaf.negated for leaf in leaves(when))
    return IfThen(when=when, then=then) if given and _is_over(then) else None


def _washed_out(words: Words, made: AnyOf) -> Expression | None:
    """ "A washout of 2 weeks from A or B": asked of those who had either."""
    first, rest = made.of[0], made.of[1:]
    then = first.then if isinstance(first, IfThen) else first
    if not isinstance(then, Threshold) or then.concept != WASHOUT or not all(isinstance(p, Exposure) and not p.negated for p in rest):
        return None
    had = first.when if isinstance(first, IfThen) else unread(words.text, then.end, min(p.start for p in rest if isinstance(p, Exposure)))
    when = group("or", [had, *rest])
    return IfThen(when=when, then=then) if when is not None else None


def _is_over(part: Expression) -> TypeGuard[Threshold]:
    """Whether a part asks that a treatment was at least so long before."""
    timed = isinstance(part, Threshold) and part.kind == "window" and part.operator in ("ge", "gt") and part.window is not None and part.window.relation == "before"
    return timed and isinstance(part, Threshold) and part.concept_start is not None and kind_of(part.concept) in _TREATMENTS


def _given(limit: Threshold) -> Exposure:
    """The treatment of a limit."""
    start, end = limit.concept_start or 0, limit.concept_end or 0
    return Exposure(concept=limit.concept, text=limit.concept_text or "", start=start, end=end, confidence=limit.confidence)

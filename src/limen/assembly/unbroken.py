"""How long somebody did without a thing: "no steroids for at least 4 weeks" is none, or the last ones so long ago.

A denied length of time under "for" is no denial of a thing that lasted: who took steroids for 3 weeks, until
yesterday, has not been without them for 4. "No steroids for more than 14 days" denies how long they were given.
"""

from __future__ import annotations

from limen.assembly.coordination import kind_of
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, AtLeast, Condition, Exposure, Expression, IfThen, Not, Threshold, Unless
from limen.thresholds.ending import says_stopped

_TREATED = ("drug", "procedure")
_NEAR = 24  # characters before a thing in which it is said to be over


def without(words: Words, made: Expression) -> Expression:
    """The tree with every stretch of time without a drug, procedure or disease as two ways to meet it."""
    match made:
        case AllOf() | AnyOf() | AtLeast():
            return made.model_copy(update={"of": tuple(without(words, p) for p in made.of)})
        case IfThen():
            return IfThen(when=without(words, made.when), then=without(words, made.then))
        case Unless():
            return Unless(requirement=without(words, made.requirement), exception=without(words, made.exception))
        case Not(of=Threshold() as lasted):
            return _ways(words, lasted) or made
        case Not(of=AnyOf() as listed) if all(isinstance(p, Threshold) and is_spell(p) for p in listed.of):
            return without(words, AllOf(of=tuple(Not(of=p) for p in listed.of)))
        case Not():
            return Not(of=without(words, made.of))
    return made


def is_spell(limit: Threshold) -> bool:
    """Whether a limit says for how long something has been over: "off steroids for 4 weeks"."""
    over = limit.kind == "window" and limit.operator == "ge" and limit.window is not None and limit.window.relation == "before"
    return over and limit.window is not None and limit.window.text.lower().startswith("for")


def _ways(words: Words, lasted: Threshold) -> AnyOf | None:
    """ "None of it in that time" and "the last of it so long ago"; None where the words deny how long a thing lasted."""
    window, start, end = lasted.window, lasted.concept_start, lasted.concept_end
    if not is_spell(lasted) or window is None or start is None or end is None or end > lasted.start or says_stopped(words.text, max(0, start - _NEAR), lasted.start):
        return None
    leaf = Exposure if kind_of(lasted.concept) in _TREATED else Condition
    lately = window.model_copy(update={"relation": "within", "low": None, "high": window.low})
    none = leaf(concept=lasted.concept, text=lasted.concept_text or "", start=start, end=end, confidence=lasted.confidence, negated=True, window=lately)
    return AnyOf(of=(none, lasted))

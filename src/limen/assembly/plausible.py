"""What nobody asks for: limits that no one can break at once, consent that excludes, denials that may not go on over a list."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TypeGuard

from limen.assembly.coordination import example_at
from limen.assembly.denials import is_denied, opened
from limen.assembly.forgoing import has_to_end
from limen.assembly.leaves import WORD, denied_unread, group, is_light, left_unread, unread
from limen.assembly.statuses import statuses
from limen.assembly.words import CONSENT, Words
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, IfThen, Not, Threshold, Unless, Unread, leaves

_SET_OFF = re.compile(r",\s*(?:(?:or|and|and/or)\s+)?$", re.IGNORECASE)
_LISTED = re.compile(r"[,/]|\b(?:or|and)\b", re.IGNORECASE)
_BARRED = re.compile(r"\bwho\s+(?:must|should|may|shall)\s+not\b", re.IGNORECASE)  # those who may not have it need not be without it
_DOES = re.compile(r"(?:currently\s+|now\s+)?(?:on|taking|receiving|using|(?:being\s+)?treated\s+with|undergoing|having|with|suffering\s+from)\s", re.IGNORECASE)
_NOUNS = re.compile(r"(?:(?:any|prior|previous|current|concomitant)\s+)*(?:use\s+of|treatment\s+with|therapy\s+with|exposure\s+to|history\s+of)\s", re.IGNORECASE)
_CLOSES = re.compile(r"\b(?:absent|ruled\s+out|excluded|not\s+(?:be\s+)?(?:present|permitted|allowed))\b", re.IGNORECASE)
_AND = re.compile(r"\band\s+$", re.IGNORECASE)
_MORE = 1  # words that a denied name may have beside it: "no active infection"


def unasked(expression: Expression, attributes: Collection[str]) -> Expression:
    """A tree with an undenied state unread that a list of its role does not mean.

    "Refuses to sign the consent form" excludes nobody for consenting, and "follows the experimental treatment plan" asks for no trial.
    """
    if isinstance(expression, (AllOf, AnyOf)):
        return expression.model_copy(update={"of": tuple(unasked(part, attributes) for part in expression.of)})
    if isinstance(expression, IfThen):
        return expression.model_copy(update={"then": unasked(expression.then, attributes)})
    if isinstance(expression, Demographic) and expression.attribute in attributes and expression.value is True:
        return left_unread(expression)
    return expression


def of_either_sex(expression: Expression, whom: frozenset[str] = frozenset()) -> Expression:
    """An inclusion's tree that asks nobody to be of both sexes: they tell for whom times hold, "3 months for men and 6 months for women".

    `whom` are the sexes of whom it is asked: there, one sex beside what is asked of the other has the rest for itself.
    """
    if isinstance(expression, IfThen):
        when = of_either_sex(expression.when)
        sexes = frozenset(sex for leaf in leaves(expression.when) if (sex := _sex(leaf)) is not None)
        return IfThen(when=when, then=of_either_sex(expression.then, sexes))
    if not isinstance(expression, (AllOf, AnyOf)):
        return expression
    parts = [of_either_sex(part, whom) for part in expression.of]
    named = {sex: part for part in parts if isinstance(part, Demographic) and (sex := _sex(part)) is not None}
    others = [part for part in parts if isinstance(part, IfThen) and _sex(part.when) is not None and _sex(part.when) not in named]
    rest = group("and", [part for part in parts if part not in others and _sex(part) is None])
    if isinstance(expression, AllOf) and len(named) == 1 and others and rest is not None and {*named, *(_sex(part.when) for part in others)} <= {*whom, None}:
        parts = [IfThen(when=next(iter(named.values())), then=rest), *others]
    elif len(whom) > 1 or (isinstance(expression, AllOf) and len(named) > 1):
        parts = [left_unread(part) if isinstance(part, Demographic) and _sex(part) else part for part in parts]
    return expression.model_copy(update={"of": tuple(parts)})


def _sex(part: Expression) -> str | None:
    """The sex that a leaf asks for; who can bear a child is a woman."""
    if not isinstance(part, Demographic):
        return None
    bears = part.attribute == "childbearing" and part.value is True
    return "female" if bears else part.value if part.attribute == "sex" and part.value in ("male", "female") else None


def either_side(expression: Expression) -> Expression:
    """An exclusion's limits that no one can break at once, as alternatives: "age < 18 and > 80 years"."""
    if isinstance(expression, IfThen):
        return expression.model_copy(update={"then": either_side(expression.then)})
    if not isinstance(expression, (AllOf, AnyOf)):
        return expression
    parts = [either_side(part) for part in expression.of]
    if isinstance(expression, AllOf):
        for one in [p for p in parts if isinstance(p, Threshold) and p.operator in ("lt", "le")]:
            other = next((p for p in parts if isinstance(p, Threshold) and _beyond(one, p)), None)
            if other is not None:
                parts = [AnyOf(of=(one, other)), *(p for p in parts if p is not one and p is not other)]
    made = group("and" if isinstance(expression, AllOf) else "or", parts)
    return made if made is not None else expression


def plausible(words: Words, expression: Expression) -> Expression:
    """The tree without what nobody asks for, which stays unread.

    Consent that excludes, or that must not be given, is about something else; and in an exclusion an example of what
    is denied, or a further item of a list, need not be denied: "cancer without cure, e.g. glioma".
    """
    if isinstance(expression, (AllOf, AnyOf)) and words.role == "inclusion" and _closes_over(words.text, expression):
        parts = tuple(left_unread(p) if isinstance(p, (Condition, Exposure)) and not p.negated else p for p in expression.of[:-1])
        expression = expression.model_copy(update={"of": (*parts, expression.of[-1])})
    if isinstance(expression, (AllOf, AnyOf)):
        beside = isinstance(expression, AllOf)  # "not pregnant but without contraception": the one narrows the other
        parts = tuple(p if beside and _is_welcome(p) and is_denied(p) else plausible(words, p) for p in expression.of)
        if beside and words.role == "inclusion":
            parts = (parts[0], *(left_unread(p) if is_denied(old) and _may_go_on(p, words.text) else p for old, p in zip(expression.of, parts[1:])))
        lost = [isinstance(new, Unread) and new is not old for new, old in zip(parts, expression.of)]
        examples = all(lost) or (words.role == "exclusion" and any(lost) and all(map(is_denied, expression.of)))
        further = [part for old, part, gone in zip(expression.of, parts, lost) if gone and is_denied(old) and _SET_OFF.search(words.text, 0, min(leaf.start for leaf in leaves(part)))]
        if beside and words.role == "exclusion" and further and not examples:  # "asthma without gout, or fever": fever may shut out by itself
            return group("or", [group("and", [part for part in parts if part not in further]), *further]) or expression
        either = group("or", parts) if examples or isinstance(expression, AnyOf) else None
        return either or expression.model_copy(update={"of": parts})
    if isinstance(expression, IfThen):
        return expression.model_copy(update={"then": plausible(words, expression.then)})
    if isinstance(expression, Unless):
        return expression.model_copy(update={"requirement": plausible(words, expression.requirement)})
    if isinstance(expression, Not) and words.role == "exclusion":
        return _timed_doubt(words, expression.of) or expression
    if not isinstance(expression, (Condition, Exposure, Demographic)):
        return expression
    if words.role == "exclusion":
        doubted = _is_welcome(expression) or (is_denied(expression) and _is_doubtful(words, expression))
    else:
        consent = isinstance(expression, Demographic) and expression.attribute == CONSENT and expression.value is False
        doubted = consent or (is_denied(expression) and _turns(words.text, expression.start))
    if not doubted:
        return expression
    left = left_unread(expression)
    return denied_unread(words.text, left) or left


def _closes_over(text: str, listed: AllOf | AnyOf) -> bool:
    """Whether what denies the last of a list may be said of all: "gout or previous asthma has been ruled out", "A and B must be stopped"."""
    last = listed.of[-1]
    if isinstance(last, Unread) and all(isinstance(part, Exposure) for part in listed.of[:-1]):
        return has_to_end(last.text)
    named = isinstance(listed, AnyOf) and isinstance(last, (Condition, Exposure)) and last.negated
    return named and isinstance(last, (Condition, Exposure)) and _CLOSES.search(last.text) is not None and opened(text, last.start, last.end) is None


def _turns(text: str, start: int) -> bool:
    """Whether what is done or had stands behind "and", where a denial may have ended: "no gout and on warfarin"."""
    return _DOES.match(text, start) is not None and _AND.search(text, 0, start) is not None


def _may_go_on(part: Expression, text: str) -> TypeGuard[Condition | Exposure]:
    """Whether a denial before "and" may be of what stands behind it, which is not denied: "no asthma and use of steroids"."""
    return isinstance(part, (Condition, Exposure)) and not part.negated and _NOUNS.match(text, part.start) is not None and _AND.search(text, 0, part.start) is not None


def _is_welcome(leaf: Expression) -> bool:
    """Whether a leaf is a state that shuts nobody out by itself."""
    if isinstance(leaf, (Condition, Exposure)):
        return statuses().welcome.get(leaf.concept or "") is not leaf.negated and leaf.concept in statuses().welcome
    return isinstance(leaf, Demographic) and leaf.value is statuses().welcome.get(leaf.attribute)


def _says_more(words: Words, leaf: Condition | Exposure | Demographic) -> bool:
    """Whether a denied leaf says more than its names, so that the denial may be of that: "the surgeon does not want a nerve block"."""
    named = [(m.start, m.end) for m in words.concepts if leaf.start <= m.start and m.end <= leaf.end]
    cues = [(c.start, c.end) for c in words.mentions.cues if leaf.start <= c.start and c.end <= leaf.end]
    kept = "".join(" " if any(a <= i < b for a, b in (*named, *cues)) else c for i, c in enumerate(words.text[leaf.start : leaf.end], leaf.start))
    return sum(not is_light(word) for word in WORD.findall(kept)) > _MORE


def _is_doubtful(words: Words, leaf: Condition | Exposure | Demographic) -> bool:
    """Whether a denied name is an example of what stands behind the denial ("such as", "e.g." between the two), or one of a list behind it.

    "Without a caregiver or telephone", "lack of clotting factors, thrombocytopenia": whether the denial goes on is not said.
    """
    if _says_more(words, leaf) or _BARRED.search(leaf.text):
        return True
    denials = [c.end for c in words.mentions.cues if c.category == "NEGATED_EXISTENCE" and c.end < leaf.end]
    if not denials:
        return False
    return example_at(words.text, denials[-1], leaf.end) is not None or _LISTED.search(words.text, denials[-1], leaf.start) is not None


def _timed_doubt(words: Words, leaf: Expression) -> Unread | None:
    """A timed name unread that may be one of a list behind a denial: "asthma without gout, or fever within a year"."""
    if not isinstance(leaf, Threshold) or leaf.kind not in ("window", "duration") or leaf.concept_start is None:
        return None
    denials = [c.end for c in words.mentions.cues if c.category == "NEGATED_EXISTENCE" and c.end < leaf.concept_start]
    doubted = denials and _LISTED.search(words.text, denials[-1], leaf.concept_start) is not None
    return unread(words.text, leaf.concept_start, leaf.end) if doubted else None


def _beyond(one: Threshold, other: Threshold) -> bool:
    """Whether a lower limit of the same measurement lies at an upper one or above it."""
    same = one.concept is not None and (one.concept, one.reference) == (other.concept, other.reference) and one.kind == other.kind
    units = one.unit is None or other.unit is None or one.unit == other.unit
    times = one.kind in ("window", "duration") or one.window != other.window
    if not same or not units or times or other.operator not in ("gt", "ge") or one.high is None or other.low is None:
        return False
    return one.high * one.scale <= other.low * other.scale

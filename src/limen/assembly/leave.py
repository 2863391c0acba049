"""Sentences that give leave: they ask for nothing, and may lift what stands before them."""

from __future__ import annotations

import re
from collections.abc import Collection

from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, is_light, of_mention, unread
from limen.assembly.shutting import before_aside, shuts
from limen.assembly.verdicts import verdicts
from limen.assembly.words import ListRole, Words
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, IfThen, Threshold, Unless, Unread, thresholds

_HEALTHY = "healthy_volunteer"
_CASES = re.compile(r"\b(?:cases?|situations?|circumstances?|instances?)\s*:\s*$", re.IGNORECASE)  # "except in the following cases:"
_SENTENCE_END = re.compile(r"[.;]\s")
_NO_ONE = re.compile(r"\W*(?:no|none\s+of\s+the)\s+(?:patients?|subjects?|participants?|individuals?|persons?|one)\b", re.IGNORECASE)  # "no patient with gout may enrol"
_STATED = re.compile(r"(?:is|are|will|would|may|can|do|does)\s", re.IGNORECASE)
_DEPENDENT = re.compile(r"\b(?:(?:that|which|who|what)\s+|(?:which|whom|where|if|when|whether|than|as|unless|because)\s+(?:[\w-]+\s+){1,4})$", re.IGNORECASE)
_APART = re.compile(r"[(),]|\bwho\s+may\b", re.IGNORECASE)  # more than the people is told
_GIVEN_FOR = re.compile(r"\s*(?:\(|,?\s*(?:such\s+as|including)\s|and\s+(?:may|can|will)\s|,?\s*as\s+(?:is|are)\s|(?:for|to|in(?!\s+(?:place|lieu)\s)|on|as|at|during|until|under|within|before|prior|throughout|per|from|through|because|due|based|following)\s)", re.IGNORECASE)
_FOR = re.compile(r"(?:for|to|as)\s", re.IGNORECASE)
_SAYS = re.compile(r"\b(?:is|are|was|were|be|must|should|shall|needs?|has|have)\b", re.IGNORECASE)
_MAY = re.compile(r"\b(?:can|may|might|will|would|could)\b(?!\s?not\b)|\bnot\s+(?:be\s+)?exclu|\bdecide", re.IGNORECASE)
_DEMANDS = re.compile(r"\b(?:must|should|shall|needs?|required?|requires)\b", re.IGNORECASE)
_NOTE = re.compile(r"\(?\s*(?:please\s+)?(?:note|nb)\b\s?(?:[:.,-]|that\b)", re.IGNORECASE)


def is_leave(text: str, role: ListRole, start: int, end: int) -> bool:
    """ "Subjects with basal cell carcinoma are allowed.": a sentence that asks for nothing, and may lift the one before it."""
    if _NO_ONE.match(text, start, end):
        return False
    start = behind_note(text, start, end)
    end = before_aside(text, start, end)
    kinds = (grammar().leave, grammar().lenient) if role == "exclusion" else (grammar().leave,)
    for match in (m for kind in kinds for m in kind.finditer(text, start + 1, end)):
        before = text[start : match.start()]
        alone = before.count("(") == before.count(")") and not _SENTENCE_END.search(before)
        if alone and is_light(text[behind_leave(text, match.end(), end) : end]) and not is_light(before):
            return True
    return False


def behind_leave(text: str, leave: int, end: int) -> int:
    """What stands behind leave, and behind the words that say for what it is given: "are permitted to enroll if stable"."""
    enrolled = grammar().enrolled.match(text, leave, end)
    return enrolled.end() if enrolled else leave


def gives_leave(text: str) -> bool:
    """Whether a text may give leave, which an exclusion reads as an exception."""
    return any(kind.search(text) for kind in (grammar().leave, grammar().lenient, grammar().continuing))


def on_terms(text: str, role: ListRole, start: int, end: int) -> tuple[int, int] | None:
    """Where a sentence gives leave on terms, and where the terms begin: "Statins are allowed if the dose is stable".

    What an exclusion's leave is for is no term that anybody can check: "Steroids are allowed for asthma".
    """
    for match in (m for kind in (grammar().leave, grammar().lenient) for m in kind.finditer(text, start + 1, end)):
        before, behind = text[start : match.start()], behind_leave(text, match.end(), end)
        alone = before.count("(") == before.count(")") and not _SENTENCE_END.search(before) and not shuts(text, start, end)
        if alone and (grammar().terms.match(text, behind, end) or (role == "exclusion" and _is_given_for(text, before, match, behind, end))):
            return match.start(), behind
    return None


def _is_given_for(text: str, before: str, leave: re.Match[str], behind: int, end: int) -> bool:
    """Whether leave that a sentence itself gives goes on with what it is given for.

    Not so in "drugs that are allowed for asthma" and "is eligible for surgery".
    """
    stated = _STATED.match(leave.group()) is not None and _DEPENDENT.search(before) is None and not is_light(before)
    fit = leave.group().lower().endswith("eligible") and behind == leave.end() and _FOR.match(text, behind + 1, end) is not None
    return stated and not fit and _GIVEN_FOR.match(text, behind, end) is not None


def is_purpose(words: Words, start: int, end: int) -> bool:
    """Whether a stretch behind leave says what it is for: "for asthma", "to treat asthma", and not "for patients with asthma" or "for 4 weeks"."""
    purpose = _FOR.match(words.text, start, end)
    return purpose is not None and not words.limits(start, end) and not grammar().people.match(words.text, purpose.end())


def lead_exception(words: Words) -> int | None:
    """Where a lead ends whose items are exceptions: "Prior malignancy, except:", "Use of steroids. The following are allowed:"."""
    if (leave := _lead_leave(words)) is not None:
        return leave
    cue = next((c for c in reversed(words.mentions.cues) if c.category == "EXCEPTION"), None)
    rest = _CASES.sub("", words.text[cue.end :]) if cue is not None else ""
    return cue.start if cue is not None and is_light(rest) and not words.limits(cue.end, len(words.text)) else None


def _lead_leave(words: Words) -> int | None:
    """Where the last sentence of an exclusion's lead begins that gives leave to what stands below."""
    pieces = words.layout.sentences(0, len(words.text))
    if words.role == "inclusion" or len(pieces) < 2 or not words.text.rstrip().endswith(":"):
        return None
    start, end = pieces[-1]
    begin = words.cue_at(start, end) or start
    found = next((m for kind in (grammar().leave, grammar().lenient) for m in kind.finditer(words.text, start, end)), None)
    alone = found is not None and is_light(words.text[begin : found.start()]) and is_light(words.text[found.end() : end])
    return start if alone else None


def welcomed(words: Words, start: int, end: int) -> Expression | None:
    """ "Healthy volunteers are allowed" in an inclusion: whom the trial takes too, which asks nothing; None for all other leave."""
    named = words.names(start, end)
    if words.role == "exclusion" or [m.ids[0] for m in named] != [_HEALTHY]:
        return None
    before, leave = words.text[start : named[0].start].strip(), grammar().leave.match(words.text, words.skip(named[0].end), end)
    if before or leave is None:  # "only healthy volunteers are allowed" asks
        return None
    start, end = words.trim(start, end)
    return Demographic(attribute="healthy_volunteers", value=True, text=words.text[start:end], start=start, end=end, confidence=0.9)


def for_those(words: Words, made: Expression | None) -> Expression | None:
    """What an inclusion's leave asks, of those alone whom it names: "patients with HIV and CD4 > 200 are allowed"; None for other leave."""
    if isinstance(made, Threshold) and (made.kind == "dose" or (made.kind == "window" and made.operator in ("ge", "gt"))) and made.concept_start is not None and made.concept_end is not None:
        named = [m for m in words.mentions.concepts if made.concept_start <= m.start and m.end <= made.concept_end]
        when = of_mention(words.text, named[0], named[0].start, named[0].end) if named else unread(words.text, made.concept_start, made.concept_end)
        return IfThen(when=when, then=made) if when is not None else None
    if not isinstance(made, AllOf):
        return None
    whom = [p for p in made.of if isinstance(p, (Condition, Exposure)) and not p.negated]
    asked = [p for p in made.of if isinstance(p, Threshold) and p.kind in ("measurement", "score")]
    when, then = group("and", whom), group("and", asked)
    told = [*whom, *asked]
    one = bool(told) and not words.layout.joints(min(p.start for p in told), max(p.end for p in told))  # "hemoglobin > 9 g/dL, transfusion is allowed" gives leave for another thing
    before = one or all(p.end <= (limit.concept_start or limit.start) for p in whom for limit in asked)
    return IfThen(when=when, then=then) if when is not None and then is not None and before and len(told) == len(made.of) else None


def lifts_nothing(words: Words, start: int, begin: int, end: int) -> bool:
    """Whether "however" opens a statement that gives no leave: "however, caution is advised", "however, a test is required"."""
    if not words.text[start:begin].lower().startswith("however") or _SAYS.search(words.text, begin, end) is None:
        return False
    lets = gives_leave(words.text[begin:end]) or verdicts().admits.search(words.text, begin, end) or _MAY.search(words.text, begin, end)
    return not lets and not any(c.category in ("ALLOWED", "EXCEPTION") and begin <= c.start < end for c in words.mentions.cues)


def asks(text: str, start: int, end: int) -> bool:
    """Whether a statement asks for something or shuts out: "a test is required", and not "women are still considered fertile"."""
    return _DEMANDS.search(text, start, end) is not None or shuts(text, start, end)


def beside_however(words: Words, requirement: Expression | None, told: Expression | None, begin: int, end: int) -> list[Expression | None]:
    """What "however" adds without giving leave: one more demand of an inclusion, one more ground where it shuts out; else a doubt."""
    if words.role == "inclusion" or shuts(words.text, begin, end):
        return [requirement, told]
    return [lift(requirement, unread(words.text, begin, end))]


def lets_continue(text: str, start: int, end: int) -> bool:
    """Whether a sentence lets people go on with a treatment: "patients with gout may continue colchicine"."""
    return grammar().continuing.search(text, start, end) is not None


def behind_note(text: str, start: int, end: int) -> int:
    """Where a sentence begins behind "Note:"."""
    return note.end() if (note := _NOTE.match(text, start, end)) else start


def asks_nothing(text: str, start: int, end: int) -> bool:
    """ "Note: ...", "No restriction on prior lines", "Biopsy is not required", "Thyroxine is not considered systemic therapy": words that neither ask nor lift."""
    return bool(_NOTE.match(text, start, end) or grammar().free.match(text, start, end) or grammar().waive.search(text, start, end) or grammar().uncounted.search(text, start, end))


def tried_again(text: str, start: int, end: int) -> int | None:
    """ "Patients treated for 3 days may be rescreened": where people are said to come again, for which nobody is shut out or let in."""
    again = grammar().again.search(text, start, end)
    people = again is not None and (is_light(text[start : again.start()]) or grammar().people.match(text, start) is not None)
    return again.start() if again is not None and people and not _APART.search(text, start, again.start()) else None


def lift(requirement: Expression | None, exception: Expression | None) -> Expression | None:
    """A requirement under an exception; one exception more lifts what the one before it did."""
    if requirement is None or exception is None:
        return requirement or exception
    own = {_limit(t) for t in thresholds(requirement)}
    exception = _of_others(exception, own) if own else exception
    if isinstance(requirement, Unless):
        either = group("or", [requirement.exception, exception])
        return requirement.model_copy(update={"exception": either})
    return Unless(requirement=requirement, exception=exception)


def _limit(threshold: Threshold) -> tuple[object, ...]:
    return threshold.concept or threshold.concept_text, threshold.operator, threshold.low, threshold.high, threshold.unit


def _of_others(exception: Expression, own: Collection[tuple[object, ...]]) -> Expression:
    """An exception whose limit alone is the very one it would lift, that limit left to a person: "prednisone > 10 mg ... replacement doses > 10 mg are permitted"."""
    if isinstance(exception, Threshold) and _limit(exception) in own:
        return Unread(text=exception.text, start=exception.start, end=exception.end, confidence=0.0)
    if isinstance(exception, (AllOf, AnyOf)):
        beside = isinstance(exception, AllOf)  # "myeloma with leukocytes > 30" lifts for who has myeloma
        parts = tuple(p if beside and isinstance(p, Threshold) else _of_others(p, own) for p in exception.of)
        return exception.model_copy(update={"of": parts})
    return exception

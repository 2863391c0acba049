"""Sentences that give leave: they ask for nothing, and may lift what stands before them."""

from __future__ import annotations

import re

from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, is_light
from limen.assembly.words import ListRole, Words
from limen.criteria import Expression, Unless

_SENTENCE_END = re.compile(r"[.;]\s")
_NOTE = re.compile(r"\(?\s*(?:please\s+)?(?:note|nb)\b\s?(?:[:.,-]|that\b)", re.IGNORECASE)


def is_leave(text: str, role: ListRole, start: int, end: int) -> bool:
    """ "Subjects with basal cell carcinoma are allowed.": a sentence that asks for nothing, and may lift the one before it."""
    kinds = (grammar().leave, grammar().lenient) if role == "exclusion" else (grammar().leave,)
    for match in (m for kind in kinds for m in kind.finditer(text, start + 1, end)):
        before = text[start : match.start()]
        alone = before.count("(") == before.count(")") and not _SENTENCE_END.search(before)
        rest = grammar().enrolled.match(text, match.end(), end)
        behind = rest.end() if rest else match.end()
        termed = role == "exclusion" and grammar().terms.match(text, behind, end) is not None
        if alone and (termed or (is_light(text[behind:end]) and not is_light(before))):
            return True
    return False


def lead_exception(words: Words) -> int | None:
    """Where a lead ends whose items are exceptions: "Prior malignancy, except:"."""
    cue = next((c for c in reversed(words.mentions.cues) if c.category == "EXCEPTION"), None)
    return cue.start if cue is not None and is_light(words.text[cue.end :]) and not words.limits(cue.end, len(words.text)) else None


def asks_nothing(text: str, start: int, end: int) -> bool:
    """ "Note: ...", "No restriction on prior lines", "Biopsy is not required": words that neither ask nor lift."""
    return bool(_NOTE.match(text, start, end) or grammar().free.match(text, start, end) or grammar().waive.search(text, start, end))


def lift(requirement: Expression | None, exception: Expression | None) -> Expression | None:
    """A requirement under an exception; one exception more lifts what the one before it did."""
    if requirement is None or exception is None:
        return requirement or exception
    if isinstance(requirement, Unless):
        either = group("or", [requirement.exception, exception])
        return requirement.model_copy(update={"exception": either})
    return Unless(requirement=requirement, exception=exception)

"""What an inclusion's sentence adds to the one before it: "Patients with gout are also eligible", "or gout", "alternatively, gout"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.denials import is_denied, opened, refused
from limen.assembly.grammar import grammar
from limen.assembly.leave import behind_leave
from limen.assembly.leaves import group, is_light, unread
from limen.assembly.verdicts import verdicts
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Exposure, Expression, IfThen, Unread

_ALSO = re.compile(r"\b(?:also|as\s+well|too|likewise|additionally)\b", re.IGNORECASE)
_WELL = re.compile(r"\W*(?:too|as\s+well|also|likewise)?\W*$", re.IGNORECASE)
_TELLS = re.compile(r"\b(?:only|stable|controlled|treated|mild|moderate|minimal|limited|prior|previous|up\s+to|low|small|without|not|no|one|single|adequate\w*|must)\b|\d", re.IGNORECASE)
_EXEMPT = re.compile(r"(?:is|are)\s+exempt(?:ed)?\b(?:\s+from\s+(?:this|the|that)(?:\s+\w+){1,2})?\W*$", re.IGNORECASE)
_OTHERWISE = re.compile(r"(?:otherwise|else|if\s+not|in\s+all\s+others?(?:\s+(?:cases|patients|subjects))?|for\s+all\s+others)\b[,:]?\s+(?!(?:they|he|she|it|this|the|patients?|subjects?|participants?)\s)(?=\w)", re.IGNORECASE)
_ONLY = re.compile(r"\b(?:only|solely|exclusively)\b", re.IGNORECASE)
_OR = re.compile(r"(?:(?:and/)?or|alternatively|or\s+alternatively)\b,?\s*", re.IGNORECASE)


class Lists(Protocol):
    """Reads what a sentence names."""

    def stretch(self, start: int, end: int) -> Expression | None: ...


def let_in_too(words: Words, lists: Lists, before: Expression | None, start: int, end: int) -> Expression | None:
    """ "Patients with gout are (also) eligible" behind another sentence, which asks nothing: who has gout may do without that sentence.

    How much of what stands before it they may do without is left to a person.
    """
    if words.role == "exclusion" or before is None or grammar().people.match(words.text, start) is None or _ONLY.search(words.text, start, end):
        return None
    leave = verdicts().admits.search(words.text, start + 1, end) or grammar().leave.search(words.text, start + 1, end)
    if leave is None or not words.bears(start, leave.start()):
        return None
    if _EXEMPT.match(words.text, leave.start(), end) and (exempt := lists.stretch(start, leave.start())) is not None:
        return AnyOf(of=(before, exempt))
    behind = behind_leave(words.text, leave.end(), end)
    also = _ALSO.search(words.text, start, end) is not None
    plain = _TELLS.search(words.text, start, end) is None and is_light(_WELL.sub("", words.text[behind:end]))
    if not also and (not plain or grammar().leave.search(words.text, leave.start(), end) is None):
        return None  # "patients with gout are eligible" may be who is looked for
    whom, doubt = lists.stretch(start, leave.start()), unread(words.text, start, end)
    return AnyOf(of=(before, AllOf(of=(whom, doubt)))) if whom is not None and doubt is not None and not isinstance(whom, Unread) else None


def otherwise(words: Words, lists: Lists, before: Expression | None, start: int, end: int) -> Expression | None:
    """ "If on dialysis, urea < 20; otherwise creatinine < 2": what is asked of all the others."""
    found = _OTHERWISE.match(words.text, start, end) if isinstance(before, IfThen) else None
    then = lists.stretch(found.end(), end) if found is not None else None
    return IfThen(when=refused(before.when), then=then) if then is not None and isinstance(before, IfThen) else None


def other_than_before(words: Words, parts: Sequence[Expression | None], pieces: Sequence[tuple[int, int]], index: int) -> int | None:
    """Where a sentence goes on behind the "or" that makes it an alternative of the one before it; behind a denial it goes on with that."""
    start, end = pieces[index]
    found = _OR.match(words.text, start, end) if words.role == "inclusion" and parts else None
    if found is None or found.end() >= end or parts[-1] is None or is_denied(parts[-1]):
        return None
    return None if any(opened(words.text, *piece) is not None for piece in pieces[:index]) else found.end()


def any_of_run(words: Words, pieces: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The bare names of a run of semicolons whose last one "or" opens: "gout; asthma; or fever"."""
    named = [p for part in parts for p in (part.of if isinstance(part, AnyOf) else (part,))]
    bare = all(isinstance(p, (Condition, Exposure)) and not p.negated for p in named)
    closes = len(pieces) > 2 and _OR.match(words.text, pieces[-1][0]) is not None
    short = closes and bare and not any(words.limits(*piece) for piece in pieces)
    return [group("or", parts)] if words.role == "inclusion" and short else list(parts)

"""What stands around a guard's comma and is none: a state that is told further, and whom a guard leaves out."""

from __future__ import annotations

import re

from limen.assembly.grammar import grammar
from limen.assembly.whom import KINDS_OF_PEOPLE
from limen.assembly.words import Words
from limen.criteria import AllOf, Demographic, Expression, IfThen, leaves

_IS_IN = re.compile(r"\s*in\s(?!(?:case|the\s+(?:case|event|absence|presence))\b)", re.IGNORECASE)
_OF_IT = re.compile(
    r"\s*(?:defined|as\s|with(?:out)?\s|free\s+of\s|in\s+the\s+opinion|based\s+on|according\s+to|confirmed|documented|evidenced|assessed|determined|judged)",
    re.IGNORECASE,
)
_CARRYING = ("pregnant", "breastfeeding")


def is_state(words: Words, start: int, comma: int, place: int) -> bool:
    """Whether a state and more of it are told, and no people: "in remission, defined as PASI < 2", "in good health, without gout"."""
    if _IS_IN.match(words.text, start) is None or _OF_IT.match(words.text, place) is None:
        return False
    return grammar().peopled.search(words.text, start, comma) is None and not any(m.ids[0] in KINDS_OF_PEOPLE for m in words.names(start, comma))


def with_left_out(whom: Expression, made: IfThen) -> Expression:
    """ "Non-pregnant women must use contraception": an inclusion lets in nobody who is pregnant."""
    carrying = tuple(p for p in leaves(whom) if isinstance(p, Demographic) and p.attribute in _CARRYING and p.value is False)
    return AllOf(of=(*carrying, made)) if carrying else made

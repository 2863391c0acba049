"""The limit before once more, for those with a disease: "bilirubin ≤ 1.5 x ULN, except Gilbert's syndrome (≤ 3 mg/dL)"."""

from __future__ import annotations

import re

from limen.mentions import Quantity
from limen.thresholds.build import Join, Target
from limen.thresholds.names import Names

_CASE = re.compile(
    r"\b(?:except(?:ion)?|unless|excluding|other\s+than|apart\s+from|for|in|with|if)\s(?:(?:for|in|with|of|the\s+case\s+of)\s)?"
    r"(?:(?:patients|subjects|participants|those|people|individuals)\s(?:with|who\s+have|having)\s)?(?:(?:known|documented|confirmed|suspected|a|an|the)\s)*$",
    re.IGNORECASE,
)
_OPENS = re.compile(r"\s?(?:\(\s?|[,:]\s)$")
_ENDED = re.compile(r"[;\n]|\.\s")
_IF = re.compile(r"\s?[,;(]?\s?(?:(?:is|are)\s)?(?:if|when|for|in)\s", re.IGNORECASE)
_OR = re.compile(r"\s?(?:[^\s,;.()<>≤≥=]+\s?){0,4}[,;]?\s?(?:and|or|and/or)\s", re.IGNORECASE)
_REACH = 60  # characters before a disease in which it is said to be an exception


def for_case(names: Names, quantity: Quantity) -> tuple[tuple[Target, ...], Join] | None:
    """The targets of the limit before, which a bracket behind a disease that is excepted widens for it."""
    if not names.used or not quantity.explicit or quantity.unit is None:
        return None
    before, targets, join = names.used[-1]
    case = next((m for m in reversed(names.mentions.concepts) if before.end <= m.start and m.end <= quantity.start), None)
    if case is None or case.kind != "condition" or _OPENS.fullmatch(names.text, case.end, quantity.start) is None:
        return None
    if _ENDED.search(names.text, before.end, case.start) or _CASE.search(names.text, max(before.end, case.start - _REACH), case.start) is None:
        return None
    fitting = tuple(t for t in targets if t.id in names.lexicon.measurements and names.fits(names.lexicon.measurements[t.id or ""], quantity))
    return (fitting, join) if fitting else None


def in_parallel(names: Names, quantity: Quantity) -> tuple[tuple[Target, ...], Join] | None:
    """The targets of the limit whose guard has a limit of its own: "platelets ≥ 75 if marrow blasts < 50 %, or ≥ 30 if marrow blasts ≥ 50 %"."""
    if len(names.used) < 2 or not quantity.explicit or quantity.unit is None:
        return None
    (before, targets, join), (guard, whom, _) = names.used[-2:]
    begins = min([guard.start, *(t.start for t in whom)])
    opens, joins = _IF.match(names.text, before.end, begins), _OR.fullmatch(names.text, max([guard.end, *(t.end for t in whom)]), quantity.start)
    alike = quantity.reference == before.reference and (quantity.unit == before.unit or quantity.unit_text == before.unit_text)
    return (targets, join) if opens and joins and alike and _IF.match(names.text, quantity.end) else None

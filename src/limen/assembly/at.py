"""When a limit was measured: "at screening", for the limits of its sentence."""

from __future__ import annotations

import re
from functools import partial
from typing import cast

from limen.assembly.walk import map_thresholds
from limen.assembly.words import Words
from limen.criteria import Anchor, Expression, Threshold, Window
from limen.lexicon.patterns import Scanner

AT = Scanner(
    r"(?<!\sor\s)at(?<!\wat)\s+(?:the\s+)?(?:time\s+of\s+)?(screening|enrol?lment|baseline|randomi[sz]ation|study\s+entry|inclusion|consent)\b"
)
_AT_ANCHORS = {"screening": "screening", "consent": "consent", "randomization": "randomisation", "randomisation": "randomisation"}


def timed(words: Words, expression: Expression) -> Expression:
    """ "at screening" goes to the limits of its sentence that have no window."""
    for match in AT.finditer(words.text):
        anchor = _AT_ANCHORS.get(re.sub(r"\s+", " ", match.group(1).lower()), "enrolment")
        window = Window(relation="at", anchor=cast(Anchor, anchor), text=words.text[match.start() : match.end()])
        begin = max((a for a, _ in words.layout.sentences(0, len(words.text)) if a <= match.start()), default=0)
        expression = map_thresholds(expression, partial(_timed, window=window, begin=begin, end=match.start()))
    return expression


def _timed(threshold: Threshold, *, window: Window, begin: int, end: int) -> Threshold:
    """The threshold with the window, if it stands in its stretch and has none."""
    before = begin <= threshold.start < end or begin == end or (threshold.concept_start or end) < end <= threshold.start
    if threshold.window is None and before and threshold.kind in ("measurement", "score"):
        return threshold.model_copy(update={"window": window})
    return threshold

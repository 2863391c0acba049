"""What was not done in a time: "steroids were not used within 3 months", "neither steroids nor azathioprine within 4 weeks"."""

from __future__ import annotations

import re
from functools import cache

from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, of_mention, unread, windowed
from limen.assembly.words import Words
from limen.criteria import Condition, Exposure, Expression, Not
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Mention
from limen.thresholds import Paired

_WHOM = re.compile(r"\b(?:in|for)\s+whom\s", re.IGNORECASE)
_NEITHER = re.compile(r"(?:.{0,40}\s)?neither\s(?=.*\snor\s)", re.IGNORECASE)
_KINDS = ("drug", "procedure", "condition")


@cache
def _denials() -> Scanner:
    verbs = alternation(read_toml(data("logic.toml"))["undone"]["verbs"])
    return Scanner(rf"\b(?:(?:was|were|has|have|had|is|are)\s*)?(?:not|n['’]t|never)\s+(?:have\s+)?(?:been\s+|be\s+)?(?:{verbs})(?=\s+(?!by\b|with\b|for\b|to\b))")


def undone(words: Words, start: int, end: int) -> Expression | None:
    """Each thing before or within such a denial, denied in the window behind it; what is denied of things of several kinds, or by an exclusion, a person sees."""
    found = _denials().search(words.text, start, end) if words.pairs else None
    neither = _NEITHER.match(words.text, start, end) if words.pairs and found is None else None
    if found is not None:
        whom = _WHOM.search(words.text, start, found.start())
        subject = whom.end() if whom is not None else start, found.start()
    elif neither is not None and (behind := words.limits(neither.end(), end)):
        subject = neither.end(), behind[0].start
    else:
        return None
    limits = words.limits(subject[1], end)
    if len(limits) != 1 or limits[0].time is None or words.limits(start, subject[1]) or words.layout.joints(limits[0].start, end):
        return None
    named = [m for m in words.names(*subject) if m.kind in _KINDS]
    if grammar().people.match(words.text, subject[0]) or words.layout.depth[subject[1]] != words.layout.depth[start] or not named:
        return None
    return _denied(words, limits[0], named) or unread(words.text, start, end)


def _denied(words: Words, limit: Paired, named: list[Mention]) -> Expression | None:
    """The things of one kind, each denied in a window that says how long ago at most; None where that is not sure."""
    window = limit.thresholds[0]
    recent = window.window is not None and window.window.relation == "within" and window.operator in ("lt", "le")
    if not recent or len({m.kind == "condition" for m in named}) > 1 or any(m.context & {"inability"} for m in named) or (words.role == "exclusion" and len(named) > 1):
        return None
    return group("and", [Not(of=_timed(words, limit, m)) for m in named])


def _timed(words: Words, limit: Paired, name: Mention) -> Expression:
    """The window's own limit where the name is its event, else the name under it."""
    own = next((t for t in limit.thresholds if t.concept in name.ids), None)
    leaf = of_mention(words.text, name._replace(context=frozenset()), name.start, name.end)
    return own or (windowed(leaf, limit.thresholds[0]) if isinstance(leaf, (Condition, Exposure)) else leaf)

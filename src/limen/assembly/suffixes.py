"""For whom a limit holds, said behind it: "... in men", "... if Gilbert's syndrome"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly.grammar import grammar
from limen.assembly.leaves import of_mention, unread
from limen.assembly.purposes import main_of, told_of_time
from limen.assembly.whom import of_some_people
from limen.assembly.words import Words
from limen.criteria import Expression
from limen.thresholds import Paired

_ASIDE = re.compile(r"\((?!if\b|in\b|for\b|unless\b)[^()]{1,60}\)|at\s+(?:screening|baseline|enrol\w{3,6}|study\s+entry|inclusion)\b", re.IGNORECASE)
_THEN = re.compile(r"\bthen\b", re.IGNORECASE)  # "if age < 18 then weight > 40 kg" guards what follows
_PARENTHESIS = re.compile(r"[(\[][^()\[\]]*[)\]]")


def guard_suffix(words: Words, last: Paired, end: int) -> Expression | None:
    """ "... in men", "... if Gilbert's syndrome": for whom the limit holds."""
    start = last.end
    found = grammar().guard_suffix.finditer(words.text, start, end)
    match = next((m for m in found if not _PARENTHESIS.sub("", words.text[start : m.start()]).strip(" ,(")), None)
    if match is None or words.limits(start, end) or (last.thresholds[0].concept_start or 0) >= match.end():
        return None
    whom = ("condition", "demographic")
    names = [m for m in words.concepts if match.end() <= m.start and m.end <= end and m.kind in whom]
    if names and names[0].kind == "condition" and told_of_time(words, last, match.start()):
        return None
    if names:
        return of_mention(words.text, main_of(words.text, names), match.end(), end)
    told = grammar().proviso.match(words.text, match.start()) or of_some_people(words, match.start(), end)
    return unread(words.text, match.end(), end) if told else None


def suffix_behind(words: Words, limits: Sequence[Paired], end: int) -> re.Match[str] | None:
    """The "if" behind the last limit, or behind an earlier one where the guard has limits of its own: "≥ 60 mL/min if creatinine > 1.5 mg/dL"."""
    for limit in reversed(limits):
        match = grammar().guard_suffix.match(words.text, _behind_limit(words, limit.end, end), end)
        if match is not None:
            told = [p for p in limits if p.start >= match.end()]
            return match if not told or _guards_with(words, match, told, end) else None
    return None


def _guards_with(words: Words, match: re.Match[str], told: Sequence[Paired], end: int) -> bool:
    """Whether limits behind an "if" are the whole of a guard: each of a measurement named there, and no statement behind them."""
    sure = grammar().proviso.match(words.text, match.start()) or of_some_people(words, match.start(), end)
    named = all((p.thresholds[0].concept_start or 0) >= match.end() and p.time is None for p in told)
    joints = words.layout.joints(match.end(), end)
    places = [match.end(), *(c.end for c in joints), end]
    anew = _THEN.search(words.text, match.end(), end) or any(c.loose or c.join == "comma" for c in joints)
    return bool(sure) and named and not anew and all(words.limits(a, b) for a, b in zip(places, places[1:]))


def _behind_limit(words: Words, place: int, end: int) -> int:
    """Where a limit's guard may stand: behind when it was measured, or a bracket that names nothing ("at screening", "(local laboratory)")."""
    place = words.skip(place)
    aside = _ASIDE.match(words.text, place, end)
    names_nothing = aside is not None and not words.names(*aside.span()) and not words.limits(*aside.span()) and not grammar().guard_suffix.match(aside.group().lstrip(" ("))
    return words.skip(aside.end()) if aside is not None and names_nothing else place

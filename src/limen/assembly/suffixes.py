"""For whom a limit holds, said behind it: "... in men", "... if Gilbert's syndrome"."""

from __future__ import annotations

import re

from limen.assembly.grammar import grammar
from limen.assembly.leaves import of_mention, unread
from limen.assembly.purposes import main_of, told_of_time
from limen.assembly.whom import of_some_people
from limen.assembly.words import Words
from limen.criteria import Expression
from limen.thresholds import Paired

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

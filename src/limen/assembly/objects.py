"""The two objects of one verb: "a condition that interferes with surgery or chemotherapy" names one thing, and "surgery for obstruction or bleeding" too."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from limen.assembly.grammar import grammar
from limen.assembly.leaves import is_light
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Mention, Mentions

_OR = re.compile(r"\s*(?:or|and/or)\s+|\s*/\s*", re.IGNORECASE)
_FEW = re.compile(r"\s*(?:[\w'’-]+\s+){0,4}", re.IGNORECASE)
_TREATMENTS = ("drug", "procedure")


class _Phrases(NamedTuple):
    verbs: Scanner
    causes: Scanner


@cache
def _phrases() -> _Phrases:
    table = read_toml(data("logic.toml"))["objects"]
    return _Phrases(verbs=Scanner(rf"\b(?:{alternation(table['verbs'])})\s"), causes=Scanner(rf"\s*(?:{alternation(table['causes'])})\s"))


def governed(mentions: Mentions, *, asked: bool) -> list[tuple[int, int]]:
    """The stretches from a verb to the second of its two objects, to be read as one.

    So is, where a list is `asked` for, a treatment with two causes of which no list knows the first: the second alone lets nobody in.
    """
    text, found = mentions.text, []
    names = [m for m in mentions.concepts if m.kind in ("condition", "drug", "procedure")]
    for one, two in zip(names, names[1:]):
        treated = one.kind in _TREATMENTS and two.kind in _TREATMENTS
        joint = _OR.match(text, one.end, two.start) if treated else None
        if joint is not None and _is_bare(text, joint.end(), two) and (verb := _before(text, one)) is not None:
            found.append((verb, two.end))
    for lead, two in zip(names, names[1:]) if asked else ():
        cause = _phrases().causes.match(text, lead.end, two.start) if lead.kind == "procedure" and two.kind == "condition" else None
        if cause is not None and _is_second(text, cause.end(), two):
            found.append((lead.start, two.end))
    return found


def _before(text: str, name: Mention) -> int | None:
    """Where a verb stands whose object a name is: "would limit the safety of a biopsy"."""
    verbs = list(_phrases().verbs.finditer(text, max(0, name.start - 90), name.start))
    return verbs[-1].start() if verbs and _FEW.fullmatch(text, verbs[-1].end() - 1, name.start) and not _listed(text, verbs[-1].end(), name.start) else None


def _listed(text: str, start: int, end: int) -> bool:
    return grammar().joint.search(text, start, end) is not None


def _is_second(text: str, start: int, name: Mention) -> bool:
    """Whether a name is the second of two causes that begin at a place: "for perforation or bleeding"."""
    joint = grammar().joint.search(text, start, name.start)
    either = joint is not None and joint.group().strip().lower() in ("or", "and/or", "/")
    return joint is not None and either and 0 < len(text[start : joint.start()].split()) < 5 and _is_bare(text, joint.end(), name)


def _is_bare(text: str, start: int, name: Mention) -> bool:
    """Whether a name behind a joint is the whole of what stands there, but for a word of its own: "or abdominal surgery"."""
    opens = grammar().list_head.match(text, start, name.start) or grammar().opening.match(text, start, name.start)
    stop = grammar().joint.search(text, name.end)
    end = min([len(text), *(p for p in (text.find(c, name.end) for c in ".;,)") if p >= 0), stop.start() if stop else len(text)])
    return opens is None and len(text[start : name.start].split()) < 3 and is_light(text[name.end : end])

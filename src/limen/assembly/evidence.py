"""By what a thing was shown: "confirmed by CT, MRI or biopsy", "CT or MRI shows metastases"; the tests are no items of a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from limen import lexicon as lexicons
from limen.assembly.grammar import grammar
from limen.assembly.leaves import is_light
from limen.lexicon.load import data, read_toml
from limen.lexicon.run_on import run_ons
from limen.mentions import Mention, Mentions
from limen.thresholds import Paired

_ON = re.compile(r"\bon\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_BY = re.compile(r"\b(?:on|by|via|per|using)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)  # "LVEF ≥ 50 % on echocardiography or MUGA"
_BESIDE_SCALE = re.compile(r"(?P<graded>[^,;.:()]{0,40}?)\s(?:and/or|or)\s", re.IGNORECASE)
_PLAIN = re.compile(r"[^,;:()]{0,40}")
_FAR = 40  # characters between such a word and its test
_NEAR = 12  # characters between a phrase of evidence and its test: "visible on contrast CT"
_OR_TEST = re.compile(r"\s*(?:,|,?\s*(?:and/)?or\b|/)\s*(?:(?!no\b|not\b|without\b)[^\W\d_]+\s+){0,2}", re.IGNORECASE)


@cache
def _tests() -> frozenset[str]:
    return frozenset(read_toml(data("logic.toml"))["evidence"]["tests"])


def examines(mention: Mention) -> bool:
    """Whether a name is one of an examination, by which something else was measured."""
    return mention.kind == "procedure" and not grammar().examinations.isdisjoint(lexicons.load().ancestors(mention.ids[0]))


def evidence(mentions: Mentions, pairs: Sequence[Paired], *, parted: bool) -> list[tuple[int, int]]:
    """The phrases of evidence, each with the examinations that it lists, up to a limit.

    `parted`: any limit behind "or" is another thing, and no further way in which the one before it is shown.
    """
    text, found = mentions.text, []
    for match in grammar().evidence.finditer(text):
        if is_light(text[: match.start()]):
            continue  # "Using X" tells how nothing was found
        stop = grammar().evidence_end.search(text, match.end())
        end = _listed(mentions, match.end(), stop.start() if stop else len(text))
        following = next((p for p in sorted(pairs, key=lambda p: p.start) if p.start >= match.end()), None)
        limit = _behind_evidence(text, match.end(), following, parted=parted) if following is not None else len(text)
        anew = next((m.start() for m in run_ons(text, match.end(), len(text))), len(text))
        found.append((match.start(), min(end, limit, anew, _behind_scale(mentions, match.end()) if parted else end)))
    found += [(m.start, end) for m in mentions.concepts if examines(m) and _BY.search(text, max(0, m.start - _FAR), m.start) and (end := _listed(mentions, m.start, m.end)) > m.end]
    return found


def _behind_scale(mentions: Mentions, start: int) -> int:
    """Where "or" parts a disease from the scale that graded what stands before: "class III as defined by the NYHA or active ischaemia"."""
    scale = next((m.end for m in mentions.measured if start <= m.start < start + _FAR and m.ids[0] in lexicons.load().scores), None)
    joint = _BESIDE_SCALE.match(mentions.text, scale) if scale is not None else None
    if joint is None:
        return len(mentions.text)
    named = next((m for m in mentions.concepts if m.start >= joint.end()), None)
    apart = named is not None and named.kind == "condition" and not named.ambiguous and _PLAIN.fullmatch(mentions.text, joint.end(), named.start) is not None
    return joint.end("graded") if apart else len(mentions.text)


def _behind_evidence(text: str, start: int, paired: Paired, *, parted: bool) -> int:
    """Where words of who judges it, or of how it is shown, end: before a limit, or before the joint ahead of its name: "as assessed by the doctor or INR > 3"."""
    named = paired.thresholds[0].concept_start
    place = named if named is not None and start <= named < paired.start and paired.time is None else paired.start
    joint = max(grammar().joint.finditer(text, start, place), key=lambda m: m.start(), default=None)
    judged = joint is not None and is_light(text[joint.end() : place]) and (parted or grammar().judge.search(text, start, joint.start()) is not None)
    return joint.start() if judged and joint is not None else paired.start


def is_evidence(text: str, start: int, name: Mention) -> bool:
    """Whether a name behind a place is one by which something was shown: "a lesion demonstrable on PET", "QTcF > 470 ms on the ECG"."""
    return (examines(name) and _ON.search(text, start, name.start) is not None) or any(name.start - match.end() < _NEAR for match in grammar().evidence.finditer(text, start, name.start))


def _listed(mentions: Mentions, start: int, end: int) -> int:
    """Where the examinations end that a phrase lists behind its first: "CT, MRI, or ultrasound"."""
    tests = [m for m in mentions.concepts if m.start >= start and (examines(m) or not _tests().isdisjoint(lexicons.load().ancestors(m.ids[0])))]
    for one, two in zip(tests, tests[1:]):
        if one.end == end and _OR_TEST.fullmatch(mentions.text, one.end, two.start):
            end = two.end
    return end


def showing(text: str, names: Sequence[Mention]) -> list[tuple[int, int]]:
    """The lists of tests that show one thing, any of them: "CT or MRI shows metastases"."""
    tests, found = [m for m in names if m.kind == "procedure"], []
    for index, last in enumerate(tests):
        first = index
        while first and _OR_TEST.fullmatch(text, tests[first - 1].end, tests[first].start):
            first -= 1
        if first < index and grammar().shows.match(text, last.end):
            found.append((tests[first].start, last.end))
    return found

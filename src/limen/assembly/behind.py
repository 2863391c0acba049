"""What stands behind a limit and says more of it, or of those who meet it: "aged 18-45 years attending the clinic", "grade 3 due to surgery"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from limen.assembly.coordination import nouns
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, of_mention, unread
from limen.assembly.words import Words
from limen.criteria import Expression, Unread
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Mention
from limen.thresholds.build import Paired

_PLAIN = re.compile(r"[\])\s]{1,3}(?:[^\W\d_][\w-]*\s+){0,4}")
_QUALITIES = 4  # words between a bracket and the noun behind it

_NEAR = 24  # characters between the words that say more and those that say how it was found
_GRADE = "ctcae"
_PAST = 8  # words of an age's tail


@cache
def _openers() -> tuple[Scanner, Scanner]:
    table = read_toml(data("logic.toml"))["behind_limits"]
    skipped = rf"[\s,]*(?:(?:{alternation(table['skipped'])})[\s,]*){{0,{_PAST}}}"
    return Scanner(skipped), Scanner(rf"(?:{alternation(table['openers'])})\s+(?!{alternation(table['no_more'])})")


def told_behind_limits(words: Words, end: int, limits: Sequence[Paired]) -> Unread | None:
    """What opens behind the last limit of a stretch and names nothing that a list knows; None where it says how, or when, that was measured."""
    last = limits[-1]
    place = max([last.end, *(t.concept_end or 0 for t in last.thresholds if (t.concept_end or 0) <= end)])
    graded = any(t.concept == _GRADE for t in last.thresholds)  # a toxicity is due to a treatment, and related to it
    if graded or last.time is not None or words.layout.depth[last.start] or words.layout.depth[min(place, end - 1)]:
        return None
    skipped, openers = _openers()
    past = skipped.match(words.text, place, end)
    found = openers.match(words.text, past.end() if past else place, end)
    if found is None or (last.thresholds[0].kind == "age" and words.layout.relative_at(found.start())):
        return None  # "women over 18 with good eyesight" is told apart
    if _is_read(words, found.start(), end) or grammar().evidence.search(words.text, found.end(), min(end, found.end() + _NEAR)):
        return None
    return unread(words.text, found.start(), end)


def noun_behind(words: Words, names: Sequence[Mention], place: int) -> tuple[Sequence[Mention], Expression | None]:
    """The names before a bracket with limits that ends at `place`, and the disease whose name goes on behind it: "low-risk (PSA < 10 ng/mL) prostate cancer"."""
    noun = next((m for m in names if m.start >= place), None)
    if noun is None or noun.kind != "condition" or noun.context & {"negated", "inability"}:
        return names, None
    if any((t.concept_start or 0) < noun.end and noun.start < (t.concept_end or 0) for p in words.pairs for t in p.thresholds):
        return names, None  # "recent (within 3 months) infarction" times it
    said = WORD.findall(words.text[place : noun.start].lower())
    plain = _PLAIN.fullmatch(words.text, place, noun.start) is not None and nouns().prepositions.isdisjoint(said) and nouns().openers.isdisjoint(said[:1])
    if not plain or len(said) > _QUALITIES:
        return names, None
    return [m for m in names if m.start < place], of_mention(words.text, noun, place + 1, noun.end)


def _is_read(words: Words, start: int, end: int) -> bool:
    """Whether a stretch names what the limits around it are read with: a disease, a drug, another measurement."""
    measured = any(start <= m.start and m.end <= end for m in words.mentions.measured)
    return measured or any(m.kind != "procedure" for m in words.names(start, end))

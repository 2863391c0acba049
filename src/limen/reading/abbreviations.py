"""Names learned from the text itself: "modified Rodnan skin score (mRSS)" teaches mRSS, by scispaCy's detector.

Schwartz and Hearst, A simple algorithm for identifying abbreviation definitions in biomedical text, PSB 2003.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from scispacy.abbreviation import AbbreviationDetector
from spacy.language import Language

from limen.mentions import Mention, Mentions
from limen.reading.names import CONCEPTS, MEASURED, NameMatcher, mentions

Learned: TypeAlias = Mapping[str, Mention]
_MAX_BRACKETS = 40
_SHORT = re.compile(r"\(\s?([A-Za-z][\w/+-]{1,9})\s?\)")


@cache
def _detector(nlp: Language) -> AbbreviationDetector:
    return AbbreviationDetector(nlp)


def learn(texts: Iterable[str], nlp: Language) -> dict[str, Mention]:
    """Short form -> the mention that its long form is, for long forms that end in a name of the lexicon."""
    learned: dict[str, Mention] = {}
    names = nlp.get_pipe("limen_names")
    assert isinstance(names, NameMatcher)
    for text in texts:
        shorts = [s for s in _SHORT.findall(text) if not names.knows(s)]
        if not shorts or text.count("(") > _MAX_BRACKETS:
            continue
        doc = _detector(nlp)(names(nlp.make_doc(text)))
        known = [*mentions(doc, MEASURED), *mentions(doc, CONCEPTS)]
        for short in doc._.abbreviations:
            long = short._.long_form
            inside = [m for m in known if long.start_char <= m.start and m.end == long.end_char]
            if inside and short.text not in learned:
                learned[short.text] = min(inside, key=lambda m: m.start)
    return learned


def defined(text: str, concepts: Sequence[Mention], measured: Sequence[Mention]) -> list[Mention]:
    """The concepts without the abbreviations that the text defines as something measured: PSA in "prostate-specific antigen (PSA)"."""
    ends, places = {m.end for m in measured}, {(m.start, m.end) for m in measured}
    return [
        m
        for m in concepts
        if not ((m.ambiguous or (m.start, m.end) in places) and text[m.start - 1 : m.start] == "(" and len(text[: m.start - 1].rstrip()) in ends)
    ]


def recall(mentions: Mentions, learned: Learned) -> Mentions:
    """The mentions with those that the trial's own abbreviations add; a name of the lexicon is not overruled."""
    found: list[Mention] = []
    known = [(m.start, m.end) for m in (*mentions.measured, *mentions.concepts)]
    for short, long in learned.items():
        for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", mentions.text):
            if not any(a < match.end() and match.start() < b for a, b in known):
                found.append(Mention(match.start(), match.end(), long.kind, long.ids, long.predicted, False, long.context))
    if not found:
        return mentions
    measured = sorted([*mentions.measured, *(m for m in found if m.kind == "measured")], key=lambda m: m.start)
    concepts = sorted([*mentions.concepts, *(m for m in found if m.kind != "measured")], key=lambda m: m.start)
    return Mentions(mentions.text, tuple(measured), tuple(concepts), mentions.quantities, mentions.times, mentions.cues, mentions.implied)

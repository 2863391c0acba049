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

from limen import lexicon as lexicons
from limen.mentions import Mention, Mentions
from limen.reading.names import CONCEPTS, MEASURED, NameMatcher, fold, mentions

Learned: TypeAlias = Mapping[str, Mention]
_MAX_BRACKETS = 40
_WORD = re.compile(r"[^\W\d_]+")
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


def defined(text: str, found: Sequence[Mention], measured: Sequence[Mention]) -> list[Mention]:
    """The mentions without the abbreviations in brackets that the text itself defines as something else.

    PSA in "prostate-specific antigen (PSA)" is no psoriatic arthritis, and AFI in "Attention Function Index (AFI)" no amniotic
    fluid index: there, no name of the lexicon ends before the bracket, and the words before it begin with its letters.
    """
    if "(" not in text:
        return list(found)
    ends, places = {m.end: m.ids for m in measured}, {(m.start, m.end) for m in measured}
    return [m for m in found if not _is_another(text, m, ends, (m.start, m.end) in places)]


def _is_another(text: str, mention: Mention, ends: Mapping[int, Sequence[str]], is_measured: bool) -> bool:
    if text[mention.start - 1 : mention.start] != "(" or text[mention.end : mention.end + 1] != ")":
        return False
    before = len(text[: mention.start - 1].rstrip())
    if before in ends and mention.kind == "measured":
        return mention.ambiguous and set(mention.ids).isdisjoint(ends[before])  # the PS of "Karnofsky performance status (PS)"
    if before in ends:
        return mention.ambiguous or is_measured
    short = text[mention.start : mention.end]
    words = _WORD.findall(text, max(0, before - 80), before)[-len(short) :]
    spelled = short.isupper() and short.isalpha() and len(short) > 2 and "".join(w[0] for w in words).upper() == short
    return spelled and not any(_akin(words, identity) for identity in mention.ids)


def _akin(words: Sequence[str], identity: str) -> bool:
    """Whether half of the words are words of an entry's names: "absolute neutrophils count" is what ANC is in the lexicon."""
    known = lexicons.load()
    entry = known.measured.get(identity) or known.concepts[identity]
    own = {fold(word) for name in (entry.name, *entry.synonyms) for word in _WORD.findall(name)}
    return sum(fold(word) in own for word in words) * 2 >= len(words)


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

"""Names learned from the text itself: "modified Rodnan skin score (mRSS)" teaches mRSS, by scispaCy's detector.

Schwartz and Hearst, A simple algorithm for identifying abbreviation definitions in biomedical text, PSB 2003.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from scispacy.abbreviation import AbbreviationDetector
from spacy.language import Language

from limen import lexicon as lexicons
from limen.mentions import Mention, Mentions
from limen.reading.names import CONCEPTS, MEASURED, NameMatcher, fold, mentions

Learned: TypeAlias = Mapping[str, Mention | None]
_MAX_BRACKETS = 40
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"[A-Za-z][\w/+-]{1,9}(?![\w/+-])")
_SHORT = re.compile(r"\(\s?([A-Za-z][\w/+-]{1,9})\s?\)")
_SMALL = frozenset(("of", "the", "and", "for", "in", "to", "with", "a", "an", "or"))
_SAME = Mention(0, 0, "measured", ())


@cache
def _detector(nlp: Language) -> AbbreviationDetector:
    return AbbreviationDetector(nlp)


def learn(texts: Iterable[str], nlp: Language) -> dict[str, Mention | None]:
    """Short form -> the mention that its long form is, for those that are met again; None for a long form that is no name of the lexicon.

    What the lexicon has under a short form gives way to a long form of other words that begin with its letters: AS behind
    "aortic stenosis (AS)" is no ankylosing spondylitis.  A short form that is explained in two ways is not learned.
    """
    texts = [*texts]
    met = Counter(word for text in texts for word in _TOKEN.findall(text))
    learned: dict[str, Mention | None] = {}
    twice: set[str] = set()
    for text in texts:
        if not 0 < text.count("(") <= _MAX_BRACKETS:
            continue
        for short, mention in _explained(text, nlp, frozenset(s for s in _SHORT.findall(text) if met[s] > 1)):
            if _ids(learned.setdefault(short, mention)) != _ids(mention):
                twice.add(short)
    return {short: mention for short, mention in learned.items() if short not in twice}


def _ids(mention: Mention | None) -> Sequence[str]:
    return mention.ids if mention is not None else ()


def _explained(text: str, nlp: Language, shorts: frozenset[str]) -> Iterator[tuple[str, Mention | None]]:
    """The short forms that a text explains, and as what."""
    names = nlp.get_pipe("limen_names")
    assert isinstance(names, NameMatcher)
    spelled = {m.group(1): place for m in _SHORT.finditer(text) if m.group(1) in shorts and (place := _long_form(text, m)) is not None}
    unknown = frozenset(s for s in shorts if not names.knows(s))
    others = {s for s, (start, end) in spelled.items() if s not in unknown and not _is_known(s, _WORD.findall(text[start:end]), 1)}
    if not unknown and not others:
        return
    doc = names(nlp.make_doc(text))
    known = [*mentions(doc, MEASURED), *mentions(doc, CONCEPTS)]
    places = {s.text: (s._.long_form.start_char, s._.long_form.end_char) for s in _detector(nlp)(doc)._.abbreviations} if unknown else {}
    for short, (start, end) in {**places, **spelled}.items():
        behind = sorted((m for m in known if m.start < end == m.end or m.start <= start < end < m.end), key=_place)
        inside = [m for m in behind if m.start >= start]
        if short in unknown and inside:
            yield short, inside[0]
        elif short in others and (meant := _other(short, _WORD.findall(text[start:end]), behind[:1], start)) is not _SAME:
            yield short, meant


def _other(short: str, words: Sequence[str], behind: Sequence[Mention], start: int) -> Mention | None:
    """What a short form of the lexicon stands for here: the name that its long form is, None for no name, or `_SAME`."""
    if not behind:
        return _SAME if _is_known(short, words, 0.5) else None
    if behind[0].start <= start:
        return behind[0]
    return _SAME if set(behind[0].ids) & set(_listed(short)) else None


def _long_form(text: str, bracket: re.Match[str]) -> tuple[int, int] | None:
    """The place of the words before a bracket that begin with its letters, small words among them aside."""
    short = bracket.group(1)
    if not short.isupper() or not short.isalpha():
        return None
    words = [m for m in _WORD.finditer(text, max(0, bracket.start() - 120), bracket.start()) if m.group() not in _SMALL][-len(short) :]
    fits = words and "".join(w.group()[0] for w in words).upper() == short and not text[words[-1].end() : bracket.start()].strip()
    return (words[0].start(), words[-1].end()) if fits else None


def _is_known(short: str, words: Sequence[str], share: float) -> bool:
    """Whether such a share of the words are words of each entry that the lexicon has under a short form."""
    return all(_akin(words, identity, share) for identity in _listed(short))


def _listed(short: str) -> tuple[str, ...]:
    """What the lexicon has under a short form."""
    known = lexicons.load()
    return (*known.measured_by_name.get(short.lower(), ()), *known.concepts_by_name.get(short.lower(), ()))


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


def _akin(words: Sequence[str], identity: str, share: float = 0.5) -> bool:
    """Whether half of the words, or another share, are words of an entry's names: "absolute neutrophils count" is what ANC is in the lexicon."""
    known = lexicons.load()
    entry = known.measured.get(identity) or known.concepts[identity]
    own = {fold(word) for name in (entry.name, *entry.synonyms) for word in _WORD.findall(name)}
    return sum(fold(word) in own for word in words) >= share * len(words)


def recall(mentions: Mentions, learned: Learned) -> Mentions:
    """The mentions with what the trial's own abbreviations are, in place of what the lexicon has under them."""
    measured, concepts = list(mentions.measured), list(mentions.concepts)
    for short, long in learned.items():
        if short not in mentions.text:
            continue
        for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", mentions.text):
            met = [m for m in (*measured, *concepts) if m.start < match.end() and match.start() < m.end]
            if any((m.start, m.end) != match.span() for m in met):
                continue  # part of a longer name
            measured, concepts = ([m for m in group if m not in met] for group in (measured, concepts))
            if long is not None:
                context = long.context.union(*(m.context for m in met))
                (measured if long.kind == "measured" else concepts).append(Mention(*match.span(), long.kind, long.ids, long.predicted, False, context))
    return mentions._replace(measured=tuple(sorted(measured, key=_place)), concepts=tuple(sorted(concepts, key=_place)))


def _place(mention: Mention) -> int:
    return mention.start

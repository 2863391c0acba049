"""The lexicon's names in a Doc: one PhraseMatcher for measurements, scores, conditions, drugs and procedures."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from spacy.attrs import NORM  # type: ignore[import-not-found,unused-ignore]
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span

from limen.lexicon import Lexicon, Measurement
from limen.lexicon.load import data, read_toml
from limen.mentions import Context, Mention, MentionKind
from limen.reading.ranks import Rank, Ranks
from limen.reading.tokenizer import text_of, words_of

_PLURAL = re.compile(r"(?<=[a-z]{4})(?<![suix])s$")
LETTERS = "limen_letters"
MENTIONS = "limen_mentions"
CONCEPTS = "limen_concepts"
MEASURED = "limen_measured"
_APOSTROPHES = ("'", "’")  # "the patient's creatinine clearance" has no "S creatinine"
_JOINTS = ("or", "and", "/", "&", ",")  # between two names that share a noun
_PLAIN: frozenset[Context] = frozenset()
_NEGATED: frozenset[Context] = frozenset({"negated"})


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """A word in lower case and in the singular, so that "Platelets" and "platelet" are one name; the Doc keeps its text."""
    return _PLURAL.sub("", word.lower())


class _Claim(NamedTuple):
    """A name of an entry, and how it is one: "plain", "predicted", "ambiguous"."""

    name: str
    kind: MentionKind
    how: str
    id: str


class _Meaning(NamedTuple):
    """What a name is a name of: the ids that claim it, best first."""

    kind: MentionKind
    ids: tuple[str, ...]
    predicted: bool
    ambiguous: bool


class _Name(NamedTuple):
    """A name of the lexicon: its meanings in each group, and the only spellings that count where every meaning is ambiguous."""

    label: int
    meanings: dict[str, _Meaning]
    spellings: frozenset[str] | None
    demographic: bool
    ranks: Ranks


def _key(doc: Doc) -> bytes:
    """The norms of a Doc's tokens, eight bytes a token; a slice of it is the key of a slice of the Doc."""
    return bytes(doc.to_array(NORM).tobytes())


def _joined(norms: Iterable[int]) -> bytes:
    return b"".join(norm.to_bytes(8, sys.byteorder) for norm in norms)


class NameMatcher:
    """A pipeline component: writes `doc.spans["limen_measured"]` and `doc.spans["limen_concepts"]`.

    A span's label is the name as the lexicon folds it.
    """

    def __init__(self, nlp: Language, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.strings = nlp.vocab.strings
        nlp.vocab.lex_attr_getters[NORM] = fold  # type: ignore[attr-defined,unused-ignore]
        self.matcher = PhraseMatcher(nlp.vocab, attr="NORM")
        self.claims: dict[bytes, list[_Claim]] = {}
        self._names: dict[bytes, _Name] = {}
        self._non, self._anti, self._hyphen = (_joined(self._norms(prefix)) for prefix in ("non-", "anti-", "-"))
        self._joints = frozenset(_joined(self._norms(word)) for word in _JOINTS)
        self._acts, self._changes, self._reaching = (frozenset(_joined(self._norms(w)) for w in _words(name)) for name in ("acting", "changes", "reaching"))
        patterns: list[tuple[int, ...]] = []
        for claim in _claims(lexicon):
            norms = self._norms(claim.name)
            key = _joined(norms)
            if key not in self.claims:
                patterns.append(norms)
            self.claims.setdefault(key, []).append(claim)
        self.matcher.add("limen_name", patterns)  # type: ignore[arg-type,unused-ignore]  # norms, as the matcher itself adds them when it is unpickled: a Doc for each of 48,000 names takes ten times as long

    def _norms(self, name: str) -> tuple[int, ...]:
        """The norms of a name's tokens."""
        return tuple(self.strings.add(fold(word)) for word in words_of(name))

    def knows(self, word: str) -> bool:
        """Whether a single word is a name of the lexicon already."""
        return _joined((self.strings[fold(word)],)) in self.claims

    def __call__(self, doc: Doc) -> Doc:
        found = self.matcher(doc)
        key = _key(doc) if found else b""
        named = [(start, end, self._named(key[8 * start : 8 * end])) for _, start, end in found]
        named += list(self._hyphened(doc, key, named)) if self._hyphen in key else ()
        named += [n for one in named if MEASURED in one[2].meanings and one[1] - one[0] > 1 for n in self._shared(key, named, *one)]
        named = [n for n in named if self._counts(doc, key, *n)]
        mentions = doc.user_data.setdefault(MENTIONS, {})
        states = [n for n in named if n[2].demographic]
        measured = [n for n in named if MEASURED in n[2].meanings]
        for group in (MEASURED, CONCEPTS):
            others = states if group == MEASURED else measured
            own = [n for n in named if group in n[2].meanings and not (self._at(key, n[1]) == self._hyphen and _in_word(n, doc.spans.get(MEASURED, ())))]
            own = [n for n in own if not ((group == MEASURED or n[2].demographic) and _is_within(n, others))]
            kept = [(Span(doc, start, end, label=name.label), name) for start, end, name in _longest(own)]
            doc.spans[group] = [span for span, _ in kept]
            mentions[group] = tuple(_mention(span, name.meanings[group]) for span, name in kept)
            doc.user_data.setdefault(LETTERS, []).extend((span.end_char, name.ranks) for span, name in kept if name.ranks)
        return doc

    def _named(self, key: bytes) -> _Name:
        """The name with a key, made when it is first met."""
        if key not in self._names:
            name = self._name(self.claims[key], " ".join(self.strings[int(norm)] for norm in memoryview(key).cast("Q")))
            self._names[key] = name
        return self._names[key]

    def _name(self, claims: Sequence[_Claim], label: str) -> _Name:
        groups = {group: [c for c in claims if (c.kind == "measured") == (group == MEASURED)] for group in (MEASURED, CONCEPTS)}
        return _Name(
            self.strings.add(label),
            {group: _meaning(own) for group, own in groups.items() if own},
            frozenset(c.name for c in claims) if all(c.how == "ambiguous" for c in claims) else None,
            any(c.kind == "demographic" for c in claims),
            next((r for c in claims if (r := self._ranks(c))), {}),
        )

    def _ranks(self, claim: _Claim) -> Ranks:
        """The ranks of a score whose grades are letters; empty for every other name."""
        score = self.lexicon.scores.get(claim.id)
        if score is None or not score.lettered:
            return {}
        points = score.points or [None] * len(score.grades)
        return {grade.upper(): Rank(int(score.range[0]) + i, points[i]) for i, grade in enumerate(score.grades)}

    def _counts(self, doc: Doc, key: bytes, start: int, end: int, name: _Name) -> bool:
        """An ambiguous name counts only in the case that the lexicon gives it; "non-malignant" is not malignant, "anti-tumor" no tumor."""
        if CONCEPTS in name.meanings and _of_institution(text_of(doc), doc[start:end]):
            return False
        if not name.demographic and start >= 2 and key[8 * start - 16 : 8 * start] == self._non:
            return False
        if start >= 2 and key[8 * start - 16 : 8 * start] == self._anti and self._is_opposed(name):
            return False
        owned = start >= 2 and doc[start - 1].text in _APOSTROPHES and doc[start].text == "s" and not doc[start - 2].whitespace_
        if owned or self._goes_on(doc, key, start, end, name):
            return False
        return name.spellings is None or doc[start:end].text in name.spellings

    def _hyphened(self, doc: Doc, key: bytes, named: Sequence[tuple[int, int, _Name]]) -> Iterator[tuple[int, int, _Name]]:
        """Names of measurements with a hyphen where the lexicon has a blank: "LDL-cholesterol", "free-T4"; an age is "year-old" anyway."""
        for start, end, _ in named:
            for a, b in ((start - 2, end), (start, end + 2)):
                hyphen = start - 1 if a < start else end
                if a < 0 or b > len(doc) or self._at(key, hyphen) != self._hyphen or doc[hyphen].whitespace_ or doc[hyphen - 1].whitespace_:
                    continue
                joined = key[8 * a : 8 * hyphen] + key[8 * hyphen + 8 : 8 * b]
                if any(c.kind == "measured" and c.id != "age" for c in self.claims.get(joined, ())):
                    yield a, b, self._named(joined)

    def _shared(self, key: bytes, named: Sequence[tuple[int, int, _Name]], start: int, end: int, name: _Name) -> Iterator[tuple[int, int, _Name]]:
        """Names of other measurements that leave out the noun of the next: "aspartate" before "or alanine aminotransferase"."""
        head, own = start + 1, set(name.meanings[MEASURED].ids)
        while start:
            place = start
            while place and self._at(key, place - 1) in self._joints:
                place -= 1
            first = place - 1
            if first < 0 or place == start or any(a <= first < b for a, b, other in named if MEASURED in other.meanings):
                return
            tails = (self._at(key, first) + key[8 * cut : 8 * end] for cut in range(head, end))
            whole = next((t for t in tails if any(c.kind == "measured" and c.id not in own for c in self.claims.get(t, ()))), None)
            if whole is None:
                return
            yield first, place, self._named(whole)
            start = first

    @staticmethod
    def _at(key: bytes, place: int) -> bytes:
        """The key of the token at a place; empty behind the last."""
        return key[8 * place : 8 * place + 8]

    def _goes_on(self, doc: Doc, key: bytes, start: int, end: int, name: _Name) -> bool:
        """Whether letters behind a hyphen make an abbreviation another's ("HCT-I"), a verb makes a condition its object ("pain-relieving"), or the name is a verb ("SpO2 falls below")."""
        hyphen = self._at(key, end) == self._hyphen and not doc[end - 1].whitespace_
        if MEASURED in name.meanings and hyphen and not doc[end].whitespace_:
            following = doc[end + 1 : end + 2].text
            short = doc[start:end].text.isupper() and following.isupper() and following.isalpha() and len(following) <= 4
            if short and not self.knows(following):
                return True
        if start and key[8 * start : 8 * end] in self._changes and self._at(key, end) in self._reaching:
            return True
        meaning = name.meanings.get(CONCEPTS)
        return meaning is not None and meaning.kind == "condition" and self._at(key, end + hyphen) in self._acts

    def _is_opposed(self, name: _Name) -> bool:
        """Whether "anti-" before a name makes it what helps against it; "anti-HIV" is a test of the infection."""
        meaning = name.meanings.get(CONCEPTS)
        return meaning is not None and meaning.kind == "condition" and "infection" not in self.lexicon.ancestors(meaning.ids[0])


def _in_word(name: tuple[int, int, _Name], measured: Iterable[Span]) -> bool:
    """Whether a hyphen makes a name the first part of a measurement's: the CKD of "CKD-EPI"."""
    start, end, _ = name
    return any(span.start <= start and end < span.end for span in measured)


def _of_institution(text: str, span: Span) -> bool:
    """Whether a name is part of an institution's or a classification's: "National Cancer Institute", "Criteria in Solid Tumors"."""
    if not text[span.start_char].isupper():
        return False
    ahead, behind = _institutions()
    return bool(ahead.match(text, span.end_char) or behind.search(text, max(0, span.start_char - 40), span.start_char))


@cache
def _words(name: str) -> frozenset[str]:
    """One list of the words of the language."""
    return frozenset(read_toml(data("words.toml"))[name])


@cache
def _institutions() -> tuple[re.Pattern[str], re.Pattern[str]]:
    nouns = "|".join(read_toml(data("words.toml"))["institutions"])
    return (
        re.compile(rf"(?:[\s-](?:[A-Z][\w'’-]{{0,30}}|of|for|in|and|the|on|to|&)){{0,5}}\s(?:{nouns})\b"),
        re.compile(rf"\b(?:{nouns})\s(?:(?:of|for|in|on|the)\s){{1,2}}(?:[A-Z][\w'’-]{{0,30}}\s){{0,2}}$"),
    )


def mentions(doc: Doc, group: str) -> tuple[Mention, ...]:
    """The spans of one group as mentions, with character offsets."""
    found: dict[str, tuple[Mention, ...]] = doc.user_data[MENTIONS]
    return found[group]


def _mention(span: Span, meaning: _Meaning) -> Mention:
    before = span.doc[max(0, span.start - 2) : span.start].text_with_ws.lower() if meaning.kind == "demographic" else ""
    denied = before.endswith(("non-", "non"))
    return Mention(span.start_char, span.end_char, *meaning, context=_NEGATED if denied else _PLAIN)


def _meaning(claims: Sequence[_Claim]) -> _Meaning:
    claims = sorted(claims, key=lambda c: c.how == "ambiguous")
    return _Meaning(
        claims[0].kind, tuple(dict.fromkeys(c.id for c in claims)), claims[0].how == "predicted", claims[0].how == "ambiguous"
    )


def _is_within(named: tuple[int, int, _Name], others: Sequence[tuple[int, int, _Name]]) -> bool:
    """Whether a name is but a part of another: the age of "women of childbearing age" is none, and who is "null-gravid" is not gravid."""
    start, end, _ = named
    return any(a <= start and end <= b and b - a > end - start for a, b, _ in others)


def _longest(found: Sequence[tuple[int, int, _Name]]) -> list[tuple[int, int, _Name]]:
    """Of names that overlap the longest, of two as long the first; in the order of the text, as spaCy's filter_spans."""
    if len(found) < 2:
        return list(found)
    kept: list[tuple[int, int, _Name]] = []
    taken: set[int] = set()
    for one in sorted(found, key=lambda n: (n[0] - n[1], n[0])):
        if one[0] not in taken and one[1] - 1 not in taken:
            kept.append(one)
            taken.update(range(one[0], one[1]))
    return sorted(kept, key=lambda n: n[0])


def _claims(lexicon: Lexicon) -> Iterator[_Claim]:
    for entry in lexicon.measured.values():
        predicted: Iterable[str] = entry.predicted if isinstance(entry, Measurement) else ()
        yield from (_Claim(n, "measured", "predicted", entry.id) for n in predicted)
        yield from (_Claim(n, "measured", "plain", entry.id) for n in dict.fromkeys((entry.name, *entry.synonyms)))
        yield from (_Claim(n, "measured", "ambiguous", entry.id) for n in entry.ambiguous)
    for concept in lexicon.concepts.values():
        yield from (_Claim(n, concept.kind, "plain", concept.id) for n in dict.fromkeys((concept.name, *concept.synonyms)))
        yield from (_Claim(n, concept.kind, "ambiguous", concept.id) for n in concept.ambiguous)

"""The lexicon's names in a Doc: one PhraseMatcher for measurements, scores, conditions, drugs and procedures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from spacy.attrs import NORM  # type: ignore[import-not-found,unused-ignore]
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from limen.lexicon import Lexicon, Measurement
from limen.mentions import Context, Mention, MentionKind

_PLURAL = re.compile(r"(?<=[a-z]{4})(?<![suix])s$")
LETTERS = "limen_letters"
CONCEPTS = "limen_concepts"
MEASURED = "limen_measured"


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """A word in lower case and in the singular, so that "Platelets" and "platelet" are one name; the Doc keeps its text."""
    return _PLURAL.sub("", word.lower())


def _key(tokens: Doc | Span) -> str:
    return " ".join([token.norm_ for token in tokens])


class NameMatcher:
    """A pipeline component: writes `doc.spans["limen_measured"]` and `doc.spans["limen_concepts"]`.

    A span's label is the name's key in `claims`, which says which entries claim it and how ("plain", "predicted", "ambiguous").
    """

    def __init__(self, nlp: Language, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        nlp.vocab.lex_attr_getters[NORM] = fold  # type: ignore[attr-defined,unused-ignore]
        self.matcher = PhraseMatcher(nlp.vocab, attr="NORM")
        self.claims: dict[str, list[tuple[MentionKind, str, str]]] = {}
        self._exact: dict[str, set[str]] = {}
        docs: list[Doc] = []
        for name, kind, claim, identity in _claims(lexicon):
            doc = nlp.make_doc(name)
            key = _key(doc)
            if key not in self.claims:
                docs.append(doc)
            self.claims.setdefault(key, []).append((kind, claim, identity))
            if claim == "ambiguous":
                self._exact.setdefault(key, set()).add(name)
        self.matcher.add("limen_name", docs)

    def knows(self, word: str) -> bool:
        """Whether a single word is a name of the lexicon already."""
        return fold(word) in self.claims

    def __call__(self, doc: Doc) -> Doc:
        spans = [Span(doc, start, end, label=_key(doc[start:end])) for _, start, end in self.matcher(doc)]
        kept = [s for s in spans if self._counts(s)]
        doc.spans[MEASURED] = filter_spans([s for s in kept if any(c[0] == "measured" for c in self.claims[s.label_])])
        doc.spans[CONCEPTS] = filter_spans([s for s in kept if any(c[0] != "measured" for c in self.claims[s.label_])])
        doc.user_data[LETTERS] = [(s.end_char, r) for s in doc.spans[MEASURED] if (r := self._ranks(s))]
        return doc

    def _ranks(self, span: Span) -> dict[str, int]:
        """The ranks of a score whose grades are letters; empty for every other name."""
        for _, _, identity in self.claims[span.label_]:
            score = self.lexicon.scores.get(identity)
            if score is not None and score.lettered:
                return {grade.upper(): int(score.range[0]) + i for i, grade in enumerate(score.grades)}
        return {}

    def _counts(self, span: Span) -> bool:
        """An ambiguous name counts only in the case that the lexicon gives it; "non-malignant" is not malignant."""
        claims = self.claims[span.label_]
        if _behind_non(span) and not any(c[0] == "demographic" for c in claims):
            return False
        return any(c[1] != "ambiguous" for c in claims) or span.text in self._exact[span.label_]

    def mentions(self, doc: Doc, group: str) -> Iterator[Mention]:
        """The spans of one group as mentions, with character offsets."""
        for span in doc.spans.get(group, ()):
            claims = [c for c in self.claims[span.label_] if (c[0] == "measured") == (group == MEASURED)]
            claims.sort(key=lambda c: c[1] == "ambiguous")
            denied: frozenset[Context] = frozenset({"negated"}) if _behind_non(span) else frozenset()
            yield Mention(
                span.start_char, span.end_char, claims[0][0], tuple(dict.fromkeys(c[2] for c in claims)),
                predicted=claims[0][1] == "predicted", ambiguous=claims[0][1] == "ambiguous", context=denied,
            )  # fmt: skip


def _behind_non(span: Span) -> bool:
    """Whether "non-" stands before the name: "non-pregnant", "non-malignant"."""
    return bool(span.start >= 2 and span.doc[span.start - 1].text == "-" and span.doc[span.start - 2].lower_ == "non")


def _claims(lexicon: Lexicon) -> Iterator[tuple[str, MentionKind, str, str]]:
    for entry in lexicon.measured.values():
        predicted: Iterable[str] = entry.predicted if isinstance(entry, Measurement) else ()
        yield from ((n, "measured", "predicted", entry.id) for n in predicted)
        yield from ((n, "measured", "plain", entry.id) for n in dict.fromkeys((entry.name, *entry.synonyms)))
        yield from ((n, "measured", "ambiguous", entry.id) for n in entry.ambiguous)
    for concept in lexicon.concepts.values():
        yield from ((n, concept.kind, "plain", concept.id) for n in dict.fromkeys((concept.name, *concept.synonyms)))
        yield from ((n, concept.kind, "ambiguous", concept.id) for n in concept.ambiguous)

"""Names that no list holds: a small trained pipeline finds them by how they are written and what stands around them.

The weights lie in `weights/` beside this file; models/MODEL_CARD.md says what they were trained on and how well they do.
The same text always gives the same names.  A name's confidence is the share of the model's names of that type that were
right on trials that it had not seen.
"""

# No postponed annotations here: spaCy resolves the factory's annotations when it is registered.
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from limen.mentions import MentionKind
from limen.reading.names import CONCEPTS, MEASURED

WEIGHTS = Path(__file__).parent / "weights"
PREFIX = "model:"
KINDS: dict[str, MentionKind] = {
    "MEASUREMENT": "measured",
    "CONDITION": "condition",
    "OBSERVATION": "condition",
    "DRUG": "drug",
    "PROCEDURE": "procedure",
}
EMPTY = frozenset({"history", "history of", "medical history", "treatment", "therapy", "diagnosis"})
_KEPT = 20_000
_LINE = re.compile(r"[^\r\n]+")
_LETTERS = re.compile(r"[^\W\d_]{2}")


class Found(NamedTuple):
    """A stretch of a text that the model names: `label` is its type, such as CONDITION or WINDOW."""

    start: int
    end: int
    label: str
    confidence: float


class ConceptModel:
    """The trained pipeline: texts in, names and comparisons out."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        self.nlp = spacy.load(folder)
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        self.name = f"{meta['name']} {meta['version']}"
        self.confidences: dict[str, float] = meta["limen_confidence"]
        self.known: dict[str, tuple[Found, ...]] = {}

    def prepare(self, texts: Iterable[str]) -> None:
        """Reads many texts at once, which is three times as fast as one by one; `find` then only looks them up."""
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if len(self.known) + len(new) > _KEPT:
            self.known.clear()
        lines = [(text, match.start(), match.group()) for text in new for match in _LINE.finditer(text) if _LETTERS.search(match.group())]
        found: dict[str, list[Found]] = {text: [] for text in new}
        for (text, offset, _), doc in zip(lines, self.nlp.pipe([line for _, _, line in lines], batch_size=64)):
            found[text] += [self._found(span, offset) for span in doc.ents]
        self.known |= {text: tuple(names) for text, names in found.items()}

    def find(self, text: str) -> tuple[Found, ...]:
        """Everything that the model names in a text, left to right."""
        if text not in self.known:
            self.prepare([text])
        return self.known[text]

    def _found(self, span: Span, offset: int) -> Found:
        confidence = self.confidences.get(span.label_, 0.5)
        return Found(span.start_char + offset, span.end_char + offset, span.label_, confidence)


@cache
def model() -> ConceptModel | None:
    """The shipped model, loaded once a process; None where its weights are not installed."""
    return ConceptModel() if (WEIGHTS / "meta.json").is_file() else None


class ModelNames:
    """A pipeline component between the lexicon's names and their context: adds the names that the lexicon does not have.

    A name of the lexicon is not overruled, and a word that names nothing by itself ("history") is no name.  The spans go to
    `doc.spans["limen_concepts"]` with the label "model:" and kind.
    """

    def __init__(self, trained: ConceptModel) -> None:
        self.trained = trained

    def __call__(self, doc: Doc) -> Doc:
        taken: list[Span] = [*doc.spans.get(CONCEPTS, ()), *doc.spans.get(MEASURED, ())]
        added: list[Span] = []
        for found in self.trained.find(doc.text):
            kind = KINDS.get(found.label)
            if kind is None or kind == "measured" or doc.text[found.start : found.end].lower() in EMPTY:
                continue
            span = doc.char_span(found.start, found.end, label=PREFIX + kind, alignment_mode="expand")
            if span is not None and not _touches(span, [*taken, *added]):
                added.append(span)
        doc.spans[CONCEPTS] = sorted([*doc.spans.get(CONCEPTS, ()), *added], key=lambda span: span.start)
        return doc


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


@Language.factory("limen_model")
def create_model_names(nlp: Language, name: str) -> ModelNames:
    """The shipped model's names; raises FileNotFoundError where its weights are not installed."""
    return ModelNames(model() or ConceptModel(WEIGHTS))

"""A clinical tokenizer for spaCy: one regular expression, linear in the text.

It splits what spaCy's English rules keep together (`Hb<11g`, `ALT≤2.5xULN`, `mg/dL`) and keeps names whole that carry
digits (`HbA1c`, `IL-6`, `CD4+`, `COVID-19`, `CHA2DS2`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from limen.lexicon import load

_FOOTED = re.compile(r"(?<![^\W_])[A-Z]{3,6}[a-c](?![^\W_])")


@cache
def _token() -> re.Pattern[str]:
    """The pattern of a token; words of the lexicon's names that end as if in a footnote ("DLCOc") stay whole."""
    known = load()
    entries = [*known.measured.values(), *known.concepts.values()]
    whole = {word for entry in entries for name in (entry.name, *entry.synonyms) for word in _FOOTED.findall(name)}
    return re.compile(
        r"([^\W\d_]+-\d+[^\W\d_]?(?![\w-])"  # IL-6, COVID-19
        r"|(?!(?i:status|scores?|class|grades?|stages?|aged?|ages)\d)[^\W\d_]+(?:\d+[^\W\d_]*)+\+?(?!\w)"  # HbA1c, CD4+, but "status0"
        rf"|(?!(?:{'|'.join(sorted(whole))})\b|QTC|[IVX]+[a-c])[A-Z]{{3,6}}(?=[a-c]\s?(?:[<>≥≤=:(/]|or\b|and\b))"  # the letter of a footnote: "ANCa ≥ 1.5"; "QTCb" is Bazett's
        r"|(?i:non)(?=(?i:pregnan|lactating|nursing|breast|gravid))"  # "nonpregnant", as "non-pregnant"
        r"|[^\W\d_]+"
        r"|\d+(?:[.,]\d+)*"
        r"|>=|<=|\S|\s+)( ?)",  # one space hangs on the token before it; any other white space is a token of its own
    )


def words_of(text: str) -> list[str]:
    """The tokens of a text, without a Doc around them."""
    return [word for word, _ in _token().findall(text)]


_TEXT = "limen_text"


def text_of(doc: Doc) -> str:
    """The Doc's text, as the clinical tokenizer was given it; spaCy would build it anew from the tokens each time."""
    text = doc.user_data.get(_TEXT)
    return text if isinstance(text, str) else str(doc.text)


class ClinicalTokenizer:
    """Callable str -> Doc.  The Doc's text is the given text, and the whole text is one sentence."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        found = _token().findall(text)
        words = [word for word, _ in found]
        spaces = [bool(space) for _, space in found]
        doc = Doc(self.vocab, words=words, spaces=spaces, user_data={_TEXT: text})
        if len(words) > 1:
            doc[1].is_sent_start = False  # one token that says so makes the rest a sentence; a list for all of them costs as much as the Doc
        return doc

    def to_bytes(self, **_: object) -> bytes:
        return b""

    def from_bytes(self, _data: bytes, **_kwargs: object) -> ClinicalTokenizer:
        return self

    def to_disk(self, _path: object, **_: object) -> None:
        """Nothing to keep: the rules are code."""

    def from_disk(self, _path: object, **_: object) -> ClinicalTokenizer:
        return self


@registry.tokenizers("limen.ClinicalTokenizer.v1")  # type: ignore[untyped-decorator,unused-ignore]
def create_clinical_tokenizer() -> Callable[[Language], ClinicalTokenizer]:
    """The factory to name in a spaCy config under [nlp.tokenizer]."""

    def create(nlp: Language) -> ClinicalTokenizer:
        return ClinicalTokenizer(nlp.vocab)

    return create

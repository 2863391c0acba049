"""The spaCy pipeline: names, context, and from a Doc to Mentions.

    nlp = limen.reading.load()
    mentions = limen.reading.read("serum creatinine is 2 mg/dl or more", nlp)

The components are registered as spaCy factories ("limen_names", "limen_context", "limen_quantities"), so they work in any
spaCy pipeline whose tokenizer is "limen.ClinicalTokenizer.v1".
"""

# No postponed annotations here: spaCy resolves the factories' annotations when they are registered.
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import cast

import spacy
from spacy.attrs import LOWER, NORM  # type: ignore[import-not-found,unused-ignore]
from spacy.language import Language
from spacy.tokens import Doc

from limen import lexicon as lexicons
from limen.criteria import Operator
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Mentions
from limen.reading.abbreviations import Learned, defined, recall
from limen.reading.context import ContextReader
from limen.reading.grammar import normal_ranges
from limen.reading.names import CONCEPTS, LETTERS, MEASURED, NameMatcher, mentions
from limen.reading.quantities import find_quantities
from limen.reading.ratios import with_ratios
from limen.reading.short_times import with_short_times
from limen.reading.tokenizer import ClinicalTokenizer, text_of
from limen.reading.windows import find_time_spans, unsaid_ones

MAX_CLAUSE = 6000
_DIGIT = re.compile(r"[\dⅠ-Ⅻ]")
_NUMBER_WORDS = (
    *"two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen".split(),
    *"nineteen twenty thirty forty fourty fifty sixty seventy eighty ninety hundred thousand twice uln lln ii iii iv vi vii ll lll".split(),
    *("upper limit", "lower limit", "class i", "grade i", "stage i", "asa i", "least one", "least of one", "than one", "one or more"),
)
_GROUPED = re.compile(r"([^\w\s])\1{9,}")
_SET_OFF = re.compile(r",(\s(?:at\s+least|at\s+most|no\s+more\s+than|not\s+more\s+than|no\s+less\s+than|up\s+to|a\s+minimum\s+of)),(?=\s)", re.IGNORECASE)  # "for, at least, 4 weeks"


@Language.factory("limen_names")
def create_names(nlp: Language, name: str) -> NameMatcher:
    """Finds the lexicon's names: doc.spans["limen_measured"], doc.spans["limen_concepts"]."""
    return NameMatcher(nlp, lexicons.load())


@Language.factory("limen_context")
def create_context(nlp: Language, name: str) -> ContextReader:
    """medspaCy's ConText with the lexicon's rules over doc.spans["limen_concepts"]."""
    return ContextReader(nlp)


@Language.component("limen_quantities")
def quantities(doc: Doc) -> Doc:
    """Finds quantities: doc.user_data["limen_quantities"], values with character offsets."""
    measured, concepts = ([(m.start, m.end) for m in mentions(doc, group)] for group in (MEASURED, CONCEPTS))
    letters = doc.user_data.get(LETTERS, ())
    found = find_quantities(text_of(doc), measured + concepts, [end for _, end in measured], letters)
    doc.user_data["limen_quantities"] = with_short_times(text_of(doc), found)
    return doc


@cache
def load() -> Language:
    """The pipeline, built once a process (about half a second)."""
    nlp = spacy.blank("en")
    getters = nlp.vocab.lex_attr_getters  # type: ignore[attr-defined,unused-ignore]
    for attribute in set(getters) - {LOWER, NORM}:
        del getters[attribute]  # like_url, is_stop ...: no stage asks for them, and each new word would pay for all of them
    nlp.tokenizer = ClinicalTokenizer(nlp.vocab)
    for factory in ("limen_names", "limen_context", "limen_quantities"):
        nlp.add_pipe(factory)
    return nlp


def read(text: str, nlp: Language, learned: Learned | None = None) -> Mentions:
    """Everything that the pipeline finds in one clause, with offsets into `text`; `learned` are the trial's abbreviations.

    A clause longer than 6,000 characters is read up to there; runs of one symbol are cut for the reader alone.
    """
    found = _read(text, nlp)
    return recall(found, learned) if learned else found


def holds_number(text: str, start: int, end: int) -> bool:
    """Whether a stretch can hold a limit at all: a digit, a number word, a roman grade, "in the past year", "Child-Pugh"."""
    return _DIGIT.search(text, start, end) is not None or _number_words().search(text, start, end) is not None


@cache
def _number_words() -> Scanner:
    """The words that stand for a number, the names of the scores whose grades are letters among them."""
    lettered = [name for score in lexicons.load().scores.values() if score.lettered for name in (score.name, *score.synonyms, *score.ambiguous)]
    return Scanner(alternation([*_NUMBER_WORDS, *normal_ranges(), "normal", *unsaid_ones(), *lettered]))


@lru_cache(maxsize=20_000)
def _read(text: str, nlp: Language) -> Mentions:
    seen = _SET_OFF.sub(r" \1 ", _GROUPED.sub(lambda m: " " * len(m.group()), text[:MAX_CLAUSE]))
    doc = nlp.make_doc(seen)
    components = _components(nlp)
    for component in components.values():
        doc = component(doc)
    context = cast(ContextReader, components["limen_context"])
    contexts, cues = context.found(doc)
    measured = mentions(doc, MEASURED)
    kept = defined(seen, mentions(doc, CONCEPTS), measured)
    concepts = [m._replace(context=m.context | contexts[m.start]) if m.start in contexts else m for m in kept]
    parts = tuple((q.start, q.end) for q in doc.user_data["limen_quantities"] if q.parted)
    quantities = [q for q in doc.user_data["limen_quantities"] if not q.parted]
    doc.user_data.clear()  # the context graph holds the Doc that holds it: freed at once, not by the garbage collector
    return Mentions(
        text=text,
        measured=with_ratios(seen, defined(seen, measured, measured)),
        concepts=tuple(concepts),
        quantities=tuple(quantities),
        times=tuple(find_time_spans(seen, quantities)),
        grades=parts,
        cues=cues,
        implied=tuple(_implied(seen)),
    )


@lru_cache(maxsize=4)
def _components(nlp: Language) -> dict[str, Callable[[Doc], Doc]]:
    """The pipeline's components, which spaCy would list anew for every text."""
    return dict(nlp.pipeline)


@cache
def _implied_words() -> tuple[Scanner, dict[str, tuple[str, Operator]]]:
    table = read_toml(data("comparisons.toml"))["implied"]
    words = {w: (e["concept"], cast(Operator, e["operator"])) for e in table for w in e["words"]}
    return Scanner(alternation(words)), words


def _implied(text: str) -> list[tuple[int, int, str, Operator]]:
    pattern, words = _implied_words()
    return [(m.start(), m.end(), *words[m.group().lower()]) for m in pattern.finditer(text)]

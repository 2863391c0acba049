"""medspaCy's ConText over our concepts: negation, history, family, hypothetical and exception cues.

The rules are lexicon/contexts.json alone: medspaCy's defaults are made for clinical notes ("children" is family there).
Its results are read into plain values at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from limen.lexicon.load import data
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Context, Cue
from limen.reading.medspacy_context import ConText, ConTextGraph, ConTextRule
from limen.reading.names import CONCEPTS
from limen.reading.tokenizer import text_of

MAX_TARGETS = 80
_EITHER_WAY = re.compile(r"\b(?P<said>\w{2,30})\s+or\s+(?:not|never)\s+(?:\w{2,12}ly\s+)?(?P=said)s?\b[^,;.:]{0,80},", re.IGNORECASE)  # what is so or not, as far as its denial goes
_CONTEXTS: dict[str, Context] = {
    "NEGATED_EXISTENCE": "negated",
    "FAMILY": "family",
    "HISTORICAL": "historical",
    "HYPOTHETICAL": "hypothetical",
    "POSSIBLE_EXISTENCE": "uncertain",
    "INABILITY": "inability",
}


class ContextReader:
    """A pipeline component: runs ConText over doc.spans["limen_concepts"], at most 80 targets a Doc."""

    def __init__(self, nlp: Language) -> None:
        rules = json.loads(data("contexts.json").read_text(encoding="utf-8"))["context_rules"]
        self.context = ConText(
            nlp, rules=None, input_span_type="group", span_group_name="limen_targets", span_attrs=None,
            terminating_types={"NEGATED_EXISTENCE": ["EXCEPTION"]},
        )  # fmt: skip
        self.context.add([ConTextRule(**rule) for rule in rules])
        self.literals = Scanner(alternation(rule["literal"] for rule in rules))

    def __call__(self, doc: Doc) -> Doc:
        """The Doc with its context graph; a text without any rule's words has none."""
        if not self.literals.search(text_of(doc)):
            return doc
        doc.spans["limen_targets"] = list(doc.spans.get(CONCEPTS, ()))[:MAX_TARGETS]
        self.context(doc)
        return doc

    def found(self, doc: Doc) -> tuple[dict[int, frozenset[Context]], tuple[Cue, ...]]:
        """The contexts that modify each target, by the target's start; and every rule that matched, in the order of the text."""
        if "limen_targets" not in doc.spans:
            return {}, ()
        graph = doc._.context_graph
        return (_contexts(doc, graph) if graph.edges else {}), tuple(_cues(doc, graph))


def _contexts(doc: Doc, graph: ConTextGraph) -> dict[int, frozenset[Context]]:
    found: dict[int, set[Context]] = {}
    depth, either = _depths(doc), [m.span() for m in _EITHER_WAY.finditer(text_of(doc))]
    for target, modifier in graph.edges:
        if within := [b for a, b in either if a <= doc[modifier.modifier_span[0]].idx < b]:
            if target.start_char < within[0]:  # "smokers or not smokers, with asthma" denies neither
                found.setdefault(target.start_char, set()).add("inability")
            continue
        if depth[modifier.modifier_span[0]] > depth[target.start]:
            continue
        if context := _CONTEXTS.get(modifier.category):
            found.setdefault(target.start_char, set()).add(context)
    return {start: frozenset(contexts) for start, contexts in found.items()}


def _cues(doc: Doc, graph: ConTextGraph) -> Iterator[Cue]:
    for modifier in sorted(graph.modifiers, key=lambda m: m.modifier_span):
        start, end = modifier.modifier_span
        if modifier.direction != "TERMINATE":
            span = doc[start:end]
            yield Cue(modifier.category, span.start_char, span.end_char)


def _depths(doc: Doc) -> list[int]:
    """Bracket depth of each token: what is said inside brackets does not reach out of them."""
    if "(" not in text_of(doc) and "[" not in text_of(doc):
        return [0] * len(doc)
    depths, level = [], 0
    for token in doc:
        level += token.text in ("(", "[")
        depths.append(level)
        level = max(0, level - (token.text in (")", "]")))
    return depths

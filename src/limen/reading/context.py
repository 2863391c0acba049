"""medspaCy's ConText over our concepts: negation, history, family, hypothetical and exception cues.

The rules are lexicon/contexts.json alone: medspaCy's defaults are made for clinical notes ("children" is family there).
Its results are read into plain values at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from medspacy.context import ConText, ConTextRule
from spacy.language import Language
from spacy.tokens import Doc

from limen.lexicon.load import data
from limen.mentions import Context, Cue
from limen.reading.names import CONCEPTS

MAX_TARGETS = 80
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

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["limen_targets"] = list(doc.spans.get(CONCEPTS, ()))[:MAX_TARGETS]
        return self.context(doc) if len(doc) else doc

    def contexts(self, doc: Doc) -> dict[int, frozenset[Context]]:
        """Start of each target -> the contexts that modify it."""
        found: dict[int, set[Context]] = {}
        if not len(doc):
            return {}
        depth = _depths(doc)
        for target, modifier in doc._.context_graph.edges:
            if depth[modifier.modifier_span[0]] > depth[target.start]:
                continue
            if context := _CONTEXTS.get(modifier.category):
                found.setdefault(target.start_char, set()).add(context)
        return {start: frozenset(contexts) for start, contexts in found.items()}

    def cues(self, doc: Doc) -> Iterator[Cue]:
        """Every rule that matched, in the order of the text."""
        if not len(doc):
            return
        for modifier in sorted(doc._.context_graph.modifiers, key=lambda m: m.modifier_span):
            start, end = modifier.modifier_span
            span = doc[start:end]
            if modifier.direction == "TERMINATE":
                continue
            yield Cue(modifier.category, span.start_char, span.end_char)


def _depths(doc: Doc) -> list[int]:
    """Bracket depth of each token: what is said inside brackets does not reach out of them."""
    if "(" not in doc.text and "[" not in doc.text:
        return [0] * len(doc)
    depths, level = [], 0
    for token in doc:
        level += token.text in ("(", "[")
        depths.append(level)
        level = max(0, level - (token.text in (")", "]")))
    return depths

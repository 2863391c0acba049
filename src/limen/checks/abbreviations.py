"""Short names with several meanings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from limen import lexicon as lexicons
from limen.checks.place import Found, at
from limen.criteria import AnyLeaf, Threshold, Trial, leaves
from limen.lexicon import Lexicon


def abbreviation_ambiguous(trial: Trial) -> Iterator[Found]:
    """A name was read that the lexicon lists as ambiguous, and neither the text nor the title says what it stands for."""
    lexicon, said = lexicons.load(), "\n".join((trial.text, trial.title or "", *trial.conditions))
    for criterion in trial.criteria:
        for leaf in leaves(criterion.requirement):
            name = _name(leaf)
            concept = getattr(leaf, "concept", None)
            if name and concept and _is_ambiguous(name, concept, lexicon) and not _is_explained(name, said):
                others = [other for other in _meanings(name, lexicon) if other != concept]
                message = f"{name} is read as {concept}"
                message += f"; it also stands for {', '.join(others)}" if others else "; it has other meanings too"
                yield at(criterion, leaf, "abbreviation_ambiguous", "warning" if others else "info", message)


def _name(leaf: AnyLeaf) -> str | None:
    return leaf.concept_text if isinstance(leaf, Threshold) else leaf.text


def _is_ambiguous(name: str, concept: str, lexicon: Lexicon) -> bool:
    """Whether the name is a short form, or shared, and counts for the concept only because of what stands beside it."""
    entry = lexicon.measured.get(concept) or lexicon.concepts.get(concept)
    if entry is None or name.lower() not in (each.lower() for each in entry.ambiguous):
        return False
    return len(_meanings(name, lexicon)) > 1 or 2 * sum(map(str.isupper, name)) >= len(name)


def _meanings(name: str, lexicon: Lexicon) -> tuple[str, ...]:
    return (*lexicon.measured_by_name.get(name.lower(), ()), *lexicon.concepts_by_name.get(name.lower(), ()))


def _is_explained(name: str, text: str) -> bool:
    """Whether the text writes the name out: "prothrombin time (PT)"."""
    return re.search(rf"\w\s*[(\[]\s*{re.escape(name)}\s*[)\]]", text) is not None

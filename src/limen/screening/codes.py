"""Codes of public terminologies: whether one stands for a concept of the catalogue."""

from __future__ import annotations

from limen.criteria import Code
from limen.lexicon import Concept


def code_fits(code: Code, entry: Concept) -> bool:
    """Whether a code lies in one of the concept's ICD-10 blocks ("C50", "C00-C97") or MeSH trees ("C04.588")."""
    system = code.system.lower()
    if "icd" in system and "10" in system:
        return any(_in_block(code.code, block) for block in entry.icd10)
    if "mesh" in system:
        return any(code.code == tree or code.code.startswith(tree + ".") for tree in entry.mesh)
    return False


def _in_block(code: str, block: str) -> bool:
    plain = code.replace(".", "").upper()
    first, dash, last = (part.strip().replace(".", "").upper() for part in block.partition("-"))
    if not dash:
        return plain.startswith(first)
    return first <= plain[: len(first)] and plain[: len(last)] <= last

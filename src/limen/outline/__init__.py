"""Outline: from an eligibility text to sections and clauses.  Plain text, no NLP; every character is accounted for."""

from limen.outline.clauses import Clause, Outline
from limen.outline.outline import outline

__all__ = ["Clause", "Outline", "outline"]

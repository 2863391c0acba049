"""Plain text, with headings for inclusion and exclusion criteria or without.  The whole file is the text."""

from __future__ import annotations

from limen.errors import RecordError
from limen.registries.layout import undivided
from limen.registries.record import ListRole, Record

NAME = "plain"
REGISTRY = "plain"


def matches(text: str) -> bool:
    return True


def read(text: str, *, role: ListRole | None) -> Record:
    if not any(character.isalnum() for character in text):
        raise RecordError("the text holds no words, so no eligibility criteria")
    sections, findings = undivided(text, role=role)
    return Record(text=text, sections=sections, findings=findings)

"""Plain text, with headings for inclusion and exclusion criteria or without.  The whole file is the text."""

from __future__ import annotations

import re

from limen.criteria import RegistryFields
from limen.errors import RecordError
from limen.registries.age_groups import age_groups
from limen.registries.layout import undivided
from limen.registries.record import ListRole, Record

NAME = "plain"
REGISTRY = "plain"

_WORD = re.compile(r"[^\W_]")


def matches(text: str) -> bool:
    return True


def read(text: str, *, role: ListRole | None) -> Record:
    if _WORD.search(text) is None:
        raise RecordError("the text holds no words, so no eligibility criteria")
    sections, findings = undivided(text, role=role)
    groups = age_groups(text)
    fields = RegistryFields(age_min=groups.age_min, age_max=groups.age_max, as_written=groups.as_written)
    return Record(text=text, registry_fields=fields, sections=sections, findings=findings)

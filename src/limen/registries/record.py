"""What a registry module hands back, and what every registry module offers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from limen.criteria import Finding, RegistryFields, Section
from limen.errors import RecordError

ListRole = Literal["inclusion", "exclusion"]


@dataclass(frozen=True)
class Record:
    """The parts of a trial that the record itself holds; `trial_id` is None where it names none."""

    text: str
    trial_id: str | None = None
    title: str | None = None
    conditions: tuple[str, ...] = ()
    registry_fields: RegistryFields = field(default_factory=RegistryFields)
    sections: tuple[Section, ...] = ()
    findings: tuple[Finding, ...] = ()


def parse_json(text: str, *, meant: str) -> Any:
    """The content of a JSON text, its numbers as they are printed; `RecordError` where it is none, by what it was `meant` to be."""
    try:
        return json.loads(text, parse_int=str, parse_float=str)  # a number of a million digits costs nothing
    except RecursionError as error:
        raise RecordError(f"JSON that is nested too deeply to be {meant}") from error
    except ValueError as error:
        raise RecordError(f"starts like JSON, but is not: {str(error)[:120]}") from error


class Format(Protocol):
    """A module that reads one format of one registry; `NAME` and `REGISTRY` are what `--registry` accepts."""

    @property
    def NAME(self) -> str: ...

    @property
    def REGISTRY(self) -> str: ...

    def matches(self, text: str) -> bool:
        """Whether the decoded text is in this format.  Cheap: it never parses the whole text."""

    def read(self, text: str, *, role: ListRole | None) -> Record:
        """The record's parts; `RecordError` where it has no eligibility text."""

"""The words and units of `words.toml`."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from limen.lexicon.load import read_toml


class _Female(BaseModel):
    attributes: frozenset[str]
    both: frozenset[str]
    alone: frozenset[str]


class Vocabulary(BaseModel):
    """What `words.toml` holds; its comments say what each list is for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filler: frozenset[str]
    sure: tuple[str, ...]
    unsure: tuple[str, ...]
    turning: frozenset[str]
    ahead: tuple[str, ...]
    meeting: frozenset[str]
    verdicts: frozenset[str]
    narrowing: frozenset[str]
    kinds: frozenset[str]
    bland: frozenset[str]
    nature: dict[str, frozenset[str]]
    unlisted: frozenset[str]
    unlisted_classes: frozenset[str]
    tests: tuple[str, ...]
    open_classes: frozenset[str]
    degrees: tuple[str, ...]
    secondary: frozenset[str]
    general: frozenset[str]
    qualitative: frozenset[str]
    beginnings: frozenset[str]
    printed_units: tuple[str, ...]
    states: dict[str, tuple[str, ...]]
    female: _Female
    vague: dict[str, frozenset[str]]


@cache
def vocabulary() -> Vocabulary:
    """The words of screening, read once a process."""
    return Vocabulary.model_validate(read_toml(files("limen.screening") / "words.toml"))


@cache
def _negative_test() -> re.Pattern[str]:
    tests = "|".join(map(re.escape, vocabulary().tests))
    return re.compile(rf"\b(?:{tests})s?\b[^.;]{{0,80}}\bnegative\b|\bnegative\b[^.;]{{0,80}}\b(?:{tests})s?\b", re.IGNORECASE)


def tells_negative_test(text: str) -> bool:
    """Whether words ask for a test that was negative: "swab negative for influenza", which nobody shows by having no influenza."""
    return _negative_test().search(text) is not None

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
    causes: tuple[str, ...]
    operations: frozenset[str]
    occasions: tuple[str, ...]
    meeting: frozenset[str]
    verdicts: frozenset[str]
    narrowing: frozenset[str]
    kinds: frozenset[str]
    bland: frozenset[str]
    nature: dict[str, frozenset[str]]
    unlisted: frozenset[str]
    doings: frozenset[str]
    unlisted_classes: frozenset[str]
    tests: tuple[str, ...]
    markers: tuple[str, ...]
    open_classes: frozenset[str]
    degrees: tuple[str, ...]
    secondary: frozenset[str]
    general: frozenset[str]
    qualitative: frozenset[str]
    beginnings: frozenset[str]
    shorter: tuple[str, ...]
    longer: tuple[str, ...]
    printed_units: tuple[str, ...]
    states: dict[str, tuple[str, ...]]
    female: _Female
    vague: dict[str, frozenset[str]]


@cache
def vocabulary() -> Vocabulary:
    """The words of screening, read once a process."""
    return Vocabulary.model_validate(read_toml(files("limen.screening") / "words.toml"))


def is_cause(text: str) -> bool:
    """Whether words begin as what something else came of: "from prior chemotherapy", of toxicity."""
    return text.lower().startswith(tuple(f"{word} " for word in vocabulary().causes))


@cache
def _result(outcome: str) -> re.Pattern[str]:
    tests, markers = ("|".join(map(re.escape, words)) for words in (vocabulary().tests, vocabulary().markers))
    told = rf"\b(?:{tests})s?\b[^.;]{{0,80}}\b{outcome}\b|\b{outcome}\b[^.;]{{0,80}}\b(?:{tests})s?\b"
    return re.compile(rf"{told}|\bsero-?{outcome}\b|\b{outcome}\s+for\b|\b(?:{markers})(?:\s(?:virus|infection|status))?(?:\s?\([^()]{{1,12}}\))?[\s-]{outcome}\b", re.IGNORECASE)


def tells_result(text: str, *, negative: bool) -> bool:
    """Whether words ask for what a test must have shown: "swab negative for influenza", "HIV negative", "HBsAg positive".

    Nobody shows it by having no such disease on a list.
    """
    return _result("negative" if negative else "positive").search(text) is not None

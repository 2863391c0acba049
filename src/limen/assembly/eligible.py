"""Lists of the diseases of which an inclusion asks for one: "Eligible diagnoses: gout, lupus", "Histologies include melanoma and sarcoma"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from limen.assembly.denials import is_denied
from limen.assembly.words import Words
from limen.criteria import AnyOf, Condition, Expression, Unread, leaves
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

_DENIES = re.compile(r"\b(?:no|not|nor|never|without|none|free|absence|negative|exclu\w+|except|other\s+than)\b", re.IGNORECASE)


class Lists(Protocol):
    """Reads the items of such a list."""

    def stretch(self, start: int, end: int) -> Expression | None: ...
    def pieces(self, start: int, end: int) -> list[tuple[int, int]]: ...


@cache
def _lead() -> Scanner:
    """What opens such a list, up to its first item."""
    words = {key: alternation(listed) for key, listed in read_toml(data("logic.toml"))["eligible"].items()}
    noun = rf"(?:(?:{words['kinds']})\s+){{0,2}}(?:{words['nouns']})"
    verb, more = rf"(?:(?:{words['verbs']})[\s,:]+)", r"(?:\s+(?:for|in|to)\s+(?:(?:the|this|our)\s+)?\w+){0,2}"
    following = r"(?:(?:any|one)\s+of\s+)?(?:the\s+following(?:\s+\w+)?\s*:?\s*)?"
    before = rf"(?:{words['adjectives']})\s+{noun}{more}\s*(?::\s*|{verb}(?:\s*:)?)"
    behind = rf"{noun}\s+(?:(?:that|which)\s+)?(?:(?:are|will\s+be|may\s+be|can\s+be)\s+)?(?:{words['adjectives']}){more}\s*(?::\s*|{verb})"
    listed = rf"(?:the\s+following\s+){noun}\s+(?:are|will\s+be|may\s+be)\s+(?:{words['adjectives']}){more}\s*:\s*"
    patients = rf"(?:patients|subjects|participants|individuals)\s+with\s+(?:(?:any|one)\s+of\s+)?the\s+following\s+{noun}\s+(?:are|will\s+be|may\s+be)\s+(?:{words['adjectives']}){more}\s*:\s*"
    sorts = rf"(?:{words['sorts']})\s+(?:{words['sort_verbs']})[\s,:]+"
    return Scanner(rf"\s*(?:the\s+)?(?:{before}|{behind}|{listed}|{patients}|{sorts}){following}")


@cache
def _classes() -> tuple[Scanner, Scanner]:
    """A title of classes, and a lead whose last words are "of the following" classes."""
    table = read_toml(data("logic.toml"))["eligible"]
    noun = rf"(?:(?:{alternation(table['class_kinds'])})[\s/-]+){{0,3}}(?:{alternation(table['classes'])})"
    title = rf"\W*(?:the\s+)?{noun}(?:\s+(?:for|of|in)\s+(?:the\s+)?[\w-]+(?:\s[\w-]+)?)?(?:\s+(?:are|include|includes|as\s+follows|\([^()]{{0,40}}\)))?\s*[:-]?\s*$"
    following = rf"\b(?:of|with|for|has|have)\s+(?:the\s+|these\s+)?following\s+{noun}\W*$"
    return Scanner(title), Scanner(rf"{following}|\b(?:{alternation(table['single'])})\s*:\s*$")


def lists_eligible(words: Words, start: int, end: int) -> bool:
    """Whether an inclusion opens with the lead of such a list."""
    return words.role == "inclusion" and _lead().match(words.text, start, end) is not None


def one_of_listed(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
    """The diseases of such a list in the same words, one of which is asked for."""
    lead = _lead().match(words.text, start, end) if words.role == "inclusion" else None
    if lead is None or lead.end() >= end or words.limits(start, lead.end()):
        return None
    pieces = [words.trim(a, b) for a, b in lists.pieces(lead.end(), end)]
    parts = [lists.stretch(a, b) for a, b in pieces if a < b]
    return AnyOf(of=tuple(p for p in parts if p is not None)) if len(parts) > 1 and all_diseases(parts) else None


def leads_to_one(lead: str) -> bool:
    """Whether the words above an inclusion's items say that they are such a list."""
    found = _lead().match(f"{lead.rstrip()} ")
    return (found is not None and found.end() >= len(lead.rstrip())) or _classes()[0].match(lead) is not None


def ends_in_classes(lead: str) -> bool:
    """Whether a lead's last words say that its items are classes, of which a thing is one: "lymphoma of the following subtypes:", "patients with lymphomas:"."""
    return _classes()[1].search(lead) is not None and _DENIES.search(lead) is None


def all_diseases(parts: Sequence[Expression | None]) -> bool:
    """Whether the items of a list are diseases, whatever else is said of each, and none of them denied."""
    return all(p is not None and not is_denied(p) and isinstance(_first(p), (Condition, Unread)) for p in parts) and any(isinstance(_first(p), Condition) for p in parts if p is not None)


def _first(part: Expression) -> Expression:
    return next(iter(leaves(part)))


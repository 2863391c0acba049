"""A registry's own fields, typed: ages, sex, healthy volunteers.

The words are always kept as they stand.  Words that cannot be typed and do not say "no limit" are a finding, so that an
age limit is never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from limen.criteria import Bound, Finding, Sex

T = TypeVar("T")

# The number and the unit of an age: "18 Years", "20age old" (jRCT), "20 years-old" (UMIN-CTR), "6 Months", "18Y".
AGE = re.compile(
    r"(?<![\d.,])(?P<number>\d{1,3}(?:\.\d{1,2})?)\s{0,3}-?\s{0,2}"
    r"(?P<unit>age|years?|yrs?|y|months?|mo|weeks?|wks?|days?|hours?|minutes?)(?![a-z])",
    re.IGNORECASE,
)
_UCUM = {"a": "a", "y": "a", "mo": "mo", "w": "wk", "d": "d", "h": "h", "mi": "min"}
_OPEN = frozenset(
    {"", "-", "n/a", "na", "n.a.", "not applicable", "no limit", "none", "not specified", "not available", "unlimited", "no maximum age", "no minimum age", "no maximum", "no minimum", "0 -"}
)
_SEXES: dict[str, Sex] = {
    "all": "all",
    "any": "all",
    "both": "all",
    "both genders": "all",
    "both males and females": "all",
    "both sexes": "all",
    "male and female": "all",
    "female and male": "all",
    "male/female": "all",
    "female/male": "all",
    "male, female": "all",
    "female, male": "all",
    "female: yes male: yes": "all",
    "female: yes male: no": "female",
    "female: no male: yes": "male",
    "female": "female",
    "females": "female",
    "f": "female",
    "women": "female",
    "male": "male",
    "males": "male",
    "m": "male",
    "men": "male",
}
_ANSWERS = {"yes": True, "true": True, "accepts healthy volunteers": True, "no": False, "false": False}


def bound(match: re.Match[str], *, inclusive: bool) -> Bound:
    """The age that `AGE` found, with its UCUM unit."""
    unit = match["unit"].lower()
    code = _UCUM[unit[:2] if unit.startswith(("mo", "mi")) else unit[0]]
    return Bound(value=Decimal(match["number"]), unit=code, inclusive=inclusive)


def inclusive_age(words: str) -> Bound | None:
    """The first age of "18 Years": a limit that includes the age itself, as ClinicalTrials.gov defines its limits."""
    match = AGE.search(words)
    return bound(match, inclusive=True) if match else None


def sex(words: str) -> Sex | None:
    """Who may take part: "Both", "Male and Female", "FEMALE" ... as all, female or male."""
    return _SEXES.get(_plain(words))


def yes_no(words: str) -> bool | None:
    """What "No", "Accepts Healthy Volunteers", "True" ... say."""
    return _ANSWERS.get(_plain(words))


@dataclass
class Sheet:
    """Collects a record's fields: label to words as they stand, and a finding for words that could not be typed."""

    as_written: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def typed(self, label: str, words: str | None, read: Callable[[str], T | None]) -> T | None:
        """What `read` makes of the words; None for a field that is missing, open or not understood."""
        if words is None or not words.strip():
            return None
        self.as_written[label] = words.strip()
        value = read(words)
        if value is None and _plain(words) not in _OPEN:
            message = f"the registry's field {label!r} says {words.strip()[:80]!r}, which was not understood"
            self.findings.append(
                Finding(code="registry_field_unread", severity="warning", start=0, end=0, message=message)
            )
        return value


def _plain(words: str) -> str:
    return " ".join(words[:200].split()).strip(" .").lower()

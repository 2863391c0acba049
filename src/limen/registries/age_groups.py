"""The EU register's questions about age groups, which WHO's export writes behind the inclusion criteria.

They are fields of the registry's form and no criteria, though they name ages: "F.1.2 Adults (18-64 years) yes".
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from limen.criteria import Bound

_QUESTION = re.compile(r"^[ \t]{0,8}Are the trial subjects under 18\?[ \t]{0,4}(?P<answer>yes|no)\b", re.IGNORECASE | re.MULTILINE)
_GROUP = re.compile(
    r"^[ \t]{0,8}F\.1\.[1-3] (?P<group>Adults \(18-64 years\)|Elderly \(>=\s?65 years\)) (?P<answer>yes|no)\b", re.IGNORECASE | re.MULTILINE
)
_LOWEST = {"under": 0, "adults": 18, "elderly": 65}
_BEYOND = {"under": 18, "adults": 65}
_LABEL = "age groups"


class AgeGroups(NamedTuple):
    """The criteria before the form, the form's words, and the ages that its answers admit together."""

    before: str
    as_written: dict[str, str]
    age_min: Bound | None = None
    age_max: Bound | None = None


def age_groups(text: str) -> AgeGroups:
    """The form at the end of an inclusion text, or no words of it.  Groups that leave a gap between them admit its ages as well."""
    question = _QUESTION.search(text)
    if question is None:
        return AgeGroups(text, {})
    before, form = text[: question.start()].rstrip(), text[question.start() :].strip()
    answers = {match["group"].split()[0].lower(): match["answer"].lower() for match in _GROUP.finditer(form)}
    answers["under"] = question["answer"].lower()
    admitted = [group for group in _LOWEST if answers.get(group) == "yes"]
    if len(answers) < len(_LOWEST) or not admitted:
        return AgeGroups(before, {_LABEL: form})
    low, beyond = _LOWEST[admitted[0]], _BEYOND.get(admitted[-1])
    age_min = Bound(value=Decimal(low), unit="a", inclusive=True) if low else None
    age_max = Bound(value=Decimal(beyond), unit="a", inclusive=False) if beyond else None
    return AgeGroups(before, {_LABEL: form}, age_min, age_max)

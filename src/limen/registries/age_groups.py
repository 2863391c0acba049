"""The EU register's questions about age groups, which WHO's export writes behind the inclusion criteria, and pages below them.

They are fields of the registry's form and no criteria, though they name ages: "F.1.2 Adults (18-64 years) yes".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from limen.criteria import Bound

_ANSWER = r"[ \t]{0,4}:?[ \t]{0,4}(?P<answer>yes|no)\b"
_NUMBER = r"[ \t]{0,8}(?:F\.1\.[\d.]{1,5}[ \t]{1,4})?"
_QUESTION = re.compile(rf"^{_NUMBER}(?:Are the trial subjects under 18\?|Trial has subjects under 18){_ANSWER}", re.IGNORECASE | re.MULTILINE)
_GROUP = re.compile(rf"^{_NUMBER}(?P<group>Adults \(18-64 years\)|Elderly \(>=\s?65 years\)){_ANSWER}", re.IGNORECASE | re.MULTILINE)
_LINE = re.compile(rf"{_NUMBER}(?:Are the trial|Trial has|Adults \(|Elderly \(|Number of subjects for this age range)[^\n]{{0,80}}\n?|[ \t]{{0,80}}\n", re.IGNORECASE)
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
    """The form in a text, or no words of it.  Groups that leave a gap between them admit its ages as well."""
    question = _QUESTION.search(text)
    if question is None:
        return AgeGroups(text, {})
    before, form = text[: question.start()].rstrip(), text[question.start() : _end(text, question.start())].strip()
    answers = {match["group"].split()[0].lower(): match["answer"].lower() for match in _GROUP.finditer(form)}
    answers["under"] = question["answer"].lower()
    return AgeGroups(before, {_LABEL: form}, *admitted(answers))


def admitted(answers: Mapping[str, str]) -> tuple[Bound | None, Bound | None]:
    """The least and the greatest age that the answers "yes" and "no" to the three groups admit together; none where one is not answered."""
    groups = [group for group in _LOWEST if answers.get(group) == "yes"]
    if len(answers) < len(_LOWEST) or not groups:
        return None, None
    low, beyond = _LOWEST[groups[0]], _BEYOND.get(groups[-1])
    age_min = Bound(value=Decimal(low), unit="a", inclusive=True) if low else None
    return age_min, Bound(value=Decimal(beyond), unit="a", inclusive=False) if beyond else None


def _end(text: str, start: int) -> int:
    """Where the lines of the form end."""
    while start < len(text) and (line := _LINE.match(text, start)) is not None:
        start = line.end()
    return start

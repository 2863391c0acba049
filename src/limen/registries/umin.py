"""UMIN-CTR: the English page of a trial, as text.

Each value stands below its label.  The registry writes an age limit with the comparator behind it: "20 years-old <=" is
20 <= age, "75 years-old >" is 75 > age.
"""

from __future__ import annotations

import re

from limen.criteria import Bound, RegistryFields
from limen.errors import RecordError
from limen.registries.fields import AGE, Sheet, bound, sex
from limen.registries.page import Page
from limen.registries.record import ListRole, Record

NAME = "umin"
REGISTRY = "umin"

_LABELS = frozenset(
    {
        "public title",
        "acronym",
        "scientific title",
        "region",
        "condition",
        "classification by specialty",
        "eligibility",
        "age-lower limit",
        "age-upper limit",
        "gender",
        "key inclusion criteria",
        "key exclusion criteria",
        "target sample size",
        "research contact person",
    }
)
_START = frozenset({"key inclusion criteria", "key exclusion criteria"})
_END = frozenset({"target sample size", "research contact person", "name of lead principal investigator"})
_ID = re.compile(r"Unique ID issued by UMIN\s{1,8}(?:\(ID\)\s{1,8})?(UMIN\d{9}|C\d{9})|\b(UMIN\d{9})\b")


def matches(text: str) -> bool:
    return "Unique ID issued by UMIN" in text or ("Age-lower limit" in text and "Age-upper limit" in text)


def read(text: str, *, role: ListRole | None) -> Record:
    page = Page(text)
    first = page.find(_START)
    if first is None:
        raise RecordError("a UMIN-CTR page without 'Key inclusion criteria' and 'Key exclusion criteria'")
    last = page.find(_END, first) or len(page.lines)
    if last - first < 2 or all(line.key in _START for line in page.lines[first:last]):
        raise RecordError("a UMIN-CTR page whose inclusion and exclusion criteria are empty")
    sheet = Sheet()
    registry_fields = RegistryFields(
        age_min=sheet.typed("Age-lower limit", page.value("age-lower limit", _LABELS), _age),
        age_max=sheet.typed("Age-upper limit", page.value("age-upper limit", _LABELS), _age),
        sex=sheet.typed("Gender", page.value("gender", _LABELS), sex),
        as_written=sheet.as_written,
    )
    number = _ID.search(text)
    condition = page.value("condition", _LABELS, _last_of(page, "condition"))
    return Record(
        text=text[page.lines[first].start : page.lines[last - 1].end],
        trial_id=(number[1] or number[2]) if number else None,
        title=page.value("public title", _LABELS) or page.value("scientific title", _LABELS),
        conditions=(condition,) if condition else (),
        registry_fields=registry_fields,
        findings=tuple(sheet.findings),
    )


def _age(words: str) -> Bound | None:
    match = AGE.search(words)
    return bound(match, inclusive="=" in words or "\u2264" in words or "\u2265" in words) if match else None


def _last_of(page: Page, label: str) -> int:
    """The page has a heading and a label of the same name: the label is the last of the two."""
    return max((i for i, line in enumerate(page.lines) if line.key == label), default=len(page.lines))

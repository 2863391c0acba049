"""Chinese Clinical Trial Registry: a trial's page, whose labels and values stand in Chinese and in English.

Of each list the English one is read, or the Chinese one where there is no other.
"""

from __future__ import annotations

import re

from limen.criteria import RegistryFields
from limen.errors import RecordError
from limen.registries.fields import Sheet, inclusive_age, sex
from limen.registries.layout import join
from limen.registries.page import Page
from limen.registries.record import ListRole, Record

NAME = "chictr"
REGISTRY = "chictr"

_LISTS = ("inclusion criteria", "exclusion criteria", "纳入标准", "排除标准")
_END = ("研究实施时间", "study execute time", "征募观察对象时间", "recruiting time", "干预措施", "interventions")
_LABEL = re.compile(rf"({'|'.join((*_LISTS, *_END))})[ \t]*(?:[:：]|\t|$)\s*", re.IGNORECASE)
_ID = re.compile(r"\bChiCTR(?:-[A-Z]{2,5})?-?\d{8,10}\b")
_AGE = r"{} age[:：]?\s{{1,20}}(\d{{1,3}}(?:\.\d{{1,2}})?)?\s{{0,20}}[^\s\w]?\w{{0,2}}\s{{0,3}}(years?|months?|weeks?|days?)\b"
_AGES = {label: re.compile(_AGE.format(label), re.IGNORECASE) for label in ("Min", "Max")}


def matches(text: str) -> bool:
    return "study execute time" in text.lower() and _ID.search(text) is not None


def read(text: str, *, role: ListRole | None) -> Record:
    page = Page(text)
    lists = _lists(page)
    inclusion = lists.get("inclusion criteria") or lists.get("纳入标准", "")
    exclusion = lists.get("exclusion criteria") or lists.get("排除标准", "")
    criteria, sections, findings = join(inclusion, exclusion)
    if not criteria:
        raise RecordError("a page of the Chinese registry without 'Inclusion criteria' and 'Exclusion criteria'")
    sheet = Sheet()
    registry_fields = RegistryFields(
        age_min=sheet.typed("Min age", _age(text, "Min"), inclusive_age),
        age_max=sheet.typed("Max age", _age(text, "Max"), inclusive_age),
        sex=sheet.typed("Gender", _value(page, "gender"), sex),
        as_written=sheet.as_written,
    )
    number = _ID.search(text)
    condition = _value(page, "target disease")
    return Record(
        text=criteria,
        trial_id=number[0] if number else None,
        title=_value(page, "public title") or _value(page, "scientific title"),
        conditions=(condition,) if condition else (),
        registry_fields=registry_fields,
        sections=sections,
        findings=(*findings, *sheet.findings),
    )


def _lists(page: Page) -> dict[str, str]:
    """What stands behind each label of a list, up to the next label."""
    found: dict[str, tuple[int, int]] = {}
    label = None
    for line in page.lines:
        match = _LABEL.match(line.text)
        if match is not None:
            label = match[1].lower() if match[1].lower() in _LISTS and match[1].lower() not in found else None
        start = line.start + (match.end() if match else 0)
        if label is not None and start < line.end:
            found[label] = found.get(label, (start, 0))[0], line.end
    return {label: page.text[start:end] for label, (start, end) in found.items()}


def _value(page: Page, label: str) -> str | None:
    """What stands behind a label: the next line, unless that is a label itself."""
    words = page.value(label, ())
    return None if words is None or words.endswith((":", "：")) else words.strip()


def _age(text: str, label: str) -> str | None:
    match = _AGES[label].search(text)
    return f"{match[1]} {match[2]}" if match and match[1] else None

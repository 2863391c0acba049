"""NIPH Clinical Trials Search, the Japanese portal's view of a jRCT record: labels glued to their values.

Age limits carry a comparator: ">= 20age old", "<= 75age old", "< 65age old".
"""

from __future__ import annotations

import re

from limen.criteria import Bound, RegistryFields, Section
from limen.errors import RecordError
from limen.registries.fields import AGE, Sheet, bound, sex
from limen.registries.page import Page
from limen.registries.record import ListRole, Record

NAME = "niph"
REGISTRY = "jrct"

_LABELS = (
    "Age minimum",
    "Age maximum",
    "Gender",
    "Include criteria",
    "Exclude criteria",
    "Health condition(s) or Problem(s) studied",
)
_END = frozenset({"related information", "contact", "public contact", "scientific contact", "results"})
_ID = re.compile(r"JRCT ID:\s{0,3}((?:jRCT|UMIN|JMA-?IIA|JapicCTI)[-\w]{1,20})", re.IGNORECASE)


def matches(text: str) -> bool:
    return "NIPH Clinical Trials Search" in text[:2000] or ("jrct id:" in text[:4000].lower() and _ID.search(text, 0, 4000) is not None)


def read(text: str, *, role: ListRole | None) -> Record:
    page = Page(text)
    values, lines = _values(page)
    first = lines.get("Include criteria", lines.get("Exclude criteria"))
    if first is None or not (values.get("Include criteria") or values.get("Exclude criteria")):
        raise RecordError("a page of the NIPH portal without 'Include criteria' and 'Exclude criteria'")
    last = page.find(_END, first) or len(page.lines)
    start, end = page.lines[first].start, page.lines[last - 1].end
    cut = page.lines[lines["Exclude criteria"]].start - start if "Exclude criteria" in lines else end - start
    stretches = (Section(role="inclusion", start=_behind_label(text, start) - start, end=cut), Section(role="exclusion", start=_behind_label(text, start + cut) - start, end=end - start))
    sheet = Sheet()
    registry_fields = RegistryFields(
        age_min=sheet.typed("Age minimum", values.get("Age minimum"), _age),
        age_max=sheet.typed("Age maximum", values.get("Age maximum"), _age),
        sex=sheet.typed("Gender", values.get("Gender"), sex),
        as_written=sheet.as_written,
    )
    number = _ID.search(text)
    condition = values.get("Health condition(s) or Problem(s) studied")
    return Record(
        text=text[start:end],
        trial_id=number[1] if number else None,
        title=_title(page),
        conditions=(condition,) if condition else (),
        registry_fields=registry_fields,
        sections=tuple(section for section in stretches if section.start < section.end),
        findings=tuple(sheet.findings),
    )


def _behind_label(text: str, start: int) -> int:
    """Where a value begins behind the label that is glued to it: "Include criteria(1) Age ..."."""
    return next((start + len(label) for label in _LABELS if text.startswith(label, start)), start)


def _values(page: Page) -> tuple[dict[str, str], dict[str, int]]:
    """Each label's value, on the label's own line or on the next, and the number of the label's line."""
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    for i, line in enumerate(page.lines):
        for label in _LABELS:
            if label not in lines and line.text.startswith(label):
                lines[label] = i
                rest = line.text[len(label) :].strip(" :\t")
                below = page.lines[i + 1].text if i + 1 < len(page.lines) else ""
                values[label] = rest or ("" if below.startswith(_LABELS) else below)
    return values, lines


def _age(words: str) -> Bound | None:
    match = AGE.search(words)
    return bound(match, inclusive="=" in words or not re.search("[<>]", words)) if match else None


def _title(page: Page) -> str | None:
    """The line below the date of registration."""
    for i, line in enumerate(page.lines[:-1]):
        if line.key.startswith("registered date"):
            return page.lines[i + 1].text
    return None

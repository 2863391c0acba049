"""ClinicalTrials.gov: a study's page as text, in its legacy and its present design, and sites that copy its fields.

Its age limits include the age named, up to the last day of that year of life.
"""

from __future__ import annotations

import re

from limen.criteria import Bound, RegistryFields
from limen.errors import RecordError
from limen.registries.fields import AGE, Sheet, bound, inclusive_age, sex, yes_no
from limen.registries.layout import first_heading, undivided
from limen.registries.page import Page
from limen.registries.record import ListRole, Record

NAME = "ctgov_page"
REGISTRY = "ctgov"

_AGES = ("ages eligible for study", "ages eligible")
_SEX = (
    "sexes eligible for study",
    "genders eligible for study",
    "gender eligible for study",
    "sex",
    "participant gender",
)
_HEALTHY = ("accepts healthy volunteers", "healthy volunteers")
_LABELS = frozenset({*_AGES, *_SEX, *_HEALTHY, "criteria", "description", "minimum age", "maximum age"})
_END = frozenset(
    {
        "contacts and locations",
        "sponsors and collaborators",
        "collaborators and investigators",
        "more information",
        "study plan",
        "study contact",
        "additional details",
    }
)
_FIELD_LINE = re.compile(
    r"^[ \t\xa0]{0,8}(?:ages eligible for study|(?:sexe|gender)s? eligible for study|accepts healthy volunteers)\b",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD_WORDS = ("eligible for study", "accepts healthy volunteers")
# Fields that end the criteria on pages that give each field one line; elsewhere they may be criteria themselves.
_FLAT_FIELD = re.compile(
    r"(?:healthy volunteers:|sex:|(?:minimum|maximum) age:|study:[ \t]{0,4}NCT\d{8})", re.IGNORECASE
)
_INLINE = re.compile(r"^[ \t]{0,8}Eligibility Criteria:[ \t]{0,8}(?=\S)", re.MULTILINE)
_ID = re.compile(r"(?:Identifier[^\r\n]{0,40}|NCT ID|NCT Number)[):\s]{0,8}(NCT\d{8})", re.IGNORECASE)
_ANY_ID = re.compile(r"\bNCT\d{8}\b")
_BELOW_TITLE = re.compile(
    r"The recruitment status of this study|This study (?:is|has|was)\b|The safety and scientific val|Study Overview"
)
_INTERVENTION = re.compile(
    r"(?:Biological|Drug|Device|Procedure|Behavioral|Other|Radiation|Genetic|Dietary Supplement|Diagnostic Test"
    r"|Combination Product):"
)


def matches(text: str) -> bool:
    lowered = text.lower()
    if any(words in lowered for words in _FIELD_WORDS) and _FIELD_LINE.search(text) is not None:
        return True
    return "NCT ID:" in text and _INLINE.search(text) is not None


def read(text: str, *, role: ListRole | None) -> Record:
    page = Page(text)
    start = _start(page)
    end = _end(page, start)
    if start >= end:
        raise RecordError("a ClinicalTrials.gov page without eligibility criteria")
    criteria = text[start:end]
    sections, findings = undivided(criteria, role=None)
    sheet = Sheet()
    registry_fields = _registry_fields(page, sheet)
    number = _ID.search(text)
    anywhere = _ANY_ID.search(text)
    return Record(
        text=criteria,
        trial_id=number[1] if number else anywhere[0] if anywhere else None,
        title=_title(page),
        conditions=_conditions(page),
        registry_fields=registry_fields,
        sections=sections,
        findings=(*findings, *sheet.findings),
    )


def _start(page: Page) -> int:
    """Below the line 'Criteria', or 'Description' in the present design; else at the first criteria heading."""
    label = page.find({"criteria"})
    if label is None and (eligibility := page.find({"eligibility criteria"})) is not None:
        label = page.find({"description"}, eligibility)
    if label is not None and label + 1 < len(page.lines):
        return page.lines[label + 1].start
    inline = _INLINE.search(page.text)
    if inline:
        return inline.end()
    heading = first_heading(page.text)
    if heading is None:
        raise RecordError("a ClinicalTrials.gov page without 'Criteria' or 'Inclusion Criteria'")
    return next(line.start for line in page.lines if line.end > heading)


def _end(page: Page, start: int) -> int:
    """The last line before the page goes on to its fields, contacts or sponsors."""
    flat = _FLAT_FIELD if _INLINE.search(page.text) else None
    end = start
    for line in page.lines:
        if line.start >= start and (
            line.key in _END or _FIELD_LINE.match(line.text) or (flat and flat.match(line.text))
        ):
            break
        if line.end > start:
            end = line.end
    return end


def _registry_fields(page: Page, sheet: Sheet) -> RegistryFields:
    words = _first(page, _AGES)
    if words is not None:
        age_min, age_max = sheet.typed("Ages Eligible for Study", words, _ages) or (None, None)
    else:
        age_min = sheet.typed("Minimum Age", page.value("minimum age", _LABELS), inclusive_age)
        age_max = sheet.typed("Maximum Age", page.value("maximum age", _LABELS), inclusive_age)
    return RegistryFields(
        age_min=age_min,
        age_max=age_max,
        sex=sheet.typed("Sexes Eligible for Study", _first(page, _SEX), sex),
        healthy_volunteers=sheet.typed("Accepts Healthy Volunteers", _first(page, _HEALTHY), yes_no),
        as_written=sheet.as_written,
    )


def _first(page: Page, labels: tuple[str, ...]) -> str | None:
    return next((value for label in labels if (value := page.value(label, _LABELS))), None)


def _ages(words: str) -> tuple[Bound | None, Bound | None] | None:
    """The ends of "15 Years to 65 Years (Child, Adult)", "18 Years and older", "up to 17 Years", "Child, Adult"."""
    limits, _, _ = words.partition("(")
    found = [bound(match, inclusive=True) for match in AGE.finditer(limits)]
    if len(found) == 2:
        return found[0], found[1]
    if len(found) == 1:
        return (None, found[0]) if re.search(r"\bup to\b|\band (?:under|younger)\b", limits, re.I) else (found[0], None)
    return (None, None) if re.search(r"\b(?:child|adult|senior|all)", limits, re.IGNORECASE) else None


def _title(page: Page) -> str | None:
    """The line above the study's status, or below 'Overview'."""
    for i, line in enumerate(page.lines[:-1]):
        if i > 0 and _BELOW_TITLE.match(line.text):
            return page.lines[i - 1].text
        if line.key == "overview":
            return page.lines[i + 1].text
    return None


def _conditions(page: Page) -> tuple[str, ...]:
    """The first cell of the table of conditions; where the page lost its cells, all that precedes the intervention."""
    for i, line in enumerate(page.lines[:-1]):
        if line.key.startswith(("condition intervention", "condition or disease")):
            row = page.lines[i + 1].text
            first = _INTERVENTION.search(row)
            cell = row[: first.start()] if first else row
            return tuple(part.strip() for part in re.split(r"\t|\s{2,8}", cell.strip()) if part.strip())
    return ()

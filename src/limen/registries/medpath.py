"""MedPath: a trial's page as text, in either of its extractions.

One puts each label on a line and its value on the next, the other writes both as "- " items.  Either may have lost the
headings of the criteria; then the numbering, which starts again at 1, says where the exclusion criteria start.
"""

from __future__ import annotations

import re

from limen.criteria import Bound, Finding, RegistryFields, Section
from limen.errors import RecordError
from limen.registries.fields import Sheet, inclusive_age, sex, yes_no
from limen.registries.layout import divide, missing
from limen.registries.page import Line, Page
from limen.registries.record import ListRole, Record

NAME = "medpath"
REGISTRY = "medpath"

_BLOCK = "recruitment & eligibility"
_FIELDS = {
    "status": "Status",
    "sex": "Sex",
    "gender": "Gender",
    "target recruitment": "Target Recruitment",
    "min age": "Min Age",
    "minimum age": "Minimum Age",
    "max age": "Max Age",
    "maximum age": "Maximum Age",
    "healthy volunteers": "Healthy Volunteers",
    "accepts healthy volunteers": "Accepts Healthy Volunteers",
}
_HEADINGS = {"inclusion criteria": "inclusion", "exclusion criteria": "exclusion"}
_END = frozenset(
    {"study & design", "study and design", "study design", "arm && interventions", "primary outcome measures"}
)
_PAGE = frozenset(
    {
        "conditions",
        "interventions",
        "registration number",
        "lead sponsor",
        "brief summary",
        "detailed description",
        _BLOCK,
    }
)
_LABELS = frozenset({*_FIELDS, *_HEADINGS, *_END, *_PAGE})
_EMPTY = frozenset({"not specified", "not available", "not provided", "n/a", "none", "-"})
_MESH = re.compile(r"[A-Z]\d{6,9}$")


def matches(text: str) -> bool:
    return "Eligibility" in text and re.search(r"^[ \t]{0,8}Recruitment (?:&|and) Eligibility[ \t]{0,8}\r?$", text, re.MULTILINE) is not None


def read(text: str, *, role: ListRole | None) -> Record:
    page = Page(text)
    block = page.find({_BLOCK, "recruitment and eligibility"})
    if block is None:
        raise RecordError("a MedPath page without 'Recruitment & Eligibility'")
    values, first = _fields(page, block + 1)
    last = page.find(_END, first)
    body = page.lines[first:last]
    if not any(line.key not in _HEADINGS and line.key not in _EMPTY for line in body):
        raise RecordError("a MedPath page whose inclusion and exclusion criteria are empty")
    start, end = body[0].start, body[-1].end
    sections, findings = _sections(body, start, end)
    sheet = Sheet()
    registry_fields = RegistryFields(
        age_min=_typed_age(sheet, values, "min age", "minimum age"),
        age_max=_typed_age(sheet, values, "max age", "maximum age"),
        sex=next((sheet.typed(_FIELDS[k], values[k], sex) for k in ("sex", "gender") if k in values), None),
        healthy_volunteers=next((sheet.typed(_FIELDS[k], values[k], yes_no) for k in values if "healthy" in k), None),
        as_written=sheet.as_written,
    )
    return Record(
        text=text[start:end],
        trial_id=page.value("registration number", _LABELS),
        title=_title(page),
        conditions=_conditions(page, block),
        registry_fields=registry_fields,
        sections=sections,
        findings=(*findings, *sheet.findings),
    )


def _fields(page: Page, first: int) -> tuple[dict[str, str], int]:
    """The fields above the criteria, and the number of the first line below them."""
    values: dict[str, str] = {}
    while first < len(page.lines) and (label := page.lines[first].key) in _FIELDS:
        first += 1
        if first < len(page.lines) and page.lines[first].key not in _LABELS:
            values[label] = page.lines[first].words
            first += 1
    return values, first


def _typed_age(sheet: Sheet, values: dict[str, str], *labels: str) -> Bound | None:
    return next(
        (sheet.typed(_FIELDS[label], values[label], inclusive_age) for label in labels if label in values), None
    )


def _sections(body: list[Line], start: int, end: int) -> tuple[tuple[Section, ...], tuple[Finding, ...]]:
    """Roles by layout, for the stretches that no heading names."""
    headings = [i for i, line in enumerate(body) if line.key in _HEADINGS]
    if headings and headings[0] == 0:
        return (), ()
    unnamed = body[: headings[0]] if headings else body
    stop = unnamed[-1].end - start
    split, sure = divide(unnamed, by_paragraph=False)
    if headings and _HEADINGS[body[headings[0]].key] == "exclusion":
        message = (
            "the page lost the heading of the inclusion criteria: what stands above the exclusion criteria is inclusion"
        )
        return (Section(role="inclusion", start=0, end=stop),), (missing(0, stop, message, sure=True),)
    if split is None:
        message = "the page lost its headings, and no numbering starts again: all of it is read as inclusion criteria"
        return (Section(role="inclusion", start=0, end=stop),), (missing(0, stop, message, sure=False),)
    cut = unnamed[split].start - start
    message = "the page lost its headings: the numbering starts again here, so exclusion criteria are read from here on"
    sections = (Section(role="inclusion", start=0, end=cut), Section(role="exclusion", start=cut, end=stop))
    return sections, (missing(cut, unnamed[split].end - start, message, sure=sure),)


def _title(page: Page) -> str | None:
    """The first line, or the one below the site's name."""
    lines = [line for line in page.lines[:2] if line.key != "medpath"]
    return lines[0].words if lines and lines[0].key not in _LABELS else None


def _conditions(page: Page, block: int) -> tuple[str, ...]:
    """The lines below 'Conditions', without MeSH codes."""
    found: list[str] = []
    label = page.find({"conditions"})
    if label is not None and label < block:
        for line in page.lines[label + 1 : block]:
            if line.key in _LABELS:
                break
            if not _MESH.match(line.words):
                found.append(line.words)
    return tuple(found)

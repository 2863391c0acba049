"""EU Clinical Trials Register: a trial's page as text, with numbered questions.  It has age groups, of which those answered "yes" make the limits."""

from __future__ import annotations

import re

from limen.criteria import RegistryFields, Section
from limen.errors import RecordError
from limen.registries.age_groups import admitted
from limen.registries.fields import Sheet, sex, yes_no
from limen.registries.page import Line, Page
from limen.registries.record import ListRole, Record

NAME = "euctr"
REGISTRY = "euctr"

_NUMBER = re.compile(r"[|\s]{0,4}E\.[34][|\s]{0,4}$")
_INCLUSION = re.compile(r"[|\s]{0,4}(?:E\.3[|\s]{1,6})?Principal inclusion criteria\b")
_EXCLUSION = re.compile(r"[|\s]{0,4}(?:E\.4[|\s]{1,6})?Principal exclusion criteria\b")
_LABEL = re.compile(rf"(?:{_NUMBER.pattern}|{_INCLUSION.pattern}|{_EXCLUSION.pattern})[|\s]{{0,4}}$")
_END = re.compile(r"[|\s]{0,4}(?:E\.5\b|End points\b|Primary end point)")
_POPULATION = {
    "under": "trial has subjects under 18", "adults": "adults (18-64 years)", "elderly": "elderly (>=65 years)",
    "female": "female", "male": "male", "healthy": "healthy volunteers",
}  # fmt: skip
_YES = re.compile(r"[|:\s]*(yes|no)\b", re.IGNORECASE)
_ID = re.compile(r"\b20\d{2}-\d{6}-\d{2}\b")


def matches(text: str) -> bool:
    return "Principal inclusion criteria" in text and re.search(r"\bE\.3[|\s]{1,8}Principal inclusion criteria\b", text) is not None


def read(text: str, *, role: ListRole | None) -> Record:
    page = Page(text)
    lines = page.lines
    first = _line(lines, _INCLUSION, 0)
    if first is None:
        raise RecordError("a page of the EU Clinical Trials Register without 'E.3 Principal inclusion criteria'")
    last = _line(lines, _END, first) or len(lines)
    middle = _line(lines[:last], _EXCLUSION, first) or last
    if middle < last and _NUMBER.match(lines[middle - 1].text):
        middle -= 1
    if all(_LABEL.match(line.text) for line in lines[first:last]):
        raise RecordError("a page of the EU Clinical Trials Register whose criteria are empty")
    start, end = lines[first].start, lines[last - 1].end
    cut = lines[middle].start - start if middle < last else end - start
    stretches = (Section(role="inclusion", start=0, end=cut), Section(role="exclusion", start=cut, end=end - start))
    number = _ID.search(text)
    condition = _below(page, "medical condition(s) being investigated")
    return Record(
        text=text[start:end],
        trial_id=number[0] if number else None,
        title=_below(page, "full title of the trial"),
        conditions=(condition,) if condition else (),
        registry_fields=_fields(page, last),
        sections=tuple(section for section in stretches if section.start < section.end),
    )


def _fields(page: Page, first: int) -> RegistryFields:
    """The age groups, the sexes and healthy volunteers of the questions about the population, behind the criteria."""
    sheet, answers = Sheet(), {}
    texts = [" ".join(line.text.replace("|", " ").split()) for line in page.lines]
    behind = (i for i in range(first, len(texts)) if texts[i].startswith("F. "))
    for index in range(next(behind, len(texts)), len(texts)):
        said = re.sub(r"^F\.[\d.]+\s*", "", texts[index])
        for key, label in _POPULATION.items():
            if key not in answers and said.lower().startswith(label) and (answer := _YES.match(f"{said[len(label) :]} {texts[index + 1] if index + 1 < len(texts) else ''}")):
                answers[key] = answer[1].lower()
    low, high = admitted({key: answers[key] for key in ("under", "adults", "elderly") if key in answers})
    sexes = f"female: {answers['female']} male: {answers['male']}" if {"female", "male"} <= answers.keys() else None
    groups = {_POPULATION[key]: answers[key] for key in answers if key in ("under", "adults", "elderly")}
    return RegistryFields(
        age_min=low, age_max=high, sex=sheet.typed("sex", sexes, sex), healthy_volunteers=sheet.typed("healthy volunteers", answers.get("healthy"), yes_no),
        as_written=({"age groups": "; ".join(f"{label}: {answer}" for label, answer in groups.items())} if groups else {}) | sheet.as_written,
    )  # fmt: skip


def _line(lines: list[Line], pattern: re.Pattern[str], first: int) -> int | None:
    return next((i for i in range(first, len(lines)) if pattern.match(lines[i].text)), None)


def _below(page: Page, label: str) -> str | None:
    """What stands below a label, also where the cells of the page's table have kept their bars."""
    for i, line in enumerate(page.lines[:-1]):
        if line.text.casefold().rstrip(" |").endswith(label):
            return page.lines[i + 1].text.strip(" |") or None
    return None

"""jRCT, the Japan Registry of Clinical Trials: the English page as text.

The page's text may have no labels at all.  Then the age limits, which no other page writes like this ("16age old over",
"65age old not", the sex below them), are the landmark: the inclusion and the exclusion paragraph stand above them.
jRCT means "16 or over" by "16age old over", "65 or under" by "65age old under", and "under 65" by "65age old not".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from limen.criteria import Bound, Finding, RegistryFields, Section
from limen.errors import RecordError
from limen.registries.fields import AGE, Sheet, bound, sex
from limen.registries.layout import divide, missing
from limen.registries.page import Line, Page
from limen.registries.record import ListRole, Record

NAME = "jrct"
REGISTRY = "jrct"

_ID = re.compile(r"^[ \t]{0,8}(jRCT[a-z]{0,2}\d{8,12})[ \t]{0,8}\r?$", re.MULTILINE)
_AGE_LINE = re.compile(
    r"^[ \t]{0,8}\d{1,3} ?(?:age|years?|months?|weeks?|days?)[- ]?old (?:over|under|not)[ \t]{0,8}\r?$", re.MULTILINE
)
_AGE_WORDS = ("old over", "old under", "old not")
_NO_LIMIT = frozenset({"not applicable", "no limit", "n/a", "none", "-"})
_SEXES = frozenset({"both", "male", "female"})
_INCLUSION = ("inclusion criteria", "include criteria", "key inclusion criteria")
_EXCLUSION = ("exclusion criteria", "exclude criteria", "key exclusion criteria")
_MIN = ("age minimum", "minimum age")
_MAX = ("age maximum", "maximum age")
_LABELS = frozenset({*_INCLUSION, *_EXCLUSION, *_MIN, *_MAX, "gender", "sex"})
# What a page without labels says of the study's design, right above the inclusion criteria.
_DESIGN = re.compile(
    r"(?:purpose|assignment|(?:non-)?randomi[sz]ed controlled trial|control|not used\)|basic science)$", re.I
)
_ADMIN = re.compile(
    r"(?:none|n/a|not applicable|phase [\d\-/, ]+|\d(?:[-/]\d)?|japan\b[\w ,/()-]{0,60}|other|no|yes)$", re.I
)


def matches(text: str) -> bool:
    head = text[:4000]
    if "jRCT" in head and (_ID.search(head) is not None or "jRCT \u30ed\u30b4" in head):
        return True
    return any(words in text for words in _AGE_WORDS) and _AGE_LINE.search(text) is not None


def read(text: str, *, role: ListRole | None) -> Record:
    page = Page(text)
    parts = _labelled(page) or _unlabelled(page)
    sheet = Sheet()
    registry_fields = RegistryFields(
        age_min=sheet.typed("Age Minimum", parts.age_min, _age),
        age_max=sheet.typed("Age Maximum", parts.age_max, _age),
        sex=sheet.typed("Gender", parts.sex, sex),
        as_written=sheet.as_written,
    )
    start, end = parts.lines[0].start, parts.lines[-1].end
    sections, findings = ((), ()) if parts.has_headings else _sections(parts.lines, start, end)
    number = _ID.search(text)
    return Record(
        text=text[start:end],
        trial_id=number[1] if number else None,
        title=_title(page, number.start(1) if number else None),
        conditions=(parts.condition,) if parts.condition else (),
        registry_fields=registry_fields,
        sections=sections,
        findings=(*findings, *sheet.findings),
    )


@dataclass(frozen=True)
class _Parts:
    """Where the page keeps what."""

    lines: Sequence[Line]
    has_headings: bool
    age_min: str | None
    age_max: str | None
    sex: str | None
    condition: str | None


def _labelled(page: Page) -> _Parts | None:
    """The parts of a page whose labels were kept, each above its value."""
    first = page.find({*_INCLUSION, *_EXCLUSION})
    if first is None:
        return None
    last = page.find({*_MIN, *_MAX, "gender"}, first)
    lines = page.lines[first:last]
    if all(line.key in _LABELS for line in lines):
        raise RecordError("a jRCT page whose inclusion and exclusion criteria are empty")
    condition = next((line.key for line in page.lines if line.key.startswith("health condition")), "")
    return _Parts(
        lines=lines,
        has_headings=True,
        age_min=next((v for label in _MIN if (v := page.value(label, _LABELS))), None),
        age_max=next((v for label in _MAX if (v := page.value(label, _LABELS))), None),
        sex=page.value("gender", _LABELS) or page.value("sex", _LABELS),
        condition=page.value(condition, _LABELS) if condition else None,
    )


def _unlabelled(page: Page) -> _Parts:
    """The parts of a page without labels, found from the two age limits and the sex that stand together."""
    lines = page.lines
    for i in range(2, len(lines)):
        if lines[i].key in _SEXES and _is_age(lines[i - 2]) and _is_age(lines[i - 1]):
            break
    else:
        raise RecordError("a jRCT page without its criteria: no age limits with the sex below them were found")
    above = _criteria(lines[: i - 2])
    if not above:
        raise RecordError("a jRCT page without eligibility text above its age limits")
    condition = lines[i + 1].text if i + 1 < len(lines) else None
    return _Parts(above, False, lines[i - 2].text, lines[i - 1].text, lines[i].text, condition)


def _is_age(line: Line) -> bool:
    return line.key in _NO_LIMIT or AGE.match(line.text) is not None


def _criteria(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines below the study's design, without the short answers that may stand between."""
    designs = [i for i, line in enumerate(lines) if len(line.text) < 80 and _DESIGN.search(line.text)]
    if not designs:
        paragraphs = [i for i, line in enumerate(lines) if line.after_blank]
        return lines[paragraphs[-2] :] if len(paragraphs) > 1 else lines
    first = designs[-1] + 1
    while first < len(lines) and _ADMIN.match(lines[first].text):
        first += 1
    return lines[first:]


def _sections(lines: Sequence[Line], start: int, end: int) -> tuple[tuple[Section, ...], tuple[Finding, ...]]:
    """The page writes the inclusion criteria above the exclusion criteria, each as a paragraph of its own."""
    split, sure = divide(lines, by_paragraph=True)
    if split is None:
        message = "the page has no headings and one paragraph of criteria only: it is read as inclusion criteria"
        return (Section(role="inclusion", start=0, end=end - start),), (missing(0, end - start, message, sure=False),)
    cut = lines[split].start - start
    message = "the page has no headings: by its layout, the exclusion criteria start here"
    sections = (Section(role="inclusion", start=0, end=cut), Section(role="exclusion", start=cut, end=end - start))
    return sections, (missing(cut, lines[split].end - start, message, sure=sure),)


def _age(words: str) -> Bound | None:
    """Reads "16age old over" as 16 or more, "65age old under" as 65 or less, "65age old not" as under 65."""
    match = AGE.search(words)
    if match is None:
        return None
    strict = re.search(r"[<>](?!\s?=)", words) is not None
    return bound(match, inclusive=not strict and "not" not in words[match.end() :].lower())


def _title(page: Page, number: int | None) -> str | None:
    """The line below the trial's number."""
    if number is None:
        return None
    return next((line.text for line in page.lines if line.start > number), None)

"""A page of no known registry, as text: of a registry, a protocol or a site, with its criteria among other sections.

What stands under headings of criteria is read.  Labels that head other sections end it, and a finding names them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import NamedTuple

from limen.criteria import Finding, RegistryFields
from limen.lexicon.load import data, read_toml
from limen.registries.fields import Sheet, inclusive_age, sex, yes_no
from limen.registries.layout import first_heading, heads_criteria
from limen.registries.page import Line, Page
from limen.registries.record import ListRole, Record

NAME = "sections"
REGISTRY = "page"

_LEAST = 2  # labels that make of a text a page
_NUMBER = re.compile(r"(?:\d{1,2}\.){1,5}\d{0,2}\s{1,4}|[A-Z]\.\d[\d.]{0,8}\s{1,4}")
_INDEX = re.compile(r"\s{0,2}\[\d{1,3}\]$")
_LABELLED = re.compile(r"(?P<label>[^:：?\t]{3,60}?)\s{0,2}[:：?\t]\s*(?P<value>.*)")
_SECTION = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?\s{1,4}[A-Z][A-Za-z ,/&-]{2,60}")  # "4.3.1 Dosing"
_CHAPTER = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?(?=\s)")
_QUESTION = re.compile(r"(?:what|how|where|when|why)\s[^?]{3,60}\?", re.IGNORECASE)  # "How long will it last?" heads a section of a site
_FROM_TO = re.compile(r"\s*(?:from\s(?P<low>.{1,24}?(?:\sold)?))?\s*(?:\bto\s(?P<high>.{1,24}))?\s*", re.IGNORECASE)
_FURNITURE = re.compile(r"(?:page|p\.)\s{0,2}\d{1,4}(?:\s{0,2}(?:of|/)\s{0,2}\d{1,4})?|\d{1,4}\s{0,2}/\s{0,2}\d{1,4}", re.IGNORECASE)
_RUNNING = 20  # characters that a line at the head of every page has at least
_MARK = re.compile(r"[-•*·▪○●]|\d{1,2}[.)]\s|[a-z][.)]\s")
_ID = re.compile(
    r"\b(?:ISRCTN\d{8}|ACTRN\d{14}p?|DRKS\d{8}|NCT\d{8}|jRCT\w{8,12}|UMIN\d{9}|ChiCTR[-\w]{6,14}|CTRI/\d{4}/\d{2,3}/\d{6}|IRCT\w{12,18}|PACTR\d{12,18}|KCT\d{7}|TCTR\d{11}"
    r"|RBR-\w{5,8}|NL-?OMON\d{3,6}|\d{4}-\d{6}-\d{2}(?:-\d{2})?)\b"
)


class _Labels(NamedTuple):
    """The labels of pages, by what they hold."""

    names: frozenset[str]
    fields: frozenset[str]
    table: dict[str, tuple[str, ...]]


@cache
def _labels() -> _Labels:
    table = {key: tuple(words) for key, words in read_toml(data("headings.toml"))["page"].items()}
    fields = frozenset(word for key in ("age_min", "age_max", "sex", "healthy", "ages") for word in table[key])
    return _Labels(frozenset(table["names"]), fields, table)


def matches(text: str) -> bool:
    if first_heading(text) is None:
        return False
    lines = Page(text).lines
    found = {label for line in lines if (label := _label(line)) in _labels().names}
    asked = {line.text for line in lines if _QUESTION.fullmatch(line.text) and not heads_criteria(line.text)}
    sure = found - {*_labels().table["weak"]}
    chapters = [_chapter(line.text) for line in lines if heads_criteria(line.text)]
    others = any(_heads_section(line.text, one) for one in chapters if one for line in lines if not heads_criteria(line.text))
    return (len(found) + len(asked) >= _LEAST and bool(sure or asked)) or others


def read(text: str, *, role: ListRole | None) -> Record:
    page = Page(text)
    kept, left_out = _parted(page)
    criteria = "\n".join(text[line.start - line.indent : line.end] for line in kept)
    sheet, values = Sheet(), _values(page)
    number = _ID.search(text)
    return Record(
        text=criteria,
        trial_id=number[0] if number else None,
        title=_value(values, "title"),
        conditions=tuple(filter(None, [_value(values, "condition")])),
        registry_fields=_fields(values, sheet),
        findings=(_finding(criteria, left_out), *sheet.findings),
    )


def _fields(values: Mapping[str, str], sheet: Sheet) -> RegistryFields:
    """Ages, each on a line of its own or as "From 18 years old to 60 years old", sex, and whether healthy people may take part."""
    span = _FROM_TO.fullmatch(_value(values, "age") or "")
    low, high = (_value(values, key) or (span[end] if span else None) for key, end in (("age_min", "low"), ("age_max", "high")))
    return RegistryFields(
        age_min=sheet.typed("minimum age", low, inclusive_age),
        age_max=sheet.typed("maximum age", high, inclusive_age),
        sex=sheet.typed("sex", _value(values, "sex"), sex),
        healthy_volunteers=sheet.typed("healthy volunteers", _value(values, "healthy"), yes_no),
        as_written=sheet.as_written,
    )


def _parted(page: Page) -> tuple[list[Line], list[str]]:
    """The lines under headings of criteria, and the labels of the sections that were left out."""
    kept: list[Line] = []
    left_out: list[str] = []
    inside, value, chapter = False, False, ""
    running = _running(page.lines)
    for line, label, after in zip(page.lines, map(_label, page.lines), [*(line.text for line in page.lines[1:]), ""]):
        alone = label == _bare(line.text)
        field = label in _labels().fields or (label in _labels().table["age"] and alone and _FROM_TO.fullmatch(after) is not None)
        if heads_criteria(line.text):
            inside, chapter = True, _chapter(line.text)
        elif label in _labels().names or (inside and (_heads_section(line.text, chapter) or _QUESTION.fullmatch(line.text))):
            inside = False
            left_out.append(_bare(line.text) if label is None else label)
        if inside and not field and not value and line.text not in running and not _FURNITURE.fullmatch(line.text):
            kept.append(_opened(line))
        value = field and alone  # the next line is what the registry's field says
    return kept, left_out


def _chapter(words: str) -> str:
    """The number of a chapter's heading: "4.2.1" of "4.2.1 Inclusion Criteria"."""
    number = _CHAPTER.match(words)
    return number[0].rstrip(".") if number else ""


def _heads_section(words: str, chapter: str) -> bool:
    """Whether a line is another chapter of a protocol than the one that its criteria have, or one of its parts: "4.3.1 Dosing"."""
    number = _chapter(words)
    return bool(chapter and number) and _SECTION.fullmatch(words) is not None and not f"{number}.".startswith(f"{chapter}.")


def _opened(line: Line) -> Line:
    """A line without the label before its criteria: "Details	1. Gout"."""
    parted = _LABELLED.match(line.text)
    if parted is None or _bare(parted["label"]) not in _labels().table["openers"] or not parted["value"]:
        return line
    return replace(line, start=line.start + parted.start("value"), indent=0, text=parted["value"])


def _running(lines: Sequence[Line]) -> frozenset[str]:
    """The lines that stand at the head or foot of every page: the same words more than once beside a page's number."""
    if not any(_FURNITURE.fullmatch(line.text) for line in lines):
        return frozenset()
    return frozenset(words for words, times in Counter(line.text for line in lines if len(line.text) >= _RUNNING).items() if times > 1)


def _label(line: Line) -> str | None:
    """The label that a line is, or that stands before its colon; none in an item of a list."""
    whole = _bare(line.text)
    if whole in _labels().names or whole in _labels().fields or whole in _labels().table["age"]:
        return whole if not _MARK.match(line.text) or _NUMBER.match(line.text) else None
    parted = _LABELLED.match(line.text)
    label = _bare(parted["label"]) if parted and not _MARK.match(line.text) else None
    return label if label in _labels().names or label in _labels().fields else None


@lru_cache(maxsize=4096)
def _bare(words: str) -> str:
    """A label without its number, its index and its colon."""
    return " ".join(_INDEX.sub("", _NUMBER.sub("", words[:200], count=1).rstrip(" :：?")).split()).rstrip(" :：?").casefold()


def _values(page: Page) -> dict[str, str]:
    """What a page says behind, or below, the first of each of its labels."""
    found: dict[str, str] = {}
    known = frozenset(word for words in _labels().table.values() for word in words)
    for line, after in zip(page.lines, [*page.lines[1:], None]):
        bare, parted = _bare(line.text), _LABELLED.match(line.text)
        before = _bare(parted["label"]) if parted else ""
        if bare in known and bare not in found and after is not None and _label(after) is None and not heads_criteria(after.text):
            found[bare] = after.words
        elif parted and before in known and parted["value"].strip():
            found.setdefault(before, parted["value"].strip())
    return found


def _value(values: Mapping[str, str], key: str) -> str | None:
    return next((values[label] for label in _labels().table[key] if label in values), None)


def _finding(text: str, left_out: Sequence[str]) -> Finding:
    names = ", ".join(repr(name) for name in dict.fromkeys(left_out))
    message = f"a page of no known registry: what stands under its headings of criteria is read; other sections are not: {names[:400]}"
    return Finding(code="layout_guessed", severity="warning", start=0, end=len(text), message=message)

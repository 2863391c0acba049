"""A FHIR ResearchStudy whose eligibility is a Group, as DRKS hands its trials on.

A characteristic in free text is a criterion, an exclusion where `exclude` says so; those of age, sex and healthy
volunteers are the registry's fields.  Any other characteristic is a line of its own words, with a finding.
The Group is the one that the study refers to, contained in it or beside it in a Bundle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from limen.criteria import Bound, Finding, RegistryFields
from limen.errors import RecordError
from limen.mentions import TIME_UNITS
from limen.registries.fields import Sheet, sex, yes_no
from limen.registries.layout import join
from limen.registries.record import ListRole, Record, parse_json

NAME = "fhir_study"
REGISTRY = "fhir"

_START = re.compile(r"\s*\{")
_TYPE = re.compile(r"\"resourceType\"\s{0,8}:\s{0,8}\"ResearchStudy\"")
_LABELS = {"age": "age", "gender": "sex", "gender identity": "sex", "sex": "sex", "healthy volunteers": "healthy", "healthyvolunteers": "healthy"}


@dataclass
class _Parts:
    """What a Group's characteristics say, by kind."""

    inclusion: list[str] = field(default_factory=list)
    exclusion: list[str] = field(default_factory=list)
    coded: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)


def matches(text: str) -> bool:
    return _START.match(text) is not None and _TYPE.search(text) is not None


def read(text: str, *, role: ListRole | None) -> Record:
    resources = list(_resources(parse_json(text, meant="a FHIR ResearchStudy")))
    studies = [r for r in resources if r.get("resourceType") == "ResearchStudy"]
    if len(studies) != 1:
        raise RecordError(f"a FHIR resource with {len(studies)} ResearchStudy where one was expected: give each its own file")
    parts = _parts(_characteristics(studies[0], resources))
    criteria, sections, findings = join("\n\n".join(parts.inclusion), "\n\n".join(parts.exclusion))
    if not criteria:
        raise RecordError("a FHIR ResearchStudy without a Group of eligibility characteristics, or without any text in them")
    sheet, ages = Sheet(), parts.fields.get("age", {})
    return Record(
        text=criteria,
        trial_id=_identifier(studies[0]),
        title=_string(studies[0].get("title")),
        conditions=tuple(filter(None, (_concept(c) for c in _list(studies[0].get("condition"))))),
        registry_fields=RegistryFields(
            age_min=sheet.typed("age_min", _quantity(ages.get("low")), _age),
            age_max=sheet.typed("age_max", _quantity(ages.get("high")), _age),
            sex=sheet.typed("sex", parts.fields.get("sex"), sex),
            healthy_volunteers=sheet.typed("healthy_volunteers", parts.fields.get("healthy"), yes_no),
            as_written=sheet.as_written,
        ),
        sections=sections,
        findings=(*findings, *sheet.findings, *(_coded(criteria, words) for words in parts.coded)),
    )


def _resources(content: Any) -> Iterator[dict[str, Any]]:
    """A resource with those that it contains, or those of a Bundle."""
    if isinstance(content, dict):
        yield content
        inner = [*_list(content.get("contained")), *(e.get("resource") for e in _list(content.get("entry")) if isinstance(e, dict))]
        for one in inner:
            if isinstance(one, dict):
                yield one
                yield from (c for c in _list(one.get("contained")) if isinstance(c, dict))


def _characteristics(study: dict[str, Any], resources: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The characteristics of the Group that says who may take part: `recruitment.eligibility`, in R4 `enrollment`."""
    recruitment = study.get("recruitment")
    wanted = [recruitment.get("eligibility") if isinstance(recruitment, dict) else None, *_list(study.get("enrollment"))]
    named = {str(r.get("reference", "")).rsplit("/", 1)[-1].lstrip("#") for r in wanted if isinstance(r, dict)}
    groups = [r for r in resources if r.get("resourceType") in ("Group", "EvidenceVariable")]
    chosen = [g for g in groups if str(g.get("id")) in named] or groups
    return [c for g in chosen for c in _list(g.get("characteristic")) if isinstance(c, dict)]


def _parts(characteristics: Sequence[dict[str, Any]]) -> _Parts:
    parts = _Parts()
    for one in characteristics:
        label, excluded = _concept(one.get("code")) or "", one.get("exclude") is True
        kind = None if excluded else _LABELS.get(label.lower())
        words = _concept(one.get("valueCodeableConcept"))
        if kind == "age" and isinstance(one.get("valueRange"), dict):
            parts.fields["age"] = one["valueRange"]
        elif kind == "sex" and words:
            parts.fields["sex"] = words
        elif kind == "healthy" and isinstance(one.get("valueBoolean"), bool):
            parts.fields["healthy"] = str(one["valueBoolean"])
        elif words := words or _string(one.get("description")) or _worded(label, one, parts):
            (parts.exclusion if excluded else parts.inclusion).append(words)
    return parts


def _worded(label: str, one: dict[str, Any], parts: _Parts) -> str | None:
    """A coded characteristic in words: "Body weight: 40 to 80 kg"; what it said in code is kept for a finding."""
    value = next((v for k, v in one.items() if k.startswith("value")), None)
    if isinstance(value, dict) and ("low" in value or "high" in value):
        low, high = _quantity(value.get("low")), _quantity(value.get("high"))
        told = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
    elif isinstance(value, bool):
        told = "yes" if value else "no"
    else:
        told = _quantity(value) or _string(value) or ""
    words = f"{label}: {told}".strip(": ")
    if words:
        parts.coded.append(words)
    return words or None


def _coded(text: str, words: str) -> Finding:
    start = max(0, text.find(words))
    message = f"{words[:80]!r} is a coded characteristic put into words"
    return Finding(code="layout_guessed", severity="warning", start=start, end=start + len(words), message=message)


def _identifier(study: dict[str, Any]) -> str | None:
    official = sorted((i for i in _list(study.get("identifier")) if isinstance(i, dict)), key=lambda i: i.get("use") != "official")
    return next((value for i in official if (value := _string(i.get("value")))), None) or _string(study.get("id"))


def _concept(concept: Any) -> str | None:
    """The text of a CodeableConcept, else the display or the code of its first coding."""
    if not isinstance(concept, dict):
        return None
    coding = next((c for c in _list(concept.get("coding")) if isinstance(c, dict)), {})
    return _string(concept.get("text")) or _string(coding.get("display")) or _string(coding.get("code"))


def _quantity(quantity: Any) -> str | None:
    if not isinstance(quantity, dict) or quantity.get("value") is None:
        return None
    return f"{quantity['value']} {quantity.get('code') or quantity.get('unit') or ''}".strip()


def _age(words: str) -> Bound | None:
    """The end of a FHIR Range, which it includes: "18 a"."""
    value, _, unit = words.partition(" ")
    try:
        return Bound(value=Decimal(value), unit=unit, inclusive=True) if unit in TIME_UNITS else None
    except InvalidOperation:
        return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None

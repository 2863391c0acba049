"""ClinicalTrials.gov: the legacy `clinical_study` XML.  Age limits include the age named.

A document that declares entities is refused: no study needs them, and they can be made to fill the memory.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from limen.criteria import RegistryFields
from limen.errors import RecordError
from limen.registries.fields import Sheet, inclusive_age, sex, yes_no
from limen.registries.layout import undivided
from limen.registries.record import ListRole, Record

NAME = "ctgov_xml"
REGISTRY = "ctgov"

_START = re.compile(r"\s*<(?:\?xml|clinical_study)\b")
_DECLARATION = re.compile(r"<!\s{0,8}(?:DOCTYPE|ENTITY)\b", re.IGNORECASE)


def matches(text: str) -> bool:
    """Any XML: an XML document of another shape has no other reader, and gets its message here."""
    return _START.match(text) is not None


def read(text: str, *, role: ListRole | None) -> Record:
    study = _parse(text)
    criteria = study.findtext("eligibility/criteria/textblock")
    if criteria is None or not criteria.strip():
        raise RecordError("the study has no eligibility criteria (eligibility/criteria/textblock)")
    sections, findings = undivided(criteria, role=None)
    sheet = Sheet()
    registry_fields = RegistryFields(
        age_min=sheet.typed("minimum_age", study.findtext("eligibility/minimum_age"), inclusive_age),
        age_max=sheet.typed("maximum_age", study.findtext("eligibility/maximum_age"), inclusive_age),
        sex=sheet.typed("gender", study.findtext("eligibility/gender"), sex),
        healthy_volunteers=sheet.typed("healthy_volunteers", study.findtext("eligibility/healthy_volunteers"), yes_no),
        as_written=sheet.as_written,
    )
    return Record(
        text=criteria,
        trial_id=_words(study.findtext("id_info/nct_id")),
        title=_words(study.findtext("brief_title")) or _words(study.findtext("official_title")),
        conditions=tuple(words for element in study.findall("condition") if (words := _words(element.text))),
        registry_fields=registry_fields,
        sections=sections,
        findings=(*findings, *sheet.findings),
    )


def _parse(text: str) -> ElementTree.Element:
    if _DECLARATION.search(text):
        raise RecordError("XML that declares a document type or entities, which a study never needs")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise RecordError(f"starts like XML, but is not: {error}") from error
    if root.tag != "clinical_study":
        raise RecordError(f"XML, but not a study of ClinicalTrials.gov: its root is <{root.tag[:40]}>")
    return root


def _words(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None

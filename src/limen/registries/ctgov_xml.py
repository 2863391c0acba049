"""ClinicalTrials.gov: the legacy `clinical_study` XML.  Age limits include the age named."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from limen.criteria import RegistryFields
from limen.errors import RecordError
from limen.registries.fields import Sheet, inclusive_age, sex, yes_no
from limen.registries.layout import undivided
from limen.registries.markup import parse, words
from limen.registries.record import ListRole, Record

NAME = "ctgov_xml"
REGISTRY = "ctgov"

_START = re.compile(r"\s*<(?:\?xml|clinical_study)\b")


def matches(text: str) -> bool:
    """Any XML: an XML document of another shape has no other reader, and gets its message here."""
    return _START.match(text) is not None


def read(text: str, *, role: ListRole | None) -> Record:
    study = _study(text)
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
        trial_id=words(study, "id_info/nct_id"),
        title=words(study, "brief_title") or words(study, "official_title"),
        conditions=tuple(name for element in study.findall("condition") if (name := words(element, "."))),
        registry_fields=registry_fields,
        sections=sections,
        findings=(*findings, *sheet.findings),
    )


def _study(text: str) -> ElementTree.Element:
    root = parse(text)
    if root.tag != "clinical_study":
        raise RecordError(f"XML, but not a study of ClinicalTrials.gov: its root is <{root.tag[:40]}>")
    return root

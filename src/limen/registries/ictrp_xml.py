"""WHO ICTRP: the XML in which registries hand their trials on (`trials/trial`), as ChiCTR, REPEC and others publish it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from limen.criteria import Bound, RegistryFields
from limen.errors import RecordError
from limen.registries.fields import AGE, Sheet, bound, sex
from limen.registries.layout import join
from limen.registries.markup import parse, words
from limen.registries.record import ListRole, Record

NAME = "ictrp_xml"
REGISTRY = "ictrp"

_START = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?<trials\b")


def matches(text: str) -> bool:
    return _START.match(text) is not None


def read(text: str, *, role: ListRole | None) -> Record:
    trial = _trial(text)
    criteria, sections, findings = join(
        trial.findtext("criteria/inclusion_criteria") or "", trial.findtext("criteria/exclusion_criteria") or ""
    )
    if not criteria:
        raise RecordError("the trial has no criteria (criteria/inclusion_criteria, criteria/exclusion_criteria)")
    condition = words(trial, "main/hc_freetext")
    sheet = Sheet()
    return Record(
        text=criteria,
        trial_id=words(trial, "main/trial_id"),
        title=words(trial, "main/scientific_title") or words(trial, "main/public_title"),
        conditions=(condition,) if condition else (),
        registry_fields=RegistryFields(
            age_min=sheet.typed("agemin", trial.findtext("criteria/agemin"), _age),
            age_max=sheet.typed("agemax", trial.findtext("criteria/agemax"), _age),
            sex=sheet.typed("gender", trial.findtext("criteria/gender"), sex),
            as_written=sheet.as_written,
        ),
        sections=sections,
        findings=(*findings, *sheet.findings),
    )


def _trial(text: str) -> ElementTree.Element:
    root = parse(text)
    if len(root) != 1:
        raise RecordError(f"XML with {len(root)} trials where one was expected: give each its own file")
    return root[0]


def _age(limit: str) -> Bound | None:
    match = AGE.search(limit)
    return bound(match, inclusive="=" in limit or not re.search("[<>]", limit)) if match else None

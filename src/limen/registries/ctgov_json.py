"""ClinicalTrials.gov: a study of the API, version 2 (`protocolSection`) or version 1 (`ProtocolSection`), as JSON.

The eligibility text is the string of the JSON, escapes of its Markdown included.  Age limits include the age named.
"""

from __future__ import annotations

import re
from typing import Any

from limen.criteria import RegistryFields
from limen.errors import RecordError
from limen.registries.fields import Sheet, inclusive_age, sex, yes_no
from limen.registries.layout import undivided
from limen.registries.record import ListRole, Record, parse_json

NAME = "ctgov_json"
REGISTRY = "ctgov"

_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[{\[\"\]])")


def matches(text: str) -> bool:
    """Any JSON object or array: a JSON of another shape has no other reader, and gets its message here."""
    return _JSON.match(text) is not None


def read(text: str, *, role: ListRole | None) -> Record:
    study = _study(parse_json(text, meant="a study"))
    protocol = _at(study, "protocolSection") or _at(study, "ProtocolSection")
    if not isinstance(protocol, dict):
        raise RecordError(
            "JSON, but not a study: it has neither 'protocolSection' (API version 2) nor 'ProtocolSection'"
        )
    if "eligibilityModule" not in protocol and "EligibilityModule" not in protocol:
        raise RecordError("the study has no eligibility module, so no eligibility text")
    return _version_2(protocol) if "eligibilityModule" in protocol else _version_1(protocol)


def _study(content: Any) -> Any:
    """The one study of a response that lists studies, else the content itself."""
    for path in (("studies",), ("FullStudiesResponse", "FullStudies")):
        listed = _at(content, *path)
        if listed is not None:
            content = listed
    if isinstance(content, list):
        if len(content) != 1:
            raise RecordError(
                f"JSON with {len(content)} items where one study was expected: give each its own file or line"
            )
        content = content[0]
    return _at(content, "Study") or content


def _version_2(protocol: dict[str, Any]) -> Record:
    eligibility = protocol["eligibilityModule"]
    sheet = Sheet()
    healthy = _at(eligibility, "healthyVolunteers")
    words = str(healthy).lower() if isinstance(healthy, bool) else _text(healthy)
    registry_fields = RegistryFields(
        age_min=sheet.typed("minimumAge", _text(_at(eligibility, "minimumAge")), inclusive_age),
        age_max=sheet.typed("maximumAge", _text(_at(eligibility, "maximumAge")), inclusive_age),
        sex=sheet.typed("sex", _text(_at(eligibility, "sex")), sex),
        healthy_volunteers=sheet.typed("healthyVolunteers", words, yes_no),
        as_written=sheet.as_written,
    )
    return _record(
        criteria=_at(eligibility, "eligibilityCriteria"),
        trial_id=_at(protocol, "identificationModule", "nctId"),
        title=_at(protocol, "identificationModule", "briefTitle")
        or _at(protocol, "identificationModule", "officialTitle"),
        conditions=_at(protocol, "conditionsModule", "conditions"),
        registry_fields=registry_fields,
        sheet=sheet,
    )


def _version_1(protocol: dict[str, Any]) -> Record:
    eligibility = protocol["EligibilityModule"]
    sheet = Sheet()
    registry_fields = RegistryFields(
        age_min=sheet.typed("MinimumAge", _text(_at(eligibility, "MinimumAge")), inclusive_age),
        age_max=sheet.typed("MaximumAge", _text(_at(eligibility, "MaximumAge")), inclusive_age),
        sex=sheet.typed("Gender", _text(_at(eligibility, "Gender")), sex),
        healthy_volunteers=sheet.typed("HealthyVolunteers", _text(_at(eligibility, "HealthyVolunteers")), yes_no),
        as_written=sheet.as_written,
    )
    return _record(
        criteria=_at(eligibility, "EligibilityCriteria"),
        trial_id=_at(protocol, "IdentificationModule", "NCTId"),
        title=_at(protocol, "IdentificationModule", "BriefTitle")
        or _at(protocol, "IdentificationModule", "OfficialTitle"),
        conditions=_at(protocol, "ConditionsModule", "ConditionList", "Condition"),
        registry_fields=registry_fields,
        sheet=sheet,
    )


def _record(
    *, criteria: Any, trial_id: Any, title: Any, conditions: Any, registry_fields: RegistryFields, sheet: Sheet
) -> Record:
    if not isinstance(criteria, str) or not criteria.strip():
        raise RecordError("the study's eligibility module has no eligibility text")
    sections, findings = undivided(criteria, role=None)
    listed = conditions if isinstance(conditions, list) else []
    return Record(
        text=criteria,
        trial_id=_text(trial_id),
        title=_text(title),
        conditions=tuple(condition for condition in listed if isinstance(condition, str)),
        registry_fields=registry_fields,
        sections=sections,
        findings=(*findings, *sheet.findings),
    )


def _at(content: Any, *path: str) -> Any:
    """What stands at a path of keys, or None where the shape is another."""
    for key in path:
        if not isinstance(content, dict):
            return None
        content = content.get(key)
    return content


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None

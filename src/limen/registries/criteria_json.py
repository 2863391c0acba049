"""JSON records that keep inclusion and exclusion criteria in fields of their own.

DRKS, the EU registers and ISRCTN as they are handed on, ICTRP exports and tables of criteria each have their names
for these fields; the table below lists them.  Of criteria in several languages, the English ones are read.  The text is
made of the fields, unaltered, with a blank line between them; a form of age groups below the inclusion criteria is a
field of the registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from limen.criteria import Bound, RegistryFields
from limen.errors import RecordError
from limen.registries.age_groups import age_groups
from limen.registries.fields import AGE, Sheet, bound, sex
from limen.registries.layout import join
from limen.registries.record import ListRole, Record, parse_json

NAME = "criteria_json"
REGISTRY = "other"

# What a field is -> its names, alone or with the name of what it is in, in lower case, letters and digits only.
_NAMES = {
    "inclusion": (
        "inclusioncriteria",
        "principalinclusioncriteria",
        "e3principalinclusioncriteria",
        "participantsinclusion",
    ),
    "exclusion": (
        "exclusioncriteria",
        "principalexclusioncriteria",
        "e4principalexclusioncriteria",
        "participantsexclusion",
    ),
    "other": ("miscellaneouscriteria", "eligibilitycriteria"),
    "trial_id": ("nctid", "trialid", "drksid", "isrctn", "a2eudractnumber", "ctnumber"),
    "title": (
        "officialtitle",
        "publictitle",
        "scientifictitle",
        "fulltitle",
        "a3fulltitleofthetrial",
        "trialdescriptiontitle",
        "trialdescriptionstitle",
    ),
    "age_min": ("agemin", "inclusionagemin", "minimumage"),
    "age_max": ("agemax", "inclusionagemax", "maximumage"),
    "sex": ("gender", "inclusiongender", "sex"),
    "conditions": (
        "conditions",
        "medicalcondition",
        "conditiondescription",
        "studiedhealthconditiondescriptionscomment",
        "e11medicalconditionsbeinginvestigated",
    ),
}
_FIELD = {name: field for field, names in _NAMES.items() for name in names}
_START = re.compile(r"\s*[{\[]")
_NOTHING = re.compile(r"\s*(?:n/?a)?\s*", re.IGNORECASE)
_KEY = re.compile(r"\"[^\"\\\n]{0,40}(?:inclusion|exclusion|eligibility.?criteria)[^\"\\\n]{0,30}\"\s{0,4}:", re.IGNORECASE)


def matches(text: str) -> bool:
    return _START.match(text) is not None and "rotocolSection" not in text and _KEY.search(text) is not None


def read(text: str, *, role: ListRole | None) -> Record:
    found = _found(parse_json(text, meant="a record"))
    groups = age_groups(found.get("inclusion", ""))
    criteria, sections, findings = join(groups.before, found.get("exclusion", ""), found.get("other", ""))
    if not criteria:
        raise RecordError("a record with fields for inclusion and exclusion criteria, but without any text in them")
    sheet = Sheet()
    return Record(
        text=criteria,
        trial_id=found.get("trial_id"),
        title=found.get("title"),
        conditions=(found["conditions"],) if "conditions" in found else (),
        registry_fields=RegistryFields(
            age_min=sheet.typed("age_min", found.get("age_min"), _age) or groups.age_min,
            age_max=sheet.typed("age_max", found.get("age_max"), _age) or groups.age_max,
            sex=sheet.typed("sex", found.get("sex"), sex),
            as_written=sheet.as_written | groups.as_written,
        ),
        sections=sections,
        findings=(*findings, *sheet.findings),
    )


def _found(content: Any) -> dict[str, str]:
    """The first text of each field, in the order of the record."""
    found: dict[str, str] = {}
    for parent, key, value in _items(content):
        field = _FIELD.get(_plain(key)) or _FIELD.get(_plain(parent + key))
        if field and field not in found and (text := _text(key, value)):
            found[field] = text
    return found


def field_of(column: str) -> str | None:
    """What a column or key of this name holds ("Inclusion Criteria" is "inclusion"); None for every other name."""
    return _FIELD.get(_plain(column))


def _plain(key: str) -> str:
    return re.sub("[^a-z0-9]", "", key[:80].lower())


def _items(content: Any) -> Iterator[tuple[str, str, Any]]:
    """Every key with its value and what it is in, in the order of the record; of a list, English items first."""
    waiting: list[tuple[str, Any]] = [("", content)]
    while waiting:
        parent, value = waiting.pop()
        if isinstance(value, dict):
            yield from ((parent, key, item) for key, item in value.items())
            waiting.extend(reversed(value.items()))
        elif isinstance(value, list):
            english_last = sorted(reversed(value), key=_is_english)  # noqa: C414 (the sort is stable)
            waiting.extend((parent, item) for item in english_last)


def _is_english(value: Any) -> bool:
    locale = value.get("idLocale", value) if isinstance(value, dict) else None
    return isinstance(locale, dict) and locale.get("locale") == "en"


def _text(key: str, value: Any) -> str | None:
    """A string, the strings of a list, one a line, or an amount with its unit."""
    if isinstance(value, str):
        return None if _NOTHING.fullmatch(value) else value
    if isinstance(value, dict) and value.get("amount") is not None:
        return f"{value['amount']} {value.get('unit', '')}"
    if isinstance(value, list):
        parts = [item.get(key) if isinstance(item, dict) else item for item in value]
        return "\n".join(part for part in parts if isinstance(part, str) and part.strip()) or None
    return None


def _age(words: str) -> Bound | None:
    match = AGE.search(words)
    return bound(match, inclusive="=" in words or not re.search("[<>]", words)) if match else None

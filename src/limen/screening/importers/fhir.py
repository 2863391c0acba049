"""FHIR R4 Bundles -> profiles.  https://hl7.org/fhir/R4/

Patient, Observation, Condition, MedicationStatement, MedicationRequest, MedicationAdministration and Procedure are
read; each is validated by fhir.resources (R4B), which leaves the codes of a status unchecked: those are checked here.
A resource that cannot be used is named in the patient's notes.  A Bundle never says that a list is complete.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from limen.errors import MissingExtraError, PatientError
from limen.screening.patient import Patient, read_profile

Json = Mapping[str, Any]
_REFUTED = frozenset({"refuted"})
_UNSURE = frozenset({"unconfirmed", "provisional", "differential"})
_ACTIVE = frozenset({"active", "recurrence", "relapse"})
_PAST = frozenset({"inactive", "remission", "resolved"})
_STATUSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    # resource: (statuses that are used, statuses that are left out with a note)
    "Observation": (frozenset({"final", "amended", "corrected", "preliminary"}),
                    frozenset({"registered", "cancelled", "entered-in-error", "unknown"})),
    "Procedure": (frozenset({"completed", "in-progress"}),
                  frozenset({"preparation", "not-done", "on-hold", "stopped", "entered-in-error", "unknown"})),
    "MedicationStatement": (frozenset({"active", "completed", "stopped", "on-hold"}),
                            frozenset({"entered-in-error", "intended", "unknown", "not-taken"})),
    "MedicationRequest": (frozenset({"active", "completed", "stopped", "on-hold"}),
                          frozenset({"cancelled", "entered-in-error", "draft", "unknown"})),
    "MedicationAdministration": (frozenset({"in-progress", "completed", "stopped", "on-hold"}),
                                 frozenset({"not-done", "entered-in-error", "unknown"})),
}  # fmt: skip
_FACTS = frozenset({*_STATUSES, "Condition"})
_SYSTEMS = ("http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10")


def read_bundle(content: Json, *, source: str = "") -> Iterator[Patient]:
    """The patients of a Bundle (or of a lone Patient); with several, each fact goes to the one whom it names."""
    resources = list(_resources(content, source))
    people = [(full, resource) for full, resource in resources if resource.get("resourceType") == "Patient"]
    if not people:
        held = ", ".join(sorted({str(r.get("resourceType")) for _, r in resources})) or "nothing"
        raise PatientError("Bundle", f"a Patient resource is expected; it holds {held}", source=source)
    medications = {full: r for full, r in resources if r.get("resourceType") == "Medication"}
    for full, person in people:
        yield _Reader(person, _names(full, person), medications, source, len(people)).read(resources)


def _resources(content: Json, source: str) -> Iterator[tuple[str, Json]]:
    if content.get("resourceType") != "Bundle":
        yield "", content
        return
    entries = content.get("entry", [])
    if not isinstance(entries, list):
        raise PatientError("entry", "a list of resources is expected", source=source)
    for number, entry in enumerate(entries):
        resource = entry.get("resource") if isinstance(entry, Mapping) else None
        if not isinstance(resource, Mapping):
            raise PatientError(f"entry.{number}.resource", "a resource is expected", source=source)
        yield str(entry.get("fullUrl") or resource.get("id") or number), resource


def _names(full: str, person: Json) -> frozenset[str]:
    """The references that mean this patient."""
    own = str(person.get("id", ""))
    return frozenset({full, own, f"Patient/{own}", f"urn:uuid:{own}"}) - {"", "Patient/", "urn:uuid:"}


def _validator(kind: str) -> Callable[[Any], Any]:
    try:
        from fhir.resources.R4B import get_fhir_model_class
    except ImportError as error:
        raise MissingExtraError("reading FHIR Bundles", "screen") from error
    model = get_fhir_model_class(kind)
    return lambda resource: model.model_validate(resource)


class _Reader:
    """Collects one patient's facts from a Bundle."""

    def __init__(self, person: Json, names: frozenset[str], medications: Mapping[str, Json], source: str, people: int) -> None:
        self.person, self.names, self.medications, self.source, self.people = person, names, medications, source, people
        self.facts: dict[str, list[dict[str, Any]]] = {
            "observations": [], "conditions": [], "medications": [], "procedures": []
        }  # fmt: skip
        self.absent: list[str] = []
        self.skipped: Counter[str] = Counter()

    def read(self, resources: list[tuple[str, Json]]) -> Patient:
        for _, resource in resources:
            kind = str(resource.get("resourceType"))
            if kind in _FACTS and self._is_about(resource):
                self._take(kind, resource)
        notes = [f"{count} x {reason}" for reason, count in sorted(self.skipped.items())]
        if self.people > 1:
            notes.append(f"the Bundle holds {self.people} patients: each has the facts that name it")
        profile = {"id": self._id(), **self._person(), **self.facts, "absent": self.absent, "notes": notes}
        return read_profile(profile, source=self.source)

    def _id(self) -> str:
        return str(self.person.get("id") or next(iter(sorted(self.names)), "patient"))

    def _is_about(self, resource: Json) -> bool:
        subject = resource.get("subject") or resource.get("patient")
        reference = subject.get("reference") if isinstance(subject, Mapping) else None
        if reference is None:
            if self.people > 1:
                self.skipped[f"{resource.get('resourceType')} without a subject, in a Bundle of several patients"] += 1
            return self.people == 1
        reference = str(reference)
        if reference in self.names or any(reference.endswith("/" + name) for name in self.names):
            return True
        if self.people == 1:
            name = naming(resource.get("code")).get("name", "no name")
            self.skipped[f"{resource.get('resourceType')} {name!r} about another subject"] += 1
        return False

    def _person(self) -> dict[str, Any]:
        person = self.person
        try:
            _validator("Patient")({key: person[key] for key in person if key not in ("text", "extension")})
        except ValueError as error:
            raise PatientError("Patient", f"is not a FHIR R4 Patient: {_first(error)}", source=self.source) from error
        found: dict[str, Any] = {}
        gender = person.get("gender")
        if gender not in (None, "male", "female", "other", "unknown"):
            raise PatientError("Patient.gender", f"male, female, other or unknown is expected, not {gender!r}", source=self.source)
        if gender in ("male", "female", "other"):
            found["sex"] = gender
        if person.get("birthDate"):
            found["birth_date"] = person["birthDate"]
        if person.get("deceasedDateTime"):
            found["deceased"] = str(person["deceasedDateTime"])[:10]
        elif person.get("deceasedBoolean") is True:
            found["deceased"] = True
        return found

    def _take(self, kind: str, resource: Json) -> None:
        try:
            _validator(kind)(dict(resource))
        except ValueError as error:
            name = naming(resource.get("code")).get("name", "no name")
            self.skipped[f"{kind} {name!r} that is not valid FHIR R4 ({_first(error)})"] += 1
            return
        used, left_out = _STATUSES.get(kind, (frozenset(), frozenset()))
        status = resource.get("status")
        if kind != "Condition" and status not in used:
            known = "not used" if status in left_out else "not a status of FHIR R4"
            self.skipped[f"{kind} with status {status} ({known})"] += 1
        elif kind == "Observation":
            self._observation(resource)
        elif kind == "Condition":
            self._condition(resource)
        elif kind == "Procedure":
            self._procedure(resource)
        else:
            self._medication(kind, resource)

    def _observation(self, resource: Json) -> None:
        when = _date(resource, "effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued")
        for part in [resource, *resource.get("component", [])]:
            name = naming(part.get("code"))
            value = measured(part)
            if value is None or not name:
                if part is not resource or not resource.get("component"):
                    self.skipped[f"Observation without a value: {name.get('name', 'no name')}"] += 1
                continue
            fact = {**name, **value, **reference_range(part)}
            self.facts["observations"].append({**fact, "date": when} if when else fact)

    def _condition(self, resource: Json) -> None:
        name = naming(resource.get("code"))
        certainty = first_code(resource.get("verificationStatus"))
        if not name or certainty == "entered-in-error":
            self.skipped["Condition entered in error" if name else "Condition without a code"] += 1
            return
        if certainty in _REFUTED:
            self.absent.append(str(name.get("name") or name["code"]["code"]))
            return
        state = first_code(resource.get("clinicalStatus"))
        if state is not None and state not in _ACTIVE | _PAST:
            self.skipped[f"clinical status {state} (not one of FHIR R4; taken as not stated)"] += 1
        fact = dict(name)
        onset, end = (
            _date(resource, "onsetDateTime", "onsetPeriod"),
            _date(resource, "abatementDateTime", "abatementPeriod"),
        )
        fact |= {"onset": onset} if onset else {}
        fact |= {"end": end} if end else {}
        if certainty in _UNSURE:
            fact["status"] = "suspected"
        elif state in _ACTIVE | _PAST:
            fact["status"] = "active" if state in _ACTIVE else "resolved"
        self.facts["conditions"].append(fact)

    def _procedure(self, resource: Json) -> None:
        name = naming(resource.get("code"))
        if not name:
            self.skipped["Procedure without a code"] += 1
            return
        when = _date(resource, "performedDateTime", "performedPeriod")
        self.facts["procedures"].append({**name, "date": when} if when else name)

    def _medication(self, kind: str, resource: Json) -> None:
        name = naming(resource.get("medicationCodeableConcept")) or self._referenced(resource)
        if not name:
            self.skipped[f"{kind} without a drug"] += 1
            return
        if resource.get("doNotPerform") is True or resource.get("intent") in ("proposal", "plan", "option"):
            self.skipped[f"{kind} that was not carried out"] += 1
            return
        start = _date(resource, "effectiveDateTime", "effectivePeriod", "authoredOn")
        stop = _end(resource.get("effectivePeriod"))
        active = resource["status"] in ("active", "on-hold", "in-progress") and kind != "MedicationAdministration"
        fact = {**name, "status": "active" if active else "stopped"}
        fact |= {"start": start} if start else {}
        fact |= {"stop": stop} if stop and not active else {}
        self.facts["medications"].append(fact)

    def _referenced(self, resource: Json) -> dict[str, Any]:
        reference = str((resource.get("medicationReference") or {}).get("reference", ""))
        for contained in resource.get("contained", []):
            if reference == f"#{contained.get('id')}":
                return naming(contained.get("code"))
        target = self.medications.get(reference) or next(
            (m for full, m in self.medications.items() if reference in (f"Medication/{m.get('id')}", full)), {}
        )
        return naming(target.get("code"))


def _first(error: ValueError) -> str:
    problems = error.errors(include_url=False) if isinstance(error, ValidationError) else []
    if not problems:
        return str(error).splitlines()[0]
    where = ".".join(map(str, problems[0]["loc"]))
    message = str(problems[0]["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def naming(concept: Any) -> dict[str, Any]:
    """The name and the best code of a CodeableConcept, as a profile has them."""
    if not isinstance(concept, Mapping):
        return {}
    codings = [c for c in concept.get("coding", []) if isinstance(c, Mapping) and c.get("code")]
    ranked = sorted(codings, key=lambda c: _SYSTEMS.index(c.get("system")) if c.get("system") in _SYSTEMS else len(_SYSTEMS))
    found: dict[str, Any] = {}
    name = concept.get("text") or next((c["display"] for c in ranked if c.get("display")), None)
    if name:
        found["name"] = str(name)
    if ranked:
        found["code"] = {"system": str(ranked[0].get("system") or ""), "code": str(ranked[0]["code"])}
    return found


def first_code(concept: Any) -> str | None:
    """The code of a CodeableConcept's first coding."""
    codings = concept.get("coding", []) if isinstance(concept, Mapping) else []
    return next((str(coding["code"]) for coding in codings if coding.get("code")), None)


def measured(part: Json) -> dict[str, Any] | None:
    """The value and unit of an Observation or of one of its components, or None where it has none."""
    quantity = part.get("valueQuantity")
    if isinstance(quantity, Mapping) and quantity.get("value") is not None:
        value = quantity["value"]
        comparator = quantity.get("comparator")
        unit = quantity.get("code") if "unitsofmeasure" in str(quantity.get("system")) else quantity.get("unit")
        unit = unit or quantity.get("unit")
        return {"value": f"{comparator}{value}" if comparator else value, **({"unit": str(unit)} if unit else {})}
    for key in ("valueInteger", "valueString", "valueDateTime", "valueTime"):
        if part.get(key) is not None:
            return {"value": part[key]}
    if isinstance(part.get("valueBoolean"), bool):
        return {"value": "positive" if part["valueBoolean"] else "negative"}
    if isinstance(coded := part.get("valueCodeableConcept"), Mapping):
        words = naming(coded)
        return {"value": words.get("name") or words["code"]["code"]} if words else None
    if isinstance(span := part.get("valueRange"), Mapping):
        return _range(span)
    return None


def _range(span: Json) -> dict[str, Any] | None:
    low, high = span.get("low") or {}, span.get("high") or {}
    unit = low.get("code") or low.get("unit") or high.get("code") or high.get("unit")
    found = {"unit": str(unit)} if unit else {}
    if low.get("value") is not None and high.get("value") is not None:
        return {"value": f"{low['value']}-{high['value']}", **found}
    if high.get("value") is not None:
        return {"value": f"<={high['value']}", **found}
    return {"value": f">={low['value']}", **found} if low.get("value") is not None else None


def reference_range(part: Json) -> dict[str, Any]:
    """The laboratory's normal range, where exactly one is given in the value's own unit."""
    ranges = [r for r in part.get("referenceRange", []) if isinstance(r, Mapping) and ("low" in r or "high" in r)]
    kinds = {first_code(r.get("type")) for r in ranges}
    if len(ranges) != 1 or not kinds <= {None, "normal"}:
        return {}
    bounds = {end: ranges[0][end] for end in ("low", "high") if isinstance(ranges[0].get(end), Mapping)}
    unit = (part.get("valueQuantity") or {}).get("unit")
    if any(bound.get("unit") not in (None, unit) for bound in bounds.values()):
        return {}
    known = {end: bound["value"] for end, bound in bounds.items() if bound.get("value") is not None}
    return {"reference_range": known} if known else {}


def _date(resource: Json, *keys: str) -> str | None:
    for key in keys:
        value = resource.get(key)
        if isinstance(value, Mapping):
            value = value.get("start") or value.get("end")
        if value:
            return str(value)
    return None


def _end(period: Any) -> str | None:
    return str(period["end"]) if isinstance(period, Mapping) and period.get("end") else None

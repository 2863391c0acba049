"""From a registry's record to a trial: the eligibility text unaltered, and the registry's own fields typed.

One module a format; `REGISTRIES` is the order in which they are asked whether they recognise a text.  To add one, write
its module (`NAME`, `REGISTRY`, `matches`, `read`), put it into `REGISTRIES`, and give it a folder of cases.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import PurePath

from limen.criteria import Finding, Source, Trial
from limen.errors import RecordError
from limen.registries import (
    chictr,
    criteria_json,
    ctgov_json,
    ctgov_page,
    ctgov_xml,
    euctr,
    fhir_study,
    ictrp_xml,
    jrct,
    medpath,
    niph,
    plain,
    sections,
    umin,
    webpage,
)
from limen.registries.decoding import decode, is_sound, sound
from limen.registries.files import is_structured, iter_records, split_records
from limen.registries.layout import first_heading
from limen.registries.record import Format, ListRole, Record

__all__ = ["REGISTRIES", "Record", "is_structured", "iter_records", "read", "split_records"]

REGISTRIES: tuple[Format, ...] = (
    fhir_study,
    criteria_json,
    ctgov_json,
    ictrp_xml,
    ctgov_xml,
    umin,
    medpath,
    niph,
    euctr,
    chictr,
    jrct,
    ctgov_page,
    sections,
    plain,
)


def read(raw: bytes, *, name: str, registry: str | None = None, role: ListRole | None = None) -> Trial:
    """The trial in one record's bytes, without criteria yet.

    The format is recognised from the content; `registry` (a format's or a registry's name) forces it.  `role` says what
    a text without headings holds.  `RecordError` names the record and says why it could not be read.
    """
    try:
        return _read(raw, name, registry, role)
    except RecordError as error:
        raise RecordError(error.reason, source=name) from error.__cause__


def _read(raw: bytes, name: str, registry: str | None, role: ListRole | None) -> Trial:
    formats = _formats(registry)
    if is_structured(raw):
        raise RecordError("holds a trial that is structured already, not a registry's record")
    decoded = decode(raw)
    text = decoded.text
    page = webpage.matches(text)
    if page:
        text = webpage.reduce(text)
        if not text.strip():
            raise RecordError("a web page without any text")
    form = next((form for form in formats if form.matches(text)), formats[0])
    if form is plain and PurePath(name).suffix.lower() in (".json", ".jsonl"):
        raise RecordError("named as JSON, but holds no JSON object")
    unknown = form is plain and page and registry is None
    if unknown:
        text = _from_heading(text)
    record = _sound(form.read(text, role=role))
    findings = (*record.findings, *decoded.guess(record.text))
    if unknown:
        message = (
            "a web page of no known registry: what stands below its first criteria heading is read to the page's end"
        )
        findings += (Finding(code="layout_guessed", severity="warning", start=0, end=len(text), message=message),)
    return Trial(
        trial_id=record.trial_id or PurePath(name).stem or "trial",
        registry=form.REGISTRY,
        title=record.title,
        conditions=record.conditions,
        source=Source(name=name, format=f"html+{form.NAME}" if page else form.NAME, sha256=sha256(raw).hexdigest()),
        text=record.text,
        registry_fields=record.registry_fields,
        findings=findings,
        sections=record.sections,
    )


def _from_heading(text: str) -> str:
    start = first_heading(text)
    if start is None:
        raise RecordError("a web page of no known registry, without a heading for inclusion or exclusion criteria")
    return text[start:]


def _formats(registry: str | None) -> list[Format]:
    if registry is None:
        return list(REGISTRIES)
    named = [form for form in REGISTRIES if registry in (form.NAME, form.REGISTRY)]
    if not named:
        known = ", ".join(dict.fromkeys(name for form in REGISTRIES for name in (form.REGISTRY, form.NAME)))
        raise RecordError(f"there is no registry named {registry!r}; known are {known}")
    return named


def _sound(record: Record) -> Record:
    """The record with half surrogate pairs, which JSON can spell and no file can store, as U+FFFD and a finding."""
    fields = record.registry_fields
    if all(map(is_sound, (record.text, record.trial_id or "", record.title or "", *record.conditions, *sum(fields.as_written.items(), ())))):
        return record
    text = sound(record.text)
    findings = record.findings
    if text != record.text:
        at = next(i for i, (a, b) in enumerate(zip(text, record.text, strict=True)) if a != b)
        message = "half a surrogate pair stands in the text; it is read as U+FFFD"
        findings += (Finding(code="encoding_guessed", severity="warning", start=at, end=at + 1, message=message),)
    written = {sound(label): sound(words) for label, words in fields.as_written.items()}
    return replace(
        record,
        text=text,
        trial_id=record.trial_id and sound(record.trial_id),
        title=record.title and sound(record.title),
        conditions=tuple(map(sound, record.conditions)),
        registry_fields=fields.model_copy(update={"as_written": written}),
        findings=findings,
    )

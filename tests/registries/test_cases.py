"""Every case under cases/: a small record and what must come out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from limen.criteria import Bound, Trial
from limen.errors import RecordError
from limen.registries import read

_KEYS = {"name", "record", "registry", "role", "expect"}
_PLAIN = {"trial_id", "title", "registry", "text"}
_FIELDS = {"sex", "healthy_volunteers"}
_BOUNDS = {"age_min": (">=", ">"), "age_max": ("<=", "<")}
_OTHERS = {
    "format",
    "conditions",
    "text_starts",
    "text_ends",
    "sections",
    "findings",
    "severity",
    "as_written",
    "error",
}


def _cases() -> list[Any]:
    found: dict[str, Any] = {}
    for file in sorted(Path(__file__).parent.joinpath("cases").glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            name = f"{file.stem}: {case['name']}"
            strangers = set(case) - _KEYS | set(case["expect"]) - _PLAIN - _FIELDS - set(_BOUNDS) - _OTHERS
            assert not strangers, f"{name}: unknown keys {strangers}"
            assert case["expect"], f"{name}: asserts nothing"
            assert name not in found, f"{name}: used twice"
            found[name] = pytest.param(case, id=name)
    return list(found.values())


def _written(bound: Bound | None, signs: tuple[str, str]) -> str | None:
    return None if bound is None else f"{signs[0] if bound.inclusive else signs[1]} {bound.value} {bound.unit}"


def _actual(trial: Trial, expect: dict[str, Any]) -> dict[str, Any]:
    fields = trial.registry_fields
    actual: dict[str, Any] = {key: getattr(trial, key) for key in _PLAIN}
    actual |= {key: getattr(fields, key) for key in _FIELDS}
    actual |= {key: _written(getattr(fields, key), signs) for key, signs in _BOUNDS.items()}
    actual |= {
        "format": trial.source.format,
        "conditions": list(trial.conditions),
        "text_starts": trial.text[: len(expect.get("text_starts", ""))],
        "text_ends": trial.text[len(trial.text) - len(expect.get("text_ends", "")) :],
        "findings": [finding.code for finding in trial.findings],
        "severity": trial.findings[0].severity if trial.findings else None,
        "as_written": fields.as_written,
    }
    starts = [start for _, start in expect.get("sections", [])] + [""] * len(trial.sections)
    actual["sections"] = [
        [section.role, trial.text[section.start : section.end][: len(start)]]
        for section, start in zip(trial.sections, starts, strict=False)
    ]
    return actual


@pytest.mark.parametrize("case", _cases())
def test_case(case: dict[str, Any]) -> None:
    expect = case["expect"]
    options = {key: case[key] for key in ("registry", "role") if key in case}
    record = case["record"]
    if "error" in expect:
        with pytest.raises(RecordError) as caught:
            read(record.encode(), name="folder/record.txt", **options)
        assert expect["error"] in caught.value.reason
        assert caught.value.source == "folder/record.txt"
        return
    trial = read(record.encode(), name="folder/record.txt", **options)
    actual = _actual(trial, expect)
    assert {key: actual[key] for key in expect} == expect
    spans = [(s.start, s.end) for s in trial.sections] + [(f.start, f.end) for f in trial.findings]
    assert all(0 <= start <= end <= len(trial.text) for start, end in spans)

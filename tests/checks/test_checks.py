"""Every finding's code: a text that gives it, and one that must not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

import limen
from limen.checks import CHECKS
from limen.checks.ranges import Range, meet, outside, within
from limen.criteria import AllOf, Bound, Criterion, Demographic, Finding, RegistryFields, Source, Trial, Unread

CASES: list[tuple[str, dict[str, Any]]] = [
    (code, case)
    for code, cases in yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8")).items()
    for case in (cases if isinstance(cases, list) else [cases])
]
CODES = {
    "symbol_repaired", "unit_implausible", "value_implausible", "unit_missing", "operator_ambiguous", "contradicts_registry_field",
    "contradiction", "redundant", "unread_text", "abbreviation_ambiguous",
}  # fmt: skip


def bound(years: int | None, *, inclusive: bool = True) -> Bound | None:
    return None if years is None else Bound(value=Decimal(years), unit="a", inclusive=inclusive)


def findings(text: str, case: dict[str, Any]) -> list[Finding]:
    fields = RegistryFields(age_min=bound(case.get("age_min")), age_max=bound(case.get("age_max"), inclusive=not case.get("exclusive")))
    trial = limen.read(text.encode(), name="x.txt").model_copy(update={"registry_fields": fields})
    structured = limen.structure(trial)
    assert limen.check(structured) == structured, "checking twice adds nothing"
    return [*structured.findings, *(f for c in structured.criteria for f in c.findings)]


def test_every_code_has_a_case() -> None:
    assert {code for code, _ in CASES} == CODES


@pytest.mark.parametrize(("code", "case"), CASES, ids=[f"{code}: {case['fires'][-40:]!r}" for code, case in CASES])
def test_bad_and_good(code: str, case: dict[str, Any]) -> None:
    found = [f for f in findings(case["fires"], case) if f.code == code]
    assert found, "the bad case must fire"
    assert all(f.message for f in found)
    if "at" in case:
        assert case["at"] in [case["fires"][f.start : f.end] for f in found]
    assert not [f for f in findings(case["silent"], case) if f.code == code], "the good case must not"


def trial_of(*parts: object, sex: str) -> Trial:
    criteria = tuple(
        Criterion(id=f"I{n}", role="inclusion", start=0, end=1, text="x", requirement=part, status="structured")  # type: ignore[arg-type]
        for n, part in enumerate(parts, start=1)
    )
    source = Source(name="x", format="plain", sha256="")
    return Trial(trial_id="x", registry="plain", source=source, text="x", criteria=criteria, registry_fields=RegistryFields(sex=sex))  # type: ignore[arg-type]


def test_sex_against_the_registry() -> None:
    women = Demographic(attribute="female", value=True, start=0, end=1)
    men = Demographic(attribute="sex", value="male", start=0, end=1)
    other = Unread(text="x", start=0, end=1)

    def codes(*parts: object, sex: str) -> list[str]:
        return [f.code for c in limen.check(trial_of(*parts, sex=sex)).criteria for f in c.findings]

    assert codes(women, sex="male") == codes(women, sex="all") == ["contradicts_registry_field"]
    assert codes(AllOf(of=(women, other)), sex="male") == ["contradicts_registry_field"]
    assert codes(women, sex="female") == codes(women, men, sex="all") == codes(AllOf(of=(women, other)), sex="all") == []


def test_checks_are_documented() -> None:
    assert all(check.__doc__ for check in CHECKS)
    assert {check.__name__ for check in CHECKS} <= CODES


def test_ranges() -> None:
    adults, minors = (Range(Decimal(18), None),), (Range(None, Decimal(18), high_in=False),)
    assert outside(adults) == minors and outside(minors) == adults
    assert meet(adults, minors) == ()
    assert within((Range(Decimal(20), Decimal(30)),), adults) and not within(adults, (Range(Decimal(20), Decimal(30)),))
    assert outside(()) == (Range(),) and outside((Range(),)) == ()

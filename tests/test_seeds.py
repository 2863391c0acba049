"""The five records that the project was created from, read completely and compared with a careful human reading.

tests/seeds/*.yaml holds that reading, one file a record: the registry's fields, the criteria in order with their
printed numbers and, for each, its thresholds by a short name (see tests/seeds/readings.py) and its tree (see
tests/seeds/notation.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import limen
from limen.criteria import (
    AllOf,
    AnyOf,
    Condition,
    Criterion,
    Demographic,
    Expression,
    Finding,
    Not,
    Threshold,
    Trial,
    Unless,
    Unread,
    Window,
    leaves,
    thresholds,
)
from seeds.notation import Matcher, keys, opened, parse, variants
from seeds.readings import FIELDS, Place, Spec, brief, differences, fits, places, windowed

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
EXPECTED: dict[str, Any] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "seeds").glob("*.yaml"))
}
CRITERIA = [(name, criterion["id"]) for name, expected in EXPECTED.items() for criterion in expected["criteria"]]


@cache
def structured(name: str) -> Trial:
    path = SEEDS / EXPECTED[name]["record"]
    if not path.is_file():
        pytest.skip(f"the seed records are not beside the project ({path.name})")
    return limen.structure(path)


def listed(name: str) -> list[Criterion]:
    """The criteria of the text, without those of the registry's fields."""
    return [c for c in structured(name).criteria if c.role != "registry"]


def pair(name: str, criterion_id: str) -> tuple[Spec, Criterion]:
    """A criterion as expected and as read."""
    expected = next(c for c in EXPECTED[name]["criteria"] if c["id"] == criterion_id)
    found = [c for c in listed(name) if c.id == criterion_id]
    if len(found) != 1:
        pytest.fail(f"{name}: {criterion_id} is there {len(found)} times; read: {[c.id for c in listed(name)]}")
    return expected, found[0]


def message(name: str, criterion: Criterion, problems: list[str]) -> str:
    return "\n  ".join([f"{name} {criterion.id}", *problems, f"text: {criterion.text!r}"])


# The expected readings themselves


def test_the_human_count_is_reached() -> None:
    """67 numbers in the free text; a range in one phrase ("16 to 64") is one, its two ends in two phrases are two.

    A limit shared by two measurements is two, a limit with a look-back is two, "at 2 points, 90 days apart" adds two to
    the score's range, and a window over a list of agents is one.  Ages at which somebody signs are none.  Ten fields of
    the registries give age or sex: one line with both ages is one field.
    """
    specs = [t for e in EXPECTED.values() for c in e["criteria"] for t in c.get("thresholds", {}).values()]
    assert sum(spec.get("counts", 1) for spec in specs) == 67
    assert sum(e["registry_fields"]["printed"] for e in EXPECTED.values()) == 10


@pytest.mark.parametrize(("name", "criterion_id"), CRITERIA)
def test_expected_readings_are_well_formed(name: str, criterion_id: str) -> None:
    expected = next(c for c in EXPECTED[name]["criteria"] if c["id"] == criterion_id)
    assert set(expected) <= {"id", "number", "thresholds", "tree", "keeps"}
    specs = expected.get("thresholds", {})
    assert not [field for spec in specs.values() for field in set(spec) - FIELDS]
    for variant in variants(parse(expected["tree"])):
        assert set(keys(variant)) == set(specs), "the tree names every threshold, and no other"


# What was read


@pytest.mark.parametrize("name", EXPECTED)
def test_registry_fields(name: str) -> None:
    trial, expected = structured(name), EXPECTED[name]
    fields = trial.registry_fields.model_dump(include={"age_min", "age_max", "sex", "healthy_volunteers"})
    assert fields == {k: v for k, v in expected["registry_fields"].items() if k != "printed"}
    assert expected["registry"] in re.sub(r"[^a-z]", "", trial.registry.lower())
    assert trial.trial_id and trial.trial_id == expected.get("trial_id", trial.trial_id)


@pytest.mark.parametrize("name", EXPECTED)
def test_registry_criteria_repeat_the_registry_fields(name: str) -> None:
    trial = structured(name)
    ages = [t for c in trial.criteria if c.role == "registry" for t in thresholds(c.requirement)]
    assert {(t.kind, t.concept) for t in ages} <= {("age", "age")}
    lows = [(t.low, t.unit, t.low_inclusive) for t in ages if t.low is not None]
    highs = [(t.high, t.unit, t.high_inclusive) for t in ages if t.high is not None]
    for bound, got in ((trial.registry_fields.age_min, lows), (trial.registry_fields.age_max, highs)):
        assert got == ([(bound.value, bound.unit, bound.inclusive)] if bound else [])


@pytest.mark.parametrize("name", EXPECTED)
def test_criteria_in_order_with_their_numbers(name: str) -> None:
    got = [(c.id, c.role, re.sub(r"\W", "", c.number or "") or None) for c in listed(name)]
    roles = {"I": "inclusion", "E": "exclusion"}
    assert got == [(c["id"], roles[c["id"][0]], c.get("number")) for c in EXPECTED[name]["criteria"]]


@pytest.mark.parametrize(("name", "criterion_id"), CRITERIA)
def test_thresholds(name: str, criterion_id: str) -> None:
    """Every expected threshold is there with all its fields, and none is invented."""
    expected, criterion = pair(name, criterion_id)
    findings = [*criterion.findings, *structured(name).findings]
    problems = threshold_problems(expected.get("thresholds", {}), list(places(criterion.requirement)), findings)
    assert not problems, message(name, criterion, problems)


def threshold_problems(specs: dict[str, Spec], found: Sequence[Place], findings: Sequence[Finding]) -> list[str]:
    problems, used = [], set()
    for key, spec in specs.items():
        hits = [i for i, place in enumerate(found) if fits(spec, place, findings)]
        used.update(hits)
        halves = {p.operator for i in hits if isinstance(p := found[i], Threshold)} & {"ge", "le"}
        if not hits or (spec.get("may_split") and len(halves) == 1):
            near = min(found, key=lambda place: len(differences(spec, place, findings)), default=None)
            why = "; ".join(differences(spec, near, findings)) if near else "no number was read"
            problems.append(f"{key} is missing: {why}\n    nearest: {brief(near) if near else None}")
        elif len(hits) > max(1, len(halves)) and not windowed(spec):
            problems.append(f"{key} is there {len(hits)} times: {[found[i].text for i in hits]}")
    for i, place in enumerate(found):
        if i not in used:
            problems.append(f"not expected: {brief(place)}, from {place.text!r}")
    return problems


@pytest.mark.parametrize(("name", "criterion_id"), CRITERIA)
def test_tree(name: str, criterion_id: str) -> None:
    expected, criterion = pair(name, criterion_id)
    matcher = Matcher(expected.get("thresholds", {}), structured(name).text)
    tree = " ".join(expected["tree"].split())
    problems = [f"expected: {tree}", f"got:      {brief(opened(criterion.requirement))}"]
    assert matcher.matches(parse(expected["tree"]), criterion.requirement), message(name, criterion, problems)


@pytest.mark.parametrize("name", EXPECTED)
def test_spans_slice_back(name: str) -> None:
    whole = structured(name).text
    for criterion in listed(name):
        assert whole[criterion.start : criterion.end] == criterion.text
        spans = [
            (x.start, x.end, x.text) for x in leaves(criterion.requirement) if x.text or not isinstance(x, Demographic)
        ]
        for t in thresholds(criterion.requirement):
            spans.append((t.start, t.end, t.text))
            if t.concept_text is not None and t.concept_start is not None and t.concept_end is not None:
                spans.append((t.concept_start, t.concept_end, t.concept_text))
        for start, end, text in spans:
            assert whole[start:end] == text, f"{criterion.id} {start}-{end}"
            assert criterion.start <= start < end <= criterion.end, f"{text!r} lies outside {criterion.id}"


HEADING = re.compile(r"(?im)^\W*(recruitment & eligibility|(key )?(inclusion |exclusion |eligibility )?criteria)\W*$")
MARK = re.compile(r"[•*?\-]|\(?\b(\d{1,2}|[a-z])[.)]")


@pytest.mark.parametrize("name", EXPECTED)
def test_criteria_tile_the_text(name: str) -> None:
    """In order, without overlap; between them only headings, list marks and white space."""
    text, criteria = structured(name).text, listed(name)
    ends = [0, *(c.end for c in criteria)]
    starts = [*(c.start for c in criteria), len(text)]
    gaps = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    assert all(end <= start for end, start in zip(ends, starts, strict=True)), "criteria overlap or are out of order"
    lost = [left for gap in gaps if (left := MARK.sub("", HEADING.sub("", gap)).strip())]
    assert not lost, "these words are in no criterion"


@pytest.mark.parametrize(("name", "criterion_id"), [("medpath_cgvhd_msc", "I1")])
def test_rules_that_are_no_limits_stay_in_the_text(name: str, criterion_id: str) -> None:
    expected, criterion = pair(name, criterion_id)
    assert [words for words in expected["keeps"] if words not in criterion.text] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_no_contradiction_is_found_where_there_is_none(name: str) -> None:
    trial = structured(name)
    found = [*trial.findings, *(f for c in trial.criteria for f in c.findings)]
    found += [f for c in trial.criteria for t in thresholds(c.requirement) for f in t.findings]
    assert [f for f in found if f.code in ("contradicts_registry_field", "contradiction")] == []


# The comparison


def condition(text: str, **fields: Any) -> Condition:
    return Condition(start=0, end=0, text=text, **fields)


def limit(concept: str, value: int, **fields: Any) -> Threshold:
    given = {"kind": "measurement", "operator": "lt", "high": value, "high_inclusive": False, **fields}
    return Threshold(concept=concept, concept_text=concept, text=f"< {value}", start=0, end=0, **given)


MONTHS = Window(relation="within", high=Decimal(3), unit="mo", anchor="consent", text="")
IN_3_MONTHS = limit("stroke", 3, kind="window", operator="le", high_inclusive=True, unit="mo", window=MONTHS)
FROM_1 = limit("age", 1, kind="age", operator="ge", low=1, low_inclusive=True, high=None, high_inclusive=None, unit="a")
TO_80 = limit("age", 80, kind="age", operator="le", high_inclusive=True, unit="a")
SPECS: dict[str, Spec] = {
    "low": {"kind": "measurement", "concept": "albumin", "operator": "lt", "value": 3},
    "recent": {
        **{"kind": "window", "operator": "le", "value": 3, "unit": "mo"},
        "window": {"relation": "within", "anchor": "consent"},
    },
    "age": {"kind": "age", "operator": "between", "low": 1, "high": 80, "unit": "a", "may_split": True},
}
A, B, C = condition("asthma"), condition("bleeding"), limit("albumin", 3)
MATCHES = [
    ('any_of(condition("asthma"), low)', AnyOf(of=(C, A)), True),
    ('any_of(condition("asthma"), low)', AllOf(of=(C, A)), False),
    ('any_of(condition("asthma"), low)', AnyOf(of=(C, A, B)), False),
    ('any_of(condition("asthma"), low, ...)', AnyOf(of=(C, AnyOf(of=(A, B)))), True),
    ('all_of(condition("asthma"), ...)', AllOf(of=(A, C)), False),
    ('all_of(condition("asthma"), ...)', A, True),
    ('all_of(maybe(condition("asthma")), low)', C, True),
    ('all_of(maybe(condition("asthma")), low)', AllOf(of=(A, AllOf(of=(C,)))), True),
    ('any_of(condition("bleed"), all_of(maybe(condition("asthma")), any_of(low)))', AnyOf(of=(B, C)), True),
    ('negated(condition("asthma"))', condition("asthma", negated=True), True),
    ('negated(condition("asthma"))', Not(of=A), True),
    ('negated(condition("asthma"))', A, False),
    ('condition("asthma")', Not(of=A), False),
    ('condition("asthma")', Unread(start=0, end=0, text="asthma"), False),
    ('text("asthma")', Unread(start=0, end=0, text="asthma"), True),
    ('text("asthma")', Not(of=A), True),
    ('unless(low, condition("asthma"))', Unless(requirement=C, exception=A), True),
    ('unless(low, condition("asthma"))', Unless(requirement=A, exception=C), False),
    ('has(low, "bleed")', AnyOf(of=(Not(of=C), AllOf(of=(A, B)))), True),
    ('has(low, "bleed")', AnyOf(of=(limit("albumin", 4), C, B)), False),
    ('condition("stroke", recent)', condition("stroke", window=MONTHS), True),
    ('condition("stroke", recent)', condition("stroke"), False),
    ('condition("stroke", recent)', IN_3_MONTHS, True),
    ('condition("bleeding", recent)', IN_3_MONTHS, False),
    ('all_of(low, condition("bleeding", recent))', AllOf(of=(B, IN_3_MONTHS, C)), True),
    ('any_of(low, condition("bleeding", recent))', AnyOf(of=(B, IN_3_MONTHS, C)), False),
    ("all_of(age, ...)", AllOf(of=(FROM_1, TO_80, A)), True),
    ("age", AllOf(of=(FROM_1, TO_80)), True),
    ("age", AnyOf(of=(FROM_1, TO_80)), False),
    ("age", FROM_1, False),
]


@pytest.mark.parametrize(("tree", "got", "right"), MATCHES)
def test_the_notation_matches_what_it_says(tree: str, got: Expression, right: bool) -> None:
    assert Matcher(SPECS, "").matches(parse(tree), got) is right, brief(got)


def test_threshold_problems_are_told() -> None:
    low = {"low": SPECS["low"]}
    assert threshold_problems(low, [C], []) == []
    assert threshold_problems(low, [], []) == ["low is missing: no number was read\n    nearest: None"]
    assert "expected 3, got 4" in threshold_problems(low, [limit("albumin", 4)], [])[0]
    assert "not expected: measurement sodium lt 3" in threshold_problems(low, [C, limit("sodium", 3)], [])[0]
    assert "2 times" in threshold_problems(low, [C, C], [])[0]
    assert threshold_problems({"age": SPECS["age"]}, [FROM_1, TO_80], []) == []
    assert "age is missing" in threshold_problems({"age": SPECS["age"]}, [FROM_1], [])[0]

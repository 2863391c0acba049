"""The catalogue's data: how much there is, that names belong to one entry, that codes, units and bounds hold together."""

from __future__ import annotations

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import wraps
from itertools import pairwise
from typing import Any

import pytest

from limen import lexicon, units
from limen.errors import UnitError
from limen.lexicon import Concept, Lexicon, Measurement, Score
from limen.lexicon.load import data
from limen.lexicon.sides import sides

LEXICON = lexicon.load()
MEASUREMENTS = list(LEXICON.measurements.values())
SCORES = list(LEXICON.scores.values())
CONCEPTS = list(LEXICON.concepts.values())
_ICD10 = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")
_MESH = re.compile(r"[CDM]\d{6,9}|[A-Z]\d{2}(?:\.\d{3})*")
STATES = ["pregnant", "breastfeeding", "childbearing", "male", "female", "postmenopausal", "healthy_volunteer"]


def each(entries: Iterable[Any]) -> Callable[[Callable[[Any], None]], Callable[[], None]]:
    """Runs a test over all entries as one test that names every entry that fails."""

    def wrap(test: Callable[[Any], None]) -> Callable[[], None]:
        @wraps(test)
        def run() -> None:
            failures = []
            for entry in entries:
                try:
                    test(entry)
                except AssertionError as error:
                    failures.append(f"{entry.id}: {error}")
            assert not failures, "\n".join(failures)

        del run.__wrapped__  # pytest would ask for the entry as a fixture
        return run

    return wrap


def test_counts() -> None:
    kinds = [concept.kind for concept in CONCEPTS]
    assert len(MEASUREMENTS) >= 500
    assert len(SCORES) >= 80
    assert kinds.count("condition") >= 500
    assert kinds.count("drug") >= 300
    assert kinds.count("procedure") >= 200


def test_loading_takes_a_second_or_so() -> None:
    start = time.process_time()
    fresh = lexicon.load.__wrapped__()
    assert time.process_time() - start < 2
    assert isinstance(fresh, Lexicon)


def test_a_name_belongs_to_one_concept() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for concept in CONCEPTS:
        for name in (concept.name, *concept.synonyms):
            owners[name.lower()].add(concept.id)
    assert {name: sorted(ids) for name, ids in owners.items() if len(ids) > 1} == {}


@each([*MEASUREMENTS, *SCORES, *CONCEPTS])
def test_names_are_clean(entry: Measurement | Score | Concept) -> None:
    names = [entry.name, *entry.synonyms, *entry.ambiguous]
    assert all(name == " ".join(name.split()) and name for name in names)
    assert len({*names}) == len(names), "a name stands twice"
    assert not {n.lower() for n in (entry.name, *entry.synonyms)} & {n.lower() for n in entry.ambiguous}


@each(MEASUREMENTS)
def test_units_are_known_and_guesses_do_not_overlap(entry: Measurement) -> None:
    for code in (entry.unit, *(guess.unit for guess in entry.guesses)):
        assert units.dimension(code)
    guesses = sorted(entry.guesses, key=lambda guess: guess.low)
    assert all(guess.low < guess.high for guess in guesses)
    assert all(below.high <= above.low for below, above in pairwise(guesses))


@each([m for m in MEASUREMENTS if m.guesses])
def test_a_guessed_unit_leads_into_the_plausible_range(entry: Measurement) -> None:
    low, high = entry.plausible
    for guess in entry.guesses:
        try:
            first, last = (
                units.convert(bound, guess.unit, entry.unit, **entry.chemistry._asdict())
                for bound in (guess.low, guess.high)
            )
        except UnitError:
            continue  # a unit of another kind, which the limit keeps as it is written
        assert first < high
        assert last > low


@each([m for m in MEASUREMENTS if m.molar_mass])
def test_molar_mass_joins_mass_and_substance(entry: Measurement) -> None:
    """One canonical unit must come back from the other side: mg/dL through mmol/L, umol/L through mg/L."""
    assert entry.molar_mass is not None
    amount, per, below = entry.unit.partition("/")
    other = f"{amount.removesuffix('g')}mol" if amount.endswith("g") else f"{amount.removesuffix('mol')}g"
    there = units.convert(Decimal(1), entry.unit, other + per + below, molar_mass=entry.molar_mass)
    back = units.convert(there, other + per + below, entry.unit, molar_mass=entry.molar_mass)
    assert abs(back - 1) < Decimal("1e-9")


CONVERSIONS = [
    ("creatinine", "1", "mg/dL", "umol/L", "88.4"),
    ("glucose", "126", "mg/dL", "mmol/L", "6.99"),
    ("bilirubin_total", "1", "mg/dL", "umol/L", "17.1"),
    ("cholesterol_total", "200", "mg/dL", "mmol/L", "5.17"),
    ("triglycerides", "150", "mg/dL", "mmol/L", "1.69"),
    ("calcium", "10", "mg/dL", "mmol/L", "2.50"),
    ("urea_nitrogen", "28", "mg/dL", "mmol/L", "10.0"),
    ("uric_acid", "7", "mg/dL", "umol/L", "416"),
    ("hemoglobin", "12", "g/dL", "mmol/L", "7.45"),
    ("phosphate", "3", "mg/dL", "mmol/L", "0.969"),
    ("vitamin_d_25_hydroxy", "20", "ng/mL", "nmol/L", "49.9"),
    ("testosterone", "300", "ng/dL", "nmol/L", "10.4"),
    ("thyroxine_free", "1", "ng/dL", "pmol/L", "12.9"),
    ("cortisol", "10", "ug/dL", "nmol/L", "276"),
    ("estradiol", "20", "pg/mL", "pmol/L", "73.4"),
    ("anti_mullerian_hormone", "1", "ng/mL", "pmol/L", "7.14"),
    ("nt_probnp", "1000", "pg/mL", "pmol/L", "118"),
    ("urine_albumin_creatinine_ratio", "300", "mg/g", "mg/mmol", "33.9"),
    ("hemoglobin_a1c", "53", "mmol/mol", "%", "7.0"),
    ("hemoglobin_a1c", "6.5", "%", "mmol/mol", "47.5"),
]


@pytest.mark.parametrize(("concept", "value", "source", "target", "expected"), CONVERSIONS, ids=[c[0] for c in CONVERSIONS])
def test_conversions_that_laboratories_print(concept: str, value: str, source: str, target: str, expected: str) -> None:
    entry = LEXICON.measurements[concept]
    got = units.convert(Decimal(value), source, target, **entry.chemistry._asdict())
    assert abs(got / Decimal(expected) - 1) < Decimal("0.006")


@each([e for e in [*MEASUREMENTS, *SCORES] if e.loinc])
def test_loinc_check_digit(entry: Measurement | Score) -> None:
    """LOINC Users' Guide, appendix C: the digit after the dash is the Mod 10 check digit."""
    assert entry.loinc is not None
    number, _, digit = entry.loinc.partition("-")
    backwards = [int(d) for d in reversed(number)]
    doubled = sum(sum(divmod(2 * d, 10)) for d in backwards[::2])
    assert (doubled + sum(backwards[1::2]) + int(digit)) % 10 == 0


def test_a_loinc_code_belongs_to_one_entry() -> None:
    codes = [entry.loinc for entry in [*MEASUREMENTS, *SCORES] if entry.loinc]
    assert len(codes) == len(set(codes))


@each([m for m in MEASUREMENTS if m.timeline])
def test_a_timeline_is_measured_in_time(entry: Measurement) -> None:
    assert units.dimension(entry.unit) == "[time]"


@each([m for m in MEASUREMENTS if m.pair])
def test_pairs_name_measurements(entry: Measurement) -> None:
    assert entry.pair is not None
    assert set(entry.pair) <= set(LEXICON.measurements)


@each(CONCEPTS)
def test_codes_of_concepts_have_the_shape_of_codes(entry: Concept) -> None:
    for block in entry.icd10:
        ends = block.split("-")
        assert len(ends) <= 2
        assert all(_ICD10.fullmatch(end) for end in ends), block
        assert ends == sorted(ends), block
    assert all(_MESH.fullmatch(code) for code in entry.mesh)


def test_hierarchy_has_no_cycles() -> None:
    for concept in CONCEPTS:
        above = {ancestor for parent in concept.parents for ancestor in LEXICON.ancestors(parent)}
        assert concept.id not in above, f"{concept.id} is its own ancestor"


KINSHIP = [
    ("breast_cancer", "malignancy"),
    ("acute_myeloid_leukemia", "malignancy"),
    ("hiv_infection", "infection"),
    ("syphilis", "infection"),
    ("hepatitis_b", "viral_hepatitis"),
    ("unstable_angina", "coronary_artery_disease"),
    ("atrioventricular_block", "arrhythmia"),
    ("ventricular_arrhythmia", "heart_disease"),
    ("chronic_graft_versus_host_disease", "graft_versus_host_disease"),
    ("type_2_diabetes", "diabetes_mellitus"),
    ("gastroesophageal_varices", "portal_hypertension"),
    ("cirrhosis", "liver_disease"),
    ("systemic_sclerosis", "autoimmune_disease"),
    ("pulmonary_fibrosis", "interstitial_lung_disease"),
    ("major_depressive_disorder", "mental_disorder"),
    ("opioid_use_disorder", "substance_use_disorder"),
    ("microangiopathic_hemolytic_anemia", "anemia"),
]


@pytest.mark.parametrize(("concept", "ancestor"), KINSHIP)
def test_kinship(concept: str, ancestor: str) -> None:
    assert ancestor in LEXICON.ancestors(concept)


def test_states_of_a_person() -> None:
    assert [LEXICON.concepts[state].kind for state in STATES] == ["demographic"] * len(STATES)


NAMES = [
    ("SSc", "systemic_sclerosis"),
    ("scleroderma", "systemic_sclerosis"),
    ("interstitial pneumonia", "interstitial_lung_disease"),
    ("HTLV-1", "htlv_1_infection"),
    ("haemorrhagic cystitis", "hemorrhagic_cystitis"),
    ("carcinoma in situ", "carcinoma_in_situ"),
    ("cGVHD", "chronic_graft_versus_host_disease"),
    ("drug addiction", "drug_abuse"),
    ("lactating", "breastfeeding"),
    ("women of childbearing potential", "childbearing"),
    ("anaemia", "anemia"),
    ("oesophageal varices", "gastroesophageal_varices"),
]


@pytest.mark.parametrize(("name", "concept"), NAMES)
def test_everyday_names(name: str, concept: str) -> None:
    assert LEXICON.concepts_by_name[name.lower()] == (concept,)


def test_short_names_that_are_words_too_are_ambiguous() -> None:
    """Their letters' case decides: ALL is a leukaemia, "all" is not."""
    ambiguous = {name for concept in CONCEPTS for name in concept.ambiguous}
    assert {"ALL", "AIDS", "MS", "RA", "PE", "MI", "AS"} <= ambiguous
    assert {"PT", "CR", "PS", "K", "Na"} <= {name for entry in LEXICON.measured.values() for name in entry.ambiguous}


def test_a_context_cue_stands_once() -> None:
    """Of two rules with the same words it would be chance which one is taken."""
    rules = json.loads(data("contexts.json").read_text(encoding="utf-8"))["context_rules"]
    counts = Counter(rule["literal"].lower() for rule in rules)
    assert [literal for literal, count in counts.items() if count > 1] == []


def test_sides_name_entries_of_the_catalogue() -> None:
    known = LEXICON.measured.keys()
    assert (sides().low | sides().either) <= known
    assert not sides().low & sides().either

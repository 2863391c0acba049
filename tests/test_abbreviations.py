"""Short names that a text or its title explains, against what the lexicon has under them."""

from __future__ import annotations

import json

import pytest

import limen
from limen.criteria import Trial, leaves


def concepts(trial: Trial) -> list[str | None]:
    """What each leaf is read as."""
    return [getattr(leaf, "concept", None) for criterion in trial.criteria for leaf in leaves(criterion.requirement)]


def record(title: str, *lines: str) -> bytes:
    text = "Inclusion Criteria:\n\n" + "\n".join(f"* {line}" for line in lines)
    modules = {"identificationModule": {"nctId": "NCT99999999", "briefTitle": title}, "eligibilityModule": {"eligibilityCriteria": text}}
    return json.dumps({"protocolSection": modules}).encode()


@pytest.mark.parametrize(
    ("explained", "used", "read_as"),
    [
        ("Aortic stenosis (AS)", "Severe AS", "aortic_stenosis"),
        ("Ankylosing spondylitis (AS)", "Severe AS", "ankylosing_spondylitis"),
        ("Pre-eclampsia (PE)", "PE in an earlier pregnancy", "preeclampsia"),
        ("Acute chest syndrome (ACS)", "History of ACS", "vaso_occlusive_crisis"),
        ("Acute coronary syndrome (ACS)", "History of ACS", "acute_coronary_syndrome"),
        ("Malignant mesothelioma (MM)", "Relapsed MM", "mesothelioma"),
        ("Atopic dermatitis (AD)", "Severe AD", "atopic_dermatitis"),
    ],
)
def test_what_the_text_explains_stands_above_the_lexicon(explained: str, used: str, read_as: str) -> None:
    assert concepts(limen.structure(f"Inclusion Criteria:\n- {explained}\n- {used}\n".encode(), name="x")) == [read_as, read_as]


def test_a_long_form_without_a_name_leaves_the_short_form_without_one() -> None:
    unknown = limen.structure(b"Inclusion Criteria:\n- Pleated envelope (PE)\n- Severe PE\n", name="x")
    assert "pulmonary_embolism" not in concepts(unknown)


def test_two_explanations_of_one_short_form_teach_nothing() -> None:
    both = limen.structure(b"Inclusion Criteria:\n- Malignant melanoma (MM)\n- Multiple myeloma (MM)\n- Relapsed MM\n", name="x")
    assert concepts(both) == ["melanoma", "multiple_myeloma", None]


def test_the_title_explains_too() -> None:
    assert concepts(limen.structure(record("Cream for Atopic Dermatitis (AD)", "Severe AD"), name="x.json")) == ["atopic_dermatitis"]
    assert concepts(limen.structure(record("Cream for the Skin", "Severe AD"), name="x.json")) == [None]


def test_the_limits_alone_know_what_lines_without_a_limit_explain() -> None:
    raw = b"Inclusion Criteria:\n- Prostatic fluid pressure, intraocular pressure (PFP)\n- PFP > 21 mmHg\n"
    alone = limen.structure(raw, name="x", limits_only=True)
    assert concepts(alone) == [c for c in concepts(limen.structure(raw, name="x")) if c is not None]

"""What came of a drug, or forbids it, says nothing of whether it is taken."""

from __future__ import annotations

import pytest

import limen
from limen.criteria import Exposure, leaves


@pytest.mark.parametrize(
    "text",
    [
        "History of adverse reactions to metformin",
        "Severe reaction to a previous transfusion",
        "Allergy to aspirin or warfarin",
        "Known hypersensitivity to metformin, insulin, or aspirin",
        "Patients in whom warfarin or heparin cannot be given",
        "Known allergy or hypersensitivity to rituximab or obinutuzumab",
    ],
)
def test_no_drug_is_taken(text: str) -> None:
    trial = limen.structure(f"Exclusion Criteria:\n\n* {text}".encode())
    assert not [leaf for criterion in trial.criteria for leaf in leaves(criterion.requirement) if isinstance(leaf, Exposure)]


@pytest.mark.parametrize("text", ["Allergy to latex or use of warfarin", "Asthma, allergy to latex, or warfarin", "On warfarin that cannot be stopped"])
def test_a_drug_beside_an_allergy_is_taken(text: str) -> None:
    trial = limen.structure(f"Exclusion Criteria:\n\n* {text}".encode())
    assert [leaf.concept for criterion in trial.criteria for leaf in leaves(criterion.requirement) if isinstance(leaf, Exposure)] == ["warfarin"]


@pytest.mark.parametrize("text", ["Known allergy or hypersensitivity to penicillin", "Allergy or hypersensitivity to penicillin"])
def test_each_noun_is_of_the_same_thing(text: str) -> None:
    trial = limen.structure(f"Exclusion Criteria:\n\n* {text}".encode())
    named = {getattr(leaf, "concept", None) for criterion in trial.criteria for leaf in leaves(criterion.requirement)}
    assert named == {"penicillin_allergy"}

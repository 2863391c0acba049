"""What the outline takes for no criterion."""

from __future__ import annotations

import pytest

import limen


@pytest.mark.parametrize("words", ["None", "- None.", "N/A", "* Not applicable", "No exclusion criteria."])
def test_a_list_that_says_that_it_is_empty_has_no_criteria(words: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n- Gout\nExclusion Criteria:\n{words}\n".encode())
    assert [(c.role, c.text) for c in trial.criteria] == [("inclusion", "Gout")]


@pytest.mark.parametrize("words", ["None of the drugs below", "No dialysis", "Not applicable to men with gout"])
def test_a_list_that_only_begins_so_has_one(words: str) -> None:
    trial = limen.structure(f"Exclusion Criteria:\n{words}\n".encode())
    assert [c.text for c in trial.criteria] == [words]


@pytest.mark.parametrize("heading", ["Exclusion Criteria (both groups)", "Exclusion criteria (control group):", "Exclusion criteria - all participants"])
def test_a_heading_may_say_for_whom_its_list_is(heading: str) -> None:
    trial = limen.structure(f"Inclusion Criteria (patients)\n- Gout\n{heading}\n- Asthma\n".encode())
    assert [(c.role, c.text) for c in trial.criteria] == [("inclusion", "Gout"), ("exclusion", "Asthma")]


@pytest.mark.parametrize("line", ["Exclusion criteria - pregnancy", "Exclusion (pregnancy) is at the doctor's choice"])
def test_a_line_that_names_what_shuts_out_is_no_heading(line: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n- Gout\n{line}\n- Asthma\n".encode())
    assert [c.role for c in trial.criteria] == ["inclusion"] * 3


def test_the_number_of_a_line_may_be_the_first_of_a_list_in_it() -> None:
    trial = limen.structure(b"Exclusion Criteria:\n- 1.Age above 80 years 2.Asthma 3.Gout 4.COPD\n")
    assert [c.text for c in trial.criteria] == ["Age above 80 years", "Asthma", "Gout", "COPD"]

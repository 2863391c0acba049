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

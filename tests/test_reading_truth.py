"""The templates of tests/truth: no patient gets a definite answer that is wrong; see reading_truth.py for their format."""

from __future__ import annotations

import pytest

from limen.render import tree
from reading_truth import Template, answered, asked, patients, read, sentences, templates

TEMPLATES = templates()
DEFINITE = 0.92  # the share of answers that leave nothing to a person; it only rises


@pytest.mark.parametrize("template", TEMPLATES, ids=[f"{template.role}: {template.text[:60]}" for template in TEMPLATES])
def test_no_answer_is_wrong(template: Template) -> None:
    for sentence in sentences(template):
        trial = read(sentence)
        assert any(criterion.role == sentence.role for criterion in trial.criteria)
        for patient in patients(sentence):
            answer, expected = answered(trial, sentence, patient), asked(sentence.formula, patient)
            if answer is (not expected):
                read_as = "\n".join(line for criterion in trial.criteria for line in tree(criterion.requirement))
                pytest.fail(f"{sentence.text!r}\n{patient}: {answer} for {sentence.formula}\n{read_as}", pytrace=False)


def test_most_answers_are_definite() -> None:
    answers = [answered(read(s), s, patient) is not None for template in TEMPLATES for s in sentences(template) for patient in patients(s)]
    assert sum(answers) >= DEFINITE * len(answers), f"{sum(answers)} of {len(answers)}"


@pytest.mark.parametrize("formula", ["a is b", "f(a)", "print", "1"])
def test_a_formula_is_letters_joined(formula: str) -> None:
    with pytest.raises(ValueError, match="not a formula"):
        asked(formula, {1: True, 2: True})


def test_a_formula_says_what_it_says() -> None:
    assert asked("(a or b) and not c", {1: False, 2: True, 3: False})
    assert not asked("(a or b) and not c", {1: False, 2: True, 3: True})

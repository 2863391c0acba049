"""What the logic of a corpus is held to: what its annotators state, and no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import limen
from limen.evaluation import logic
from limen.evaluation.brat import read_page

Figures = Callable[[str, dict[str, str], list[str]], dict[tuple[str, str], float]]


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    def score(line: str, spans: dict[str, str], statements: list[str]) -> dict[tuple[str, str], float]:
        """The figures of one exclusion line; `spans` are its words by type, `statements` use T1, T2 ... in that order."""
        text = f"Exclusion Criteria:\n  -  {line}\n"
        marks = []
        for words, kind in spans.items():
            start = text.index(words)
            marks.append(f"T{len(marks) + 1}\t{kind} {start} {start + len(words)}\t{words}")
        (tmp_path / "T1.txt").write_text(text, encoding="utf-8", newline="")
        (tmp_path / "T1.ann").write_text("\n".join([*marks, *statements]) + "\n", encoding="utf-8")
        made, _ = logic.score([(read_page(tmp_path / "T1.ann"), limen.structure(tmp_path / "T1.txt"))], "x")
        return {(f.group, f.measure): f.value for f in made}

    return score


def test_a_name_or_its_kind_is_no_false_or(figures: Figures) -> None:
    spans = {"Heart disease": "Condition", "angina": "Condition", "arrhythmia": "Condition"}
    said = ["R1\tExample-Of Arg1:T2 Arg2:T1\t", "R2\tExample-Of Arg1:T3 Arg2:T1\t", "R3\tOr Arg1:T2 Arg2:T3\t"]
    found = figures("Heart disease (angina or arrhythmia), gout", spans, said)
    assert found["or grouping", "recall"] == 1.0
    assert ("or grouping", "precision") not in found  # nothing was claimed beside what the annotators state


def test_an_or_that_nobody_marked_costs_precision(figures: Figures) -> None:
    spans = {"Angina": "Condition", "arrhythmia": "Condition", "gout": "Condition"}
    found = figures("Angina or arrhythmia or gout", spans, ["R1\tOr Arg1:T1 Arg2:T2\t"])
    assert found["or grouping", "recall"] == 1.0
    assert found["or grouping", "precision"] == 0.5


def test_statements_apart_are_not_joined_by_words(figures: Figures) -> None:
    spans = {"Angina": "Condition", "arrhythmia": "Condition", "gout": "Condition"}
    found = figures("Angina or arrhythmia; gout", spans, ["R1\tOr Arg1:T1 Arg2:T2\t"])
    assert found["or grouping", "precision"] == 1.0


def test_two_times_of_one_thing_are_no_pair(figures: Figures) -> None:
    spans = {"Current": "Eq-Comparison", "previous": "Eq-Comparison", "gout": "Condition"}
    assert ("or grouping", "recall") not in figures("Current or previous gout", spans, ["R1\tOr Arg1:T1 Arg2:T2\t"])


def test_kinds_of_what_is_denied_are_denied(figures: Figures) -> None:
    spans = {"No": "Negation", "heart disease": "Condition", "angina": "Condition", "arrhythmia": "Condition"}
    said = ["E1\tNegation:T1 Negates:T2", "R1\tExample-Of Arg1:T3 Arg2:T2\t", "R2\tExample-Of Arg1:T4 Arg2:T2\t"]
    found = figures("No heart disease, such as angina or arrhythmia", spans, said)
    assert found["negation: denials", "recall"] == found["negation: denials", "precision"] == 1.0


def test_a_name_that_is_a_denial_need_not_be_denied(figures: Figures) -> None:
    found = figures("Non-smokers", {"Non": "Negation", "smokers": "Observation"}, ["E1\tNegation:T1 Negates:T2"])
    assert found["negation: denials", "recall"] == 1.0


def test_a_polarity_states_what_a_negative_test_denies(figures: Figures) -> None:
    spans = {"No": "Negation", "gout": "Condition", "negative": "Polarity", "pregnancy test": "Procedure"}
    found = figures("No gout; a negative pregnancy test", spans, ["E1\tNegation:T1 Negates:T2"])
    assert found["negation: denials", "precision"] == 1.0


def test_what_an_exclusion_does_not_permit_it_shuts_out(figures: Figures) -> None:
    spans = {"warfarin": "Drug", "not": "Negation"}
    said = ["E1\tNegation:T2 Negates:T1"]
    assert figures("Use of warfarin is not permitted", spans, said)["negation: denials", "recall"] == 1.0
    assert figures("Use of warfarin not tolerated", spans, said)["negation: denials", "recall"] == 0.0


def test_a_number_in_brackets_opens_another_statement(figures: Figures) -> None:
    spans = {"Angina": "Condition", "arrhythmia": "Condition", "gout": "Condition"}
    found = figures("Angina or arrhythmia. (2) gout", spans, ["R1\tOr Arg1:T1 Arg2:T2\t"])
    assert found["or grouping", "precision"] == 1.0

"""What the logic of a corpus is held to: what its annotators state, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

import limen
from limen.evaluation import logic
from limen.evaluation.brat import read_page


class Figures(Protocol):
    """Scores one annotated line."""

    def __call__(self, line: str, spans: dict[str, str], statements: list[str], role: str = "Exclusion") -> dict[tuple[str, str], float]: ...


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    def score(line: str, spans: dict[str, str], statements: list[str], role: str = "Exclusion") -> dict[tuple[str, str], float]:
        """The figures of one line; `spans` are its words by type, `statements` use T1, T2 ... in that order."""
        text = f"{role} Criteria:\n  -  {line}\n"
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


def test_a_comma_that_nobody_joined_is_asked_of_no_exclusion(figures: Figures) -> None:
    spans = {"Angina": "Condition", "arrhythmia": "Condition", "gout": "Condition"}
    assert figures("Angina or arrhythmia, gout", spans, ["R1\tOr Arg1:T1 Arg2:T2\t"])["or grouping", "precision"] == 1.0
    tied = ["R1\tOr Arg1:T1 Arg2:T2\t", "R2\tCaused-By Arg1:T2 Arg2:T3\t"]
    assert figures("Angina or arrhythmia, gout", spans, tied)["or grouping", "precision"] == 0.5  # something else was said of the two
    spans = {"Angina": "Condition", "arrhythmia": "Condition", "gout": "Condition", "asthma": "Condition"}
    said = ["R1\tOr Arg1:T1 Arg2:T2\t", "R2\tOr Arg1:T3 Arg2:T4\t"]
    assert figures("Angina or arrhythmia or gout or asthma", spans, said)["or grouping", "precision"] == pytest.approx(2 / 3)  # a word joins these
    assert figures("Angina, arrhythmia, gout, or asthma", spans, said, "Inclusion")["or grouping", "precision"] == pytest.approx(2 / 3)


def test_what_hangs_on_a_name_stands_in_its_or(figures: Figures) -> None:
    spans = {"Heart disease": "Condition", "angina": "Condition", "arrhythmia": "Condition", "gout": "Condition"}
    said = ["R1\tExample-Of Arg1:T2 Arg2:T1\t", "R2\tExample-Of Arg1:T3 Arg2:T1\t", "R3\tOr Arg1:T1 Arg2:T4\t"]
    assert figures("Heart disease (angina, arrhythmia) or gout", spans, said)["or grouping", "precision"] == 1.0
    said = ["R1\tTreatment-For Arg1:T2 Arg2:T1\t", "R2\tOr Arg1:T2 Arg2:T3\t"]
    spans = {"Asthma": "Condition", "omalizumab": "Drug", "prednisone": "Drug"}
    assert figures("Asthma or omalizumab or prednisone", spans, said)["or grouping", "precision"] == 0.5  # a disease is no alternative to its drug


def test_what_is_lifted_is_no_alternative(figures: Figures) -> None:
    spans = {"Cancer": "Condition", "other than": "Exception", "skin cancer": "Condition", "gout": "Condition"}
    said = ["E1\tException:T2 From:T1 Except:T3", "R1\tOr Arg1:T1 Arg2:T4\t"]
    assert figures("Cancer (other than skin cancer) or gout", spans, said)["or grouping", "precision"] == 1.0


def test_things_said_of_one_word_are_joined_in_a_way_nobody_states(figures: Figures) -> None:
    spans = {"other than": "Exception", "Cancer": "Condition", "melanoma": "Condition", "lymphoma": "Condition"}
    said = ["E1\tException:T1 From:T2 Except:T3 Except2:T4"]
    assert ("or grouping", "precision") not in figures("Cancer other than melanoma or lymphoma", spans, said)
    said.append("R1\tAnd Arg1:T3 Arg2:T4\t")
    spans |= {"gout": "Condition", "asthma": "Condition"}
    said.append("R2\tOr Arg1:T5 Arg2:T6\t")
    assert figures("Cancer other than melanoma or lymphoma; gout or asthma", spans, said)["or grouping", "precision"] == 0.5


def test_a_name_is_read_by_its_limit(figures: Figures) -> None:
    spans = {"Anaemia": "Condition", "haemoglobin": "Observation", "renal failure": "Condition", "creatinine": "Observation"}
    told = ["R1\tFound-By Arg1:T1 Arg2:T2\t", "R2\tFound-By Arg1:T3 Arg2:T4\t", "R3\tOr Arg1:T1 Arg2:T3\t"]
    line = "Anaemia (haemoglobin < 10 g/dL) or renal failure (creatinine > 2 mg/dL)"
    found = figures(line, spans, told)
    assert found["or grouping", "recall"] == found["or grouping", "precision"] == 1.0
    assert figures(line, spans, told[2:])["or grouping", "recall"] == 0.0


def test_the_sides_of_a_ratio_are_no_pair_but_two_limits_are(figures: Figures) -> None:
    spans = {"FEV1": "Observation", "FVC": "Observation"}
    said = ["R1\tOr Arg1:T1 Arg2:T2\t"]
    assert ("or grouping", "recall") not in figures("FEV1/FVC < 0.7", spans, said)
    assert figures("FEV1 or FVC < 70% predicted", spans, said)["or grouping", "recall"] == 1.0


def test_a_denial_taken_into_a_name_is_denied(figures: Figures) -> None:
    line = "No gout; patients unable to eat meat"
    spans = {"No": "Negation", "gout": "Condition", "unable to eat meat": "Condition"}
    assert figures(line, spans, ["E1\tNegation:T1 Negates:T2"])["negation: denials", "precision"] == 1.0
    spans = {"No": "Negation", "gout": "Condition", "eat meat": "Condition"}
    assert figures(line, spans, ["E1\tNegation:T1 Negates:T2"])["negation: denials", "precision"] == 0.5


def test_an_assertion_may_deny(figures: Figures) -> None:
    line = "No gout; patients unwilling to use condoms"
    spans = {"No": "Negation", "gout": "Condition", "unwilling to": "Assertion", "condoms": "Device"}
    said = ["E1\tNegation:T1 Negates:T2", "E2\tAssertion:T3 Asserted:T4"]
    assert figures(line, spans, said)["negation: denials", "precision"] == 1.0
    assert figures(line, spans, said[:1])["negation: denials", "precision"] == 0.5


def test_what_is_asserted_is_denied_with_its_assertion(figures: Figures) -> None:
    spans = {"not": "Negation", "willing": "Assertion", "condoms": "Device"}
    said = ["E1\tNegation:T1 Negates:E2", "E2\tAssertion:T2 Asserted:T3"]
    assert figures("Patients not willing to use condoms", spans, said)["negation: denials", "recall"] == 1.0


def test_a_consent_is_nothing_that_annotators_mark(figures: Figures) -> None:
    spans = {"No": "Negation", "gout": "Condition", "dementia": "Condition"}
    said = ["E1\tNegation:T1 Negates:T2"]
    assert figures("No gout; unable to consent because of dementia", spans, said)["negation: denials", "precision"] == 1.0
    assert figures("No gout; no dementia", spans, said)["negation: denials", "precision"] == 0.5


def test_what_an_exclusion_says_must_not_be_it_shuts_out(figures: Figures) -> None:
    spans = {"not": "Negation", "outpatients": "Encounter"}
    said = ["E1\tNegation:T1 Negates:T2"]
    assert figures("Patients must not be outpatients", spans, said)["negation: denials", "recall"] == 1.0
    assert figures("Patients who refuse, not outpatients", spans, said)["negation: denials", "recall"] == 0.0


def test_a_word_with_non_is_one_name_unless_the_bare_name_is_read(figures: Figures) -> None:
    said = ["E1\tNegation:T1 Negates:T2"]
    assert figures("Non-oncological stomach work", {"Non": "Negation", "oncological": "Condition"}, said)["negation: denials", "recall"] == 1.0
    spans = {"not": "Negation", "treated": "Condition"}
    assert figures("Asthma not treated beforehand", spans, said)["negation: denials", "recall"] == 0.0


def test_other_names_of_what_is_denied_are_denied(figures: Figures) -> None:
    spans = {"No": "Negation", "diabetes mellitus": "Condition", "(DM)": "Condition", "gout": "Condition"}
    said = ["E1\tNegation:T1 Negates:T2", "R1\tAbbrev-Of Arg1:T3 Arg2:T2\t", "R2\tOr Arg1:T3 Arg2:T4\t"]
    found = figures("No diabetes mellitus (DM) or gout", spans, said, "Inclusion")
    assert found["negation: denials", "precision"] == 1.0
    assert figures("No diabetes mellitus (DM) or gout", spans, said[:2], "Inclusion")["negation: denials", "precision"] == 0.5


def test_what_not_says_of_a_thing_is_denied_of_it(figures: Figures) -> None:
    spans = {"tumour": "Condition", "not": "Negation", "amenable": "Assertion", "embolisation": "Procedure"}
    said = ["E1\tNegation:T2 Negates:T1"]
    found = figures("The tumour is not amenable to embolisation", spans, said)
    assert found["negation: denials", "recall"] == found["negation: denials", "precision"] == 1.0  # a tumour, and not amenable
    said = ["E1\tNegation:T2 Negates:E2", "E2\tAssertion:T3 Asserted:T4"]
    found = figures("The tumour is not amenable to embolisation", spans, said)
    assert found["negation: denials", "recall"] == found["negation: denials", "precision"] == 1.0
    spans = {"tumour": "Condition", "not": "Negation", "gout": "Condition"}
    found = figures("Has a tumour or not had gout", spans, ["E1\tNegation:T2 Negates:T1"])
    assert found["negation: denials", "recall"] == 0.0  # here it is the gout that "not" denies


def test_a_state_named_by_its_denial_need_not_be_denied(figures: Figures) -> None:
    spans = {"non": "Negation", "childbearing potential": "Condition"}
    said = ["E1\tNegation:T1 Negates:T2"]
    assert figures("Women of non-childbearing potential", spans, said, "Inclusion")["negation: denials", "recall"] == 1.0
    assert figures("Women, non-pregnant, of childbearing potential", spans, said, "Inclusion")["negation: denials", "recall"] == 0.0


def test_a_value_and_a_mood_may_deny(figures: Figures) -> None:
    spans = {"No": "Negation", "gout": "Condition", "Negative": "Value", "HIV": "Measurement"}
    said = ["R1\tHas_negation Arg1:T2 Arg2:T1", "R2\tHas_value Arg1:T4 Arg2:T3"]
    assert figures("No gout; Negative HIV serology", spans, said)["negation: denials", "precision"] == 1.0
    spans = {"No": "Negation", "gout": "Condition", "Non-reactive": "Value", "HIV": "Measurement"}
    assert figures("No gout; no HIV, Non-reactive", spans, said)["negation: denials", "precision"] < 1.0
    spans = {"No": "Negation", "gout": "Condition", "unable to": "Mood", "brain scan": "Procedure"}
    said = ["R1\tHas_negation Arg1:T2 Arg2:T1", "R2\tHas_mood Arg1:T4 Arg2:T3"]
    assert figures("No gout; unable to have a brain scan", spans, said)["negation: denials", "precision"] == 1.0
    assert figures("No gout; unable to have a brain scan", spans, said[:1])["negation: denials", "precision"] == 0.5

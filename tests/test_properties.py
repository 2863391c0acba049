"""What holds for every text."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import limen
from limen import lexicon, line, outline, repair
from limen.assembly import Item, Read
from limen.criteria import Expression, Trial, leaves, thresholds
from limen.errors import RecordError
from limen.normalise import normalise
from limen.render import render, tree
from limen.rows import rows

FRAGMENTS = [
    "Inclusion Criteria:\n", "Exclusion Criteria:\n", "\n", "\r\n", "- ", "1) ", "(a) ", "• ", "? ", "  ", "\t", ", ", "; ", ". ", ": ", "(", ")",
    "age", "18 years", "hemoglobin", "Hb", "creatinine", "ALT", "AST", "ECOG", "NYHA class", "III", "platelets", "FVC", "DLCO", "blood pressure",
    " >= ", " < ", "≥", "≤", "³ ", "£ ", "\\>", "=", " ,", "&ge;", "â‰¥", "9", "100,000", "80 000", "1.5 × 10⁹", "160/100", "10^9", "2", "18-65",
    " mg/dL", "/mm3", " x ULN", " times the upper limit of normal", "% predicted", " mmHg", " umol/L", "℃",
    " and ", " or ", " and/or ", "at least two of the following:", "any of the following:", "unless ", "except for ", "However, ", "no ", "not ",
    " within 14 days before ", "screening", " in the past 6 months", "pregnant women", "history of ", "cancer", "if female", "0, 1, 2", "\0", "🙂", "日本",
]  # fmt: skip
texts = st.one_of(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join), st.text(max_size=200))
often = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def structured(text: str) -> Trial | None:
    """The trial of a text, or None where it is no record at all."""
    try:
        return limen.structure(text.encode("utf-8", "replace"), name="x.txt")
    except RecordError:
        return None


@often
@given(texts)
def test_no_text_raises_and_spans_slice_back(text: str) -> None:
    trial = structured(text)
    if trial is None:
        return
    for criterion in trial.criteria:
        assert trial.text[criterion.start : criterion.end] == criterion.text
        assert all(0 <= a < b <= len(trial.text) for a, b in criterion.accounted)
        for threshold in thresholds(criterion.requirement):
            assert trial.text[threshold.start : threshold.end] == threshold.text
            if threshold.concept_start is not None:
                assert trial.text[threshold.concept_start : threshold.concept_end] == threshold.concept_text
        for leaf in leaves(criterion.requirement):
            assert criterion.start <= leaf.start <= leaf.end <= criterion.end
        assert list(tree(criterion.requirement))
    for row in rows(trial):
        assert trial.text[row.start : row.end] == row.text
    assert Trial.model_validate_json(trial.model_dump_json(by_alias=True)) == trial.model_copy(update={"sections": ()})


@often
@given(texts)
def test_the_outline_tiles_the_text(text: str) -> None:
    view, _ = repair.view(text)
    assert len(view) == len(text)
    outlined = outline.outline(view, ())
    covered = [*outlined.furniture, *((c.mark_start, c.end) for _, top in outlined.clauses for c in top.walk())]
    accounted = {at for start, end in covered for at in range(start, end)}
    assert not [c for at, c in enumerate(view) if at not in accounted and not c.isspace()]
    own = sorted((c.start, c.end) for _, top in outlined.clauses for c in top.walk() if c.start < c.end)
    assert all(first[1] <= second[0] for first, second in zip(own, own[1:], strict=False))


@often
@given(texts)
def test_normalising_and_checking_twice_change_nothing(text: str) -> None:
    trial = structured(text)
    if trial is None:
        return
    known = lexicon.load()
    for criterion in trial.criteria:
        for threshold in thresholds(criterion.requirement):
            assert normalise(threshold, known) == threshold
    assert limen.check(trial) == trial


@often
@given(
    st.sampled_from(["creatinine|mg/dL", "creatinine|umol/L", "hemoglobin|g/dL", "hemoglobin|g/L", "albumin|g/dL", "potassium|mmol/L"]),
    st.sampled_from(["<", "<=", ">", ">=", "≥", "≤"]),
    st.decimals(min_value=Decimal("0.1"), max_value=Decimal(900), places=1),
)
def test_a_limit_that_is_written_out_is_read_again(limited: str, sign: str, number: Decimal) -> None:
    concept, _, unit = limited.partition("|")
    trial = structured(f"Inclusion Criteria:\n- {concept} {sign} {number} {unit}")
    assert trial is not None
    (threshold,) = thresholds(trial.criteria[0].requirement)
    written = render(threshold)
    again = structured(f"Inclusion Criteria:\n- {written}")
    assert again is not None
    assert [render(t) for t in thresholds(again.criteria[0].requirement)] == [written]


@pytest.mark.parametrize("text", ["Age\u2028 18", "a" * 7000 + " creatinine > 2 mg/dL", "- " * 500, "((((" * 3000, "1 2 3 4 5 6 7 8 9 " * 300])
def test_texts_that_once_were_hard(text: str) -> None:
    assert structured("Inclusion Criteria:\n" + text) is not None


def test_a_grammar_that_turns_in_a_circle_costs_its_criterion_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = line.assemble

    def turning(item: Item, role: Literal["inclusion", "exclusion"], read: Callable[[Item], Read]) -> Expression | None:
        return turning(item, role, read) if "ferritin" in read(item).mentions.text else whole(item, role, read)

    monkeypatch.setattr(line, "assemble", turning)
    monkeypatch.setattr(line, "limits", turning)
    text = b"Inclusion Criteria:\n- AST <= 40 U/L\n- ferritin < 300 ug/L\n- ALT <= 50 U/L"
    first, lost, last = limen.structure(text).criteria
    assert (first.status, lost.status, last.status) == ("structured", "unread", "structured")
    assert [f.code for f in lost.findings] == ["unread_text"]
    assert [r.concept for r in rows(limen.structure(text, limits_only=True))] == ["aspartate_aminotransferase", "ferritin", "alanine_aminotransferase"]

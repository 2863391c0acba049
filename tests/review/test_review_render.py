"""Registry text is shown as text, and offsets survive the browser's way of counting."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review_trials import COMBINING, CREATININE, HOSTILE, JAPANESE, fake_trials

from limen.criteria import Criterion, Unread
from limen.review import render, trees
from limen.review.decisions import first_draft

TEXTS = [
    CREATININE,
    HOSTILE,
    JAPANESE,
    COMBINING,
    "Weight 🏋️ of 40 kg\r\nor more\r\nat entry",
    "a\rb\tc\x00d\ufeff🏴\U000e0067",
]
CRITERIA = [criterion for trial in fake_trials()[:4] for criterion in trial.criteria]


def utf16_slice(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@pytest.mark.parametrize("text", TEXTS)
def test_every_code_point_goes_to_the_browser_and_back(text: str) -> None:
    for offset in range(len(text) + 1):
        assert render.from_utf16(text, render.to_utf16(text, offset)) == offset
        assert utf16_slice(text, 0, render.to_utf16(text, offset)) == text[:offset]
    for offset in (o for o in range(len(text) + 1) if text[o - 1 : o + 1] != "\r\n"):
        assert render.from_area(text, render.to_area(text, offset)) == offset


def test_half_a_surrogate_pair_takes_the_whole_character() -> None:
    assert render.from_utf16("a🧬b", 2) == 1
    assert render.from_utf16("a🧬b", 2, end=True) == 2
    assert render.from_area("a🧬b", 2) == 1
    assert render.from_area("a🧬b", 2, end=True) == 2


@given(st.text())
def test_offsets_round_trip_for_any_text(text: str) -> None:
    places = [render.to_utf16(text, offset) for offset in range(len(text) + 1)]
    assert [render.from_utf16(text, units) for units in places] == list(range(len(text) + 1))
    assert len(render.area_text(text).encode("utf-16-le")) == len(text.encode("utf-16-le"))


@given(st.text(max_size=60))
def test_any_text_is_escaped_and_says_where_its_pieces_start(text: str) -> None:
    html = str(render.marked(text, Unread(start=0, end=len(text), text=text), ()))
    assert not re.search(r"<(?!/?(?:mark|span)\b)", html)
    places = [int(units) for units in re.findall(r'data-s="(\d+)"', html)]
    assert places == sorted(places) and (places[:1] == [0] or text == "")


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda c: f"{c.id}-{c.start}")
def test_marks_stand_on_the_words_that_they_name(criterion: Criterion) -> None:
    draft = first_draft(criterion)
    html = str(render.marked(criterion.text, draft.requirement, ()))
    for path, leaf in trees.leaf_paths(draft.requirement):
        first = re.search(rf'<mark class="\w+" data-s="(\d+)" data-path="{path}"', html)
        assert first is not None
        spans = [leaf.start, getattr(leaf, "concept_start", None)]
        assert int(first[1]) == render.to_utf16(criterion.text, min(s for s in spans if s is not None))


def test_hostile_text_shows_as_text() -> None:
    html = str(render.visible(HOSTILE))
    assert "<script>" not in html and "<img" not in html
    assert "&lt;script&gt;" in html
    assert "\u202e" not in html and "U+202E" in html
    assert render.plain("a\u202eb") == "a⟨U+202E⟩b"
    assert render.unplain(render.plain("a\u202eb")) == "a\u202eb"


def test_joiners_inside_emoji_are_left_alone() -> None:
    assert "\u200d" in str(render.visible("👩\u200d⚕️"))


def test_a_limit_in_words() -> None:
    criteria = {f"{t.trial_id}-{c.id}": c for t in fake_trials() for c in t.criteria}
    words = {k: [render.leaf_words(leaf) for _, leaf in trees.leaf_paths(c.requirement)] for k, c in criteria.items()}
    assert words["FAKE-03-I1"] == ["creatinine <= 2 mg/dL [within 4 wk screening]"]
    assert words["FAKE-01-I2"] == ["Skin tightening", '"modified Rodnan score" > 10']
    node = render.node(criteria["FAKE-01-I2"].requirement)
    assert (node.label, [part.number for part in node.parts]) == ("ANY of", [1, 2])

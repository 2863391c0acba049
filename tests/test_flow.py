"""The flow: wrapped lines joined, and every place of the flow known in the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import limen
from limen.flow import flow

_FILLED = "Patients with a severe renal impairment and a filtration rate that is below 30"


def test_a_filled_line_goes_on_in_the_next() -> None:
    text = f"{_FILLED}\n              mL/min are excluded"
    flowing = flow(text)
    assert flowing.text == f"{_FILLED} mL/min are excluded"
    start = flowing.text.index("30 mL/min")
    assert text[slice(*flowing.span(start, start + len("30 mL/min")))] == "30\n              mL/min"


def test_a_line_that_its_writer_ended_stays() -> None:
    for text in ("gout\nasthma", "gout\n\nasthma", f"{_FILLED}\n- asthma", f"{_FILLED}\n\nasthma", f"{_FILLED}\n2. asthma", "x" * 120 + "\nasthma"):
        assert flow(text).text == text


def test_a_short_line_that_cannot_end_there_goes_on() -> None:
    assert flow("creatinine ≤\n  2 mg/dL").text == "creatinine ≤ 2 mg/dL"
    assert flow("no history of\r\nasthma").text == "no history of asthma"


@given(st.text(alphabet=st.sampled_from("ab, \n\r\t(≥3\xa0"), max_size=300))
def test_every_place_comes_back(text: str) -> None:
    flowing = flow(text)
    assert "".join(flowing.text.split()) == "".join(text.split())
    for place, char in enumerate(flowing.text):
        origin = flowing.origin(place)
        if not char.isspace():
            assert text[origin] == char and flowing.place(origin) == place


def test_a_limit_over_two_lines_keeps_its_words_and_places() -> None:
    text = f"Exclusion Criteria:\n\n1. {_FILLED}\n              mL/min"
    trial = limen.structure(text.encode())
    (limit,) = (t for c in trial.criteria for t in limen.criteria.thresholds(c.requirement))
    assert (limit.operator, limit.high, limit.unit) == ("lt", 30, "mL/min")
    assert trial.text[limit.start : limit.end] == limit.text == "below 30\n              mL/min"

"""The verdict as a table, as JSON and as a page."""

from __future__ import annotations

import json
from datetime import date
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from screening_notation import INDEX, trial

from limen.screening import Verdict, read_profile, screen
from limen.screening.report import html, print_verdicts

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202eevil [red]markup[/red]"


def verdict_of(text: str = "age of 18 or more", id: str = "P1") -> Verdict:
    made = trial(
        [
            {"inclusion": "age >= 18 a", "text": text},
            {"exclusion": "creatinine >= 2 mg/dL"},
            {"inclusion": "ECOG <= 2"},
        ],
        trial_id=id,
    )
    person = {"id": id, "birth_date": "1980-05-01", "screening_date": "2026-11-01",
              "observations": [{"name": "creatinine", "value": 180, "unit": "umol/L", "date": "2026-10-20"}]}  # fmt: skip
    return screen(made, read_profile(person), index=INDEX)


def test_json_is_the_contract() -> None:
    content = json.loads(verdict_of().model_dump_json(by_alias=True))
    assert content["schema"] == "limen.verdict/1"
    assert {"patient_id", "trial_id", "on", "verdict", "criteria", "missing", "near_misses"} <= set(content)
    assert set(content["criteria"][0]) == {"criterion_id", "role", "text", "holds", "effect", "because", "missing"}
    assert {"leaf", "patient", "conversion", "holds"} <= set(content["criteria"][1]["because"][0])
    assert content["on"] == "2026-11-01"
    assert Verdict.model_validate(content) == verdict_of()


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_table_fits_the_terminal(width: int) -> None:
    out = StringIO()
    print_verdicts([verdict_of("a" * 300), verdict_of()], Console(file=out, width=width, color_system=None))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0].startswith("INELIGIBLE")
    assert lines[-1] == "2 ineligible"
    assert any("missing, most decisive first: ECOG" in line for line in lines)


def test_the_table_prints_markup_as_it_is() -> None:
    out = StringIO()
    print_verdicts([verdict_of(HOSTILE, id="[bold]x")], Console(file=out, width=200, color_system=None))
    assert "[red]markup[/red]" in out.getvalue()
    assert "[bold]x" in out.getvalue()


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_escapes_every_word() -> None:
    page = html([verdict_of(HOSTILE, id="<b>\"'&")])
    parser = _Tags()
    parser.feed(page)
    tags = {tag for tag, _ in parser.seen}
    assert not tags & {"script", "img", "b", "iframe", "link"}
    assert not any(name.startswith("on") or name in ("src", "href") for _, attrs in parser.seen for name, _ in attrs)
    assert "<script>alert(1)</script>" in "".join(parser.text)
    assert "\u202e" not in page


def test_the_page_holds_what_the_verdict_says() -> None:
    parser = _Tags()
    parser.feed(html([verdict_of(), verdict_of()]))
    text = "".join(parser.text)
    assert text.count("180 umol/L = 2.04 mg/dL") == 2
    assert "@media print" in text
    assert sum(tag == "section" for tag, _ in parser.seen) == 2


def test_no_verdict_is_a_page_too() -> None:
    assert html([]).startswith("<!doctype html>")


def _relaxed() -> dict[str, Any]:
    people = [
        {"id": f"P{hb}", "birth_date": "1980-01-01", "observations": [{"name": "Hb", "value": hb, "unit": "g/dL"},
                                                                      {"name": "ECOG", "value": hb % 4}]}
        for hb in range(6, 16)
    ]  # fmt: skip
    return {"people": people, "criteria": [{"inclusion": "Hb >= 10 g/dL"}, {"inclusion": "ECOG <= 1"}]}


def test_the_funnel_and_what_a_step_would_gain() -> None:
    pytest.importorskip("duckdb", reason="the screen extra is not installed")
    from limen.screening.cohort import Cohort

    given = _relaxed()
    cohort = Cohort.of((read_profile(one) for one in given["people"]), on=date(2026, 11, 1), index=INDEX)
    made = trial(given["criteria"])
    (result,) = cohort.screen([made])
    assert len(cohort) == 10
    assert result.counts == {"eligible": 2, "ineligible": 8, "undetermined": 0}
    first, second = result.funnel()
    assert (first.entering, first.excluded, first.excluded_overall, first.alone) == (10, 4, 4, 2)
    assert (second.entering, second.excluded, second.excluded_overall, second.alone) == (6, 4, 6, 4)
    gains = {one.relaxed: (one.eligible, one.not_excluded) for one in cohort.relaxations(made)}
    assert gains == {"ECOG <= 2": (2, 2), "Hb >= 9 g/dL": (1, 1)}
    assert next(iter(cohort.screen([made]))).verdicts()["P12"] == "eligible"

"""limen.evaluation on small gold of our own, and against the corpora's own measure where they are beside the project."""

from __future__ import annotations

import io
import json
import runpy
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

import limen
from limen.criteria import Threshold, Trial
from limen.evaluation import ReportError, compare, evaluate, fold_of, read_report
from limen.evaluation.brat import read_page
from limen.evaluation.notation import load
from limen.evaluation.rule import plain_unit
from limen.exports import THRESHOLDS

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
TEXT = """Inclusion Criteria:
  -  Haemoglobin above 10 g/dL or platelets of at least 90 x 10^9/L
  -  Age 18 to 70 years
Exclusion Criteria:
  -  No prior lymphoma
  -  Any tumour other than melanoma
  -  At least two of the following: fever, cough
"""


def row(words: str, name: str, operator: str, values: list[float], **more: Any) -> dict[str, Any]:
    start, at = TEXT.index(words), TEXT.index(name)
    concept = {"text": name, "type": "Observation", "start": at, "end": at + len(name), "aliases": []}
    line = next(x for x in TEXT.splitlines() if words in x)
    base = {"trial": "T1", "file": "x/T1.ann", "section": "inclusion", "line": line, "concept_text": name, "comparison_text": words}
    return {
        **base, "operator": operator, "values": values, "unit_text": None, "scale": None, "kind": "lab", "numeric": True,
        "char_start": start, "char_end": start + len(words), "concepts": [concept], "form": "single", "operator_text": words[:5], **more,
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus of one text with three comparisons and four statements of logic."""
    home = tmp_path / "small"
    home.mkdir()
    core = [
        row("above 10 g/dL", "Haemoglobin", "gt", [10.0], unit_text="g/dL"),
        row("at least 90 x 10^9/L", "platelets", "ge", [90.0], unit_text="/L", scale=1e9),
        row("18 to 70 years", "Age", "between", [18.0, 70.0], unit_text="years", kind="age"),
    ]
    for name, rows in (("core", core), ("window", []), ("thresholds", core)):
        (home / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    (home / "T1.txt").write_text(TEXT, encoding="utf-8", newline="")
    spans: list[str] = []

    def span(kind: str, words: str) -> str:
        start = TEXT.index(words)
        spans.append(f"T{len(spans) + 1}\t{kind} {start} {start + len(words)}\t{words}")
        return f"T{len(spans)}"

    a, b = span("Observation", "Haemoglobin"), span("Observation", "platelets")
    no, lymphoma = span("Negation", "No prior"[:2]), span("Condition", "lymphoma")
    tumour, other, melanoma = span("Condition", "tumour"), span("Exception", "other than"), span("Condition", "melanoma")
    count, least, two = span("Criteria-Count", "the following"), span("Eq-Comparison", "At least two"), span("Eq-Value", "two")
    fever, cough = span("Condition", "fever"), span("Condition", "cough")
    events = [
        f"E1\tNegation:{no} Negates:{lymphoma}",
        f"E2\tException:{other} From:{tumour} Except:{melanoma}",
        f"E3\tEq-Comparison:{least} Value:{two}",
        f"E4\tCriteria-Count:{count} Min-Value:E3 Criteria:{fever} Criteria2:{cough}",
    ]
    relations = [f"R1\tOr Arg1:{a} Arg2:{b}\t"]
    (home / "T1.ann").write_text("\n".join([*spans, *events, *relations]) + "\n", encoding="utf-8")
    return home


def test_brat_statements_are_read(folder: Path) -> None:
    page = read_page(folder / "T1.ann")
    words = {i: page.text[i.start : i.end] for i in page.items}
    assert [words[d.target] for d in page.denied] == ["lymphoma"]
    assert [[words[i] for i in group] for group in page.either] == [["Haemoglobin", "platelets"]]
    assert [(words[e.general[0]], words[e.spared[0]]) for e in page.exempt] == [("tumour", "melanoma")]
    assert [(c.least, [words[i] for i in c.of]) for c in page.counts] == [(2, ["fever", "cough"])]


def test_a_corpus_is_scored(folder: Path) -> None:
    report = evaluate([folder], predicted=limen.structure)
    for measure in ("found", "op+values", "concept+op+values", "exact", "precision", "F1"):
        assert report.value("small/core", measure) == 1.0, report.listing()
    assert report.value("small/core", "exact", "kind: age") == 1.0
    assert report.value("small/core", "exact", "power of ten beside the unit") == 1.0
    assert report.value("small/logic", "recall", "inclusion or exclusion") == 1.0
    assert report.value("small/logic", "recall", "exception") == 1.0
    assert report.value("small/logic", "recall", "or grouping") == 1.0
    assert "small/core" in report.table()
    with pytest.raises(ReportError, match="no figure 'speed'"):
        report.value("small/core", "speed")


def changed(trial: Trial, **update: Any) -> Trial:
    """The trial with its haemoglobin limit altered."""
    from limen.assembly import map_thresholds

    def change(t: Threshold) -> Threshold:
        return t.model_copy(update=update) if t.concept == "hemoglobin" else t

    return trial.model_copy(
        update={"criteria": tuple(c.model_copy(update={"requirement": map_thresholds(c.requirement, change)}) for c in trial.criteria)}
    )


@pytest.mark.parametrize(
    ("update", "field"),
    [
        ({"operator": "ge"}, "operator"),
        ({"low": 11}, "values"),
        ({"unit": "g/L", "unit_text": "g/L"}, "unit"),
        ({"concept": "x", "concept_text": "x", "concept_start": None, "concept_end": None}, "concept"),
    ],
)
def test_an_error_names_its_field(folder: Path, update: dict[str, Any], field: str) -> None:
    report = evaluate([folder], predicted=lambda source, role=None: changed(limen.structure(source, role=role), **update))
    (error,) = [e for e in report.errors if e.part == "small/core"]
    assert error.field == field
    assert error.text.startswith("-  Haemoglobin above 10")
    assert report.value("small/core", "exact") == pytest.approx(2 / 3)
    assert report.value("small/core", "found") == 1.0


def test_a_limit_that_nobody_annotated_costs_precision(folder: Path) -> None:
    core = (folder / "core.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "core.jsonl").write_text("".join(core[:1]), encoding="utf-8")
    report = evaluate([folder], predicted=limen.structure)
    assert report.value("small/core", "precision") == 1.0, "comparisons of other sets do not count"
    (folder / "thresholds.jsonl").write_text("".join(core[:1]), encoding="utf-8")
    report = evaluate([folder], predicted=limen.structure)
    assert report.value("small/core", "precision") < 0.5
    assert {e.note for e in report.errors if e.field == "precision"} == {"no annotation there"}


def test_two_runs_are_compared(folder: Path) -> None:
    good = evaluate([folder], predicted=limen.structure)
    bad = evaluate([folder], predicted=lambda source, role=None: changed(limen.structure(source, role=role), operator="ge"))
    assert read_report(good.json()) == good
    worse = compare(good, bad)
    assert [e.field for e in worse.broken] == ["operator"] and not worse.mended
    assert {(new.part, new.measure) for _, new in worse.figures} >= {("small/core", "exact"), ("small/core", "op+values")}
    better = compare(bad, good)
    assert [e.field for e in better.mended] == ["operator"] and not better.broken
    assert "mended: 1" in better.table()
    assert json.loads(better.json())["schema"] == "limen.comparison/1"
    with pytest.raises(ReportError, match="not a report"):
        read_report("[]")


def test_our_own_schema_is_gold(folder: Path, tmp_path: Path) -> None:
    trial = limen.structure(folder / "T1.txt")
    gold = tmp_path / "gold.jsonl"
    gold.write_text(trial.model_dump_json(by_alias=True) + "\n", encoding="utf-8")
    same = evaluate([gold], predicted=limen.structure)
    assert {f.value for f in same.figures if f.group == "all"} == {1.0}, same.listing()
    assert not same.errors
    saved = evaluate([gold], predicted=[gold])
    assert saved.figures == same.figures
    other = evaluate([gold], predicted=lambda source, role=None: changed(limen.structure(source, role=role), operator="ge"))
    assert other.value("gold/thresholds", "operator") < 1.0
    assert [e.field for e in other.errors] == ["operator"]


def test_trees_are_compared_by_structure(tmp_path: Path) -> None:
    gold = tmp_path / "gold.yaml"
    gold.write_text(
        """
- id: either
  role: inclusion
  shows: [and/or]
  text: Haemoglobin above 10 g/dL or platelets below 90 x 10^9/L
  tree:
    all_of:
      - {measurement: above 10 g/dL, of: Haemoglobin, is: hemoglobin > 10 g/dL}
      - {measurement: below 90 x 10^9/L, of: platelets, is: platelets < 90 e9 /L}
""",
        encoding="utf-8",
    )
    report = evaluate([gold], predicted=limen.structure)
    assert report.value("gold/thresholds", "exact") == 1.0, report.listing()
    assert report.value("gold/trees", "leaves") == 1.0
    assert report.value("gold/trees", "joints") == 0.0, "the text says or"
    assert report.value("gold/trees", "whole tree", "phenomenon: and/or") == 0.0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  tree: {measurement: nowhere, is: x > 1}", "'nowhere' are not in the text"),
        ("  tree: {organ: heart}", "no leaf or group is called 'organ'"),
        ("  tree: {condition: heart, colour: red}", "has no \\['colour'\\]"),
        ("  trees: 1", "has the keys"),
    ],
)
def test_notation_that_is_wrong_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(f"- id: one\n  role: inclusion\n  shows: []\n  text: heart\n{line}\n", encoding="utf-8")
    with pytest.raises(ReportError, match=message):
        load(path)


def test_gold_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no gold there"):
        evaluate([tmp_path], predicted=limen.structure)
    (tmp_path / "x.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match="not trials of the schema"):
        evaluate([tmp_path], predicted=limen.structure)


def test_folds_are_by_trial(folder: Path) -> None:
    assert {fold_of(f"T{i}", 5) for i in range(100)} == set(range(5))
    report = evaluate([folder], predicted=limen.structure, folds=2)
    mine, other = fold_of("T1", 2), 1 - fold_of("T1", 2)
    sizes = {f.group: f.of for f in report.figures if f.part == "small/core" and f.measure == "exact"}
    assert sizes[f"fold {mine}"] == 3 and sizes[f"fold {other}"] == 0
    none = evaluate([folder], predicted=limen.structure, part=lambda trial: trial != "T1")
    assert not any(f.of for f in none.figures)


@pytest.mark.parametrize(
    ("one", "two"),
    [("mg/dL", "mg per deciliter"), ("× ULN", "times the upper limit of normal"), ("years", "yrs"), ("x10^9/L", "/L"), ("µg", "ug")],
)
def test_spellings_of_one_unit_are_one(one: str, two: str) -> None:
    assert plain_unit(one) == plain_unit(two)


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not beside the project")
@pytest.mark.parametrize("name", ["lct", "chia"])
def test_the_rule_agrees_with_the_corpora_s_own_measure(name: str, tmp_path: Path) -> None:
    trials: list[Trial] = []

    def reader(source: Path | Trial, role: Any = None) -> Trial:
        trials.append(limen.structure(source, role=role, limits_only=True))
        return trials[-1]

    report = evaluate([CORPORA / name], predicted=reader)
    rows = [THRESHOLDS["jsonl"].text(trial) for trial in trials]
    theirs = _measured(CORPORA / name, "".join(rows), tmp_path / "figures.json")
    for part, figures in theirs.items():
        for mine, measure in (("found", "found"), ("op+values", "op_values"), ("exact", "exact"), ("precision", "precision"), ("F1", "f1")):
            assert report.value(f"{name}/{part}", mine) == pytest.approx(figures[measure], abs=5e-4), (part, mine)


def _measured(folder: Path, rows: str, out: Path) -> dict[str, dict[str, float]]:
    """What measure.py makes of the rows."""
    saved = sys.argv, sys.stdin, list(sys.path)
    sys.argv, sys.stdin = ["measure.py", str(folder), "--json", str(out)], io.StringIO(rows)
    try:
        with redirect_stdout(io.StringIO()):
            runpy.run_path(str(CORPORA / "measure.py"), run_name="__main__")
    finally:
        sys.argv, sys.stdin, sys.path[:] = saved
        sys.modules.pop("score", None)
    figures: dict[str, dict[str, float]] = json.loads(out.read_text(encoding="utf-8"))
    return figures

"""The shipped concept model: what it finds, that it always finds the same, and that it stays small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from limen.reading import model as module
from limen.reading.model import KINDS, WEIGHTS, ConceptModel, ModelNames, model
from limen.reading.names import CONCEPTS, MEASURED
from limen.reading.pipeline import load

LINES = [
    "Known hypersensitivity to sulfonamides or severe hepatic encephalopathy",
    "Treatment with oral anticoagulants within 3 weeks before randomisation",
    "Serum creatinine above 1.9 mg/dL",
    "Age between 20 and 71 years",
]


@pytest.fixture(scope="module")
def trained() -> ConceptModel:
    found = model()
    assert found is not None, "the weights are part of the package"
    return found


def test_it_is_small_and_says_what_it_is() -> None:
    assert sum(p.stat().st_size for p in WEIGHTS.rglob("*") if p.is_file()) < 10_000_000
    meta = json.loads((WEIGHTS / "meta.json").read_text(encoding="utf-8"))
    assert {"10.1038/s41597-022-01521-0", "10.1038/s41597-020-00620-0"} == {s.split("doi ")[1] for s in meta["sources"]}
    assert set(KINDS) <= set(meta["limen_confidence"])
    assert all(0 <= c <= 1 for c in meta["limen_confidence"].values())


def test_the_card_names_both_corpora_and_how_to_retrain() -> None:
    card = (Path(__file__).resolve().parents[1] / "models" / "MODEL_CARD.md").read_text(encoding="utf-8")
    for words in ("Dobbins", "Kury", "MIT", "CC BY 4.0", "spacy project run all", "What it is bad at"):
        assert words in card


def test_names_have_places_types_and_confidences(trained: ConceptModel) -> None:
    found = [f for line in LINES for f in trained.find(line)]
    assert {"CONDITION", "DRUG"} <= {f.label for f in found}
    assert all(0 < f.confidence <= 1 for f in found if f.label in KINDS)
    words = {line[f.start : f.end] for line in LINES for f in trained.find(line)}
    assert any("encephalopathy" in w for w in words)
    assert any("anticoagulants" in w for w in words)
    (age,) = [f for f in trained.find(LINES[3]) if f.label == "AGE_LIMIT"]
    assert LINES[3][age.start : age.end] == "between 20 and 71 years"


def test_the_same_text_gives_the_same_names() -> None:
    one, many = ConceptModel(), ConceptModel()
    many.prepare([*LINES, "\n".join(LINES), ""])
    for line in LINES:
        assert one.find(line) == many.find(line) == ConceptModel().find(line)
    offset = len(LINES[0]) + 1
    moved = [f._replace(start=f.start + offset, end=f.end + offset) for f in one.find(LINES[1])]
    joined = many.find("\n".join(LINES))
    assert [f for f in joined if offset <= f.start < offset + len(LINES[1])] == moved
    assert many.find("") == ()


def test_a_name_of_the_lexicon_is_not_overruled(trained: ConceptModel) -> None:
    nlp = load()
    names = nlp.get_pipe("limen_names")
    doc = names(nlp.make_doc("History of stroke or Quillworth syndrome, with creatinine above 2 mg/dL"))
    before = [(s.start, s.end, s.label_) for group in (CONCEPTS, MEASURED) for s in doc.spans[group]]
    after = ModelNames(trained)(doc)
    kept = [(s.start, s.end, s.label_) for group in (CONCEPTS, MEASURED) for s in after.spans[group]]
    assert set(before) <= set(kept)
    added = [s for s in after.spans[CONCEPTS] if s.label_.startswith(module.PREFIX)]
    assert [s.text for s in added] == ["Quillworth syndrome"]
    spans = sorted(kept)
    assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:]))


def test_without_weights_there_is_no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "WEIGHTS", tmp_path)
    model.cache_clear()
    try:
        assert model() is None
    finally:
        monkeypatch.undo()
        model.cache_clear()

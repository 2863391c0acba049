"""From the two corpora to spaCy's training format: one Doc a line of text, one entity a name or comparison.

    python scripts/convert.py CORPORA OUT [--fold K]

CORPORA holds `lct` and `chia` (brat folders with thresholds.jsonl).  A trial belongs to the fold that the SHA-256 of its
id gives, modulo 5; `--fold K` keeps that fold for `dev.spacy`, without it fold 4 of every ten is a small dev part.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin
from spacy.util import filter_spans

from limen.evaluation.brat import read_page
from limen.evaluation.folds import fold_of
from limen.reading.tokenizer import ClinicalTokenizer

LABELS = {
    "Condition": "CONDITION", "Drug": "DRUG", "Procedure": "PROCEDURE", "Observation": "OBSERVATION", "Measurement": "MEASUREMENT",
    "Allergy": "CONDITION", "Immunization": "DRUG", "Encounter": "PROCEDURE", "Device": "PROCEDURE",
}  # fmt: skip
KINDS = {
    "time_window": "WINDOW", "duration": "DURATION", "dose": "DOSE", "count": "COUNT", "count_dose": "COUNT", "stage": "STAGE",
    "lab": "LIMIT", "lab_other": "LIMIT", "vital": "LIMIT", "measurement": "LIMIT", "score": "LIMIT", "survey": "LIMIT",
    "social": "LIMIT", "other": "LIMIT", "age": "AGE_LIMIT", "person_other": "LIMIT",
}  # fmt: skip
MEASURED = frozenset({"lab", "lab_other", "vital", "measurement", "score", "survey", "social", "other", "person_other"})
_TYPE = re.compile(r"^A\d+\tObservation-Type-Value (\w+) (lab|vital|clinical-score|measurement)\b", re.MULTILINE)


def spans(folder: Path) -> Iterator[tuple[str, str, list[tuple[int, int, str]]]]:
    """Trial id, text and labelled spans of every annotated file."""
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    for line in (folder / "thresholds.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[str(row["file"]).rsplit("/", 1)[-1].rsplit(".", 1)[0]].append(row)
    for path in sorted(folder.glob("*.ann")):
        page = read_page(path)
        found = {(i.start, i.end): LABELS[i.type] for i in page.items if i.type in LABELS}
        found |= dict.fromkeys(_measured(path), "MEASUREMENT")
        for row in rows[path.stem]:
            if row["kind"] in MEASURED and row["numeric"]:
                for concept in row["concepts"]:
                    if concept["end"] - concept["start"] > 1 and concept["type"] not in ("Age", "Person", "Drug", "Procedure"):
                        found[concept["start"], concept["end"]] = "MEASUREMENT"
            if row["kind"] in KINDS:
                found[row["char_start"], row["char_end"]] = KINDS[row["kind"]]
        yield path.stem.split("_")[0], page.text, [(a, b, label) for (a, b), label in sorted(found.items()) if "\n" not in page.text[a:b]]


def _measured(path: Path) -> list[tuple[int, int]]:
    """LCT: observations that the annotators call a lab, a vital sign, a score or a measurement."""
    lines = path.read_text(encoding="utf-8")
    triggers = dict(re.findall(r"^(E\d+)\t\w[\w-]*:(T\d+)", lines, re.MULTILINE))
    places = {t: (int(a), int(b)) for t, a, b in re.findall(r"^(T\d+)\t\S+ (\d+) (?:\d+;\d+ )*(\d+)\t", lines, re.MULTILINE)}
    return [places[triggers[e]] for e, _ in _TYPE.findall(lines) if e in triggers and triggers[e] in places]


def docs(folder: Path, tokenizer: ClinicalTokenizer) -> Iterator[tuple[str, Doc]]:
    """A Doc a line, with the trial that it is of."""
    for trial, text, found in spans(folder):
        for line in re.finditer(r"[^\r\n]+", text):
            doc = tokenizer(line.group())
            inside = [(a - line.start(), b - line.start(), label) for a, b, label in found if line.start() <= a and b <= line.end()]
            marks = [doc.char_span(a, b, label, alignment_mode="expand") for a, b, label in inside if line.group()[a:b].strip()]
            doc.set_ents(filter_spans([m for m in marks if m is not None]))
            if line.group().strip():
                yield trial, doc


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fold", type=int)
    arguments = parser.parse_args()
    tokenizer = ClinicalTokenizer(spacy.blank("en").vocab)
    train, dev = DocBin(), DocBin()
    for corpus in ("lct", "chia"):
        for trial, doc in docs(arguments.corpora / corpus, tokenizer):
            held = fold_of(trial, 5) == arguments.fold if arguments.fold is not None else fold_of(trial, 20) == 0
            (dev if held else train).add(doc)
    arguments.out.mkdir(parents=True, exist_ok=True)
    train.to_disk(arguments.out / "train.spacy")
    dev.to_disk(arguments.out / "dev.spacy")
    print(f"{len(train)} lines to train on, {len(dev)} held out")


if __name__ == "__main__":
    main()

"""Cross-validation by trial: a model trained on four fifths of the trials, scored on the last, for each fifth.

    python scripts/crossval.py CORPORA WORK [--folds 0 1 2 3 4]

Writes WORK/fold<K>/model-last, and WORK/crossval.json with the figures of the held-out trials by type: exact boundaries
(strict) and any overlap of the right type.  The number of steps is fixed, so the held-out fold chooses nothing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin

import limen.reading.tokenizer  # noqa: F401  (registers the tokenizer that the models name)

HERE = Path(__file__).resolve().parent


def train(corpora: Path, work: Path, fold: int) -> Path:
    """The model of one fold; one that is there already is taken as it is."""
    home = work / f"fold{fold}"
    if not (home / "model-last").is_dir():
        subprocess.run([sys.executable, str(HERE / "convert.py"), str(corpora), str(home), "--fold", str(fold)], check=True)
        command = ["-m", "spacy", "train", str(HERE.parent / "configs" / "concepts.cfg"), "--code", str(HERE / "code.py")]
        paths = ["--output", str(home), "--paths.train", str(home / "train.spacy"), "--paths.dev", str(home / "dev.spacy")]
        subprocess.run([sys.executable, *command, *paths], check=True)
    return home


def count(home: Path) -> dict[str, Counter[str]]:
    """Per type: gold spans, read spans, exact ones, and those of either side that overlap one of their type."""
    nlp = spacy.load(home / "model-last")
    gold = list(DocBin().from_disk(home / "dev.spacy").get_docs(nlp.vocab))
    plain = [Doc(nlp.vocab, words=[t.text for t in d], spaces=[bool(t.whitespace_) for t in d]) for d in gold]
    counts: dict[str, Counter[str]] = {}
    for want, got in zip(gold, nlp.pipe(plain)):
        for spans, others, side in ((want.ents, got.ents, "gold"), (got.ents, want.ents, "read")):
            for span in spans:
                mine = counts.setdefault(span.label_, Counter())
                mine[side] += 1
                same = [o for o in others if o.label_ == span.label_]
                mine[f"{side} overlap"] += any(o.start < span.end and span.start < o.end for o in same)
                mine[f"{side} exact"] += any((o.start, o.end) == (span.start, span.end) for o in same)
    return counts


def figures(counts: Counter[str]) -> dict[str, float]:
    made: dict[str, float] = {"gold": counts["gold"]}
    for how in ("exact", "overlap"):
        recall = counts[f"gold {how}"] / max(1, counts["gold"])
        precision = counts[f"read {how}"] / max(1, counts["read"])
        f1 = 2 * recall * precision / max(1e-9, recall + precision)
        made |= {f"{how} precision": round(precision, 3), f"{how} recall": round(recall, 3), f"{how} F1": round(f1, 3)}
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--folds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    arguments = parser.parse_args()
    total: dict[str, Counter[str]] = {}
    for fold in arguments.folds:
        for label, counts in count(train(arguments.corpora, arguments.work, fold)).items():
            total.setdefault(label, Counter()).update(counts)
            total.setdefault("all", Counter()).update(counts)
    made = {label: figures(total[label]) for label in sorted(total)}
    body = {"folds": len(arguments.folds), "types": made}
    (arguments.work / "crossval.json").write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(body, indent=1))


if __name__ == "__main__":
    main()

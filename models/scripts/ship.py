"""Copies a trained pipeline to where it is kept, with each type's confidence.

    python scripts/ship.py MODEL FIGURES TARGET VERSION

FIGURES holds the figures of held-out trials, as crossval.py writes them: a type's confidence is its precision by overlap there.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

LIMIT = 10_000_000


def main() -> None:
    model, figures, target = map(Path, sys.argv[1:4])
    measured = json.loads(figures.read_text(encoding="utf-8"))["types"]
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(model, target)
    path = target / "meta.json"
    meta = json.loads(path.read_text(encoding="utf-8"))
    meta |= {
        "name": "limen_concepts",
        "version": sys.argv[4],
        "spacy_version": ">=3.7.5,<3.9",
        "description": "Names and comparisons in eligibility criteria; see models/MODEL_CARD.md",
        "license": "Apache-2.0",
        "sources": [
            "Leaf Clinical Trials corpus (MIT), doi 10.1038/s41597-022-01521-0",
            "Chia (CC BY 4.0), doi 10.1038/s41597-020-00620-0",
        ],
        "limen_confidence": {label: row["overlap precision"] for label, row in measured.items() if label != "all"},
        "performance": {},
    }
    path.write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
    size = sum(p.stat().st_size for p in target.rglob("*") if p.is_file())
    if size > LIMIT:
        raise SystemExit(f"{target}: {size} bytes, more than the {LIMIT} that the package may carry")
    print(f"{target}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

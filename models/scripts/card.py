"""Writes the figures of held-out trials into the model card, as a table by type.

python scripts/card.py figures.json MODEL_CARD.md
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path


def table(measured: dict[str, dict[str, float]], folds: int) -> str:
    rows = [f"On held-out trials ({folds} of 5 folds by trial, models trained on the other four fifths):", ""]
    rows += [
        "| type | annotated | strict P | strict R | strict F1 | overlap P | overlap R | overlap F1 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for label, row in sorted(measured.items(), key=lambda item: (item[0] == "all", -item[1]["gold"])):
        cells = [f"{row[f'{how} {what}']:.2f}" for how in ("exact", "overlap") for what in ("precision", "recall", "F1")]
        rows.append(f"| {label} | {int(row['gold'])} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    figures, card = map(Path, sys.argv[1:3])
    body = json.loads(figures.read_text(encoding="utf-8"))
    text = card.read_text(encoding="utf-8")
    made = f"## Figures\n\n{table(body['types'], body['folds'])}\n\nStrict:"
    card.write_text(re.sub(r"## Figures\n.*?\nStrict:", lambda _: made, text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()

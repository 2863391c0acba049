"""Writes tests/annotations_floors.json anew: each figure's floor is what it was or what is reached now, whichever is higher.

python annotations/raise_floors.py
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import limen
from limen.evaluation import evaluate

HOME = Path(__file__).parent


def main() -> None:
    report = evaluate([HOME], predicted=limen.structure)
    path = HOME.parent / "tests" / "annotations_floors.json"
    floors = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for figure in report.figures:
        if figure.group == "all":
            name = f"{figure.part} {figure.measure}"
            floors[name] = max(floors.get(name, 0.0), math.floor(figure.value * 100) / 100)
    path.write_text(json.dumps(floors, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

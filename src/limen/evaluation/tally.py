"""What one question of the logic comes to over the pages of a corpus: counts, and each error with its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from limen.criteria import Criterion
from limen.evaluation.brat import Item, Page
from limen.evaluation.report import Error, Figure, harmonic, ratio
from limen.evaluation.trees import Placed, brief

GROUPED = frozenset(
    {"Condition", "Procedure", "Drug", "Observation", "Measurement", "Allergy", "Age", "Immunization", "Encounter", "Eq-Comparison"}
    | {"Contraindication", "Indication", "Death", "Risk", "Life-Stage-And-Gender", "Device", "Value", "Temporal", "Person"}
)


class Tally:
    """Counts of one question, and its errors."""

    def __init__(self, part: str, name: str) -> None:
        self.part, self.name = part, name
        self.gold = self.found = self.judged = self.right = 0
        self.errors: list[Error] = []

    def wanted(self, ok: bool, error: Error) -> None:
        """One thing that the annotators marked."""
        self.gold += 1
        self.found += ok
        self._keep(ok, error)

    def claimed(self, ok: bool, error: Error) -> None:
        """One thing that the trees claim."""
        self.judged += 1
        self.right += ok
        self._keep(ok, error)

    def _keep(self, ok: bool, error: Error) -> None:
        if not ok:
            self.errors.append(error._replace(part=self.part, field=self.name))

    def figures(self) -> list[Figure]:
        recall = ratio(self.part, self.name, "recall", self.found, self.gold)
        if not self.judged:
            return [recall]
        precision = ratio(self.part, self.name, "precision", self.right, self.judged)
        return [recall, precision, harmonic(self.part, self.name, recall.value, precision.value, self.gold)]


class Case(NamedTuple):
    """A page with the trees read of its text."""

    page: Page
    leaves: Sequence[Placed]
    criteria: Sequence[Criterion]


def best(case: Case, item: Item) -> Placed | None:
    """The leaf that an item is in: the one that it overlaps most, the shortest of those."""
    found = [(p.overlap(item.start, item.end), -sum(b - a for a, b in p.spans), -i, p) for i, p in enumerate(case.leaves)]
    found = [f for f in found if f[0] > 0]
    return max(found, key=lambda f: f[:3])[3] if found else None


def _line(text: str, place: int) -> str:
    start, end = text.rfind("\n", 0, place) + 1, text.find("\n", place)
    return text[start : end if end >= 0 else len(text)].strip()


def error(case: Case, at: Item, items: Sequence[Item], note: str = "missed") -> Error:
    """What is wrong at an item, with the line, the annotators' words and the tree."""
    words = " | ".join(f"{case.page.text[i.start : i.end]}" for i in items)
    near = [c for c in case.criteria if c.start <= at.start < c.end]
    got = brief(near[0].requirement) if near else "no criterion there"
    return Error("", case.page.name, at.start, at.end, "", note, _line(case.page.text, at.start), words, got)

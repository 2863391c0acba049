"""brat's standoff format (https://brat.nlplab.org/standoff.html): words as text-bound annotations, the rest as notes.

brat counts code points, as limen does, and knows no annotation across a line end: such a span is written in fragments.
Criteria made from registry fields stand in no text and are left out; reading leaves them as they were.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from limen.criteria import AnyLeaf, Criterion, Threshold, Trial
from limen.review import trees

CONFIGURATION = """[entities]
Criterion
Limit
Measurement
Condition
Exposure
Demographic
Unread
[relations]
Measures Arg1:Limit, Arg2:Measurement
[events]
[attributes]
Operator Arg:Limit, Value:lt|le|gt|ge|eq|ne|between|in
"""
_TYPES = {"condition": "Condition", "exposure": "Exposure", "demographic": "Demographic", "unread": "Unread"}
_PLACES = ("start", "end", "concept_start", "concept_end")


@dataclass
class _Page:
    """The lines of a file under way; every kind of line has a count of its own."""

    text: str
    lines: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, letter: str, rest: str) -> str:
        self.counts[letter] = self.counts.get(letter, 0) + 1
        name = f"{letter}{self.counts[letter]}"
        self.lines.append(f"{name}\t{rest}")
        return name

    def span(self, kind: str, start: int, end: int) -> str:
        pieces = list(fragments(self.text, start, end))
        where = ";".join(f"{a} {b}" for a, b in pieces)
        return self.add("T", f"{kind} {where}\t{' '.join(self.text[a:b] for a, b in pieces)}")

    def note(self, name: str, value: Any) -> None:
        self.add("#", f"AnnotatorNotes {name}\t{json.dumps(value)}")


def fragments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The pieces of a span between line ends."""
    for line in re.finditer(r"[^\r\n]+", text[start:end]):
        yield start + line.start(), start + line.end()


def standoff(trial: Trial) -> str:
    """The .ann file of a trial."""
    page = _Page(trial.text)
    for criterion in trial.criteria:
        if criterion.role == "registry":
            continue
        own = page.span("Criterion", criterion.start, criterion.end)
        names: dict[str, str] = {}
        for path, leaf in trees.leaf_paths(criterion.requirement):
            names[path] = _leaf(page, leaf)
        skeleton = _skeleton(criterion.requirement.model_dump(mode="json"), "", names)
        rest = criterion.model_dump(mode="json", exclude={"requirement", "text", "start", "end"})
        page.note(own, {**rest, "requirement": skeleton})
    return "".join(f"{line}\n" for line in page.lines)


def _leaf(page: _Page, leaf: AnyLeaf) -> str:
    name = page.span(_TYPES.get(leaf.kind, "Limit"), leaf.start, leaf.end)
    if isinstance(leaf, Threshold):
        page.add("A", f"Operator {name} {leaf.operator}")
        if leaf.concept_start is not None and leaf.concept_end is not None:
            measured = page.span("Measurement", leaf.concept_start, leaf.concept_end)
            page.add("R", f"Measures Arg1:{name} Arg2:{measured}")
    page.note(name, leaf.model_dump(mode="json", exclude={*_PLACES, "text", "dose"}))
    return name


def _skeleton(value: Any, path: str, names: dict[str, str]) -> Any:
    """The tree with the name of an annotation in the place of each leaf."""
    if path in names:
        dose = f"{path}.dose" if path else "dose"
        return {"leaf": names[path], **({"dose": names[dose]} if dose in names else {})}
    inner = {"not": ("of",), "if_then": ("when", "then"), "unless": ("requirement", "exception")}.get(value["kind"])
    below = f"{path}." if path else ""
    if inner is None:
        return {**value, "of": [_skeleton(part, f"{below}{n}", names) for n, part in enumerate(value["of"])]}
    return {**value, **{key: _skeleton(value[key], f"{below}{n}", names) for n, key in enumerate(inner)}}


def read(trial: Trial, ann: str, name: str, refused: list[str]) -> Trial:
    """The trial with the criteria that a .ann file says; the words' places come from the annotations themselves."""
    spans: dict[str, tuple[str, int, int]] = {}
    notes: dict[str, Any] = {}
    measures: dict[str, str] = {}
    for line in ann.splitlines():
        parts = line.split("\t")
        if line.startswith("T") and len(parts) > 1:
            kind, _, where = parts[1].partition(" ")
            numbers = [int(n) for n in re.findall(r"\d+", where)]
            spans[parts[0]] = (kind, numbers[0], numbers[-1])
        elif line.startswith("R") and (found := re.match(r"Measures Arg1:(\w+) Arg2:(\w+)", parts[1])):
            measures[found[1]] = found[2]
        elif line.startswith("#") and len(parts) > 2:
            notes[parts[1].rpartition(" ")[2]] = _json(parts[2])
    book = _Book(trial.text, spans, notes, measures)
    criteria: list[Criterion] = [c for c in trial.criteria if c.role == "registry"]
    for key, (kind, start, end) in spans.items():
        if not isinstance(notes.get(key), dict):
            if kind != "Measurement":
                refused.append(f"{name}: {key} ({kind}) has no note of limen's: mark it on the review page instead")
            continue
        if kind == "Criterion":
            try:
                criteria.append(book.criterion(key, start, end))
            except (ValidationError, KeyError, TypeError) as error:
                refused.append(f"{name}: {key}: its note cannot be read: {str(error).splitlines()[0]}")
    return trial.model_copy(update={"criteria": tuple(criteria)})


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


@dataclass
class _Book:
    text: str
    spans: dict[str, tuple[str, int, int]]
    notes: dict[str, Any]
    measures: dict[str, str]

    def criterion(self, key: str, start: int, end: int) -> Criterion:
        note = dict(self.notes[key])
        tree = self._tree(note.pop("requirement"))
        return Criterion.model_validate({**note, "start": start, "end": end, "text": self.text[start:end], "requirement": tree})

    def _tree(self, value: Any) -> Any:
        if "leaf" in value:
            leaf = self._leaf(value["leaf"])
            return {**leaf, "dose": self._leaf(value["dose"])} if "dose" in value else leaf
        inner = {key: self._tree(part) for key, part in value.items() if isinstance(part, dict)}
        lists = {key: [self._tree(p) for p in part] for key, part in value.items() if isinstance(part, list)}
        return {**value, **inner, **lists}

    def _leaf(self, key: str) -> dict[str, Any]:
        _, start, end = self.spans[key]
        leaf = {**self.notes[key], "start": start, "end": end, "text": self.text[start:end]}
        if key in self.measures:
            _, first, last = self.spans[self.measures[key]]
            leaf |= {"concept_start": first, "concept_end": last, "concept_text": self.text[first:last]}
        return leaf

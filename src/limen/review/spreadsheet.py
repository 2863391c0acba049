"""One row a leaf, as a table that a spreadsheet opens and that can be read back.

`path` says where the leaf stands in the tree: "all_of[0]/any_of[1]" is the second part of the any_of that is the first part
of the whole.  A cell that a spreadsheet would run as a formula gets an apostrophe, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from limen.criteria import (
    AnyLeaf,
    AtLeast,
    Condition,
    Criterion,
    Demographic,
    Exposure,
    Expression,
    Threshold,
    Trial,
    Unread,
)
from limen.review import trees

_OF_CRITERION = ("role", "number", "start", "end", "text", "status", "accounted", "findings")
_LEAF_FIELDS = tuple(
    dict.fromkeys(name for leaf in (Threshold, Condition, Exposure, Demographic, Unread) for name in leaf.model_fields if name != "dose")
)
COLUMNS = ("trial_id", "criterion_id", *(f"criterion_{name}" for name in _OF_CRITERION), "path", *_LEAF_FIELDS)
_TEXT = {"text", "concept_text", "unit_text", "statistic", "concept", "unit", "attribute", "kind", "operator", "reference",
         "experiencer", "number", "role", "status"}  # fmt: skip
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_STEP = re.compile(r"(all_of|any_of|at_least(\d+)|not|if_then|unless)\[(\d+)\]|(dose)")
_PARTS = {"not": ("of",), "if_then": ("when", "then"), "unless": ("requirement", "exception")}


def table(trials: Iterable[Trial]) -> str:
    """The whole table as text, with a byte-order mark so that spreadsheets read it as UTF-8."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for trial in trials:
        for criterion in trial.criteria:
            own = criterion.model_dump(mode="json", include=set(_OF_CRITERION))
            head = {"trial_id": _shield(trial.trial_id), "criterion_id": _shield(criterion.id)}
            head |= {f"criterion_{name}": _cell(name, own[name]) for name in _OF_CRITERION}
            for path, leaf in _rows(criterion.requirement, ""):
                fields = leaf.model_dump(mode="json", exclude={"dose"})
                writer.writerow({**head, "path": path, **{name: _cell(name, value) for name, value in fields.items()}})
    return "\ufeff" + out.getvalue()


def _rows(expression: Expression, path: str) -> list[tuple[str, AnyLeaf]]:
    below = f"{path}/" if path else ""
    if isinstance(expression, trees.LEAVES):
        dose = expression.dose if isinstance(expression, Exposure) else None
        return [(path, expression), *([(f"{below}dose", dose)] if dose else [])]
    name = f"at_least{expression.count}" if isinstance(expression, AtLeast) else expression.kind
    return [row for step, part in trees.parts(expression) for row in _rows(part, f"{below}{name}[{step}]")]


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _TEXT and isinstance(value, str):
        return _shield(value)
    return json.dumps(value, ensure_ascii=False)


def _shield(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _unshield(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def _value(name: str, text: str) -> Any:
    if text == "":
        return "" if name == "text" else None
    return _unshield(text) if name in _TEXT else json.loads(text)


def read(text: str, kept: Mapping[str, Trial], name: str, refused: list[str]) -> list[Trial]:
    """The trials of a table; `kept` has the text that its offsets count in."""
    rows: dict[str, dict[str, list[dict[str, str]]]] = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        if set(COLUMNS) - set(row):
            refused.append(f"{name}: is no table of limen's: it lacks {', '.join(sorted(set(COLUMNS) - set(row)))}")
            return []
        trial_id, criterion_id = _unshield(row["trial_id"]), _unshield(row["criterion_id"])
        rows.setdefault(trial_id, {}).setdefault(criterion_id, []).append(row)
    found: list[Trial] = []
    for trial_id, by_criterion in rows.items():
        if trial_id not in kept:
            refused.append(f"{name}: {trial_id} is not in this store: structure it first")
            continue
        criteria: list[Criterion] = []
        for criterion_id, lines in by_criterion.items():
            try:
                criteria.append(_criterion(criterion_id, lines))
            except (ValidationError, ValueError, KeyError) as error:
                refused.append(f"{name}: {trial_id} {criterion_id}: cannot be read: {str(error).splitlines()[0]}")
        found.append(kept[trial_id].model_copy(update={"criteria": tuple(criteria)}))
    return found


def _criterion(criterion_id: str, lines: list[dict[str, str]]) -> Criterion:
    own = {field: _value(field, lines[0][f"criterion_{field}"]) for field in _OF_CRITERION}
    tree: dict[str, Any] = {}
    for line in lines:
        leaf = {field: _value(field, line[field]) for field in _LEAF_FIELDS}
        _place(tree, line["path"], {key: value for key, value in leaf.items() if value is not None})
    return Criterion.model_validate({"id": criterion_id, **own, "requirement": _built(tree)})


def _place(tree: dict[str, Any], path: str, leaf: dict[str, Any]) -> None:
    """Puts a leaf where its path says; a group under way is {"group": name, "parts": {number: ...}}."""
    for step in path.split("/") if path else ():
        match = _STEP.fullmatch(step)
        if match is None:
            raise ValueError(f"{step!r} is no step of a path")
        if match[4]:
            tree = tree.setdefault("dose", {})
            continue
        tree["group"] = match[1]
        tree = tree.setdefault("parts", {}).setdefault(int(match[3]), {})
    tree["leaf"] = leaf


def _built(tree: dict[str, Any]) -> dict[str, Any]:
    if "leaf" in tree:
        leaf: dict[str, Any] = dict(tree["leaf"])
        return {**leaf, "dose": _built(tree["dose"])} if "dose" in tree else leaf
    name: str = tree["group"]
    parts = [_built(tree["parts"][number]) for number in sorted(tree["parts"])]
    if name.startswith("at_least"):
        return {"kind": "at_least", "count": int(name.removeprefix("at_least")), "of": parts}
    if name in _PARTS:
        return {"kind": name, **dict(zip(_PARTS[name], parts))}
    return {"kind": name, "of": parts}

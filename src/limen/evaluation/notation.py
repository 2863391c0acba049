"""Gold written by people: criteria with their trees in a short YAML notation, and from it to limen.trial/1.

A file is a list of criteria:

    - id: renal-01
      role: exclusion
      shows: [and/or]
      text: Serum creatinine >= 2 mg/dL or on dialysis
      tree:
        any_of:
          - {measurement: ">= 2 mg/dL", of: Serum creatinine, is: "creatinine >= 2 mg/dL"}
          - {exposure: dialysis}

Groups are `all_of`, `any_of` (lists), `at_least: 2` with `of` (a list), `not`, `if` with `then`, `requirement` with
`unless`.  A threshold is named by its kind; the words are those of its comparison, `of` has those of its name, and `is`
says `concept comparator numbers [power] [unit] [reference]`:

    creatinine >= 2 mg/dL      platelets >= 100 e9 /L      age 18..65 a      ecog in 0 1 2      alt <= 3 {ULN} uln

with `-` for a concept that the catalogue does not have.  A window's `is` goes on with relation and anchor ("- <= 4 wk within
enrolment"); another leaf's window stands in `when`, as "within <= 4 wk enrolment: words".  `dose` of an exposure is such a
threshold.  `denied: true` negates a leaf.  "words @2" are the second occurrence of the words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from limen.criteria import (
    AllOf,
    Anchor,
    AnyOf,
    AtLeast,
    Condition,
    Criterion,
    Demographic,
    Exposure,
    Expression,
    IfThen,
    Kind,
    Not,
    Reference,
    Relation,
    Source,
    Threshold,
    Trial,
    Unless,
    Unread,
    Window,
)
from limen.evaluation.report import ReportError

_OPERATORS = {">=": "ge", "<=": "le", ">": "gt", "<": "lt", "=": "eq", "!=": "ne"}
_KEYS = frozenset({"id", "role", "shows", "text", "tree"})
_SECOND = re.compile(r"\s@(\d)$")
_RANGE = re.compile(r"(-?[\d.]+?)\.\.(-?[\d.]+)")
_POWER = re.compile(r"e-?\d{1,2}")


@dataclass(frozen=True)
class Annotated:
    """A criterion of the gold as a trial of its own, and the phenomena that it shows."""

    trial: Trial
    shows: tuple[str, ...]


def load(path: Path) -> list[Annotated]:
    """The annotated criteria of a YAML file; raises `ReportError` naming file, criterion and what is wrong with it."""
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ReportError(f"{path}: not readable as YAML: {error}") from error
    if not isinstance(rows, list):
        raise ReportError(f"{path}: expected a list of criteria, each with {', '.join(sorted(_KEYS))}")
    seen: set[str] = set()
    found = []
    for row in rows:
        name = row.get("id", "?") if isinstance(row, dict) else "?"
        try:
            found.append(_annotated(row, path.name))
        except (KeyError, TypeError, ValueError, InvalidOperation, ValidationError) as error:
            raise ReportError(f"{path}: {name}: {error}") from error
        if name in seen:
            raise ReportError(f"{path}: {name}: this id is there twice")
        seen.add(name)
    return found


def _annotated(row: Mapping[str, Any], source: str) -> Annotated:
    if set(row) != _KEYS:
        raise ValueError(f"has the keys {sorted(row)}, expected {sorted(_KEYS)}")
    heading = "Inclusion criteria:\n" if row["role"] == "inclusion" else "Exclusion criteria:\n"
    words = row["text"].strip("\n")
    text = heading + words
    start = len(heading)
    tree = _Tree(text, start).expression(row["tree"])
    criterion = Criterion(
        id="I1" if row["role"] == "inclusion" else "E1",
        role=row["role"],
        start=start,
        end=len(text),
        text=words,
        requirement=tree,
        status="structured",
    )
    trial = Trial(
        trial_id=row["id"],
        registry="plain",
        source=Source(name=source, format="plain", sha256=sha256(text.encode()).hexdigest()),
        text=text,
        criteria=(criterion,),
    )
    return Annotated(trial, tuple(row["shows"]))


class _Tree:
    """The tree of one criterion: words are found in its text."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.start = text, start

    def expression(self, node: Any) -> Expression:
        match node:
            case {"all_of": list(parts), **rest} if not rest:
                return AllOf(of=tuple(map(self.expression, parts)))
            case {"any_of": list(parts), **rest} if not rest:
                return AnyOf(of=tuple(map(self.expression, parts)))
            case {"at_least": int(count), "of": list(parts), **rest} if not rest:
                return AtLeast(count=count, of=tuple(map(self.expression, parts)))
            case {"not": part, **rest} if not rest:
                return Not(of=self.expression(part))
            case {"if": when, "then": then, **rest} if not rest:
                return IfThen(when=self.expression(when), then=self.expression(then))
            case {"requirement": requirement, "unless": exception, **rest} if not rest:
                return Unless(requirement=self.expression(requirement), exception=self.expression(exception))
            case dict():
                return self._leaf(node)
            case _:
                raise ValueError(f"not a tree: {node!r}")

    def _leaf(self, node: dict[str, Any]) -> Expression:
        kind, words = next(iter(node.items()))
        rest = {k: v for k, v in node.items() if k != kind}
        start, end = self._place(words)
        place: dict[str, Any] = {"start": start, "end": end}
        said = self.text[start:end]
        if kind in get_args(Kind):
            return self._threshold(kind, node)
        window = self._window(rest.pop("when", None))
        denied = bool(rest.pop("denied", False))
        concept = rest.pop("is", None)
        dose = rest.pop("dose", None)
        who = rest.pop("who", "patient")
        if rest:
            raise ValueError(f"{kind} {words!r} has no {sorted(rest)}")
        if kind == "condition":
            return Condition(concept=concept, text=said, negated=denied, experiencer=who, window=window, **place)
        if kind == "exposure":
            limit = self._threshold("dose", dose) if dose else None
            return Exposure(concept=concept, text=said, negated=denied, window=window, dose=limit, **place)
        if kind == "demographic":
            attribute, _, value = str(concept).partition(" ")
            return Demographic(
                attribute=attribute, value={"": not denied, "true": True, "false": False}.get(value, value), text=said, **place
            )
        if kind == "unread":
            return Unread(text=said, **place)
        raise ValueError(f"no leaf or group is called {kind!r}")

    def _place(self, words: str) -> tuple[int, int]:
        """Where words stand in the criterion."""
        times = 1
        if match := _SECOND.search(words):
            times, words = int(match.group(1)), words[: match.start()]
        left = r"(?<![^\W\d_])" if words[0].isalpha() else ""
        right = r"(?![^\W\d_])" if words[-1].isalpha() else ""
        places = [m.span() for m in re.finditer(left + re.escape(words) + right, self.text) if m.start() >= self.start]
        if len(places) < times:
            raise ValueError(f"the words {words!r} are not in the text (occurrence {times})")
        return places[times - 1]

    def _threshold(self, kind: str, node: dict[str, Any]) -> Threshold:
        unknown = set(node) - {kind, "of", "is", "when", "statistic"}
        if unknown:
            raise ValueError(f"{kind} {node[kind]!r} has no {sorted(unknown)}")
        start, end = self._place(node[kind])
        fields = _reading(node["is"])
        window = self._window(node.get("when"))
        if kind == "window":
            numbers = {"low": fields["low"], "high": fields["high"], "unit": fields["unit"]}
            window = Window(**numbers, **_relation(fields.pop("tail")), text=self.text[start:end])
        if fields.pop("tail", ()):
            raise ValueError(f"more words than a threshold has in {node['is']!r}")
        named = self._place(node["of"]) if node.get("of") else (None, None)
        return Threshold(
            kind=kind,
            text=self.text[start:end],
            start=start,
            end=end,
            concept_text=self.text[named[0] : named[1]] if node.get("of") else None,
            concept_start=named[0],
            concept_end=named[1],
            window=window,
            statistic=node.get("statistic"),
            **fields,
        )

    def _window(self, written: str | None) -> Window | None:
        """ "within <= 4 wk enrolment: within 4 weeks before enrolment"."""
        if not written:
            return None
        reading, _, words = written.partition(": ")
        start, end = self._place(words)
        relation, *limit = reading.split()
        anchor = limit.pop() if limit and limit[-1] in get_args(Anchor) else None
        fields = _reading("- " + " ".join(limit)) if limit else {}
        numbers = {k: fields.get(k) for k in ("low", "high", "unit")}
        return Window(**numbers, **_relation((relation, *([anchor] if anchor else []))), text=self.text[start:end])


def _relation(tail: tuple[str, ...]) -> dict[str, Any]:
    if not tail or tail[0] not in get_args(Relation) or len(tail) > 2:
        raise ValueError(f"expected a relation and an anchor, got {' '.join(tail)!r}")
    return {"relation": tail[0], "anchor": tail[1] if len(tail) == 2 else None}


def _reading(written: str) -> dict[str, Any]:
    """The fields that `is` states; `tail` is what follows them."""
    concept, *rest = written.split()
    fields: dict[str, Any] = dict.fromkeys(("low", "low_inclusive", "high", "high_inclusive", "grades"))
    fields["concept"] = None if concept == "-" else concept
    if match := _RANGE.fullmatch(rest[0]):
        low, high = map(Decimal, match.groups())
        fields |= {"operator": "between", "low": low, "low_inclusive": True, "high": high, "high_inclusive": True}
        rest = rest[1:]
    elif rest[0] == "in":
        grades = [w for w in rest[1:] if re.fullmatch(r"-?[\d.]+", w)]
        fields |= {"operator": "in", "grades": tuple(map(Decimal, grades))}
        rest = rest[1 + len(grades) :]
    else:
        fields |= _bound(_OPERATORS[rest[0]], Decimal(rest[1]))
        rest = rest[2:]
    fields["scale"] = Decimal(10) ** int(rest.pop(0)[1:]) if rest and _POWER.fullmatch(rest[0]) else Decimal(1)
    words = {*get_args(Reference), *get_args(Relation)}
    fields["unit"] = rest.pop(0) if rest and rest[0] not in words else None
    fields["reference"] = rest.pop(0) if rest and rest[0] in get_args(Reference) else None
    return {**fields, "tail": tuple(rest)}


def _bound(operator: str, number: Decimal) -> dict[str, Any]:
    if operator in ("ge", "gt"):
        return {"operator": operator, "low": number, "low_inclusive": operator == "ge"}
    if operator in ("le", "lt"):
        return {"operator": operator, "high": number, "high_inclusive": operator == "le"}
    return {"operator": operator, "low": number, "low_inclusive": True, "high": number, "high_inclusive": True}

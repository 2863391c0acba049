"""Compares one threshold of the expected readings (`*.yaml` beside this file) with one that was read.

A threshold of the YAML names the fields of `limen.criteria.Threshold`.  A list of values means "any of these" (grades
and the words of `statistic`, which must all occur, are lists by nature).  Besides:

    value        the one bound, on the side that the operator says
    about        words, `|` between alternatives, of which one must start a word of the concept's or comparison's text
    printed      the number as it stands in the text, where digits do not
    window       its value and unit are the threshold's own if not given; `optional` lets a window be there or not
    may_split    two thresholds for a range will do
    counts       how many numbers a person counts in it, 1 if not given
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeAlias, Union

from limen.criteria import (
    Condition,
    Demographic,
    Exposure,
    Expression,
    Finding,
    Threshold,
    Unread,
    Window,
    children,
    leaves,
    thresholds,
)

Spec: TypeAlias = dict[str, Any]
Place: TypeAlias = Union[Threshold, Condition, Exposure]

FIELDS = frozenset(
    {"kind", "concept", "about", "operator", "value", "low", "high", "scale", "unit", "reference", "grades", "window"}
    | {"statistic", "findings", "printed", "may_split", "counts"}
)
GROUNDED = frozenset({"symbol_repaired", "unit_implausible", "value_implausible", "unit_missing"})


def numeric(leaf: Expression) -> bool:
    """A threshold that states a number."""
    return isinstance(leaf, Threshold) and (leaf.low is not None or leaf.high is not None or bool(leaf.grades))


def says(words: str, *texts: str | None) -> bool:
    """One of the `|`-separated words starts a word of one of the texts."""
    return any(re.search(rf"\b{re.escape(w)}", t, re.IGNORECASE) for w in words.split("|") for t in texts if t)


def places(requirement: Expression) -> Iterator[Place]:
    """Everything in a tree that states a number: thresholds, doses, and leaves that carry a window with a number."""
    yield from (t for t in thresholds(requirement) if numeric(t))
    for leaf in leaves(requirement):
        if isinstance(leaf, (Condition, Exposure)) and _numbered(leaf.window):
            yield leaf


def _numbered(window: Window | None) -> bool:
    return window is not None and (window.low is not None or window.high is not None)


def fits(spec: Spec, place: Place, findings: Sequence[Finding] | None = None) -> bool:
    """`place` is the reading of `spec`, or, where that may be split, of one end of it."""
    half = half_of(spec, place)
    return not differences(spec, place, findings) or (half is not None and not differences(half, place, findings))


def windowed(spec: Spec) -> bool:
    """A window or the like, which may stand on a condition or exposure and may be told of several of them."""
    return "window" in spec and bool({"window", "duration"} & set(_listed(spec["kind"])))


def half_of(spec: Spec, place: Place) -> Spec | None:
    """For a range that may be split: the end that `place` has the operator of."""
    if not spec.get("may_split") or not isinstance(place, Threshold) or place.operator not in ("ge", "le"):
        return None
    rest = {k: v for k, v in spec.items() if k not in ("low", "high")}
    return {**rest, "operator": place.operator, "value": spec["low" if place.operator == "ge" else "high"]}


def differences(spec: Spec, place: Place, findings: Sequence[Finding] | None = None) -> list[str]:
    """What is wrong with `place` as the reading of `spec`; findings are looked at where they are given."""
    if not isinstance(place, Threshold):
        return _carried(spec, place)
    problems = [p for field in ("kind", "operator") for p in _differs(field, spec[field], getattr(place, field))]
    problems += _bounds(spec, place)
    if "concept" in spec:
        problems += _differs("concept", spec["concept"], place.concept)
    if "about" in spec and not says(
        spec["about"], place.concept_text, place.text, (place.concept or "").replace("_", " ")
    ):
        problems.append(f"about: expected a word of {spec['about']!r} in {place.concept_text!r}")
    for field, default in (("scale", 1), ("unit", None), ("reference", None)):
        problems += _differs(field, spec.get(field, default), getattr(place, field))
    problems += _window(spec, spec.get("window"), place.window)
    for word in spec.get("statistic", []):
        if word not in (place.statistic or ""):
            problems.append(f"statistic: expected {word!r} in {place.statistic!r}")
    flat = re.sub(r"[\s,]", "", place.text)
    printed = spec.get("printed") or [str(n) for k in ("value", "low", "high", "grades") for n in _listed(spec.get(k))]
    problems += [f"text: {n!r} is not in {place.text!r}" for n in printed if n not in flat]
    return problems if findings is None else problems + _findings(spec, place, findings)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else value


def _differs(field: str, want: Any, got: Any) -> list[str]:
    allowed = [_plain(w) for w in (want if isinstance(want, list) else [want])]
    return [] if _plain(got) in allowed else [f"{field}: expected {want}, got {got}"]


def _bounds(spec: Spec, got: Threshold) -> list[str]:
    if "grades" in spec:
        grades = [_plain(g) for g in got.grades or ()]
        want_grades = [_plain(g) for g in spec["grades"]]
        return [] if grades == want_grades else [f"grades: expected {want_grades}, got {grades}"]
    want: dict[str, Any]
    if "low" in spec:
        want = {"low": spec["low"], "low_inclusive": True, "high": spec["high"], "high_inclusive": True}
    elif got.operator in ("lt", "le"):
        want = {"low": None, "high": spec["value"], "high_inclusive": got.operator == "le"}
    elif got.operator in ("gt", "ge"):
        want = {"low": spec["value"], "low_inclusive": got.operator == "ge", "high": None}
    else:
        want = {"low": spec["value"], "high": [spec["value"], None]}
    return [p for field, value in want.items() for p in _differs(field, value, getattr(got, field))]


def _window(spec: Spec, want: Any, got: Window | None) -> list[str]:
    if want == "optional":
        return []
    if want is None or got is None:
        return [] if want is got else [f"window: expected {want}, got {brief_window(got)}"]
    number = got.high if got.high is not None else got.low
    problems = _differs("window.high", want.get("value", spec.get("value")), number)
    problems += _differs("window.unit", want.get("unit", spec.get("unit")), got.unit)
    problems += _differs("window.relation", want["relation"], got.relation)
    return problems + _differs("window.anchor", want["anchor"], got.anchor)


def _carried(spec: Spec, leaf: Condition | Exposure) -> list[str]:
    """The window that a condition or an exposure carries."""
    if not windowed(spec) or leaf.window is None:
        return [f"a {leaf.kind} with {brief_window(leaf.window)}, not {spec['kind']}"]
    want = spec["window"]
    if want == "optional":
        want = {"relation": leaf.window.relation, "anchor": leaf.window.anchor}
    problems = _window(spec, want, leaf.window)
    if "about" in spec and not says(spec["about"], leaf.text):
        problems.append(f"about: expected a word of {spec['about']!r} in {leaf.text!r}")
    return problems


def _findings(spec: Spec, got: Threshold, nearby: Sequence[Finding]) -> list[str]:
    codes = {f.code for f in [*got.findings, *(f for f in nearby if f.start < got.end and got.start < f.end)]}
    missing = [f"findings: {code} is missing" for code in spec.get("findings", []) if code not in codes]
    return missing if "findings" in spec else [f"findings: {code} has no ground" for code in sorted(codes & GROUNDED)]


def brief_window(window: Window | None) -> str:
    if window is None:
        return "no window"
    numbers = "-".join(str(n) for n in (window.low, window.high) if n is not None)
    return f"[{window.relation} {numbers} {window.unit} of {window.anchor}]"


def brief(got: Expression) -> str:
    """A tree or a leaf on one line."""
    if isinstance(got, Threshold):
        numbers = list(got.grades) if got.grades else [n for n in (got.low, got.high) if n is not None]
        parts = [got.kind, got.concept or repr(got.concept_text), got.operator, *map(str, numbers)]
        parts += [str(p) for p in (got.unit, got.reference, got.statistic) if p]
        return " ".join([*parts, *([brief_window(got.window)] if got.window else [])])
    if isinstance(got, (Condition, Exposure)):
        window = f", {brief_window(got.window)}" if got.window else ""
        dose = f", {brief(got.dose)}" if isinstance(got, Exposure) and got.dose else ""
        return f"{'negated ' if got.negated else ''}{got.kind}({got.text!r}{window}{dose})"
    if isinstance(got, Demographic):
        return f"{got.attribute}={got.value}"
    if isinstance(got, Unread):
        return f"unread({got.text!r})"
    return f"{got.kind}({', '.join(map(brief, children(got)))})"

"""Gold in limen's own schema: thresholds field by field, trees by structure.

Leaves are brought together by their place in the text and their kind.  A tree is then asked, for every two neighbouring
leaves, how they are joined (the lowest group that holds both), and as a whole whether every leaf, denial and joint is
right.  Groups within a like group, and groups of one, count as opened; "not (A or B)" is "not A and not B".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from limen.criteria import AnyLeaf, AnyOf, AtLeast, Criterion, Expression, IfThen, Not, Threshold, Trial, Unless, thresholds
from limen.evaluation.report import Error, Figure, harmonic, ratio
from limen.evaluation.trees import Placed, brief, common, placed

FIELDS: Mapping[str, Callable[[Threshold], object]] = {
    "kind": lambda t: t.kind,
    "concept": lambda t: t.concept,
    "operator": lambda t: t.operator,
    "values": lambda t: (t.grades or (t.low, t.high), t.scale),
    "unit": lambda t: (t.unit, t.reference),
    "window": lambda t: (t.window.relation, t.window.low, t.window.high, t.window.unit, t.window.anchor) if t.window else None,
}
Phenomena = Mapping[tuple[str, str], Sequence[str]]


@dataclass(frozen=True)
class _Compared:
    """One criterion of the gold against what was read at its place."""

    trial: str
    gold: Criterion
    read: tuple[Criterion, ...]
    groups: tuple[str, ...]


def score(pairs: Sequence[tuple[Trial, Trial]], part: str, phenomena: Phenomena | None = None) -> tuple[list[Figure], list[Error]]:
    """Figures and errors of trials with gold criteria (first) against the same trials as read."""
    compared = [
        _Compared(gold.trial_id, c, tuple(r for r in read.criteria if r.role != "registry" and r.start < c.end and c.start < r.end), groups)
        for gold, read in pairs
        for c in gold.criteria
        if c.role != "registry"
        for groups in [("all", f"role: {c.role}", *(f"phenomenon: {p}" for p in (phenomena or {}).get((gold.trial_id, c.id), ())))]
    ]
    limits, errors = _limits(compared, part)
    trees, wrong = _trees(compared, part)
    return [*limits, *trees], [*errors, *wrong]


# ---- thresholds


def _limits(compared: Sequence[_Compared], part: str) -> tuple[list[Figure], list[Error]]:
    errors: list[Error] = []
    marks: list[tuple[tuple[str, ...], dict[str, bool] | None]] = []
    claims: list[tuple[tuple[str, ...], bool]] = []
    for one in compared:
        wanted = list(thresholds(one.gold.requirement))
        got = [t for c in one.read for t in thresholds(c.requirement)]
        partner = _partners(wanted, got)
        for i, gold in enumerate(wanted):
            mine = got[partner[i]] if i in partner else None
            fields = _fields(gold, mine) if mine is not None else None
            marks.append(((*one.groups, f"kind: {gold.kind}"), fields))
            errors += _limit_errors(one, part, gold, mine, fields)
        for j, extra in enumerate(got):
            ok = j in partner.values()
            claims.append((one.groups, ok))
            if not ok:
                errors.append(_error(one, part, "precision", "no such threshold in gold", extra, "nothing", brief(extra)))
    return _limit_figures(marks, claims, f"{part}/thresholds"), errors


def _fields(gold: Threshold, mine: Threshold) -> dict[str, bool]:
    """The fields, right or wrong; the gold may leave open what an event, a drug or a thing counted is called."""
    named = gold.concept is not None or gold.kind not in ("window", "dose", "count")
    return {name: (name == "concept" and not named) or of(gold) == of(mine) for name, of in FIELDS.items()}


def _limit_errors(one: _Compared, part: str, gold: Threshold, mine: Threshold | None, fields: dict[str, bool] | None) -> Iterator[Error]:
    if mine is None or fields is None:
        yield _error(one, part, "found", "not found", gold, brief(gold), "nothing")
        return
    for name in (n for n, ok in fields.items() if not ok):
        yield _error(one, part, name, f"{FIELDS[name](gold)} was read as {FIELDS[name](mine)}", gold, brief(gold), brief(mine))


def _limit_figures(
    marks: Sequence[tuple[tuple[str, ...], dict[str, bool] | None]], claims: Sequence[tuple[tuple[str, ...], bool]], part: str
) -> list[Figure]:
    figures: list[Figure] = []
    for group in dict.fromkeys(g for groups, _ in marks for g in groups):
        chosen = [fields for groups, fields in marks if group in groups]
        read = [fields for fields in chosen if fields is not None]
        figures.append(ratio(part, group, "found", len(read), len(chosen)))
        figures += [ratio(part, group, name, sum(f[name] for f in read), len(chosen)) for name in FIELDS]
        figures.append(ratio(part, group, "exact", sum(all(f.values()) for f in read), len(chosen)))
        judged = [ok for groups, ok in claims if group in groups]
        if judged:
            figures.append(ratio(part, group, "precision", sum(judged), len(judged)))
    return figures


def _partners(gold: Sequence[Threshold], got: Sequence[Threshold]) -> dict[int, int]:
    """Gold -> reading: the same comparison; of those the same concept, kind and number first."""
    scored = []
    for i, g in enumerate(gold):
        for j, t in enumerate(got):
            shared = min(g.end, t.end) - max(g.start, t.start)
            if shared > 0:
                scored.append((-sum(of(g) == of(t) for of in FIELDS.values()), -shared, i, j))
    found: dict[int, int] = {}
    for _, _, i, j in sorted(scored):
        if i not in found and j not in found.values():
            found[i] = j
    return found


# ---- trees


def _trees(compared: Sequence[_Compared], part: str) -> tuple[list[Figure], list[Error]]:
    part = f"{part}/trees"
    counts: dict[str, dict[str, list[bool]]] = {}
    errors: list[Error] = []
    for one in compared:
        for name, marks, wrong in _questions(one):
            for group in one.groups:
                counts.setdefault(group, {}).setdefault(name, []).extend(marks)
            errors += [_error(one, part, name, note, leaf, brief(one.gold.requirement), _said(one)) for note, leaf in wrong]
    figures = []
    for group, names in counts.items():
        figures += [ratio(part, group, name, sum(marks), len(marks)) for name, marks in names.items() if marks]
        recall = {name: sum(marks) / len(marks) for name, marks in names.items() if marks}
        if "leaves" in recall and "leaf precision" in recall:
            figures.append(harmonic(part, group, recall["leaves"], recall["leaf precision"], len(names["leaves"]), "leaf F1"))
    return figures, errors


_Question = tuple[str, list[bool], list[tuple[str, AnyLeaf]]]


def _questions(one: _Compared) -> Iterator[_Question]:
    """The small questions that a tree is asked: each with its marks and its errors."""
    wanted = list(placed(one.gold))
    got = [p for c in one.read for p in placed(c)]
    partner = {i: _find(w, got) for i, w in enumerate(wanted)}
    first = wanted[0].leaf
    roles = bool(one.read) and all(c.role == one.gold.role for c in one.read)
    yield "role", [roles], [] if roles else [("another role, or nothing there", first)]
    found = [p is not None for p in partner.values()]
    yield "leaves", found, [("no such leaf was read", wanted[i].leaf) for i, p in partner.items() if p is None]
    used = {id(p) for p in partner.values() if p is not None}
    extra = [p.leaf for p in got if id(p) not in used]
    yield "leaf precision", [id(p) in used for p in got], [("no such leaf in gold", leaf) for leaf in extra]
    denials = [(w, p) for i, w in enumerate(wanted) if (p := partner[i]) is not None]
    denied = [w.denied == p.denied for w, p in denials]
    yield "denial", denied, [("denied in one, not in the other", w.leaf) for (w, p), ok in zip(denials, denied) if not ok]
    joints = [_joined(wanted, partner, i) for i in range(len(wanted) - 1)]
    yield "joints", joints, [("joined otherwise", wanted[i].leaf) for i, ok in enumerate(joints) if not ok]
    whole = roles and all(found) and not extra and all(denied) and all(joints)
    yield "whole tree", [whole], [] if whole else [("differs", first)]


def _find(wanted: Placed, got: Sequence[Placed]) -> Placed | None:
    """The reading of a gold leaf: of its kind, at its place, the one that shares most with it."""
    best, most = None, 0.0
    for place in got:
        if place.leaf.kind == wanted.leaf.kind or (_is_event(place.leaf) and _is_event(wanted.leaf)):
            shared = sum(_shared(a, b) for a in wanted.spans for b in place.spans) + 0.5 * _same_concept(place.leaf, wanted.leaf)
            if shared > most and _shared(wanted.spans[0], place.spans[0]) > 0:
                best, most = place, shared
    return best


def _is_event(leaf: AnyLeaf) -> bool:
    return leaf.kind in ("condition", "exposure", "demographic")


def _shared(a: tuple[int, int], b: tuple[int, int]) -> float:
    both = min(a[1], b[1]) - max(a[0], b[0])
    return both / max(a[1] - a[0], b[1] - b[0]) if both > 0 else 0.0


def _same_concept(a: AnyLeaf, b: AnyLeaf) -> bool:
    return getattr(a, "concept", None) == getattr(b, "concept", None)


def _joined(wanted: Sequence[Placed], partner: Mapping[int, Placed | None], i: int) -> bool:
    """Whether a leaf and the next one are joined as the gold joins them."""
    a, b = partner[i], partner[i + 1]
    return a is not None and b is not None and _joint(wanted[i], wanted[i + 1]) == _joint(a, b)


def _joint(a: Placed, b: Placed) -> tuple[object, ...]:
    """How two leaves are joined: the group, its count, and for groups of two different places which is in which."""
    group = common(a, b)
    if group is None:
        return ("apart",)
    if isinstance(group, AnyOf) and any(isinstance(above, Not) for above, _ in a.path) and a.denied and b.denied:
        return ("all_of",)
    if isinstance(group, AtLeast):
        return ("any_of",) if group.count == 1 else ("all_of",) if group.count == len(group.of) else ("at_least", group.count)
    if isinstance(group, (IfThen, Unless)):
        return group.kind, _side(a, group), _side(b, group)
    return (group.kind,)


def _side(place: Placed, group: Expression) -> int:
    return next(index for step, index in place.path if step is group)


def _said(one: _Compared) -> str:
    return " / ".join(f"{c.role}: {brief(c.requirement)}" for c in one.read) or "nothing there"


def _error(one: _Compared, part: str, field: str, note: str, leaf: AnyLeaf, gold: str, read: str) -> Error:
    return Error(part, one.trial, leaf.start, leaf.end, field, note, one.gold.text, gold, read)

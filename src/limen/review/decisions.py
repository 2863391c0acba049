"""What a reviewer can decide about a criterion, and what becomes of the criterion then.

A `Draft` is one reviewer's reading of one criterion, with offsets that count from the criterion's own start, so that it
still fits when the text around the criterion changes.  `decide` gives the next draft and touches nothing.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeAlias, Union, cast

from pydantic import Field, TypeAdapter

from limen.criteria import AnyLeaf, Criterion, Expression, Finding, Leaf, Role, Threshold, Unread, Value
from limen.review import trees
from limen.review.errors import ReviewError

Verdict = Literal["undecided", "accepted", "corrected", "rejected"]
Reason = Literal["not_a_limit", "duplicate", "wrong_place", "not_expressible", "unclear_text", "other"]

REASONS: dict[Reason, str] = {
    "not_a_limit": "It is not a limit",
    "duplicate": "It says what another object says",
    "wrong_place": "The words belong to another criterion",
    "not_expressible": "It cannot be said in this schema",
    "unclear_text": "The text itself is unclear",
    "other": "Another reason (say which)",
}
# A part rejected for one of these goes; for any other its words stay, as unread.
_TAKES_OUT = {"not_a_limit", "duplicate", "wrong_place"}

FIELD_GROUPS: dict[str, tuple[str, ...]] = {
    "kind": ("kind",),
    "span": ("start", "end", "text"),
    "measurement": ("concept", "code", "concept_text", "concept_start", "concept_end"),
    "comparator": ("operator", "low_inclusive", "high_inclusive"),
    "value": ("low", "high", "scale", "grades", "value"),
    "unit": ("unit", "unit_text"),
    "reference": ("reference",),
    "window": ("window",),
    "statistic": ("statistic",),
    "context": ("negated", "experiencer", "attribute"),
}


class Accept(Value):
    """The object is right as it stands."""

    action: Literal["accept"] = "accept"


class Reject(Value):
    """The object at `path` is wrong and is taken out; an empty path rejects the whole criterion's object."""

    action: Literal["reject"] = "reject"
    reason: Reason
    detail: str = ""
    path: str = ""


class Correct(Value):
    """The leaf at `path` should read as `leaf`."""

    action: Literal["correct"] = "correct"
    path: str
    leaf: Annotated[AnyLeaf, Field(discriminator="kind")]


class Add(Value):
    """A limit that was missed; `whole` says that it is all that the unread words ask for."""

    action: Literal["add"] = "add"
    leaf: Annotated[AnyLeaf, Field(discriminator="kind")]
    whole: bool = False


class Regroup(Value):
    """Another word between the parts of the group at `path`."""

    action: Literal["regroup"] = "regroup"
    path: str
    kind: trees.GroupKind
    count: int = 1


class Join(Value):
    """Some parts of the group at `path` make a group of their own."""

    action: Literal["join"] = "join"
    path: str
    numbers: tuple[int, ...]
    kind: trees.GroupKind
    count: int = 1


class Dissolve(Value):
    """The group at `path` loses its brackets."""

    action: Literal["dissolve"] = "dissolve"
    path: str


class Negate(Value):
    """The part at `path` goes into a `not`, or out of it."""

    action: Literal["negate"] = "negate"
    path: str


class SetRole(Value):
    """The criterion is an inclusion, or an exclusion."""

    action: Literal["role"] = "role"
    role: Role


class Flag(Value):
    """The criterion needs a second look, or no longer."""

    action: Literal["flag"] = "flag"
    on: bool


class Note(Value):
    """Words for whoever reads this criterion next; empty words take the note away."""

    action: Literal["note"] = "note"
    text: str = Field(max_length=4000)


class Rejection(Value):
    """Words that were taken for an object and are none, and why."""

    text: str
    reason: Reason
    detail: str = ""


class Draft(Value):
    """A criterion as one reviewer reads it; offsets count from the criterion's start."""

    verdict: Verdict = "undecided"
    role: Role
    requirement: Expression
    rejections: tuple[Rejection, ...] = ()
    corrected: tuple[str, ...] = ()
    missed: int = 0
    flagged: bool = False
    note: str = ""


class Settle(Value):
    """A whole reading at once: carried over, copied to an identical phrase, imported, or chosen in adjudication."""

    action: Literal["settle"] = "settle"
    draft: Draft


Decision: TypeAlias = Annotated[
    Union[Accept, Reject, Correct, Add, Regroup, Join, Dissolve, Negate, SetRole, Flag, Note, Settle],
    Field(discriminator="action"),
]
DECISION: TypeAdapter[Any] = TypeAdapter(cast("Any", Decision))


def first_draft(criterion: Criterion) -> Draft:
    """The criterion as the structurer read it, undecided."""
    return Draft(role=criterion.role, requirement=trees.shift(criterion.requirement, -criterion.start))


def decide(draft: Draft, decision: Decision, criterion: Criterion) -> Draft:
    """The reading after one more decision."""
    tree = draft.requirement
    match decision:
        case Accept():
            return _judged(draft.model_copy(update={"verdict": "accepted"}), criterion)
        case Settle():
            return decision.draft
        case Flag():
            return draft.model_copy(update={"flagged": decision.on})
        case Note():
            return draft.model_copy(update={"note": decision.text.strip()})
        case Reject():
            return _rejected(draft, decision, criterion)
        case Correct():
            return _corrected(draft, decision, criterion)
        case Add():
            return _added(draft, decision, criterion)
        case SetRole():
            return _changed(draft.model_copy(update={"role": decision.role}), tree, ("role",), criterion)
        case Regroup():
            tree = trees.regroup(tree, decision.path, decision.kind, decision.count)
        case Join():
            tree = trees.join(tree, decision.path, decision.numbers, decision.kind, decision.count)
        case Dissolve():
            tree = trees.dissolve(tree, decision.path)
        case Negate():
            tree = trees.negate(tree, decision.path)
    return _changed(draft, tree, ("logic",), criterion)


def _rejected(draft: Draft, decision: Reject, criterion: Criterion) -> Draft:
    part = trees.at(draft.requirement, decision.path)
    words = part.text if isinstance(part, trees.LEAVES) else criterion.text
    rejection = Rejection(text=words, reason=decision.reason, detail=decision.detail)
    noted = draft.model_copy(update={"rejections": (*draft.rejections, rejection)})
    if decision.path:
        unread = part.start if isinstance(part, trees.LEAVES) else 0, part.end if isinstance(part, trees.LEAVES) else 0
        stays = decision.reason not in _TAKES_OUT and not decision.path.endswith("dose")
        new = Unread(start=unread[0], end=unread[1], text=words) if stays else None
        tree = trees.replace(draft.requirement, decision.path, new)
        if tree is not None:
            return _changed(noted, tree, ("rejected",), criterion)
    whole = Unread(start=0, end=len(criterion.text), text=criterion.text)
    return noted.model_copy(update={"verdict": "rejected", "requirement": whole})


def _corrected(draft: Draft, decision: Correct, criterion: Criterion) -> Draft:
    old = trees.at(draft.requirement, decision.path)
    leaf = _inside(decision.leaf, criterion)
    if decision.path.endswith("dose") and not isinstance(leaf, Threshold):
        raise ReviewError("A dose is a threshold: it cannot become another kind of object.")
    if isinstance(old, trees.LEAVES) and not changed_fields(old, leaf):
        raise ReviewError("Nothing was changed: to say that the object is right, accept it.")
    tree = trees.replace(draft.requirement, decision.path, leaf)
    fields = changed_fields(old, leaf) if isinstance(old, trees.LEAVES) else ("kind",)
    return _changed(draft, tree or leaf, fields, criterion)


def _added(draft: Draft, decision: Add, criterion: Criterion) -> Draft:
    leaf = _inside(decision.leaf, criterion)
    counted = draft.model_copy(update={"missed": draft.missed + 1})
    if decision.whole and isinstance(draft.requirement, Unread):
        return _changed(counted, leaf, (), criterion)
    return _changed(counted, trees.add(draft.requirement, leaf), (), criterion)


def _inside(leaf: AnyLeaf, criterion: Criterion) -> AnyLeaf:
    # What a registry field says stands nowhere in the text: its objects have no words of their own.
    shortest = 0 if criterion.role == "registry" else 1
    if not 0 <= leaf.start <= leaf.end - shortest <= len(criterion.text) - shortest:
        raise ReviewError(f"The words {leaf.start} to {leaf.end} do not lie inside the criterion: select them again.")
    return leaf


def _changed(draft: Draft, tree: Expression, fields: tuple[str, ...], criterion: Criterion) -> Draft:
    corrected = tuple(dict.fromkeys((*draft.corrected, *fields)))
    return _judged(draft.model_copy(update={"requirement": tree, "corrected": corrected, "verdict": "corrected"}), criterion)


def _judged(draft: Draft, criterion: Criterion) -> Draft:
    """Corrected where the reading differs from the structurer's, accepted where it does not."""
    if whole_rejected(draft):
        return draft.model_copy(update={"verdict": "rejected"})
    same = draft.role == criterion.role and same_reading(draft.requirement, first_draft(criterion).requirement)
    if same:
        return draft.model_copy(update={"verdict": "accepted", "corrected": (), "missed": 0, "rejections": ()})
    return draft.model_copy(update={"verdict": "corrected"})


def whole_rejected(draft: Draft) -> bool:
    """Whether nothing but rejected words is left of the criterion."""
    tree = draft.requirement
    return draft.verdict == "rejected" or (isinstance(tree, Unread) and any(rejection.text == tree.text for rejection in draft.rejections))


def same_reading(one: Expression, other: Expression) -> bool:
    """Whether two trees say the same, whatever the confidence and the findings that came with them."""
    return _plain(one) == _plain(other)


def _plain(expression: Expression) -> object:
    bare: list[object] = []
    for path, part in trees.walk(expression):
        if isinstance(part, trees.LEAVES):
            skip = {"confidence", "findings", "canonical", "dose"}
            bare.append((path, part.model_dump(exclude=skip)))
        else:
            bare.append((path, part.kind, getattr(part, "count", None)))
    return bare


def changed_fields(old: Leaf, new: Leaf) -> tuple[str, ...]:
    """The field groups in which two leaves differ."""
    before, after = old.model_dump(), new.model_dump()
    return tuple(name for name, keys in FIELD_GROUPS.items() if any(before.get(key) != after.get(key) for key in keys))


def criterion_of(draft: Draft, criterion: Criterion) -> Criterion:
    """The criterion as the draft reads it, with the offsets of the trial's text again."""
    tree = trees.shift(draft.requirement, criterion.start)
    unread = any(isinstance(leaf, Unread) for _, leaf in trees.leaf_paths(tree))
    only_unread = isinstance(tree, Unread)
    findings = tuple(f for f in criterion.findings if unread or f.code != "unread_text")
    return criterion.model_copy(
        update={
            "role": draft.role,
            "requirement": tree,
            "accounted": accounted(draft, criterion),
            "status": "unread" if only_unread else "partial" if unread else "structured",
            "findings": findings + remarks(draft, criterion),
        }
    )


def accounted(draft: Draft, criterion: Criterion) -> tuple[tuple[int, int], ...]:
    """The characters that an object accounts for: what the structurer had, less what is gone, and what is new."""
    first = _spans(first_draft(criterion).requirement, criterion.start)
    now = _spans(draft.requirement, criterion.start)
    covered = {place for start, end in criterion.accounted for place in range(start, end)}
    for start, end in first - now:
        covered.difference_update(range(start, end))
    for start, end in now if now != first else ():
        covered.update(range(start, end))
    return _runs(covered)


def _spans(tree: Expression, start: int) -> set[tuple[int, int]]:
    spans: set[tuple[int, int]] = set()
    for _, leaf in trees.leaf_paths(tree):
        if isinstance(leaf, Unread):
            continue
        spans.add((leaf.start + start, leaf.end + start))
        if isinstance(leaf, Threshold) and leaf.concept_start is not None and leaf.concept_end is not None:
            spans.add((leaf.concept_start + start, leaf.concept_end + start))
    return spans


def _runs(places: set[int]) -> tuple[tuple[int, int], ...]:
    runs: list[tuple[int, int]] = []
    for place in sorted(places):
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return tuple(runs)


def remarks(draft: Draft, criterion: Criterion) -> tuple[Finding, ...]:
    """What the reviewer said beside the object, as findings: nothing of it is lost in the schema."""
    said = [("review_rejected", rejection_words(rejection)) for rejection in draft.rejections]
    if draft.note:
        said.append(("review_note", draft.note))
    if draft.flagged:
        said.append(("review_flagged", "A reviewer asks for a second look."))
    return tuple(Finding(code=code, severity="info", start=criterion.start, end=criterion.end, message=message) for code, message in said)


def rejection_words(rejection: Rejection) -> str:
    """A rejection as a finding's message: `not_a_limit: "the words" "in the reviewer's words"`."""
    words = (rejection.text, rejection.detail) if rejection.detail else (rejection.text,)
    return f"{rejection.reason}: " + " ".join(json.dumps(part, ensure_ascii=False) for part in words)


def read_rejection(message: str) -> Rejection:
    """The rejection that a finding's message says."""
    reason, _, rest = message.partition(": ")
    words: list[str] = []
    while rest.startswith('"'):
        try:
            word, end = json.JSONDecoder().raw_decode(rest)
        except json.JSONDecodeError:
            break
        words.append(word)
        rest = rest[end:].strip()
    known: Reason = next((code for code in REASONS if code == reason), "other")
    return Rejection(text=words[0] if words else rest, reason=known, detail=words[1] if len(words) > 1 else "")

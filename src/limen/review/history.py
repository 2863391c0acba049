"""The audit trail and what follows from it: which decisions stand, which are undone, what a criterion reads now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from limen.criteria import Criterion
from limen.review import trees
from limen.review.decisions import DECISION, Draft, decide, first_draft

ADJUDICATION = "adjudication"


def stream_of(reviewer: str) -> str:
    """The name of a reviewer's own line of decisions, which no other reviewer writes to."""
    return f"reviewer:{reviewer}"


def reviewer_of(stream: str) -> str:
    """The reviewer whose line of decisions this is, or "adjudication"."""
    return stream.removeprefix("reviewer:")


@dataclass(frozen=True)
class Event:
    """One line of the audit trail."""

    seq: int
    at: str
    reviewer: str
    stream: str
    trial: int
    generation: int
    criterion_id: str
    action: str
    decision: str
    changes: str
    source: str
    batch: str | None
    target: int | None


@dataclass(frozen=True)
class Stack:
    """What stands and what is undone, each with the latest last."""

    done: tuple[Event, ...]
    undone: tuple[Event, ...]

    def of(self, criterion_id: str) -> tuple[Event, ...]:
        """The decisions that stand for one criterion."""
        return tuple(event for event in self.done if event.criterion_id == criterion_id)


def stack(events: Iterable[Event]) -> Stack:
    """Replays undo and redo; a new decision ends what could be redone."""
    done: list[Event] = []
    undone: list[Event] = []
    for event in events:
        if event.action == "not_carried":
            continue
        if event.action not in ("undo", "redo"):
            done.append(event)
            undone.clear()
            continue
        here, there = (done, undone) if event.action == "undo" else (undone, done)
        moved = next((item for item in here if item.seq == event.target), None)
        if moved is not None:
            here.remove(moved)
            there.append(moved)
    return Stack(tuple(done), tuple(undone))


def draft_after(events: Sequence[Event], criterion: Criterion) -> Draft:
    """The reading of a criterion after the decisions that stand."""
    draft = first_draft(criterion)
    for event in events:
        draft = decide(draft, DECISION.validate_json(event.decision), criterion)
    return draft


def changes(before: Draft, after: Draft) -> list[dict[str, Any]]:
    """From what to what: one line a changed field, in the words of the schema."""
    lines: list[dict[str, Any]] = []
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    for field in ("verdict", "role", "flagged", "note"):
        if old[field] != new[field]:
            lines.append({"field": field, "from": old[field], "to": new[field]})
    if after.rejections != before.rejections:
        lines.append({"field": "rejections", "from": old["rejections"], "to": new["rejections"]})
    return lines + _tree_changes(before, after)


def _tree_changes(before: Draft, after: Draft) -> list[dict[str, Any]]:
    old = dict(trees.walk(before.requirement))
    new = dict(trees.walk(after.requirement))
    same_shape = [(p, x.kind) for p, x in old.items()] == [(p, x.kind) for p, x in new.items()]
    if not same_shape:
        trees_as_json = (d.requirement.model_dump(mode="json", exclude_defaults=True) for d in (before, after))
        return [{"field": "requirement", "from": next(trees_as_json), "to": next(trees_as_json)}]
    lines: list[dict[str, Any]] = []
    for path, part in old.items():
        if not isinstance(part, trees.LEAVES):
            was, is_now = getattr(part, "count", None), getattr(new[path], "count", None)
            lines += [{"field": f"{path}.count", "from": was, "to": is_now}] if was != is_now else []
            continue
        was_leaf, now_leaf = (x.model_dump(mode="json", exclude={"dose"}) for x in (part, new[path]))
        lines += [
            {"field": f"{path}.{field}".lstrip("."), "from": was_leaf[field], "to": now_leaf[field]}
            for field in was_leaf
            if was_leaf[field] != now_leaf[field]
        ]
    return lines

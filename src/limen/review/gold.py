"""What the reviewers' decisions come to: one reading a criterion, or the statement that they still differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from limen.criteria import Criterion, Finding, Trial
from limen.review.decisions import Draft, criterion_of, same_reading
from limen.review.history import ADJUDICATION, reviewer_of
from limen.review.intake import matches
from limen.review.store import Store

State = Literal["unreviewed", "in progress", "reviewed", "differing", "adjudicated"]


@dataclass(frozen=True)
class Settled:
    """The reading that stands for a criterion and who decided it; no draft where nobody did, or where they differ."""

    draft: Draft | None
    by: tuple[str, ...]
    differing: bool = False


def agree(one: Draft, two: Draft) -> bool:
    """Whether two reviewers came to the same: rejected or not, role, and tree."""
    return (
        (one.verdict == "rejected") == (two.verdict == "rejected")
        and one.role == two.role
        and same_reading(one.requirement, two.requirement)
    )


def settle(store: Store, key: int) -> dict[str, Settled]:
    """Criterion id -> what stands: adjudication first, else what all who decided agree on."""
    ids = store.rows("SELECT criterion_id FROM criteria WHERE trial = ? ORDER BY position", key)
    by_criterion: dict[str, dict[str, Draft]] = {row["criterion_id"]: {} for row in ids}
    for stream in [row["stream"] for row in store.rows("SELECT DISTINCT stream FROM drafts WHERE trial = ?", key)]:
        for criterion_id, held in store.held(key, stream).items():
            if held.draft.verdict != "undecided" and criterion_id in by_criterion:
                by_criterion[criterion_id][stream] = held.draft
    return {criterion_id: _settled(drafts) for criterion_id, drafts in by_criterion.items()}


def _settled(drafts: Mapping[str, Draft]) -> Settled:
    if ADJUDICATION in drafts:
        return Settled(drafts[ADJUDICATION], (ADJUDICATION,))
    if not drafts:
        return Settled(None, ())
    by = tuple(reviewer_of(stream) for stream in drafts)
    first, *others = drafts.values()
    if all(agree(first, other) for other in others):
        return Settled(first, by)
    return Settled(None, by, differing=True)


def state_of(settled: Mapping[str, Settled]) -> State:
    """The state of a trial as a whole."""
    values = list(settled.values())
    if any(value.differing for value in values):
        return "differing"
    if not any(value.draft for value in values):
        return "unreviewed"
    if not all(value.draft for value in values):
        return "in progress"
    return "adjudicated" if all(value.by == (ADJUDICATION,) for value in values) else "reviewed"


def gold(store: Store, key: int) -> Trial:
    """The trial with every settled criterion as the reviewers read it."""
    trial = store.trial(key)
    settled = settle(store, key)
    return trial.model_copy(update={"criteria": tuple(_read(criterion, settled[criterion.id]) for criterion in trial.criteria)})


def _read(criterion: Criterion, settled: Settled) -> Criterion:
    if settled.draft is not None:
        return criterion_of(settled.draft, criterion)
    if settled.differing:
        message = f"Reviewers differ on this criterion ({', '.join(settled.by)}): it stands as it was read."
        finding = Finding(code="review_differs", severity="warning", start=criterion.start, end=criterion.end, message=message)
        return criterion.model_copy(update={"findings": (*criterion.findings, finding)})
    return criterion


def corrected(store: Store, trial: Trial) -> Trial:
    """A newly structured trial with what the store's reviewers decided on the same words."""
    key = store.key_of(trial.trial_id)
    if key is None:
        return trial
    kept, settled = store.trial(key), settle(store, key)
    sources = {new.id: old for old, new in _pairs(kept, trial)}
    criteria = tuple(
        _read(criterion, settled[sources[criterion.id].id]) if criterion.id in sources else criterion for criterion in trial.criteria
    )
    return trial.model_copy(update={"criteria": criteria})


def _pairs(kept: Trial, trial: Trial) -> list[tuple[Criterion, Criterion]]:
    found = matches(kept.criteria, trial.criteria)
    return [(old, found[old.id]) for old in kept.criteria if old.id in found]

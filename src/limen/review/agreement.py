"""How far two reviewers agree, and the adjudication of what they differ on.

Cohen's kappa: J. Cohen, A coefficient of agreement for nominal scales, Educ Psychol Meas 20 (1960) 37-46.  F1 by field is
symmetric: twice the fields on which both agree, over the fields that either gave (G. Hripcsak, A. S. Rothschild, Agreement,
the F-measure, and reliability in information retrieval, JAMIA 12 (2005) 296-298).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from limen.criteria import AnyLeaf, Exposure, Threshold, Unread
from limen.review import trees
from limen.review.decisions import FIELD_GROUPS, Draft, Settle, changed_fields, first_draft
from limen.review.errors import ReviewError
from limen.review.gold import agree
from limen.review.history import ADJUDICATION, changes, stream_of
from limen.review.intake import PROGRAM
from limen.review.store import OPENED, Entry, Store

FIELDS = ("limit", *FIELD_GROUPS, "logic", "role")


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of paired labels; None where chance alone would give full agreement, or without any pair."""
    if not pairs:
        return None
    one, two = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(one[label] * two[label] for label in one) / len(pairs) ** 2
    observed = sum(a == b for a, b in pairs) / len(pairs)
    return None if chance == 1 else (observed - chance) / (1 - chance)


@dataclass(frozen=True)
class Agreement:
    """Two reviewers over the trials that both have finished."""

    one: str
    two: str
    trials: int
    criteria: int
    kappa: float | None
    table: dict[tuple[str, str], int]
    f1: dict[str, float | None]


def finished(store: Store, key: int) -> list[str]:
    """The reviewers who have decided every criterion of a trial."""
    found = store.rows(
        "SELECT stream FROM drafts JOIN trials ON trials.key = trial WHERE trial = ? AND decided AND stream <> ? "
        "GROUP BY stream HAVING count(*) >= max(trials.criteria) ORDER BY stream",
        key,
        ADJUDICATION,
    )
    return [str(row["stream"]).partition(":")[2] for row in found]


def may_see(store: Store, key: int, who: str) -> bool:
    """Whether a person may see what others decided on a trial: not while they are at work on it themselves."""
    return store.closed(key) or who not in store.reviewers(key) or who in finished(store, key)


def compare(store: Store, one: str, two: str) -> Agreement:
    """The agreement of two reviewers."""
    keys = [key for key in store.trial_keys() if {one, two} <= set(finished(store, key))]
    pairs: list[tuple[Draft, Draft]] = []
    for key in keys:
        first, second = store.held(key, stream_of(one)), store.held(key, stream_of(two))
        pairs += [(first[c].draft, second[c].draft) for c in first if c in second]
    labels: list[tuple[str, str]] = [(a.verdict, b.verdict) for a, b in pairs]
    return Agreement(one, two, len(keys), len(pairs), kappa(labels), dict(Counter(labels)), field_f1(pairs))


def agreements(store: Store) -> list[Agreement]:
    """Every two reviewers who have finished a trial in common."""
    found = (compare(store, one, two) for one, two in combinations(store.reviewers(), 2))
    return [agreement for agreement in found if agreement.trials]


def field_f1(pairs: Sequence[tuple[Draft, Draft]]) -> dict[str, float | None]:
    """F1 by field over pairs of drafts of the same criterion; None where neither gave the field."""
    same: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for one, two in pairs:
        mine, theirs = _limits(one), _limits(two)
        for leaf in (*mine, *theirs):
            given.update(name for name in ("limit", *FIELD_GROUPS) if name == "limit" or _gives(leaf, name))
        for a, b in _matched(mine, theirs):
            same["limit"] += 2
            differ = set(changed_fields(a, b))
            same.update({name: 2 for name in FIELD_GROUPS if name not in differ and _gives(a, name)})
        given.update({"logic": 2, "role": 2})
        same["logic"] += 2 * (_shape(one) == _shape(two))
        same["role"] += 2 * (one.role == two.role)
    return {name: same[name] / given[name] if given[name] else None for name in FIELDS}


def _limits(draft: Draft) -> list[AnyLeaf]:
    return [leaf for _, leaf in trees.leaf_paths(draft.requirement) if not isinstance(leaf, Unread)]


def _gives(leaf: AnyLeaf, group: str) -> bool:
    if group == "comparator" and not isinstance(leaf, Threshold):
        return False
    found = leaf.model_dump(include=set(FIELD_GROUPS[group]))
    return any(value not in (None, False) for value in found.values())


def _shape(draft: Draft) -> list[object]:
    return [(path, part.kind, getattr(part, "count", None)) for path, part in trees.walk(draft.requirement)
            if not isinstance(part, trees.LEAVES) or isinstance(part, Exposure)]  # fmt: skip


def _matched(mine: Sequence[AnyLeaf], theirs: Sequence[AnyLeaf]) -> list[tuple[AnyLeaf, AnyLeaf]]:
    """Leaves of the same words, most overlap first, each used once."""
    overlaps = sorted(
        ((min(a.end, b.end) - max(a.start, b.start), -i, -j) for i, a in enumerate(mine) for j, b in enumerate(theirs)),
        reverse=True,
    )
    left, right, found = set[int](), set[int](), list[tuple[AnyLeaf, AnyLeaf]]()
    for overlap, i, j in overlaps:
        if overlap > 0 and -i not in left and -j not in right:
            left.add(-i)
            right.add(-j)
            found.append((mine[-i], theirs[-j]))
    return found


@dataclass(frozen=True)
class Difference:
    """A criterion that reviewers read differently, and in what."""

    criterion_id: str
    drafts: dict[str, Draft]
    fields: tuple[str, ...]


def differences(store: Store, key: int) -> list[Difference]:
    """What the reviewers who have finished a trial differ on."""
    held = {name: store.held(key, stream_of(name)) for name in finished(store, key)}
    found: list[Difference] = []
    for criterion in store.trial(key).criteria:
        drafts = {name: drafts[criterion.id].draft for name, drafts in held.items()}
        fields = {field for a, b in combinations(drafts.values(), 2) if not agree(a, b) for field in differing(a, b)}
        if fields:
            found.append(Difference(criterion.id, drafts, tuple(sorted(fields))))
    return found


def differing(one: Draft, two: Draft) -> set[str]:
    """The fields in which two readings of a criterion differ."""
    mine, theirs = _limits(one), _limits(two)
    pairs = _matched(mine, theirs)
    fields = {field for a, b in pairs for field in changed_fields(a, b)}
    fields |= {"limit"} if len(pairs) < max(len(mine), len(theirs)) else set()
    fields |= {"logic"} if _shape(one) != _shape(two) else set()
    fields |= {"role"} if one.role != two.role else set()
    fields |= {"verdict"} if (one.verdict == "rejected") != (two.verdict == "rejected") else set()
    return fields or {"logic"}


def begin(store: Store, key: int, *, who: str) -> int:
    """Opens adjudication: what all agree on is taken over, the rest waits for `who`; gives how many differ.

    From here on the reviewers' own decisions in this trial stand as they are.
    """
    with store.transaction():
        names = finished(store, key)
        if len(names) < 2:
            raise ReviewError("Adjudication needs two reviewers who have decided every criterion of the trial.")
        if store.held(key, ADJUDICATION):
            return len(open_differences(store, key))
        open_ids = {difference.criterion_id for difference in differences(store, key)}
        agreed = store.held(key, stream_of(names[0]))
        for criterion in store.trial(key).criteria:
            before = first_draft(criterion)
            draft = before if criterion.id in open_ids else agreed[criterion.id].draft
            source = f"{OPENED} by {who}: " + ("reviewers differ" if criterion.id in open_ids else "all agree")
            decision = Settle(draft=draft).model_dump_json()
            entry = Entry(criterion.id, "settle", decision, json.dumps(changes(before, draft)), source)
            store.append(key, ADJUDICATION, PROGRAM, entry, draft)
        return len(open_ids)


def open_differences(store: Store, key: int) -> list[str]:
    """The criteria of an opened adjudication that nobody has decided yet."""
    return [name for name, held in store.held(key, ADJUDICATION).items() if held.draft.verdict == "undecided"]

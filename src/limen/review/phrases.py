"""One decision for every identical phrase of a store: the same criterion again, or the same limit inside another one."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from limen.criteria import AnyLeaf, Criterion, Threshold, Unread
from limen.review import trees
from limen.review.decisions import Draft, Settle, changed_fields, first_draft
from limen.review.errors import ReviewError
from limen.review.history import changes, stream_of
from limen.review.render import leaf_words
from limen.review.store import Entry, Store

Place = tuple[int, str]
# What may differ between two readings of the same phrase: where it stands, and what was remarked about it.
_APART = {"start", "end", "concept_start", "concept_end", "confidence", "findings", "canonical", "dose"}


@dataclass(frozen=True)
class Phrase:
    """A leaf that the reviewer corrected: where it is in the tree, how it was read, how it should be."""

    path: str
    old: AnyLeaf
    new: AnyLeaf

    @property
    def was(self) -> str:
        """The structurer's reading in words."""
        return leaf_words(self.old)

    @property
    def becomes(self) -> str:
        """The reviewer's reading in words."""
        return leaf_words(self.new)


def identical(store: Store, key: int, criterion_id: str, stream: str) -> list[Place]:
    """The criteria of the store with the same words and role as this one that the stream has not decided yet."""
    found = store.rows(
        "SELECT other.trial, other.criterion_id FROM criteria AS own JOIN criteria AS other "
        "ON other.text = own.text AND other.role = own.role "
        "LEFT JOIN drafts ON drafts.trial = other.trial AND drafts.criterion_id = other.criterion_id "
        "AND drafts.stream = ? WHERE own.trial = ? AND own.criterion_id = ? AND coalesce(drafts.decided, 0) = 0 "
        "AND NOT (other.trial = own.trial AND other.criterion_id = own.criterion_id) ORDER BY other.trial",
        stream,
        key,
        criterion_id,
    )
    return [(row["trial"], row["criterion_id"]) for row in found]


def apply_decision(store: Store, key: int, criterion_id: str, *, reviewer: str) -> int:
    """Copies the reviewer's decision to every identical, undecided criterion; all of them are one undo."""
    line = stream_of(reviewer)
    with store.transaction():
        own = store.held(key, line).get(criterion_id)
        if own is None or own.draft.verdict == "undecided":
            raise ReviewError("Decide this criterion first, then apply the decision to the identical ones.")
        draft = own.draft.model_copy(update={"flagged": False, "note": ""})
        drafts = dict.fromkeys(identical(store, key, criterion_id, line), draft)
        return _write(store, drafts, reviewer, f"same words as {criterion_id} of trial {key}")


def corrected(draft: Draft, criterion: Criterion) -> list[Phrase]:
    """The leaves that the draft reads otherwise than the structurer did, on the same words and with the same name."""
    now = dict(trees.leaf_paths(draft.requirement))
    found: list[Phrase] = []
    for path, old in trees.leaf_paths(first_draft(criterion).requirement):
        new = now.get(path)
        if isinstance(old, Unread) or new is None or (old.start, old.end) != (new.start, new.end):
            continue
        if changed_fields(old, new) and getattr(old, "concept_text", None) == getattr(new, "concept_text", None):
            found.append(Phrase(path, old, new))
    return found


def places(store: Store, key: int, criterion_id: str, stream: str, phrase: Phrase) -> dict[Place, Draft]:
    """Every other undecided criterion with the same phrase, read the same way, as it reads with the correction."""
    escaped = phrase.old.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = store.rows(
        "SELECT criteria.trial, criteria.criterion_id, readings.json, drafts.json AS draft FROM criteria "
        "JOIN readings ON readings.trial = criteria.trial AND readings.criterion_id = criteria.criterion_id "
        "LEFT JOIN drafts ON drafts.trial = criteria.trial AND drafts.criterion_id = criteria.criterion_id "
        "AND drafts.stream = ? WHERE criteria.text LIKE ? ESCAPE '\\' AND coalesce(drafts.decided, 0) = 0 "
        "AND NOT (criteria.trial = ? AND criteria.criterion_id = ?) ORDER BY criteria.trial",
        stream,
        f"%{escaped}%",
        key,
        criterion_id,
    )
    drafts: dict[Place, Draft] = {}
    for row in found:
        criterion = Criterion.model_validate_json(row["json"])
        before = Draft.model_validate_json(row["draft"]) if row["draft"] else first_draft(criterion)
        after = _reread(before, phrase)
        if after is not None:
            drafts[row["trial"], row["criterion_id"]] = after
    return drafts


def apply_correction(store: Store, key: int, criterion_id: str, path: str, *, reviewer: str) -> int:
    """Corrects the phrase at `path` wherever it stands; the criteria stay undecided, and all of it is one undo."""
    line = stream_of(reviewer)
    with store.transaction():
        own = store.held(key, line).get(criterion_id)
        known = corrected(own.draft, store.criterion(key, criterion_id)) if own else []
        phrase = next((phrase for phrase in known if phrase.path == path), None)
        if phrase is None:
            raise ReviewError("This limit is not corrected any more: reload the page.")
        drafts = places(store, key, criterion_id, line, phrase)
        return _write(store, drafts, reviewer, f"same phrase as in {criterion_id} of trial {key}")


def _reread(draft: Draft, phrase: Phrase) -> Draft | None:
    tree = draft.requirement
    for path, leaf in trees.leaf_paths(tree):
        if leaf.model_dump(exclude=_APART) == phrase.old.model_dump(exclude=_APART):
            tree = trees.replace(tree, path, _moved(phrase, leaf)) or tree
    if tree == draft.requirement:
        return None
    fields = dict.fromkeys((*draft.corrected, *changed_fields(phrase.old, phrase.new)))
    return draft.model_copy(update={"requirement": tree, "corrected": tuple(fields)})


def _moved(phrase: Phrase, leaf: AnyLeaf) -> AnyLeaf:
    """The corrected leaf on the words of another criterion."""
    named = ("concept_start", "concept_end") if isinstance(phrase.new, Threshold) else ()
    return phrase.new.model_copy(update={name: getattr(leaf, name, None) for name in ("start", "end", *named)})


def _write(store: Store, drafts: dict[Place, Draft], reviewer: str, source: str) -> int:
    """The drafts as one batch; trials that are being adjudicated stay as they are."""
    line, batch = stream_of(reviewer), secrets.token_hex(8)
    open_places = {place: draft for place, draft in drafts.items() if not store.closed(place[0])}
    for (trial, criterion_id), draft in open_places.items():
        held = store.held(trial, line).get(criterion_id)
        before = held.draft if held else first_draft(store.criterion(trial, criterion_id))
        decision = Settle(draft=draft).model_dump_json()
        entry = Entry(criterion_id, "settle", decision, json.dumps(changes(before, draft)), source, batch)
        store.append(trial, line, reviewer, entry, draft)
    return len(open_places)

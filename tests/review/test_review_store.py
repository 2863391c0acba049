"""Decisions are kept, can be undone without limit, and never overwrite each other."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from review_trials import SHARED, condition, either, haemoglobin, limit, make_trial

from limen.criteria import AnyOf, Threshold, Trial
from limen.review import phrases, trees
from limen.review.decisions import Accept, Add, Correct, Draft, Flag, Note, Regroup, Reject, criterion_of
from limen.review.errors import ConflictError, ReviewError, StoreError
from limen.review.history import stream_of
from limen.review.intake import take_in
from limen.review.migrations import MIGRATIONS
from limen.review.store import Held, Store, replayed

ANA = stream_of("Ana")


def first_leaf(draft: Draft) -> Threshold:
    leaf = trees.leaf_paths(draft.requirement)[0][1]
    assert isinstance(leaf, Threshold)
    return leaf


def accept(store: Store, key: int, criterion_id: str, version: int = 0, reviewer: str = "Ana") -> Held:
    return store.decide(key, criterion_id, Accept(), reviewer=reviewer, version=version)


def test_a_decision_survives_closing_the_store(tmp_path: Path, trials: list[Trial]) -> None:
    with Store(tmp_path / "r.sqlite") as store:
        take_in(store, trials)
        accept(store, 1, "I1")
    with Store(tmp_path / "r.sqlite") as store:
        assert store.held(1, ANA)["I1"].draft.verdict == "accepted"
        assert store.reviewers() == ["Ana"]


def test_correcting_and_undoing_step_by_step(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    leaf = first_leaf(accept(store, 1, "I1").draft)
    version = store.held(1, ANA)["I1"].version
    for value in (3, 4, 5):
        leaf = leaf.model_copy(update={"high": leaf.high + 1 if leaf.high else None})
        held = store.decide(1, "I1", Correct(path="", leaf=leaf), reviewer="Ana", version=version)
        version = held.version
        assert held.draft.verdict == "corrected" and held.draft.corrected == ("value",)
        assert first_leaf(held.draft).high == value
    for value in (4, 3, 2):
        assert store.undo(1, reviewer="Ana") == ["I1"]
        assert first_leaf(store.held(1, ANA)["I1"].draft).high == value
    store.undo(1, reviewer="Ana")
    assert store.held(1, ANA)["I1"].draft.verdict == "undecided"
    with pytest.raises(ReviewError, match="nothing to undo"):
        store.undo(1, reviewer="Ana")
    for _ in range(4):
        store.undo(1, reviewer="Ana", redo=True)
    assert first_leaf(store.held(1, ANA)["I1"].draft).high == 5
    assert replayed(store, 1, ANA) == {k: h.draft for k, h in store.held(1, ANA).items()}
    with pytest.raises(ReviewError, match="nothing to redo"):
        store.undo(1, reviewer="Ana", redo=True)


def test_a_second_tab_does_not_overwrite_the_first(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    accept(store, 1, "I1", version=0)
    with pytest.raises(ConflictError, match=r"I1 has changed since this page was made .*Ana chose 'accept'"):
        store.decide(1, "I1", Reject(reason="not_a_limit"), reviewer="Ana", version=0)
    assert store.held(1, ANA)["I1"].draft.verdict == "accepted"
    assert len(store.events(1)) == 1


def test_the_audit_trail_cannot_be_changed(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    accept(store, 1, "I1")
    for statement in ("UPDATE events SET reviewer = 'Eve'", "DELETE FROM events"):
        with pytest.raises(StoreError, match="append-only"), store.transaction() as db:
            db.execute(statement)


def test_every_change_says_from_what_to_what(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    leaf = first_leaf(accept(store, 1, "I1").draft).model_copy(update={"operator": "lt", "high_inclusive": False})
    store.decide(1, "I1", Correct(path="", leaf=leaf), reviewer="Ana", version=store.held(1, ANA)["I1"].version)
    changes = store.events(1)[-1].changes
    assert '{"field": "operator", "from": "le", "to": "lt"}' in changes
    assert '{"field": "verdict", "from": "accepted", "to": "corrected"}' in changes


def test_rejecting_one_part_keeps_the_others(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    held = store.decide(1, "I2", Reject(reason="not_a_limit", path="0"), reviewer="Ana", version=0)
    assert isinstance(held.draft.requirement, Threshold) and held.draft.verdict == "corrected"
    held = store.decide(1, "I2", Reject(reason="unclear_text"), reviewer="Ana", version=held.version)
    criterion = next(c for c in trials[0].criteria if c.id == "I2")
    corrected = criterion_of(held.draft, criterion)
    assert held.draft.verdict == "rejected" and corrected.status == "unread"
    assert [f.code for f in corrected.findings] == ["review_rejected", "review_rejected"]
    assert corrected.accounted == ()


def test_a_missed_limit_and_another_grouping(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    criterion = next(c for c in trials[0].criteria if c.id == "E2")
    place = criterion.text.index("under 50")
    leaf = Threshold(kind="measurement", concept="platelets", text="under 50", start=place, end=place + 8, operator="lt", high=50)
    held = store.decide(1, "E2", Add(leaf=leaf), reviewer="Ana", version=0)
    held = store.decide(1, "E2", Regroup(path="", kind="any_of"), reviewer="Ana", version=held.version)
    corrected = criterion_of(held.draft, criterion)
    assert isinstance(corrected.requirement, AnyOf) and held.draft.missed == 1
    for part in corrected.requirement.of:
        assert isinstance(part, Threshold)
        assert trials[0].text[part.start : part.end] == part.text
    assert (criterion.start + place, criterion.start + place + 8) in corrected.accounted


def test_flag_and_note_are_no_verdict(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    held = store.decide(1, "I1", Flag(on=True), reviewer="Ana", version=0)
    held = store.decide(1, "I1", Note(text="ask the sponsor 🧐"), reviewer="Ana", version=held.version)
    assert (held.draft.verdict, held.draft.flagged, held.draft.note) == ("undecided", True, "ask the sponsor 🧐")


def test_one_decision_for_every_identical_criterion_and_one_undo(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    accept(store, 5, "I1")
    accept(store, 7, "I1")
    assert len(phrases.identical(store, 5, "I1", ANA)) == 7
    assert phrases.apply_decision(store, 5, "I1", reviewer="Ana") == 7
    assert store.held(12, ANA)["I1"].draft.verdict == "accepted"
    assert phrases.identical(store, 5, "I1", ANA) == []
    store.decide(12, "I1", Flag(on=True), reviewer="Ana", version=store.held(12, ANA)["I1"].version)
    store.undo(9, reviewer="Ana")
    assert store.held(8, ANA)["I1"].draft.verdict == "undecided"
    assert store.held(12, ANA)["I1"].draft.verdict == "accepted", "a criterion decided on since then stays"
    store.undo(9, reviewer="Ana", redo=True)
    assert store.held(8, ANA)["I1"].draft.verdict == "accepted"


def test_one_correction_for_the_same_phrase_in_other_criteria(store: Store) -> None:
    other = "In the last month: Haemoglobin below 9 g/dL, or gout 👣"
    take_in(
        store,
        [
            make_trial("A", [("exclusion", SHARED, haemoglobin())]),
            make_trial("B", [("inclusion", other, either(haemoglobin(), condition("gout")))]),
            make_trial("C", [("exclusion", SHARED, limit("below 9 g/dL", "hemoglobin", "Haemoglobin", "lt", 8))]),
        ],
    )
    leaf = first_leaf(accept(store, 1, "E1").draft).model_copy(update={"operator": "le", "high_inclusive": True})
    held = store.decide(1, "E1", Correct(path="", leaf=leaf), reviewer="Ana", version=store.held(1, ANA)["E1"].version)
    (phrase,) = phrases.corrected(held.draft, store.criterion(1, "E1"))
    assert (phrase.was, phrase.becomes) == ("hemoglobin < 9 g/dL", "hemoglobin <= 9 g/dL")
    assert set(phrases.places(store, 1, "E1", ANA, phrase)) == {(2, "I1")}
    assert phrases.apply_correction(store, 1, "E1", "", reviewer="Ana") == 1
    draft = store.held(2, ANA)["I1"].draft
    moved = first_leaf(draft)
    assert (draft.verdict, draft.corrected, moved.operator) == ("undecided", ("comparator",), "le")
    assert other[moved.start : moved.end] == "below 9 g/dL"
    assert other[moved.concept_start : moved.concept_end] == "Haemoglobin"
    assert accept(store, 2, "I1", version=store.held(2, ANA)["I1"].version).draft.verdict == "corrected"
    assert phrases.places(store, 1, "E1", ANA, phrase) == {}


def test_a_locked_store_says_so_and_keeps_what_it_had(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked by another program: nothing was saved"):
        accept(store, 1, "I1")
    other.execute("ROLLBACK")
    assert accept(store, 1, "I1").draft.verdict == "accepted"


def test_a_full_disk_says_so_and_keeps_what_it_had(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    accept(store, 1, "I1")
    pages = store.rows("PRAGMA page_count")[0][0]
    store.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="is full: nothing was saved"):
        store.decide(1, "I2", Note(text="x" * 3900), reviewer="Ana", version=0)
        for number in range(200):
            held = store.held(1, ANA)["I2"]
            store.decide(1, "I2", Note(text=str(number) * 1200), reviewer="Ana", version=held.version)
    store.rows("PRAGMA max_page_count = 1073741823")
    assert store.rows("PRAGMA integrity_check")[0][0] == "ok"
    assert store.held(1, ANA)["I1"].draft.verdict == "accepted"
    assert replayed(store, 1, ANA) == {k: h.draft for k, h in store.held(1, ANA).items()}


def test_migrations_run_once_and_a_newer_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    with Store(path) as store:
        assert store.rows("PRAGMA user_version")[0][0] == len(MIGRATIONS)
        assert store.rows("PRAGMA journal_mode")[0][0] == "wal"
    with Store(path) as store:
        store.rows(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(StoreError, match="update limen"):
        Store(path)


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(StoreError, match="not a review store"):
        Store(path)

"""Decisions outlive a new reading, an export and an import, and a process killed at any moment."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from review_trials import (
    COMBINING,
    CREATININE,
    SHARED,
    both,
    condition,
    creatinine,
    either,
    exposure,
    fake_trials,
    haemoglobin,
    limit,
    make_trial,
    unread,
)

import limen.review as review
from limen.criteria import AtLeast, Criterion, Exposure, IfThen, Not, Threshold, Trial, Unless
from limen.review import transfer, trees
from limen.review.agreement import begin, compare, differences, kappa
from limen.review.decisions import Accept, Correct, Decision, Flag, Note, Reject
from limen.review.errors import ReviewError, StoreError
from limen.review.history import ADJUDICATION, stream_of
from limen.review.intake import take_in
from limen.review.store import Store, replayed

ANA, BEN = stream_of("Ana"), stream_of("Ben")


def say(store: Store, key: int, criterion_id: str, decision: Decision, who: str = "Ana") -> None:
    held = store.held(key, stream_of(who)).get(criterion_id)
    store.decide(key, criterion_id, decision, reviewer=who, version=held.version if held else 0)


def halve(store: Store, key: int, criterion_id: str, who: str = "Ana") -> None:
    """A correction of the value of a criterion's only limit."""
    criterion = next(c for c in store.trial(key).criteria if c.id == criterion_id)
    leaf = trees.shift(criterion.requirement, -criterion.start)
    assert isinstance(leaf, Threshold) and leaf.high is not None
    say(store, key, criterion_id, Correct(path="", leaf=leaf.model_copy(update={"high": leaf.high / 2})), who)


def accept_all(store: Store, key: int, who: str = "Ana") -> None:
    held = store.held(key, stream_of(who))
    for criterion in store.trial(key).criteria:
        if criterion.id not in held:
            say(store, key, criterion.id, Accept(), who)


# ---------------------------------------------------------------- carrying over


def test_the_same_trial_again_changes_nothing(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    say(store, 1, "I1", Accept())
    again = take_in(store, [trial.model_copy(update={"limen": "9.9"}) for trial in trials])
    assert (len(again.unchanged), again.updated, again.carried) == (12, [], 0)
    assert store.held(1, ANA)["I1"].draft.verdict == "accepted"
    assert store.trial(1).limen == "9.9"


def test_changed_text_keeps_what_it_can_and_lists_what_it_cannot(store: Store) -> None:
    old = make_trial(
        "T",
        [("inclusion", CREATININE, creatinine()), ("inclusion", "Walks", unread), ("exclusion", SHARED, haemoglobin())],
    )
    new = make_trial(
        "T", [("inclusion", "New 🆕 first", unread), ("inclusion", CREATININE, creatinine()), ("exclusion", SHARED, haemoglobin())]
    )
    take_in(store, [old])
    halve(store, 1, "I1")
    say(store, 1, "I1", Flag(on=True))
    say(store, 1, "I2", Note(text="which gait?"))
    say(store, 1, "I2", Accept())
    result = take_in(store, [new])
    held = store.held(1, ANA)
    assert set(held) == {"I2"} and held["I2"].draft.flagged and held["I2"].draft.verdict == "corrected"
    assert result.carried == 1 and len(result.not_carried) == 1
    assert "Ana: I2 (accepted) could not be carried over" in result.not_carried[0] and "Walks" in result.not_carried[0]
    assert replayed(store, 1, ANA) == {"I2": held["I2"].draft}
    store.undo(1, reviewer="Ana")
    store.undo(1, reviewer="Ana")
    assert store.held(1, ANA)["I2"].draft.verdict == "undecided", "undo reaches behind the new reading"


def test_a_newer_reading_of_the_same_words_keeps_the_reviewers_tree(store: Store) -> None:
    take_in(store, [make_trial("T", [("inclusion", CREATININE, creatinine()), ("exclusion", SHARED, haemoglobin())])])
    halve(store, 1, "I1")
    say(store, 1, "E1", Accept())
    half = limit("no more than 2.0 mg/dL", "creatinine", "Serum creatinine", "le", 1, unit="mg/dL", unit_text="mg/dL")
    newer = make_trial("T", [("inclusion", CREATININE, half), ("exclusion", SHARED, unread)])
    newer = newer.model_copy(
        update={
            "criteria": tuple(
                c.model_copy(update={"requirement": c.requirement.model_copy(update={"code": store.trial(1).criteria[0].requirement.code})})  # type: ignore[union-attr]
                if c.id == "I1"
                else c
                for c in newer.criteria
            )
        }
    )
    assert take_in(store, [newer]).carried == 2
    held = store.held(1, ANA)
    assert held["I1"].draft.verdict == "accepted", "the structurer now reads what the reviewer wrote"
    assert held["E1"].draft.verdict == "corrected" and isinstance(held["E1"].draft.requirement, Threshold)


def test_two_records_with_one_id_are_not_mixed(store: Store, trials: list[Trial]) -> None:
    other = make_trial("FAKE-01", [("inclusion", "Something else", unread)])
    result = take_in(store, [trials[0], other])
    assert result.added == ["FAKE-01"] and "has the same trial_id: rename one" in result.refused[0]
    assert store.trial(1) == trials[0]


# ---------------------------------------------------------------- what comes out


def tangled() -> Trial:
    """Every kind of group, a dose, and words that a spreadsheet would run."""

    def build(text: str, start: int) -> AtLeast:
        a, b, c = (condition(word)(text, start) for word in ("ague", "botch", "croup"))
        drug = exposure("dram")(text, start)
        dose = limit("over 5 mg", None, None, "gt", 5, unit="mg", unit_text="mg", kind="dose")(text, start)
        assert isinstance(drug, Exposure)
        return AtLeast(
            count=2,
            of=(
                Not(of=a),
                IfThen(when=b, then=c),
                Unless(requirement=a, exception=drug.model_copy(update={"dose": dose})),
            ),
        )

    words = "=ague, botch, croup\r\nor a dram over 5 mg 🥃"
    trial = make_trial(
        "TANGLED",
        [
            ("inclusion", words, build),
            ("exclusion", COMBINING, both(condition("Cafe\u0301-au-lait"), either(condition("spots"), condition("🧬")))),
        ],
    )
    age = Threshold(kind="age", concept="age", text="", start=0, end=0, operator="ge", low=18, low_inclusive=True, unit="a")
    field = Criterion(id="R1", role="registry", start=0, end=0, text="18 Years", requirement=age, status="structured")
    return trial.model_copy(update={"criteria": (field, *trial.criteria)})


@pytest.mark.parametrize("format", ["json", "brat", "csv"])
def test_an_export_can_be_imported_and_exported_again(tmp_path: Path, format: str) -> None:
    everything = [*fake_trials(), tangled()]
    with Store(tmp_path / "one.sqlite") as one, Store(tmp_path / "two.sqlite") as two:
        for store in (one, two):
            take_in(store, everything)
        halve(one, 1, "I1")
        say(one, 1, "I2", Reject(reason="duplicate", path="0"))
        say(one, 1, "I3", Reject(reason="unclear_text", detail="=walking?"))
        say(one, 2, "I1", Note(text="a note\nin two lines 📝"))
        say(one, 2, "I1", Flag(on=True))
        for key in one.trial_keys():
            accept_all(one, key)
            for criterion_id, held in one.held(key, ANA).items():
                if held.draft.verdict == "undecided":
                    say(one, key, criterion_id, Accept())
        written = transfer.export(one, tmp_path / "a", format)
        assert written.trials == len(everything) and written.left_out == []
        read = transfer.import_(two, tmp_path / "a", format, reviewer="Ana")
        assert read.refused == [] and read.criteria == sum(len(trial.criteria) for trial in everything)
        transfer.export(two, tmp_path / "b", format)
        for path in written.files:
            assert (tmp_path / "b" / path.name).read_bytes() == path.read_bytes(), path.name
        verdicts = [{k: h.draft.verdict for k, h in store.held(1, ANA).items()} for store in (one, two)]
        assert verdicts[0] == verdicts[1] and verdicts[0]["I3"] == "rejected"
        assert transfer.import_(two, tmp_path / "a", format, reviewer="Ana").criteria == 0


def test_gold_is_the_outputs_own_schema_with_exact_spans(store: Store, trials: list[Trial], tmp_path: Path) -> None:
    take_in(store, trials)
    for key in store.trial_keys():
        accept_all(store, key)
    review.export(store.path, tmp_path, "json")
    files = sorted(tmp_path.glob("*.json"))
    assert [p.name for p in files][:3] == ["FAKE-01.json", "FAKE-02_.._script.json", "FAKE-03.json"]
    read = [Trial.model_validate_json(p.read_text("utf-8")) for p in files]
    assert read == trials
    for trial in read:
        for criterion in trial.criteria:
            for _, leaf in trees.leaf_paths(criterion.requirement):
                assert trial.text[leaf.start : leaf.end] == leaf.text  # type: ignore[union-attr]


def test_brat_fragments_never_cross_a_line_end(store: Store, tmp_path: Path) -> None:
    take_in(store, [tangled()])
    accept_all(store, 1)
    review.export(store.path, tmp_path, "brat")
    text = (tmp_path / "TANGLED.txt").read_bytes().decode()
    for line in (tmp_path / "TANGLED.ann").read_text().split("\n"):
        if line.startswith("T"):
            _, place, words = line.split("\t")
            pieces = [text[int(a) : int(b)] for a, b in (p.split() for p in place.split(" ", 1)[1].split(";"))]
            assert " ".join(pieces) == words and all("\n" not in p and "\r" not in p for p in pieces)


def test_a_registry_field_can_be_corrected(store: Store) -> None:
    take_in(store, [tangled()])
    age = store.criterion(1, "R1").requirement
    assert isinstance(age, Threshold)
    say(store, 1, "R1", Correct(path="", leaf=age.model_copy(update={"low_inclusive": False, "operator": "gt"})))
    assert store.held(1, ANA)["R1"].draft.verdict == "corrected"


def test_what_is_not_settled_is_left_out_and_said(store: Store, trials: list[Trial], tmp_path: Path) -> None:
    take_in(store, trials[2:5])
    accept_all(store, 1)
    halve(store, 1, "I1", "Ben")
    say(store, 2, "I1", Accept())
    written = review.export(store.path, tmp_path / "out", "json")
    assert written.trials == 0 and list((tmp_path / "out").iterdir()) == []
    assert written.left_out[0] == "FAKE-03: reviewers differ on I1"
    assert written.left_out[1].startswith("FAKE-04: not decided: I2")
    with pytest.raises(ReviewError, match="json, brat, csv"):
        review.export(store.path, tmp_path, "xml")


def test_broken_annotations_are_refused_by_name(store: Store, trials: list[Trial], tmp_path: Path) -> None:
    take_in(store, trials[:1])
    (tmp_path / "x.json").write_text('{"schema": "limen.trial/1"}')
    (tmp_path / "y.csv").write_text("a,b\n1,2\n")
    (tmp_path / "z.txt").write_bytes(trials[0].text.encode())
    (tmp_path / "z.ann").write_text("T1\tLimit 0 4\tIncl\n")
    for format, words in (
        ("json", "x.json: is no limen.trial/1"),
        ("csv", "y.csv: is no table"),
        ("brat", "T1 (Limit) has no note"),
    ):
        assert any(words in line for line in review.import_(store.path, tmp_path, format, reviewer="Ana").refused)


def test_structuring_again_gives_the_corrected_objects(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    halve(store, 1, "I1")
    say(store, 1, "E1", Accept())
    say(store, 1, "E1", Reject(reason="not_a_limit"), "Ben")
    corrected = review.reviewed(store.path, trials[0])
    by_id = {criterion.id: criterion for criterion in corrected.criteria}
    leaf = by_id["I1"].requirement
    assert isinstance(leaf, Threshold) and leaf.high == 1 and corrected.text[leaf.start : leaf.end] == leaf.text
    assert [f.code for f in by_id["E1"].findings] == ["review_differs"]
    assert by_id["I2"] == trials[0].criteria[1]
    stranger = make_trial("STRANGER", [("inclusion", "x", unread)])
    assert review.reviewed(store.path, stranger) == stranger


def test_a_store_that_is_not_there_is_not_made_by_asking(tmp_path: Path) -> None:
    ask: list[Callable[[Path], object]] = [review.report, lambda db: review.export(db, tmp_path)]
    for question in ask:
        with pytest.raises(StoreError, match="no review store"):
            question(tmp_path / "none.sqlite")
    assert not (tmp_path / "none.sqlite").exists()


# ---------------------------------------------------------------- people and figures


def test_kappa_by_hand() -> None:
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa([("yes", "yes")]) is None and kappa([]) is None
    assert kappa([("a", "b"), ("b", "a")]) == pytest.approx(-1)


def test_agreement_and_adjudication(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials[:1])
    halve(store, 1, "I1")
    say(store, 1, "E1", Reject(reason="not_a_limit"), "Ben")
    with pytest.raises(ReviewError, match="two reviewers"):
        begin(store, 1, who="Cleo")
    for who in ("Ana", "Ben"):
        accept_all(store, 1, who)
    found = compare(store, "Ana", "Ben")
    assert (found.trials, found.criteria) == (1, 5)
    assert found.table == {("corrected", "accepted"): 1, ("accepted", "accepted"): 3, ("accepted", "rejected"): 1}
    assert found.kappa == pytest.approx((3 / 5 - (4 / 5 * 4 / 5)) / (1 - (4 / 5 * 4 / 5)))
    assert found.f1["limit"] == pytest.approx(8 / 9) and found.f1["unit"] == pytest.approx(4 / 5)
    assert found.f1["value"] == pytest.approx(4 / 7) and found.f1["window"] is None
    assert {d.criterion_id: d.fields for d in differences(store, 1)} == {"I1": ("value",), "E1": ("limit", "verdict")}
    assert begin(store, 1, who="Cleo") == 2
    with pytest.raises(ReviewError, match="being adjudicated"):
        say(store, 1, "I1", Flag(on=True))
    for criterion_id in ("I1", "E1"):
        version = store.held(1, ADJUDICATION)[criterion_id].version
        store.decide(1, criterion_id, Accept(), reviewer="Cleo", version=version, stream=ADJUDICATION)
    store.undo(1, reviewer="Cleo", stream=ADJUDICATION)
    store.undo(1, reviewer="Cleo", stream=ADJUDICATION, redo=True)
    figures = review.report(store.path)
    assert figures.states == {"adjudicated": 1} and (figures.decided, figures.accepted) == (5, 5)
    assert figures.by_reviewer == {"adjudication": 5, "Ana": 5, "Ben": 5}


def test_the_report(store: Store, trials: list[Trial]) -> None:
    take_in(store, trials)
    halve(store, 1, "I1")
    say(store, 1, "I2", Reject(reason="duplicate", path="0"))
    say(store, 1, "E1", Reject(reason="not_a_limit"))
    say(store, 1, "E2", Accept())
    figures = review.report(store.path)
    assert (figures.decided, figures.accepted, figures.corrected, figures.rejected) == (4, 1, 2, 1)
    assert figures.corrected_by_field == {"value": 1, "rejected": 1}
    assert figures.rejected_by_reason == {"It says what another object says": 1, "It is not a limit": 1}
    assert figures.states == {"in progress": 1, "unreviewed": 11}
    assert "accepted as they were" in figures.table() and "1 (25%)" in str(figures)
    assert json.loads(json.dumps(figures.as_dict()))["by_reviewer"] == {"Ana": 4}


# ---------------------------------------------------------------- killed at any moment


def _write_until_killed(path: Path, said: Connection, seed: int) -> None:
    """Decides as the page does, and says each decision only after the store has returned."""
    with Store(path) as store:
        draw = random.Random(seed)
        while True:
            key = draw.randint(1, 12)
            choice = draw.random()
            if choice < 0.15 and store.stack(key, ANA).done:
                store.undo(key, reviewer="Ana")
                last = store.events(key, ANA)[-1]
                said.send((key, last.criterion_id, last.seq))
                continue
            criterion = draw.choice(store.trial(key).criteria)
            held = store.held(key, ANA).get(criterion.id)
            decision: Decision = Note(text=str(draw.random())) if choice < 0.6 else Accept()
            done = store.decide(key, criterion.id, decision, reviewer="Ana", version=held.version if held else 0)
            said.send((key, criterion.id, done.version))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked and killed")
def test_a_hundred_kills_lose_no_decision_that_was_said_to_be_saved(tmp_path: Path, trials: list[Trial]) -> None:
    path = tmp_path / "kill.sqlite"
    with Store(path) as store:
        take_in(store, trials)
    context = multiprocessing.get_context("fork")
    draw = random.Random(7)
    promised: set[tuple[int, str, int]] = set()
    for kill in range(100):
        ours, theirs = context.Pipe(duplex=False)
        writer = context.Process(target=_write_until_killed, args=(path, theirs, kill))
        writer.start()
        theirs.close()
        promised.add(ours.recv())
        time.sleep(draw.random() * 0.03)
        assert writer.pid
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        try:
            while ours.poll():
                promised.add(ours.recv())
        except EOFError:
            pass
    with Store(path) as store:
        kept = {(e.trial, e.criterion_id, e.seq) for key in store.trial_keys() for e in store.events(key)}
        assert promised <= kept and len(promised) >= 100
        assert store.rows("PRAGMA integrity_check")[0][0] == "ok"
        for key in store.trial_keys():
            assert replayed(store, key, ANA).items() <= {k: h.draft for k, h in store.held(key, ANA).items()}.items()

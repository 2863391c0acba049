"""The cases of tests/cases, read by the whole line; see reading_cases.py for their format."""

from __future__ import annotations

from pathlib import Path

import pytest

import limen
from limen.rows import rows
from reading_cases import FOLDER, Case, CaseError, cases, codes, load, read, readings, same, shown_tree, update

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(case: Case) -> None:
    trial, expected = read(case.text, case.role), case.expected
    if "reads" in expected and not same(expected["reads"], readings(trial)):
        pytest.fail(f"{case.text!r}\n  expected {expected['reads']}\n  read     {readings(trial)}", pytrace=False)
    if "tree" in expected:
        assert shown_tree(trial) == expected["tree"].rstrip("\n")
    assert set(expected.get("findings", ())) <= codes(trial)
    assert not set(expected.get("silent", ())) & codes(trial)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_limits_alone_are_the_same(case: Case) -> None:
    raw = case.text.encode()
    whole, alone = limen.structure(raw, role=case.role), limen.structure(raw, role=case.role, limits_only=True)
    assert {row.model_dump_json() for row in rows(alone)} == {row.model_dump_json() for row in rows(whole)}


def test_goldens_change_on_demand_only(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--update-cases"):
        pytest.skip("only with --update-cases")
    for path in sorted(FOLDER.glob("*.yaml")):
        update(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("- {name: a, text: x, reeds: []}", "unknown keys: reeds"),
        ("- {name: a, text: x}", "asserts nothing"),
        ("- {name: a, text: x, reads: []}\n- {name: a, text: y, reads: []}", "a name of its own"),
        ("- {text: x, reads: []}", "a name of its own"),
        ("- {name: a, reads: []}", "give `text` or `texts`"),
        ("- {name: a, text: x, texts: [y], reads: []}", "give `text` or `texts`"),
        ("name: a", "a list of cases is expected"),
    ],
)
def test_the_loader_refuses(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CaseError, match=says):
        load(file)


def test_updating_keeps_the_comment_and_writes_what_is_read(tmp_path: Path) -> None:
    file = tmp_path / "ages.yaml"
    file.write_text("# Ages.\n- {name: adults, text: Age of 18 years or older, reads: [age >= 99 a]}\n", encoding="utf-8")
    update(file)
    assert file.read_text(encoding="utf-8").startswith("# Ages.\n")
    assert load(file)[0]["reads"] == ["age >= 18 a"]


def test_any_concept_matches_a_star() -> None:
    assert same(["* <= 6 mo", "age >= 18 a"], ["age >= 18 a", '"last dose of X" <= 6 mo'])
    assert not same(["* <= 6 mo"], ['"last dose" <= 6 mo', "age >= 18 a"])
    assert not same(["* <= 6 mo"], ["x <= 7 mo"])

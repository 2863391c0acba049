"""What a record's name is, may be or is not for a criterion, in the whole lexicon and as the criterion is read; cases in relations.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import limen
from limen.criteria import Condition, Exposure, leaves
from limen.lexicon import load
from limen.screening.events import wanted
from limen.screening.match import Catalogue, Label, Wanted

CATALOGUE = Catalogue(load())


def pairs() -> Iterator[tuple[str, str, str]]:
    for entry in yaml.safe_load((Path(__file__).parent / "relations.yaml").read_text(encoding="utf-8")):
        fact = entry.pop("fact")
        assert entry.keys() <= {"is", "may", "not"}
        yield from ((fact, relation, text) for relation, texts in entry.items() for text in texts)


@pytest.mark.parametrize(("fact", "relation", "text"), pairs())
def test_relation(fact: str, relation: str, text: str) -> None:
    trial = limen.structure(f"Exclusion Criteria:\n* {text}\n".encode(), name="case.txt")
    named = [leaf for one in trial.criteria for leaf in leaves(one.requirement) if isinstance(leaf, (Condition, Exposure))]
    assert [CATALOGUE.relation(wanted(leaf), Label(fact)) for leaf in named] == [relation]


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        *((text, False) for text in ("12-lead ECG", "condoms", "standard of care", "adequate organ function assessed", "participation in another trial")),
        *((text, False) for text in ("specimens", "medical staff", "clinical trial", "screening visits completed", "begin study treatment")),
        *((text, True) for text in ("pacemaker", "intrauterine device", "zorvimab", "appendectomy", "opportunistic infection")),
    ],
)
def test_complete_list(text: str, listed: bool) -> None:
    """Whether a complete list would hold what the words name."""
    assert CATALOGUE.is_listable(Wanted(None, text)) is listed


@pytest.mark.parametrize(
    ("text", "listed"),
    [*((f"{cause} prior chemotherapy", False) for cause in ("from", "related to", "due to", "caused by", "associated with")), ("prior chemotherapy", True)],
)
def test_cause(text: str, listed: bool) -> None:
    """A treatment that something came of: who had it need not have that."""
    asked = Wanted("chemotherapy", text)
    assert CATALOGUE.is_listable(asked) is listed
    assert CATALOGUE.relation(asked, Label("carboplatin")) == ("is" if listed else "may")


@pytest.mark.parametrize(
    ("concept", "text", "listed"),
    [
        *(("chemotherapy", text, False) for text in ("CNS involvement prior to chemotherapy", "fatigue during chemotherapy", "planned for chemotherapy")),
        *(("chemotherapy", text, True) for text in ("chemotherapy before surgery", "received chemotherapy", "prior chemotherapy")),
        *(("hepatectomy", text, False) for text in ("undergoing hepatectomy", "scheduled for hepatectomy")),
        ("hemodialysis", "undergoing hemodialysis", True),
    ],
)
def test_treatment_beside_something_else(concept: str, text: str, listed: bool) -> None:
    """A treatment during which something else was, or that is to come, stands on no list of what was done."""
    assert CATALOGUE.is_listable(Wanted(concept, text)) is listed


def test_disease_is_no_cause() -> None:
    assert CATALOGUE.relation(Wanted("gout", "from gout"), Label("gout")) == "is"

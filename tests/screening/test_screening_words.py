"""What the words of a criterion ask for, screened as they stand."""

from __future__ import annotations

import pytest

import limen
from limen.registries.record import ListRole
from limen.screening import read_profile, screen
from limen.screening.logic import Truth

COURSES = {
    "on": {"name": "cisplatin", "start": "2026-08-01"},
    "until two weeks ago": {"name": "cisplatin", "start": "2026-08-01", "stop": "2026-10-18"},
    "until ten weeks ago": {"name": "cisplatin", "start": "2026-05-01", "stop": "2026-08-20"},
}


def answered(text: str, role: ListRole, **facts: object) -> Truth:
    profile = {"id": "one", "sex": "female", "birth_date": "1970-01-01", "complete": ["conditions", "medications", "procedures"], **facts}
    trial = limen.structure(text.encode(), role=role)
    (one,) = screen(trial, read_profile({**profile, "screening_date": "2026-11-01"})).criteria
    return one.holds


@pytest.mark.parametrize("text", ["No cisplatin for at least 4 weeks", "Not on cisplatin for 4 weeks", "No cisplatin for 4 weeks prior to enrolment"])
def test_a_stretch_without_a_drug_ends_with_its_last_dose(text: str) -> None:
    answers = {when: answered(text, "inclusion", medications=[course]) for when, course in COURSES.items()}
    assert answers == {"on": False, "until two weeks ago": False, "until ten weeks ago": True}
    assert answered(text, "inclusion") is True


def test_a_time_since_a_drug_with_another_for_some() -> None:
    text = "At least 4 weeks since cisplatin (14 weeks for carboplatin)"
    courses = [COURSES["until ten weeks ago"], {"name": "carboplatin", "start": "2026-05-01", "stop": "2026-08-20"}]
    assert answered(text, "inclusion", medications=courses[:1]) is True
    assert answered(text, "inclusion", medications=courses) is not True


@pytest.mark.parametrize("text", ["Blood products within 4 months", "Administration of blood products within 4 months"])
def test_a_treatment_counts_on_whichever_list_it_stands(text: str) -> None:
    assert answered(text, "exclusion", procedures=[{"name": "blood transfusion", "date": "2026-09-21"}]) is True


def test_the_onset_of_a_named_disease_is_its_own() -> None:
    asthma = {"name": "asthma", "onset": "2026-10-05", "status": "active"}
    assert answered("Onset of COVID-19 > 14 days", "exclusion", conditions=[asthma]) is not True
    assert answered("Onset of asthma > 14 days", "exclusion", conditions=[asthma]) is True


@pytest.mark.parametrize("text", ["Scheduled for tamoxifen and goserelin", "Planned for surgery", "Undergoing hepatectomy"])
def test_what_is_to_come_stands_on_no_list(text: str) -> None:
    assert answered(text, "inclusion") is None


@pytest.mark.parametrize("text", ["At least 4 weeks since prior cisplatin", "Last dose of cisplatin ≥ 4 weeks before enrolment", "At least 4 weeks since kidney transplantation"])
def test_a_time_since_may_ask_nothing_of_who_never_had_the_thing(text: str) -> None:
    assert answered(text, "inclusion") is None
    late = {"medications": [COURSES["until two weeks ago"]], "procedures": [{"name": "kidney transplantation", "date": "2026-10-18"}]}
    assert answered(text, "inclusion", **late) is False


def test_a_time_before_asks_for_the_thing() -> None:
    assert answered("Cisplatin at least 4 weeks before enrolment", "inclusion") is False
    assert answered("At least 4 weeks since diagnosis of gout", "inclusion") is False
    assert answered("More than 6 months since stroke", "exclusion") is False

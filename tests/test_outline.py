"""What the outline takes for no criterion."""

from __future__ import annotations

import pytest

import limen
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, IfThen, Unread
from limen.render import tree


@pytest.mark.parametrize("words", ["None", "- None.", "N/A", "* Not applicable", "No exclusion criteria."])
def test_a_list_that_says_that_it_is_empty_has_no_criteria(words: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n- Gout\nExclusion Criteria:\n{words}\n".encode())
    assert [(c.role, c.text) for c in trial.criteria] == [("inclusion", "Gout")]


@pytest.mark.parametrize("words", ["None of the drugs below", "No dialysis", "Not applicable to men with gout"])
def test_a_list_that_only_begins_so_has_one(words: str) -> None:
    trial = limen.structure(f"Exclusion Criteria:\n{words}\n".encode())
    assert [c.text for c in trial.criteria] == [words]


@pytest.mark.parametrize("heading", ["Exclusion Criteria (both groups)", "Exclusion Criteria for patients", "Exclusion criteria - all participants"])
def test_a_heading_may_say_for_whom_its_list_is(heading: str) -> None:
    trial = limen.structure(f"Inclusion Criteria (patients)\n- Gout\n{heading}\n- Asthma\n".encode())
    assert [(c.role, c.text) for c in trial.criteria] == [("inclusion", "Gout"), ("exclusion", "Asthma")]


@pytest.mark.parametrize("heading", ["Exclusion criteria (control group):", "Exclusion criteria for healthy controls", "Exclusion criteria for patients in arm B", "Donor exclusion criteria:", "Controls exclusion:", "Arm B Exclusion Criteria", "Exclusion Criteria - Expansion Cohort"])
def test_a_list_for_a_group_is_one_criterion(heading: str) -> None:
    trial = limen.structure(f"Inclusion Criteria (patients)\n- Gout\n{heading}\n- Asthma\n".encode())
    assert [c.role for c in trial.criteria] == ["inclusion", "exclusion"]
    assert all(isinstance(c.requirement, IfThen) and isinstance(c.requirement.when, Unread) for c in trial.criteria)


def test_a_label_over_two_headings_is_for_both() -> None:
    lists = "Inclusion Criteria:\n- Gout\nExclusion Criteria:\n- Asthma\n"
    trial = limen.structure(f"Phase 1:\n{lists}Phase 2:\n{lists}".encode())
    assert [c.role for c in trial.criteria] == ["inclusion", "exclusion"] * 2
    assert all(isinstance(c.requirement, IfThen) and isinstance(c.requirement.when, Unread) for c in trial.criteria)


def test_a_trial_of_one_group_asks_everyone() -> None:
    trial = limen.structure(b"Inclusion Criteria for patients:\n- Gout\nExclusion criteria - patients\n- Asthma\n- Breastfeeding mothers\n")
    assert [c.text for c in trial.criteria] == ["Gout", "Asthma", "Breastfeeding mothers"]


@pytest.mark.parametrize("heading", ["Biological mother exclusion:", "Healthy volunteers exclusion:", "Children exclusion:"])
def test_people_before_the_name_of_a_list_are_its_heading(heading: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n- Gout\n{heading}\n- Asthma\n- Migraine\n".encode())
    assert [c.role for c in trial.criteria] == ["inclusion", "exclusion", "exclusion"]


@pytest.mark.parametrize("line", ["- Mothers under exclusion: smokers", "Reason for exclusion of children unknown"])
def test_people_in_a_criterion_about_an_exclusion_head_no_list(line: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n- Gout\n{line}\n- Asthma\n".encode())
    assert [c.role for c in trial.criteria] == ["inclusion"] * 3


@pytest.mark.parametrize("line", ["Number of subjects for this age range: 40", "F.1.2.1 Number of subjects for this age range: 40", "- F.1.3.1\tNumber of subjects for this age range: 0"])
def test_how_many_people_a_register_plans_for_is_no_criterion(line: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n- Gout\n{line}\nExclusion Criteria:\n- Asthma\n".encode())
    assert [c.text for c in trial.criteria] == ["Gout", "Asthma"]


def test_a_number_of_things_that_a_criterion_counts_is_one() -> None:
    trial = limen.structure(b"Inclusion Criteria:\n- Gout\n- Number of swollen joints for this flare: 4\n")
    assert len(trial.criteria) == 2


@pytest.mark.parametrize("line", ["Signed consent Exclusion criteria:", "Does not meet the exclusion criteria", "Breastfeeding mothers\nExclusion criteria:"])
def test_what_a_list_asks_is_no_label_of_a_heading(line: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n- Gout\n- {line}\n- Asthma\n".encode())
    assert len(trial.criteria) == 3


@pytest.mark.parametrize("line", ["Exclusion criteria - pregnancy", "Exclusion (pregnancy) is at the doctor's choice"])
def test_a_line_that_names_what_shuts_out_is_no_heading(line: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n- Gout\n{line}\n- Asthma\n".encode())
    assert [c.role for c in trial.criteria] == ["inclusion"] * 3


def test_the_number_of_a_line_may_be_the_first_of_a_list_in_it() -> None:
    trial = limen.structure(b"Exclusion Criteria:\n- 1.Age above 80 years 2.Asthma 3.Gout 4.COPD\n")
    assert [c.text for c in trial.criteria] == ["Age above 80 years", "Asthma", "Gout", "COPD"]


@pytest.mark.parametrize("lead", ["Patients must meet all of the following criteria to be eligible:", "All subjects must meet the following criteria for inclusion:", "Participants are eligible if all of the following criteria apply:"])
def test_a_first_lead_that_only_opens_a_list_is_no_criterion(lead: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n\n{lead}\n\n- Gout\n- Asthma\n".encode())
    assert [c.text for c in trial.criteria] == ["Gout", "Asthma"]


@pytest.mark.parametrize("lead", ["Patients with epilepsy who meet all of the following criteria:", "Women who meet all of the following:", "Patients hospitalised for stroke must meet the following criteria:"])
def test_a_first_lead_that_says_more_is_a_criterion(lead: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n\n{lead}\n\n- Gout\n- Asthma\n".encode())
    assert [c.text for c in trial.criteria] == [lead, "Gout", "Asthma"]
    assert isinstance(trial.criteria[0].requirement, (Condition, Demographic, Exposure))


def test_a_first_lead_of_exclusions_that_says_more_goes_with_its_list() -> None:
    trial = limen.structure(b"Exclusion Criteria:\n\nPatients with epilepsy are excluded if any of the following:\n\n- Gout\n- Asthma\n")
    (criterion,) = trial.criteria
    assert isinstance(criterion.requirement, AllOf)
    assert [type(part) for part in criterion.requirement.of] == [Condition, AnyOf]


def test_an_or_between_the_items_of_a_first_lead_is_kept() -> None:
    trial = limen.structure(b"Inclusion Criteria:\n\nPatients must meet the following criteria:\n\n- Gout\n\nOR\n\n- Asthma\n")
    (criterion,) = trial.criteria
    assert isinstance(criterion.requirement, AnyOf)


def test_a_list_whose_numbers_start_again_stands_below_its_lead() -> None:
    trial = limen.structure(b"Inclusion Criteria:\n1. Gout\n2. One of the following:\n1. Fever\n2. Cough\n3. Rash\n3. Asthma\n4. Epilepsy\n")
    assert [type(c.requirement) for c in trial.criteria] == [Condition, AnyOf, Condition, Condition]


@pytest.mark.parametrize("items", ["1. Fever\n2. Cough\n3. Asthma\n4. Epilepsy", "1) Fever\n2. Cough"])
def test_numbers_that_may_belong_to_either_list_nest_nothing(items: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n1. Gout\n2. One of the following:\n{items}\n".encode())
    assert not any(isinstance(c.requirement, AnyOf) and len(c.requirement.of) > 2 for c in trial.criteria)


def test_former_lists_hold_for_nobody_in_particular() -> None:
    lists = "Current inclusion criteria as of 21/04/2020:\n1. Gout\n\nPrevious inclusion criteria:\n1. Asthma\n\n"
    trial = limen.structure((lists + lists.replace("inclusion", "exclusion")).encode())
    assert [c.role for c in trial.criteria] == ["inclusion"] * 2 + ["exclusion"] * 2
    assert [type(c.requirement) for c in trial.criteria] == [Condition, IfThen] * 2


@pytest.mark.parametrize("verb", ["were", "are as follows", "consisted of", "included"])
def test_a_heading_in_a_line_may_have_a_verb(verb: str) -> None:
    trial = limen.structure(f"The inclusion criteria {verb}: gout; asthma. The exclusion criteria {verb}: epilepsy.".encode())
    assert [c.role for c in trial.criteria] == ["inclusion", "exclusion"]


def test_a_sentence_about_the_exclusion_criteria_is_no_heading() -> None:
    trial = limen.structure(b"Inclusion Criteria:\n- Gout. Meets none of the exclusion criteria that were told at the visit: asthma\n")
    assert [c.role for c in trial.criteria] == ["inclusion"]


def test_a_list_for_staff_is_not_for_patients() -> None:
    trial = limen.structure(b"Inclusion Criteria:\n- Gout\n\nInclusion criteria for clinician participants\n- Asthma\n")
    assert [type(c.requirement) for c in trial.criteria] == [Condition, IfThen]


def test_marks_that_are_nothing_else_part_a_line() -> None:
    trial = limen.structure("Inclusion Criteria:\n\u02d1 gout; \u02d1asthma; \u02d1 epilepsy\n".encode())
    assert [c.text.strip(";") for c in trial.criteria] == ["gout", "asthma", "epilepsy"]


def test_items_whose_marks_were_lost_are_criteria_of_their_own() -> None:
    trial = limen.structure(b"Exclusion Criteria:\n- Allergy to lidocaine Patients with epilepsy Severe asthma (History of intubation) Use of warfarin\n- Gout\n")
    assert [c.text for c in trial.criteria] == ["Allergy to lidocaine", "Patients with epilepsy", "Severe asthma (History of intubation)", "Use of warfarin", "Gout"]


def test_one_capital_in_a_line_parts_no_criterion() -> None:
    trial = limen.structure(b"Exclusion Criteria:\n- Diagnosis of asthma History of intubation\n")
    assert len(trial.criteria) == 1


EITHER = [
    "- Fever\n- Gout, or\n- Asthma\n- Migraine",
    "- Fever\n- Gout OR\n- Asthma\n- Migraine",
    "- Fever\n- Gout\nOR\n- Asthma\n- Migraine",
    "1. Fever\n2. Gout\n3. or have had asthma\n4. Migraine",
]


@pytest.mark.parametrize("items", EITHER)
def test_or_joins_two_criteria_of_an_inclusion(items: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n\n{items}\n".encode())
    assert [type(c.requirement) for c in trial.criteria] == [Condition, AnyOf, Condition]


def test_alternatives_in_one_line_are_one_criterion() -> None:
    trial = limen.structure(b"Inclusion Criteria: (1) gout, (2) asthma, or (3) migraine\n")
    (criterion,) = trial.criteria
    assert isinstance(criterion.requirement, AnyOf)
    assert len(criterion.requirement.of) == 3


@pytest.mark.parametrize("items", ["- No gout, or\n- No asthma", "- Not treated for gout or\n- asthma", "1. Gout; and\n2. Asthma", "1) Gout, 2) asthma, and 3) migraine"])
def test_denials_and_what_and_joins_stay_apart(items: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n\n{items}\n".encode())
    assert len(trial.criteria) == 3 if "3)" in items else len(trial.criteria) == 2
    assert not any(isinstance(c.requirement, AnyOf) for c in trial.criteria)


STOPPED = "Exclusion criteria:\n1. Gout.\n2. Severe asthma.\n3. {}\n{}\n4. Lupus.\n5. Use of warfarin."


@pytest.mark.parametrize(
    ("line", "following"),
    [("Biopsy-proven lesions of the liver or History of Wilson", "Disease at any time."), ("Use of a study drug", "(drug or device) within 45 days.")],
)
def test_a_line_goes_on_where_its_item_has_no_stop_yet(line: str, following: str) -> None:
    texts = [c.text for c in limen.structure(STOPPED.format(line, following).encode()).criteria]
    assert texts[2] == f"{line}\n{following}" and len(texts) == 5


@pytest.mark.parametrize("line", ["Stroke.", "Stroke;"])
def test_a_line_behind_a_stop_is_a_criterion_of_its_own(line: str) -> None:
    texts = [c.text for c in limen.structure(STOPPED.format(line, "Pregnancy").encode()).criteria]
    assert f"{line}\nPregnancy" not in texts


def test_lines_of_a_list_without_stops_stay_apart() -> None:
    text = STOPPED.format("Stroke", "Pregnancy").replace(".\n", "\n")
    assert [c.text for c in limen.structure(text.encode()).criteria][2:4] == ["Stroke", "Pregnancy"]


@pytest.mark.parametrize("mark", ["", "* ", "  - "])
def test_bare_numbers_that_count_up_are_marks(mark: str) -> None:
    text = "Inclusion criteria:\n" + "\n".join(f"{mark}{line}" for line in ("1 Gout confirmed by biopsy", "2 Tophi seen", "3 18 years or older"))
    assert [c.text for c in limen.structure(text.encode()).criteria] == ["Gout confirmed by biopsy", "Tophi seen", "18 years or older"]


@pytest.mark.parametrize("lines", [("2 attacks or more", "3 tophi", "4 weeks of rest"), ("1 attack", "2 tophi", "gout"), ("1 attack", "3 tophi", "5 joints")])
def test_numbers_that_do_not_count_up_belong_to_their_lines(lines: tuple[str, ...]) -> None:
    text = "Inclusion criteria:\n" + "\n".join(f"* {line}" for line in lines)
    assert [c.text for c in limen.structure(text.encode()).criteria] == list(lines)


@pytest.mark.parametrize("heading", ["Exclu\u00adsion Criteria:", "Exclusion Cri\u200bteria", "\u200bExclusion\u2060 Criteria:\u200b", "Ex<wbr>clusion criteria:"])
def test_a_heading_with_characters_that_nobody_sees_is_one(heading: str) -> None:
    text = f"Inclusion Criteria:\n- Gout\n{heading}\n- Asth\u00adma\n- Age ab\u200bove 8\u200b0 years\n"
    trial = limen.structure(text.encode())
    assert [(c.role, c.text) for c in trial.criteria] == [("inclusion", "Gout"), ("exclusion", "Asth\u00adma"), ("exclusion", "Age ab\u200bove 8\u200b0 years")]
    assert all(c.text == text[c.start : c.end] for c in trial.criteria)


@pytest.mark.parametrize("heading", ["排除标准：", "排除标准", "Ausschlusskriterien:", "Criterios de exclusión", "Critères d'exclusion :", "排除标准 Exclusion criteria:", "Exclusion criteria 排除标准", "【除外基準】"])
def test_a_heading_may_be_in_another_language(heading: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n- Gout\n{heading}\n- Asthma\n".encode())
    assert [(c.role, c.text) for c in trial.criteria] == [("inclusion", "Gout"), ("exclusion", "Asthma")]


def test_lists_in_one_line_may_be_headed_in_another_language() -> None:
    trial = limen.structure("纳入标准：(1) Gout (2) Fever 排除标准：1. Asthma。".encode())
    assert [c.role for c in trial.criteria] == ["inclusion", "inclusion", "exclusion"]


@pytest.mark.parametrize(
    "lead",
    [
        "Who meets any of the following criteria will be excluded:",
        "A potential subject with any of the following is not allowed to take part:",
        "Patients who have one or more of the following conditions cannot be recruited.",
        "Exclusion from the trial if one of the following criteria is fulfilled:",
        "Those presenting with any of these criteria were ruled out:",
    ],
)
def test_a_lead_that_only_says_that_its_items_shut_out_is_a_heading(lead: str) -> None:
    trial = limen.structure(f"Exclusion Criteria:\n{lead}\n1. Gout\n2. Asthma\n".encode())
    assert [c.text for c in trial.criteria] == ["Gout", "Asthma"]


@pytest.mark.parametrize("lead", ["Subjects who do not meet the following criteria will be excluded:", "Those meeting all of the following are excluded:", "At least two of the following:"])
def test_a_lead_that_says_how_its_items_shut_out_stays(lead: str) -> None:
    trial = limen.structure(f"Exclusion Criteria:\n{lead}\n1. Gout\n2. Asthma\n".encode())
    assert len(trial.criteria) == 1


@pytest.mark.parametrize(
    "text",
    [
        "1.Gout. 2.Asthma of any kind. 3.14 to 70 years old. 4.Fever. 5.Cough.",
        "1.Gout.\n2.Asthma of any kind.\n3.14 to 70 years old.\n4.Fever.\n5.Cough.",
        "1. Gout 2. Asthma of any kind 3. 14 to 70 years old 4. Fever 5. Cough",
        "1) Gout 2) Asthma of any kind 3) 14 to 70 years old 4) Fever 5) Cough",
        "(1) Gout (2) Asthma of any kind (3) 14 to 70 years old (4) Fever (5) Cough",
        "1、Gout；2、Asthma of any kind；3、14 to 70 years old；4、Fever；5、Cough",
        "1．Gout\n2．Asthma of any kind\n3．14 to 70 years old\n4．Fever\n5．Cough",
        "①Gout ②Asthma of any kind ③14 to 70 years old ④Fever ⑤Cough",
        "① Gout\n② Asthma of any kind\n③ 14 to 70 years old\n④ Fever\n⑤ Cough",
        "I01. Gout\nI02. Asthma of any kind\nI03. 14 to 70 years old\nI04. Fever\nI05. Cough",
        "INC-1: Gout\nINC-2: Asthma of any kind\nINC-3: 14 to 70 years old\nINC-4: Fever\nINC-5: Cough",
        "® 1. Gout ® 2. Asthma of any kind ® 3. 14 to 70 years old ® 4. Fever ® 5. Cough",
    ],
)
def test_a_number_may_touch_its_mark(text: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n{text}\n".encode())
    assert [c.text.rstrip(".;；") for c in trial.criteria] == ["Gout", "Asthma of any kind", "14 to 70 years old", "Fever", "Cough"]


@pytest.mark.parametrize("text", ["1.18-75 years old 2.Gout 3.Asthma 4.Fever", "1.18-75 years old;\n2.Gout\n3.Asthma\n4.Fever", "1、18-75 years old\n2、Gout\n3、Asthma\n4、Fever"])
def test_the_first_item_may_begin_with_a_number(text: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n{text}\n".encode())
    assert [c.text.rstrip(";") for c in trial.criteria] == ["18-75 years old", "Gout", "Asthma", "Fever"]


@pytest.mark.parametrize(
    "text",
    [
        "1. Creatinine above\n1.5 mg/dL\n2. Gout\n3. Asthma",
        "1. Gout\n2. Tumour larger than\n3.5 cm\n3. Asthma",
        "1. Gout\n2. Tumour of a diameter that exceeds\n3.5 cm",
        "1.5 x ULN or less of bilirubin",
        "1. Gout 2. Tumour of 3.5 cm 3. Asthma 4. Fever",
    ],
)
def test_a_decimal_number_is_no_mark(text: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n{text}\n".encode())
    assert any("1.5" in c.text or "3.5 cm" in c.text for c in trial.criteria)


@pytest.mark.parametrize("broken", ["for\n= 07 days before enrolment", "for\n  =7 days before enrolment"])
def test_a_line_that_begins_with_a_sign_goes_on(broken: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n- No steroids for gout {broken}\n- Asthma\n".encode())
    assert len(trial.criteria) == 2


@pytest.mark.parametrize(
    "rows",
    [
        ("| E.3 | Principal inclusion criteria  |", "| E.4 | Principal exclusion criteria  |"),
        ("E.3 Principal inclusion criteria", "E.4\nPrincipal exclusion criteria"),
        ("E.3\n| Principal inclusion criteria", "| E.4 |\n| Principal exclusion criteria |"),
        ("4.1.1 Inclusion Criteria", "4.1.2 Exclusion Criteria"),
        ("-----\nInclusion criteria |", "-----\n| Exclusion criteria |"),
    ],
)
def test_a_row_of_a_form_may_be_a_heading(rows: tuple[str, str]) -> None:
    trial = limen.structure(f"{rows[0]}\n- Gout\n{rows[1]}\n----- Asthma\n| |\n".encode())
    assert [(c.role, c.text) for c in trial.criteria] == [("inclusion", "Gout"), ("exclusion", "Asthma")]


@pytest.mark.parametrize("first", ["Exclusion criteria: 1. Severe disease, if one of the following is met", "Exclusion criteria:\n1. Severe disease, if one of the following is met"])
def test_a_list_behind_its_heading_stands_as_far_in_as_below_it(first: str) -> None:
    trial = limen.structure(f"Inclusion criteria: Fever\n{first}\n(1) Gout;\n(2) Asthma;\n2. Epilepsy\n".encode())
    assert [c.number for c in trial.criteria] == [None, "1", "2"]


@pytest.mark.parametrize("below", ["Gout that was\nSeen by a doctor", "Gout of the\nFirst toe", "Gout\n\nAsthma", "Note: gout\nAsthma"])
def test_lines_that_go_on_are_no_items(below: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n1. Fever\n2. One of the following:\n{below}\n3. Cough\n".encode())
    assert not any(c.text in ("Seen by a doctor", "First toe") for c in trial.criteria)


def test_a_word_that_may_end_a_line_does_not_carry_on() -> None:
    trial = limen.structure(b"Inclusion Criteria:\n- Gout\n\nNo asthma before\n\nAge over 50 years\n- Fever\n")
    assert "Age over 50 years" in [c.text for c in trial.criteria]


def test_the_lead_of_a_further_list_goes_on_with_no_item() -> None:
    lists = "Severe disease, any of the following:\na) gout;\nb) fever;\nc) pressure\n= 300 mmHg (40 kPa)\nCritical disease, any of the following:\na) cough;\nb) chills;\nc) asthma."
    trial = limen.structure(f"Exclusion Criteria:\n{lists}\n".encode())
    assert [c.text.partition(",")[0] for c in trial.criteria] == ["Severe disease", "Critical disease"]


@pytest.mark.parametrize(
    "heading",
    [
        "Specific non-inclusion criteria:",
        "General non inclusion criteria :",
        "Transplant Exclusion:",
        "Patients are ineligible to be included if any of the exclusion criteria are met:",
        "Subjects with any of the following conditions will not be enrolled:",
        "Participants must not meet any of the following exclusion criteria:",
        "A potential subject who meets one of these criteria cannot participate:",
    ],
)
@pytest.mark.parametrize("mark", ["- ", ""])
def test_what_stands_below_a_heading_that_shuts_out_is_an_exclusion(heading: str, mark: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n{mark}Gout\n{heading}\n{mark}Asthma\n{mark}Fever\n".encode())
    assert [(c.role, c.text) for c in trial.criteria] == [("inclusion", "Gout"), ("exclusion", "Asthma"), ("exclusion", "Fever")]


@pytest.mark.parametrize("lead", ["Subjects who do not meet the following criteria are excluded:", "Those who meet all of the following will be excluded:", "Reason for the exclusion of gout:"])
def test_a_lead_that_shuts_out_in_another_way_is_no_heading(lead: str) -> None:
    trial = limen.structure(f"Inclusion Criteria:\n- Gout\n{lead}\n- Asthma\n- Fever\n".encode())
    assert all(c.role == "inclusion" for c in trial.criteria)


@pytest.mark.parametrize(("line", "count"), [("- Uric acid above 7 mg/dL at any time in the last 8 weeks Exclusion Criteria", 2), ("- Signed consent, and fulfils none of the items that are listed as Exclusion Criteria", 3)])
def test_a_heading_may_end_a_line(line: str, count: int) -> None:
    trial = limen.structure(f"Inclusion Criteria\n- Gout\n{line}\n- Asthma\n".encode())
    assert [c.role for c in trial.criteria].count("inclusion") == count


@pytest.mark.parametrize(
    "lead",
    [
        "Patients must not meet any of the following exclusion criteria to be eligible:",
        "Subjects must not have any of the following to be eligible:",
        "Participants should not fulfil any of these criteria:",
    ],
)
def test_exclusions_that_must_not_be_met_are_exclusions(lead: str) -> None:
    trial = limen.structure(f"Exclusion Criteria:\n{lead}\n1. Gout\n2. Asthma\n".encode())
    assert [(c.role, c.text) for c in trial.criteria] == [("exclusion", "Gout"), ("exclusion", "Asthma")]
    assert all(isinstance(c.requirement, Condition) and not c.requirement.negated for c in trial.criteria)


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("words", ["If the participant is pregnant or has epilepsy, the participant is|not eligible", "Gout in participants who were therefore|not eligible", "Donors who take warfarin and are|excluded"])
def test_the_end_of_a_wrapped_sentence_is_no_heading(words: str, gap: str) -> None:
    first, second = words.split("|")
    item = f"          -  {first}{gap}             {second}"
    trial = limen.structure(f"Inclusion Criteria:{gap}{item}{gap}{gap}          -  Weight of at least 50 kg\n\nExclusion Criteria:\n\n          -  Asthma\n".encode())
    assert [c.role for c in trial.criteria] == ["inclusion", "inclusion", "exclusion"]


FILLED = """Inclusion Criteria
1. Able to read the language of the study and to come to all of its planned
visits
2. Using aspirin or any other platelet inhibitor regularly for at least the past
14 days
3. LVEF of at least 48 % by echocardiography, MUGA scan or by a recent cardiac
MRI
4. Weight of at least 50 kg
Negative pregnancy test
Exclusion Criteria
- Patients with any known contraindication to the magnetic resonance imaging or
MRI contrast
- Heart failure of a class of more than II by the scale of the New York Heart
Association
- Gout
"""


def test_a_line_whose_first_word_had_no_room_above_goes_on_with_the_item() -> None:
    trial = limen.structure(FILLED.encode())
    assert [c.text.split()[-1] for c in trial.criteria] == ["visits", "days", "MRI", "kg", "test", "contrast", "Association", "Gout"]


def test_a_line_that_had_room_above_is_an_item_by_itself() -> None:
    trial = limen.structure(b"Inclusion Criteria\n1. Gout that was treated with colchicine for at least\nHypertension\n2. Asthma, and able to come to all of the planned visits of the study\n")
    assert "Hypertension" in [c.text for c in trial.criteria]


def test_what_is_done_if_any_test_is_abnormal_joins_no_list() -> None:
    trial = limen.structure(b"Inclusion Criteria\n* Adequate organ function. If any of the tests is abnormal, it may be repeated within a week:\n  1. Platelets >= 100 x 10^9/L\n  2. ALT <= 90 U/L\n* If any of the following apply, the patient may enter:\n  1. Gout\n  2. Asthma\n")
    first, second = ("".join(tree(c.requirement)) for c in trial.criteria)
    assert "any of" not in first and "any of" in second


@pytest.mark.parametrize("heading", ["Participant exclusion criteria", "Volunteer exclusion criteria", "Imaging exclusion criteria", "Pre-operative exclusion criteria"])
def test_a_title_in_sentence_case_heads_a_list(heading: str) -> None:
    trial = limen.structure(f"Participant inclusion criteria\n- Gout\n{heading}\n- Asthma\n".encode())
    assert [(c.role, c.text) for c in trial.criteria] == [("inclusion", "Gout"), ("exclusion", "Asthma")]
    assert not trial.findings


@pytest.mark.parametrize("line", ["No MRI exclusion criteria", "Standard MRI exclusion criteria"])
def test_a_criterion_may_name_a_list(line: str) -> None:
    trial = limen.structure(f"Inclusion criteria\n{line}\nGout\n".encode())
    assert [(c.role, c.text) for c in trial.criteria] == [("inclusion", line), ("inclusion", "Gout")]

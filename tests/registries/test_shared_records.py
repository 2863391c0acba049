"""Real records, read where they are at hand: the five seeds, and the development part of the registries' own files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from limen.criteria import Bound
from limen.errors import RecordError
from limen.registries import iter_records, read

_SHARED = Path(__file__).parents[3] / "shared"
_needs_shared = pytest.mark.skipif(not _SHARED.is_dir(), reason="the shared records are not beside this checkout")


def _years(value: int, *, inclusive: bool) -> Bound:
    return Bound(value=Decimal(value), unit="a", inclusive=inclusive)


# File -> format, trial, age_min, age_max, healthy volunteers, first and last words, start of the second section.
_SEEDS = {
    "jrct_jRCTc071190041.txt": (
        ("jrct", "jRCTc071190041", _years(16, inclusive=True), _years(65, inclusive=False), None),
        ("A patient aged 16 to 64", "10 g in total.", "A patient with one of"),
    ),
    "clinicaltrials_gov_NCT00962923.txt": (
        ("ctgov_page", "NCT00962923", _years(15, inclusive=True), _years(65, inclusive=True), False),
        ("Inclusion Criteria:", "no vascular access", None),
    ),
    "medpath_NCT02975960.txt": (
        ("medpath", "NCT02975960", None, None, None),
        ("Inclusion Criteria", "psychologic problems", None),
    ),
    "medpath_cgvhd_msc.txt": (
        ("medpath", "medpath_cgvhd_msc", None, None, None),
        ("1) Minimum age", "adherence of the clinical trial", "1) Pregnant women"),
    ),
    "umin_ctr_UMIN000041461.txt": (
        ("umin", "UMIN000041461", _years(20, inclusive=True), _years(75, inclusive=True), None),
        ("Key inclusion criteria", "by investigators.", None),
    ),
}


@_needs_shared
@pytest.mark.parametrize("name", _SEEDS)
def test_seed(name: str) -> None:
    (form, trial_id, age_min, age_max, healthy), (first, last, second) = _SEEDS[name]
    raw = (_SHARED / "seeds" / name).read_bytes()
    trial = read(raw, name=name)
    fields = trial.registry_fields
    assert (trial.source.format, trial.trial_id, fields.healthy_volunteers) == (form, trial_id, healthy)
    assert (fields.age_min, fields.age_max, fields.sex) == (age_min, age_max, "all")
    assert trial.text.startswith(first)
    assert trial.text.endswith(last)
    assert trial.text in raw.decode()
    assert trial.title and len(trial.conditions) == 1
    if second is None:
        assert (trial.sections, trial.findings) == ((), ())
    else:
        inclusion, exclusion = trial.sections
        assert (inclusion.role, inclusion.start, exclusion.role) == ("inclusion", 0, "exclusion")
        assert trial.text[exclusion.start :].startswith(second)
        assert [(finding.code, finding.severity) for finding in trial.findings] == [("heading_missing", "info")]


# The records that hold no eligibility text that limen could read, and what must be said of them.
_WITHOUT = {
    "ctgov_legacy_xml/NCT03182660.xml": "no eligibility criteria",
    "ctgov_v2_json/gyxcit_output.csv": "without a column for criteria",
    "ctgov_v2_json/mcode_complete_study.json": "without a Group of eligibility",
    "ictrp_csv/registry_prefixes_date_formats.csv": "without a column for criteria",
}


@_needs_shared
def test_every_record_is_read_or_says_why_not() -> None:
    refused: dict[str, str] = {}
    count = 0

    def refuse(error: RecordError) -> None:
        refused[Path(error.source or "").relative_to(_SHARED / "records").as_posix()] = error.reason

    for name, raw in iter_records(_SHARED / "records", on_error=refuse):
        short = Path(name).relative_to(_SHARED / "records").as_posix()
        try:
            trial = read(raw, name=short)
        except RecordError as error:
            refuse(RecordError(error.reason, source=name))
            continue
        count += 1
        assert trial.text.strip(), short
        ages = short.startswith("ictrp_csv")  # some of its registries give ages without a unit
        assert ages or not any(finding.code == "registry_field_unread" for finding in trial.findings), short
    assert set(refused) == set(_WITHOUT)
    assert all(reason in refused[name] for name, reason in _WITHOUT.items())
    assert count > 1_100

"""The package's own sample records: one of each format, read without a doubt."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import limen
from limen.criteria import Trial
from limen.registries import REGISTRIES, iter_records, read

# File -> format, trial, ages, inclusion and exclusion items that a reader must find in the text.
_SAMPLES = {
    "jrct.txt": ("jrct", "jRCT9999999901", 20, (85, False)),
    "niph.txt": ("niph", "jRCT9999999902", 18, (80, False)),
    "ctgov_page.txt": ("ctgov_page", "NCT99999901", 16, (70, True)),
    "ctgov_v2.json": ("ctgov_json", "NCT99999902", 18, None),
    "ctgov.xml": ("ctgov_xml", "NCT99999903", 6, (17, True)),
    "medpath.txt": ("medpath", "NCT99999904", None, None),
    "medpath_bare.txt": ("medpath", "medpath_bare", None, None),
    "umin.txt": ("umin", "UMIN999999901", 20, (85, False)),
    "plain.txt": ("plain", "plain", None, None),
}


def _folder() -> Path:
    return Path(str(files("limen.samples")))


def _trials() -> Iterator[tuple[str, Trial]]:
    for name, raw in iter_records(_folder()):
        yield Path(name).name, read(raw, name=name)


def test_every_sample_is_known_and_read() -> None:
    assert {name for name, _ in _trials()} == set(_SAMPLES)


@pytest.mark.parametrize("name", _SAMPLES)
def test_sample(name: str) -> None:
    form, trial_id, low, high = _SAMPLES[name]
    trial = read(_folder().joinpath(name).read_bytes(), name=name)
    fields = trial.registry_fields
    assert (trial.source.format, trial.trial_id) == (form, trial_id)
    assert (int(fields.age_min.value) if fields.age_min else None) == low
    assert ((int(fields.age_max.value), fields.age_max.inclusive) if fields.age_max else None) == high
    assert fields.sex == (None if form == "plain" else "all")
    assert all(finding.severity == "info" for finding in trial.findings)
    assert len(trial.text) > 500
    assert trial.title or form == "plain"


@pytest.mark.parametrize("name", ["jrct.txt", "medpath_bare.txt", "niph.txt"])
def test_samples_without_headings_are_divided_by_their_layout(name: str) -> None:
    trial = read(_folder().joinpath(name).read_bytes(), name=name)
    assert [section.role for section in trial.sections] == ["inclusion", "exclusion"]
    first, second = trial.sections
    labels = trial.text[: first.start] + trial.text[first.end : second.start] + trial.text[second.end :]
    assert labels == ("Include criteriaExclude criteria" if name == "niph.txt" else "")


def test_items_behind_a_label_that_is_glued_to_them_are_criteria() -> None:
    trial = limen.structure(_folder().joinpath("niph.txt").read_bytes(), name="niph.txt")
    assert [c.id for c in trial.criteria if c.role != "registry"] == ["I1", "I2", "I3", "I4", "E1", "E2", "E3", "E4", "E5", "E6", "E7"]
    assert all(not c.text.startswith(("Include", "(1)")) for c in trial.criteria)


def test_formats_have_names_of_their_own() -> None:
    names = [form.NAME for form in REGISTRIES]
    assert len(set(names)) == len(names)
    assert names[-1] == "plain"

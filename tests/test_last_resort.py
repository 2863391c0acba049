"""Units that the table does not know are read by quantulum3, as written."""

from __future__ import annotations

import pytest

from limen.reading.last_resort import unknown_unit


@pytest.mark.parametrize(("text", "unit"), [("3 teaspoons of salt", "teaspoons"), ("2 gallons", "gallons"), ("12 volts", "volts")])
def test_a_unit_of_its_own(text: str, unit: str) -> None:
    found = unknown_unit(text, text.index(" "))
    assert found is not None
    assert found[0] == unit
    assert text[: found[1]].endswith(unit)


@pytest.mark.parametrize("text", ["200 in the last visit", "3 lesions", "5 points", "2 or more", "10 patients"])
def test_words_that_are_no_units(text: str) -> None:
    assert unknown_unit(text, text.index(" ")) is None

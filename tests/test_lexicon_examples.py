"""Every example of the catalogue of measurements and scores, read by the whole line."""

from __future__ import annotations

import re

import pytest

from limen import lexicon
from limen.lexicon import Example
from reading_cases import read, readings

_WINDOW = re.compile(r" \[(?:within|before|after|during|for|at)\b[^\]]*\]")
_ZEROS = re.compile(r"(\d+\.\d*?)0+(?=\D|$)")
EXAMPLES = [(entry.id, example) for entry in lexicon.load().measured.values() for example in entry.examples]


@pytest.mark.parametrize(("concept", "example"), EXAMPLES, ids=[f"{concept}: {e.text[:60]}" for concept, e in EXAMPLES])
def test_example(concept: str, example: Example) -> None:
    """Windows are not part of the examples' notation, and 2.0 is 2."""
    got = sorted(_WINDOW.sub("", reading) for reading in readings(read(example.text, "inclusion")))
    expected = sorted(_ZEROS.sub(lambda m: m[1].rstrip("."), reading) for reading in example.reads)
    if got != expected:
        pytest.fail(f"{concept}: {example.text!r}\n  expected {expected}\n  read     {got}", pytrace=False)

"""Fixtures of the review tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from review_trials import fake_trials

from limen.criteria import Trial
from limen.review.store import Store


@pytest.fixture
def trials() -> list[Trial]:
    return fake_trials()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "review.sqlite", busy_timeout=0.2) as opened:
        yield opened

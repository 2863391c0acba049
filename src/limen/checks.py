"""Checks: lint of a structured trial, each check a function that yields findings."""

from __future__ import annotations

from limen.criteria import Trial


def check(trial: Trial) -> Trial:
    return trial

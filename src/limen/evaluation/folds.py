"""Folds for cross-validation: a trial is in the same fold on every machine, with everything that is known of it."""

from __future__ import annotations

from hashlib import sha256


def fold_of(trial_id: str, folds: int) -> int:
    """The fold of a trial, 0..folds-1, by the SHA-256 of its id."""
    return int(sha256(trial_id.encode()).hexdigest(), 16) % folds

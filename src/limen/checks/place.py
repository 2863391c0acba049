"""What a check yields: a finding, and the id of the criterion that it belongs to."""

from __future__ import annotations

from typing import TypeAlias

from limen.criteria import AnyLeaf, Criterion, Finding, Severity

Found: TypeAlias = tuple[str, Finding]


def at(criterion: Criterion, leaf: AnyLeaf, code: str, severity: Severity, message: str) -> Found:
    """A finding at a leaf of a criterion."""
    return criterion.id, Finding(code=code, severity=severity, start=leaf.start, end=leaf.end, message=message)

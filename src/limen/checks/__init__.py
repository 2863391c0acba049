"""Checks: lint of a structured trial.  Each check is one function from a trial to findings, and one word in `CHECKS`.

What a single limit's reading gives away (symbol_repaired, operator_ambiguous, unit_missing, unit_implausible,
value_implausible) and what was left unread (unread_text) the earlier stages say; a check is about how things fit together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from limen.checks.abbreviations import abbreviation_ambiguous
from limen.checks.limits import contradiction, redundant
from limen.checks.place import Found
from limen.checks.registry import contradicts_registry_field
from limen.criteria import Finding, Trial

__all__ = ["CHECKS", "check"]

CHECKS: tuple[Callable[[Trial], Iterator[Found]], ...] = (
    contradicts_registry_field,
    contradiction,
    redundant,
    abbreviation_ambiguous,
)


def check(trial: Trial) -> Trial:
    """The trial with the findings of every check, each on the criterion that it is about.  Checking twice adds nothing."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for each in CHECKS:
        for criterion_id, finding in each(trial):
            found[criterion_id].append(finding)
    if not found:
        return trial
    criteria = tuple(
        criterion.model_copy(update={"findings": _with(criterion.findings, found[criterion.id])}) if criterion.id in found else criterion
        for criterion in trial.criteria
    )
    return trial.model_copy(update={"criteria": criteria})


def _with(old: tuple[Finding, ...], new: list[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys((*old, *new)))

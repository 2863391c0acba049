"""The flat table of a trial's limits: each threshold with the trial and the criterion that it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from limen.criteria import Criterion, Operator, Role, Threshold, Trial, Window, thresholds

_TIME_WORD = re.compile(r"(?<![^\W\d_])(?:years?|yrs?|months?|mos?|weeks?|wks?|days?|hours?|hrs?|minutes?|mins?|[hd])\b", re.IGNORECASE)
_STRICT = re.compile(  # "=< 7 days", "> or = 7 days", "less than/equal to 7 days" are not strict
    r"(?<!no )(?<!not )\b(?:less|more|greater|longer|fewer|shorter)\s+than\b(?!\s?(?:or|and|/)?\s?(?:equal|=|at))|(?<!=)(?<!=\s)[<>](?!\s?(?:/|or|and)?\s?(?:=|equal))",
    re.IGNORECASE,
)


class Row(Threshold):
    """A threshold as a row of `limen thresholds`."""

    trial_id: str
    criterion_id: str
    role: Role


def rows(trial: Trial) -> Iterator[Row]:
    """Every limit of a structured trial, in the order of its criteria, doses and the windows of measurements included.

    A place in the text gives a concept one row of each kind, however often the tree repeats it; two events under one window stay two.
    """
    seen: set[tuple[int, int, str | None, int | None, str, str]] = set()
    for criterion in trial.criteria:
        found = list(thresholds(criterion.requirement))
        for threshold in [*found, *_windows(criterion, found)]:
            where = criterion.id if criterion.role == "registry" else ""
            named = threshold.concept_start if threshold.kind == "window" else None
            key = (threshold.start, threshold.end, threshold.concept, named, threshold.kind, where)
            if key not in seen:
                seen.add(key)
                yield Row.model_construct(
                    **threshold.__dict__, trial_id=trial.trial_id, criterion_id=criterion.id, role=criterion.role
                )


def _windows(criterion: Criterion, found: list[Threshold]) -> Iterator[Threshold]:
    """The numeric windows of measurements, scores, doses and counts ("creatinine > 2 mg/dL within 14 days") as limits of their own."""
    windowed = {(t.start, t.end, t.concept) for t in found if t.kind == "window"}
    for threshold in found:
        window = threshold.window
        if window is None or threshold.kind not in ("measurement", "score", "dose", "count"):
            continue
        place = _place(criterion, window, threshold)
        operator = _operator(window)
        if place is not None and operator is not None and (*place, threshold.concept) not in windowed:
            yield _of_window(threshold, window, place, operator)


def _operator(window: Window) -> Operator | None:
    strict = bool(_STRICT.search(window.text))
    if window.low is None:
        return None if window.high is None else "lt" if strict else "le"
    return "between" if window.high is not None else "gt" if strict else "ge"


def _place(criterion: Criterion, window: Window, threshold: Threshold) -> tuple[int, int] | None:
    """Where the window's words stand: of several such places in the criterion the one nearest to the limit."""
    places: list[int] = []
    at = criterion.text.find(window.text) if window.text else -1
    while at >= 0:
        places.append(criterion.start + at)
        at = criterion.text.find(window.text, at + 1)
    if not places:
        return None
    begin, end = min(threshold.start, threshold.concept_start or threshold.start), max(threshold.end, threshold.concept_end or 0)
    start = min(places, key=lambda place: max(place - end, begin - place - len(window.text)))
    return start, start + len(window.text)


def _of_window(threshold: Threshold, window: Window, place: tuple[int, int], operator: Operator) -> Threshold:
    return Threshold(
        kind="window",
        concept=threshold.concept,
        code=threshold.code,
        concept_text=threshold.concept_text,
        concept_start=threshold.concept_start,
        concept_end=threshold.concept_end,
        text=window.text,
        start=place[0],
        end=place[1],
        operator=operator,
        low=window.low,
        low_inclusive=None if window.low is None else operator != "gt",
        high=window.high,
        high_inclusive=None if window.high is None else operator != "lt",
        unit=window.unit,
        unit_text=next((m.group() for m in reversed(list(_TIME_WORD.finditer(window.text)))), None),
        window=window,
        confidence=threshold.confidence,
    )

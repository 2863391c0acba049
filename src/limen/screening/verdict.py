"""The answer: may this patient enter this trial, what stands against it, what is missing, what nearly fits, when."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field

from limen.criteria import Role, Value

Decision = Literal["eligible", "ineligible", "undetermined"]
Effect = Literal["passes", "excludes", "undetermined"]


class Evidence(Value):
    """What one leaf of a criterion rests on.  `leaf` is its text, `threshold` its limit in symbols where it is one."""

    leaf: str
    threshold: str | None = None
    patient: str | None = None
    conversion: str | None = None
    holds: bool | None
    note: str | None = None


class Judged(Value):
    """One criterion's outcome: whether its statement is true of the patient, and what that means."""

    criterion_id: str
    role: Role
    text: str
    holds: bool | None
    effect: Effect
    because: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()


class NearMiss(Value):
    """A limit that the patient misses narrowly (`near`), or meets or misses with its very number (`boundary`)."""

    criterion_id: str
    kind: Literal["near", "boundary"]
    limit: str
    patient: str
    holds: bool


class Calendar(Value):
    """Between which days the patient could enter, if nothing else changes; open where nothing known sets an end."""

    first: datetime.date | None = Field(default=None, alias="from")
    last: datetime.date | None = Field(default=None, alias="until")
    because: tuple[str, ...] = ()


class Verdict(Value):
    """One patient against one trial.  Eligible means that every criterion was read, is known, and passes."""

    schema_: Literal["limen.verdict/1"] = Field(default="limen.verdict/1", alias="schema")
    patient_id: str
    trial_id: str
    on: datetime.date
    verdict: Decision
    criteria: tuple[Judged, ...] = ()
    missing: tuple[str, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    calendar: Calendar = Calendar()
    notes: tuple[str, ...] = ()

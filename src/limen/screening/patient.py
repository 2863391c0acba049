"""What is known of a patient: the profile.

A fact that is neither given, nor covered by `absent`, nor by a list that is said to be `complete`, is unknown.  Nothing
is guessed: a field that does not fit raises a `PatientError` that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationError, WithJsonSchema, model_validator

from limen.criteria import Code, Number, Value
from limen.errors import PatientError
from limen.screening.dates import Day, When
from limen.screening.interval import read_value

List = Literal["conditions", "medications", "procedures"]


def _read_measured(value: Any) -> Any:
    """A number stays a number, '<5' and words stay text; a truth value or NaN is neither."""
    if isinstance(value, bool) or value is None or not isinstance(value, (int, float, str, Decimal)):
        raise ValueError(f"a number such as 1.9, or text such as '<5', is expected, not {value!r}")
    if isinstance(value, str):
        interval = read_value(value)
        if not value.strip():
            raise ValueError("a number such as 1.9, or text such as '<5', is expected, not an empty text")
        return value.strip() if interval is None or interval.exact is None else interval.exact
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError(f"a number is expected, not {value!r}")
    return number


def _write_measured(value: Decimal | str) -> int | float | str:
    if isinstance(value, str):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


Measured = Annotated[
    Decimal | str,
    BeforeValidator(_read_measured),
    PlainSerializer(_write_measured, when_used="json"),
    WithJsonSchema({"type": ["number", "string"]}),
]


class Named(Value):
    """What every fact has: a name, a code, or both."""

    name: str | None = Field(default=None, min_length=1)
    code: Code | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Named:
        if self.name is None and self.code is None:
            raise ValueError("a name or a code is expected")
        return self

    @property
    def label(self) -> str:
        """The name, or the code where there is no name."""
        return self.name or (self.code.code if self.code else "")


class ReferenceRange(Value):
    """The laboratory's normal range, in the unit of the observation that carries it."""

    low: Number | None = None
    high: Number | None = None


class Observation(Named):
    """A laboratory value, vital sign, score or length of time.  `value` is a number, '<5', or a word such as 'II'."""

    value: Measured
    unit: str | None = None
    date: Day | None = None
    reference_range: ReferenceRange | None = None
    reference: Literal["predicted", "baseline", "body_weight"] | None = None
    qualifier: str | None = None


class Diagnosis(Named):
    """A disease, sign or state that the patient has or had."""

    onset: Day | None = None
    end: Day | None = None
    status: Literal["active", "resolved", "suspected"] | None = None
    evidence: str | None = None


class Dose(Value):
    """An amount of a drug: of one administration, of one day (unit 'mg/d'), or in total, as its record means it."""

    value: Number
    unit: str


class Medication(Named):
    """A drug that the patient takes or took; without `stop` and `status` it is being taken."""

    start: Day | None = None
    stop: Day | None = None
    status: Literal["active", "stopped"] | None = None
    dose: Dose | None = None


class Procedure(Named):
    """Something that was done to the patient."""

    date: Day | None = None


class Patient(Value):
    """Everything that is known of one patient."""

    id: str = Field(min_length=1)
    birth_date: Day | None = None
    age: Annotated[Number, Field(ge=0, le=130)] | None = None
    sex: Literal["female", "male", "other"] | None = None
    screening_date: date | None = None
    observations: tuple[Observation, ...] = ()
    conditions: tuple[Diagnosis, ...] = ()
    absent: tuple[str, ...] = ()
    medications: tuple[Medication, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    complete: tuple[List, ...] = ()
    deceased: bool | Day = False
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Patient:
        if self.birth_date is not None and self.age is not None:
            raise ValueError("birth_date and age are both given: keep birth_date")
        if self.birth_date is not None and self.birth_date.first > (self.screening_date or date.today()):
            raise ValueError(f"birth_date {self.birth_date} lies in the future")
        if self.birth_date and isinstance(self.deceased, When) and self.deceased.last < self.birth_date.first:
            raise ValueError(f"deceased {self.deceased} lies before birth_date {self.birth_date}")
        return self


_FIELDS_NAMED_IN_MESSAGES = ("birth_date", "deceased")


def read_profile(content: Any, *, source: str = "") -> Patient:
    """A profile as YAML or JSON gives it -> Patient; `PatientError` names the first field that is wrong."""
    if not isinstance(content, Mapping):
        raise PatientError("profile", f"fields such as id and sex are expected, not {_kind(content)}", source=source)
    if "id" in content and isinstance(content["id"], int) and not isinstance(content["id"], bool):
        content = {**content, "id": str(content["id"])}
    try:
        return Patient.model_validate(content)
    except ValidationError as error:
        raise _patient_error(error, source) from error


def _kind(content: Any) -> str:
    return "nothing" if content is None else f"a {type(content).__name__}"


def _patient_error(error: ValidationError, source: str) -> PatientError:
    problems = error.errors(include_url=False)
    first = problems[0]
    message = str(first["msg"]).removeprefix("Value error, ")
    parts = [str(part) for part in first["loc"] if not str(part).startswith(("function-", "union["))]
    field = ".".join(parts) or next((name for name in _FIELDS_NAMED_IN_MESSAGES if message.startswith(name)), "profile")
    if first["type"] == "extra_forbidden":
        message = "there is no such field"
    elif "input" in first and first["type"] not in ("missing", "value_error"):
        message = f"{message}, not {first['input']!r}"
    if len(problems) > 1:
        message += f" (and {len(problems) - 1} more)"
    return PatientError(field, message, source=source)

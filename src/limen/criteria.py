"""The vocabulary: frozen values that every stage, export, gold file and reviewer's correction shares.

Offsets are half-open code-point offsets into the eligibility text (`Trial.text`).  Numbers are `Decimal` as printed and
become JSON numbers.  Units are UCUM codes (https://ucum.org).  The JSON of each value is fixed by the contract that
`limen schema` prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias, Union

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

Role = Literal["inclusion", "exclusion", "registry"]
Operator = Literal["lt", "le", "gt", "ge", "eq", "ne", "between", "in"]
Kind = Literal["measurement", "score", "age", "duration", "window", "dose", "count"]
Reference = Literal["uln", "lln", "predicted", "baseline", "body_weight", "normal"]
Status = Literal["structured", "partial", "unread"]
Severity = Literal["info", "warning", "error"]
Relation = Literal["within", "before", "after", "during", "for", "at"]
Anchor = Literal[
    "screening", "enrolment", "consent", "randomisation", "first_dose", "onset", "transplant", "surgery", "other"
]
Sex = Literal["all", "female", "male"]


def _to_decimal(value: Any) -> Any:
    """A float becomes the Decimal of its shortest spelling, so that 0.1 stays 0.1."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _to_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Number = Annotated[
    Decimal,
    BeforeValidator(_to_decimal),
    PlainSerializer(_to_number, when_used="json"),
    WithJsonSchema({"type": "number"}),
]


class Value(BaseModel):
    """The parent of every value: frozen, and strict about its field names."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Finding(Value):
    """Something that a careful reader would want to be told, at a place in the text."""

    code: str
    severity: Severity
    start: int
    end: int
    message: str


class Code(Value):
    """A code in a public terminology, such as LOINC."""

    system: str
    code: str


class Bound(Value):
    """An end of a registry's age range, with the inclusiveness that the registry means."""

    value: Number
    unit: str
    inclusive: bool


class Window(Value):
    """When something holds: `low`..`high` `unit` `relation` `anchor`."""

    relation: Relation
    low: Number | None = None
    high: Number | None = None
    unit: str | None = None
    anchor: Anchor | None = None
    text: str


class Canonical(Value):
    """The limit in the measurement's canonical unit."""

    low: Number | None = None
    high: Number | None = None
    unit: str | None = None


class Leaf(Value):
    """What every leaf of a tree has: its place in the text and how sure the reader is (0..1)."""

    start: int
    end: int
    confidence: float = Field(default=1.0, ge=0, le=1)


class Threshold(Leaf):
    """One limit: a measured thing, a comparator, a number, a unit.  `operator` is as written, never negated."""

    kind: Kind
    concept: str | None = None
    code: Code | None = None
    concept_text: str | None = None
    concept_start: int | None = None
    concept_end: int | None = None
    text: str
    operator: Operator
    low: Number | None = None
    low_inclusive: bool | None = None
    high: Number | None = None
    high_inclusive: bool | None = None
    scale: Number = Decimal(1)
    grades: tuple[Number, ...] | None = None
    unit: str | None = None
    unit_text: str | None = None
    reference: Reference | None = None
    canonical: Canonical | None = None
    window: Window | None = None
    statistic: str | None = None
    findings: tuple[Finding, ...] = ()


class Condition(Leaf):
    """A disease, a sign or a state; `concept` is the catalogue's id, or null when the text's own words are all we have."""

    kind: Literal["condition"] = "condition"
    concept: str | None = None
    text: str
    negated: bool = False
    experiencer: Literal["patient", "family", "other"] = "patient"
    window: Window | None = None


class Exposure(Leaf):
    """A drug, a procedure or a therapy."""

    kind: Literal["exposure"] = "exposure"
    concept: str | None = None
    text: str
    negated: bool = False
    window: Window | None = None
    dose: Threshold | None = None


class Demographic(Leaf):
    """What a person is: attribute `sex`, `childbearing`, `pregnant`, `breastfeeding`, `healthy_volunteer` ..."""

    kind: Literal["demographic"] = "demographic"
    attribute: str
    value: str | bool
    text: str = ""


class Unread(Leaf):
    """Words that no rule could read.  They screen as unknown."""

    kind: Literal["unread"] = "unread"
    text: str


class AllOf(Value):
    """Every part holds."""

    kind: Literal["all_of"] = "all_of"
    of: tuple[Expression, ...]


class AnyOf(Value):
    """One part at least holds."""

    kind: Literal["any_of"] = "any_of"
    of: tuple[Expression, ...]


class AtLeast(Value):
    """`count` of the parts hold, or more."""

    kind: Literal["at_least"] = "at_least"
    count: int = Field(ge=1)
    of: tuple[Expression, ...]


class Not(Value):
    """The part does not hold."""

    kind: Literal["not"] = "not"
    of: Expression


class IfThen(Value):
    """Where `when` holds, `then` is asked for; where it does not, nothing is asked for."""

    kind: Literal["if_then"] = "if_then"
    when: Expression
    then: Expression


class Unless(Value):
    """`requirement`, which the `exception` lifts."""

    kind: Literal["unless"] = "unless"
    requirement: Expression
    exception: Expression


Expression: TypeAlias = Annotated[
    Union[AllOf, AnyOf, AtLeast, Not, IfThen, Unless, Threshold, Condition, Exposure, Demographic, Unread],
    Field(discriminator="kind"),
]
AnyLeaf: TypeAlias = Union[Threshold, Condition, Exposure, Demographic, Unread]


class Criterion(Value):
    """One criterion: its words, its tree, and which of its characters the tree accounts for."""

    id: str
    role: Role
    number: str | None = None
    start: int
    end: int
    text: str
    requirement: Expression
    status: Status
    accounted: tuple[tuple[int, int], ...] = ()
    findings: tuple[Finding, ...] = ()


class RegistryFields(Value):
    """What the registry keeps in fields of its own; `as_written` has the words."""

    age_min: Bound | None = None
    age_max: Bound | None = None
    sex: Sex | None = None
    healthy_volunteers: bool | None = None
    as_written: dict[str, str] = Field(default_factory=dict)


class Source(Value):
    """Where a record came from: a file's name, its format, and the SHA-256 of its bytes."""

    name: str
    format: str
    sha256: str


class Section(Value):
    """A stretch of the eligibility text whose role the registry's own layout states."""

    role: Literal["inclusion", "exclusion"]
    start: int
    end: int


class Trial(Value):
    """A registry record: as read it has a text and fields; once structured it has criteria too.

    `sections` are what a reader knows of the text's layout and no heading in the text says; they are not part of the output.
    """

    schema_: Literal["limen.trial/1"] = Field(default="limen.trial/1", alias="schema")
    trial_id: str
    registry: str
    title: str | None = None
    conditions: tuple[str, ...] = ()
    source: Source
    text: str
    registry_fields: RegistryFields = RegistryFields()
    criteria: tuple[Criterion, ...] = ()
    findings: tuple[Finding, ...] = ()
    limen: str = ""
    model: str | None = None
    sections: tuple[Section, ...] = Field(default=(), exclude=True)


def children(expression: Expression) -> tuple[Expression, ...]:
    """The direct parts of a group, in the order of the text; a leaf has none (a dose is part of its exposure)."""
    match expression:
        case AllOf() | AnyOf() | AtLeast():
            return expression.of
        case Not():
            return (expression.of,)
        case IfThen():
            return (expression.when, expression.then)
        case Unless():
            return (expression.requirement, expression.exception)
        case _:
            return ()


def leaves(expression: Expression) -> Iterator[AnyLeaf]:
    """Every leaf of a tree, left to right."""
    parts = children(expression)
    if not parts:
        if isinstance(expression, (Threshold, Condition, Exposure, Demographic, Unread)):
            yield expression
        return
    for part in parts:
        yield from leaves(part)


def thresholds(expression: Expression) -> Iterator[Threshold]:
    """Every threshold of a tree, with the doses of its exposures."""
    for leaf in leaves(expression):
        if isinstance(leaf, Threshold):
            yield leaf
        elif isinstance(leaf, Exposure) and leaf.dose is not None:
            yield leaf.dose


for _group in (AllOf, AnyOf, AtLeast, Not, IfThen, Unless, Criterion, Trial):
    _group.model_rebuild()

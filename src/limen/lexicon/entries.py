"""The shapes of lexicon entries."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Entry(BaseModel):
    """The parent of every entry: frozen, and refusing keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")
    name: str
    synonyms: tuple[str, ...] = ()


class Example(BaseModel):
    """A text and the thresholds that must be read from it, written as a person writes them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    reads: tuple[str, ...]

    @classmethod
    def parse(cls, line: str) -> Example:
        """'Hb is 11 g/dL or less => hemoglobin <= 11 g/dL': text, an arrow, readings parted by ' ; '."""
        text, arrow, reads = line.partition(" => ")
        if not arrow or not text.strip() or not reads.strip():
            raise ValueError(f"an example reads 'text => reading', not {line!r}")
        return cls(text=text, reads=tuple(part.strip() for part in reads.split(" ; ")))


class UnitGuess(BaseModel):
    """The unit that a bare number must be in, where trials leave it out: `low` <= number < `high` means `unit`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str
    low: Decimal
    high: Decimal


class OtherScale(NamedTuple):
    """A unit that goes with the canonical one by no ratio: `into` = `unit` * `factor` + `offset`."""

    unit: str
    into: str
    factor: Decimal
    offset: Decimal


class Chemistry(NamedTuple):
    """What a conversion needs to know of a measurement; see `Measurement`."""

    molar_mass: Decimal | None = None
    valence: int | None = None
    scales: tuple[OtherScale, ...] = ()


class Measured(Entry):
    """What measurements and scores share."""

    loinc: str | None = Field(default=None, pattern=r"^\d{1,5}-\d$")
    ambiguous: tuple[str, ...] = ()
    examples: tuple[Example, ...] = Field(min_length=1)

    @field_validator("examples", mode="before")
    @classmethod
    def _parse_examples(cls, lines: object) -> object:
        return [Example.parse(line) for line in lines] if isinstance(lines, list) else lines


class Measurement(Measured):
    """One measurable quantity.

    `unit` is its canonical UCUM unit ("1" for a pure number), `plausible` the range, in that unit, in which a limit of a
    real trial can lie, `predicted` the names that by themselves mean "percent of predicted", `ambiguous` the names that
    count only where a number with a fitting unit stands by them, `molar_mass` g/mol where mass and molar units both occur, `valence` mEq per mmol,
    `scales` are units that follow another line than a unit of their dimension would, as mmol/mol of HbA1c does,
    `timeline` marks lengths of time, `pair` the two measurements that "160/100" gives.
    """

    unit: str
    plausible: tuple[Decimal, Decimal]
    predicted: tuple[str, ...] = ()
    molar_mass: Decimal | None = Field(default=None, gt=0)
    guesses: tuple[UnitGuess, ...] = ()
    valence: int | None = Field(default=None, gt=0)
    scales: tuple[OtherScale, ...] = ()
    timeline: bool = False
    pair: tuple[str, str] | None = None

    @property
    def chemistry(self) -> Chemistry:
        return Chemistry(self.molar_mass, self.valence, self.scales)

    @model_validator(mode="after")
    def _ordered(self) -> Measurement:
        low, high = self.plausible
        if low >= high:
            raise ValueError(f"plausible bounds out of order: {low}, {high}")
        return self


class Score(Measured):
    """A clinical score, scale, stage or grade: `range` of its values, `grades` its labels from least to most, if it has any.

    `grades` that are numerals, roman numerals or letters rank from `range`'s low end: NYHA ["I", "II", "III", "IV"] with
    range [1, 4]; Child-Pugh class ["A", "B", "C"] with range [1, 3].  `points` are those that each grade stands for, where it does.
    """

    range: tuple[Decimal, Decimal]
    grades: tuple[str, ...] = ()
    points: tuple[tuple[int, int], ...] = ()

    @model_validator(mode="after")
    def _ordered(self) -> Score:
        low, high = self.range
        if low >= high:
            raise ValueError(f"range out of order: {low}, {high}")
        if self.grades and len(self.grades) != high - low + 1:
            raise ValueError(f"{len(self.grades)} grades for the range {low} to {high}")
        if self.points and len(self.points) != len(self.grades):
            raise ValueError(f"{len(self.points)} ranges of points for {len(self.grades)} grades")
        return self

    @property
    def lettered(self) -> bool:
        """Whether grades are single letters (Child-Pugh class A, B, C; BCLC stage 0, A, B, C, D)."""
        return sum(len(g) == 1 and g.upper() in "ABCDEF" for g in self.grades) >= 2


class Concept(Entry):
    """A condition, a drug, a procedure or another state: matched by name, by code and through `parents`.

    `kin` are what it is no kind of, and yet may be, or come with: who has a cardiomyopathy may have heart failure.
    """

    kind: Literal["condition", "drug", "procedure", "demographic"]
    icd10: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    kin: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


class Lexicon(BaseModel):
    """Everything that was loaded, by id and by name."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    measurements: Mapping[str, Measurement]
    scores: Mapping[str, Score]
    concepts: Mapping[str, Concept]

    @cached_property
    def measured(self) -> Mapping[str, Measurement | Score]:
        """Measurements and scores, by id."""
        return {**self.measurements, **self.scores}

    @cached_property
    def measured_by_name(self) -> Mapping[str, tuple[str, ...]]:
        """Lower-case name or synonym -> ids of the measurements and scores that claim it, ambiguous names included."""
        names: dict[str, list[str]] = {}
        for entry in self.measured.values():
            predicted = entry.predicted if isinstance(entry, Measurement) else ()
            for name in dict.fromkeys(n.lower() for n in (entry.name, *entry.synonyms, *predicted, *entry.ambiguous)):
                names.setdefault(name, []).append(entry.id)
        return {name: tuple(ids) for name, ids in names.items()}

    @cached_property
    def concepts_by_name(self) -> Mapping[str, tuple[str, ...]]:
        """Lower-case name or synonym -> ids of the conditions, drugs and procedures that claim it."""
        names: dict[str, list[str]] = {}
        for entry in self.concepts.values():
            for name in dict.fromkeys(n.lower() for n in (entry.name, *entry.synonyms, *entry.ambiguous)):
                names.setdefault(name, []).append(entry.id)
        return {name: tuple(ids) for name, ids in names.items()}

    def ancestors(self, concept: str) -> frozenset[str]:
        """Every concept that `concept` is a kind of, itself included."""
        seen: set[str] = set()
        queue = [concept]
        while queue:
            current = queue.pop()
            if current not in seen:
                seen.add(current)
                entry = self.concepts.get(current)
                queue.extend(entry.parents if entry else ())
        return frozenset(seen)

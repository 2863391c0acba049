"""A site's own reference ranges, for patients' values that come without one.

A YAML or JSON file: a list of entries such as `{name: creatinine, sex: female, low: 0.5, high: 1.1, unit: mg/dL}`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter, ValidationError

from limen.criteria import Number, Value
from limen.errors import PatientError
from limen.screening.match import Catalogue, Label, catalogue


class NormalRange(Value):
    """The reference range of one measurement at a site, for one sex or for all."""

    name: str
    low: Number | None = None
    high: Number | None = None
    unit: str | None = None
    sex: Literal["female", "male"] | None = None


class Defaults(Value):
    """The reference ranges of a site."""

    ranges: tuple[NormalRange, ...] = ()

    def find(self, measured: str, sex: str | None, index: Catalogue) -> NormalRange | None:
        """The range of a measurement: the one for the patient's sex, else the one for all."""
        fitting = [entry for entry in self.ranges if measured in index.measured(Label(entry.name))]
        for_sex = [entry for entry in fitting if entry.sex is not None and entry.sex == sex]
        for_all = [entry for entry in fitting if entry.sex is None]
        return next(iter(for_sex + for_all), None)


def read_defaults(path: str | Path) -> Defaults:
    """The site's table; `PatientError` names the entry that is wrong."""
    content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    try:
        ranges = TypeAdapter(tuple[NormalRange, ...]).validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise PatientError(".".join(map(str, first["loc"])) or "ranges", first["msg"], source=str(path)) from error
    for number, entry in enumerate(ranges):
        if len(catalogue().measured(Label(entry.name))) != 1:
            raise PatientError(f"{number}.name", f"{entry.name!r} is no measurement of the catalogue", source=str(path))
    return Defaults(ranges=ranges)

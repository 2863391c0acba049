"""The JSON Schema of each value that limen writes or reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from limen.criteria import Finding, Trial
from limen.errors import LimenError
from limen.rows import Row


def schema(name: str | None = None) -> dict[str, Any]:
    """The JSON Schema of `trial`, `threshold`, `finding`, `patient` or `verdict`; without a name all of them, by name."""
    if name is None:
        return {each: make() for each, make in _SCHEMAS.items()}
    if name not in _SCHEMAS:
        raise LimenError(f"there is no schema named {name!r}: ask for {', '.join(_SCHEMAS)}")
    return _SCHEMAS[name]()


def _trial() -> dict[str, Any]:
    return Trial.model_json_schema(mode="serialization")


def _threshold() -> dict[str, Any]:
    return Row.model_json_schema(mode="serialization")


def _finding() -> dict[str, Any]:
    return Finding.model_json_schema(mode="serialization")


def _patient() -> dict[str, Any]:
    from limen.screening import Patient

    return Patient.model_json_schema()


def _verdict() -> dict[str, Any]:
    from limen.screening import Verdict

    return Verdict.model_json_schema(mode="serialization")


_SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "trial": _trial,
    "threshold": _threshold,
    "finding": _finding,
    "patient": _patient,
    "verdict": _verdict,
}

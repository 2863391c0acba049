"""The public verbs `read` and `structure`.

They are light to import: the NLP stack is loaded when the first text is read, not when `limen` is imported.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from limen.criteria import Trial

ListRole = Literal["inclusion", "exclusion"]


def read(source: str | bytes | Path, *, name: str | None = None, registry: str | None = None, role: ListRole | None = None) -> Trial:
    """The trial in a record, without criteria: `source` is a path, or the record itself as bytes.

    Raises `RecordError` for a record that holds no eligibility text that could be read.
    """
    from limen import registries

    if isinstance(source, bytes):
        return registries.read(source, name=name or "record", registry=registry, role=role)
    path = Path(source)
    return registries.read(path.read_bytes(), name=name or path.name, registry=registry, role=role)


def structure(
    source: str | bytes | Path | Trial,
    *,
    name: str | None = None,
    registry: str | None = None,
    role: ListRole | None = None,
    limits_only: bool = False,
) -> Trial:
    """The trial with its criteria.

    `source` is a path, a record's bytes, or a trial as `read` gives it.  `limits_only` leaves out criteria without a
    limit, which is much faster.  Raises `RecordError` as `read` does; text that cannot be read becomes a finding.
    """
    from limen.line import Line

    trial = read(source, name=name, registry=registry, role=role) if isinstance(source, (str, bytes, Path)) else source
    return Line(trial, role or "inclusion", limits_only=limits_only).run()

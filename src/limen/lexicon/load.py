"""Reads and validates the data files.  A file that breaks a rule raises `LexiconError` with file, entry and reason."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

import tomli
from pydantic import ValidationError

from limen.errors import LexiconError
from limen.lexicon.entries import Concept, Entry, Lexicon, Measured, Measurement, Score

if TYPE_CHECKING:
    if sys.version_info >= (3, 11):
        from importlib.resources.abc import Traversable
    else:
        from importlib.abc import Traversable

E = TypeVar("E", bound=Entry)


def data(name: str) -> Traversable:
    """A file or folder of the lexicon."""
    return files("limen.lexicon") / name


def read_toml(path: Traversable) -> dict[str, Any]:
    try:
        table: dict[str, Any] = tomli.loads(path.read_text(encoding="utf-8"))
    except tomli.TOMLDecodeError as error:
        raise LexiconError(path.name, "file", f"is not TOML: {error}") from error
    return table


def read_entries(path: Traversable, table: str, shape: type[E]) -> Iterator[E]:
    """The entries of one file: its only table must be `table`, an array of `shape`."""
    content = read_toml(path)
    if strangers := set(content) - {table}:
        raise LexiconError(path.name, ", ".join(sorted(strangers)), f"unknown table; this file holds [[{table}]]")
    for number, stanza in enumerate(content.get(table, []), start=1):
        try:
            yield shape.model_validate(stanza)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise LexiconError(path.name, str(stanza.get("id", f"entry {number}")), f"{where}: {first['msg']}") from error


def _folder(name: str) -> list[Traversable]:
    return sorted((p for p in data(name).iterdir() if p.name.endswith(".toml")), key=lambda p: p.name)


def _by_id(entries: Iterable[E], kind: str) -> dict[str, E]:
    found: dict[str, E] = {}
    for entry in entries:
        if entry.id in found:
            raise LexiconError(kind, entry.id, "the id is used twice")
        found[entry.id] = entry
    return found


def _refuse_double_claims(entries: Iterable[Measured]) -> None:
    """A plain synonym belongs to one entry; a shared one must be `ambiguous` in all but one at most."""
    owner: dict[str, str] = {}
    for entry in entries:
        predicted = entry.predicted if isinstance(entry, Measurement) else ()
        for name in {n.lower() for n in (entry.name, *entry.synonyms, *predicted)}:
            other = owner.setdefault(name, entry.id)
            if other != entry.id:
                raise LexiconError("lexicon", entry.id, f"{name!r} belongs to {other} already; say which is 'ambiguous'")


@cache
def load() -> Lexicon:
    """The whole lexicon, read once a process."""
    measurements = _by_id(
        (e for path in _folder("measurements") for e in read_entries(path, "measurement", Measurement)), "measurements"
    )
    scores = _by_id(read_entries(data("scores.toml"), "score", Score), "scores")
    if both := set(measurements) & set(scores):
        raise LexiconError("scores.toml", min(both), "a measurement has this id already")
    concepts = _by_id(
        (
            e
            for folder in ("conditions", "treatments")
            for path in _folder(folder)
            for e in read_entries(path, "concept", Concept)
        ),
        "concepts",
    )
    _refuse_double_claims([*measurements.values(), *scores.values()])
    for concept in concepts.values():
        if missing := {*concept.parents, *concept.kin} - set(concepts):
            raise LexiconError("concepts", concept.id, f"unknown parent or kin {min(missing)!r}")
    return Lexicon(measurements=measurements, scores=scores, concepts=concepts)

"""Which side of a measurement or a score is bad to be on."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from limen.lexicon.load import data, read_toml

Side = Literal["low", "high"]


class Sides(NamedTuple):
    """The words of sides.toml."""

    low: frozenset[str]
    either: frozenset[str]
    raised: tuple[str, ...]
    lowered: tuple[str, ...]
    sound: tuple[str, ...]
    better: tuple[str, ...]
    worse: tuple[str, ...]


@cache
def sides() -> Sides:
    table = read_toml(data("sides.toml"))
    lists = (*(table["names"][key] for key in ("raised", "lowered", "sound")), table["better"], table["worse"])
    return Sides(frozenset(table["low"]), frozenset(table["either"]), *map(tuple, lists))


def bad_side(identity: str | None) -> Side | None:
    """The side of a catalogue entry that is bad to be on; None for one without an id, and where either side may be."""
    if identity is None or identity in sides().either:
        return None
    return "low" if identity in sides().low else "high"

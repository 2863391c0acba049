"""The values of an outline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Logic = Literal["all", "any", "at_least"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One item: its own words [start, end), its list mark, and the items below it.

    `logic` says how the items below combine where the text says so; `count` is k of "at least k of".  With `whom`, its words
    are a heading that says for whom the list below it is.
    """

    start: int
    end: int
    mark_start: int
    number: str | None = None
    children: tuple[Clause, ...] = ()
    logic: Logic | None = None
    count: int | None = None
    whom: bool = False

    @property
    def stop(self) -> int:
        """The end of the clause with everything below it."""
        return max([self.end, *(c.stop for c in self.children)])

    def walk(self) -> Iterator[Clause]:
        """The clause and everything below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Outline:
    """The top-level clauses with their roles, and the stretches that are headings, list marks or joints ("OR")."""

    clauses: tuple[tuple[Literal["inclusion", "exclusion"], Clause], ...]
    furniture: tuple[tuple[int, int], ...] = field(default=())
    headings: int = 0

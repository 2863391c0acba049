"""limen reads the eligibility criteria of clinical trials into machine-checkable criteria objects.

    registries   a registry's bytes -> Trial (text unaltered, registry fields typed)
    outline      the text -> clauses (sections, bullets, nesting)
    reading      a clause -> mentions (names, numbers, units, comparators, windows, context)
    thresholds   mentions -> who limits what
    normalise    the canonical value beside the one as written
    assembly     clauses -> criteria (trees of groups and leaves)
    structure    the line itself
    checks, screening, exports, evaluation, review: independent of each other, on criteria

`read`, `structure` and `check` mirror the commands of the same names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limen._version import __version__
from limen.structure import read, structure

if TYPE_CHECKING:
    from limen.checks import check
    from limen.screening import screen

__all__ = ["__version__", "check", "read", "screen", "structure"]
_ROOMS = {"check": "limen.checks", "screen": "limen.screening"}


def __getattr__(name: str) -> Any:
    """The functions of rooms that not every user enters, imported when first asked for."""
    from importlib import import_module

    if name in _ROOMS:
        return getattr(import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'limen' has no attribute {name!r}")

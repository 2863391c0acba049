"""medspaCy's ConText, without nltk.

medspaCy's import brings QuickUMLS along, which imports nltk and with it scikit-learn and SciPy: a second of start-up for what
limen never calls.  QuickUMLS is given a module that becomes nltk when something is asked of it; every other importer gets nltk itself.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Late(ModuleType):
    """A module that is imported at the first access to one of its attributes."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


_late = sys.modules.setdefault("nltk", _Late("nltk"))

from medspacy.context import ConText, ConTextGraph, ConTextRule  # noqa: E402

if isinstance(_late, _Late) and sys.modules["nltk"] is _late:
    del sys.modules["nltk"]

__all__ = ["ConText", "ConTextGraph", "ConTextRule"]

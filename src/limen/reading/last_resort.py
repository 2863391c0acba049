"""The reader of last resort: quantulum3, for a unit word that our own table does not know.

It is asked about one word at a time, cached, and only about words of its own vocabulary, so that it is not even imported for
most texts.  What it knows becomes the unit as written; only our table gives UCUM codes.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from importlib.resources import files

from limen.lexicon.load import data, read_toml

_WORD = re.compile(r"\s?(?P<word>[^\W\d_]{4,20})(?![\w/])")


def unknown_unit(text: str, position: int) -> tuple[str, int] | None:
    """(the unit as written, its end) where a unit of quantulum3's stands behind a number at `position`, else None."""
    match = _WORD.match(text, position)
    if match is None or match.group("word").lower() not in _vocabulary() or not _is_unit(match.group("word").lower()):
        return None
    return match.group("word"), match.end()


@cache
def _vocabulary() -> frozenset[str]:
    """The words that quantulum3 has for units, without the everyday words among them."""
    table = json.loads((files("quantulum3") / "units.json").read_text(encoding="utf-8"))
    found = {surface.lower() for entry in table.values() for surface in entry.get("surfaces", ())}
    found |= {f"{word}s" for word in found}
    lists = read_toml(data("words.toml"))
    everyday = {word for key in ("boundaries", "padding", "persons", "ranks", "doses", "counted") for word in lists[key]}
    return frozenset(word for word in found if word.isalpha()) - everyday


@lru_cache(maxsize=1000)
def _is_unit(word: str) -> bool:
    import quantulum3.classifier

    quantulum3.classifier.USE_CLF = False  # its classifier fails on g/dL and others
    from quantulum3 import parser

    found = parser.parse(f"5 {word}")
    return bool(found) and found[0].unit.name != "dimensionless"

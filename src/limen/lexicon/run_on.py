"""Where the next item of a list begins whose marks were lost: "... epilepsy History of gout Severe asthma"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from limen.lexicon.load import data, read_toml

_WORD = 40  # characters of the longest word
_OPENER = 24  # and of the longest words that begin an item


class _Words(NamedTuple):
    """Blanks before words that begin an item, and small words that carry on to what stands behind them."""

    opening: re.Pattern[str]
    carries: frozenset[str]


@cache
def _words() -> _Words:
    table = read_toml(data("logic.toml"))["sentences"]
    return _Words(re.compile(rf"(?<=[\w)%])\s+(?=(?:{'|'.join(table['run_on'])})\b)"), frozenset(table["carries"]))


def run_ons(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The blanks before words that begin an item with a capital, behind a small word that carries on to nothing."""
    for match in _words().opening.finditer(text, start, min(len(text), end + _OPENER)):
        word = text[max(0, match.start() - _WORD) : match.start()].split()[-1]
        small = word[0].islower() and word.lower() not in _words().carries
        if match.start() < end and (small or word.endswith(")") or word[0].isdigit()):
            yield match

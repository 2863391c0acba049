"""Where the next item of a list begins whose marks were lost: "... epilepsy History of gout Severe asthma"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from limen.assembly.grammar import grammar

_WORD = 40  # characters of the longest word
_OPENER = 24  # and of the longest words that begin an item


def run_ons(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The blanks before words that begin an item with a capital, behind a small word that carries on to nothing."""
    for match in grammar().run_on.finditer(text, start, min(len(text), end + _OPENER)):
        word = text[max(0, match.start() - _WORD) : match.start()].split()[-1]
        small = word[0].islower() and word.lower() not in grammar().carries
        if match.start() < end and (small or word.endswith(")") or word[0].isdigit()):
            yield match

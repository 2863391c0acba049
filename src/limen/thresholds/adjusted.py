"""What a measurement is corrected for, which has no limit itself: "DLCO (corrected for haemoglobin) ≥ 50 %"."""

from __future__ import annotations

import re
from functools import cache

from limen.lexicon import Lexicon
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Mention, Mentions

_REACH = 60
_SINCE = re.compile(r"[<>≥≤=\d;.]")


@cache
def _corrections() -> tuple[Scanner, Scanner]:
    table = read_toml(data("words.toml"))["adjusted"]
    return Scanner(rf"(?:{alternation(table['ahead'])})\s"), Scanner(rf"[-\s](?:{alternation(table['behind'])})")


def unadjusted(mentions: Mentions, lexicon: Lexicon) -> Mentions:
    """The mentions without the names of what others are corrected for."""
    kept = tuple(m for m in mentions.measured if not _is_correction(mentions, m, lexicon))
    return mentions if len(kept) == len(mentions.measured) else mentions._replace(measured=kept)


def _is_correction(mentions: Mentions, mention: Mention, lexicon: Lexicon) -> bool:
    """Whether a correction is told right before a name, or a list that it is in, and of another; or right behind it with a hyphen.

    What has the other's unit is another way to measure it: "QTc corrected by Fridericia's formula (QTcF)".
    """
    ahead, behind = _corrections()
    unit = _unit(mention, lexicon)
    others = [m for m in mentions.measured if m != mention]
    found = max(ahead.finditer(mentions.text, max(0, mention.start - _REACH), mention.start), key=lambda m: m.end(), default=None)
    corrected = next((m for m in reversed(others) if m.start < found.start()), None) if found is not None else None
    if found is not None and corrected is not None:
        return _unit(corrected, lexicon) != unit and _SINCE.search(mentions.text, found.end(), mention.start) is None
    return behind.match(mentions.text, mention.end) is not None and any(m.start >= mention.end for m in others)


def _unit(mention: Mention, lexicon: Lexicon) -> str | None:
    entry = lexicon.measurements.get(mention.ids[0])
    return entry.unit if entry is not None else None

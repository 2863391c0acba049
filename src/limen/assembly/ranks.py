"""Lists of stages, classes and types, which are qualities of one thing: "T1, T2 or T3 tumour", "type A, B or C dissection"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from limen.lexicon.load import data, read_toml
from limen.mentions import Mentions
from limen.thresholds import Paired

_JOINT = r"\s*(?:,?\s*(?:\b(?:and/or|and|or|to)\b|[&/])|,)\s*"
_LAST = r"\s*,?\s*(?:\b(?:and/or|and|or|to)\b|[&/])\s*"
_RANK = r"(?:[A-Z]|[IVX]{1,4}|\d)[A-Da-d]?[1-3]?\b"
_CODED = re.compile(rf"(?<![\w-])[acpuy]{{0,2}}(?P<axis>[A-Z])(?:\d[a-d]?|a|is)\b(?:{_JOINT}(?:[acpuy]{{0,2}}(?P=axis)(?:\d[a-d]?|a|is)|CIS)\b)+")


@cache
def _headed() -> re.Pattern[str]:
    """A word such as "stage" with the ranks behind it, the last of which a word joins."""
    heads = "|".join(read_toml(data("logic.toml"))["coordination"]["ranks"])
    return re.compile(rf"\b(?i:(?:{heads})s?)\s+{_RANK}(?:\s*,\s*{_RANK})*{_LAST}{_RANK}(?!\s?[.%]?\d)")


def ranks(mentions: Mentions, pairs: Sequence[Paired]) -> Iterator[tuple[int, int]]:
    """The places of such lists; none where the first item is a name, "T3 or T4 within the normal range", or the last one part of one, or a limit stands."""
    for match in (*_CODED.finditer(mentions.text), *_headed().finditer(mentions.text)):
        start, end = match.span()
        own = any(p.start < end and start < p.end for p in pairs)
        if not own and not any(m.start == start or start < m.start < end < m.end for m in (*mentions.concepts, *mentions.measured)):
            yield start, end

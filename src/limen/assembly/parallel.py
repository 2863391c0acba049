"""Things side by side, each with a denial of its own: "gout without fever or asthma without polyps"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly.denials import DENIAL, opened, patterns
from limen.assembly.leaves import is_light
from limen.mentions import Mention, Mentions

_JOINED = re.compile(r"\s*(?:,\s*(?:or|and|and/or)?|;|\b(?:or|and|and/or))\s+(?:(?:patients|subjects|participants|those|individuals|people)\s+with\s+)?", re.IGNORECASE)
_STOPS = re.compile(r"[.;:]\s|\n")


def each_with_its_own(mentions: Mentions) -> Mentions:
    """The mentions with no denial on a name before which another thing's denial stands, and behind which its own begins."""
    text, cues = mentions.text, [c for c in mentions.cues if c.category == DENIAL]
    if len(cues) < 2:
        return mentions
    named: list[Mention] = []
    for name in mentions.concepts:
        named.append(_freed(text, [c.start for c in cues], named, name) if "negated" in name.context else name)
    return mentions._replace(concepts=tuple(named))


def _freed(text: str, cues: Sequence[int], concepts: Sequence[Mention], name: Mention) -> Mention:
    before, behind = [c for c in cues if c < name.start], [c for c in cues if c >= name.end]
    if not before or not behind or patterns().joint.match(text, behind[0]) is None or text[name.end : behind[0]].strip(" ,("):
        return name
    begin = max((m.end() for m in _STOPS.finditer(text, 0, before[-1])), default=0)
    first = [m for m in concepts if begin <= m.start and m.end <= before[-1]]
    denied = [m for m in concepts if before[-1] <= m.start and m.end <= name.start]
    inside = first and denied and opened(text, begin, name.start) is None and "negated" not in first[-1].context
    joined = _JOINED.match(text, denied[-1].end, name.start) if inside else None
    free = joined is not None and is_light(text[joined.end() : name.start]) and not _STOPS.search(text, before[-1], denied[-1].end)
    return name._replace(context=name.context - {"negated"}) if free else name

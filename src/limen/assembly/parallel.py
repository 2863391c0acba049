"""Denials that reach no further than their own thing, or that only suppose something.

"Gout without fever or asthma without polyps" denies no asthma; "who, in the absence of gout, would be treated" denies no gout.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly.denial_words import patterns
from limen.assembly.denials import DENIAL, opened
from limen.mentions import Mention, Mentions

_JOINED = re.compile(r"\s*(?:,\s*(?:or|and|and/or)?|;|\b(?:or|and|and/or))\s+(?:(?:patients|subjects|participants|those|individuals|people)\s+with\s+)?", re.IGNORECASE)
_STOPS = re.compile(r"[.;:]\s|\n")
_BESIDE = re.compile(r"[\s,(]*(?:\([^()]{1,40}\)[\s,(]*)?|(?:\s(?!and\b|or\b|with\b)[\w-]+){1,4}[\s,(]*", re.IGNORECASE)  # "at screening", behind a name
_WORDS = 3  # before the name behind a joint: "or previous gout"


_EXCLUDES = re.compile(r"exclu(?:ded|des?|ding|sion)\b", re.IGNORECASE)
_SUPPOSED = re.compile(r"\b(?:in\s+(?:the\s+)?absence\s+of|without)\s+[^,.;]{1,80},\s*(?:(?:they|he|she|it|patients|subjects|participants)\s+)?(?:would|could|might)\b", re.IGNORECASE)
_WOULD = re.compile(r"\b(?:would|could|might)\s+(?:not\s+)?(?:otherwise\s+)?(?:have\s+been|be|have|need|require|qualify|receive|undergo)\b[^,.;]{0,80}\bin\s+(?:the\s+)?absence\s+of\s", re.IGNORECASE)


def supposed(mentions: Mentions) -> Mentions:
    """The mentions with those unread that are named in what would be if a thing were absent: it is asked of nobody that it is."""
    found = [m for pattern in (_SUPPOSED, _WOULD) for m in pattern.finditer(mentions.text)] if "ould" in mentions.text or "might" in mentions.text else []
    if not found:
        return mentions
    spans = [(m.start(), end.start() if (end := _STOPS.search(mentions.text, m.end())) else len(mentions.text)) for m in found]
    named = [m._replace(context=m.context - {"negated"} | {"inability"}) if "negated" in m.context and any(a <= m.start < b for a, b in spans) else m for m in mentions.concepts]
    return mentions._replace(concepts=tuple(named))


def named_to_exclude(mentions: Mentions) -> Mentions:
    """The mentions of an exclusion without the denial of its own verb: "Excluded are patients with gout" excludes for gout."""
    heads = [c for c in mentions.cues if c.category == DENIAL and _EXCLUDES.match(mentions.text, c.start)]
    if not heads:
        return mentions
    others = [c.start for c in mentions.cues if c.category == DENIAL and c not in heads]
    spans = [(c.start, min([o for o in others if o > c.start], default=len(mentions.text))) for c in heads]
    named = [m._replace(context=m.context - {"negated"}) if any(a <= m.start < b for a, b in spans) else m for m in mentions.concepts]
    return mentions._replace(concepts=tuple(named), cues=tuple(c for c in mentions.cues if c not in heads))


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
    if not before or not behind or patterns().joint.match(text, behind[0]) is None or not _BESIDE.fullmatch(text, name.end, behind[0]):
        return name
    begin = max((m.end() for m in _STOPS.finditer(text, 0, before[-1])), default=0)
    first = [m for m in concepts if begin <= m.start and m.end <= before[-1]]
    denied = [m for m in concepts if before[-1] <= m.start and m.end <= name.start]
    inside = first and denied and opened(text, begin, name.start) is None and "negated" not in first[-1].context
    joined = _JOINED.search(text, denied[-1].end, name.start) if inside else None
    plain = joined is not None and _BESIDE.fullmatch(text, denied[-1].end, joined.start()) is not None and len(text[joined.end() : name.start].split()) <= _WORDS
    free = plain and not _STOPS.search(text, before[-1], denied[-1].end)
    return name._replace(context=name.context - {"negated"}) if free else name

"""A ratio whose two names stand apart: "forced expiratory volume in 1 s (FEV1)/forced vital capacity (FVC)" is FEV1/FVC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from limen import lexicon as lexicons
from limen.lexicon.patterns import lowered
from limen.mentions import Mention

_BRACKET = re.compile(r"\s*[(\[][^()\[\]]{1,60}[)\]]")
_SLASH = re.compile(r"\s*/\s*")
_TO = re.compile(r"\s+(?:to|over)\s+(?:the\s+)?", re.IGNORECASE)
_RATIO = re.compile(r"\s+(?:ratio|quotient)\b", re.IGNORECASE)
_RATIO_OF = re.compile(r"\bratio\s+(?:of|between)\s+(?:the\s+)?$", re.IGNORECASE)
_AHEAD = 24


def with_ratios(text: str, measured: Sequence[Mention]) -> tuple[Mention, ...]:
    """The measured names of a clause, two that a slash or "ratio" makes one known ratio as that, brackets included."""
    if len(measured) < 2 or not ("/" in text or "atio" in text):
        return tuple(measured)
    kept: list[Mention] = []
    for mention in measured:
        if kept and mention.start < kept[-1].end:
            continue
        kept.append(_ratio(text, mention, measured) or mention)
    return tuple(kept)


def _ratio(text: str, one: Mention, measured: Sequence[Mention]) -> Mention | None:
    """The ratio that a name begins."""
    stop = _past_bracket(text, one.end)
    slash = _SLASH.match(text, stop)
    joint = slash or _TO.match(text, stop)
    other = next((m for m in measured if m.start == joint.end()), None) if joint else None
    ratio = _ratios().get((one.ids[0], other.ids[0])) if other else None
    if other is None or ratio is None:
        return None
    end = _past_bracket(text, other.end)
    said = _RATIO.match(text, end)
    if slash is None and said is None and _RATIO_OF.search(text, max(0, one.start - _AHEAD), one.start) is None:
        return None
    return Mention(one.start, said.end() if said else end, "measured", (ratio,))


def _past_bracket(text: str, place: int) -> int:
    bracket = _BRACKET.match(text, place)
    return bracket.end() if bracket else place


@cache
def _ratios() -> dict[tuple[str, str], str]:
    """The measurements whose name is that of two others with a slash between them, by those two."""
    named = [(lowered(name), entry.id) for entry in lexicons.load().measured.values() for name in (entry.name, *entry.synonyms, *entry.ambiguous)]
    ids = dict(reversed(named))
    parted = [([ids.get(part.strip()) for part in name.split("/")], identity) for name, identity in named if name.count("/") == 1]
    return {(a, b): identity for (a, b), identity in parted if a is not None and b is not None and len({a, b, identity}) == 3}

"""Lengths that are a distance from a place, and no size: "a tumour > 2 cm from the anus", "within 5 mm of the optic nerve"."""

from __future__ import annotations

import re

from limen.mentions import Mentions, Quantity
from limen.thresholds.build import Target
from limen.thresholds.phrases import phrase_after
from limen.thresholds.wording import words

_FAR = 80  # characters before a length in which it is said to be a distance
_FROM = re.compile(r"\s*(?:(?:far\s+|away\s+)?from|distal\s+to|proximal\s+to|above|below|apart)\b", re.IGNORECASE)
_UP_OR_DOWN = re.compile(r"\b(?:above|below)$", re.IGNORECASE)
_EDGE = re.compile(r"\b(?:extent|margins?|edges?|borders?|distance)\b", re.IGNORECASE)
_OF = re.compile(r"\s*(?:of|to)\b", re.IGNORECASE)
_WITHIN = re.compile(r"within\b", re.IGNORECASE)
_DISTANCE = re.compile(r"\b(?:distance|far\s+from)\b[^.;,<>≤≥]*$", re.IGNORECASE)
_APART = re.compile(r"\bdistance\s+(?:between|from|to|of)\s[^.;:()<>≤≥=\d]{2,90}$", re.IGNORECASE)
_LAST_WORD = re.compile(r"([^\W\d_]+)\W*$")
_LENGTHS = ("mm", "cm", "m", "km", "[in_i]", "[ft_i]", "[mi_i]")


def is_distance(text: str, quantity: Quantity) -> bool:
    """ "A tumour located > 2 cm from the anus", "the distance from the tumour to the bowel < 5 mm"."""
    return _place(text, quantity) is not None or _DISTANCE.search(text, max(0, quantity.start - _FAR), quantity.start) is not None


def distance_before(mentions: Mentions, quantity: Quantity) -> Target | None:
    """What a length is, where the words before it are a distance: "the distance between the tumour and the anal verge < 5 cm"."""
    text, end = mentions.text, quantity.start
    named = _APART.search(text, max(0, end - _FAR - 20), end) if quantity.unit in _LENGTHS else None
    if named is None:
        return None
    while (last := _LAST_WORD.search(text, named.start(), end)) and last.group(1).lower() in words().padding:
        end = last.start()
    end = len(text[:end].rstrip(" ,"))
    listed = next((m.ids[0] for m in mentions.measured if named.start() <= m.start and m.end <= end and m.ids[0].startswith("distance_")), None)
    return Target(named.start(), end, listed)


def far_from(text: str, quantity: Quantity, before: tuple[int, int] | None) -> tuple[int, int] | None:
    """The place right behind a length that is a distance from it, where no word before the length names what is as long."""
    place = _place(text, quantity) if quantity.unit in _LENGTHS else None
    if place is None or _UP_OR_DOWN.search(text, quantity.end, place):
        return None
    named = before is not None and (words().dimension.search(text, *before) or _EDGE.search(text, *before))
    return None if named and not _WITHIN.match(text, quantity.start) else phrase_after(text, place, len(text))


def _place(text: str, quantity: Quantity) -> int | None:
    """Where the words begin that name the place behind a length."""
    nearby = _OF.match(text, quantity.end) if _WITHIN.match(text, quantity.start) else None
    found = _FROM.match(text, quantity.end) or nearby
    return found.end() if found else None

"""People and what they need: "patients with liver metastases require ALT ≤ 5 x ULN", "For subjects who had A, B or C:"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly.grammar import grammar
from limen.assembly.segments import Cut
from limen.assembly.words import Words

_REQUIRES = re.compile(r"(?<!who )(?<!that )(?<!which )\brequires?:?\s+", re.IGNORECASE)


def requires(words: Words, start: int, end: int) -> re.Match[str] | None:
    """The verb between people and the limit that they need."""
    found = _REQUIRES.search(words.text, start, end) if grammar().people.match(words.text, start) else None
    return found if found is not None and any(t.concept_start == found.end() for p in words.limits(found.end(), end) for t in p.thresholds) else None


def lists_people(words: Words, joints: Sequence[Cut], end: int) -> bool:
    """Whether the commas of a lead and its "or" list whom the items below it are for, and none of them ends a guard."""
    plain = joints[-1].join == "or" and {c.join for c in joints} == {"comma", "or"} and words.text[end:].strip() in ("", ":")
    return plain and not words.limits(joints[0].end, end) and grammar().modal.search(words.text, joints[0].end, end) is None

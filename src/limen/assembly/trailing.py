"""What stands behind the last of several alternatives may be asked of all: "gout or asthma without fever", "A or B on steroids".

An inclusion asks it of every alternative: nobody must be let in by the one that it might not mean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly.leaves import group, is_light, unread
from limen.assembly.words import Words
from limen.criteria import AllOf, Condition, Exposure, Expression

_QUALIFIES = re.compile(
    r"\s*(?:,\s*)?(?:who\s+(?:are|is|have|has|were|do|did)\b|that\s|which\s|without\b|with\s|not\s|on\s|receiving\b|taking\b|treated\b|requiring\b|refractory\b|despite\b)",
    re.IGNORECASE,
)


def asked_of_each(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, with what qualifies the last of them apart; `parts` where none of them is qualified."""
    last, joint = parts[-1], words.text[stretches[-2][1] : stretches[-1][0]]
    if len(parts) == 2 and "," in joint:
        return list(parts)
    main = last.of[0] if isinstance(last, AllOf) else last
    bare = [p for p in parts[:-1] if isinstance(p, Condition) and not p.negated and _is_bare(words, p)]
    if len(bare) < len(parts) - 1 or not isinstance(main, Condition) or main.negated:
        return list(parts)
    name = next((m for m in words.names(*stretches[-1]) if m.kind == "condition" and m.start >= main.start), None)
    if name is None or _QUALIFIES.match(words.text, name.end, stretches[-1][1]) is None:
        return list(parts)
    if isinstance(last, AllOf):
        return [group("and", [group("or", [*parts[:-1], main]), *last.of[1:]])]
    return [group("and", [group("or", parts), unread(words.text, name.end, stretches[-1][1])])]


def _is_bare(words: Words, leaf: Condition | Exposure) -> bool:
    """Whether a leaf says no more than the name of a thing."""
    named = words.names(leaf.start, leaf.end)
    return len(named) == 1 and is_light(words.text[leaf.start : named[0].start]) and is_light(words.text[named[0].end : leaf.end])

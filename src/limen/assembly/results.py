"""What a test showed that was taken at some time: "negative pregnancy test (performed within 14 days)" asks for both."""

from __future__ import annotations

from collections.abc import Sequence

from limen.assembly.leaves import unread
from limen.assembly.statuses import is_positive, is_result, statuses
from limen.criteria import Demographic, Expression
from limen.mentions import Mention

_NEAR = 24  # characters before a test in which its result may stand


def shown(text: str, tests: Sequence[Mention], start: int, place: tuple[int, int]) -> list[Expression | None]:
    """The states that the results of some tests tell; where nobody knows what a result tells, the words around `place`."""
    made: list[Expression | None] = [
        Demographic(attribute=statuses().results[m.ids[0]], value="negated" not in m.context and is_positive(text, m, start), text=text[m.start : m.end], start=m.start, end=m.end, confidence=0.8)
        for m in tests if m.ids[0] in statuses().results and (is_result(text, m, start) or is_positive(text, m, start))
    ]  # fmt: skip
    if not made and any(is_result(text, m, start) for m in tests):
        return [unread(text, max(start, place[0] - _NEAR), place[1])]  # what came of the test nobody reads
    return made

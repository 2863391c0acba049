"""What was not done in a time, told behind its name: "steroids were not used within 3 months", "transfusions have not been given in the last 4 weeks"."""

from __future__ import annotations

from functools import cache

from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, of_mention, unread, windowed
from limen.assembly.words import Words
from limen.criteria import Condition, Exposure, Expression, Not
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation


@cache
def _denials() -> Scanner:
    verbs = alternation(read_toml(data("logic.toml"))["undone"]["verbs"])
    return Scanner(rf"\b(?:was|were|has|have|had|is|are)\s*(?:not|n['’]t|never)\s+(?:been\s+)?(?:{verbs})")


def undone(words: Words, start: int, end: int) -> Expression | None:
    """Each thing before such a denial, denied in the window behind it; what is denied of things of several kinds, or by an exclusion, a person sees."""
    found = _denials().search(words.text, start, end) if words.pairs else None
    limits = words.limits(found.end(), end) if found is not None else []
    if found is None or len(limits) != 1 or limits[0].time is None or limits[0].time.lead != "within" or words.limits(start, found.start()):
        return None
    named = [m for m in words.names(start, found.start()) if m.kind != "demographic"]
    if grammar().people.match(words.text, start) or words.layout.depth[found.start()] != words.layout.depth[start] or words.layout.joints(found.end(), end) or not named:
        return None
    if len({m.kind for m in named}) > 1 or any(m.context & {"negated", "inability"} for m in named) or (words.role == "exclusion" and len(named) > 1):
        return unread(words.text, start, end)
    things = [of_mention(words.text, m, m.start, m.end) for m in named]
    return group("and", [Not(of=windowed(leaf, limits[0].thresholds[0])) for leaf in things if isinstance(leaf, (Condition, Exposure))])

"""Men and women side by side: "QTc > 450 and > 470 ms in men and women, respectively", "males and non-pregnant females"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.leaves import group, is_light, of_mention, of_pair
from limen.assembly.statuses import statuses
from limen.assembly.walk import map_leaves
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Demographic, Expression, IfThen
from limen.mentions import Mention
from limen.thresholds import Paired

_SAID = re.compile(r"[\s,;)\]]*respectively\b[\s,;)\]]*", re.IGNORECASE)
_WOMEN = re.compile(r"\b(?:females?|wom[ae]n|girls?)\b", re.IGNORECASE)
_JOINT = re.compile(r"\s*(?:,|;|/|&|and|or|,\s*(?:and|or))\s*(?:of\s+)?", re.IGNORECASE)
_FOR = re.compile(r"[\s,(\[]*(?:in|for|among)\s+(?:the\s+|all\s+)?(?:[a-z]+\s+)?", re.IGNORECASE)


class Lists(Protocol):
    """Reads what stands around the limits."""

    def stretch(self, start: int, end: int) -> Expression | None: ...


def told_in_order(limit: Paired) -> bool:
    """Whether a limit is the last of several whose names are listed apart: "AST and ALT > 3 and > 5 x ULN, respectively"."""
    return limit.thresholds[-1].text.lower().endswith("respectively")


def of_sexes(words: Words, lists: Lists, start: int, end: int) -> Expression | None:
    """A stretch's two limits, each for the sex that stands at its place in the list of the two."""
    for one, two in (pair for pair in words.sexes if start <= pair[0].start and pair[1].end <= end) if "espectively" in words.text else ():
        limits = words.limits(start, end)
        at = _limits_before(words, limits, one, two) or _limits_behind(words, [p for p in limits if p.start >= two.end], end)
        if at is None or at[1] > end or len({t.concept for p in at[0] for t in p.thresholds}) > 1:
            continue
        first, rest = min([one.start, at[0][0].start, *(t.concept_start for t in at[0][0].thresholds if t.concept_start is not None)]), words.trim(at[1], end)
        made = [AllOf(of=(sex, limit)) if words.role == "exclusion" else IfThen(when=sex, then=limit) for sex, limit in zip(_sexes(words, one, two), map(of_pair, at[0]))]
        parts = [lists.stretch(*words.trim(start, first)) if not is_light(words.text[start:first]) else None, group(words.default, made)]
        return group("and", [*parts, lists.stretch(*rest) if rest[0] < rest[1] else None])
    return None


def _sexes(words: Words, one: Mention, two: Mention) -> list[Expression]:
    return [of_mention(words.text, m, m.start, m.end) for m in (one, two)]


def _limits_before(words: Words, limits: list[Paired], one: Mention, two: Mention) -> tuple[list[Paired], int] | None:
    """The two limits before the sexes, and where the words go on."""
    said, pair = _SAID.match(words.text, two.end), [p for p in limits if p.end <= one.start][-2:]
    joined = len(pair) == 2 and _JOINT.fullmatch(words.text, pair[0].end, pair[1].start) and _FOR.fullmatch(words.text, pair[1].end, one.start)
    return (pair, said.end()) if said is not None and joined else None


def _limits_behind(words: Words, limits: list[Paired], end: int) -> tuple[list[Paired], int] | None:
    """The two limits behind the sexes, and where the words go on."""
    pair = limits[:2]
    said = _SAID.match(words.text, pair[-1].end, end)
    joined = len(pair) == 2 and _JOINT.fullmatch(words.text, pair[0].end, pair[1].start)
    return (pair, said.end()) if said is not None and joined else None


def beside_men(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The parts of "males and non-pregnant females", who are asked for one or the other: a man need not be such a woman."""
    first = parts[0] if parts else None
    opening: Sequence[Expression | None] = first.of if isinstance(first, AllOf) and all(isinstance(p, Demographic) for p in first.of) else [first]
    men, *rest = [*opening, *parts[1:]]
    told = [q for p in rest for q in (p.of if isinstance(p, AllOf) else (p,))]
    if not isinstance(men, Demographic) or (men.attribute, men.value) != ("sex", "male") or not any(isinstance(p, Demographic) and _tells_women(p) and _WOMEN.search(p.text) for p in told):
        return list(parts)
    return [p if p is None else map_leaves(p, lambda leaf: AnyOf(of=(men, leaf)) if _tells_women(leaf) else leaf) for p in rest]


def _tells_women(leaf: Expression) -> bool:
    return isinstance(leaf, Demographic) and leaf.attribute in statuses().bodily and leaf.attribute not in ("fertile_male", "childbearing")

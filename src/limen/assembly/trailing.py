"""What stands behind the last of several alternatives may be asked of all: "gout or asthma without fever", "A or B on steroids".

An inclusion asks it of every alternative: nobody must be let in by the one that it might not mean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from limen.assembly.coordination import nouns
from limen.assembly.denials import DENIAL, all_denied, is_denied, is_surely_denied, opened
from limen.assembly.grammar import grammar
from limen.assembly.leaves import group, is_light, left_unread, of_mention, unread
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Exposure, Expression, Threshold, Unless, leaves
from limen.lexicon import load
from limen.mentions import Mention

_TELLS = re.compile(
    r",?\s*(?:that|which|who|whose|where|if|when|unless|with|without|in|on|for|of|before|prior|after|during|under|despite|not|is|are|was|were|has|have|had|cannot|by|from|within|due|because|considered|[a-z]{3,}(?:ing|ed))\b",
    re.IGNORECASE,
)  # what is said behind a bracket of the thing before it, which may go on with its noun: "physical (e.g. infectious) illness"
_QUALIFIES = re.compile(
    r"\s*(?:,\s*)?\(?(?:(?:currently|previously)\s+)?(?:who\s+(?:are|is|have|has|were|do|did)\b|that\s|which\s|without\b|with\s|no\s(?!longer|more|less)|free\s+(?:of|from)\s|not\s|on\s|receiving\b|taking\b"
    r"|treated\b|requiring\b|refractory\b|despite\b|but\s|in\s+(?:the\s+)?(?:absence|combination)\b|(?:complicated|accompanied)\s+by\b|(?:along|together)\s+with\b)",
    re.IGNORECASE,
)
_MEASURED = ("measurement", "score")
_ADDS = re.compile(r"\s*(?:(?:and|along|together)\s+)?(?:with|plus|(?:must|should)\s+(?:also\s+)?(?:have|show|be\s+(?:on|receiving|taking))|who\s+(?:have|has)|complicated\s+by|accompanied\s+by)\s", re.IGNORECASE)
_ADJECTIVES = 3
_ON = re.compile(r"\s*(?:currently\s+)?(?:on|receiving|taking|requiring|treated\s+with)\s", re.IGNORECASE)
_ASIDE = re.compile(r"\s?\([^()]{1,60}\)")
_AND = re.compile(r"\s+and\s", re.IGNORECASE)


def asked_of_each(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, with what qualifies the last of them apart; `parts` where none of them is qualified."""
    last, joint = parts[-1], words.text[stretches[-2][1] : stretches[-1][0]]
    if len(parts) == 2 and "," in joint:
        return list(parts)
    main = last.of[0] if isinstance(last, AllOf) else last
    if isinstance(main, Threshold) and isinstance(last, AllOf):
        return _of_limits(words, main, last, parts)
    if isinstance(last, Unless):
        return [lifted_from_each(parts[:-1], last)] if all(isinstance(p, Condition) and _is_bare(words, p) for p in parts[:-1]) and lifted_from_each(parts[:-1], last) else list(parts)
    told = [p for p in parts[:-1] if isinstance(p, Condition) and not p.negated and _is_told(words, p)]
    if len(told) < len(parts) - 1 or not isinstance(main, Condition) or main.negated:
        return list(parts)
    name = next((m for m in words.names(*stretches[-1]) if m.kind == "condition" and m.start >= main.start), None)
    if name is None:
        return list(parts)
    aside = _ASIDE.match(words.text, name.end)
    behind = aside.end() if aside is not None and not words.names(*aside.span()) else name.end
    if not (_QUALIFIES.match(words.text, behind, stretches[-1][1]) or (len(parts) > 2 and _asks_more(words, behind, last))):
        return list(parts)
    if isinstance(last, AllOf):
        return [group("and", [group("or", [*parts[:-1], main]), *last.of[1:]])]
    if (drug := _on(words, behind, stretches[-1][1])) is not None:
        alone = of_mention(words.text, name, main.start, behind)
        return [group("and", [group("or", [*parts[:-1], alone]), of_mention(words.text, drug, words.skip(behind), stretches[-1][1])])]
    return [group("and", [group("or", parts), unread(words.text, behind, stretches[-1][1])])]


def _on(words: Words, start: int, end: int) -> Mention | None:
    """The one drug that a stretch says someone is on, and nothing more: "currently receiving rituximab"."""
    said, named = _ON.match(words.text, start, end), words.names(start, end)
    if said is None or len(named) != 1 or named[0].kind != "drug" or named[0].context & {"negated", "inability"}:
        return None
    return named[0] if is_light(words.text[said.end() : named[0].start]) and is_light(words.text[named[0].end : end]) else None


def lifted_from_each(before: Sequence[Expression | None], last: Unless) -> Unless | None:
    """An exception behind the last of several diseases as that of each: "gout or asthma but not fever"; None where it is a kind of the last alone."""
    named = [q for p in before if p is not None for q in (p.of if isinstance(p, AnyOf) else (p,))]
    excepted = list(leaves(last.exception))
    if not all(isinstance(p, Condition) and not p.negated for p in (*named, last.requirement)) or not all(isinstance(p, (Condition, Exposure)) for p in excepted):
        return None
    if any(known_as(p, [last.requirement]) and not known_as(p, named) for p in excepted):
        return None
    return Unless(requirement=AnyOf(of=(*named, last.requirement)), exception=last.exception)


def known_as(part: Expression, of: Sequence[Expression]) -> bool:
    """Whether the lexicon knows a thing as one of some others, or as a kind of one."""
    known = {p.concept for p in of if isinstance(p, (Condition, Exposure, Threshold)) and p.concept is not None}
    concept = _concept(part)
    return concept is not None and thing_of(part) is not None and bool(known & {concept, *load().ancestors(concept)})


def _concept(part: Expression) -> str | None:
    """The concept of a disease or a treatment, timed or not."""
    timed = isinstance(part, Threshold) and part.kind in ("window", "duration")
    return part.concept if isinstance(part, (Condition, Exposure)) or (timed and isinstance(part, Threshold)) else None


def thing_of(part: Expression) -> Literal["condition", "treatment"] | None:
    """What a leaf that names a known disease or treatment is, timed or not: "metformin within 4 weeks" is a treatment; None for another."""
    entry = load().concepts.get(_concept(part) or "")
    if entry is None:
        return None
    return "condition" if entry.kind == "condition" else "treatment" if entry.kind in ("drug", "procedure") else None


def _asks_more(words: Words, place: int, last: Expression | None) -> bool:
    """Whether "and" adds a limit, a treatment or a denial to the last of several things: "gout, asthma, or epilepsy and no fever"."""
    further = last.of[1:] if isinstance(last, AllOf) else ()
    return bool(further) and _AND.match(words.text, place) is not None and all(isinstance(p, (Threshold, Exposure)) or is_denied(p) for p in further)


def _of_limits(words: Words, main: Threshold, last: AllOf, parts: Sequence[Expression | None]) -> list[Expression | None]:
    """Limits of several measurements, with what stands behind the last of them asked of each: "AST > 40 or ALT > 40 without hepatitis"."""
    other = all(isinstance(p, Threshold) and p.kind in _MEASURED and None is not p.concept != main.concept for p in parts[:-1])
    if not other or main.kind not in _MEASURED or any(isinstance(p, Threshold) for p in last.of[1:]):
        return list(parts)
    return [group("and", [group("or", [*parts[:-1], main]), *last.of[1:]])]


def adds(words: Words, start: int, end: int) -> bool:
    """Whether an inclusion's bracket adds to the name before it and tells no kinds of it: "asthma (with polyps or rhinitis)"."""
    return words.role == "inclusion" and _ADDS.match(words.text, start, end) is not None


def told_of_kinds(words: Words, listed: Expression | None, end: int, stop: int) -> Expression | None:
    """The kinds in a bracket with what is said behind it, which a person judges of them: "autoimmune disease (lupus, psoriasis) requiring steroids"."""
    behind = words.trim(min(end + 1, stop), stop)
    told = _TELLS.match(words.text, *behind) is not None and grammar().evidence.match(words.text, *behind) is None and words.weighty(*behind)
    doubt = unread(words.text, *behind) if told and not all_denied(listed) else None
    return AllOf(of=(listed, doubt)) if doubt is not None and listed is not None else listed


def told_by_all(words: Words, name: Mention, bracket: tuple[int, int], made: Expression | None) -> Expression | None:
    """What an exclusion's bracket says of a disease by results and treatments that must come together: "hepatitis B (HBsAg positive and HBV DNA > 200)".

    The disease alone shuts nobody out; where it is told by how it is treated, it is asked for as well.
    """
    if words.role == "inclusion" or not isinstance(made, AllOf) or "negated" in name.context or nouns().kind.match(words.text, *bracket) or any(map(is_denied, made.of)):
        return None
    limits = [p for p in made.of if isinstance(p, Threshold) and p.kind in _MEASURED]
    results = [p for p in made.of if isinstance(p, Condition) and (p.concept in name.ids or (p.concept is None and any(p.start <= m.start and m.end <= p.end for m in words.mentions.measured)))]
    treated = [p for p in made.of if isinstance(p, Exposure)]
    if not limits or len(limits) + len(results) + len(treated) < len(made.of):
        return None  # "infection (pneumonia and CRP > 10)" lists a kind of it
    return group("and", [of_mention(words.text, name, name.start, name.end), *made.of]) if treated else made


def _is_bare(words: Words, leaf: Condition | Exposure) -> bool:
    """Whether a leaf says no more than the name of a thing."""
    named = words.names(leaf.start, leaf.end)
    return len(named) == 1 and is_light(words.text[leaf.start : named[0].start]) and is_light(words.text[named[0].end : leaf.end])


def _is_told(words: Words, leaf: Condition) -> bool:
    """Whether a leaf says no more than a name, how it is, and a bracket behind it: "severe liver cirrhosis (LC)"."""
    named = words.names(leaf.start, leaf.end)
    before = [w for w in words.text[leaf.start : named[0].start].split() if not is_light(w)] if len(named) == 1 else []
    bare = len(named) == 1 and (_is_bare(words, leaf) or len(before) <= _ADJECTIVES)
    return bare and _QUALIFIES.search(" ".join(before)) is None and is_light(_ASIDE.sub("", words.text[named[0].end : leaf.end]))


def unsurely_denied(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, a thing unread that only a denial inside the first could deny.

    "Asthma not treated with steroids, or gout" lets nobody in for having no gout.
    """
    if opened(words.text, *stretches[0]) is not None:
        return list(parts)
    cues = [c.start for c in words.mentions.cues if c.category == DENIAL]
    made: list[Expression | None] = []
    for (a, b), part in zip(stretches, parts):
        inner, own = any(stretches[0][0] < c < a for c in cues), any(a <= c < b for c in cues) or is_surely_denied(words.text, a, b)
        made.append(left_unread(part) if isinstance(part, (Condition, Exposure)) and part.negated and inner and not own else part)
    return made

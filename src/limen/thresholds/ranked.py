"""What a bare "stage", "class" or "grade" ranks, and by which score: "stage 3 chronic kidney disease", "class III heart failure (NYHA)"."""

from __future__ import annotations

import re

from limen.mentions import Mention, Quantity
from limen.thresholds.build import Target
from limen.thresholds.names import Names
from limen.thresholds.wording import words

_BRACKET = re.compile(r"\s?\([^()]*\)")
_BEFORE = re.compile(r"\s*[(,\[:]?\s*(?:of\s)?[<>≥≤=]{0,2}\s*(?:stage|class|grade)s?\s*[:(]?\s*(?:[<>≥≤=]{1,2}\s*)?", re.IGNORECASE)
_BESIDE = re.compile(r"\s*[(,\[:]?\s*(?:of\s)?")
_BEHIND = re.compile(r"\s*\)?\s*(?:or\s(?:higher|greater|above|worse|lower|more|less)\s)?(?:[^\W\d_]{3,}\s){0,2}", re.IGNORECASE)
_APART = re.compile(r"\s*,\s*(?:(?:grade|stage)s?\s(?:\d|[IVX]{1,3})(?:[,\s-]+(?:(?:to|or|and)\s)?(?:\d|[IVX]{1,3}))?\s)?(?:[\w-]{3,}\s){0,2}", re.IGNORECASE)  # "stage 1, grade 1 carcinoma"
_WITH_LIMIT = re.compile(r"\s(?:with|and)\s[^;()]{3,50}\(\s?(?:(?:stage|class|grade)s?\s)?", re.IGNORECASE)  # "CKD with GFR < 30 (stage 4)"
_BY_SCALE = re.compile(
    r"\s*[(,\[]?\s*(?:(?:as\s)?(?:defined|classified|graded|assessed|determined|measured)\s)?(?:(?:by|per|in|on|under|using|of|according\sto|based\son|from)\s)?"
    r"(?:the\s)?(?:(?:classification|criteria|scale|system|grading|guidelines)\s(?:of|by)\s(?:the\s)?)?",
    re.IGNORECASE,
)


def ranked(names: Names, quantity: Quantity) -> Target | None:
    """The condition beside a bare stage or class, by the scale that is named behind them, else by the condition's own stage.

    The id is that of the score named "<condition> stage", else what words.toml has for such conditions, else none.
    """
    rank = names.rank_before(quantity)
    if rank is None or quantity.unit is not None or quantity.reference is not None:
        return None
    before: Mention | None = None
    for mention in (m for m in names.mentions.concepts if m.kind == "condition"):
        if mention.start >= quantity.end and _BEHIND.fullmatch(names.text[quantity.end : mention.start]):
            return _by_scale(names, quantity, mention) or _ranked(names, mention, rank)
        if mention.start >= quantity.end and _APART.fullmatch(names.text, quantity.end, mention.start) and (apart := _ranked(names, mention, rank)).id in words().rank_scores[rank].values() and apart.id != words().rank_scores[rank].get("other"):
            return apart
        before = mention if mention.end <= quantity.start else before
    near = before is not None and rank == "stage" and _BESIDE.fullmatch(names.text, before.end, quantity.start)
    if before is not None and (near or _BEFORE.fullmatch(names.text[before.end : quantity.number_start])):
        return _by_scale(names, quantity, before) or _ranked(names, before, rank)
    if before is not None and _WITH_LIMIT.fullmatch(names.text, before.end, quantity.start) and any(before.end <= q.start and q.end <= quantity.start for q in names.mentions.quantities):
        return own if (own := _ranked(names, before, rank)).id is not None else None
    return None


def _by_scale(names: Names, quantity: Quantity, mention: Mention) -> Target | None:
    """ "Heart failure grade III of the NYHA": the scale right behind what it ranks, with no grade of its own."""
    end = max(quantity.end, mention.end)
    scale = next((m for m in names.mentions.measured if m.start >= end), None)
    if scale is None or scale.ambiguous or not _BY_SCALE.fullmatch(names.text, end, scale.start):
        return None
    following = next((q for q in names.mentions.quantities if q.start >= scale.end), None)
    own = following is not None and names.close(scale.end, following.start)
    target = names.target(scale, quantity) if scale.ids[0] in names.lexicon.scores and not own else None
    return Target(mention.start, mention.end, target.id) if target is not None else None


def _ranked(names: Names, mention: Mention, rank: str) -> Target:
    said = _BRACKET.sub("", names.text[mention.start : mention.end]).strip().lower()  # "chronic kidney disease (CKD)"
    named = names.lexicon.measured_by_name.get(f"{said} {rank}", ())
    kinds = {kind for i in mention.ids for kind in (i, *names.lexicon.ancestors(i))}
    general = (score for kind, score in words().rank_scores.get(rank, {}).items() if kind in kinds or kind == "other")
    identity = next((i for i in named if i in names.lexicon.scores), None) or next(general, None)
    return Target(mention.start, mention.end, identity)

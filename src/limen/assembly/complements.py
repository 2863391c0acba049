"""What several nouns side by side are of: "allergy, hypersensitivity or intolerance to aspirin" are all three to aspirin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from limen import lexicon as lexicons
from limen.assembly.coordination import known_name
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, left_unread
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, Unread
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

_TRIAL = "other_trial"
_DRUGS = re.compile(r"\b(?:drugs?|agents?|products?|medications?|compounds?|therap(?:y|ies)|treatments?|devices?)$", re.IGNORECASE)
_PART_OF = re.compile(r"^\s*(?:(?:any|the|one)\s+(?:of\s+the\s+)?)?(?:component|ingredient|excipient|constituent)s?\s+(?:of|in)\s+", re.IGNORECASE)
_NAME = 5  # words of a bare name


class _Nouns(NamedTuple):
    """The compiled words of [complements]."""

    bare: Scanner
    heads: Scanner
    told: Scanner
    generic: frozenset[str]


@cache
def _nouns() -> _Nouns:
    table = read_toml(data("logic.toml"))["complements"]
    nouns = alternation(table["nouns"])
    return _Nouns(
        bare=Scanner(rf"(?:\b|^)(?:{nouns})\s*$"),
        told=Scanner(rf"(?:[\w'’-]+\s+){{0,4}}?(?:{nouns})\s+(?:to|against|of)\s"),
        heads=Scanner(rf"(?:[\w'’-]+\s+){{0,9}}?(?:(?:{nouns}|{alternation(table['effects'])})\s+(?:to|against|of|from|with)|{alternation(table['adjectives'])})\s"),
        generic=frozenset(table["generic"]),
    )


def with_complement(words: Words, parts: Sequence[Expression | None]) -> list[Expression | None]:
    """A list with what stands behind its last such noun said of those before it too; where the lexicon has no name for it, the text of each goes on to there."""
    made = list(parts)
    for index in range(len(made) - 1, 0, -1):
        group = made[index]
        last = group.of[-1] if isinstance(group, AnyOf) else group
        if not isinstance(last, (Condition, Exposure, Unread)) or _nouns().told.match(last.text) is None:
            continue
        for place in range(index - 1, -1, -1):
            told = _told(words, made[place], last)
            if told is None:
                break
            made[place] = told
    return made


def _told(words: Words, part: Expression | None, last: Condition | Exposure | Unread) -> Expression | None:
    """A noun without a complement of its own, with that of the last; None for any other part."""
    if isinstance(part, AllOf):
        own = _told(words, part.of[-1], last)
        return AllOf(of=(*part.of[:-1], own)) if own is not None else None
    if not isinstance(part, Condition) or part.concept not in _nouns().generic or _nouns().bare.search(part.text) is None or part.start >= last.start:
        return None
    if isinstance(last, Condition) and last.concept is not None and part.concept in lexicons.load().ancestors(last.concept):
        return part.model_copy(update={"concept": last.concept})
    return part.model_copy(update={"text": words.text[part.start : last.end], "end": last.end, "confidence": min(part.confidence, 0.7)})


def reacted_to(words: Words, parts: Sequence[Expression | None]) -> tuple[list[Expression | None], bool]:
    """A list with "allergy to A" in it, with the bare drugs behind it as what that is to as well: "allergy to aspirin or ibuprofen".

    Who takes ibuprofen has no allergy to it.  Also whether the whole list is one of what its first item is to: who is "allergic to
    aspirin and ibuprofen" need not be to both at once.
    """
    made, head, leads = list(parts), None, False
    for index, part in enumerate(parts):
        beside = head is not None and isinstance(part, Exposure) and _is_name(part.text) and part.negated == getattr(head, "negated", False)
        if head is not None and isinstance(part, AnyOf) and all(isinstance(p, Unread) or (isinstance(p, Exposure) and _is_name(p.text)) for p in part.of):
            made[index] = AnyOf(of=tuple(_of_head(head, p) if isinstance(p, Exposure) else p for p in part.of))  # "allergy to A, B/C"
        elif head is not None and isinstance(part, Demographic) and part.attribute == _TRIAL and _is_name(part.text) and _DRUGS.search(part.text):
            made[index] = left_unread(part)  # "allergy to the study drug or other investigational drugs"
        elif head is not None and isinstance(part, Exposure) and beside and (leads or "," not in words.text[head.end : part.start]):
            made[index] = _of_head(head, part)
        elif isinstance(part, (Condition, Unread)) and (opening := _nouns().heads.match(part.text)) is not None:
            head = part if len(_PART_OF.sub("", part.text[opening.end() :]).split()) <= _NAME else None
            leads = all(isinstance(p, Condition) and p.concept in _nouns().generic for p in parts[:index])
        elif not isinstance(part, Unread):
            head = None
    return made, len(parts) > 1 and all(new is not old for new, old in zip(made[1:], parts[1:]))


def _of_head(head: Condition | Unread, part: Exposure) -> Expression:
    """A drug as what the head of its list is to."""
    if isinstance(head, Unread):
        return left_unread(part)
    return Condition(concept=_reaction(head.concept, part.text), text=part.text, negated=part.negated, start=part.start, end=part.end, confidence=0.6)


def _is_name(text: str) -> bool:
    """Whether words name a thing and say nothing of it: "the study drug", and not "use of aspirin" or "taking aspirin"."""
    opens = grammar().list_head.match(text) or grammar().opening.match(f"{text} ")
    said = WORD.findall(text.lower())
    return 0 < len(said) <= _NAME and (opens is None or said[0] == "any") and grammar().relative.search(text) is None


def _reaction(concept: str | None, name: str) -> str | None:
    """What a reaction to a drug of this name is, where the lexicon has it: "penicillin" behind "allergy to aspirin or" """
    lexicon = lexicons.load()
    kinds = {concept, *lexicon.ancestors(concept)} if concept is not None else set()
    known = known_name(f"{name.lower()} allergy") if kinds & _nouns().generic else None
    return known[1] if known is not None and not _nouns().generic.isdisjoint(lexicon.ancestors(known[1])) else None

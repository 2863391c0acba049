"""Items of an exclusion that do nothing but deny: "No active infection" tells whom the trial wants, or whom it shuts out."""

from __future__ import annotations

import re
from functools import cache

from limen.assembly.denials import is_denied
from limen.assembly.leaves import group, left_unread, unread
from limen.assembly.lifted import end_of_part, start_of
from limen.assembly.trailing import thing_of
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Demographic, Exposure, Expression, Unless, Unread, leaves
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

_NOT = re.compile(r"\b(?:not|never)\s|n['’]t\s", re.IGNORECASE)  # "lack of consent or delirium" are two reasons
_BARE = 3  # words of a thing that a denial before it may reach
_CARRYING = ("pregnant", "breastfeeding")


@cache
def _patterns() -> dict[str, Scanner]:
    table = {key: alternation(listed) for key, listed in read_toml(data("logic.toml"))["wishes"].items()}
    return {
        "no": Scanner(r"\W*(?:there\s+(?:is|are)\s+)?no\s+(?!longer\b)"),
        "lacks": Scanner(rf"\W*(?:{table['subjects']}\s+)?(?:{table['lacking']})\s"),
        "wanted": Scanner(table["wanted"]),
        "unwanted": Scanner(table["unwanted"]),
    }


def wished(words: Words, made: Expression) -> Expression:
    """An exclusion's item that only denies, of which a person decides: who lacks the thing is shut out, or who has it.

    "No measurable disease" shuts out who lacks what a trial needs; "absence of gout" names a reason, "absence of active
    infection" names none.  "No gout" names the one that is studied, as likely as not.
    """
    said, text = _patterns(), words.text
    plain = said["no"].match(text) is not None
    if (not plain and said["lacks"].match(text) is None) or len(words.layout.sentences(0, len(text))) > 1:
        return made  # "no gout; unable to travel" are two reasons
    carrying = any(isinstance(leaf, Demographic) and leaf.attribute in _CARRYING for leaf in leaves(made))
    unwanted = carrying or said["unwanted"].search(text) is not None
    if said["wanted"].search(text) or not (plain or unwanted) or not _only_denies(made):
        return made
    doubt = unread(text, 0, len(text))
    if doubt is None or all(isinstance(leaf, Unread) for leaf in leaves(made)):
        return made
    if not unwanted and not isinstance(made, Unless) and all(thing_of(leaf) == "condition" for leaf in leaves(made)):
        return group("or", [made, doubt]) or made
    one = isinstance(made, (Condition, Exposure, Demographic))
    return doubt if one else AnyOf(of=(group("and", [made, doubt]) or made, doubt))


def denied_or(text: str, made: Expression) -> Expression:
    """An exclusion's tree, each denial only with the bare words that "or" joins to it: "not on dialysis or diuretics".

    Who is on diuretics is shut out for lacking dialysis only if a person says so.
    """
    if isinstance(made, AllOf):
        return AllOf(of=tuple(denied_or(text, p) for p in made.of))
    if not isinstance(made, AnyOf):
        return made
    made = made.model_copy(update={"of": (made.of[0], *(_doubted(text, before, p) for before, p in zip(made.of, made.of[1:])))})
    parts = [denied_or(text, p) for p in made.of]
    for index in range(len(parts) - 2, -1, -1):
        part, further = parts[index], made.of[index + 1]
        denial = part.of[-1] if isinstance(part, AllOf) else part
        if isinstance(further, Unread) and len(further.text.split()) <= _BARE and is_denied(denial) and not all(isinstance(leaf, Unread) for leaf in leaves(denial)):
            joined = text[end_of_part(part) : further.start].strip() == "or" and _NOT.search(text, start_of(denial), end_of_part(part)) is not None
            parts[index] = (group("and", [part, further]) or part) if joined else part
    return made.model_copy(update={"of": tuple(parts)})


def _doubted(text: str, before: Expression, part: Expression) -> Expression:
    """A thing that no list knows behind a denial and "or", which may be denied too, left to a person: "no tumour or lesion"."""
    if not isinstance(part, (Condition, Exposure)) or part.concept is not None or part.window is not None or part.negated:
        return part
    joined = isinstance(before, (Condition, Exposure)) and before.negated and text[before.end : part.start].strip() == "or"
    return left_unread(part) if joined else part


def _only_denies(made: Expression) -> bool:
    """Whether a tree denies what it opens with, and all else that was read."""
    if isinstance(made, Unless):
        return _only_denies(made.requirement)
    if isinstance(made, (AllOf, AnyOf)):
        return _only_denies(made.of[0]) and all(isinstance(p, Unread) or _only_denies(p) for p in made.of)
    return is_denied(made) and (not isinstance(made, Demographic) or made.attribute in _CARRYING)

"""Items of an exclusion that do nothing but deny: "No active infection" tells whom the trial wants, or whom it shuts out."""

from __future__ import annotations

from functools import cache

from limen.assembly.denials import is_denied
from limen.assembly.leaves import group, unread
from limen.assembly.trailing import thing_of
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Demographic, Expression, Threshold, Unless, Unread, leaves
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

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
    if not plain and said["lacks"].match(text) is None:
        return made
    carrying = any(isinstance(leaf, Demographic) and leaf.attribute in _CARRYING for leaf in leaves(made))
    unwanted = carrying or said["unwanted"].search(text) is not None
    if said["wanted"].search(text) or not (plain or unwanted) or not _only_denies(made):
        return made
    doubt = unread(text, 0, len(text))
    if doubt is None or all(isinstance(leaf, Unread) for leaf in leaves(made)):
        return made
    if not unwanted and not isinstance(made, Unless) and all(thing_of(leaf) == "condition" for leaf in leaves(made)):
        return group("or", [made, doubt]) or made
    limited = any(isinstance(leaf, Threshold) for leaf in leaves(made))
    return AnyOf(of=(AllOf(of=(made, doubt)), doubt)) if limited else doubt


def _only_denies(made: Expression) -> bool:
    """Whether a tree denies what it opens with, and all else that was read."""
    if isinstance(made, Unless):
        return _only_denies(made.requirement)
    if isinstance(made, (AllOf, AnyOf)):
        return _only_denies(made.of[0]) and all(isinstance(p, Unread) or _only_denies(p) for p in made.of)
    return is_denied(made) and (not isinstance(made, Demographic) or made.attribute in _CARRYING)

"""What is asked of those who can have a child: pregnancy tests, contraception, and whom they are asked of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly.denials import enabled
from limen.assembly.leaves import group
from limen.assembly.statuses import statuses
from limen.assembly.words import CONSENT, Words
from limen.criteria import AllOf, AnyOf, Demographic, Expression, IfThen, Not, Threshold, Unread, leaves

_OF_WHOM = re.compile(r"\b(?:for|in|by|if|among|from|when|where)\b", re.IGNORECASE)
_MEN_TOO = re.compile(r"[\s,]*(?:and|or|/|&)\s*(?:\w+\s+){0,2}", re.IGNORECASE)
_REFUSED = re.compile(r"\b(?:unwilling|unable|refus\w+|(?:not|n['’]t)\s+(?:\w+\s+)?(?:willing|agree\w*|able|us(?:e|ing)|practi[sc]\w+))\b", re.IGNORECASE)
_SEXED = re.compile(r"\W*(?:(?:a|an|all|any|each|every)\s+)?(?:fe)?male\s+(?:participant|patient|subject|volunteer)s?\b", re.IGNORECASE)
_BARE = 4  # words of "their respective female partners"
_NEAR = 30  # characters between "men" and "of childbearing potential"


def asked_of_fertile(words: Words, made: Expression | None) -> Expression | None:
    """An inclusion's tree with pregnancy tests and contraception asked only of those for whom the text asks them.

    "Negative pregnancy test in women of childbearing potential" shuts no man out; "non-pregnant women of childbearing
    potential" asks for such a woman.
    """
    if made is not None and _SEXED.match(words.text) is not None:
        made = _asked_of_sex(made)
    if not isinstance(made, AllOf):
        return made
    fertile = [p for p in made.of if isinstance(p, Demographic) and p.attribute == "childbearing" and p.value is True]
    asked = [p for p in made.of if p not in fertile and _is_asked(p)]
    if not fertile or not asked or not _says_of_whom(words, fertile[0], asked):
        return made
    rest = [p for p in made.of if p not in fertile and p not in asked]
    men = _men_beside(words, fertile[0])
    when = AnyOf(of=(men, fertile[0])) if men is not None else fertile[0]
    then = group("and", asked)
    return group("and", [IfThen(when=when, then=then) if then is not None else None, *rest])


def _asked_of_sex(made: Expression) -> Expression:
    """What is asked of one sex alone about having children: "Male participant is sterile or agrees to use contraception" asks no woman to be a man."""
    first = made.of[0] if isinstance(made, (AllOf, AnyOf)) else made
    sex = first.of[0] if isinstance(first, AllOf) and isinstance(made, AnyOf) else first
    if not isinstance(made, (AllOf, AnyOf)) or not isinstance(sex, Demographic) or sex.attribute != "sex":
        return made
    ways = [group("and", first.of[1:]), *made.of[1:]] if isinstance(first, AllOf) else list(made.of[1:])
    then = group("or" if isinstance(made, AnyOf) else "and", ways)
    told = [_is_asked(leaf) or statuses().contraceptive.search(getattr(leaf, "text", "")) is not None for leaf in leaves(then)] if then is not None else []
    alone = then is not None and all(own or isinstance(leaf, Unread) for own, leaf in zip(told, leaves(then)))
    return IfThen(when=sex, then=then) if any(told) and alone and then is not None else made


def any_but_demands(parts: Sequence[Expression]) -> Expression | None:
    """The alternatives of an inclusion's list, with consent and what is asked of women who can bear a child apart: nobody is let in by those."""
    demands = [p for p in parts if (isinstance(p, Demographic) and p.attribute == CONSENT) or (isinstance(p, IfThen) and _bears(p.when) and not isinstance(p.then, AnyOf))]
    ways = [p for p in parts if p not in demands]
    medical = bool(ways) and not any(isinstance(leaf, Demographic) for p in ways for leaf in leaves(p))
    return group("and", [group("or", ways), *demands]) if medical else group("or", parts)


def _bears(part: Expression) -> bool:
    return isinstance(part, Demographic) and part.attribute == "childbearing"


def _is_asked(part: Expression) -> bool:
    """Whether a part is about bearing a child, or a test for it."""
    if isinstance(part, Not):
        return _is_asked(part.of)
    if isinstance(part, Demographic):
        return part.attribute in statuses().asked and part.value is statuses().asked[part.attribute]
    return isinstance(part, Threshold) and (part.concept in statuses().results or part.concept in statuses().asked)


def _says_of_whom(words: Words, fertile: Demographic, asked: Sequence[Expression]) -> bool:
    """Whether potential stands before what is asked, or behind it with "for", "in" or "if"."""
    before = [leaf.start for part in asked for leaf in leaves(part) if leaf.start < _name_of(words, fertile)]
    return not before or _OF_WHOM.search(words.text, max(before), _name_of(words, fertile)) is not None


def _name_of(words: Words, fertile: Demographic) -> int:
    return next((m.start for m in words.concepts if m.ids[0] == "childbearing" and fertile.start <= m.start < fertile.end), fertile.start)


def _men_beside(words: Words, fertile: Demographic) -> Demographic | None:
    """The men of "men and women of childbearing potential"."""
    place = _name_of(words, fertile)
    men = next((m for m in words.concepts if m.ids[0] == "male" and place - _NEAR < m.end <= place and _MEN_TOO.fullmatch(words.text, m.end, place)), None)
    return Demographic(attribute="sex", value="male", text=words.text[men.start : men.end], start=men.start, end=men.end, confidence=0.7) if men else None


def unwilling(parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an exclusion, with what is said of contraception behind several people said of all of them.

    "Men, and women of childbearing potential, unwilling to use contraception" excludes no man for being one.
    """
    made: list[Expression | None] = []
    for part in parts:
        people: list[Expression] = []
        if part is not None and _refuses(part):
            while made and (last := made[-1]) is not None and (_is_people(last) or _is_partners(last)):
                people.insert(0, last)
                made.pop()
        if people and isinstance(part, AllOf) and _is_people(part.of[0]):
            people, part = [*people, part.of[0]], group("and", part.of[1:])
        made.append(group("and", [group("or", people), part]))
    return made


def _is_people(part: Expression) -> bool:
    if isinstance(part, AnyOf):
        return all(map(_is_people, part.of))
    return isinstance(part, Demographic) and part.attribute in ("sex", "childbearing", "fertile_male") and part.value is not False


def _is_partners(part: Expression) -> bool:
    return isinstance(part, Unread) and len(part.text.split()) <= _BARE and statuses().partner.search(part.text) is not None


def _refuses(part: Expression) -> bool:
    """Whether a part denies contraception, of some people or of those before it."""
    if isinstance(part, AllOf):
        return any(_refuses(p) for p in part.of[:3])
    if isinstance(part, Demographic):
        return part.attribute == "contraception" and part.value is False
    denied = enabled(part) if isinstance(part, Unread) else part
    if isinstance(denied, Unread) and _REFUSED.search(denied.text) is not None:
        return statuses().contraceptive.search(denied.text) is not None  # "and their partners unwilling to use contraception"
    return isinstance(denied, Not) and isinstance(denied.of, Unread) and statuses().contraceptive.search(denied.of.text) is not None

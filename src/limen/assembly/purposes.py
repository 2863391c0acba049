"""What a treatment is for: "insulin for type 2 diabetes" asks an inclusion's patients for both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from limen.assembly.coordination import SEXES, nouns
from limen.assembly.evidence import showing
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, group, of_mention, unread, windowed
from limen.assembly.segments import Cut
from limen.assembly.walk import map_leaves
from limen.assembly.words import Words
from limen.criteria import AllOf, Condition, Exposure, Expression, Threshold, Unread, leaves
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Mention
from limen.thresholds import Paired

_BARE = re.compile(r"\s*(?:for|in)\s+(?:(?:all|those|the)\s+)?", re.IGNORECASE)
_ANEW = re.compile(r"\s*(?:with\s+|have\s+|has\s+|having\s+)?an?\s+(?:\w+\s+)?(?:history|diagnosis|presence)\s", re.IGNORECASE)  # "surgery for gallstones, or with a history of gout"
_PAST = {"historical"}
_QUALITIES = re.compile(r"[\s,]+(?:[^\W\d_][\w-]+\s+){1,3}")


@cache
def _link() -> Scanner:
    table = read_toml(data("logic.toml"))["purposes"]
    cured = rf"(?:the\s+)?(?:{alternation(table['cures'])})\s+of\s+"
    word = rf"(?:(?!(?:{alternation(table['unlike'] + table['barriers'])})\b)[^\W\d_][\w-]*\s+)"
    return Scanner(rf"\s+{word}?for\s+(?:{cured})?{word}{{0,3}}$")


@cache
def _unlike() -> Scanner:
    return Scanner(rf"\s+(?:{alternation(sorted(_words('unlike')))})\b")


@cache
def _cared() -> Scanner:
    """What someone is cared for, up to its name: "surgery for recurrent" before "gout"."""
    table = read_toml(data("logic.toml"))["purposes"]
    cured = rf"(?:the\s+)?(?:{alternation(table['cures'])})\s+of\s+"
    barred = rf"(?:(?!(?:{alternation(table['unlike'] + table['barriers'])})\b)[^\W\d_][\w-]*\s+){{0,3}}"
    return Scanner(rf"(?P<care>\b(?:{alternation(table['care'])})\s[^,;:.()]{{0,40}}?)?\b(?:{alternation(table['links'])})\s+(?:{cured})?{barred}$")


@cache
def _care_for() -> Scanner:
    """Something done, and "for", before a disease and its qualities."""
    return Scanner(rf"\b(?:{alternation([*_words('care'), *_words('means')])})\s+(?:[\w-]+\s+){{0,3}}?for\s+(?:[\w-]+[\s,/]+){{0,8}}$")


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(read_toml(data("logic.toml"))["purposes"][key])


def cared_from(words: Words, start: int, mention: Mention, limits: Sequence[Paired]) -> int:
    """Where the words begin that say what was done for a disease, "investigational agents for stage III melanoma", or how it is.

    That is what stands between its limit and its name: "stage III unresectable melanoma".  Else it is where its name begins.
    """
    told = max((p.end for p in limits if p.end <= mention.start and p.time is None), default=mention.start)
    said = _QUALITIES.fullmatch(words.text, told, mention.start) if mention.kind == "condition" else None
    if said is not None and nouns().closed.isdisjoint(WORD.findall(said.group().lower())):
        return words.skip(told)
    found = _care_for().search(words.text, start, mention.start) if words.role == "exclusion" and mention.kind == "condition" else None
    return mention.start if found is None or any(m.start > found.start() for m in words.names(start, mention.start)) else found.start()


def treated_disease(words: Words, names: Sequence[Mention]) -> Mention | None:
    """The disease that the first of two names is a treatment for; None for one that it prevents or looks for."""
    if len(names) != 2 or not _treats(words, names[0]) or names[1].kind != "condition" or any(m.context - _PAST for m in names):
        return None
    linked = _link().match(words.text, names[0].end, names[1].start) is not None
    return names[1] if linked and not _unlike().match(words.text, names[1].end) else None


def treatment_of(words: Words, names: Sequence[Mention]) -> Mention | None:
    """The treatment of the first of two names, where the words between say no more than that: "type 2 diabetes treated with insulin"."""
    if len(names) != 2 or names[0].kind != "condition" or not _treats(words, names[1]) or any(m.context - _PAST for m in names):
        return None
    between = WORD.findall(words.text[names[0].end : names[1].start].lower())
    treated = _words("treated")
    plain = all(w in grammar().linking or (w == "or" and i > 0 and between[i - 1] in treated) for i, w in enumerate(between))  # "who have received or are receiving"
    return names[1] if plain and not treated.isdisjoint(between) else None


def is_over(said: Sequence[str]) -> bool:
    """Whether the words between a disease and its treatment say that the treatment may be over: "previously treated with"."""
    return not _words("over").isdisjoint(said)


def _treats(words: Words, name: Mention) -> bool:
    """Whether a name is a drug or a procedure that treats."""
    said = WORD.findall(words.text[name.start : name.end].lower())
    return name.kind == "drug" or (name.kind == "procedure" and any(w in _words("procedures") or w.endswith("ectomy") for w in said))


def with_their_diseases(words: Words, made: Expression) -> Expression:
    """An inclusion's tree, each leaf of a treatment and its disease as both of them, unless a doubt stands beside the same words."""
    doubts = [p for p in leaves(made) if isinstance(p, Unread)]

    def both(leaf: Expression) -> Expression:
        plain = isinstance(leaf, (Condition, Exposure)) and not any(d.start < leaf.end and leaf.start < d.end for d in doubts)
        return _both(words, leaf) if isinstance(leaf, (Condition, Exposure)) and plain else leaf

    return map_leaves(made, both)


def _both(words: Words, leaf: Condition | Exposure) -> Expression:
    """A leaf of a treatment and its disease, or of a disease and its treatment, as both of them."""
    names = [m for m in words.names(leaf.start, leaf.end) if m.kind != "demographic" and not leaf.negated]
    treatment, disease = treatment_of(words, names), treated_disease(words, names)
    further = treatment or disease
    if further is None:
        return leaf
    start = names[0].end if treatment else further.start  # "previously treated with metformin" says when
    return AllOf(of=(of_mention(words.text, names[0], leaf.start, names[0].end), of_mention(words.text, further, start, leaf.end)))


def asked_of_treated(words: Words, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, with the disease behind the last of them asked of all: "metformin or insulin for diabetes"."""
    *before, last = parts
    if not before or not all(isinstance(p, Exposure) and not p.negated for p in before):
        return list(parts)
    names = [m for m in words.names(*stretches[-1]) if m.kind != "demographic"]
    if isinstance(last, Exposure) and treated_disease(words, names) is not None:
        both = _both(words, last)
        return [group("and", [both.of[1], group("or", [*before, both.of[0]])])] if isinstance(both, AllOf) else list(parts)
    disease = _behind_time(words, stretches[-1], last)
    if disease is None or not isinstance(last, AllOf):
        return list(parts)
    asked = [p for p in last.of if isinstance(p, Condition) and p.concept in disease.ids]
    timed = group("and", [p for p in last.of if p not in asked])
    each = [windowed(p, timed) if isinstance(timed, Threshold) and isinstance(p, Exposure) else p for p in before]
    return [group("and", [*asked, group("or", [*each, timed])])] if asked else list(parts)


def of_treated(words: Words, _stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an inclusion, treatments of one disease, apart from it and from limits behind the last of them: "asthma on salbutamol or budesonide with FEV1 > 60 %"."""
    first, *between, last = parts
    both = _both(words, first) if isinstance(first, (Condition, Exposure)) else None
    if not isinstance(both, AllOf) or not isinstance(last, AllOf) or not all(map(_is_taken, (both.of[1], *between, last.of[0]))):
        return list(parts)
    limits = [p for p in last.of if isinstance(p, Threshold) and p.kind in ("measurement", "score")]
    taken = [p for p in last.of if p not in limits]
    if not limits or not all(map(_is_taken, taken)):
        return list(parts)
    return [group("and", [both.of[0], group("or", [both.of[1], *between, group("and", taken)]), *limits])]


def _is_taken(part: Expression | None) -> bool:
    return isinstance(part, Exposure) and not part.negated


def cared_for_either(words: Words, cuts: Sequence[Cut], stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """The alternatives of an exclusion, the diseases behind what someone is treated for: "surgery for gallstones or hernia".

    They shut out by themselves, or only those who were treated for them, of which a person decides; a window behind the last is
    that of the treatment as well.
    """
    first, rest = parts[0], parts[1:]
    named = [m for m in words.names(*stretches[0]) if m.kind == "condition"]
    if not named or not isinstance(first, (Condition, Exposure)) or first.negated:
        return list(parts)
    cared = _cared().search(words.text, stretches[0][0], named[-1].start)
    if cared is None or not (cared["care"] or any(_treats(words, m) and m.end <= cared.start() + 1 for m in words.names(*stretches[0]))):
        return list(parts)
    doubtful = [_bare_disease(words, stretch, part) for stretch, part in zip(stretches[1:], rest)]
    if any(c.loose for c in cuts) and (len(rest) == 1 or not all(doubtful)):
        return list(parts)  # "surgery for gallstones, or active bleeding"
    timed = parts[-1] if doubtful[-1] and isinstance(parts[-1], Threshold) else None
    doubt = unread(words.text, stretches[0][0], stretches[-1][1])
    return [windowed(first, timed) if timed else first, *(group("and", [p, doubt]) if d else p for p, d in zip(rest, doubtful))]


def _bare_disease(words: Words, stretch: tuple[int, int], part: Expression | None) -> bool:
    """Whether an alternative is no more than a disease, timed or not, so that it may be what the treatment before it was for."""
    named = [m for m in words.names(*stretch) if m.kind == "condition"]
    timed = isinstance(part, Threshold) and part.kind == "window" and part.window is not None and part.window.relation == "within"
    disease = isinstance(part, Condition) and not part.negated
    return (disease or timed) and len(named) == 1 and len(words.names(*stretch)) == 1 and not _ANEW.match(words.text, *stretch) and not grammar().opening.match(words.text, stretch[0])


def _behind_time(words: Words, stretch: tuple[int, int], last: Expression | None) -> Mention | None:
    """The disease behind a length of time: "steroids for 3 months for asthma"."""
    times = [p for p in words.limits(*stretch) if p.time is not None]
    behind = [m for m in words.names(*stretch) if times and m.start > times[-1].end and m.kind == "condition"]
    return behind[0] if len(behind) == 1 and isinstance(last, AllOf) and told_of_time(words, times[-1], max(times[-1].end, times[-1].time.end if times[-1].time else 0)) else None


def told_of_time(words: Words, limit: Paired, place: int) -> bool:
    """Whether "for" or "in" behind a length of time says what it was for, and not for whom: "on steroids for 3 months for asthma"."""
    bare = _BARE.match(words.text, place) if limit.time is not None else None
    return bare is not None and not grammar().people.match(words.text, bare.end())


def main_of(text: str, names: Sequence[Mention]) -> Mention:
    """The name that a stretch is about: a condition before a drug, the first of its kind."""
    return min(meant(text, names), key=lambda m: (m.ids[0] in SEXES, m.kind == "demographic", m.start))


def meant(text: str, names: Sequence[Mention]) -> Sequence[Mention]:
    """The names but those by which another is known or told apart: "biopsy-proven cirrhosis", "MRI signs of stroke", "insulin-dependent diabetes"; all of them where no other is left."""

    def tells(name: Mention) -> bool:
        cue = grammar().known_by.match(text, name.end)
        if cue is None and name.kind == "procedure":
            cue = grammar().shows.match(text, name.end)
        return cue is not None and any(one.kind == "condition" and one.start >= cue.end() for one in names)

    shown = showing(text, names)
    return [name for name in names if name.kind not in ("drug", "procedure") or not (tells(name) or any(a <= name.start < b for a, b in shown))] or names

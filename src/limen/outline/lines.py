"""Lines of a text: their list marks, and which of them are headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple, cast

from limen.lexicon.labels import kind_of, named_in, versions
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import alternation

Role = Literal["inclusion", "exclusion"]

_LINE = re.compile(r"[^\r\n]+")
CIRCLED = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇")
INDENT = re.compile(r"[ \t\x1f]*")
_BULLET = r"(?P<bullet>[-–—_=*]{3,}(?=\s*[^\s\-–—_=*])|[*•·●▪◦‣○■□§➢✓❖◆◇※・ˑ∙‧⁃►▶➤➔✔◘☐❑⮚®]|[-–—‐](?=[\s(]|[^\W\d_]|[≥≤<>])|[?](?=[^\W\d_])|o(?=[ \t]{2,}|\t))"
_ORDINAL = (
    r"(?:(?P<paren>\((?:\d{1,2}|[a-zA-Z]|[ivxIVX]{2,4})\))|(?P<close>(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{2,4})\))"
    r"|(?P<dot>(?:\d{1,2}|[a-zA-Z]|[ivx]{2,4})\.)(?=[\s]|[^\W\d_]{2})(?!\w\.)|(?P<nested>\d{1,2}(?:\.\d{1,2}){1,2}\.?)(?=\s+[^\W\d_a-z])"
    r"|(?P<colon>\d{1,2}:)(?=\s)|(?P<comma>\d{1,2},)(?=[^\W\d_]|\s[A-Z])|(?P<circled>[①-⑳⑴-⒇])"
    r"|(?P<label>(?:[IE]\d{2}[.:)]|[IE]-?\d{1,2}[.)]|(?:IN|EX|IC|EC|INC|EXC|INCL|EXCL)[ #-]?\d{1,2}[.:)])(?=\s)))"
)
MARK = re.compile(rf"(?:{_BULLET}|{_ORDINAL})[ \t\x1f]*")
_JOINT_LINE = re.compile(r"\s*(and/or|and|or)\s*[:,.]?\s*", re.IGNORECASE)


class Line(NamedTuple):
    """One line: where its words begin after indentation and marks, and what the marks are."""

    start: int
    mark_start: int
    words: int
    end: int
    indent: int
    style: str | None
    number: str | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A role heading: [start, end) with its colon; `role` None is a heading that ends a list without opening one.

    `whom` are those of its words that may say for whom: "Inclusion criteria for cohort A", "Donor exclusion criteria".
    """

    start: int
    end: int
    role: Role | None
    whom: tuple[int, int]


class _Headings(NamedTuple):
    pattern: re.Pattern[str]
    roles: dict[str, Role | None]
    inline: re.Pattern[str]


@cache
def list_words() -> dict[str, Any]:
    """headings.toml."""
    return read_toml(data("headings.toml"))


@cache
def _headings() -> _Headings:
    table = list_words()
    roles: dict[str, Role | None] = {name: cast(Role, role) for role, names in table["roles"].items() for name in names}
    abroad = {name: cast(Role, role) for role, names in table["abroad"].items() for name in names}
    roles |= abroad
    for version in versions():
        roles |= {f"{version} inclusion criteria": "inclusion", f"{version} exclusion criteria": "exclusion"}
    roles.update(dict.fromkeys(table["others"]["names"]))
    phrases = alternation(roles)
    both = alternation(n for n in roles if roles[n] and ("criteria" in n or n in _SHORT or n in abroad))
    return _Headings(
        re.compile(rf"(?P<name>{phrases})(?P<rest>[^\r\n:：]{{0,60}}?)(?P<colon>[:：])?(?:[ \t]*[*_#]+(?=[ \t]*(?:[\r\n]|$)))?[ \t]*(?=$|(?<=[:：*])|[\r\n])", re.IGNORECASE),
        roles,
        re.compile(rf"(?<![^\s.;:!?|])(?P<name>{both})(?:[ \t]+(?:{alternation(table['verbs']['phrases'])}))?[ \t]*[:：][ \t]*", re.IGNORECASE),
    )


def _role(name: str) -> Role | None:
    return _headings().roles[re.sub(r"\s+", " ", name.lower())]


def _said_again(rest: str) -> Role | Literal[""] | None:
    """The list that the rest of a heading names once more, in another language."""
    return _headings().roles.get(rest.lower().strip(" /|["), "")


_RIM = " *_#-–.()|"  # what may stand around the words of a heading
_SHORT = ("inclusion", "exclusion", "inclusions", "exclusions")  # headings in a line only where a sentence ends before them
_OPENING = re.compile(r"[\s*#_>\-–•·|(]*(?:\(?(?:[A-Z]\.)?\d{1,2}(?:\.\d{1,2}){0,2}[.)]?[\s|]+)?[*_]*\[?")


@cache
def _notices() -> re.Pattern[str]:
    return re.compile(rf"(?:[A-Z](?:\.\d{{1,2}}){{1,4}}[\s|]{{1,9}})?{alternation(list_words()['notices']['beginnings'])}", re.IGNORECASE)


_RULED = re.compile(r"[\s\-–—_*=.|#]*(?:[A-Z]\.\d{1,2}(?:\.\d{1,2})*[\s|]*)?")


def is_ruled(text: str, line: Line) -> bool:
    """Whether a line is a rule or an empty row of a table, with no more than the number of a question: "| E.4 |"."""
    return _RULED.fullmatch(text, line.words, line.end) is not None


def is_notice(text: str, line: Line) -> bool:
    """Whether the line is a registry's standing notice and no criterion."""
    return _notices().match(text, line.words, line.end) is not None


def heading_at(text: str, start: int, end: int) -> Heading | None:
    """The heading with which a line begins, if it does."""
    opening = _OPENING.match(text, start, end)
    position = opening.end() if opening else start
    if end - position > 4000:
        end = position + 4000
    match = _headings().pattern.match(text, position, end)
    if not match:
        return _named_first(text, start, position, end)
    alone = match.end() >= len(text[:end].rstrip())
    rest = match.group("rest").strip(_RIM)
    told = _heading_like(rest) or _tells_for_whom(match.group("rest").strip(), rest) or _said_again(rest) == _role(match.group("name"))
    if match.group("colon") is None and (not alone or len(rest) > 40 or (rest and not told)):
        return None
    if rest and _is_criterion(match.group("name"), rest):
        return None
    if match.group("colon") and len(rest.split()) > 9:
        return None
    return Heading(start, match.end(), _role(match.group("name")), _around(match))


def _around(match: re.Match[str]) -> tuple[int, int]:
    """What stands behind the criteria in a heading, or else before them: "inclusion criteria for patients", "patient inclusion criteria"."""
    name, begin = _CRITERIA.search(match.group("name")), match.start("name")
    if named_in(match.string, begin, match.end("name")) == "former":
        return match.span("name")
    behind = begin + name.end("criteria" if name["criteria"] else "role") if name is not None else match.start("rest")
    return (behind, match.end("rest")) if match.string[behind : match.end("rest")].strip(_RIM) or name is None else (begin, begin + name.start())


_CRITERIA = re.compile(r"\b(?P<role>(?:non[-\s]?)?inclusion|exclusion)(?P<criteria>\s+criteri(?:a|on|as|ums?))?\b(?P<rest>[^\r\n:：.;]{0,80}?)[ \t]*(?P<colon>[:：])?[ \t]*(?:$|(?<=[:：])|(?=[\r\n]))", re.IGNORECASE)
_TITLE = 4  # words of a title
_FOLLOWING = 200  # characters in which something stands below a title
_BEFORE = 8  # words before the name of a heading


def _named_first(text: str, start: int, position: int, end: int) -> Heading | None:
    """A heading that first says for whom or which: "Donor exclusion criteria:", "Stage 2: Inclusion Criteria"."""
    match = _CRITERIA.search(text, position, min(end, position + 160))
    if match is None or not 0 < len(text[position : match.start()].split()) <= _BEFORE:
        return None
    alone = match.end() >= len(text[:end].rstrip())
    plain = alone and _is_plain_title(text, start, position, match)
    titled = match["colon"] is not None or plain or (alone and text[match.start()].isupper() and text[position].isupper())
    rest = match["rest"].strip(_RIM)
    if not titled or (rest and not _heading_like(rest) and not _tells_for_whom(match["rest"].strip(), rest)):
        return None
    title = alone and _is_title(text[position : match.end()]) and not text[start:position].strip()
    kinds = ("group", "apart", "people") if alone and not text[start:position].strip() else ("group", "apart")
    if not match["criteria"] and (match["colon"] is None or not (title or kind_of(text, position, match.start()) in kinds)):
        return None
    if not _names_list(text, start, position, match.start(), title=title or plain):
        return None
    whom = (position, match.start()) if named_in(text, position, match.start()) else match.span("rest")
    return Heading(start, match.end(), "inclusion" if match["role"].lower() == "inclusion" else "exclusion", whom)


def _is_plain_title(text: str, start: int, position: int, match: re.Match[str]) -> bool:
    """Whether a line above others, without a mark, is a title of a few words in sentence case: "Volunteer exclusion criteria"."""
    few = match["criteria"] is not None and not match["rest"].strip(_RIM) and len(text[position : match.start()].split()) <= _TITLE
    opens = text[position].isupper() and text[match.start()].islower() and not text[start:position].strip()
    return few and opens and bool(text[match.end() : match.end() + _FOLLOWING].strip())


def _is_title(words: str) -> bool:
    """Whether a heading is a title of a few capitalised words and a colon: "Transplant Exclusion:"."""
    return words.rstrip().endswith((":", "：")) and len(words.split()) <= _TITLE and all(word[0].isupper() for word in words.split() if word[0].isalpha())


def _names_list(text: str, start: int, position: int, end: int, *, title: bool) -> bool:
    """Whether words before the name of a heading belong to it: of "Signed consent Exclusion criteria:" the line break was lost."""
    said, bare = set(re.findall(r"[^\W\d_]+", text[position:end].lower())), list_words()["bare"]
    named = named_in(text, position, end)
    sure = named in ("group", "apart") or said <= set(bare["labels"]) or (named is not None and not text[start:position].strip())
    return (sure or title) and not said & set(bare["speaking"])


def _is_criterion(name: str, rest: str) -> bool:
    """Whether a heading's name only begins a criterion: "inclusion in another trial", "not eligible for surgery"."""
    bare = list_words()["bare"]
    said = re.findall(r"[^\W\d_]+", rest.lower())
    return re.sub(r"\s+", " ", name.lower()) in bare["names"] and not set(said) <= set(bare["labels"])


def _heading_like(rest: str) -> bool:
    """What may follow the name on a heading's line: "for cohort A", "(all patients)"; not a sentence."""
    return bool(re.match(r"(?:for|in|of|at|part|phase|cohort|group|arm|applicable|all|are|include|includes)\b|\W", rest, re.IGNORECASE)) and len(rest.split()) <= 6


def _tells_for_whom(printed: str, rest: str) -> bool:
    """Whether what follows the name only says for whom: "(both groups)", "- all participants", "- Expansion cohort"."""
    said = re.findall(r"[^\W\d_]+", rest.lower())
    apart = set(said) <= set(list_words()["bare"]["labels"]) or kind_of(rest, 0, len(rest)) in ("group", "apart")
    return (printed.startswith("(") and printed.endswith(")")) or (printed[:1] in "-–—," and apart)


def split_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines of a stretch, cut again before a criteria heading in the middle of a line."""
    for match in _LINE.finditer(text, start, end):
        cut = match.start()
        line = match.group().lower()
        inner_headings = _headings().inline.finditer(text, cut + 1, match.end()) if "criteri" in line or "clusi" in line or not line.isascii() else ()
        for inner in inner_headings:
            before = text[cut : inner.start()].strip()
            if before and before[-1] not in ".;:!?)|" and len(before) < 40 and inner.group("name").isascii():
                continue
            if before and inner.group("name").lower() in _SHORT and before[-1] not in ".;|":
                continue
            if before:
                yield cut, inner.start()
            cut = inner.start()
        if (last := _at_end(text, cut, match.end())) is not None:
            yield cut, last
            cut = last
        if cut < match.end():
            yield cut, match.end()


def _at_end(text: str, start: int, end: int) -> int | None:
    """Where a heading begins with which a line ends, the line break before it lost: "... for 8 weeks Exclusion Criteria"."""
    match = _ENDING.search(text, max(start, end - _LONG_END), end)
    if match is None or match.start() <= start + _LONG_END // 2:
        return None
    bare, before = list_words()["bare"], text[start : match.start()].split()[-1]
    return None if before.lower().strip("([\"'0123456789.)") in {*bare["speaking"], *bare["labels"], *list_words()["continues"]["carrying"]} or before[-1] in ",:/&-–(" else match.start()


_ENDING = re.compile(r"(?<=\S)\s+(?:(?:In|Ex)clusion\s+Criteria|(?:IN|EX)CLUSION\s+CRITERIA)\s*$")
_LONG_END = 60  # characters in which such a heading stands; half as many stand before it


def read_line(text: str, start: int, end: int) -> Line:
    """The line's indentation and list marks; two marks in a row ("-  1.") count as one, of the first's style."""
    indent = INDENT.match(text, start, end)
    position = mark_start = indent.end() if indent else start
    column = position - start
    style: str | None = None
    number: str | None = None
    for _ in range(2):
        match = MARK.match(text, position, end)
        if not match or match.end() >= end:
            break
        kind = match.lastgroup or ""
        if kind == "bullet" and style is not None:
            break
        style = style or (f"bullet {match.group('bullet')}" if kind == "bullet" else _ordinal_style(match.group(kind), kind))
        number = match.group(kind) if kind != "bullet" else number
        position = match.end()
        if kind != "bullet":
            break
    return Line(start, mark_start, position, end, column, style, number)


def _ordinal_style(mark: str, kind: str) -> str:
    core = mark.strip("().:,")
    shape = "digit" if core[0].isdigit() else "upper" if core.isupper() else "lower"
    return f"{kind} {shape}"


def is_joint(text: str, line: Line) -> str | None:
    """ "or", "and" or "and/or" when that is all the line says."""
    match = _JOINT_LINE.fullmatch(text, line.words, line.end)
    return match.group(1).lower() if match else None

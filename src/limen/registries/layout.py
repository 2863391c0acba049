"""Which stretch is inclusion and which is exclusion, where no heading says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from limen.criteria import Finding, Section
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import alternation, lowered
from limen.registries.page import Line
from limen.registries.record import ListRole

_LIST = r"(?:inclusion|exclusion|include|exclude|non-inclusion)"
_NAME = rf"{_LIST}\s{{0,3}}(?:(?:and|&|/)\s{{0,3}}{_LIST}\s{{0,3}})?(?:criteri(?:a|on|um)|conditions)\b[\])}}*_]{{0,3}}"
_HEADING = re.compile(
    r"^[^\w\r\n]{0,12}(?:(?:\d{1,2}|[a-z]|key|main|major|principal|primary|general|specific|additional|other|study|trial"
    r"|subject|patient|participant|donor|recipient|control|healthy|common)s?[ \t.):&/'\u2019-]{1,3}){0,4}"
    rf"(?:{_NAME}[ \t]{{0,8}}(?:(?:[:\uff1a(\[\-\u2013\u2014.]|for\b|are\b|include\b)[^\r\n]{{0,200}})?\r?$"
    r"|criteria\s{1,3}for\s{1,3}(?:inclusion|exclusion)\b"
    r"|(?:[a-z]{1,20}[ \t]){0,2}(?:inclusions?|exclusions?|included|excluded)[ \t]{0,4}:[ \t]{0,8}\r?$"
    r"|(?:inclusions?|exclusions?|included|excluded)\b[ \t]{0,4}(?:[:\uff1a\-\u2013]|\r?$))"
    rf"|^(?!(?:no|not|any|all|other|meets?|fulfil\w*|standard|usual|routine|the|these)\b)(?-i:[A-Z])[\w/-]{{0,20}}[ \t](?:[\w/-]{{1,20}}[ \t]){{0,3}}{_NAME}[ \t]{{0,8}}\r?$"
    rf"|\b{_NAME}[^\w\r\n]{{0,4}}[:\uff1a]",
    re.IGNORECASE | re.MULTILINE,
)
_CUE = re.compile("inclu|exclu")
_BEFORE_CUE = 300  # more than a heading can have before the word that makes it one
_NUMBER = re.compile(r"([(\uff08]?)(\d{1,2})([).\uff09\uff0e])")


def first_heading(text: str) -> int | None:
    """Where the first criteria heading is: a line of its own, or "Inclusion Criteria:" in a text without lines."""
    cue = _CUE.search(lowered(text))
    english = _HEADING.search(text, max(0, cue.start() - _BEFORE_CUE)) if cue else None
    return min((match.start() for match in (english, _others().search(text)) if match), default=None)


def heads_criteria(line: str) -> bool:
    """Whether a line is, or opens with, a heading of criteria."""
    return _HEADING.match(line) is not None or _others().match(line) is not None


@cache
def _others() -> re.Pattern[str]:
    """A heading in another language or in other words ("you can join if you"), on a line of its own or before a colon."""
    table = read_toml(data("headings.toml"))
    plain = (name for names in table["roles"].values() for name in names if "clu" not in name)
    names = alternation([*plain, *(name for names in table["abroad"].values() for name in names)])
    return re.compile(rf"^[^\w\r\n]{{0,12}}{names}[ \t]{{0,4}}(?:[:\uff1a?]|\r?$)", re.IGNORECASE | re.MULTILINE)


def undivided(text: str, *, role: ListRole | None) -> tuple[tuple[Section, ...], tuple[Finding, ...]]:
    """What stands above the first heading is `role` where the caller says so.

    Without that and without any heading, all of the text is inclusion, and a finding says so.
    """
    heading = first_heading(text)
    if role is not None:
        end = len(text) if heading is None else heading
        return ((Section(role=role, start=0, end=end),) if text[:end].strip() else ()), ()
    if heading is not None:
        return (), ()
    message = "no heading says inclusion or exclusion: all of the text is read as inclusion criteria"
    return (Section(role="inclusion", start=0, end=len(text)),), (missing(0, len(text), message, sure=False),)


def join(inclusion: str, exclusion: str, other: str = "") -> tuple[str, tuple[Section, ...], tuple[Finding, ...]]:
    """One text from fields that a record keeps apart, each unaltered, with a blank line between two.

    `other` is a field for criteria of both kinds: it stands between the two and follows its own headings, if any.
    """
    parts: list[tuple[str, ListRole | None]] = [(inclusion, "inclusion"), (other, None), (exclusion, "exclusion")]
    text = ""
    sections: list[Section] = []
    findings: list[Finding] = []
    for part, stated in parts:
        if not part.strip():
            continue
        start = len(text) + 2 if text else 0
        text = f"{text}\n\n{part}" if text else part
        role: ListRole | None = stated or (None if first_heading(part) is not None else "inclusion")
        if stated is None and role is not None:
            findings.append(
                missing(start, len(text), "criteria of no stated kind are read as inclusion criteria", sure=False)
            )
        if role is not None:
            sections.append(Section(role=role, start=start, end=len(text)))
    return text, tuple(sections), tuple(findings)


def missing(start: int, end: int, message: str, *, sure: bool) -> Finding:
    """The finding for a heading that is not there; a warning where the layout leaves a doubt."""
    return Finding(
        code="heading_missing", severity="info" if sure else "warning", start=start, end=end, message=message
    )


def divide(lines: Sequence[Line], *, by_paragraph: bool) -> tuple[int | None, bool]:
    """The number of the line at which the second list starts, or None, and whether the layout leaves no doubt.

    Two paragraphs are two lists where the registry lays them out so (`by_paragraph`); else the second list starts where
    the numbering starts again.
    """
    paragraphs = [i for i, line in enumerate(lines) if i > 0 and line.after_blank]
    if by_paragraph and len(paragraphs) == 1:
        return paragraphs[0], True
    restarts = _restarts(lines)
    if len(restarts) == 1:
        return restarts[0], True
    if restarts:
        return next((i for i in restarts if lines[i].after_blank), restarts[-1]), False
    if paragraphs and (by_paragraph or len(paragraphs) == 1):
        return paragraphs[-1], False
    return None, False


def _restarts(lines: Sequence[Line]) -> list[int]:
    """The lines at which a numbering starts again at 1 in the style and at the indent of the first numbered line."""
    style: tuple[str, str, int] | None = None
    open_lists: list[tuple[int, int]] = []
    for i, line in enumerate(lines):
        mark = _NUMBER.match(line.text)
        if mark is None or (style is not None and style != (mark[1], mark[3], line.indent)):
            continue
        style = (mark[1], mark[3], line.indent)
        number = int(mark[2])
        if number == 1:
            open_lists.append((i, 1))
            continue
        for depth in range(len(open_lists) - 1, -1, -1):
            if open_lists[depth][1] == number - 1:
                open_lists[depth:] = [(open_lists[depth][0], number)]
                break
    return [first for first, _ in open_lists[1:]]

"""Cutting a clause's words where its logic cuts them: sentences, lists, joints; never inside a limit or a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, cast

from limen.assembly.denial_words import patterns
from limen.assembly.evidence import evidence, showing
from limen.assembly.grammar import grammar
from limen.assembly.ranks import ranks
from limen.lexicon.run_on import run_ons
from limen.mentions import Mentions
from limen.thresholds import Paired

Join = Literal["and", "or", "comma", "either"]

_SENTENCE = re.compile(r";\s*|(?<=[^\W_)\]%][.!?])\s+(?=[^\Wa-z_]|\()|(?<=[)\]%+][.])\s+|\n\s*\n|(?<=\.)\n")
_SHORT = 70  # characters of a line that was not wrapped
_CARRIED = re.compile(r"(?:[,:(/&-]|\b(?:and|or|of|with|to|for|in|by|the|a|an|any|no|not|without|than|at|least))$", re.IGNORECASE)


_OR_DOES = re.compile(
    r"\bor\s+(?:do|does|did|is|are|was|were|has|have|had|who|can|cannot|will|not|unable|unwilling)\b"
    r"|\band\s+(?:(?:is|are|has|have|had|been|be|must|currently|also)\s+){0,3}(?:on|taking|receiving|treated\s+with|using|received|(?:current|ongoing|stable)\s+(?:treatment|therapy|use))\s",
    re.IGNORECASE,
)
_OR_WITHOUT = re.compile(r"\s*(?:or|and/or|/)\s*without\b", re.IGNORECASE)


_PARTICIPLE = re.compile(r"\s*(?:requiring|needing|necessitating|resulting\s+in|leading\s+to)\s(?![^.;]*\b(?:or|and)\b)", re.IGNORECASE)
_ROUTE = 40  # characters of a verb and a route
_VERB = re.compile(r"\b[^\W\d_]{2,}(?:ed|en|ing|had)(?=,?\s$)", re.IGNORECASE)
_OBJECT = re.compile(r",?\s(?:in|to|with|for)\s", re.IGNORECASE)
_BARE_OR = re.compile(r"\s*,?\s*or\s*", re.IGNORECASE)
_BRACKETED = re.compile(r"[(\[][^()\[\]]+[)\]]")
_LAST = re.compile(r"\b(?:one|two|three|four|five|six|\d)\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(?:two|three|four|five|six|more|\d)\b", re.IGNORECASE)


_WHO = re.compile(r"\s*(subjects|patients|participants|individuals)\s", re.IGNORECASE)
_ANEW = re.compile(
    r"(?<=[\w)%])\s(subjects|patients|participants|individuals)\s+(?=(?:who|that|with|not|taking|unable|unwilling|receiving|having|under|less|older|younger)\s)",
    re.IGNORECASE,
)


_LEADING = frozenset({"except", "but", "other"})
_ROW_KINDS = ("measurement", "score")
_ROW = re.compile(r"\s+(?=(?P<first>[A-Z]\w*)[^;.,]*$)")


class Cut(NamedTuple):
    """A separator at [start, end): what it says, and whether a comma makes it loose."""

    start: int
    end: int
    join: Join
    loose: bool


class Layout:
    """Where a clause's text must not be cut: brackets, limits, names, windows, evidence phrases."""

    def __init__(self, mentions: Mentions, pairs: Sequence[Paired], whole: Sequence[tuple[int, int]] = (), flat: Sequence[tuple[int, int]] = (), *, parted: bool = False) -> None:
        """`flat` are names with a bracket within; `parted`: any limit behind "or" is another thing, and no further way in which the one before it is shown."""
        self.text = mentions.text
        self.depth = _depths(self.text)
        for start, end in flat:
            self.depth[start:end] = [self.depth[start]] * (end - start)
        self.kept = bytearray(len(self.text) + 1)
        for start, end in (*_protected(mentions, pairs, parted=parted), *whole):
            self.kept[start:end] = b"\1" * (end - start)
        self.rows = _rows(self.text, pairs)

    def sentences(self, start: int, end: int) -> list[tuple[int, int]]:
        """The sentences and semicolon parts of a stretch."""
        cuts = [
            m.span()
            for m in (*_SENTENCE.finditer(self.text, start, end), *grammar().sentence.finditer(self.text, start, end))
            if self.is_open(m.start(), start) and not grammar().shortened.search(self.text, max(start, m.start() - 8), m.start())
        ]
        cuts += [(at, at + 1) for at in self._lines(start, end) if self.is_open(at, start)]
        cuts += [(at, at) for at in self._again(start, end) if self.is_open(at, start)]
        cuts += [(at, at) for at in self.rows if start < at < end and self.depth[at] == self.depth[start]]
        cuts += [m.span() for m in run_ons(self.text, start + 1, end) if self.is_open(m.start(), start)]
        return _between(start, end, sorted(set(cuts)))

    def _again(self, start: int, end: int) -> list[int]:
        """Where a stretch that begins with "subjects who ..." begins with the same word anew, its mark being lost: "... asthma subjects who ..."."""
        first = _WHO.match(self.text, start, end)
        if first is None:
            return []
        found = [m for m in _ANEW.finditer(self.text, first.end(), end) if m.group(1) == first.group(1)]
        return [m.start(1) for m in found if self.text[first.end() : m.start()].split()[-1].lower() not in grammar().leading]

    def _lines(self, start: int, end: int) -> list[int]:
        """The line ends of a list without marks: three short lines or more, none of which goes on in the next."""
        ends = [m.start() for m in re.finditer("\n", self.text[start:end])]
        if len(ends) < 2:
            return []
        lines = self.text[start:end].split("\n")
        if max(map(len, lines)) > _SHORT or any(not line.strip() or _CARRIED.search(line.rstrip()) for line in lines[:-1]):
            return []
        return [start + at for at in ends]

    def joints(self, start: int, end: int) -> list[Cut]:
        """The commas, "and" and "or" of a stretch that stand outside its brackets and limits."""
        found = []
        for match in grammar().joint.finditer(self.text, start, end):
            if self.is_open(match.start(), start) and self.is_open(match.end() - 1, start) and not self._of_one(match):
                found.append(Cut(match.start(), match.end(), _join(match), "," in match.group()))
        return found

    def _of_one(self, match: re.Match[str]) -> bool:
        """Whether a joint stands within one number, "one or two levels", between two routes, "requiring oral or IV drugs", or is none, "not yet"."""
        if grammar().route_before.search(self.text, max(0, match.start() - _ROUTE), match.start()) and grammar().route_behind.match(self.text, match.end()):
            return True
        if match.group().lower() == "yet" and self.text[: match.start()].lower().endswith("not "):
            return True
        if match.group().strip() == "," and _PARTICIPLE.match(self.text, match.end()):
            return True  # "infection within 2 weeks, requiring hospitalization"
        before = _LAST.search(self.text, max(0, match.start() - 8), match.start())
        return before is not None and not self.kept[before.start()] and _NUMBER.match(self.text, match.end()) is not None

    def relatives(self, start: int, end: int) -> list[Cut]:
        """ "with", "who" ... that may join as "and" does."""
        return [
            Cut(m.start(), m.end(), "and", False)
            for m in grammar().relative.finditer(self.text, start + 1, end)
            if self.is_open(m.start(), start) and not _OR_WITHOUT.match(self.text, m.end()) and not grammar().telling.search(self.text, max(start, m.start() - 12), m.end() - 1)
        ]

    def relative_at(self, position: int) -> re.Match[str] | None:
        """The relative that stands right at a place; "with or without" is none."""
        found = grammar().relative.match(self.text, position)
        return found if found and not _OR_WITHOUT.match(self.text, found.end()) else None

    def brackets(self, start: int, end: int) -> list[tuple[int, int]]:
        """The contents of a stretch's top-level brackets."""
        inner: list[tuple[int, int]] = []
        if "(" not in self.text and "[" not in self.text:
            return inner
        base = self.depth[start]
        opened: int | None = None
        for i in range(start, end):
            depth = self.depth[i]
            if opened is None and depth > base:
                opened = i
            elif opened is not None and depth <= base:
                inner.append((opened, i))
                opened = None
        if opened is not None:
            inner.append((opened, end))
        return inner

    def wrapped(self, start: int, end: int) -> tuple[int, int] | None:
        """The things joined by "and" that brackets hold together, where nothing stands outside: "(gout and asthma)" before "or fever"."""
        inner = self.brackets(start, end)
        whole = len(inner) == 1 and inner[0][1] == end - 1 and self.text[start : inner[0][0] - 1].strip().lower() in ("", "either")
        return inner[0] if whole and {"and"} <= {c.join for c in self.joints(*inner[0])} <= {"and", "comma"} else None

    def is_open(self, position: int, start: int) -> bool:
        """Whether a place is at the bracket depth of a stretch's start, and not in what must stay whole."""
        return self.depth[position] == self.depth[start] and not self.kept[position]


def _join(match: re.Match[str]) -> Join:
    word = match.group("after") or match.group("word")
    if match.group("slash") or (word and "/" in word):
        return "either"
    if word is None:
        return "and" if match.group("amp") else "comma"
    return cast(Join, grammar().joints[re.sub(r"\s+", " ", word)])


def _between(start: int, end: int, cuts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    parts, position = [], start
    for a, b in cuts:
        parts.append((position, a))
        position = b
    parts.append((position, end))
    return [(a, b) for a, b in parts if a < b]


def _depths(text: str) -> list[int]:
    """Bracket depth at each character; brackets that never close do not count."""
    depths = [0] * (len(text) + 1)
    if "(" not in text and "[" not in text:
        return depths
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for i, char in enumerate(text):
        if char in "([":
            opened.append(i)
        elif char in ")]" and opened:
            pairs.append((opened.pop(), i))
    changes = [0] * (len(text) + 2)
    for a, b in pairs:
        changes[a + 1] += 1
        changes[b] -= 1
    level = 0
    for i in range(len(text) + 1):
        level += changes[i]
        depths[i] = level
    return depths


def _protected(mentions: Mentions, pairs: Sequence[Paired], *, parted: bool) -> list[tuple[int, int]]:
    text = mentions.text
    spans = [(m.start, m.end) for m in (*mentions.measured, *mentions.concepts)]
    spans += [*((t.start, t.end) for t in mentions.times), *mentions.grades]
    spans += [(c.start, c.end) for c in mentions.cues if c.category == "NO_DENIAL"]
    spans += [*showing(text, mentions.concepts), *ranks(mentions, pairs)]
    spans += [(m.start() + 1, m.end()) for m in patterns().hesitant.finditer(text)]  # "unwilling or unable to" is one denial
    floor = 0
    named: set[int] = set()  # a name between two limits is the first one's: what follows it may part them
    for paired in sorted(pairs, key=lambda p: p.start):
        spans.append((paired.start, paired.end))
        if len(paired.thresholds) > 1 or (paired.thresholds and paired.thresholds[0].kind not in ("window", "duration", "count")):
            own = {t.concept_start for t in paired.thresholds if t.concept_start is not None} - named
            starts = [start for start in own if floor <= start < paired.start]
            if starts and not _parts_names(text, paired):
                spans.append((min(starts), paired.start))
        spans += [*_long_names(mentions, paired, pairs), *_enclosed(text, paired), *_set_off(text, paired)]
        floor = max(floor, paired.end)
        named |= {t.concept_start for t in paired.thresholds if t.concept_start is not None}
    spans += evidence(mentions, pairs, parted=parted)
    return spans


def _set_off(text: str, paired: Paired) -> list[tuple[int, int]]:
    """The comma behind a time that commas set off: "who have had, within 6 months, a stroke"."""
    event = paired.thresholds[0].concept_start if paired.time is not None else None
    apart = event is not None and text[: paired.start].endswith(", ") and text[paired.end : event].startswith(",") and len(text[paired.end : event].split()) <= 2
    return [(paired.end, event)] if event is not None and apart else []


def _rows(text: str, pairs: Sequence[Paired]) -> list[int]:
    """Where the rows of a table begin that stands on one line: "Hemoglobin ≥ 9 g/dL Platelet count ≥ 100 x 10^9/L Renal function Creatinine ≤ 2 mg/dL"."""
    limits = sorted((p for p in pairs if p.thresholds and p.thresholds[0].kind in _ROW_KINDS), key=lambda p: p.start)
    gaps = [(_ROW.match(text, one.end, two.start), two.thresholds[0].concept_start or 0) for one, two in zip(limits, limits[1:])]
    found = [(gap.end(), place) for gap, place in gaps if gap is not None and (gap["first"].lower() not in grammar().leading | _LEADING or _guards(text, gap.end(), place))]
    return [at for at, place in found if len(found) > 1 or at == place]


def _guards(text: str, start: int, place: int) -> bool:
    """Whether a row sets the limit before it again: "ALT ≤ 3 x ULN In patients with liver metastases ≤ 5 x ULN"."""
    return place < start and grammar().guard_prefix.match(text, start) is not None


def _enclosed(text: str, paired: Paired) -> list[tuple[int, int]]:
    """A length of time that commas set off between a verb and its object: "exposed, within the last 2 weeks, to measles"."""
    event = paired.thresholds[0] if paired.thresholds else None
    if paired.time is None or event is None or event.concept_start is None or event.concept_start < paired.end:
        return []
    verb = _VERB.search(text, max(0, paired.start - _ROUTE), paired.time.start)
    enclosed = verb is not None and "," in text[verb.end() : paired.time.start] and text[max(paired.end, paired.time.end) :].startswith(", ")
    object_ = enclosed or _OBJECT.match(text, max(paired.end, paired.time.end))
    return [(verb.end(), event.concept_end or event.concept_start)] if verb is not None and object_ else []


def _parts_names(text: str, paired: Paired) -> bool:
    """Whether nothing but "or" stands between a name and a limit: "> 90 diastolic or < 100", where the name may be that of the limit before it."""
    end = paired.thresholds[0].concept_end
    return len(paired.thresholds) == 1 and end is not None and _BARE_OR.fullmatch(text, end, paired.start) is not None


def _long_names(mentions: Mentions, paired: Paired, pairs: Sequence[Paired]) -> list[tuple[int, int]]:
    """The event of a length of time that has a list within it ("hospitalization for renal or cardiac events"), up to the limit."""
    text, excepts = mentions.text, [c.start for c in mentions.cues if c.category == "EXCEPTION" and not _in_brackets(mentions.text, c.start)]
    return [
        piece
        for t in paired.thresholds
        if t.kind in ("window", "duration") and t.concept_start is not None and t.concept_end is not None
        and t.concept_end <= paired.start and not _OR_DOES.search(text, t.concept_start, paired.start) and not any(t.concept_start <= at < paired.start for at in (*excepts, *(p.start for p in pairs))) and grammar().joint.search(text, t.concept_start, paired.start)
        for piece in _without_brackets(text, t.concept_start, paired.start)
    ]  # fmt: skip


def _in_brackets(text: str, place: int) -> bool:
    return text.count("(", 0, place) > text.count(")", 0, place)


def _without_brackets(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A stretch without what its brackets hold, which may be a list of kinds."""
    return _between(start, end, [(m.start() + 1, m.end() - 1) for m in _BRACKETED.finditer(text, start, end)])


def between(start: int, end: int, cuts: Sequence[Cut]) -> list[tuple[int, int]]:
    """The stretches between cuts."""
    bounds = [start, *(x for c in cuts for x in (c.start, c.end)), end]
    return list(zip(bounds[::2], bounds[1::2]))

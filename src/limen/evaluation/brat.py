"""The logic that brat annotations state: the Leaf Clinical Trials corpus (events) and Chia (spans and relations).

Dobbins et al., Sci Data 2022, doi 10.1038/s41597-022-01521-0; Kury et al., Sci Data 2020, doi 10.1038/s41597-020-00620-0.
Offsets are code points of the text beside the annotations, read with its line ends as they are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

NUMBER_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "any": 1, "single": 1}
ATTRIBUTES = frozenset({"Modifier", "Severity", "Stability", "Location", "Acuteness", "Polarity", "Qualifier", "Language", "Ethnicity"})
AKIN = frozenset({"Example-Of", "Equivalent-To", "Abbrev-Of", "Subsumes"})
_JOINTS = frozenset({"Or", "OR", "And", "AND"})
_TOLD = frozenset({"Equivalent-To", "Abbrev-Of", "Found-By", "Numeric-Filter"})
_LIFTED = frozenset({"Except", "From"})
_ALIKE = frozenset({"Except", "Asserted", "Negates", "Contraindicates"})
DENIALS = re.compile(
    r"no|non|not|n't|n’t|without|absen\w*|free|free (?:of|from)|never|none|neither|nor|lack\w*|den(?:y|ies|ied)|negative|na[iï]ve|un|cannot",
    re.IGNORECASE,
)


class Item(NamedTuple):
    """An annotated span."""

    start: int
    end: int
    type: str


class Count(NamedTuple):
    """ "`least` of the following": `least` is None where no number stands ("the following criteria")."""

    cue: Item
    least: int | None
    of: tuple[Item, ...]


class Exempt(NamedTuple):
    """`spared` is lifted out of `general`."""

    cue: Item
    general: tuple[Item, ...]
    spared: tuple[Item, ...]


class Denied(NamedTuple):
    """An item and the words that deny it, or that assert it."""

    cue: Item
    target: Item


@dataclass(frozen=True)
class Page:
    """One annotated text: its items in order, and what the annotators say of their logic."""

    name: str
    text: str
    items: tuple[Item, ...]
    denied: tuple[Denied, ...] = ()
    either: tuple[tuple[Item, ...], ...] = ()
    both: tuple[tuple[Item, ...], ...] = ()
    exempt: tuple[Exempt, ...] = ()
    guards: tuple[tuple[Item, Item], ...] = ()
    counts: tuple[Count, ...] = ()
    akin: tuple[tuple[Item, ...], ...] = ()  # a name with its kinds, its examples and its other names
    ties: tuple[tuple[Item, Item], ...] = ()  # two items of which one says something of the other: its cause, its limit, its denial
    told: tuple[tuple[Item, Item], ...] = ()  # an item and what it is told by: its other name, its limit, its finding
    asserted: tuple[Denied, ...] = ()  # words such as "unable to", and what they are said of
    beside: tuple[tuple[Item, ...], ...] = ()  # what one word is said of alike: "a contraindication to A or B"


@dataclass
class _Raw:
    """The lines of one .ann file, and the text that they annotate."""

    text: str
    spans: dict[str, Item] = field(default_factory=dict)
    events: dict[str, tuple[str, str, list[tuple[str, str]]]] = field(default_factory=dict)
    relations: list[tuple[str, str, str]] = field(default_factory=list)
    groups: list[tuple[str, list[str]]] = field(default_factory=list)

    def item(self, identity: str) -> Item | None:
        return self.spans.get(self.events[identity][1] if identity in self.events else identity)

    def items(self, identities: Iterable[str]) -> tuple[Item, ...]:
        return tuple(item for i in identities if (item := self.item(i)) is not None)


def read_page(path: Path) -> Page:
    """The annotations of `path` (.ann) with the text beside them (.txt)."""
    text = path.with_suffix(".txt").read_bytes().decode("utf-8")
    raw = _raw(text, path.read_text(encoding="utf-8"))
    either = [list(raw.items((a, b))) for kind, a, b in raw.relations if kind in ("Or", "OR")]
    both = [list(raw.items((a, b))) for kind, a, b in raw.relations if kind == "And"]
    either += [list(raw.items(members)) for kind, members in raw.groups if kind == "OR"]
    both += [list(raw.items(members)) for kind, members in raw.groups if kind == "AND"]
    return Page(
        name=path.stem,
        text=text,
        items=tuple(sorted({item for i in (*raw.spans, *raw.events) if (item := raw.item(i)) is not None})),
        denied=tuple(_said_of(raw, "Negation", "Negates", "Has_negation")),
        either=_joined(either),
        both=_joined(both),
        exempt=tuple(_exempt(raw)),
        guards=tuple((g[0], g[1]) for kind, a, b in raw.relations if kind == "If-Then" and len(g := raw.items((a, b))) == 2),
        counts=tuple(_counts(raw)),
        akin=_joined(list(raw.items((a, b))) for kind, a, b in raw.relations if kind in AKIN),
        ties=tuple((one, two) for kind, one, two in _bonds(raw) if kind not in _JOINTS and kind not in _LIFTED),
        asserted=tuple(_said_of(raw, "Assertion", "Asserted", "Has_mood")),
        told=tuple((one, two) for kind, one, two in _bonds(raw) if kind in _TOLD),
        beside=tuple(items for event in raw.events.values() for items in _alike(raw, event[2])),
    )


def _raw(text: str, lines: str) -> _Raw:
    raw = _Raw(text)
    for line in lines.splitlines():
        parts = line.split("\t")
        if len(parts) < 2:
            continue
        words = parts[1].split()
        if line[0] == "T":
            numbers = [int(n) for n in re.findall(r"\d+", parts[1].split(" ", 1)[1])]
            raw.spans[parts[0]] = Item(numbers[0], numbers[-1], words[0])
        elif line[0] == "E":
            pairs = [(role, identity) for role, _, identity in (w.partition(":") for w in words)]
            raw.events[parts[0]] = (pairs[0][0], pairs[0][1], pairs[1:])
        elif line[0] == "R":
            raw.relations.append((words[0], words[1].partition(":")[2], words[2].partition(":")[2]))
        elif line[0] == "*":
            raw.groups.append((words[0], words[1:]))
    return raw


def _arguments(raw: _Raw, kind: str) -> Iterable[tuple[Item, Mapping[str, list[str]]]]:
    for event, span, pairs in raw.events.values():
        cue = raw.spans.get(span)
        if event == kind and cue is not None:
            roles: dict[str, list[str]] = defaultdict(list)
            for role, identity in pairs:
                roles[role.rstrip("0123456789")].append(identity)
            yield cue, roles


def _bonds(raw: _Raw) -> Iterable[tuple[str, Item, Item]]:
    """Every relation and every argument, with its name: what holds it and what it holds."""
    bonds = [*raw.relations, *((role.rstrip("0123456789"), event, one) for event, (_, _, pairs) in raw.events.items() for role, one in pairs)]
    for kind, a, b in bonds:
        pair = raw.items((a, b))
        if len(pair) == 2:
            yield kind, pair[0], pair[1]


def _alike(raw: _Raw, pairs: list[tuple[str, str]]) -> Iterable[tuple[Item, ...]]:
    """The arguments that an event has in one role, where it has several."""
    roles: dict[str, list[str]] = defaultdict(list)
    for role, identity in pairs:
        if role.rstrip("0123456789") in _ALIKE:
            roles[role.rstrip("0123456789")].append(identity)
    yield from (raw.items(same) for same in roles.values() if len(same) > 1)


def _said_of(raw: _Raw, event: str, role: str, relation: str) -> Iterable[Denied]:
    """A word and what it is said of: LCT's event of one type with its role, Chia's relation."""
    for cue, roles in _arguments(raw, event):
        yield from (Denied(cue, target) for target in raw.items(roles[role]))
    for kind, a, b in raw.relations:
        pair = raw.items((a, b))
        if kind == relation and len(pair) == 2:
            yield Denied(pair[1], pair[0])


def _exempt(raw: _Raw) -> Iterable[Exempt]:
    for cue, roles in _arguments(raw, "Exception"):
        yield Exempt(cue, raw.items(roles["From"]), raw.items(roles["Except"]))


def _counts(raw: _Raw) -> Iterable[Count]:
    for cue, roles in _arguments(raw, "Criteria-Count"):
        least = next((identity for identity in roles["Min-Value"]), None)
        yield Count(cue, _value(raw, least), raw.items(roles["Criteria"]))


def _value(raw: _Raw, identity: str | None) -> int | None:
    """The number of a comparison, by the annotation of its value, else by its own words."""
    if identity is None or identity not in raw.events:
        return None
    marked = raw.items(i for role, i in raw.events[identity][2] if role == "Value") or raw.items((identity,))
    words = raw.text[marked[0].start : marked[0].end].lower().split()
    return next((n for w in words if (n := int(w) if w.isdigit() else NUMBER_WORDS.get(w)) is not None), None)


def _joined(pairs: Iterable[list[Item]]) -> tuple[tuple[Item, ...], ...]:
    """Pairs that share an item as one list, in the order of the text."""
    lists: list[set[Item]] = []
    for pair in pairs:
        touching = [group for group in lists if group & set(pair)]
        lists = [group for group in lists if not group & set(pair)]
        lists.append(set(pair).union(*touching))
    return tuple(sorted(tuple(sorted(group)) for group in lists if len(group) > 1))

"""The logic of a trial's trees against what annotators say of it: negation, and/or grouping, exceptions, if-then, k of n.

Trees and annotations do not have the same shape, so each is asked the same small question:

    negation     is this thing denied?            a negated leaf, or a leaf under an odd number of `not`
    grouping     do these two neighbours stand in "or"?     the lowest group that holds both is `any_of` (or, with both
                                                  denied, `all_of`: "no A or B")
    exception    is this lifted out of that?      `unless`, or "that and not this"
    if-then      is this asked only of those?     `if_then`; a population named inside one leaf ("pregnant women") is read
    k of n       are so many of these asked for?  `at_least` k, `any_of` for one, `all_of` for all

What the annotators did not state is not held against a tree:

    a claimed "or" between a name and its kinds ("heart disease, such as angina or infarction"), which they marked as kind,
    example, equal or abbreviation: the name or one of its kinds is the name
    a claimed "or" between statements that a line's end, a semicolon or a full stop parts: they joined words of one statement
    a claimed "or" of an exclusion at a comma, where nothing at all binds its two sides: they joined some of a list's items, and not others
    a claimed "or" between things that they hung side by side on one word ("a contraindication to CT or MRI") without saying which
    a denied kind of a denied name ("no heart disease, such as angina"): what holds of all holds of each
    a denied consent, study or opinion, of which they marked no event: a person does not have these as a disease or a drug
    "current or previous" before one name: two times of one thing, as its two qualities are; the two sides of one ratio ("FEV1/FVC")
    a denied state or range where they marked the words as a polarity ("a negative pregnancy test", "outside the normal range")
    a denial that they took into the name ("unable to eat meat") or marked as an assertion ("unwilling to", "cannot")

What they state of a name is stated of what hangs on it: with "A treated with B, or C" the tree's B and C stand in "or", not its A and B;
and a name that no leaf holds is read by what tells it, as heart failure is by its limit in "heart failure (EF < 40%)".

What an exclusion says is "not permitted" or "must not be" it shuts out, as what it names: that its tree has no `not` is no denial missed.
A word such as "non-cardiac" is one name: a leaf that keeps it whole keeps the denial, unless it is read as the bare name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from limen.criteria import (
    AllOf,
    AnyLeaf,
    AnyOf,
    AtLeast,
    Condition,
    Criterion,
    Demographic,
    Exposure,
    Expression,
    IfThen,
    Threshold,
    Trial,
    Unless,
    Unread,
)
from limen.evaluation.brat import ATTRIBUTES, DENIALS, Count, Denied, Exempt, Item, Page
from limen.evaluation.report import Error, Figure, harmonic, ratio
from limen.evaluation.trees import Placed, brief, common, placed
from limen.lexicon import load

GROUPED = frozenset(
    {"Condition", "Procedure", "Drug", "Observation", "Measurement", "Allergy", "Age", "Immunization", "Encounter", "Eq-Comparison"}
    | {"Contraindication", "Indication", "Death", "Risk", "Life-Stage-And-Gender", "Device", "Value", "Temporal", "Person"}
)


class Tally:
    """Counts of one question, and its errors."""

    def __init__(self, part: str, name: str) -> None:
        self.part, self.name = part, name
        self.gold = self.found = self.judged = self.right = 0
        self.errors: list[Error] = []

    def wanted(self, ok: bool, error: Error) -> None:
        """One thing that the annotators marked."""
        self.gold += 1
        self.found += ok
        self._keep(ok, error)

    def claimed(self, ok: bool, error: Error) -> None:
        """One thing that the trees claim."""
        self.judged += 1
        self.right += ok
        self._keep(ok, error)

    def _keep(self, ok: bool, error: Error) -> None:
        if not ok:
            self.errors.append(error._replace(part=self.part, field=self.name))

    def figures(self) -> list[Figure]:
        recall = ratio(self.part, self.name, "recall", self.found, self.gold)
        if not self.judged:
            return [recall]
        precision = ratio(self.part, self.name, "precision", self.right, self.judged)
        return [recall, precision, harmonic(self.part, self.name, recall.value, precision.value, self.gold)]


_PARTED = re.compile(r"[\n;]|[.!?]\s+(?=[^\Wa-z_]|\()")
_OTHERWISE = re.compile(r"(?:negative|outside|out\s+of|not)\b", re.IGNORECASE)
_FORBIDDEN = re.compile(r"\s*(?:be\s+)?(?:permitted|allowed|acceptable)\b", re.IGNORECASE)
_NAMES_DENIAL = re.compile(r"(?:no|not|non|without|never|absence|lack|lacking|unable|inability|unwilling(?:ness)?|incapable)\b", re.IGNORECASE)
_INABILITY = re.compile(r"(?:unable|inability|unwilling(?:ness)?|cannot|can\s?not|can['’]t|incapable|refus\w+)\b", re.IGNORECASE)
_CONSENT = re.compile(r"\b(?:consent|assent)\b", re.IGNORECASE)
_MUST = re.compile(r"\b(?:must|should|shall|may)\s+$", re.IGNORECASE)
_NON = re.compile(r"non[-\s]?", re.IGNORECASE)
_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half)\b", re.IGNORECASE)


_AHEAD = 10  # characters before a denial in which it may say that something must not be


class _Case(NamedTuple):
    page: Page
    leaves: Sequence[Placed]
    criteria: Sequence[Criterion]


def score(pairs: Sequence[tuple[Page, Trial]], corpus: str) -> tuple[list[Figure], list[Error]]:
    """The figures of every question, and every error with its text."""
    tallies = [
        Tally(f"{corpus}/logic", name)
        for name in ("negation", "negation: denials", "or grouping", "exception", "if-then", "if-then: as a group", "k of n")
    ]
    negation, denials, grouping, exception, guard, grouped_guard, counts = tallies
    for page, trial in pairs:
        criteria = [c for c in trial.criteria if c.role != "registry"]
        case = _Case(page, [p for c in criteria for p in placed(c)], criteria)
        _negation(case, negation, denials)
        _grouping(case, grouping)
        for exempt in page.exempt:
            if exempt.spared:
                exception.wanted(_is_lifted(case, exempt), _error(case, exempt.cue, (*exempt.general, *exempt.spared)))
        for when, then in page.guards:
            ok, whole = _is_guarded(case, when, then)
            guard.wanted(ok, _error(case, when, (when, then)))
            grouped_guard.wanted(whole, _error(case, when, (when, then)))
        for count in page.counts:
            if count.least is not None:
                counts.wanted(_is_counted(case, count), _error(case, count.cue, count.of))
    return [f for t in tallies if t.gold for f in t.figures()], [e for t in tallies for e in t.errors]


def _best(case: _Case, item: Item) -> Placed | None:
    """The leaf that an item is in: the one that it overlaps most, the shortest of those."""
    found = [(p.overlap(item.start, item.end), -sum(b - a for a, b in p.spans), -i, p) for i, p in enumerate(case.leaves)]
    found = [f for f in found if f[0] > 0]
    return max(found, key=lambda f: f[:3])[3] if found else None


def _line(text: str, place: int) -> str:
    start, end = text.rfind("\n", 0, place) + 1, text.find("\n", place)
    return text[start : end if end >= 0 else len(text)].strip()


def _error(case: _Case, at: Item, items: Sequence[Item], note: str = "missed") -> Error:
    words = " | ".join(f"{case.page.text[i.start : i.end]}" for i in items)
    near = [c for c in case.criteria if c.start <= at.start < c.end]
    got = brief(near[0].requirement) if near else "no criterion there"
    return Error("", case.page.name, at.start, at.end, "", note, _line(case.page.text, at.start), words, got)


# ---- negation


def _negation(case: _Case, every: Tally, denials: Tally) -> None:
    targets = [d for d in case.page.denied if d.target.type not in ATTRIBUTES]
    for one in targets:
        leaf = _denied_leaf(case, one.target)
        error = _error(case, one.cue, (one.cue, one.target))
        ok = leaf is not None and (leaf.denied or _spared(leaf) or _says_itself(case.page.text, leaf, one) or _shut_out(case, leaf, one))
        every.wanted(ok, error)
        if DENIALS.fullmatch(case.page.text[one.cue.start : one.cue.end].strip()):
            denials.wanted(ok, error)
    fair = _may_be_denied(case.page)
    for claim in case.leaves:
        held = [i for i in case.page.items if i.type in GROUPED and claim.overlap(i.start, i.end) > 0]
        if not claim.denied or not held or _speaks_of_consent(case.page.text, claim.leaf, held[0]):
            continue
        item = Item(claim.leaf.start, claim.leaf.end, "")
        ok = any(claim.overlap(i.start, i.end) > 0 for i in fair)
        error = _error(case, item, (item,), note="not denied in gold")
        every.claimed(ok, error)
        denials.claimed(ok, error)


def _denied_leaf(case: _Case, target: Item) -> Placed | None:
    """The leaf of what is denied, where that is but asserted ("not willing to use a condom") the leaf of what it is asserted of."""
    asserted = [a.target for a in case.page.asserted if a.cue == target]
    return next((leaf for item in (target, *asserted) if (leaf := _best(case, item)) is not None), None)


def _speaks_of_consent(text: str, leaf: AnyLeaf, first: Item) -> bool:
    """Whether a leaf is of a consent, and what the annotators marked in it stands behind that word or names but who consents."""
    named = isinstance(leaf, Demographic) and leaf.attribute == "informed_consent"
    return named or _CONSENT.search(text, leaf.start, max(leaf.start, first.start)) is not None


def _may_be_denied(page: Page) -> set[Item]:
    """What may be read as denied.

    Targets and cues; what stands in "or" with a target ("no A or B"), its kinds and other names; what is spared; polarities; names
    that are denials ("unable to eat meat"), and what is asserted to be impossible or unwanted.
    """
    unable = [a for a in page.asserted if _INABILITY.match(page.text, a.cue.start, a.cue.end)]
    targets = {d.target for d in (*page.denied, *unable)}
    for groups in (page.akin, page.either, page.akin):
        targets |= {item for group in groups if targets & set(group) for item in group}
    otherwise = {i for i in page.items if i.type == "Polarity" and _OTHERWISE.match(page.text, i.start, i.end)}
    named = {i for i in page.items if i.type in GROUPED and _NAMES_DENIAL.match(page.text, i.start, i.end)}
    return targets | otherwise | named | {d.cue for d in (*page.denied, *unable)} | {item for e in page.exempt for item in e.spared}


def _shut_out(case: _Case, placed: Placed, one: Denied) -> bool:
    """Whether an exclusion shuts out what it says is not permitted, or must not be."""
    if placed.criterion.role != "exclusion" or placed.denied:
        return False
    must = placed.leaf.start >= one.cue.end and _MUST.search(case.page.text, max(0, one.cue.start - _AHEAD), one.cue.start) is not None
    return must or _FORBIDDEN.match(case.page.text, one.cue.end) is not None


def _says_itself(text: str, placed: Placed, one: Denied) -> bool:
    """Whether a leaf's own name is the denial: "non-smoker" read as the catalogue's non-smoker, "non-cardiac surgery" as no known thing."""
    leaf = placed.leaf
    joined = 0 <= one.target.start - one.cue.end <= 1 and leaf.start <= one.cue.start and placed.overlap(*one.target[:2]) > 0
    if not joined or not isinstance(leaf, (Condition, Exposure, Unread)):
        return False
    fused = _NON.fullmatch(text, one.cue.start, one.target.start) is not None
    concept = None if isinstance(leaf, Unread) else leaf.concept
    if concept is None:
        return fused
    entry = load().concepts.get(concept)
    return entry is not None and any(_NON.match(name) for name in (entry.name, *entry.synonyms))


def _spared(placed: Placed) -> bool:
    """Whether a leaf stands in the exception of an `unless`, which denies it as "except" does."""
    return any(isinstance(group, Unless) and index == 1 for group, index in placed.path)


# ---- and/or


def _grouping(case: _Case, tally: Tally) -> None:
    lists = [[i for i in group if i.type in GROUPED] for group in case.page.either]
    for group in lists:
        for one, two in zip(group, group[1:]):
            if one.end > two.start or "\n" in case.page.text[one.end : two.start] or _two_times(case.page.text, one, two):
                continue
            a, b = _read(case, one), _read(case, two)
            if a is not None and a is b and _is_ratio(a, one, two):
                continue
            note = "not read" if a is None or b is None else "one leaf" if a is b else "other group"
            tally.wanted(a is not None and b is not None and _either(a, b), _error(case, one, (one, two), note=note))
    bonds = _Bonds(case.page)
    for one_leaf, two_leaf in _claims(case):
        left = [i for i in case.page.items if one_leaf.overlap(i.start, i.end) > 0]
        right = [i for i in case.page.items if two_leaf.overlap(i.start, i.end) > 0]
        named = [[i for i in side if i.type in GROUPED] for side in (left, right)]
        if not all(named) or bonds.unsaid(named[0], named[1]) or (_is_listed(case, one_leaf, two_leaf) and not bonds.tied(left, right)):
            continue
        ok = bonds.joined(left, right, one_leaf.leaf.end, two_leaf.leaf.start)
        tally.claimed(ok, _error(case, named[0][0], (named[0][0], named[1][0]), note="no such pair in gold"))


class _Bonds:
    """What the annotators of a page say of two stretches of it: joined by "or", bound otherwise, or nothing."""

    def __init__(self, page: Page) -> None:
        self.lists = [set(group) for group in page.either]
        self.kinds = [set(group) for group in page.akin]
        self.alike = [set(group) for group in page.beside]
        self.both = [set(group) for group in page.both]
        self.ties: dict[Item, set[Item]] = defaultdict(set)
        for one, two in page.ties:
            self.ties[one].add(two)
            self.ties[two].add(one)

    def unsaid(self, left: Sequence[Item], right: Sequence[Item]) -> bool:
        """Whether both sides are kinds of one name, or things of which one word is said, that nobody joins by "and"."""
        if _in_one(self.kinds, left, right):
            return True
        return _in_one(self.alike, left[:1], right[:1]) and not _in_one(self.both, left, right)

    def joined(self, left: Sequence[Item], right: Sequence[Item], end: int, start: int) -> bool:
        """Whether they stand in "or", they or what they hang on: "A treated with B, or C" says it of B and C, but not of A and B."""
        return _in_one(self.lists, self._with_heads(left, lambda i: i.start < start), self._with_heads(right, lambda i: i.start >= end))

    def tied(self, left: Sequence[Item], right: Sequence[Item]) -> bool:
        """Whether anything at all binds them, however far around."""
        around = self._with_heads(left, lambda _: True, [*self.lists, *self.both])
        return not around.isdisjoint(right)

    def _with_heads(self, items: Sequence[Item], within: Callable[[Item], bool], lists: Sequence[set[Item]] = ()) -> set[Item]:
        found, open_ = set(items), list(items)
        while open_:
            item = open_.pop()
            beside = self.ties[item].union(*(group for group in lists if item in group))
            new = {i for i in beside - found if within(i)}
            found |= new
            open_.extend(new)
        return found


def _in_one(groups: Iterable[set[Item]], left: Iterable[Item], right: Iterable[Item]) -> bool:
    return any(not group.isdisjoint(left) and not group.isdisjoint(right) for group in groups)


def _is_listed(case: _Case, one: Placed, two: Placed) -> bool:
    """Whether a comma alone parts two things of an exclusion, where each item of a list excludes."""
    return one.criterion.role == "exclusion" and case.page.text[one.leaf.end : two.leaf.start].strip() == ","


def _is_ratio(placed: Placed, one: Item, two: Item) -> bool:
    """Whether two items are the sides of the ratio that a leaf measures: "FEV1/FVC"."""
    leaf = placed.leaf
    return isinstance(leaf, Threshold) and (leaf.concept or "").endswith("_ratio") and placed.overlap(*one[:2]) > 0 and placed.overlap(*two[:2]) > 0


def _read(case: _Case, item: Item) -> Placed | None:
    """The leaf that an item is in, else that of what tells it: heart failure by its limit in "heart failure (EF < 40%)"."""
    told = [two if one == item else one for one, two in case.page.told if item in (one, two)]
    return next((leaf for one in (item, *told) if (leaf := _best(case, one)) is not None), None)


def _two_times(text: str, one: Item, two: Item) -> bool:
    """Whether both are times without a number: "current or previous"."""
    return one.type == two.type == "Eq-Comparison" and not any(_NUMBER.search(text, i.start, i.end) for i in (one, two))


def _either(a: Placed, b: Placed) -> bool:
    group = common(a, b)
    if isinstance(group, AllOf):
        return a.denied and b.denied
    return isinstance(group, AnyOf) or (isinstance(group, AtLeast) and group.count == 1)


def _claims(case: _Case) -> Iterator[tuple[Placed, Placed]]:
    """Neighbouring leaves, of one statement of the text, whose lowest group is an "or"; what is lifted out of one is none of its neighbours."""
    ordered = sorted(case.leaves, key=lambda p: (p.leaf.start, p.leaf.end))
    for index, b in enumerate(ordered[1:]):
        a = next((p for p in reversed(ordered[: index + 1]) if not _is_lifted_beside(p, b)), None)
        if a is not None and a.leaf.end <= b.leaf.start and not _PARTED.search(case.page.text, a.leaf.end, b.leaf.start + 1) and _either(a, b):
            yield a, b


def _is_lifted_beside(a: Placed, b: Placed) -> bool:
    """Whether a leaf stands in an exception that the other stands outside of."""
    around = {id(group) for group, _ in b.path}
    return any(isinstance(group, Unless) and index == 1 and id(group) not in around for group, index in a.path)


# ---- exceptions, guards, counts


def _is_lifted(case: _Case, exempt: Exempt) -> bool:
    """Whether one spared thing at least stands in an exception to the general one, or is denied beside it."""
    for spared in exempt.spared:
        leaf = _best(case, spared)
        if leaf is None:
            continue
        outer = [_best(case, item) for item in exempt.general]
        lifted = [group for group, index in leaf.path if isinstance(group, Unless) and index == 1]
        if lifted and (not outer or any(o is not None and any((g, 0) in [(x, i) for x, i in o.path] for g in lifted) for o in outer)):
            return True
        if leaf.denied and any(o is not None and not o.denied and isinstance(common(o, leaf), AllOf) for o in outer):
            return True
    return False


def _is_guarded(case: _Case, when: Item, then: Item) -> tuple[bool, bool]:
    """Whether the limit is asked only of the population: read at all, and read as `if_then` or a group."""
    a, b = _best(case, when), _best(case, then)
    if a is None or b is None:
        return False, False
    if a is b:
        return when.type == "Life-Stage-And-Gender" or then.type == "Life-Stage-And-Gender", False
    group = common(a, b)
    whole = isinstance(group, (IfThen, AllOf))
    return whole, whole


def _is_counted(case: _Case, count: Count) -> bool:
    """Whether one group of the right count holds most of the things counted."""
    found = [p for item in count.of if (p := _best(case, item)) is not None]
    groups = {id(group): group for p in found for group, _ in p.path}
    for group in groups.values():
        held = sum(any(g is group for g, _ in p.path) for p in found)
        if _count_of(group) == count.least and held * 3 >= len(count.of) * 2:
            return True
    return False


def _count_of(group: Expression) -> int | None:
    if isinstance(group, AtLeast):
        return group.count
    return 1 if isinstance(group, AnyOf) else len(group.of) if isinstance(group, AllOf) else None

"""The logic of a trial's trees against what annotators say of it: negation, and/or grouping, exceptions, if-then, k of n.

Trees and annotations do not have the same shape, so each is asked the same small question:

    negation     is this thing denied?            a negated leaf, or a leaf under an odd number of `not`
    grouping     do these two neighbours stand in "or"?     the lowest group that holds both is `any_of` (or, with both
                                                  denied, `all_of`: "no A or B")
    exception    is this lifted out of that?      `unless`, "if not this, that", or "that and not this"
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

from limen.criteria import AllOf, AnyOf, AtLeast, Expression, IfThen, Not, Threshold, Trial, Unless
from limen.evaluation.brat import Count, Exempt, Item, Page
from limen.evaluation.denied import negation
from limen.evaluation.report import Error, Figure
from limen.evaluation.tally import GROUPED, Case, Tally, best, error
from limen.evaluation.trees import Placed, common, placed

_PARTED = re.compile(r"[\n;]|[.!?]\s+(?=[^\Wa-z_]|\()")
_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|half)\b", re.IGNORECASE)


def score(pairs: Sequence[tuple[Page, Trial]], corpus: str) -> tuple[list[Figure], list[Error]]:
    """The figures of every question, and every error with its text."""
    tallies = [
        Tally(f"{corpus}/logic", name)
        for name in ("negation", "negation: denials", "or grouping", "exception", "if-then", "if-then: as a group", "k of n")
    ]
    every, denials, grouping, exception, guard, grouped_guard, counts = tallies
    for page, trial in pairs:
        criteria = [c for c in trial.criteria if c.role != "registry"]
        case = Case(page, [p for c in criteria for p in placed(c)], criteria)
        negation(case, every, denials)
        _grouping(case, grouping)
        for exempt in page.exempt:
            if exempt.spared:
                exception.wanted(_is_lifted(case, exempt), error(case, exempt.cue, (*exempt.general, *exempt.spared)))
        for when, then in page.guards:
            ok, whole = _is_guarded(case, when, then)
            guard.wanted(ok, error(case, when, (when, then)))
            grouped_guard.wanted(whole, error(case, when, (when, then)))
        for count in page.counts:
            if count.least is not None:
                counts.wanted(_is_counted(case, count), error(case, count.cue, count.of))
    return [f for t in tallies if t.gold for f in t.figures()], [e for t in tallies for e in t.errors]


# ---- and/or


def _grouping(case: Case, tally: Tally) -> None:
    lists = [[i for i in group if i.type in GROUPED] for group in case.page.either]
    for group in lists:
        for one, two in zip(group, group[1:]):
            if one.end > two.start or "\n" in case.page.text[one.end : two.start] or _two_times(case.page.text, one, two):
                continue
            a, b = _read(case, one), _read(case, two)
            if a is not None and a is b and _is_ratio(a, one, two):
                continue
            note = "not read" if a is None or b is None else "one leaf" if a is b else "other group"
            tally.wanted(a is not None and b is not None and _either(a, b), error(case, one, (one, two), note=note))
    bonds = _Bonds(case.page)
    for one_leaf, two_leaf in _claims(case):
        left = [i for i in case.page.items if one_leaf.overlap(i.start, i.end) > 0]
        right = [i for i in case.page.items if two_leaf.overlap(i.start, i.end) > 0]
        named = [[i for i in side if i.type in GROUPED] for side in (left, right)]
        if not all(named) or bonds.unsaid(named[0], named[1]) or (_is_listed(case, one_leaf, two_leaf) and not bonds.tied(left, right)):
            continue
        ok = bonds.joined(left, right, one_leaf.leaf.end, two_leaf.leaf.start)
        tally.claimed(ok, error(case, named[0][0], (named[0][0], named[1][0]), note="no such pair in gold"))


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


def _is_listed(case: Case, one: Placed, two: Placed) -> bool:
    """Whether a comma alone parts two things of an exclusion, where each item of a list excludes."""
    return one.criterion.role == "exclusion" and case.page.text[one.leaf.end : two.leaf.start].strip() == ","


def _is_ratio(placed: Placed, one: Item, two: Item) -> bool:
    """Whether two items are the sides of the ratio that a leaf measures: "FEV1/FVC"."""
    leaf = placed.leaf
    return isinstance(leaf, Threshold) and (leaf.concept or "").endswith("_ratio") and placed.overlap(*one[:2]) > 0 and placed.overlap(*two[:2]) > 0


def _read(case: Case, item: Item) -> Placed | None:
    """The leaf that an item is in, else that of what tells it: heart failure by its limit in "heart failure (EF < 40%)"."""
    told = [two if one == item else one for one, two in case.page.told if item in (one, two)]
    return next((leaf for one in (item, *told) if (leaf := best(case, one)) is not None), None)


def _two_times(text: str, one: Item, two: Item) -> bool:
    """Whether both are times without a number: "current or previous"."""
    return one.type == two.type == "Eq-Comparison" and not any(_NUMBER.search(text, i.start, i.end) for i in (one, two))


def _either(a: Placed, b: Placed) -> bool:
    group = common(a, b)
    if isinstance(group, AllOf):
        return a.denied and b.denied
    return isinstance(group, AnyOf) or (isinstance(group, AtLeast) and group.count == 1)


def _claims(case: Case) -> Iterator[tuple[Placed, Placed]]:
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


def _excepts(group: Expression, index: int) -> bool:
    """Whether a part of a group is an exception: "A unless B", or "if not B, A"."""
    return (isinstance(group, Unless) and index == 1) or (isinstance(group, IfThen) and index == 0 and isinstance(group.when, Not))


def _is_lifted(case: Case, exempt: Exempt) -> bool:
    """Whether one spared thing at least stands in an exception to the general one, or is denied beside it."""
    for spared in exempt.spared:
        leaf = best(case, spared)
        if leaf is None:
            continue
        outer = [best(case, item) for item in exempt.general]
        lifted = [(group, index) for group, index in leaf.path if _excepts(group, index)]
        if lifted and (not outer or any(o is not None and any((g, 1 - i) in o.path for g, i in lifted) for o in outer)):
            return True
        if leaf.denied and any(o is not None and not o.denied and isinstance(common(o, leaf), AllOf) for o in outer):
            return True
    return False


def _is_guarded(case: Case, when: Item, then: Item) -> tuple[bool, bool]:
    """Whether the limit is asked only of the population: read at all, and read as `if_then` or a group."""
    a, b = best(case, when), best(case, then)
    if a is None or b is None:
        return False, False
    if a is b:
        return when.type == "Life-Stage-And-Gender" or then.type == "Life-Stage-And-Gender", False
    group = common(a, b)
    whole = isinstance(group, (IfThen, AllOf))
    return whole, whole


def _is_counted(case: Case, count: Count) -> bool:
    """Whether one group of the right count holds most of the things counted."""
    found = [p for item in count.of if (p := best(case, item)) is not None]
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

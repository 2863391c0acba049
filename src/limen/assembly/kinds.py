"""Lists of kinds: "heart disease (angina, arrhythmia)", "heart disease, such as angina or arrhythmia".

Whoever has a kind of a thing has the thing: the name and its kinds are alternatives.  Parts are not kinds: "chemotherapy
including cisplatin" asks for cisplatin.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.coordination import beside_slash, ends_in_quality, example_at, is_kind, kind_of, nouns, stand_apart
from limen.assembly.denial_words import patterns
from limen.assembly.denials import DENIAL, all_denied, is_denied
from limen.assembly.denials import opened as denied
from limen.assembly.grammar import grammar
from limen.assembly.leaves import WORD, group, is_light, of_mention, under_window, unread, windowed
from limen.assembly.scope import carried
from limen.assembly.segments import Cut, between
from limen.assembly.shared import denied_behind
from limen.assembly.spread import none_of, spread
from limen.assembly.statuses import names_denial
from limen.assembly.turns import qualified_from, without_qualifiers
from limen.assembly.words import Words
from limen.criteria import AllOf, AnyOf, Condition, Exposure, Expression, Not, Threshold, Unread, leaves
from limen.mentions import Mention

_MAY = re.compile(r"\b(?:may|might|can|could|would)$", re.IGNORECASE)
_THAT_IS = re.compile(r"\s*(?:i\.?e\b|namely)", re.IGNORECASE)
_AND_SO_ON = re.compile(r"\b(?:etc|others|so\s+on)$", re.IGNORECASE)
_WITH = re.compile(r"(?<!\bor)[\s,]+(?:(?:and\s+)?(?:with|who\s+(?:have|has)|having|plus)\s+(?:an?\s+|any\s+|other\s+)?|and\s+(?:(?=(?:at\s+least\s+)?one\s)|(?:an?|any|other)\s+))", re.IGNORECASE)
_FOR = re.compile(r"(?:for|in|to|as|due\s+to|because\s+of|against)\s", re.IGNORECASE)  # "(e.g. for psoriasis)": what a thing is done for is no kind of it
_QUALITY = re.compile(r"[a-z-]{3,}(?:al|ic|ive|ous|ary|ory|ar)|[\w/-]{3,}[-\s](?:based|containing)", re.IGNORECASE)  # one word that only qualifies
_CAUSED = re.compile(r"\b(?:due\s+to|caused\s+by|secondary\s+to|because\s+of|(?:resulting|arising)\s+from|attributable\s+to|(?:from|of)\s+(?:\w+\s+)?causes?)\b", re.IGNORECASE)
_NEAR = 3  # characters between an event and its bracket
_RELATIVE = re.compile(r"\s*(?:and\s+)?(?P<said>(?:who|that|which)\s)", re.IGNORECASE)
_SAID = frozenset({"negated", "inability", "family"})
_LISTED = 2  # commas of a list without "and" whose items are alternatives
_ITEM = 12  # words of an item in a list of kinds


class Items(Protocol):
    """Reads the lists of a stretch."""

    def __call__(self, start: int, end: int) -> Expression | None: ...


class Kinds:
    """The lists of kinds in one clause; `items` reads what stands in them."""

    def __init__(self, words: Words, items: Items) -> None:
        self.words = words
        self.items = items

    def bracket(self, start: int, end: int, *, free: bool = False) -> Expression | None:
        """A bracket's list of kinds: "(e.g. A, B)", "(A, B or C)"; None for an abbreviation, a place or a method.

        `free`: nobody knows the name before it, so that kinds that nobody knows either are as good as that name.
        """
        opened = nouns().kind.match(self.words.text, start, end)
        begin, stop = self.within(start, end)
        if self.words.limits(start, end) or ":" in self.words.text[begin:stop] or grammar().evidence.match(self.words.text, begin) or (opened and _FOR.match(self.words.text, begin)):
            return None
        denies = (free or self.words.role == "inclusion") and denied(self.words.text, begin, stop) is not None
        named = any(m.kind != "demographic" for m in self.words.names(begin, stop))
        cuts = without_qualifiers(self.words, self.listing(begin, stop), begin)
        sure = opened is not None or _AND_SO_ON.search(self.words.text, max(begin, stop - 12), stop) is not None
        if not cuts:
            return self.items(begin, stop) if denies or (named and opened) else None
        if self.of_qualities(start, end):
            return None
        if not named and not denies and not self._unnamed([self.words.trim(a, b) for a, b in between(begin, stop, cuts)], cuts, sure=sure, free=free):
            return None
        if (lacking := qualified_from(self.words, cuts, begin)) is not None:
            return group("and", [self._either(begin, lacking.start, [c for c in cuts if c.end <= lacking.start]), self.items(*self.words.trim(lacking.end, stop))])
        return self._either(begin, stop, cuts)

    def of_qualities(self, start: int, end: int) -> bool:
        """Whether a bracket only says of which kinds a thing is: "any condition (medical or surgical)"."""
        cuts = self.words.layout.joints(start, end) if nouns().kind.match(self.words.text, start, end) is None else []
        return bool(cuts) and all(_QUALITY.fullmatch(self.words.text, *self.words.trim(a, b)) for a, b in between(start, end, cuts))

    def within(self, start: int, end: int) -> tuple[int, int]:
        """What a bracket holds behind the word that opens its list."""
        opened = nouns().kind.match(self.words.text, start, end)
        return self.words.trim(opened.end() if opened else start, end)

    def _unnamed(self, items: Sequence[tuple[int, int]], cuts: Sequence[Cut], *, sure: bool, free: bool) -> bool:
        """Whether things that no list knows are kinds: by the ending of each, or `sure`ly by the word before them, or by their "or"."""
        text = self.words.text
        if any(len(text[a:b].split()) > _ITEM or text[a:b].split()[0].lower() in nouns().openers for a, b in items if a < b):
            return False
        diseases = all(nouns().diseases.search(text, a, b) for a, b in items)
        if diseases or not free:
            return diseases
        joined = [(one, two) for one, two, cut in zip(items, items[1:], cuts) if cut.join == "or"]
        return sure or (bool(joined) and all(stand_apart(text, one, two, self.words.concepts) for one, two in joined))

    def timed(self, window: Threshold, brackets: Sequence[tuple[int, int]]) -> Expression:
        """ "Immunosuppressants (tacrolimus or sirolimus) within 3 months": the window of an exclusion is that of the kinds too."""
        if self.words.role == "inclusion" or window.kind != "window" or window.operator not in ("le", "lt") or window.concept_start is None:
            return window
        event = window.concept_start, window.concept_end or window.concept_start
        if not nouns().changes.isdisjoint(WORD.findall(self.words.text[slice(*event)].lower())):
            return window  # a change of dose is not that of every kind
        for start, end in brackets:
            opened = nouns().kind.match(self.words.text, start, end) is not None and not _THAT_IS.match(self.words.text, start, end)
            depth = self.words.layout.depth  # what a bracket within it lifts is lifted from one kind alone: "(steroids (except inhaled), azathioprine)"
            told = any(start <= c.start < end and c.category in ("ALLOWED", "EXCEPTION", DENIAL) and (c.category == DENIAL or depth[c.start] <= depth[start]) for c in self.words.mentions.cues)
            listed = self.bracket(start, end, free=opened) if start > event[0] and not told else None
            named = self.words.names(start, end)
            alike = {_sort(m.kind) for m in named} == {_sort(kind_of(window.concept))} and not any(window.concept in m.ids for m in named)
            beside = opened or (alike and (start < window.start or start - event[1] <= _NEAR))
            unknown = window.concept is None and (not opened or (start < event[1] and not named))
            if listed is None or unknown or not beside or not (alike or not named or window.concept is None) or any(map(is_denied, leaves(listed))):
                continue
            return group("or", [window, under_window(listed, window)]) or window
        return window

    def listing(self, start: int, end: int) -> list[Cut]:
        """Every joint of a list that nothing else is said in."""
        kept: list[Cut] = []
        for cut in self.words.layout.joints(start, end):
            if self.words.text[cut.start : cut.end].strip() == "/" and not beside_slash(self.words.text, cut.start, cut.end, self.words.concepts):
                continue
            more = cut.loose or self.words.bears(cut.end, end) or not self.words.bears(start, end) or self._closes(kept, cut, end)
            if more and self.words.weighty(kept[-1].end if kept else start, cut.start):
                kept.append(cut)
        return kept

    def _closes(self, before: Sequence[Cut], cut: Cut, end: int) -> bool:
        """Whether "or" closes a list of commas with a thing that no list knows: "AVNRT, AVRT or accessory pathways"."""
        if not before or before[-1].join != "comma" or cut.join != "or":
            return False
        right = WORD.search(self.words.text, cut.end, end)
        if right is None or right.group().lower() in nouns().openers:
            return False
        return self.words.weighty(cut.end, end) and not ends_in_quality(self.words.text, *self.words.trim(before[-1].end, cut.start))

    def _either(self, start: int, end: int, cuts: Sequence[Cut]) -> Expression | None:
        """The items of a list of kinds: one of them, or none where the list is denied."""
        stretches = [self.words.trim(a, b) for a, b in between(start, end, cuts)]
        parts = [self.items(a, b) for a, b in stretches if self.words.bears(a, b) or not grammar().evidence.match(self.words.text, a)]
        if len(parts) == len(stretches):
            parts = carried(self.words, stretches, spread(self.words.text, stretches, parts), either=True)
        opening = denied(self.words.text, *stretches[0])  # "non-" denies its own word alone
        denies = opening is not None and not self.words.text[stretches[0][0] : opening].lower().startswith("non-")
        known = [p for p in parts if p is not None and not isinstance(p.of if isinstance(p, Not) else p, Unread)]
        return group("and" if all(map(is_denied, known or parts)) or (denies and not known) or denied_behind(parts) else "or", parts)

    def inline(self, start: int, end: int) -> Expression | None:
        """ "Heart disease, such as angina or heart failure": the name, and the kinds of it that are named."""
        found = example_at(self.words.text, start, end)
        if found is None or self.words.layout.depth[found[0]] != self.words.layout.depth[start]:
            return None
        if self.words.role == "inclusion" and (asked := self._asked_of_all(found[1], end)) is not None:
            kinds = self.inline(start, asked[0]) or (self._either(start, asked[0], self.listing(start, asked[0])) if found[2] else self.items(*self.words.trim(start, asked[0])))
            return group("and", [kinds, self.items(*self.words.trim(asked[1], end))])
        left, right = self.words.trim(start, found[0]), self.words.trim(found[1], end)
        general, named = self.words.names(*left), self.words.names(*right)
        if self.words.role == "inclusion" and (both := self._of_what_goes_with(left, right)) is not None:
            return both
        joints = self.words.layout.joints(*right)
        if self.words.role == "inclusion" and not (found[2] or (general and general[-1].kind == "condition")):
            return self._one_of(left, right, joints)
        if self.words.role == "inclusion" and any(c.loose for c in joints) and not any(c.join == "or" for c in joints) and not self._all_kinds(general, left[1], right, joints, sure=found[2]):
            return None  # where the list of kinds ends is not said, and what follows may be asked for by itself
        if self.words.limits(start, end):
            return self._windowed(left, right) or self._under_last(left, right) or (self._measured(left, right) if found[2] else None)
        if self.words.role == "inclusion" and not general and named and joints and self._tells_kinds(left, found[0], joints) and (cuts := self.listing(start, end)):
            return self._either(start, end, cuts)
        if not general or not named or general[-1].kind != named[0].kind or "inability" in general[-1].context:
            return None
        before, listed = self.items(*left), self._either(*right, self.listing(*right))
        if isinstance(before, AllOf) and not all_denied(before):
            return group("and", [*before.of[:-1], group("or", [before.of[-1], listed])])  # kinds of the last of several
        parts = [before, none_of(listed) if all_denied(before) or names_denial(before) else listed]
        if parts[1] is listed and not any(is_kind(m, general[0]) for m in named):
            parts[1] = self._of_cause(left, listed)
        lacking = self.words.role == "inclusion" or all_denied(before) or names_denial(before)  # "gout without complications such as tophi"
        return group("and" if all_denied(parts[1]) and lacking else "or", parts)

    def _asked_of_all(self, start: int, end: int) -> tuple[int, int] | None:
        """The comma behind a list of kinds, and the "who" or "that" behind it which asks the same of each: "such as gout or lupus, who have failed A"."""
        for comma in self.words.layout.joints(start, end):
            relative = _RELATIVE.match(self.words.text, comma.end, end) if comma.join == "comma" else None
            if relative is not None and self.words.names(start, comma.start) and self.words.weighty(relative.end(), end):
                return comma.start, relative.start("said")
        return None

    def _of_cause(self, left: tuple[int, int], listed: Expression | None) -> Expression | None:
        """ "Liver disease from other causes such as alcoholism": examples of a cause, each of which is meant with what it caused alone."""
        doubt = unread(self.words.text, *left, light=True) if _CAUSED.search(self.words.text, *left) else None
        parts = listed.of if isinstance(listed, AnyOf) else (listed,)
        return group("or", [group("and", [p, doubt]) for p in parts]) if doubt is not None else listed

    def _tells_kinds(self, left: tuple[int, int], place: int, joints: Sequence[Cut]) -> bool:
        """Whether a list of kinds is all that is asked for: "treatment such as A, B or C, D or E", and not "treated, such as by A or B"."""
        plain = not self.words.layout.joints(*left) and not self.words.text[:place].rstrip().endswith(",") and len(self.words.text[slice(*left)].split()) <= _ITEM
        return plain and joints[-1].join == "or" and {c.join for c in joints} <= {"comma", "or"}

    def _all_kinds(self, general: Sequence[Mention], stop: int, right: tuple[int, int], joints: Sequence[Cut], *, sure: bool) -> bool:
        """Whether what stands behind "such as", or behind "including" and no whole of parts, is a list of bare names of one kind with the thing before it, up to its end."""
        named = [self.words.names(a, b) for a, b in between(*right, joints)]
        alike = bool(general) and not self.words.weighty(general[-1].end, stop) and all(len(ms) == 1 and ms[0].kind == general[-1].kind and not ms[0].context for ms in named)
        bare = all(is_light(self.words.text[a : ms[0].start] + self.words.text[ms[0].end : b]) for (a, b), ms in zip(between(*right, joints), named) if ms)
        whole = not sure and bool(general) and not nouns().wholes.isdisjoint(WORD.findall(self.words.text[general[-1].start : stop].lower()))
        return alike and bare and not whole and len(named) > 1 and not general[-1].context and not self.words.limits(*right)

    def _of_what_goes_with(self, left: tuple[int, int], right: tuple[int, int]) -> Expression | None:
        """ "Gout with a comorbidity, including asthma or epilepsy": the kinds are those of what stands behind "with", and gout is asked for too."""
        goes = self._company(*left)
        if goes is None or not self.words.names(*right):
            return None
        behind, cuts = (goes.end(), left[1]), self.listing(*right)
        if denied(self.words.text, *left) is not None or _MAY.search(self.words.text, *left) or self.words.layout.joints(*behind) or any(c.join == "and" for c in cuts):
            return None
        other = self.items(*self.words.trim(*behind)) if self.words.bears(*behind) else unread(self.words.text, *behind)
        return group("and", [self.items(*self.words.trim(left[0], goes.start())), group("or", [other, self._either(*right, cuts)])])

    def _company(self, start: int, stop: int) -> re.Match[str] | None:
        """The last "with" of a stretch, behind something named and before something that is no limit."""
        goes = max(_WITH.finditer(self.words.text, start, stop), key=lambda m: m.start(), default=None)
        if goes is None or not self.words.bears(start, goes.start()) or not self.words.layout.is_open(goes.start(), start):
            return None
        return None if any(p.thresholds[0].kind != "count" for p in self.words.limits(goes.end(), stop)) else goes

    def of_company(self, start: int, bracket: tuple[int, int], listed: Expression) -> Expression | None:
        """ "Diabetes with organ damage (e.g. stroke)": what a bracket lists are kinds of the damage, and diabetes is meant as well."""
        stop = bracket[0] - 1
        goes = self._company(start, stop)
        if any(m.kind != "condition" for m in self.words.names(*bracket)):
            return None  # "pneumonia with evidence by imaging (e.g. CT)"
        treated = goes is not None and [m.kind for m in self.words.names(start, goes.start())][-1:] in (["drug"], ["procedure"])  # "chemotherapy with platinum (e.g. cisplatin)"
        if goes is None or treated or denied(self.words.text, start, stop) is not None or all_denied(listed) or self.words.layout.joints(goes.end(), stop) or self.words.limits(start, goes.start()):
            return None
        behind = self.words.trim(goes.end(), stop)
        other = self.items(*behind) if self.words.bears(*behind) else unread(self.words.text, *behind)
        return group("and", [self.items(*self.words.trim(start, goes.start())), group("or", [other, listed])])

    def _one_of(self, left: tuple[int, int], right: tuple[int, int], joints: Sequence[Cut]) -> Expression | None:
        """ "Chemotherapy including cisplatin or carboplatin": an inclusion asks for chemotherapy, and for one of its list."""
        joined = {c.join for c in joints}
        alternatives = joined <= {"comma", "or"} and (joints[-1].join == "or" if "or" in joined else len(joints) >= _LISTED)
        if _MAY.search(self.words.text, *left) or not alternatives or self.words.limits(*right) or any(p.time is None for p in self.words.limits(*left)):
            return None
        if not self.words.weighty(*left) or self.words.layout.joints(*left) or self.words.layout.relatives(*right):
            return None
        before, listed = self.items(*left), self._either(*right, self.listing(*right))
        return group("and", [before, listed]) if not any(map(is_denied, (p for p in (before, listed) if p is not None))) else None

    def _windowed(self, left: tuple[int, int], right: tuple[int, int]) -> Expression | None:
        """ "Heart disease within 6 months, such as angina or stroke": the window is that of the kinds too."""
        limits = self.words.limits(*left)
        if len(limits) != 1 or limits[0].time is None or limits[0].time.lead != "within" or self.words.limits(*right):
            return None
        before = self.items(*left)
        window = before.of if isinstance(before, Not) else before
        if not isinstance(window, Threshold) or window.kind != "window":
            return None
        timed: list[Expression | None] = []
        for index, (start, end) in enumerate(between(*right, self.listing(*right))):
            part = self.items(*self.words.trim(start, end))
            opens = index > 0 and grammar().opening.match(self.words.text, start, end)
            if opens or not isinstance(part, (Condition, Exposure, Unread)) or (is_denied(part) and before is window):
                return None  # the kinds end somewhere before, and what follows may be excluded at any time
            made = windowed(part, window)
            timed.append(made if before is window or isinstance(made, Not) else Not(of=made))
        return group("or" if before is window else "and", [before, *timed])

    def _measured(self, left: tuple[int, int], right: tuple[int, int]) -> Expression | None:
        """ "Abnormal liver function, such as ALT > 3 x ULN" in an exclusion: the limit is one way of it, and there are others."""
        limits = self.words.limits(*right)
        plain = bool(limits) and not self.words.limits(*left) and all(p.time is None for p in limits) and self.words.weighty(*left)
        if self.words.role == "inclusion" or not plain or self.words.layout.joints(*left):
            return None
        denial = denied(self.words.text, *left)
        unfit = denial is not None and patterns().unfit.match(self.words.text, denial) is not None  # "not suitable for MRI such as weight > 150 kg"
        told = any(c.category == DENIAL and left[0] <= c.start < left[1] for c in self.words.mentions.cues)
        before = unread(self.words.text, *left) if unfit else None if told else self.items(*left)
        return None if before is None or is_denied(before) else group("or", [before, self.items(*right)])

    def _under_last(self, left: tuple[int, int], right: tuple[int, int]) -> Expression | None:
        """ "Heart disease, such as angina or stroke within 6 months" in an exclusion: the thing under the window, and what no list knows as its kind."""
        limits = self.words.limits(left[0], right[1])
        window = limits[0].thresholds[0] if len(limits) == 1 and limits[0].time is not None else None
        if self.words.role == "inclusion" or window is None or window.kind != "window" or window.operator not in ("le", "lt"):
            return None
        stop = min(limits[0].start, limits[0].time.start) if limits[0].time is not None else limits[0].start
        if window.concept_start is None or not left[0] <= window.concept_start < left[1] or stop < right[0] or self.words.weighty(max(limits[0].end, limits[0].time.end if limits[0].time else 0), right[1]):
            return None
        general = self.words.names(*left)
        changes = not nouns().changes.isdisjoint(WORD.findall(self.words.text[slice(*left)].lower()))
        lifts = any(right[0] <= c.start < stop and c.category in ("ALLOWED", "EXCEPTION") for c in self.words.mentions.cues)
        if len(general) != 1 or window.concept not in general[0].ids or changes or lifts:
            return None
        items = [self.words.trim(a, b) for a, b in between(right[0], stop, self.listing(right[0], stop))]
        other = [leaf for a, b in items for leaf in self._others(a, b, general[0])]
        return group("or", [window, *(under_window(leaf, window) for leaf in other)]) if other else None

    def _others(self, start: int, end: int, general: Mention) -> list[Expression]:
        """The things of an item that screening does not know as kinds of `general`; the item as it stands where no list knows it."""
        named = self.words.names(start, end)
        if not named:
            text = unread(self.words.text, start, end)
            return [text] if text is not None and self.words.weighty(start, end) else []
        other = [m for m in named if m.kind == general.kind and not m.context & _SAID and not is_kind(m, general)]
        return [of_mention(self.words.text, m, m.start, m.end) for m in other]


def _sort(kind: str | None) -> str | None:
    """The kind of a thing, drugs and procedures being treatments alike."""
    return "treatment" if kind in ("drug", "procedure") else kind

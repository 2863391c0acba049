"""The tree of one clause and of what stands below it.

How a clinician reads a list: in an exclusion any item excludes; in an inclusion every item is asked for, unless the text
says "one of", or reading "and" would make one of the items pointless (two limits of one measurement on the same side).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from limen.assembly.at import AT
from limen.assembly.atoms import REFERS
from limen.assembly.clause import Lists
from limen.assembly.coordination import nouns
from limen.assembly.counts import as_other_way, caps_list, counting_lead, other_way, set_beside, speaks_of_count
from limen.assembly.definitions import last_sentence, lists_against, lists_methods, speaks_of_meaning, tells_meaning
from limen.assembly.denied_leads import asks_all, denies_list, lacked, under_lead
from limen.assembly.eligible import all_diseases, ends_in_classes, leads_to_one
from limen.assembly.fertile import any_but_demands
from limen.assembly.forgoing import speaks_of_forgoing
from limen.assembly.grammar import grammar
from limen.assembly.guards import demands
from limen.assembly.hanging import may_time_all
from limen.assembly.labels import Label, guarded, label_at
from limen.assembly.leave import gives_leave, is_leave, lead_exception, lift, on_terms
from limen.assembly.leaves import group, is_light, is_plain_lead, of_pair, one_way, under_window, unread
from limen.assembly.meanings import explained
from limen.assembly.peers import may_share
from limen.assembly.several import each_apart
from limen.assembly.shutting import leads
from limen.assembly.walk import shift
from limen.assembly.whom import by_people
from limen.assembly.windows import stands_before
from limen.assembly.words import CONSENT, ListRole, Read, Words, sided
from limen.criteria import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Exposure,
    Expression,
    IfThen,
    Not,
    Threshold,
    Unread,
    leaves,
    thresholds,
)

_TOGETHER = re.compile(r"[&+(]|\b(?:and|with|who|that|on|plus|by|for|in|treated|without)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_LISTS = re.compile(r"[(\[][^()\[\]]*(?:,|\bor\b)", re.IGNORECASE)
_JOINED = re.compile(r"[/&]|\band\b", re.IGNORECASE)
_EXCEPTS = re.compile(r"\W*(?:except|unless|with\s+(?:the\s+)?(?:following\s+)?except|other\s+than|apart\s+from|aside\s+from)", re.IGNORECASE)
_ALL = re.compile(r",\s*(?:any|all|every|each|patients|subjects|participants)\b", re.IGNORECASE)
_HAVING = re.compile(r"\b(?:with|without|having|who\s+(?:have|has|had|do\s+not\s+have))\s", re.IGNORECASE)
_BRACKETED = re.compile(r"[(\[][^()\[\]]*\bwithin\b", re.IGNORECASE)
_AGREES = re.compile(r"\bagree(?:s|ment)?\s+to(?:\s+the\s+following)?$", re.IGNORECASE)
_FOR_DRUG = re.compile(r"\W*for\s+[\w-]+(?:\s[\w-]+){0,3}\s*:\W*", re.IGNORECASE)
_AGAINST = re.compile(r"\bcontra-?\s?indications?\b[^:]*:\W*$", re.IGNORECASE)
_STOPS = (".", ";")
_HEADING = 4  # words of a lead that only names its items


class Item(Protocol):
    """What assembly needs of a clause of the outline."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def children(self) -> Sequence[Item]: ...
    @property
    def logic(self) -> str | None: ...
    @property
    def count(self) -> int | None: ...
    @property
    def whom(self) -> bool: ...


class Reader(Protocol):
    """Reads a clause's own words."""

    def __call__(self, item: Item) -> Read: ...


def assemble(item: Item, role: ListRole, read: Reader, *, listed: bool = False) -> Expression | None:
    """The tree of a clause with everything below it, with offsets into the trial's text; None when no word has weight."""
    words = read(item)
    builder = Lists(Words(words, role), lead=bool(item.children), listed=listed)
    own = shift(builder.build(), item.start)
    if not item.children:
        return own
    if item.whom:
        return _for_whom(item, builder, read)
    if tells_meaning(words.mentions.text, *last_sentence(builder.words)):
        return group("or" if role == "exclusion" else "and", [own, *(_note(child, read) for child in item.children)])
    if role == "exclusion" and asks_all(words.mentions.text):
        met = _below(item, "inclusion", [assemble(child, "inclusion", read) for child in item.children])
        return Not(of=met) if met is not None else own
    refers = bool(REFERS.search(words.mentions.text))
    below = [assemble(child, role, read, listed=refers) for child in item.children]
    shared = builder.shared_windows(item.start)
    if shared:
        below = [under_window(part, shared[0]) if part is not None else None for part in below]
    timed = [p.time.start for p in builder.atoms.shared if p.time is not None]
    lead = words.mentions.text[: min(timed)] if timed else words.mentions.text  # "none of the following within 6 months:"
    denied = leads(lead) if role == "inclusion" else None
    each = [_one_by_one(part, read(child).mentions.text) for child, part in zip(item.children, below)] if denied is not None else []
    if denied is not None and (either := group("or", each)) is not None:
        bare = is_light(words.mentions.text[:denied])
        return _with_lead(None if bare else own, Not(of=each_apart(either)), words.mentions.text, role)
    if role == "exclusion" and (lacking := lacked(lead, builder, below, item.start)) is not None:
        return lacking
    if lead_exception(builder.words) is not None:
        return lift(own, group("or", below))
    if role == "inclusion" and item.logic is None and leads_to_one(words.mentions.text) and all_diseases(below):
        return group("or", below)
    if role == "inclusion" and item.logic is None and ends_in_classes(words.mentions.text) and all_diseases(below):
        return group("and", [own, group("or", below)])
    return _with_list(item, builder, read, own, below)


def _for_whom(item: Item, builder: Lists, read: Reader) -> Expression:
    """What a list below the heading of a group asks of those who belong to it."""
    words, role = builder.words, builder.words.role
    parts = [assemble(child, role, read) or _whole(child, read) for child in item.children]
    found = label_at(words, 0, len(words.text), lead=True)
    label = found if found is not None and not found.anyone else Label(*words.trim(0, len(words.text)), len(words.text), group=True)
    has = builder.stretch(label.start, label.end) if label is found or _HAVING.search(words.text) else None
    then = group("or" if role == "exclusion" else "and", parts) if item.logic is None else _below(item, role, parts)
    assert then is not None
    if label is found or has is None or isinstance(has, Unread):
        return guarded(words, label, has, then, item.start)
    belongs = Unread(text=words.text[label.start : label.end], start=label.start, end=label.end, confidence=0.0)
    return IfThen(when=shift(group("and", [has, belongs]), item.start) or belongs, then=then)  # "controls without gout": who has gout is none of them


def _whole(item: Item, read: Reader) -> Unread:
    """An item of which nobody read a word of weight."""
    text = read(item).mentions.text
    return Unread(text=text, start=item.start, end=item.start + len(text), confidence=0.0)


def _one_by_one(part: Expression | None, text: str) -> Expression | None:
    """An item below a lead that denies, its names one by one where commas alone list them: "none of the following:" over "gout, asthma"."""
    named = isinstance(part, AllOf) and all(isinstance(p, (Condition, Exposure)) and not p.negated for p in part.of)
    bare = _ASIDE.sub("", text)
    listed = ("," in bare or ";" in bare) and _TOGETHER.search(bare) is None
    return AnyOf(of=part.of) if isinstance(part, AllOf) and named and listed else part


def _with_list(item: Item, builder: Lists, read: Reader, own: Expression | None, below: Sequence[Expression | None]) -> Expression | None:
    """A lead with the list below it, which is that of the lead's last sentence."""
    words, role = builder.words, builder.words.role
    start, end = last_sentence(words)
    parts = own.of if isinstance(own, AnyOf if role == "exclusion" else AllOf) else (own,) if own is not None else ()
    first = [part for part in parts if max(leaf.end for leaf in leaves(part)) <= item.start + start]
    last = group(words.default, [part for part in parts if part not in first])
    if role == "inclusion" and lists_against(words.text, start, end) and (against := group("or", below)) is not None:
        return group("and", [*first, shift(unread(words.text, start, end), item.start), Not(of=against)])
    if role == "exclusion" and last is not None and lists_methods(words.text, start, end, below):
        return group("or", [*first, last, *(_note(child, read) for child in item.children)])
    if denies_list(words, start, end, last):
        items = [(read(child).mentions.text, child.start, part) for child, part in zip(item.children, below)]
        return group("and", [*first, under_lead(last, words.text[start:end], items)])
    if (label := label_at(words, 0, len(words.text), lead=True)) is not None and not label.anyone:
        then = _lifted_below(item, role, read, None, below)
        return guarded(words, label, builder.stretch(label.start, label.end), then, item.start) if then is not None else own
    return group(words.default, [*first, _lifted_below(item, role, read, last, below)])


def _note(item: Item, read: Reader) -> Expression | None:
    """What stands below a definition: no more than its words."""
    text = read(item).mentions.text
    return group("and", [shift(unread(text, 0, len(text)), item.start), *(_note(child, read) for child in item.children)])


def _lifted_below(item: Item, role: ListRole, read: Reader, own: Expression | None, below: Sequence[Expression | None]) -> Expression | None:
    """A lead with its items, those that lift ("Subjects on stable therapy are eligible.") as its exception."""
    leave, lead = _lifting(item, role, read), read(item).mentions.text
    listed = _below(item, role, [p for p, lifts in zip(below, leave) if not lifts])
    if listed is not None and caps_list(lead):  # "no more than two of the following": left to a person
        whole = Unread(text=lead, start=item.start, end=item.start + len(lead), confidence=0.0)
        return group("or" if role == "exclusion" else "and", [whole, listed])
    several = len(item.children) > 1 or nouns().kind.match(read(item.children[0]).mentions.text) is not None
    further = role == "exclusion" and several and own is not None and listed is not None and _is_complete(lead) and not _tells_more(own, listed)
    asked = group("or", [own, listed]) if further else _with_lead(own, listed, lead, role)
    if asked is None:
        return group("and", below)
    exception = group("or", [_leave(child, role, read) for child, lifts in zip(item.children, leave) if lifts])
    return lift(asked, exception)


def _lifting(item: Item, role: ListRole, read: Reader) -> list[bool]:
    """Which items lift their lead: those that give leave, and exceptions with nothing else behind them ("- Exception: gout")."""
    lifts: list[bool] = []
    for child in reversed(item.children):
        lifts.insert(0, role == "exclusion" and (_gives_leave(child, role, read) or (all(lifts) and _excepts(Words(read(child), role)) is not None)))
    return lifts


def _gives_leave(child: Item, role: ListRole, read: Reader) -> bool:
    """Whether an item says who is allowed; in an inclusion the patient might be let in by what is merely allowed."""
    text = read(child).mentions.text
    return not child.children and (is_leave(text, role, 0, len(text)) or on_terms(text, role, 0, len(text)) is not None)


def _excepts(words: Words) -> int | None:
    """Where an item that is no more than an exception goes on behind "except": not "except for gout, any disease"."""
    return words.cue_at(0, len(words.text)) if _EXCEPTS.match(words.text) and not _ALL.search(words.text) else None


def _leave(child: Item, role: ListRole, read: Reader) -> Expression | None:
    """What an item lifts: what its sentence gives leave to, or what it names behind "except"."""
    words = Words(read(child), role)
    exceptions = Lists(words, lead=bool(child.children), listed=False).exceptions
    begin = _excepts(words)
    own = exceptions.leave() if begin is None else exceptions.lifting(*words.trim(begin, len(words.text)))
    below = [assemble(one, role, read) for one in child.children]
    return group("or", [shift(own, child.start), *below])


def limits(item: Item, role: ListRole, read: Reader) -> Expression | None:
    """The limits of a clause alone, for when nobody asks for its conditions: the same thresholds that `assemble` gives."""
    if item.children:
        return assemble(item, role, read)
    words = read(item)
    if not words.pairs:
        return None
    text = words.mentions.text
    turned = role == "exclusion" and (demands(text) or gives_leave(text))
    if turned or explained(words.mentions) or speaks_of_meaning(text) or speaks_of_forgoing(text) or "owever" in text or _shares(words) or any(CONSENT in m.ids for m in words.mentions.concepts):
        return assemble(item, role, read)
    return bare_limits(item, role, read)


def bare_limits(item: Item, role: ListRole, read: Reader) -> Expression | None:
    """The limits of a clause and of those below it, as they were paired: nothing that its grammar says of them."""
    own = group("and", [of_pair(p) for p in sided(read(item).pairs, role)])
    return group("and", [shift(own, item.start), *(bare_limits(child, role, read) for child in item.children)])


def _shares(words: Read) -> bool:
    """Whether a part of a limit may be a part of others too: a window, where it was measured, when."""
    text = words.mentions.text
    if AT.search(text) or grammar().statistic.search(text) or speaks_of_count(text):
        return True
    times = [p for p in words.pairs if p.time is not None]
    if not times:
        return False
    if any(map(stands_before, times)):
        return True
    if any(c.category in ("EXCEPTION", "ALLOWED") for c in words.mentions.cues):
        return True
    measured = [p for p in words.pairs if p.time is None]
    if grammar().kind_word.search(text) or _BRACKETED.search(text) or REFERS.search(text) or _LISTS.search(text) or _JOINED.search(text):
        return True
    listed = grammar().list_head.search(text) and grammar().joint.search(text, 0, times[-1].start)
    return bool(listed) or any(m.start < t.start for m in measured for t in times) or may_share(words) or may_time_all(text)


def _below(item: Item, role: ListRole, parts: Sequence[Expression | None]) -> Expression | None:
    kept = [p for p in parts if p is not None]
    if item.logic == "at_least" and item.count and len(kept) >= item.count:
        return AtLeast(count=item.count, of=tuple(one_way(p) for p in kept))
    if item.logic == "any":
        return group("or", kept) if role == "exclusion" else any_but_demands(kept)
    if item.logic == "all":
        return group("and", kept)
    if role == "exclusion" or _redundant(kept):
        return group("or", kept)
    return group("and", by_people(kept, "and", role))


def _with_lead(own: Expression | None, below: Expression | None, lead: str, role: ListRole) -> Expression | None:
    if own is None or below is None:
        return own or below
    counting = counting_lead(lead, 0, len(lead)) if role == "inclusion" else None
    if counting is not None and (way := other_way(lead, 0, counting.start())) is not None:
        return as_other_way(own, below, lead[:way])
    if isinstance(own, IfThen) and role == "inclusion" and lead.rstrip().endswith(":"):
        return _asked_below(own, below)
    if isinstance(own, AnyOf) and role == "inclusion" and lead.rstrip().endswith(":") and (guard := grammar().guard_prefix.match(lead)) is not None and grammar().people.match(lead, guard.end()):
        return IfThen(when=own, then=below)  # "For patients with A, B or C:"
    if all(isinstance(p, Unread) and is_plain_lead(p.text) for p in leaves(own)):
        return below
    defined = grammar().defined.search(lead) or (role == "exclusion" and grammar().defined_list.search(lead))
    if defined and not any(True for _ in thresholds(own)):
        return _defined_by(own, below, role)
    if role == "exclusion" and (grammar().kinds.search(lead) or (_AGAINST.search(lead) and not _is_heading(own, lead)) or set_beside(lead) or (lead.rstrip().endswith(_STOPS) and not REFERS.search(lead))):
        return group("or", [own, below])  # kinds of the thing, or what stands beside a sentence
    if isinstance(own, Exposure) and _FOR_DRUG.fullmatch(lead):  # an arm's drug, which nobody takes yet
        return group("and", [Unread(text=own.text, start=own.start, end=own.end, confidence=0.0), below])
    if role == "exclusion" and _names_kinds(own, below, lead):
        return group("or", [*(p for p in (own.of if isinstance(own, AnyOf) else (own,)) if not isinstance(p, Unread)), below])
    if _is_heading(own, lead) and (role == "exclusion" or (isinstance(own, Unread) and all(isinstance(p, Threshold) for p in leaves(below)))):
        return below
    return group("and", by_people([own, below], "and", role))


def _asked_below(own: IfThen, below: Expression) -> IfThen:
    """A lead that says for whom its list is: "If female, must be either:", "A woman is eligible if not pregnant and one of these applies:"."""
    says_nothing = isinstance(own.then, Unread) and (is_light(own.then.text) or is_plain_lead(own.then.text) or _AGREES.search(own.then.text) or _only_lets_in(own.then.text))
    return IfThen(when=own.when, then=below if says_nothing else group("and", [own.then, below]) or below)


def _only_lets_in(text: str) -> bool:
    """Whether words say no more than that some people may enter: "are eligible provided that"."""
    return any(found and is_light(text[found.end() :]) for found in (grammar().modal.match(text), grammar().let_in.match(text)))


def _defined_by(own: Expression, below: Expression, role: ListRole) -> Expression | None:
    """A list that defines the last thing of its lead, "Pregnancy, or renal failure defined as:"; an inclusion asks for a known disease as well."""
    shape, join = (AnyOf, "or") if role == "exclusion" else (AllOf, "and")
    parts = own.of if isinstance(own, shape) else (own,)
    kept = parts if role == "inclusion" and isinstance(parts[-1], (Condition, Exposure)) else parts[:-1]
    return group(join, [*kept, below])


def _tells_more(own: Expression, below: Expression) -> bool:
    """Whether items speak of what their lead names: "autoimmune disease" over "autoimmune disease treated within 30 days"."""
    named = {p.concept for p in leaves(own) if isinstance(p, (Condition, Exposure)) and p.concept is not None}
    return any(isinstance(p, (Condition, Exposure, Threshold)) and p.concept in named for p in leaves(below))


def _is_complete(lead: str) -> bool:
    """Whether an exclusion's lead is a whole item, over further ones that a page sets deeper: nothing says that it goes on below."""
    words = lead.split()
    open_end = not words or (not lead.rstrip()[-1:].isalnum() and lead.rstrip()[-1:] not in ".;)%") or words[-1].lower() in grammar().leading
    return not open_end and not REFERS.search(lead) and not grammar().guard_prefix.match(lead) and not grammar().relative.search(lead)


def _is_heading(own: Expression, lead: str) -> bool:
    """Whether a lead only names what its items are: "Cardiac disease:" in an exclusion, "Adequate organ function:" over limits."""
    return _is_plain(own) and len(lead.split()) <= _HEADING and _is_title(lead)


def _names_kinds(own: Expression, below: Expression, lead: str) -> bool:
    """Whether an exclusion's lead is the title of a list of things: "Severe or uncontrolled heart diseases:" over their names.

    Where that is in doubt, the lead and what it lists shut out each by itself: asked for together they might let someone in.
    Without a colon the lead is the bare name of a thing, and most of what it lists are names: "Heart disease" over "angina" and "stroke".
    """
    parts, found = own.of if isinstance(own, AnyOf) else (own,), list(leaves(below))
    named, short = sum(isinstance(p, (Condition, Exposure)) for p in found), len(lead.split()) <= _HEADING
    if not named or not all(map(_is_plain, parts)) or any(True for _ in thresholds(below)):
        return False
    if lead.rstrip().endswith(":"):
        return (not short or isinstance(own, AnyOf)) and _is_title(lead)
    bare = short and isinstance(own, (Condition, Exposure)) and not grammar().people.search(lead) and not grammar().guard_prefix.match(lead)
    return bare and len(found) > 1 and 2 * named >= len(found)


def _is_plain(part: Expression) -> bool:
    return isinstance(part, Unread) or (isinstance(part, (Condition, Exposure)) and not part.negated)


def _is_title(lead: str) -> bool:
    """Whether a lead ends in a colon and says nothing of those whom its items mean."""
    return lead.rstrip().endswith(":") and not REFERS.search(lead) and not grammar().relative.search(lead) and not grammar().guard_prefix.match(lead)


def _redundant(parts: Sequence[Expression]) -> bool:
    """Whether "and" would make a part pointless: one measurement limited twice on the same side, or in two ranges apart."""
    if len(parts) < 2:
        return False
    seen: dict[tuple[str | None, str | None, bool], int] = {}
    ranges: dict[tuple[str | None, str | None], tuple[int, Threshold]] = {}
    for index, part in enumerate(parts):
        for threshold in _required(part):
            if threshold.concept is None or threshold.kind in ("window", "duration"):
                continue
            if threshold.operator == "between":
                other = ranges.setdefault((threshold.concept, threshold.reference), (index, threshold))
                if other[0] != index and _apart(other[1], threshold):
                    return True
            side = (threshold.concept, threshold.reference, threshold.low is not None)
            if threshold.operator in ("ge", "gt", "le", "lt") and seen.setdefault(side, index) != index:
                return True
    return False


def _apart(one: Threshold, other: Threshold) -> bool:
    """Whether no value is in both ranges."""
    if one.low is None or one.high is None or other.low is None or other.high is None or one.unit != other.unit:
        return False
    return one.high < other.low or other.high < one.low


def _required(expression: Expression) -> list[Threshold]:
    """The thresholds that a tree asks for on every path."""
    if isinstance(expression, Threshold):
        return [expression]
    if isinstance(expression, AllOf):
        return [t for part in expression.of for t in _required(part)]
    return []

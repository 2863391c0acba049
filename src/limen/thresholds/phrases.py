"""Names that no list knows: the words beside a limit, bounded by the closed-class words of words.toml."""

from __future__ import annotations

import re

from limen.criteria import Operator
from limen.mentions import Mention, Quantity
from limen.thresholds.wording import words

_WORD = re.compile(r"[^\W_](?:[\w'’/+.-]*[\w+])?|[%()\[\],;:.]|\S")
_HARD = frozenset(",;:()[].")
_TRAILING_PARENTHESIS = re.compile(r"\(([^()]{1,60})\)\s*[:,]?\s*\(?\s*$")
_ABBREVIATION = re.compile(r"\s?(?=[^\s]*[A-Z][^\s]*[A-Z])[\w./-]{2,12}\s?")
_LAST_WORD = re.compile(r"([^\W_]+|[=:(,])\s*$")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\W*$")
_REACH = 160
_MAX_WORDS = 7
_LAST_NAME = re.compile(r"(?P<word>[^\W\d_]+)\s*(?P<bracket>\()?\s*$")
_OF = re.compile(r"\s*of\s", re.IGNORECASE)
_COUNTABLE_ONE = re.compile(r"\s(?!(?:or|and|of)\b)[^\W\d_]{3,}")
_COUNTABLE = re.compile(r"\s(?:[^\W\d_]+[\s-]){0,3}[^\W\d_]{3,}s\b")
_APART = re.compile(r",$|^(?:if|when|who|that)\b", re.IGNORECASE)
_CHANGE = re.compile(r"\b(?:increase|decrease|reduction|change|rise|fall|drop|decline|improvement)\s+of\s*$", re.IGNORECASE)
_FROM = re.compile(r"\s+in\s", re.IGNORECASE)
_NOTHING = re.compile(r"\b(?:receipt|history|evidence|proof|existence|administration|completion|use|total|presence|received|consisting|failures?|regimen|combination|trials?|intake|consists)\s+of\s*$", re.IGNORECASE)
_MEASURED_BY = re.compile(r"\s(?:measured|assessed|determined|estimated|calculated|evaluated)\s+(?:in|with|by|on|using|at|from|via)\s+(?:(?:the|an?)\s+)?$|\stoo\s[^\W\d_]+\s(?:for|to)\s(?:(?:be|the|an?)\s)?$", re.IGNORECASE)
_AMOUNT = re.compile(r"\d[\d.,]*\s?[^\W\d_]{1,3}")  # "100 mg", "2 mg"
_AWAITS = re.compile(r"\b(?:who|that|which|must\s+not|should\s+not|patients|subjects|participants)\s+(?:have|has|had)(?:\s+(?:had|received|undergone|taken|experienced|used))?,$", re.IGNORECASE)
_COUNTS_FROM = re.compile(r"\s(?:of|(?P<always>from|since|after|before|following|(?:prior|preceding)(?:\s+to)?))\s", re.IGNORECASE)

_Token = tuple[str, int, int]
_FEW = 2  # words before a name in a bracket that only spells it


def last_word(text: str, end: int, reach: int = 40) -> str:
    """The last word before a place, in lower case; empty where a number or a line's beginning stands there."""
    found = _WORD_BEFORE.search(text, max(0, end - reach), end)
    return found.group(1).lower() if found else ""


def awaits(lead: str) -> bool:
    """Whether words before a length of time wait for what happened in it: "persons who have had, within 6 months, a stroke"."""
    return _AWAITS.search(lead) is not None


def counts_from(text: str, start: int, end: int) -> bool:
    """Whether a length of time goes on with what it counts from: "within 3 days of admission", "< 3 days after admission"."""
    found = _COUNTS_FROM.match(text, end)
    return found is not None and (found["always"] is not None or text[start : start + 6].lower() == "within")


def line_start(text: str, start: int, end: int) -> int:
    """Where the last line within `start`..`end` begins that no colon carries on, else `start`; `flow` has joined what a registry wrapped."""
    at = text.rfind("\n", start, end)
    while at >= 0 and text[start:at].rstrip()[-1:] in (":", ""):
        at = text.rfind("\n", start, at)
    return max(start, at + 1)


def phrase_before(text: str, end: int, floor: int = 0) -> tuple[int, int] | None:
    """The name that ends before `end`: skips padding ("is", "of", "score") and a short parenthesis, stops at a boundary.

    None when there is no such name between `floor` and `end`.
    """
    floor = line_start(text, max(floor, end - _REACH), end)
    while (last := _LAST_WORD.search(text, max(floor, end - 24), end)) and last.group(1).lower() in words().padding and text[last.start() - 1 : last.start()] != "-":
        end = last.start()
    if match := _TRAILING_PARENTHESIS.search(text, floor, end):
        found = _phrase_before(text, match.start(), floor)
        if found is not None:
            return (found[0], match.end(1) + 1) if _ABBREVIATION.fullmatch(match.group(1)) else found
        return match.start(1), match.end(1)
    found = _phrase_before(text, end, floor)
    if found is not None and (how := _MEASURED_BY.search(text, floor, found[0])):
        found = _phrase_before(text, how.start(), floor) or found  # "curvature measured in the spine", "ulcer too large for closure"
    return None if found is not None and _AMOUNT.fullmatch(text, *found) else found


def counts_readings(text: str, quantity: Quantity) -> bool:
    """Whether a bare number counts how often something was measured: "the mean of ≥ 3 BP readings"."""
    if quantity.unit is not None or quantity.reference is not None or not quantity.explicit:
        return False
    place = phrase_after(text, quantity.end, len(text))
    return place is not None and not words().readings.isdisjoint(text[slice(*place)].lower().split())


def counts_behind(text: str, before: tuple[int, int], quantity: Quantity, after: tuple[int, int]) -> bool:
    """Whether a number counts what stands behind it, and not what stands before it.

    Behind a word that heads a line ("Part 2: at least one lesion"), in a bracket of its own ("new lesions (at least two scans)"),
    behind a comma ("prior to enrolment, at least 2 cycles of it") or a condition ("included if using at least one method");
    doses and cycles are counted of what stands before them.
    """
    mark = text[before[1] : quantity.start].strip()
    if mark == ":" and text[before[0] : before[1]].lower().split()[0] in words().numbered:
        return True
    spelled = text[quantity.start : quantity.start + 1].isalpha()
    noun = text[after[0] : after[1]].lower().split()
    rounds = any(w in words().rounds for w in noun) and not _OF.match(text, after[1])
    if _APART.search(mark) and not rounds:
        return True
    return spelled and (mark == ":" or text[: quantity.start].endswith("(")) and not any(w in words().rounds for w in noun)


def _phrase_before(text: str, end: int, floor: int) -> tuple[int, int] | None:
    lists = words()
    tokens = [(m.group().lower(), m.start(), m.end()) for m in _WORD.finditer(text, floor, end)]
    while tokens and (tokens[-1][0] in lists.padding or tokens[-1][0] in ",:-–["):
        tokens.pop()
    taken: list[tuple[str, int, int]] = []
    while tokens and len(taken) < _MAX_WORDS:
        word, start, stop = tokens.pop()
        if word in _HARD or (word in lists.boundaries and not (taken and _continues(word, tokens))):
            break
        taken.append((word, start, stop))
    while taken and taken[-1][0] in lists.event_openers | {"if"}:
        taken.pop()
    if not taken or not any(c.isalpha() for w, _, _ in taken for c in w):
        return None
    return taken[-1][1], taken[0][2]


def _continues(word: str, before: list[tuple[str, int, int]]) -> bool:
    """Whether a name goes on over a preposition: "pain in the knee", "questionnaire for anxiety"."""
    return word == "in" or (word == "for" and bool(before) and before[-1][0] in words().instruments)


def phrase_after(text: str, start: int, ceiling: int) -> tuple[int, int] | None:
    """The name that begins at `start` ("15 oocytes", "10 mL of whole blood"), up to the next boundary."""
    lists = words()
    ceiling = min(ceiling, start + _REACH)
    first: int | None = None
    last = start
    count = 0
    paired = False
    for match in _WORD.finditer(text, start, ceiling):
        word = match.group().lower()
        if count == 1 and word in ("or", "and", "and/or") and text[last - 1] != "s":
            paired = True  # "measurable or evaluable lesions"
            continue
        if first is None and word in ("of", "the", "a", "an", "in", "for", "-", "on", "points", "score", "prior", "previous", "all", "any", "their", "his", "her", "its", "adequate"):
            continue
        if word in _HARD or word in ("x", "×") or (word in lists.boundaries) or (count and word in ("of", "in")) or count >= 4 + paired:
            break
        first = match.start() if first is None else first
        last = match.end()
        count += 1
    return (first, last) if first is not None and any(c.isalpha() for c in text[first:last]) else None


def is_amount_of(text: str, quantity: Quantity) -> bool:
    """Whether a limit is the bracket behind "amount", whose thing stands behind: "a minimal amount (< 1 mm) of tissue"."""
    last = _LAST_NAME.search(text, max(0, quantity.start - 30), quantity.start)
    closing = text.find(")", quantity.end, quantity.end + 3) if last is not None and last["bracket"] else -1
    return closing >= 0 and last is not None and last["word"].lower() in words().amounts and _OF.match(text, closing + 1) is not None


def name_behind(text: str, quantity: Quantity, ceiling: int) -> tuple[int, int] | None:
    """The measured thing behind its limit: "high (> 90%) cure rate", "amount (< 1 mm) of tissue", "less than 50% of excess weight"."""
    start = quantity.start + 3 if text.startswith("of ", quantity.start) else quantity.start  # "failure of 2 or more antidepressants"
    last = _LAST_NAME.search(text, max(0, start - 30), start)
    if last is None:
        return None
    word, bracketed = last.group("word").lower(), last.group("bracket") is not None
    closing = text.find(")", quantity.end, quantity.end + 3) if bracketed else -1
    if closing >= 0 and (word in words().degrees or is_amount_of(text, quantity)):
        return phrase_after(text, closing + 1, len(text))
    if word == "of" and not bracketed and _CHANGE.search(text, max(0, start - 40), start) and _FROM.match(text, quantity.end):
        return phrase_after(text, quantity.end, ceiling)
    if bracketed or not (word in words().leading or word.endswith("ed") or (word == "of" and _NOTHING.search(text, max(0, start - 40), start))):
        return None
    shared = quantity.unit == "%" and quantity.reference is None and _OF.match(text, quantity.end)
    countable = _COUNTABLE_ONE if quantity.low == 1 and word not in ("to", "as") else _COUNTABLE
    counts = quantity.unit is None and quantity.reference is None and countable.match(text, quantity.end)
    return phrase_after(text, quantity.end, ceiling) if shared or counts else None


def trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The words of an event without its openers ("history of"), closers and verbs; None when nothing is left."""
    lists = words()
    tokens = [(m.group().lower(), m.start(), m.end()) for m in _WORD.finditer(text, start, end)]
    tokens = [t for t in tokens if t[0][0].isalnum() or t[0] == "%"]
    whole = _unclosed(tokens)
    tokens = _unopened(whole)
    begun = len(whole) - len(tokens)
    if begun and tokens and [w for w, _, _ in tokens[:2]] in (["at", "a"], ["at", "an"], ["at", "the"]) and whole[begun - 1][0] in lists.event_nouns:
        return whole[begun - 1][1:]  # "6 weeks of treatment at a daily dose"
    tokens = _said(tokens)
    if not tokens and whole and whole[-1][0] in lists.event_nouns:
        tokens = whole[-1:]
    named = any(c.isalpha() for w, _, _ in tokens for c in w)
    return (tokens[0][1], tokens[-1][2]) if named else None


def _unclosed(tokens: list[_Token]) -> list[_Token]:
    end = len(tokens)
    while end and tokens[end - 1][0] in words().event_closers:
        end -= 1
    return tokens[:end]


def _unopened(tokens: list[_Token]) -> list[_Token]:
    start = 0
    while start < len(tokens) and tokens[start][0] in words().event_openers:
        start += 1
    return tokens[start:]


def _said(tokens: list[_Token]) -> list[_Token]:
    """What a sentence says has a time: what stands behind its last verb, or before it where only a verdict follows."""
    lists = words()
    last = next((i for i in range(len(tokens) - 1, 0, -1) if tokens[i][0] in lists.auxiliaries), None)
    if last is None:
        return tokens
    first = last
    while first and (tokens[first - 1][0] in lists.auxiliaries or tokens[first - 1][0] in lists.between_auxiliaries):
        first -= 1
    behind = tokens[last + 1 :]
    people = all(w in lists.persons for w, _, _ in tokens[:first]) and not any(w == "not" for w, _, _ in tokens[first:last])  # "females must have been sterilized"
    if all(w in lists.verdicts or w.endswith(("ed", "ly")) for w, _, _ in behind) or [w for w, _, _ in behind] in (["off", n] for n in lists.event_nouns):
        over = lists.verdicts | lists.stopped | lists.finished
        apart = first and tokens[first - 1][0] in ("and", "but") and not any(w == "not" for w, _, _ in behind) and not all(w in over for w, _, _ in behind)
        named = [] if apart or people else _said(_unopened(_unclosed(tokens[:first])))
        return named or _unopened(behind)  # "who are stable and have been anticoagulated": what they have been
    passive = bool(behind) and (behind[0][0].endswith("ed") or tokens[last][0] in lists.states)
    if passive and people:
        return _unopened(behind) or tokens
    if first and (tokens[first - 1][0] in ("that", "which") or (passive and tokens[first - 1][0] != "who")):
        return tokens
    return _unopened(behind) or tokens


def without_repeats(text: str, names: list[Mention], end: int) -> list[Mention]:
    """The names before a limit without one that a closed bracket says again: "albumin (no albumin product within 2 weeks) ≥ 30 g/L"."""
    kept = list(names)
    while len(kept) > 1 and kept[-1].ids == kept[-2].ids:
        opening = text.rfind("(", kept[-2].end, kept[-1].start)
        if opening < 0 or text[opening : kept[-1].end].count(")") or text.count(")", kept[-1].end, end) != 1 or len(text[opening + 1 : kept[-1].start].split()) < _FEW:
            break
        kept.pop()
    return kept


def extreme_before(text: str, start: int) -> Operator | None:
    """ "A minimum wall thickness of 2 mm": the side, where the text's own words before a number begin with it."""
    place = phrase_before(text, start)
    first = text[place[0] : place[1]].split(maxsplit=1) if place else []
    return words().extremes.get(first[0].lower()) if len(first) == 2 else None

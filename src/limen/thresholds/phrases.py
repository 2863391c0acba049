"""Names that no list knows: the words beside a limit, bounded by the closed-class words of words.toml."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple, cast

from limen.criteria import Operator
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Quantity

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
_NOTHING = re.compile(r"\b(?:receipt|history|administration|completion|use|total|presence|received|consisting)\s+of\s*$", re.IGNORECASE)
_MEASURED_BY = re.compile(r"\s(?:measured|assessed|determined|estimated|calculated|evaluated)\s+(?:in|with|by|on|using|at|from|via)\s+(?:(?:the|an?)\s+)?$|\stoo\s[^\W\d_]+\s(?:for|to)\s(?:(?:be|the|an?)\s)?$", re.IGNORECASE)
_AMOUNT = re.compile(r"\d[\d.,]*\s?[^\W\d_]{1,3}")  # "100 mg", "2 mg"


_Token = tuple[str, int, int]


class Words(NamedTuple):
    """The lists of words.toml, lower-case."""

    boundaries: frozenset[str]
    padding: frozenset[str]
    told: frozenset[str]
    persons: frozenset[str]
    event_openers: frozenset[str]
    event_closers: frozenset[str]
    event_nouns: frozenset[str]
    carriers: frozenset[str]
    spreading: frozenset[str]
    time_adjectives: frozenset[str]
    degrees: frozenset[str]
    scales: frozenset[str]
    ranks: frozenset[str]
    standing: frozenset[str]
    doses: frozenset[str]
    undosed: frozenset[str]
    methods: frozenset[str]
    readings: frozenset[str]
    auxiliaries: frozenset[str]
    verdicts: frozenset[str]
    states: frozenset[str]
    between_auxiliaries: frozenset[str]
    instruments: frozenset[str]
    amounts: frozenset[str]
    leading: frozenset[str]
    numbered: frozenset[str]
    aged_things: frozenset[str]
    age_words: frozenset[str]
    person_pattern: Scanner
    age_pattern: Scanner
    of_kin: re.Pattern[str]
    of_offspring: Scanner
    of_dead: Scanner
    of_beside: Scanner
    having: Scanner
    offspring: Scanner
    specimen: re.Pattern[str]
    asides: Scanner
    coming: Scanner
    ahead: Scanner
    behind: Scanner
    aimed: re.Pattern[str]
    cited: re.Pattern[str]
    able: frozenset[str]
    begun: Scanner
    pregnant: frozenset[str]
    rounds: frozenset[str]
    strip_measures: dict[str, str]
    lengths: dict[str, str]
    dimension: Scanner
    despite: re.Pattern[str]
    begun_at: Scanner
    joining: frozenset[str]
    change_before: Scanner
    change_after: Scanner
    falling: Scanner
    resolved: Scanner
    reaching: Scanner
    shared_adjectives: frozenset[str]
    shared_nouns: frozenset[str]
    obtained: frozenset[str]
    schedule: re.Pattern[str]
    time_bound: re.Pattern[str]
    signer: re.Pattern[str]
    signed: Scanner
    serving: re.Pattern[str]
    month: re.Pattern[str]
    extremes: dict[str, Operator]
    unit_measures: dict[str, str]
    person_measures: dict[str, str]
    rank_scores: dict[str, dict[str, str]]
    inclusions: Scanner
    event_ends: Scanner
    head_ends: Scanner
    head_carriers: frozenset[str]
    unbroken: frozenset[str]
    stopped: frozenset[str]
    demands: frozenset[str]
    finished: frozenset[str]
    last_ones: frozenset[str]
    deadline: re.Pattern[str]
    treating: Scanner
    exampled: re.Pattern[str]
    elapsing: frozenset[str]
    passed: frozenset[str]
    turns: frozenset[str]
    sequels: frozenset[str]
    undone: frozenset[str]
    phases: Scanner
    exceptions: Scanner
    kept_up: Scanner
    lasting_state: re.Pattern[str]
    young: Scanner
    others: Scanner
    no_age: Scanner
    no_age_behind: Scanner
    repeated: Scanner
    for_persons: re.Pattern[str]


@cache
def words() -> Words:
    table = read_toml(data("words.toml"))
    lists = ("boundaries", "padding", "told", "persons", "event_openers", "event_closers", "event_nouns", "carriers", "spreading", "time_adjectives", "degrees", "scales", "ranks", "standing", "doses", "undosed", "methods", "readings",
             "auxiliaries", "verdicts", "states", "between_auxiliaries", "instruments", "amounts", "leading", "numbered", "aged_things", "age_words", "shared_adjectives", "shared_nouns", "obtained", "head_carriers", "unbroken", "stopped", "demands", "finished", "last_ones",
             "elapsing", "passed", "turns", "sequels", "undone", "able", "joining", "pregnant", "rounds")  # fmt: skip
    sets: dict[str, Any] = {key: frozenset(table[key]) for key in lists}
    return Words(
        **sets,
        person_pattern=Scanner(alternation(table["persons"])),
        asides=Scanner(alternation(table["asides"])),
        deadline=re.compile(rf"{alternation(table['deadlines'])}\s*$", re.IGNORECASE),
        exampled=re.compile(rf"[(\[]\s?(?:{alternation(table['inclusions'])}|such as|for example|for instance)[^()\[\]]*$", re.IGNORECASE),
        treating=Scanner(rf"{alternation(table['treating'])}\s(?:for|of|against)\s(?:(?:the|an?|any|their|his|her|previous|prior|underlying)\s)?"),
        coming=Scanner(alternation(table["coming"])),
        ahead=Scanner(alternation(table["ahead"])),
        behind=Scanner(alternation(table["behind"])),
        despite=re.compile(rf"{alternation(table['despite'])}\s+(?P<what>[^.;,()±]{{3,80}})(?P<more>±[^.;,()]{{0,40}})?$", re.IGNORECASE),
        begun=Scanner(alternation(table["begun"])),
        begun_at=Scanner(rf"(?:\s+old|\s+of\s+age)?,?\s+(?:at|when|of)\s+(?:(?:the|time|of|initial|first|disease|symptoms?|original|primary|their|his|her)\s+){{0,4}}{alternation(table['begun'])}"),
        aimed=re.compile(rf"(?P<who>[^\W\d_]+)[\s)\]]{{1,3}}(?:in\s+order\s+|so\s+as\s+)?to\s+{alternation(table['aims'])}\s[^.;:]{{1,60}}$", re.IGNORECASE),
        cited=re.compile(rf"\d\s+{alternation(table['citations'])}\s+(?:parts?\s+|§+\s?|sections?\s+)?$", re.IGNORECASE),
        change_before=Scanner(rf"{alternation(table['changes'])}\s+(?:in|of|from)\s+(?:(?:the|his|her|their|serum|plasma|blood)\s+){{0,2}}"),
        change_after=Scanner(rf"\s*(?P<change>{alternation(table['changed'])}|{alternation(table['changes'])})"),
        resolved=Scanner(rf"{alternation(table['resolved'])}(?:\s[\w().-]+){{0,4}}\s(?:grade|level)s?\s?$"),
        falling=Scanner(alternation(table["falling"])),
        reaching=Scanner(rf"(?:{alternation(table['reaching'])})\W*$"),
        schedule=re.compile(rf"[\s-]*(?:of\s+)?{alternation(table['schedules'])}", re.IGNORECASE),
        time_bound=re.compile(rf"[\s-]*(?:time\s+)?{alternation(table['time_bounds'])}", re.IGNORECASE),
        signer=re.compile(rf"\s*(?:of\s+the(?:ir)?\s+|of\s+)?{alternation(table['signers'])}", re.IGNORECASE),
        signed=Scanner(alternation(table["signed"])),
        serving=re.compile(rf"(?:\b(?:one|an?|1|each)\s+)?{alternation(table['servings'])}\b[^;.()=]{{0,30}}(?P<equals>=|is|equals)", re.IGNORECASE),
        month=re.compile(rf"(?:st|nd|rd|th)?[\s-](?:of\s)?(?:{'|'.join(table['months'])})\b"),
        extremes={word: cast(Operator, operator) for operator, names in table["extremes"].items() for word in names},
        unit_measures=table["unit_measures"],
        person_measures=table["person_measures"],
        strip_measures=table["strip_measures"],
        lengths=table["lengths"],
        dimension=Scanner(alternation(table["dimensions"])),
        rank_scores=table["rank_scores"],
        inclusions=Scanner(alternation(table["inclusions"])),
        event_ends=Scanner(alternation(table["event_ends"])),
        phases=Scanner(alternation(table["phases"])),
        head_ends=Scanner(alternation(table["head_ends"])),
        exceptions=Scanner(alternation(table["exceptions"])),
        kept_up=Scanner(alternation(table["kept_up"])),
        lasting_state=re.compile(rf"[\s-]{{1,2}}(?P<state>{alternation(table['lasting_states'])})", re.IGNORECASE),
        young=Scanner(alternation(table["young"])),
        others=Scanner(alternation([*table["kin"], *table["others"]])),
        no_age=Scanner(alternation([*table["begun"], *table["no_age"]])),
        no_age_behind=Scanner(rf"[\s-]*{alternation(table['no_age_behind'])}(?!\s+age\b)"),
        specimen=re.compile(rf"[\s-](?:\([^()]{{1,30}}\)\s)?{alternation(table['specimens'])}", re.IGNORECASE),
        of_kin=re.compile(rf"\s*(?:of\s+age\s+|old\s+)?(?:in|of|among)\s+(?:[\w-]+\s+){{0,3}}?{alternation(table['kin'])}", re.IGNORECASE),
        of_offspring=Scanner(rf"{alternation(table['having'])}\s(?:[^\W\d_]+\s){{0,4}}{alternation(table['offspring'])}(?:\s[^\W\d_]+){{0,4}}(?:(?:\s[^\W\d_]+){{0,2}}\s\d[\d.]*(?:\s[^\W\d_]+){{1,3}}\sbut(?:\s[^\W\d_]+){{0,3}})?\s?\(?\s*$"),
        of_dead=Scanner(r"\b(?:sudden|unexplained|premature|early)\s(?:[^\W\d_]+\s){0,2}deaths?(?:\s[^\W\d_]+){0,4}\s?\(?\s*$"),
        of_beside=Scanner(rf"(?:{alternation(table['of_beside'])}\s(?:[^\W\d_]+\s){{0,3}}?{alternation(table['beside'])}|{alternation(table['offspring'])}\s(?:born\s)?(?:of|to|from|by)\s(?:women|a\swoman))"
                          r"(?:\s(?:who|whose|is|are|was|were|be|being|must|should|aged?|an|of|with|the))*[\s,(]*$"),  # fmt: skip
        having=Scanner(rf"{alternation(table['having'])}\s*$"),
        offspring=Scanner(rf"[\s-]{{0,3}}(?:old\s|of\sage\s)?{alternation(table['offspring'])}"),
        age_pattern=Scanner(alternation(table["age_words"])),
        repeated=_repeated(table["repeats"]),
        for_persons=_for_persons(table["persons"]),
    )


def _for_persons(persons: list[str]) -> re.Pattern[str]:
    """ "for men", "in women", "[men]": whom a limit is for, between it and the next one."""
    return re.compile(rf"\s*[\[(]?\s*(?:for|in|if)?\s*(?:a|the|all)?\s*(?:{alternation(persons)})(?:\s+(?:{alternation(persons)}))?\s*[\])]?", re.IGNORECASE)


def _repeated(table: dict[str, list[str]]) -> Scanner:
    nouns, ends = alternation(table["nouns"]), alternation(table["ends"])
    return Scanner(
        rf"\b(?:at|on|in|for|by|over)\s+(?:at\s+least\s+|a\s+minimum\s+of\s+|≥\s?)?(?:\d{{1,2}}|two|three|four)\s+(?:{nouns})"
        rf"(?:[^.;()]{{0,60}}?(?:{ends}))?"
    )


def last_word(text: str, end: int, reach: int = 40) -> str:
    """The last word before a place, in lower case; empty where a number or a line's beginning stands there."""
    found = _WORD_BEFORE.search(text, max(0, end - reach), end)
    return found.group(1).lower() if found else ""


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
    last = _LAST_NAME.search(text, max(0, quantity.start - 30), quantity.start)
    if last is None:
        return None
    word, bracketed = last.group("word").lower(), last.group("bracket") is not None
    closing = text.find(")", quantity.end, quantity.end + 3) if bracketed else -1
    if closing >= 0 and (word in words().degrees or is_amount_of(text, quantity)):
        return phrase_after(text, closing + 1, len(text))
    if word == "of" and not bracketed and _CHANGE.search(text, max(0, quantity.start - 40), quantity.start) and _FROM.match(text, quantity.end):
        return phrase_after(text, quantity.end, ceiling)
    if bracketed or not (word in words().leading or word.endswith("ed") or (word == "of" and _NOTHING.search(text, max(0, quantity.start - 40), quantity.start))):
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
    if all(w in lists.verdicts or w.endswith(("ed", "ly")) for w, _, _ in behind) or [w for w, _, _ in behind] in (["off", n] for n in lists.event_nouns):
        over = lists.verdicts | lists.stopped | lists.finished
        apart = first and tokens[first - 1][0] in ("and", "but") and not any(w == "not" for w, _, _ in behind) and not all(w in over for w, _, _ in behind)
        named = [] if apart else _said(_unopened(_unclosed(tokens[:first])))
        return named or _unopened(behind)  # "who are stable and have been anticoagulated": what they have been
    passive = bool(behind) and (behind[0][0].endswith("ed") or tokens[last][0] in lists.states)
    if first and (tokens[first - 1][0] in ("that", "which") or (passive and tokens[first - 1][0] != "who")):
        return tokens
    return _unopened(behind) or tokens

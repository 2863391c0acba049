"""Words beside a length of time that are no event of it: a bare verb, a plan, a comparison, the examples of a list that goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from limen import lexicon as lexicons
from limen.mentions import Mentions
from limen.thresholds.sharing import BRACKET
from limen.thresholds.wording import words

GIVEN = frozenset(["drug", "procedure"])
_BOTH = re.compile(r"(?:\s(?!and\b|or\b)[\w-]+){0,4}(?P<and>\s*,?\s(?:and|&)\s)(?:(?:any|last|prior|previous|other|major)\s)?", re.IGNORECASE)
_TOKEN = re.compile(r"\bwith\s+(?:(?:[Aa]n?|[Tt]he)\s+)?(?P<token>[A-Z][A-Z0-9-]{1,9})\s?$")
_WITH = re.compile(r"\s(?:with|having)\s+(?:(?:an?|any|the|at\s+least\s+one)\s+)?(?=[^\W\d_])", re.IGNORECASE)
_INFECTION = "infection"
_SYMBOL = re.compile(r"\s?[≥>≤<=]")
_AND_UP_TO = re.compile(r"\s+(?:and|but|to)\s+(?P<far>(?:up\s+to|at\s+most|no\s+more|not\s+more|less)\s)", re.IGNORECASE)
_PLANS = re.compile(
    r"(?:plans?|planned|planning|intends?|intention|expects?|expected|scheduled|is\s+to|going)\s+(?:to\s+)?(?:receive|undergo|have|take|use|start|get|continue)",
    re.IGNORECASE,
)
_COMPARISON = re.compile(r"(?:(?:at|least|most|an?|minimum|maximum|of|more|less|than|up|to|over|no|[≥>≤<=]+)\s?)*", re.IGNORECASE)
_GOES_ON = re.compile(
    r",\s+(?!(?:and|or|but)?\s*(?:who|which|that|unless|except|with|without|whichever|if|as|has|have|is|are|in|at|on)\b)(?=[^\W\d_])", re.IGNORECASE
)
_EXAMPLES = ("such as", "including", "e.g.", "for example", "for instance")
_OBJECT = re.compile(r"\s(?:any|an?|another|other|one\s+or\s+more)\s|,?\s(?:in|to|with)\s(?:any|an?|another|other|the)\s|:\s", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TAKES = re.compile(r"\b(?:receive[sd]?|receiving|complete[sd]?|completing|requir(?:es?|ed|ing)|under(?:gone|went|going)|need(?:s|ed|ing)?|ha(?:ve|s|d|ving))\s*$", re.IGNORECASE)
_HISTORY = re.compile(r"['’]?[\s-](?:history|course|duration)\sof\s(?:(?:an?|the)\s)?(?=[^\W\d_])", re.IGNORECASE)
_HELD = re.compile(r"\b(?:received|receiving|complet(?:ed|ing)|undergone|underwent|ha(?:ve|s|d|ving)|with)\s+(?:had\s+|an?\s+)?$", re.IGNORECASE)
_OF_IT = re.compile(r"\sof\s(?!(?:age|life|gestation|pregnancy|amenorrho?ea|follow|this|these|the\s(?:study|trial)|study|each|every|duration)\b)(?=[^\W\d_])", re.IGNORECASE)
_CASE = re.compile(r"\s(?:for|if|in\s(?:the\s)?case\sof|in\s(?:the\s)?cases\sof|with|in\sthe\sevent\sof)\s(?:(?:an?|the|receiving|treated\swith|prior|previous)\s)*(?=[^\W\d_])", re.IGNORECASE)
_TAKEN = re.compile(
    r"\s?(?:[(（][^()（）]{1,30}[)）])?\s(?!(?:of|before|prior|after|ago|since|from|and|or|but|with|without|in|at|on|for|who|that|which|to|by|per|an?|each|every|earlier|later|following|post|if|is|are|was|were|has|have|must|should|apart)\b)(?=[^\W\d_])",
    re.IGNORECASE,
)
_OR = re.compile(r",|\sor\s", re.IGNORECASE)
_FEW = 2  # words of a verb


def unknown_beside(mentions: Mentions, start: int, end: int) -> int | None:
    """Where what no list knows begins behind a disease and "with": it has the time of "arrhythmia with blarg spells within 3 months"."""
    beside = _WITH.search(mentions.text, start, end)
    before = [m for m in mentions.concepts if beside is not None and start <= m.start and m.end <= beside.start()]
    if beside is None or not before or before[-1].kind != "condition" or before[-1].end != beside.start():
        return None
    named = any(beside.end() <= m.start < end for m in (*mentions.measured, *mentions.concepts))
    germ = _INFECTION in lexicons.load().ancestors(before[-1].ids[0])  # "infection with blargella"
    own = not (words().own | words().sequels | words().persons).isdisjoint(_WORD.findall(mentions.text[beside.end() : end].lower()))
    limited = any(beside.end() <= q.start < end for q in mentions.quantities)
    return None if named or germ or own or limited else beside.end()


def is_verb(text: str, start: int, stop: int, end: int) -> bool:
    """Whether the words are but a verb, whose object stands behind a length of time: "taken within 4 weeks any antibiotic"."""
    said = _WORD.findall(text[start:stop].lower())
    return len(said) <= _FEW and said[-1].endswith(("ed", "en", "ing")) and _OBJECT.match(text, end) is not None


def is_length(mentions: Mentions, start: int, end: int) -> bool:
    """Whether the words are but how long something was: "diarrhoea (lasting more than 2 weeks in the past 6 months)"."""
    lengths = (t for t in mentions.times if start <= t.quantity.start and end <= t.quantity.end)
    return any(mentions.text[start : max(start, t.start)].strip() in ("", "lasting", "lasted") for t in lengths)


def told_behind(text: str, start: int, end: int) -> int | None:
    """Where the thing begins that a bare length of time is told of: "a 6-month history of gout", "completed 1 year of letrozole"."""
    told = _HISTORY.match(text, end) or (_OF_IT.match(text, end) if _HELD.search(text, max(0, start - 20), start) else None)
    return told.end() if told else None


def case_behind(text: str, end: int) -> int | None:
    """Where the thing begins that has a time of its own: "(6 weeks for nitrosoureas)", "(42 days in case of mitomycin)"."""
    case = _CASE.match(text, end)
    return case.end() if case else None


def taken_behind(text: str, start: int, end: int) -> int | None:
    """Where the thing begins that a verb before a length of time takes: "received at least 6 weeks (2 cycles) chemotherapy"."""
    taken = _TAKEN.match(text, end) if _TAKES.search(text, max(0, start - 20), start) else None
    return taken.end() if taken else None


def state_behind(text: str, end: int) -> tuple[int, int] | None:
    """The state that a length of time says how long it has lasted: "at least 1 year postmenopausal", "6 months seizure-free"."""
    state = words().lasting_state.match(text, end)
    return state.span("state") if state else None


def is_half(text: str, begin: int, stop: int) -> bool:
    """ "Oral or" of "oral or parenteral glucocorticoids", whose noun stands behind the other adjective."""
    said = _WORD.findall(_OR.split(text[begin:stop])[-1].lower())
    return bool(said) and said[-1] in words().halves and all(w in words().halves or w in words().event_openers for w in said)


def is_plan(said: str) -> bool:
    """ "Received a vaccine, or plans to receive within 4 weeks": the plan says not of what."""
    return _PLANS.fullmatch(said) is not None


def is_comparison(text: str, start: int, end: int) -> bool:
    """Whether nothing but the words of a comparison stands between two places."""
    return _COMPARISON.fullmatch(text, start, end) is not None


def far_end(text: str, end: int) -> int | None:
    """Where the far end of a length of time begins: "at least 3 months and up to 3 years of letrozole"."""
    found = _AND_UP_TO.match(text, end)
    return found.start("far") if found else None


def abbreviation(text: str, floor: int, end: int) -> tuple[int, int] | None:
    """An abbreviation right before a comparator's sign, which it names: "with a TFI ≥ 6 months"."""
    token = _TOKEN.search(text, floor, end)
    return token.span("token") if token is not None and _SYMBOL.match(text, end) else None


def examples(text: str, floor: int, start: int, end: int) -> Iterator[re.Match[str]]:
    """The words that open the examples of a list that goes on behind a time: "diseases such as a stroke within 6 months, gout"."""
    if text[:start].rstrip().endswith(",") or not _GOES_ON.match(text, end):
        return
    for opening in (words().inclusions, words().asides):
        yield from (m for m in opening.finditer(text, floor, start) if m.group().lower() in _EXAMPLES)


def first_of(mentions: Mentions, begin: int, stop: int) -> int:
    """Where the first of two treatments ends that "and" joins: "since chemotherapy and radiotherapy" times both."""
    given = [m for m in mentions.concepts if m.kind in GIVEN and begin <= m.start and m.end <= stop]
    for first, second in zip(given, given[1:]):
        if both := _BOTH.fullmatch(mentions.text, first.end, second.start):
            return both.start("and")
    return stop


def limit_before(mentions: Mentions, floor: int, stop: int) -> int | None:
    """Where a limit begins that ends the words before a length of time: "platelets ≥ 50/nL (taken within 7 days)"."""
    limit = next((q for q in mentions.quantities if not q.is_time and q.explicit and floor < q.start and q.end == stop), None)
    if limit is None:
        return None
    named = any(not BRACKET.sub("", mentions.text[m.end : limit.start]).strip(" ,:=") for m in mentions.measured if floor <= m.start and m.end <= limit.start)
    return limit.start if named else None


def closing_of(text: str, opening: int, stop: int) -> int | None:
    """Where a bracket closes, if it does before a place."""
    depth = 0
    for i in range(opening, stop):
        depth += (text[i] in "([") - (text[i] in ")]")
        if depth == 0:
            return i
    return None

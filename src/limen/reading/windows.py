"""Windows: lengths of time that say when something was, with the event that they are measured from (windows.toml)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple, cast

from limen.criteria import Anchor, Operator
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation
from limen.mentions import Quantity, TimeSpan
from limen.reading.grammar import grammar
from limen.reading.half_lives import end_of_half_lives, half_lives

_STOP = re.compile(r"[;()]|\.\s|\.$|,\s")
_WITH = re.compile(r"\s(?P<with>with)\s+$", re.IGNORECASE)
_COUNTED = 40  # characters in which a limit and what it counts stand before a length of time
_COUNT = re.compile(r"(?:\s[^\W\d_]{3,}s)?\s")
_OVER = re.compile(r"over\s+an?\b", re.IGNORECASE)
_PERIOD = re.compile(r"[\s-]*(?:time\s+)?(?:period|interval|span)\b", re.IGNORECASE)
_AND = re.compile(r"\s+[^\W\d_][^.;:()\d]{2,90}?\sand\s+(?:the\s+)?(?=[^\W\d_])", re.IGNORECASE)
_TWO_ENDS = re.compile(r"between|separat", re.IGNORECASE)
_EITHER = re.compile(r"\sor$", re.IGNORECASE)
_FEW = 14  # characters between "before or" and the next length of time
_OR_SO = re.compile(r"\s(?:after|at|on|during|following|within|up|the|any|upon|with|since|first|study|screening|enrol|randomi|baseline)", re.IGNORECASE)
_BETWEEN = re.compile(r"between\b", re.IGNORECASE)
_JOINED = re.compile(r"\s(?:and|or|but)\s", re.IGNORECASE)
_PAST = re.compile(r"in\s+the\s+past\b|past\b|previous|preceding|prior$", re.IGNORECASE)
_BACK = re.compile(r"\b(?:last|past|previous|preceding|prior|recent)\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:first|initial)\b", re.IGNORECASE)
_OF_EVENT = re.compile(r"\s+of\s+(?!(?:the\s+)?(?:age|ages|gestation|pregnancy|life|duration|follow|each|a\b|\d))(?=[^\W\d_])", re.IGNORECASE)
_WORD = re.compile(r"([^\W_]+)[\s-]*$")  # the last one
_UP_TO = re.compile(r"up\s+to\b|a\s+maximum\s+of\b|at\s+most\b", re.IGNORECASE)
_FROM = re.compile(r"[\s-]+(?:(?:away|distant|apart)\s)?from\b(?![^.;,()]{0,40}\sto\s)", re.IGNORECASE)
_STUDY = ("screening", "enrolment", "consent", "randomisation")
_STATE = re.compile(r"post[\s-]?menopaus", re.IGNORECASE)
_SET_OFF = re.compile(r",\s(?:prior\s+to|before|preceding|in\s+advance\s+of)\s", re.IGNORECASE)
_AGO = re.compile(r"ago|earlier|beforehand", re.IGNORECASE)
_AHEAD = re.compile(  # what lies ahead of a visit, and not behind it
    r"\b(?:plan|schedul|expect|anticipat|intend|will|to\s+be|able|agree|remain|stay|available|surviv|prognosis|life|begin|start|initiat|dose|dosing|first|complete\s|return|follow|next)",
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:^|[\n.;:,(]|\b(?:be|is|are|was|were|been|and|or|with))[\s•*-]*(?:\d{1,2}[.)]\s*)?$", re.IGNORECASE)  # before a time that tells of no event but its own
_KEPT = re.compile(r"\b(?:agree\w*|willing\w*|use|using|contracepti\w+|abstain\w*|abstinen\w+|refrain\w*|donat\w+)\b", re.IGNORECASE)  # what goes on after a study's treatment
_TREATED = ("other", "surgery", "transplant")
_PLANNED = 80  # characters before a length of time in which it is said to lie ahead
_LEAD_LENGTH = 40
_LONGEST_LEAD = 120


class _Phrases(NamedTuple):
    leads: Scanner
    lead_kinds: dict[str, str]
    trails: re.Pattern[str]
    trail_kinds: dict[str, str]
    aside: re.Pattern[str]
    anchors: Scanner
    anchor_ids: dict[str, Anchor]
    of_study: re.Pattern[str]
    whose: re.Pattern[str]
    ends: Scanner
    ended: re.Pattern[str]
    others: frozenset[str]
    plain: frozenset[str]
    bare: Scanner
    anchored: frozenset[str]
    bare_operators: dict[str, Operator | None]
    bare_units: dict[str, tuple[str, Decimal]]


@cache
def _phrases() -> _Phrases:
    table = read_toml(data("windows.toml"))
    leads = {p: kind for kind, phrases in table["lead"].items() for p in phrases}
    trails = {p: kind for kind, phrases in table["trail"].items() for p in phrases}
    anchors = {name: cast(Anchor, entry["id"]) for entry in table["anchor"] for name in entry["names"]}
    bare = table["bare"]
    anchored = bare["anchored"]
    said = [*bare["phrases"].items(), *anchored.items()]
    operators = {p: None if op == "for" else cast(Operator, op) for op, phrases in said for p in phrases}
    lengths = {name: (code, Decimal(1)) for code, names in bare["units"].items() for name in names}
    lengths |= {name: (code, Decimal("0.5")) for code, names in bare["halves"].items() for name in names}
    lengths |= {name: (code, Decimal(2)) for code, names in bare["twos"].items() for name in names}
    return _Phrases(
        Scanner(alternation(leads)), leads,
        re.compile(rf"\]?[\s-]?(?P<phrase>{alternation(trails)})", re.IGNORECASE), trails,
        re.compile(rf"{half_lives().between}[\s,]{{1,2}}(?P<phrase>{alternation(trails)})", re.IGNORECASE),
        Scanner(alternation(anchors)), anchors,
        re.compile(rf"\s(?:{alternation(table['of_study']['first_dose'])})", re.IGNORECASE),
        re.compile(rf"\sof\s(?:the\s|any\s)?(?:{alternation(table['of_study']['whose'])})(?:\s(?:{alternation(table['of_study']['first_dose'])})){{0,2}}", re.IGNORECASE),
        Scanner(alternation(table["of_study"]["ends"])),
        re.compile(rf"[\s-]{alternation(table['of_study']['ended'])}", re.IGNORECASE),
        frozenset(table["of_study"]["treatments"]), frozenset(w.lower() for key in ("plain", "whose") for w in table["of_study"][key]),
        Scanner(rf"(?P<phrase>{alternation(operators)})\s+(?P<unit>{alternation(lengths)})"), frozenset(p for phrases in anchored.values() for p in phrases), operators, lengths,
    )  # fmt: skip


def unsaid_ones() -> list[str]:
    """The words in which a window's "one" is left unsaid or is a word: "past year", "a week", "one month"."""
    table = read_toml(data("windows.toml"))["bare"]
    leads = {"one", "an", *(phrase.split()[-1] for phrases in table["phrases"].values() for phrase in phrases)}
    ones = [f"{lead} {unit}" for lead in leads for names in table["units"].values() for unit in names]
    return [*ones, *(said for key in ("halves", "twos") for names in table[key].values() for said in names)]


def _key(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower())


def find_time_spans(text: str, quantities: Sequence[Quantity]) -> list[TimeSpan]:
    """A TimeSpan for each quantity of time, "in the past year" included; quantities of other dimensions are left alone."""
    times = [q for q in quantities if q.is_time]
    times += [q for q in _bare(text) if not any(q.start < t.end and t.start < q.end for t in quantities)]
    times.sort(key=lambda q: q.start)
    ends, limits = {q.end for q in times}, [q.end for q in quantities if q.explicit and not q.is_time]
    spans = [_time_span(text, q, ends, limits, following.number_start if following else len(text) + 2) for q, following in zip(times, [*times[1:], None])]
    return [_with_far_end(text, span, following) for span, following in zip(spans, [*spans[1:], None])]


def _with_far_end(text: str, span: TimeSpan, following: TimeSpan | None) -> TimeSpan:
    """ "Between 2 weeks and 3 months before surgery", "3 months to 2 weeks before": the first end, in another unit, with the event of the second."""
    quantity = span.quantity
    if following is None or span.trail not in (None, "of") or following.trail not in ("before", "after") or quantity.operator not in ("ge", "gt", "le"):
        return span
    if following.quantity.operator in ("le", "lt") and text[quantity.end : following.start].strip().lower() in ("and", "but") and span.lead is None:
        return replace(span, trail=following.trail, anchor=following.anchor, end=following.end)  # "≥ 2 weeks and < 4 months before randomization"
    turned = {quantity.operator, following.quantity.operator} == {"ge", "le"}
    opened = turned and (quantity.start == quantity.number_start or grammar().opener.match(text, quantity.start)) and quantity.unit != following.quantity.unit
    gap = text[quantity.end : following.quantity.number_start].lower()
    if not opened or not (grammar().opened_joint.fullmatch(gap) or grammar().joint.fullmatch(gap)):
        return span
    return replace(span, trail=following.trail, anchor=following.anchor, end=following.end)


def _bare(text: str) -> list[Quantity]:
    found = []
    phrases = _phrases()
    for match in phrases.bare.finditer(text):
        unit, length = phrases.bare_units[_key(match.group("unit"))]
        phrase = _key(match.group("phrase"))
        operator = phrases.bare_operators[phrase]
        if length == 1 and operator != "le" and not phrase.endswith(" a"):
            continue
        if phrase in phrases.anchored and _trail(text, match.end(), len(text) + 2)[0] != "before":
            continue
        found.append(_length(match, unit, length, operator))
    return found


def _length(match: re.Match[str], unit: str, length: Decimal, operator: Operator | None) -> Quantity:
    """The time that a phrase says without a number, under the phrase's comparator; `for a month` has none."""
    low = None if operator in ("le", "lt") else length
    high = None if operator in ("ge", "gt") else length
    start = match.start() if operator else match.start("unit")
    return Quantity(
        start, match.end(), operator, low, high,
        low_inclusive=None if low is None else operator != "gt", high_inclusive=None if high is None else operator != "lt",
        unit=unit, unit_text=match.group("unit").split()[-1].split("-")[-1], explicit=operator is not None,
        number_start=match.start("unit"), number_end=match.start("unit"),
    )  # fmt: skip


def _time_span(text: str, quantity: Quantity, ends: Collection[int], limits: Sequence[int], following: int) -> TimeSpan:
    """The words around a quantity of time; the number of the next one stands at `following`."""
    lead, start = _lead(text, quantity.start)
    if quantity.unit in ("min", "h") and text[start : quantity.start].lower() in ("in ", "in a "):
        lead, start = None, quantity.start  # "takes part in 60 minutes of exercise", "in a 24 h urine sample"
    if lead == "for" and any(end in ends for end in (start, start - 1)):
        lead, start = None, quantity.start  # "6 months through 17 years" is a range
    if lead is None and quantity.operator == "gt":
        lead, start = _lead(text, quantity.number_start)
        behind = any(0 < quantity.start - end < _COUNTED and _COUNT.fullmatch(text, end, quantity.start) for end in limits)  # "≥ 5 kg over 3 months"
        if lead == "within" and start == quantity.start:
            quantity = replace(quantity, operator=None, low=None, high=quantity.low)
        elif (behind and text.startswith("over ", quantity.start)) or (_OVER.match(text, quantity.start) and _PERIOD.match(text, quantity.end)):
            lead, start, quantity = "within", quantity.start, replace(quantity, operator=None, low=None, high=quantity.low)
    trail, anchor, end = _trail(text, quantity.end, following) if lead == "within" or not _SET_OFF.match(text, quantity.end) else (None, None, quantity.end)
    if lead is None and trail == "before" and quantity.operator is None and (slip := _WITH.search(text, max(0, quantity.start - 10), quantity.start)):
        lead, start = "within", slip.start("with")  # "therapy with 28 days prior to the first dose"
        quantity = replace(quantity, repaired="'with' read as 'within'")
    if trail == "after" and lead != "for" and anchor in _STUDY and _FROM.match(text, quantity.end) and not _AHEAD.search(text, max(0, start - _PLANNED), start):
        trail = "of" if lead == "within" else "before"  # "a stroke less than 6 months from screening" was before it
    elif trail == "after" and lead is None and anchor in _TREATED and _is_time_since(text, quantity, start) and (joint := _FROM.match(text, quantity.end)):
        trail, anchor, end = "since", None, joint.end()  # "at least 4 weeks from the last dose"
    elif trail == "since" and _FROM.match(text, quantity.end) and _KEPT.search(text, max(0, start - _PLANNED), start):
        trail, anchor = "after", "other"  # "agree to use condoms for at least 5 months from the last dose"
    led = text[start : quantity.number_start] if lead == "within" else ""
    if trail == "after" and _BACK.search(led) and text[quantity.end :].lstrip().lower().startswith("from"):
        trail = "of"  # "in the last 5 years from inclusion"
    if anchor is None and (_FIRST.search(led) or (lead == "within" and trail is None and not _BACK.search(led) and _OF_EVENT.match(text, quantity.end))):
        anchor = "other"
    if lead == "during" and trail == "before" and quantity.operator is None:
        lead = "within"
    if quantity.number_start == quantity.number_end and quantity.operator == "le":
        lead, start = "within", quantity.start
    elif lead == "within" and trail in ("before", "of") and quantity.operator == "ge":
        quantity = replace(quantity, start=start, operator="le", low=None, low_inclusive=None, high=quantity.low, high_inclusive=True)  # "within at least 14 days before"
    elif lead == "within" and quantity.operator in (None, "le", "lt"):
        operator = quantity.operator or "le"
        quantity = replace(quantity, start=start, operator=operator, low=None, high_inclusive=operator == "le", explicit=True)
    if trail == "of" and anchor == "other" and lead is None and _UP_TO.match(text, quantity.start):
        trail, anchor, end = None, None, quantity.end  # "up to 12 weeks of letrozole"
    if trail == "of" and (lead == "for" or (lead != "within" and not quantity.explicit)):
        trail, anchor, end = None, None, quantity.end
    beside = _phrases().aside.match(text, quantity.end) if trail is not None else None
    told = end_of_half_lives(text, end, opened=half_lives().before.search(text, start, quantity.number_start) is not None)
    return TimeSpan(quantity, lead, trail, anchor, start, told, told if told > end else beside.start("phrase") if beside else 0)


def _is_time_since(text: str, quantity: Quantity, start: int) -> bool:
    """Whether a length of time tells of no event before it, nor of what lies ahead: "at least 4 weeks from surgery", not "relapse > 6 months from surgery"."""
    near = max(0, start - _PLANNED)
    return quantity.explicit and _OPENING.search(text, near, start) is not None and _AHEAD.search(text, near, start) is None


def _lead(text: str, start: int) -> tuple[str | None, int]:
    """The lead phrase that ends where the quantity starts, the longest one."""
    phrases = _phrases()
    floor = max(0, start - _LEAD_LENGTH)
    filler = grammar().filler
    lead = None
    for match in phrases.leads.finditer(text, floor, start):
        gap = text[match.end() : start].lower().replace("[", "")
        if filler.fullmatch(gap) and "age" not in gap and not (gap.lstrip().startswith("to ") and match.group().lower().endswith("prior")):
            lead, start = phrases.lead_kinds[_key(match.group())], match.start()
            break
    within = half_lives().before.search(text, max(0, start - _LONGEST_LEAD), start) if lead in (None, "within") else None
    return ("within", within.start()) if within else (lead, start)


def _trail(text: str, end: int, following: int) -> tuple[str | None, Anchor | None, int]:
    """(trail kind, anchor, end of both) of the words behind the quantity."""
    phrases = _phrases()
    aside = None if (match := phrases.trails.match(text, end)) else phrases.aside.match(text, end)
    match = match or aside
    if match is None and (set_off := _SET_OFF.match(text, end)) is not None:
        found = _anchor(text, set_off.end(), set_off.end() + _LEAD_LENGTH)
        return ("before", *found) if found is not None and found[0] != "other" else (None, None, end)  # "within 14 days, prior to screening"
    if not match or (_PAST.match(match.group("phrase")) and following <= match.end() + 1):
        return None, None, end  # "for two weeks in the past 6 months"
    kind = phrases.trail_kinds[_key(match.group("phrase"))]
    if _EITHER.search(match.group("phrase")) and not _OR_SO.match(text, match.end()) and following > match.end() + _FEW:
        return kind, "other", match.end() - len(" or")  # "4 weeks before or planned in the 4 weeks after"
    if kind == "after" and _STATE.match(text, match.start("phrase")):
        return None, None, end  # "1 year post-menopausal"
    if kind == "since":
        opened_alone = _BETWEEN.match(match.group("phrase"))
        between = _AND.match(text, match.end()) if _TWO_ENDS.search(match.group("phrase")) else None
        if between is not None:  # "2 weeks between chemotherapy and the first dose"
            found = _anchor(text, between.end(), between.end() + 60)
            if found is not None or opened_alone is None:
                return kind, found[0] if found else None, match.end()
        if opened_alone is not None:
            return None, None, end  # "at least 2 weeks between the doses"
        return kind, None, match.end()  # "4 weeks since surgery": surgery is the event, and now the anchor
    if _AGO.fullmatch(match.group("phrase")):
        return kind, None, match.end()  # "> 5 years ago or never"
    stop = _STOP.search(text, match.end())
    limit = min(stop.start() if stop else len(text), match.end() + 60)
    joint = _JOINED.search(text, match.end(), min(limit, following))
    if joint and (kind == "of" or (following < limit and text[match.end() : joint.start()].strip())):
        limit = joint.start()  # "3 years of letrozole and planned for the study", "3 months after a stroke and 2 weeks after surgery"
    if (found := _anchor(text, match.end(), limit)) is not None:
        return kind, *found
    rest = text[match.end() : limit].strip()
    if kind == "of" or not rest:
        return (None, None, end) if kind == "of" else (kind, None, match.end())
    return kind, "other", match.end()


def _anchor(text: str, start: int, limit: int) -> tuple[Anchor, int] | None:
    """The first event with a name of its own in the words behind a window, and where it ends; the end of something is "other"."""
    phrases = _phrases()
    best = next(iter(phrases.anchors.finditer(text, start, limit)), None)
    if best is None:
        return None
    before = _WORD.search(text, start, best.start())
    other = _key(best.group()) in phrases.others and before is not None and before.group(1).lower() not in phrases.plain
    if other or phrases.ends.search(text, start, best.end()) or phrases.ended.match(text, best.end(), limit):
        return "other", best.end()
    anchor = phrases.anchor_ids[_key(best.group())]
    goes_on = phrases.of_study.match(text, best.end(), limit) if anchor == "enrolment" and best.group().lower().endswith(("study", "trial")) else None
    whose = phrases.whose.match(text, best.end(), limit)
    return ("first_dose", goes_on.end()) if goes_on else (anchor, whose.end() if whose else best.end())

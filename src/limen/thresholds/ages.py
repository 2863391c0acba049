"""The age at which something was: "epilepsy diagnosed before the age of 5", "age at menarche", which is not how old the patient is."""

from __future__ import annotations

import re
from dataclasses import replace

from limen.criteria import Operator
from limen.mentions import Quantity
from limen.thresholds.build import Target, bound
from limen.thresholds.events import Event
from limen.thresholds.names import Names
from limen.thresholds.phrases import trim
from limen.thresholds.wording import words

ONSET = "age_at_onset"
_SPECIMEN = re.compile(r"(?:[\s-]+old)?\s+(?:(?:archival|archived|stored|frozen|paraffin|embedded|available|tumou?r)[\s-]+){0,3}(?P<thing>[^\W\d_]+)", re.IGNORECASE)
_REACH = 90  # characters before an age in which its event is named
_LEAD = re.compile(
    r"(?:(?P<word>[^\W\d_]+)[\s)\]\"']{1,3})?\b(?P<lead>before|prior\s+to|after|since|until|till|by|at)\s+"
    r"(?:the\s+|an?\s+)?(?:ages?\s+)?(?:of\s+)?(?:[<>≥≤=]{1,2}\s?|(?:at\s+least|over|under|above|below)\s+)?$",
    re.IGNORECASE,
)
_FAR = re.compile(
    r"(?:(?P<word>[^\W\d_]+)[\s)\]\"']{1,3})?\b(?P<lead>before|prior\s+to|after|beyond|past)\s+(?:the\s+)?(?:completed\s+|completion\s+of\s+)?$",
    re.IGNORECASE,
)
_ADULT, _GROWN, _OLD, _WIDE = 18, 40, 50, 10  # the age of consent; years that nothing lasts; the end of a range of ages, and how wide it is
_APART = re.compile(r"[,;(\[]\s*$|^[\s\-–•*.0-9)(]*$|(?:^|\s)\d\.\s$|[,;]\s+and\s+$")
_CLOSED = re.compile(r"\s*(?:[,;.)\]]|$|or\b|and\b)", re.IGNORECASE)
_SENTENCE, _PART = re.compile(r"[.;:]\s|\n"), re.compile(r"[.,;:(]\s|\n")
_NEAR_END = re.compile(r"(?:\b(?:between|from)\s)?\d[\d.]{0,4}\s?[^\W\d_]{1,6}\s?(?:and|to|[-–])\s?$", re.IGNORECASE)  # "with children between 6 months and 5 years"
_AGED = re.compile(
    r"[\s,-]*(?:(?:old|of\s+age|and\s+(?:above|older|over)|or\s+(?:above|older|over)|inclusive|who|that|are|is|was|were|have|has|had|been|being|male|female|men|women|adults?|patients?|subjects?|participants?|individuals?|persons?|people)\b[\s,]*){0,7}",
    re.IGNORECASE,
)  # what may stand between an age and what happened to those who are so old
_SIDES: dict[str, Operator] = {
    "before": "lt",
    "prior": "lt",
    "by": "le",
    "until": "le",
    "till": "le",
    "after": "gt",
    "since": "gt",
    "at": "eq",
}


def as_event_age(text: str, quantity: Quantity, target: Target) -> tuple[Quantity, Target]:
    """The limit and what it limits: the age at an event in place of the patient's age, where the words beside it name one."""
    lead = _LEAD.search(text, max(0, quantity.number_start - _REACH), quantity.number_start)
    before = text[max(0, quantity.start - _REACH) : quantity.number_start]
    begun = words().begun.search(before) is not None
    named = target.end > target.start
    timed = words().begun_at.match(text, quantity.end) or (
        named and target.end <= quantity.start and words().begun_at.match(text, target.end, quantity.start)
    )
    if not timed and not (lead is not None and _is_bound(lead, begun=begun)):
        return quantity, target
    if quantity.operator == "eq" and lead is not None and text[quantity.number_start - 1 : quantity.number_start] != "=":
        quantity = _sided(quantity, _SIDES[lead.group("lead").split()[0].lower()])
    return quantity, target._replace(id=ONSET if timed or begun else None)


def behind_age(names: Names, event: Event | None, start: int) -> Event | None:
    """The event of a length of time at `start` without the age of those whom it befell: "18-75 years old hospitalised within 48 h"."""
    ages = [q.end for q, targets, _ in names.used if targets[0].id == "age" and event is not None and event.start <= q.number_start and q.end < event.end <= start]
    if event is None or not ages:
        return event
    told = _AGED.match(names.text, max(ages), start)
    begin = told.end() if told else max(ages)
    place = trim(names.text, begin, max(begin, event.end)) or trim(names.text, begin, start)
    return Event(*place, max(place[0], event.head_end)) if place is not None else event


def is_grown(text: str, quantity: Quantity) -> bool:
    """Whether years that nothing calls an age can be nothing else: "asthma, 18 to 65 years", "of either sex and ≥ 18 years"."""
    if quantity.unit != "a" or _is_else(text, quantity, ranged=quantity.operator == "between"):
        return False
    low, high = quantity.low, quantity.high
    if low is not None and high is not None and quantity.operator == "between":
        return low >= _GROWN or (low >= 1 and high >= _OLD and high >= low + _WIDE)
    value = low if low is not None else high
    if value is None or (quantity.operator == "eq" and not text.startswith("=", quantity.start)):
        return False
    apart = _APART.search(text, max(0, quantity.start - _REACH), quantity.start) is not None
    alone = apart and _CLOSED.match(text, quantity.end) is not None  # "pregnancy, transfusion, < 18 years"
    return (apart and value >= _GROWN) or (value == _ADULT and (alone or quantity.operator not in ("le", "lt")))


def is_young(text: str, quantity: Quantity) -> bool:
    """Whether "6 months to 5 years" is how old the children are that its sentence names before a comma."""
    apart = _APART.search(text, max(0, quantity.start - _REACH), quantity.start) is not None
    return apart and not _is_else(text, quantity) and words().young.search(_SENTENCE.split(text[max(0, quantity.start - _REACH) : quantity.start])[-1]) is not None


def _is_else(text: str, quantity: Quantity, *, ranged: bool = False) -> bool:
    """Whether words beside years name another person, or what began or lasts: "a relative with cancer, < 50 years"."""
    before = text[max(0, quantity.start - _REACH) : quantity.start]
    sentence = _SENTENCE.split(before)[-1]
    other = words().others.search(sentence) or words().no_age.search(_PART.split(before)[-1] if ranged else sentence)
    return other is not None or words().no_age_behind.match(text, quantity.end) is not None


def is_of_another(text: str, quantity: Quantity) -> bool:
    """Whether an age is not the patient's: "have a child under 5 years", "parents of 2-12 year-old children", "whose mother is under 18", "sudden death under 40 years"."""
    lead = _NEAR_END.sub("", text[max(0, quantity.start - _REACH) : quantity.start])
    if words().of_offspring.search(lead) or words().of_dead.search(lead) or words().of_beside.search(lead):
        return True
    return words().having.search(lead) is not None and words().offspring.match(text, quantity.end) is not None


def as_gestation(text: str, quantity: Quantity, name: Target | None) -> tuple[Quantity, Target] | None:
    """ "After 37 weeks of gestation", "before 20 weeks gestation": how far a pregnancy is, or was at an event before it.

    `name`: the words that say gestation, inside the quantity's own or before it.
    """
    lead = _FAR.search(text, max(0, quantity.number_start - _REACH), quantity.number_start) if quantity.operator is None else None
    if lead is None or name is None:
        return None
    word = (lead.group("word") or "").lower()
    own = not word or word in words().persons or word in words().pregnant or _ends(name, lead)
    bounded = bound(
        replace(quantity, explicit=True, start=lead.start("lead")), "lt" if lead.group("lead").lower() in ("before", "prior to") else "ge"
    )
    return bounded, name if own else name._replace(id=None)


def _ends(name: Target, lead: re.Match[str]) -> bool:
    """Whether a name stands right before the word that leads to its number."""
    return lead.start() <= name.end <= lead.start("lead")


def _is_bound(lead: re.Match[str], *, begun: bool) -> bool:
    """Whether an event stands before "before the age of": no person, no beginning of a line, no word of the study."""
    word = (lead.group("word") or "").lower()
    if not word or word in words().persons or word in words().joining:
        return False
    return begun or lead.group("lead").lower() != "at"


def _sided(quantity: Quantity, side: Operator) -> Quantity:
    return quantity if side == "eq" else bound(replace(quantity, explicit=True), side)


def of_specimen(text: str, quantity: Quantity) -> bool:
    """Whether an age is that of the specimen behind it: "≤ 1 year old archival tissue"."""
    behind = _SPECIMEN.match(text, quantity.end)
    return behind is not None and words().specimen.match(f" {behind['thing']}") is not None


"""What was over, or must be over, by a time: "off steroids for 4 weeks", "must be stopped 2 weeks before surgery"."""

from __future__ import annotations

import re

from limen.mentions import Quantity, TimeSpan
from limen.thresholds.events import Event
from limen.thresholds.names import Names
from limen.thresholds.phrases import last_word
from limen.thresholds.wording import words

_AND_ON = re.compile(r"\b(?:and|or|but)\s+(?:currently\s+)?(?:on|taking|receiving|using)\s", re.IGNORECASE)
_AND_AGAIN = re.compile(r"\bfor\s+(?:(?:at\s+least|a\s+minimum\s+of|[≥>]=?)\s*)?[\w.]{1,8}\s+\w{3,8}\s*,?\s+(?:and|or)\s+(?:off\s+)?$", re.IGNORECASE)
_COMPLETED = re.compile(r"\b(?:has|have|had|having)\s+(?:completed|finished|ended)\s+(?:(?:all|any|the|their|prior|previous)\s+)*$", re.IGNORECASE)
_DONE = re.compile(r"(?:completed|finished)\s", re.IGNORECASE)
_COURSE = re.compile(r"\b(?:course|cycles?|program(?:me)?|regimen|dose|doses|weeks|months)\b", re.IGNORECASE)
_FREE = re.compile(r"[\s-]free$", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
# Words beside a thing that it is asked to last, or asked for ahead.
_LASTING = re.compile(
    r"\b(?:chronic(?:ally)?|continuous(?:ly)?|continued|long[\s-]?term|prolonged|consecutive(?:ly)?|daily|regular(?:ly)?|persist\w+|lasting|stable|negative"
    r"|agree\w*|willing\w*|able|plan\w*|intend\w*|accept\w*|commit\w*|consent\w*)\b"
    r"|\b(?:must|should|shall|will)\s+(?:use|take|receive|continue|remain|be\s+on)\b",
    re.IGNORECASE,
)
_DEMANDED = 90  # characters before a length of time in which something must be over
_NEAR = 24  # characters before an event in which it is said to be over
_BESIDE = 4  # characters between a denial and what it denies
_HEADED = 48  # characters before an event in which its treatment is named


def stopped(names: Names, event: Event, start: int) -> bool:
    """Whether the words say that the event was over: "off steroids for 4 weeks", but not "off-label use for 4 weeks"."""
    near = max(0, event.start - _NEAR)
    if _AND_ON.search(names.text, near, start):
        return False  # "off warfarin and on aspirin for 2 weeks"
    if again := _AND_AGAIN.search(names.text, max(0, event.start - _DEMANDED), event.start):  # "off A for 4 weeks and B for 2 weeks"
        near = max(0, again.start() - _NEAR)
    if _is_over(names, event, start):
        return True  # "has completed chemotherapy for at least 3 months"
    return says_stopped(names.text, near, start)


def says_stopped(text: str, start: int, end: int) -> bool:
    """Whether words of a thing being over stand in a stretch: "off", "stopped"."""
    said = _LETTERS.findall(text[start:end].lower())
    return "label" not in said and any(w in words().stopped for w in said)


def went_without(names: Names, event: Event, quantity: Quantity) -> bool:
    """Whether somebody did without a drug, procedure or disease for so long: "no steroids for 4 weeks", but not "no long-term steroids".

    A denied "more than 4 weeks" says how long the thing must not have lasted.
    """
    said = names.text[event.start : quantity.end]
    if quantity.operator != "ge" or event.end > quantity.start or "(" in said or _LASTING.search(names.text, max(0, event.start - _HEADED), quantity.end):
        return False
    denials = [c for c in names.mentions.cues if c.category == "NEGATED_EXISTENCE" and c.end <= event.end]
    named = [m for m in names.mentions.concepts if event.start <= m.start and m.end <= event.end]
    if _FREE.search(said, 0, event.end - event.start):
        return bool(named)  # "steroid-free for 4 weeks"
    if any(c.start > event.start or (c.end > event.start and named and named[-1].start - c.end > _BESIDE) for c in denials):
        return False  # "can lie flat without pain for an hour", "lack of contact with patients for 2 weeks"
    if named:
        return "negated" in named[-1].context and named[-1].kind in ("drug", "procedure", "condition")
    return any(event.start - c.end < _BESIDE for c in denials)


def _is_over(names: Names, event: Event, start: int) -> bool:
    """Whether a treatment is said to be completed for so long."""
    done = _COMPLETED.search(names.text, max(0, event.start - _HEADED), event.start) or _DONE.match(names.text, event.start)
    treated = any(m.kind in ("drug", "procedure") for m in names.mentions.concepts if event.start <= m.start and m.end <= event.end)
    return done is not None and treated and _COURSE.search(names.text, event.start, start) is None


def must_be_over(names: Names, span: TimeSpan) -> bool:
    """ "Must be discontinued 2 weeks before surgery": what must be over by a time may have been over for longer."""
    if span.lead is not None or span.trail != "before":
        return False
    begun = _LETTERS.findall(re.split(r"[.;]\s", names.text[: span.start].lower())[-1][:_DEMANDED])
    sentence = re.split(r"[.;]\s", names.text[max(0, span.start - _DEMANDED) : span.start].lower())[-1]
    said = _LETTERS.findall(sentence)
    if len(said) > 1 and (begun[0] in words().stopped or (said[-1] in words().stopped and said[-2] in ("is", "are"))):
        return True  # "steroids are stopped 7 days before the first dose", "Stopped all steroids 7 days before it"
    demand = max((i for i, word in enumerate(said) if word in words().demands), default=len(said))
    return "not" not in said[demand:] and any(w in words().stopped or w in words().finished for w in said[demand + 1 :])


def at_least(names: Names, span: TimeSpan) -> bool:
    """ "Contraception until 5 weeks after the last dose", "during the study and 5 weeks after it", "before 6 months prior to it"."""
    text, start = names.text, span.quantity.start
    last = last_word(text, start)
    if span.lead is None and span.trail == "after":
        return last in ("until", "till", "through") or (last in ("and", "plus") and words().phases.search(text, max(0, start - _DEMANDED), start) is not None)
    return span.lead is None and span.trail == "before" and last == "before"


def is_deadline(names: Names, span: TimeSpan) -> bool:
    """ "Chemotherapy completed no later than 4 weeks before enrolment": it may have been over for longer, and not for less."""
    text, start = names.text, span.quantity.number_start
    latest = words().deadline.search(text, max(0, start - _NEAR), start) if span.trail == "before" else None
    if latest is None:
        return False
    said = _LETTERS.findall(re.split(r"[.;]\s", text[max(0, start - _DEMANDED) : latest.start()].lower())[-1])
    return any(w in words().stopped or w in words().finished or w in words().last_ones for w in said)

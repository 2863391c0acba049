"""The phases of a study that stand between an event and a length of time: "contraception during the study and for 30 days after it"."""

from __future__ import annotations

import re

from limen.thresholds.phrases import trim
from limen.thresholds.wording import words

_PHASE_REST = re.compile(r"(?:\s(?!or\b)[^\W\d_]+){0,6}(?:(?:\s(?!or\b)[^\W\d_]+){0,6}\sand\s(?:continuing|continued|extending))?[\s,]*", re.IGNORECASE)
_FROM = re.compile(r"\b(?:from|(?:starting|beginning)(?:\s(?:from|at|on|with|before|after))?)(?:\s+(?!(?:and|or|to|until)\b)[^\W_][\w/-]*){1,7}(?P<until>\s+(?:until|till?|to|through|up\s+to|and\s+(?:continuing|continued|extending|lasting|continuously)(?:\s+until)?))?$", re.IGNORECASE)
_UNTIL = re.compile(r"\s+(?:until|till?|to|through|up\s+to)\s", re.IGNORECASE)
_EDGES = " ,-–"
_PHASES = 4


def before_phases(text: str, floor: int, stop: int) -> int:
    """Where the words end before the phases of a study, one or more: "contraception from consent, during the study and for 30 days after it"."""
    for _ in range(_PHASES):
        phases = (m for m in words().phases.finditer(text, floor, stop) if _PHASE_REST.fullmatch(text, m.end(), stop))
        phase = next((m for m in phases if _is_open(text, floor, m.start())), None) or _reached(text, floor, stop)
        if phase is None or trim(text, floor, phase.start()) is None:
            break
        stop = len(text[: phase.start()].rstrip(_EDGES))
    return stop


def only_phase(text: str, floor: int, stop: int) -> bool:
    """Whether the words say no more than a phase: "During the study and for 30 days after it, participants use contraception"."""
    begin = floor + len(text[floor:stop]) - len(text[floor:stop].lstrip(_EDGES + "•*\n"))
    phase = words().phases.match(text, begin, stop)
    return phase is not None and not phase.group().lower().startswith("from") and _PHASE_REST.fullmatch(text, phase.end(), stop) is not None


def _reached(text: str, floor: int, stop: int) -> re.Match[str] | None:
    """From when something goes on until a time: "contraception from the first injection until 3 months after the last one"."""
    begun = _FROM.search(text, floor + 1, stop)
    return begun if begun is not None and (begun.group("until") or _UNTIL.match(text, stop)) else None


def _is_open(text: str, floor: int, place: int) -> bool:
    """Whether no bracket is open at a place."""
    return all(text.count(a, floor, place) <= text.count(b, floor, place) for a, b in ("()", "[]"))

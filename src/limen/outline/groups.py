"""Lists for several groups of participants: "Patients:", "Inclusion criteria for cohort A", "Phase 2:" over both lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from limen.lexicon.labels import Kind, kind_of, named_in
from limen.outline.clauses import Clause
from limen.outline.lines import Heading, Role

_EDGE = " \t\u00a0*_#-–—.:：,()[]"
_LEADING = re.compile(r"(?:(?:for|in|of|at|are|include[sd]?)\s+)*(?:the\s+)?", re.IGNORECASE)
_SEVERAL = re.compile(r"\band\b|[&,/+]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """Words [start, end) that say for whom, as text in lower case, and whom they name."""

    start: int
    end: int
    text: str
    kind: Kind


@dataclass(slots=True)
class Block:
    """The clauses of one list, the words [start, end) that head it, and for whom it is."""

    role: Role
    start: int
    end: int
    clauses: list[Clause]
    label: Label | None = None


def label_of(text: str, heading: Heading) -> Label | None:
    """For whom a heading's list is, where it says so."""
    start, end = _trimmed(text, *heading.whom)
    kind = named_in(text, start, end) if start < end else None
    return Label(start, end, " ".join(text[start:end].lower().split()), kind) if kind is not None else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGE:
        start += 1
    lead = _LEADING.match(text, start, end)
    start = lead.end() if lead and lead.end() < end else start
    while start < end and text[end - 1] in _EDGE:
        end -= 1
    if text.count("(", start, end) > text.count(")", start, end) and text[end : end + 1] == ")":
        end += 1
    return start, end


def _lead_label(text: str, clause: Clause) -> Label | None:
    kind = kind_of(text, clause.start, clause.end)
    words = text[clause.start : clause.end].lower().strip(_EDGE)
    return Label(clause.start, clause.end, " ".join(words.split()), kind) if kind is not None else None


def outer_label(text: str, clauses: list[Clause]) -> Label | None:
    """A label behind the items of a list and before the heading of the next one, which is taken from them: "Phase 2:"."""
    last = clauses[-1] if clauses else None
    if last is None or last.children or text[text.rfind("\n", 0, last.start) + 1 : last.start].strip():
        return None
    label = _lead_label(text, last)
    if label is None or (label.kind != "group" and not text[last.start : last.end].endswith((":", "："))):
        return None  # "breastfeeding mothers" may well be the last of those whom a list names
    clauses.pop()
    return label


def for_whom(text: str, blocks: Sequence[Block]) -> list[tuple[Role, Clause]]:
    """The clauses of all lists, each list for some of several groups of participants below the words that say so."""
    leads = {c.start: label for b in blocks for c in b.clauses if c.children and (label := _lead_label(text, c)) is not None}
    labels = [*(b.label for b in blocks if b.label is not None), *leads.values()]
    open_to_all = {b.role for b in blocks if b.clauses and b.label is None}
    found: list[tuple[Role, Clause]] = []
    for block in blocks:
        clauses = [replace(c, whom=True) if (of := leads.get(c.start)) is not None and _tells_apart(of, labels) else c for c in block.clauses]
        if clauses and block.label is not None and _tells_apart(block.label, labels, beside=block.role in open_to_all):
            clauses = [Clause(block.start, block.end, block.start, None, tuple(clauses), whom=True)]
        found += [(block.role, clause) for clause in clauses]
    return found


def _tells_apart(label: Label, labels: Sequence[Label], *, beside: bool = False) -> bool:
    """Whether a label's list is for some participants alone: "patients" are everyone where no controls stand beside them.

    `beside`: a list for nobody in particular stands beside it.
    """
    several = beside or len({one.text for one in labels}) > 1
    match label.kind:
        case "group":
            return several or _SEVERAL.search(label.text) is None
        case "apart" | "people":
            return several
        case "anyone":
            return any(one.kind in ("group", "apart") for one in labels)
        case "former":
            return True
        case "everyone":
            return False

"""A denial that goes on over the items of a list: "no pins or plates"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.assembly.denials import all_denied, end_of, is_denied, opened
from limen.assembly.grammar import grammar
from limen.assembly.leaves import unread
from limen.assembly.statuses import names_denial
from limen.criteria import AllOf, AnyOf, Condition, Exposure, Expression, Not, Threshold, Unread, leaves

_SAID = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
_OWN_WORD = re.compile(r"\bnon[-\s]$", re.IGNORECASE)  # denies its own word alone
_HISTORY = re.compile(r"\bhistory\s+of\b", re.IGNORECASE)
_GOES_ON = re.compile(r"\W*n?or\s", re.IGNORECASE)
_ASIDE = 90  # characters of an aside behind a statement
_DEED = re.compile(r"\w{2}ed\b")  # "no response was seen or the disease progressed within 3 months"
_BARE = 4  # words of a name that stands by itself behind a semicolon
_NEGATIVE = re.compile(r"\bnegative\b", re.IGNORECASE)
_RESULT = re.compile(r"\W*(?:(?:a|an|the)\s+)?negative\b", re.IGNORECASE)


def spread(text: str, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """A list whose first item opens with its denial, with what nobody reads behind it denied too: "no pins or plates".

    Where commas alone join a list one of whose further items brings a denial of its own, each stands for itself.
    """
    opening = opened(text, *stretches[0])
    if opening is None or not (all_denied(parts[0]) or names_denial(parts[0])) or _OWN_WORD.search(text, stretches[0][0], opening):
        return list(parts)
    again = [opened(text, a, b) is not None for a, b in stretches[1:]]
    if any(again) and not any(_SAID.search(text, a, c) for (_, a), (c, _) in zip(stretches, stretches[1:])):
        return list(parts)
    made = [parts[0]]
    tested = _NEGATIVE.search(text, *stretches[0]) is not None
    for (start, end), part, own in zip(stretches[1:], parts[1:], again):
        result = not tested and _RESULT.match(text, start, end)  # "no suspicion of a fracture, and a negative scan"
        made.append(part if own or result or end_of(text, opening, end) else _denied(part))
    return made


def between_stops(text: str, pieces: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The sentences of a stretch in runs that semicolons join, "No gout; asthma; or fever. Please contact us." are two; without closing asides."""
    runs: list[list[tuple[int, int]]] = []
    for start, end in pieces:
        piece = start, aside.start() if (aside := grammar().beside_statement.search(text, max(start, end - _ASIDE), end)) else end
        if runs and ";" in text[runs[-1][-1][1] : piece[0]]:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def behind_semicolons(text: str, pieces: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> list[Expression | None]:
    """An inclusion's bare names behind a denial and a semicolon: "No history of A; B; C" denies all three, and "No A; B" is for a person."""
    if len(parts) < 2 or len(parts) != len(pieces) or any(";" not in text[a:b] for (_, a), (b, _) in zip(pieces, pieces[1:])):
        return list(parts)
    first, opening = parts[0], opened(text, *pieces[0])
    named = [p for part in parts if part is not None for p in (leaves(part) if part is first or isinstance(part, AnyOf) else (part,))]
    short = all(len(text[a:b].split()) <= _BARE * (len(p.of) if isinstance(p, AnyOf) else 1) for (a, b), p in zip(pieces[1:], parts[1:]))
    bare = len({type(p) for p in named}) == 1 and short and not any(is_denied(p) for part in parts[1:] if part is not None for p in leaves(part))
    if not bare or opening is None or not all_denied(first):
        return list(parts)
    whole = _HISTORY.search(text, pieces[0][0], opening) is not None or any(_GOES_ON.match(text, a) for a, _ in pieces[1:])
    return [first, *(_denied_name(p) if whole else unread(text, a, b) for (a, b), p in zip(pieces[1:], parts[1:]))]


def _denied_name(part: Expression | None) -> Expression | None:
    if isinstance(part, AnyOf):
        return AllOf(of=tuple(p for q in part.of if (p := _denied_name(q)) is not None))
    return part.model_copy(update={"negated": True}) if isinstance(part, (Condition, Exposure)) else part


def _denied(part: Expression | None) -> Expression | None:
    """The denial of what nobody read, and of each such thing of a list that names nothing else; of nothing else."""
    if isinstance(part, (AllOf, AnyOf)) and _is_unknown(part):
        made = [p for p in map(_denied, part.of) if p is not None]
        return AllOf(of=tuple(q for p in made for q in (p.of if isinstance(p, AllOf) else (p,))))
    unknown = isinstance(part, Threshold) and part.kind in ("window", "duration") and part.concept is None and not _DEED.search(part.concept_text or "")
    return Not(of=part) if isinstance(part, Unread) or (unknown and part is not None) else part


def none_of(part: Expression | None) -> Expression | None:
    """The kinds of a thing that is denied, denied too: whoever has none of it has none of its kinds.  Limits stay as they are."""
    if part is None or is_denied(part):
        return part
    if isinstance(part, (AllOf, AnyOf)):
        return AllOf(of=tuple(q for p in part.of if (q := none_of(p)) is not None))
    if isinstance(part, (Condition, Exposure)):
        return part.model_copy(update={"negated": True})
    return Not(of=part) if isinstance(part, Unread) else part


def _is_unknown(part: Expression) -> bool:
    """Whether a part names nothing that is not denied."""
    return isinstance(part, Unread) or all_denied(part) or (isinstance(part, (AllOf, AnyOf)) and all(map(_is_unknown, part.of)))


def denied_alike(text: str, role: str, stretches: Sequence[tuple[int, int]], parts: Sequence[Expression | None]) -> bool:
    """Whether one denial, in the first item, denies every item of a list; in an inclusion nobody need have read that item."""
    first = parts[0]
    begun = all_denied(first) or (role == "inclusion" and names_denial(first)) or (role == "inclusion" and isinstance(first, Unread) and grammar().denied_before.search(text, first.start, first.end) is not None)
    return begun and all(map(all_denied, parts[1:])) and not any(opened(text, a, b) for a, b in stretches[1:])

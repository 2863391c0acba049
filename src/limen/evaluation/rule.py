"""The scoring rule of thresholds: which reading belongs to which annotation, and which of its fields are right.

    pairing    a reading belongs to the annotation that it shares most characters with, in the same text, one to one
    concept    the spans overlap, or one name's words contain the other's; an age by any word for a person or a time of life
    operator   equal
    values     the same numbers in any order, as written or both multiplied by their power of ten
    unit       equal after spelling is set aside; every wording of the upper limit of normal is one unit; powers of ten are
               no part of a unit, nor are "stage" and "grade"; an annotation without a unit is not scored on it
    exact      all of these
    precision  of the readings that belong to an annotation of the scored set, or to no annotation at all, the exact share

Readings of one comparison that name several things count as one reading with several names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from limen.criteria import Threshold, Trial
from limen.rows import rows

MEASURES = ("found", "op+values", "concept+op+values", "exact")
_Rewrite = tuple[str, "str | Callable[[re.Match[str]], str]"]
_SPELLINGS: tuple[_Rewrite, ...] = (
    (r"[µμ]", "u"),
    (r"²", "2"),
    (r"³", "3"),
    (r"[×✕*·]", "x"),
    (r"\^|\*\*", ""),
    (r"\bper\b", "/"),
    (r"upper limits? (?:of )?(?:the )?normal(?: range)?|upper normal limit|\bunl\b|institutional uln|upper limit", "uln"),
    (r"lower limits? (?:of )?(?:the )?normal(?: range)?|\blln\b", "lln"),
    (r"\btimes\b|\bfold\b", "x"),
    (r"\bthe\b|\bof\b|\babove\b", ""),
    (r"\byears? ?-?old\b|\byears? of age\b|\by/?o\b|\byrs?\b|\byears?\b|\by\b", "year"),
    (r"\bmonths?\b|\bmos?\b", "month"),
    (r"\bweeks?\b|\bwks?\b", "week"),
    (r"\bdays?\b", "day"),
    (r"\bhours?\b|\bhrs?\b", "hour"),
    (r"\bminutes?\b", "min"),
    (r"\bmilligrams?\b", "mg"),
    (r"\bkilograms?\b|\bkgs\b", "kg"),
    (r"\bdecilit(?:er|re)s?\b", "dl"),
    (r"\bmillilit(?:er|re)s?\b", "ml"),
    (r"\blit(?:er|re)s?\b", "l"),
    (r"\bpercent\b", "%"),
    (r"cubic millimet(?:er|re)s?|\bcumm\b|\bcmm\b", "mm3"),
    (r"mcl\b", "ul"),
    (r"mcg", "ug"),
    (r"inclusive|predicted value", lambda m: "predicted" if m.group().startswith("p") else ""),
    (r"\bpoints?\b|\bscores?\b", ""),
    (r"\bcells?\b|\bplatelets\b", ""),
)
_NO_UNITS = re.compile(
    r"\b(?:stages?|grades?|class|status|classification|levels?|systolic|diastolic|institutional|gestation(?:al)?|in a|a)\b"
)
_AGE = re.compile(r"\b(?:age|aged|ages|old|older|younger|years?|months?|adults?|patients?|subjects?|participants?|men|women|children)\b")
_REWRITES = [(re.compile(pattern), to) for pattern, to in _SPELLINGS]


@dataclass(frozen=True, slots=True)
class Name:
    """One thing that an annotated comparison limits."""

    start: int
    end: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """An annotated comparison."""

    file: str
    start: int
    end: int
    kind: str
    operator: str | None
    values: tuple[float, ...]
    scale: float
    unit: str | None
    names: tuple[Name, ...]
    words: tuple[str, ...]
    text: str
    line: str
    phenomena: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One name under a reading."""

    words: tuple[str, ...]
    units: tuple[str, ...]
    kind: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A reading of one comparison, with everything that it names."""

    file: str
    start: int
    end: int
    operator: str
    values: tuple[float, ...]
    scale: float
    members: tuple[Member, ...] = field(default=())


def claims(trial: Trial, file: str) -> list[Claim]:
    """The readings of a trial, the rows of its flat table, those of registry fields left out."""
    by_place: dict[tuple[int, int], Claim] = {}
    members: dict[tuple[int, int], list[Member]] = defaultdict(list)
    for row in rows(trial):
        if row.role == "registry":
            continue
        place = (row.start, row.end)
        by_place.setdefault(place, Claim(file, *place, row.operator, _values(row), float(row.scale)))
        members[place].append(_member(row))
    return [Claim(c.file, c.start, c.end, c.operator, c.values, c.scale, tuple(members[place])) for place, c in by_place.items()]


def _values(threshold: Threshold) -> tuple[float, ...]:
    numbers = [float(n) for n in (threshold.grades or (threshold.low, threshold.high)) if n is not None]
    single = threshold.operator in ("eq", "ne") and len(numbers) == 2 and numbers[0] == numbers[1]
    return tuple(numbers[:1] if single else numbers)


def _member(threshold: Threshold) -> Member:
    limit = {"uln": "ULN", "lln": "LLN"}.get(threshold.reference or "", threshold.unit_text)
    words = (threshold.concept_text, (threshold.concept or "").replace("_", " "))
    return Member(
        words=tuple(w for w in words if w),
        units=tuple(u for u in (limit, threshold.unit) if u),
        kind=threshold.kind,
        start=threshold.concept_start,
        end=threshold.concept_end,
    )


def pair(golds: Sequence[Gold], readings: Sequence[Claim]) -> dict[int, int]:
    """Reading -> annotation, by their places in the two lists: the greatest overlap first, one to one."""
    here: dict[str, list[int]] = defaultdict(list)
    for i, gold in enumerate(golds):
        here[gold.file].append(i)
    overlaps = []
    for j, claim in enumerate(readings):
        for i in here[claim.file]:
            shared = min(golds[i].end, claim.end) - max(golds[i].start, claim.start)
            if shared > 0:
                overlaps.append((-shared, i, j))
    taken: set[int] = set()
    found: dict[int, int] = {}
    for _, i, j in sorted(overlaps):
        if i not in taken and j not in found:
            taken.add(i)
            found[j] = i
    return found


def judge(gold: Gold, claim: Claim) -> dict[str, bool]:
    """The fields of a reading, right or wrong."""
    return {
        "operator": gold.operator == claim.operator,
        "values": _same_values(gold, claim),
        "concept": any(_same_name(gold, m) for m in claim.members),
        "unit": _same_unit(gold, claim),
    }


def measures(fields: dict[str, bool]) -> dict[str, bool]:
    """The measures of a reading that was found."""
    limit = fields["operator"] and fields["values"]
    named = limit and fields["concept"]
    return {"found": True, "op+values": limit, "concept+op+values": named, "exact": named and fields["unit"]}


def _same_values(gold: Gold, claim: Claim) -> bool:
    scaled = (sorted(v * gold.scale for v in gold.values), sorted(v * claim.scale for v in claim.values))
    written = (sorted(gold.values), sorted(claim.values))
    return any(len(a) == len(b) and all(abs(x - y) <= 1e-6 * max(1.0, abs(x)) for x, y in zip(a, b)) for a, b in (scaled, written))


def _plain(words: str | None) -> str:
    return re.sub(r"[^a-z0-9]+", " ", (words or "").lower()).strip()


def _same_name(gold: Gold, member: Member) -> bool:
    if gold.kind == "age" and member.kind == "age":
        return True
    if member.start is not None and member.end is not None and any(n.start < member.end and member.start < n.end for n in gold.names):
        return True
    return any(_is_name_of(gold, said) for words in member.words if (said := _plain(words)))


def _is_name_of(gold: Gold, said: str) -> bool:
    if gold.kind == "age" and _AGE.search(said):
        return True
    for name in filter(None, map(_plain, _all_names(gold))):
        if name == said or re.search(rf"\b{re.escape(name)}\b", said) or (len(said) > 2 and re.search(rf"\b{re.escape(said)}\b", name)):
            return True
    return False


def _all_names(gold: Gold) -> Iterator[str]:
    for name in gold.names:
        yield from name.words
    yield from gold.words


def _same_unit(gold: Gold, claim: Claim) -> bool:
    if not gold.unit:
        return True
    want = plain_unit(gold.unit)
    return any(plain_unit(unit) == want for member in claim.members for unit in member.units)


def plain_unit(written: str | None) -> str:
    """A unit's spelling without what spellings differ in."""
    if not written:
        return ""
    unit = re.sub(r"\([^)]*\)", " ", written.lower())
    for pattern, to in _REWRITES:
        unit = pattern.sub(to, unit)
    unit = re.sub(r"/\s*1[.,]73\s*m2?", "/1.73m2", unit)
    unit = re.sub(r"x?\s*10e?(\d{1,2})(?=\D|$)", "", unit)
    if "uln" in unit or re.search(r"\bx\s*normal", unit):
        return "uln"
    if "lln" in unit:
        return "lln"
    if "%" in unit and "predict" in unit:
        return "%predicted"
    unit = re.sub(r"[\s.,;()\[\]\-]+", "", _NO_UNITS.sub(" ", unit)).lstrip("/x")
    return re.sub(r"^(.{2,})\1$", r"\1", unit)


def gold_of(row: dict[str, Any], phenomena: Callable[[dict[str, Any]], Iterable[str]] = lambda row: ()) -> Gold:
    """A row of a corpus's thresholds.jsonl."""
    names = [
        Name(c["start"], c["end"], tuple(w for w in (c["text"], c.get("resolved_text"), *c.get("aliases", ())) if w))
        for c in row.get("concepts") or []
    ]
    file = str(row["file"]).rsplit("/", 1)[-1].rsplit(".", 1)[0] if row.get("file") else str(row["trial"])
    return Gold(
        file=file,
        start=row["char_start"],
        end=row["char_end"],
        kind=row["kind"],
        operator=row["operator"],
        values=tuple(row["values"] or ()),
        scale=row.get("scale") or 1.0,
        unit=row["unit_text"],
        names=tuple(names),
        words=(row["concept_text"],) if row.get("concept_text") else (),
        text=row.get("comparison_text") or "",
        line=str(row.get("line") or "").strip(),
        phenomena=tuple(phenomena(row)),
    )

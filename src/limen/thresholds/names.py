"""The lexicon's names around a quantity: which of them it limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from limen.criteria import Operator
from limen.lexicon import Lexicon, Measurement, Score
from limen.mentions import Mention, Mentions, Quantity
from limen.thresholds.build import Join, Target
from limen.thresholds.phrases import last_word, line_start, without_repeats
from limen.thresholds.sharing import JOINS
from limen.thresholds.units_fit import compatible, has_no_limit, mended
from limen.thresholds.wording import words
from limen.units import UNITLESS

_SCORED_ON = re.compile(r"\s(?:on|in|using)\s(?:(?:the|an?)\s)?", re.IGNORECASE)
_PARENTHESIS = re.compile(r"\([^()]{0,140}\)")
_CLOSED = re.compile(r";|[.!?]\s+(?=[A-Z(])|\n\s*\n")
_JOINT = re.compile(r"[\s,/&]|\band/or\b|\band\b|\bor\b|\beither\b|\bboth\b|\bserum\b|\btotal\b|\bthe\b|\ban?\b|\d\)", re.IGNORECASE)
_THINGS = re.compile(r"\s(?:(?!(?:in|for|at|on|if|with|and|or|to|of|by|from|as|is|are|was|were|within|during|unless|per|than|when|where)\b)[^\W\d_][\w-]*\s){0,3}?(?!points\b|times\b|is\b|was\b|has\b|as\b|unless\b)[^\W\d_]{3,}s\b", re.IGNORECASE)  # "BMI > 30, 1 or more risk factors"
_CONTINUES = re.compile(r"\+?[\s,;(\[\])]*(?:and/or|and|or|but|to|through|thru|until|till|&)?[\s,(]*(?:if\b\s*)?(?:(?:an?|the)\s+)?", re.IGNORECASE)
_FOR_OTHERS = re.compile(r"\s*(?:for|in|if|with|patients|subjects|participants|those)\s[^.;:()]{1,70}(?:[,;]\s*(?:or\s|and\s|but\s)?|\s(?:or|and|but)\s)\s*", re.IGNORECASE)
_FOR_THESE = re.compile(
    r"\s*[;,.(]?\s*(?:for\s|in\s)?\s*(?:patients|subjects|participants|individuals|those|people)\s+(?:with|without|on|having|receiving|who|undergoing|taking)\s[^.;:()\d]{1,70}?\s*:?\s*"
    r"|\s*[;,.(]?\s*[^.;:,()\d]{1,70}\s(?:patients|subjects|participants)\s*:\s*",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(r"\s*(?:\(|or|/|,|\[)\s*(?:or\s+)?", re.IGNORECASE)
_RIGHT_GAP = re.compile(r"(?:/|\+?[\s-]*)(?:out\s+)?(?:of|in|for|the|a|an|on|by|per|according\s+to)?\s*(?:the|a|an)?\s*", re.IGNORECASE)
_ON = re.compile(r"\s+(?:(?:points?\s+)?(?:on|in)\s+(?:the|an?)?\s*)?", re.IGNORECASE)
_RANK = re.compile(r"\b(stage|class|grade)s?\s*(?:[:(]|of)?\s*(?:[<>≥≤=]{1,2}\s*)?$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[=:<>≤≥]")
_OPENS = re.compile(r"\s?[(\s]\s?")
_CLOSES = re.compile(r"\s?\)")
_PART_ENDS = re.compile(r"\s*(?:$|[,;.)/]|and\b|or\b|at\b|on\b|during\b|despite\b)", re.IGNORECASE)
_LISTED_ITEM = re.compile(r"\s?,\s?(?P<item>[^\W\d_][\w-]{1,20}(?:\s[^\W\d_][\w-]{1,20}){0,2})\s?(?:,\s?(?:and|or)?|and/or|and|or)\s", re.IGNORECASE)
_LAST_ITEM = re.compile(r"\s?(?:,\s?(?:or|and)?|/|or|and|and/or|&)\s?(?P<item>[A-Z][A-Za-z]?[A-Z][A-Z0-9-]{0,8}|[A-Z]{2})\s?(?:(?:levels?|values?)\s)?(?:(?:is|are)\s)?[:=]?\s?")
_LIST_GAP = re.compile(r"\s?(?:,|/|,?\s?(?:and/or|and|or)\b)\s?(?:the\s)?", re.IGNORECASE)
_JOINED_ON = re.compile(r"\s*(?:,|and/or\b|and\b|or\b)", re.IGNORECASE)
_PREPOSITION = re.compile(r"\b(?:for|in|of)\s", re.IGNORECASE)
_BRACKETED_WORD = re.compile(r"[^()]{0,40}\(\s?(?P<word>[^\W\d_]{4,})\s?[:=]?\s?")
_PARENTHESIS_MARKS = re.compile(r"[()\[\]]")
_ASIDE = re.compile(r"\s?\((?:no|without|not|in\sthe\sabsence\sof)\s[^()]{3,100}\)[\s:=,]*", re.IGNORECASE)
_WITHOUT = re.compile(  # "neutrophils without growth factors within 7 days of at least 1500/uL"
    r"\b(?:without|with\sno|in\sthe\sabsence\sof)\s[^.;:(),]{3,60}?\s(?:within|in|for|over)\s(?:the\s)?(?:(?:last|past|previous|preceding|prior)\s)?[\w.]{1,8}[\s-](?:days?|weeks?|hours?|months?)\b",
    re.IGNORECASE,
)
_Z_SCORE = re.compile(r"(?:[\s-][^\W\d_]+){0,3}[\s-](?:[zt][\s-]scores?|SDS)\b", re.IGNORECASE)
_SCORED = re.compile(r"\b(?:with|having|has|have)\s(?:an?\s|the\s)?(?:[^\W\d_]+\s){0,2}(?P<what>[^\W\d_]+)\s(?:score|index|scale|rating|grade)s?(?:\s(?:of|is|was|that\sis))?[\s=:<>≤≥]*$", re.IGNORECASE)
_TWO_WORDS = re.compile(r"(?<![/\w])(?:([^\W\d_]+\.?)\s+)?([^\W\d_]+\.?)\s+$")
_MAX_GAP = 110
_MAX_STRANGERS = 5


@dataclass(slots=True)
class Names:
    """The names of one clause, and the limits that were paired so far (`used`, left to right)."""

    mentions: Mentions
    lexicon: Lexicon
    used: list[tuple[Quantity, tuple[Target, ...], Join]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.mentions.text

    def left(self, quantity: Quantity) -> tuple[tuple[Target, ...], Join]:
        """The names right before a limit, a shared list of them included, and how the list is joined."""
        floor = max((max(u[0].end, *(t.end for t in u[1])) for u in self.used), default=0)
        names = [m for m in self.mentions.measured if floor <= m.start and m.end <= quantity.number_start and not self._ranks(m)]
        names = without_repeats(self.text, names, quantity.start)
        while len(names) > 1 and (self._within_another(names[-1]) if quantity.is_time else self._passed(names[-1], quantity) or self._is_aside(names[-1], names[-2], quantity)):
            names.pop()
        if not names:
            beyond = [m for m in self.mentions.measured if m.end <= quantity.start]
            bare = _PARENTHESIS.sub("", self.text[beyond[-1].end : quantity.start]) if beyond else "?"
            names = beyond[-1:] if not bare.strip(" :,=(") and not (self.limited_before(beyond[-1].start) and self.right(quantity)) else []
        if not names or not self.connects(names[-1].end, max(names[-1].end, quantity.start), quantity):
            return (), "or"
        nearest = self.target(names[-1], quantity)
        if nearest is None or self._is_another(names[-1], quantity):
            return (), "or"
        targets = [nearest]
        join: Join = "or"
        for mention in reversed(names[:-1]):
            gap = self.text[mention.end : targets[0].start]
            target = self.target(mention, quantity)
            beside = gap.strip().lower() in ("or", "and", "/", "and/or") and quantity.unit is not None
            if target is None or (mention.ambiguous and not beside) or self._is_told(mention) or self._needs_unit(target, nearest, quantity):
                break
            if target.id == targets[0].id and gap.strip() in ("(", "", "[", "=", ",", ":", "-", "or", "score ("):
                end = targets[0].end + (self.text[targets[0].end : targets[0].end + 1] in (")", "]") and gap.strip() in ("(", "["))
                targets[0] = target._replace(end=end, predicted=target.predicted or targets[0].predicted)
                continue
            between = _JOINT.sub("", _PARENTHESIS.sub("", gap.lstrip(" )]"))).strip()
            unknown = self._unknown_item(mention.end, targets[0].start, quantity)
            if (between and unknown is None and not self._repeats(mention.start, between)) or not gap.strip() or "+" in gap:
                break  # "HBsAg (+) and HBV DNA ≥ 200 IU/mL": the first has its result
            if re.search(r"\band\b(?!/)|&", gap, re.IGNORECASE):
                join = "and"
            targets[:0] = [target, *([unknown] if unknown else ())]
        further = self._unknown_last(names[-1].end, quantity)
        return (*targets, further) if further else tuple(targets), join

    def far_left(self, quantity: Quantity, upto: int) -> Target | None:
        """The last name of the sentence before a place that no nearer one names: "based on LVEF as assessed by echocardiography and > 50%"."""
        names = [m for m in self.mentions.measured if m.end <= upto and not self._ranks(m)]
        if not names or quantity.unit is None or quantity.start - names[-1].end > _MAX_GAP or _CLOSED.search(self.text[names[-1].end : quantity.start]):
            return None
        return self.target(names[-1], quantity)

    def _within_another(self, mention: Mention) -> bool:
        """Whether the name may be another and is a part of a longer one: "tumors" in "life expectancy with malignant tumors < 6 months"."""
        return mention.ambiguous and any(m.start <= mention.start and mention.end <= m.end and m.end - m.start > mention.end - mention.start for m in self.mentions.concepts)

    def _is_aside(self, mention: Mention, before: Mention, quantity: Quantity) -> bool:
        """Whether a name is only in words about another's: "haemoglobin (no transfusion within 2 weeks) ≥ 9 g/dL"."""
        entry = self.lexicon.measurements.get(before.ids[0])
        if mention.ambiguous and self.target(mention, quantity) is None:
            return quantity.unit is None or quantity.reference is not None or (entry is not None and compatible(quantity.unit, entry))
        bracket = _ASIDE.fullmatch(self.text, before.end, quantity.start)
        timed = bracket is not None and any(before.end <= t.start and t.end <= quantity.start for t in self.mentions.times)
        return timed and self.target(before, quantity) is not None

    def _passed(self, mention: Mention, quantity: Quantity) -> bool:
        """Whether a name between a measurement and its limit is another's: "AMH, age appropriate (≥ 2 ng/mL)", "alcohol dependence (≥ 13)"."""
        if mention.ids[0] == "age":
            return quantity.unit is not None
        entry = self.lexicon.measurements.get(mention.ids[0])
        bare = quantity.unit is None and quantity.reference is None and entry is not None and entry.unit != UNITLESS
        return bare and any(m.start <= mention.start and mention.end < m.end for m in self.mentions.concepts)

    def done(self, before: Quantity, targets: tuple[Target, ...], quantity: Quantity) -> int:
        """Where a limit ends: behind its name where that stands behind it and another limit is joined, "≥ 4 mg Decadron or ≥ 50 mg ..."."""
        ends = [t.end for t in targets if before.end <= t.start and t.end <= quantity.start and _JOINED_ON.match(self.text, t.end)]
        return max([before.end, *ends])

    def limited_before(self, start: int) -> bool:
        """Whether a limit before a name has it already: "≤ 2.5 x ULN for ALT, ≤ 1.5 x ULN for bilirubin"."""
        return any(q.end <= start and any(t.start == start for t in targets) for q, targets, _ in self.used)

    def _is_another(self, mention: Mention, quantity: Quantity) -> bool:
        """Whether a bracket behind a name opens with what its bare number measures instead: "leiomyoma (echogenicity < 3)"."""
        entry = self.lexicon.measurements.get(mention.ids[0])
        if entry is None or entry.unit == UNITLESS or quantity.unit is not None or quantity.reference is not None or not quantity.explicit:
            return False
        inside = _BRACKETED_WORD.fullmatch(self.text, mention.end, quantity.start)
        return inside is not None and inside.group("word").lower() not in words().padding | words().persons | words().boundaries

    def _unknown_item(self, start: int, end: int, quantity: Quantity) -> Target | None:
        """The one name between two of a list that the lexicon lacks: "AST, ALT, alpha-GT and ALP < 3 x ULN"."""
        match = _LISTED_ITEM.fullmatch(self.text, start, end) if quantity.reference in ("uln", "lln") else None
        known = words().boundaries | words().padding | words().told
        if match is None or any(w.lower() in known for w in match.group("item").split()):
            return None
        return Target(*match.span("item"), None)

    def _unknown_last(self, start: int, quantity: Quantity) -> Target | None:
        """The abbreviation between the last known name of a list and its limit that the lexicon lacks: "AST or BT > 3 x ULN"."""
        match = _LAST_ITEM.fullmatch(self.text, start, quantity.start) if quantity.unit is not None or quantity.reference is not None else None
        known = match is not None and any(m.start < match.end("item") and match.start("item") < m.end for m in self.mentions.concepts)
        return Target(*match.span("item"), None) if match is not None and not known else None

    def _repeats(self, start: int, between: str) -> bool:
        """Whether the words between two names stand before the first one too: "post-bronchodilator FEV1 and post-bronchodilator FVC"."""
        return _PARENTHESIS_MARKS.sub("", self.text[max(0, start - 40) : start]).rstrip().lower().endswith(between.lower())

    def _needs_unit(self, target: Target, nearest: Target, quantity: Quantity) -> bool:
        """Whether a number without a unit is one of the nearest name and none of another: "fibroscan, APRI score > 2", "alcohol use and BMI > 40"."""
        bare = quantity.unit is None and quantity.reference is None and self.rank_before(quantity) is None
        other, entry = (self.lexicon.measurements.get(t.id or "") for t in (target, nearest))
        return bare and other is not None and other.unit != UNITLESS and (entry is None or entry.unit == UNITLESS or not compatible(other.unit, entry))

    def _is_told(self, mention: Mention) -> bool:
        """Whether the word before a name says how it is: "undetectable viral load"."""
        floor = max((u[0].end for u in self.used if u[0].end <= mention.start), default=0)
        before = self.text[max(floor, mention.start - 24) : mention.start].split()
        return bool(before) and before[-1].lower().strip("(,;") in words().told

    def _ranks(self, name: Mention | Target) -> bool:
        """Whether a name is a bare "grade" or "stage", or ends a disease's with it ("breast cancer stage"): what it ranks is named before it."""
        said = self.text[name.start : name.end].lower()
        within = any(m.kind == "condition" and m.start < name.start < m.end < name.end for m in self.mentions.concepts)
        return said in words().ranks or (within and said.rpartition(" ")[2] in words().ranks)

    def bare_rank(self, target: Target) -> bool:
        """Whether the target's words are but "stage" or "grade"."""
        return self._ranks(target)

    def rank_before(self, quantity: Quantity) -> str | None:
        """The "stage" or "class" right before a number."""
        lead = _RANK.search(self.text, max(0, quantity.start - 14), quantity.number_start)
        return lead.group(1).lower() if lead else None

    def connects(self, end: int, start: int, quantity: Quantity) -> bool:
        """Whether the words between a name and its limit are few, and none closes the clause."""
        gap = self.text[end:start]
        if len(_PARENTHESIS.sub(" ", gap)) > _MAX_GAP or _CLOSED.search(gap) or line_start(self.text, end, start) > end:
            return False
        bare = _WITHOUT.sub(" ", _PARENTHESIS.sub(" ", gap))
        strangers = [w for w in _WORD.findall(bare.lower()) if w not in words().padding]
        if any(q.start >= end and q.end <= start and q is not quantity and q.operator for q in self.mentions.quantities):
            return "(" in gap and not strangers
        if quantity.unit is None and (scored := _SCORED.search(bare)) and scored.group("what").lower() not in words().padding:
            return False  # "a tumour with a visibility score of at least 3"
        if re.search(r",|\band\b|\bor\b", bare) and len(strangers) > 2:
            return False
        return len(strangers) <= _MAX_STRANGERS

    def close(self, end: int, start: int) -> bool:
        """Whether only padding stands between: a bare number needs its name right there."""
        gap = self.text[end:start]
        return len(gap) < 40 and all(w in words().padding for w in _WORD.findall(_PARENTHESIS.sub(" ", gap).lower()))

    def extreme(self, target: Target) -> Operator | None:
        """The side that "minimum" or "maximum" gives to a number, before its name or as the first word of it."""
        first, _, rest = self.text[target.start : target.end].lower().partition(" ")
        if first in words().extremes and target.id in self.lexicon.measured_by_name.get(rest, ()):
            return words().extremes[first]
        before = _TWO_WORDS.search(self.text, max(0, target.start - 40), target.start)
        found = (words().extremes.get(word.lower()) for word in (before.groups() if before else ()) if word)
        return next((side for side in found if side is not None), None)

    def by_sex(self, quantity: Quantity) -> bool:
        """Whether a limit goes on with the other sex's: "haemoglobin (women < 12, men < 13)"."""
        before = self.used[-1][0] if self.used else None
        if before is None or last_word(self.text, before.start) not in words().persons or ";" in self.text[before.end : quantity.start]:
            return False
        return self.continued(quantity) is not None

    def is_place(self, quantity: Quantity) -> bool:
        """ "ST elevation in 2 contiguous leads": a bare number behind "in" counts where, and is no value."""
        plain = quantity.operator is None and quantity.unit is None and quantity.reference is None
        return plain and last_word(self.text, quantity.number_start) == "in"

    def implied(self, quantity: Quantity) -> Target | None:
        """A state that says what is measured, right before its limit: "fever > 38.5 °C"."""
        for start, end, concept, _ in self.mentions.implied:
            if end <= quantity.start and not self.text[end : quantity.start].strip(" (:,of"):
                entry = self.lexicon.measured.get(concept)
                return Target(start, end, concept) if entry is not None and self.fits(entry, quantity) else None
        return None

    def inside(self, quantity: Quantity) -> Target | None:
        """A name within the words of a unit: "34 weeks of gestation", "100,000 platelets per microliter"."""
        if not quantity.is_time and not (quantity.unit or "").startswith("/"):
            return None
        for mention in self.mentions.measured:
            if quantity.number_end <= mention.start and mention.end <= quantity.end:
                return self.target(mention, quantity)
        return None

    def part_behind(self, quantity: Quantity, left: Sequence[Target]) -> Target | None:
        """The part of a pair named behind the limit: "BP > 140 (systolic) or > 90 (diastolic)", "BP > 140 mmHg systolic or > 90 mmHg diastolic"."""
        opening = _OPENS.match(self.text, quantity.end)
        closes = _CLOSES if opening and "(" in opening.group() else _PART_ENDS
        mention = next((m for m in self.mentions.measured if opening and m.start == opening.end() and closes.match(self.text, m.end)), None)
        target = self.target(mention, quantity) if mention else None
        near = left or (self.used[-1][1] if self.used else ())
        if target is None or not near:
            return None
        return target if self.are_parts(near[-1].id, target.id) else None

    def are_parts(self, first: str | None, second: str | None) -> bool:
        """Whether both are parts of one pair, or the pair itself: systolic and diastolic pressure."""
        pairs = ({entry.id, *entry.pair} for entry in self.lexicon.measurements.values() if entry.pair)
        return any(first in pair and second in pair for pair in pairs)

    def right(self, quantity: Quantity) -> Target | None:
        """The name right behind a limit, or behind the one that it is joined to: "a score > 1 or < -1 on the RASS"."""
        end = self.joined_end(quantity)
        mention = next((m for m in self.mentions.measured if m.start >= end), None)
        if mention is None or not (_RIGHT_GAP if end == quantity.end else _ON).fullmatch(self.text[end : mention.start]):
            return None
        return self.target(mention, quantity)

    def stands_alone(self, quantity: Quantity) -> bool:
        """Whether a line is nothing but a limit, or two that are joined: "over 18 and under 75"."""
        following = next((q for q in self.mentions.quantities if q.start >= quantity.end and q.explicit), None)
        joined = following is not None and JOINS.fullmatch(self.text, quantity.end, following.start) is not None
        end = following.end if following is not None and joined else quantity.end
        return not self.text[: quantity.start].strip(" \t-–•*.0123456789)(,:") and not self.text[end:].strip(" .;,)")

    def joined_end(self, quantity: Quantity) -> int:
        """Where a limit ends, or the one that it is joined to: "at least 2 and at most 6 lesions"."""
        return next((q.end for q in self.mentions.quantities if q.start >= quantity.end and self._joined(quantity, q)), quantity.end)

    def _joined(self, quantity: Quantity, following: Quantity) -> bool:
        alike = following.explicit and quantity.explicit and following.unit is None and quantity.unit is None
        return alike and JOINS.fullmatch(self.text, quantity.end, following.start) is not None

    def behind(self, quantity: Quantity) -> tuple[tuple[Target, ...], Join]:
        """The names right behind a limit: "≥ 3 x ULN in AST and ALT"; only the first where the last has a limit of its own."""
        first = self.right(quantity)
        if first is None or quantity.reference not in ("uln", "lln"):
            return (first,) if first else (), "or"
        targets = [first]
        join: Join = "or"
        for mention in (m for m in self.mentions.measured if m.start >= first.end):
            gap = self.text[targets[-1].end : mention.start]
            target = self.target(mention, quantity)
            if target is None or not gap.strip() or _LIST_GAP.fullmatch(gap) is None:
                break
            join = "and" if re.search(r"\band\b(?!/)|&", gap, re.IGNORECASE) else join
            targets.append(target)
        following = next((q for q in self.mentions.quantities if q.start >= targets[-1].end), None)
        told = _PREPOSITION.search(self.text, quantity.end, first.start) is not None
        if not told and self.used and self.used[-1][0].reference == quantity.reference and self._heads(first, following):
            return (), "or"
        limited = not told and following is not None and self.close(targets[-1].end, following.start)
        return (first,) if limited else tuple(targets), join

    def _heads(self, first: Target, following: Quantity | None) -> bool:
        """Whether a name behind a limit begins the next item: "if liver metastases: ≤ 5 x ULN Renal function Creatinine ≤ 1.5 x ULN"."""
        heading = any(m.start >= first.end and not self.text[first.end : m.start].strip(" :") for m in self.mentions.measured)
        return heading or (following is not None and following.explicit and self.close(first.end, following.start))

    def continued(self, quantity: Quantity) -> tuple[tuple[Target, ...], Join] | None:
        """The targets of the limit before, when only a joint stands between: "≥ 18 and ≤ 30", "(5 x ULN if ...)"."""
        if not self.used:
            return None
        before, targets, join = self.used[-1]
        if before.end > quantity.start:
            return None
        between = _PARENTHESIS.sub("", self.text[before.end : quantity.start])
        gap = words().for_persons.sub("", between)
        alike = quantity.explicit and quantity.unit is not None and (quantity.unit, quantity.reference) == (before.unit, before.reference)
        if alike and (_FOR_OTHERS.fullmatch(between) or _FOR_THESE.fullmatch(between)) and not any(before.end <= m.start < quantity.start and self.target(m, quantity) for m in self.mentions.measured):
            return targets, join
        if not _CONTINUES.fullmatch(gap) or (quantity.unit is None and quantity.reference is None and _THINGS.match(self.text, quantity.end)):
            return None
        same = quantity.unit is not None and quantity.unit == before.unit
        guarded = quantity.unit is None and gap != between
        other = quantity.unit is not None and _ALTERNATIVE.fullmatch(gap)
        if not quantity.explicit and not (same or guarded or other):
            return None
        if not any(t.id in self.lexicon.measured for t in targets):
            return targets, join
        fitting = tuple(t for t in targets if t.id in self.lexicon.measured and self.fits(self.lexicon.measured[t.id or ""], quantity))
        return (fitting, join) if fitting else None

    def scored_on(self, quantity: Quantity) -> Target | None:
        """ "Back pain with a score > 5 on the Oswestry index": the score that a number is on, and not what stands before it."""
        on = _ON.match(self.text, quantity.end)
        named = next((m for m in self.mentions.measured if on and m.start == on.end() and not m.ambiguous and m.ids[0] in self.lexicon.scores), None)
        return self.target(named, quantity) if named is not None and quantity.unit in (None, "{points}") else None

    def target(self, mention: Mention, quantity: Quantity) -> Target | None:
        """The mention's meaning under the quantity's unit; None when no id fits."""
        share = mention.predicted and quantity.unit in (None, "%")
        fitting = [i for i in mention.ids if share or self.fits(self.lexicon.measured[i], quantity)]
        if not fitting:
            return None
        if mention.ambiguous and not (quantity.explicit or quantity.grades):
            return None
        if quantity.unit is None and (words().specimen.match(self.text, mention.end) or self._is_scored(mention)):
            return None  # "tumor cells with a staining of 3+" has no size
        if quantity.unit is None and self.text[mention.start : mention.end].isupper():
            fitting.sort(key=lambda i: i not in self.lexicon.scores)  # "IGA ≥ 3" is no immunoglobulin
        likely = next((i for i in fitting if self._in_range(i, quantity)), fitting[0]) if len(fitting) > 1 else fitting[0]
        return Target(mention.start, mention.end, likely, mention.predicted)

    def _is_scored(self, mention: Mention) -> bool:
        """ "Head circumference z-score < -2": how far a measurement lies from the mean, which is not its value."""
        entry = self.lexicon.measurements.get(mention.ids[0])
        return entry is not None and entry.unit not in (UNITLESS, "{SD}") and _Z_SCORE.match(self.text, mention.end) is not None

    def _in_range(self, identity: str, quantity: Quantity) -> bool:
        """Whether a score can have the numbers: a performance status of 70 is no ECOG's."""
        entry = self.lexicon.scores.get(identity)
        bounds = [b for b in (quantity.low, quantity.high) if b is not None]
        return entry is None or all(entry.range[0] <= b <= entry.range[1] for b in bounds)

    def fits(self, entry: Measurement | Score, quantity: Quantity) -> bool:
        if isinstance(entry, Score) and (entry.lettered or quantity.roman):
            ranked = quantity.roman and self.text[quantity.number_start] in "ABCDEF"
            return ranked == entry.lettered
        limited = quantity.reference in ("uln", "lln")
        if limited and has_no_limit(entry):
            return False
        if quantity.roman and not isinstance(entry, Score):
            return False
        if quantity.reference in ("uln", "lln", "normal", "baseline", "predicted", "body_weight") or quantity.unit is None:
            return not (isinstance(entry, Score) and (limited or quantity.reference == "predicted"))
        if isinstance(entry, Score):
            return quantity.unit in ("{points}", "%", "1", "mm", "cm")
        return compatible(quantity.unit, entry) or (quantity.unit == "%" and bool(entry.predicted)) or mended(quantity.unit, entry) is not None

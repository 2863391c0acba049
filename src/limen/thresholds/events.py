"""The event that a length of time is about, by the words around it: before it, behind it, or around its bracket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from limen.mentions import Mentions
from limen.thresholds import beside
from limen.thresholds.beside import GIVEN, closing_of, is_comparison, is_length, is_plan
from limen.thresholds.phases import before_phases, only_phase
from limen.thresholds.phrases import awaits, counts_from, line_start, trim
from limen.thresholds.wording import words

_REACH = 240
_SHORT_REACH = 48
_CUT = re.compile(r"[;:()\[\]]|,(?!\d)|(?<!\be\.g)(?<!\bi\.e)\.(?=\s|$)|\b(?:or|and/or|but|if|unless|provided|although|however|whereas|while|as\s+long\s+as|so\s+long\s+as|with\s+(?:(?:an?|the|her|his|their)\s+)?(?=(?:last|latest|most\s+recent|undetectable|normal|stable)\s|(?:negative|positive)\s(?!results?\b))|(?:and|who)\s+(?=(?:(?:agree|agrees|agreeing|commit|commits|consent|consents|accept|accepts)\s+to|(?:are\s+|is\s+)?willing\s+to|uses?)\s)|and\s+(?=(?:did|does|do)\s+(?:not|never)\s|(?:has|have|had)\s+(?:not|never)\s+(?:had|experienced)\s))\b", re.IGNORECASE)
_BRACKET = re.compile(r"[()\[\]]")
_AND = re.compile(r"\s+(?:[^\W\d_][\w-]*\s+){1,6}?(?:and|but)\s+(?=(?:no|not|without)\s)|\s*,?\s*(?:and|or|but|without|(?:while\s+)?(?:on|taking|receiving)(?=\s+(?!(?:at\s+least\s+)?(?:\d|one|two|three|four|several|repeat|both|each|consecutive|separate|different|room|the|day))[^\W\d_])|with\s+no|in\s+the\s+absence\s+of|with(?=\s+(?:an?\s+)?(?:plans?|intention|intent)\b))\s+(?!(?:an?\s|the\s)?equivalents?\b)", re.IGNORECASE)
_AND_VERB = re.compile(r"(?:\s(?!(?:and|or|but)\b)[\w/-]+){0,6},?\s(?:and|but)\s+(?=(?:must|should|will|have|has|had|is|are|was|were|agree|agrees|use|not|be)\b)", re.IGNORECASE)
_WHO = re.compile(r"(?:(?:the|any|all|male|female)\s+)?(?P<persons>[^\W\d_]+)\s+(?:who|that|(?:must|should|shall|may)(?:\s+not)?|(?:have|has)\s+not|(?:did|do)\s+not)\s+(?:(?:have|has|be)\s+)?", re.IGNORECASE)
_CLOSING = re.compile(r"[®™]?[)\]]")
_COLON = re.compile(r"[^.;:,()]{0,24}:\s")
_EDGE = re.compile(r"[\s,:)\]]*")
_EDGES = " ,-–"
_OF = re.compile(r"[\s)\]]*(?:duration\s+)?of\s+", re.IGNORECASE)
_WITH = re.compile(r"[\s)\]]*(?:or\s+(?:current\s+)?(?:presence|evidence)\s+)?(?:of|with)\s+", re.IGNORECASE)
_ABSENT = re.compile(r"\b(?:(?P<no>with\s+no)|without)\s+(?:any\s+)?(?=[^\W\d_])", re.IGNORECASE)
_UNDONE = re.compile(r"\s(?:not|never)\s+(?:(?:been|be)\s+){0,2}(?P<what>(?:(?:yet|\w+ly)\s+){0,2}(?P<deed>[^\W\d_]+))(?:\s+(?:for|within|in|over|during|by))?\W*$", re.IGNORECASE)
_GOVERNS = re.compile(r"\s(?:of|for|by|to|on|from|against|around)\s", re.IGNORECASE)
_HANGS = re.compile(r"\b(?:on|in|of|for|by|to|with|from|around)$", re.IGNORECASE)
_PREPOSITION = re.compile(r"\s*(?:with|of|for|by|to|on|in|around|from|at)\s", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CLOSES = re.compile(r"[;:]|\.\s|,\s*(?:has|have|had|is|are|was|were|may|can)\b|\b(?:must|should|shall|will)\b", re.IGNORECASE)
_NOT_LIMITED = re.compile(r",?\s+but\s+(?:is\s+|are\s+)?not\s+limited\b", re.IGNORECASE)
_CLAUSE = re.compile(r"\s*(?:there|they|it|who|which|has|have|had|is|are|was|were|will)\s", re.IGNORECASE)  # what stands behind "or" is told anew
_DEED = re.compile(r"\s*(?:received|took|underwent|experienced|suffered|developed)\s", re.IGNORECASE)
_HALVED = re.compile(r",|or|and/or", re.IGNORECASE)
_EITHER = re.compile(r"\bor\b", re.IGNORECASE)
_LONG_BRACKET, _LONG_ITEM = 32, 6


class Event(NamedTuple):
    """The words of an event; `head_end` is where the words end that say what it is: at the start when no one word does."""

    start: int
    end: int
    head_end: int


class _Cut(NamedTuple):
    start: int
    end: int
    soft: bool
    either: bool


@dataclass(frozen=True, slots=True)
class Events:
    """Finds the events of one clause's lengths of time."""

    mentions: Mentions

    @property
    def text(self) -> str:
        return self.mentions.text

    def around(self, start: int, end: int, *, behind: bool = False, near: int | None = None, lasting: bool = False) -> Event | None:
        """The event of a length of time at `start`..`end`, whose number and unit end at `near`.

        `behind`: "of" right after it names the event ("2 weeks of therapy"); `lasting`: it says how long something was, or was not.
        """
        if behind and (of := self._of(end)):
            return of
        floor = line_start(self.text, max(0, start - _REACH), start)
        while floor and floor < start and not self.text[floor - 1].isspace():
            floor += 1
        floor = max(floor, self._behind_limit(start))
        opening = self._opening(floor, start)
        if opening is not None:
            anchored = near is not None and near < end
            return self._bracketed(floor, opening, start, end, anchored=anchored)
        lead = self.text[floor:start].rstrip(" (")
        if (not lead.strip(" -–•*") or lead.endswith(":")) and (after := self.after(end)):
            return after
        if only_phase(self.text, floor, start) and (after := self.after(max(end, self.text.find(",", end, end + _SHORT_REACH)))):
            return after
        if lead.endswith(":") and near is not None and (after := self._of(near)):
            return after
        if lead.endswith((";", ",")) and (_COLON.match(self.text, end) or awaits(lead)) and (after := self.after(end)):
            return after  # "within 2 weeks: retinoids; within 4 weeks: phototherapy"
        listed = [m.end() for m in beside.examples(self.text, floor, start, end) if self._opening(floor, m.start()) is None]
        before = self._before(max(listed, default=floor), start)
        if before is not None and not self._kinds(before.start, before.end) and beside.is_verb(self.text, before.start, before.end, end) and (after := self.after(end)):
            return after
        if before is not None and any(before.end == t.quantity.end and is_comparison(self.text, before.start, t.quantity.number_start) for t in self.mentions.times):
            return self._of(end) or self.after(end)  # "at least 3 months and up to 3 years of letrozole"
        if before is None and (place := beside.far_end(self.text, end)) and (far := next((t for t in self.mentions.times if t.quantity.start >= place), None)):
            return self._of(far.quantity.end)
        if before is not None and self._carries(before) and (of := self._of(end, _OF if lasting else _WITH)):
            return of
        return self._undone(before, start) or self._missed(before, lasting=lasting) or self.after(end)

    def _undone(self, event: Event | None, start: int) -> Event | None:
        """ "An obstruction not relieved within 24 hours", "gout that has not recurred for 5 years": what did not come about has the time."""
        undone = _UNDONE.search(self.text, event.start, start) if event is not None else None
        if undone is None or undone.group("deed").lower() not in words().undone:
            return None
        return Event(undone.start("what"), undone.end("what"), undone.end("what"))

    def _missed(self, event: Event | None, *, lasting: bool) -> Event | None:
        """ "Metastases without progression for 4 weeks", "cancer with no recurrence within 5 years": what was absent has the time."""
        said = _WORD.findall(self.text[event.start : event.end].lower()) if event else []
        if event and (place := beside.unknown_beside(self.mentions, event.start, event.end)) is not None:
            return self._whole(_event(trim(self.text, place, event.end))) or event
        absent = max(_ABSENT.finditer(self.text, event.start + 1, event.end), key=lambda m: m.start(), default=None) if event else None
        if event is None or absent is None or self._opening(event.start, absent.start()) is not None or "that" in said or not words().sequels.isdisjoint(said):
            return event
        if not words().activities.isdisjoint(_WORD.findall(self.text[event.start : absent.start()].lower())):
            return event._replace(head_end=event.start)  # "stand and walk without a cane for 10 minutes"
        given = self._kinds(absent.end(), event.end) & GIVEN and not self._kinds(event.start, absent.start()) & GIVEN  # "melanoma without chemotherapy within 4 weeks"
        timed = lasting or given or absent.group("no") or not words().turns.isdisjoint(said)
        return (timed and self._whole(_event(trim(self.text, absent.end(), event.end)))) or event

    def _unbracketed(self, floor: int, stop: int) -> int:
        """Where the words end before the brackets in front of a place: "bilirubin < 2 mg/dL (unless Gilbert's) (obtained within 7 days)"."""
        while (cut := len(self.text[:stop].rstrip())) > floor and self.text[cut - 1] in ")]":
            opening = self._opening(floor, cut - 1)
            if opening is None:
                break
            stop = opening
        return stop

    def _behind_limit(self, start: int) -> int:
        """Where the words begin that "and" parts from a limit before them: "12 weeks and no deterioration over the past 2 weeks"."""
        ends = [q.end for q in self.mentions.quantities if q.end < start]
        joints = [m.end() for end in ends if (m := _AND.match(self.text, end))]
        timed = [t.end for t in self.mentions.times if t.quantity.end < t.end < start]
        joints += [m.end() for end in timed if (m := _AND_VERB.match(self.text, end)) and m.end() < start]
        joints = sorted(j for j in joints if self._outside(max(0, j - _SHORT_REACH), j, start) == j)
        place = trim(self.text, joints[-1], start) if joints else None
        return joints[-1] if place is not None and not is_plan(self.text[slice(*place)]) else 0

    def after(self, start: int) -> Event | None:
        """The event that a leading window stands before: "Within 6 months, major surgery"."""
        match = _EDGE.match(self.text, start)
        begin = match.end() if match else start
        if (who := _WHO.match(self.text, begin)) and who.group("persons").lower() in words().persons:
            begin = who.end()  # "Within 4 weeks, patients who received chemotherapy", "patients must not have had a stroke"
        stop = _CUT.search(self.text, begin)
        while stop is not None and _HALVED.fullmatch(stop.group()) and beside.is_half(self.text, begin, stop.start()):
            stop = _CUT.search(self.text, stop.end())
        limit = min(stop.start() if stop else len(self.text), begin + 120)
        limit = min([limit, *(q.start for q in self.mentions.quantities if q.start > begin)])
        for ends in (words().asides, words().inclusions, words().event_ends):
            found = ends.search(self.text, begin + 1, limit) if begin < limit else None
            limit = found.start() if found else limit
        limit = beside.first_of(self.mentions, begin, limit)
        timed = any(t.lead is not None and t.start <= begin and limit <= t.quantity.end for t in self.mentions.times)
        return None if timed else self._whole(_event(trim(self.text, begin, limit)))

    def _whole(self, event: Event | None) -> Event | None:
        """An event with all of the name that it ends in: "last menstrual period"."""
        named = [m.end for m in (*self.mentions.measured, *self.mentions.concepts) if event and event.start <= m.start < event.end < m.end]
        return event._replace(end=max(named), head_end=max(named)) if event and named else event

    def _of(self, end: int, joint: re.Pattern[str] = _OF) -> Event | None:
        """ "Current use (≥ 2 months) of contraceptives": what stands behind the length of time with "of"."""
        match = joint.match(self.text, end)
        return self.after(match.end()) if match else None

    def _carries(self, event: Event) -> bool:
        """Whether the words, or those behind their last "and", only say that there was something: "use", "CD and a recent history"."""
        said = re.split(r"\s(?:and|or)\s", self.text[event.start : event.end].lower())[-1]
        return all(w in words().carriers for w in _WORD.findall(said))

    # ---- brackets

    def _opening(self, floor: int, end: int) -> int | None:
        """The bracket that is open at `end`."""
        depth = 0
        for bracket in reversed([*_BRACKET.finditer(self.text, floor, end)]):
            if bracket.group() in ")]":
                depth += 1
            elif depth == 0:
                return bracket.start()
            else:
                depth -= 1
        return None

    def _bracketed(self, floor: int, opening: int, start: int, end: int, *, anchored: bool = False) -> Event | None:
        """A length of time in brackets: about what the bracket says, else about what stands before or behind it.

        `anchored`: what follows goes on with the anchor ("within 6 months of the first dose of rituximab").
        """
        inside = None if self._leads(opening, start) else self._before(opening + 1, start)
        if inside and not words().obtained.issuperset(_WORD.findall(self.text[inside.start : inside.end].lower())) and not self._says_nothing(inside):
            return inside
        closing = min((i for i in (self.text.find(")", end), self.text.find("]", end)) if i >= 0), default=len(self.text))
        anchored = anchored or counts_from(self.text, start, end)
        if self._leads(opening, start) and not anchored and not _AND.match(self.text, end) and self.text[end : end + 1] == " " and (inner := self.after(end)) and inner.end <= closing:
            return inner
        obtained = inside or self.text[opening + 1 : start].strip().lower() in words().obtained  # "(unless on dialysis) (performed within 2 weeks)"
        before = self._before(floor, self._unbracketed(floor, opening) if obtained else opening)
        if (before is None or self._waits(floor, opening)) and closing < len(self.text) and (after := self.after(closing + 1)):
            return after
        if before is not None and self._carries(before) and (of := self._of(closing, _WITH)):
            return of
        return before

    def _leads(self, opening: int, start: int) -> bool:
        """Whether a length of time opens an item of its bracket: "(< 90 days bypass, < 30 days angioplasty)"."""
        if not self.text[opening + 1 : start].strip():
            return True
        first = next((t for t in self.mentions.times if opening < t.start and not self.text[opening + 1 : t.start].strip()), None)
        return first is not None and self.text[opening:start].rstrip().endswith((",", ";"))

    # ---- what stands before

    def _before(self, floor: int, end: int) -> Event | None:
        """The words since the last comma, semicolon or "or", without openers and closers; a head that governs the list comes with it."""
        if (token := beside.abbreviation(self.text, floor, end)) is not None:
            return Event(*token, token[1])  # "sensitive to it with a TFI ≥ 6 months"
        stop = self._stripped(floor, end)
        whole = stop = self._aside(floor, stop, closed="," in self.text[stop:end])
        cuts = list(self._cuts(floor, stop))
        spare: Event | None = None
        for index in range(len(cuts), -1, -1):
            begin = cuts[index - 1].end if index else floor
            if begin > stop:
                continue
            event = self._whole(_event(trim(self.text, begin, stop)))
            shared = self._sharing(cuts[:index], floor, event) if event is not None else None
            if event is not None and (shared or not (index and self._says_nothing(event))):
                found = shared or self._governed(cuts[:index], floor, event)
                return self._with_bracket(found, stop if stop == whole else event.end)
            spare = spare or event
            if event is None and index and self.text[cuts[index - 1].start : cuts[index - 1].end].lower() == "unless" and _WORD.search(self.text, begin, stop):
                place = begin + len(self.text[begin:stop]) - len(self.text[begin:stop].lstrip())
                return Event(place, stop, stop)  # "gout, unless treated within 6 months" times the treatment
            stop = len(self.text[: self._outside(floor, cuts[index - 1].start, stop)].rstrip(_EDGES + ";(")) if index else stop
            stop = self._aside(floor, self._stripped(floor, stop)) if stop > floor else floor
        return spare

    def _outside(self, floor: int, cut: int, stop: int) -> int:
        """Where the words end before a separator, or before the bracket around it that closes before `stop`: "pills (A or B) must be used"."""
        opening = self._opening(floor, cut)
        return opening if opening is not None and closing_of(self.text, opening, stop) is not None else cut

    def _says_nothing(self, event: Event) -> bool:
        """ "Treatment", "or intermittently": what was, or how, stands before it."""
        said = self.text[event.start : event.end].lower()
        if any(q.number_start <= event.start and event.end <= q.end for q in self.mentions.quantities) or is_length(self.mentions, event.start, event.end):
            return True  # "250 mL within a month or 500 mL within two"
        if words().sites.issuperset(_WORD.findall(said)) and not self._kinds(event.start, event.end):
            return True  # "thrombosis in the arms or legs"
        if is_plan(said):
            return True  # "received a vaccine, or plans to receive within 4 weeks"
        over = said in words().stopped or said in words().finished  # "allowed, but must be discontinued 4 weeks before"
        return over or said in words().event_nouns or said in words().obtained or (said.endswith("ly") and said.isalpha() and not self._kinds(event.start, event.end))

    def _sharing(self, cuts: list[_Cut], floor: int, last: Event) -> Event | None:
        """ "Experimental drugs or devices": both nouns, where the second says nothing without the first one's adjective."""
        if not cuts or not cuts[-1].either or self.text[last.start : last.end].lower() not in words().shared_nouns:
            return None
        place = trim(self.text, cuts[-2].end if len(cuts) > 1 else floor, cuts[-1].start)
        said = _WORD.findall(self.text[place[0] : place[1]].lower()) if place else []
        shared = len(said) > 1 and said[-2] in words().shared_adjectives and said[-1] in words().shared_nouns
        return Event(place[0], last.end, place[1]) if place and shared else None

    def _stripped(self, floor: int, end: int) -> int:
        """Where the words end before a length of time: without other lengths of time and without a bracket that explains."""
        stop = len(self.text[:end].rstrip(_EDGES))
        while stop > floor:
            time = next((t for t in self.mentions.times if t.start < stop <= max(t.end, t.quantity.end) and t.start > floor), None)
            opening = self._opening(floor, stop - 1) if self.text[stop - 1] in ")]" else None
            if time is not None:
                cut = min(time.start, time.quantity.start)
            elif (limit := beside.limit_before(self.mentions, floor, stop)) is not None:
                cut = limit
            elif opening is not None and (stop - opening > _LONG_BRACKET or any(c.isdigit() for c in self.text[opening:stop])):
                cut = opening
            else:
                return stop
            shorter = len(self.text[:cut].rstrip(_EDGES))
            if shorter <= floor or trim(self.text, floor, shorter) is None:
                return stop
            stop = shorter
        return stop

    def _aside(self, floor: int, stop: int, *, closed: bool = False) -> int:
        """Where the event ends before an aside: ", such as A or B", ", other than for C," which a comma has `closed`."""
        stop = before_phases(self.text, floor, stop)
        listed = [m for m in words().inclusions.finditer(self.text, floor, stop) if not _EITHER.search(self.text, m.end(), stop) and (closed or not _NOT_LIMITED.match(self.text, m.end()))]
        listed += [m for m in words().exceptions.finditer(self.text, floor, stop) if closed and self.text[: m.start()].rstrip().endswith(",")]
        asides = [*words().asides.finditer(self.text, floor, stop), *listed]
        for match in sorted(asides, key=lambda m: m.start(), reverse=True):
            ended = _CLOSES.search(self.text, match.end(), stop)
            inside = (q for q in self.mentions.quantities if match.start() < q.start < stop and q.explicit and not q.is_time)
            limited = any(self._opening(match.start(), q.start) is None for q in inside)
            if ended or limited or self._opening(floor, match.start()) is not None or trim(self.text, floor, match.start()) is None:
                break
            stop = len(self.text[: match.start()].rstrip(_EDGES))
        return stop

    def _cuts(self, floor: int, stop: int) -> Iterator[_Cut]:
        """The separators outside balanced brackets."""
        closed = 0
        for match in _CUT.finditer(self.text, floor, stop):
            mark = match.group()
            if match.start() < closed or any(m.start < match.start() < m.end for m in self.mentions.concepts):
                continue
            limit = next((q for q in self.mentions.quantities if q.start <= match.start() < q.end), None)
            if limit is not None:
                closed = limit.end
                yield _Cut(match.start(), limit.end, False, False)
                continue
            closing = closing_of(self.text, match.start(), min(stop, match.start() + _SHORT_REACH)) if mark in "([" else None
            if closing is not None and not self._waits(floor, match.start()):
                closed = closing + 1
                continue
            either = mark.lower() in ("or", "and/or")
            yield _Cut(match.start(), match.end(), either or mark == ",", either)

    def _waits(self, floor: int, opening: int) -> bool:
        """Whether an adjective of time stands before a bracket: "a recent (< 48 h) admission"."""
        last = _WORD.findall(self.text[max(floor, opening - 24) : opening].lower())
        new = len(last) > 1 and last[-1] in ("diagnosed", "onset") and last[-2] in ("newly", "recently", "new", "recent")  # "newly diagnosed (within 6 months) gout"
        return new or (bool(last) and last[-1] in words().time_adjectives)

    def _with_bracket(self, event: Event, stop: int) -> Event:
        """ "acute coronary syndrome (ACS)": the short bracket at the end belongs to the name."""
        rest = self.text[event.end : stop]
        opened = any(self.text.count(a, event.start, event.end) > self.text.count(b, event.start, event.end) for a, b in ("()", "[]"))
        if opened and (closing := _CLOSING.match(self.text, event.end)):
            stop, rest = closing.end(), ")"  # "recurrence (T1) must be within 9 months"
        if not rest.endswith(")") or not (opened or rest.lstrip().startswith("(")):
            return event
        return event._replace(end=stop, head_end=stop if event.head_end == event.end else event.head_end)

    # ---- lists under one head

    def _governed(self, cuts: list[_Cut], floor: int, last: Event) -> Event:
        """ "Hospitalization for respiratory or cardiovascular events": the whole, where a head governs the list; else its last item."""
        first = len(cuts)
        while first and cuts[first - 1].soft and not _DEED.match(self.text, cuts[first - 1].end):
            first -= 1
        chain = cuts[first:]
        if not any(c.either for c in chain) or _CLAUSE.match(self.text, chain[-1].end):
            return last
        begin = cuts[first - 1].end if first else floor
        head = trim(self.text, begin, chain[0].start)
        hangs = _HANGS.search(self.text[begin : chain[0].start].rstrip())
        if head is None or any(len(self.text[a.end : b.start].split()) > _LONG_ITEM for a, b in zip(chain, chain[1:])):
            return last
        governor = _GOVERNS.search(self.text, head[0], chain[0].start)
        if governor and all(w in words().spreading for w in _WORD.findall(self.text[head[0] : governor.start()].lower())):
            return last
        if hangs and not governor:
            return Event(head[0], last.end, head[1])
        opened = _PREPOSITION.match(self.text, chain[-1].end) if len(chain) == 1 else None
        if opened and governor is None:
            governor = _PREPOSITION.search(self.text, head[0] + 1, chain[0].start)
        if governor is None or self.text[head[0]].isdigit() or not self._same(head[0], governor, chain, last, hanging=bool(hangs or opened)):
            return last
        return Event(head[0], last.end, head[0])

    def _same(self, start: int, governor: re.Match[str], chain: list[_Cut], last: Event, *, hanging: bool) -> bool:
        """Whether a list's last item goes with the first item's object rather than with its head."""
        head, item = self._kinds(start, governor.start()), self._kinds(last.start, last.end)
        thing = self._kinds(governor.end(), chain[0].start)
        if not head or not item:
            return hanging or len(chain) > 1 or self.text[chain[0].start - 1] != ","
        if head & item:
            return False
        single = not thing and len(self.text[governor.end() : chain[0].start].split()) == 1
        return bool(thing & item) or single

    def _kinds(self, start: int, end: int) -> set[str]:
        return {m.kind for m in self.mentions.concepts if start <= m.start and m.end <= end}


def _event(place: tuple[int, int] | None) -> Event | None:
    return Event(*place, place[1]) if place else None

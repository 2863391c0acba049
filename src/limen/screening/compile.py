"""Criteria as DuckDB SQL: one query a leaf, giving (pid, h) with h true, false or NULL.

A leaf that has no query here (doses, repeated measurements, the patient's own onset ...) is answered patient by
patient, with the code for one patient.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from limen.criteria import (
    AnyLeaf,
    Condition,
    Criterion,
    Demographic,
    Exposure,
    Threshold,
    Trial,
    Unread,
)
from limen.errors import UnitError
from limen.screening.answers import Context, refusal
from limen.screening.besides import spared_by
from limen.screening.dates import TIME_UNITS
from limen.screening.defaults import Defaults
from limen.screening.denied import is_either_length
from limen.screening.events import CONDITIONS, EVERYTHING, beside, given, lists_of, past_and_current, wanted
from limen.screening.facts import Facts
from limen.screening.half_lives import counts_half_lives
from limen.screening.interval import point, region
from limen.screening.match import Label, Wanted, normal
from limen.screening.measured import asks_for_several, fits_reference, limit_in_unit, same_circumstances
from limen.screening.patient import Patient
from limen.screening.people import is_impossible, no_man_is, steps, takes_healthy, whole
from limen.screening.quantities import convert, factors
from limen.screening.sql import back, before, overlap, reached, satisfied, spans
from limen.screening.staging import Happened, Measured, Staged
from limen.screening.timing import elapsed_limit, event_name, is_of_beginning, is_over, is_since, is_stretch
from limen.screening.vocabulary import vocabulary
from limen.screening.windows import AT_SCREENING

NOBODY = "SELECT pid, true AS h FROM person WHERE false"
_OF_ALL = "SELECT pid, {} AS h FROM person"


class Compiler:
    """Writes the queries of a trial's leaves for one cohort."""

    def __init__(self, staged: Staged, defaults: Defaults) -> None:
        self.staged, self.defaults, self.index = staged, defaults, staged.index
        self._nobody = Facts(Patient(id="nobody"), staged.on, staged.index)

    def query(self, leaf: AnyLeaf, criterion: Criterion, trial: Trial) -> str | None:
        """The query of a leaf, or None where it must be answered patient by patient."""
        context = Context(self._nobody, trial, criterion, self.defaults)
        match leaf:
            case Unread():
                return NOBODY
            case Threshold() if is_either_length(leaf, criterion) or is_stretch(leaf):
                return None
            case Threshold() | Condition() | Exposure() if counts_half_lives(leaf.window):
                return None
            case Threshold():
                return NOBODY if refusal(leaf, context) else self._threshold(leaf, context)
            case Demographic():
                return self._demographic(leaf)
            case Condition() if leaf.experiencer == "patient":
                query = self._stated(leaf, wanted(leaf), CONDITIONS, context)
                if query is not None and is_impossible(leaf, Patient(id="man", sex="male")):
                    held = f"CASE WHEN sex = 'male' THEN {str(leaf.negated).lower()} ELSE h END"
                    return f"SELECT pid, {held} AS h FROM person LEFT JOIN ({query}) USING (pid)"
                return query
            case Exposure() if leaf.dose is None:
                return self._stated(leaf, given(leaf, context), lists_of(wanted(leaf), self._nobody), context)
            case _:
                return None

    def _threshold(self, threshold: Threshold, context: Context) -> str | None:
        match threshold.kind:
            case "age" if threshold.concept in (None, "age"):
                return self._age(threshold)
            case "window":
                return self._window(threshold, context.criterion)
            case "duration" | "dose":
                return None
            case _:
                return self._measured(threshold, context)

    # Ages

    def _age(self, threshold: Threshold) -> str:
        limit, unit = region(threshold), threshold.unit or "a"
        if limit is None or unit not in TIME_UNITS:
            return NOBODY
        limit, unit = whole(limit, unit)
        parts = []
        if limit.low is not None:
            parts.append(reached(*steps(limit.low, not limit.low_in), unit))
        if limit.high is not None:
            parts.append(f"NOT ({reached(*steps(limit.high, limit.high_in), unit)})")
        both = " AND ".join(f"({part})" for part in parts)
        return _OF_ALL.format(f"NOT ({both})" if threshold.operator == "ne" else both)

    # Measurements

    def _measured(self, threshold: Threshold, context: Context) -> str | None:
        if (threshold.statistic and asks_for_several(threshold.statistic)) or threshold.reference == "normal":
            return None
        if any(finding.code == "unit_implausible" for finding in context.findings(threshold)):
            return None
        window = threshold.window
        if window is not None and (window.anchor not in AT_SCREENING or window.relation == "after"):
            return NOBODY
        if window is not None and window.unit is not None and window.unit not in TIME_UNITS:
            return NOBODY
        fitting = [one for one in self._readings_of(threshold) if fits_reference(one.reading, threshold, context)]
        values = [value for one in fitting if (value := self._value(one, threshold)) is not None]
        if not fitting:
            return NOBODY
        outside, unsure = spans(window)
        keys = ", ".join(str(one.key) for one in fitting)
        cases = " ".join(f"WHEN key = {one} THEN {answer}" for one, answer in values)
        holds = f"CASE WHEN {unsure} THEN NULL {cases} END" if values else "NULL"
        sexed = " JOIN (SELECT pid, sex FROM person) USING (pid)" if "sex" in cases else ""
        return f"""
            WITH r AS (SELECT reading.*{", sex" if sexed else ""} FROM reading{sexed}
                       WHERE key IN ({keys}) AND NOT ({outside})),
                 n AS (SELECT pid, max(stamp0) AS newest FROM r GROUP BY pid),
                 c AS (SELECT r.pid, CAST({holds} AS BOOLEAN) AS h FROM r JOIN n USING (pid)
                       WHERE stamp1 IS NULL OR stamp1 >= coalesce(newest, stamp1))
            SELECT pid, CASE WHEN bool_and(coalesce(h, false)) THEN true
                             WHEN bool_and(NOT coalesce(h, true)) THEN false END AS h
            FROM c GROUP BY pid"""

    def _readings_of(self, threshold: Threshold) -> list[Measured]:
        """The spellings of a measurement, found as `Facts.measured` finds them."""
        name = threshold.concept_text or (threshold.concept or "").replace("_", " ")
        keyed: dict[str, list[Measured]] = {}
        for one in self.staged.measured:
            keyed.setdefault(one.reading.measured or normal(one.reading.observation.label), []).append(one)
        if threshold.concept is not None and threshold.concept in self.index.lexicon.measured:
            return keyed.get(threshold.concept, [])
        if threshold.concept is None and name and self.index.measured(Label(name)):
            return []
        names = [normal(text.replace("_", " ")) for text in (threshold.concept, name) if text]
        if sum(text in keyed for text in names) > 1:
            return [one for text in dict.fromkeys(names) for one in keyed.get(text, [])]
        return next((keyed[text] for text in names if text in keyed), [])

    def _value(self, one: Measured, threshold: Threshold) -> tuple[int, str] | None:
        """The condition that the values of one spelling must meet, or None where they tell nothing."""
        if one.reading.problem is not None or one.reading.value is None:
            return None
        seen = one.reading.observation
        if seen.qualifier and threshold.statistic and not same_circumstances(one.reading, threshold):
            return None
        if threshold.reference in ("uln", "lln"):
            return one.key, self._multiple(one, threshold)
        if one.problem is not None:
            return None
        entry = self.index.lexicon.measured.get(threshold.concept or "")
        limit, unit, _ = limit_in_unit(threshold, entry)
        try:
            factor, offset = factors(one.unit, unit, entry)
        except UnitError:
            return None
        if limit is None and threshold.operator != "in":
            return None
        low, high = (f"({end} * {float(factor)!r} + {float(offset)!r})" for end in ("low", "high"))
        if factor == 1 and offset == 0:
            low, high = "low", "high"
        return one.key, satisfied(low, high, threshold, limit)

    def _multiple(self, one: Measured, threshold: Threshold) -> str:
        upper = threshold.reference == "uln"
        own = "range_high" if upper else "range_low"
        bound = f"coalesce({own}, {self._site_bound(one, threshold, upper=upper)})"
        limit = region(threshold) or region(threshold.model_copy(update={"low": Decimal(1), "high": Decimal(1)}))
        answer = satisfied(f"(low / {bound})", f"(high / {bound})", threshold, limit)
        return f"CASE WHEN {bound} > 0 THEN {answer} END"

    def _site_bound(self, one: Measured, threshold: Threshold, *, upper: bool) -> str:
        """The site's limit of normal in the unit of the values, by sex."""
        by_sex = []
        for sex in ("female", "male", None):
            site = self.defaults.find(one.reading.measured, sex, self.index) if one.reading.measured else None
            bound = (site.high if upper else site.low) if site else None
            if site is None or bound is None:
                continue
            try:
                converted = convert(point(bound), site.unit, one.reading.unit, self.index.lexicon.measured.get(threshold.concept or ""))
            except UnitError:
                continue
            when = f"sex = '{sex}'" if sex else "sex IS NULL OR sex NOT IN ('female', 'male')"
            by_sex.append(f"WHEN {when} THEN {float(converted.exact or 0)!r}")
        return f"CASE {' '.join(by_sex)} END" if by_sex else "NULL"

    # Events

    def _stated(self, leaf: Condition | Exposure, what: Wanted, lists: frozenset[str], context: Context) -> str | None:
        window = leaf.window
        if window is None:
            past, current, recent = past_and_current(leaf, context)
            otherwise = "NULL" if recent else "true" if past else f"CASE WHEN listed = 'procedures' THEN true ELSE {'false' if current else 'NULL'} END"
            test = f"CASE WHEN suspected THEN NULL WHEN ongoing THEN true ELSE {otherwise} END"
        else:
            if window.anchor not in AT_SCREENING:
                return None
            covered = back(window)
            if covered is None:
                return NOBODY
            test = f"CASE WHEN suspected THEN NULL ELSE {overlap(*covered)} END"
        return self.decided(what, lists, test, negated=leaf.negated)

    def decided(self, what: Wanted, lists: frozenset[str], test: str, *, negated: bool = False, every: bool = False, lacks: bool = False) -> str:
        """`events.decide` in SQL: an event that fits, or an absence that is known."""
        surely, perhaps, same = self._related(what, lists)
        gone = [key for key, label in enumerate(self.staged.absent) if self.index.excludes(what, label)]
        complete = " AND ".join(f"all_{name}" for name in sorted(lists))
        complete = complete if self.index.is_listable(what) else "false"
        held = f"""CASE WHEN a IS NOT NULL AND coalesce(going, false) THEN NULL WHEN yes THEN {"CASE WHEN NOT other THEN true END" if every else "true"}
            WHEN unsure AND (sure OR a IS NULL) THEN NULL
            WHEN {"NOT coalesce(sure, false)" if lacks else "false"} THEN NULL
            WHEN a IS NOT NULL OR ({complete}) OR (sure AND stopped) THEN false END"""
        return f"""
            WITH t AS (SELECT pid, ongoing, known_stop AND key IN ({_keys(same)}) AS stopped,
                              key IN ({_keys(surely)}) AS sure,
                              CAST({test} AS BOOLEAN) AS h
                       FROM event JOIN called USING (key) WHERE key IN ({_keys([*surely, *perhaps])})),
                 e AS (SELECT pid, bool_or(coalesce(h AND sure, false)) AS yes,
                              bool_or(h IS NULL OR (h AND NOT sure)) AS unsure, bool_or(sure) AS sure,
                              bool_or(sure AND h IS NOT TRUE) AS other, bool_or(sure AND ongoing) AS going, bool_and(stopped OR NOT sure) AS stopped
                       FROM t GROUP BY pid),
                 g AS (SELECT pid, min(key) AS a FROM absent WHERE key IN ({_keys(gone)}) GROUP BY pid)
            SELECT pid, {"NOT " if negated else ""}({held}) AS h
            FROM person LEFT JOIN e USING (pid) LEFT JOIN g USING (pid)"""

    def _related(self, what: Wanted, lists: frozenset[str]) -> tuple[list[int], list[int], list[int]]:
        surely: list[Happened] = []
        perhaps: list[int] = []
        for one in self.staged.happened:
            if one.listed in lists | beside(lists):
                relation = self.index.relation(what, one.label)
                if relation == "is":
                    surely.append(one)
                elif relation == "may" and one.listed in lists:
                    perhaps.append(one.key)
        asked = self.index.resolve(what)
        same = [one.key for one in surely if self.index.concepts(one.label) <= asked]
        return [one.key for one in surely], perhaps, same

    def _window(self, threshold: Threshold, criterion: Criterion) -> str | None:
        read = elapsed_limit(threshold)
        name = event_name(threshold)
        window = threshold.window
        if window is not None and window.anchor not in AT_SCREENING:
            return None
        if isinstance(read, str) or not name or (window is not None and window.relation == "after"):
            return NOBODY
        what = Wanted(threshold.concept, name, spared_by(threshold))
        kinds = {self.index.lexicon.concepts[one].kind for one in self.index.resolve(what)}
        lists = EVERYTHING if not kinds else CONDITIONS if "condition" in kinds else lists_of(what, self._nobody)
        over = is_since(threshold, criterion)
        return self.decided(what, lists, before(*read, begins=is_of_beginning(threshold, criterion), over=over), every=is_over(threshold, criterion), lacks=over)

    # What a person is

    def _demographic(self, leaf: Demographic) -> str:
        if leaf.attribute == "sex":
            value = str(leaf.value).replace("'", "''")
            return _OF_ALL.format("true" if leaf.value == "all" else f"sex = '{value}'")
        if takes_healthy(leaf):
            return _OF_ALL.format("true")
        words = vocabulary().states.get(leaf.attribute, (leaf.attribute.replace("_", " "),))
        now = "CASE WHEN suspected THEN NULL ELSE ongoing END"
        parts = [self.decided(Wanted(leaf.attribute, word), CONDITIONS, now) for word in words]
        joined = " ".join(f"LEFT JOIN ({part}) AS w{n} USING (pid)" for n, part in enumerate(parts))
        some = " OR ".join(f"coalesce(w{n}.h, false)" for n in range(len(parts)))
        none = " OR ".join(f"w{n}.h IS FALSE" for n in range(len(parts)))
        state = f"CASE WHEN {some} THEN true WHEN {none} THEN false END"
        if leaf.attribute.startswith("healthy"):
            ill = "SELECT pid FROM event JOIN called USING (key) WHERE listed = 'conditions' AND ongoing AND NOT suspected"
            state = f"CASE WHEN pid IN ({ill}) THEN false ELSE {state} END"
        if no_man_is(leaf):
            state = f"CASE WHEN sex = 'male' THEN false ELSE {state} END"
        asked = leaf.value if isinstance(leaf.value, bool) else str(leaf.value).lower() not in ("false", "no", "not", "none")
        return f"SELECT pid, {'' if asked else 'NOT '}({state}) AS h FROM person {joined}"


def _keys(keys: Iterable[int]) -> str:
    return ", ".join(map(str, keys)) or "-1"

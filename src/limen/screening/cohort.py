"""Many patients against many trials, through DuckDB: verdicts, who falls where, and what relaxing a limit would gain.

    cohort = Cohort.read("patients/")              # profiles, Bundles, OMOP, or person.parquet, observations.parquet
    for result in cohort.screen(trials):
        print(result.trial_id, result.counts, result.funnel())

The verdicts are those of `screen`, patient by patient; only the reasons are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limen.criteria import AnyLeaf, Criterion, Expression, IfThen, Not, Threshold, Trial, Unless, children, leaves
from limen.lexicon import Score
from limen.screening.answers import Context, describe
from limen.screening.compile import NOBODY, Compiler
from limen.screening.defaults import Defaults
from limen.screening.evaluate import answer
from limen.screening.facts import Facts
from limen.screening.match import Catalogue, catalogue
from limen.screening.own import readied
from limen.screening.patient import Patient
from limen.screening.read import OnError, read_patients
from limen.screening.screen import blocks
from limen.screening.sql import UNKNOWN, whole_criterion
from limen.screening.staging import COLUMNS, Staged, connect, create, stage_file, stage_patients, stage_tables
from limen.screening.verdict import Decision

if TYPE_CHECKING:
    import pyarrow

DECISIONS: tuple[Decision, ...] = ("eligible", "ineligible", "undetermined")


@dataclass(frozen=True)
class Step:
    """A criterion in the funnel: of those who come to it, whom it excludes, and whom it alone excludes of all."""

    criterion_id: str
    text: str
    entering: int
    excluded: int
    unknown: int
    excluded_overall: int
    alone: int


@dataclass(frozen=True)
class Relaxation:
    """One limit moved by a step (10 %, one grade, one year): how many more would be eligible, and not be excluded."""

    criterion_id: str
    limit: str
    relaxed: str
    eligible: int
    not_excluded: int


@dataclass(frozen=True)
class CohortResult:
    """One trial's outcome: a column `patient_id`, one `verdict`, and one of each criterion's truth."""

    trial: Trial
    table: pyarrow.Table

    @property
    def trial_id(self) -> str:
        return self.trial.trial_id

    @property
    def counts(self) -> dict[Decision, int]:
        found = Counter(self.table.column("verdict").to_pylist())
        return {decision: found.get(decision, 0) for decision in DECISIONS}

    def verdicts(self) -> dict[str, Decision]:
        """Patient -> verdict."""
        return dict(zip(self.table.column("patient_id").to_pylist(), self.table.column("verdict").to_pylist(), strict=True))

    def funnel(self) -> list[Step]:
        """How many fall at each criterion in turn, and at that one alone."""
        import numpy

        size = self.table.num_rows
        excludes, unknown = [], []
        for number, criterion in enumerate(self.trial.criteria):
            column = self.table.column(f"c{number}")
            known = numpy.asarray(column.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
            truth = numpy.asarray(column.fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
            excludes.append(known & (truth == (criterion.role == "exclusion")))
            unknown.append(~known)
        falls = sum((one.astype(int) for one in excludes), numpy.zeros(size, dtype=int))
        alone = falls == 1
        steps, remaining = [], numpy.ones(size, dtype=bool)
        for criterion, out, open_ in zip(self.trial.criteria, excludes, unknown, strict=True):
            here = (int((remaining & out).sum()), int((remaining & open_).sum()))
            overall = (int(out.sum()), int((out & alone).sum()))
            steps.append(Step(criterion.id, criterion.text, int(remaining.sum()), *here, *overall))
            remaining &= ~out
        return steps


class Cohort:
    """Patients in DuckDB."""

    def __init__(self, staged: Staged) -> None:
        self._staged = staged
        self._connection = staged.connection
        self._made = 0
        self._tables: dict[str, str] = {}
        self._there: set[str] = set()

    @classmethod
    def of(
        cls,
        patients: Iterable[Patient],
        *,
        on: date | None = None,
        index: Catalogue | None = None,
        threads: int | None = None,
    ) -> Cohort:
        """A cohort of profiles; `on` is the screening date of those that state none."""
        connection = connect(threads)
        create(connection)
        stage_patients(connection, patients)
        return cls(Staged(connection, on or date.today(), index or catalogue()))

    @classmethod
    def read(
        cls,
        path: str | Path,
        *,
        on: date | None = None,
        index: Catalogue | None = None,
        threads: int | None = None,
        on_error: OnError | None = None,
    ) -> Cohort:
        """A cohort from files: all that `read_patients` reads, a folder of tables, or one Parquet table of observations."""
        path = Path(path)
        connection = connect(threads)
        create(connection)
        names = {entry.name for entry in path.iterdir()} if path.is_dir() else set()
        tables = any(f"{table}.{kind}" in names for table in ("observations", "conditions") for kind in ("parquet", "csv"))
        if tables:
            stage_tables(connection, path)
        elif path.suffix == ".parquet":
            stage_file(connection, path, "observations", COLUMNS["observations"])
        else:
            stage_patients(connection, read_patients(path, on_error=on_error))
        return cls(Staged(connection, on or date.today(), index or catalogue()))

    def __len__(self) -> int:
        return int(self._fetch("SELECT count(*) FROM person")[0][0])

    def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()

    def screen(self, trials: Iterable[Trial], *, defaults: Defaults | None = None) -> Iterator[CohortResult]:
        """Each trial's verdicts on all patients.  A leaf that several trials share is answered once."""
        site = defaults or Defaults()
        plans = [self._plan(trial, site) for trial in trials]
        uses = Counter(table for plan in plans for table in set(plan.tables.values()))
        self._answer_singly(plans, site)
        for plan in plans:
            yield CohortResult(plan.trial, self._connection.sql(self._verdicts(plan)).to_arrow_table())
            uses.subtract(set(plan.tables.values()))
            self._drop(table for table in set(plan.tables.values()) if uses[table] == 0)

    def relaxations(self, trial: Trial, *, defaults: Defaults | None = None) -> list[Relaxation]:
        """What each limit, moved by one step towards admitting more, would gain: the most gaining first."""
        site = defaults or Defaults()
        plan = self._plan(trial, site)
        self._answer_singly([plan], site)
        before = self._tally(plan)
        found: list[Relaxation] = []
        for criterion in trial.criteria:
            for leaf, asks in limits(criterion.requirement, asks=criterion.role != "exclusion"):
                relaxed = self._relaxed(leaf, asks=asks)
                if relaxed is None:
                    continue
                other = self._replan(plan, criterion, leaf, relaxed, site)
                after = self._tally(other)
                gained = (after[0] - before[0], after[1] - before[1])
                found.append(Relaxation(criterion.id, describe(leaf), describe(relaxed), *gained))
                self._drop(set(other.tables.values()) - set(plan.tables.values()))
        self._drop(plan.tables.values())
        return sorted(found, key=lambda one: (-one.eligible, -one.not_excluded))

    def _plan(self, trial: Trial, defaults: Defaults) -> _Plan:
        """A query for each leaf, and the table that its answer will lie in: the same query, the same table."""
        compiler = Compiler(self._staged, defaults)
        trial = readied(trial, self._staged.index)
        plan = _Plan(trial, {}, {}, [])
        for criterion in trial.criteria:
            for leaf in leaves(criterion.requirement):
                self._place(plan, leaf, compiler.query(leaf, criterion, trial), criterion)
        return plan

    def _place(self, plan: _Plan, leaf: AnyLeaf, query: str | None, criterion: Criterion) -> None:
        if query == NOBODY:
            return
        if query is None:
            self._made += 1
            plan.tables[id(leaf)] = f"single_{self._made}"
            plan.singles.append((plan.tables[id(leaf)], leaf, criterion))
            return
        if query not in self._tables:
            self._made += 1
            self._tables[query] = f"leaf_{self._made}"
        plan.tables[id(leaf)] = self._tables[query]
        plan.queries[self._tables[query]] = query

    def _replan(self, plan: _Plan, criterion: Criterion, leaf: Threshold, relaxed: Threshold, defaults: Defaults) -> _Plan:
        """The same plan with another limit in one place."""
        other = _Plan(plan.trial, dict(plan.tables), dict(plan.queries), [])
        other.tables.pop(id(leaf), None)
        query = Compiler(self._staged, defaults).query(relaxed, criterion, plan.trial)
        self._place(other, leaf, query, criterion)
        other.singles[:] = [(table, relaxed, criterion) for table, _, _ in other.singles]
        self._answer_singly([other], defaults)
        return other

    def _answer_singly(self, plans: list[_Plan], defaults: Defaults) -> None:
        """The leaves that no query answers, patient by patient, in one pass over the cohort."""
        import pyarrow

        asked = [(plan.trial, *single) for plan in plans for single in plan.singles]
        if not asked:
            return
        found: dict[str, tuple[list[int], list[bool]]] = {table: ([], []) for _, table, _, _ in asked}
        for pid, patient in self._staged.patients():
            facts = Facts(patient, patient.screening_date or self._staged.on, self._staged.index)
            for trial, table, leaf, criterion in asked:
                holds = answer(leaf, Context(facts, trial, criterion, defaults)).holds
                if holds is not None:
                    found[table][0].append(pid)
                    found[table][1].append(holds)
        for table, (pids, answers) in found.items():
            columns = [pyarrow.array(pids, pyarrow.int32()), pyarrow.array(answers, pyarrow.bool_())]
            self._connection.register("batch", pyarrow.table(columns, names=["pid", "h"]))
            self._connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM batch")
            self._connection.unregister("batch")

    def _verdicts(self, plan: _Plan) -> str:
        """The query of a trial's verdicts, its leaves' tables made where they are not there yet."""
        for table, query in plan.queries.items():
            if table not in self._there:
                self._connection.execute(f"CREATE TABLE {table} AS SELECT pid, h FROM ({query}) WHERE h IS NOT NULL")
                self._there.add(table)
        criteria = plan.trial.criteria
        columns = [whole_criterion(one, plan.column) for one in criteria]
        truths = "".join(f", {column} AS c{number}" for number, column in enumerate(columns))
        joins = " ".join(f"LEFT JOIN {table} USING (pid)" for table in sorted(set(plan.tables.values())))
        excludes = [f"c{n} IS {'TRUE' if one.role == 'exclusion' else 'FALSE'}" for n, one in enumerate(criteria)]
        passes = [f"c{n} IS {'FALSE' if one.role == 'exclusion' else 'TRUE'}" for n, one in enumerate(criteria)]
        eligible = "false" if blocks(plan.trial) else " AND ".join(passes) or "false"
        return f"""
            SELECT patient_id, CASE WHEN dead OR {" OR ".join(excludes) or "false"} THEN 'ineligible'
                   WHEN {eligible} THEN 'eligible' ELSE 'undetermined' END AS verdict
                   {"".join(f", c{number}" for number in range(len(criteria)))}
            FROM (SELECT patient_id, dead{truths} FROM person {joins})"""

    def _tally(self, plan: _Plan) -> tuple[int, int]:
        """How many are eligible, and how many not ineligible."""
        counted = dict(self._fetch(f"SELECT verdict, count(*) FROM ({self._verdicts(plan)}) GROUP BY verdict"))
        eligible = int(counted.get("eligible", 0))
        return eligible, eligible + int(counted.get("undetermined", 0))

    def _drop(self, tables: Iterable[str]) -> None:
        for table in set(tables):
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")
            self._there.discard(table)

    def _relaxed(self, threshold: Threshold, *, asks: bool) -> Threshold | None:
        entry = self._staged.index.lexicon.measured.get(threshold.concept or "")
        relaxed = relax(threshold, admits=asks, graded=isinstance(entry, Score))
        if relaxed is None or not isinstance(entry, Score):
            return relaxed
        ends = {end: getattr(relaxed, end) for end in ("low", "high") if getattr(relaxed, end) is not None}
        inside = {end: min(max(number, entry.range[0]), entry.range[1]) for end, number in ends.items()}
        return relaxed.model_copy(update=inside)


@dataclass
class _Plan:
    """Where the answer of each leaf lies: tables by `id(leaf)`, their queries, and what is answered singly."""

    trial: Trial
    tables: dict[int, str]
    queries: dict[str, str]
    singles: list[tuple[str, AnyLeaf, Criterion]]

    def column(self, leaf: AnyLeaf) -> str:
        table = self.tables.get(id(leaf))
        return f"{table}.h" if table else UNKNOWN


def limits(expression: Expression, *, asks: bool) -> Iterator[tuple[Threshold, bool]]:
    """Every limit of a tree, and whether meeting it helps the patient in."""
    match expression:
        case Threshold():
            yield expression, asks
        case Not():
            yield from limits(expression.of, asks=not asks)
        case IfThen():
            yield from limits(expression.when, asks=not asks)
            yield from limits(expression.then, asks=asks)
        case Unless():
            yield from limits(expression.requirement, asks=asks)
            yield from limits(expression.exception, asks=not asks)
        case _:
            for part in children(expression):
                yield from limits(part, asks=asks)


def relax(threshold: Threshold, *, admits: bool, graded: bool) -> Threshold | None:
    """The limit moved by one step: wider where meeting it admits, narrower where meeting it excludes."""
    if threshold.operator in ("eq", "ne", "in"):
        return None
    changes: dict[str, Decimal] = {}
    for end, outward in (("low", -1), ("high", 1)):
        number = getattr(threshold, end)
        if number is not None:
            step = Decimal(1) if graded or threshold.kind == "age" else abs(number) / 10
            changes[end] = number + step * outward * (1 if admits else -1)
    canonical = threshold.canonical
    if canonical is not None:
        canonical = canonical.model_copy(update=dict.fromkeys(("low", "high"))) if threshold.unit else None
    return threshold.model_copy(update={**changes, "canonical": canonical}) if changes else None

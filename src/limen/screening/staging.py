"""Patients as DuckDB tables, ready for the queries that `compile` writes.

Facts are staged as text, as their files have them.  Each distinct name, unit, word and date is then read once, by the
code that reads a single patient, and joined back: a cohort of any size is understood exactly as one patient is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from limen.criteria import Code
from limen.errors import MissingExtraError, PatientError
from limen.lexicon import Measurement
from limen.screening.dates import When
from limen.screening.facts import Reading, read_observation, stamps
from limen.screening.interval import NUMBER, point, read_value
from limen.screening.match import Catalogue, Label
from limen.screening.measured import value_unit
from limen.screening.patient import Observation, Patient, read_profile

if TYPE_CHECKING:
    import duckdb

COLUMNS: dict[str, tuple[str, ...]] = {
    "person": ("patient_id", "birth_date", "age", "sex", "screening_date", "deceased", "complete"),
    "observations": ("patient_id", "name", "system", "code", "value", "unit", "date", "reference_low", "reference_high",
                     "reference", "qualifier"),
    "conditions": ("patient_id", "name", "system", "code", "onset", "end", "status", "evidence"),
    "medications": ("patient_id", "name", "system", "code", "start", "stop", "status", "dose", "dose_unit"),
    "procedures": ("patient_id", "name", "system", "code", "date"),
    "absent": ("patient_id", "name"),
}  # fmt: skip
_DATES = {"person": ("birth_date", "deceased"), "observations": ("date",), "conditions": ("onset", "end"),
          "medications": ("start", "stop"), "procedures": ("date",)}  # fmt: skip
_STATUSES = {"conditions": ("active", "resolved", "suspected"), "medications": ("active", "stopped")}
_LISTS = ("conditions", "medications", "procedures")
_BATCH = 20_000
Row = tuple[str | None, ...]


@dataclass(frozen=True)
class Measured:
    """What all observations of one spelling have in common."""

    key: int
    reading: Reading
    unit: str | None
    problem: str | None


@dataclass(frozen=True)
class Happened:
    """What all events of one spelling have in common."""

    key: int
    listed: str
    label: Label


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """An empty database in memory."""
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtraError("screening a cohort", "screen") from error
    connection = duckdb.connect(":memory:")
    connection.execute("SET preserve_insertion_order = false")
    if threads is not None:
        connection.execute(f"SET threads = {int(threads)}")
    return connection


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """The empty staging tables."""
    for table, columns in COLUMNS.items():
        typed = ", ".join(f'"{column}" VARCHAR' for column in columns)
        connection.execute(f"CREATE TABLE in_{table} ({typed})")


def stage_patients(connection: duckdb.DuckDBPyConnection, patients: Iterable[Patient]) -> None:
    """Adds profiles to the staging tables, in batches."""
    rows: dict[str, list[Row]] = {table: [] for table in COLUMNS}
    for patient in patients:
        for table, row in _rows(patient):
            rows[table].append(row)
        if len(rows["observations"]) + len(rows["person"]) > _BATCH:
            _flush(connection, rows)
    _flush(connection, rows)


def _flush(connection: duckdb.DuckDBPyConnection, rows: dict[str, list[Row]]) -> None:
    for table, columns in COLUMNS.items():
        if rows[table]:
            insert(connection, f"in_{table}", columns, rows[table])
            rows[table].clear()


def insert(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Adds rows to a table through Arrow, which is far faster than row by row."""
    import pyarrow

    arrays = [pyarrow.array(column) for column in zip(*rows, strict=True)]
    connection.register("batch", pyarrow.table(arrays, names=list(columns)))
    connection.execute(f"INSERT INTO {table} SELECT * FROM batch")
    connection.unregister("batch")


def _text(value: object) -> str | None:
    if value is None or value is False:
        return None
    return str(value).lower() if value is True else str(value)


def _rows(patient: Patient) -> Iterator[tuple[str, Row]]:
    given = (patient.birth_date, patient.age, patient.sex, patient.screening_date, patient.deceased)
    yield "person", (patient.id, *map(_text, given), ";".join(patient.complete) or None)
    for seen in patient.observations:
        own = seen.reference_range
        bounds = (_text(own.low if own else None), _text(own.high if own else None))
        yield "observations", (patient.id, *_naming(seen), _text(seen.value), seen.unit, _text(seen.date), *bounds,
                               seen.reference, seen.qualifier)  # fmt: skip
    for fact in patient.conditions:
        yield "conditions", (patient.id, *_naming(fact), _text(fact.onset), _text(fact.end), fact.status, fact.evidence)
    for drug in patient.medications:
        dose = (_text(drug.dose.value), drug.dose.unit) if drug.dose else (None, None)
        yield "medications", (patient.id, *_naming(drug), _text(drug.start), _text(drug.stop), drug.status, *dose)
    for done in patient.procedures:
        yield "procedures", (patient.id, *_naming(done), _text(done.date))
    for name in patient.absent:
        yield "absent", (patient.id, name)


def _naming(fact: Any) -> tuple[str | None, str | None, str | None]:
    return (fact.name, fact.code.system, fact.code.code) if fact.code else (fact.name, None, None)


def stage_tables(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Adds the tables of a folder: person, observations, conditions ... as .parquet or .csv with the columns above."""
    found = False
    for table, columns in COLUMNS.items():
        path = next((p for suffix in ("parquet", "csv") if (p := folder / f"{table}.{suffix}").exists()), None)
        if path is None:
            continue
        found = True
        stage_file(connection, path, table, columns)
    if not found:
        raise PatientError("path", f"none of {', '.join(COLUMNS)} is there as .parquet or .csv", source=str(folder))


def stage_file(connection: duckdb.DuckDBPyConnection, path: Path, table: str, columns: Sequence[str]) -> None:
    """Adds one table; `PatientError` names a column that does not belong, or a missing patient_id."""
    name = str(path).replace("'", "''")
    source = f"read_parquet('{name}')" if path.suffix == ".parquet" else f"read_csv('{name}', all_varchar = true)"
    there = [str(row[0]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    if strangers := set(there) - set(columns):
        raise PatientError(min(strangers), f"there is no such column; known are {', '.join(columns)}", source=str(path))
    if "patient_id" not in there:
        raise PatientError("patient_id", "the table has no such column", source=str(path))
    picked = ", ".join(f'CAST("{column}" AS VARCHAR)' if column in there else "NULL" for column in columns)
    connection.execute(f"INSERT INTO in_{table} SELECT {picked} FROM {source}")
    if table != "person":
        connection.execute(
            f"INSERT INTO in_person SELECT DISTINCT patient_id, NULL, NULL, NULL, NULL, NULL, NULL FROM in_{table} "
            "WHERE patient_id NOT IN (SELECT patient_id FROM in_person)"
        )


class Staged:
    """The staged facts, understood: tables `person`, `reading`, `event` and `absent`, and what their keys mean."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, on: date, index: Catalogue) -> None:
        self.connection, self.on, self.index = connection, on, index
        self._read_dates()
        self._make_person()
        self.measured = self._make_readings()
        self.happened = self._make_events()
        self.absent = self._make_absent()

    def _make(self, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
        """A small table of what was read of distinct spellings."""
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} ({columns})")
        if rows:
            insert(self.connection, table, [f"c{number}" for number in range(len(rows[0]))], rows)

    def _distinct(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def _read_dates(self) -> None:
        parts = [f'SELECT "{column}" AS text FROM in_{table}' for table, names in _DATES.items() for column in names]
        texts = self._distinct(f"SELECT DISTINCT text FROM ({' UNION ALL '.join(parts)}) WHERE text IS NOT NULL")
        rows: list[tuple[Any, ...]] = []
        for (text,) in texts:
            if text in ("true", "false"):
                continue
            try:
                when = When.model_validate(text)
            except ValidationError as error:
                raise PatientError("date", str(error.errors()[0]["msg"]).removeprefix("Value error, ")) from error
            rows.append((text, when.first, when.last, *stamps(when)))
        self._make("dates", "text VARCHAR, first DATE, last DATE, stamp0 TIMESTAMP, stamp1 TIMESTAMP", rows)

    def _make_person(self) -> None:
        twice = self._distinct("SELECT patient_id FROM in_person GROUP BY patient_id HAVING count(*) > 1 LIMIT 1")
        if twice:
            raise PatientError("patient_id", f"{twice[0][0]!r} stands for two patients")
        wrong = self._distinct("SELECT sex FROM in_person WHERE sex NOT IN ('female', 'male', 'other') LIMIT 1")
        if wrong:
            raise PatientError("sex", f"female, male or other is expected, not {wrong[0][0]!r}")
        complete = ", ".join(f"coalesce(contains(complete, '{name}'), false) AS all_{name}" for name in _LISTS)
        self.connection.execute(f"""
            CREATE OR REPLACE TABLE person AS
            SELECT CAST(row_number() OVER (ORDER BY patient_id) AS INTEGER) AS pid, patient_id, sex,
                   coalesce(CAST(screening_date AS DATE), DATE '{self.on}') AS screened,
                   b.first AS born0, b.last AS born1, CAST(age AS DOUBLE) AS age,
                   coalesce(deceased = 'true' OR d.first <= screened, false)
                       AS dead, {complete}
            FROM in_person LEFT JOIN dates b ON b.text = birth_date LEFT JOIN dates d ON d.text = deceased""")
        unborn = self._distinct("SELECT patient_id, born0 FROM person WHERE born0 > screened LIMIT 1")
        if unborn:
            raise PatientError("birth_date", f"{unborn[0][1]} lies after the screening date", source=unborn[0][0])

    def _make_readings(self) -> list[Measured]:
        number = f"CASE WHEN regexp_full_match(trim(value), '{NUMBER}') THEN CAST(trim(value) AS DOUBLE) END"
        key = f"""name, system, code, unit, reference, qualifier,
            CASE WHEN unit IS NULL OR {number} IS NULL THEN value END AS particular"""
        found: list[Measured] = []
        rows: list[tuple[Any, ...]] = []
        for name, system, code, unit, reference, qualifier, value in self._distinct(f"SELECT DISTINCT {key} FROM in_observations"):
            one = self._read(len(found), name, system, code, unit, reference, qualifier, value)
            found.append(one)
            interval = one.reading.value if value is not None and read_number(value) is None else None
            ends = (interval.low, interval.high, interval.low_in, interval.high_in) if interval else (None,) * 4
            rows.append((one.key, name, system, code, unit, reference, qualifier, value, interval is not None,
                         *(float(e) if isinstance(e, Decimal) else e for e in ends)))  # fmt: skip
        columns = "name system code unit reference qualifier particular"
        self._make("spelling", "key INTEGER, " + ", ".join(f"{c} VARCHAR" for c in columns.split())
                   + ", worded BOOLEAN, low DOUBLE, high DOUBLE, low_in BOOLEAN, high_in BOOLEAN", rows)  # fmt: skip
        same = " AND ".join(f"s.{c} IS NOT DISTINCT FROM o.{c}" for c in columns.split())
        self.connection.execute(f"""
            CREATE OR REPLACE TABLE reading AS
            SELECT p.pid, s.key, p.screened, d.first AS day0, d.last AS day1, d.stamp0, d.stamp1,
                   CASE WHEN s.worded THEN s.low ELSE o.number END AS low, coalesce(s.low_in, true) AS low_in,
                   CASE WHEN s.worded THEN s.high ELSE o.number END AS high, coalesce(s.high_in, true) AS high_in,
                   CAST(o.reference_low AS DOUBLE) AS range_low, CAST(o.reference_high AS DOUBLE) AS range_high
            FROM (SELECT *, {number} AS number, CASE WHEN unit IS NULL OR {number} IS NULL THEN value END AS particular
                  FROM in_observations) o
            JOIN spelling s ON {same} JOIN person p USING (patient_id) LEFT JOIN dates d ON d.text = o.date
            WHERE d.first IS NULL OR d.first <= p.screened ORDER BY s.key, p.pid""")
        return found

    def _read(
        self, key: int, name: str | None, system: str | None, code: str | None, unit: str | None,
        reference: Any, qualifier: str | None, value: str | None,
    ) -> Measured:  # fmt: skip
        try:
            seen = Observation(name=name, code=Code(system=system or "", code=code) if code else None,
                               value=value if value is not None else Decimal(1), unit=unit, reference=reference,
                               qualifier=qualifier)  # fmt: skip
        except ValidationError as error:
            raise PatientError("observations", str(error.errors()[0]["msg"])) from error
        reading = read_observation(seen, self.index)
        entry = self.index.lexicon.measured.get(reading.measured or "")
        source, problem = reading.unit, reading.problem
        if reading.value is not None and reading.unit is None and problem is None:
            source, note = value_unit(reading, reading.value, entry)
            bare = isinstance(entry, Measurement) and entry.unit != "1" and reading.reference is None
            problem = note if bare and source is None else None
        return Measured(key, reading, source, problem)

    def _make_events(self) -> list[Happened]:
        found: list[Happened] = []
        for listed in _LISTS:
            if allowed := _STATUSES.get(listed):
                wrong = self._distinct(f"SELECT status FROM in_{listed} WHERE status NOT IN {allowed} LIMIT 1")
                if wrong:
                    raise PatientError(f"{listed}.status", f"one of {', '.join(allowed)} is expected, not {wrong[0][0]!r}")
            evidence = "evidence" if listed == "conditions" else "NULL"
            query = f"SELECT DISTINCT name, system, code, {evidence} FROM in_{listed}"
            for name, system, code, known_by in self._distinct(query):
                label = Label(name, Code(system=system or "", code=code) if code else None, known_by)
                found.append(Happened(len(found), listed, label))
        rows = [
            (one.key, one.listed, one.label.name, one.label.code.system if one.label.code else None,
             one.label.code.code if one.label.code else None, one.label.evidence)
            for one in found
        ]  # fmt: skip
        columns = "key INTEGER, listed VARCHAR, name VARCHAR, system VARCHAR, code VARCHAR, evidence VARCHAR"
        self._make("called", columns, rows)
        self.connection.execute("CREATE OR REPLACE TABLE event AS " + " UNION ALL ".join(map(_event_query, _LISTS)))
        return found

    def _make_absent(self) -> list[Label]:
        names = [str(row[0]) for row in self._distinct("SELECT DISTINCT name FROM in_absent WHERE name IS NOT NULL")]
        self._make("unsaid", "key INTEGER, name VARCHAR", list(enumerate(names)))
        self.connection.execute(
            "CREATE OR REPLACE TABLE absent AS SELECT p.pid, u.key FROM in_absent JOIN unsaid u USING (name) "
            "JOIN person p USING (patient_id)"
        )
        return [Label(name) for name in names]

    def patients(self) -> Iterator[tuple[int, Patient]]:
        """The patients one by one, for what no query was written for."""
        tables = {table: self._grouped(table) for table in COLUMNS if table != "person"}
        waiting = {table: next(groups, None) for table, groups in tables.items()}
        for (patient_id, pid), rows in self._grouped("person", "JOIN person USING (patient_id)", "person.pid"):
            facts: dict[str, list[dict[str, Any]]] = {}
            for table, group in waiting.items():
                if group is not None and group[0][0] == patient_id:
                    facts[table] = [_fact(dict(zip(COLUMNS[table], row, strict=True))) for row in group[1]]
                    waiting[table] = next(tables[table], None)
            person = dict(zip(COLUMNS["person"], rows[0], strict=True))
            yield pid, _patient(person, facts, self.on)

    def _grouped(self, table: str, join: str = "", pid: str = "NULL") -> Iterator[tuple[tuple[str, Any], list[Row]]]:
        """The rows of a staging table by patient, in the order of patient_id."""
        columns = ", ".join(f'in_{table}."{column}"' for column in COLUMNS[table])
        query = f"SELECT {columns}, {pid} FROM in_{table} {join} ORDER BY in_{table}.patient_id"
        cursor = self.connection.cursor().execute(query)
        rows = chain.from_iterable(iter(lambda: cursor.fetchmany(_BATCH), []))
        for (patient_id, number), group in groupby(rows, key=lambda row: (row[0], row[-1])):
            yield (patient_id, number), [row[:-1] for row in group]


def read_number(text: str) -> Decimal | None:
    """The number that a text is, if it is one."""
    interval = read_value(text)
    return interval.exact if interval is not None and interval == point(interval.exact or Decimal(0)) else None


def _fact(given: dict[str, str | None]) -> dict[str, Any]:
    known: dict[str, Any] = {key: value for key, value in given.items() if value is not None and key != "patient_id"}
    if "code" in known:
        known["code"] = {"system": known.pop("system", ""), "code": known["code"]}
    bounds = {end: known.pop(f"reference_{end}") for end in ("low", "high") if f"reference_{end}" in known}
    if bounds:
        known["reference_range"] = bounds
    if "dose" in known:
        known["dose"] = {"value": known["dose"], "unit": known.pop("dose_unit", "")}
    return known


def _patient(person: dict[str, str | None], facts: dict[str, list[dict[str, Any]]], on: date) -> Patient:
    given: dict[str, Any] = {key: value for key, value in person.items() if value is not None}
    given["id"] = given.pop("patient_id")
    given["complete"] = given.get("complete", "").split(";") if given.get("complete") else ()
    given.setdefault("screening_date", on)
    if given.get("deceased") == "true":
        given["deceased"] = True
    absent = [fact["name"] for fact in facts.pop("absent", [])]
    return read_profile({**given, **facts, "absent": absent}, source=str(given["id"]))


_OPEN = "DATE '0001-01-01'"
_NEVER = "DATE '9999-12-31'"


def _event_query(listed: str) -> str:
    """The SQL of `facts`' rules for when an event can have begun and ended."""
    start, stop = {"conditions": ("onset", "end"), "medications": ("start", "stop"), "procedures": ("date", "date")}[listed]
    over = "coalesce(b.last <= p.screened, false)"
    ongoing = {
        "conditions": f"coalesce(i.status IN ('active', 'suspected'), NOT {over})",
        "medications": f"NOT coalesce(i.status = 'stopped', {over})",
        "procedures": "false",
    }[listed]
    suspected = "coalesce(i.status = 'suspected', false)" if listed == "conditions" else "false"
    known = f"(NOT ({ongoing}) AND b.first IS NOT NULL)" if listed == "medications" else "false"
    open_end = "p.screened" if listed == "procedures" else f"CASE WHEN {ongoing} THEN {_NEVER} ELSE p.screened END"
    no_end = _OPEN if listed == "procedures" else f"coalesce(a.first, {_OPEN})"
    return f"""
        SELECT p.pid, c.key, p.screened, ({ongoing}) AS ongoing, {suspected} AS suspected, {known} AS known_stop,
               coalesce(a.first, {_OPEN}) AS began0,
               coalesce(a.last, CASE WHEN {ongoing} OR b.last IS NULL THEN p.screened
                                     ELSE least(p.screened, b.last) END) AS began1,
               CASE WHEN {ongoing} THEN {_NEVER} ELSE coalesce(b.first, {no_end}) END AS ended0,
               coalesce(CASE WHEN {ongoing} THEN {_NEVER} ELSE b.last END, {open_end}) AS ended1
        FROM in_{listed} i
        JOIN called c ON c.listed = '{listed}' AND c.name IS NOT DISTINCT FROM i.name
             AND c.system IS NOT DISTINCT FROM i.system AND c.code IS NOT DISTINCT FROM i.code
             {"AND c.evidence IS NOT DISTINCT FROM i.evidence" if listed == "conditions" else ""}
        JOIN person p USING (patient_id)
        LEFT JOIN dates a ON a.text = i."{start}" LEFT JOIN dates b ON b.text = i."{stop}"
        WHERE coalesce(a.first, {_OPEN}) <= p.screened"""

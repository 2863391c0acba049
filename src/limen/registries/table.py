"""Tables of trials, one a row: WHO ICTRP's CSV export and others with columns for the criteria.

Each row is handed on as a JSON object of its cells, whose columns `criteria_json` knows by name.  Line breaks that the
export wrote as `<br>` are line breaks again, and character references the characters that they stand for.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator, Sequence

from limen.errors import RecordError
from limen.registries.criteria_json import field_of

SUFFIXES = frozenset({".csv", ".tsv"})
_DELIMITERS = ",;\t"
_CRITERIA = frozenset({"inclusion", "exclusion", "other"})
_LONGEST_CELL = 10_000_000
_BREAK = re.compile(r"\r?\n?<br\s{0,3}/?\s{0,3}>\r?\n?", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|[a-zA-Z]{2,8});")


def begins(raw: bytes) -> bool:
    """Whether the first line of a text without a file name is the head of a table: columns for a trial's id and for criteria."""
    head = raw.lstrip(b"\xef\xbb\xbf")[:20_000].split(b"\n", 1)[0].decode("utf-8", "replace")
    _, fields = _columns(head)
    return "trial_id" in fields and not _CRITERIA.isdisjoint(fields)


def rows(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The name ("trials.csv[2]") and the cells of each row; a RecordError where no column holds criteria."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordError(f"a table that is not UTF-8 (byte {error.start}): save it as UTF-8", source=name) from error
    csv.field_size_limit(_LONGEST_CELL)
    delimiter, fields = _columns(text.split("\n", 1)[0])
    if _CRITERIA.isdisjoint(fields):
        reason = "a table without a column for criteria, such as 'Inclusion Criteria' or 'eligibility_criteria'"
        raise RecordError(reason, source=name)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="beyond the last column")
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            cells = {column: _text(cell) for column, cell in row.items() if isinstance(cell, str)}
            yield f"{name}[{number}]", json.dumps(cells, ensure_ascii=False).encode()
    except csv.Error as error:
        raise RecordError(f"a table that breaks off behind row {number}: {error}", source=name) from error


def _columns(head: str) -> tuple[str, Sequence[str]]:
    """The delimiter of a table's head and what its known columns are; no column has a NUL, which Python 3.10 refuses to read."""
    found = {d: [f for c in next(csv.reader([head.strip().replace("\0", " ")], delimiter=d), []) if (f := field_of(c))] for d in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda d: len(found[d]))
    return best, found[best]


def _text(cell: str) -> str:
    return _REFERENCE.sub(lambda m: html.unescape(m.group()), _BREAK.sub("\n", cell))

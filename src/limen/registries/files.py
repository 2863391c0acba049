"""The records of a file or of a folder, one at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from limen.errors import RecordError
from limen.registries import table

SUFFIXES = frozenset({".txt", ".md", ".json", ".jsonl", ".ndjson", ".html", ".htm", ".xml", "", *table.SUFFIXES})
_LINES = frozenset({".jsonl", ".ndjson"})
_ARRAY = re.compile(r"\s*\[\s*(?=\{)")
_LISTED = re.compile(
    r"\s*\{(?:(?!\"protocolSection\")[^\[]){0,2000}?\"(?:studies|FullStudies)\"\s{0,8}:\s{0,8}\[\s{0,80}(?=\{)"
)
_COMMA = re.compile(r"\s*,\s*(?=\{)")


def iter_records(path: Path, *, on_error: Callable[[RecordError], None] | None = None) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of each record at `path`, in a stable order; no more than one file is in memory at a time.

    A folder is walked with its subfolders, without hidden files and without suffixes that hold no record (`SUFFIXES`).
    A JSON Lines file gives a record a line ("name:3"), a JSON array or API response a
    record a study and a table a record a row ("name[3]").
    A file that cannot be opened or read is handed to `on_error`, and the others still come out; without `on_error` it raises.
    """
    if not path.exists():
        raise RecordError("there is no such file or folder", source=path.as_posix())
    for file in _walk(path) if path.is_dir() else [path]:
        try:
            yield from _records(file)
        except (OSError, RecordError) as error:
            failure = error if isinstance(error, RecordError) else RecordError(f"cannot be opened: {error.strerror}", source=file.as_posix())
            if on_error is None:
                raise failure from error
            on_error(failure)


def split_records(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The records of one text that came without a file name: JSON Lines, a JSON array or response, a table, or one record."""
    lines = [line for line in raw.splitlines() if line.strip()] if raw.lstrip()[:1] == b"{" else []
    if len(lines) > 1 and all(_is_object(line) for line in lines[:2]):
        yield from ((f"{name}:{number}", line) for number, line in enumerate(lines, start=1))
    elif raw.lstrip()[:1] in (b"{", b"["):
        yield from _elements(name, raw)
    elif table.begins(raw):
        yield from table.rows(name, raw)
    else:
        yield name, raw


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line, parse_int=str), dict)
    except (ValueError, RecursionError):
        return False


def is_structured(raw: bytes) -> bool:
    """Whether the bytes are trials that are structured already: JSON whose schema is `limen.trial/1`."""
    return (
        raw.lstrip()[:1] in (b"{", b"[") and re.search(rb"\"schema\"\s{0,8}:\s{0,8}\"limen\.trial/1\"", raw) is not None
    )


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        elif path.is_file() and path.suffix.lower() in SUFFIXES:
            yield path


def _records(file: Path) -> Iterator[tuple[str, bytes]]:
    name = file.as_posix()
    if file.suffix.lower() in _LINES:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield f"{name}:{number}", line.strip()
        return
    raw = file.read_bytes()
    if raw.lstrip()[:1] in (b"{", b"["):
        yield from _elements(name, raw)
    elif file.suffix.lower() in table.SUFFIXES or table.begins(raw):
        yield from table.rows(name, raw)
    else:
        yield name, raw


def _elements(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Each object of a JSON array or of a list of studies, exactly as it stands; else the file as a whole."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    head = _ARRAY.match(text) or _LISTED.match(text)
    if head is None:
        yield name, raw
        return
    decoder = json.JSONDecoder(parse_int=str)
    start, number = head.end(), 1
    while True:
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            yield f"{name}[{number}]", text[start:].encode()
            return
        yield f"{name}[{number}]", text[start:end].encode()
        comma = _COMMA.match(text, end)
        if comma is None:
            return
        start, number = comma.end(), number + 1

"""Many records, one after another, in bounded memory: files, folders and standard input; one process or several.

    for text in stream([Path("records")], exports.THRESHOLDS["jsonl"].text, limits_only=True, on_error=print):
        ...
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

from limen import registries
from limen.criteria import Trial
from limen.errors import LimenError, RecordError
from limen.structure import ListRole, structure

T = TypeVar("T")
STDIN = Path("-")
_BATCH = 50_000
_ENOUGH = 200_000
_AHEAD = 4


@dataclass(frozen=True)
class _Failure:
    """A record that gave nothing, and why."""

    error: RecordError


@dataclass(frozen=True)
class _Task(Generic[T]):
    """What is done with each record."""

    work: Callable[[Trial], T]
    registry: str | None
    role: ListRole | None
    limits_only: bool

    def one(self, record: tuple[str, bytes]) -> T | _Failure:
        name, raw = record
        try:
            return self.work(self._trial(name, raw))
        except RecordError as error:
            return _Failure(RecordError(error.reason, source=error.source or name))
        except LimenError:
            raise
        except Exception as error:  # one record's defect must not cost the others
            reason = f"cannot be structured, which is a defect of limen: {type(error).__name__}: {error}"
            return _Failure(RecordError(reason, source=name))

    def all(self, records: list[tuple[str, bytes]]) -> list[T | _Failure]:
        return [self.one(record) for record in records]

    def _trial(self, name: str, raw: bytes) -> Trial:
        if registries.is_structured(raw):
            return _structured(raw)
        return structure(raw, name=name, registry=self.registry, role=self.role, limits_only=self.limits_only)


def stream(
    paths: Iterable[Path],
    work: Callable[[Trial], T],
    *,
    on_error: Callable[[RecordError], None],
    registry: str | None = None,
    role: ListRole | None = None,
    limits_only: bool = False,
    jobs: int | None = None,
) -> Iterator[T]:
    """What `work` makes of the trial of each record, in the order of the records.

    A path is a file, a folder, or `-` for standard input.  A record that holds a trial structured already is taken as it
    is.  A record that cannot be read goes to `on_error`, and the others still come out.  With `jobs` processes (all cores
    if not given) where there is work enough for more than one: `work` is then a function of a module.
    """
    task = _Task(work, registry, role, limits_only)
    records = _records(paths, on_error)
    jobs = cores() if jobs is None else jobs
    first = _first(records, _ENOUGH if jobs > 1 else 0)
    everything = chain(first, records)
    several = jobs > 1 and sum(map(_weight, first)) >= _ENOUGH and "fork" in multiprocessing.get_all_start_methods()
    one_by_one, at_once = map(task.one, everything), _in_processes(task, everything, jobs)
    for result in at_once if several else one_by_one:
        if isinstance(result, _Failure):
            on_error(result.error)
        else:
            yield result


def same(trial: Trial) -> Trial:
    """The trial itself, as `work` of `stream`."""
    return trial


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def warm() -> None:
    """Reads the package's samples, so that everything that is loaded once is loaded, and leaves it out of the garbage collector's rounds."""
    for sample in sorted((files("limen") / "samples").iterdir(), key=lambda file: file.name):
        structure(sample.read_bytes(), name=sample.name)
    gc.collect()
    gc.freeze()


def _records(paths: Iterable[Path], on_error: Callable[[RecordError], None]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        try:
            if path == STDIN:
                yield from registries.split_records("-", sys.stdin.buffer.read())
            else:
                yield from registries.iter_records(path, on_error=on_error)
        except RecordError as error:
            on_error(error)


def _structured(raw: bytes) -> Trial:
    from pydantic import ValidationError

    try:
        return Trial.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the trial"
        raise RecordError(f"a structured trial that breaks the schema of `limen schema trial`: {where}: {first['msg']}") from error


def _weight(record: tuple[str, bytes]) -> int:
    """How much work a record is, in bytes; opening the smallest costs as much as a thousand of them."""
    return 100 if registries.is_structured(record[1]) else max(len(record[1]), 1000)


def _first(records: Iterator[tuple[str, bytes]], enough: int) -> list[tuple[str, bytes]]:
    """So many records that it is clear whether there is work enough."""
    found: list[tuple[str, bytes]] = []
    total = 0
    while total < enough and (record := next(records, None)) is not None:
        found.append(record)
        total += _weight(record)
    return found


def _batches(records: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    batch: list[tuple[str, bytes]] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record[1])
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _in_processes(task: _Task[T], records: Iterable[tuple[str, bytes]], jobs: int) -> Iterator[T | _Failure]:
    """The results in the records' order; no more than a few batches a process are under way at any time."""
    warm()
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork"), initializer=_ignore_interrupts)
    waiting: deque[Future[list[T | _Failure]]] = deque()
    try:
        with warnings.catch_warnings():  # the pipeline's threads are idle here, so forking beside them is safe
            warnings.simplefilter("ignore", DeprecationWarning)
            pool.submit(int).result()
        for batch in _batches(records):
            waiting.append(pool.submit(task.all, batch))
            if len(waiting) >= _AHEAD * jobs:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BrokenProcessPool as error:
        raise LimenError("a process was ended from outside, perhaps for want of memory: try again with --jobs 1") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

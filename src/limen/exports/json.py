"""JSON for people: one object for one trial, an array for none or several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from limen.criteria import Trial


def trial(trial: Trial) -> str:
    return trial.model_dump_json(by_alias=True, indent=2)


def frame(texts: Iterable[str]) -> Iterator[str]:
    """The objects' texts as one JSON document, without holding more than two of them."""
    stream = iter(texts)
    first, second = next(stream, None), next(stream, None)
    if first is None:
        yield "[]\n"
    elif second is None:
        yield first + "\n"
    else:
        yield f"[\n{first},\n{second}"
        for text in stream:
            yield f",\n{text}"
        yield "\n]\n"

"""`limen.review.serve` in a process of its own: it answers, it is killed, and what the page said was saved is there."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from review_trials import fake_trials

import limen.review as review
from limen.errors import MissingExtraError
from limen.review.errors import ReviewError, StoreError
from limen.review.history import stream_of
from limen.review.store import Store

SERVE = """
import sys
from pathlib import Path
from limen import lexicon
from limen.criteria import Trial
from limen.review import server, serve
server.load = lambda: lexicon.Lexicon(measurements={}, scores={}, concepts={})
trials = [Trial.model_validate_json(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
serve(trials, db=Path(sys.argv[2]), port=int(sys.argv[3]))
"""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    records = folder / "trials.jsonl"
    records.write_text("\n".join(t.model_dump_json(by_alias=True) for t in fake_trials()), "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", SERVE, str(records), str(folder / "r.sqlite"), str(port)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), 0.1).close()
                break
            except OSError:
                assert process.poll() is None, process.stderr and process.stderr.read().decode()
                time.sleep(0.05)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


def test_what_the_page_said_was_saved_outlives_a_kill(tmp_path: Path) -> None:
    pytest.importorskip("fastapi", reason="the review extra is not installed")
    httpx = pytest.importorskip("httpx")
    saved: list[tuple[int, int]] = []
    for round_number in range(3):
        with serving(tmp_path) as (process, url), httpx.Client(base_url=url, cookies={"limen_reviewer": "Ana"}) as client:
            token = re.search(r'X-Limen-Token": "(\w+)"', client.get("/").text)
            assert token
            for key in range(1, 13):
                if key == 4 * (round_number + 1) + 1:
                    process.send_signal(signal.SIGKILL)
                form = {"version": "0", "generation": "1"}
                headers = {"X-Limen-Token": token[1], "HX-Request": "true"}
                try:
                    answer = client.post(f"/trials/{key}/criteria/0/accept", data=form, headers=headers)
                except httpx.TransportError:
                    break
                if answer.status_code == 200:
                    saved.append((key, 0))
    assert len(saved) >= 11
    with Store(tmp_path / "r.sqlite") as store:
        for key, position in saved:
            name = store.trial(key).criteria[position].id
            assert store.held(key, stream_of("Ana"))[name].draft.verdict == "accepted"


def test_the_package_needs_no_framework_until_a_page_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys, limen.review; print([m for m in ('fastapi', 'starlette', 'uvicorn', 'jinja2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtraError, match=r"limen\[review\]"):
        review.serve([], db=tmp_path / "r.sqlite")


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be used"):
        review.serve([], db=tmp_path / "nowhere" / "r.sqlite")


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    pytest.importorskip("fastapi", reason="the review extra is not installed")
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ReviewError, match="choose another with --port"):
        review.serve([], db=tmp_path / "r.sqlite", port=taken.getsockname()[1])

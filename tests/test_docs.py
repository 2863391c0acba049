"""The README's commands run and print what it says they print; what exists is listed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from limen import exports

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("session", SESSIONS, ids=[each.splitlines()[0][:60] for each in SESSIONS])
def test_sessions(session: str) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "100"}
    for block in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, expected = block.partition("\n")
        done = subprocess.run(["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        if expected.strip():
            shown = [line.rstrip() for line in done.stdout.strip().splitlines()]
            assert shown == [line.rstrip() for line in expected.strip().splitlines()]


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_code(code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    exec(code, {})
    assert capsys.readouterr().out


def test_what_exists_is_listed() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"`make (\w+)`", README)) <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
    for command in ("structure", "thresholds", "check", "screen", "review", "evaluate", "schema"):
        assert f"limen {command}" in README
    for format in {*exports.STRUCTURE, *exports.THRESHOLDS}:
        assert format in README


def test_the_map_names_what_is_there() -> None:
    block = README.split("## Map of the code")[1].split("```")[1]
    for line in block.strip().splitlines()[1:]:
        if line.strip():
            assert (ROOT / "src" / "limen" / line.split()[0].rstrip("/")).exists(), line

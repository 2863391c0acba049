"""The cases of tests/cases: one file a phenomenon, each case several phrasings of one expected reading.

    - name: percent of predicted          unique within all files
      texts: [...]                        phrasings, each of which must be read alike; `text: ...` for one
      role: exclusion                     inclusion if not given
      reads: [fvc < 70 % predicted]       the limits, as limen.render writes them, in any order; `*` for any concept
      tree: |                             the tree of the first criterion, as limen.render.tree writes it
      findings: [symbol_repaired]         codes that must be among the findings
      silent: [unit_implausible]          codes that must not be

A case asserts at least one of reads, tree, findings and silent.  `reads: []` says that nothing is a limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import limen
from limen.criteria import Trial, thresholds
from limen.render import render, tree

FOLDER = Path(__file__).parent / "cases"
ASSERTED = ("reads", "tree", "findings", "silent")
KEYS = frozenset({"name", "text", "texts", "role", *ASSERTED})


class CaseError(ValueError):
    """A case file that breaks a rule of its format."""


@dataclass(frozen=True)
class Case:
    """One phrasing of one case."""

    file: str
    name: str
    text: str
    role: str
    expected: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.file}: {self.name}: {self.text[:60]}"


def load(path: Path) -> list[dict[str, Any]]:
    """The stanzas of one file; `CaseError` names the file, the case and what is wrong."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, list):
        raise CaseError(f"{path.name}: a list of cases is expected")
    seen: set[str] = set()
    for number, stanza in enumerate(content, start=1):
        name = str(stanza.get("name", f"case {number}"))
        if strangers := set(stanza) - KEYS:
            raise CaseError(f"{path.name}: {name}: unknown keys: {', '.join(sorted(map(str, strangers)))}")
        if "name" not in stanza or name in seen:
            raise CaseError(f"{path.name}: {name}: every case has a name of its own")
        if ("text" in stanza) == ("texts" in stanza) or not texts_of(stanza):
            raise CaseError(f"{path.name}: {name}: give `text` or `texts`")
        if not any(key in stanza for key in ASSERTED):
            raise CaseError(f"{path.name}: {name}: asserts nothing: give one of {', '.join(ASSERTED)}")
        seen.add(name)
    return content


def texts_of(stanza: dict[str, Any]) -> list[str]:
    return [stanza["text"]] if "text" in stanza else list(stanza["texts"])


def cases() -> list[Case]:
    """Every phrasing of every case."""
    found: list[Case] = []
    names: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for stanza in load(path):
            other = names.setdefault(stanza["name"], path.name)
            if other != path.name:
                raise CaseError(f"{path.name}: {stanza['name']}: {other} has a case of this name")
            expected = {key: stanza[key] for key in ASSERTED if key in stanza}
            for text in texts_of(stanza):
                found.append(Case(path.stem, stanza["name"], text, stanza.get("role", "inclusion"), expected))
    return found


@cache
def read(text: str, role: str) -> Trial:
    """The trial of a text that is nothing but criteria."""
    head = "Exclusion Criteria:" if role == "exclusion" else "Inclusion Criteria:"
    return limen.structure(f"{head}\n{text}\n".encode(), name="case.txt")


def readings(trial: Trial) -> list[str]:
    """The limits of the text, in its order, as a person writes them."""
    listed = [t for c in trial.criteria if c.role != "registry" for t in thresholds(c.requirement)]
    return [render(threshold) for threshold in listed]


def same(expected: list[str], got: list[str]) -> bool:
    """Whether both list the same limits; `* ` stands for any concept."""
    left = list(got)
    for reading in sorted(expected, key=lambda r: r.startswith("* ")):
        match = next((g for g in left if g == reading or (reading.startswith("* ") and _limit(g) == reading[2:])), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _limit(reading: str) -> str:
    """A reading without its concept, which is one word or stands in quotes."""
    return reading[reading.index('"', 1) + 2 :] if reading.startswith('"') else reading.partition(" ")[2]


def shown_tree(trial: Trial) -> str:
    first = next(c for c in trial.criteria if c.role != "registry")
    return "\n".join(tree(first.requirement))


def codes(trial: Trial) -> set[str]:
    return {f.code for f in (*trial.findings, *(f for c in trial.criteria for f in c.findings))}


def update(path: Path) -> None:
    """Writes what is read now from each case's first phrasing into the file; its opening comment stays."""
    raw = path.read_text(encoding="utf-8")
    comment = "".join(line for line in raw.splitlines(keepends=True) if line.startswith("#"))
    stanzas = load(path)
    for stanza in stanzas:
        trial = read(texts_of(stanza)[0], stanza.get("role", "inclusion"))
        if "reads" in stanza and not same(stanza["reads"], readings(trial)):
            stanza["reads"] = readings(trial)
        if "tree" in stanza:
            stanza["tree"] = shown_tree(trial) + "\n"
        if "findings" in stanza:
            stanza["findings"] = sorted(set(stanza["findings"]) & codes(trial)) or sorted(codes(trial))
    path.write_text(comment + yaml.safe_dump(stanzas, allow_unicode=True, sort_keys=False, width=140), encoding="utf-8")

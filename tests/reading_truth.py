"""The templates of tests/truth: sentences with slots, and the patients of whom each is true.

    - role: exclusion                     or inclusion
      holds: a and not b                  when the sentence is true of a patient: a is slot 1, b slot 2, and so on
      texts: ["{c1} without {d2}"]        templates; a letter of slots.yaml and a number make a slot

A sentence is read, and its trees are worked out for every patient whose slots are each true or false.  A leaf has the
value of the slot that it stands at; one that stands at none or at several is unknown.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from zlib import crc32

import yaml

import limen
from limen.criteria import Condition, Demographic, Exposure, Expression, Threshold, Trial, leaves
from limen.screening.logic import Truth, all_hold, any_holds, holds

FOLDER = Path(__file__).parent / "truth"
SLOT = re.compile(r"\{([a-z])([1-9])\}")
PICKS = 2
Patient = Mapping[int, bool]


@dataclass(frozen=True)
class Template:
    """One sentence with slots."""

    text: str
    role: str
    formula: str


@dataclass(frozen=True)
class Sentence:
    """A template with words in its slots; `places` are those of a slot's words in the text."""

    text: str
    role: str
    formula: str
    places: Mapping[int, list[tuple[int, int]]]


def templates() -> list[Template]:
    """Every template of every file."""
    files = [path for path in sorted(FOLDER.glob("*.yaml")) if path.name != "slots.yaml"]
    entries = [entry for path in files for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return [Template(text, entry["role"], entry["holds"]) for entry in entries for text in entry["texts"]]


def sentences(template: Template) -> Iterator[Sentence]:
    """The template with a few picks of words, the same ones on every run."""
    words = yaml.safe_load((FOLDER / "slots.yaml").read_text(encoding="utf-8"))
    for pick in range(PICKS):
        shift = crc32(template.text.encode()) + 7 * pick
        text, places, last = f"{template.role.title()} Criteria:\n* ", dict[int, list[tuple[int, int]]](), 0
        for slot in SLOT.finditer(template.text):
            choice, number = words[slot[1]], int(slot[2])
            word = choice[(shift + number) % len(choice)]
            text += template.text[last : slot.start()]
            word = word[0].upper() + word[1:] if text.endswith(("* ", ". ")) else word
            places.setdefault(number, []).append((len(text), len(text) + len(word)))
            text, last = text + word, slot.end()
        yield Sentence(text + template.text[last:], template.role, template.formula, places)


def patients(sentence: Sentence) -> Iterator[Patient]:
    for values in product((False, True), repeat=len(sentence.places)):
        yield dict(zip(sorted(sentence.places), values, strict=True))


def asked(formula: str, patient: Patient) -> bool:
    """What a formula of `and`, `or`, `not` and letters says of a patient."""

    def value(node: ast.expr) -> bool:
        match node:
            case ast.BoolOp(op=ast.And()):
                return all(value(part) for part in node.values)
            case ast.BoolOp():
                return any(value(part) for part in node.values)
            case ast.UnaryOp(op=ast.Not()):
                return not value(node.operand)
            case ast.Name() if len(node.id) == 1:
                return patient[ord(node.id) - ord("a") + 1]
        raise ValueError(f"not a formula: {formula}")

    return value(ast.parse(formula, mode="eval").body)


def read(sentence: Sentence) -> Trial:
    return _structured(sentence.text)


@cache
def _structured(text: str) -> Trial:
    return limen.structure(text.encode(), name="case.txt")


def answered(trial: Trial, sentence: Sentence, patient: Patient) -> Truth:
    """Whether what was read is true of a patient: all that is asked for, any that excludes."""
    criteria = [criterion for criterion in trial.criteria if criterion.role == sentence.role]
    found = [
        holds(criterion, {id(leaf): _value(leaf, sentence, patient) for leaf in leaves(criterion.requirement)}) for criterion in criteria
    ]
    return any_holds(found) if sentence.role == "exclusion" else all_hold(found)


def _value(leaf: Expression, sentence: Sentence, patient: Patient) -> Truth:
    """The value of the one slot that a leaf stands at, the other way round where the leaf is denied."""
    if not isinstance(leaf, (Threshold, Condition, Exposure, Demographic)):
        return None
    spans = [(leaf.start, leaf.end)]
    if isinstance(leaf, Threshold) and leaf.concept_start is not None and leaf.concept_end is not None:
        spans.append((leaf.concept_start, leaf.concept_end))
    at = {
        number
        for number, places in sentence.places.items()
        if any(begin < end and start < stop for start, end in spans for begin, stop in places)
    }
    if len(at) != 1:
        return None
    if isinstance(leaf, Threshold):
        denied = leaf.kind == "window" and leaf.window is not None and leaf.window.text.lower().startswith("for ")  # "off steroids for 4 weeks"
    else:
        denied = leaf.value is False if isinstance(leaf, Demographic) else leaf.negated
    return patient[at.pop()] != denied

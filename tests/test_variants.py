"""Every case reads alike however a registry prints it: hard spaces, HTML, tight comparators, wrapped lines, a full stop."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

import limen
from limen.render import tree
from reading_cases import cases

_HEADS = {"inclusion": "Inclusion Criteria:\n\n", "exclusion": "Exclusion Criteria:\n\n"}
_LINES = [case for case in cases() if "\n" not in case.text and "  " not in case.text and "&" not in case.text and "<U" not in case.text and "<wbr" not in case.text]
_MARKUP = re.compile(r"</?p>|\s|[*.;]")


def _wrapped(text: str) -> str:
    """The text as an item of two lines, the first of which is 80 characters long and no heading; else as it is."""
    first = re.sub(r" \S+ \S+ \S+$", "", text)
    if not 20 < len(first) < 78 or not text[len(first) :].lstrip()[:3].isalpha():
        return f"- {text}"
    indent = " " * (78 - len(first))
    return f"{indent}- {first}\n{indent}  {text[len(first) :].lstrip()}"


VARIANTS: dict[str, Callable[[str], str]] = {
    "hard spaces and hyphens": lambda text: "- " + text.replace(" ", "\u00a0").replace("-", "\u2011"),
    "two spaces": lambda text: "- " + text.replace(" ", "  "),
    "a full stop": lambda text: f"- {text}.",
    "bold": lambda text: f"- **{text}**",
    "HTML": lambda text: f"<ul><li>{html.escape(text, quote=False).replace('≥', '&ge;').replace('≤', '&le;')}</li></ul>",
    "no blank around comparators": lambda text: "- " + re.sub(r"(?<![<>=/]) ?([<>≥≤])(?![<>=/ ]=?\s?[=/o]) ?", r"\1", text),
    "wrapped lines": _wrapped,
}
_PART = 3  # of the cases one in so many, others for each variant


def _read(item: str, role: str) -> list[str]:
    trial = limen.structure(f"{_HEADS[role]}{item}".encode())
    return [_plain("".join(tree(c.requirement))) for c in trial.criteria]


def _plain(text: str) -> str:
    return _MARKUP.sub("", html.unescape(text).replace("\u2011", "-"))


@pytest.mark.parametrize("variant", VARIANTS)
def test_print_does_not_change_the_reading(variant: str) -> None:
    printed = VARIANTS[variant]
    part = _LINES[list(VARIANTS).index(variant) % _PART :: _PART]
    changed = [case for case in part if _read(printed(case.text), case.role) != _read(f"- {case.text}", case.role)]
    assert not changed, "\n".join(case.text for case in changed[:10])

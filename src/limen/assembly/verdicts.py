"""The phrases by which a sentence or a lead shuts out what it names: "is not permitted", "cannot be enrolled", "will also be excluded"."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation

_UNLESS_NOT = r"(?<!not )(?<!not be )(?<!cannot be )(?<!not been )(?<!need not be )(?<!not need to be )(?<!not have to be )"


class Verdicts(NamedTuple):
    """The compiled phrases that shut out: at a sentence's end, anywhere, before a reason, at a lead's end; and those that let in."""

    shut: Scanner
    shutting: Scanner
    shut_for: Scanner
    lead: Scanner
    admits: Scanner


@cache
def verdicts() -> Verdicts:
    logic: dict[str, Any] = read_toml(data("logic.toml"))
    table = logic["denials"]
    words = {name: alternation(table[name]).replace("'", "['’]") for name in ("shut", "studies", "phases", "reasons", "causes", "leads", "lead_kinds", "lead_nouns", "barred")}
    shuts = rf"{_UNLESS_NOT}(?:{words['shut']}|{_refusing(logic['refusals'])})"
    said = rf"{shuts}(?:\s+(?:{words['studies']}))?"
    return Verdicts(
        shut=Scanner(rf"{said}(?:\s+(?:{words['phases']})[^.;:,\d]{{0,60}})?(?:,?\s+(?:either|too|as\s+well|also))?\W*$"),
        shutting=Scanner(shuts),
        shut_for=Scanner(rf"{said}\s+(?:{words['reasons']}|(?P<cause>{words['causes']}))\s"),
        admits=Scanner(_admitting(logic["refusals"])),
        lead=Scanner(
            rf"(?:{words['leads']}|\b(?:no|without|without\s+any)(?:\s+(?:{words['lead_kinds']})){{0,4}}\s+(?:{words['lead_nouns']})|(?:{words['barred']})\s+(?:to|for|from)\s[^.;:]{{3,50}}\s(?:if|when)(?:\s+they\s+(?:have|are|meet))?)"
            rf"(?:\s+(?:any\s+one|one\s+or\s+more|at\s+least\s+one|any|either))?(?:\s+of)?(?:\s+the)?(?:\s+(?:following|these|below|exclusion)(?:\s+\w+){{0,3}})?\W*$"
        ),
    )


def _refusing(table: dict[str, list[str]]) -> str:
    """The grammar of a refusal: "is (also) not eligible", "will (therefore) be excluded", "may not be recruited", "cannot enter"."""
    words = {name: f"(?:{alternation(listed)})" for name, listed in table.items()}
    adverbs = rf"(?:{words['adverbs']}\s+){{0,2}}"
    unfit = rf"{words['copulas']}\s+{adverbs}(?:not\s+{adverbs}{words['fit']}|{words['out']})"
    kept_out = rf"{words['modals']}\s+{adverbs}(?:be\s+{adverbs}{words['out']}|not\s+{adverbs}be\s+{adverbs}{words['fit']})"
    barred = rf"{words['refusing']}\s+{adverbs}(?:be\s+{adverbs}{words['fit']}|{words['entering']})"
    return rf"(?:{unfit}|{kept_out}|{barred})"


def _admitting(table: dict[str, list[str]]) -> str:
    """The grammar of the opposite: "are (also) eligible", "may be enrolled", "can also participate"."""
    words = {name: f"(?:{alternation(listed)})" for name, listed in table.items()}
    adverbs = rf"(?:{words['adverbs']}\s+){{0,2}}"
    return rf"(?:{words['copulas']}\s+{adverbs}{words['fit']}|(?:may|can|could|will|shall|should)\s+{adverbs}(?:be\s+{adverbs}{words['fit']}|{words['entering']}))"

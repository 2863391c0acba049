"""The compiled phrases of [denials]: what denies, how far, and what ends it."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import Scanner, alternation


class Patterns(NamedTuple):
    """The compiled phrases of [denials]."""

    ends: Scanner
    forbids: Scanner
    forbidden_ends: Scanner
    statement: Scanner
    managed: re.Pattern[str]
    use: Scanner
    unreached: Scanner
    beside: Scanner
    opener: Scanner
    unable: Scanner
    hesitant: Scanner
    affirmed: Scanner
    joint: Scanner
    waived: Scanner
    qualifier: Scanner
    deed: Scanner
    backward: Scanner
    undone_behind: Scanner
    unfit: Scanner
    test: Scanner


@cache
def patterns() -> Patterns:
    table, people = read_toml(data("logic.toml"))["denials"], alternation(read_toml(data("logic.toml"))["guards"]["subjects"])
    words = {name: alternation(table[name]).replace("'", "['’]") for name in table}
    between = rf"(?:(?:{words['between']})\s+){{0,4}}"
    able = alternation(table["able"], lead=False)
    hesitant = alternation(phrase for phrase in table["unable"] if any(mark in phrase for mark in (" or ", " and ", "/")))
    heads = rf"\s*(?:(?:{words['heads']})\s+){{0,5}}"
    stops, further = r";|\bif\s|(?<!e\.g)(?<!i\.e)\.\s|\n\s*\n|\b\d{1,2}\)\s", rf"\b(?:and|but)\s+(?:\w+ly\s+)?(?:{words['asserts']})[\s:]|,\s*(?:{words['places']})\s|,\s*(?:the\s|all\s)?(?:{people})\s+(?:{words['verbs']})\s"
    subject = rf"(?:(?!that\b|which\b|who\b)\w+\s+){{1,3}}(?:{words['verbs']})\s"
    return Patterns(
        ends=Scanner(rf"{stops}|(?:\b(?:and|or|but)\s+|,\s*)(?:{words['statements']})\s|{further}|\b(?:and|or|but)\s+{subject}"),
        forbids=Scanner(rf"(?:{words['forbids']})\s*$|(?:{words['forbids']})\s+(?:have|be|had|been)\s*$"),
        forbidden_ends=Scanner(rf"{stops}|\bor\s+that\s|(?:\b(?:and|but)\s+|,\s*)(?:{words['statements']})\s|{further}|\b(?:and|but)\s+{subject}"),
        unreached=Scanner(
            rf"(?:{words['undone']})\s+(?:\w+\s+){{0,3}}?(?:{words['changes']})\b(?:[^.;:]|\.(?!\s)){{0,70}}?(?P<to>(?<!due )(?<!prior )(?<!related )(?<!secondary )(?<!owing )(?<!attributed )\bto\b|\((?:i\.?e\.?,?)?)(?:[^.;:(),]|\.(?!\s)|\([\w.\s-]{{2,30}}\)){{0,70}}$"
        ),
        use=Scanner(words["uses"]),
        managed=re.compile(rf"\s*(?:\w+ly\s+|(?:well|yet|been)[\s-]+){{0,3}}(?:{words['managed']})\s+", re.IGNORECASE),
        statement=Scanner(rf"\s*(?:{words['statements']})\s"),
        beside=Scanner(rf"(?:(?:{words['direct']})\s+{between}|\bnon[\s-]\s?)$"),
        opener=Scanner(rf"{heads}(?P<denial>(?:{words['openers']})\s+|non(?:-|\s)(?=\w+\W*$))"),
        unable=Scanner(rf"{heads}(?:(?:in|for)\s+(?:which|whom)\s+)?(?:it\s+(?:is|was)\s+)?(?:\w+ly\s+)?(?:(?:{words['unable']})\s+|(?:un|in|im|not\s+)(?=(?:{able})\s))"),
        affirmed=Scanner(words["affirmed"]),
        hesitant=Scanner(hesitant),
        joint=Scanner(rf"(?:{words['joints']}|{hesitant})\s"),
        waived=Scanner(rf"(?:{words['waived']})\s*$"),
        qualifier=Scanner(rf"\s+(?:(?:been|be|being|yet|\w+ly)\s+){{0,3}}(?:{words['qualifiers']})(?!\w)"),
        deed=Scanner(rf"\s+(?:(?:{words['adverbs']})\s+){{0,4}}(?:{words['deeds']})(?!\w)"),
        backward=Scanner(rf"(?:[\s:(,-]|\b(?:{words['linking']})\b)*(?:{words['behind']}|(?:{words['undone_behind']})\s*(?:[,;.)]|$))"),
        undone_behind=Scanner(rf"\s+(?:(?:is|was|were|has|have|been)\s+){{0,2}}(?:{words['undone_behind']})\s*(?:[,;.)]|$)"),
        unfit=Scanner(rf"\W*(?:(?:been|be|being|yet|a|\w+ly)\s+){{0,3}}(?:{words['fitness']})"),
        test=Scanner(rf"(?:[\s,/]+[\w-]+){{0,6}}?\s+(?:{words['tests']})"),
    )

"""Windows that half-lives may make longer or shorter: "within 4 weeks or 5 half-lives, whichever is longer".

No profile tells how long a drug's half-life is, so that what they may turn is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from limen.criteria import Window
from limen.lexicon.load import data, read_toml
from limen.lexicon.patterns import alternation
from limen.screening.facts import Event
from limen.screening.logic import Truth
from limen.screening.vocabulary import vocabulary


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = alternation(read_toml(data("windows.toml"))["aside"]["half_lives"])
    which = rf"\b(?:which\s?ever|if)\b[^.;]{{0,30}}?\b(?:(?P<shorter>{alternation(vocabulary().shorter)})|{alternation(vocabulary().longer)})\b"
    return re.compile(rf"\b{names}\b", re.IGNORECASE), re.compile(which, re.IGNORECASE)


def counts_half_lives(window: Window | None) -> bool:
    """Whether a window's words name half-lives beside its length of time."""
    return window is not None and _patterns()[0].search(window.text) is not None


def beyond_half_lives(window: Window | None, test: Callable[[Event], Truth], *, recent: bool) -> Callable[[Event], Truth]:
    """The test of a window, unknown where the half-lives may turn its answer; `recent`: it asks for what was within it."""
    if window is None or not counts_half_lives(window):
        return test
    which = _patterns()[1].search(window.text)
    if which is None and not recent:
        return lambda event: None  # "at least 4 weeks or 5 half-lives before": the longer of them, or either
    longer = which is None or which["shorter"] is None
    turned = longer is not recent
    return lambda event: None if (truth := test(event)) is turned else truth

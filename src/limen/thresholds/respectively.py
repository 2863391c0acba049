"""Names and limits that are listed apart and belong together in their order: "AST and ALT < 3 and < 5 x ULN, respectively"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from limen.mentions import Mention, Mentions, Quantity
from limen.thresholds.build import like
from limen.thresholds.sharing import borrowed

_SAID = re.compile(r"[\s,;(\[]*\brespectively\b", re.IGNORECASE)
_JOINT = re.compile(r"\s*(?:,\s*(?:and|or|&)|,|;|/|&|and|or)\s*(?:(?:of|a|an|the|is|at)\s+)*", re.IGNORECASE)
_ASIDE = re.compile(r"\s?\([^()]{1,40}\)")
_LEAD = re.compile(r"[^\d.;]{0,40}")
_BESIDE = 30  # characters between a joint and the name of a list: "the baseline serum"


def in_order(mentions: Mentions) -> tuple[Mentions, Mapping[int, Mention]]:
    """The mentions with the unit that such limits share at each of them, and the name of each limit by the place of its number."""
    quantities, owners = list(mentions.quantities), dict[int, Mention]()
    for said in _SAID.finditer(mentions.text) if "espectively" in mentions.text else ():
        run = _limits(mentions.text, [i for i, q in enumerate(quantities) if q.end <= said.start()], quantities, said.start())
        names = listed_before(mentions, quantities[run[0]].start, len(run)) if len(run) > 1 else ()
        if not names:
            continue
        first, last = quantities[run[0]], quantities[run[-1]]
        for index, name in zip(run, names):
            limit = quantities[index]
            bare = limit.unit is None and limit.reference is None
            limit = like(limit, first) if limit.operator is None and first.operator in ("ge", "gt", "le", "lt") else limit
            quantities[index] = borrowed(limit, last) if bare and index != run[-1] else limit
            owners[limit.number_start] = name
        quantities[run[-1]] = replace(quantities[run[-1]], end=said.end())
    return mentions._replace(quantities=tuple(quantities)), owners


def _limits(text: str, before: Sequence[int], quantities: Sequence[Quantity], place: int) -> list[int]:
    """The limits that joints alone part, up to a place."""
    run: list[int] = []
    for index in reversed(before):
        quantity = quantities[index]
        gap = text[quantity.end : quantities[run[0]].start if run else place]
        if quantity.is_time or not (quantity.explicit or quantity.unit) or (gap.strip() if not run else not _JOINT.fullmatch(gap)):
            break
        run.insert(0, index)
    return run


def listed_before(mentions: Mentions, start: int, count: int) -> Sequence[Mention]:
    """As many names as there are limits, listed right before the first of them; none where the list is longer."""
    named = [m for m in mentions.measured if m.end <= start]
    listed: list[Mention] = []
    for name in reversed(named):
        gap = _ASIDE.sub("", mentions.text[name.end : listed[0].start if listed else start])
        joint = _JOINT.match(gap) if listed else _LEAD.fullmatch(gap)
        if joint is None or (listed and len(gap) - joint.end() > _BESIDE):
            break
        listed.insert(0, name)
    return listed if len(listed) == count else ()

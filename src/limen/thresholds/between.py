"""A measured thing between its two limits: "50 % ≤ FVC at the last visit ≤ 80 %"."""

from __future__ import annotations

import re

from limen.mentions import Quantity
from limen.thresholds.build import Join, Target
from limen.thresholds.names import Names

_PARTS = re.compile(r"[,;.:()\n]|(?:^|\s)(?:and|or|but|with)\s", re.IGNORECASE)
_FAR = 60  # characters behind the measured thing in which its other limit stands


def sandwiched(names: Names, quantity: Quantity) -> tuple[tuple[Target, ...], Join] | None:
    """The targets of the lower limit before them, where only words that tell of them stand before an upper limit."""
    if not names.used or quantity.low is not None or not quantity.explicit or quantity.reversed:
        return None
    before, targets, join = names.used[-1]
    end = targets[-1].end
    lower = before.reversed and before.high is None and before.end <= targets[0].start
    if not lower or not 0 <= quantity.start - end <= _FAR or _PARTS.search(names.text, end, quantity.start):
        return None
    same = quantity.unit is None or before.unit is None or quantity.unit == before.unit
    return (targets, join) if same and quantity.reference == before.reference else None


"""Assembly: from clauses, mentions and pairs to a criterion's tree of groups and leaves."""

from limen.assembly.assemble import Item, assemble, bare_limits, limits
from limen.assembly.criterion import criterion_of, criterion_of_limits, registry_criteria
from limen.assembly.walk import as_written, map_thresholds
from limen.assembly.words import Read

__all__ = ["Item", "Read", "as_written", "assemble", "bare_limits", "criterion_of", "criterion_of_limits", "limits", "map_thresholds", "registry_criteria"]

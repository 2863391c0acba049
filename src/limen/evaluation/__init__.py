"""Evaluation: gold against what was read, as figures, errors and comparisons.

report = evaluate([Path("corpus")], predicted=limen.structure)
print(report.table())
print(compare(read_report(old), report).table())
"""

from limen.evaluation.evaluate import Reader, evaluate
from limen.evaluation.folds import fold_of
from limen.evaluation.report import Comparison, Error, Figure, Report, ReportError, compare, read_report

__all__ = ["Comparison", "Error", "Figure", "Reader", "Report", "ReportError", "compare", "evaluate", "fold_of", "read_report"]

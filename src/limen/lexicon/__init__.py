"""What limen knows, as data: measurements, scores, units, comparisons, contexts, headings, conditions and treatments.

A line in one of the files beside this module is all it takes to add a measurement, a synonym, a unit spelling, a
comparison phrase, a heading or a context cue.  `load()` reads them once and refuses a file that breaks a rule.
"""

from limen.lexicon.entries import Chemistry, Concept, Example, Lexicon, Measurement, Score
from limen.lexicon.load import load, read_entries

__all__ = ["Chemistry", "Concept", "Example", "Lexicon", "Measurement", "Score", "load", "read_entries"]

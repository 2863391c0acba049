"""Reading: from the words of a clause to mentions.  The only room of spaCy, medspaCy, scispaCy and quantulum3."""

from limen.reading.abbreviations import Learned, learn
from limen.reading.pipeline import MAX_CLAUSE, holds_number, load, read

__all__ = ["MAX_CLAUSE", "Learned", "holds_number", "learn", "load", "read"]

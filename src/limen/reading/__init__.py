"""Reading: from the words of a clause to mentions.  The only room of spaCy, medspaCy, scispaCy and quantulum3."""

from limen.reading.pipeline import load, read

__all__ = ["load", "read"]

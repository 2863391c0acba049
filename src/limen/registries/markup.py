"""XML documents, as registries hand them out.

A document that declares entities is refused: no trial needs them, and they can be made to fill the memory.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from limen.errors import RecordError

_DECLARATION = re.compile(r"<!\s{0,8}(?:DOCTYPE|ENTITY)\b", re.IGNORECASE)


def parse(text: str) -> ElementTree.Element:
    """The root of an XML document; a RecordError says why there is none."""
    if _DECLARATION.search(text):
        raise RecordError("XML that declares a document type or entities, which a trial never needs")
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise RecordError(f"starts like XML, but is not: {error}") from error


def words(root: ElementTree.Element, path: str) -> str | None:
    """The text of the first element at `path` on one line; None where there is none."""
    return " ".join((root.findtext(path) or "").split()) or None

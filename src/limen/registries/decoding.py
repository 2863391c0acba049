"""From a file's bytes to text: UTF-8, UTF-16 with its mark, the declared encoding, else a guess that says so."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from limen.criteria import Finding
from limen.errors import RecordError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIP or Office",
    b"\x89PNG": "PNG",
    b"\x1f\x8b": "gzip",
    b"\xd0\xcf\x11\xe0": "Office",
}
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1b") + b"\x7f"
_DECLARED = re.compile(rb"(?:encoding|charset)\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_KNOWN = re.compile(r"iso-?8859|windows-|cp12|shift_?jis|sjis|euc-|gb|big5|koi8", re.IGNORECASE)
_ESCAPED = re.compile("[\udc80-\udcff]")
_LONE = re.compile("[\ud800-\udfff]")


def _windows_1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_WINDOWS_1252 = {0xDC00 + byte: _windows_1252(byte) for byte in range(0x80, 0x100)}


@dataclass(frozen=True)
class Decoded:
    """A file's text; `escaped` is the same text with every byte that had to be guessed as a lone surrogate."""

    text: str
    escaped: str | None = None

    def guess(self, text: str) -> tuple[Finding, ...]:
        """The finding that says what was guessed, placed in the eligibility text where the guess is in it."""
        if self.escaped is None:
            return ()
        count = sum(1 for _ in _ESCAPED.finditer(self.escaped))
        start = max(self.text.find(text), 0)
        inside = _ESCAPED.search(self.escaped, start, start + len(text))
        at = inside.start() - start if inside else 0
        message = f"{count} bytes of the file are not UTF-8 and were read as Windows-1252"
        if inside:
            message += f", in the eligibility text first as {self.text[inside.start()]!r}"
        return (Finding(code="encoding_guessed", severity="warning", start=at, end=at + bool(inside), message=message),)


def decode(raw: bytes) -> Decoded:
    """The file's text.  `RecordError` for an empty and for a binary file."""
    if not raw.strip():
        raise RecordError("the file is empty")
    for magic, kind in _MAGIC.items():
        if raw.startswith(magic):
            raise RecordError(f"this is a binary file ({kind}), not the text of a record: save the page as text")
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _marked(raw, encoding)
    controls = len(raw) - len(raw.translate(None, _CONTROLS))
    if b"\0" in raw or controls * 50 > len(raw):
        raise RecordError("this is a binary file, not the text of a record: save the page as text, in UTF-8")
    try:
        return Decoded(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return _declared(raw) or _guessed(raw)


def is_sound(text: str) -> bool:
    """Whether the text has no half surrogate pairs."""
    return text.isascii() or _LONE.search(text) is None


def sound(text: str) -> str:
    """The text with half surrogate pairs, which no encoding can store, as U+FFFD."""
    return _LONE.sub("\ufffd", text)


def _marked(raw: bytes, encoding: str) -> Decoded:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8-sig":
            return _guessed(raw[len(codecs.BOM_UTF8) :])
        raise RecordError(f"the file starts as {encoding.upper()}, but is not: {error.reason}") from error
    if not text.strip():
        raise RecordError("the file is empty")
    return Decoded(text)


def _declared(raw: bytes) -> Decoded | None:
    """The text in the encoding that an XML or HTML file declares; Latin-1 is read as Windows-1252, as browsers do."""
    match = _DECLARED.search(raw[:2000]) if raw.lstrip()[:1] == b"<" else None
    encoding = match[1].decode("ascii").lower() if match else ""
    if not _KNOWN.match(encoding):
        return None
    if encoding in ("iso-8859-1", "iso8859-1"):
        encoding = "cp1252"
    try:
        return Decoded(raw.decode(encoding))
    except (UnicodeDecodeError, LookupError):
        return None


def _guessed(raw: bytes) -> Decoded:
    escaped = raw.decode("utf-8", "surrogateescape")
    return Decoded(escaped.translate(_WINDOWS_1252), escaped)

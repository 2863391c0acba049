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
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ASCII = 8  # one of so many characters of a wide text is ASCII at the least: blanks, digits, line ends
_ESCAPED = re.compile("[\udc80-\udcff]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_PAIRS = 4  # bytes above 0x7F that show pairs
_KANA = re.compile("[\u3041-\u30fa]")
_PLAIN = re.compile("标准|患者|年龄|研究|试验|以上|的")  # frequent words in the letters of Chinese alone
_LONE = re.compile("[\ud800-\udfff]")


def _windows_1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_WINDOWS_1252 = {0xDC00 + byte: _windows_1252(byte) for byte in range(0x80, 0x100)}


@dataclass(frozen=True)
class Decoded:
    """A file's text; `escaped` is the same text with every byte that had to be guessed as a lone surrogate.

    `known` is an encoding that nothing declares, and that the bytes leave no doubt of.
    """

    text: str
    escaped: str | None = None
    known: str | None = None

    def guess(self, text: str) -> tuple[Finding, ...]:
        """The finding that says what was guessed, placed in the eligibility text where the guess is in it."""
        if self.known is not None:
            return (Finding(code="encoding_guessed", severity="info", start=0, end=0, message=f"the file was read as {self.known}"),)
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
    if b"\0" in raw and (wide := _wide(raw)) is not None:
        return wide
    controls = len(raw) - len(raw.translate(None, _CONTROLS))
    if b"\0" in raw or controls * 50 > len(raw):
        raise RecordError("this is a binary file, not the text of a record: save the page as text, in UTF-8")
    try:
        return Decoded(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return _declared(raw) or _eastern(raw) or _guessed(raw)


def _wide(raw: bytes) -> Decoded | None:
    """The text of UTF-16 without its mark: of ASCII letters the high bytes are zero, the low ones never."""
    high = [raw[place::2].count(0) for place in (0, 1)]
    if min(high) or max(high) * _ASCII < len(raw) // 2 or len(raw) % 2:
        return None
    try:
        text = raw.decode("utf-16-be" if high[0] else "utf-16-le")
    except UnicodeDecodeError:
        return None
    return Decoded(text, known="UTF-16 without its mark") if text.isprintable() or not _CONTROL.search(text) else None


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


def _eastern(raw: bytes) -> Decoded | None:
    """The text of a Japanese or Chinese file that declares no encoding; `RecordError` where it may be of several.

    In Windows-1252 no text has the byte 0x81, with which Shift-JIS writes its commas and signs, and hardly any has its
    bytes above 0x7F in pairs alone, as EUC-JP and GB 18030 have.
    """
    nearly = raw.decode("utf-8", "ignore")
    if len(nearly) - len(nearly.encode("ascii", "ignore")) > len(raw) - len(nearly.encode()):
        return None  # UTF-8 with a broken place
    if b"\x81" in raw and (text := _strict(raw, "cp932")) is not None:
        return Decoded(text, known="Shift-JIS")
    runs = _HIGH.findall(raw)
    if any(len(run) % 2 for run in runs) or sum(map(len, runs)) < _PAIRS:
        return None
    japanese, chinese = _strict(raw, "euc_jp"), _strict(raw, "gb18030")
    if japanese is not None and _KANA.search(japanese):
        return Decoded(japanese, known="EUC-JP")
    if chinese is not None and (japanese is None or _PLAIN.search(chinese)):
        return Decoded(chinese, known="GB 18030")
    raise RecordError("the file is neither UTF-8 nor in an encoding that it declares: save it as UTF-8")


def _strict(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _guessed(raw: bytes) -> Decoded:
    escaped = raw.decode("utf-8", "surrogateescape")
    return Decoded(escaped.translate(_WINDOWS_1252), escaped)

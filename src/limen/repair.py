"""The view: a text of the same length in which damaged symbols can be read.

Registries escape Markdown (`\\>= 18`), leave HTML tags and entities (`<br>`, `&ge;`), decode bytes twice (`â‰¥`), and print
Symbol-font comparators as `³` and `£`.  Every repair keeps the length (what is left over becomes `PAD`, which is white space to
every reader and which the flow leaves out), so an offset into the view is an offset into the text, and every repair is a finding.  The text itself is never rewritten, and NFKC is never applied to it
(10⁹ must not become 109).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import ftfy

from limen.criteria import Finding, Severity

PAD = "\x1f"
_TAG = re.compile(
    r"<(?P<end>/)?(?P<name>br|wbr|p|div|li|ul|ol|tr|h[1-6]|td|th|table|tbody|span|b|i|u|em|strong|font|sup|sub)"
    r"(?:\s{1,3}[a-z-]{1,20}\s?=\s?(?:\"[^\"<>]{0,200}\"|'[^'<>]{0,200}'))*\s{0,3}/?\s{0,3}>",
    re.IGNORECASE,
)
_BOLD = re.compile(r"(?<![\d*])\*\*(?=[^\s*])|(?<=[^\s*])\*\*(?![\d*])")
_INLINE = frozenset({"wbr", "span", "b", "i", "u", "em", "strong", "font", "sub"})
_POWER = re.compile(r"[-−+]?\d")
_ESCAPE = re.compile(r"\\(?=[\\`*_{}\[\]()<>#+\-.!|~^=&/])")
_ENTITY = re.compile(r"&(?:amp;)?(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_CODE_POINT = re.compile(r"<U\+([0-9A-F]{4})>")
_MOJIBAKE = re.compile(r"[ÂÃâÎ][\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{1,2}")
_HALF_LOST = re.compile(r"â\?[¥¤]|(?<=[^\W\d])â\?\?(?=\w)")  # of the three bytes of ≥ and ≤ the second fits no table, of a narrow blank two
_SYMBOL_FONT = re.compile(r"(?<![\w)/])[³£](?=\s?\d)|(?<=\s)[³£](?=\s{1,3}\d)")
_BETWEEN = re.compile(r"(?:(?<=[^\s;；。.]\s\s\d)|(?<=[^\s;；。.]\s\d)|(?<=[^\s;；。.]\d))、(?=\d(?!\d))")  # "ECOG 0、1", not the number of an item
_BRACKET = re.compile(r"[〈《](?=\s{0,3}\d)(?![^〉》\n]{0,80}[〉》])|[〉》](?=\s{0,3}\d)")
_UNDERLINED = re.compile(rf"[<>]{PAD}{{0,4}}_(?=\s{{0,4}}\d)")
_SYMBOLS = {">_": "≥", "<_": "≤", "³": "≥", "£": "≤", "â?¥": "≥", "â?¤": "≤"}
_WIDE = {c: chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)} | {
    0x3000: " ", 0x2264: "≤", 0x2266: "≤", 0x2267: "≥", 0x2A7D: "≤", 0x2A7E: "≥",
    0x226E: "≥", 0x226F: "≤", 0x2270: ">", 0x2271: "<", 0x2272: "≤", 0x2273: "≥", 0x22DC: "≤", 0x22DD: "≥",
    0xFE62: "+", 0xFE63: "-", 0xFE64: "<", 0xFE65: ">", 0xFE66: "=", 0xFE6A: "%", 0x066A: "%", 0x066B: ".",
    0xA0: " ", 0x1680: " ", 0x202F: " ", 0x205F: " ", 0x2800: " ", 0x2010: "-", 0x2011: "-", **dict.fromkeys(range(0x2000, 0x200B), " "),
    0x0B: "\n", 0x0C: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n",
    0x2018: "'", 0x2019: "'", 0x3001: ",", 0x3002: ".", 0x3010: "[", 0x3011: "]",
    0x02C2: "<", 0x02C3: ">", 0x2039: "<", 0x203A: ">",
} | {zero + digit: str(digit) for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, *range(0x1D7CE, 0x1D7F7, 10)) for digit in range(10)}  # fmt: skip
_UNSEEN_CLASS = "\x00-\x08\x0e-\x1e\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
_UNSEEN = re.compile(f"[{_UNSEEN_CLASS}]+")
_WITHIN = re.compile(rf"(?<=[^\s{_UNSEEN_CLASS}])[{_UNSEEN_CLASS}]+(?=[^\s{_UNSEEN_CLASS}])|(?<=[^\W\d_])¬(?=[^\W\d_])")  # "¬" is what a soft hyphen may come out as; not at the rim of a word


def view(text: str) -> tuple[str, list[Finding]]:
    """(view, findings): the text with its symbols mended, character for character, and what was mended."""
    findings: list[Finding] = []
    seen = text
    if "\\" in seen:
        seen = _mend(seen, _ESCAPE, lambda _: "", "info", "escaped Markdown: {} backslashes before symbols read as if they were not there", findings, once=True)
    if "**" in seen:
        seen = _mend(seen, _BOLD, lambda _: "", "info", "Markdown: {} marks of bold text left out", findings, once=True)
    if "<" in seen and ">" in seen:
        seen = _mend(seen, _TAG, _untagged, "info", "HTML: {} tags read as line breaks and blanks", findings, once=True)
    if "&" in seen:
        seen = _mend(seen, _ENTITY, lambda m: html.unescape(html.unescape(m.group())), "info", "HTML entity", findings)
    if "_" in seen:
        seen = _mend(seen, _UNDERLINED, lambda m: _SYMBOLS[m.group()[0] + "_"], "warning", "underlined comparator", findings)
    if "<U+" in seen:
        seen = _mend(seen, _CODE_POINT, lambda m: chr(int(m.group(1), 16)), "info", "code point", findings)
    if not seen.isascii():
        seen = _mend(seen, _MOJIBAKE, _redecode, "warning", "bytes decoded twice", findings)
        seen = _mend(seen, _HALF_LOST, lambda m: _SYMBOLS.get(m.group(), " "), "warning", "bytes decoded twice, and lost in part", findings)
        seen = _mend(seen, _BRACKET, _unbracketed, "warning", "bracket for a comparator", findings)
        seen = _BETWEEN.sub("/", seen)
        seen = _mend(seen, _SYMBOL_FONT, lambda m: _SYMBOLS[m.group()], "warning", "Symbol-font comparator", findings)
    if "¬" in seen or _UNSEEN.search(seen):
        seen = _mend(seen, _WITHIN, _unseen, "info", "{} runs of characters that nobody sees left out", findings, once=True)
        seen = _UNSEEN.sub(lambda m: PAD * len(m.group()), seen)
    return seen.translate(_WIDE), findings


def _unseen(match: re.Match[str]) -> str:
    """What stands for invisible characters in a word or number: nothing; a zero-width space between a letter and a digit is a blank."""
    before, after = match.string[match.start() - 1], match.string[match.end()]
    parts = "\u200b" in match.group() and before.isalnum() and after.isalnum() and before.isdigit() != after.isdigit()
    return " " if parts else ""


def _untagged(match: re.Match[str]) -> str:
    """What a tag does to a text: a line break or an item's, a power, or nothing."""
    name = match.group("name").lower()
    if name == "sup":
        return "^" if not match.group("end") and _POWER.match(match.string, match.end()) else ""
    if name in _INLINE:
        return ""
    if name in ("td", "th"):
        return " "
    return ("\n- " if name == "li" and not match.group("end") else "\n").rjust(match.end() - match.start(), PAD)


def _unbracketed(match: re.Match[str]) -> str:
    """The comparator that a bracket stands for before a number; one that closes a title ("《...》2019") stays."""
    if match.group() in "〈《":
        return "<"
    return match.group() if re.search("[〈《]", match.string[max(0, match.start() - 80) : match.start()]) else ">"


def _redecode(match: re.Match[str]) -> str:
    return ftfy.fix_encoding(match.group())


def _mend(
    text: str,
    pattern: re.Pattern[str],
    read: Callable[[re.Match[str]], str],
    severity: Severity,
    what: str,
    findings: list[Finding],
    *,
    once: bool = False,
) -> str:
    """`text` with every match read anew and padded to its length; a finding for each, or one for all, with their number, if `once`."""
    repaired: list[tuple[int, int, str]] = []

    def replace(match: re.Match[str]) -> str:
        new = read(match)
        if new == match.group() or len(new) > len(match.group()):
            return match.group()
        repaired.append((match.start(), match.end(), new))
        return new.ljust(match.end() - match.start(), PAD)

    mended = pattern.sub(replace, text)
    if once and repaired:
        findings.append(_finding(severity, repaired[0][0], repaired[-1][1], what.format(len(repaired))))
    elif repaired:
        findings += [_finding(severity, a, b, f"{what}: {text[a:b]!r} read as {new!r}") for a, b, new in repaired]
    return mended


def _finding(severity: Severity, start: int, end: int, message: str) -> Finding:
    return Finding(code="symbol_repaired", severity=severity, start=start, end=end, message=message)

"""A web page as the text that a reader sees.

Made in one pass whose time grows with the page's length and no faster, also on malformed pages (the standard library's
parser takes quadratic time on some).  List items get their marks back, cells and blocks their own lines.
"""

from __future__ import annotations

import html
import re

_DOCUMENT = re.compile(
    r"\s*<(?:!doctype\s+html|html|head|body|main|article|section|div|table|tr|p|ul|ol|h[1-6])\b"
    r"|\s*<\?xml[^>]{0,200}>\s*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b([^<>]*)>|<[!?][^<>]*>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_PARAGRAPHS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "dl", "section", "article", "form"}
)
_LINES = frozenset(
    {"br", "div", "tr", "td", "th", "li", "dt", "dd", "pre", "option", "header", "footer", "main", "nav"}
)
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg"})


def matches(text: str) -> bool:
    """Whether the text is an HTML page or a fragment of one."""
    return _DOCUMENT.match(text) is not None


def reduce(text: str) -> str:
    """The page's visible text."""
    seen = _Seen()
    unclosed: set[str] = set()
    position = 0
    text = _without_comments(text)
    while match := _TAG.search(text, position):
        seen.words(text[position : match.start()])
        position = match.end()
        name = (match[2] or "").lower()
        if name in _UNSEEN - unclosed and not match[1] and not match[3].endswith("/"):
            end = re.compile(rf"</{name}\b[^<>]*>", re.IGNORECASE).search(text, position)
            if end is None:
                unclosed.add(name)
            position = end.end() if end else position
        elif name:
            seen.tag(name, closing=bool(match[1]))
    seen.words(text[position:])
    return seen.text()


class _Seen:
    """The text so far: words, line breaks and list marks."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.lists: list[int | None] = []

    def words(self, text: str) -> None:
        """Text between tags: white space as one space, none at the start of a line; entities as what they stand for."""
        text = _SPACES.sub(" ", text)
        if not self.parts or self.parts[-1].endswith(("\n", " ")):
            text = text.lstrip(" ")
        if text:
            self.parts.append(_ENTITY.sub(lambda match: html.unescape(match.group()), text))

    def tag(self, name: str, *, closing: bool) -> None:
        """A tag that starts or ends a paragraph, a line or a list item."""
        if name in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif name == "br" or (name in _LINES and self.parts and not self.parts[-1].endswith("\n")):
            self.parts.append("\n")
        if name in ("ul", "ol"):
            if not closing:
                self.lists.append(0 if name == "ol" else None)
            elif self.lists:
                self.lists.pop()
        elif name == "li" and not closing:
            self.parts.append("  " * (min(len(self.lists), 9) - 1) + self._mark())

    def _mark(self) -> str:
        number = self.lists[-1] if self.lists else None
        if number is None:
            return "- "
        self.lists[-1] = number + 1
        return f"{number + 1}. "

    def text(self) -> str:
        """The lines, with no more than one blank line between two."""
        kept: list[str] = []
        for line in "".join(self.parts).split("\n"):
            if line.rstrip(" ") or (kept and kept[-1]):
                kept.append(line.rstrip(" "))
        return "\n".join(kept).strip("\n")


def _without_comments(text: str) -> str:
    parts: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        parts.append(text[position:start])
        position = end + 3
    return "".join(parts) + text[position:]

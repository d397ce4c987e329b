"""HTML fragments to plain text, a line a block."""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"<(?:/?(?:p|div|br|span|a|b|i|em|strong|ul|ol|li|h[1-6]|img|figure|table)\b)", re.I
)
_ANY_TAG = re.compile(r"<[^<>]{1,2000}>")
_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_BLANKS = re.compile(r" ?\n(?:[ \n]*\n)? ?")
_BLOCK_TAGS = (
    "p div br li ul ol h1 h2 h3 h4 h5 h6 tr table blockquote section article header footer "
    "figure figcaption pre dt dd"
)
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_SILENT = frozenset(("script", "style", "noscript", "template", "iframe", "object", "svg"))


def looks_marked_up(text: str) -> bool:
    """Whether a text holds tags that only markup has."""
    return "<" in text and _TAG.search(text) is not None


def strip_markup(text: str) -> str:
    """The readable text of an HTML fragment; blocks become lines, scripts and styles go."""
    if "<" not in text:
        return html.unescape(text).strip() if "&" in text else text.strip()
    from lxml import etree
    from lxml import html as lxml_html

    try:
        root = lxml_html.fromstring(f"<div>{_no_declaration(text)}</div>")
    except (etree.LxmlError, ValueError, AssertionError):
        return _cut_tags(text)
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        _collect(event, element, pieces)
    # Blocks nested by the thousand are more than the parser holds.
    return _tidy("".join(pieces)) or _cut_tags(text)


def _cut_tags(text: str) -> str:
    return _tidy(html.unescape(_ANY_TAG.sub(" ", _SCRIPT.sub(" ", text))))


def _collect(event: str, element: object, pieces: list[str]) -> None:
    tag = getattr(element, "tag", "")
    name = tag if isinstance(tag, str) else ""
    if event == "start":
        pieces.append("\n" if name in _BLOCKS else "")
        if name not in _SILENT:
            pieces.append(getattr(element, "text", None) or "")
        return
    pieces.append("\n" if name in _BLOCKS else "")
    pieces.append(getattr(element, "tail", None) or "")


def _no_declaration(text: str) -> str:
    # lxml refuses text that declares its own encoding, and NULs.
    return re.sub(r"<\?xml[^>]*\?>", "", text.replace("\0", ""))


def _tidy(text: str) -> str:
    return _BLANKS.sub("\n", _SPACES.sub(" ", text)).strip()

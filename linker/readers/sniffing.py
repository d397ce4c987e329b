"""Which format the bytes of a file without a telling suffix are in."""

from __future__ import annotations

import re

from linker.readers.decoding import decode

_FEED = re.compile(
    r"\s*(?:<\?xml.*?\?>\s*|<!--.*?-->\s*)*<(?:rss|feed|(?:\w+:)?rdf)[\s>]", re.I | re.S
)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>]", re.I)
_HEADER = re.compile(r"[^\n]*\b(?:title|headline|text|body|maintext)\b[^\n]*[,;\t|][^\n]*\n", re.I)


def sniff(head: bytes) -> str:
    """The format (a value of FORMATS) that the first bytes of a file show; "text" for prose.

    Raises NotText for binary data that is no known format, ValueError for nothing at all.
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"WARC/"):
        return "warc"
    if not head.strip():
        raise ValueError("the file is empty")
    text = decode(head).lstrip("\ufeff")
    start = text.lstrip()[:1]
    if start == "{":
        return "jsonl" if text.lstrip().partition("\n")[0].rstrip().endswith("}") else "json"
    if start == "[" and re.match(r'\[\s*[{\["]', text.lstrip()):
        return "json"
    if _FEED.match(text):
        return "feed"
    if _PAGE.search(text[:2000]):
        return "html"
    return "delimited" if _HEADER.match(text.lstrip()) else "text"

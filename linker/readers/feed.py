"""RSS and Atom files: an entry an article, with its full content where the feed carries it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from linker.readers.fields import IS_WEB
from linker.readers.markup import strip_markup
from linker.readers.month_first import with_month_first
from linker.readers.records import Bad, Found, preview
from linker.readers.sources import Source, read_all

LARGEST = 64 << 20  # bytes
_ROOT = re.compile(rb"<(?:\w+:)?(rss|feed|rdf)[\s>]", re.I)
_ROOT_ENDS = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.I)
_ENTRY = re.compile(rb"<(/?)(?:\w+:)?(?:item|entry)(?:\s[^<>]*)?>", re.I)
_HARMLESS = ("undefined entity", "unbound prefix")  # of HTML's names, and of extensions


def read_feed(source: Source, stream: io.BufferedReader) -> Iterator[Found]:
    """Records of a feed. Raises ValueError when the file is neither RSS nor Atom."""
    import feedparser

    data = read_all(stream, LARGEST)
    markup = data.replace(b"\0", b"")  # of UTF-16
    if not _ROOT.search(markup[:4096]):
        raise ValueError("XML that is neither RSS nor Atom")
    parsed = feedparser.parse(io.BytesIO(data), sanitize_html=False)
    if not parsed.entries:
        raise ValueError(f"a feed without entries ({parsed.get('bozo_exception', 'none found')})")
    outlet = strip_markup(parsed.feed.get("title", ""))
    records = _records(source.name, parsed.entries, outlet)
    yield from with_month_first(_with_fault(list(records), markup, parsed))


def _with_fault(found: list[Found], markup: bytes, parsed: Any) -> Iterator[Found]:
    """The records of a feed and, of one that is not well-formed, what is wrong with it.

    What the parser says of encodings and types is no fault, as it has read all.
    """
    fault = parsed.get("bozo_exception")
    if not hasattr(fault, "getLineNumber"):
        yield from found
        return
    name, number, last = found[-1]
    said = f"line {fault.getLineNumber()}: {fault.getMessage()}"
    if _ROOT_ENDS.search(markup):
        yield from found
        if fault.getMessage() not in _HARMLESS:
            yield name, None, Bad(f"not well-formed XML in {said}; parts of it may be missing")
        return
    tags = _ENTRY.findall(markup)
    if tags and not tags[-1]:  # an opening one
        yield from found[:-1]
        yield name, number, Bad(f"the feed ends within this entry ({said})", preview(last))
    else:
        yield from found
        yield name, None, Bad(f"the feed ends early ({said})")


def _records(name: str, entries: list[Any], outlet: str) -> Iterator[Found]:
    for number, entry in enumerate(entries, start=1):
        content = max(
            (part.get("value", "") for part in entry.get("content", ())), key=len, default=""
        )
        summary = entry.get("summary", "")
        link = entry.get("link", "")  # perhaps a guid, or relative
        yield (
            name,
            number,
            {
                "id": entry.get("id", ""),
                "title": strip_markup(entry.get("title", "")),
                "text": strip_markup(content or summary),
                "summary": strip_markup(summary) if content else "",
                "url": link,
                "source": entry.get("source", {}).get("title", "")
                or ("" if IS_WEB(link) else outlet),
                "feed": outlet,
                "published": entry.get("published", "") or entry.get("updated", ""),
                "author": entry.get("author"),
                "tags": [tag.get("term") for tag in entry.get("tags", ())] or None,
            },
        )

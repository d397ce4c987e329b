"""RSS and Atom files: an entry an article, with its full content where the feed carries it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from linker.readers.markup import strip_markup
from linker.readers.month_first import with_month_first
from linker.readers.records import Found
from linker.readers.sources import Source, read_all

LARGEST = 64 << 20  # bytes
_ROOT = re.compile(rb"<(?:\w+:)?(rss|feed|rdf)[\s>]", re.I)


def read_feed(source: Source, stream: io.BufferedReader) -> Iterator[Found]:
    """Records of a feed. Raises ValueError when the file is neither RSS nor Atom."""
    import feedparser

    data = read_all(stream, LARGEST)
    if not _ROOT.search(data[:4096].replace(b"\0", b"")):
        raise ValueError("XML that is neither RSS nor Atom")
    parsed = feedparser.parse(io.BytesIO(data), sanitize_html=False)
    if not parsed.entries:
        raise ValueError(f"a feed without entries ({parsed.get('bozo_exception', 'none found')})")
    outlet = strip_markup(parsed.feed.get("title", ""))
    yield from with_month_first(_records(source.name, parsed.entries, outlet))


def _records(name: str, entries: list[Any], outlet: str) -> Iterator[Found]:
    for number, entry in enumerate(entries, start=1):
        content = max(
            (part.get("value", "") for part in entry.get("content", ())), key=len, default=""
        )
        summary = entry.get("summary", "")
        link = entry.get("link", "")
        yield (
            name,
            number,
            {
                "id": entry.get("id", ""),
                "title": strip_markup(entry.get("title", "")),
                "text": strip_markup(content or summary),
                "summary": strip_markup(summary) if content else "",
                "url": link,
                "source": entry.get("source", {}).get("title", "") or ("" if link else outlet),
                "feed": outlet,
                "published": entry.get("published", "") or entry.get("updated", ""),
                "author": entry.get("author"),
                "tags": [tag.get("term") for tag in entry.get("tags", ())] or None,
            },
        )

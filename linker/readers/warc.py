"""Web archives (WARC, as CC-NEWS ships them): every HTML response through the page reader."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from linker.readers.html import LARGEST, page_record, page_text
from linker.readers.records import Bad, Found, preview
from linker.readers.sources import Source

_PAGE_TYPES = ("text/html", "application/xhtml+xml")


def read_warc(source: Source, stream: io.BufferedReader) -> Iterator[Found]:
    """Records of an archive, a response at a time.

    Responses other than a page sent with status 200 (robots.txt, redirects, images) are no
    records of ours and pass silently. Raises ValueError when the file is no archive, OSError when
    it is cut off.
    """
    from warcio.archiveiterator import ArchiveIterator

    if not stream.peek(9).startswith((b"WARC/", b"filedesc:")):
        raise ValueError("not a web archive")
    for number, response in enumerate(ArchiveIterator(stream), start=1):
        if not _is_page(response):
            continue
        try:
            record: object = _record(response)
        except Exception as error:  # broken chunking, compression, charsets: one page, not the run
            record = Bad(f"cannot be read: {error}", preview(_url(response)))
        if record is None:
            record = Bad("no article text found in the page", preview(_url(response)))
        yield source.name, number, record
        if _is_cut_off(response):
            raise OSError("it is cut off")


def _is_page(response: Any) -> bool:
    if response.rec_type != "response" or response.http_headers is None:
        return False
    kind = (response.http_headers.get_header("Content-Type") or "").lower()
    return kind.startswith(_PAGE_TYPES) and response.http_headers.get_statuscode() == "200"


def _is_cut_off(response: Any) -> bool:
    """Whether the file ends before the record does, by the length that it was to have."""
    stream = response.raw_stream
    return getattr(stream, "limit", 0) > 0 and not stream.read(1)


def _url(response: Any) -> str:
    return response.rec_headers.get_header("WARC-Target-URI") or ""


def _record(response: Any) -> dict[str, Any] | None:
    kind = (response.http_headers.get_header("Content-Type") or "").lower()
    charset = kind.partition("charset=")[2].partition(";")[0].strip(" \"'")
    data = response.content_stream().read(LARGEST)
    url = _url(response)
    record = page_record(page_text(data, charset), url)
    if record is None:
        return None
    crawled = response.rec_headers.get_header("WARC-Date")
    return record | {"url": record["url"] or url, "crawled": crawled}

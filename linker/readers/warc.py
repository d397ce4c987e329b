"""Web archives (WARC, as CC-NEWS ships them): every HTML response through the page reader."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from linker.readers.html import LARGEST, page_record, page_text
from linker.readers.records import Bad, Found, Passed, preview
from linker.readers.sources import Source, read_all

_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_PAGE = "page"
_TYPE = re.compile(r"[\w.+-]{1,40}/[\w.+-]{1,40}", re.ASCII)
_TELLING = ("warcinfo", "request", "metadata", "arc_header")
_OTHERS = ("resource", "revisit", "conversion", "continuation")
_STATUS = re.compile(r"[1-5]\d\d", re.ASCII)


def read_warc(source: Source, stream: io.BufferedReader) -> Iterator[Found]:
    """Records of an archive, a response at a time.

    Responses other than a page sent with status 200 (robots.txt, redirects, images) are counted.
    Raises ValueError when the file is no archive or holds no page, OSError when it is cut off.
    """
    from warcio.archiveiterator import ArchiveIterator

    if not stream.peek(9).startswith((b"WARC/", b"filedesc:")):
        raise ValueError("not a web archive")
    archive, met = ArchiveIterator(stream), False
    for number, response in enumerate(archive, start=1):
        kind = _kind(response)
        page = _page(response) if kind == _PAGE else None
        cut_off = _is_cut_off(response)
        if page and cut_off:
            cut = Bad("the archive is cut off within this page", preview(_url(response)))
            yield source.name, number, cut
            return
        if cut_off:
            raise OSError("it is cut off")
        if page:
            met = True
            yield source.name, number, page
        elif kind:
            yield source.name, number, Passed(kind)
    if archive.fh.tell() > archive.offset:  # the headers of a record were begun
        raise OSError("it is cut off")
    if not met:
        raise ValueError("no page that was sent with status 200 is in the archive")


def _kind(response: Any) -> str:
    """Page, or what else a record is; "" for one that only tells of others."""
    if response.rec_type in _TELLING:
        return ""
    if response.rec_type != "response":
        return str(response.rec_type) if response.rec_type in _OTHERS else "of no known type"
    headers = response.http_headers
    if headers is None:
        return "no HTTP"
    status = str(headers.get_statuscode())
    if status != "200":
        return status if _STATUS.fullmatch(status) else "no status"
    kind = _TYPE.match((headers.get_header("Content-Type") or "").lower().strip())
    if not kind:
        return "no type"
    return _PAGE if kind[0] in _PAGE_TYPES else kind[0]


def _page(response: Any) -> dict[str, Any] | Bad:
    url = preview(_url(response))
    try:
        record = _record(response)
    except Exception as error:  # broken chunking, compression, charsets: one page, not the run
        return Bad(f"cannot be read: {error}", url)
    return record or Bad("no article text found in the page", url)


def _is_cut_off(response: Any) -> bool:
    """Whether the file ends before a record does, which is read to its end.

    A record has a length, but where its headers are cut off.
    """
    stream = response.raw_stream
    while (limit := getattr(stream, "limit", None)) and stream.read(min(limit, 1 << 16)):
        pass
    return limit != 0


def _url(response: Any) -> str:
    return response.rec_headers.get_header("WARC-Target-URI") or ""


def _record(response: Any) -> dict[str, Any] | None:
    kind = (response.http_headers.get_header("Content-Type") or "").lower()
    charset = kind.partition("charset=")[2].partition(";")[0].strip(" \"'")
    data = read_all(response.content_stream(), LARGEST)
    url = _url(response)
    record = page_record(page_text(data, charset), url)
    if record is None:
        return None
    told = response.rec_headers.get_header
    record |= {"url": record["url"] or url, "crawled": told("WARC-Date")}
    truncated = told("WARC-Truncated")  # by the crawler, which says why
    return record | {"truncated": truncated} if truncated else record

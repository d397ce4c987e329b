"""HTML pages: the article's text and metadata through trafilatura, its time from its own marks."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from linker.dates import find_date, parse_date
from linker.readers.decoding import decode
from linker.readers.records import Bad, Found, preview
from linker.readers.sources import Source, read_all

LARGEST = 16 << 20  # bytes; beyond it a page is data, not an article
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w-]{2,20})", re.I
)
_TIME_MARKS = (
    "//meta[@property='article:published_time' or @name='article:published_time']/@content",
    "//meta[@property='og:article:published_time' or @property='og:published_time']/@content",
    "//meta[@itemprop='datePublished' or @name='datePublished']/@content",
    "//meta[@name='date' or @name='pubdate' or @name='publishdate' or @name='DC.date.issued'"
    " or @name='parsely-pub-date' or @name='sailthru.date']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//article//time/@datetime",
    "//time[@pubdate or contains(@class, 'publish')]/@datetime",
)
_SAME_DAY = timedelta(hours=36)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)").search
# The first of a month in figures, the year first or last, or with the month in letters.
_FIRST_DAY = (
    r"{year}\D{{0,3}}0?{month}\D{{1,3}}0?1(?!\d)|(?<!\d)0?1\D{{1,3}}0?{month}\D{{1,3}}{year}"
    r"|(?<!\d)0?{month}\D{{1,3}}0?1\D{{1,3}}{year}|(?<!\w)0?1(?!\d)[^\d<>]{{1,15}}{year}"
)
_LINKED_DATA = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')


def read_html(source: Source, stream: io.BufferedReader) -> Iterator[Found]:
    """The one record of a saved page; its id is made from its url, else its file's name is it.

    Raises ValueError for binary or huge files.
    """
    page = page_text(read_all(stream, LARGEST))
    record = page_record(page)
    if record is None:
        yield source.name, None, Bad("no article text found in the page", preview(page))
        return
    if not record["url"]:
        record["id"] = source.stem
    yield source.name, 1, record


def page_text(data: bytes, declared: str = "") -> str:
    """The characters of a page: by the declared charset, its own, or a guess."""
    own = _CHARSET.search(data[:4096])
    for name in (declared, own[1].decode("ascii") if own else ""):
        try:
            if name and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
                return data.decode(name)
        except (LookupError, ValueError):
            continue
    return decode(data)


def page_record(page: str, url: str = "") -> dict[str, Any] | None:
    """Title, text, url, source and published of a page as a record; None if it has no article."""
    tree = _parse(page)
    if tree is None:
        return None
    marks = _marks(tree, page)
    marked = _marked_time(marks)
    document = _extract(tree, url)
    if document is None or not (document.text or "").strip():
        return None
    return {
        "title": document.title or "",
        "text": document.text,
        "url": document.url or url,
        "source": "" if document.url or url else document.sitename or "",  # the url's host names it
        "published": marked or _guessed(document.date, marks, page) or find_date(document.text)[0],
        "author": document.author,
        "site_title": document.sitename,
        "description": document.description,
    }


def _parse(page: str) -> Any:
    from trafilatura import load_html

    _hush()
    try:
        return load_html(page)
    except Exception:  # a parser that meets hostile bytes raises what it likes
        return None


def _extract(tree: Any, url: str) -> Any:
    from trafilatura import bare_extraction

    try:
        return bare_extraction(
            tree, url=url or None, include_comments=False, with_metadata=True, favor_recall=False
        )
    except Exception:  # see _parse
        return None


def _marks(tree: Any, page: str) -> list[str]:
    marks = [str(mark) for path in _TIME_MARKS for mark in tree.xpath(path)[:3]]
    return marks + _LINKED_DATA.findall(page)[:3]


def _guessed(day: str | None, marks: list[str], page: str) -> str | None:
    """The day that trafilatura finds in the prose of a page.

    Of a year or a month alone, or of a date that there is not, it makes the first day of it.
    """
    if day is None or any(map(_YEAR, marks)):
        return None
    year, month, first = [*day.split("-"), "", ""][:3]
    stated = _FIRST_DAY.format(year=year, month=month.lstrip("0"))
    return None if first == "01" and not re.search(stated, page) else day


def _marked_time(marks: list[str]) -> datetime | None:
    """The time of publication that a page states for machines; prose dates are trafilatura's."""
    parsed = [found for found in map(parse_date, marks) if found[0] is not None]
    days = [moment for moment, _ in parsed if moment]
    exact = [moment for moment, precision in parsed if moment and precision == "exact"]
    # A mark that only names the day is told the hour by another mark near it.
    near = [moment for moment in exact if abs(moment - days[0]) <= _SAME_DAY]
    return next(iter(near or days), None)


@cache
def _hush() -> None:
    """Keep the libraries' own warnings about odd pages out of the run's output."""
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)

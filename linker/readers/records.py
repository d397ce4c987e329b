"""What every reader does with a record: an article, or a reject row that says why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from linker.articles import Article
from linker.readers.fields import Unusable, article_of
from linker.readers.rejects import SHOWN, Reject, RejectLog

Numbered = tuple[int, Any]


def articles_of(records: Iterable[Numbered], name: str, rejects: RejectLog) -> Iterator[Article]:
    """The articles among (place, record) pairs of one file; the other records are logged."""
    for place, record in records:
        try:
            yield article_of(record)
        except Unusable as reason:
            rejects.add(Reject(name, place, str(reason), preview(record)))


def preview(record: object) -> str:
    """The beginning of a record for its reject row."""
    if isinstance(record, bytes):
        return record[: SHOWN * 4].decode("utf-8", "replace")
    if isinstance(record, str):
        return record[:SHOWN]
    try:
        return orjson.dumps(record, default=str).decode()[:SHOWN]
    except (TypeError, ValueError):
        return repr(record)[:SHOWN]

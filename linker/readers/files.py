"""From inputs to record batches: every file through the reader of its format."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path

import pyarrow as pa

from linker.articles import Article, batch_of
from linker.errors import LinkerError
from linker.readers.compression import broken
from linker.readers.decoding import is_binary
from linker.readers.rejects import Reject, RejectLog
from linker.readers.sniffing import sniff
from linker.readers.sources import HEAD, Source, find_sources, open_bytes

Reader = Callable[[Source, io.BufferedReader, RejectLog], Iterator[Article]]

BATCH_ROWS = 4096
_READERS = {  # format: module and function, imported when a file needs it
    "jsonl": ("jsonl", "read_jsonl"),
    "json": ("jsonl", "read_json"),
    "delimited": ("delimited", "read_delimited"),
    "parquet": ("parquet", "read_parquet"),
    "text": ("textfile", "read_text"),
    "html": ("html", "read_html"),
    "feed": ("feed", "read_feed"),
    "warc": ("warc", "read_warc"),
}
_SELF_CHECKING = ("parquet", "warc")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read(
    inputs: str | Path | Sequence[str | Path], rejects: RejectLog, *, batch_rows: int = BATCH_ROWS
) -> Iterator[pa.RecordBatch]:
    """Record batches (SCHEMA, at most `batch_rows` rows) of all the articles that inputs name.

    An input is a file, a glob, a folder (searched for known suffixes) or "-" (JSON Lines on
    standard input); .gz and .zst are read as they are. What cannot be read is logged in
    `rejects`. Raises LinkerError when there is not one article; when there is not one file,
    already at the call.
    """
    named = [inputs] if isinstance(inputs, (str, Path)) else list(inputs)
    sources = find_sources(named, rejects)
    if not sources:
        raise LinkerError(_nothing(rejects, "no input given"))
    articles = (article for source in sources for article in read_source(source, rejects))
    return batches_of(articles, rejects, batch_rows)


def batches_of(
    articles: Iterable[Article], rejects: RejectLog, batch_rows: int
) -> Iterator[pa.RecordBatch]:
    """Articles in record batches. Raises LinkerError at the end when there were none."""
    stream = iter(articles)
    held = list(islice(stream, batch_rows))
    if not held:
        raise LinkerError(_nothing(rejects, "the input holds no record"))
    while held:
        yield batch_of(held)
        held = list(islice(stream, batch_rows))


def read_source(source: Source, rejects: RejectLog) -> Iterator[Article]:
    """The articles of one file. Never raises for what the file holds: that is a reject row."""
    before = len(rejects)
    count = 0
    try:
        with open_bytes(source) as stream:
            for article in _reader(source, stream)(source, stream, rejects):
                count += 1
                yield article
            failure = broken(stream)
            if failure:
                raise failure
    except Exception as error:  # parsers of hostile bytes raise what they like; none stops a run
        rejects.add(Reject(source.name, None, _reason(error)))
    if not count and len(rejects) == before:
        rejects.add(Reject(source.name, None, "the file holds no record"))


def _reader(source: Source, stream: io.BufferedReader) -> Reader:
    head = stream.peek(HEAD)[:HEAD]
    if not head:
        raise broken(stream) or ValueError("the file is empty")
    form = source.format or sniff(head)
    if form not in _SELF_CHECKING and not head.startswith(_WIDE_MARKS) and is_binary(head):
        form = sniff(head)
    module, function = _READERS[form]
    reader: Reader = getattr(import_module(f"linker.readers.{module}"), function)
    return reader


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    said = " ".join(str(error).split())
    if isinstance(error, OSError):
        return f"cannot be read to its end: {said}"
    return said if said and isinstance(error, ValueError) else f"cannot be read ({error!r})"


def _nothing(rejects: RejectLog, otherwise: str) -> str:
    first = rejects.first
    if first is None:
        return f"no article could be read: {otherwise}"
    place = first.file if first.line is None else f"{first.file}:{first.line}"
    more = f" (and {len(rejects) - 1} more)" if len(rejects) > 1 else ""
    return f"no article could be read: {place}: {first.reason}{more}"

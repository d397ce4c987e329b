"""From inputs to record batches: every file through the reader of its format."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa

from linker.articles import batch_of
from linker.errors import LinkerError
from linker.readers.columns import columns_of
from linker.readers.compression import broken
from linker.readers.decoding import is_binary
from linker.readers.records import Bad, Found
from linker.readers.rejects import RejectLog
from linker.readers.sniffing import sniff
from linker.readers.sources import HEAD, Source, find_sources, open_bytes

Reader = Callable[[Source, io.BufferedReader], Iterator[Found]]

BATCH_ROWS = 4096
_IN_CACHE = 512  # records that are worked on at a time; more are slower, as no cache holds them
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
    return batches_of(chain.from_iterable(map(read_source, sources)), rejects, batch_rows)


def batches_of(
    records: Iterable[Found], rejects: RejectLog, batch_rows: int
) -> Iterator[pa.RecordBatch]:
    """The articles among records in record batches. Raises LinkerError at the end if none is one.

    Records that are no article are logged in `rejects`, in their order.
    """
    stream = iter(records)
    met = False
    while (batch := _next_batch(stream, rejects, batch_rows)) is not None:
        if len(batch):
            met = True
            yield batch
    if not met:
        raise LinkerError(_nothing(rejects, "the input holds no record"))


def _next_batch(
    stream: Iterator[Found], rejects: RejectLog, batch_rows: int
) -> pa.RecordBatch | None:
    """The articles among the next `batch_rows` records; None at the end."""
    parts = []
    for begin in range(0, batch_rows, _IN_CACHE):
        held = list(islice(stream, min(_IN_CACHE, batch_rows - begin)))
        if not held:
            break
        parts.append(batch_of(columns_of(held, rejects)))
    return pa.concat_batches(parts) if parts else None


def read_source(source: Source) -> Iterator[Found]:
    """The records of one file. Never raises for what the file holds: that is a Bad in its place."""
    met = False
    try:
        with open_bytes(source) as stream:
            records = _reader(source, stream)(source, stream)
            for first in records:
                met = True
                yield first
                yield from records  # which costs less a record than this loop does
            failure = broken(stream)
            if failure:
                raise failure
    except Exception as error:  # parsers of hostile bytes raise what they like; none stops a run
        yield source.name, None, Bad(_reason(error))
        return
    if not met:
        yield source.name, None, Bad("the file holds no record")


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

"""From inputs to record batches: every file through the reader of its format."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import chain
from pathlib import Path

import pyarrow as pa

from linker.errors import LinkerError
from linker.readers.compression import broken
from linker.readers.decoding import is_binary
from linker.readers.inputs import find_sources
from linker.readers.lines import Block
from linker.readers.parts import BATCH_ROWS, batches_of, nothing_read
from linker.readers.records import Bad, Found
from linker.readers.rejects import RejectLog
from linker.readers.sniffing import sniff
from linker.readers.sources import HEAD, Source, open_bytes

Reader = Callable[[Source, io.BufferedReader], Iterator[Found | Block]]

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
    inputs: str | Path | Sequence[str | Path],
    rejects: RejectLog,
    *,
    batch_rows: int = BATCH_ROWS,
    threads: int = 1,
) -> Iterator[pa.RecordBatch]:
    """Record batches (SCHEMA, at most `batch_rows` rows) of all the articles that inputs name.

    An input is a file, a glob, a folder (searched for known suffixes) or "-" (JSON Lines on
    standard input); .gz and .zst are read as they are. What cannot be read is logged in
    `rejects`. Large files of JSON Lines are parsed on so many threads. Raises LinkerError when
    there is not one article; when there is not one file, already at the call.
    """
    named = [inputs] if isinstance(inputs, (str, Path)) else list(inputs)
    sources = find_sources(named, rejects)
    if not sources:
        raise LinkerError(nothing_read(rejects, "no input given"))
    return batches_of(chain.from_iterable(map(read_source, sources)), rejects, batch_rows, threads)


def read_source(source: Source) -> Iterator[Found | Block]:
    """The records of one file, or blocks of its lines.

    Never raises for what the file holds: that is a Bad in its place.
    """
    met = False
    try:
        with open_bytes(source) as stream:
            records = _reader(source, stream)(source, stream)
            for item in records:
                yield item
                if not (isinstance(item, Block) and item.is_empty):
                    met = True
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

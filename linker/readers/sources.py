"""Files to read: their names, formats and bytes; standard input, compression."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from linker.readers.compression import BUFFER, decompressed

STDIN = "-"
HEAD = 8192  # bytes that sniffing sees

FORMATS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jl": "jsonl",
    ".json": "json",
    ".csv": "delimited",
    ".tsv": "delimited",
    ".tab": "delimited",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".txt": "text",
    ".text": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".rss": "feed",
    ".atom": "feed",
    ".rdf": "feed",
    ".xml": "feed",
    ".warc": "warc",
}
_COMPRESSIONS = {".gz": "gzip", ".gzip": "gzip", ".zst": "zstd", ".zstd": "zstd"}
_SUFFIX = re.compile(r"\.[a-z][a-z0-9]{0,7}")  # "report 2.10" has none


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `name` is how users see it; `stem` identifies it inside its folder;
    `format` is a value of FORMATS, "" when only its content can tell."""

    path: str
    name: str
    stem: str
    format: str


@contextmanager
def open_bytes(source: Source) -> Iterator[io.BufferedReader]:
    """The decompressed bytes of a source, by content and not by suffix.

    Raises OSError for what cannot be opened. A broken archive ends early; see `broken`.
    """
    if source.path == STDIN:
        yield decompressed(sys.stdin.buffer)
        return
    with Path(source.path).open("rb", buffering=BUFFER) as raw:
        yield decompressed(raw)


def read_all(stream: BinaryIO, limit: int) -> bytes:
    """All the bytes of a stream. Raises ValueError beyond `limit` bytes."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"larger than {limit >> 20} MB")
    return data


def suffix_of(name: str) -> str:
    """The last suffix before a compression suffix, in lower case."""
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    while suffixes and suffixes[-1] in _COMPRESSIONS:
        suffixes.pop()
    return suffixes[-1] if suffixes and _SUFFIX.fullmatch(suffixes[-1]) else ""


def source_of(path: str, relative: str) -> Source:
    """The source at a path; what it is called inside its folder gives its format and its stem."""
    suffix = suffix_of(relative)
    stem = relative
    while PurePath(stem).suffix.lower() in _COMPRESSIONS:
        stem = str(PurePath(stem).with_suffix(""))
    if suffix in FORMATS:
        stem = str(PurePath(stem).with_suffix(""))
    return Source(path, path, PurePath(stem).as_posix(), FORMATS.get(suffix, ""))

"""Which files an input names, and their bytes: globs, folders, standard input, compression."""

from __future__ import annotations

import glob
import io
import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from linker.folder import FORMATS as TABLE_FORMATS
from linker.folder import MARK, OWN_NAMES
from linker.readers.compression import BUFFER, decompressed
from linker.readers.rejects import Reject, RejectLog

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
_UNREADABLE = "cannot be read: {}"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `name` is how users see it; `stem` identifies it inside its folder;
    `format` is a value of FORMATS, "" when only its content can tell."""

    path: str
    name: str
    stem: str
    format: str


def find_sources(inputs: Sequence[str | Path], rejects: RejectLog) -> list[Source]:
    """The files that inputs name, each once, in the order of the inputs (folders and globs are
    sorted); what names nothing is a reject."""
    found: dict[str, Source] = {}
    for item in inputs:
        for source in _expand(os.fspath(item), rejects):
            found.setdefault(os.path.realpath(source.path), source)
    return list(found.values())


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


def _expand(item: str, rejects: RejectLog) -> Iterator[Source]:
    path = Path(item)
    if not item:
        rejects.add(Reject("''", None, "no such file or folder"))
    elif item == STDIN:
        yield Source(STDIN, "<stdin>", "stdin", "jsonl")
    elif path.is_dir():
        yield from _walk(item, rejects)
    elif path.exists():
        yield _source(item, path.name)
    elif glob.has_magic(item):
        yield from _expand_glob(item, rejects)
    else:
        rejects.add(Reject(item, None, "no such file or folder"))


def _expand_glob(pattern: str, rejects: RejectLog) -> Iterator[Source]:
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  (absolute patterns)
    if not matches:
        rejects.add(Reject(pattern, None, "no file matches this pattern"))
    folders = [match for match in matches if Path(match).is_dir()]
    files = sorted(set(matches) - set(folders))
    for match in files:
        yield _source(match, Path(match).name)
    if not files or "**" not in pattern:  # which matches what is in the folders, too
        for folder in folders:
            yield from _walk(folder, rejects)


def _walk(folder: str, rejects: RejectLog) -> Iterator[Source]:
    def unreadable(error: OSError) -> None:
        rejects.add(Reject(str(error.filename), None, _UNREADABLE.format(error.strerror)))

    met = False
    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in _of_news(files):
            met = True
            path = str(Path(parent, name))
            source = _source(path, os.path.relpath(path, folder))
            if not _is_file(path):
                rejects.add(Reject(path, None, "skipped: no ordinary file"))
            elif source.format or not _suffix(name):
                yield source
            else:
                rejects.add(Reject(path, None, f"skipped: {_suffix(name)} is no known file type"))
    if not met and os.access(folder, os.R_OK | os.X_OK):
        rejects.add(Reject(folder, None, "the folder holds no file"))


def _of_news(files: list[str]) -> list[str]:
    """The files of a folder to look at: of an output of linker's own its table of articles."""
    if MARK in files and OWN_NAMES.issuperset(files):
        tables = [f"articles.{file_format}" for file_format in TABLE_FORMATS]
        return [name for name in tables if name in files][:1]
    return sorted(name for name in files if not name.startswith("."))


def _is_file(path: str) -> bool:
    """Not so a pipe, which may say nothing for ever; what cannot be opened says so later."""
    try:
        return not stat.S_ISFIFO(Path(path).stat().st_mode)
    except OSError:
        return True


def _suffix(name: str) -> str:
    """The last suffix before a compression suffix, in lower case."""
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    while suffixes and suffixes[-1] in _COMPRESSIONS:
        suffixes.pop()
    return suffixes[-1] if suffixes and _SUFFIX.fullmatch(suffixes[-1]) else ""


def _source(path: str, relative: str) -> Source:
    suffix = _suffix(relative)
    stem = relative
    while PurePath(stem).suffix.lower() in _COMPRESSIONS:
        stem = str(PurePath(stem).with_suffix(""))
    if suffix in FORMATS:
        stem = str(PurePath(stem).with_suffix(""))
    return Source(path, path, PurePath(stem).as_posix(), FORMATS.get(suffix, ""))

"""JSON: a record a line, or one document that is an array, an object or a wrapped list."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import count, repeat

import orjson

from linker.readers import lines
from linker.readers.decoding import Recoded, decode, encoding_of
from linker.readers.documents import records_in
from linker.readers.lines import Block
from linker.readers.month_first import with_month_first
from linker.readers.records import Found
from linker.readers.salvage import salvage
from linker.readers.shape import Shape
from linker.readers.sources import Source, read_all

LARGEST_DOCUMENT = 512 << 20  # bytes; a document must be held whole
_BEGINS_ARRAY = re.compile(rb"\[\s*\{.*,$").match  # an array's first line that has a record
_FIRST_BLOCK = 1 << 20  # bytes of lines that say what the others are like
_BLOCK = 1 << 18  # bytes of lines that are parsed in one go, one after the other
_LARGE_BLOCK = 1 << 22  # bytes of lines that are parsed as columns


def read_jsonl(source: Source, stream: io.BufferedReader) -> Iterator[Found | Block]:
    """Blocks of lines of a JSON Lines file; of a document, which is recognised, the records."""
    stream = _as_utf8(stream)
    first, end, _ = stream.peek().lstrip().partition(b"\n")
    first = first.strip()
    if first in (b"[", b"{", b"[{") or (end and _BEGINS_ARRAY(first)):
        return _read_document(source, stream)
    return _read_lines(source, stream)


def read_json(source: Source, stream: io.BufferedReader) -> Iterator[Found | Block]:
    """Records of a .json file: one document, or lines that each hold an object."""
    stream = _as_utf8(stream)
    if _are_lines(stream.peek().split(b"\n")):
        return _read_lines(source, stream)
    return _read_document(source, stream)


def _as_utf8(stream: io.BufferedReader) -> io.BufferedReader:
    head = stream.peek()
    encoding, mark = "utf-8", 0
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head[:4] or head[:3] == b"\xef\xbb\xbf":
        encoding, mark = encoding_of(head)
    stream.read(mark)
    if encoding == "utf-8":
        return stream
    return io.BufferedReader(Recoded(stream, encoding))


def _are_lines(beginning: list[bytes]) -> bool:
    """Whether the first of these lines, or the two behind it, hold an object each."""
    lines = [line for line in beginning if line.strip()][:4]
    first, *others = map(_is_object, lines[:-1] or [b""])  # the last one may be cut off
    return first or others == [True, True]


def _is_object(line: bytes) -> bool:
    try:
        return type(orjson.loads(line)) is dict
    except ValueError:
        return False


def _read_lines(source: Source, stream: io.BufferedReader) -> Iterator[Block]:
    shape, repair = Shape(), lines.Repair()
    first = 1
    for data in _blocks(stream, shape):
        begun = lines.begun(data)
        types = shape.types if len(data) >= _BLOCK and not begun else None
        block = Block(source.name, first, data, types, shape, repair)
        yield block
        if begun == lines.LONGEST_LINE:
            _skip_line(stream)
        first = block.end


def _blocks(stream: io.BufferedReader, shape: Shape) -> Iterator[bytes]:
    """The lines of a stream, some at a time; one that is longer than allowed ends its block."""
    size = _FIRST_BLOCK
    while True:
        pieces: list[bytes] = []
        missing = min(size, lines.LONGEST_LINE)
        try:
            while missing > 0 and (piece := stream.read1(missing)):
                pieces.append(piece)
                missing -= len(piece)
            if begun := _begun(pieces):
                pieces.append(stream.readline(lines.LONGEST_LINE - begun))
        except OSError:
            yield b"".join(pieces)  # what came before the break
            raise
        data = b"".join(pieces)
        if not data:
            return
        yield data
        size = _LARGE_BLOCK if shape.types else _BLOCK


def _begun(pieces: list[bytes]) -> int:
    """How many bytes the last line in these has so far."""
    total = 0
    for piece in reversed(pieces):
        begun = lines.begun(piece)
        total += begun
        if begun < len(piece):
            break
    return total


def _skip_line(stream: io.BufferedReader) -> None:
    while True:
        piece = stream.readline(1 << 20)
        if not piece or piece.endswith(b"\n"):
            return


def _read_document(source: Source, stream: io.BufferedReader) -> Iterator[Found]:
    return with_month_first(_records_of_document(source, stream))


def _records_of_document(source: Source, stream: io.BufferedReader) -> Iterator[Found]:
    data = read_all(stream, LARGEST_DOCUMENT)
    try:
        value = orjson.loads(data)
    except ValueError:
        yield from zip(repeat(source.name), count(1), salvage(decode(data)))
        return
    yield from zip(repeat(source.name), count(1), records_in(value))

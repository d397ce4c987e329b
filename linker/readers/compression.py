"""Gzip and Zstandard streams, recognised by content, that keep what came before a break."""

from __future__ import annotations

import io
import zlib
from contextlib import suppress
from typing import Any, BinaryIO, cast

BUFFER = 1 << 18
# At a time: of Zstandard a break loses at most so much, of gzip each member copies what follows it.
_PIECE = 1 << 14
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_MEMBER = 31  # zlib's word for data in the format of gzip, with its header and its checksum


class Decompressed(io.RawIOBase):
    """The decompressed bytes of a stream; at a break it ends, and `error` says why."""

    error: OSError | None = None

    def readable(self) -> bool:
        """True: it is only ever read."""
        return True


class Gunzipped(Decompressed):
    """The bytes of all members of a gzip stream, to the last one before a break.

    Zeros after a member are padding (of tapes), as for gzip itself. Source: RFC 1952.
    """

    def __init__(self, source: io.BufferedReader) -> None:
        self._source = source
        self._member = zlib.decompressobj(_MEMBER)
        self._held = b""  # read, and not decompressed yet

    def readinto(self, buffer: Any) -> int:
        """Fill (a part of) the buffer; 0 at the end and at a break."""
        while self.error is None and (not self._member.eof or self._next_member()):
            data = self._held or self._source.read1(_PIECE)
            found, self._held = self._decompress(data, len(buffer))
            if found:
                buffer[: len(found)] = found
                return len(found)
            if not data and not self._member.eof:
                self.error = self.error or OSError("it is cut off")
        return 0

    def _decompress(self, data: bytes, room: int) -> tuple[bytes, bytes]:
        """What data becomes, at most so many bytes, and the rest of data."""
        before = self._member.copy()
        try:
            found = self._member.decompress(data, room)
            return found, self._member.unconsumed_tail
        except zlib.error as error:
            self.error = OSError(str(error))
        pieces = []
        with suppress(zlib.error):  # byte by byte as far as it goes: nothing before it is lost
            for place in range(len(data)):
                pieces.append(before.decompress(data[place : place + 1]))
        return b"".join(pieces)[:room], b""

    def _next_member(self) -> bool:
        """Whether another member follows the one that has ended."""
        rest = self._member.unused_data.lstrip(b"\0")
        while len(rest) < len(_GZIP) and (more := self._source.read1(_PIECE)):
            rest = (rest + more).lstrip(b"\0")
        if rest.startswith(_GZIP):
            self._member, self._held = zlib.decompressobj(_MEMBER), rest
            return True
        if rest:
            self.error = OSError("what follows its end is not gzip")
        return False


class Unzstd(Decompressed):
    """The bytes of a Zstandard stream."""

    def __init__(self, source: io.BufferedReader) -> None:
        import pyarrow as pa

        self._inner: Any = pa.CompressedInputStream(pa.PythonFile(source, "r"), "zstd")

    def readinto(self, buffer: Any) -> int:
        """Fill (a part of) the buffer; 0 at the end and at a break."""
        try:
            data = b"" if self.error else self._inner.read(min(len(buffer), _PIECE))
        except OSError as error:
            self.error = error
            return 0
        buffer[: len(data)] = data
        return len(data)


def decompressed(raw: BinaryIO) -> io.BufferedReader:
    """The stream itself, or its decompressed bytes where it begins like an archive."""
    stream = cast(io.BufferedReader, raw)
    if not hasattr(raw, "peek"):
        stream = io.BufferedReader(cast(io.RawIOBase, raw))
    head = stream.peek(4)[:4]
    if head.startswith(_GZIP):
        return io.BufferedReader(Gunzipped(stream), BUFFER)
    if head.startswith(_ZSTD):
        return io.BufferedReader(Unzstd(stream), BUFFER)
    return stream


def broken(stream: io.BufferedReader) -> OSError | None:
    """What broke a decompressed stream before its end, None if nothing did."""
    return stream.raw.error if isinstance(stream.raw, Decompressed) else None

"""Gzip and Zstandard streams, recognised by content, that keep what came before a break."""

from __future__ import annotations

import io
from typing import Any, BinaryIO, cast

BUFFER = 1 << 18
_PIECE = 1 << 14  # a break loses at most the piece it is in
_MAGIC = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))


class Decompressed(io.RawIOBase):
    """The decompressed bytes of a stream; at a break it ends, and `error` says why."""

    def __init__(self, source: io.BufferedReader, compression: str) -> None:
        import pyarrow as pa

        self._inner: Any = pa.CompressedInputStream(pa.PythonFile(source, "r"), compression)
        self.error: OSError | None = None

    def readable(self) -> bool:
        """True: it is only ever read."""
        return True

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
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return io.BufferedReader(Decompressed(stream, name), BUFFER)
    return stream


def broken(stream: io.BufferedReader) -> OSError | None:
    """What broke a decompressed stream before its end, None if nothing did."""
    return stream.raw.error if isinstance(stream.raw, Decompressed) else None

"""Batches and numbers that wait on disk between stages, so memory does not grow with texts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linker.arrays import IntArray
from linker.folder import arrow_name
from linker.threads import alongside

ROWS = 4096
_PART = 1 << 26  # bytes of a file: what is read gives its room back in pieces of this size


class Spool:
    """Batches of one schema on their way from one stage to the next: in files, or in memory.

    The files are uncompressed Arrow files, some 64 MB each. Their texts live in the page cache,
    which the system can drop and read again. Whoever owns their folder removes what is left.
    num_rows: how many were taken in.
    """

    def __init__(self, schema: pa.Schema, path: Path | None) -> None:
        self._schema, self._path = schema, path
        self._held: deque[pa.RecordBatch] = deque()
        self._files: deque[Path] = deque()
        self.num_rows = 0

    def fill(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Take in batches, written while the next ones are made."""
        if self._path is None:
            self._held.extend(map(self._counted, batches))
            return
        own = map(self._counted, batches)
        for first in own:
            self._files.append(self._path.with_suffix(f".{len(self._files)}.arrow"))
            with (
                pa.OSFile(arrow_name(self._files[-1]), "wb") as sink,
                pa.ipc.new_file(sink, self._schema) as writer,
            ):
                alongside(writer.write_batch, _some_of(first, own))

    def table(self) -> pa.Table:
        """All that is held, memory-mapped; it may be drained while the table is in use."""
        held = [*self._held]
        for file in self._files:
            with pa.memory_map(arrow_name(file)) as source:
                held += pa.ipc.open_file(source).read_all().to_batches()
        return pa.Table.from_batches(held, self._schema)

    def drain(self) -> Iterator[pa.RecordBatch]:
        """The batches one after the other, of which nothing is held once they are taken.

        The room of a file is given back when it is read and no batch of it is in use any more.
        """
        while self._held or self._files:
            if not self._held:
                file = self._files.popleft()
                with pa.memory_map(arrow_name(file)) as source:
                    self._held.extend(pa.ipc.open_file(source).read_all().to_batches())
                _remove(file)
            yield self._held.popleft()

    def discard(self) -> None:
        """Let go of all that is held; a table of it stays whole."""
        self._held.clear()
        while self._files:
            _remove(self._files.popleft())

    def _counted(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        self.num_rows += len(batch)
        return batch.cast(self._schema)


def _remove(file: Path) -> None:
    with suppress(PermissionError):  # Windows keeps files that are in use
        file.unlink()


def _some_of(first: pa.RecordBatch, others: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The first and as many others as are _PART bytes together."""
    yield first
    size = first.nbytes
    while size < _PART and (batch := next(others, None)) is not None:
        size += batch.nbytes
        yield batch


def spool(batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path | None) -> Spool:
    """The batches in files beside `path`, in memory without one."""
    filled = Spool(schema, path)
    filled.fill(batches)
    return filled


class Tape:
    """Numbers of one type written end to end: to a file, which is then mapped, or in memory.

    A context, which closes the file and leaves it to whoever owns its folder.
    """

    def __init__(self, dtype: npt.DTypeLike, path: Path | None) -> None:
        self._dtype, self._path = dtype, path
        self._held: list[npt.NDArray[Any]] = []
        self._file = path.open("wb", buffering=0) if path else None

    def __enter__(self) -> Tape:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def add(self, values: npt.NDArray[Any]) -> None:
        """Write these behind all that is written so far."""
        if self._file is None:
            self._held.append(values)
        elif len(values):
            _write_all(self._file, values.data.cast("B"))

    def values(self) -> npt.NDArray[Any]:
        """All that is written so far, one-dimensional."""
        if self._path is None:
            return np.concatenate([np.empty(0, self._dtype), *self._held])
        if self._path.stat().st_size == 0:
            return np.empty(0, self._dtype)
        # Writable, though nobody writes: compiled code is compiled once more for read-only arrays.
        # Shared, as the system would set memory aside for a map that is private.
        return np.asarray(np.memmap(self._path, self._dtype, "r+"))


def _write_all(file: FileIO, data: memoryview) -> None:
    while data:
        data = data[file.write(data) :]


def gather(table: pa.Table, rows: IntArray, size: int = ROWS) -> Iterator[pa.RecordBatch]:
    """The chosen rows, in that order, in batches of `size` rows.

    Rows are picked inside each of the table's chunks: `Table.take` would first copy all of them
    into one.
    """
    chunks = table.to_batches()
    starts = np.cumsum([0, *(len(chunk) for chunk in chunks)])
    for begin in range(0, len(rows), size):
        yield _pick(chunks, starts, rows[begin : begin + size])


def _pick(chunks: list[pa.RecordBatch], starts: Any, rows: IntArray) -> pa.RecordBatch:
    order = np.argsort(rows, kind="stable")
    ascending = rows[order]
    cuts = np.searchsorted(ascending, starts)
    parts = [
        chunk.take(pa.array(ascending[low:high] - start))
        for chunk, start, low, high in zip(chunks, starts, cuts, cuts[1:], strict=False)
        if low < high
    ]
    back = np.empty(len(rows), dtype=np.int64)
    back[order] = np.arange(len(rows))
    return pa.concat_batches(parts).take(pa.array(back))

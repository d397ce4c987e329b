"""Tables and numbers on disk that are opened as memory maps, so memory does not grow with texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linker.folder import arrow_name
from linker.threads import alongside

ROWS = 4096


def spool(batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path | None) -> pa.Table:
    """Batches of one schema as a table: memory-mapped from `path`, or in memory without one.

    The file is an uncompressed Arrow file, written while the next batch is made. Its texts live in
    the page cache, which the system can drop and read again; it may be removed while the table is
    in use (not on Windows).
    """
    if path is None:
        return pa.Table.from_batches(batches, schema)

    def write(batch: pa.RecordBatch) -> None:
        writer.write_batch(batch.cast(schema))

    with pa.OSFile(arrow_name(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        alongside(write, batches)
    with pa.memory_map(arrow_name(path)) as source:
        return pa.ipc.open_file(source).read_all()


def unspool(table: pa.Table, path: Path | None) -> Iterator[pa.RecordBatch]:
    """The batches of a spooled table one after the other, read rather than mapped.

    Read once and let go, they leave nothing in memory.
    """
    if path is None:
        yield from table.to_batches(max_chunksize=ROWS)
        return
    with pa.OSFile(arrow_name(path)) as source:
        file = pa.ipc.open_file(source)
        for number in range(file.num_record_batches):
            yield file.get_batch(number)


class Tape:
    """Numbers of one type written end to end: to a file, which is then mapped, or in memory.

    A context, which closes the file; as `spool`, it leaves it to whoever owns its folder.
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


def gather(
    table: pa.Table, rows: npt.NDArray[np.int64], size: int = ROWS
) -> Iterator[pa.RecordBatch]:
    """The chosen rows, in that order, in batches of `size` rows.

    Rows are picked inside each of the table's chunks: `Table.take` would first copy all of them
    into one.
    """
    chunks = table.to_batches()
    starts = np.cumsum([0, *(len(chunk) for chunk in chunks)])
    for begin in range(0, len(rows), size):
        yield _pick(chunks, starts, rows[begin : begin + size])


def _pick(chunks: list[pa.RecordBatch], starts: Any, rows: npt.NDArray[np.int64]) -> pa.RecordBatch:
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

"""A column of strings as the two arrays that compiled passes read: its bytes and its offsets."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from linker.arrays import BoolArray, ByteArray, IntArray
from linker.buffers import bytes_of

# All arrays are read-only, as some Arrow buffers are: the passes are compiled for one kind alone.
_NO_BYTES = np.frombuffer(b"\0", np.uint8)


class Strings(NamedTuple):
    """n strings in UTF-8: string i is data[offsets[i]:offsets[i + 1]].

    data: uint8; offsets: int64 (n + 1,), which need not begin at 0. They are views of the Arrow
    buffers, valid as long as the array that they were taken from.
    """

    data: ByteArray
    offsets: IntArray

    def text(self, begin: int, end: int) -> str:
        """The bytes between two places as a string."""
        return self.data[begin:end].tobytes().decode("utf-8", "surrogatepass")

    def row(self, row: int) -> str:
        """One string."""
        return self.text(int(self.offsets[row]), int(self.offsets[row + 1]))


def plain_column(batch: pa.RecordBatch, name: str) -> pa.Array:
    """The column as large_string without nulls, which stand for ''."""
    column = batch.column(name)
    if column.type != pa.large_string():
        column = column.cast(pa.large_string())
    return pc.fill_null(column, "") if column.null_count else column


def strings_of(column: pa.Array) -> Strings:
    """The bytes and offsets of a large_string array; a slice of one keeps its place in them."""
    data, offsets = bytes_of(column)
    return Strings(_read_only(data if len(data) else _NO_BYTES), _read_only(offsets))


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view


def matches(column: pa.Array, pattern: str) -> BoolArray:
    """Which strings a regular expression (RE2) finds something in, bool (n,)."""
    found = pc.match_substring_regex(column, pattern)
    return np.array(found.to_numpy(zero_copy_only=False), bool)

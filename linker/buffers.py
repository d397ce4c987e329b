"""The bytes behind a column of strings, for compiled passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linker.arrays import ByteArray, IntArray

if TYPE_CHECKING:
    import pyarrow as pa


def bytes_of(strings: pa.LargeStringArray) -> tuple[ByteArray, IntArray]:
    """UTF-8 bytes and offsets int64 (n + 1,) of n strings, not copied: string i is
    data[offsets[i]:offsets[i + 1]]; a null has no bytes."""
    _, offsets, data = strings.buffers()
    if not len(strings):
        return np.empty(0, np.uint8), np.zeros(1, np.int64)
    places = np.frombuffer(offsets, np.int64)[strings.offset : strings.offset + len(strings) + 1]
    held = (
        np.frombuffer(data, np.uint8) if data is not None and data.size else np.empty(0, np.uint8)
    )
    return held, places

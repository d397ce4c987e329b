"""Code points of an Arrow array of strings, made without a Python string in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linker.arrays import ByteArray, IntArray, Uint32Array
from linker.buffers import bytes_of

if TYPE_CHECKING:
    import pyarrow as pa

_ASCII_END = 0x80

Points = tuple[ByteArray | Uint32Array, IntArray]


def points_of(texts: pa.LargeStringArray) -> Points:
    """The code points of n strings end to end, and their offsets, int64 (n + 1,).

    uint8 and not copied where all are ASCII, as the bytes are the code points then; else uint32.
    Read-only either way, so that passes are compiled for one kind alone.
    """
    data, offsets = bytes_of(texts)
    if data[offsets[0] : offsets[-1]].max(initial=0) < _ASCII_END:
        points = data.view()
        points.flags.writeable = False
        return points, offsets.copy()
    from linker.text.utf8_kernel import decode

    ends = np.zeros(len(offsets), np.int64)
    room = np.empty(offsets[-1] - offsets[0], np.uint32)
    points = room[: decode(data, offsets, room, ends[1:])]
    points.flags.writeable = False
    return points, ends

"""The compiled search for control characters (the regex `scrubbing.CONTROLS` is the plain twin)."""

from __future__ import annotations

from typing import Any

import numpy as np

from linker.arrays import BoolArray, ByteArray, IntArray
from linker.jit import bare, njit

_BLOCK = 4096  # bytes; a multiple of 8


@njit
def rows_with_controls(data: ByteArray, offsets: IntArray) -> Any:
    """bool (n,): whether string i, data[offsets[i]:offsets[i + 1]], holds a control character.

    That is U+0000 to U+001F without tab and newline, U+007F, U+0085, U+2028 or U+2029.
    """
    rows = np.zeros(offsets.shape[0] - 1, np.bool_)
    ends = np.zeros(_BLOCK, np.bool_)
    words = ends.view(np.uint64)
    row, begin, last = 0, offsets[0], offsets[-1]
    while begin < last:
        # The first two bytes of the data have no two before them: a block of their own.
        size = min(_BLOCK if begin > 1 else 1, last - begin)
        if begin > 1:
            _mark(data, begin, size, ends)
        else:
            ends[0] = _is_alone(data[begin]) or (data[begin] == 0x85 and data[0] == 0xC2)
        met = np.uint64(0)
        for word in words:
            met |= word
        if met:
            for place in range(size):
                if ends[place]:
                    while offsets[row + 1] <= begin + place:
                        row += 1
                    rows[row] = True
            ends[:] = False
        begin += size
    return rows


@bare
def _mark(data: ByteArray, begin: int, size: int, ends: BoolArray) -> None:
    """ends[i]: whether a control character ends at byte begin + i, which has two bytes before it.

    The loop has no branch and computes in bytes alone, so that it compiles to vector
    instructions: ten times as fast as the plain way.
    """
    here, one_before = data[begin : begin + size], data[begin - 1 : begin - 1 + size]
    two_before = data[begin - 2 : begin - 2 + size]
    for i in range(size):
        byte, before, first = here[i], one_before[i], two_before[i]
        next_line = (byte == np.uint8(0x85)) & (before == np.uint8(0xC2))
        separator = (byte | np.uint8(1)) == np.uint8(0xA9)
        separator &= (before == np.uint8(0x80)) & (first == np.uint8(0xE2))
        ends[i] = _is_alone(byte) | next_line | separator


@bare(inline="always")
def _is_alone(byte: int) -> Any:
    """Whether a byte is a control character by itself."""
    early = (byte < np.uint8(32)) & (byte != np.uint8(9)) & (byte != np.uint8(10))
    return early | (byte == np.uint8(127))

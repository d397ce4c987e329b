"""The compiled decoding of UTF-8; Python's own is the plain twin."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linker.jit import bare

_RUN = np.uint64(8)
_ONE, _TWO, _THREE, _FOUR = (np.uint64(number) for number in range(1, 5))
_LAST_POINT, _NO_CHARACTER = np.uint32(0x10FFFF), np.uint32(0xFFFD)


@bare(inline="always")
def _rest(byte: int, bits: int) -> Any:
    """What a following byte adds to a code point, at its place."""
    return np.uint32((np.uint32(byte) & np.uint32(0x3F)) << np.uint32(bits))


@bare(inline="always")
def _wide(data: NDArray[np.uint8], place: np.uint64, end: np.uint64) -> Any:
    """The code point of three or four bytes that begins here, and where the next one does.

    What is cut off or no character gives U+FFFD: a value that every table has an entry for.
    """
    first = np.uint32(data[place])
    if first < 0xF0 and place + _THREE <= end:
        point = (first & np.uint32(0xF)) << np.uint32(12)
        return point | _rest(data[place + _ONE], 6) | _rest(data[place + _TWO], 0), place + _THREE
    if first >= 0xF0 and place + _FOUR <= end:
        point = (first & np.uint32(7)) << np.uint32(18) | _rest(data[place + _ONE], 12)
        point |= _rest(data[place + _TWO], 6) | _rest(data[place + _THREE], 0)
        return point if point <= _LAST_POINT else _NO_CHARACTER, place + _FOUR
    return _NO_CHARACTER, end


@bare
def decode(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    points: NDArray[np.uint32],
    ends: NDArray[np.int64],
) -> int:
    """Write the code points of strings end to end, and where each string ends; the number of all.

    String i is data[offsets[i]:offsets[i + 1]]. points has room for one a byte. ASCII is taken
    eight bytes at a time; of the others one and two bytes are told apart without a branch, since
    nobody can foresee where a word of such a script ends.
    """
    filled = np.uint64(0)
    for row in range(len(ends)):
        place, end = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        while place < end:
            if place + _RUN <= end:
                met = np.uint8(0)
                for step in range(_RUN):
                    met |= data[place + step]
                if met < 0x80:
                    for step in range(_RUN):
                        points[filled + step] = data[place + step]
                    place += _RUN
                    filled += _RUN
                    continue
            stop = min(place + _RUN, end)
            while place < stop:
                first = np.uint32(data[place])
                if first >= 0xE0 or place + _ONE == end:
                    if first < 0x80:
                        points[filled] = first
                        place += _ONE
                    else:
                        points[filled], place = _wide(data, place, end)
                else:
                    two = first >= 0x80
                    pair = (first & np.uint32(0x1F)) << np.uint32(6) | _rest(data[place + _ONE], 0)
                    points[filled] = pair if two else first
                    place += _ONE + np.uint64(two)
                filled += _ONE
        ends[row] = np.int64(filled)
    return int(np.int64(filled))

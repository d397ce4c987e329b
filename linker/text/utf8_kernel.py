"""The compiled decoding of UTF-8; Python's own is the plain twin."""

from __future__ import annotations

from typing import Any

import numpy as np

from linker.arrays import ByteArray, IntArray, Uint32Array
from linker.jit import bare

_BLOCK = np.uint64(16)
_ONE, _TWO, _THREE, _FOUR = (np.uint64(number) for number in range(1, 5))
_LAST_POINT, _NO_CHARACTER = np.uint32(0x10FFFF), np.uint32(0xFFFD)
_FIRST_OF_FOUR, _BITS, _FOLLOWING = np.uint8(0xF0), np.uint8(0xC0), np.uint8(0x80)


@bare(inline="always")
def _rest(byte: int, bits: int) -> Any:
    """What a following byte adds to a code point, at its place."""
    return np.uint32((np.uint32(byte) & np.uint32(0x3F)) << np.uint32(bits))


@bare(inline="always")
def _two(first: np.uint32, second: int) -> Any:
    """The code point of two bytes."""
    return (first & np.uint32(0x1F)) << np.uint32(6) | _rest(second, 0)


@bare(inline="always")
def _wide(data: ByteArray, place: np.uint64, end: np.uint64) -> Any:
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
def _few(
    data: ByteArray,
    begin: np.uint64,
    stop: np.uint64,
    end: np.uint64,
    points: Any,
    filled: np.uint64,
) -> tuple[np.uint64, np.uint64]:
    """Decode the characters that begin before a place, one by one; where the next one begins."""
    place = begin
    while place < stop:
        first = np.uint32(data[place])
        if 0x80 <= first < 0xC0:  # of a character that a block has taken, or of none
            place += _ONE
            continue
        if first < 0x80:
            points[filled] = first
            place += _ONE
        elif first < 0xE0 and place + _ONE < end:
            points[filled] = _two(first, data[place + _ONE])
            place += _TWO
        else:
            points[filled], place = _wide(data, place, end)
        filled += _ONE
    return place, filled


@bare(inline="always")
def _block(data: ByteArray, place: np.uint64, points: Any, filled: np.uint64) -> np.uint64:
    """Decode a block that no character of four bytes begins in, as far as characters begin in it.

    First what would begin at each byte, which becomes SIMD, then those that are kept, without a
    branch: where characters begin nobody can foresee, and each place would wait for the one before.
    """
    first_free = filled
    for step in range(_BLOCK):
        first = np.uint32(data[place + step])
        second, third = data[place + step + _ONE], data[place + step + _TWO]
        two = _two(first, second)
        three = (first & np.uint32(0xF)) << np.uint32(12) | _rest(second, 6) | _rest(third, 0)
        short = first if first < np.uint32(0x80) else two
        points[first_free + step] = short if first < np.uint32(0xE0) else three
    for step in range(_BLOCK):
        points[filled] = points[first_free + step]
        filled += np.uint64(np.uint8(data[place + step] & _BITS) != _FOLLOWING)
    return filled


@bare(inline="always")
def decode_string(data: ByteArray, begin: int, stop: int, points: Any, begun: int) -> int:
    """Write the code points of one string from a place on; where they end.

    points: uint32 or uint64, with room for one a byte. What is not UTF-8 gives some code points.
    """
    place, end, filled = np.uint64(begin), np.uint64(stop), np.uint64(begun)
    while place + _BLOCK <= end:
        met = four = np.uint8(0)
        for step in range(_BLOCK):
            met = np.uint8(met | data[place + step])
            four = np.uint8(four | np.uint8(data[place + step] >= _FIRST_OF_FOUR))
        if met < 0x80:
            for step in range(_BLOCK):
                points[filled + step] = data[place + step]
            place += _BLOCK
            filled += _BLOCK
        elif four == 0 and place + _BLOCK + _TWO <= end:
            filled = _block(data, place, points, filled)
            place += _BLOCK
        else:
            place, filled = _few(data, place, place + _BLOCK, end, points, filled)
    _, filled = _few(data, place, end, end, points, filled)
    return int(np.int64(filled))


@bare
def decode(
    data: ByteArray,
    offsets: IntArray,
    points: Uint32Array,
    ends: IntArray,
) -> int:
    """Write the code points of strings end to end, and where each string ends; the number of all.

    String i is data[offsets[i]:offsets[i + 1]]. points has room for one a byte.
    """
    filled = 0
    for row in range(len(ends)):
        filled = decode_string(data, offsets[row], offsets[row + 1], points, filled)
        ends[row] = filled
    return filled

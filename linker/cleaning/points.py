"""Compiled passes over the bytes of a page: its lines, each folded, and their keys.

Folding fills a buffer with one entry (linker.cleaning.characters) a folded code point, spaces
levelled as lines.fold_line levels them; fold_line is the plain twin.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linker.cleaning import characters
from linker.jit import njit

_PAYLOAD = np.uint64(characters.PAYLOAD)
_EXPANSION = np.uint64(characters.EXPANSION)
_DELETED = np.uint64(characters.DELETED)
_SPACE = np.uint64(characters.SPACE)
_COMBINING = np.uint64(characters.COMBINING)
_ODD = np.uint64(characters.ODD)
_IRREGULAR = np.uint64(characters.IRREGULAR)
_BLANK = np.uint64(characters.SPACE | 32)
_UNEVEN = np.uint64(characters.EXPANSION | characters.DELETED | characters.COMBINING)
_RANKS = np.uint64(0xFF << characters.RANK_BITS)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_POINTS = np.uint64(characters.POINTS)
_ALPHA_BIT = np.uint64(characters.ALPHA.bit_length() - 1)
_SPACE_BIT = np.uint64(characters.SPACE.bit_length() - 1)
_TWO, _THREE = np.uint64(2), np.uint64(3)
_BITS, _BITS_OF_TWO = np.uint64(18), np.uint64(36)
_BLOCK = np.uint64(64)
_SIX, _TWELVE = np.uint64(6), np.uint64(12)
_LINE_FEED = np.uint8(10)
Table = NDArray[np.uint64]

ROOM = 8192
"""Entries of a buffer: 400 code points, each of which becomes at most 18, and the spaces."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@njit(cache=True, nogil=True)
def mix(value: np.uint64) -> np.uint64:
    """Spread the bits of a 64-bit value (the finisher of splitmix64)."""
    value = (value ^ (value >> np.uint64(30))) * _MIX_1
    value = (value ^ (value >> np.uint64(27))) * _MIX_2
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True, inline="always")
def spread(word: np.uint64, place: np.uint64) -> np.uint64:
    """What a word at a place adds to a key: a sum of these waits for no multiplication."""
    word ^= place * _FACTOR
    word = (word ^ (word >> np.uint64(32))) * _MIX_1
    return word ^ (word >> np.uint64(29))


@njit(cache=True, nogil=True)
def key_of(points: Table, size: int, seed: np.uint64) -> np.uint64:
    """64-bit key of the first `size` folded code points (flags are not looked at)."""
    value = seed ^ np.uint64(size)
    place, end = _ZERO, np.uint64(size)
    while place + _THREE <= end:
        word = points[place] & _PAYLOAD | (points[place + _ONE] & _PAYLOAD) << _BITS
        word |= (points[place + _TWO] & _PAYLOAD) << _BITS_OF_TWO
        place += _THREE
        value += spread(word, place)
    word = _ZERO
    for step in range(end - place):
        word = word << _BITS | (points[place + step] & _PAYLOAD)
    return mix(value + spread(word, end + _ONE))


@njit(cache=True, nogil=True)
def point_at(data: NDArray[np.uint8], place: int, end: int) -> np.uint64:
    """The code point that begins at `place`; POINTS for all that are beyond the table.

    What is not UTF-8 gives some value, never a fault.
    """
    first = np.uint64(data[place])
    if first < 0x80:
        return first
    more = 1 if first < 0xE0 else 2
    if first >= 0xF0 or place + more >= end:
        more = min(3, end - place - 1)
    point = first & np.uint64(0xFF >> (more + 2))
    for step in range(1, more + 1):
        point = (point << np.uint64(6)) | np.uint64(data[place + step] & 0x3F)
    return min(point, _POINTS)


@njit(cache=True, nogil=True)
def strip(data: NDArray[np.uint8], begin: int, end: int, table: Table) -> tuple[int, int]:
    """The bounds of a line without the spaces at its ends, as str.strip has it."""
    for turn in range(2):
        while begin < end:
            place = begin
            if turn:
                place = end - 1
                while place > begin and (data[place] & 0xC0) == 0x80:
                    place -= 1
            point = point_at(data, place, end)
            entry = table[point] if point < _POINTS else _ZERO
            # "´" folds to a space as well, but is none.
            if (entry & (_SPACE | _ODD | _EXPANSION)) != _SPACE:
                break
            if turn:
                end = place
            else:
                begin += 1
                while begin < end and (data[begin] & 0xC0) == 0x80:
                    begin += 1
    return begin, end


@njit(cache=True, nogil=True)
def count_points(data: NDArray[np.uint8], begin: int, end: int) -> int:
    """The number of code points. 32 bytes are looked at together."""
    following = 0
    place = begin
    while place + 32 <= end:
        some = np.uint8(0)
        for step in range(32):
            some += np.uint8((data[place + step] & 0xC0) == 0x80)
        following += int(some)
        place += 32
    while place < end:
        following += (data[place] & 0xC0) == 0x80
        place += 1
    return end - begin - following


@njit(cache=True, nogil=True)
def is_ascii(line: NDArray[np.uint8]) -> bool:
    """Whether all bytes are below 128."""
    met = np.uint8(0)
    for byte in line:
        met = np.uint8(met | byte)
    return bool(met < 0x80)


@njit(cache=True, nogil=True)
def find_break(data: NDArray[np.uint8], begin: int, end: int) -> int:
    """Where the next line feed is; `end` when there is none.

    64 bytes are looked at together: the least of them is 0 where one is a line feed.
    """
    place, stop = np.uint64(begin), np.uint64(end)
    while place + _BLOCK <= stop:
        least = np.uint8(255)
        for step in range(_BLOCK):
            least = min(least, np.uint8(data[place + step] ^ _LINE_FEED))
        if least == 0:
            break
        place += _BLOCK
    while place < stop and data[place] != _LINE_FEED:
        place += _ONE
    return int(np.int64(place))


@njit(cache=True, nogil=True)
def fold_ascii(
    line: NDArray[np.uint8], table: Table, points: Table, bounds: NDArray[np.uint64]
) -> tuple[int, np.uint64, int, int]:
    """fold() for a line of ASCII, and runs.find_bounds in the same turn; table: ascii_table.

    Without a branch, since nobody can foresee where words end: a character is written in any case,
    and counts unless it is a space after a space; so is its place, which counts where letters begin
    or end.
    """
    size = tokens = seen = count = inside = _ZERO
    blank = _ONE
    for byte in line:
        entry = table[byte]
        seen |= entry
        space = entry >> _SPACE_BIT & _ONE
        letter = entry >> _ALPHA_BIT & _ONE
        points[size] = entry
        bounds[count] = size
        count += letter ^ inside
        inside = letter
        size += _ONE ^ (space & blank)
        tokens += blank & ~space
        blank = space
    bounds[count] = size
    ended = blank if size else _ZERO
    runs = (count + inside) >> _ONE
    return int(np.int64(size - ended)), seen, int(np.int64(tokens)), int(np.int64(runs))


def ascii_table(table: Table) -> Table:
    """The first 128 entries, every space as the one that it folds to."""
    entries = table[:128].copy()
    entries[entries & _SPACE > 0] = _BLANK
    return entries


@njit(cache=True, nogil=True, inline="always")
def _rest_of_point(
    data: NDArray[np.uint8], first: np.uint64, place: int, end: int
) -> tuple[np.uint64, int]:
    """The code point that begins with this byte, which stands before `place`, and its end."""
    if first < 0xE0 and place < end:
        point = (first & np.uint64(0x1F)) << _SIX | np.uint64(data[place] & 0x3F)
        return point, place + 1
    if first < 0xF0 and place + 1 < end:
        point = (first & np.uint64(0xF)) << _TWELVE | np.uint64(data[place] & 0x3F) << _SIX
        return point | np.uint64(data[place + 1] & 0x3F), place + 2
    point = point_at(data, place - 1, end)
    while place < end and (data[place] & 0xC0) == 0x80:
        place += 1
    return point, place


@njit(cache=True, nogil=True)
def fold(
    data: NDArray[np.uint8], begin: int, end: int, table: Table, points: Table
) -> tuple[int, np.uint64, int]:
    """Fold a line of at most 400 code points into `points`, as lines.fold_line does.

    table: linker.cleaning.characters. Returns the number of folded code points, the flags of all
    raw and folded ones together, and the number of tokens. IRREGULAR among the flags: only Python
    can fold this line.
    """
    size, tokens = 0, 0
    seen = before = _ZERO
    blank = True
    place = begin
    while place < end and size + 20 < len(points):
        raw = np.uint64(data[place])
        place += 1
        if raw >= 0x80:
            raw, place = _rest_of_point(data, raw, place, end)
            if raw == _POINTS:
                seen |= _IRREGULAR
                continue
        entry = table[raw]
        if not entry & _UNEVEN:  # nearly all; without another branch, as in fold_ascii
            before = entry
            seen |= entry
            space = entry & _SPACE != 0
            points[size] = _BLANK if space else entry
            size += not (space and blank)
            tokens += blank and not space
            blank = space
            continue
        first = last = raw
        if entry & _EXPANSION:
            first = (entry & _PAYLOAD) + _ONE
            last = (entry & _PAYLOAD) + table[entry & _PAYLOAD]
        seen |= entry
        while first <= last:
            entry = table[first]
            first += _ONE
            seen |= entry
            if entry & _DELETED:
                continue
            if before & entry & _COMBINING and (before & _RANKS) > (entry & _RANKS):
                seen |= _IRREGULAR
            before = entry
            space = entry & _SPACE != 0
            points[size] = _BLANK if space else entry
            size += not (space and blank)
            tokens += blank and not space
            blank = space
    if place < end:
        return 0, seen | _IRREGULAR, 0
    return size - (blank and size > 0), seen, tokens

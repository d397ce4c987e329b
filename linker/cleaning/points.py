"""Compiled passes over the bytes of a page: its lines, each folded, and their keys.

Folding fills a buffer with one entry (linker.cleaning.characters) a folded code point, spaces
levelled as lines.fold_line levels them; fold_line is the plain twin.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from linker.arrays import ByteArray, Uint64Array
from linker.cleaning import characters
from linker.jit import bare
from linker.text.compiled import mix

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
_LINE_FEED = np.uint8(10)
Table = Uint64Array

ROOM = 8192
"""Entries of a buffer: 400 code points, each of which becomes at most 18, and the spaces."""

_FACTOR, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


@bare(inline="always")
def spread(word: np.uint64, place: np.uint64) -> np.uint64:
    """What a word at a place adds to a key: a sum of these waits for no multiplication."""
    word ^= place * _FACTOR
    word = (word ^ (word >> np.uint64(32))) * _MIX
    return word ^ (word >> np.uint64(29))


@bare
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


@bare
def point_at(data: ByteArray, place: int, end: int) -> np.uint64:
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


@bare
def strip(data: ByteArray, begin: int, end: int, table: Table) -> tuple[int, int]:
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


@bare
def is_ascii(line: ByteArray) -> bool:
    """Whether all bytes are below 128."""
    met = np.uint8(0)
    for byte in line:
        met = np.uint8(met | byte)
    return bool(met < 0x80)


@bare
def find_break(data: ByteArray, begin: int, end: int) -> int:
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


class Folded(NamedTuple):
    """What folding a line says.

    size: of the folded code points; seen: the flags of all raw and folded ones together; tokens,
    runs: how many there are.
    """

    size: int
    seen: np.uint64
    tokens: int
    runs: int


class _Written(NamedTuple):
    """How far a line is folded: entries, ends of runs and tokens so far; 0 or 1: whether a run of
    letters is open, and whether a space before the next character would be one too many."""

    size: np.uint64
    ends: np.uint64
    tokens: np.uint64
    inside: np.uint64
    blank: np.uint64


_START: Final = _Written(_ZERO, _ZERO, _ZERO, _ZERO, _ONE)


@bare(inline="always")
def _put(entry: np.uint64, done: _Written, points: Table, bounds: Table) -> _Written:
    """Write one folded character, and whether a run of letters begins or ends with it.

    Without a branch, since nobody can foresee where words end: a character is written in any case,
    and counts unless it is a space after a space; so is its place, which counts where letters begin
    or end.
    """
    space = entry >> _SPACE_BIT & _ONE
    letter = entry >> _ALPHA_BIT & _ONE
    points[done.size] = entry ^ (entry ^ _BLANK) & (_ZERO - space)
    bounds[done.ends] = done.size
    return _Written(
        done.size + (_ONE ^ space & done.blank),
        done.ends + (letter ^ done.inside),
        done.tokens + (done.blank & ~space),
        letter,
        space,
    )


@bare(inline="always")
def _folded(done: _Written, seen: np.uint64, bounds: Table) -> Folded:
    """The end of a line, where a space is left out."""
    bounds[done.ends] = done.size
    size = done.size - (done.blank if done.size else _ZERO)
    runs = (done.ends + done.inside) >> _ONE
    return Folded(int(np.int64(size)), seen, int(np.int64(done.tokens)), int(np.int64(runs)))


@bare
def fold_ascii(line: ByteArray, table: Table, points: Table, bounds: Table) -> Folded:
    """fold() for a line of ASCII."""
    seen, done = _ZERO, _START
    for byte in line:
        entry = table[byte]
        seen |= entry
        done = _put(entry, done, points, bounds)
    return _folded(done, seen, bounds)


@bare
def fold(line: Table, table: Table, points: Table, bounds: Table) -> Folded:
    """Fold a line of at most 400 code points into `points`, as lines.fold_line does.

    table: linker.cleaning.characters. Into `bounds` go the places where runs of letters begin and
    end, in turn. IRREGULAR among the flags: only Python can fold this line.
    """
    seen = before = _ZERO
    done = _START
    place, end, room = _ZERO, np.uint64(len(line)), np.uint64(len(points) - 20)
    while place < end and done.size < room:
        point = line[place]
        place += _ONE
        if point >= _POINTS:
            seen |= _IRREGULAR
            continue
        entry = table[point]
        seen |= entry
        if not entry & _UNEVEN:  # nearly all
            before = entry
            done = _put(entry, done, points, bounds)
            continue
        first = last = point
        if entry & _EXPANSION:
            first = (entry & _PAYLOAD) + _ONE
            last = (entry & _PAYLOAD) + table[entry & _PAYLOAD]
        while first <= last:
            entry = table[first]
            first += _ONE
            seen |= entry
            if entry & _DELETED:
                continue
            if before & entry & _COMBINING and (before & _RANKS) > (entry & _RANKS):
                seen |= _IRREGULAR
            before = entry
            done = _put(entry, done, points, bounds)
    if place < end:
        return Folded(0, seen | _IRREGULAR, 0, 0)
    return _folded(done, seen, bounds)

"""The compiled pass: code points in, word hashes and kinds out. folding.py is its plain twin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from linker.text import codepoints, folding
from linker.text.codepoints import Tables

_SEED = np.uint64(folding.SEED)
_FACTOR = np.uint64(folding.FACTOR)
_MIX_1 = np.uint64(folding.MIX_1)
_MIX_2 = np.uint64(folding.MIX_2)
_NUMBER = np.uint8(folding.NUMBER)
_CHARACTER = np.uint8(folding.CHARACTER)
_CAPITAL = np.uint8(folding.CAPITAL)
_PAYLOAD = np.uint32(codepoints.PAYLOAD)
_DELETED = np.uint32(codepoints.DELETED)
_MARK = np.uint32(codepoints.MARK)
_DIGIT = np.uint32(codepoints.DIGIT)
_CAPITAL_LETTER = np.uint32(codepoints.CAPITAL_LETTER)
_SINGLE = np.uint32(codepoints.SINGLE)
_JAMO = np.uint32(codepoints.JAMO)
_EXPANSION = np.uint32(codepoints.EXPANSION)
_SPECIAL = np.uint32(_DELETED | _MARK | _SINGLE | _JAMO | _EXPANSION)
_ZERO = np.uint32(0)


@njit(cache=True, nogil=True, inline="always")
def mix(value: np.uint64) -> np.uint64:
    """Spread the bits of a 64-bit value (the finisher of splitmix64)."""
    value = (value ^ (value >> np.uint64(30))) * _MIX_1
    value = (value ^ (value >> np.uint64(27))) * _MIX_2
    return value ^ (value >> np.uint64(31))


class Room(NamedTuple):
    """Where hash_words writes: hashes and kinds by word, word_ends by text."""

    hashes: NDArray[np.uint64]
    kinds: NDArray[np.uint8]
    word_ends: NDArray[np.int64]


@njit(cache=True, nogil=True, inline="always")
def _starts_word(entry: np.uint32, kind: np.uint8) -> bool:
    """Whether an entry ends the open word of this kind: a separator, or a word of its own."""
    if entry == _ZERO:
        return True
    single = (kind & _CHARACTER) != 0 or (entry & _SINGLE) != _ZERO
    return bool(single and (entry & _MARK) == _ZERO)


@njit(cache=True, nogil=True, inline="always")
def _first_kind(entry: np.uint32) -> np.uint8:
    """The kind of a word that begins with this entry; NUMBER until another character comes."""
    kind = _NUMBER
    if entry & _SINGLE:
        kind |= _CHARACTER
    if entry & _CAPITAL_LETTER:
        kind |= _CAPITAL
    return np.uint8(kind)


@njit(cache=True, nogil=True, inline="always")
def _store(room: Room, count: int, value: np.uint64, kind: np.uint8) -> int:
    """Write a finished word where there is room for it; the new number of words."""
    if count < len(room.hashes):
        room.hashes[count] = mix(value)
        room.kinds[count] = kind
    return count + 1


class Reading(NamedTuple):
    """How far a text is read: words found so far, and hash and kind of the word that is open."""

    found: int
    value: np.uint64
    kind: np.uint8
    in_word: bool


@njit(cache=True, nogil=True)
def _read(room: Room, reading: Reading, entry: np.uint32) -> Reading:
    """Take one entry of any sort."""
    count, value, kind, in_word = reading
    if entry & _DELETED:
        return reading
    if in_word and _starts_word(entry, kind):
        count = _store(room, count, value, kind)
        in_word = False
    if entry == _ZERO:
        return Reading(count, value, kind, in_word)
    if not in_word:
        value, kind = _SEED, _first_kind(entry)
    if not entry & _DIGIT:
        kind = np.uint8(kind & ~_NUMBER)
    return Reading(count, (value ^ np.uint64(entry & _PAYLOAD)) * _FACTOR, kind, True)


@njit(cache=True, nogil=True)
def _read_special(room: Room, reading: Reading, entry: np.uint32, tables: Tables) -> Reading:
    """Take an entry that is more than a plain letter or a separator."""
    if not entry & _EXPANSION:
        return _read(room, reading, entry)
    which = np.int64(entry & _PAYLOAD)
    for part in range(tables.pool_offsets[which], tables.pool_offsets[which + 1]):
        reading = _read(room, reading, tables.pool[part])
    return reading


@njit(cache=True, nogil=True)
def hash_words(
    points: NDArray[np.uint32], ends: NDArray[np.int64], tables: Tables, room: Room
) -> tuple[int, bool]:
    """Hash the words of texts laid end to end.

    points: code points, text i ends before ends[i]. Fills room; word_ends[i] is the number of
    words up to the end of text i. Returns the number of words, which may exceed the room (then
    only what fits was written), and whether a conjoining jamo was met.

    Nearly all code points are plain letters in a run; the inner loop takes such a run without
    asking anything else, which is half of the time saved.
    """
    entries = tables.entries
    jamo = _ZERO
    count = 0
    position = np.int64(0)
    for text in range(len(ends)):
        value, kind, in_word = _SEED, np.uint8(0), False
        end = ends[text]
        while position < end:
            entry = entries[points[position]]
            position += 1
            if entry & _SPECIAL:
                jamo |= entry & _JAMO
                reading = Reading(count, value, kind, in_word)
                count, value, kind, in_word = _read_special(room, reading, entry, tables)
                continue
            if in_word and (entry == _ZERO or kind & _CHARACTER):
                count = _store(room, count, value, kind)
                in_word = False
            if entry == _ZERO:
                continue
            if not in_word:
                value, kind, in_word = _SEED, _first_kind(entry), True
            digits = entry
            value = (value ^ np.uint64(entry & _PAYLOAD)) * _FACTOR
            while position < end:
                entry = entries[points[position]]
                if entry == _ZERO or entry & _SPECIAL:
                    break
                digits &= entry
                value = (value ^ np.uint64(entry & _PAYLOAD)) * _FACTOR
                position += 1
            if not digits & _DIGIT:
                kind = np.uint8(kind & ~_NUMBER)
        if in_word:
            count = _store(room, count, value, kind)
        room.word_ends[text] = count
    return count, jamo != _ZERO

"""The compiled pass: code points in, word hashes and kinds out. folding.py is its plain twin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linker.arrays import ByteArray, IntArray, Uint32Array, Uint64Array
from linker.jit import bare, njit
from linker.text import codepoints, folding
from linker.text.codepoints import SLOTS_A_POINT, Tables

_SEED = np.uint64(folding.SEED)
_FACTOR = np.uint64(folding.FACTOR)
_MIX_1 = np.uint64(folding.MIX_1)
_MIX_2 = np.uint64(folding.MIX_2)
_PAYLOAD = np.uint32(codepoints.PAYLOAD)
_DELETED = np.uint32(codepoints.DELETED)
_MARK = np.uint32(codepoints.MARK)
_DIGIT = np.uint32(codepoints.DIGIT)
_CAPITAL_LETTER = np.uint32(codepoints.CAPITAL_LETTER)
_SINGLE = np.uint32(codepoints.SINGLE)
_JAMO = np.uint32(codepoints.JAMO)
_EXPANSION = np.uint32(codepoints.EXPANSION)
_SPECIAL = np.uint32(_DELETED | _MARK | _SINGLE | _EXPANSION)
_NUMBER_SHIFT = np.uint32(23)  # from the flags of an entry to those of a kind
_CHARACTER_SHIFT = np.uint32(24)
_CAPITAL_SHIFT = np.uint32(22)
_ZERO = np.uint32(0)
_NONE = np.uint64(0)
_ONE = np.uint64(1)
_RUN = np.uint64(8)
_HUGE = 1 << 20


@bare(inline="always")
def mix(value: np.uint64) -> np.uint64:
    """Spread the bits of a 64-bit value (the finisher of splitmix64)."""
    value = (value ^ (value >> np.uint64(30))) * _MIX_1
    value = (value ^ (value >> np.uint64(27))) * _MIX_2
    return value ^ (value >> np.uint64(31))


class Room(NamedTuple):
    """Where hash_words writes: hashes and kinds by word, word_ends by text.

    kinds has as many places as hashes, or none where nobody asks for them.
    """

    hashes: Uint64Array
    kinds: ByteArray
    word_ends: IntArray


class Text(NamedTuple):
    """Code points of texts end to end, text i from offsets[i] to offsets[i + 1].

    points: uint8 where all are ASCII, else uint32. offsets: int64 (n + 1,).
    """

    points: ByteArray | Uint32Array
    offsets: IntArray


@bare
def _write(
    line: Uint32Array, filled: np.uint64, alone: bool, entry: np.uint32
) -> tuple[np.uint64, bool]:
    """Write an entry of any sort, and a separator before it where it begins a word without one.

    alone: whether the open word is a character that is a word of its own, so that the next letter
    begins another. Returns how far the line is filled, and alone for what comes next.
    """
    if entry & _DELETED:
        return filled, alone
    single = (entry & _SINGLE) != _ZERO
    if entry & _MARK:  # goes on with the open word; where none is open it begins one
        alone = alone or (single and (filled == _NONE or line[filled - _ONE] == _ZERO))
    else:
        if single or alone:
            line[filled] = _ZERO
            filled += _ONE
        alone = single
    line[filled] = entry
    return filled + _ONE, alone


@bare
def look_up(
    text: Text, number: int, tables: Tables, line: Uint32Array
) -> tuple[np.int64, np.uint32]:
    """Write the entries of one text's code points, and a separator at the end.

    Returns how many they are, and the flags of all code points. Nearly all are plain letters and
    separators; they are taken _RUN at a time, and where one of these is more, all of them singly.
    The places are unsigned: one that might be negative is asked about each time.
    """
    entries, points = tables.entries, text.points
    place, end = np.uint64(text.offsets[number]), np.uint64(text.offsets[number + 1])
    filled, flags, alone = _NONE, _ZERO, False
    while place < end:
        if place + _RUN <= end:
            met = _ZERO
            for step in range(_RUN):
                entry = entries[points[place + step]]
                line[filled + step] = entry
                met |= entry
            flags |= met
            if not alone and not met & _SPECIAL:
                place += _RUN
                filled += _RUN
                continue
            if met & _SPECIAL == _SINGLE:  # Chinese: separators between all, without a branch
                for step in range(_RUN):
                    entry = entries[points[place + step]]
                    single = (entry & _SINGLE) != _ZERO
                    line[filled] = _ZERO
                    filled += np.uint64(single or alone)
                    line[filled] = entry
                    filled += _ONE
                    alone = single
                place += _RUN
                continue
        stop = min(place + _RUN, end)
        while place < stop:
            entry = entries[points[place]]
            place += _ONE
            flags |= entry
            if entry & _EXPANSION:
                which = np.int64(entry & _PAYLOAD)
                for part in range(tables.pool_offsets[which], tables.pool_offsets[which + 1]):
                    filled, alone = _write(line, filled, alone, tables.pool[part])
            elif alone or entry & _SPECIAL:
                filled, alone = _write(line, filled, alone, entry)
            else:
                line[filled] = entry
                filled += _ONE
    line[filled] = _ZERO
    return np.int64(filled + _ONE), flags


class _Open(NamedTuple):
    """A word that is being hashed: where its hash goes, its value so far, and 1 once it has begun.

    place is unsigned: one that might be negative is asked about each time.
    """

    place: np.uint64
    value: np.uint64
    inside: np.uint64


@bare(inline="always")
def _go_on(entry: np.uint32, word: _Open, hashes: Uint64Array) -> _Open:
    """One entry more.

    Without a branch: where a word ends is what a processor cannot foresee, and a wrong guess costs
    as much as ten letters. Each entry writes the open word to where it would go, and only a
    separator after a letter moves the place on.
    """
    hashes[word.place] = word.value
    letter = np.uint64(entry != _ZERO)
    kept = _NONE - word.inside  # all ones in a word, which goes on with its value, else the seed
    taken = np.uint64(entry & _PAYLOAD) ^ (_SEED & ~kept)
    value = ((word.value & kept) ^ taken) * _FACTOR
    return _Open(word.place + (word.inside & ~letter), value, letter)


@bare
def _cut(line: Uint32Array, hashes: Uint64Array, start: np.int64) -> np.int64:
    """Hash the words of one text's entries, word number start first; the new number of words.

    The last entry must be a separator, and hashes have room for a word in two entries and one more.
    The text is cut in two where a word ends, and both are hashed side by side, as each entry waits
    for the product with the one before it. The words of the second half then close up.
    """
    middle = np.uint64(len(line)) >> _ONE
    while line[middle] != _ZERO:
        middle += _ONE
    half, size = middle + _ONE, np.uint64(len(line))
    begin = np.uint64(start) + (half >> _ONE) + _ONE
    one, two = _Open(np.uint64(start), _SEED, _NONE), _Open(begin, _SEED, _NONE)
    for place in range(size - half):
        one = _go_on(line[place], one, hashes)
        two = _go_on(line[half + place], two, hashes)
    for place in range(size - half, half):
        one = _go_on(line[place], one, hashes)
    for number in range(two.place - begin):
        hashes[one.place + number] = hashes[begin + number]
    return np.int64(one.place + two.place - begin)


@bare
def _sort_out(line: Uint32Array, kinds: ByteArray, count: np.int64) -> None:
    """The kinds of the same words, in the same way."""
    first, digits = _ZERO, _ZERO
    before = _ZERO
    for entry in line:
        kinds[count] = word_kind(first, digits)
        count += int(entry == _ZERO) & int(before != _ZERO)
        first = entry if before == _ZERO else first
        digits = entry if before == _ZERO else digits & entry
        before = entry


@bare(inline="always")
def word_kind(first: np.uint32, digits: np.uint32) -> np.uint8:
    """The kind of a word from its first entry and from what all of its entries have."""
    number = (digits & _DIGIT) >> _NUMBER_SHIFT
    character = (first & _SINGLE) >> _CHARACTER_SHIFT
    return np.uint8(number | character | (first & _CAPITAL_LETTER) >> _CAPITAL_SHIFT)


@bare
def slots_needed(text: Text, tables: Tables) -> int:
    """Room for the entries of the longest text; for one that is huge, no more than it takes."""
    longest = 0
    for number in range(len(text.offsets) - 1):
        start, end = text.offsets[number], text.offsets[number + 1]
        slots = (end - start) * SLOTS_A_POINT
        if end - start > _HUGE:
            slots = 2 * (end - start)
            for point in text.points[start:end]:
                if tables.entries[point] & _EXPANSION:
                    slots += SLOTS_A_POINT
        longest = max(longest, slots)
    return longest + 1


@njit
def hash_words(text: Text, tables: Tables, room: Room) -> tuple[np.int64, bool]:
    """Hash the words of texts.

    Fills room; word_ends[i] is the number of words up to the end of text i. Returns the room that
    it takes, in words, and whether a conjoining jamo was met. In a smaller room nothing is written.
    """
    line = np.empty(slots_needed(text, tables), np.uint32)
    flags = _ZERO
    count = needed = np.int64(0)
    for number in range(len(text.offsets) - 1):
        filled, met = look_up(text, number, tables, line)
        flags |= met
        needed = max(needed, count) + filled // 2 + 2  # words and separators between, see _cut
        if needed <= len(room.hashes):
            if len(room.kinds):
                _sort_out(line[:filled], room.kinds, count)
            needed = count = _cut(line[:filled], room.hashes, count)
        room.word_ends[number] = count
    for place in range(count):  # by itself, so that it becomes SIMD
        room.hashes[place] = mix(room.hashes[place])
    return needed, (flags & _JAMO) != _ZERO

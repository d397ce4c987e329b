"""The compiled pass over the lines of whole batches: their places, keys, shapes and signs.

What it writes are plain numbers, a column a line; linker.cleaning.counts counts with them and
linker.cleaning.screening judges by them. Folding has its plain twin in lines.fold_line.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from linker.cleaning import characters, signs
from linker.cleaning.characters import load_characters
from linker.cleaning.checksum import checksum, checksum_table
from linker.cleaning.points import (
    ROOM,
    Table,
    count_points,
    fold,
    key_of,
    mix,
    point_at,
    strip,
)
from linker.cleaning.signs import Signs, find, load_signs, sign
from linker.cleaning.strings import Strings

ROWS, BEGIN, END, NUMBER, SIZE, FOLDED, TOKENS, SEEN, KEY, PRINT = range(10)
OPENING, EDGES, WHOLE, BEGINS, ENDS, COMMON, RUNS, DOUBTS, LETTERS, COLUMNS = range(10, 20)
"""What is written of a line. ROWS: its string; BEGIN, END: its bounds, stripped, in the bytes of
all; NUMBER: which line of the string it is, blank ones counted; SIZE: its code points, at most 401;
FOLDED, TOKENS, SEEN: from points.fold; KEY: of the folded line (of some bytes of a long one);
PRINT: its CRC-32; OPENING: a key of its first 25 letters and digits; EDGES: flags below; WHOLE,
BEGINS, ENDS: what the signs of the whole line and of its ends are signs of; COMMON: of what all its
runs are; RUNS: how many; DOUBTS: flags below; LETTERS: its letters and digits."""

COUNTING, JUDGING = 1, 2
"""What the lines are read for: keys and prints, or everything but the prints."""

LOWER, CLOSED, DOT, BRACKETED, OPENED, ARROWED = 1, 2, 4, 8, 16, 32
"""EDGES: the line begins in lower case, ends a sentence, ends with a full stop, with a bracket;
begins with a bracket, with an arrow."""

PHRASE, CREDIT, ADDRESS, COLON, SLASH, STEP, LOWERED, LONG, FIGURES = (1 << bit for bit in range(9))
"""DOUBTS: a phrase; the name of a credit; an address or a copyright; a colon; a slash; a sign
between steps; a word that is no name; a run of more than five letters;
three digits at the end."""

BENT: Final = characters.EXPANSION | characters.DELETED | characters.COMBINING | characters.ODD
"""SEEN: some folded character is not one printed character of the same kind."""

_PAYLOAD = np.uint64(characters.PAYLOAD)
_SPACE = np.uint64(characters.SPACE)
_ALPHA = np.uint64(characters.ALPHA)
_DIGIT = np.uint64(characters.DIGIT)
_WORD = np.uint64(characters.WORD)
_NOTE = np.uint64(characters.NOTE)
_UPPER = np.uint64(characters.UPPER)
_LOWER = np.uint64(characters.LOWER)
_UNSPACED = np.uint64(characters.UNSPACED)
_BITS = np.uint64(18)
_TAIL = np.uint64((1 << 54) - 1)
_PAIR = np.uint64((1 << 36) - 1)
_LENGTH = np.uint64(54)
_NOTHING = np.uint64(0)
_CREDIT = np.uint64(signs.CREDIT)
_PARTICLE = np.uint64(signs.PARTICLE)
_COPYRIGHT = np.uint64(signs.packed("cop"))
_OPENING_BRACKETS = (ord("("), ord("["))
_CLOSING_BRACKETS = (ord(")"), ord("]"), ord("）"))
_ARROWS = (ord(">"), ord("»"))
_CREDIT_MARKS = (ord(":"), ord("="))
_ADDRESS_MARKS = (ord("@"), ord("©"))
_COLON, _SLASH = ord(":"), ord("/")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_CLOSER = np.uint64(characters.CLOSER)
_ENDER = np.uint64(characters.ENDER)

LONGEST: Final = 400
COUNTED_LONGEST, PARAGRAPH = 300, 60
_SHAPED: Final = 110
_UNSPACED_LONGEST: Final = 200


def read(strings: Strings, purpose: int, *, whole: bool = False) -> NDArray[np.int64]:
    """The lines of all strings, int64 (COLUMNS, lines); keys and flags are to be seen as uint64.

    purpose: COUNTING or JUDGING. whole: every string is one line, whatever it holds; otherwise
    blank lines are left out.
    """
    first, last = int(strings.offsets[0]), int(strings.offsets[-1])
    data = strings.data[first:last]
    breaks = np.flatnonzero(data[:0] if whole else data == ord("\n")) + first
    out = np.zeros((COLUMNS, len(breaks) + len(strings.offsets) - 1), np.int64)
    found = read_lines(
        strings.data,
        strings.offsets,
        np.append(breaks, last),
        whole,
        purpose,
        load_characters(),
        load_signs(),
        checksum_table(),
        np.zeros(ROOM, np.uint64),
        np.zeros((4, ROOM), np.uint64),
        out,
    )
    return out[:, :found]


@njit(cache=True, nogil=True)
def _edges(data: NDArray[np.uint8], begin: int, end: int, table: Table) -> int:
    """How a line begins and ends, as it is printed."""
    point = point_at(data, begin, end)
    flags = LOWER if table[point] & _LOWER else 0
    if point in _OPENING_BRACKETS:
        flags |= OPENED
    if point in _ARROWS:
        flags |= ARROWED
    if data[end - 1] == 46:
        flags |= DOT
    place = end
    while place > begin:
        last = place
        place -= 1
        while place > begin and (data[place] & 0xC0) == 0x80:
            place -= 1
        point = point_at(data, place, last)
        if last == end and point in _CLOSING_BRACKETS:
            flags |= BRACKETED
        if not table[point] & _CLOSER:
            if table[point] & _ENDER:
                flags |= CLOSED
            break
    return flags


@njit(cache=True, nogil=True)
def _note(points: Table, place: int, size: int, last: np.uint64, table: Signs) -> int:
    """What a punctuation mark may be a sign of; last: the run before it."""
    mark = points[place] & _PAYLOAD
    after = points[place + 1] & _PAYLOAD if place + 1 < size else _NOTHING
    second = points[place + 2] & _PAYLOAD if place + 2 < size else _NOTHING
    if mark in _CREDIT_MARKS:
        found = COLON if mark == _COLON else 0
        if find(table, sign(signs.ONLY, last, _NOTHING)) & _CREDIT:
            found |= CREDIT
        return found | (ADDRESS if after == _SLASH else 0)
    if mark == _SLASH:
        return SLASH
    if mark == 40:
        known = (after == 97 and second == 116) or (after == 99 and second == 41)
        return ADDRESS if known else 0  # (at) (c)
    if mark == 91:
        return ADDRESS if after == 101 and second == 109 else 0  # [email
    return ADDRESS if mark in _ADDRESS_MARKS else STEP


@njit(cache=True, nogil=True)
def _find_runs(points: Table, size: int, table: Signs, runs: NDArray[np.uint64]) -> tuple[int, int]:
    """The runs of letters of a folded line, and what they and the marks between may be signs of.

    Writes into runs, uint64 (4, size): what stands for the run, the key of the gap before it, that
    of the run before amid its neighbours, and where the run begins. Returns the number of runs and
    the DOUBTS.
    """
    count, length, longest, doubts = 0, 0, 0, 0
    head = tail = left = before = last = _NOTHING
    for place in range(size + 1):
        entry = points[place] if place < size else _SPACE
        if entry & _ALPHA:
            tail = (((tail if length else _NOTHING) << _BITS) | (entry & _PAYLOAD)) & _TAIL
            head = tail if length < 3 else head
            length += 1
            continue
        if length:
            runs[1, count] = sign(signs.HOLDS, left, head)
            runs[2, count] = sign(signs.AMID, before ^ (head << np.uint64(9)), last)
            runs[3, count] = place - length
            before = left
            last = sign(0, head, tail + (np.uint64(length) << _LENGTH))
            runs[0, count] = last
            longest = max(longest, length)
            if count == 0 and head == _COPYRIGHT and length >= 9:
                doubts |= ADDRESS
            left = tail
            count += 1
            length = 0
        if entry & _NOTE:
            doubts |= _note(points, place, size, last, table)
    if size > 2 and points[size - 1] & points[size - 2] & points[size - 3] & _DIGIT:
        doubts |= FIGURES
    return count, doubts | (LONG if longest > 5 else 0)


@njit(cache=True, nogil=True)
def _find_phrases(count: int, table: Signs, runs: NDArray[np.uint64]) -> int:
    """PHRASE when the line holds the sign of one, whatever its place."""
    for which in range(3):
        for place in range(count):
            if find(table, runs[which, place]):
                return PHRASE
    return 0


@njit(cache=True, nogil=True)
def _find_ends(
    count: int, table: Signs, runs: NDArray[np.uint64], out: NDArray[np.int64], line: int
) -> None:
    """What the whole line and its ends are signs of."""
    whole = sign(signs.WHOLE, runs[0, 0], runs[0, count - 1] + np.uint64(count))
    heads = tails = _NOTHING
    out[WHOLE, line] = find(table, whole)
    for place in range(min(count, 3)):
        heads = sign(signs.BEGINS, heads, runs[0, place])
        tails = sign(signs.ENDS, tails, runs[0, count - 1 - place])
        out[BEGINS, line] |= np.int64(find(table, heads))
        out[ENDS, line] |= np.int64(find(table, tails))


@njit(cache=True, nogil=True)
def _find_common(
    count: int, points: Table, table: Signs, runs: NDArray[np.uint64]
) -> tuple[np.uint64, int]:
    """What all runs are signs of, and LOWERED when one is no part of a name."""
    common, doubts = ~_NOTHING, 0
    for place in range(count):
        found = find(table, sign(signs.ONLY, runs[0, place], _NOTHING))
        common &= found
        start = np.int64(runs[3, place])
        named = place == 0 or not points[start - 1] & _SPACE or points[start] & _UPPER
        if not named and not found & _PARTICLE:
            doubts = LOWERED
        if doubts and not common:
            break
    return common, doubts


@njit(cache=True, nogil=True)
def _find_letters(points: Table, size: int, table: Signs) -> int:
    """PHRASE when the line has letters in a row that a phrase without spaces has."""
    tail = found = _NOTHING
    for place in range(size):
        tail = ((tail << _BITS) | (points[place] & _PAYLOAD)) & _TAIL
        found |= find(table, sign(signs.THREE, tail, _NOTHING))
        found |= find(table, sign(signs.TWO, tail & _PAIR, _NOTHING))
    found |= find(table, sign(signs.TWO, tail & _PAYLOAD, _NOTHING))
    return PHRASE if found else 0


@njit(cache=True, nogil=True)
def _opening(points: Table, size: int, short: bool) -> tuple[np.uint64, int]:
    """A key of the first 25 letters and digits, and how many there are; if short, 25 at most."""
    value, found = _NOTHING, 0
    for place in range(size):
        if points[place] & _WORD:
            if found < 25:
                value = ((value ^ (points[place] & _PAYLOAD)) * _FACTOR) ^ (value >> np.uint64(32))
            elif short:
                break
            found += 1
    return value, found


@njit(cache=True, nogil=True)
def _judge(
    points: Table,
    folded: int,
    size: int,
    whole: bool,
    words: Signs,
    runs: NDArray[np.uint64],
    out: NDArray[np.int64],
    line: int,
) -> None:
    """Write what the words of a folded line say."""
    count, doubts = _find_runs(points, folded, words, runs)
    doubts |= _find_phrases(count, words, runs)
    if count:
        _find_ends(count, words, runs, out, line)
    if count and size <= _SHAPED:
        out[COMMON, line], lowered = _find_common(count, points, words, runs)
        doubts |= lowered
    if np.uint64(out[SEEN, line]) & _UNSPACED and size <= _UNSPACED_LONGEST:
        doubts |= _find_letters(points, folded, words)
    out[RUNS, line], out[DOUBTS, line] = count, doubts
    out[OPENING, line], out[LETTERS, line] = _opening(points, folded, not whole)


@njit(cache=True, nogil=True)
def _key_of_long(data: NDArray[np.uint8], begin: int, end: int) -> np.uint64:
    """A key of some bytes of a line that is not folded: equal lines have equal ones."""
    key = np.uint64(end - begin)
    for place in range(begin, end, max((end - begin) // 32, 1)):
        key = mix(key ^ np.uint64(data[place]))
    return key


@njit(cache=True, nogil=True)
def read_lines(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    breaks: NDArray[np.int64],
    whole: bool,
    purpose: int,
    table: Table,
    words: Signs,
    tables: NDArray[np.uint32],
    points: Table,
    runs: NDArray[np.uint64],
    out: NDArray[np.int64],
) -> int:
    """Read the lines of all strings, parted by `breaks`, into out; how many there are."""
    line = feed = 0
    longest = LONGEST if purpose == JUDGING else COUNTED_LONGEST
    for row in range(len(offsets) - 1):
        begin, stop, number = offsets[row], offsets[row + 1], 0
        while begin <= stop:
            end = min(breaks[feed], stop)
            feed += breaks[feed] < stop
            first, last = strip(data, begin, end, table)
            begin = end + 1
            number += 1
            if first == last and not whole:
                continue
            size = last - first
            if size <= 4 * LONGEST:
                size = count_points(data, first, last)
            size = min(size, LONGEST + 1)
            out[ROWS, line], out[BEGIN, line], out[END, line] = row, first, last
            out[NUMBER, line], out[SIZE, line] = number, size
            if purpose == COUNTING and size >= PARAGRAPH:
                out[PRINT, line] = checksum(data, first, last, tables)
            if purpose == JUDGING and first < last:
                out[EDGES, line] = _edges(data, first, last, table)
            if size <= longest:
                folded, seen, tokens = fold(data, first, last, table, points)
                out[FOLDED, line], out[SEEN, line], out[TOKENS, line] = folded, seen, tokens
                out[KEY, line] = key_of(points, folded, _NOTHING)
                if purpose == JUDGING:
                    _judge(points, folded, size, whole, words, runs, out, line)
            elif purpose == JUDGING:
                out[KEY, line] = _key_of_long(data, first, last)
            line += 1
    return line

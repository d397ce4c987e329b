"""The compiled pass over the lines of whole batches: their places, keys, shapes and signs.

What it writes are plain numbers, a column a line; linker.cleaning.screening judges by them. Folding
has its plain twin in lines.fold_line.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from linker.arrays import ByteArray, IntArray, Uint64Array
from linker.cleaning import characters, runs
from linker.cleaning.characters import load_characters
from linker.cleaning.points import (
    ROOM,
    Table,
    fold,
    fold_ascii,
    is_ascii,
    key_of,
    point_at,
)
from linker.cleaning.signs import Signs, load_signs
from linker.jit import bare
from linker.text.compiled import mix
from linker.text.utf8_kernel import decode_string

ROWS, BEGIN, END, NUMBER, SIZE, FOLDED, TOKENS, SEEN, KEY = range(9)
OPENING, EDGES, WHOLE, BEGINS, ENDS, COMMON, RUNS, DOUBTS, LETTERS, COLUMNS = range(9, 19)
"""What is written of a line. ROWS: its string; BEGIN, END: its bounds, stripped, in the bytes of
all; NUMBER: which line of the string it is, blank ones counted; SIZE: its code points, at most 401;
FOLDED, TOKENS, SEEN: from points.fold; KEY: of the folded line (of some bytes of a long one);
OPENING: a key of its first 25 letters and digits; EDGES: flags below; WHOLE, BEGINS, ENDS: what the
signs of the whole line and of its ends are signs of; COMMON: of what all its runs are; RUNS: how
many; DOUBTS: flags of linker.cleaning.runs; LETTERS: its letters and digits.

Of a line of more than 250 code points, WHOLE, BEGINS, ENDS and all DOUBTS but PHRASE are left out,
as no rule asks for them; of one of more than 110, COMMON and the DOUBTS LONG, FIGURES, LOWERED."""

LOWER, CLOSED, DOT, BRACKETED, OPENED, ARROWED = 1, 2, 4, 8, 16, 32
"""EDGES: the line begins in lower case, ends a sentence, ends with a full stop, with a bracket;
begins with a bracket, with an arrow."""

BENT: Final = characters.EXPANSION | characters.DELETED | characters.COMBINING | characters.ODD
"""SEEN: some folded character is not one printed character of the same kind."""

LONGEST: Final = 400
NOTED_LONGEST: Final = 250
SHAPED_LONGEST: Final = 110
_UNSPACED_LONGEST: Final = 200

_PAYLOAD = np.uint64(characters.PAYLOAD)
_WORD = np.uint64(characters.WORD)
_LOWER = np.uint64(characters.LOWER)
_NOTHING = np.uint64(0)
_OPENING_BRACKETS = (ord("("), ord("["))
_CLOSING_BRACKETS = (ord(")"), ord("]"), ord("）"))
_ARROWS = (ord(">"), ord("»"))
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_CLOSER = np.uint64(characters.CLOSER)
_ENDER = np.uint64(characters.ENDER)


class Tools(NamedTuple):
    """The tables that lines are read with, and the room to read one line in, all uint64."""

    characters: Table
    signs: Signs
    points: Table
    bounds: Uint64Array
    values: Uint64Array
    asked: Uint64Array


class Title(NamedTuple):
    """How many characters a line must have to be the title again (headlines.repeats_title)."""

    shortest: int
    longest: int


_ANY: Final = 1 << 40
NO_TITLE: Final = Title(0, _ANY)
"""For the titles themselves: every line is like it."""


def make_tools() -> Tools:
    """Tools for one thread."""
    points, bounds, values = (np.zeros(ROOM + runs.SPARE, np.uint64) for _ in range(3))
    asked = np.zeros(2 * ROOM, np.uint64)  # two a letter; a line before it is folded
    return Tools(load_characters(), load_signs(), points, bounds, values, asked)


@bare
def _edges(data: ByteArray, begin: int, end: int, table: Table) -> int:
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


@bare
def _opening(points: Table, size: int, short: bool) -> tuple[np.uint64, int]:
    """A key of the first 25 letters and digits, and how many there are; if short, 25 at most."""
    value, found = _NOTHING, 0
    for entry in points[:size]:
        if entry & _WORD:
            if found < 25:
                value = ((value ^ (entry & _PAYLOAD)) * _FACTOR) ^ (value >> np.uint64(32))
            elif short:
                break
            found += 1
    return value, found


@bare
def _key_of_long(data: ByteArray, begin: int, end: int) -> np.uint64:
    """A key of some bytes of a line that is not folded: equal lines have equal ones."""
    key = np.uint64(end - begin)
    for place in range(begin, end, max((end - begin) // 32, 1)):
        key = (key ^ np.uint64(data[place])) * _FACTOR
    return mix(key)


@bare
def _judge(tools: Tools, size: int, count: int, out: IntArray, line: int) -> None:
    """Write what the words of a folded line say; count: of its runs."""
    points, words, bounds, values = tools.points, tools.signs, tools.bounds, tools.values
    folded = out[FOLDED, line]
    doubts = runs.find_runs(points, count, bounds, words, values, tools.asked)
    if size <= NOTED_LONGEST:
        if out[SEEN, line] & characters.NOTE:
            doubts |= runs.find_notes(points, folded, count, bounds, words, values)
        if count:
            doubts |= runs.find_copyright(points, bounds)
            found = runs.find_ends(count, words, values)
            out[WHOLE, line], out[BEGINS, line], out[ENDS, line] = found
    if size <= SHAPED_LONGEST:
        doubts |= runs.find_shape(points, folded, count, bounds)
        if count:
            out[COMMON, line], lowered = runs.find_common(count, points, words, bounds, values)
            doubts |= lowered
    if out[SEEN, line] & characters.UNSPACED and size <= _UNSPACED_LONGEST:
        doubts |= runs.find_letters(points, folded, words, tools.asked)
    out[RUNS, line], out[DOUBTS, line] = count, doubts


@bare
def read_line(
    data: ByteArray,
    first: int,
    last: int,
    title: Title,
    tools: Tools,
    out: IntArray,
    line: int,
) -> None:
    """Write all columns of one line that has been stripped, but ROWS and NUMBER, which become 0.

    title: of the same article, so that the OPENING of lines that cannot be it again is left out.
    """
    for column in range(COLUMNS):
        out[column, line] = 0
    out[BEGIN, line], out[END, line] = first, last
    size = last - first
    if size == 0:
        return
    plain = size <= 4 * LONGEST and is_ascii(data[first:last])
    if not plain and size <= 4 * LONGEST:
        size = decode_string(data, first, last, tools.asked, 0)
    out[SIZE, line] = min(size, LONGEST + 1)
    out[EDGES, line] = _edges(data, first, last, tools.characters)
    if size > LONGEST:
        out[KEY, line] = _key_of_long(data, first, last)
        return
    points, bounds = tools.points, tools.bounds
    if plain:
        found = fold_ascii(data[first:last], tools.characters, points, bounds)
    else:
        found = fold(tools.asked[:size], tools.characters, points, bounds)
    out[FOLDED, line], out[SEEN, line], out[TOKENS, line] = found.size, found.seen, found.tokens
    out[KEY, line] = key_of(points, found.size, _NOTHING)
    _judge(tools, size, found.runs, out, line)
    if title.shortest <= size <= title.longest:
        out[OPENING, line], out[LETTERS, line] = _opening(points, found.size, title.longest < _ANY)


@bare
def title_like(titles: IntArray, row: int) -> Title:
    """What the lines of an article with this title must be like."""
    size, letters = titles[SIZE, row], titles[LETTERS, row]
    return Title(min(8 * letters // 10, size), max(16 * letters // 10 + 20, size))

"""The runs of letters of a folded line, and what they are signs of (linker.cleaning.signs)."""

from __future__ import annotations

from typing import Final

import numpy as np

from linker.arrays import Uint64Array
from linker.cleaning import characters, signs
from linker.cleaning.points import Table
from linker.cleaning.signs import Signs, find, maybe, sign
from linker.jit import bare

PHRASE, CREDIT, ADDRESS, COLON, SLASH, STEP, LOWERED, LONG, FIGURES = (1 << bit for bit in range(9))
"""DOUBTS: a phrase; the name of a credit; an address or a copyright; a colon; a slash; a sign
between steps; a word that is no name; a run of more than five letters;
three digits at the end."""

SPARE: Final = 2
"""How many points behind a line are read, whatever they hold."""

_PAYLOAD = np.uint64(characters.PAYLOAD)
_SPACE = np.uint64(characters.SPACE)
_DIGIT = np.uint64(characters.DIGIT)
_NOTE = np.uint64(characters.NOTE)
_UPPER = np.uint64(characters.UPPER)
_BITS, _BITS_OF_TWO = np.uint64(18), np.uint64(36)
_TAIL = np.uint64((1 << 54) - 1)
_PAIR = np.uint64((1 << 36) - 1)
_LENGTH = np.uint64(54)
_NOTHING, _ONE, _TWO, _THREE = (np.uint64(number) for number in range(4))
_NINE = np.uint64(9)
_CREDIT = np.uint64(signs.CREDIT)
_PARTICLE = np.uint64(signs.PARTICLE)
_COPYRIGHT = np.uint64(signs.packed("cop"))
_CREDIT_MARKS = (ord(":"), ord("="))
_ADDRESS_MARKS = (ord("@"), ord("©"))
_COLON, _SLASH = ord(":"), ord("/")


@bare(inline="always")
def _ends(points: Table, begin: np.uint64, end: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The first and the last three letters of a run, or all of a shorter one, packed."""
    length = end - begin
    missing = (_THREE - min(length, _THREE)) * _BITS
    tail = end - _THREE if length > _THREE else begin
    head = (points[begin] & _PAYLOAD) << _BITS_OF_TWO | (points[begin + _ONE] & _PAYLOAD) << _BITS
    head |= points[begin + _TWO] & _PAYLOAD
    last = (points[tail] & _PAYLOAD) << _BITS_OF_TWO | (points[tail + _ONE] & _PAYLOAD) << _BITS
    last |= points[tail + _TWO] & _PAYLOAD
    return head >> missing, last >> missing


@bare
def find_runs(
    points: Table,
    count: int,
    bounds: Uint64Array,
    table: Signs,
    values: Uint64Array,
    asked: Uint64Array,
) -> int:
    """Write what stands for each run into values; PHRASE when the line holds the sign of one.

    The sign may be a run, the gap between two, or a run amid its neighbours, at any place. Of a run
    amid its neighbours the table knows the second gap too, so that two questions a run say where to
    look closer. Every run is written into `asked`, and stays there unless the answer to both is no:
    without a branch, as few stay and nobody can foresee which.
    """
    left = filled = _NOTHING
    for run in range(np.uint64(count)):
        begin, end = bounds[_TWO * run], bounds[_TWO * run + _ONE]
        head, tail = _ends(points, begin, end)
        value = sign(0, head, tail + ((end - begin) << _LENGTH))
        values[run] = value
        asked[filled] = run
        filled += maybe(table, sign(signs.HOLDS, left, head)) | maybe(table, value)
        left = tail
    for run in asked[:filled]:
        if _ends_sign(points, run, bounds, table, values):
            return PHRASE
    return 0


@bare
def _ends_sign(
    points: Table,
    run: np.uint64,
    bounds: Uint64Array,
    table: Signs,
    values: Uint64Array,
) -> bool:
    """Whether a sign ends with this run, or with its beginning."""
    head, _ = _run_ends(points, run, bounds)
    left = before = last = _NOTHING
    if run >= _ONE:
        _, left = _run_ends(points, run - _ONE, bounds)
        last = values[run - _ONE]
    if run >= _TWO:
        _, before = _run_ends(points, run - _TWO, bounds)
    found = find(table, sign(signs.HOLDS, left, head)) | find(table, values[run])
    found |= find(table, sign(signs.AMID, before ^ (head << _NINE), last))
    return bool(found)


@bare
def _run_ends(points: Table, run: np.uint64, bounds: Uint64Array) -> tuple[np.uint64, np.uint64]:
    return _ends(points, bounds[_TWO * run], bounds[_TWO * run + _ONE])


@bare
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


@bare
def find_notes(
    points: Table,
    size: int,
    count: int,
    bounds: Uint64Array,
    table: Signs,
    values: Uint64Array,
) -> int:
    """The DOUBTS of the marks between the runs."""
    doubts = run = 0
    for place in range(size):
        if points[place] & _NOTE:
            while run < count and bounds[2 * run] < np.uint64(place):
                run += 1
            last = values[run - 1] if run else _NOTHING
            doubts |= _note(points, place, size, last, table)
    return doubts


@bare
def find_copyright(points: Table, bounds: Uint64Array) -> int:
    """ADDRESS when the first run may begin with the word; there must be one."""
    long_enough = bounds[1] - bounds[0] >= np.uint64(len("copyright"))
    return ADDRESS if long_enough and _ends(points, bounds[0], bounds[1])[0] == _COPYRIGHT else 0


@bare
def find_shape(points: Table, size: int, count: int, bounds: Uint64Array) -> int:
    """Whether the line has LONG runs, or ends with FIGURES."""
    doubts = 0
    for run in range(count):
        if bounds[2 * run + 1] - bounds[2 * run] > np.uint64(5):
            doubts = LONG
    if size > 2 and points[size - 1] & points[size - 2] & points[size - 3] & _DIGIT:
        doubts |= FIGURES
    return doubts


@bare
def find_ends(
    count: int, table: Signs, values: Uint64Array
) -> tuple[np.uint64, np.uint64, np.uint64]:
    """What the whole line, its beginning and its end are signs of."""
    heads = tails = begins = ends = _NOTHING
    for place in range(min(count, 3)):
        heads = sign(signs.BEGINS, heads, values[place])
        tails = sign(signs.ENDS, tails, values[count - 1 - place])
        begins |= find(table, heads)
        ends |= find(table, tails)
    whole = sign(signs.WHOLE, values[0], values[count - 1] + np.uint64(count))
    return find(table, whole), begins, ends


@bare
def find_common(
    count: int,
    points: Table,
    table: Signs,
    bounds: Uint64Array,
    values: Uint64Array,
) -> tuple[np.uint64, int]:
    """What all runs are signs of, and LOWERED when one is no part of a name."""
    common, doubts = ~_NOTHING, 0
    for run in range(np.uint64(count)):
        found = find(table, sign(signs.ONLY, values[run], _NOTHING))
        common &= found
        start = bounds[_TWO * run]
        named = run == _NOTHING or not points[start - _ONE] & _SPACE or points[start] & _UPPER
        if not named and not found & _PARTICLE:
            doubts = LOWERED
        if doubts and not common:
            break
    return common, doubts


@bare
def find_letters(points: Table, size: int, table: Signs, asked: Uint64Array) -> int:
    """PHRASE when the line has letters in a row that a phrase without spaces has.

    Keys that may be signs are written into `asked` first, without a branch as in find_runs.
    """
    tail = filled = _NOTHING
    for place in range(size):
        tail = ((tail << _BITS) | (points[place] & _PAYLOAD)) & _TAIL
        three = sign(signs.THREE, tail, _NOTHING)
        asked[filled] = three
        filled += maybe(table, three)
        two = sign(signs.TWO, tail & _PAIR, _NOTHING)
        asked[filled] = two
        filled += maybe(table, two)
    found = find(table, sign(signs.TWO, tail & _PAYLOAD, _NOTHING))
    for key in asked[:filled]:
        found |= find(table, key)
    return PHRASE if found else 0

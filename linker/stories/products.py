"""Inner products of many pairs of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from linker.jit import bare, njit
from linker.stories.sums import dot

#: Multiplicative hashing of terms (Knuth 1973, 6.4), in 64 bits of which the low 32 count.
_SPREAD, _LOW = np.uint64(0x9E3779B1), np.uint64(0xFFFFFFFF)
#: Places of the table for each term that is laid out in it, at least.
_ROOM = 8
_ONE, _SIGN = np.uint64(1), np.uint64(63)


@bare
def dense_products(rows: Any, pairs: Any, out: Any) -> None:
    """Write the inner product of each pair (p, 2) of `rows` float32 (n, d) to `out` (p,)."""
    for p in range(len(pairs)):
        out[p] = dot(rows[pairs[p, 0]], rows[pairs[p, 1]])


@njit
def sparse_products(start: Any, ids: Any, values: Any, pairs: Any, out: Any) -> None:
    """Write the inner product of each pair (p, 2) of rows to `out`, float32 (p,).

    Rows are those of `Terms`. Sorted pairs have many partners of one row after the other, so the
    first row of a pair is laid out in a hash table that stays in the nearest cache. A term whose
    place is taken is looked up in the second row by itself: few are, and a walk along the second
    row without a guess at every step takes half the time of a merge of the two.
    """
    longest = 0
    for row in range(len(start) - 1):
        longest = max(longest, start[row + 1] - start[row])
    room = 1 << _bits(longest)
    keys, held = np.empty(room, np.uint32), np.empty(room, np.float32)
    others = np.empty(longest, np.int64)
    laid, bits, left = -1, 0, 0
    for p in range(len(pairs)):
        first, second = pairs[p, 0], pairs[p, 1]
        if first != laid:
            laid = first
            bits = _bits(start[first + 1] - start[first])
            left = _lay_out(ids, values, start[first], start[first + 1], bits, keys, held, others)
        total = _walk(ids, values, start[second], start[second + 1], bits, keys, held)
        at = start[second]
        for k in range(left):
            at = _find(ids, at, start[second + 1], ids[others[k]])
            if at < start[second + 1] and ids[at] == ids[others[k]]:
                total += values[others[k]] * values[at]
        out[p] = total


@bare
def _bits(terms: int) -> int:
    bits = 3
    while 1 << bits < _ROOM * terms:
        bits += 1
    return bits


@bare(inline="always")
def _place(term: Any, bits: Any) -> Any:
    return ((np.uint64(term) * _SPREAD) & _LOW) >> np.uint64(32 - bits)


@bare
def _lay_out(
    ids: Any, values: Any, begin: int, end: int, bits: int, keys: Any, held: Any, others: Any
) -> int:
    """Put a row into the table, and where its terms without a place lie into `others`: how many.

    What weighs 0 leaves its place free, and adds nothing.
    """
    held[: 1 << bits] = np.float32(0.0)
    left = 0
    for i in range(begin, end):
        at = _place(ids[i], bits)
        if held[at] != 0.0:
            others[left] = i
            left += 1
        else:
            keys[at] = ids[i]
            held[at] = values[i]
    return left


@bare
def _walk(ids: Any, values: Any, begin: int, end: int, bits: int, keys: Any, held: Any) -> float:
    """The part of the inner product that the table gives; it has no branch to be guessed wrong.

    Whether a term is the one in its place is worked out as 1 or 0, since a comparison would become
    a branch: one taken now and then, which costs three times as much as all the rest.
    """
    total = 0.0
    for j in range(begin, end):
        at = _place(ids[j], bits)
        same = (np.uint64(keys[at] ^ ids[j]) - _ONE) >> _SIGN  # 0 less 1 has its highest bit set
        total += held[at] * values[j] * np.float32(same)
    return total


@bare
def _find(ids: Any, begin: int, end: int, term: Any) -> int:
    """Where the first id of at least `term` lies."""
    while begin < end:
        middle = (begin + end) >> 1
        if ids[middle] < term:
            begin = middle + 1
        else:
            end = middle
    return begin

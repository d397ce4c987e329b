"""The different terms of many rows: how many rows hold each, and which one each entry is.

Entries are many times as many as different terms, and these too many for a cache: a look at a table
of all of them waits for memory, entry after entry. So entries are first put into buckets by the
top bits of their terms, which are hashes; the table of a bucket stays near.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from linker.jit import njit
from linker.stories.terms import Terms

#: Buckets are by so many bits: more of them would not be written to all at once as fast.
_BUCKET_BITS = 8
_TO_BUCKET = np.uint32(32 - _BUCKET_BITS)
#: Places of a bucket's table at the beginning; it doubles when half of them are taken.
_TABLE_BITS = 10
#: Multiplicative hashing (Knuth 1973, 6.4).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Lexicon(NamedTuple):
    """The different terms of rows that are in parts, such as languages.

    `keys` uint64 (k,), ascending, are a part's number times 2**32, plus a term; `frequency` int64
    (k,) is how many rows hold each, and `number` int32 which of them each entry of the rows is.
    """

    keys: npt.NDArray[np.uint64]
    frequency: npt.NDArray[np.int64]
    number: npt.NDArray[np.int32]


def lexicon(terms: Terms, part: npt.NDArray[np.int64]) -> Lexicon:
    """The different terms; `part` int64 (n,) is the part of each row, from 0 to 2**32 - 1."""
    begin = _begins(terms.ids)
    keys, numbers = _in_buckets(terms.start, terms.ids, part, begin)
    found = _numbered(keys, numbers, begin)
    order = np.argsort(found)
    rank = np.empty(len(found), np.int32)
    rank[order] = np.arange(len(found), dtype=np.int32)
    frequency = _ranked(numbers, rank)
    return Lexicon(found[order], frequency, _taken_out(terms.ids, begin, numbers))


@njit(cache=True, nogil=True)
def _begins(ids: Any) -> Any:
    """Where each bucket begins, and the last one ends."""
    begin = np.zeros((1 << _BUCKET_BITS) + 1, np.int64)
    for i in range(len(ids)):
        begin[np.int64(ids[i] >> _TO_BUCKET) + 1] += 1
    for bucket in range(1, len(begin)):
        begin[bucket] += begin[bucket - 1]
    return begin


@njit(cache=True, nogil=True)
def _in_buckets(start: Any, ids: Any, part: Any, begin: Any) -> Any:
    """The key of each entry, bucket after bucket, and as much room for their numbers."""
    keys, numbers = np.empty(len(ids), np.uint64), np.empty(len(ids), np.int32)
    filled = begin[:-1].copy()
    for row in range(len(part)):
        high = np.uint64(part[row]) << np.uint64(32)
        for i in range(start[row], start[row + 1]):
            bucket = np.int64(ids[i] >> _TO_BUCKET)
            keys[filled[bucket]] = high | np.uint64(ids[i])
            filled[bucket] += 1
    return keys, numbers


@njit(cache=True, nogil=True)
def _numbered(keys: Any, numbers: Any, begin: Any) -> Any:
    """Number the keys bucket by bucket, as they are met; returns the different ones by number."""
    used = 0
    for bucket in range(len(begin) - 1):
        first, last = begin[bucket], begin[bucket + 1]
        used = _number_bucket(keys, numbers, first, last, used)
    return keys[:used].copy()


@njit(cache=True, nogil=True)
def _number_bucket(keys: Any, numbers: Any, first: int, last: int, before: int) -> int:
    """Number the keys of one bucket from `before` on; returns the number after the last one.

    A different key moves to the place of its number, which is never behind its own: what stood
    there has been read.
    """
    used, bits = before, _TABLE_BITS
    table = np.full(1 << bits, -1, np.int32)
    for i in range(first, last):
        key = keys[i]
        at = _place(table, bits, keys, key)
        if table[at] < 0:
            table[at] = used
            keys[used] = key
            used += 1
        numbers[i] = table[at]
        if 2 * (used - before) > len(table):
            bits += 1
            table = np.full(1 << bits, -1, np.int32)
            for number in range(before, used):
                table[_place(table, bits, keys, keys[number])] = number
    return used


@njit(cache=True, nogil=True, inline="always")
def _place(table: Any, bits: int, keys: Any, key: Any) -> Any:
    """Where a key's number stands in the table, or the free place where it belongs."""
    at = np.int64((key * _SPREAD) >> np.uint64(64 - bits))
    while table[at] >= 0 and keys[table[at]] != key:
        at = (at + 1) & (len(table) - 1)
    return at


@njit(cache=True, nogil=True)
def _ranked(numbers: Any, rank: Any) -> Any:
    """Put the rank of each number in its place; returns how often each rank is there."""
    frequency = np.zeros(len(rank), np.int64)
    for i in range(len(numbers)):
        numbers[i] = rank[numbers[i]]
        frequency[numbers[i]] += 1
    return frequency


@njit(cache=True, nogil=True)
def _taken_out(ids: Any, begin: Any, numbers: Any) -> Any:
    """The numbers in the order of the entries again: those of a bucket are met in its order."""
    ordered = np.empty(len(ids), np.int32)
    read = begin[:-1].copy()
    for i in range(len(ids)):
        bucket = np.int64(ids[i] >> _TO_BUCKET)
        ordered[i] = numbers[read[bucket]]
        read[bucket] += 1
    return ordered

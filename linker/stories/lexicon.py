"""The different terms of many rows: how many rows hold each, and which one each entry is.

Entries are many times as many as different terms, and these too many for a cache: a look at a table
of all of them waits for memory, entry after entry. So entries are first put into buckets by the
top bits of their terms, which are hashes; the table of a bucket stays near.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from linker.arrays import Int32Array, IntArray, Uint32Array, Uint64Array
from linker.distinct import distinct
from linker.jit import bare, njit
from linker.threads import for_each, mapped

#: Buckets are by so many bits: more of them would not be written to all at once as fast.
_BUCKET_BITS = 8
#: Rows that are put into buckets at a time.
ROWS = 2048
_TO_BUCKET = np.uint32(32 - _BUCKET_BITS)


class Lexicon(NamedTuple):
    """The different terms of rows that are in parts, such as languages.

    `keys` uint64 (k,), ascending, are a part's number times 2**32, plus a term; `frequency` int64
    (k,) is how many entries are each, and `number` int32 which of them each entry of the rows is.
    """

    keys: Uint64Array
    frequency: IntArray
    number: Int32Array


def lexicon(
    start: IntArray,
    ids: Uint32Array,
    part: IntArray,
    threads: int = 1,
) -> Lexicon:
    """The different terms of n rows: `start` int64 (n + 1,) and `ids` are those of `Terms`.

    `part` int64 (n,) is the part of each row, from 0 to 2**32 - 1.
    """
    parts = [(first, min(first + ROWS, len(part))) for first in range(0, len(part), ROWS)]
    counts = mapped(lambda rows: _counted(start, ids, *rows), parts, threads)
    # A bucket holds the entries of its rows in their order, whoever puts them there.
    places, begin = _places(np.array(counts, np.int64).reshape(-1, 1 << _BUCKET_BITS))
    keys = np.empty(len(ids), np.uint64)

    def put(at: int) -> None:
        _put_in_buckets(start, ids, part, *parts[at], places[at].copy(), keys)

    for_each(put, range(len(parts)), threads)
    number, found = _numbered(keys, begin, threads)
    order = np.argsort(found)
    rank = np.empty(len(found), np.int32)
    rank[order] = np.arange(len(found), dtype=np.int32)
    frequency = _ranked(number, rank)
    ordered = np.empty(len(ids), np.int32)

    def take(at: int) -> None:
        _take_out(start, ids, *parts[at], places[at].copy(), number, ordered)

    for_each(take, range(len(parts)), threads)
    return Lexicon(found[order], frequency, ordered)


def _places(
    counts: IntArray,
) -> tuple[IntArray, IntArray]:
    """Where each part's entries of each bucket begin, and where each bucket does and the last ends.

    `counts` int64 (parts, buckets).
    """
    begin = np.concatenate([[0], np.cumsum(counts.sum(axis=0))]).astype(np.int64)
    return begin[:-1] + np.cumsum(counts, axis=0) - counts, begin


def _numbered(keys: Uint64Array, begin: IntArray, threads: int) -> tuple[Int32Array, Uint64Array]:
    """The number of each key, given bucket by bucket, and the key of each number."""
    number = np.empty(len(keys), np.int32)

    def count(bucket: tuple[int, int]) -> Uint64Array:
        part = slice(*bucket)
        number[part], at = distinct(keys[part])
        return keys[part][at]

    buckets = list(pairwise(begin.tolist()))
    found = mapped(count, buckets, threads)
    before = 0
    for (first, last), own in zip(buckets, found, strict=True):
        number[first:last] += before
        before += len(own)
    return number, np.concatenate(found)


@njit
def _counted(start: Any, ids: Any, first: int, last: int) -> Any:
    """How many entries of the rows `first` to `last` belong into each bucket."""
    counts = np.zeros(1 << _BUCKET_BITS, np.int64)
    for i in range(start[first], start[last]):
        counts[np.int64(ids[i] >> _TO_BUCKET)] += 1
    return counts


@bare
def _put_in_buckets(
    start: Any, ids: Any, part: Any, first: int, last: int, places: Any, keys: Any
) -> None:
    """Write the key of each entry of some rows to the next place of its bucket."""
    for row in range(first, last):
        high = np.uint64(part[row]) << np.uint64(32)
        for i in range(start[row], start[row + 1]):
            bucket = np.int64(ids[i] >> _TO_BUCKET)
            keys[places[bucket]] = high | np.uint64(ids[i])
            places[bucket] += 1


@njit
def _ranked(number: Any, rank: Any) -> Any:
    """Put the rank of each number in its place; returns how often each rank is there."""
    frequency = np.zeros(len(rank), np.int64)
    for i in range(len(number)):
        number[i] = rank[number[i]]
        frequency[number[i]] += 1
    return frequency


@bare
def _take_out(
    start: Any, ids: Any, first: int, last: int, places: Any, number: Any, ordered: Any
) -> None:
    """Write the numbers of some rows' entries, which are met in the order of their buckets."""
    for i in range(start[first], start[last]):
        bucket = np.int64(ids[i] >> _TO_BUCKET)
        ordered[i] = number[places[bucket]]
        places[bucket] += 1

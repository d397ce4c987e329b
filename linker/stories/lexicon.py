"""The different terms of many rows: how many rows hold each, and which one each entry is.

Entries are many times as many as different terms, and these too many for a cache: a look at a table
of all of them waits for memory, entry after entry. So entries are first put into buckets by the
top bits of their terms, which are hashes; the table of a bucket stays near.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from linker.distinct import distinct
from linker.jit import njit

#: Buckets are by so many bits: more of them would not be written to all at once as fast.
_BUCKET_BITS = 8
_TO_BUCKET = np.uint32(32 - _BUCKET_BITS)

Keys = npt.NDArray[np.uint64]


class Lexicon(NamedTuple):
    """The different terms of rows that are in parts, such as languages.

    `keys` uint64 (k,), ascending, are a part's number times 2**32, plus a term; `frequency` int64
    (k,) is how many entries are each, and `number` int32 which of them each entry of the rows is.
    """

    keys: Keys
    frequency: npt.NDArray[np.int64]
    number: npt.NDArray[np.int32]


def lexicon(
    start: npt.NDArray[np.int64], ids: npt.NDArray[np.uint32], part: npt.NDArray[np.int64]
) -> Lexicon:
    """The different terms of n rows: `start` int64 (n + 1,) and `ids` are those of `Terms`.

    `part` int64 (n,) is the part of each row, from 0 to 2**32 - 1.
    """
    begin = _begins(ids)
    number, found = _numbered(_in_buckets(start, ids, part, begin), begin)
    order = np.argsort(found)
    rank = np.empty(len(found), np.int32)
    rank[order] = np.arange(len(found), dtype=np.int32)
    frequency = _ranked(number, rank)
    return Lexicon(found[order], frequency, _taken_out(ids, begin, number))


def _numbered(keys: Keys, begin: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32], Keys]:
    """The number of each key, given bucket by bucket, and the key of each number."""
    number = np.empty(len(keys), np.int32)
    found, used = [np.empty(0, np.uint64)], 0
    for first, last in pairwise(begin.tolist()):
        own, at = distinct(keys[first:last])
        np.add(own, used, out=number[first:last])
        found.append(keys[first:last][at])
        used += len(at)
    return number, np.concatenate(found)


@njit
def _begins(ids: Any) -> Any:
    """Where each bucket begins, and the last one ends."""
    begin = np.zeros((1 << _BUCKET_BITS) + 1, np.int64)
    for i in range(len(ids)):
        begin[np.int64(ids[i] >> _TO_BUCKET) + 1] += 1
    for bucket in range(1, len(begin)):
        begin[bucket] += begin[bucket - 1]
    return begin


@njit
def _in_buckets(start: Any, ids: Any, part: Any, begin: Any) -> Any:
    """The key of each entry, bucket after bucket."""
    keys = np.empty(len(ids), np.uint64)
    filled = begin[:-1].copy()
    for row in range(len(start) - 1):
        high = np.uint64(part[row]) << np.uint64(32)
        for i in range(start[row], start[row + 1]):
            bucket = np.int64(ids[i] >> _TO_BUCKET)
            keys[filled[bucket]] = high | np.uint64(ids[i])
            filled[bucket] += 1
    return keys


@njit
def _ranked(number: Any, rank: Any) -> Any:
    """Put the rank of each number in its place; returns how often each rank is there."""
    frequency = np.zeros(len(rank), np.int64)
    for i in range(len(number)):
        number[i] = rank[number[i]]
        frequency[number[i]] += 1
    return frequency


@njit
def _taken_out(ids: Any, begin: Any, number: Any) -> Any:
    """The numbers in the order of the entries again: those of a bucket are met in its order."""
    ordered = np.empty(len(ids), np.int32)
    read = begin[:-1].copy()
    for i in range(len(ids)):
        bucket = np.int64(ids[i] >> _TO_BUCKET)
        ordered[i] = number[read[bucket]]
        read[bucket] += 1
    return ordered

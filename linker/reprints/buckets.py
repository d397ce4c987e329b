"""Compiled loops over sorted codes (see bands.py)."""

from __future__ import annotations

import numpy as np

from linker.arrays import Int32Array, IntArray, Uint32Array, Uint64Array
from linker.jit import bare

_HALF = np.uint64(32)
_MEMBER = np.uint64(0xFFFFFFFF)


@bare
def _bucket_end(codes: Uint64Array, start: int) -> int:
    key = codes[start] >> _HALF
    end = start + 1
    while end < len(codes) and codes[end] >> _HALF == key:
        end += 1
    return end


@bare
def count_pairs(codes: Uint64Array, full: int, near: int) -> tuple[int, int, int]:
    """Pairs that fill_pairs writes, buckets larger than full, size of the largest bucket."""
    total = 0
    large = 0
    largest = 0
    start = 0
    while start < len(codes):
        end = _bucket_end(codes, start)
        size = end - start
        largest = max(largest, size)
        if size <= full:
            total += size * (size - 1) // 2
        else:
            large += 1
            # member i has min(i, near) predecessors, and the first one besides
            total += near * (near + 1) // 2 + (size - near - 1) * (near + 1)
        start = end
    return total, large, largest


@bare
def fill_pairs(codes: Uint64Array, full: int, near: int, pairs: Uint64Array) -> None:
    """Write later << 32 | earlier for the pairs of every bucket."""
    filled = 0
    start = 0
    while start < len(codes):
        end = _bucket_end(codes, start)
        reach = end - start if end - start <= full else near
        for later in range(start + 1, end):
            high = (codes[later] & _MEMBER) << _HALF
            nearest = max(start, later - reach)
            if nearest > start:
                pairs[filled] = high | (codes[start] & _MEMBER)
                filled += 1
            for earlier in range(nearest, later):
                pairs[filled] = high | (codes[earlier] & _MEMBER)
                filled += 1
        start = end


@bare
def drop_repeats(codes: Uint64Array) -> int:
    """Move the distinct ones of sorted codes to the front, in their order; how many they are."""
    kept = 0
    for code in codes:
        if kept == 0 or code != codes[kept - 1]:
            codes[kept] = code
            kept += 1
    return kept


@bare
def add_sizes(codes: Uint64Array, sizes: IntArray) -> None:
    """Add to sizes, by member, how many codes it has."""
    for code in codes:
        sizes[code & _MEMBER] += 1


@bare
def keep_shared(pairs: Uint64Array, sizes: IntArray, share: float) -> int:
    """Move pairs that occur often enough to the front, each once; how many they are.

    pairs: later << 32 | earlier, sorted. Often enough is the share of the smaller member's size.
    """
    kept = start = 0
    while start < len(pairs):
        pair = pairs[start]
        stop = start + 1
        while stop < len(pairs) and pairs[stop] == pair:
            stop += 1
        if stop - start >= share * min(sizes[pair >> _HALF], sizes[pair & _MEMBER]):
            pairs[kept] = pair
            kept += 1
        start = stop
    return kept


@bare
def fill_band(
    keys: Uint32Array,
    firsts: IntArray,
    bands: Int32Array,
    band: int,
    codes: Uint64Array,
) -> None:
    """Write key << 32 | member for the keys of one band (see Sketches), of members that have it."""
    filled = 0
    for member in range(len(bands)):
        if bands[member] > band:
            codes[filled] = np.uint64(keys[firsts[member] + band]) << _HALF | np.uint64(member)
            filled += 1

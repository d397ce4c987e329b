"""Compiled loops over sorted codes (see bands.py)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linker.jit import njit

_HALF = np.uint64(32)
_MEMBER = np.uint64(0xFFFFFFFF)


@njit(cache=True, nogil=True)
def _bucket_end(codes: NDArray[np.uint64], start: int) -> int:
    key = codes[start] >> _HALF
    end = start + 1
    while end < len(codes) and codes[end] >> _HALF == key:
        end += 1
    return end


@njit(cache=True, nogil=True)
def count_pairs(codes: NDArray[np.uint64], full: int, near: int) -> tuple[int, int, int]:
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


@njit(cache=True, nogil=True)
def fill_pairs(codes: NDArray[np.uint64], full: int, near: int, pairs: NDArray[np.uint64]) -> None:
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

"""Digests of runs of words, and exact copies: the same folded words in the same order."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from linker.reprints.shingles import Shingles
from linker.text.compiled import mix
from linker.text.folding import FACTOR, NUMBER

_FACTOR = np.uint64(FACTOR)
_NUMBER = np.uint8(NUMBER)


@njit(cache=True, nogil=True)
def digests(
    hashes: NDArray[np.uint64], starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """A 64-bit digest of each run of word hashes, by order and number; 0 words have one too."""
    found = np.empty(len(starts), np.uint64)
    for index in range(len(starts)):
        value = place = np.uint64(0)
        for word in hashes[
            starts[index] : stops[index]
        ]:  # a sum, so that no word waits for another
            place += _FACTOR
            value += mix(word ^ place)
        found[index] = mix(value + place)
    return found


@njit(cache=True, nogil=True)
def number_digests(
    hashes: NDArray[np.uint64], kinds: NDArray[np.uint8], offsets: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """A digest of the numbers of each text, equal for the same numbers in any order."""
    found = np.zeros(len(offsets) - 1, np.uint64)
    for row in range(len(found)):
        for position in range(offsets[row], offsets[row + 1]):
            if kinds[position] & _NUMBER:
                found[row] += hashes[position]
    return found


def first_copies(
    shingles: Shingles, keys: NDArray[np.uint64], order: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For every text the first text in order that has the same key and the same shingles.

    keys: uint64 (n,), a digest of the words. Returns int64 (n,), the text itself where it is the
    first of its kind or empty.
    """
    ranked = order[shingles.stops[order] > shingles.starts[order]]
    grouped = ranked[np.argsort(keys[ranked], kind="stable")]
    first = np.arange(len(order))
    _fill_first(*shingles, keys, grouped, first)
    return first


@njit(cache=True, nogil=True)
def _fill_first(
    values: NDArray[np.uint32],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
    keys: NDArray[np.uint64],
    grouped: NDArray[np.int64],
    first: NDArray[np.int64],
) -> None:
    """Point each text of a run of equal keys to the head of the run, if the shingles agree."""
    head = -1
    for row in grouped:
        if head < 0 or keys[row] != keys[head]:
            head = row
        elif np.array_equal(values[starts[row] : stops[row]], values[starts[head] : stops[head]]):
            first[row] = head

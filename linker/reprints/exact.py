"""Digests of runs of words, and exact copies: the same folded words in the same order."""

from __future__ import annotations

import numpy as np

from linker.arrays import ByteArray, IntArray, Uint64Array
from linker.jit import njit
from linker.text.compiled import mix
from linker.text.folding import FACTOR, NUMBER

_FACTOR = np.uint64(FACTOR)
_NUMBER = np.uint8(NUMBER)


@njit
def digests(hashes: Uint64Array, starts: IntArray, stops: IntArray) -> Uint64Array:
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


@njit
def number_digests(hashes: Uint64Array, kinds: ByteArray, offsets: IntArray) -> Uint64Array:
    """A digest of the numbers of each text, equal for the same numbers in any order."""
    found = np.zeros(len(offsets) - 1, np.uint64)
    for row in range(len(found)):
        for position in range(offsets[row], offsets[row + 1]):
            if kinds[position] & _NUMBER:
                found[row] += hashes[position]
    return found


def first_copies(keys: Uint64Array, sizes: IntArray, order: IntArray) -> IntArray:
    """For every text the first text in order that has the same key.

    keys: uint64 (n,), a digest of the words: two of a million unlike texts have the same one with
    a probability of 3 in 10**8. Returns int64 (n,), the text itself where it is the first of its
    kind or empty.
    """
    ranked = order[sizes[order] > 0]
    grouped = ranked[np.argsort(keys[ranked], kind="stable")]
    heads = np.flatnonzero(np.append(True, np.diff(keys[grouped]) != 0)[: len(grouped)])
    lengths = np.diff(np.append(heads, len(grouped)))
    first = np.arange(len(order))
    first[grouped] = np.repeat(grouped[heads], lengths)
    return first

"""Compiled loops over words: shingles, signatures and set overlap.

The plain twins are shingles.shingle_hash, datasketch itself and Python's sets (see the tests).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linker.arrays import FloatArray, Int32Array, IntArray, Uint32Array, Uint64Array
from linker.jit import bare, njit
from linker.reprints.shingles import SHINGLE_WORDS, Shingles
from linker.text.compiled import mix
from linker.text.folding import FACTOR

_FACTOR = np.uint64(FACTOR)
_ONE, _WORDS = np.uint64(1), np.uint64(SHINGLE_WORDS)
_HALF = np.uint64(32)
EMPTY = np.uint32(0xFFFFFFFF)
"""Every value of the signature of an empty text."""
_TOGETHER = 16
"""Values of a signature that the machine works on at once: some more cost no time."""


@bare
def _shingles_of(words: Uint64Array, out: Uint32Array) -> int:
    """Hash every shingle of one text into out; their number."""
    count = len(words)
    if count == 0:
        return 0
    if count < SHINGLE_WORDS:
        value = np.uint64(0)
        for position in range(count):
            value = value * _FACTOR + words[position]
        out[0] = np.uint32(mix(value) >> _HALF)
        return 1
    runs = count - SHINGLE_WORDS + 1
    for start in range(np.uint64(runs)):  # each by itself, so that it becomes SIMD
        value = words[start]
        for position in range(_ONE, _WORDS):
            value = value * _FACTOR + words[start + position]
        out[start] = np.uint32(mix(value) >> _HALF)
    return runs


@bare
def fill_shingles(
    hashes: Uint64Array,
    offsets: IntArray,
    starts: IntArray,
    values: Uint32Array,
) -> None:
    """Write the shingles of every text from its start on."""
    for row in range(len(offsets) - 1):
        _shingles_of(hashes[offsets[row] : offsets[row + 1]], values[starts[row] :])


@bare
def fill_codes(
    values: Uint32Array,
    starts: IntArray,
    stops: IntArray,
    codes: Uint64Array,
) -> None:
    """Write text << 32 | shingle for every shingle."""
    filled = 0
    for text in range(len(starts)):
        for value in values[starts[text] : stops[text]]:
            codes[filled] = (np.uint64(text) << _HALF) | np.uint64(value)
            filled += 1


@bare
def fill_sample(
    values: Uint32Array,
    starts: IntArray,
    stops: IntArray,
    bits: int,
    found: Uint32Array,
    counts: IntArray,
) -> int:
    """Write the shingles of each text whose low bits are 0, and how many; the number of all.

    found must have a place more than they need: where they are as many as its places or more, what
    is written does not count.
    """
    mask = np.uint32((1 << bits) - 1)
    filled, last = np.uint64(0), np.uint64(len(found) - 1)
    for text in range(len(starts)):
        before = filled
        for value in values[starts[text] : stops[text]]:
            # Without a branch, as nobody can foresee which are taken: each is written, behind the
            # last one taken.
            found[min(filled, last)] = value
            filled += np.uint64(value & mask == 0)
        counts[text] = np.int64(filled - before)
    return int(np.int64(filled))


@njit
def count_distinct(values: Uint32Array, stops: IntArray, most: int, counts: IntArray) -> None:
    """Write how many distinct values each text has, most where it has as many or more.

    values: of all texts, those of text i before stops[i]. Nearly all texts have that many in their
    first few, so that those met so far are looked through for each.
    """
    met = np.empty(most, np.uint32)
    start = 0
    for text in range(len(stops)):
        found = 0
        for value in values[start : stops[text]]:
            if found == most:
                break
            if value not in met[:found]:
                met[found] = value
                found += 1
        counts[text] = found
        start = stops[text]


@bare
def fill_part(
    values: Uint32Array,
    starts: IntArray,
    stops: IntArray,
    texts: IntArray,
    bounds: tuple[int, int],
    codes: Uint64Array,
) -> int:
    """Write shingle << 32 | text for the shingles within bounds, text after text; their number.

    codes must have a place more than they need, as in fill_sample, and for the same reason.
    """
    low, size = np.uint64(bounds[0]), np.uint64(bounds[1] - bounds[0])
    filled, last = np.uint64(0), np.uint64(len(codes) - 1)
    for text in texts:
        for value in values[starts[text] : stops[text]]:
            codes[min(filled, last)] = (np.uint64(value) << _HALF) | np.uint64(text)
            filled += np.uint64(np.uint64(value) - low < size)
    return int(np.int64(filled))


@bare(inline="always")
def _premix(value: np.uint32) -> np.uint32:
    """MurmurHash3's finisher, which affine32 applies before permuting."""
    value = np.uint32(value ^ (value >> np.uint32(16)))
    value = np.uint32(value * np.uint32(0x85EBCA6B))
    value = np.uint32(value ^ (value >> np.uint32(13)))
    value = np.uint32(value * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


@bare
def _lower(
    shingles: Uint32Array,
    factors: Uint32Array,
    terms: Uint32Array,
    signature: Uint32Array,
) -> None:
    """signature = minimum over shingles of factor * shingle + term, modulo 2**32."""
    whole = len(shingles) // 4 * 4
    for start in range(0, whole, 4):  # four at a time: one load and store for four minima
        first, second = _premix(shingles[start]), _premix(shingles[start + 1])
        third, fourth = _premix(shingles[start + 2]), _premix(shingles[start + 3])
        for index in range(len(signature)):
            factor, term = factors[index], terms[index]
            low = min(np.uint32(factor * first + term), np.uint32(factor * second + term))
            high = min(np.uint32(factor * third + term), np.uint32(factor * fourth + term))
            signature[index] = min(signature[index], low, high)
    for start in range(whole, len(shingles)):
        value = _premix(shingles[start])
        for index in range(len(signature)):
            signature[index] = min(
                signature[index], np.uint32(factors[index] * value + terms[index])
            )


@njit
def fill_signatures(
    hashes: Uint64Array,
    offsets: IntArray,
    permutations: tuple[Uint32Array, Uint32Array],
    found: Uint32Array,
) -> None:
    """Write the signature of every text."""
    buffer = np.empty(_longest(offsets), np.uint32)
    for row in range(len(offsets) - 1):
        count = _shingles_of(hashes[offsets[row] : offsets[row + 1]], buffer)
        found[row] = EMPTY
        _lower(buffer[:count], permutations[0], permutations[1], found[row])


@bare
def _longest(offsets: IntArray) -> int:
    longest = 0
    for row in range(len(offsets) - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    return longest


@njit
def fill_band_keys(
    values: Uint32Array,
    stops: IntArray,
    permutations: tuple[Uint32Array, Uint32Array],
    bands: Int32Array,
    rows: int,
    keys: Uint32Array,
) -> None:
    """Write the keys of the first bands of the signature of each text, end to end.

    values: the shingles of all texts, those of text i before stops[i]. bands: int32 (n,), how many.
    keys: uint32, equal for texts whose signatures agree in all rows of the band.
    """
    whole = np.empty(len(permutations[0]), np.uint32)
    start = filled = 0
    for text in range(len(stops)):
        needed = -(-bands[text] * rows // _TOGETHER) * _TOGETHER
        signature = whole[:needed]
        signature[:] = EMPTY
        factors, terms = permutations[0][:needed], permutations[1][:needed]
        _lower(values[start : stops[text]], factors, terms, signature)
        start = stops[text]
        for band in range(bands[text]):
            key = np.uint64(0)
            for column in range(band * rows, (band + 1) * rows):
                key = (key ^ np.uint64(signature[column])) * _FACTOR
                key ^= key >> _HALF
            keys[filled + band] = np.uint32(key)
        filled += bands[text]


@bare
def overlap(left: Uint32Array, right: Uint32Array) -> int:
    """Number of common values of two ascending arrays of distinct values."""
    common = i = j = 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        common += int(a == b)
        i += int(a <= b)
        j += int(b <= a)
    return common


class Similarity(NamedTuple):
    """What two sets have in common.

    jaccard: |A & B| / |A | B|. containment: |A & B| / smaller, where smaller is the size of the
    smaller set. Both 0 where a set is empty.
    """

    jaccard: np.float32
    containment: np.float32
    smaller: int


@bare
def similarity(common: int, left: int, right: int) -> Similarity:
    """The similarity of two sets of these sizes that have so much in common."""
    smaller = min(left, right)
    if smaller == 0:
        return Similarity(np.float32(0), np.float32(0), 0)
    union = left + right - common
    return Similarity(np.float32(common / union), np.float32(common / smaller), smaller)


@bare
def compare(left: Uint32Array, right: Uint32Array) -> Similarity:
    """The similarity of two ascending arrays of distinct values."""
    return similarity(overlap(left, right), len(left), len(right))


@njit
def member(sets: Shingles, number: int) -> Uint32Array:
    """One of the sets."""
    return sets.values[sets.starts[number] : sets.stops[number]]


@njit
def fill_similarity(
    sets: Shingles,
    pairs: IntArray,
    jaccard: FloatArray,
    containment: FloatArray,
) -> None:
    """Jaccard and containment of each pair of sets."""
    for index in range(len(pairs)):
        found = compare(member(sets, pairs[index, 0]), member(sets, pairs[index, 1]))
        jaccard[index] = found.jaccard
        containment[index] = found.containment

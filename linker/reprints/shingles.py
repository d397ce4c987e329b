"""Shingles: every run of five words of a text, as 32-bit hashes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linker.text import Words, word_hash
from linker.text.folding import FACTOR, MASK, mix

SHINGLE_WORDS = 5
"""Words in a shingle; a shorter text is one shingle, an empty text has none."""

# Shingles sorted at a time: the codes of a chunk take eight bytes each beside the result.
_CHUNK = 1 << 23


class Shingles(NamedTuple):
    """Every shingle of n texts, in the order of the text and with repetitions.

    values: uint32 (total,); text i has values[starts[i]:stops[i]]. starts, stops: int64 (n,).
    """

    values: NDArray[np.uint32]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> Shingles:
        """Those of some texts, in the order of rows; nothing is copied but their places."""
        return Shingles(self.values, self.starts[rows], self.stops[rows])


class ShingleSets(NamedTuple):
    """The distinct shingles of n texts, ascending within each, end to end.

    values: uint32 (total,), offsets: int64 (n + 1,).
    """

    values: NDArray[np.uint32]
    offsets: NDArray[np.int64]


def shingle_hash(data: bytes) -> int:
    """The 32-bit hash of one shingle.

    data: the folded words (linker.text.words) of the shingle joined by single spaces, in UTF-8.
    Made to be given to datasketch: `MinHash(128, seed=1, scheme="affine32",
    hashfunc=shingle_hash)`, updated with every shingle of a text, has the values of `minhash`.
    """
    value = 0
    for word in data.decode("utf-8", "surrogatepass").split(" "):
        value = (value * FACTOR + word_hash(word)) & MASK
    return mix(value) >> 32


def shingles(words: list[str]) -> list[bytes]:
    """The shingles of folded words as shingle_hash takes them, in order and with repetitions."""
    runs = max(len(words) - SHINGLE_WORDS + 1, min(len(words), 1))
    return [" ".join(words[start : start + SHINGLE_WORDS]).encode() for start in range(runs)]


def shingle_counts(words: Words) -> NDArray[np.int64]:
    """How many shingles each text has, repetitions counted: int64 (n,)."""
    counts = words.counts
    return np.maximum(counts - SHINGLE_WORDS + 1, np.minimum(counts, 1))


def hash_shingles(words: Words) -> Shingles:
    """The shingles of texts given as words."""
    from linker.reprints.kernels import fill_shingles

    ends = np.cumsum(shingle_counts(words))
    starts = np.concatenate(([0], ends[:-1])).astype(np.int64)
    values = np.empty(ends[-1] if len(ends) else 0, np.uint32)
    fill_shingles(words.hashes, words.offsets, starts, values)
    return Shingles(values, starts[: len(ends)], ends)


def shingle_sets(shingles: Shingles, rows: NDArray[np.int64]) -> ShingleSets:
    """The shingle sets of some texts, in the order of rows."""
    ends = np.cumsum(shingles.stops[rows] - shingles.starts[rows])
    cuts = np.searchsorted(ends, np.arange(_CHUNK, ends[-1] if len(ends) else 0, _CHUNK))
    parts = [_sets_of(shingles, part) for part in np.split(rows, np.unique(cuts))]
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return ShingleSets(np.concatenate([part.values for part in parts]), offsets)


def _sets_of(shingles: Shingles, rows: NDArray[np.int64]) -> ShingleSets:
    """Sorted as position in rows << 32 | shingle, which sorts within each text."""
    from linker.reprints.kernels import fill_codes

    codes = np.empty((shingles.stops[rows] - shingles.starts[rows]).sum(), np.uint64)
    fill_codes(*shingles, rows, codes)
    codes = distinct(codes)
    offsets = np.searchsorted(codes, np.arange(len(rows) + 1, dtype=np.uint64) << np.uint64(32))
    return ShingleSets(codes.astype(np.uint32), offsets.astype(np.int64))


def sample(shingles: Shingles, bits: int) -> Shingles:
    """Of each text the shingles whose low bits are 0, one in 2**bits.

    A sample by hash value (Broder's modulo sketch, 1997): two texts that share a shingle sample
    it both or not at all.
    """
    from linker.reprints.kernels import fill_sample

    values = np.empty(len(shingles.values) // 2**bits * 2 + 64, np.uint32)
    stops = np.empty(len(shingles.stops), np.int64)
    filled = fill_sample(*shingles, bits, values, stops)
    if filled > len(values):  # twice the expected number was not enough: repetitive texts
        values = np.empty(filled, np.uint32)
        fill_sample(*shingles, bits, values, stops)
    starts = np.concatenate(([0], stops[:-1])).astype(np.int64)
    return Shingles(values[:filled].copy(), starts[: len(stops)], stops)


def shingle_codes(shingles: Shingles, part: int = 0, parts: int = 1) -> NDArray[np.uint64]:
    """shingle << 32 | text, sorted and distinct, uint64.

    With parts, only the shingles of the part-th of as many ranges of values.
    """
    from linker.reprints.kernels import fill_part

    bounds = (part << 32) // parts, ((part + 1) << 32) // parts
    codes = np.empty(
        int((shingles.stops - shingles.starts).sum()) * 5 // (4 * parts) + 64, np.uint64
    )
    filled = fill_part(*shingles, bounds, codes)
    if filled > len(codes):  # a quarter more than its share was not enough
        codes = np.empty(filled, np.uint64)
        fill_part(*shingles, bounds, codes)
    return distinct(codes[:filled])


def distinct(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sorted, each once. In place: np.unique would copy twice."""
    codes.sort()
    if len(codes) == 0:
        return codes
    keep = np.empty(len(codes), bool)
    keep[0] = True
    np.not_equal(codes[1:], codes[:-1], out=keep[1:])
    return codes[keep]

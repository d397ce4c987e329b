"""Shingles: every run of five words of a text, as 32-bit hashes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linker.text import Words, word_hash
from linker.text.folding import FACTOR, MASK, mix

SHINGLE_WORDS = 5
"""Words in a shingle; a shorter text is one shingle, an empty text has none."""

# Words sorted at a time: the keys of a chunk take eight bytes each beside the result.
_CHUNK_WORDS = 1 << 23


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


def shingle_sets(words: Words, rows: NDArray[np.int64]) -> ShingleSets:
    """The shingle sets of some texts, in the order of rows."""
    ends = np.cumsum(words.counts[rows])
    cuts = np.searchsorted(
        ends, np.arange(_CHUNK_WORDS, ends[-1] if len(ends) else 0, _CHUNK_WORDS)
    )
    parts = [_sets_of(words, part) for part in np.split(rows, np.unique(cuts))]
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return ShingleSets(np.concatenate([part.values for part in parts]), offsets)


def _sets_of(words: Words, rows: NDArray[np.int64]) -> ShingleSets:
    codes = distinct(_position_codes(words, rows))
    offsets = np.searchsorted(codes, np.arange(len(rows) + 1, dtype=np.uint64) << np.uint64(32))
    return ShingleSets(codes.astype(np.uint32), offsets.astype(np.int64))


def _position_codes(words: Words, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """position in rows << 32 | shingle, for every shingle of these texts."""
    from linker.reprints.kernels import fill_shingles

    codes = np.empty(words.counts[rows].sum(), np.uint64)
    return codes[: fill_shingles(words.hashes, words.offsets, rows, codes)]


def sampled_shingles(words: Words, rows: NDArray[np.int64], modulus: int) -> NDArray[np.uint64]:
    """shingle << 32 | position in rows, for the shingles that are multiples of modulus.

    A sample by hash value (Broder's modulo sketch, 1997): two texts that share a shingle sample
    it both or not at all. Sorted and distinct, uint64.
    """
    from linker.reprints.kernels import fill_sampled

    codes = np.empty(words.counts[rows].sum() * 2 // modulus + 1024, np.uint64)
    filled = fill_sampled(words.hashes, words.offsets, rows, np.uint32(modulus), codes)
    if filled > len(codes):  # twice the expected number was not enough: repetitive texts
        codes = np.empty(filled, np.uint64)
        fill_sampled(words.hashes, words.offsets, rows, np.uint32(modulus), codes)
    codes = codes[:filled]
    return distinct(codes)


def distinct(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sorted, each once. In place: np.unique would copy twice."""
    codes.sort()
    if len(codes) == 0:
        return codes
    keep = np.empty(len(codes), bool)
    keep[0] = True
    np.not_equal(codes[1:], codes[:-1], out=keep[1:])
    return codes[keep]

"""Shingles: every run of five words of a text, as 32-bit hashes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from linker.arrays import IntArray, Uint32Array, Uint64Array
from linker.text import Words, word_hash
from linker.text.folding import FACTOR, MASK, mix

SHINGLE_WORDS = 5
"""Words in a shingle; a shorter text is one shingle, an empty text has none."""

# Shingles sorted at a time: the codes of a chunk take eight bytes each beside the result.
_CHUNK = 1 << 23


class Shingles(NamedTuple):
    """Shingles of n texts: text i has values[starts[i]:stops[i]].

    values: uint32 (total,); starts, stops: int64 (n,). All of a text in order, with repetitions;
    or, where that is said, its set: each once, ascending.
    """

    values: Uint32Array
    starts: IntArray
    stops: IntArray

    @property
    def counts(self) -> IntArray:
        """How many each text has, int64 (n,)."""
        return self.stops - self.starts

    def take(self, rows: IntArray) -> Shingles:
        """Those of some texts, in the order of rows; nothing is copied but their places."""
        return Shingles(self.values, self.starts[rows], self.stops[rows])


def end_to_end(values: Uint32Array, counts: IntArray) -> Shingles:
    """Shingles that lie end to end in values, as many of each text as counts says."""
    stops = np.cumsum(counts)
    return Shingles(values, stops - counts, stops)


def joined(parts: Sequence[Shingles]) -> Shingles:
    """The shingles of several runs of texts, one run at least, as those of one."""
    values = np.concatenate([part.values for part in parts])
    return end_to_end(values, np.concatenate([part.counts for part in parts]))


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


def shingle_counts(counts: IntArray) -> IntArray:
    """How many shingles texts of so many words have, repetitions counted: int64 (n,)."""
    return np.maximum(counts - SHINGLE_WORDS + 1, np.minimum(counts, 1))


def hash_shingles(words: Words) -> Shingles:
    """The shingles of texts given as words, in order and with repetitions."""
    from linker.reprints.kernels import fill_shingles

    counts = shingle_counts(words.counts)
    shingles = end_to_end(np.empty(counts.sum(), np.uint32), counts)
    fill_shingles(words.hashes, words.offsets, shingles.starts, shingles.values)
    return shingles


def shingle_sets(shingles: Shingles) -> Shingles:
    """The shingle set of each text."""
    ends = np.cumsum(shingles.counts)
    marks = np.arange(_CHUNK, ends[-1] if len(ends) else 0, _CHUNK)
    cuts = np.unique(np.searchsorted(ends, marks))
    return joined([_sets_of(shingles.take(rows)) for rows in np.split(np.arange(len(ends)), cuts)])


def _sets_of(shingles: Shingles) -> Shingles:
    """Sorted as text << 32 | shingle, which sorts within each text."""
    from linker.reprints.kernels import fill_codes

    codes = np.empty(shingles.counts.sum(), np.uint64)
    fill_codes(*shingles, codes)
    return sets_in(codes, len(shingles.starts))


def sets_in(codes: Uint64Array, texts: int) -> Shingles:
    """The sets of so many texts from codes text << 32 | value in any order; sorts codes."""
    codes = distinct(codes)
    bounds = np.searchsorted(codes, np.arange(texts + 1, dtype=np.uint64) << np.uint64(32))
    return Shingles(codes.astype(np.uint32), bounds[:-1], bounds[1:])


def sample(shingles: Shingles, bits: int) -> Shingles:
    """Of each text the shingles whose low bits are 0, one in 2**bits.

    A sample by hash value (Broder's modulo sketch, 1997): two texts that share a shingle sample
    it both or not at all.
    """
    from linker.reprints.kernels import fill_sample

    values = np.empty(len(shingles.values) // 2**bits * 2 + 64, np.uint32)
    counts = np.empty(len(shingles.stops), np.int64)
    filled = fill_sample(*shingles, bits, values, counts)
    if filled >= len(values):  # twice the expected number was not enough: repetitive texts
        values = np.empty(filled + 1, np.uint32)
        fill_sample(*shingles, bits, values, counts)
    return end_to_end(values[:filled].copy(), counts)


def shingle_codes(
    shingles: Shingles,
    texts: IntArray,
    room: Uint64Array,
    part: int = 0,
    parts: int = 1,
) -> Uint64Array:
    """shingle << 32 | text of these texts, sorted and distinct, uint64: in the room if they fit.

    With parts, only the shingles of the part-th of as many ranges of values. Fastest where the
    texts are in the order in which their shingles lie. room: uint64, of any size but 0.
    """
    from linker.reprints.kernels import fill_part

    bounds = (part << 32) // parts, ((part + 1) << 32) // parts
    filled = fill_part(*shingles, texts, bounds, room)
    if filled >= len(room):
        room = np.empty(filled + 1, np.uint64)
        fill_part(*shingles, texts, bounds, room)
    return distinct(room[:filled])


def distinct(codes: Uint64Array) -> Uint64Array:
    """Sorted, each once: the front of the array itself, which is changed."""
    from linker.reprints.buckets import drop_repeats

    codes.sort()
    return codes[: drop_repeats(codes)]

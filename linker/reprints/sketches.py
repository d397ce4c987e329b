"""What is kept of each text for finding its copies: band keys, sampled shingles, digests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from linker.arrays import Int32Array, IntArray, Uint32Array, Uint64Array
from linker.reprints.bands import band_shape
from linker.reprints.exact import digests, number_digests
from linker.reprints.excerpts import SAMPLE_BITS
from linker.reprints.shingles import Shingles, hash_shingles, joined, sample
from linker.reprints.signatures import permutations
from linker.text import Words
from linker.threads import mapped

_AT_A_TIME = 1024  # texts, whose shingles wait in memory for no longer than their signatures take


@dataclass(frozen=True, slots=True)
class Sketches:
    """What is kept of n texts: some 310 bytes of an English one of 430 words.

    samples: of their shingles, by which long texts are found. keys: uint32, of the bands of all
    texts; those of text i are keys[firsts[i] : firsts[i] + bands[i]], int64 and int32. sizes:
    int64, words. bodies, numbers: uint64, digests of the words in order and of the numbers in any
    order.
    """

    samples: Shingles
    keys: Uint32Array
    firsts: IntArray
    bands: Int32Array
    sizes: IntArray
    bodies: Uint64Array
    numbers: Uint64Array

    def __len__(self) -> int:
        return len(self.sizes)

    def take(self, rows: IntArray) -> Sketches:
        """Those of some texts, in the order of rows; of samples and keys only the places move."""
        return Sketches(
            self.samples.take(rows),
            self.keys,
            self.firsts[rows],
            self.bands[rows],
            self.sizes[rows],
            self.bodies[rows],
            self.numbers[rows],
        )


def sketch(words: Words, threshold: float, shingles: Shingles | None = None) -> Sketches:
    """Sketch texts for finding copies of this Jaccard or more.

    shingles: those of the words, where they are at hand already.
    """
    from linker.reprints.kernels import fill_band_keys

    shingles = hash_shingles(words) if shingles is None else shingles
    samples = sample(shingles, SAMPLE_BITS)
    shape = band_shape(threshold)
    bands = shape.bands_of(samples)
    firsts = _firsts(bands)
    keys = np.empty(bands.sum(), np.uint32)
    fill_band_keys(shingles.values, shingles.stops, permutations(), bands, shape.rows, keys)
    numbers = np.zeros(len(words), np.uint64)
    if len(words.kinds):
        numbers = number_digests(words.hashes, words.kinds, words.offsets)
    bodies = digests(words.hashes, words.offsets[:-1], words.offsets[1:])
    return Sketches(samples, keys, firsts, bands, words.counts, bodies, numbers)


def sketch_all(words: Words, threshold: float, threads: int) -> Sketches:
    """sketch() of many texts, some at a time on each of so many threads."""
    begins = range(0, max(len(words), 1), _AT_A_TIME)
    parts = (words.slice(begin, min(begin + _AT_A_TIME, len(words))) for begin in begins)
    return collect(mapped(lambda part: sketch(part, threshold), parts, threads))


def collect(parts: Iterable[Sketches]) -> Sketches:
    """The sketches of consecutive texts, one part at least, as one."""
    held = list(parts)
    bands = np.concatenate([part.bands for part in held])
    return Sketches(
        joined([part.samples for part in held]),
        np.concatenate([part.keys for part in held]),
        _firsts(bands),
        bands,
        np.concatenate([part.sizes for part in held]),
        np.concatenate([part.bodies for part in held]),
        np.concatenate([part.numbers for part in held]),
    )


def _firsts(bands: Int32Array) -> IntArray:
    """Where the keys of each text begin."""
    return np.cumsum(bands, dtype=np.int64) - bands

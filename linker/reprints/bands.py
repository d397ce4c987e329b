"""Candidate pairs from shared keys: bands of signatures, sampled shingles, urls, titles.

A key and a member are packed in one 64-bit code (key << 32 | member), so that sorting the codes
puts the members of a bucket side by side, ascending. Keys of 32 bits may coincide for unlike
members; such a pair is verified and dropped like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, comb
from typing import NamedTuple

import numpy as np

from linker.arrays import Int32Array, IntArray, Uint64Array
from linker.reprints.shingles import Shingles, distinct
from linker.threads import ordered_map

FULL_BUCKET = 32
"""Up to this many members, every two of a bucket are a pair."""
NEAR = 8
"""In a larger bucket each member is paired with the first member and its NEAR predecessors."""
CLOSE = 0.8
"""Jaccard of copies that a few bands find."""
SHARED = 0.3
"""Least share of the sample of the smaller text that a candidate has in common.

Well below the share of words that verification asks for: samples are small. It keeps out pairs
that share a paragraph of boilerplate.
"""

# All bands of a text miss a candidate with at most this probability at the threshold.
_MISSED = 0.011
_MOST_DRAWN = 200
_NEVER = 1 << 62


@dataclass(slots=True)
class BucketCounts:
    """How many buckets were too large for all their pairs, and the largest bucket met."""

    large: int = 0
    largest: int = 0

    def add(self, others: BucketCounts) -> None:
        """Count those of others too."""
        self.large += others.large
        self.largest = max(self.largest, others.largest)


class Shape(NamedTuple):
    """How signatures are cut.

    bands of so many rows each; a text of `enough` distinct sampled shingles has the first `few`
    bands only: at 0.7 most texts of more than 70 words.
    """

    bands: int
    rows: int
    few: int
    enough: int

    def bands_of(self, samples: Shingles) -> Int32Array:
        """The number of bands of texts with these sampled shingles, which lie end to end: (n,)."""
        from linker.reprints.kernels import count_distinct

        counts = np.empty(len(samples.stops), np.int64)
        count_distinct(samples.values, samples.stops, min(self.enough, _MOST_DRAWN), counts)
        return np.where(counts < self.enough, self.bands, self.few).astype(np.int32)


@lru_cache(maxsize=16)
def band_shape(threshold: float, permutations: int = 128) -> Shape:
    """The most selective bands that still find the threshold: 25 of 5 rows at 0.7.

    Two texts of Jaccard s agree in a band of r rows with probability s**r (Leskovec, Rajaraman
    and Ullman, Mining of Massive Datasets, 3.4). Two long texts have their sampled shingles too,
    which find the threshold more surely than all bands do, as long as few texts share a shingle.
    What more than FULL_BUCKET share, a text printed in many versions or a template, finds a copy
    only among the first and the nearest of them; close copies, of Jaccard CLOSE, the few bands find
    there too.
    """
    for rows in range(8, 1, -1):
        bands = permutations // rows
        if _all_miss(threshold, rows, bands) <= _MISSED:
            few = _fewest(max(CLOSE, threshold), rows, bands)
            return Shape(bands, rows, few, enough_sampled(threshold))
    return Shape(permutations, 1, permutations, _NEVER)


def _fewest(jaccard: float, rows: int, most: int) -> int:
    """How many bands find copies of this Jaccard."""
    enough = (bands for bands in range(1, most) if _all_miss(jaccard, rows, bands) <= _MISSED)
    return next(enough, most)


def _all_miss(jaccard: float, rows: int, bands: int) -> float:
    return float((1 - jaccard**rows) ** bands)


def enough_sampled(threshold: float) -> int:
    """From how many sampled shingles on these find two texts at the threshold.

    Of texts of Jaccard s the smaller shares at least 2s / (1 + s) of its shingles, and as many of
    its sample, but for chance: of so many draws, fewer than SHARED hit with a probability of at
    most _MISSED / 10. Never, where SHARED is nearly what is expected.
    """
    contained = 2 * threshold / (1 + threshold)
    for sampled in range(_MOST_DRAWN, 0, -1):
        needed = ceil(SHARED * sampled)
        terms = (
            comb(sampled, k) * contained**k * (1 - contained) ** (sampled - k)
            for k in range(needed)
        )
        if sum(terms) > _MISSED / 10:
            return sampled + 1 if sampled < _MOST_DRAWN else _NEVER
    return 1


def pack(keys: Uint64Array, members: IntArray) -> Uint64Array:
    """key << 32 | member, of the low 32 bits of each."""
    return keys << np.uint64(32) | members.astype(np.uint64)


def bucket_pairs(codes: Uint64Array, counts: BucketCounts) -> Uint64Array:
    """Pairs of members that share a key, as later << 32 | earlier, in the order of the keys.

    codes: sorted and distinct. Adds to counts. The number of pairs is bounded by
    (FULL_BUCKET - 1) / 2 or NEAR + 1 a code, whichever is more.
    """
    from linker.reprints.buckets import count_pairs, fill_pairs

    total, large, largest = count_pairs(codes, FULL_BUCKET, NEAR)
    counts.large += large
    counts.largest = max(counts.largest, largest)
    pairs = np.empty(total, np.uint64)
    fill_pairs(codes, FULL_BUCKET, NEAR, pairs)
    return pairs


def shared_bucket_pairs(
    all_codes: Iterable[Uint64Array], counts: BucketCounts, threads: int = 1
) -> Uint64Array:
    """Pairs of members that share a key in any of several sets of codes, sorted and distinct."""
    found = np.empty(0, np.uint64)
    for codes in ordered_map(distinct, all_codes, threads):
        found = distinct(np.concatenate((found, bucket_pairs(codes, counts))))
    return found

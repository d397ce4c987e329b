"""Candidate pairs from shared keys: bands of signatures, sampled shingles, urls, titles.

A key and a member are packed in one 64-bit code (key << 32 | member), so that sorting the codes
puts the members of a bucket side by side, ascending. Keys of 32 bits may coincide for unlike
members; such a pair is verified and dropped like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linker.reprints.shingles import distinct
from linker.threads import ordered_map

FULL_BUCKET = 32
"""Up to this many members, every two of a bucket are a pair."""
NEAR = 8
"""In a larger bucket each member is paired with the first member and its NEAR predecessors."""

# A candidate is missed with at most this probability at the threshold, and less above it.
_MISSED = 0.011


@dataclass(slots=True)
class BucketCounts:
    """How many buckets were too large for all their pairs, and the largest bucket met."""

    large: int = 0
    largest: int = 0


def band_shape(threshold: float, permutations: int = 128) -> tuple[int, int]:
    """Number of bands and rows a band: the most selective that still finds the threshold.

    Two texts of Jaccard s agree in a band of r rows with probability s**r (Leskovec, Rajaraman
    and Ullman, Mining of Massive Datasets, 3.4): 25 bands of 5 at 0.7.
    """
    for rows in range(8, 1, -1):
        bands = permutations // rows
        if (1 - threshold**rows) ** bands <= _MISSED:
            return bands, rows
    return permutations, 1


def pack(keys: NDArray[np.uint64], members: NDArray[np.int64]) -> NDArray[np.uint64]:
    """key << 32 | member, of the low 32 bits of each."""
    return keys << np.uint64(32) | members.astype(np.uint64)


def pack_all(keys: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """pack for the keys of all members, in their order."""
    from linker.reprints.buckets import fill_packed

    codes = np.empty(len(keys), np.uint64)
    fill_packed(keys, codes)
    return codes


def bucket_pairs(codes: NDArray[np.uint64], counts: BucketCounts) -> NDArray[np.uint64]:
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
    all_codes: Iterable[NDArray[np.uint64]], counts: BucketCounts, threads: int = 1
) -> NDArray[np.uint64]:
    """Pairs of members that share a key in any of several sets of codes, sorted and distinct."""
    found = np.empty(0, np.uint64)
    for codes in ordered_map(distinct, all_codes, threads):
        found = distinct(np.concatenate((found, bucket_pairs(codes, counts))))
    return found

"""Candidates for containment: a short article inside a long one, where Jaccard is low."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linker.reprints.bands import BucketCounts, bucket_pairs
from linker.reprints.shingles import sampled_shingles
from linker.text import Words

SAMPLE = 8
"""One shingle in so many is looked up; 50 words of which 80 % are contained share about 4."""
SHARED = 0.3
"""Least share of the sample of the smaller text that a candidate has in common.

Well below the share of words that verification asks for: samples are small. It keeps out pairs
that share a paragraph of boilerplate.
"""


def excerpt_pairs(
    words: Words, members: NDArray[np.int64], counts: BucketCounts
) -> NDArray[np.uint64]:
    """Pairs of member positions that share sampled shingles, later << 32 | earlier, sorted.

    words: all texts; members: the rows to compare, earliest first.
    """
    codes = sampled_shingles(words, members, SAMPLE)
    sizes = np.bincount((codes & np.uint64(0xFFFFFFFF)).astype(np.int64), minlength=len(members))
    pairs = bucket_pairs(codes, counts)
    pairs.sort()
    starts = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)])
    common = np.diff(np.append(starts, len(pairs)))
    pairs = pairs[starts]
    later, earlier = unpack(pairs)
    return pairs[common >= SHARED * np.minimum(sizes[later], sizes[earlier])]


def unpack(pairs: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The later and the earlier members of pairs."""
    low = np.uint64(0xFFFFFFFF)
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & low).astype(np.int64)

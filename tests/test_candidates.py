"""Candidates for reprints: buckets of bands, and excerpts."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from copies import prose
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.reprints import (
    pair_similarity,
)
from linker.reprints.bands import (
    FULL_BUCKET,
    NEAR,
    BucketCounts,
    band_shape,
    bucket_pairs,
    pack,
    pack_all,
    shared_bucket_pairs,
)
from linker.reprints.buckets import add_sizes, keep_shared
from linker.reprints.excerpts import excerpt_pairs, unpack
from linker.reprints.shingles import (
    distinct,
)
from linker.reprints.sketches import sketch
from linker.text import word_hashes


def plain_pairs(buckets: list[list[int]]) -> set[tuple[int, int]]:
    """The plain twin of bucket_pairs."""
    found = set()
    for bucket in buckets:
        reach = len(bucket) if len(bucket) <= FULL_BUCKET else NEAR
        for place, later in enumerate(bucket):
            for earlier in bucket[max(0, place - reach) : place] + bucket[: min(place, 1)]:
                found.add((later, earlier))
    return found


@pytest.mark.parametrize("sizes", [[1, 2, 3], [FULL_BUCKET, FULL_BUCKET + 1], [100, 1, 5, 60], []])
def test_bucket_pairs(sizes: list[int]) -> None:
    members = np.random.default_rng(0).permutation(sum(sizes))
    keys = np.repeat(np.arange(len(sizes)), sizes)
    codes = distinct(pack(keys.astype(np.uint64), members))
    counts = BucketCounts()
    later, earlier = unpack(bucket_pairs(codes, counts))
    buckets = [sorted(members[keys == key].tolist()) for key in range(len(sizes))]
    assert set(zip(later.tolist(), earlier.tolist(), strict=True)) == plain_pairs(buckets)
    assert len(later) == len(plain_pairs(buckets))
    assert counts.largest == max(sizes, default=0)
    assert counts.large == sum(size > FULL_BUCKET for size in sizes)


FEW_CODES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=40)


@settings(max_examples=60, deadline=None)
@given(FEW_CODES, st.sampled_from([0.1, 0.3, 0.7]))
def test_passes_over_codes_equal_plain_counting(codes: list[tuple[int, int]], share: float) -> None:
    packed = np.array([high << 32 | low for high, low in codes], np.uint64)
    assert distinct(packed.copy()).tolist() == sorted(set(packed.tolist()))
    sizes = np.zeros(6, np.int64)
    add_sizes(packed, sizes)
    assert sizes.tolist() == [sum(low == member for _, low in codes) for member in range(6)]
    often = [
        high << 32 | low
        for (high, low), count in sorted(Counter(codes).items())
        if count >= share * min(sizes[high], sizes[low])
    ]
    packed.sort()
    assert packed[: keep_shared(packed, sizes, share)].tolist() == often
    keys = np.array([low for _, low in codes], np.uint32)
    everyone = pack(keys.astype(np.uint64), np.arange(len(keys)))
    assert pack_all(keys).tolist() == everyone.tolist()


def test_band_shape() -> None:
    assert band_shape(0.7) == (25, 5)
    assert band_shape(0.95)[1] > 5 > band_shape(0.5)[1]


def test_bands_find_pairs_at_the_threshold() -> None:
    """200 pairs of Jaccard about 0.72: expect 99 %, ask for 95."""
    texts = []
    for seed in range(200):
        original = prose(seed)
        edited = list(original)
        for place in range(20, 300, 29):
            edited[place] = f"edit{seed}"
        texts += [" ".join(original), " ".join(edited)]
    batch = word_hashes(texts)
    jaccard, _ = pair_similarity(batch, np.arange(400).reshape(-1, 2))
    assert 0.70 <= jaccard.min() <= jaccard.max() < 0.75
    everyone = np.arange(400)
    codes = [pack(keys.astype(np.uint64), everyone) for keys in sketch(batch, 0.7).keys]
    later, earlier = unpack(shared_bucket_pairs(codes, BucketCounts()))
    assert ((later == earlier + 1) & (earlier % 2 == 0)).sum() >= 190


def test_excerpts_of_fifty_words_are_candidates() -> None:
    texts = []
    for seed in range(200):
        original = prose(seed, 800)
        start = seed * 3
        texts += [" ".join(original), " ".join(original[start : start + 50])]
    samples = sketch(word_hashes(texts), 0.7).samples
    pairs = excerpt_pairs(samples, BucketCounts())
    in_parts = excerpt_pairs(samples, BucketCounts(), threads=2, memory=50_000)
    np.testing.assert_array_equal(in_parts, pairs)
    later, earlier = unpack(pairs)
    found = (later == earlier + 1) & (earlier % 2 == 0)
    assert found.sum() >= 194
    assert len(later) == found.sum()

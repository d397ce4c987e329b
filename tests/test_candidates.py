"""Candidates for reprints: buckets of bands, and excerpts."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from copies import prose
from hypothesis import given, settings
from hypothesis import strategies as st

from linker import find_reprints
from linker.cleaning.strings import strings_of
from linker.reprints import pair_similarity
from linker.reprints.bands import (
    FULL_BUCKET,
    NEAR,
    BucketCounts,
    band_shape,
    bucket_pairs,
    enough_sampled,
    pack,
    shared_bucket_pairs,
)
from linker.reprints.buckets import add_sizes, fill_band, keep_shared
from linker.reprints.candidates import band_codes
from linker.reprints.excerpts import excerpt_pairs, unpack
from linker.reprints.kernels import count_distinct
from linker.reprints.pages import page_keys, page_of
from linker.reprints.shingles import distinct, end_to_end
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
    keys = np.array(codes, np.uint32).reshape(-1, 2)
    bands = 1 + keys[:, 0].astype(np.int32) % 2
    firsts = 2 * np.arange(len(keys))[::-1].copy()
    for band in range(2):
        having = np.flatnonzero(bands > band)
        filled = np.empty(len(having), np.uint64)
        fill_band(keys[::-1].ravel(), firsts, bands, band, filled)
        assert filled.tolist() == pack(keys[having, band].astype(np.uint64), having).tolist()


def test_band_shape() -> None:
    assert band_shape(0.7)[:2] == (25, 5)
    assert band_shape(0.95).rows > 5 > band_shape(0.5).rows


@pytest.mark.parametrize("threshold", [0.4, 0.5, 0.7, 0.8, 0.95])
def test_long_texts_have_a_few_bands_that_find_close_copies(threshold: float) -> None:
    shape = band_shape(threshold)
    assert shape.few < shape.bands
    assert (1 - max(threshold, 0.8) ** shape.rows) ** shape.few <= 0.011
    sizes = [0, shape.enough - 1, shape.enough, 10 * shape.enough]
    values = np.concatenate([np.arange(size, dtype=np.uint32) for size in sizes])
    bands = shape.bands_of(end_to_end(values, np.array(sizes)))
    assert bands.tolist() == [shape.bands] * 2 + [shape.few] * 2


def test_a_text_that_repeats_a_few_shingles_has_all_bands() -> None:
    shape = band_shape(0.7)
    assert (shape.few, shape.enough) == (12, 8)
    values = np.tile(np.arange(7, dtype=np.uint32), 1000)
    assert shape.bands_of(end_to_end(values, np.array([len(values)]))).tolist() == [25]


def test_all_texts_have_all_bands_where_samples_prove_too_little() -> None:
    assert enough_sampled(0.2) > 10**9
    values = np.arange(10**4, dtype=np.uint32)
    assert band_shape(0.2).bands_of(end_to_end(values, np.array([len(values)]))).tolist() == [128]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), max_size=12), max_size=8), st.integers(1, 6))
def test_distinct_values_are_counted(texts: list[list[int]], most: int) -> None:
    counts = np.empty(len(texts), np.int64)
    stops = np.cumsum([len(text) for text in texts], dtype=np.int64)
    values = np.array([value for text in texts for value in text], np.uint32)
    count_distinct(values, stops, most, counts)
    assert counts.tolist() == [min(most, len(set(text))) for text in texts]


@pytest.mark.parametrize(("threshold", "edited"), [(0.4, 13), (0.5, 16), (0.7, 30), (0.8, 48)])
def test_samples_find_pairs_at_the_threshold(threshold: float, edited: int) -> None:
    """Nearly all of 300 pairs at the threshold, about as short as they may be for few bands.

    A word in so many is edited, which changes five shingles.
    """
    length = 8 * band_shape(threshold).enough + 60
    texts = []
    for seed in range(300):
        original = prose(seed, length)
        copy = list(original)
        copy[edited // 2 :: edited] = [f"edit{seed}"] * len(copy[edited // 2 :: edited])
        texts += [" ".join(original), " ".join(copy)]
    batch = word_hashes(texts)
    jaccard, _ = pair_similarity(batch, np.arange(600).reshape(-1, 2))
    assert threshold <= jaccard.mean() < threshold + 0.1
    pairs = excerpt_pairs(sketch(batch, threshold).samples, BucketCounts())
    later, earlier = unpack(pairs)
    assert ((later == earlier + 1) & (earlier % 2 == 0)).sum() >= 299


def test_bands_find_pairs_at_the_threshold() -> None:
    """200 pairs of short texts of Jaccard about 0.72: expect 99 %, ask for 95."""
    texts = []
    for seed in range(200):
        original = prose(seed, 35)
        edited = [*original[:14], f"edit{seed}", *original[15:]]
        texts += [" ".join(original), " ".join(edited)]
    batch = word_hashes(texts)
    jaccard, _ = pair_similarity(batch, np.arange(400).reshape(-1, 2))
    assert 0.70 <= jaccard.min() <= jaccard.max() < 0.75
    sketches = sketch(batch, 0.7)
    assert (sketches.bands == 25).mean() > 0.9
    later, earlier = unpack(shared_bucket_pairs(band_codes(sketches), BucketCounts()))
    assert ((later == earlier + 1) & (earlier % 2 == 0)).sum() >= 190


def test_copies_are_found_where_hundreds_share_a_template() -> None:
    """Three quarters of each text are the same in all, and pairs have a Jaccard of about .77."""
    articles = []
    for pair in range(100):
        text = prose(0, 225) + prose(1000 + pair, 75)
        copy = list(text)
        copy[18::36] = [f"edit{pair}"] * len(copy[18::36])
        articles += [(f"{pair} a", text), (f"{pair} b", copy)]
    order = np.random.default_rng(0).permutation(len(articles))
    rows = [{"id": articles[at][0], "text": " ".join(articles[at][1])} for at in order]
    table = find_reprints(rows)
    heads = {row["id"]: row["reprint_of"] or row["id"] for row in table.to_pylist()}
    assert sum(heads[f"{pair} a"] == heads[f"{pair} b"] for pair in range(100)) >= 90


def test_copies_of_each_version_are_found_where_hundreds_share_a_text() -> None:
    """Ten versions of one text, sixty copies of each: every sampled shingle is in a full bucket."""
    chance = np.random.default_rng(0)
    base = prose(0)
    articles = []
    for version in range(10):
        own = list(base)
        for place in chance.integers(0, 290, 6):
            own[place : place + 10] = prose(1000 + version, 10)
        for copy in range(60):
            text = list(own)
            text[int(chance.integers(0, 300))] = f"typo{version}x{copy}"
            articles.append({"source": f"paper {version} {copy}", "text": " ".join(text)})
    articles = [articles[place] | {"id": f"{place}"} for place in chance.permutation(600)]
    found = find_reprints(articles)
    assert found["reprint_of"].null_count <= 10


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


@given(
    st.lists(
        st.text(max_size=30)
        | st.from_regex(r"\A[hH][tT]tps?:?//?([wW]ww\.)?[a-c/#.]{0,8}\Z")
        | st.sampled_from(["https://", "http://www.", "HTTPS://WWW.", "http", "///", "a/#b/", "#"])
        | st.sampled_from(["http\x1a//a", "http:\x0f/a", "http://www\x0ea", "httpS://a"])
    )
)
def test_page_keys_are_those_of_the_pages(urls: list[str]) -> None:
    keys = page_keys(strings_of(pa.array(urls, pa.large_string()))).tolist()
    pages = list(map(page_of, urls))
    assert [key == 0 for key in keys] == [page == "" for page in pages]
    assert len(set(zip(keys, pages, strict=True))) == len(set(keys)) == len(set(pages))


def test_urls_that_name_one_page() -> None:
    page = "example.org/a"
    alike = ["http://example.org/a", "HTTPS://www.example.org/a/", "example.org/a#b", page + "/#c"]
    assert {page_of(url) for url in alike} == {page}
    assert page_of("https://example.org/A?b=c") == "example.org/A?b=c"

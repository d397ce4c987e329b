"""Speed of the inner loops, one language after the other: words, shingles, signatures, copies."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import linker
from benchmarks.articles import Pile
from benchmarks.languages import SCRIPTS
from linker.embedding import load_encoder
from linker.reprints import group_reprints, pair_similarity, signatures, sketch
from linker.reprints.bands import BucketCounts, band_shape, pack, shared_bucket_pairs
from linker.text import Words, word_hashes

ARTICLES = 1000
LANGUAGES = {"en": ("en",), "ar": ("ar",), "zh": ("zh",), "mix": tuple(SCRIPTS)}

every_language = pytest.mark.parametrize("language", LANGUAGES)


@lru_cache
def texts(language: str) -> list[str]:
    """ARTICLES texts, a quarter of them copies of another."""
    pile = Pile(seed=2, languages=LANGUAGES[language])
    return [record["text"] for record in pile.articles(ARTICLES)]


@lru_cache
def folded(language: str) -> Words:
    """The words of those texts."""
    return word_hashes(texts(language))


@every_language
def test_word_hashes(benchmark: Any, language: str) -> None:
    """Folding and hashing."""
    assert len(benchmark(word_hashes, texts(language))) == ARTICLES


@every_language
def test_signatures(benchmark: Any, language: str) -> None:
    """Shingles and their signatures, from words."""
    assert benchmark(signatures, folded(language)).shape == (ARTICLES, 128)


@every_language
def test_minhash(benchmark: Any, language: str) -> None:
    """Strings to signatures."""
    assert benchmark(linker.minhash, texts(language)).shape == (ARTICLES, 128)


@every_language
def test_sketch(benchmark: Any, language: str) -> None:
    """All that is kept of a text for finding its copies, from words."""
    found = benchmark(sketch, folded(language), 0.7)
    assert found.keys.shape == (band_shape(0.7)[0], ARTICLES)


@every_language
def test_bands(benchmark: Any, language: str) -> None:
    """Pairs that share a band, from sketches."""
    keys = sketch(folded(language), 0.7).keys
    members = np.arange(ARTICLES)

    def search() -> Any:
        codes = (pack(band.astype(np.uint64), members) for band in keys)
        return shared_bucket_pairs(codes, BucketCounts())

    assert benchmark(search) is not None


@every_language
def test_verification(benchmark: Any, language: str) -> None:
    """Shingle sets and the exact similarity of 5,000 pairs."""
    chance = np.random.default_rng(0)
    pairs = chance.integers(0, ARTICLES, (5000, 2))
    jaccard, _ = benchmark(pair_similarity, folded(language), pairs)
    assert len(jaccard) == len(pairs)


@every_language
def test_group_reprints(benchmark: Any, language: str) -> None:
    """Words to groups."""
    empty = [""] * ARTICLES
    times = pa.array([None] * ARTICLES, pa.timestamp("us", tz="UTC"))
    table = pa.table({"url": empty, "source": empty, "title": empty, "published": times})
    assert len(benchmark(group_reprints, folded(language), table).kind) == ARTICLES


@every_language
def test_encode(benchmark: Any, language: str) -> None:
    """Vectors of the shipped model."""
    encoder = load_encoder()
    shape = (ARTICLES, encoder.dimension)
    assert benchmark(encoder.encode, texts(language)).shape == shape

"""Speed of the inner loops: words, signatures, reprint groups, vectors."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest

from linker.embedding import load_encoder
from linker.reprints import group_reprints, signatures
from linker.text import word_hashes

ARTICLES = 2000
WORDS = 300


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """ARTICLES texts of WORDS words each, from a vocabulary with a long tail."""
    chance = random.Random(0)
    vocabulary = ["".join(chance.choices("aeinorstlmdu", k=2 + i % 9)) for i in range(20_000)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    return [" ".join(chance.choices(vocabulary, weights, k=WORDS)) for _ in range(ARTICLES)]


def test_word_hashes(benchmark: Any, texts: list[str]) -> None:
    words = benchmark(word_hashes, texts)
    assert len(words) == ARTICLES


def test_signatures(benchmark: Any, texts: list[str]) -> None:
    words = word_hashes(texts)
    assert benchmark(signatures, words).shape == (ARTICLES, 128)


def test_group_reprints(benchmark: Any, texts: list[str]) -> None:
    words = word_hashes(texts)
    empty = [""] * ARTICLES
    times = pa.array([None] * ARTICLES, pa.timestamp("us", tz="UTC"))
    table = pa.table({"url": empty, "source": empty, "title": empty, "published": times})
    assert len(benchmark(group_reprints, words, table).kind) == ARTICLES


def test_encode(benchmark: Any, texts: list[str]) -> None:
    encoder = load_encoder()
    assert benchmark(encoder.encode, texts).shape == (ARTICLES, encoder.dimension)

"""Speed of the inner loops, one language after the other: words, copies, vectors, stories."""

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
from linker.embedding.encoder import MODEL
from linker.embedding.pooling import pool
from linker.embedding.wordpiece import WordPiece
from linker.pipeline import clean_input
from linker.readers import RejectLog
from linker.reprints import group_reprints, pair_similarity, signatures, sketch
from linker.reprints.bands import BucketCounts, band_shape, shared_bucket_pairs
from linker.reprints.candidates import band_codes
from linker.stages import Stages
from linker.stories import embed_articles
from linker.stories.clustering import average_linkage
from linker.stories.evidence import Evidence, load_model, prepare
from linker.stories.neighbours import candidate_pairs, graph
from linker.stories.windows import Window
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


@lru_cache
def evidence(language: str) -> Evidence:
    """What linking compares of those articles."""
    records = list(Pile(seed=2, languages=LANGUAGES[language]).articles(ARTICLES))
    table = clean_input(records, RejectLog(), Stages(), None)
    return prepare(table, embed_articles(table, load_encoder()))


@lru_cache
def pairs(language: str) -> Any:
    """The candidates among them, int64 (p, 2)."""
    own = evidence(language)
    return candidate_pairs(own.vectors, own.documents, own.lang, Window(own.day, 3.0))


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
    assert len(found) == ARTICLES
    assert found.bands.max() <= band_shape(0.7).bands


@every_language
def test_bands(benchmark: Any, language: str) -> None:
    """Pairs that share a band, from sketches."""
    sketches = sketch(folded(language), 0.7)

    def search() -> Any:
        return shared_bucket_pairs(band_codes(sketches), BucketCounts())

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
def test_tokenising(benchmark: Any, language: str) -> None:
    """Strings to token ids."""
    wordpiece = WordPiece((MODEL / "tokenizer.json").read_bytes())
    _, offsets = benchmark(wordpiece.encode, texts(language))
    assert len(offsets) == ARTICLES + 1


@every_language
def test_pooling(benchmark: Any, language: str) -> None:
    """Token ids to vectors, of a matrix of numbers drawn at random."""
    wordpiece = WordPiece((MODEL / "tokenizer.json").read_bytes())
    ids, offsets = wordpiece.encode(texts(language))
    chance = np.random.default_rng(0)
    matrix = chance.integers(-32_767, 32_768, (wordpiece.size, 256), np.int16)
    vectors = np.zeros((ARTICLES, 256), np.float32)
    benchmark(pool, ids, offsets, matrix, vectors)
    assert np.isfinite(vectors).all()


@every_language
def test_encode(benchmark: Any, language: str) -> None:
    """Vectors of the shipped model."""
    encoder = load_encoder()
    shape = (ARTICLES, encoder.dimension)
    assert benchmark(encoder.encode, texts(language)).shape == shape


@every_language
def test_neighbours(benchmark: Any, language: str) -> None:
    """Candidates by meaning and by rare words."""
    own = evidence(language)
    found = benchmark(candidate_pairs, own.vectors, own.documents, own.lang, Window(own.day, 3.0))
    assert len(found)


@every_language
def test_evidence(benchmark: Any, language: str) -> None:
    """All features of the candidates."""
    assert len(benchmark(evidence(language).features, pairs(language))) == len(pairs(language))


@every_language
def test_clustering(benchmark: Any, language: str) -> None:
    """Candidates to stories, by average linkage."""
    own, model = evidence(language), load_model()
    odds = own.log_odds(pairs(language), own.features(pairs(language)), model)
    start, near = graph(pairs(language)[odds >= -1], len(own.day))
    nodes, weights = own.nodes(model)
    labels = benchmark(average_linkage, nodes, start, near, weights, 0.0)
    assert len(labels) == len(own.day)

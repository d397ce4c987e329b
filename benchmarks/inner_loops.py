"""The inner loops of linker with the work that each does, counted: what a roofline needs.

Each function below says what it counts and which limit applies. What is counted is the least that
the result takes, so that a share is never flattered by work that a better loop would not do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import limits
from benchmarks.limits import Limit, touch_rows, touch_spans
from benchmarks.searches import LINKER, SEARCHES
from linker.corpus import fold_articles
from linker.embedding import load_encoder
from linker.embedding.encoder import MODEL
from linker.embedding.pooling import pool
from linker.embedding.wordpiece import WordPiece
from linker.pipeline import clean_input
from linker.readers import RejectLog
from linker.reprints import signatures, sketch
from linker.reprints.bands import BucketCounts, shared_bucket_pairs
from linker.reprints.candidates import band_codes
from linker.reprints.shingles import hash_shingles, shingle_counts
from linker.reprints.signatures import PERMUTATIONS
from linker.stages import Stages
from linker.stories import embed_articles
from linker.stories.byte_kernel import lanes
from linker.stories.clustering import average_linkage
from linker.stories.evidence import (
    Evidence,
    load_model,
    prepare,
)
from linker.stories.linking import REACH
from linker.stories.neighbours import candidate_pairs, graph
from linker.stories.products import dense_products, sparse_products
from linker.stories.windows import Window
from linker.text import Words, word_hashes

WINDOW = 3.0
THRESHOLD = 0.7
_SHINGLE_PRODUCTS = 4
_PERMUTED = 3


@dataclass(frozen=True, slots=True)
class Loop:
    """One inner loop. amount: the work of a run in the unit of the limit that applies to it."""

    name: str
    counted: str
    amount: float
    limit: str
    job: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Articles:
    """Cleaned articles and what the stages make of them, which the loops start from."""

    texts: list[str]
    words: Words
    own: Evidence
    pairs: Any

    @property
    def window(self) -> Window:
        """Articles that are compared with each other."""
        return Window(self.own.day, WINDOW)


def read(records: Sequence[dict[str, Any]]) -> Articles:
    """Clean articles and prepare what is compared."""
    table = clean_input(list(records), RejectLog(), Stages(), None)
    own = prepare(table, embed_articles(table, load_encoder()))
    pairs = candidate_pairs(own.vectors, own.documents, own.lang, Window(own.day, WINDOW))
    words = fold_articles(table, threads=1)
    return Articles(table["text"].to_pylist(), words, own, pairs)


def inner_loops(articles: Articles) -> tuple[list[Loop], list[Limit]]:
    """All loops, and the limits that are of these articles: the rows that a loop must read."""
    plain = [folding, hashing_shingles, signing, tokenising, neighbours, sparse_evidence]
    loops = [make(articles) for make in plain]
    own_limits = []
    for make_pair in (bands, pooling, dense_evidence, clustering):
        loop, limit = make_pair(articles)
        loops.append(loop)
        own_limits.append(limit)
    return loops, own_limits


def folding(articles: Articles) -> Loop:
    """Strings to word hashes: one letter for each code point.

    A code point is looked up in a table, folded, and goes into the hash of its word, which waits
    for the letter before. Nothing is counted for the second pass, which finds the kinds of words,
    nor for the conversion from Python's strings.
    """
    letters = sum(map(len, articles.texts))
    return Loop(
        "folding and hashing", "code points", letters, limits.LETTERS,
        lambda: word_hashes(articles.texts, kinds=False),
    )  # fmt: skip


def hashing_shingles(articles: Articles) -> Loop:
    """Word hashes to shingle hashes: 4 products of 64 bits a shingle.

    2 to take a word in and one out, 2 to spread the bits; additions, shifts and xors go along.
    """
    amount = _SHINGLE_PRODUCTS * int(shingle_counts(articles.words.counts).sum())
    return Loop(
        "shingles", "products", amount, limits.INTEGERS_64,
        lambda: hash_shingles(articles.words),
    )  # fmt: skip


def signing(articles: Articles) -> Loop:
    """Word hashes to signatures: 3 operations of 32 bits a shingle and permutation.

    A multiplication, an addition and a minimum. The hashing of the shingles is part of the time
    and not counted.
    """
    amount = _PERMUTED * PERMUTATIONS * int(shingle_counts(articles.words.counts).sum())
    return Loop(
        "signatures", "operations", amount, limits.INTEGERS_32, lambda: signatures(articles.words)
    )


def tokenising(articles: Articles) -> Loop:
    """Strings to token ids: one letter for each code point.

    Each is looked up in a table. Where a word is not in the memory of words, the trie of the
    vocabulary is walked for it, and a step of that waits for the step before; nothing is counted
    for the two passes and the memory.
    """
    wordpiece = WordPiece((MODEL / "tokenizer.json").read_bytes())
    letters = sum(map(len, articles.texts))
    return Loop(
        "tokenising", "code points", letters, limits.LETTERS,
        lambda: wordpiece.encode(articles.texts),
    )  # fmt: skip


def neighbours(articles: Articles) -> Loop:
    """The nearest within the window: 2 d operations for each pair of rows that is compared.

    The selection of the nearest from the products is part of the time and not counted.
    """
    vectors, window, n = articles.own.vectors, articles.window, len(articles.own.vectors)
    compared = sum(
        (piece.end - piece.begin) * (piece.high - piece.low + n - piece.undated)
        for piece in window.pieces()
    )
    search = next(search for search in SEARCHES if search.name == LINKER)
    index = search.build(vectors, window)
    return Loop(
        "neighbours", "operations", 2 * vectors.shape[1] * compared,
        limits.BYTE_PRODUCTS if lanes() else limits.PRODUCTS,
        lambda: search.find(index, vectors, window),
    )  # fmt: skip


def sparse_evidence(articles: Articles) -> Loop:
    """Inner products of sparse rows: one look-up for each entry of the second row of a pair.

    The first one is laid out in a table, once for all pairs in a row that begin with it, which is
    not counted.
    """
    rows = articles.own.documents
    out = np.empty(len(articles.pairs), np.float32)
    entries = int(np.diff(rows.start)[articles.pairs[:, 1]].sum())
    return Loop(
        "evidence, sparse", "entries", entries, limits.LOOK_UPS,
        lambda: sparse_products(rows.start, rows.ids, rows.values, articles.pairs, out),
    )  # fmt: skip


def bands(articles: Articles) -> tuple[Loop, Limit]:
    """Band keys to pairs: one code for each text and band it has, held against sorting as many.

    The limit is numpy's sort of random numbers of 64 bits, a band's at a time.
    """
    sketches = sketch(articles.words, THRESHOLD)
    sizes = [len(codes) for codes in band_codes(sketches)]
    draw = np.random.default_rng(0).integers
    random = [draw(0, 1 << 63, size, np.uint64) for size in sizes]

    def search() -> object:
        return shared_bucket_pairs(band_codes(sketches), BucketCounts())

    name = "sorting codes"
    limit = Limit(
        name, f"numpy's sort of at most {max(sizes):,} random numbers of 64 bits", "codes",
        sum(sizes), lambda: [np.sort(codes) for codes in random],
    )  # fmt: skip
    return Loop("bands", "codes", sum(sizes), name, search), limit


def pooling(articles: Articles) -> tuple[Loop, Limit]:
    """Token ids to vectors: the 2 d bytes of the row of each token."""
    wordpiece = WordPiece((MODEL / "tokenizer.json").read_bytes())
    ids, offsets = wordpiece.encode(articles.texts)
    size = load_encoder().dimension
    matrix = np.random.default_rng(0).integers(-32_767, 32_768, (wordpiece.size, size), np.int16)
    vectors = np.zeros((len(articles.texts), size), np.float32)
    rows = ids.astype(np.int64)
    limit = _touching(
        "the rows of tokens", len(ids) * size * 2, lambda: touch_rows(matrix.ravel(), rows, size)
    )
    job = lambda: pool(ids, offsets, matrix.reshape(-1), vectors)  # noqa: E731
    return Loop("pooling", "bytes of rows", limit.amount, limit.name, job), limit


def dense_evidence(articles: Articles) -> tuple[Loop, Limit]:
    """Inner products of dense rows: the 4 d bytes of both rows of a pair."""
    vectors, pairs = articles.own.vectors, articles.pairs
    size = vectors.shape[1]
    flat, rows = vectors.ravel(), pairs.ravel()
    limit = _touching(
        "the dense rows of pairs", pairs.size * size * 4, lambda: touch_rows(flat, rows, size)
    )
    out = np.empty(len(pairs), np.float32)
    job = lambda: dense_products(vectors, pairs, out)  # noqa: E731
    return Loop("evidence, dense", "bytes of rows", limit.amount, limit.name, job), limit


def clustering(articles: Articles) -> tuple[Loop, Limit]:
    """Candidates to stories: each candidate pair is scored once, by the rows of its larger node.

    4 d bytes of its dense row and 12 of each entry of its sparse one. The scores of clusters that
    have merged, and the queue, are part of the time and not counted.
    """
    own, model = articles.own, load_model()
    odds = own.log_odds(articles.pairs, own.features(articles.pairs), model)
    candidates = articles.pairs[odds >= -REACH]
    start, near = graph(candidates, len(own.day))
    nodes, weights = own.nodes(model)
    scored, size = candidates[:, 1], own.vectors.shape[1]
    flat, values = own.vectors.ravel(), nodes.values.astype(np.float64)

    def touch() -> object:
        dense = touch_rows(flat, scored, size)
        return (
            dense,
            touch_spans(nodes.terms, nodes.start, scored),
            touch_spans(values, nodes.start, scored),
        )

    entries = int(np.diff(nodes.start)[scored].sum())
    limit = _touching("the rows of candidates", len(scored) * size * 4 + entries * 12, touch)
    job = lambda: average_linkage(nodes, start, near, weights, 0.0)  # noqa: E731
    return Loop("clustering", "bytes of rows", limit.amount, limit.name, job), limit


def _touching(name: str, amount: float, job: Callable[[], object]) -> Limit:
    """Reading one number of each cache line of the very rows that a loop needs, in its order."""
    return Limit(name, "one number of each cache line of these, in turn", "bytes", amount, job)

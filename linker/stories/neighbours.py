"""Which pairs are worth looking at: neighbours by meaning and by rare words, within the window."""

from __future__ import annotations

import itertools

import numpy as np

from linker.arrays import FloatArray, IntArray
from linker.stories.by_meaning import near_by_meaning
from linker.stories.by_words import near_by_words
from linker.stories.terms import Terms
from linker.stories.windows import Window


def candidate_pairs(
    vectors: FloatArray, documents: Terms, lang: IntArray, window: Window, threads: int = 1
) -> IntArray:
    """Pairs int64 (p, 2) with the smaller row first, sorted, each once.

    `vectors` float32 (n, d) of unit length; `documents` TF-IDF rows; `lang` int64 (n,).
    """
    n = len(vectors)
    found = itertools.chain(
        near_by_meaning(vectors, lang, window, threads), near_by_words(documents, window, threads)
    )
    keys = np.concatenate([np.empty(0, np.int64), *(_keys(pairs, n) for pairs in found)])
    keys.sort()
    new = np.ones(len(keys), np.bool_)
    new[1:] = keys[1:] != keys[:-1]
    low, high = np.divmod(keys[new], max(n, 1))
    return np.stack([low, high], axis=1)


def _keys(pairs: IntArray, n: int) -> IntArray:
    """Each pair of two rows as low * n + high."""
    a, b = pairs[:, 0], pairs[:, 1]
    keys: IntArray = np.minimum(a, b) * n + np.maximum(a, b)
    return keys


def graph(pairs: IntArray, n: int) -> tuple[IntArray, IntArray]:
    """Sorted pairs as ascending rows of neighbours in both directions: starts (n + 1,), rows."""
    # The smaller neighbours of a row come first, and a stable order leaves all as they are.
    both = np.concatenate([pairs[:, ::-1], pairs])
    order = np.argsort(both[:, 0], kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=n))])
    return start.astype(np.int64), np.ascontiguousarray(both[order, 1])

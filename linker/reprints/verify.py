"""Exact similarity: what a candidate pair really shares."""

from __future__ import annotations

import numpy as np

from linker.arrays import FloatArray, IntArray
from linker.reprints.shingles import hash_shingles, shingle_sets
from linker.text import Words


def pair_similarity(words: Words, pairs: IntArray) -> tuple[FloatArray, FloatArray]:
    """Exact Jaccard and containment of the shingle sets of pairs of texts.

    pairs: int64 (p, 2) of text numbers. Returns two float32 (p,) arrays. Containment is the share
    of the smaller set that the other holds. An empty text is like nothing: 0.
    """
    from linker.reprints.kernels import fill_similarity

    rows, inverse = np.unique(pairs, return_inverse=True)
    sets = shingle_sets(hash_shingles(words).take(rows.astype(np.int64)))
    jaccard = np.empty(len(pairs), np.float32)
    containment = np.empty(len(pairs), np.float32)
    numbered = inverse.reshape(-1, 2).astype(np.int64)
    fill_similarity(sets, numbered, jaccard, containment)
    return jaccard, containment

"""The last touch to a trained matrix: a text is not decided by one token, nor by what all share.

Training makes the vectors of telling tokens long; in a short text one of them outweighs the rest,
and two reports of one event that word it differently fall apart. So common tokens are turned down
(Arora et al. 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings"), as are the
directions in which all texts vary most (Su et al. 2021, "Whitening Sentence Representations"), and
long vectors are shortened. All of it is part of the token matrix afterwards: pooling is a mean, and
a linear map of a mean is the mean of the mapped.
"""

from __future__ import annotations

import numpy as np
from cells import Cells

COMMON = 0.12  # a token counts (its share of all tokens) ** -COMMON
WHITENING = 0.35  # a direction counts (its variance) ** -WHITENING; 0.5 would make all alike
LENGTH = 0.45  # then a token counts (the length of its vector) ** -LENGTH
SAMPLE = 20_000  # texts that the directions are measured on
SHORTEST = 8  # tokens; word lists say little about texts
STRIDE = 7  # one in so many tokens is counted


def shape(matrix: np.ndarray, cells: Cells, seed: int) -> np.ndarray:
    """The matrix to ship, float32 (tokens, d), of one as trained."""
    return _shorten(_whiten(_turn_down_common(matrix, cells), cells, seed))


def _turn_down_common(matrix: np.ndarray, cells: Cells) -> np.ndarray:
    counts = np.bincount(cells.ids[::STRIDE].astype(np.int64), minlength=len(matrix)) + 1.0
    factors = (counts / counts.sum()) ** -COMMON
    return matrix * factors[:, None].astype(np.float32)


def _shorten(matrix: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True) + 1e-6
    return (matrix * lengths**-LENGTH).astype(np.float32)


def _whiten(matrix: np.ndarray, cells: Cells, seed: int) -> np.ndarray:
    texts = _sample_texts(matrix, cells, seed)
    texts -= texts.mean(axis=0)
    variances, directions = np.linalg.eigh(texts.T @ texts / len(texts))
    least = 1e-3 * variances.mean()  # a direction without any variance stays finite
    scales = (variances + least) ** -WHITENING
    return (matrix @ (directions * scales) @ directions.T).astype(np.float32)


def _sample_texts(matrix: np.ndarray, cells: Cells, seed: int) -> np.ndarray:
    """Unit vectors of some texts of the tables, float64 (n, d)."""
    lengths = np.diff(cells.offsets)
    long = np.flatnonzero(lengths >= min(SHORTEST, int(lengths.max())))
    chosen = np.random.default_rng(seed).permutation(long)[:SAMPLE]
    means = np.stack(
        [matrix[cells.ids[cells.offsets[i] : cells.offsets[i + 1]]].mean(axis=0) for i in chosen]
    ).astype(np.float64)
    norms = np.linalg.norm(means, axis=1, keepdims=True)
    return means / np.where(norms > 0, norms, 1)

"""Mean pooling in whole numbers: the same bits on any processor, batch size and thread count.

Sums of float32 depend on their order, and so on how a batch was cut. Here a token's vector is
int16 under one scale for the whole matrix; sums of them are exact, and the scale and the number of
tokens cancel when the sum is brought to norm 1.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

BLOCK: Final = 32_768  # tokens whose int16 vectors surely fit an int32 sum: 2**15 * 2**15 < 2**31
LARGEST = 32_767


def quantise(matrix: NDArray[np.float16]) -> NDArray[np.int16]:
    """Round a float16 matrix to int16, its largest entry to +-32767."""
    patterns = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float64)
    largest = float(np.abs(matrix).max()) or 1.0
    finite = np.where(np.abs(patterns) <= largest, patterns, 0.0)
    table = np.rint(finite * (LARGEST / largest)).astype(np.int16)
    return table[matrix.view(np.uint16)]


def pool_plain(
    ids: NDArray[np.uint32], offsets: NDArray[np.int64], matrix: NDArray[np.int16]
) -> NDArray[np.float32]:
    """What `pool` computes, in NumPy."""
    vectors = np.zeros((len(offsets) - 1, matrix.shape[1]), np.float32)
    for text, vector in enumerate(vectors):
        rows = matrix[ids[offsets[text] : offsets[text + 1]]]
        total = rows.sum(axis=0, dtype=np.int64).astype(np.float64)
        norm = np.sqrt(np.add.accumulate(total * total)[-1])  # accumulate adds from left to right
        if norm > 0:
            vector[:] = total / norm
    return vectors


@njit(cache=True, nogil=True)
def pool(ids: Any, offsets: Any, matrix: Any, vectors: Any) -> None:
    """Sum the int16 vectors of each text's tokens and bring the sum to norm 1.

    ids: uint32 (tokens,); offsets: int64 (n + 1,); matrix: int16 (vocabulary, d);
    vectors: float32 (n, d), written; a row without tokens, or of sum 0, becomes 0.
    """
    dimension = matrix.shape[1]
    part = np.empty(dimension, np.int32)
    total = np.empty(dimension, np.int64)
    for text in range(len(offsets) - 1):
        total[:] = 0
        for begin in range(offsets[text], offsets[text + 1], BLOCK):
            part[:] = 0
            for token in range(begin, min(begin + BLOCK, offsets[text + 1])):
                row = matrix[ids[token]]
                for place in range(dimension):
                    part[place] += np.int32(row[place])
            for place in range(dimension):
                total[place] += part[place]
        squares = 0.0
        for place in range(dimension):
            squares += np.float64(total[place]) * np.float64(total[place])
        norm = np.sqrt(squares)
        for place in range(dimension):
            vectors[text, place] = np.float32(total[place] / norm) if norm > 0 else 0.0

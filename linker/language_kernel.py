"""The compiled walk of py3langid's automaton over many texts (its own code is the plain twin)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def classify(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    moves: NDArray[np.uint32],
    rows: NDArray[np.int64],
    outputs: NDArray[np.int32],
    weights: NDArray[np.float32],
    prior: NDArray[np.float32],
) -> Any:
    """The best class of each text, int64 (n,); the number of classes where no feature was met.

    Text i is data[offsets[i]:offsets[i + 1]]. A class scores its prior plus, a feature met c
    times, log(1 + c) times the feature's weight.
    """
    classes = prior.shape[0]
    best = np.empty(offsets.shape[0] - 1, np.int64)
    counts = np.zeros(weights.shape[0], np.int32)
    met = np.empty(weights.shape[0], np.int32)
    scores = np.empty(classes, np.float32)
    for text in range(best.shape[0]):
        found = 0
        state = np.int64(0)
        for position in range(offsets[text], offsets[text + 1]):
            state = np.int64(moves[rows[state] + data[position]])
            feature = outputs[state]
            if feature >= 0:
                if counts[feature] == 0:
                    met[found] = feature
                    found += 1
                counts[feature] += 1
        scores[:] = prior
        for index in range(found):
            feature = met[index]
            factor = np.float32(np.log1p(np.float32(counts[feature])))
            counts[feature] = 0
            for j in range(classes):
                scores[j] += factor * weights[feature, j]
        best[text] = np.argmax(scores) if found else classes
    return best

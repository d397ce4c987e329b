"""The compiled walk of py3langid's automaton over many texts (its own code is the plain twin)."""

from __future__ import annotations

from typing import Any

import numpy as np

from linker.arrays import ByteArray, FloatArray, Int32Array, IntArray, Uint32Array
from linker.jit import njit

_ABREAST = 16  # texts


@njit
def classify(
    data: ByteArray,
    offsets: IntArray,
    moves: Uint32Array,
    rows: IntArray,
    outputs: Int32Array,
    weights: FloatArray,
    prior: FloatArray,
) -> Any:
    """The best class of each text, int64 (n,); the number of classes where no feature was met.

    Text i is data[offsets[i]:offsets[i + 1]]. A class scores its prior plus, a feature met c
    times, log(1 + c) times the feature's weight.
    """
    texts = offsets.shape[0] - 1
    best = np.empty(texts, np.int64)
    longest = np.int64(0)
    for text in range(texts):
        longest = max(longest, offsets[text + 1] - offsets[text])
    features = np.empty((_ABREAST, longest), np.int32)
    counts = np.zeros(weights.shape[0], np.int32)
    scores = np.empty(prior.shape[0], np.float32)
    for first in range(0, texts, _ABREAST):
        last = min(first + _ABREAST, texts)
        _walk(data, offsets, first, last, moves, rows, outputs, features)
        for text in range(first, last):
            size = offsets[text + 1] - offsets[text]
            best[text] = _best(features[text - first], size, weights, prior, counts, scores)
    return best


@njit
def _walk(
    data: ByteArray,
    offsets: IntArray,
    first: int,
    last: int,
    moves: Uint32Array,
    rows: IntArray,
    outputs: Int32Array,
    features: Int32Array,
) -> None:
    """features[i, p]: the feature that ends at byte p of text first + i, -1 for none.

    Every step waits for a table that no cache holds; texts that walk abreast wait together.
    """
    states = np.zeros(features.shape[0], np.int64)
    for place in range(features.shape[1]):
        for text in range(first, last):
            position = offsets[text] + place
            if position < offsets[text + 1]:
                state = np.int64(moves[rows[states[text - first]] + data[position]])
                features[text - first, place] = outputs[state]
                states[text - first] = state


@njit
def _best(
    features: Int32Array,
    size: int,
    weights: FloatArray,
    prior: FloatArray,
    counts: Int32Array,
    scores: FloatArray,
) -> Any:
    """The best class by the first `size` features; `counts` is zero before and after.

    Plain loops: slices and argmax take seconds to compile.
    """
    met = np.empty(size, np.int32)
    found = 0
    for place in range(size):
        feature = features[place]
        if feature >= 0:
            if counts[feature] == 0:
                met[found] = feature
                found += 1
            counts[feature] += 1
    classes = scores.shape[0]
    for label in range(classes):
        scores[label] = prior[label]
    for index in range(found):
        feature = met[index]
        factor = np.float32(np.log1p(np.float32(counts[feature])))
        counts[feature] = 0
        for label in range(classes):
            scores[label] += factor * weights[feature, label]
    top = 0
    for label in range(1, classes):
        if scores[label] > scores[top]:
            top = label
    return top if found else classes

"""Vectors centred by language.

A mean-pooled vector keeps something of its language. The mean vector of the language is taken
off, so that a cosine means the same within a language and across two.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linker.arrays import FloatArray, IntArray
from linker.jit import bare, njit
from linker.stories.background import PSEUDO_VECTORS, Background


def language_means(
    vectors: FloatArray,
    lang: IntArray,
    languages: list[str],
    background: Background,
    encoder: str,
) -> FloatArray:
    """The mean vector of each language, float32 (languages, d).

    It is that of this run, blended with the background as if it had been seen on
    `PSEUDO_VECTORS` texts; without a background the run's own mean counts by its size alone.
    """
    totals, counts = _totals(vectors, lang, len(languages))
    for i, code in enumerate(languages):
        usual = background.centre(code, encoder)
        if usual is not None:
            totals[i] += PSEUDO_VECTORS * usual
    means: FloatArray = (totals / (counts[:, None] + PSEUDO_VECTORS)).astype(np.float32)
    return means


@njit
def _totals(vectors: Any, lang: Any, languages: int) -> Any:
    """The sum of the rows of each language, float64, and how many of them are not 0."""
    totals = np.zeros((languages, vectors.shape[1]))
    counts = np.zeros(languages, np.int64)
    for row in range(len(vectors)):
        held = False
        for d in range(vectors.shape[1]):
            held |= vectors[row, d] != 0
            totals[lang[row], d] += vectors[row, d]
        counts[lang[row]] += held
    return totals, counts


@bare
def take_off(vectors: Any, lang: Any, means: Any, out: Any) -> None:
    """Write unit rows to `out`, after taking off the mean of each row's language; of 0 stay 0."""
    for row in range(len(vectors)):
        held = False
        length = 0.0
        for d in range(vectors.shape[1]):
            held |= vectors[row, d] != 0
            out[row, d] = vectors[row, d] - means[lang[row], d]
            length += out[row, d] * out[row, d]
        factor = np.float32(1.0 / np.sqrt(length)) if held and length > 0 else np.float32(0.0)
        for d in range(vectors.shape[1]):
            out[row, d] *= factor


@bare
def add_units(vectors: Any, others: Any, factor: Any) -> None:
    """Make each row of `vectors` float32 (n, d) the unit sum of it and `factor` of the other's."""
    for row in range(len(vectors)):
        length = 0.0
        for d in range(vectors.shape[1]):
            vectors[row, d] += factor * others[row, d]
            length += vectors[row, d] * vectors[row, d]
        scale = np.float32(1.0 / np.sqrt(length)) if length > 0 else np.float32(0.0)
        for d in range(vectors.shape[1]):
            vectors[row, d] *= scale

"""TF-IDF rows of unit length."""

from __future__ import annotations

from typing import Any

import numpy as np

from linker.arrays import FloatArray
from linker.jit import njit
from linker.stories.terms import Terms


def weigh(terms: Terms, idf: FloatArray) -> Terms:
    """Rows of unit length (or empty): log(1 + tf) · idf, `idf` float32 an entry of `terms`.

    Sublinear term frequency and cosine normalisation: Manning, Raghavan and Schütze 2008, 6.4.
    """
    values = np.log1p(terms.values)
    values *= idf
    return scale(terms, values)


def scale(terms: Terms, values: FloatArray) -> Terms:
    """The same terms with these values, each row scaled to unit length."""
    return Terms(terms.start, terms.ids, _unit_rows(terms.start, values))


@njit
def _unit_rows(start: Any, values: Any) -> Any:
    """Values float32 (m,), those of each row divided by its norm; a row of zeros stays."""
    scaled = np.empty(len(values), np.float32)
    for row in range(len(start) - 1):
        squares = 0.0
        for i in range(start[row], start[row + 1]):
            squares += np.float64(values[i]) ** 2
        norm = np.sqrt(squares) if squares > 0.0 else 1.0
        for i in range(start[row], start[row + 1]):
            scaled[i] = values[i] / norm
    return scaled

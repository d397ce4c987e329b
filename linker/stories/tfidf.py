"""TF-IDF rows of unit length."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linker.stories.terms import Terms


def weigh(terms: Terms, idf: npt.NDArray[np.float32]) -> Terms:
    """Rows of unit length (or empty): log(1 + tf) · idf, `idf` float32 an entry of `terms`.

    Sublinear term frequency and cosine normalisation: Manning, Raghavan and Schütze 2008, 6.4.
    """
    values = np.log1p(terms.values) * idf
    return scale(terms, values)


def scale(terms: Terms, values: npt.NDArray[np.floating]) -> Terms:
    """The same terms with these values, each row scaled to unit length."""
    rows = terms.rows()
    norm = np.sqrt(np.bincount(rows, values.astype(np.float64) ** 2, minlength=len(terms)))
    norm[norm == 0.0] = 1.0
    return Terms(terms.start, terms.ids, (values / norm[rows]).astype(np.float32))

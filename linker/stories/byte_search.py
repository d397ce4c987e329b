"""The nearest vectors within the time window, by products of bytes."""

from __future__ import annotations

from typing import Final

import numpy as np

from linker.arrays import FloatArray, IntArray
from linker.stories.byte_kernel import (
    LARGEST,
    PANEL,
    Fields,
    Panels,
    fill_panels,
    look_at_rows,
    nearest_rows,
)
from linker.stories.windows import Piece, Window
from linker.threads import for_each

#: Panels that are filled at a time.
_PANELS: Final = 256
#: Rows whose largest components are looked at at a time.
_ROWS: Final = 4096
#: Bytes hold components that are so many times as large as the largest of this share of the rows.
_BEYOND, _HELD = 1.25, 0.99


class ByteSearch:
    """Vectors, rounded to bytes in panels.

    All have one scale, that of the largest component; but a row that is unlike all others must not
    make these coarse, and has its largest components cut. Where the largest of unit vectors is a
    third, rounding moves a cosine by .001; the vectors themselves decide among the nearest. Rows
    lie language by language, each in its order, so that what is in the window, or in it and
    not in one language, is a few runs of panels.
    """

    def __init__(self, vectors: FloatArray, lang: IntArray, window: Window, threads: int) -> None:
        n, size = vectors.shape
        order = np.argsort(lang, kind="stable")
        place = np.empty(n, np.int64)
        place[order] = np.arange(n)
        quads, panels = -(-size // 4), -(-n // PANEL)
        values = np.full(panels * PANEL * 4 * quads, LARGEST + 1, np.uint8)
        held, longest = _held(vectors, threads)
        scale = LARGEST / held

        def fill(first: int) -> None:
            last = min(first + _PANELS, panels)
            fill_panels(vectors, order, scale, first, last, values)

        for_each(fill, range(0, panels, _PANELS), threads)
        self._panels = Panels(values, order, place, quads, longest * scale**2)
        self._fields = Fields(vectors, lang, window.day, window.days, window.beyond)
        self._codes = np.unique(lang)
        self._keys = lang[order] * (n + 1) + order

    def near(self, rows: IntArray, piece: Piece, k: int) -> IntArray:
        """The k nearest of each of `rows` of a piece, pairs int64 (p, 2)."""
        return self._near(rows, piece, self._codes, -1, k)

    def near_elsewhere(self, rows: IntArray, piece: Piece, code: int, k: int) -> IntArray:
        """The same among the articles that are not in the language `code`, which the rows are."""
        return self._near(rows, piece, self._codes[self._codes != code], code, k)

    def _near(self, rows: IntArray, piece: Piece, codes: IntArray, avoid: int, k: int) -> IntArray:
        among = self._among(piece, codes)
        pairs: IntArray = nearest_rows(self._panels, self._fields, rows, among, avoid, k)
        return pairs

    def _among(self, piece: Piece, codes: IntArray) -> IntArray:
        """The panels with articles that a piece is compared with, in some languages."""
        n = len(self._keys)
        edges = np.array([piece.low, piece.high, piece.undated, n])
        places = np.searchsorted(self._keys, codes[:, None] * (n + 1) + edges).reshape(-1, 2)
        held = np.zeros(-(-n // PANEL), np.bool_)
        for low, high in places[places[:, 0] < places[:, 1]].tolist():
            held[low // PANEL : -(-high // PANEL)] = True
        return np.flatnonzero(held)


def _held(vectors: FloatArray, threads: int) -> tuple[float, float]:
    """The largest component that bytes are to hold, and the square of the longest vector.

    1 where there is none.
    """
    largest, squares = np.zeros(len(vectors), np.float32), np.zeros(len(vectors))

    def look(first: int) -> None:
        last = min(first + _ROWS, len(vectors))
        look_at_rows(vectors, first, last, largest, squares)

    for_each(look, range(0, len(vectors), _ROWS), threads)
    known = np.isfinite(squares) & (largest > 0)
    if not known.any():
        return 1.0, 1.0
    usual = float(np.quantile(largest[known], _HELD, method="lower"))
    return min(float(largest[known].max()), _BEYOND * usual), float(squares[known].max())

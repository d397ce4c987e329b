"""The nearest vectors within the time window, by products of bytes."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from linker.stories.byte_kernel import PANEL, Fields, Panels, fill_panels, nearest_rows
from linker.stories.windows import Piece, Window
from linker.threads import for_each

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]

#: Panels that are filled at a time.
_PANELS: Final = 256
_LARGEST: Final = 127


class ByteSearch:
    """Vectors, rounded to bytes in panels.

    The rounding is of one scale for all components, that of the largest: with n vectors of unit
    length it moves a cosine by some .002, and the vectors themselves decide among the nearest.
    Rows lie language by language, each in its order, so that what is in the window, or in it and
    not in one language, is a few runs of panels.
    """

    def __init__(self, vectors: FloatArray, lang: IntArray, window: Window, threads: int) -> None:
        n, size = vectors.shape
        order = np.argsort(lang, kind="stable")
        place = np.empty(n, np.int64)
        place[order] = np.arange(n)
        quads, panels = -(-size // 4), -(-n // PANEL)
        values = np.full(panels * PANEL * 4 * quads, _LARGEST + 1, np.uint8)
        largest = max(vectors.max(initial=0.0), -vectors.min(initial=0.0))
        scale = _LARGEST / float(largest or 1.0)

        def fill(first: int) -> None:
            last = min(first + _PANELS, panels)
            fill_panels(vectors, order, scale, first, last, values)

        for_each(fill, range(0, panels, _PANELS), threads)
        self._panels = Panels(values, order, place, quads)
        self._fields = Fields(vectors, lang, window.day, window.days)
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

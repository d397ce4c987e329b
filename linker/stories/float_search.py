"""The nearest vectors within the time window, by brute force with FAISS."""

from __future__ import annotations

from typing import Final

import numpy as np

from linker.arrays import BoolArray, FloatArray, IntArray
from linker.stories.nearest import nearest
from linker.stories.windows import Piece, Window

#: FAISS knows no window and is asked for this many times as many: a piece of rows spans up to a
#: day, so that some of what is near a row lies outside of its window.
_SPARE: Final = 1.25


class FloatSearch:
    """Vectors float32 (n, d) as they are; `lang` int64 (n,)."""

    def __init__(self, vectors: FloatArray, lang: IntArray, window: Window) -> None:
        self._vectors, self._lang, self._window = vectors, lang, window

    def near(self, rows: IntArray, piece: Piece, k: int) -> IntArray:
        """The k nearest of each of `rows` of a piece, pairs int64 (p, 2)."""
        return self._near(rows, self._among(piece), k)

    def near_elsewhere(self, rows: IntArray, piece: Piece, code: int, k: int) -> IntArray:
        """The same among the articles that are not in the language `code`, which the rows are."""
        among = self._among(piece)
        return self._near(rows, among[self._lang[among] != code], k)

    def _among(self, piece: Piece) -> IntArray:
        undated = np.arange(piece.undated, len(self._vectors))
        return np.concatenate([np.arange(piece.low, piece.high), undated])

    def _near(self, rows: IntArray, among: IntArray, k: int) -> IntArray:
        """Rows that find too few within the window ask again, half of them at a time.

        The fewer there are, the less lies outside of their windows; for one row alone nothing does.
        """
        if not len(rows):
            return np.empty((0, 2), np.int64)
        among = among[self._around(rows, among)]
        asked = min(int(_SPARE * k) + 1, len(among))
        if not asked:
            return np.empty((0, 2), np.int64)
        at = nearest(self._taken(rows), self._taken(among), asked)
        pairs = np.stack([np.repeat(rows, asked), among[at.ravel()]], axis=1)
        inside = self._window.holds(pairs) & (pairs[:, 0] != pairs[:, 1])
        rank = np.cumsum(inside.reshape(at.shape), axis=1)
        short = (rank[:, -1] < k) & (asked < len(among)) & (len(rows) > 1)
        near = pairs[inside & (rank <= k).ravel() & ~np.repeat(short, asked)]
        halves = np.array_split(rows[short], 2)
        return np.concatenate([near, *(self._near(half, among, k) for half in halves)])

    def _around(self, rows: IntArray, among: IntArray) -> BoolArray:
        """Which of `among` are within the window of any of `rows`, which ascend."""
        window, times = self._window, self._window.day[among]
        first, last = window.day[rows[0]], window.day[rows[-1]]
        apart = (times < first - window.days) | (times > last + window.days)
        beside = (times > last - window.beyond) & (times < first + window.beyond)
        around: BoolArray = ~(apart | beside)
        return around

    def _taken(self, rows: IntArray) -> FloatArray:
        """The vectors of ascending `rows`, without a copy where these are in one piece."""
        if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
            return self._vectors[rows[0] : rows[-1] + 1]
        taken: FloatArray = self._vectors[rows]
        return taken

"""Neighbours by meaning: the nearest vectors within the time window, found by FAISS."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from linker.stories.nearest import nearest
from linker.stories.windows import Window
from linker.threads import ordered_map

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]

#: Neighbours of an article among all languages, and once more among the other languages only, so
#: that a crowd of articles in its own language cannot hide a translation.
NEAREST = 24
NEAREST_ELSEWHERE = 10
#: FAISS knows no window and is asked for this many times as many: a piece of rows spans up to a
#: day, so that some of what is near a row lies outside of its window.
SPARE = 1.25


def near_by_meaning(
    vectors: FloatArray, lang: IntArray, window: Window, threads: int = 1
) -> Iterator[IntArray]:
    """Pairs int64 (p, 2) of a row and a neighbour within the window, piece by piece.

    `vectors` float32 (n, d) of unit length; `lang` int64 (n,).
    """

    def find(piece: tuple[IntArray, IntArray]) -> IntArray:
        rows, among = piece
        near = _nearest(vectors, rows, among, NEAREST, window)
        return np.concatenate([near, *_elsewhere(vectors, lang, rows, among, near, window)])

    return ordered_map(find, window.pieces(), threads)


def near_in_any_language(
    vectors: FloatArray, window: Window, threads: int = 1
) -> Iterator[IntArray]:
    """The same by the search among all languages alone."""
    return ordered_map(
        lambda piece: _nearest(vectors, *piece, NEAREST, window), window.pieces(), threads
    )


def _elsewhere(
    vectors: FloatArray,
    lang: IntArray,
    rows: IntArray,
    among: IntArray,
    near: IntArray,
    window: Window,
) -> Iterator[IntArray]:
    """The nearest in other languages, for the rows that do not have enough of these `near` them.

    Whoever has NEAREST_ELSEWHERE of them among the nearest of all has the nearest of them.
    """
    foreign = near[lang[near[:, 0]] != lang[near[:, 1]], 0]
    found = np.bincount(np.searchsorted(rows, foreign), minlength=len(rows))
    wanting = rows[found < NEAREST_ELSEWHERE]
    for code in np.unique(lang[wanting]):
        elsewhere = among[lang[among] != code]
        if len(elsewhere):
            own = wanting[lang[wanting] == code]
            yield _nearest(vectors, own, elsewhere, NEAREST_ELSEWHERE, window)


def _nearest(
    vectors: FloatArray, rows: IntArray, among: IntArray, k: int, window: Window
) -> IntArray:
    """For each of `rows` the `k` nearest `among` other rows, by inner product; brute force."""
    asked = min(int(SPARE * k) + 1, len(among))
    at = nearest(_taken(vectors, rows), _taken(vectors, among), asked)
    pairs = np.stack([np.repeat(rows, asked), among[at.ravel()]], axis=1)
    inside = window.holds(pairs) & (pairs[:, 0] != pairs[:, 1])
    rank = np.cumsum(inside.reshape(at.shape), axis=1).ravel()
    near: IntArray = pairs[inside & (rank <= k)]
    return near


def _taken(vectors: FloatArray, rows: IntArray) -> FloatArray:
    """The vectors of ascending `rows`, without a copy where these are in one piece."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return vectors[rows[0] : rows[-1] + 1]
    taken: FloatArray = vectors[rows]
    return taken

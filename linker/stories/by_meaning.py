"""Neighbours by meaning: the nearest vectors within the time window, found by FAISS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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


@dataclass(frozen=True)
class _Search:
    """For each of `rows`, the `k` nearest `among` other rows."""

    rows: IntArray
    among: IntArray
    k: int


def near_by_meaning(
    vectors: FloatArray, lang: IntArray, window: Window, threads: int = 1
) -> Iterator[IntArray]:
    """Pairs int64 (p, 2) of a row and a neighbour within the window, piece by piece.

    `vectors` float32 (n, d) of unit length; `lang` int64 (n,).
    """
    # FAISS's own threads mostly wait for one another: each search is on one.
    return _nearest(vectors, _searches(lang, window), window, threads)


def near_in_any_language(
    vectors: FloatArray, window: Window, threads: int = 1
) -> Iterator[IntArray]:
    """The same by the search among all languages alone."""
    return _nearest(vectors, _among_all(window), window, threads)


def _among_all(window: Window) -> Iterator[_Search]:
    for rows, among in window.pieces():
        yield _Search(rows, among, NEAREST)


def _searches(lang: IntArray, window: Window) -> Iterator[_Search]:
    """Among all languages, and for each language of a piece among the other languages."""
    for rows, among in window.pieces():
        yield _Search(rows, among, NEAREST)
        for code in np.unique(lang[rows]):
            elsewhere = among[lang[among] != code]
            if len(elsewhere):
                yield _Search(rows[lang[rows] == code], elsewhere, NEAREST_ELSEWHERE)


def _nearest(
    vectors: FloatArray, searches: Iterator[_Search], window: Window, threads: int
) -> Iterator[IntArray]:
    """By inner product; exact (brute force)."""
    import faiss

    def find(search: _Search) -> IntArray:
        faiss.omp_set_num_threads(1)  # which is a thread's own setting
        asked = min(int(SPARE * search.k) + 1, len(search.among))
        own, others = _taken(vectors, search.rows), _taken(vectors, search.among)
        _, at = faiss.knn(own, others, asked, metric=faiss.METRIC_INNER_PRODUCT)
        pairs = np.stack([np.repeat(search.rows, asked), search.among[at.ravel()]], axis=1)
        inside = window.holds(pairs) & (pairs[:, 0] != pairs[:, 1])
        rank = np.cumsum(inside.reshape(at.shape), axis=1).ravel()
        nearest: IntArray = pairs[inside & (rank <= search.k)]
        return nearest

    return ordered_map(find, searches, threads)


def _taken(vectors: FloatArray, rows: IntArray) -> FloatArray:
    """The vectors of ascending `rows`, without a copy where these are in one piece."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return vectors[rows[0] : rows[-1] + 1]
    taken: FloatArray = vectors[rows]
    return taken

"""Which pairs are worth looking at: neighbours by meaning (FAISS) and by rare words.

Both searches keep inside the time window. A search by meaning is made among all languages and
once more among the other languages only, so that a crowd of articles in the same language cannot
hide a translation.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from linker.jit import njit
from linker.stories.terms import Terms
from linker.threads import ordered_map

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]

NEAREST = 24
NEAREST_ELSEWHERE = 10
NEAREST_BY_WORDS = 16
RARE_TERMS = 16
COMMON = 256
BLOCK = 4096
#: Rows that are searched from at a time.
ROWS = 1024


@dataclass(frozen=True)
class Window:
    """Times of n nodes in days, float64, ascending with the unknown (NaN) last; `days` wide."""

    day: npt.NDArray[np.float64]
    days: float

    @property
    def dated(self) -> int:
        """How many nodes have a time: they come first."""
        return int(np.count_nonzero(~np.isnan(self.day)))

    def blocks(self) -> Iterator[tuple[IntArray, IntArray]]:
        """Rows to search from, and the rows to search among; together they cover every pair.

        Undated rows are in every window. A block of dated rows spans at most a day, so that few
        of the rows it is compared with lie outside of the window of one of them.
        """
        undated = np.arange(self.dated, len(self.day))
        begin = 0
        while begin < self.dated:
            end = min(
                begin + BLOCK, int(np.searchsorted(self.day[: self.dated], self.day[begin] + 1))
            )
            end = max(end, begin + 1)
            low = np.searchsorted(self.day[: self.dated], self.day[begin] - self.days)
            high = np.searchsorted(self.day[: self.dated], self.day[end - 1] + self.days, "right")
            yield np.arange(begin, end), np.concatenate([np.arange(low, high), undated])
            begin = end
        for begin in range(self.dated, len(self.day), BLOCK):
            yield np.arange(begin, min(begin + BLOCK, len(self.day))), np.arange(len(self.day))

    def holds(self, pairs: IntArray) -> npt.NDArray[np.bool_]:
        """Whether each pair (p, 2) lies within the window; an unknown time always does."""
        gap = np.abs(self.day[pairs[:, 0]] - self.day[pairs[:, 1]])
        return ~(gap > self.days)


@dataclass(frozen=True)
class _Search:
    """For each of `rows`, the `k` nearest `among` other rows."""

    rows: IntArray
    among: IntArray
    k: int


def candidate_pairs(
    vectors: FloatArray, documents: Terms, lang: IntArray, window: Window, threads: int = 1
) -> IntArray:
    """Pairs int64 (p, 2) with the smaller row first, sorted, each once.

    `vectors` float32 (n, d) of unit length; `documents` TF-IDF rows; `lang` int64 (n,).
    """
    n = len(vectors)

    def keys(search: _Search | None) -> IntArray:
        if search is None:
            return _keys(_by_words(documents, window), n, window)
        return _keys(_nearest(vectors, search), n, window)

    # Each search is on one thread: FAISS's own threads mostly wait for one another.
    searches = itertools.chain([None], _searches(lang, window))
    found = np.unique(np.concatenate(list(ordered_map(keys, searches, threads))))
    return np.stack([found // n, found % n], axis=1) if n else np.empty((0, 2), np.int64)


def _searches(lang: IntArray, window: Window) -> Iterator[_Search]:
    """Among all languages, and for each language of a block among the other languages."""
    for rows, among in window.blocks():
        for begin in range(0, len(rows), ROWS):
            yield _Search(rows[begin : begin + ROWS], among, NEAREST)
        for code in np.unique(lang[rows]):
            elsewhere = among[lang[among] != code]
            if len(elsewhere):
                yield _Search(rows[lang[rows] == code], elsewhere, NEAREST_ELSEWHERE)


def graph(pairs: IntArray, n: int) -> tuple[IntArray, IntArray]:
    """Sorted pairs as ascending rows of neighbours in both directions: starts (n + 1,), rows."""
    # The smaller neighbours of a row come first, and a stable order leaves all as they are.
    both = np.concatenate([pairs[:, ::-1], pairs])
    order = np.argsort(both[:, 0], kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=n))])
    return start.astype(np.int64), np.ascontiguousarray(both[order, 1])


def _keys(pairs: IntArray, n: int, window: Window) -> IntArray:
    """Each pair of two rows within the window as low * n + high, sorted, each once."""
    low = np.minimum(pairs[:, 0], pairs[:, 1])
    high = np.maximum(pairs[:, 0], pairs[:, 1])
    kept = (low != high) & window.holds(pairs)
    keys: IntArray = np.unique((low * n + high)[kept])
    return keys


def _nearest(vectors: FloatArray, search: _Search) -> IntArray:
    """Pairs (row, neighbour) of the nearest by inner product; exact (brute force)."""
    import faiss

    # The number of threads is a thread's own.
    faiss.omp_set_num_threads(1)
    rows, among = search.rows, search.among
    k = min(search.k + 1, len(among))
    _, at = faiss.knn(
        _taken(vectors, rows), _taken(vectors, among), k, metric=faiss.METRIC_INNER_PRODUCT
    )
    found: IntArray = np.stack([np.repeat(rows, k), among[at.ravel()]], axis=1)
    return found


def _taken(vectors: FloatArray, rows: IntArray) -> FloatArray:
    """The vectors of ascending `rows`, without a copy where these are in one piece."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return vectors[rows[0] : rows[-1] + 1]
    taken: FloatArray = vectors[rows]
    return taken


def _by_words(documents: Terms, window: Window) -> Any:
    """Pairs that share rare words: the best partners by the heaviest terms of each row."""
    heavy = _heaviest(documents.start, documents.ids, documents.values, RARE_TERMS)
    kept = documents.ids[heavy]
    rows = documents.rows()[heavy]
    values = documents.values[heavy]
    order = np.lexsort((rows, kept))
    unique, begin = np.unique(kept[order], return_index=True)
    posting = np.searchsorted(unique, kept)
    start = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(documents)))])
    day = np.nan_to_num(window.day, nan=np.inf)
    return _partners(
        start.astype(np.int64),
        posting,
        values,
        np.append(begin, len(kept)).astype(np.int64),
        rows[order],
        values[order],
        day,
        window.days,
    )


@njit(cache=True, nogil=True, inline="always")
def _apart(a: float, b: float, days: float) -> bool:
    """Whether two times are known (finite) and further apart than the window."""
    return abs(a - b) > days and not np.isinf(a + b)


@njit(cache=True, nogil=True)
def _heaviest(start: Any, ids: Any, values: Any, most: int) -> Any:
    """A mask of the `most` largest values of each row; among equals the smaller id."""
    mask = np.zeros(len(ids), np.bool_)
    for row in range(len(start) - 1):
        order = np.argsort(-values[start[row] : start[row + 1]], kind="mergesort")
        for k in range(min(most, len(order))):
            mask[start[row] + order[k]] = True
    return mask


@njit(cache=True, nogil=True)
def _partners(
    start: Any,
    posting: Any,
    values: Any,
    begin: Any,
    rows: Any,
    weights: Any,
    day: Any,
    days: float,
) -> Any:
    """For each row the NEAREST_BY_WORDS rows of the largest inner product over rare terms.

    A term in more than COMMON rows is not rare and is passed over.
    """
    n = len(start) - 1
    score = np.zeros(n, np.float32)
    touched = np.empty(n, np.int64)
    pairs = np.empty((n * NEAREST_BY_WORDS, 2), np.int64)
    used = 0
    for row in range(n):
        count = 0
        for k in range(start[row], start[row + 1]):
            first, last = begin[posting[k]], begin[posting[k] + 1]
            if last - first > COMMON:
                continue
            for other in range(first, last):
                at = rows[other]
                if at == row or _apart(day[at], day[row], days):
                    continue
                if score[at] == 0.0:
                    touched[count] = at
                    count += 1
                score[at] += values[k] * weights[other]
        reached = np.sort(touched[:count])
        order = np.argsort(-score[reached], kind="mergesort")
        for k in range(min(NEAREST_BY_WORDS, count)):
            pairs[used, 0] = row
            pairs[used, 1] = reached[order[k]]
            used += 1
        for k in range(count):
            score[touched[k]] = 0.0
    return pairs[:used]

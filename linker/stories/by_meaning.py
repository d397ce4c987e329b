"""Neighbours by meaning: the nearest vectors within the time window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from linker.arrays import FloatArray, IntArray
from linker.stories.byte_kernel import lanes
from linker.stories.byte_search import ByteSearch
from linker.stories.float_search import FloatSearch
from linker.stories.windows import Piece, Window
from linker.threads import ordered_map

#: Neighbours of an article among all languages, and once more among the other languages only, so
#: that a crowd of articles in its own language cannot hide a translation.
NEAREST = 24
NEAREST_ELSEWHERE = 10


class Search(Protocol):
    """A way to find the nearest of some rows of a piece among what the piece is compared with."""

    def near(self, rows: IntArray, piece: Piece, k: int) -> IntArray:
        """The k nearest of each row: pairs int64 (p, 2) of it and another within the window.

        In no order. Rows with fewer others have all of them.
        """

    def near_elsewhere(self, rows: IntArray, piece: Piece, code: int, k: int) -> IntArray:
        """The same among the articles that are not in the language `code`, which the rows are."""


def search_among(vectors: FloatArray, lang: IntArray, window: Window, threads: int = 1) -> Search:
    """The search that is fastest here.

    With an instruction for products of bytes that is ours, in a part of the time that FAISS's
    products of float32 take (the benchmark `neighbours`); elsewhere it is FAISS's.
    """
    if lanes():
        return ByteSearch(vectors, lang, window, threads)
    return FloatSearch(vectors, lang, window)


def near_by_meaning(
    vectors: FloatArray, lang: IntArray, window: Window, threads: int = 1
) -> Iterator[IntArray]:
    """Pairs int64 (p, 2) of a row and a neighbour within the window, piece by piece.

    `vectors` float32 (n, d) of unit length; `lang` int64 (n,).
    """
    search = search_among(vectors, lang, window, threads)

    def find(piece: Piece) -> IntArray:
        near = search.near(piece.rows, piece, NEAREST)
        return np.concatenate([near, *_elsewhere(search, lang, piece, near)])

    return ordered_map(find, window.pieces(), threads)


def _elsewhere(search: Search, lang: IntArray, piece: Piece, near: IntArray) -> Iterator[IntArray]:
    """The nearest in other languages, for the rows that do not have enough of these `near` them.

    Whoever has NEAREST_ELSEWHERE of them among the nearest of all has the nearest of them.
    """
    foreign = near[lang[near[:, 0]] != lang[near[:, 1]], 0]
    found = np.bincount(foreign - piece.begin, minlength=piece.end - piece.begin)
    wanting = piece.rows[found < NEAREST_ELSEWHERE]
    for code in np.unique(lang[wanting]).tolist():
        own = wanting[lang[wanting] == code]
        yield search.near_elsewhere(own, piece, code, NEAREST_ELSEWHERE)

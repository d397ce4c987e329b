"""Ways to find the nearest articles by meaning within a time window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linker.stories.by_meaning import NEAREST, search_among
from linker.stories.float_search import FloatSearch
from linker.stories.windows import Window

Vectors = NDArray[np.float32]
Pairs = NDArray[np.int64]
"""(row, neighbour), int64 (p, 2)."""
Index = Any
"""What a search prepares once."""


@dataclass(frozen=True, slots=True)
class Search:
    """One way: what it prepares, and how it then finds the neighbours of all articles."""

    name: str
    setting: str
    build: Callable[[Vectors, Window], Index]
    find: Callable[[Index, Vectors, Window], Pairs]


def _by_linker(vectors: Vectors, window: Window) -> Index:
    return search_among(vectors, np.zeros(len(vectors), np.int64), window)


def _by_faiss(vectors: Vectors, window: Window) -> Index:
    return FloatSearch(vectors, np.zeros(len(vectors), np.int64), window)


def _piece_by_piece(index: Index, vectors: Vectors, window: Window) -> Pairs:
    """The search among all languages that `linker group` makes."""
    return np.concatenate([index.near(piece.rows, piece, NEAREST) for piece in window.pieces()])


def inside(pairs: Pairs, window: Window) -> Pairs:
    """The pairs of two articles within the window."""
    kept = (pairs[:, 0] != pairs[:, 1]) & (pairs[:, 1] >= 0)
    pairs = pairs[kept]
    return pairs[window.holds(pairs)]


def _asked(count: int, **settings: int) -> Callable[[Index, Vectors, Window], Pairs]:
    """An index knows no window: it is asked for more, and what lies outside is thrown away."""

    def find(index: Index, vectors: Vectors, window: Window) -> Pairs:
        for name, value in settings.items():
            setattr(index.hnsw if name == "efSearch" else index, name, value)
        wanted = min(count, len(vectors))
        _, at = index.search(vectors, wanted)
        pairs = np.stack([np.repeat(np.arange(len(vectors)), wanted), at.ravel()], axis=1)
        return inside(pairs, window)

    return find


def _flat(vectors: Vectors, window: Window) -> Index:
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


def _lists(vectors: Vectors, window: Window) -> Index:
    """As many lists as FAISS's guidelines say: four times the root of the number of vectors."""
    import faiss

    size, lists = vectors.shape[1], max(1, round(4 * len(vectors) ** 0.5))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(size), size, lists, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    return index


def _graph(vectors: Vectors, window: Window) -> Index:
    import faiss

    index = faiss.IndexHNSWFlat(vectors.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    index.add(vectors)
    return index


_ENOUGH, _AMPLE = NEAREST + 1, 10 * NEAREST + 1
LINKER = "linker, within the window"
SEARCHES = (
    Search(LINKER, f"{NEAREST} asked for", _by_linker, _piece_by_piece),
    Search(
        "FAISS, within the window",
        f"{NEAREST} asked for, the float32 of every piece",
        _by_faiss,
        _piece_by_piece,
    ),
    Search("FAISS IndexFlatIP", f"{_ENOUGH} asked for", _flat, _asked(_ENOUGH)),
    Search("FAISS IndexFlatIP", f"{_AMPLE} asked for", _flat, _asked(_AMPLE)),
    Search("FAISS IndexIVFFlat", f"{_AMPLE} asked for, nprobe 8", _lists, _asked(_AMPLE, nprobe=8)),
    Search(
        "FAISS IndexIVFFlat", f"{_AMPLE} asked for, nprobe 64", _lists, _asked(_AMPLE, nprobe=64)
    ),
    Search(
        "FAISS IndexHNSWFlat",
        f"{_AMPLE} asked for, M 32, efSearch {_AMPLE}",
        _graph,
        _asked(_AMPLE, efSearch=_AMPLE),
    ),
)

"""Clusters as sums of vectors, and the mean score of all pairs across two of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]


class Nodes(NamedTuple):
    """What is to be clustered: n nodes, row i of every array is node i.

    `dense` float32 (n, 2 d), the vectors of headline and body side by side, and the sparse rows
    (`start` int64 (n + 1,), `terms` uint32 ascending in each row, `values` float32) hold vectors
    whose inner products count towards the score; `bias` float64 (n,) is added for each side;
    `lang` int64 (n,) decides which weights a pair gets; `day` float64 (n,) is the time in days,
    NaN when unknown.
    """

    dense: FloatArray
    start: IntArray
    terms: npt.NDArray[np.uint32]
    values: FloatArray
    bias: npt.NDArray[np.float64]
    lang: IntArray
    day: npt.NDArray[np.float64]


class Weights(NamedTuple):
    """The score of a pair; index 0 of each pair of numbers is for one language, 1 for two.

    Where both times are known, `near` is added and `gap` taken off for every squared `gap_scale`
    days between them, at most `gap_cap` times.
    """

    intercept: tuple[float, float]
    title: tuple[float, float]
    body: tuple[float, float]
    sparse: tuple[float, float]
    near: float
    gap: float
    gap_scale: float
    gap_cap: float


class Sums(NamedTuple):
    """The state of the clusters: a cluster is a list of blocks, one for each of its languages.

    A block lives in the row of one of its members and holds sums over the members of that
    language. The sparse sums live in a pool of twice the size of the input: all live sums
    together never exceed the input, so moving them together always makes room for the next.
    """

    dense: FloatArray
    terms: npt.NDArray[np.uint32]
    values: npt.NDArray[np.float64]
    at: IntArray
    length: IntArray
    top: IntArray
    members: IntArray
    lang: IntArray
    next_block: IntArray
    bias: npt.NDArray[np.float64]
    size: IntArray
    dated: IntArray
    day: npt.NDArray[np.float64]
    day_squared: npt.NDArray[np.float64]


def single_nodes(nodes: Nodes) -> Sums:
    """Each node as a cluster of its own."""
    n = len(nodes.bias)
    known = ~np.isnan(nodes.day)
    day = np.where(known, nodes.day, 0.0)
    capacity = max(1, 2 * len(nodes.terms))
    return Sums(
        dense=nodes.dense.copy(),
        terms=np.resize(nodes.terms, capacity) if len(nodes.terms) else np.zeros(1, np.uint32),
        values=np.resize(nodes.values, capacity).astype(np.float64)
        if len(nodes.terms)
        else np.zeros(1),
        at=nodes.start[:-1].copy(),
        length=np.diff(nodes.start),
        top=np.array([len(nodes.terms)], np.int64),
        members=np.ones(n, np.int64),
        lang=nodes.lang.astype(np.int64),
        next_block=np.full(n, -1, np.int64),
        bias=nodes.bias.astype(np.float64).copy(),
        size=np.ones(n, np.int64),
        dated=known.astype(np.int64),
        day=day.copy(),
        day_squared=day * day,
    )


@njit(cache=True, nogil=True)
def dot(x: Any, y: Any) -> Any:
    """Inner product with eight accumulators: a fixed order of additions, and eight at a time."""
    a = b = c = d = e = f = g = h = 0.0
    whole = len(x) - len(x) % 8
    for i in range(0, whole, 8):
        a += x[i] * y[i]
        b += x[i + 1] * y[i + 1]
        c += x[i + 2] * y[i + 2]
        d += x[i + 3] * y[i + 3]
        e += x[i + 4] * y[i + 4]
        f += x[i + 5] * y[i + 5]
        g += x[i + 6] * y[i + 6]
        h += x[i + 7] * y[i + 7]
    for i in range(whole, len(x)):
        a += x[i] * y[i]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@njit(cache=True, nogil=True)
def _sparse_dot(sums: Any, p: int, q: int) -> Any:
    """Inner product of the sparse sums of blocks p and q: look up the shorter in the longer."""
    if sums.length[p] > sums.length[q]:
        p, q = q, p
    i, end = sums.at[p], sums.at[p] + sums.length[p]
    j, stop = sums.at[q], sums.at[q] + sums.length[q]
    skewed = sums.length[q] > 16 * sums.length[p]
    total = 0.0
    while i < end and j < stop:
        wanted = sums.terms[i]
        if skewed:
            j += np.searchsorted(sums.terms[j:stop], wanted)
            if j == stop:
                break
        if sums.terms[j] == wanted:
            total += sums.values[i] * sums.values[j]
            i += 1
            j += 1
        elif sums.terms[j] < wanted:
            j += 1
        else:
            i += 1
    return total


@njit(cache=True, nogil=True)
def _gap(sums: Any, a: int, b: int, weights: Any) -> Any:
    """What the mean squared time gap says, over the pairs with both times known."""
    known = sums.dated[a] * sums.dated[b]
    if known == 0:
        return 0.0
    squared = (
        sums.dated[b] * sums.day_squared[a]
        + sums.dated[a] * sums.day_squared[b]
        - 2.0 * sums.day[a] * sums.day[b]
    ) / known
    scaled = min(max(squared, 0.0) / (weights.gap_scale * weights.gap_scale), weights.gap_cap)
    return (weights.near - weights.gap * scaled) * known / (sums.size[a] * sums.size[b])


@njit(cache=True, nogil=True)
def mean_score(sums: Any, a: int, b: int, weights: Any) -> Any:
    """Mean score of all pairs across the clusters with roots a and b."""
    total = 0.0
    half = sums.dense.shape[1] // 2
    p = a
    while p >= 0:
        q = b
        while q >= 0:
            kind = 0 if sums.lang[p] == sums.lang[q] else 1
            total += weights.intercept[kind] * sums.members[p] * sums.members[q]
            total += weights.title[kind] * dot(sums.dense[p, :half], sums.dense[q, :half])
            total += weights.body[kind] * dot(sums.dense[p, half:], sums.dense[q, half:])
            total += weights.sparse[kind] * _sparse_dot(sums, p, q)
            q = sums.next_block[q]
        p = sums.next_block[p]
    mean = total / (sums.size[a] * sums.size[b])
    bias = sums.bias[a] / sums.size[a] + sums.bias[b] / sums.size[b]
    return mean + bias + _gap(sums, a, b, weights)


@njit(cache=True, nogil=True)
def _compact(sums: Any) -> None:
    """Move the live sparse sums together, in the order in which they lie."""
    order = np.argsort(sums.at)
    top = 0
    for k in range(len(order)):
        block = order[k]
        length = sums.length[block]
        source = sums.at[block]
        for i in range(length):
            sums.terms[top + i] = sums.terms[source + i]
            sums.values[top + i] = sums.values[source + i]
        sums.at[block] = top
        top += length
    sums.top[0] = top


@njit(cache=True, nogil=True)
def _add_sparse(sums: Any, p: int, q: int) -> None:
    """Add the sparse sum of block q to block p; q becomes empty."""
    if sums.top[0] + sums.length[p] + sums.length[q] > len(sums.terms):
        _compact(sums)
    out = sums.top[0]
    i, end = sums.at[p], sums.at[p] + sums.length[p]
    j, stop = sums.at[q], sums.at[q] + sums.length[q]
    sums.at[p] = out
    while i < end or j < stop:
        if j == stop or (i < end and sums.terms[i] < sums.terms[j]):
            sums.terms[out] = sums.terms[i]
            sums.values[out] = sums.values[i]
            i += 1
        elif i == end or sums.terms[j] < sums.terms[i]:
            sums.terms[out] = sums.terms[j]
            sums.values[out] = sums.values[j]
            j += 1
        else:
            sums.terms[out] = sums.terms[i]
            sums.values[out] = sums.values[i] + sums.values[j]
            i += 1
            j += 1
        out += 1
    sums.length[p] = out - sums.at[p]
    sums.length[q] = 0
    sums.top[0] = out


@njit(cache=True, nogil=True)
def add_block(sums: Any, p: int, q: int) -> None:
    sums.members[p] += sums.members[q]
    for i in range(sums.dense.shape[1]):
        sums.dense[p, i] += sums.dense[q, i]
    _add_sparse(sums, p, q)

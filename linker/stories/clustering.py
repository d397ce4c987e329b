"""Average linkage over a sparse graph of candidates, by vector sums.

The score of two nodes is linear in inner products of their vectors, so the mean score of all pairs
across two clusters needs only the sums of the vectors on each side: average linkage is exact over
every pair, also over the pairs that no neighbour search proposed, and similarity cannot chain as
it does in single linkage or in connected components. The merge order is that of the generic
algorithm with a heap of best neighbours (Müllner 2011, "Modern hierarchical, agglomerative
clustering algorithms"): a key that has gone stale is an upper bound, because average linkage is
reducible, and is computed again only when it reaches the top.
"""

from __future__ import annotations

from heapq import heappop, heappush
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


class _Sums(NamedTuple):
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


class _Forest(NamedTuple):
    """Which cluster a node is in: union-find with path halving, and its members as a list.

    `version` is the number of the merge that made a cluster, 0 for a single node: no two clusters
    that were ever merged share it.
    """

    parent: IntArray
    next_member: IntArray
    last_member: IntArray
    version: IntArray
    merges: IntArray
    seen: IntArray


class _Known(NamedTuple):
    """Scores by place in the graph: against which root, at which versions of the two clusters.

    A member's place is looked at only in scans of its own cluster. Versions are never used twice,
    so they and the root say whether the score still holds.
    """

    root: npt.NDArray[np.int32]
    own: npt.NDArray[np.int32]
    other: npt.NDArray[np.int32]
    score: npt.NDArray[np.float64]


def average_linkage(
    nodes: Nodes, start: IntArray, neighbours: IntArray, weights: Weights, threshold: float
) -> IntArray:
    """Labels int64 (n,) of the clusters, numbered by their first member.

    `start` int64 (n + 1,) and `neighbours` int64 are the symmetric graph of candidates as rows of
    neighbours. Two clusters can merge when a candidate pair joins them and the mean score of all
    pairs across them is at least `threshold`.
    """
    n = len(nodes.bias)
    if n == 0:
        return np.empty(0, np.int64)
    known = ~np.isnan(nodes.day)
    day = np.where(known, nodes.day, 0.0)
    capacity = max(1, 2 * len(nodes.terms))
    sums = _Sums(
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
    forest = _Forest(
        parent=np.arange(n),
        next_member=np.full(n, -1, np.int64),
        last_member=np.arange(n),
        version=np.zeros(n, np.int64),
        merges=np.zeros(1, np.int64),
        seen=np.full(n, -1, np.int64),
    )
    slots = len(neighbours)
    scores = _Known(
        root=np.full(slots, -1, np.int32),
        own=np.zeros(slots, np.int32),
        other=np.zeros(slots, np.int32),
        score=np.zeros(slots),
    )
    _merge_all(sums, forest, scores, start, neighbours, weights, threshold)
    labels: IntArray = _labels(forest.parent)
    return labels


@njit(cache=True, nogil=True)
def _find(parent: IntArray, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True, nogil=True)
def _labels(parent: IntArray) -> Any:
    """Roots are the smallest members, so numbering them in order numbers by first member."""
    labels = np.empty(len(parent), np.int64)
    used = 0
    for node in range(len(parent)):
        root = _find(parent, node)
        if root == node:
            labels[node] = used
            used += 1
        else:
            labels[node] = labels[root]
    return labels


@njit(cache=True, nogil=True)
def _dot(x: Any, y: Any) -> Any:
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
def _score(sums: Any, a: int, b: int, weights: Any) -> Any:
    """Mean score of all pairs across the clusters with roots a and b."""
    total = 0.0
    half = sums.dense.shape[1] // 2
    p = a
    while p >= 0:
        q = b
        while q >= 0:
            kind = 0 if sums.lang[p] == sums.lang[q] else 1
            total += weights.intercept[kind] * sums.members[p] * sums.members[q]
            total += weights.title[kind] * _dot(sums.dense[p, :half], sums.dense[q, :half])
            total += weights.body[kind] * _dot(sums.dense[p, half:], sums.dense[q, half:])
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
def _add_block(sums: Any, p: int, q: int) -> None:
    sums.members[p] += sums.members[q]
    for i in range(sums.dense.shape[1]):
        sums.dense[p, i] += sums.dense[q, i]
    _add_sparse(sums, p, q)


@njit(cache=True, nogil=True)
def _merge(sums: Any, forest: Any, a: int, b: int) -> int:
    """Join cluster b to cluster a (a < b), language by language; returns the root a."""
    q = b
    while q >= 0:
        following = sums.next_block[q]
        p = a
        while sums.lang[p] != sums.lang[q] and sums.next_block[p] >= 0:
            p = sums.next_block[p]
        if sums.lang[p] == sums.lang[q]:
            _add_block(sums, p, q)
        else:
            sums.next_block[p] = q
            sums.next_block[q] = -1
        q = following
    sums.bias[a] += sums.bias[b]
    sums.size[a] += sums.size[b]
    sums.dated[a] += sums.dated[b]
    sums.day[a] += sums.day[b]
    sums.day_squared[a] += sums.day_squared[b]
    forest.next_member[forest.last_member[a]] = b
    forest.last_member[a] = forest.last_member[b]
    forest.parent[b] = a
    forest.merges[0] += 1
    forest.version[a] = forest.merges[0]
    return a


@njit(cache=True, nogil=True)
def _known_score(
    sums: Any, forest: Any, known: Any, slot: int, a: int, b: int, weights: Any
) -> Any:
    """The score of roots a and b; computed only if one has changed since the slot was filled."""
    version_a, version_b = forest.version[a], forest.version[b]
    fresh = known.root[slot] == b and known.own[slot] == version_a
    if not (fresh and known.other[slot] == version_b):
        known.root[slot] = b
        known.own[slot] = version_a
        known.other[slot] = version_b
        known.score[slot] = _score(sums, a, b, weights)
    return known.score[slot]


@njit(cache=True, nogil=True)
def _best(
    sums: Any,
    forest: Any,
    known: Any,
    start: IntArray,
    neighbours: IntArray,
    weights: Any,
    a: int,
) -> tuple[float, int]:
    """The neighbouring cluster with the highest score, the smallest root among equals."""
    best, at = -np.inf, -1
    forest.seen[a] = a
    member = a
    while member >= 0:
        for k in range(start[member], start[member + 1]):
            root = _find(forest.parent, neighbours[k])
            if root == a or forest.seen[root] == a:
                continue
            forest.seen[root] = a
            score = _known_score(sums, forest, known, k, a, root, weights)
            if score > best or (score == best and root < at):
                best, at = score, root
        member = forest.next_member[member]
    # Forget the marks: the same root may be looked at again after later merges.
    member = a
    while member >= 0:
        for k in range(start[member], start[member + 1]):
            forest.seen[_find(forest.parent, neighbours[k])] = -1
        member = forest.next_member[member]
    forest.seen[a] = -1
    return best, at


@njit(cache=True, nogil=True)
def _merge_all(
    sums: Any,
    forest: Any,
    known: Any,
    start: IntArray,
    neighbours: IntArray,
    weights: Any,
    threshold: float,
) -> None:
    heap = [(np.inf, 0, 0, 0, 0)][:0]
    for a in range(len(forest.parent)):
        score, b = _best(sums, forest, known, start, neighbours, weights, a)
        if b >= 0 and score >= threshold:
            heappush(heap, (-score, a, b, 0, 0))
    while len(heap) > 0:
        _, a, b, version_a, version_b = heappop(heap)
        if forest.parent[a] != a or forest.version[a] != version_a:
            continue
        if forest.parent[b] == b and forest.version[b] == version_b:
            a = _merge(sums, forest, min(a, b), max(a, b))
        score, b = _best(sums, forest, known, start, neighbours, weights, a)
        if b >= 0 and score >= threshold:
            heappush(heap, (-score, a, b, forest.version[a], forest.version[b]))

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

from linker.stories.sums import (
    IntArray,
    Nodes,
    Weights,
    add_block,
    mean_score,
    single_nodes,
)


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
    sums = single_nodes(nodes)
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
def _merge(sums: Any, forest: Any, a: int, b: int) -> int:
    """Join cluster b to cluster a (a < b), language by language; returns the root a."""
    q = b
    while q >= 0:
        following = sums.next_block[q]
        p = a
        while sums.lang[p] != sums.lang[q] and sums.next_block[p] >= 0:
            p = sums.next_block[p]
        if sums.lang[p] == sums.lang[q]:
            add_block(sums, p, q)
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
        known.score[slot] = mean_score(sums, a, b, weights)
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

"""Which cluster each node is in: union-find, and the members of a cluster as a list."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from linker.arrays import DoubleArray, IntArray
from linker.jit import bare, njit

#: Nodes that make a cluster settled, and how far the mean score across two such clusters may lie
#: below the mean score inside the looser of them.
SETTLED = 3
APART = 1.8


class Forest(NamedTuple):
    """Of n nodes, int64 (n,) but where another kind is named; a root is the smallest of a cluster.

    `parent` leads to the root. `next_member` and `last_member` are a list of the members, without
    those that have no neighbour outside. `version` is the number of the merge that made a cluster,
    0 for a single node: no two clusters that were ever merged share it. `merges` int64 (1,) counts
    them. `looked` says in which round a root was last looked at for a merge, by the number of its
    first merge, and `inner` float64 (n,) is the sum of the scores of all pairs inside.
    """

    parent: IntArray
    next_member: IntArray
    last_member: IntArray
    version: IntArray
    merges: IntArray
    looked: IntArray
    inner: DoubleArray


def single_trees(n: int) -> Forest:
    """Each of n nodes by itself."""
    return Forest(
        parent=np.arange(n),
        next_member=np.full(n, -1, np.int64),
        last_member=np.arange(n),
        version=np.zeros(n, np.int64),
        merges=np.zeros(1, np.int64),
        looked=np.zeros(n, np.int64),
        inner=np.zeros(n),
    )


@bare
def find(parent: IntArray, node: int) -> int:
    """The root of a node; the way there is halved (Tarjan and van Leeuwen 1984).

    Several threads may do so at once while none joins trees: whichever writes last, what stands
    there is an ancestor, nearer to the same root, and no root is ever written.
    """
    while parent[node] != node:
        above = parent[parent[node]]
        parent[node] = above
        node = above
    return node


@bare
def join(forest: Any, a: int, b: int) -> None:
    """The members of cluster b become members of cluster a (a < b)."""
    forest.next_member[forest.last_member[a]] = b
    forest.last_member[a] = forest.last_member[b]
    forest.parent[b] = a
    forest.merges[0] += 1
    forest.version[a] = forest.merges[0]


@bare
def is_there(forest: Any, pair: int, born: int) -> Any:
    """Whether both clusters of a queued pair are still what they were when it was scored."""
    a, b = pair // len(forest.parent), pair % len(forest.parent)
    both = forest.parent[a] == a and forest.parent[b] == b
    return both and max(forest.version[a], forest.version[b]) == born


@bare(inline="always")
def lie_apart(forest: Any, size: IntArray, a: int, b: int, score: float) -> Any:
    """Whether a and b are settled, and hold to each other far less than each holds together."""
    if size[a] < SETTLED or size[b] < SETTLED:
        return False
    inside_a = forest.inner[a] / (size[a] * (size[a] - 1) / 2)
    inside_b = forest.inner[b] / (size[b] * (size[b] - 1) / 2)
    return score < min(inside_a, inside_b) - APART


@njit
def labels_of(parent: IntArray) -> Any:
    """Roots are the smallest members, so numbering them in order numbers by first member."""
    labels = np.empty(len(parent), np.int64)
    used = 0
    for node in range(len(parent)):
        root = find(parent, node)
        if root == node:
            labels[node] = used
            used += 1
        else:
            labels[node] = labels[root]
    return labels

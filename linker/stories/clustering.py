"""Average linkage over a sparse graph of candidates, by vector sums.

The score of two nodes is linear in inner products of their vectors, so the mean score of all pairs
across two clusters needs only the sums of the vectors on each side: average linkage is exact over
every pair, also over the pairs that no neighbour search proposed, and similarity cannot chain as
it does in single linkage or in connected components. Where the total score of each half of a
cluster with a third is known, that of the whole is their sum (Lance and Williams 1967), which
spares the products of long sums. The merge order is that of the algorithm
with a priority queue (Manning, Raghavan and Schütze 2008, 17.2.1): the first pair is the best one
of all, because every pair of clusters beside each other is in the queue with its exact score.

Events of one kind look alike, so a fixed threshold would join two of them on one day. Two settled
clusters stay apart when both hold together much better than they hold to each other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from linker.jit import bare, njit
from linker.stories.queue import empty_queue, order, pop, push
from linker.stories.sums import (
    IntArray,
    Nodes,
    Sums,
    Weights,
    empty_table,
    mean_score,
    merge,
    single_nodes,
    total_scores,
)
from linker.threads import for_each

#: Nodes that make a cluster settled, and how far the mean score across two such clusters may lie
#: below the mean score inside the looser of them.
SETTLED = 3
APART = 1.8
#: Two nodes that score this much less than clusters need cannot open a merge.
REACH = 0.6
#: Rows of the graph that are scored at a time.
ROWS = 2048


class _Forest(NamedTuple):
    """Which cluster a node is in: union-find with path halving, and its members as a list.

    `version` is the number of the merge that made a cluster, 0 for a single node: no two clusters
    that were ever merged share it. Members without neighbours outside are left out of the list.
    `seen` is the last merge at which a root was looked at, and `place` where it was found in the
    graph; `inner` float64 (n,) is the sum of the scores of all pairs inside.
    """

    parent: IntArray
    next_member: IntArray
    last_member: IntArray
    version: IntArray
    merges: IntArray
    seen: IntArray
    place: IntArray
    inner: npt.NDArray[np.float64]


class _Graph(NamedTuple):
    """The neighbours of each member, `begin` to `end` of its row; rows only ever get shorter.

    Beside each neighbour `total` float64, the scores added up that are known between the member's
    cluster and the neighbour's, but for the time gap, and `pairs` int64, how many pairs these are.
    """

    begin: IntArray
    end: IntArray
    neighbours: IntArray
    total: npt.NDArray[np.float64]
    pairs: IntArray


def average_linkage(
    nodes: Nodes,
    start: IntArray,
    neighbours: IntArray,
    weights: Weights,
    threshold: float,
    threads: int = 1,
) -> IntArray:
    """Labels int64 (n,) of the clusters, numbered by their first member.

    `start` int64 (n + 1,) and `neighbours` int64 are the symmetric graph of candidates as rows of
    neighbours. Two clusters can merge when a candidate pair joins them that scores at most `REACH`
    less than `threshold`, the mean score of all pairs across them is at least `threshold`, and they
    are not two settled clusters that lie apart (`SETTLED`, `APART`).
    """
    n = len(nodes.lang)
    if n == 0:
        return np.empty(0, np.int64)
    sums, terms = single_nodes(nodes, threads)
    total = _first_totals(sums, start, neighbours, weights, terms, threads)
    forest = _Forest(
        parent=np.arange(n),
        next_member=np.full(n, -1, np.int64),
        last_member=np.arange(n),
        version=np.zeros(n, np.int64),
        merges=np.zeros(1, np.int64),
        seen=np.zeros(n, np.int64),
        place=np.zeros(n, np.int64),
        inner=np.zeros(n),
    )
    # Pairs of clusters that are there are no more than pairs of the graph, which fill half of the
    # room: when it is full, taking out the others makes room for half as many again.
    queue = empty_queue(len(neighbours))
    ends, pairs = start[1:].copy(), np.ones(len(neighbours), np.int64)
    graph = _Graph(start[:-1], ends, neighbours.copy(), total, pairs)
    _prune(graph, sums, weights, threshold - REACH)
    _fill(queue, graph, sums, weights, threshold)
    _merge_all(sums, forest, graph, queue, weights, threshold, empty_table(terms))
    labels: IntArray = _labels(forest.parent)
    return labels


def _first_totals(
    sums: Sums, start: IntArray, neighbours: IntArray, weights: Weights, terms: int, threads: int
) -> npt.NDArray[np.float64]:
    """The total score of the two nodes at each place in the graph, float64."""
    total = np.empty(len(neighbours))

    def fill(first: int) -> None:
        last = min(first + ROWS, len(start) - 1)
        table = empty_table(terms)
        _score_rows(sums, start, neighbours, weights, table, first, last, total)

    for_each(fill, range(0, len(start) - 1, ROWS), threads)
    _mirror(start, neighbours, total)
    return total


@bare
def _find(parent: IntArray, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit
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


@bare(inline="always")
def _lie_apart(forest: Any, size: IntArray, a: int, b: int, score: float) -> Any:
    """Whether a and b are settled, and hold to each other far less than each holds together."""
    if size[a] < SETTLED or size[b] < SETTLED:
        return False
    inside_a = forest.inner[a] / (size[a] * (size[a] - 1) / 2)
    inside_b = forest.inner[b] / (size[b] * (size[b] - 1) / 2)
    return score < min(inside_a, inside_b) - APART


@bare
def _join(forest: Any, a: int, b: int) -> None:
    """The members of cluster b become members of cluster a (a < b)."""
    forest.next_member[forest.last_member[a]] = b
    forest.last_member[a] = forest.last_member[b]
    forest.parent[b] = a
    forest.merges[0] += 1
    forest.version[a] = forest.merges[0]


@bare
def _score_rows(
    sums: Any,
    start: IntArray,
    neighbours: IntArray,
    weights: Any,
    table: Any,
    first: int,
    last: int,
    total: Any,
) -> None:
    """Write the totals at the places where the neighbour is the larger node."""
    for node in range(first, last):
        begin, end = start[node], start[node + 1]
        while begin < end and neighbours[begin] < node:  # ascending
            begin += 1
        total_scores(sums, node, neighbours[begin:end], weights, table, total[begin:end])


@njit
def _mirror(start: IntArray, neighbours: IntArray, total: Any) -> None:
    """Write the totals at the other places: those of a row are met in its order."""
    place = start[:-1].copy()
    for node in range(len(place)):
        for k in range(start[node], start[node + 1]):
            other = neighbours[k]
            if other > node:
                total[place[other]] = total[k]
                place[other] += 1


@bare
def _prune(graph: Any, sums: Any, weights: Any, least: float) -> None:
    """Take the places out of the rows at which two nodes score less."""
    for node in range(len(graph.begin)):
        kept = graph.begin[node]
        for k in range(graph.begin[node], graph.end[node]):
            other = graph.neighbours[k]
            if mean_score(sums, node, other, graph.total[k], weights) >= least:
                graph.neighbours[kept] = other
                graph.total[kept] = graph.total[k]
                kept += 1
        graph.end[node] = kept


@bare
def _fill(queue: Any, graph: Any, sums: Any, weights: Any, threshold: float) -> None:
    """Queue the pairs of single nodes that may merge."""
    n = len(graph.begin)
    for node in range(n):
        for k in range(graph.begin[node], graph.end[node]):
            other = graph.neighbours[k]
            if other > node:
                score = mean_score(sums, node, other, graph.total[k], weights)
                if score >= threshold:
                    push(queue, score, node * n + other, 0)


@bare
def _outside(forest: Any, graph: Any, a: int, places: IntArray) -> int:
    """Write where in the graph the clusters beside that of root a stand; returns how many.

    There the neighbour is the root of its cluster, with what is known of it and all of a. A
    neighbour that has come inside stays inside, and two neighbours in one cluster stay together:
    such places are taken out of the rows, and members with an empty row out of the list, so that
    the work goes with the number of clusters around and not with that of pairs.
    """
    now = forest.merges[0]
    forest.seen[a] = now
    count = 0
    member, last = a, a
    while member >= 0:
        kept = graph.begin[member]
        for k in range(graph.begin[member], graph.end[member]):
            root = _find(forest.parent, graph.neighbours[k])
            if forest.seen[root] != now:
                forest.seen[root] = now
                forest.place[root] = kept
                graph.neighbours[kept] = root
                graph.total[kept] = graph.total[k]
                graph.pairs[kept] = graph.pairs[k]
                places[count] = kept
                kept += 1
                count += 1
            elif root != a:
                graph.total[forest.place[root]] += graph.total[k]
                graph.pairs[forest.place[root]] += graph.pairs[k]
        graph.end[member] = kept
        if member != a and kept > graph.begin[member]:
            forest.next_member[last] = member
            last = member
        member = forest.next_member[member]
    forest.next_member[last] = -1
    forest.last_member[a] = last
    return count


@bare
def _complete(
    sums: Any, graph: Any, a: int, places: IntArray, weights: Any, table: Any, room: Any
) -> None:
    """Work out the totals at those of the places beside root a where a pair is not known."""
    missing, roots, total = room
    count = 0
    for place in places:
        root = graph.neighbours[place]
        pairs = sums.size[a] * sums.size[root]
        if graph.pairs[place] < pairs:
            graph.pairs[place] = pairs
            missing[count] = place
            roots[count] = root
            count += 1
    if count:
        total_scores(sums, a, roots[:count], weights, table, total)
    for k in range(count):
        graph.total[missing[k]] = total[k]


@bare
def _is_there(forest: Any, pair: int, born: int) -> Any:
    """Whether both clusters of a queued pair are still what they were when it was scored."""
    a, b = pair // len(forest.parent), pair % len(forest.parent)
    both = forest.parent[a] == a and forest.parent[b] == b
    return both and max(forest.version[a], forest.version[b]) == born


@bare
def _forget(forest: Any, queue: Any) -> None:
    """Take the pairs out of the queue whose clusters are no more."""
    kept = 0
    for i in range(queue.used[0]):
        if _is_there(forest, queue.pair[i], queue.born[i]):
            queue.score[kept] = queue.score[i]
            queue.pair[kept] = queue.pair[i]
            queue.born[kept] = queue.born[i]
            kept += 1
    queue.used[0] = kept
    order(queue)


@njit
def _merge_all(
    sums: Any,
    forest: Any,
    graph: Any,
    queue: Any,
    weights: Any,
    threshold: float,
    table: Any,
) -> None:
    """Merge the pair of the highest score, the smallest roots among equals, while there is one.

    A pair that lies apart is passed over; each of the two may still grow with others.

    When two clusters have merged, the new one is scored with all those beside it, so that each
    pair of clusters is scored once, by the younger of the two: its version goes with the pair in
    the queue, and says later whether both are still there.
    """
    n = len(forest.parent)
    places = np.empty(n, np.int64)
    room = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n)
    while queue.used[0] > 0:
        score = queue.score[0]
        pair, born = pop(queue)
        if not _is_there(forest, pair, born):
            continue
        a, b = pair // n, pair % n
        if _lie_apart(forest, sums.size, a, b, score):
            continue
        forest.inner[a] += forest.inner[b] + score * sums.size[a] * sums.size[b]
        merge(sums, a, b)
        _join(forest, a, b)
        count = _outside(forest, graph, a, places)
        _complete(sums, graph, a, places[:count], weights, table, room)
        if queue.used[0] + count > len(queue.score):
            _forget(forest, queue)
        for k in range(count):
            root = graph.neighbours[places[k]]
            score = mean_score(sums, a, root, graph.total[places[k]], weights)
            if score >= threshold:
                low, high = min(a, root), max(a, root)
                push(queue, score, low * n + high, forest.version[a])

"""Average linkage over a sparse graph of candidates, by vector sums.

The score of two nodes is linear in inner products of their vectors, so the mean score of all pairs
across two clusters needs only the sums of the vectors on each side: average linkage is exact over
every pair, also over the pairs that no neighbour search proposed, and similarity cannot chain as
it does in single linkage or in connected components. Where the total score of each half of a
cluster with a third is known, that of the whole is their sum (Lance and Williams 1967), which
spares the products of long sums.

In a round the clusters merge that are each other's best, with the best pair of all among them:
what either of the two becomes with a third is no better than the better of both (Murtagh 1983), so
that the order of such merges changes nothing, and they are done on all threads at once. This holds
for means of all pairs and with a time that only grows worse. Over a graph, a cluster can become
better than it was by a member that was not beside the other: then the order does count, and is
that of the rounds, which no number of threads changes.

Events of one kind look alike, so a fixed threshold would join two of them on one day. Two settled
clusters stay apart when both hold together much better than they hold to each other.
"""

from __future__ import annotations

from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from linker.arrays import DoubleArray, Int32Array, IntArray
from linker.jit import bare, njit
from linker.stories.beside import complete, empty_desk, gather, scored_graph
from linker.stories.forest import is_there, join, labels_of, lie_apart, single_trees
from linker.stories.queue import empty_queue, order, pop, push
from linker.stories.sums import (
    Nodes,
    Weights,
    compact,
    entries,
    mean_score,
    merge,
    single_nodes,
)
from linker.threads import for_each

#: Two nodes that score this much less than clusters need cannot open a merge.
REACH = 0.6
#: Merges of a round at most.
ROUND = 1024
#: Turns that a thread takes in a round, so that no other waits long for it, and the fewest merges
#: of a turn, which costs as much as one.
TURNS, FEWEST = 4, 8
#: Pairs that a round passes over at most: so many for each that merges, and a few more.
PASSED, FEW = 2, 64
#: Desks take memory, and more than these would wait for the queue.
DESKS = 8


class _Round(NamedTuple):
    """What merges in a round: clusters `a` < `b`, int64, their mean `score` float64, and where in
    the pool there is `room` int64 for their sums. Of the pairs that a round passes over, which go
    back into the queue, `passed_score`, `passed_pair` and `passed_born`.
    """

    a: IntArray
    b: IntArray
    score: DoubleArray
    room: IntArray
    passed_score: DoubleArray
    passed_pair: IntArray
    passed_born: Int32Array


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
    graph = scored_graph(sums, start, neighbours, weights, threshold - REACH, terms, threads)
    forest = single_trees(n)
    # Pairs of clusters that are there are no more than pairs of the graph, which fill half of the
    # room: when it is full, taking out the others makes room for half as many again.
    queue = empty_queue(len(neighbours))
    _fill(queue, graph, sums, weights, threshold)
    threads = min(threads, DESKS)
    desks = [empty_desk(n, terms) for _ in range(threads)]
    chosen, queueing = _empty_round(ROUND), Lock()

    def add_up(turn: tuple[int, int]) -> None:
        _merge_some(sums, chosen, *turn)

    def score(turn: tuple[int, int]) -> None:
        desk = desks.pop()
        first, last = turn
        while first < last:
            first = _score_some(sums, forest, graph, chosen, first, last, weights, threshold, desk)
            with queueing:
                _queue(queue, forest, desk)
        desks.append(desk)

    while count := _choose(queue, forest, sums.size, chosen):
        _join_all(sums, forest, chosen, count)
        turns = _turns(count, threads)
        for_each(add_up, turns, threads)
        for_each(score, turns, threads)
    labels: IntArray = labels_of(forest.parent)
    return labels


def _turns(count: int, threads: int) -> list[tuple[int, int]]:
    """So many merges in turns: the first of each and that of the next."""
    length = count if threads == 1 else max(FEWEST, -(-count // (TURNS * threads)))
    return [(first, min(first + length, count)) for first in range(0, count, length)]


def _empty_round(most: int) -> _Round:
    passed = PASSED * most + FEW + 1
    return _Round(
        a=np.empty(most, np.int64),
        b=np.empty(most, np.int64),
        score=np.empty(most),
        room=np.empty(most, np.int64),
        passed_score=np.empty(passed),
        passed_pair=np.empty(passed, np.int64),
        passed_born=np.empty(passed, np.int32),
    )


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
def _choose(queue: Any, forest: Any, size: IntArray, chosen: Any) -> int:
    """Take the pairs out of the queue that merge in the next round; returns how many.

    From the highest score on, the smallest roots first among equals, a pair merges if neither of
    its clusters was in one before it: then it is the best of both. A pair that lies apart is passed
    over for good; each of the two may still grow with others. The first pair always merges, so
    that none are chosen only when the queue is empty.
    """
    n = len(forest.parent)
    now = forest.merges[0] + 1
    count = passed = 0
    while queue.used[0] > 0 and count < len(chosen.a) and passed <= PASSED * count + FEW:
        score = queue.score[0]
        pair, born = pop(queue)
        if not is_there(forest, pair, born):
            continue
        a, b = pair // n, pair % n
        if lie_apart(forest, size, a, b, score):
            continue
        if forest.seen[a] == now or forest.seen[b] == now:
            chosen.passed_score[passed] = score
            chosen.passed_pair[passed] = pair
            chosen.passed_born[passed] = born
            passed += 1
        else:
            chosen.a[count], chosen.b[count], chosen.score[count] = a, b, score
            count += 1
        forest.seen[a] = now
        forest.seen[b] = now
    for k in range(passed):
        push(queue, chosen.passed_score[k], chosen.passed_pair[k], chosen.passed_born[k])
    return count


@njit
def _join_all(sums: Any, forest: Any, chosen: Any, count: int) -> None:
    """Join the clusters of a round, all but their sums, for which there is room then."""
    needed = 0
    for k in range(count):
        chosen.room[k] = needed
        needed += entries(sums, chosen.a[k]) + entries(sums, chosen.b[k])
    if sums.top[0] + needed > len(sums.terms):
        compact(sums)
    for k in range(count):
        a, b = chosen.a[k], chosen.b[k]
        chosen.room[k] += sums.top[0]
        forest.inner[a] += forest.inner[b] + chosen.score[k] * sums.size[a] * sums.size[b]
        join(forest, a, b)
    sums.top[0] += needed


@bare
def _merge_some(sums: Any, chosen: Any, first: int, last: int) -> None:
    for k in range(first, last):
        merge(sums, chosen.a[k], chosen.b[k], chosen.room[k])


@bare
def _score_some(
    sums: Any,
    forest: Any,
    graph: Any,
    chosen: Any,
    first: int,
    last: int,
    weights: Any,
    threshold: float,
    desk: Any,
) -> int:
    """Score new clusters with all those beside them; returns the first for which is no room.

    So each pair of clusters is scored once, by the younger of the two: its version goes with the
    pair in the queue, and says later whether both are still there.
    """
    n = len(forest.parent)
    for k in range(first, last):
        if desk.used[0] + n > len(desk.pair):
            return k
        a = chosen.a[k]
        count = gather(forest, graph, a, desk)
        kept = 0
        for i in range(count):
            if forest.version[graph.neighbours[desk.places[i]]] < forest.version[a]:
                desk.places[kept] = desk.places[i]
                kept += 1
        complete(sums, graph, a, kept, weights, desk)
        for i in range(kept):
            place = desk.places[i]
            root = graph.neighbours[place]
            score = mean_score(sums, a, root, graph.total[place], weights)
            if score >= threshold:
                at = desk.used[0]
                desk.score[at] = score
                desk.pair[at] = min(a, root) * n + max(a, root)
                desk.born[at] = forest.version[a]
                desk.used[0] += 1
    return last


@bare
def _queue(queue: Any, forest: Any, desk: Any) -> None:
    """Move what waits on a desk into the queue."""
    if queue.used[0] + desk.used[0] > len(queue.score):
        _forget(forest, queue)
    for k in range(desk.used[0]):
        push(queue, desk.score[k], desk.pair[k], desk.born[k])
    desk.used[0] = 0


@bare
def _forget(forest: Any, queue: Any) -> None:
    """Take the pairs out of the queue whose clusters are no more."""
    kept = 0
    for i in range(queue.used[0]):
        if is_there(forest, queue.pair[i], queue.born[i]):
            queue.score[kept] = queue.score[i]
            queue.pair[kept] = queue.pair[i]
            queue.born[kept] = queue.born[i]
            kept += 1
    queue.used[0] = kept
    order(queue)

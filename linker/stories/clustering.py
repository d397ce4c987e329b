"""Average linkage over a sparse graph of candidates, by vector sums.

The score of two nodes is linear in inner products of their vectors, so the mean score of all pairs
across two clusters needs only the sums of the vectors on each side: average linkage is exact over
every pair, also over the pairs that no neighbour search proposed, and similarity cannot chain as
it does in single linkage or in connected components. Where the total score of each half of a
cluster with a third is known, that of the whole is their sum (Lance and Williams 1967), which
spares the products of long sums.

In a round the clusters merge that are each other's best, with the best pair of all among them:
what either of the two becomes with a third is no better than the better of both (Murtagh 1983), so
that the order of such merges changes nothing, and many are done at once, on all threads. That holds
for means of all pairs and a time that only grows worse. There are two exceptions, both rare: over a
graph a cluster can come nearer to another by a member that was not beside it, and settled clusters
that lie apart (below) may no longer do so when one has grown. There the order does count: it is
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
    entries_of,
    mean_score,
    merge,
    single_nodes,
)
from linker.threads import for_each

#: Two nodes that score this much less than clusters need cannot open a merge.
REACH = 0.6
#: Merges of a round at most.
ROUND = 1024
#: To wake the threads for a round costs as much as some dozen merges of single articles: it takes
#: so many merges, and so many entries of sparse sums in them.
WORTH_MERGES, WORTH_ENTRIES = 16, 1 << 15
#: Turns that a thread takes in a round, so that none waits long for another.
TURNS = 4
#: A round passes over so many pairs at most for each that merges,
PASSED = 2
#: and so many more.
FEW = 16
#: More threads than these would wait for the queue, and each takes a desk: some 70 bytes a node.
DESKS = 8


class _Round(NamedTuple):
    """What merges in a round, at most ROUND pairs: clusters `a` < `b`, int64 (ROUND,).

    `score` float64 (ROUND,) is the mean score across them, `room` int64 (ROUND,) where the pool of
    sums has space for them. Pairs that the round passes over wait in `passed_score` float64,
    `passed_pair` int64 and `passed_born` int32 until they go back into the queue; the last of them
    may be one beyond what ends the round.
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
    # The queue and the desks hold a live pair of clusters once, and such a pair has a pair of the
    # graph, of which `neighbours` has two places: without the dead ones half of the room is free.
    queue = empty_queue(len(neighbours))
    _fill(queue, graph, sums, weights, threshold)
    threads = min(threads, DESKS)
    desks = [empty_desk(n, terms) for _ in range(threads)]
    chosen, queue_lock = _empty_round(ROUND), Lock()

    def merge_turn(turn: tuple[int, int]) -> None:
        _merge_some(sums, chosen, *turn)

    def score_turn(turn: tuple[int, int]) -> None:
        desk = desks.pop()
        first, last = turn
        while first < last:
            first = _score_some(sums, forest, graph, chosen, first, last, weights, threshold, desk)
            with queue_lock:
                _move_to_queue(queue, forest, desk)
        desks.append(desk)

    state = sums, forest, graph, queue
    worth = (WORTH_MERGES if threads > 1 else ROUND + 1, WORTH_ENTRIES)
    while count := _next_large_round(state, chosen, weights, threshold, desks[0], worth):
        length = max(1, -(-count // (TURNS * threads)))
        turns = [(first, min(first + length, count)) for first in range(0, count, length)]
        for_each(merge_turn, turns, threads)
        for_each(score_turn, turns, threads)
    labels: IntArray = labels_of(forest.parent)
    return labels


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


@njit
def _next_large_round(
    state: Any, chosen: Any, weights: Any, threshold: float, desk: Any, worth: Any
) -> int:
    """Merge in rounds, up to one that is worth its threads: returns its size, or 0 at the end.

    The clusters of that one are joined, but not their sums, and not scored. `worth` is the fewest
    merges of such a round and the fewest entries in them.
    """
    sums, forest, graph, queue = state
    while True:
        count = _choose(queue, forest, sums.size, chosen)
        entries = _join_all(sums, forest, chosen, count)
        if count == 0 or (count >= worth[0] and entries >= worth[1]):
            return count
        _merge_some(sums, chosen, 0, count)
        first = 0
        while first < count:
            first = _score_some(sums, forest, graph, chosen, first, count, weights, threshold, desk)
            _move_to_queue(queue, forest, desk)


@bare
def _choose(queue: Any, forest: Any, size: IntArray, chosen: Any) -> int:
    """Take the pairs out of the queue that merge in the next round; returns how many.

    From the highest score on, the smallest roots first among equals, a pair merges if neither of
    its clusters was in a pair before it, whether that one merges or not: so it is the best of both.
    A pair that lies apart is none; each of the two may still grow with others. The first pair
    always merges, so that none are chosen only when the queue is empty.
    """
    n = len(forest.parent)
    now = forest.merges[0] + 1
    count = passed = 0
    while queue.used[0] > 0 and count < len(chosen.a) and passed <= PASSED * count + FEW:
        score = queue.score[0]
        pair, born = pop(queue)
        a, b = pair // n, pair % n
        if not is_there(forest, pair, born) or lie_apart(forest, size, a, b, score):
            continue
        if forest.looked[a] == now or forest.looked[b] == now:
            chosen.passed_score[passed] = score
            chosen.passed_pair[passed] = pair
            chosen.passed_born[passed] = born
            passed += 1
        else:
            chosen.a[count], chosen.b[count], chosen.score[count] = a, b, score
            count += 1
        forest.looked[a] = now
        forest.looked[b] = now
    for k in range(passed):
        push(queue, chosen.passed_score[k], chosen.passed_pair[k], chosen.passed_born[k])
    return count


@njit
def _join_all(sums: Any, forest: Any, chosen: Any, count: int) -> int:
    """Join the clusters of a round, all but their sums, for which there is room then.

    No cluster is in a round twice, so that the room needed is no more than all live sums, which are
    half of the pool at most. Returns how many entries that is.
    """
    needed = 0
    for k in range(count):
        chosen.room[k] = needed
        needed += entries_of(sums, chosen.a[k]) + entries_of(sums, chosen.b[k])
    if sums.top[0] + needed > len(sums.terms):
        compact(sums)
    for k in range(count):
        a, b = chosen.a[k], chosen.b[k]
        chosen.room[k] += sums.top[0]
        forest.inner[a] += forest.inner[b] + chosen.score[k] * sums.size[a] * sums.size[b]
        join(forest, a, b)
    sums.top[0] += needed
    return needed


@bare
def _merge_some(sums: Any, chosen: Any, first: int, last: int) -> None:
    """Add up the sums of some merges, each in rows and a room of its own."""
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
    """Score new clusters with those beside them; returns the first for which the desk has no room.

    Each pair of clusters is scored once, by the younger of the two: its version goes with the pair
    in the queue, and says later whether both are still there.
    """
    n = len(forest.parent)
    for k in range(first, last):
        if desk.used[0] + n > len(desk.pair):
            return k
        a = chosen.a[k]
        beside = gather(forest, graph, a, desk)
        kept = 0
        for i in range(beside):
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
def _move_to_queue(queue: Any, forest: Any, desk: Any) -> None:
    """Move what waits on a desk into the queue, which no other thread may use meanwhile."""
    if queue.used[0] + desk.used[0] > len(queue.score):
        _forget(forest, queue)
    for k in range(desk.used[0]):
        push(queue, desk.score[k], desk.pair[k], desk.born[k])
    desk.used[0] = 0


@bare
def _forget(forest: Any, queue: Any) -> None:
    """Take the pairs out of the queue whose clusters are no more.

    Others may halve ways in the forest meanwhile: that makes no root, and changes none.
    """
    kept = 0
    for i in range(queue.used[0]):
        if is_there(forest, queue.pair[i], queue.born[i]):
            queue.score[kept] = queue.score[i]
            queue.pair[kept] = queue.pair[i]
            queue.born[kept] = queue.born[i]
            kept += 1
    queue.used[0] = kept
    order(queue)

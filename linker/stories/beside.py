"""What stands beside each cluster, and what is known of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from linker.arrays import DoubleArray, Int32Array, IntArray
from linker.jit import bare, njit
from linker.stories.forest import find
from linker.stories.sums import (
    Sums,
    Table,
    Weights,
    empty_table,
    mean_score,
    total_scores,
)
from linker.threads import for_each

#: Rows of the graph that are scored at a time.
ROWS = 2048
#: Pairs that a desk holds beyond those of a single cluster, before they must be queued.
HELD = 1 << 16


class Beside(NamedTuple):
    """The neighbours of each of n members, in rows that only ever get shorter.

    Row i is from `begin` int64 (n,) to `end` int64 (n,) of `neighbours` int64 (m,). Beside each
    neighbour `total` float64 (m,), the scores added up that are known between the member's cluster
    and the neighbour's, but for the time gap, and `pairs` int64 (m,), how many pairs these are.
    """

    begin: IntArray
    end: IntArray
    neighbours: IntArray
    total: DoubleArray
    pairs: IntArray


class Desk(NamedTuple):
    """What a thread works with, one cluster after the other, and the pairs that it has scored.

    For each of n roots, int64 (n,): `met` is the last cluster that it was met beside, by version,
    and `place` where in the graph. `places` int64 (n,) are those beside one cluster; of the ones
    whose score is not known `missing` int64 (n,) are the places, `roots` int64 (n,) who stands
    there, and `total` float64 (n,) the score. `table` is empty but while scores are worked out.
    The first `used[0]` of `score` float64, `pair` int64 and `born` int32, all (n + HELD,), wait for
    the queue (`queue.PairQueue`).
    """

    table: Table
    met: IntArray
    place: IntArray
    places: IntArray
    missing: IntArray
    roots: IntArray
    total: DoubleArray
    score: DoubleArray
    pair: IntArray
    born: Int32Array
    used: IntArray


def empty_desk(n: int, terms: int) -> Desk:
    """A desk for n nodes that hold so many terms."""
    return Desk(
        table=empty_table(terms),
        met=np.zeros(n, np.int64),
        place=np.empty(n, np.int64),
        places=np.empty(n, np.int64),
        missing=np.empty(n, np.int64),
        roots=np.empty(n, np.int64),
        total=np.empty(n),
        score=np.empty(n + HELD),
        pair=np.empty(n + HELD, np.int64),
        born=np.empty(n + HELD, np.int32),
        used=np.zeros(1, np.int64),
    )


def scored_graph(
    sums: Sums,
    start: IntArray,
    neighbours: IntArray,
    weights: Weights,
    least: float,
    terms: int,
    threads: int,
) -> Beside:
    """The graph of single nodes, without the pairs that score less than `least`."""
    total = np.empty(len(neighbours))

    def fill(first: int) -> None:
        last = min(first + ROWS, len(start) - 1)
        table = empty_table(terms)
        _score_rows(sums, start, neighbours, weights, table, first, last, total)

    for_each(fill, range(0, len(start) - 1, ROWS), threads)
    _mirror(start, neighbours, total)
    ends, pairs = start[1:].copy(), np.ones(len(neighbours), np.int64)
    graph = Beside(start[:-1], ends, neighbours.copy(), total, pairs)
    _prune(graph, sums, weights, least)
    return graph


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
def gather(forest: Any, graph: Any, a: int, desk: Any) -> int:
    """Write where in the graph the clusters beside that of root a stand; returns how many.

    There the neighbour is the root of its cluster, with what is known of it and all of a. A
    neighbour that has come inside stays inside, and two neighbours in one cluster stay together:
    such places are taken out of the rows, and members with an empty row out of the list, so that
    the work goes with the number of clusters around and not with that of pairs. But for ways that
    are halved (`find`), what is written is on the desk or in the rows and the list of a's members.
    """
    now = forest.version[a]
    desk.met[a] = now
    count = 0
    member, last = a, a
    while member >= 0:
        kept = graph.begin[member]
        for k in range(graph.begin[member], graph.end[member]):
            root = find(forest.parent, graph.neighbours[k])
            if desk.met[root] != now:
                desk.met[root] = now
                desk.place[root] = kept
                graph.neighbours[kept] = root
                graph.total[kept] = graph.total[k]
                graph.pairs[kept] = graph.pairs[k]
                desk.places[count] = kept
                kept += 1
                count += 1
            elif root != a:
                graph.total[desk.place[root]] += graph.total[k]
                graph.pairs[desk.place[root]] += graph.pairs[k]
        graph.end[member] = kept
        if member != a and kept > graph.begin[member]:
            forest.next_member[last] = member
            last = member
        member = forest.next_member[member]
    forest.next_member[last] = -1
    forest.last_member[a] = last
    return count


@bare
def complete(sums: Any, graph: Any, a: int, count: int, weights: Any, desk: Any) -> None:
    """Work out the totals at those of the desk's places beside root a where a pair is not known."""
    unknown = 0
    for k in range(count):
        place = desk.places[k]
        root = graph.neighbours[place]
        pairs = sums.size[a] * sums.size[root]
        if graph.pairs[place] < pairs:
            graph.pairs[place] = pairs
            desk.missing[unknown] = place
            desk.roots[unknown] = root
            unknown += 1
    if unknown:
        total_scores(sums, a, desk.roots[:unknown], weights, desk.table, desk.total)
    for k in range(unknown):
        graph.total[desk.missing[k]] = desk.total[k]

"""A priority queue of pairs in plain arrays: a binary heap for compiled loops."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from linker.arrays import DoubleArray, Int32Array, IntArray
from linker.jit import bare


class PairQueue(NamedTuple):
    """Pairs in the order of a heap, the highest score first, the lowest `pair` among equals.

    `pair` int64 is low * n + high; `born` int32 is a number that is kept with it. The first
    `used[0]` places are filled, and there is room for `len(score)`.
    """

    score: DoubleArray
    pair: IntArray
    born: Int32Array
    used: IntArray


def empty_queue(room: int) -> PairQueue:
    """A queue without a pair, and room for so many."""
    return PairQueue(
        np.empty(room), np.empty(room, np.int64), np.empty(room, np.int32), np.zeros(1, np.int64)
    )


@bare(inline="always")
def _before(queue: Any, i: int, score: float, pair: int) -> Any:
    """Whether place i comes before a pair."""
    return queue.score[i] > score or (queue.score[i] == score and queue.pair[i] < pair)


@bare(inline="always")
def _put(queue: Any, i: int, score: float, pair: int, born: int) -> None:
    queue.score[i] = score
    queue.pair[i] = pair
    queue.born[i] = born


@bare
def push(queue: Any, score: float, pair: int, born: int) -> None:
    """Add a pair; there must be room."""
    i = queue.used[0]
    queue.used[0] += 1
    while i > 0:
        parent = (i - 1) // 2
        if _before(queue, parent, score, pair):
            break
        _put(queue, i, queue.score[parent], queue.pair[parent], queue.born[parent])
        i = parent
    _put(queue, i, score, pair, born)


@bare
def pop(queue: Any) -> tuple[int, int]:
    """Take out the first pair; returns it with its number."""
    pair, born = queue.pair[0], queue.born[0]
    queue.used[0] -= 1
    last = queue.used[0]
    if last > 0:
        _sink(queue, 0, queue.score[last], queue.pair[last], queue.born[last])
    return pair, born


@bare
def _sink(queue: Any, i: int, score: float, pair: int, born: int) -> None:
    """Put a pair at place i or below it, moving up what comes before it."""
    count = queue.used[0]
    while 2 * i + 1 < count:
        child = 2 * i + 1
        if child + 1 < count and _before(queue, child + 1, queue.score[child], queue.pair[child]):
            child += 1
        if not _before(queue, child, score, pair):
            break
        _put(queue, i, queue.score[child], queue.pair[child], queue.born[child])
        i = child
    _put(queue, i, score, pair, born)


@bare
def order(queue: Any) -> None:
    """Make a heap of places in any order."""
    for i in range(queue.used[0] // 2 - 1, -1, -1):
        _sink(queue, i, queue.score[i], queue.pair[i], queue.born[i])

"""Work in chunks on threads: compiled code lets go of the interpreter, so threads are enough."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 3  # items made but not worked on, so that neither thread waits for a slow moment


def ordered_map(work: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """work(item) for every item, in their order.

    With more than one thread, that many items are worked on at a time, and the next ones are asked
    for meanwhile: never more than twice as many results wait.
    """
    if threads == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[R]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def alongside(work: Callable[[T], None], items: Iterable[T]) -> None:
    """work(item) for every item in their order, in a thread beside the one that makes the items."""
    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[None]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > _AHEAD:
                waiting.popleft().result()
        while waiting:
            waiting.popleft().result()


def for_each(work: Callable[[T], None], items: Iterable[T], threads: int) -> None:
    """work(item) for every item."""
    for _ in ordered_map(work, items, threads):
        pass

"""Work in chunks on threads: compiled code lets go of the interpreter, so threads are enough."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock
from typing import Final, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_NO_MORE: Final = (-1, None)
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


def both(one: Callable[[], T], other: Callable[[], R], threads: int) -> tuple[T, R]:
    """The results of two works, done side by side unless there is one thread only.

    `one` is on a thread of its own, which an error or an interruption of `other` does not wait for.
    """
    if threads == 1:
        return one(), other()
    pool = ThreadPoolExecutor(1)
    try:
        beside = pool.submit(one)
        result = other()
        return beside.result(), result
    finally:
        pool.shutdown(wait=False)


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


def mapped(work: Callable[[T], R], items: Iterable[T], threads: int) -> list[R]:
    """work(item) for every item, in their order, on so many threads, the caller's among them.

    Nobody is woken for a single result, as `ordered_map` must, which short work would feel. Raises
    what work raises (one of it, if several fail) once no thread works any more.
    """
    if isinstance(items, Sized):
        threads = min(threads, len(items))
    if threads <= 1:
        return list(map(work, items))
    waiting, taking, failed = enumerate(items), Lock(), Event()
    results: dict[int, R] = {}

    def take_turns() -> None:
        try:
            while not failed.is_set():
                with taking:
                    place, item = next(waiting, _NO_MORE)
                if place < 0:
                    return
                results[place] = work(item)  # type: ignore[arg-type]  # none but that at the end
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(threads - 1) as pool:
        others = [pool.submit(take_turns) for _ in range(threads - 1)]
        take_turns()
    for other in others:
        other.result()
    return [results[place] for place in range(len(results))]


def for_each(work: Callable[[T], object], items: Iterable[T], threads: int) -> None:
    """work(item) for every item, as `mapped` does it."""
    mapped(work, items, threads)

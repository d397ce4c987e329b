"""Work on threads: all of it, in its order, and what happens when a piece of it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from linker.threads import both, for_each, mapped, ordered_map

Map = Callable[[Callable[[int], Any], Iterable[int], int], Any]
THREADS = (1, 2, 3, 8)


def _listed(work: Callable[[int], Any], items: Iterable[int], threads: int) -> list[Any]:
    return list(ordered_map(work, items, threads))


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("count", [0, 1, 2, 50])
@pytest.mark.parametrize("tried", [mapped, _listed])
def test_results_come_in_order(tried: Map, count: int, threads: int) -> None:
    def work(number: int) -> int:
        time.sleep(0.001 * (number % 3 == 0))  # so that others overtake
        return -number

    assert tried(work, range(count), threads) == [-number for number in range(count)]


@pytest.mark.parametrize("threads", THREADS)
def test_items_are_asked_for_once_each(threads: int) -> None:
    """A generator cannot be asked from two threads at a time."""

    def items() -> Iterator[int]:
        for number in range(40):
            time.sleep(0.0005)
            yield number

    done: list[int] = []
    for_each(done.append, items(), threads)
    assert sorted(done) == list(range(40))


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("tried", [mapped, for_each, _listed])
def test_failures_are_told_and_stop_the_rest(tried: Map, threads: int) -> None:
    begun: list[int] = []
    before = threading.active_count()

    def work(number: int) -> None:
        begun.append(number)
        if number == 3:
            raise ValueError("the third")
        time.sleep(0.001)

    with pytest.raises(ValueError, match="the third"):
        tried(work, range(1000), threads)
    assert len(begun) < 100
    assert threading.active_count() <= before  # one of before may have ended meanwhile


@pytest.mark.parametrize("threads", THREADS)
def test_items_that_cannot_be_made_are_told(threads: int) -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        mapped(abs, items(), threads)


def test_the_caller_works_too() -> None:
    """Of two that must meet, one is the caller."""
    meeting = threading.Barrier(2, timeout=10)

    def work(_: int) -> str:
        meeting.wait()
        return threading.current_thread().name

    assert threading.main_thread().name in mapped(work, range(2), 2)


def test_two_works_are_done_side_by_side() -> None:
    met = threading.Barrier(2, timeout=20)
    assert both(lambda: met.wait() < 2, lambda: (met.wait() < 2, "other"), 2) == (
        True,
        (True, "other"),
    )


def test_two_works_on_one_thread_are_done_in_turn() -> None:
    caller = threading.get_ident()
    assert both(threading.get_ident, threading.get_ident, 1) == (caller, caller)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_failure_of_either_of_two_works_is_told(threads: int) -> None:
    def fail() -> None:
        raise ValueError("failed")

    for works in ((fail, int), (int, fail)):
        with pytest.raises(ValueError, match="failed"):
            both(*works, threads)


def test_a_failure_does_not_wait_for_the_work_beside_it() -> None:
    end = threading.Event()

    def fail() -> None:
        raise ValueError("failed")

    started = time.monotonic()
    with pytest.raises(ValueError, match="failed"):
        both(lambda: end.wait(20), fail, 2)
    assert time.monotonic() - started < 10
    end.set()

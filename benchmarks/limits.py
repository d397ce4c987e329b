"""What this machine can do at most on one core: the roof that inner loops are held against.

Each limit is measured, not read off a data sheet: a loop that does nothing but the one thing, as
the same compilers and libraries make it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from linker.embedding.memory import prefetch
from linker.stories.byte_kernel import GROUP, PANEL, lanes
from linker.stories.byte_tiles import multiply

INTEGERS_32, INTEGERS_64 = "32-bit integers", "64-bit products"
LOOK_UPS, LETTERS = "look-ups", "letters in turn"
PRODUCTS, BYTE_PRODUCTS = "sgemm", "products of bytes"
COPY, TRIAD, LINES = "copy", "triad", "random lines"

LINE = 64
"""Bytes of a cache line."""
_CACHED = 2048  # numbers that surely fit the first cache
_LARGE = 1 << 28  # bytes that surely do not fit the last one
_SQUARE = 1024
_TIMES = 10_000
_QUADS = 64  # of a row of bytes: 256 numbers
_AHEAD = 16  # rows between asking for one and reading it
_STEPS = 8
_FACTOR_32, _TERM_32 = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B)
_FACTOR_64, _TERM_64 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that can be done. amount: how much of its unit one run of the job does."""

    name: str
    what: str
    unit: str
    amount: float
    job: Callable[[], object]


def machine_limits() -> list[Limit]:
    """The limits that hold whatever the kernel."""
    chance = np.random.default_rng(0)
    small = chance.integers(0, 1 << 32, _CACHED, np.uint32)
    wide = chance.integers(0, 1 << 63, _CACHED, np.uint64)
    letters = chance.integers(97, 123, _CACHED).astype(np.uint32)
    entries, out = np.arange(_CACHED, dtype=np.uint32), np.empty(_CACHED, np.uint32)
    square = chance.random((_SQUARE, _SQUARE), np.float32)
    first, second, third = (np.ones(_LARGE // 8) for _ in range(3))
    lines = chance.integers(0, _LARGE // LINE, 1 << 20)
    all_of_them = _TIMES * _CACHED
    return [
        Limit(
            INTEGERS_32, "multiply, add, minimum in the first cache", "operations",
            3 * _STEPS * all_of_them, lambda: _work_32(small, _TIMES),
        ),
        Limit(
            INTEGERS_64, "multiply, after an xor, in the first cache", "products",
            _STEPS * all_of_them, lambda: _work_64(wide, _TIMES),
        ),
        Limit(
            LOOK_UPS, "an entry of a table in the first cache for each letter", "letters",
            all_of_them, lambda: _look_up(letters, entries, out, _TIMES),
        ),
        Limit(
            LETTERS, "look one up, then xor and multiply, which waits for the one before",
            "letters", all_of_them, lambda: _chain(letters, entries, _TIMES),
        ),
        Limit(
            PRODUCTS, f"numpy's float32 product of two matrices of {_SQUARE:,} rows", "operations",
            2 * _SQUARE**3, lambda: square @ square,
        ),
        *_byte_limits(),
        Limit(
            COPY, f"numpy's copy of {_LARGE >> 20} MB, read and written", "bytes",
            2 * _LARGE, lambda: np.copyto(first, second),
        ),
        Limit(
            TRIAD, f"a = b + 3 c of three arrays of {_LARGE >> 20} MB", "bytes",
            3 * _LARGE, lambda: _triad(first, second, third),
        ),
        Limit(
            LINES, f"one number of cache lines drawn at random from {_LARGE >> 20} MB", "bytes",
            LINE * len(lines), lambda: touch_rows(second, lines, LINE // 8),
        ),
    ]  # fmt: skip


def _byte_limits() -> list[Limit]:
    """None where the processor has no instruction for them."""
    if not lanes():
        return []
    panel, rows = np.full(PANEL * 4 * _QUADS, 3, np.uint8), np.full(GROUP * 4 * _QUADS, 5, np.int8)
    room = np.empty(GROUP * PANEL, np.int32), np.empty(GROUP, np.uint64)
    never = np.full(GROUP, np.iinfo(np.int32).max, np.int32)
    return [
        Limit(
            BYTE_PRODUCTS, f"{GROUP} rows of bytes with {PANEL} in the first cache", "operations",
            2 * GROUP * PANEL * 4 * _QUADS * _TIMES,
            lambda: _multiply_bytes(panel, rows, never, room, _TIMES),
        )
    ]  # fmt: skip


@njit(cache=True)
def _multiply_bytes(panel: Any, rows: Any, never: Any, room: Any, times: int) -> Any:
    above = np.uint64(0)
    for _ in range(times):
        above |= multiply(panel, 0, rows, 0, _QUADS, never, room)
    return above


@njit(cache=True)
def _work_32(values: Any, times: int) -> None:
    for _ in range(times):
        for place in range(len(values)):
            value = values[place]
            for _ in range(_STEPS):
                value = min(value, np.uint32(value * _FACTOR_32 + _TERM_32))
            values[place] = value


@njit(cache=True)
def _work_64(values: Any, times: int) -> None:
    """Xor: a compiler makes one multiplication of several with additions between them."""
    for _ in range(times):
        for place in range(len(values)):
            value = values[place]
            for _ in range(_STEPS):
                value = (value ^ _TERM_64) * _FACTOR_64
            values[place] = value


@njit(cache=True)
def _look_up(letters: Any, entries: Any, out: Any, times: int) -> None:
    for turn in range(times):
        for place in range(len(letters)):
            out[place] = entries[letters[place]]
        entries[turn % len(entries)] += np.uint32(1)  # so that no turn is as the one before


@njit(cache=True)
def _chain(letters: Any, entries: Any, times: int) -> Any:
    value = _TERM_64
    for _ in range(times):
        for letter in letters:
            value = (value ^ np.uint64(entries[letter])) * _FACTOR_64
    return value


@njit(cache=True)
def _triad(out: Any, left: Any, right: Any) -> None:
    for place in range(len(out)):
        out[place] = left[place] + 3.0 * right[place]


@njit(cache=True)
def touch_rows(table: Any, rows: Any, size: int) -> Any:
    """Read one number of each cache line of some rows of `size` numbers, and nothing else.

    table: the numbers of all rows, end to end. Later rows are asked for meanwhile.
    """
    total = table[0]
    step = LINE // table.itemsize
    for number in range(len(rows)):
        ahead = rows[min(number + _AHEAD, len(rows) - 1)] * size
        here = rows[number] * size
        for place in range(0, size, step):
            prefetch(table, np.uint64(ahead + place))
            total += table[here + place]
    return total


@njit(cache=True)
def touch_spans(table: Any, start: Any, rows: Any) -> Any:
    """The same of rows of any length, row i from start[i] to start[i + 1]."""
    total = table[0]
    step = LINE // table.itemsize
    for number in range(len(rows)):
        ahead = start[rows[min(number + _AHEAD, len(rows) - 1)]]
        begin, end = start[rows[number]], start[rows[number] + 1]
        for place in range(begin, end, step):
            prefetch(table, np.uint64(ahead + place - begin))
            total += table[place]
    return total

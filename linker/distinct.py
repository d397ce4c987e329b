"""The different ones among many keys, by a hash table in compiled code."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np

from linker.arrays import Int32Array, IntArray, Uint64Array
from linker.jit import bare, njit

#: Slots of the first table, two to this; it doubles when half of them are taken.
_BITS = 12


def distinct(
    keys: Uint64Array,
) -> tuple[Int32Array, IntArray]:
    """The number of each key, int32 (n,), and where each number is met first, int64 (d,).

    Numbers are given from 0 in the order in which keys are met first.
    """
    # Multiplied by chance, so that nobody can choose words that all fall into one slot
    # (Dietzfelbinger and others 1997); the numbers do not depend on it.
    factor = np.uint64(secrets.randbits(64) | 1)
    numbers, first = _distinct(keys, factor)
    return numbers, first


@njit
def _distinct(keys: Any, factor: Any) -> Any:
    numbers = np.empty(len(keys), np.int32)
    first = np.empty(0, np.int64)
    bits, done, count = _BITS, 0, 0
    while True:
        first = np.concatenate((first, np.empty((1 << (bits - 1)) - len(first), np.int64)))
        held = np.empty(1 << bits, np.uint64)
        holder = np.full(1 << bits, -1, np.int32)
        for number in range(count):
            slot = _slot(keys[first[number]], factor, bits, held, holder)
            held[slot], holder[slot] = keys[first[number]], number
        done, count = _number(keys, factor, bits, held, holder, done, count, numbers, first)
        if done == len(keys):
            return numbers, first[:count].copy()
        bits += 1


@bare
def _number(
    keys: Any,
    factor: Any,
    bits: Any,
    held: Any,
    holder: Any,
    done: int,
    count: int,
    numbers: Any,
    first: Any,
) -> tuple[int, int]:
    """Number the keys from the place `done` on until the table is full; returns how far it came.

    Apart from where tables are made: in one loop with that, their references would be counted at
    every step, which takes ten times as long as all the rest.
    """
    for i in range(done, len(keys)):
        slot = _slot(keys[i], factor, bits, held, holder)
        if holder[slot] < 0:
            if count == len(first):
                return i, count
            held[slot], holder[slot] = keys[i], count
            first[count] = i
            count += 1
        numbers[i] = holder[slot]
    return len(keys), count


@bare(inline="always")
def _slot(key: Any, factor: Any, bits: Any, held: Any, holder: Any) -> Any:
    """The slot that holds a key, or the free one where it would go."""
    slot = np.int64((key * factor) >> np.uint64(64 - bits))
    while holder[slot] >= 0 and held[slot] != key:
        slot = (slot + 1) & (len(held) - 1)
    return slot

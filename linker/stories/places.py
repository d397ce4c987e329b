"""Where numbers are among sorted ones: a search that begins at the page of a number's top bits."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from linker.arrays import Int32Array, IntArray
from linker.jit import bare, njit

#: Pages are by so many of the bits that there are.
PAGE_BITS = 16


class Pages(NamedTuple):
    """Ascending unsigned numbers; those with top bits h are from `first[h]` to `first[h + 1]`."""

    numbers: npt.NDArray[Any]
    first: IntArray
    shift: np.uint64


def pages(numbers: npt.NDArray[Any]) -> Pages:
    """Ascending unsigned numbers, made ready for `place`."""
    bits = int(numbers[-1]).bit_length() if len(numbers) else 0
    shift = max(0, bits - PAGE_BITS)
    # The last page ends where the numbers do, whatever the highest number of its bits would be.
    tops = (numbers >> np.array(shift, numbers.dtype)).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(np.bincount(tops, minlength=1))]).astype(np.int64)
    return Pages(numbers, first, np.uint64(shift))


def places(keys: npt.NDArray[Any], among: npt.NDArray[Any]) -> Int32Array:
    """The place of each key in `among`, int32, or -1; both unsigned, `among` ascending."""
    found: Int32Array = _places(keys, pages(among))
    return found


@bare(inline="always")
def place(key: Any, among: Any) -> Any:
    """The place of one key among `Pages`, or -1."""
    top = np.uint64(key) >> among.shift
    if top >= np.uint64(len(among.first) - 1):
        return np.int64(-1)
    low, high = among.first[np.int64(top)], among.first[np.int64(top) + 1]
    while low < high:
        middle = (low + high) >> 1
        if among.numbers[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low if low < len(among.numbers) and among.numbers[low] == key else np.int64(-1)


@njit
def _places(keys: Any, among: Any) -> Any:
    found = np.empty(len(keys), np.int32)
    for i in range(len(keys)):
        found[i] = place(keys[i], among)
    return found

"""Texts as tokens: stretches without white space, each different one kept once.

News repeats its words. What is worked out letter by letter is worked out for each token once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from linker.arrays import BoolArray, Int32Array, IntArray
from linker.buffers import bytes_of
from linker.distinct import distinct
from linker.jit import njit
from linker.text.compiled import mix
from linker.text.folding import FACTOR, SEED

_SEED, _FACTOR, _ONE = np.uint64(SEED), np.uint64(FACTOR), np.uint64(1)
#: Whether a byte is white space of ASCII.
_SPACE = np.array([byte < 0x80 and chr(byte).isspace() for byte in range(0x100)])


@dataclass(frozen=True)
class Tokens:
    """The tokens of n texts.

    Text i has the tokens `strings[places[offsets[i]:offsets[i + 1]]]`. `strings` large_string (d,)
    are the different ones in the order in which they are met first, those of each group of texts
    for themselves; `first` int64 (d,) says in which text; `places` int32 (total,); `offsets` int64
    (n + 1,).

    A token ends where ASCII has white space: every such character parts words and numbers. Other
    white space stays inside of tokens.
    """

    strings: pa.LargeStringArray
    first: IntArray
    places: Int32Array
    offsets: IntArray

    @cached_property
    def counts(self) -> IntArray:
        """How often each token stands in the texts, int64 (d,)."""
        return np.bincount(self.places, minlength=len(self.strings))

    def holding(self, marked: BoolArray) -> BoolArray:
        """Which texts (n,) hold a marked token (d,)."""
        at = np.flatnonzero(marked[self.places]) if marked.any() else np.empty(0, np.int64)
        found = np.zeros(len(self.offsets) - 1, np.bool_)
        found[np.searchsorted(self.offsets, at, "right") - 1] = True
        return found

    def take(self, texts: IntArray) -> tuple[Int32Array, IntArray]:
        """The `places` of some texts end to end, and where each text ends there, int64."""
        begins, ends = self.offsets[:-1], self.offsets[1:]
        if len(texts) == len(begins):  # all of them, as they are
            return self.places, ends
        rows = texts.astype(np.int32)  # as `gathered` is compiled for them already
        places, stops = gathered(self.places, begins, ends, rows, np.arange(1, len(texts) + 1))
        return places, stops


def tokens_of(texts: pa.LargeStringArray, groups: IntArray) -> Tokens:
    """The tokens of texts (n,) without nulls, of `groups` int64 (n,).

    Two tokens whose 64-bit hashes are equal are taken for one.
    """
    data, offsets = bytes_of(texts)
    stops = _stops(data, offsets)
    begins, ends, hashes = _split(data, offsets, groups.astype(np.uint64), stops)
    places, first = distinct(hashes)
    letters, bounds = gathered(data, begins, ends, first, np.arange(len(first) + 1))
    strings = pa.LargeStringArray.from_buffers(
        len(first), pa.py_buffer(bounds), pa.py_buffer(letters)
    )
    return Tokens(strings, np.searchsorted(stops, first, "right") - 1, places, stops)


@njit
def gathered(values: Any, begins: Any, ends: Any, places: Any, stops: Any) -> Any:
    """The stretches values[begins[k]:ends[k]] of some places k, end to end, and where rows end.

    Row i is that of the places up to stops[i]; it ends at so many of the values: int64.
    """
    bounds = np.zeros(len(stops), np.int64)
    size, at = 0, 0
    for row in range(len(stops)):
        while at < stops[row]:
            size += ends[places[at]] - begins[places[at]]
            at += 1
        bounds[row] = size
    found = np.empty(size, values.dtype)
    size = 0
    for k in places[:at]:
        for place in range(begins[k], ends[k]):
            found[size] = values[place]
            size += 1
    return found, bounds


@njit
def _stops(data: Any, offsets: Any) -> Any:
    """The number of tokens before each text and after the last, int64 (n + 1,).

    Without a branch, so that it becomes SIMD.
    """
    stops = np.zeros(len(offsets), np.int64)
    for text in range(len(offsets) - 1):
        count, before = 0, np.uint8(1)
        for byte in data[offsets[text] : offsets[text + 1]]:
            space = np.uint8(byte == np.uint8(0x20))
            space |= np.uint8(byte - np.uint8(0x09) < np.uint8(5))
            space |= np.uint8(byte - np.uint8(0x1C) < np.uint8(4))
            count += int(before & ~space & np.uint8(1))
            before = space
        stops[text + 1] = stops[text] + count
    return stops


@njit
def _split(data: Any, offsets: Any, groups: Any, stops: Any) -> Any:
    """Where each token begins and ends, and its hash within its text's group."""
    begins, ends = np.empty(stops[-1], np.int64), np.empty(stops[-1], np.int64)
    hashes = np.empty(stops[-1], np.uint64)
    at = 0
    for text in range(len(offsets) - 1):
        seed = mix(_SEED + groups[text])
        # Unsigned: a place that might be negative is asked about each time.
        place, end = np.uint64(offsets[text]), np.uint64(offsets[text + 1])
        while place < end:
            if _SPACE[data[place]]:
                place += _ONE
                continue
            begins[at], value = place, seed
            while place < end and not _SPACE[data[place]]:
                value = (value ^ np.uint64(data[place])) * _FACTOR
                place += _ONE
            ends[at], hashes[at] = place, mix(value)
            at += 1
    return begins, ends, hashes

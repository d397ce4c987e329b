"""The rules of folding.py as tables: one 32-bit entry for every code point.

An entry is 0 for a separator; else flags above the folded code point in the low 21 bits. A code
point that folds to several holds EXPANSION and the number of a run of entries in the pool.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from linker.arrays import IntArray, Uint32Array
from linker.text import folding
from linker.text.cache import Arrays, cached_arrays

TABLE_VERSION = 1
"""Raise it with every change of what folding means."""

PAYLOAD = (1 << 21) - 1
DELETED = 1 << 21
MARK = 1 << 22
DIGIT = 1 << 23
CAPITAL_LETTER = 1 << 24
SINGLE = 1 << 25
JAMO = 1 << 26
EXPANSION = 1 << 27

SLOTS_A_POINT = 36
"""Room for a code point as entries: eighteen at most, and a separator before each."""

_POINTS = 0x110000
# The planes from 4 to 13 are unassigned, 15 and 16 private; plane 14 holds a few selectors.
_ASSIGNED = (range(0x40000), range(0xE0000, 0xE0200))
_JAMO_POINTS = range(0x1100, 0x1200)


class Tables(NamedTuple):
    """Folding as data.

    entries: uint32 (0x110000,), one a code point. pool: uint32, the entries of all expansions.
    pool_offsets: int64 (expansions + 1,), expansion i is pool[pool_offsets[i]:pool_offsets[i+1]].
    """

    entries: Uint32Array
    pool: Uint32Array
    pool_offsets: IntArray


@lru_cache(maxsize=1)
def load_tables() -> Tables:
    """The tables for this Python's Unicode version, from the cache or made in under a second."""
    name = f"codepoints-{TABLE_VERSION}-unicode-{unicodedata.unidata_version}"
    arrays = cached_arrays(name, _make_arrays, _usable)
    return Tables(arrays["entries"], arrays["pool"], arrays["pool_offsets"])


def _usable(arrays: Arrays) -> bool:
    """Whether stored arrays have the shapes that the compiled pass indexes without checks."""
    expected = {"entries": np.uint32, "pool": np.uint32, "pool_offsets": np.int64}
    if {key: value.dtype for key, value in arrays.items()} != expected:
        return False
    offsets = arrays["pool_offsets"]
    return (
        arrays["entries"].shape == (_POINTS,)
        and offsets[0] == 0
        and offsets[-1] == len(arrays["pool"])
        and 2 * np.diff(offsets).max() <= SLOTS_A_POINT
    )


def _make_arrays() -> Arrays:
    entries = np.zeros(_POINTS, np.uint32)
    pool: list[int] = []
    offsets = [0]
    for points in _ASSIGNED:
        for point in points:
            run = _entries_of(chr(point))
            if len(run) == 1:
                entries[point] = run[0]
                continue
            entries[point] = EXPANSION | len(offsets) - 1
            pool.extend(run)
            offsets.append(len(pool))
    entries[_JAMO_POINTS] |= JAMO
    return {
        "entries": entries,
        "pool": np.array(pool, np.uint32),
        "pool_offsets": np.array(offsets, np.int64),
    }


def _entries_of(raw: str) -> list[int]:
    """The entries of one raw code point: one, or several where it expands."""
    category = unicodedata.category(raw)
    if category in folding.NOT_TEXT:
        return [0]
    if category == "Lo" and unicodedata.is_normalized("NFKD", raw) and not _is_variant(raw):
        return [ord(raw) | SINGLE * folding.is_character(raw)]  # half of all: neither case nor mark
    folded = folding.fold_character.__wrapped__(raw)
    if folded == " ":
        return [0]
    capital = CAPITAL_LETTER * folding.is_capital(raw)
    return [_entry_of(char) | capital * (char != " ") for char in folded] or [DELETED]


def _is_variant(raw: str) -> bool:
    return raw in folding.LETTER_VARIANTS or raw in folding.SEPARATORS


def _entry_of(char: str) -> int:
    if char == " ":
        return 0
    entry = ord(char)
    if char in "0123456789":
        entry |= DIGIT
    if unicodedata.category(char)[0] == "M":
        entry |= MARK
    if folding.is_character(char):
        entry |= SINGLE
    return entry

"""The keys of counted lines: 64 bits that stand for a folded line of a source."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from linker.arrays import ByteArray, IntArray, Uint64Array
from linker.cleaning.points import key_of
from linker.cleaning.strings import Strings
from linker.jit import bare

Keys = Uint64Array

_ALL = (1 << 64) - 1
_FACTOR_INT = 0xFF51AFD7ED558CCD
_FACTOR = np.uint64(_FACTOR_INT)
_NOTHING = np.uint64(0)


@bare(inline="always")
def line_key(folded: np.uint64, source: np.uint64) -> np.uint64:
    """The key of a folded line, given by points.key_of, in a source, given by source_keys."""
    mixed = (folded ^ (source * _FACTOR)) * _FACTOR
    return mixed ^ (mixed >> np.uint64(32))


def source_keys(sources: Strings) -> Keys:
    """The keys of the names of sources, uint64 (n,)."""
    keys = np.zeros(len(sources.offsets) - 1, np.uint64)
    _write_keys(sources.data, sources.offsets, keys)
    return keys


@lru_cache(maxsize=1024)
def key_of_source(source: str) -> int:
    """The key of one name."""
    data = source.encode("utf-8", "surrogatepass")
    offsets = np.frombuffer(np.array([0, len(data)]).tobytes(), np.int64)
    return int(source_keys(Strings(np.frombuffer(data or b"\0", np.uint8), offsets))[0])


def key_of_line(source: int, folded: str) -> int:
    """line_key for one line that Python has folded, in the source of this key."""
    points = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
    key = int(key_of(points.astype(np.uint64), len(points), _NOTHING))
    mixed = (key ^ (source * _FACTOR_INT & _ALL)) * _FACTOR_INT & _ALL
    return mixed ^ mixed >> 32


@bare
def _write_keys(data: ByteArray, offsets: IntArray, keys: Keys) -> None:
    for row in range(len(keys)):
        value = np.uint64(offsets[row + 1] - offsets[row])
        for place in range(offsets[row], offsets[row + 1]):
            value = (value ^ np.uint64(data[place])) * _FACTOR
            value ^= value >> np.uint64(29)
        keys[row] = value

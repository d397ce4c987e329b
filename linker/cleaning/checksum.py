"""CRC-32 in a compiled pass; zlib.crc32 is the plain twin."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

_ONES = np.uint32(0xFFFFFFFF)


@lru_cache(maxsize=1)
def checksum_table() -> NDArray[np.uint32]:
    """The tables of CRC-32 taken eight bytes at a time, uint32 (8, 256)."""
    tables = np.zeros((8, 256), np.uint32)
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, (values >> 1) ^ np.uint32(0xEDB88320), values >> 1)
    tables[0] = values
    for table in range(1, 8):
        tables[table] = (tables[table - 1] >> 8) ^ values[tables[table - 1] & 0xFF]
    return tables


@njit(cache=True, nogil=True)
def checksum(
    data: NDArray[np.uint8], begin: int, end: int, tables: NDArray[np.uint32]
) -> np.uint32:
    """CRC-32 of some bytes."""
    value = _ONES
    place = begin
    while place + 8 <= end:
        for step in range(4):
            value ^= np.uint32(data[place + step]) << np.uint32(8 * step)
        after = np.uint32(0)
        for step in range(4):
            after ^= tables[7 - step, value >> np.uint32(8 * step) & np.uint32(0xFF)]
            after ^= tables[3 - step, data[place + 4 + step]]
        value = after
        place += 8
    while place < end:
        value = tables[0, (value ^ data[place]) & np.uint32(0xFF)] ^ (value >> np.uint32(8))
        place += 1
    return value ^ _ONES

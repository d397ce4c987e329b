"""Mean pooling in whole numbers: the same bits on any processor, batch size and thread count.

Sums of float32 depend on their order, and so on how a batch was cut. Here a token's vector is
int16 under one scale for the whole matrix; sums of them are exact, and the scale and the number of
tokens cancel when the sum is brought to norm 1. plain.py has the plain twins.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from linker.embedding.plain import INFINITE, LARGEST, MAGNITUDE
from linker.jit import Intrinsic, bare, njit

BLOCK: Final = 32_768  # tokens whose int16 vectors surely fit an int32 sum: 2**15 * 2**15 < 2**31
_AHEAD = np.uint64(16)  # tokens between asking for a row and adding it
_CACHE_LINE = np.uint64(32)  # int16 values in a line
_NONE, _ONE, _TWO, _THREE, _FOUR = (np.uint64(number) for number in range(5))
prefetch: Any = Intrinsic("linker.embedding.memory", "prefetch")


def quantise(matrix: NDArray[np.float16]) -> NDArray[np.int16]:
    """Round a float16 matrix to int16, its largest entry to +-32767.

    Raises ValueError for entries that are not finite.
    """
    bits = np.ascontiguousarray(matrix).view(np.uint16).reshape(-1)
    largest = _largest(bits)
    if largest >= INFINITE:
        raise ValueError("the matrix has entries that are not finite")
    table = np.zeros(1 << 16, np.int16)
    patterns = np.arange(largest + 1, dtype=np.uint16)
    values = patterns.view(np.float16).astype(np.float64)
    rounded = np.rint(values * (LARGEST / (values[-1] or 1.0))).astype(np.int16)
    table[patterns] = rounded
    table[patterns | ~MAGNITUDE] = -rounded
    quantised = np.empty(len(bits), np.int16)
    _translate(bits, table, quantised)
    return quantised.reshape(matrix.shape)


@bare
def _largest(bits: Any) -> Any:
    """The largest pattern without its sign: float16 patterns are in the order of their values."""
    largest = np.uint16(0)
    for pattern in bits:
        largest = max(largest, pattern & MAGNITUDE)
    return largest


@bare
def _translate(bits: Any, table: Any, quantised: Any) -> None:
    for place in range(len(bits)):
        quantised[place] = table[bits[place]]


@bare
def _add(ids: Any, begin: Any, end: Any, matrix: Any, total: Any) -> None:
    """Add the rows of some tokens to an int32 total, four at a time.

    The matrix is far larger than a processor's cache: the rows of later tokens are asked for
    meanwhile, up to the last one of the batch.
    """
    size = np.uint64(len(total))
    place = begin
    while place + _FOUR <= end:
        for later in range(place + _AHEAD, min(place + _AHEAD + _FOUR, np.uint64(len(ids)))):
            for column in range(_NONE, size, _CACHE_LINE):
                prefetch(matrix, np.uint64(ids[later]) * size + column)
        a, b = np.uint64(ids[place]) * size, np.uint64(ids[place + _ONE]) * size
        c, d = np.uint64(ids[place + _TWO]) * size, np.uint64(ids[place + _THREE]) * size
        row_a, row_b = matrix[a : a + size], matrix[b : b + size]
        row_c, row_d = matrix[c : c + size], matrix[d : d + size]
        for column in range(size):
            pair = np.int32(row_a[column]) + np.int32(row_b[column])
            total[column] += pair + (np.int32(row_c[column]) + np.int32(row_d[column]))
        place += _FOUR
    while place < end:
        a = np.uint64(ids[place]) * size
        row_a = matrix[a : a + size]
        for column in range(size):
            total[column] += np.int32(row_a[column])
        place += _ONE


@bare
def _write_unit(total: Any, size: Any, vector: Any) -> None:
    """Write a total of `size` columns, and zeros to a multiple of LANES (plain.py), at norm 1."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for column in range(_NONE, np.uint64(len(total)), _FOUR):
        a += np.float64(total[column]) * np.float64(total[column])
        b += np.float64(total[column + _ONE]) * np.float64(total[column + _ONE])
        c += np.float64(total[column + _TWO]) * np.float64(total[column + _TWO])
        d += np.float64(total[column + _THREE]) * np.float64(total[column + _THREE])
    squares = (a + b) + (c + d)
    scale = 1.0 / np.sqrt(squares) if squares > 0 else 0.0
    for column in range(size):
        vector[column] = np.float32(np.float64(total[column]) * scale)


@bare
def known_shares(ids: Any, offsets: Any, unknown: Any, shares: Any) -> None:
    """Write the share of each text's tokens that are not `unknown` to `shares` float32 (n,).

    ids: uint32 (tokens,); offsets: int64 (n + 1,); a text without tokens keeps its share.
    """
    for text in range(len(shares)):
        known = 0
        for token in range(offsets[text], offsets[text + 1]):
            known += ids[token] != unknown
        tokens = offsets[text + 1] - offsets[text]
        if tokens:
            shares[text] = np.float32(known / tokens)


@njit
def pool(ids: Any, offsets: Any, flat: Any, vectors: Any) -> None:
    """Sum the int16 vectors of each text's tokens and bring the sum to norm 1.

    ids: uint32 (tokens,); offsets: int64 (n + 1,); flat: int16 (vocabulary * d,), row after row;
    vectors: float32 (n, d), written; a row without tokens, or of sum 0, becomes 0.
    """
    size = np.uint64(vectors.shape[1])
    part = np.empty(size, np.int32)
    total = np.zeros((size + _THREE) // _FOUR * _FOUR, np.int64)
    for text in range(len(offsets) - 1):
        begin, end = np.uint64(offsets[text]), np.uint64(offsets[text + 1])
        total[:] = 0
        while begin < end:
            stop = min(begin + np.uint64(BLOCK), end)
            part[:] = 0
            _add(ids, begin, stop, flat, part)
            for column in range(size):
                total[column] += part[column]
            begin = stop
        _write_unit(total, size, vectors[text])

"""MinHash signatures, bit for bit those of datasketch's affine32 scheme."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from linker.text import Words, word_hashes

PERMUTATIONS = 128
SEED = 1
EMPTY = np.uint32(0xFFFFFFFF)
"""Every value of the signature of an empty text."""

_TEXTS_AT_ONCE = 8192
_ROWS_AT_ONCE = 1024


def minhash(texts: Sequence[str], *, threads: int = 1) -> NDArray[np.uint32]:
    """The signatures of texts, uint32 (n, 128).

    Each row equals the hashvalues of datasketch 2.0's `MinHash(128, seed=1, scheme="affine32",
    hashfunc=linker.shingle_hash)` updated with every shingle of the text.
    """
    rows = np.empty((len(texts), PERMUTATIONS), np.uint32)
    for start in range(0, len(texts), _TEXTS_AT_ONCE):
        words = word_hashes(texts[start : start + _TEXTS_AT_ONCE], threads=threads)
        rows[start : start + len(words)] = signatures(words, threads=threads)
    return rows


def signatures(
    words: Words, *, rows: NDArray[np.int64] | None = None, threads: int = 1
) -> NDArray[np.uint32]:
    """The signatures of texts given as words, uint32 (n, 128); the same for any threads.

    rows: the texts to sign, all by default.
    """
    from linker.reprints.kernels import fill_signatures

    if rows is None:
        rows = np.arange(len(words))
    found = np.full((len(rows), PERMUTATIONS), EMPTY, np.uint32)

    def fill(start: int) -> None:
        part = slice(start, start + _ROWS_AT_ONCE)
        fill_signatures(words.hashes, words.offsets, rows[part], permutations(), found[part])

    starts = range(0, len(rows), _ROWS_AT_ONCE)
    if threads == 1:
        for start in starts:
            fill(start)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, starts))
    return found


@lru_cache(maxsize=1)
def permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors and terms of the affine permutations, uint32 (128,) each.

    Drawn as datasketch draws them, without importing it (which takes half a second).
    """
    random = np.random.RandomState(SEED)
    factors = random.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2)
    terms = random.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
    return factors + np.uint32(1), terms

"""Signatures without compiled loops: the plain twin of kernels.py, and for a few texts the quicker.

The words are those of linker.text.folding; the rest is NumPy, whose whole numbers wrap around as
those of the loops do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linker.arrays import Uint32Array, Uint64Array
from linker.reprints.shingles import SHINGLE_WORDS
from linker.text import word_hash, words
from linker.text.folding import FACTOR, MIX_1, MIX_2

_HALF = np.uint64(32)
_AT_ONCE = 1024  # shingles, whose permutations lie in memory together


def minhash_plain(
    texts: Sequence[str], permutations: tuple[Uint32Array, Uint32Array]
) -> Uint32Array:
    """The signatures of texts, uint32 (n, k): what `linker.minhash` gives.

    permutations: factors and terms, uint32 (k,) each.
    """
    factors, terms = permutations
    rows = np.full((len(texts), len(factors)), 0xFFFFFFFF, np.uint32)
    for row, text in zip(rows, texts, strict=True):
        shingles = _premixed(_shingles(words(text)))
        for start in range(0, len(shingles), _AT_ONCE):
            permuted = shingles[start : start + _AT_ONCE, None] * factors + terms
            np.minimum(row, permuted.min(axis=0), out=row)
    return rows


def _shingles(found: list[str]) -> Uint32Array:
    """The shingles of a text: shingle_hash of every run of its words."""
    hashes = np.fromiter(map(word_hash, found), np.uint64, len(found))
    size = min(len(hashes), SHINGLE_WORDS)
    values = np.zeros(len(hashes) - size + 1 if size else 0, np.uint64)
    for step in range(size):
        values = values * np.uint64(FACTOR) + hashes[step : step + len(values)]
    return (_mixed(values) >> _HALF).astype(np.uint32)


def _mixed(values: Uint64Array) -> Uint64Array:
    """linker.text.folding.mix of each."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(MIX_1)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(MIX_2)
    return values ^ (values >> np.uint64(31))


def _premixed(values: Uint32Array) -> Uint32Array:
    """MurmurHash3's finisher of each, which affine32 applies before permuting."""
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))

"""MinHash signatures, bit for bit those of datasketch's affine32 scheme."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from linker.arrays import Uint32Array
from linker.errors import listed
from linker.first_run import compile_ahead
from linker.text import Words, word_hashes
from linker.threads import for_each
from linker.worth import compiled_pays

PERMUTATIONS = 128
SEED = 1

_TEXTS_AT_ONCE = 512  # enough that Python hardly matters beside the passes over them


def minhash(texts: Sequence[str], *, threads: int = 1) -> Uint32Array:
    """The signatures of texts, uint32 (n, 128).

    Each row equals the hashvalues of datasketch 2.0's `MinHash(128, seed=1, scheme="affine32",
    hashfunc=linker.shingle_hash)` updated with every shingle of the text. Raises LinkerError for
    what is not a list of strings.
    """
    texts = listed(texts)
    if not compiled_pays(texts):
        from linker.reprints.plain import minhash_plain

        return minhash_plain(texts, permutations())
    compile_ahead("minhash", threads)
    rows = np.empty((len(texts), PERMUTATIONS), np.uint32)

    def fill(start: int) -> None:
        part = slice(start, start + _TEXTS_AT_ONCE)
        words = word_hashes(texts[part], kinds=False)
        _fill(words, rows[part])

    for_each(fill, range(0, len(texts), _TEXTS_AT_ONCE), threads)
    return rows


def signatures(words: Words) -> Uint32Array:
    """The signatures of texts given as words, uint32 (n, 128)."""
    found = np.empty((len(words), PERMUTATIONS), np.uint32)
    _fill(words, found)
    return found


def _fill(words: Words, found: Uint32Array) -> None:
    from linker.reprints.kernels import fill_signatures

    fill_signatures(words.hashes, words.offsets, permutations(), found)


@lru_cache(maxsize=1)
def permutations() -> tuple[Uint32Array, Uint32Array]:
    """Factors and terms of the affine permutations, uint32 (128,) each.

    Drawn as datasketch draws them, without importing it (which takes half a second).
    """
    random = np.random.RandomState(SEED)
    factors = random.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2)
    terms = random.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
    return factors + np.uint32(1), terms

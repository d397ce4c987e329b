"""Signatures as datasketch's objects and back, for its indexes, its storage and its files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from linker.arrays import Uint32Array
from linker.errors import LinkerError, kind_of
from linker.reprints.shingles import shingle_hash
from linker.reprints.signatures import PERMUTATIONS, SEED

if TYPE_CHECKING:
    from datasketch import LeanMinHash, MinHash

SCHEME = "affine32"
"""The permutation scheme of datasketch 2.0 that the signatures follow."""


def to_datasketch(signatures: Uint32Array) -> list[MinHash]:
    """Signatures as datasketch MinHash objects, one a row.

    signatures: uint32 (n, 128), as `linker.minhash` gives them. The objects hold copies and are
    what datasketch makes itself of the same shingles with `linker.shingle_hash`: they can be
    updated, merged and compared with such ones, pickled, and put into MinHashLSH, MinHashLSHForest
    and MinHashLSHEnsemble with any storage. All of them share one array of permutations.
    Raises LinkerError for another shape or type.

        >>> import linker
        >>> [one, two] = linker.to_datasketch(linker.minhash(["a clock stopped"] * 2))
        >>> one.jaccard(two)
        1.0
    """
    from datasketch import MinHash

    kind: dict[str, Any] = {"seed": SEED, "scheme": SCHEME, "hashfunc": shingle_hash}
    shared = MinHash(num_perm=PERMUTATIONS, **kind).permutations
    rows = _checked(signatures)
    return [MinHash(hashvalues=row, permutations=shared, **kind) for row in rows]


def to_lean(signatures: Uint32Array) -> list[LeanMinHash]:
    """Signatures as datasketch LeanMinHash objects, one a row.

    Like `to_datasketch`, but frozen: they take less than half the time to make, can be written
    into a buffer with `serialize`, and cannot be updated.
    Raises LinkerError for another shape or type.
    """
    from datasketch import LeanMinHash

    rows = _checked(signatures)
    return [LeanMinHash(seed=SEED, hashvalues=row, scheme=SCHEME) for row in rows]


def from_datasketch(sketches: Iterable[MinHash | LeanMinHash]) -> Uint32Array:
    """The signatures of datasketch's objects, uint32 (n, 128), as `linker.minhash` gives them.

    Raises LinkerError when one of them was made with other permutations: values of two schemes,
    seeds or lengths look alike and mean nothing to each other. The hash function leaves no trace
    in a sketch; that it was `linker.shingle_hash` is for the caller to know.
    """
    from datasketch import MinHash

    if not isinstance(sketches, Iterable):
        raise LinkerError(f"sketches must be a list of MinHash, not {kind_of(sketches)}")
    rows = []
    for number, sketch in enumerate(sketches):
        if not isinstance(sketch, MinHash):  # LeanMinHash is one too
            raise LinkerError(f"sketch {number} is {kind_of(sketch)}, not a MinHash")
        found = (sketch.scheme, sketch.seed, len(sketch))
        if found != (SCHEME, SEED, PERMUTATIONS):
            raise LinkerError(
                f"sketch {number} has scheme {found[0]}, seed {found[1]} and {found[2]} values;"
                f" signatures have {SCHEME}, {SEED} and {PERMUTATIONS}"
            )
        rows.append(sketch.hashvalues)
    return np.array(rows, np.uint32).reshape(-1, PERMUTATIONS)


def _checked(signatures: Uint32Array) -> Uint32Array:
    if not isinstance(signatures, np.ndarray):
        raise LinkerError(
            f"signatures are a uint32 array (n, {PERMUTATIONS}), as linker.minhash gives it,"
            f" not {type(signatures).__name__}"
        )
    if signatures.ndim != 2 or signatures.shape[1] != PERMUTATIONS or signatures.dtype != np.uint32:
        raise LinkerError(
            f"signatures are a uint32 array (n, {PERMUTATIONS}), as linker.minhash gives it,"
            f" not {signatures.dtype} {signatures.shape}"
        )
    return signatures

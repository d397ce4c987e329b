"""Whether linker's signatures are datasketch's, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence

SAMPLE = 300


def equal_rows(texts: Sequence[str]) -> tuple[int, int]:
    """How many signatures of a sample equal datasketch's, and how many were compared."""
    from datasketch import MinHash

    import linker
    from linker.reprints.shingles import shingles
    from linker.text import words

    sample = texts[:: max(1, len(texts) // SAMPLE)][:SAMPLE]
    shingled = [shingles(words(text)) for text in sample]
    theirs = MinHash.bulk(
        shingled, num_perm=128, seed=1, scheme="affine32", hashfunc=linker.shingle_hash
    )
    ours = linker.minhash(sample)
    equal = sum(
        bool((row == other.hashvalues).all()) for row, other in zip(ours, theirs, strict=True)
    )
    return equal, len(sample)

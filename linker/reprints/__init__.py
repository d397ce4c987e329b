"""Which articles are copies of which: MinHash candidates, exact verification, groups."""

from __future__ import annotations

from linker.reprints.groups import Reprints, group_reprints
from linker.reprints.kinds import EXACT, EXCERPT, KIND_NAMES, NONE, REPRINT, VERSION
from linker.reprints.shingles import shingle_hash
from linker.reprints.signatures import minhash, signatures
from linker.reprints.verify import pair_similarity

__all__ = [
    "EXACT",
    "EXCERPT",
    "KIND_NAMES",
    "NONE",
    "REPRINT",
    "VERSION",
    "Reprints",
    "group_reprints",
    "minhash",
    "pair_similarity",
    "shingle_hash",
    "signatures",
]

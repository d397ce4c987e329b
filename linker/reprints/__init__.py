"""Which articles are copies of which: MinHash candidates, exact verification, groups."""

from __future__ import annotations

from linker.reprints.groups import Reprints, group_reprints, group_sketches
from linker.reprints.kinds import EXACT, EXCERPT, KIND_NAMES, NONE, REPRINT, VERSION, Rule
from linker.reprints.rewrites import Rewrites, find_rewrites
from linker.reprints.shingles import Shingles, end_to_end, hash_shingles, shingle_hash
from linker.reprints.signatures import minhash, signatures
from linker.reprints.sketches import Sketches, collect, sketch
from linker.reprints.verify import pair_similarity

__all__ = [
    "EXACT",
    "EXCERPT",
    "KIND_NAMES",
    "NONE",
    "REPRINT",
    "VERSION",
    "Reprints",
    "Rewrites",
    "Rule",
    "Shingles",
    "Sketches",
    "collect",
    "end_to_end",
    "find_rewrites",
    "group_reprints",
    "group_sketches",
    "hash_shingles",
    "minhash",
    "pair_similarity",
    "shingle_hash",
    "signatures",
    "sketch",
]

"""Which articles are copies of which: MinHash candidates, exact verification, groups.

What signs texts is imported with the package, all else on first use: it brings compiled loops,
which a few texts can do without (linker.worth).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linker.lazy import lazy
from linker.reprints.shingles import (
    Shingles,
    end_to_end,
    hash_shingles,
    shingle_counts,
    shingle_hash,
)
from linker.reprints.signatures import minhash, signatures

if TYPE_CHECKING:
    from linker.reprints.groups import Reprints, group_reprints, group_sketches
    from linker.reprints.kinds import EXACT, EXCERPT, KIND_NAMES, NONE, REPRINT, VERSION, Rule
    from linker.reprints.rewrites import Rewrites, find_rewrites
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
    "shingle_counts",
    "shingle_hash",
    "signatures",
    "sketch",
]

_NAMES = {
    "groups": ("Reprints", "group_reprints", "group_sketches"),
    "kinds": ("EXACT", "EXCERPT", "KIND_NAMES", "NONE", "REPRINT", "VERSION", "Rule"),
    "rewrites": ("Rewrites", "find_rewrites"),
    "sketches": ("Sketches", "collect", "sketch"),
    "verify": ("pair_similarity",),
}

__getattr__ = lazy(
    __name__, {name: f"{__name__}.{home}" for home, names in _NAMES.items() for name in names}
)


def __dir__() -> list[str]:
    return sorted(__all__)

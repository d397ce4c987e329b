"""Every pair of articles that may be copies: four ways of finding them, one list of pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from linker.arrays import Uint64Array
from linker.reprints.bands import BucketCounts, pack, shared_bucket_pairs
from linker.reprints.excerpts import excerpt_pairs
from linker.reprints.facts import Facts
from linker.reprints.shingles import distinct
from linker.reprints.sketches import Sketches


@dataclass(frozen=True, slots=True)
class Members:
    """The articles to compare, in the order in which they may represent a group.

    sketches and facts: member for member.
    """

    sketches: Sketches
    facts: Facts

    def __len__(self) -> int:
        return len(self.sketches)


def candidate_pairs(
    members: Members, counts: BucketCounts, *, threads: int, memory: int
) -> Uint64Array:
    """Pairs of members as later << 32 | earlier, sorted and distinct; adds to counts.

    Pairs of Jaccard at or above the threshold from bands of signatures, those of long texts and
    contained pairs from sampled shingles, versions from urls and from titles within a source.
    memory: bytes to work in, about.
    """
    return distinct(
        np.concatenate(
            (
                shared_bucket_pairs(band_codes(members.sketches), counts, threads),
                excerpt_pairs(members.sketches.samples, counts, threads=threads, memory=memory),
                shared_bucket_pairs(_version_codes(members), counts, threads),
            )
        )
    )


def band_codes(sketches: Sketches) -> Iterator[Uint64Array]:
    """Codes of each band, of the members that have it."""
    from linker.reprints.buckets import fill_band

    for band in range(sketches.bands.max(initial=0)):
        codes = np.empty(np.count_nonzero(sketches.bands > band), np.uint64)
        fill_band(sketches.keys, sketches.firsts, sketches.bands, band, codes)
        yield codes


def _version_codes(members: Members) -> Iterator[Uint64Array]:
    """Codes of members with one url, and of members of one source with half a title in common."""
    facts = members.facts
    located = np.flatnonzero(facts.urls)
    yield pack(facts.urls[located], located)
    sourced = np.flatnonzero((facts.sources != 0) & (facts.title_sets.counts > 0))
    sources = facts.sources[sourced]
    for halves in (facts.fronts, facts.backs):
        yield pack(_spread(halves[sourced] + sources), sourced)


def _spread(keys: Uint64Array) -> Uint64Array:
    """Bring the high bits down, as only the low 32 are packed."""
    keys = keys * np.uint64(0x9E3779B97F4A7C15)
    return keys >> np.uint64(32)

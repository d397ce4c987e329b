"""Candidates from sampled shingles: an article inside a longer one, and long articles alike."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Lock

import numpy as np

from linker.arrays import IntArray, Uint64Array
from linker.reprints.bands import SHARED, BucketCounts, bucket_pairs
from linker.reprints.shingles import Shingles, shingle_codes
from linker.threads import mapped

SAMPLE_BITS = 3
"""One shingle in eight is looked up; 50 words of which 80 % are contained share about 4."""
MEMORY = 1 << 30
"""Bytes to sort samples in, where nobody says otherwise."""

# A sampled shingle takes eight bytes as a code, a quarter more as nobody knows how many there are
# in a range, and the pairs of the range as much and more; the pairs of all ranges are kept.
_BYTES = 64
_MEMBER = np.uint64(0xFFFFFFFF)


def excerpt_pairs(
    samples: Shingles, counts: BucketCounts, *, threads: int = 1, memory: int = MEMORY
) -> Uint64Array:
    """Pairs of texts that share sampled shingles, later << 32 | earlier, sorted.

    samples: of the texts to compare, earliest first. memory: bytes to work in, about: samples are
    taken in ranges of hash values, as many as need no more than that, which changes nothing else.
    """
    from linker.reprints.buckets import add_sizes, keep_shared

    total = int(samples.counts.sum())
    parts = max(threads, -(-total * _BYTES * threads // memory))
    as_they_lie = np.argsort(samples.starts)
    sizes, adding = np.zeros(len(samples.starts), np.int64), Lock()
    # One for each thread, used again and again: memory that is given back comes back as zeros.
    rooms = SimpleQueue[Uint64Array]()
    for _ in range(threads):
        rooms.put(np.empty(total * 5 // (4 * parts) + 64, np.uint64))

    def work(part: int) -> Uint64Array:
        room = rooms.get()
        codes = shingle_codes(samples, as_they_lie, room, part, parts)
        met = BucketCounts()
        pairs = bucket_pairs(codes, met)
        with adding:
            add_sizes(codes, sizes)
            counts.add(met)
        rooms.put(room)
        return pairs

    pairs = np.concatenate(mapped(work, range(parts), threads))
    pairs.sort()
    return pairs[: keep_shared(pairs, sizes, SHARED)]


def unpack(pairs: Uint64Array) -> tuple[IntArray, IntArray]:
    """The later and the earlier members of pairs."""
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & _MEMBER).astype(np.int64)

"""Exact similarity of one text with many: its shingles in a hash table, the others looked up in it.

Sorting every set and walking two of them side by side would take ten times as long, as most texts
are compared once or twice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linker.arrays import IntArray, Uint64Array
from linker.jit import bare
from linker.reprints.kernels import Similarity, similarity
from linker.reprints.shingles import Shingles

_HALF = np.uint64(32)
_ONE = np.uint64(1)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
UNKNOWN = -1


class Verifier(NamedTuple):
    """The room that verification works in, for one text after the other.

    slots: uint64 (a power of two), turn << 32 | shingle: what is of an earlier turn is as good as
    empty, so that nothing is ever cleared. turn: uint64 (1,), how many texts were held so far.
    seen: int64, by slot the last text that met it. sizes: int64 (n,), distinct shingles of each
    text, UNKNOWN until they are counted.
    """

    slots: Uint64Array
    turn: Uint64Array
    seen: IntArray
    sizes: IntArray


def verifier(shingles: Shingles) -> Verifier:
    """Room for these texts: at most half of the slots are ever taken."""
    longest = int(shingles.counts.max(initial=1))
    size = 1 << (2 * longest - 1).bit_length()
    return Verifier(
        slots=np.zeros(size, np.uint64),
        turn=np.zeros(1, np.uint64),
        seen=np.full(size, UNKNOWN),
        sizes=np.full(len(shingles.starts), UNKNOWN),
    )


@bare(inline="always")
def _slot(room: Verifier, entry: np.uint64) -> np.uint64:
    """Where an entry is, or the empty slot where it would be."""
    mask = np.uint64(len(room.slots) - 1)
    place = (entry * _SPREAD) >> _HALF & mask
    while room.slots[place] != entry and room.slots[place] >> _HALF == entry >> _HALF:
        place = (place + _ONE) & mask
    return place


@bare
def hold(room: Verifier, shingles: Shingles, text: int) -> None:
    """Put the shingles of a text in the place of what was held."""
    room.turn[0] += _ONE
    size = 0
    for value in shingles.values[shingles.starts[text] : shingles.stops[text]]:
        entry = room.turn[0] << _HALF | np.uint64(value)
        place = _slot(room, entry)
        size += int(room.slots[place] != entry)
        room.slots[place] = entry
        room.seen[place] = UNKNOWN
    room.sizes[text] = size


@bare
def compare_held(room: Verifier, shingles: Shingles, held: int, other: int) -> Similarity:
    """The similarity of the text that is held and another one."""
    if room.sizes[other] == UNKNOWN:  # counted as it is held, once for each text
        hold(room, shingles, other)
        hold(room, shingles, held)
    common = 0
    for value in shingles.values[shingles.starts[other] : shingles.stops[other]]:
        entry = room.turn[0] << _HALF | np.uint64(value)
        place = _slot(room, entry)
        if room.slots[place] == entry and room.seen[place] != other:
            room.seen[place] = other
            common += 1
    return similarity(common, room.sizes[held], room.sizes[other])

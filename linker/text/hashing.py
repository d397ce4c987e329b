"""Word hashes of whole batches of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from linker.arrays import ByteArray, IntArray, Uint32Array, Uint64Array
from linker.buffers import bytes_of
from linker.text.codepoints import load_tables
from linker.text.folding import compose_hangul
from linker.text.strings import code_points
from linker.text.utf8 import Points, points_of
from linker.threads import mapped

if TYPE_CHECKING:
    import pyarrow as pa

# Letters a chunk: large enough that a call costs nothing, small enough to stay in the cache.
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Words:
    """The words of n texts, end to end.

    hashes: uint64 (total,), kinds: uint8 (total,) of the flags NUMBER, CHARACTER and CAPITAL, or
    (0,) where they were not asked for, offsets: int64 (n + 1,); text i has the words offsets[i] to
    offsets[i + 1].
    """

    hashes: Uint64Array
    kinds: ByteArray
    offsets: IntArray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def counts(self) -> IntArray:
        """Number of words of each text, int64 (n,)."""
        return np.diff(self.offsets)

    def slice(self, begin: int, end: int) -> Words:
        """The words of consecutive texts; nothing is copied but their places."""
        offsets = self.offsets[begin : end + 1]
        held = slice(offsets[0], offsets[-1])
        kinds = self.kinds[held] if len(self.kinds) else self.kinds
        return Words(self.hashes[held], kinds, offsets - offsets[0])

    def copy(self) -> Words:
        """The same in arrays of their size: those of a chunk are part of the room that it took."""
        return Words(self.hashes.copy(), self.kinds.copy(), self.offsets)

    def take(self, rows: IntArray) -> Words:
        """The words of some texts, in the order of rows."""
        counts = self.counts[rows]
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        index = np.arange(offsets[-1]) + np.repeat(self.offsets[rows] - offsets[:-1], counts)
        kinds = self.kinds[index] if len(self.kinds) else self.kinds
        return Words(self.hashes[index], kinds, offsets)


def word_hashes(texts: Sequence[str], *, kinds: bool = True, threads: int = 1) -> Words:
    """Hash the folded words of every text, and find their kinds unless nobody needs them.

    The result does not depend on threads. Any string is accepted, lone surrogates (which separate
    words) and NUL among them.
    """
    from linker.jit.strings import offsets_of

    load_tables()  # once, before threads ask for it
    held = tuple(texts)
    offsets = offsets_of(held)
    chunks = _chunks(offsets[1:])
    if len(chunks) == 1:
        return _hash_texts(held, offsets, kinds)

    def work(part: slice) -> Words:
        begins = offsets[part.start : part.stop + 1]
        return _hash_texts(held[part], begins - begins[0], kinds).copy()

    return concatenate(mapped(work, chunks, threads))


def hash_column(texts: pa.LargeStringArray, *, kinds: bool = True, threads: int = 1) -> Words:
    """word_hashes of an Arrow array without nulls."""
    load_tables()
    _, offsets = bytes_of(texts)
    chunks = _chunks(offsets[1:] - offsets[0])
    if len(chunks) == 1:
        return _hash_array(texts, kinds)
    return concatenate(mapped(lambda part: _hash_array(texts[part], kinds).copy(), chunks, threads))


def concatenate(parts: Sequence[Words]) -> Words:
    """The texts of several Words, one after the other."""
    if not parts:
        return Words(np.empty(0, np.uint64), np.empty(0, np.uint8), np.zeros(1, np.int64))
    if len(parts) == 1:
        return parts[0]
    counts = np.concatenate([part.counts for part in parts])
    return Words(
        np.concatenate([part.hashes for part in parts]),
        np.concatenate([part.kinds for part in parts]),
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
    )


def _chunks(ends: IntArray) -> list[slice]:
    """Runs of whole texts of about _CHUNK letters; a longer text is a run of its own."""
    cuts = np.searchsorted(ends, np.arange(_CHUNK, ends[-1] if len(ends) else 0, _CHUNK)) + 1
    bounds = [0, *cuts.tolist(), len(ends)]
    return [slice(low, high) for low, high in pairwise(bounds) if low < high]


def _hash_array(texts: pa.LargeStringArray, kinds: bool) -> Words:
    words, jamo = _hash_points(*points_of(texts), kinds)
    return _hash_composed(texts.to_pylist(), kinds) if jamo else words


def _hash_texts(texts: tuple[str, ...], offsets: IntArray, kinds: bool) -> Words:
    words, jamo = _hash_points(*code_points(texts, offsets), kinds)
    return _hash_composed(texts, kinds) if jamo else words


def _hash_composed(texts: Sequence[str], kinds: bool) -> Words:
    return _hash_points(*composed_points(texts), kinds)[0]


def composed_points(texts: Sequence[str]) -> Points:
    """code_points of texts whose conjoining jamo are put together."""
    return code_points([compose_hangul(text) for text in texts])


def _hash_points(
    points: ByteArray | Uint32Array, offsets: IntArray, kinds: bool
) -> tuple[Words, bool]:
    """One call of the compiled pass, or two where the text has more words than is usual."""
    from linker.text.compiled import Room, Text, hash_words

    ends = np.zeros(len(offsets), np.int64)
    size = int(offsets[-1] - offsets[0]) // 2 + len(offsets) + 1
    while True:
        room = Room(np.empty(size, np.uint64), np.empty(size * kinds, np.uint8), ends[1:])
        needed, jamo = hash_words(Text(points, offsets), load_tables(), room)
        if needed <= size:
            count = ends[-1]
            return Words(room.hashes[:count], room.kinds[:count], ends), bool(jamo)
        size = int(needed)

"""Word hashes of whole batches of texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linker.text.codepoints import load_tables
from linker.text.folding import compose_hangul

# Code points a chunk: large enough that a call costs nothing, small enough to stay in the cache.
_CHUNK = 1 << 19


@dataclass(frozen=True, slots=True)
class Words:
    """The words of n texts, end to end.

    hashes: uint64 (total,), kinds: uint8 (total,) of the flags NUMBER, CHARACTER and CAPITAL,
    offsets: int64 (n + 1,); text i has the words offsets[i] to offsets[i + 1].
    """

    hashes: NDArray[np.uint64]
    kinds: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def counts(self) -> NDArray[np.int64]:
        """Number of words of each text, int64 (n,)."""
        return np.diff(self.offsets)

    def take(self, rows: NDArray[np.int64]) -> Words:
        """The words of some texts, in the order of rows."""
        counts = self.counts[rows]
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        index = np.arange(offsets[-1]) + np.repeat(self.offsets[rows] - offsets[:-1], counts)
        return Words(self.hashes[index], self.kinds[index], offsets)


def word_hashes(texts: Sequence[str], *, threads: int = 1) -> Words:
    """Hash the folded words of every text.

    The result does not depend on threads. Any string is accepted, lone surrogates (which separate
    words) and NUL among them.
    """
    load_tables()  # once, before threads ask for it
    chunks = list(_chunks(texts))
    if threads == 1 or len(chunks) < 2:
        return concatenate([_hash_chunk(chunk) for chunk in chunks])
    with ThreadPoolExecutor(threads) as pool:
        return concatenate(list(pool.map(_hash_chunk, chunks)))


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


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Runs of whole texts of about _CHUNK code points."""
    start = size = 0
    for position, text in enumerate(texts):
        size += len(text)
        if size >= _CHUNK:
            yield texts[start : position + 1]
            start, size = position + 1, 0
    if start < len(texts):
        yield texts[start:]


def _hash_chunk(texts: Sequence[str]) -> Words:
    words, jamo = _hash_points(texts)
    if jamo:
        words, _ = _hash_points([compose_hangul(text) for text in texts])
    return words


def _hash_points(texts: Sequence[str]) -> tuple[Words, bool]:
    """One call of the compiled pass, or two where expansions made more words than code points."""
    from linker.text.compiled import Room, hash_words

    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    offsets = np.zeros(len(texts) + 1, np.int64)
    size = len(points)
    while True:
        room = Room(np.empty(size, np.uint64), np.empty(size, np.uint8), offsets[1:])
        count, jamo = hash_words(points, ends, load_tables(), room)
        if count <= size:
            return Words(room.hashes[:count].copy(), room.kinds[:count].copy(), offsets), bool(jamo)
        size = count

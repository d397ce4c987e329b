"""Vectors that took long to compute, kept in the user's cache folder for the next run.

A file holds the vectors of some texts of one model, and never changes once it is there: two runs at
a time need no lock, and a killed one leaves whole files. Files are .npz, whose entries carry a
checksum; a damaged one is removed and its texts are encoded again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linker.arrays import BoolArray, FloatArray, IntArray, Uint64Array
from linker.text.cache import cache_folder, save_arrays

LIMIT = 2_000_000_000  # bytes of all models together; the files that were used longest ago go
ROWS = 16_384  # vectors a file: 25 MB at 384 dimensions
SMALL = 1 << 20  # bytes; files below it are put together ...
MANY = 32  # ... when there are more of them than this
ABANDONED = 86_400.0  # seconds after which a temporary file belongs to no living run

Keys = Uint64Array


def text_keys(texts: Sequence[str]) -> Keys:
    """128 bits of BLAKE2 of each text, uint64 (n, 2)."""
    digests = [blake2b(text.encode("utf-8", "replace"), digest_size=16).digest() for text in texts]
    return np.frombuffer(b"".join(digests), np.uint64).reshape(-1, 2)


class VectorCache:
    """The vectors of one model. Every failure of the disk means a miss, never an error."""

    def __init__(self, model: str, dimension: int, *, limit: int = LIMIT) -> None:
        """model: names what the vectors depend on beside the text; a file name."""
        self._dimension = dimension
        self._limit = limit
        self._segments: list[_Segment] = []
        try:
            self._folder: Path | None = cache_folder() / "vectors" / model
        except RuntimeError:  # no home folder
            self._folder = None
        if self._folder:
            self._segments = self._opened(sorted(self._folder.glob("*.npz")))

    def find(self, keys: Keys) -> tuple[BoolArray, FloatArray]:
        """Which of the texts are known, bool (n,), and their vectors, float32 (n, dimension)."""
        known = np.zeros(len(keys), np.bool_)
        vectors = np.zeros((len(keys), self._dimension), np.float32)
        for segment in list(self._segments):
            wanted = np.flatnonzero(~known)
            rows = segment.rows(keys[wanted])
            hits = wanted[rows >= 0]
            if not len(hits):
                continue
            stored = segment.vectors()
            if stored is None:
                self._segments.remove(segment)
                continue
            vectors[hits] = stored[rows[rows >= 0]]
            known[hits] = True
        return known, vectors

    def add(self, keys: Keys, vectors: FloatArray) -> None:
        """Keep the vectors of texts, float32 (n, dimension)."""
        if not self._folder or not len(keys):
            return
        self._write(self._folder, keys, vectors)
        self._merge_small(self._folder)
        _evict(self._folder.parent, self._limit)

    def _write(self, folder: Path, keys: Keys, vectors: FloatArray) -> None:
        for start in range(0, len(keys), ROWS):
            part = slice(start, start + ROWS)
            order = np.lexsort((keys[part, 1], keys[part, 0]))
            some = np.ascontiguousarray(keys[part][order])
            # Named by its texts: two runs over the same articles write the same file.
            path = folder / f"{blake2b(some.tobytes(), digest_size=8).hexdigest()}.npz"
            save_arrays(path, {"keys": some, "vectors": vectors[part][order]})
            self._segments += self._opened([path])

    def _opened(self, paths: Iterable[Path]) -> list[_Segment]:
        segments = (_Segment.opened(path, self._dimension) for path in paths)
        return [segment for segment in segments if segment is not None]

    def _merge_small(self, folder: Path) -> None:
        """Put small files together. Two runs that do so at a time keep some vectors twice."""
        small = [segment for segment in self._segments if segment.size < SMALL]
        if len(small) <= MANY:
            return
        parts = [(segment.keys, segment.vectors()) for segment in small]
        whole = [(keys, vectors) for keys, vectors in parts if vectors is not None]
        self._segments = [segment for segment in self._segments if segment not in small]
        if whole:
            keys = np.concatenate([keys for keys, _ in whole])
            vectors = np.concatenate([vectors for _, vectors in whole])
            _, once = np.unique(keys, axis=0, return_index=True)
            self._write(folder, keys[once], vectors[once])
        kept = {segment.path for segment in self._segments}
        for segment in small:
            if segment.path not in kept:
                _remove(segment.path)


@dataclass(eq=False)
class _Segment:
    """One file. keys: uint64 (m, 2), in ascending order; size: bytes."""

    path: Path
    dimension: int
    keys: Keys
    size: int
    used: bool = False

    @classmethod
    def opened(cls, path: Path, dimension: int) -> _Segment | None:
        """The file with its keys read; None where it is of no use."""
        keys = _read(path, "keys", np.dtype(np.uint64), 2)
        if keys is None or not len(keys):
            return None
        try:
            return cls(path, dimension, keys, path.stat().st_size)
        except OSError:
            return None

    def rows(self, keys: Keys) -> IntArray:
        """The row of each key, int64 (n,); -1 where it is not here."""
        # The first half of a key finds it. Where two texts shared that half, one is not found.
        rows = np.minimum(np.searchsorted(self.keys[:, 0], keys[:, 0]), len(self.keys) - 1)
        return np.where((self.keys[rows] == keys).all(axis=1), rows, -1)

    def vectors(self) -> FloatArray | None:
        """float32 (m, dimension); None where the file is gone or damaged."""
        vectors = _read(self.path, "vectors", np.dtype(np.float32), self.dimension)
        if vectors is None or len(vectors) != len(self.keys):
            return None
        if not self.used:
            self.used = True
            with suppress(OSError):
                self.path.touch()  # by this time the files that go first are chosen
        return vectors


def _read(path: Path, name: str, dtype: np.dtype[Any], columns: int) -> NDArray[Any] | None:
    """An array of the file, (m, columns); None, and no file any more, where it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            array: NDArray[Any] = stored[name]
    except OSError:  # gone, or not to be read just now
        return None
    except Exception:  # cut short or overwritten: numpy and zipfile raise a dozen kinds
        _remove(path)
        return None
    if array.dtype != dtype or array.shape != (len(array), columns):
        _remove(path)
        return None
    return array


def _evict(folder: Path, limit: int) -> None:
    """Remove the files that were used longest ago until the rest is within the limit."""
    files = []
    for path in folder.glob("*/*"):
        with suppress(OSError):
            facts = path.stat()
            files.append((facts.st_mtime, facts.st_size, path))
    total = sum(size for _, size, _ in files)
    for used, size, path in sorted(files):
        left_over = path.suffix == ".tmp" and time.time() - used > ABANDONED
        if total > limit or left_over:
            _remove(path)
            total -= size


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)

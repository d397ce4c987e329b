"""A long row of numbers, put together bit by bit in memory or in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class Shelf:
    """uint32 values put end to end.

    In a file they take no memory that the system cannot have back: what is looked at is mapped.
    """

    def __init__(self, path: Path | None) -> None:
        """path: the file, None for memory."""
        self._path = path
        self._parts = [np.empty(0, np.uint32)]
        self._file = path.open("wb") if path else None

    def put(self, values: NDArray[np.uint32]) -> None:
        """Append values."""
        if self._file:
            values.tofile(self._file)
        else:
            self._parts.append(values)

    def all(self) -> NDArray[np.uint32]:
        """All of them; nothing can be put after that."""
        if self._file is None or self._path is None:
            return np.concatenate(self._parts)
        self._file.close()
        if self._path.stat().st_size == 0:  # nothing to map
            return self._parts[0]
        return np.asarray(np.memmap(self._path, np.uint32, "r+"))

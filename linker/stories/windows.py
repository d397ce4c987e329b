"""The time window: only articles that are near in time are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from linker.arrays import BoolArray, DoubleArray, IntArray

#: Rows of a piece at most.
ROWS = 1024
DAY = 86_400_000_000  # microseconds


def days_of(published: pa.ChunkedArray) -> DoubleArray:
    """Timestamps in microseconds as days since 1970, float64 (n,), NaN where null."""
    micros = published.cast(pa.int64()).to_numpy(zero_copy_only=False)
    days: DoubleArray = micros.astype(np.float64) / DAY
    return days


class Piece(NamedTuple):
    """Rows `begin` to `end` are compared with `low` to `high`, and with those from `undated` on."""

    begin: int
    end: int
    low: int
    high: int
    undated: int

    @property
    def rows(self) -> IntArray:
        """The rows to search from."""
        return np.arange(self.begin, self.end)


@dataclass(frozen=True)
class Window:
    """Times of n nodes in days, float64, ascending with the unknown (NaN) last; `days` wide.

    Two nodes that are less than `beyond` days apart are not within it either; neighbours by words
    know nothing of that.
    """

    day: DoubleArray
    days: float
    beyond: float = 0.0

    @property
    def dated(self) -> int:
        """How many nodes have a time: they come first."""
        return int(np.count_nonzero(~np.isnan(self.day)))

    def pieces(self) -> Iterator[Piece]:
        """Rows to search from, and the rows to search among; together they cover every pair.

        Undated rows are in every window. A piece of dated rows spans at most a day, so that few
        of the rows it is compared with lie outside of the window of one of them.
        """
        dated, n = self.dated, len(self.day)
        day = self.day[:dated]
        begin = 0
        while begin < dated:
            end = min(begin + ROWS, int(np.searchsorted(day, day[begin] + 1)))
            end = max(end, begin + 1)
            low = int(np.searchsorted(day, day[begin] - self.days))
            high = int(np.searchsorted(day, day[end - 1] + self.days, "right"))
            yield Piece(begin, end, low, high, dated)
            begin = end
        for begin in range(dated, n, ROWS):
            yield Piece(begin, min(begin + ROWS, n), 0, dated, dated)

    def holds(self, pairs: IntArray) -> BoolArray:
        """Whether each pair (p, 2) lies within the window; an unknown time always does."""
        gap = np.abs(self.day[pairs[:, 0]] - self.day[pairs[:, 1]])
        return ~((gap > self.days) | (gap < self.beyond))

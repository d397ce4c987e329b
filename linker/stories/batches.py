"""Chosen articles of a table, some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from linker.arrays import IntArray


def chosen_batches(
    articles: pa.Table, columns: Sequence[str], rows: IntArray, size: int
) -> Iterator[pa.RecordBatch]:
    """Some columns of the chosen rows, int64 (n,) ascending, in batches of at most `size` rows."""
    before = 0
    for batch in articles.select(list(columns)).to_batches():
        first, last = np.searchsorted(rows, [before, before + len(batch)])
        for begin in range(first, last, size):
            yield batch.take(pa.array(rows[begin : min(begin + size, last)] - before))
        before += len(batch)

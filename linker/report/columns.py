"""Columns of tables as plain numbers and short strings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Rows = np.ndarray[Any, np.dtype[np.int64]]


def rows_of(values: pa.ChunkedArray, ids: pa.ChunkedArray) -> Rows:
    """Return for each value its first row in `ids`, -1 when null or absent: int64 (n,)."""
    kind = pa.large_string()
    found = pc.index_in(values.cast(kind), value_set=ids.cast(kind).combine_chunks())
    found = pc.if_else(pc.is_valid(values), found, -1)
    return np.asarray(pc.fill_null(found, -1).to_numpy(), dtype=np.int64)


def shorten(value: str, characters: int) -> str:
    """Return `value` cut to `characters`, with an ellipsis where it was cut."""
    return value if len(value) <= characters else value[: characters - 1] + "…"


def seconds(times: pa.ChunkedArray) -> list[int | None]:
    """Return timestamps of any unit as whole seconds since 1970 UTC; null stays null."""
    whole = times.cast(pa.timestamp("s", tz="UTC"), safe=False).cast(pa.int64())
    return whole.to_pylist()  # type: ignore[no-any-return]


def thousandths(values: pa.ChunkedArray) -> list[int]:
    """Return similarities or probabilities (0 to 1) as whole thousandths; null and NaN as 0."""
    numbers = np.asarray(pc.fill_null(values.cast(pa.float64()), 0.0).to_numpy())
    whole: list[int] = (
        np.rint(np.clip(np.nan_to_num(numbers), 0.0, 1.0) * 1000).astype(int).tolist()
    )
    return whole

"""Which links of a run the page carries: each article's strongest, inside and outside its story."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

INSIDE = 3  # links shown to other articles of the same story
OUTSIDE = 1  # and to the nearest article of another: the runner-up

Rows = np.ndarray[Any, np.dtype[np.int64]]


def link_columns(links: pa.Table, ids: pa.ChunkedArray, story: Rows) -> dict[str, Any]:
    """Return the kept links as columns: rows `a` and `b`, `probability` in thousandths, features.

    `ids` (n,) are the shown articles, `story` int64 (n,) their story rows. A feature is given in
    hundredths, null where it is missing.
    """
    from linker.report.data import rows_of, thousandths

    a, b = rows_of(links["a"], ids), rows_of(links["b"], ids)
    shown = np.flatnonzero((a >= 0) & (b >= 0))
    probability = np.asarray(thousandths(links["probability"]), dtype=np.int64)
    kept = shown[strongest(a[shown], b[shown], probability[shown], story)]
    names = [name for name in links.column_names if name not in {"a", "b", "probability"}]
    rows = links.take(pa.array(kept))
    return {
        "a": a[kept].tolist(),
        "b": b[kept].tolist(),
        "probability": probability[kept].tolist(),
        "names": names,
        "features": [_hundredths(rows[name]) for name in names],
    }


def strongest(a: Rows, b: Rows, probability: Rows, story: Rows) -> Rows:
    """Return the links, ascending, that are among the strongest of either of their articles.

    For each article the INSIDE most probable links within its story and the OUTSIDE most probable
    ones that leave it; the earlier link wins a tie.
    """
    if not len(a):
        return np.zeros(0, dtype=np.int64)
    link = np.tile(np.arange(len(a)), 2)
    article = np.concatenate([a, b])
    inside = np.tile(story[a] == story[b], 2)
    order = np.lexsort((link, -np.tile(probability, 2), inside, article))
    group = article[order] * 2 + inside[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return np.unique(link[order][place < np.where(inside[order], INSIDE, OUTSIDE)])


def _hundredths(values: pa.ChunkedArray) -> list[int | None]:
    numbers = pc.fill_null(values.cast(pa.float64()), float("nan")).to_numpy() * 100
    known = np.isfinite(numbers)
    whole: list[int | None] = np.rint(np.where(known, numbers, 0)).astype(np.int64).tolist()
    for row in np.flatnonzero(~known).tolist():
        whole[row] = None
    return whole

"""Inner products of sparse rows beside their plain twin."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.stories.products import sparse_products


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 60, 2**32 - 1]), st.booleans())
def test_products_equal_their_plain_twin(seed: int, highest: int, by_row: bool) -> None:
    """Ids near each other share a place of the table, those of any size mostly do not."""
    rng = np.random.default_rng(seed)
    rows = [np.unique(rng.integers(0, highest + 1, rng.integers(0, 40))) for _ in range(8)]
    start = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    ids = np.concatenate(rows).astype(np.uint32)
    values = rng.integers(0, 9, len(ids)).astype(np.float32)  # 0 among them, sums exact
    pairs = rng.integers(0, 8, (30, 2))
    if by_row:
        pairs = pairs[np.lexsort(pairs.T[::-1])]
    found = np.full(len(pairs), np.nan, np.float32)
    sparse_products(start, ids, values, pairs, found)
    weight = [
        dict(zip(ids[a:b].tolist(), values[a:b].tolist(), strict=True))
        for a, b in itertools.pairwise(start)
    ]
    for (a, b), product in zip(pairs, found, strict=True):
        expected = sum(value * weight[b].get(term, 0.0) for term, value in weight[a].items())
        assert product == pytest.approx(expected)

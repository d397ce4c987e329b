"""Rows of unit length against NumPy, row by row."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.stories.terms import Terms
from linker.stories.tfidf import weigh

_value = st.floats(0, 1e4, width=32)
_rows = st.lists(st.lists(st.tuples(_value, _value), max_size=6), max_size=6)


@settings(deadline=None)
@given(_rows)
def test_rows_are_weighed_and_of_unit_length(rows: list[list[tuple[float, float]]]) -> None:
    start = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    counts = np.array([count for row in rows for count, _ in row], np.float32)
    idf = np.array([rare for row in rows for _, rare in row], np.float32)
    terms = Terms(start, np.arange(len(counts), dtype=np.uint32), counts)
    found = weigh(terms, idf)
    for i in range(len(rows)):
        part = slice(start[i], start[i + 1])
        raw = np.log1p(counts[part]) * idf[part]
        norm = np.linalg.norm(raw.astype(np.float64))
        expected = raw / norm if norm else raw
        np.testing.assert_allclose(found.row(i)[1], expected, rtol=1e-6, atol=1e-7)
    assert found.ids.tolist() == terms.ids.tolist()

"""The different terms of rows against NumPy's sorting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.stories import lexicon as module
from linker.stories.lexicon import lexicon
from linker.stories.terms import Terms

_ids = st.integers(0, 2**32 - 1) | st.integers(0, 9) | st.sampled_from([2**24 - 1, 2**24])
_rows = st.lists(st.tuples(st.sets(_ids, max_size=9), st.integers(0, 3)), max_size=9)


def _terms(rows: list[np.ndarray]) -> Terms:
    start = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    ids = np.concatenate([np.empty(0, np.uint32), *rows]).astype(np.uint32)
    return Terms(start, ids, np.ones(len(ids), np.float32))


def _check(terms: Terms, part: np.ndarray) -> None:
    keys = part[terms.rows()].astype(np.uint64) << np.uint64(32) | terms.ids
    expected, number, frequency = np.unique(keys, return_inverse=True, return_counts=True)
    for threads, at_a_time in ((1, module.ROWS), (3, 7)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "ROWS", at_a_time)
            found = lexicon(terms.start, terms.ids, part, threads)
        assert found.keys.tolist() == expected.tolist()
        assert found.frequency.tolist() == frequency.tolist()
        assert found.number.tolist() == number.tolist()


@settings(deadline=None)  # the first example compiles
@given(_rows)
def test_a_lexicon_is_what_sorting_finds(rows: list[tuple[set[int], int]]) -> None:
    ids = [np.array(sorted(terms), np.uint32) for terms, _ in rows]
    _check(_terms(ids), np.array([part for _, part in rows], np.int64))


@pytest.mark.parametrize("spread", [1, 2**9, 2**19])
def test_tables_of_buckets_grow(spread: int) -> None:
    """Whether the terms fill one bucket, some or all."""
    random = np.random.default_rng(3)
    rows = [np.unique(random.integers(0, 8000, 300)) * spread for _ in range(60)]
    _check(_terms(rows), random.integers(0, 3, 60))

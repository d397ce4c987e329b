"""How crowded it is around an article, and which crowds are series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.arrays import FloatArray
from linker.stories.crowds import (
    CROWD_RANKS,
    CROWDED,
    FEWEST_NAMED,
    LONELY,
    NAMES_BY_WORDS,
    USUAL,
    Likest,
    crowded,
    crowding,
    likest,
    series,
)

RANKS = CROWD_RANKS[1]


def around(pairs: np.ndarray, likeness: FloatArray, n: int) -> Likest:
    return likest(pairs, likeness, n, RANKS)


def test_a_crowd_is_seen_by_the_partners_of_some_ranks() -> None:
    n = RANKS + 3
    pairs = np.array([[a, b] for a in range(2) for b in range(a + 1, n)])
    odds = np.where(pairs[:, 0] == 0, 0.0, -9.0).astype(np.float32)
    crowd = crowding(around(pairs, odds, n))
    assert crowd[0] == pytest.approx(
        (USUAL - CROWDED) / (USUAL - LONELY)
    )  # more than enough are near
    assert crowd[1] == pytest.approx(1.0)
    assert np.isnan(crowd[2:]).all()  # two partners say nothing of what is usual
    assert len(crowding(around(pairs[:0], odds[:0], 3))) == 3


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_crowds_equal_their_plain_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 26
    pairs = np.argwhere(np.triu(rng.random((n, n)) < 0.8, 1))
    odds = rng.uniform(-3, rng.choice([0.5, 3.5]), len(pairs)).astype(np.float32)
    seen = around(pairs, odds, n)
    crowd, (rows, excess) = crowding(seen), crowded(seen)
    more = dict(zip(rows.tolist(), excess.tolist(), strict=True))
    for row in range(n):
        mine = np.flatnonzero((pairs == row).any(axis=1))
        mine = mine[np.argsort(-odds[mine], kind="stable")][:RANKS]
        if len(mine) < RANKS:
            assert np.isnan(crowd[row])
            assert row not in more
            continue
        assert seen.pair[row].tolist() == mine.tolist()
        mean = odds[mine[slice(*CROWD_RANKS)]].mean(dtype=np.float64)
        expected = (USUAL - np.clip(mean, LONELY, CROWDED)) / (USUAL - LONELY)
        assert crowd[row] == pytest.approx(expected, abs=1e-6)
        assert more.get(row, 0.0) == pytest.approx(max(0.0, mean - CROWDED), abs=1e-6)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.3, 0.6]))
def test_series_equal_their_plain_twin(seed: int, most: float) -> None:
    rng = np.random.default_rng(seed)
    excess = rng.uniform(0, 2, 9).astype(np.float32)
    names = rng.uniform(0, most, (9, RANKS)).astype(np.float32)
    words = rng.uniform(0, 0.4, (9, RANKS)).astype(np.float32)
    names[rng.random(names.shape) < rng.choice([0, 0.2, 0.6])] = np.nan
    found = series(excess, names, words)
    for row in range(9):
        named = ~np.isnan(names[row])
        if named.sum() < FEWEST_NAMED:
            assert np.isnan(found[row])
        else:
            share = names[row, named].sum() / words[row, named].sum()
            expected = excess[row] * max(0.0, 1.0 - share / NAMES_BY_WORDS)
            assert found[row] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (0.3, 0.0),  # as much in common as on one event
        (NAMES_BY_WORDS * 0.3 / 2, 0.25),
        (0.0, 0.5),
        (np.nan, np.nan),  # nobody knows the names
    ],
)
def test_a_crowd_under_other_names_is_a_series(names: float, expected: float) -> None:
    one = np.ones((2, RANKS), np.float32)
    found = series(np.full(2, 0.5, np.float32), names * one, 0.3 * one)
    assert found == pytest.approx(np.full(2, expected), abs=1e-6, nan_ok=True)


def test_where_no_word_is_shared_nothing_is_divided_by_it() -> None:
    nothing = np.zeros((1, RANKS), np.float32)
    half = np.full(1, 0.5, np.float32)
    assert series(half, nothing + 0.5, nothing).tolist() == [0.0]
    assert series(half, nothing, nothing).tolist() == [0.5]

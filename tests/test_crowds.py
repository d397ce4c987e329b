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
def test_crowds_and_series_equal_their_plain_twins(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 26
    pairs = np.argwhere(np.triu(rng.random((n, n)) < 0.8, 1))
    odds = rng.uniform(-3, 3.5, len(pairs)).astype(np.float32)
    names, words = rng.uniform(0, 0.3, (2, len(pairs))).astype(np.float32)
    names[rng.random(len(pairs)) < rng.choice([0, 0.2, 0.6])] = np.nan
    fuller = rng.uniform(0, 1, n).astype(np.float32)
    seen = around(pairs, odds, n)
    crowd, found = crowding(seen), series(seen, names, words, fuller)
    for row in range(n):
        mine = np.flatnonzero((pairs == row).any(axis=1))
        mine = mine[np.argsort(-odds[mine], kind="stable")][:RANKS]
        if len(mine) < RANKS:
            assert np.isnan(crowd[row])
            assert np.isnan(found[row])
            continue
        mean = odds[mine[slice(*CROWD_RANKS)]].mean(dtype=np.float64)
        expected = (USUAL - np.clip(mean, LONELY, CROWDED)) / (USUAL - LONELY)
        assert crowd[row] == pytest.approx(expected, abs=1e-6)
        named = mine[~np.isnan(names[mine])]
        if mean <= CROWDED or len(named) < FEWEST_NAMED:
            assert np.isnan(found[row])
        else:
            unlike = max(0.0, 1 - names[named].sum() / words[named].sum() / NAMES_BY_WORDS)
            assert found[row] == pytest.approx((mean - CROWDED) * unlike * fuller[row], abs=1e-5)


@pytest.mark.parametrize(
    ("names", "fuller", "expected"),
    [
        (0.3, 1.0, 0.0),  # as much in common as on one event
        (0.0, 1.0, -CROWDED),
        (0.0, 0.0, 0.0),  # headlines
        (np.nan, 1.0, np.nan),  # nobody knows the names
    ],
)
def test_a_crowd_under_other_names_is_a_series(
    names: float, fuller: float, expected: float
) -> None:
    n = RANKS + 1
    pairs = np.argwhere(np.triu(np.ones((n, n)), 1))
    nothing, one = np.zeros(len(pairs), np.float32), np.ones(len(pairs), np.float32)
    length = np.full(n, fuller, np.float32)
    found = series(around(pairs, nothing, n), names * one, 0.3 * one, length)
    assert found == pytest.approx(np.full(n, expected), abs=1e-6, nan_ok=True)

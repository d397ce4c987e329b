"""The features of pairs, added up, equal their plain twins bit for bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linker.stories.odds import add_both, add_features


@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.integers(1, 12))
def test_log_odds_equal_their_plain_twin(seed: int, count: int, features: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 3, (count, features)).astype(np.float32)
    values[rng.random(values.shape) < 0.2] = np.nan
    pairs, lang = rng.integers(0, 9, (count, 2)), rng.integers(0, 3, 9)
    weights = rng.normal(0, 2, (2, 1 + features))
    found = np.empty(count)
    add_features(values, pairs, lang, weights, found)
    cross = (lang[pairs[:, 0]] != lang[pairs[:, 1]]).astype(np.int64)
    expected = weights[cross, 0]
    for column in range(features):
        known = np.nan_to_num(values[:, column], nan=0.0)
        expected = expected + weights[cross, 1 + column] * known
    assert found.tolist() == expected.tolist()


@given(st.integers(0, 2**32 - 1), st.integers(0, 40))
def test_what_both_have_equals_its_plain_twin(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 3, 9).astype(np.float32)
    values[rng.random(9) < 0.4] = np.nan
    pairs = rng.integers(0, 9, (count, 2))
    out = np.zeros((count, 3), np.float32)
    add_both(values, pairs, out[:, 1])
    both = values[pairs]
    expected = np.where(np.isnan(both).all(axis=1), np.nan, np.nansum(both, axis=1))
    np.testing.assert_array_equal(out[:, 1], expected)
    assert not out[:, [0, 2]].any()

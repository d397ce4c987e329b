"""Vectors centred by language, beside a plain twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linker.stories import evidence
from linker.stories.background import PSEUDO_VECTORS, load_background
from linker.stories.centring import add_units, language_means, take_off
from linker.stories.vectors import Vectors, _add_rows


def centred(
    vectors: NDArray[np.float32], lang: NDArray[np.int64], languages: list[str]
) -> NDArray[np.float32]:
    background, out = load_background(), np.empty_like(vectors)
    means = language_means(vectors, lang, languages, background, background.encoder)
    take_off(vectors, lang, means, out)
    return out


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 9))
def test_rows_are_centred_by_their_language(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    background = load_background()
    vectors = rng.normal(size=(n, background.centres.shape[1])).astype(np.float32)
    vectors[rng.random(n) < 0.3] = 0.0
    lang, languages = rng.integers(0, 2, n), ["en", "xx"]  # known to the background, and not
    found = centred(vectors, lang, languages)
    usual = {0: background.centre("en", background.encoder), 1: 0.0}
    for row in range(n):
        own = (lang == lang[row]) & vectors.any(axis=1)
        total = vectors[own].sum(axis=0) + PSEUDO_VECTORS * usual[int(lang[row])]
        expected = vectors[row] - total / (own.sum() + PSEUDO_VECTORS)
        if not vectors[row].any():
            assert not found[row].any()
        else:
            assert found[row] == pytest.approx(expected / np.linalg.norm(expected), abs=1e-5)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_meaning_of_an_article_is_made_piece_by_piece(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(7)
    background = load_background()
    title, body = rng.normal(size=(2, 23, background.centres.shape[1])).astype(np.float32)
    lang, languages = rng.integers(0, 2, 23), ["en", "xx"]
    vectors = Vectors(title, body, background.encoder)
    expected, heads = (centred(rows, lang, languages) for rows in (body, title))
    add_units(expected, heads, np.float32(evidence.HEADLINE_MEANING))
    monkeypatch.setattr(evidence, "ROWS", 4)
    found = evidence._meaning(vectors, lang, languages, background, threads)
    assert found.tolist() == expected.tolist()


def test_unit_sums_of_rows() -> None:
    rows = np.array([[1, 0], [0, 0], [0, 1]], np.float32)
    add_units(rows, np.array([[0, 2], [0, 0], [0, -2]], np.float32), np.float32(0.5))
    assert rows == pytest.approx(np.array([[0.5**0.5, 0.5**0.5], [0, 0], [0, 0]]))


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_rows_are_added_to_their_owners(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sums, rows = rng.normal(size=(4, 3)).astype(np.float32), rng.normal(size=(9, 3))
    owners, weights = rng.integers(0, 4, 9), rng.random(9)
    expected = sums.astype(np.float64)
    np.add.at(expected, owners, rows * weights[:, None])
    _add_rows(sums, rows.astype(np.float32), owners, weights)
    assert sums == pytest.approx(expected, abs=1e-5)

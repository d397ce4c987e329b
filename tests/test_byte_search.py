"""The search by products of bytes: the products, and what it finds beside a plain search."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import linker
from linker.demo import articles_path
from linker.jit import njit
from linker.jit.machine import has
from linker.stories import by_meaning, byte_tiles, float_search
from linker.stories.by_meaning import Search, near_by_meaning, search_among
from linker.stories.byte_kernel import GROUP, PANEL, fill_panels, lanes, multiply
from linker.stories.byte_search import ByteSearch
from linker.stories.float_search import FloatSearch
from linker.stories.nearest import nearest
from linker.stories.windows import Window

CAN: dict[int, bool] = {0: True, 8: has("avxvnni") or lanes() == 16, 16: lanes() == 16}
Searches = tuple[NDArray[np.float32], ByteSearch, FloatSearch, Window]


def multiplier() -> Any:
    """A loop of its own, which is compiled anew: loops within functions are not kept."""

    @njit
    def multiplied(panels: Any, rows: Any, quads: int, limits: Any, tile: Any) -> Any:
        return multiply(panels, PANEL * 4 * quads, rows, 4 * quads, quads, limits, tile)

    return multiplied


@pytest.mark.parametrize("wide", [0, 8, 16])
def test_a_tile_holds_the_products_of_bytes(wide: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second panel with the rows from the second on, with and without the instruction."""
    if not CAN[wide]:
        pytest.skip("this processor has no such instruction")
    monkeypatch.setattr(byte_tiles, "lanes", lambda: wide)
    chance = np.random.default_rng(wide)
    for quads in (1, 5):
        panels = chance.integers(0, 256, (2, quads, PANEL, 4), np.uint8)
        rows = chance.integers(-128, 128, (GROUP + 1, 4 * quads), np.int8)
        panels[1, :, 0], rows[1] = 255, -128  # the furthest from 0
        limits = chance.integers(-(1 << 15), 1 << 15, GROUP).astype(np.int32)
        scores, above = np.empty(GROUP * PANEL, np.int32), np.empty(GROUP, np.uint64)
        tile = scores, above
        together = multiplier()(panels.ravel(), rows.ravel(), quads, limits, tile)
        vectors = panels[1].transpose(1, 0, 2).reshape(PANEL, -1).astype(np.int32)
        plain = rows[1:].astype(np.int32) @ vectors.T
        assert scores.reshape(GROUP, PANEL).tolist() == plain.tolist()
        bits = (plain > limits[:, None]) @ (np.uint64(1) << np.arange(PANEL, dtype=np.uint64))
        assert above.tolist() == bits.tolist()
        assert together == np.bitwise_or.reduce(above)


@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.integers(1, 9))
@settings(deadline=None)
def test_panels_hold_rounded_components(seed: int, n: int, size: int) -> None:
    chance = np.random.default_rng(seed)
    vectors = chance.uniform(-1, 1, (n, size)).astype(np.float32)
    order = chance.permutation(n)
    quads, count = -(-size // 4), -(-n // PANEL)
    values = np.full(count * PANEL * 4 * quads, 128, np.uint8)
    scale = chance.choice([127.0, 200.0])
    fill_panels(vectors, order, scale, 0, count, values)
    expected = np.full((count * PANEL, 4 * quads), 128)
    rounded = np.rint(vectors[order].astype(np.float64) * scale)
    expected[:n, :size] = np.clip(rounded, -127, 127) + 128
    found = values.reshape(count, quads, PANEL, 4).transpose(0, 2, 1, 3)
    assert (found.reshape(count * PANEL, -1) == expected).all()


def searches(seed: int, n: int, size: int, languages: int, undated: float) -> Searches:
    """Both over stories of a few articles each, on some days."""
    chance = np.random.default_rng(seed)
    vectors = chance.standard_normal((n, size)).astype(np.float32)
    vectors += chance.standard_normal((n // 9 + 1, size))[chance.integers(0, n // 9 + 1, n)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[chance.random(n) < 0.02] = 0.0  # articles without a word that is known
    day = np.sort(chance.uniform(0, 9, n))
    day[n - int(undated * n) :] = np.nan
    lang = np.sort(chance.integers(0, languages, n))[chance.permutation(n)]
    window = Window(day, 2.0)
    by_floats = FloatSearch(vectors, lang, window)
    return vectors, ByteSearch(vectors, lang, window, 1), by_floats, window


def found(search: Search, window: Window, k: int, code: int | None) -> NDArray[np.int64]:
    """Pairs by row; with a code, of every second row among those that are not in that language."""
    pairs = [
        search.near(piece.rows, piece, k)
        if code is None
        else search.near_elsewhere(piece.rows[::2], piece, code, k)
        for piece in window.pieces()
    ]
    together = np.concatenate(pairs)
    assert len(np.unique(together, axis=0)) == len(together)
    return together[np.argsort(together[:, 0], kind="stable")]


def products(vectors: NDArray[np.float32], pairs: NDArray[np.int64]) -> NDArray[np.float32]:
    """The inner product of each pair, those of a row from the largest on."""
    own = np.einsum("pd,pd->p", vectors[pairs[:, 0]], vectors[pairs[:, 1]])
    return own[np.lexsort((-own, pairs[:, 0]))]


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([1, 5, 63, 64, 65, 700, 2500]),
    st.sampled_from([10, 16, 41]),
    st.integers(1, 5),
    st.sampled_from([0.0, 0.1, 1.0]),
    st.sampled_from([2, 4, 24]),
)
@settings(deadline=None, max_examples=60)
def test_both_searches_find_the_same(
    seed: int, n: int, size: int, languages: int, undated: float, k: int
) -> None:
    """Or, for a few, one that is as near but for what bytes cannot tell."""
    vectors, by_bytes, by_floats, window = searches(seed, n, size, languages, undated)
    for code in (None, 0, languages - 1):
        ours, theirs = (found(search, window, k, code) for search in (by_bytes, by_floats))
        assert ours[:, 0].tolist() == theirs[:, 0].tolist()
        lost = products(vectors, theirs) - products(vectors, ours)
        assert (lost < 0.02).all()
        assert np.count_nonzero(lost > 1e-6) <= 0.03 * len(lost) + 1


def test_rows_that_were_promised_too_much_are_searched_again() -> None:
    """The vectors of a row's sample are near to it, and none of the others is."""
    n, k = 64 * PANEL, 24
    vectors = np.zeros((n, 8), np.float32)
    vectors[:, 0] = 1.0
    lang = np.zeros(n, np.int64)
    window = Window(np.full(n, np.nan), 1.0)
    for sampled in range(0, n // PANEL, 8):
        vectors[sampled * PANEL + sampled // 4 :, :2][:2] = 0.6, 0.8  # in columns of their own
    asking = np.flatnonzero(vectors[:, 1])
    [near] = (
        ByteSearch(vectors, lang, window, 1).near(asking[:1], piece, k)
        for piece in window.pieces()
        if piece.begin == 0
    )
    assert len(near) == k
    assert set(near[:, 1].tolist()) >= set(asking[1:].tolist())


def test_threads_and_the_rows_beside_it_change_nothing_for_a_row() -> None:
    """With so many undated rows that limits are guessed."""
    chance = np.random.default_rng(1)
    n = 3000
    vectors = chance.standard_normal((n, 12)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    lang, window = chance.integers(0, 3, n), Window(np.full(n, np.nan), 3.0)
    one, three = (
        sorted(np.concatenate(list(near_by_meaning(vectors, lang, window, threads))).tolist())
        for threads in (1, 3)
    )
    assert one == three
    search = ByteSearch(vectors, lang, window, 1)
    piece = next(window.pieces())
    whole = search.near(piece.rows, piece, 5)
    single = [search.near(piece.rows[i : i + 1], piece, 5) for i in range(100)]
    assert sorted(whole[whole[:, 0] < 100].tolist()) == sorted(np.concatenate(single).tolist())


@pytest.mark.parametrize("odd", [1.0, np.nan, np.inf])
def test_a_vector_unlike_all_others_does_not_make_these_coarse(odd: float) -> None:
    """One with a single component, or one that is no vector."""
    chance = np.random.default_rng(6)
    vectors = chance.standard_normal((2000, 256)) + 3 * chance.standard_normal(256)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    vectors[0] = 0.0
    vectors[0, 9] = odd
    window = Window(np.full(2000, np.nan), 1.0)
    lang = np.zeros(2000, np.int64)
    piece = next(window.pieces())
    rows = piece.rows[1:]
    ours = ByteSearch(vectors, lang, window, 1).near(rows, piece, 24)
    scores = vectors[rows] @ vectors[1:].T
    scores[np.arange(len(rows)), rows - 1] = -2.0
    least = np.sort(scores, axis=1)[:, -24]
    ours = ours[ours[:, 1] > 0]
    near = np.einsum("pd,pd->p", vectors[ours[:, 0]], vectors[ours[:, 1]])
    assert np.count_nonzero(near >= least[ours[:, 0] - 1] - 1e-6) > 0.98 * 24 * len(rows)


def test_a_crowd_outside_of_the_window_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Late in a piece a row sees a crowd that is nearer to the others than all that they see."""
    vectors = np.zeros((3001, 8), np.float32)
    vectors[:, 0] = 1.0
    day = np.concatenate([np.zeros(500), [0.9], np.full(2500, 3.5)])
    lang = np.concatenate([np.zeros(501, np.int64), np.ones(2500, np.int64)])
    window, asked = Window(day, 3.0), [0]

    def counted(rows: Any, among: Any, k: int) -> Any:
        asked.append(len(rows) * k)
        return nearest(rows, among, k)

    monkeypatch.setattr(float_search, "nearest", counted)
    search = FloatSearch(vectors, lang, window)
    piece = next(window.pieces())
    near = search.near_elsewhere(piece.rows, piece, 0, 10)
    assert near[:, 0].tolist() == [500] * 10
    assert sum(asked) < 40 * len(piece.rows)


def test_a_processor_that_numba_is_not_to_use_is_not_used() -> None:
    """LLVM would end the process over an instruction that it may not use."""
    script = """
import numpy as np
from numba import njit
from linker.stories import byte_kernel, byte_tiles
assert byte_kernel.lanes() == 0
byte_tiles.lanes = lambda: 16
@njit
def multiplied(panels, rows, limits, tile):
    return byte_tiles.multiply(panels, 0, rows, 0, 1, limits, tile)
scores, above = np.empty(384, np.int32), np.empty(6, np.uint64)
panels, rows = np.full(256, 200, np.uint8), np.full(24, -3, np.int8)
multiplied(panels, rows, np.zeros(6, np.int32), (scores, above))
print(set(scores.tolist()))
"""
    for name, value in (("NUMBA_CPU_NAME", "generic"), ("NUMBA_ENABLE_AVX", "0")):
        run = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            env=os.environ | {name: value},
            check=True,
        )
        assert run.stdout == "{-2400}\n"


def test_forms_of_one_template_are_not_all_neighbours_of_a_few() -> None:
    """Thousands of vectors that bytes cannot tell apart, or nothing can."""
    n, k = 3000, 24
    for spread in (0.0, 1e-4):
        vectors = np.ones((n, 16), np.float32)
        vectors += np.random.default_rng(2).normal(0, spread, (n, 16)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        window = Window(np.full(n, np.nan), 1.0)
        search = ByteSearch(vectors, np.zeros(n, np.int64), window, 1)
        near = np.concatenate([search.near(p.rows, p, k) for p in window.pieces()])
        assert len(near) == n * k
        assert np.bincount(near[:, 1]).max() < 4 * k


def test_stories_are_the_same_by_either_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """By bytes wherever this runs, with the instruction or in plain steps."""
    articles = articles_path()
    monkeypatch.setattr(by_meaning, "lanes", lambda: 8)
    by_bytes = linker.group(articles)
    monkeypatch.setattr(by_meaning, "lanes", lambda: 0)
    by_floats = linker.group(articles)
    assert by_bytes.articles.equals(by_floats.articles)
    assert by_bytes.stories.equals(by_floats.stories)
    assert by_bytes.links.equals(by_floats.links)


def test_the_search_is_of_bytes_where_the_processor_multiplies_them() -> None:
    vectors, lang = np.eye(4, dtype=np.float32), np.zeros(4, np.int64)
    search = search_among(vectors, lang, Window(np.zeros(4), 1.0))
    assert isinstance(search, ByteSearch if lanes() else FloatSearch)

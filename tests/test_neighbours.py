"""Candidates: neighbours by meaning and by rare words, and the graph of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.stories import windows as windows_module
from linker.stories.by_meaning import NEAREST, NEAREST_ELSEWHERE, near_by_meaning
from linker.stories.by_words import NEAREST_BY_WORDS, near_by_words
from linker.stories.linking import _around
from linker.stories.neighbours import candidate_pairs, graph
from linker.stories.terms import Terms, count_terms
from linker.stories.windows import Window
from linker.text import word_hashes


def test_candidates_are_the_nearest_inside_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    n = 300
    vectors = rng.normal(size=(n, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    day = np.sort(rng.random(n) * 40)
    day[-20:] = np.nan
    lang = rng.integers(0, 2, n)
    documents = count_terms(word_hashes([""] * n))
    window = Window(day, 3.0)
    monkeypatch.setattr(windows_module, "ROWS", 7)
    pairs = candidate_pairs(vectors, documents, lang, window)
    assert (candidate_pairs(vectors, documents, lang, window, threads=3) == pairs).all()
    assert pairs.tolist() == sorted(map(list, set(map(tuple, pairs.tolist()))))
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert window.holds(pairs).all()
    found = set(map(tuple, pairs.tolist()))
    inside = ~(np.abs(day[:, None] - day) > 3.0)
    scores = np.where(inside, vectors @ vectors.T, -2.0)
    np.fill_diagonal(scores, -2.0)
    for i in range(n):
        j = int(scores[i].argmax())
        assert (min(i, j), max(i, j)) in found
        other = np.where(lang != lang[i], scores[i], -2.0)
        if other.max() > -2.0:
            j = int(other.argmax())
            assert (min(i, j), max(i, j)) in found


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_neighbours_are_the_nearest_of_all_and_those_of_other_languages(share: float) -> None:
    """Where the first language is that of nearly all, of half, and of all the articles."""
    rng = np.random.default_rng(4)
    n = 300
    vectors = rng.normal(size=(n, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    lang = np.where(rng.random(n) < share, 0, rng.integers(1, 4, n))
    vectors[:, 0] += lang  # so that languages lie apart
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -99.0)
    expected = set()
    for i in range(n):
        foreign = np.where(lang != lang[i], scores[i], -99.0)
        best = np.argsort(-scores[i])[:NEAREST].tolist()
        best += [j for j in np.argsort(-foreign)[:NEAREST_ELSEWHERE] if foreign[j] > -99.0]
        expected |= {(i, j) for j in best}
    found = list(near_by_meaning(vectors, lang, Window(np.full(n, np.nan), 3.0)))
    assert {(a, b) for a, b in np.concatenate(found).tolist()} == expected


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_a_graph_has_the_neighbours_of_each_row(pairs: set[tuple[int, int]]) -> None:
    ordered = sorted({(a, b) for a, b in pairs if a < b})
    start, neighbours = graph(np.array(ordered, np.int64).reshape(-1, 2), 10)
    for row in range(10):
        expected = sorted([b for a, b in ordered if a == row] + [a for a, b in ordered if b == row])
        assert neighbours[start[row] : start[row + 1]].tolist() == expected


def test_around_a_row_are_its_story_and_its_nearest() -> None:
    """Compared with a walk over the pairs of each row; the odds are few, so that many tie."""
    rng = np.random.default_rng(5)
    pairs = np.array([(a, b) for a in range(12) for b in range(a + 1, 12) if rng.random() < 0.4])
    odds, story = rng.integers(-2, 3, len(pairs)).astype(np.float32), rng.integers(0, 4, 13)
    total, count, strongest, nearest = _around(story, pairs, odds)
    both = np.concatenate([pairs, pairs[:, ::-1]]).tolist()
    for row in range(13):
        rows = [(o, -b) for (a, b), o in zip(both, np.tile(odds, 2), strict=True) if a == row]
        inside = [o for o, b in rows if story[-b] == story[row]]
        assert (total[row], count[row]) == (sum(inside), len(inside))
        best = max(rows, default=(-np.inf, 1))
        assert (strongest[row], nearest[row]) == (best[0], -best[1])


def test_rare_words_find_partners_without_vectors() -> None:
    texts = [
        "zork plim visits the fair",
        "rain in the hills",
        "zork plim at a fair",
        "hills and rain",
    ]
    documents = count_terms(word_hashes(texts))
    nothing = np.zeros((4, 4), np.float32)
    day = np.array([0.0, 1.0, 2.0, 9.0])
    pairs = candidate_pairs(nothing, documents, np.zeros(4, np.int64), Window(day, 3.0))
    assert [0, 2] in pairs.tolist()
    assert [1, 3] not in pairs.tolist()


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_partners_by_words_are_the_plain_ones(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [np.unique(rng.integers(0, 12, rng.integers(0, 7))) for _ in range(30)]
    counts = [len(row) for row in rows]
    # Few different values, so that many partners are equally good.
    values = rng.integers(1, 3, sum(counts)).astype(np.float32)
    documents = Terms(np.cumsum([0, *counts]), np.concatenate(rows).astype(np.uint32), values)
    day = rng.integers(0, 5, 30).astype(float)
    day[rng.random(30) < 0.2] = np.nan
    weight = np.zeros((30, 12))
    for row in range(30):
        ids, held = documents.row(row)
        weight[row, ids] = held
    score = weight @ weight.T
    expected = []
    for row in range(30):
        near = [
            b for b in np.flatnonzero(score[row]) if b != row and not abs(day[b] - day[row]) > 2
        ]
        near.sort(key=lambda b: (-score[row, b], b))
        expected += [[row, b] for b in near[:NEAREST_BY_WORDS]]
    found = np.concatenate(list(near_by_words(documents, Window(day, 2.0))))
    assert found.tolist() == expected

"""Average linkage by sums, and the queue and the rows that it works with, beside plain twins."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.stories import beside, clustering, forest, numbering
from linker.stories.clustering import average_linkage
from linker.stories.neighbours import graph
from linker.stories.numbering import COMMON
from linker.stories.places import places
from linker.stories.queue import empty_queue, order, pop, push
from linker.stories.sums import (
    SIEVE_BITS,
    Nodes,
    Sums,
    Weights,
    compact,
    dot,
    empty_table,
    entries_of,
    mean_score,
    merge,
    single_nodes,
    total_scores,
)


def random_nodes(rng: np.random.Generator, n: int) -> Nodes:
    centres = rng.normal(size=(n // 4 + 1, 8))
    group = rng.integers(0, len(centres), n)
    dense = centres[group] + rng.normal(size=(n, 8))
    dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    rows = [np.unique(rng.integers(0, 9, 5) + 9 * g) for g in group]
    return Nodes(
        dense=dense.astype(np.float32),
        start=np.concatenate([[0], np.cumsum([len(row) for row in rows])]),
        terms=np.concatenate(rows).astype(np.uint32),
        values=rng.random(sum(len(row) for row in rows)).astype(np.float32),
        against=rng.integers(0, 2, (n, 2)) * np.array([0.3, 0.6]),
        bias=rng.normal(size=(n, 2)) * 0.1,
        lang=rng.integers(0, 3, n),
        day=np.where(rng.random(n) < 0.8, group + rng.random(n) * 4, np.nan),
    )


WEIGHTS = Weights((-2.0, -2.5), (5.0, 3.0), (1.0, 0.5), 0.4, 0.5, 3.0)


class PlainScores:
    """The mean score of all pairs across two lists of nodes, pair by pair."""

    def __init__(self, nodes: Nodes, weights: Weights) -> None:
        self.day, self.weights = nodes.day, weights
        self.scores = plain_scores(nodes, weights)

    def mean(self, a: list[int], b: list[int]) -> float:
        squared = (self.day[a][:, None] - self.day[b]) ** 2
        known = ~np.isnan(squared)
        time, weights = 0.0, self.weights
        if known.any():
            scaled = min(squared[known].mean() / weights.gap_scale**2, 1.0)
            time = (weights.near - weights.gap * scaled) * known.mean()
        return float(self.scores[np.ix_(a, b)].mean() + time)


def plain_scores(nodes: Nodes, weights: Weights) -> np.ndarray:
    """The score of each pair of nodes but for the time."""
    n = len(nodes.lang)
    sparse = np.zeros((n, int(nodes.terms.max()) + 1))
    for i in range(n):
        part = slice(nodes.start[i], nodes.start[i + 1])
        sparse[i, nodes.terms[part]] = nodes.values[part]
    kind = (nodes.lang[:, None] != nodes.lang).astype(int)
    dense = nodes.dense.astype(float)
    bias = np.where(kind, nodes.bias[:, 1], nodes.bias[:, 0])
    scores = np.array(weights.intercept)[kind] + bias + bias.T
    scores += np.array(weights.dense)[kind] * (dense @ dense.T)
    scores += np.array(weights.sparse)[kind] * (sparse @ sparse.T - nodes.against @ nodes.against.T)
    return scores


def plain_average_linkage(
    nodes: Nodes, weights: Weights, threshold: float, joined: np.ndarray
) -> np.ndarray:
    """Merge joined clusters that are each other's best until none reach the threshold.

    Two of three nodes or more stay apart when that is 1.8 below the mean inside either of them,
    and two nodes that score .6 less than the threshold join no clusters.
    """
    plain = PlainScores(nodes, weights)
    clusters = {i: [i] for i in range(len(nodes.lang))}
    alike = [plain.mean([a], [b]) >= threshold - 0.6 for a, b in np.ndindex(joined.shape)]
    joined = joined & np.reshape(alike, joined.shape)
    inner = dict.fromkeys(clusters, 0.0)  # sum of scores inside

    def inside(a: int) -> float:
        return inner[a] / (len(clusters[a]) * (len(clusters[a]) - 1) / 2)

    def apart(score: float, a: int, b: int) -> bool:
        settled = min(len(clusters[a]), len(clusters[b])) >= 3
        return settled and score < min(inside(a), inside(b)) - 1.8

    while True:
        scored = [
            (-plain.mean(clusters[a], clusters[b]), a, b)
            for a, b in itertools.combinations(sorted(clusters), 2)
            if joined[np.ix_(clusters[a], clusters[b])].any()
        ]
        best_first = [(-s, a, b) for s, a, b in sorted(scored) if -s >= threshold]
        chosen = plain_round([pair for pair in best_first if not apart(*pair)])
        if not chosen:
            break
        for score, a, b in chosen:
            inner[a] += inner[b] + score * len(clusters[a]) * len(clusters[b])
            clusters[a] += clusters.pop(b)
    labels = np.empty(len(nodes.lang), int)
    for label, root in enumerate(sorted(clusters)):
        labels[clusters[root]] = label
    return labels


def plain_round(best_first: list[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    """The pairs, the best first, of clusters that stand in no better pair."""
    chosen: list[tuple[float, int, int]] = []
    seen: set[int] = set()
    passed = 0
    for score, a, b in best_first:
        if len(chosen) == clustering.ROUND:
            break
        if passed > clustering.PASSED * len(chosen) + clustering.FEW:
            break
        if seen.isdisjoint((a, b)):
            chosen.append((score, a, b))
        else:
            passed += 1
        seen |= {a, b}
    return chosen


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("share", [1.0, 0.3, 0.1])
@pytest.mark.parametrize("seed", range(6))
def test_average_linkage_equals_its_plain_twin(
    seed: int, *, share: float, small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over all pairs, and over some only, so that most pairs of two clusters are no candidates.

    With small rooms too: few common terms, rounds of few merges, desks that hold few scores.
    """
    if small:
        monkeypatch.setattr(numbering, "COMMON", 3)
        monkeypatch.setattr(numbering, "ROWS", 7)
        monkeypatch.setattr(beside, "HELD", 2)
        monkeypatch.setattr(clustering, "ROUND", 5)
        monkeypatch.setattr(clustering, "WORTH_MERGES", 2)
        monkeypatch.setattr(clustering, "WORTH_ENTRIES", 0)
    n = 40
    rng = np.random.default_rng(seed)
    nodes = random_nodes(rng, n)
    joined = np.triu(rng.random((n, n)) < share, 1)
    start, neighbours = graph(np.argwhere(joined), n)
    expected = plain_average_linkage(nodes, WEIGHTS, 0.0, joined | joined.T)
    for threads in (1, 2):
        found = average_linkage(nodes, start, neighbours, WEIGHTS, 0.0, threads)
        assert found.tolist() == expected.tolist()
    # A thin graph may have no pair that is alike.
    assert 1 < found.max() + 1 < n or share < 1.0


def merged(state: Sums, a: int, b: int) -> None:
    """`merge`, and room for it."""
    needed = entries_of(state, a) + entries_of(state, b)
    if state.top[0] + needed > len(state.terms):
        compact(state)
    room = int(state.top[0])
    state.top[0] += needed
    merge(state, a, b, room)


@pytest.mark.parametrize("seed", range(8))
def test_over_all_pairs_the_best_pair_first_gives_the_same(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no clusters lie apart, as scores lie so near to each other."""
    n = 40
    nodes = random_nodes(np.random.default_rng(seed), n)
    weights = WEIGHTS._replace(
        intercept=(-0.6, -0.8), dense=(1.5, 1.2), sparse=(0.3, 0.2), near=0.2
    )
    assert np.triu(plain_scores(nodes, weights), 1).max() + weights.near < forest.APART
    joined = np.triu(np.ones((n, n), bool), 1)
    found = average_linkage(nodes, *graph(np.argwhere(joined), n), weights, 0.0)
    assert 1 < found.max() + 1 < n
    monkeypatch.setattr(clustering, "ROUND", 1)
    expected = plain_average_linkage(nodes, weights, 0.0, joined | joined.T)
    assert found.tolist() == expected.tolist()


def test_a_long_chain_of_merges_one_after_the_other() -> None:
    """Each node is best with the one before it, so that a round has a single merge."""
    n = 2000
    nodes = random_nodes(np.random.default_rng(0), n)._replace(
        dense=np.full((n, 4), 0.5, np.float32),
        start=np.zeros(n + 1, np.int64),
        terms=np.empty(0, np.uint32),
        values=np.empty(0, np.float32),
        against=np.zeros((n, 1)),
        bias=np.repeat(-np.arange(n)[:, None] / n, 2, axis=1),
        lang=np.zeros(n, np.int64),
        day=np.full(n, np.nan),
    )
    near = np.array([[i, i + 1] for i in range(n - 1)])
    weights = WEIGHTS._replace(intercept=(0.0, 0.0))
    assert not average_linkage(nodes, *graph(near, n), weights, 0.0).any()


@pytest.mark.parametrize(
    ("step", "first"),
    [(1, 0), (1, COMMON - 5), (1, 5 << SIEVE_BITS), (1 << SIEVE_BITS, COMMON)],
    ids=["common", "common and rare", "rare", "rare, of one bit in the sieve"],
)
@pytest.mark.parametrize("seed", range(3))
def test_mean_scores_are_those_of_all_pairs(seed: int, step: int, first: int) -> None:
    nodes = random_nodes(np.random.default_rng(seed), 12)
    state, terms = single_nodes(nodes)
    state.terms[:] = state.terms * np.uint32(step) + np.uint32(first)
    clusters = [[0, 4, 5], [1, 2, 7, 8, 9], [3], [6, 10]]
    for root, *rest in clusters:
        for other in rest:
            merged(state, root, other)
    table = empty_table(first + step * terms)
    total = np.empty(3)
    others = [1, 3, 6]
    total_scores(state, 0, np.array(others), WEIGHTS, table, total)
    found = [mean_score(state, 0, b, t, WEIGHTS) for b, t in zip(others, total, strict=True)]
    plain = PlainScores(nodes, WEIGHTS)
    assert found == pytest.approx([plain.mean(clusters[0], b) for b in clusters[1:]], abs=1e-5)
    assert not table.values.any()
    assert not table.sieve.any()


@settings(deadline=None)
@given(st.lists(st.integers(0, 200), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_sparse_rows_of_any_lengths_are_added(lengths: list[int], chance: random.Random) -> None:
    """Short into long, long into short, like to like; and moved together when there is no room."""
    rows = [sorted(chance.sample(range(240), length)) for length in lengths]
    values = [np.array([chance.randint(1, 9) for _ in row], np.float32) for row in rows]
    n = len(rows)
    nodes = random_nodes(np.random.default_rng(0), n)._replace(
        start=np.cumsum([0, *lengths]),
        terms=np.array([term for row in rows for term in row], np.uint32),
        values=np.concatenate(values),
        lang=np.zeros(n, np.int64),
    )
    state, _ = single_nodes(nodes)
    ends = [state.at[i] + state.length[i] for i in range(n)]
    expected = [
        Counter(dict(zip(state.terms[at:end].tolist(), state.values[at:end].tolist(), strict=True)))
        for at, end in zip(state.at, ends, strict=True)
    ]
    roots = list(range(n))
    while len(roots) > 1:
        a, b = sorted(chance.sample(roots, 2))
        merged(state, a, b)
        roots.remove(b)
        expected[a] += expected[b]
        for root in roots:
            part = slice(state.at[root], state.at[root] + state.length[root])
            found = list(zip(state.terms[part].tolist(), state.values[part].tolist(), strict=True))
            assert found == sorted(expected[root].items())


def test_common_terms_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "COMMON", 2)
    rows = [[2, 3, 5], [1, 3, 7], [1, 2, 5, 7], [3, 5]]  # 3 and 5 stand in most
    nodes = random_nodes(np.random.default_rng(0), 4)._replace(
        start=np.array([0, 3, 6, 10, 12]),
        terms=np.array([term for row in rows for term in row], np.uint32),
        values=np.ones(12, np.float32),
    )
    state, terms = single_nodes(nodes)
    found = [state.terms[state.at[i] : state.at[i] + state.length[i]].tolist() for i in range(4)]
    numbers = {3: 0, 5: 1, 1: 2, 2: 3, 7: 4}
    assert terms == 5 and found == [sorted(numbers[term] for term in row) for row in rows]


def test_terms_of_one_node_are_left_out_of_clustering() -> None:
    rows = [[7, 2**32 - 1], [2**31, 9], [], [7, 2**31 + 1, 2**32 - 1], [2**31, 2**31 + 1]]
    rows = [sorted(row) for row in rows]
    nodes = random_nodes(np.random.default_rng(0), 5)._replace(
        start=np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64),
        terms=np.array([term for row in rows for term in row], np.uint32),
        values=np.arange(9, dtype=np.float32),
    )
    state, terms = single_nodes(nodes)
    shared = [7, 2**31, 2**31 + 1, 2**32 - 1]
    assert terms == len(shared)
    entries = iter(range(9))
    for node, row in enumerate(rows):
        part = slice(state.at[node], state.at[node] + state.length[node])
        expected = [(shared.index(t), i) for t in row if (i := next(entries), t in shared)[1]]
        assert list(zip(state.terms[part], state.values[part], strict=True)) == expected


UNSIGNED = st.one_of(st.integers(0, 9), st.integers(0, 2**36), st.integers(2**64 - 9, 2**64 - 1))


@settings(deadline=None)
@given(st.lists(UNSIGNED, max_size=30), st.sets(UNSIGNED, max_size=30))
def test_places_of_numbers(keys: list[int], among: set[int]) -> None:
    ordered = sorted(among)
    expected = [ordered.index(key) if key in among else -1 for key in keys]
    wide = np.array(keys, np.uint64), np.array(ordered, np.uint64)
    assert places(*wide).tolist() == expected
    if max([0, *keys, *among]) < 2**32:
        narrow = np.array(keys, np.uint32), np.array(ordered, np.uint32)
        assert places(*narrow).tolist() == expected


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_dot_adds_in_eight_lanes(length: int, seed: int) -> None:
    x, y = np.random.default_rng(seed).normal(size=(2, length + 3)).astype(np.float32)
    x, y = x[3:], y[3:]
    lanes = [0.0] * 8
    for i, product in enumerate((x * y).tolist()):
        lanes[i % 8 if i < length - length % 8 else 0] += product
    a, b, c, d, e, f, g, h = lanes
    assert dot(x, y) == ((a + b) + (c + d)) + ((e + f) + (g + h))


QUEUED = st.tuples(st.sampled_from([0.5, 1.0, 2.0, -1.0]), st.integers(0, 50), st.integers(0, 9))


@given(st.lists(QUEUED, max_size=40), st.lists(QUEUED, max_size=10))
def test_a_queue_gives_the_best_pair_first(first: list, later: list) -> None:
    queue = empty_queue(len(first) + len(later))
    for i, (score, pair, born) in enumerate(first):
        queue.score[i], queue.pair[i], queue.born[i] = score, pair, born
    queue.used[0] = len(first)
    order(queue)
    waiting = list(first)
    for entry in [*later, *[None] * len(first)]:
        if entry:
            push(queue, *entry)
            waiting.append(entry)
        pair, born = pop(queue)
        best = min((-score, pair) for score, pair, _ in waiting)
        assert pair == best[1]
        waiting.remove((-best[0], pair, born))
    assert queue.used[0] == len(waiting) == 0


def test_a_full_queue_forgets_the_clusters_that_are_no_more() -> None:
    """A node beside all others takes in one after the other, and is scored with the rest again."""
    n = 30
    nodes = random_nodes(np.random.default_rng(1), n)
    weights = WEIGHTS._replace(intercept=(9.0, 9.0), gap=0.0)
    joined = np.zeros((n, n), bool)
    joined[0, 1:] = joined[1:, 0] = True
    for threshold in (0.0, 8.0):
        expected = plain_average_linkage(nodes, weights, threshold, joined)
        found = average_linkage(nodes, *graph(np.argwhere(np.triu(joined)), n), weights, threshold)
        assert found.tolist() == expected.tolist()


def test_two_settled_clusters_that_lie_apart_do_not_merge() -> None:
    """Two tight triples that are somewhat alike stay two; pairs as much alike become one."""
    weights = WEIGHTS._replace(
        intercept=(-3.0, -3.0), dense=(8.0, 8.0), sparse=(0.0, 0.0), near=0, gap=0
    )
    for each, stories in ((3, 2), (2, 1)):
        n = 2 * each
        dense = np.zeros((n, 4), np.float32)
        dense[:each, 0] = 1.0  # inside 8 - 3 = 5, across 8 * .6 - 3 = 1.8
        dense[each:, :2] = 0.6, 0.8
        nodes = random_nodes(np.random.default_rng(0), n)._replace(
            dense=dense, bias=np.zeros((n, 2)), lang=np.zeros(n, np.int64)
        )
        every = graph(np.argwhere(np.triu(np.ones((n, n)), 1)), n)
        assert average_linkage(nodes, *every, weights, 0.0).max() + 1 == stories


def test_average_linkage_of_nothing_and_of_strangers() -> None:
    nodes = random_nodes(np.random.default_rng(0), 5)
    alone = average_linkage(nodes, np.zeros(6, np.int64), np.empty(0, np.int64), WEIGHTS, -99.0)
    assert alone.tolist() == [0, 1, 2, 3, 4]
    empty = Nodes(*(array[:0] for array in nodes))._replace(start=np.zeros(1, np.int64))
    none = average_linkage(empty, np.zeros(1, np.int64), np.empty(0, np.int64), WEIGHTS, 0.0)
    assert len(none) == 0


def test_a_chain_of_neighbours_does_not_become_one_cluster() -> None:
    """Each article is near the next, the first and the last have nothing in common."""
    n = 400
    angle = np.linspace(0, 20 * np.pi, n)
    plane = (angle // (np.pi / 2)).astype(int)
    dense = np.zeros((n, plane.max() + 2), np.float32)
    dense[np.arange(n), plane] = np.cos(angle % (np.pi / 2))
    dense[np.arange(n), plane + 1] = np.sin(angle % (np.pi / 2))
    nodes = Nodes(
        dense,
        np.zeros(n + 1, np.int64),
        np.empty(0, np.uint32),
        np.empty(0, np.float32),
        np.zeros((n, 2)),
        np.zeros((n, 2)),
        np.zeros(n, np.int64),
        np.full(n, np.nan),
    )
    near = np.array([[max(i - 1, 0), min(i + 1, n - 1)] for i in range(n)]).ravel()
    weights = WEIGHTS._replace(intercept=(-7.0, -7.0), dense=(10.0, 10.0))
    labels = average_linkage(nodes, np.arange(n + 1) * 2, near, weights, 0.0)
    assert np.bincount(labels).max() < 40

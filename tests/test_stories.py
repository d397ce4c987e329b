"""Stories: terms, evidence, neighbours, clustering, and what link_stories makes of articles."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.embedding import load_encoder
from linker.errors import LinkerError
from linker.reprints import Reprints
from linker.stories import (
    Linked,
    LinkSettings,
    Vectors,
    compare_pairs,
    describe,
    embed_articles,
    link_stories,
)
from linker.stories import windows as windows_module
from linker.stories.background import load_background
from linker.stories.clustering import average_linkage
from linker.stories.evidence import (
    CROWD_RANKS,
    CROWDED,
    FEATURES,
    LONELY,
    NAMED_WORDS,
    USUAL,
    Evidence,
    _united,
    crowding,
    load_model,
    prepare,
)
from linker.stories.forms import word_forms
from linker.stories.linking import _around
from linker.stories.neighbours import candidate_pairs, graph
from linker.stories.places import places
from linker.stories.queue import empty_queue, order, pop, push
from linker.stories.sums import Nodes, Weights, dot, mean_scores, merge, single_nodes
from linker.stories.terms import count_numbers, count_terms, pair_id, word_id
from linker.stories.windows import Window
from linker.text import CHARACTER, NUMBER, Words, word_hashes


def plain_terms(words: Words, text: int) -> Counter[int]:
    """The terms of a text, one word after the other: the twin of the kernel."""
    part = slice(words.offsets[text], words.offsets[text + 1])
    found: list[int] = []
    kinds = words.kinds[part]
    for single, run in itertools.groupby(
        zip(words.hashes[part].tolist(), kinds.tolist(), strict=True),
        key=lambda word: bool(word[1] & CHARACTER),
    ):
        hashes = [hash_ for hash_, _ in run]
        if single and len(hashes) > 1:
            found.extend(pair_id(a, b) for a, b in itertools.pairwise(hashes))
        else:
            found.extend(word_id(hash_) for hash_ in hashes)
    return Counter(found)


@settings(deadline=None)
@given(st.lists(st.text("ab 1２中文字ไทย.é", max_size=30), max_size=6))
def test_terms_equal_their_plain_twin(texts: list[str]) -> None:
    words = word_hashes(texts)
    terms = count_terms(words)
    for text in range(len(texts)):
        ids, counts = terms.row(text)
        assert list(ids) == sorted(ids)
        assert dict(zip(ids.tolist(), counts.tolist(), strict=True)) == plain_terms(words, text)


def test_numbers_are_the_words_of_digits() -> None:
    words = word_hashes(["73 dead, ٧٣ hurt, 5G none"])
    expected = [
        word_id(int(h)) for h, k in zip(words.hashes, words.kinds, strict=True) if k & NUMBER
    ]
    ids, counts = count_numbers(words).row(0)
    assert list(ids) == sorted(set(expected))
    assert counts.sum() == len(expected) == 2


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
        bias=rng.normal(size=n) * 0.1,
        short=rng.random(n),
        lang=rng.integers(0, 3, n),
        day=np.where(rng.random(n) < 0.8, group + rng.random(n) * 4, np.nan),
    )


WEIGHTS = Weights((-2.0, -2.5), (5.0, 3.0), (1.0, 0.5), (0.2, -0.4), 0.4, 0.5, 3.0, 4.0)


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
            scaled = min(np.sqrt(squared[known].mean()) / weights.gap_scale, weights.gap_cap)
            time = (weights.near - weights.gap * scaled) * known.mean()
        return float(self.scores[np.ix_(a, b)].mean() + time)


def plain_scores(nodes: Nodes, weights: Weights) -> np.ndarray:
    """The score of each pair of nodes but for the time."""
    n = len(nodes.bias)
    sparse = np.zeros((n, int(nodes.terms.max()) + 1))
    for i in range(n):
        part = slice(nodes.start[i], nodes.start[i + 1])
        sparse[i, nodes.terms[part]] = nodes.values[part]
    kind = (nodes.lang[:, None] != nodes.lang).astype(int)
    dense = nodes.dense.astype(float)
    scores = np.array(weights.intercept)[kind] + nodes.bias[:, None] + nodes.bias
    scores += np.array(weights.short)[kind] * (nodes.short[:, None] + nodes.short)
    scores += np.array(weights.dense)[kind] * (dense @ dense.T)
    scores += np.array(weights.sparse)[kind] * (sparse @ sparse.T - nodes.against @ nodes.against.T)
    return scores


def plain_average_linkage(
    nodes: Nodes, weights: Weights, threshold: float, joined: np.ndarray
) -> np.ndarray:
    """Merge the two joined clusters of the highest mean score until none reaches the threshold.

    Two of three nodes or more stay apart when that is 1.8 below the mean inside either of them.
    """
    plain = PlainScores(nodes, weights)
    clusters = [[i] for i in range(len(nodes.bias))]
    inner = dict.fromkeys(range(len(clusters)), 0.0)  # by first member: sum of scores inside

    def inside(cluster: list[int]) -> float:
        return inner[cluster[0]] / (len(cluster) * (len(cluster) - 1) / 2)

    def apart(score: float, a: list[int], b: list[int]) -> bool:
        return min(len(a), len(b)) >= 3 and score < min(inside(a), inside(b)) - 1.8

    while True:
        beside = [
            (plain.mean(a, b), a, b)
            for a, b in itertools.combinations(clusters, 2)
            if joined[np.ix_(a, b)].any() and not apart(plain.mean(a, b), a, b)
        ]
        score, a, b = max(beside, key=lambda pair: pair[0], default=(-np.inf, [], []))
        if score < threshold:
            break
        inner[a[0]] += inner[b[0]] + score * len(a) * len(b)
        clusters.remove(b)
        a.extend(b)
    labels = np.empty(len(nodes.bias), int)
    for label, cluster in enumerate(sorted(clusters, key=min)):
        labels[cluster] = label
    return labels


@pytest.mark.parametrize("share", [1.0, 0.3, 0.1])
@pytest.mark.parametrize("seed", range(6))
def test_average_linkage_equals_its_plain_twin(seed: int, share: float) -> None:
    """Over all pairs, and over some only, so that most pairs of two clusters are no candidates."""
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


@pytest.mark.parametrize("seed", range(3))
def test_mean_scores_are_those_of_all_pairs(seed: int) -> None:
    nodes = random_nodes(np.random.default_rng(seed), 12)
    sums, terms = single_nodes(nodes)
    clusters = [[0, 4, 5], [1, 2, 7, 8, 9], [3], [6, 10]]
    for root, *rest in clusters:
        for other in rest:
            merge(sums, root, other)
    table = np.zeros(terms)
    out = np.empty(3)
    mean_scores(sums, 0, np.array([1, 3, 6]), WEIGHTS, table, out)
    plain = PlainScores(nodes, WEIGHTS)
    assert out == pytest.approx([plain.mean(clusters[0], b) for b in clusters[1:]], abs=1e-5)
    assert not table.any()


def test_terms_of_one_node_are_left_out_of_clustering() -> None:
    rows = [[7, 2**32 - 1], [2**31, 9], [], [7, 2**31 + 1, 2**32 - 1], [2**31, 2**31 + 1]]
    rows = [sorted(row) for row in rows]
    nodes = random_nodes(np.random.default_rng(0), 5)._replace(
        start=np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64),
        terms=np.array([term for row in rows for term in row], np.uint32),
        values=np.arange(9, dtype=np.float32),
    )
    sums, terms = single_nodes(nodes)
    shared = [7, 2**31, 2**31 + 1, 2**32 - 1]
    assert terms == len(shared)
    entries = iter(range(9))
    for node, row in enumerate(rows):
        part = slice(sums.at[node], sums.at[node] + sums.length[node])
        expected = [(shared.index(t), i) for t in row if (i := next(entries), t in shared)[1]]
        assert list(zip(sums.terms[part], sums.values[part], strict=True)) == expected


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
        intercept=(-3.0, -3.0), dense=(8.0, 8.0), sparse=(0.0, 0.0), short=(0.0, 0.0), near=0, gap=0
    )
    for each, stories in ((3, 2), (2, 1)):
        n = 2 * each
        dense = np.zeros((n, 4), np.float32)
        dense[:each, 0] = 1.0  # inside 8 - 3 = 5, across 8 * .6 - 3 = 1.8
        dense[each:, :2] = 0.6, 0.8
        nodes = random_nodes(np.random.default_rng(0), n)._replace(
            dense=dense, bias=np.zeros(n), lang=np.zeros(n, np.int64)
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
        np.zeros(n),
        np.zeros(n),
        np.zeros(n, np.int64),
        np.full(n, np.nan),
    )
    near = np.array([[max(i - 1, 0), min(i + 1, n - 1)] for i in range(n)]).ravel()
    weights = WEIGHTS._replace(intercept=(-7.0, -7.0), dense=(10.0, 10.0))
    labels = average_linkage(nodes, np.arange(n + 1) * 2, near, weights, 0.0)
    assert np.bincount(labels).max() < 40


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


ARTICLES = [
    ("Goat elected mayor of Oxbury", "A goat named Bartholomew won 212 votes in Oxbury on Monday."),
    ("Oxbury picks a goat as mayor", "Voters in Oxbury gave 212 votes to the goat Bartholomew."),
    ("Ferry strike halts Lindholm port", "Dockers at Lindholm stopped 14 ferries over pay."),
    ("Lindholm ferries idle as dockers walk out", "All 14 ferries lay idle in Lindholm on Monday."),
    ("Comet Virel seen from Mount Asker", "Astronomers on Mount Asker photographed comet Virel."),
]


def table(
    rows: list[tuple[str, str]], day: datetime | None = datetime(2025, 10, 6, tzinfo=UTC)
) -> pa.Table:
    times = [None if day is None else day + timedelta(hours=i) for i in range(len(rows))]
    return pa.table(
        {
            "id": [str(i) for i in range(len(rows))],
            "title": pa.array([title for title, _ in rows], pa.large_string()),
            "text": pa.array([text for _, text in rows], pa.large_string()),
            "url": [""] * len(rows),
            "source": [f"paper {i % 2}" for i in range(len(rows))],
            "published": pa.array(times, pa.timestamp("us", tz="UTC")),
            "lang": ["en"] * len(rows),
        }
    )


def embedded(articles: pa.Table) -> Vectors:
    return embed_articles(articles, load_encoder())


def evidence_of(articles: pa.Table) -> Evidence:
    forms = (word_forms(articles[column]) for column in ("title", "text"))
    return prepare(articles, *forms, embedded(articles))


def linked_alone(articles: pa.Table, **choice: Any) -> Linked:
    """The stories of articles none of which is a reprint."""
    none = no_reprints(len(articles))
    return link_stories(articles, none, embedded(articles), LinkSettings(**choice))


def no_reprints(n: int) -> Reprints:
    return Reprints(
        np.arange(n), np.zeros(n, np.int8), np.zeros(n, np.float32), np.zeros(n, np.float32), {}
    )


def test_articles_on_one_event_become_one_story() -> None:
    linked = linked_alone(table(ARTICLES))
    assert linked.story.tolist() == [0, 0, 1, 1, 2]
    assert linked.nearest[:4].tolist() == [1, 0, 3, 2]
    assert set(linked.links.column_names) == {"a", "b", "probability", *FEATURES}
    inside = linked.links.filter(pa.compute.less(linked.links["probability"], 0.5))
    assert [0, 1] not in [[row["a"], row["b"]] for row in inside.to_pylist()]


def test_threads_change_nothing() -> None:
    articles = table(ARTICLES * 30)
    one, two = (linked_alone(articles, threads=threads) for threads in (1, 2))
    assert one.story.tolist() == two.story.tolist()
    assert one.links.equals(two.links)


def test_reprints_follow_their_representative() -> None:
    articles = table([*ARTICLES, ARTICLES[2]])
    reprints = no_reprints(6)
    reprints.representative[5] = 2
    linked = link_stories(articles, reprints, embedded(articles), LinkSettings())
    assert linked.story[5] == linked.story[2]
    assert linked.nearest[5] == 2
    story = describe(articles, linked, reprints).to_pylist()[linked.story[2]]
    assert (story["articles"], story["independent"]) == (3, 2)
    assert story["languages"] == ["en"]
    assert "Lindholm" in story["keywords"]
    assert story["title"] in (ARTICLES[2][0], ARTICLES[3][0])


def test_no_articles_and_one_article() -> None:
    for rows in ([], ARTICLES[:1]):
        articles = table(rows)
        vectors = embedded(table(ARTICLES)).take(np.arange(len(rows)))
        linked = link_stories(articles, no_reprints(len(rows)), vectors, LinkSettings())
        assert linked.story.tolist() == list(range(len(rows)))
        assert linked.nearest.tolist() == [-1] * len(rows)
        assert len(describe(articles, linked, no_reprints(len(rows)))) == len(rows)


def test_evidence_of_a_pair() -> None:
    articles = table(ARTICLES)
    pairs = np.array([[0, 1], [0, 4], [0, 2]])
    same, other, third = compare_pairs(articles, embedded(articles), pairs).to_pylist()
    assert same["probability"] > 0.5 > other["probability"]
    assert same["numbers"] == pytest.approx(0.0, abs=1e-6)  # the same ones
    assert other["numbers"] == 0.0  # one has none
    assert third["numbers"] == -1.0  # other ones
    assert same["tfidf"] > other["tfidf"]
    assert same["gap_days"] == pytest.approx(1 / 24, abs=1e-4)


def test_undated_articles_have_no_gap() -> None:
    articles = table(ARTICLES, None)
    rows = compare_pairs(articles, embedded(articles), np.array([[0, 1]])).to_pylist()
    assert rows[0]["gap_days"] is None


def test_other_weekdays_and_other_figures_speak_against_one_event() -> None:
    rows = [
        ("Bus crash on the A2", "A bus left the A2 near Orbeck on Monday, 14 people were hurt."),
        ("Bus crash on the A2", "A bus left the A2 near Orbeck on Friday, 31 people were hurt."),
        ("Bus crash on the A2", "On Monday a bus left the A2 near Orbeck and 14 people were hurt."),
    ]
    articles = table(rows, None)
    pairs = np.array([[0, 1], [0, 2]])
    other, same = compare_pairs(articles, embedded(articles), pairs).to_pylist()
    assert (other["days"], same["days"]) == (-1.0, 0.0)
    assert other["numbers"] < same["numbers"]
    assert other["probability"] < same["probability"]


def test_a_name_is_the_same_in_other_alphabets() -> None:
    articles = table([("Putin in Minsk", ""), ("Путин в Минске", ""), ("Oxbury goat", "")])
    articles = articles.set_column(6, "lang", pa.array(["en", "ru", "en"]))
    pairs = np.array([[0, 1], [0, 2]])
    same, other = compare_pairs(articles, embedded(articles), pairs).to_pylist()
    assert same["names"] > 0.9
    assert other["names"] == 0.0


def test_a_crowd_is_seen_by_the_partners_of_some_ranks() -> None:
    n = CROWD_RANKS[1] + 3
    pairs = np.array([[a, b] for a in range(2) for b in range(a + 1, n)])
    odds = np.where(pairs[:, 0] == 0, 0.0, -9.0).astype(np.float32)
    crowd = crowding(pairs, odds, n)
    assert crowd[0] == pytest.approx(-2 / 3)  # more than enough are near
    assert crowd[1] == pytest.approx(1.0)  # hardly any is
    assert np.isnan(crowd[2:]).all()  # two partners say nothing of what is usual
    assert len(crowding(pairs[:0], odds[:0], 3)) == 3


@given(st.integers(0, 2**32 - 1))
def test_crowds_equal_their_plain_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 26
    pairs = np.argwhere(np.triu(rng.random((n, n)) < 0.8, 1))
    odds = rng.uniform(-3, 0.5, len(pairs)).astype(np.float32)
    found = crowding(pairs, odds, n)
    for row in range(n):
        mine = sorted(odds[(pairs == row).any(axis=1)].tolist(), reverse=True)
        if len(mine) < CROWD_RANKS[1]:
            assert np.isnan(found[row])
        else:
            mean = np.mean(mine[slice(*CROWD_RANKS)])
            around = (USUAL - np.clip(mean, LONELY, CROWDED)) / (USUAL - LONELY)
            assert found[row] == pytest.approx(around, abs=1e-6)


def test_names_count_in_the_headline_and_near_the_beginning() -> None:
    far = " ".join(["and then it rained"] * NAMED_WORDS)
    texts = [("", "Bartholomew won."), ("Bartholomew", ""), ("", f"{far} Bartholomew won.")]
    pairs = np.array([[0, 1], [0, 2]])
    articles = table(texts)
    near, late = compare_pairs(articles, embedded(articles), pairs).to_pylist()
    assert near["names"] == pytest.approx(1.0, abs=1e-6)
    assert late["names"] == 0.0


def test_rows_put_together_are_those_of_a_plain_sum() -> None:
    first = count_terms(word_hashes(["a b b", "", "c"]))
    second = count_terms(word_hashes(["b d", "", "c"]))
    both = _united(first, second, 2.0)
    for row in range(3):
        expected: Counter[int] = Counter()
        for part, factor in ((first, 2.0), (second, 1.0)):
            for term, value in zip(*part.row(row), strict=True):
                expected[int(term)] += factor * float(value)
        ids, values = both.row(row)
        assert list(ids) == sorted(expected)
        assert dict(zip(ids.tolist(), values.tolist(), strict=True)) == expected


def test_a_number_counts_less_as_a_word_than_it_is_rare() -> None:
    articles = table([("", "goat 71234"), ("", "comet"), ("", "goat"), ("", "x"), ("", "y")], None)
    evidence = evidence_of(articles)
    ids, values = evidence.documents.row(0)
    weight = dict(zip(ids.tolist(), values.tolist(), strict=True))
    number, goat = (word_id(int(word_hashes([w]).hashes[0])) for w in ("71234", "goat"))
    assert 0 < weight[number] < weight[goat]
    assert evidence.numbers.row(0)[1].tolist() == [1.0]


def test_clusters_are_scored_like_pairs() -> None:
    """What clustering takes for the score of two nodes is the log-odds of the pair."""
    articles = table([*ARTICLES, ("Путин в Минске в пятницу", "14"), ("Putin in Minsk", "Friday")])
    lang = ["en"] * 5 + ["ru", "en"]
    own = evidence_of(articles.set_column(6, "lang", pa.array(lang)))
    own = replace(own, crowd=np.array([np.nan, -0.5, 0, 1, np.nan, 0.5, 1], np.float32))
    model = load_model()
    pairs = np.argwhere(np.triu(np.ones((7, 7)), 1))
    odds = own.log_odds(pairs, own.features(pairs), model)
    nodes, weights = own.nodes(model)
    sums, terms = single_nodes(nodes)
    for (a, b), expected in zip(pairs.tolist(), odds.tolist(), strict=True):
        found = np.zeros(1)
        mean_scores(sums, a, np.array([b]), weights, np.zeros(terms), found)
        assert found[0] == pytest.approx(expected, abs=1e-4)


def test_ten_thousand_articles_that_differ_by_a_word_in_a_row_do_not_chain() -> None:
    """The first and the last have nothing in common, each has nearly all with the next."""
    n, long = 10_000, 24
    rng = np.random.default_rng(7)
    letters = np.array(list("abdefgiklmnoprstuv"))
    words = ["".join(rng.choice(letters, 7)) for _ in range(n + long)]
    rows = [(" ".join(words[i : i + 6]), " ".join(words[i : i + long])) for i in range(n)]
    linked = linked_alone(table(rows, None))
    assert np.bincount(linked.story).max() < 2 * long


def test_a_word_is_as_rare_among_five_articles_as_the_language_says() -> None:
    """With five articles only the background can know that 'the' is common and 'goat' is not."""
    articles = table([("", "the goat"), ("", "the comet"), ("", "a goat"), ("", "x"), ("", "y")])
    evidence = evidence_of(articles)
    ids, values = evidence.documents.row(0)
    weight = dict(zip(ids.tolist(), values.tolist(), strict=True))
    the, goat = (word_id(int(word_hashes([w]).hashes[0])) for w in ("the", "goat"))
    assert weight[goat] > 5 * weight[the]


def test_the_background_knows_its_languages() -> None:
    background = load_background()
    assert {"en", "ar", "es", "fr", "de", "ru", "zh", "tr"} <= set(background.languages)
    assert (np.diff(background.start) > 300).all()
    assert background.centre("en", "no such model") is None


def test_settings_are_checked() -> None:
    with pytest.raises(LinkerError, match="level"):
        LinkSettings(level="loose")
    with pytest.raises(LinkerError, match="window"):
        LinkSettings(window_days=0)

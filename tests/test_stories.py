"""Stories: terms, evidence, neighbours, clustering, and what link_stories makes of articles."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linker.embedding import load_encoder
from linker.errors import LinkerError
from linker.reprints import Reprints
from linker.stories import (
    LinkSettings,
    Vectors,
    compare_pairs,
    describe,
    embed_articles,
    link_stories,
)
from linker.stories.background import load_background
from linker.stories.clustering import average_linkage
from linker.stories.evidence import FEATURES, prepare
from linker.stories.neighbours import Window, candidate_pairs
from linker.stories.sums import Nodes, Weights
from linker.stories.terms import count_numbers, count_terms, pair_id, word_id
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
        bias=rng.normal(size=n) * 0.1,
        lang=rng.integers(0, 3, n),
        day=np.where(rng.random(n) < 0.8, group + rng.random(n) * 4, np.nan),
    )


WEIGHTS = Weights((-2.0, -2.5), (1.0, 3.0), (5.0, 3.0), (1.0, 0.5), 0.4, 0.5, 3.0, 4.0)


def plain_average_linkage(nodes: Nodes, weights: Weights, threshold: float) -> np.ndarray:
    """Merge the two clusters of the highest mean score until none reaches the threshold."""
    n = len(nodes.bias)
    sparse = np.zeros((n, int(nodes.terms.max()) + 1))
    for i in range(n):
        part = slice(nodes.start[i], nodes.start[i + 1])
        sparse[i, nodes.terms[part]] = nodes.values[part]
    kind = (nodes.lang[:, None] != nodes.lang).astype(int)
    half = nodes.dense.shape[1] // 2
    title, body = nodes.dense[:, :half].astype(float), nodes.dense[:, half:].astype(float)
    scores = np.array(weights.intercept)[kind] + nodes.bias[:, None] + nodes.bias
    scores += np.array(weights.title)[kind] * (title @ title.T)
    scores += np.array(weights.body)[kind] * (body @ body.T)
    scores += np.array(weights.sparse)[kind] * (sparse @ sparse.T)

    def mean(a: list[int], b: list[int]) -> float:
        squared = (nodes.day[a][:, None] - nodes.day[b]) ** 2
        known = ~np.isnan(squared)
        time = 0.0
        if known.any():
            scaled = min(squared[known].mean() / weights.gap_scale**2, weights.gap_cap)
            time = (weights.near - weights.gap * scaled) * known.mean()
        return float(scores[np.ix_(a, b)].mean() + time)

    clusters = [[i] for i in range(n)]
    while len(clusters) > 1:
        best = max(itertools.combinations(clusters, 2), key=lambda pair: mean(*pair))
        if mean(*best) < threshold:
            break
        clusters.remove(best[1])
        best[0].extend(best[1])
    labels = np.empty(n, int)
    for label, cluster in enumerate(sorted(clusters, key=min)):
        labels[cluster] = label
    return labels


@pytest.mark.parametrize("seed", range(6))
def test_average_linkage_equals_its_plain_twin(seed: int) -> None:
    nodes = random_nodes(np.random.default_rng(seed), 30)
    everyone = np.tile(np.arange(30), 30)
    found = average_linkage(nodes, np.arange(31) * 30, everyone, WEIGHTS, 0.0)
    assert found.tolist() == plain_average_linkage(nodes, WEIGHTS, 0.0).tolist()
    assert 1 < found.max() + 1 < 30


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
        np.concatenate([np.zeros_like(dense), dense], axis=1),
        np.zeros(n + 1, np.int64),
        np.empty(0, np.uint32),
        np.empty(0, np.float32),
        np.zeros(n),
        np.zeros(n, np.int64),
        np.full(n, np.nan),
    )
    near = np.array([[max(i - 1, 0), min(i + 1, n - 1)] for i in range(n)]).ravel()
    weights = WEIGHTS._replace(intercept=(-7.0, -7.0), body=(10.0, 10.0))
    labels = average_linkage(nodes, np.arange(n + 1) * 2, near, weights, 0.0)
    assert np.bincount(labels).max() < 40


def test_candidates_are_the_nearest_inside_the_window() -> None:
    rng = np.random.default_rng(3)
    n = 300
    vectors = rng.normal(size=(n, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    day = np.sort(rng.random(n) * 40)
    day[-20:] = np.nan
    lang = rng.integers(0, 2, n)
    documents = count_terms(word_hashes([""] * n))
    window = Window(day, 3.0)
    pairs = candidate_pairs(vectors, documents, lang, window)
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


def prepared(articles: pa.Table) -> tuple[Words, Words, Vectors]:
    titles, texts = articles["title"].to_pylist(), articles["text"].to_pylist()
    return word_hashes(texts), word_hashes(titles), embed_articles(articles, load_encoder())


def no_reprints(n: int) -> Reprints:
    return Reprints(
        np.arange(n), np.zeros(n, np.int8), np.zeros(n, np.float32), np.zeros(n, np.float32), {}
    )


def test_articles_on_one_event_become_one_story() -> None:
    articles = table(ARTICLES)
    linked = link_stories(
        articles, *prepared(articles)[:2], no_reprints(5), prepared(articles)[2], LinkSettings()
    )
    assert linked.story.tolist() == [0, 0, 1, 1, 2]
    assert linked.nearest[:4].tolist() == [1, 0, 3, 2]
    assert set(linked.links.column_names) == {"a", "b", "probability", *FEATURES}
    inside = linked.links.filter(pa.compute.less(linked.links["probability"], 0.5))
    assert [0, 1] not in [[row["a"], row["b"]] for row in inside.to_pylist()]


def test_threads_change_nothing() -> None:
    articles = table(ARTICLES * 30)
    bodies, titles, vectors = prepared(articles)
    n = len(articles)
    one = link_stories(articles, bodies, titles, no_reprints(n), vectors, LinkSettings(threads=1))
    two = link_stories(articles, bodies, titles, no_reprints(n), vectors, LinkSettings(threads=2))
    assert one.story.tolist() == two.story.tolist()
    assert one.links.equals(two.links)


def test_reprints_follow_their_representative() -> None:
    articles = table([*ARTICLES, ARTICLES[2]])
    bodies, titles, vectors = prepared(articles)
    reprints = no_reprints(6)
    reprints.representative[5] = 2
    linked = link_stories(articles, bodies, titles, reprints, vectors, LinkSettings())
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
        bodies, titles, vectors = prepared(table(ARTICLES))
        part = np.arange(len(rows))
        linked = link_stories(
            articles,
            bodies.take(part),
            titles.take(part),
            no_reprints(len(rows)),
            vectors.take(part),
            LinkSettings(),
        )
        assert linked.story.tolist() == list(range(len(rows)))
        assert linked.nearest.tolist() == [-1] * len(rows)
        assert len(describe(articles, linked, no_reprints(len(rows)))) == len(rows)


def test_evidence_of_a_pair() -> None:
    articles = table(ARTICLES)
    bodies, titles, vectors = prepared(articles)
    pairs = np.array([[0, 1], [0, 4]])
    same, other = compare_pairs(articles, bodies, titles, vectors, pairs).to_pylist()
    assert same["probability"] > 0.5 > other["probability"]
    assert same["numbers"] > 0.9
    assert other["numbers"] == 0.0
    assert same["tfidf"] > other["tfidf"]
    assert same["gap_days"] == pytest.approx(1 / 24, abs=1e-4)


def test_undated_articles_have_no_gap() -> None:
    articles = table(ARTICLES, None)
    bodies, titles, vectors = prepared(articles)
    rows = compare_pairs(articles, bodies, titles, vectors, np.array([[0, 1]])).to_pylist()
    assert rows[0]["gap_days"] is None


def test_a_word_is_as_rare_among_five_articles_as_the_language_says() -> None:
    """With five articles only the background can know that 'the' is common and 'goat' is not."""
    articles = table([("", "the goat"), ("", "the comet"), ("", "a goat"), ("", "x"), ("", "y")])
    evidence = prepare(articles, *prepared(articles))
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

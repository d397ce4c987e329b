"""Stories: terms, evidence, neighbours, clustering, and what link_stories makes of articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

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
from linker.stories.background import load_background
from linker.stories.evidence import (
    FEATURES,
    Evidence,
    load_model,
    prepare,
    time_odds,
)
from linker.stories.sums import empty_table, mean_score, single_nodes, total_scores
from linker.stories.tally import NAMED_WORDS
from linker.stories.terms import word_id
from linker.text import word_hashes

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
    return prepare(articles, embedded(articles))


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
    vectors = embed_articles(articles, load_encoder(), rows=reprints.originals)
    linked = link_stories(articles, reprints, vectors, LinkSettings())
    assert linked.story[5] == linked.story[2]
    assert linked.nearest[5] == 2
    story = describe(articles, linked, reprints).to_pylist()[linked.story[2]]
    assert (story["articles"], story["independent"]) == (3, 2)
    assert story["languages"] == ["en"]
    assert "Lindholm" in story["keywords"]
    assert story["title"] in (ARTICLES[2][0], ARTICLES[3][0])


def test_chosen_articles_have_the_vectors_that_they_have_among_all() -> None:
    articles = pa.concat_tables([table(ARTICLES), table(ARTICLES[1:])])  # in two pieces
    rows = np.array([0, 2, 4, 5, 8])
    some, all_ = embed_articles(articles, load_encoder(), rows=rows), embedded(articles)
    assert some.title.tolist() == all_.title[rows].tolist()
    assert some.body.tolist() == all_.body[rows].tolist()


def test_no_articles_and_one_article() -> None:
    for rows in ([], ARTICLES[:1]):
        articles = table(rows)
        linked = linked_alone(articles)
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


def test_names_count_in_the_headline_and_near_the_beginning() -> None:
    far = " ".join(["and then it rained"] * NAMED_WORDS)
    texts = [("", "Bartholomew won."), ("Bartholomew", ""), ("", f"{far} Bartholomew won.")]
    pairs = np.array([[0, 1], [0, 2]])
    articles = table(texts)
    near, late = compare_pairs(articles, embedded(articles), pairs).to_pylist()
    assert near["names"] == pytest.approx(1.0, abs=1e-6)
    assert late["names"] == 0.0


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
    own = replace(own, rivals=np.linspace(-2, 3, 7, dtype=np.float32))
    own = replace(own, series=np.linspace(0, 0.5, 7, dtype=np.float32))
    own = replace(own, recurrence=np.array([0, 1, np.nan, 0.2, 0, 2, 0.1], np.float32))
    model = load_model()
    pairs = np.argwhere(np.triu(np.ones((7, 7)), 1))
    odds = own.log_odds(pairs, own.features(pairs), model)
    nodes, weights = own.nodes(model)
    sums, terms = single_nodes(nodes)
    for (a, b), expected in zip(pairs.tolist(), odds.tolist(), strict=True):
        found = np.zeros(1)
        total_scores(sums, a, np.array([b]), weights, empty_table(terms), found)
        assert mean_score(sums, a, b, found[0], weights) == pytest.approx(expected, abs=1e-4)


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


def test_years_between_two_articles_speak_against_one_event() -> None:
    """Beyond three days, by one for each time that they are e times as far apart."""
    days = np.array([3.0, 30.0, 365.0, 12_782.0])
    odds = time_odds(days, load_model())
    assert np.diff(odds) == pytest.approx(-np.log(days[1:] / days[:-1]))
    assert time_odds(days[:1] - 1e-6, load_model()) == pytest.approx(odds[:1], abs=1e-4)


def test_a_headline_is_no_full_article() -> None:
    words = ("goat " * count for count in (12, 19, 30, 48, 400))
    fullness = evidence_of(table([("", text.strip()) for text in words])).fullness
    assert fullness[:2] == pytest.approx([0.0, 0.0], abs=0.02)
    assert 0.4 < fullness[2] < 0.6
    assert fullness[3:] == pytest.approx([1.0, 1.0], abs=0.02)

"""What two articles both give: numbers by value, rare words by weight, as they are written."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linker
from linker.explaining.contributions import (
    START,
    contributions,
    link_features,
    weights_of,
    weights_record,
)
from linker.report.columns import rows_of
from linker.shared_terms import Shared, shared_terms
from linker.shared_terms.weights import LEAST, TERMS, strongest_terms
from linker.stories.evidence import load_model
from linker.stories.terms import Terms


def articles(*texts: str, lang: str = "en", title: str = "") -> pa.Table:
    columns = {"title": [title] * len(texts), "text": list(texts), "lang": [lang] * len(texts)}
    return pa.table({name: pa.array(values, pa.large_string()) for name, values in columns.items()})


def shared(*texts: str, lang: str = "en") -> Shared:
    return shared_terms(articles(*texts, lang=lang), np.array([[0, 1]])).of(0)


def test_names_and_words_are_given_as_written() -> None:
    found = shared(
        "The ferry Aurora left Lindmouth with Captain Petronella Vries aboard.",
        "In Lindmouth the ferry AURORA was late, said captain Vries. Aurora rang twice.",
    )
    assert {"Aurora", "Lindmouth", "Vries"} <= set(found.words)
    assert "the" not in {word.lower() for word in found.words}
    assert found.numbers == ()


@pytest.mark.parametrize(
    ("a", "b", "numbers"),
    [
        ("3,000 geese", "3.000 Gänse", ("3,000",)),
        ("3,000 geese", "3000 oies", ("3,000",)),
        ("at 2.14 am", "um 2:14 Uhr", ("2.14",)),
        ("٧٣ شخصا", "73 people", ("٧٣",)),
        ("७३ लोग", "73 people", ("७३",)),
        ("7 geese", "7 swans", ()),
        ("30 and 000", "3,000", ()),
        ("12.5 metres", "125 metres", ()),
        ("1\u00a0000\u00a0000 oies", "1,000,000 geese", ("1\u00a0000\u00a0000",)),
    ],
)
def test_numbers_are_compared_by_value(a: str, b: str, numbers: tuple[str, ...]) -> None:
    assert shared(a, b).numbers == numbers


def test_a_number_that_many_articles_give_is_not_named() -> None:
    texts = [f"In 2026 goose {name} flew." for name in "abcdefghijklmnopqrstuvwxyz"]
    texts[0] += " It weighed 73 stones."
    texts[1] += " Scales said 73."
    pairs = np.array([[0, 1]] + [[0, i] for i in range(2, 26)])
    assert shared_terms(articles(*texts), pairs).of(0).numbers == ("73",)


def test_pieces_of_scripts_without_spaces_are_put_together() -> None:
    found = shared("起重机撞上桥塔后港口大桥关闭。", "昨日港口大桥因起重机事故停用。", lang="zh")
    assert any("起重机" in word for word in found.words)
    assert all(len(word) > 1 for word in found.words)


def test_marks_and_punctuation_around_a_word_are_no_part_of_it() -> None:
    found = shared("«Étoile-du-Nord», (Quimperlé)!", "Quimperlé: „étoile-du-nord“…", lang="fr")
    assert set(found.words) <= {"étoile", "Étoile", "du", "Nord", "nord", "Quimperlé"}
    assert "Quimperlé" in found.words


@pytest.mark.parametrize("text", ["", "\0", "…", "a", "\ud800 x", "😀" * 50, "x" * 100_000, "12"])
def test_any_text_will_do(text: str) -> None:
    table = articles(text.encode("utf-8", "replace").decode(), "Some other text, number 12")
    assert len(shared_terms(table, np.array([[0, 1], [1, 0], [0, 0]])).words) == 3
    assert len(shared_terms(table, np.empty((0, 2), np.int64)).words) == 0


def test_only_the_beginning_of_a_text_counts() -> None:
    long = "the and of to in a " * 200
    assert "Quimperle" in shared(f"Quimperle {long}", f"Quimperle {long}").words
    assert "Quimperle" not in shared(f"{long} Quimperle", f"{long} Quimperle").words


def slow_strongest(rows: list[dict[int, float]], a: int, b: int) -> list[int]:
    both = {
        term: np.float32(rows[a][term]) * np.float32(rows[b][term])
        for term in rows[a].keys() & rows[b].keys()
    }
    kept = [
        term
        for term in sorted(both, key=lambda term: (-both[term], term))
        if both[term] >= np.float32(LEAST)
    ]
    return (kept + [0] * TERMS)[:TERMS]


ROWS = st.dictionaries(st.integers(1, 30), st.sampled_from([0.0, 0.05, 0.2, 0.5, 0.9]), max_size=25)


@given(st.lists(ROWS, min_size=2, max_size=4))
def test_the_strongest_terms_match_the_plain_twin(rows: list[dict[int, float]]) -> None:
    ids = np.array([term for row in rows for term in sorted(row)], np.uint32)
    values = np.array([row[term] for row in rows for term in sorted(row)], np.float32)
    start = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    pairs = np.array([(a, b) for a in range(len(rows)) for b in range(len(rows))], np.int64)
    found = strongest_terms(Terms(start, ids, values), pairs)
    assert found.tolist() == [slow_strongest(rows, a, b) for a, b in pairs.tolist()]


def test_the_result_does_not_depend_on_threads_or_on_which_comes_first() -> None:
    texts = ["Ferry Aurora of Lindmouth, 73 aboard", "Lindmouth mourns Aurora, 73 saved", "Aurora!"]
    pairs = np.array([[0, 1], [1, 2], [0, 2]])
    one = shared_terms(articles(*texts), pairs)
    two = shared_terms(articles(*texts), pairs, threads=2)
    turned = shared_terms(articles(*texts), pairs[:, ::-1])
    for pair in range(len(pairs)):
        assert one.of(pair) == two.of(pair)
        assert one.of(pair).words == turned.of(pair).words


def test_contributions_add_up_to_the_probability(demo_result: linker.Result) -> None:
    links, table = demo_result.links, demo_result.articles
    lang = np.array(table["lang"].to_pylist())
    a, b = (rows_of(links[name], table["id"]) for name in ("a", "b"))
    parts = contributions(link_features(links), lang[a] != lang[b], weights_of(demo_result.run))
    assert next(iter(parts)) == START
    odds = np.sum(list(parts.values()), axis=0)
    probability = links["probability"].to_numpy()
    assert np.allclose(1 / (1 + np.exp(-odds)), probability, atol=1e-5)


def test_weights_come_from_the_run_where_it_holds_them() -> None:
    assert weights_of({}) == load_model()
    assert weights_of({"evidence": {"unknown": 1}}) == load_model()
    assert weights_of({"evidence": None}) == load_model()
    heavier = weights_record(load_model()) | {"near": 7.0}
    assert weights_of({"evidence": json.loads(json.dumps(heavier))}).near == 7.0
    before = {name: value for name, value in heavier.items() if name != "far"}
    assert (weights_of({"evidence": before}).near, weights_of({"evidence": before}).far) == (
        7.0,
        0.0,
    )


def test_a_feature_that_is_not_known_counts_for_nothing() -> None:
    values = {"gap_days": np.array([np.nan]), "cosine": np.array([np.nan]), "odd": np.array([1.0])}
    parts = contributions(values, np.array([False]), load_model())
    assert parts.keys() == {START, "gap_days", "cosine"}
    assert (parts["gap_days"], parts["cosine"]) == (0.0, 0.0)

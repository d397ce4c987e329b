"""Scores against their definitions, computed the slow way."""

from __future__ import annotations

import json
from itertools import combinations
from math import isclose
from pathlib import Path

import numpy as np
import pandas
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linker.errors import LinkerError
from linker.evaluation import evaluate, score

MISSING = pandas.NA
labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30)


def slow_bcubed(predicted: list[int], gold: list[int]) -> float:
    """BCubed precision, article by article, from its definition."""
    total = 0.0
    for p, g in zip(predicted, gold, strict=True):
        mates = [other for q, other in zip(predicted, gold, strict=True) if q == p]
        total += sum(other == g for other in mates) / len(mates)
    return total / len(gold)


@given(labels)
def test_bcubed_is_its_definition(pairs: list[tuple[int, int]]) -> None:
    predicted, gold = [list(side) for side in zip(*pairs, strict=True)]
    scores = score(np.array(predicted), np.array(gold))
    assert isclose(scores.bcubed_precision, slow_bcubed(predicted, gold))
    assert isclose(scores.bcubed_recall, slow_bcubed(gold, predicted))


@given(labels)
def test_pairwise_counts_pairs(pairs: list[tuple[int, int]]) -> None:
    predicted, gold = [list(side) for side in zip(*pairs, strict=True)]
    scores = score(np.array(predicted), np.array(gold))
    couples = list(combinations(range(len(gold)), 2))
    found = {(a, b) for a, b in couples if predicted[a] == predicted[b]}
    wanted = {(a, b) for a, b in couples if gold[a] == gold[b]}
    assert isclose(scores.pairwise_precision, len(found & wanted) / len(found) if found else 1)
    assert isclose(scores.pairwise_recall, len(found & wanted) / len(wanted) if wanted else 1)


@given(labels)
def test_ari_is_its_pair_counting_form(pairs: list[tuple[int, int]]) -> None:
    predicted, gold = [list(side) for side in zip(*pairs, strict=True)]
    ari = score(np.array(predicted), np.array(gold)).ari
    couples = list(combinations(range(len(gold)), 2))
    same_p = np.array([predicted[a] == predicted[b] for a, b in couples], dtype=bool)
    same_g = np.array([gold[a] == gold[b] for a, b in couples], dtype=bool)
    # The pair-counting form of Hubert & Arabie 1985.
    both, only_p = int((same_p & same_g).sum()), int((same_p & ~same_g).sum())
    only_g, neither = int((~same_p & same_g).sum()), int((~same_p & ~same_g).sum())
    below = (both + only_p) * (only_p + neither) + (both + only_g) * (only_g + neither)
    expected = 2 * (both * neither - only_p * only_g) / below if below else 1.0
    assert isclose(ari, expected, abs_tol=1e-12)


def test_perfect_and_missing() -> None:
    gold = {"a": "x", "b": "x", "c": "y"}
    assert evaluate(gold, gold).bcubed_f1 == 1.0
    scores = evaluate({"a": 1}, gold)
    assert (scores.missing, scores.bcubed_precision, scores.stories) == (2, 1.0, 3)
    assert isclose(scores.bcubed_recall, 2 / 3)


def test_inputs_of_every_kind_agree(tmp_path: Path) -> None:
    rows = [{"id": str(i), "story": i // 3, "other": None} for i in range(9)]
    lines = tmp_path / "gold.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows) + "\n")
    table = pa.Table.from_pylist(rows)
    found = {str(i): i // 2 for i in range(9)}
    expected = evaluate(found, {row["id"]: row["story"] for row in rows})
    assert evaluate(found, lines) == evaluate(found, rows) == evaluate(found, table) == expected


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('\ufeff{"id": "a", "story": 1}\n', encoding="utf-8")
    assert evaluate({"a": 1}, gold).articles == 1


def test_languages_are_scored_by_themselves() -> None:
    rows = [
        {"id": "a", "story_id": "1", "lang": "en"},
        {"id": "b", "story_id": "1", "lang": "ar"},
        {"id": "c", "story_id": "1", "lang": "ar"},
    ]
    scores = evaluate(rows, {"a": 1, "b": 1, "c": 2})
    assert set(scores.languages) == {"ar", "en"}
    assert scores.languages["en"].bcubed_f1 == 1.0
    assert scores.languages["ar"].bcubed_precision == 0.5


def test_mistakes_are_said_clearly(tmp_path: Path) -> None:
    with pytest.raises(LinkerError, match="no file"):
        evaluate({}, tmp_path / "absent.jsonl")
    (tmp_path / "bad.jsonl").write_text('{"id": 1, "story": 2}\n{"id"\n')
    with pytest.raises(LinkerError, match="line 2: not JSON"):
        evaluate({}, tmp_path / "bad.jsonl")
    with pytest.raises(LinkerError, match="a has two values of story: 1, 2"):
        evaluate({"a": 1}, [{"id": "a", "story": 1}, {"id": "a", "story": 2}])
    with pytest.raises(LinkerError, match=r"none of the 2 articles .* 'b'"):
        evaluate({"a": 1}, {"b": 1, "c": 1})
    (tmp_path / "empty.jsonl").write_text('{"id": 1}\n')
    with pytest.raises(LinkerError, match="no article"):
        evaluate({}, tmp_path / "empty.jsonl")


@pytest.mark.parametrize("blank", [None, "", " ", float("nan"), MISSING])
def test_a_blank_label_or_id_is_none(blank: object, tmp_path: Path) -> None:
    gold = [{"id": "a", "story": 1}, {"id": "b", "story": blank}, {"id": "c", "story": blank}]
    found = {"a": 1, "b": 2, "c": 3}
    assert evaluate(found, gold).articles == 1
    assert evaluate(found, {row["id"]: row["story"] for row in gold}).articles == 1
    assert evaluate(found, [*gold, {"id": blank, "story": 2}]).articles == 1
    assert evaluate({"a": 1, "b": blank}, {"a": 1, "b": 1}).missing == 1
    with pytest.raises(LinkerError, match="names no article with a story"):
        evaluate(found, gold[1:])


def test_empty_cells_of_a_csv_file_are_no_labels(tmp_path: Path) -> None:
    (tmp_path / "gold.csv").write_text('id,story\na,1\nb,\nc,""\n,2\n')
    assert evaluate({"a": 1, "b": 2, "c": 3}, tmp_path / "gold.csv").articles == 1


def test_ids_of_a_csv_file_are_as_they_are_written(tmp_path: Path) -> None:
    names = ["0007", "1234567890123456789012345", "1e5", "true", "2024-05-02"]
    rows = [f"{name},0{row},0.5" for row, name in enumerate(names)]
    (tmp_path / "gold.csv").write_text("\n".join(["\ufeffid,story,weight", *rows]), "utf-8")
    scores = evaluate(dict.fromkeys(names, 1), tmp_path / "gold.csv")
    assert (scores.articles, scores.missing, scores.gold_stories) == (5, 0, 5)


def test_a_prediction_without_stories_says_so(tmp_path: Path) -> None:
    news = tmp_path / "articles.jsonl"
    news.write_text('{"id": "a", "title": "Goat wins"}\n')
    with pytest.raises(LinkerError, match="no article of the output has a story: its rows"):
        evaluate(news, {"a": 1})


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "gold.csv").write_text("id,story,story\na,1,2\n")
    with pytest.raises(LinkerError, match="there are two columns story"):
        evaluate({"a": 1}, tmp_path / "gold.csv")


def test_labels_that_are_no_text_are_told(tmp_path: Path) -> None:
    binary = pa.array([b"\xff\xfe"], pa.large_binary())
    ids = pa.Array.from_buffers(pa.large_string(), 1, binary.buffers())
    table = pa.table({"id": ids, "story": ["s"]})
    with pytest.raises(LinkerError, match="cannot read labels"):
        evaluate(table, [{"id": "a", "story": "s"}])

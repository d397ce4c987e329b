"""The benchmark of limits: what the loops count, and that all of them run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import limits
from benchmarks.articles import Pile
from benchmarks.inner_loops import Articles, folding, hashing_shingles, inner_loops, read, signing
from benchmarks.roofline import measure


@pytest.fixture(scope="module")
def articles() -> Articles:
    return read(list(Pile(seed=8).articles(60)))


def test_counts_are_those_of_the_texts(articles: Articles) -> None:
    letters = sum(map(len, articles.texts))
    runs = int(np.maximum(articles.words.counts - 4, 0).sum())
    assert folding(articles).amount == letters
    assert hashing_shingles(articles).amount == 4 * runs
    assert signing(articles).amount == 3 * 128 * runs


def test_every_loop_runs_and_has_its_limit(articles: Articles) -> None:
    loops, own = inner_loops(articles)
    known = {limit.name for limit in own} | {
        limits.INTEGERS_32, limits.INTEGERS_64, limits.LOOK_UPS, limits.LETTERS, limits.PRODUCTS,
        limits.BYTE_PRODUCTS,
    }  # fmt: skip
    assert len({loop.name for loop in loops}) == len(loops) == 10
    for part in (*loops, *own):
        assert part.amount > 0
        part.job()
    assert {loop.limit for loop in loops} <= known


def test_touching_reads_a_number_of_each_line() -> None:
    table = np.ones(1000)  # 8 to a line
    rows = np.array([0, 3, 3, 9])
    assert limits.touch_rows(table, rows, 20) == 1 + 4 * 3
    start = np.array([0, 8, 8, 17])
    assert limits.touch_spans(table, start, np.array([0, 1, 2, 2])) == 1 + 1 + 0 + 2 + 2


def test_the_steps_of_the_integer_loops_are_all_made() -> None:
    values = np.array([5], np.uint64)
    limits._work_64(values, 1)
    wanted = 5
    for _ in range(8):
        wanted = (wanted ^ int(limits._TERM_64)) * int(limits._FACTOR_64) % 2**64
    assert int(values[0]) == wanted
    letters, entries = np.array([1, 0], np.uint32), np.array([7, 9], np.uint32)
    out = np.empty(2, np.uint32)
    limits._look_up(letters, entries, out, 1)
    assert out.tolist() == [9, 7]


@pytest.mark.slow
def test_a_roofline_has_a_share_for_each_loop(tmp_path: Path) -> None:
    found = measure([], count=40, rounds=1)
    assert found["articles"] == 40
    assert {row["limit"] for row in found["rows"]} <= {limit["tool"] for limit in found["limits"]}
    assert all(row["share"] > 0 for row in found["rows"])

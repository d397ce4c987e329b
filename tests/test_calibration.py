"""The level that suits a user's own labels: chosen from stories or pairs, and honest about it."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from linker.calibration import BALANCED, LEVELS, _best, _chosen, _labels, _Pairs, _Stories
from linker.cli import app
from linker.demo import articles_path, gold_path
from linker.errors import LinkerError
from linker.evaluation import score

run = CliRunner().invoke


def test_of_equal_levels_the_nearest_to_balanced_is_chosen() -> None:
    assert _best([0.5] * len(LEVELS)) == BALANCED
    peak = [0.5] * len(LEVELS)
    peak[3] = 0.9  # alone, and so no better than a broad hill
    peak[15:18] = [0.7, 0.7, 0.7]
    assert _best(peak) == 16


def test_labelled_stories_choose_the_level_that_finds_them() -> None:
    story = np.arange(40) // 4
    one, apart = np.zeros(40, np.int64), np.arange(40)
    found = [story if 8 <= i <= 12 else one if i < 8 else apart for i in range(len(LEVELS))]
    chosen = _chosen(_Stories(np.arange(40), story), found)
    assert chosen.level == LEVELS[BALANCED]
    assert (chosen.f1, chosen.balanced, chosen.held_out) == (1.0, 1.0, 1.0)
    assert chosen.labels == 40


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_labelled_stories_are_scored_as_by_evaluate(pairs: list[tuple[int, int]]) -> None:
    found, story = (np.array(side) for side in zip(*pairs, strict=True))
    labels = _Stories(np.arange(len(story)), story)
    f1 = labels.f1(labels.judged(found).sum(axis=0))
    assert f1 == pytest.approx(score(found, story).bcubed_f1)


def test_a_story_that_is_merged_with_one_of_the_other_half_is_an_error() -> None:
    story = np.arange(40) // 4
    usual = np.where(np.arange(40) % 4 == 3, 100 + story, story)  # of each one article is apart
    merged = story // 2  # each of the one half with one of the other
    found = [merged if 4 <= i <= 8 else usual for i in range(len(LEVELS))]
    chosen = _chosen(_Stories(np.arange(40), story), found)
    assert chosen.held_out <= max(f1 for _, f1 in chosen.curve)
    assert chosen.balanced == pytest.approx(dict(chosen.curve)[0.0])
    assert chosen.use == 0.0 == chosen.level


@pytest.mark.parametrize(("mended", "used"), [(2, False), (10, True)])
def test_a_gain_must_be_more_than_that_of_two_stories(mended: int, used: bool) -> None:
    story = np.arange(40) // 4
    usual = np.where(np.arange(40) % 4 == 3, 100 + story, story)
    better = np.where(story < mended, story, usual)
    found = [better if 4 <= i <= 8 else usual for i in range(len(LEVELS))]
    chosen = _chosen(_Stories(np.arange(40), story), found)
    assert chosen.level == LEVELS[7] and chosen.held_out > chosen.balanced
    assert chosen.use == (LEVELS[7] if used else 0.0)


def test_a_gain_on_a_few_stories_is_trusted_by_nobody() -> None:
    story = np.arange(40) // 10
    usual = np.where(np.arange(40) % 10 > 6, 100 + story, story)
    found = [story if 4 <= i <= 8 else usual for i in range(len(LEVELS))]
    chosen = _chosen(_Stories(np.arange(40), story), found)
    assert chosen.held_out > chosen.balanced and chosen.use == 0.0


def test_halves_of_pairs_hold_both_kinds_in_any_order() -> None:
    same = np.arange(20) % 2 == 0
    half = _Pairs(np.zeros((20, 2), np.int64), same).half
    assert [int(same[half == side].sum()) for side in (0, 1)] == [5, 5]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([{"id": i, "story": "x"} for i in range(12)], "are of two stories; labels of both"),
        ([{"id": i, "story": i} for i in range(12)], "are of one story; labels of both"),
        ([{"a": 0, "b": i, "same": 1} for i in range(1, 12)], "is of two stories; labels of both"),
        ([{"a": 0, "b": i, "same": 0} for i in range(1, 12)], "is of one story; labels of both"),
        ([{"id": 1, "story": s} for s in "xy"], "article 1 has two values of story: x, y"),
        (
            [{"a": 1, "b": 2, "same": True}, {"a": "2", "b": "1", "same": False}],
            "the pair 2, 1 of the gold file is of one story and of two",
        ),
        (
            [{"a": 1, "b": 2, "same": True}, {"id": 1, "story": "x"}],
            "holds pairs .* and stories .*; give it of one kind",
        ),
    ],
)
def test_labels_that_say_nothing_or_two_things_are_refused(
    lines: list[dict[str, object]], reason: str
) -> None:
    with pytest.raises(LinkerError, match=reason):
        _labels(lines, [str(i) for i in range(12)])


@pytest.mark.parametrize("story", [None, "", " ", float("nan")])
def test_a_blank_label_is_none(story: object) -> None:
    lines = [{"id": i, "story": i // 2} for i in range(11)] + [{"id": 11, "story": story}]
    assert len(_labels(lines, [str(i) for i in range(12)]).rows) == 11


def test_labelled_pairs_are_scored_by_the_stories_they_are_in() -> None:
    rows = np.array([[0, 1], [0, 2], [2, 3]])
    pairs = _Pairs(rows, np.array([True, False, True]))
    for found, f1 in (([0, 0, 1, 1], 1.0), ([0, 0, 0, 0], 0.8), ([0, 1, 2, 3], 0.0)):
        judged = pairs.judged(np.array(found))
        assert pairs.f1(judged.sum(axis=0)) == pytest.approx(f1)


def test_calibrate_says_what_it_gains(tmp_path: Path) -> None:
    gold = [json.loads(line) for line in gold_path().read_text("utf-8").splitlines()]
    same = list(itertools.pairwise(gold))
    lines = [
        json.dumps({"a": a["id"], "b": b["id"], "same": a["story"] == b["story"]}) for a, b in same
    ]
    labels = tmp_path / "pairs.jsonl"
    labels.write_text("\n".join(lines), "utf-8")
    for path in (gold_path(), labels):
        result = run(app, ["calibrate", str(articles_path()), "--gold", str(path), "--quiet"])
        assert result.exit_code == 0
        assert "labels best: F1" in result.stdout
    result = run(
        app, ["calibrate", str(articles_path()), "--gold", str(labels), "--json", "--quiet"]
    )
    found = json.loads(result.stdout)
    assert found["use"] in (0, found["level"]) and found["spread"] >= 0
    assert len(found["curve"]) == len(LEVELS)
    assert found["labels"] == len(lines)
    assert found["f1"] >= found["balanced"] - 0.02


def test_a_pair_must_say_whether_it_is_one_story(tmp_path: Path) -> None:
    ids = [str(i) for i in range(12)]
    lines = [{"a": "0", "b": name, "same": True} for name in ids]
    for wrong in ({"a": "0", "b": "1"}, {"a": "0", "b": "1", "same": "no"}):
        with pytest.raises(LinkerError, match='0, 1 of the gold file needs "same"'):
            _labels([*lines, wrong], ids)


def test_too_few_labels_are_refused(tmp_path: Path) -> None:
    labels = tmp_path / "gold.jsonl"
    labels.write_text('{"id": "nobody", "story": "x"}', "utf-8")
    result = run(app, ["calibrate", str(articles_path()), "--gold", str(labels), "--quiet"])
    assert result.exit_code != 0
    assert "at least 10 are needed" in result.output + str(result.exception)


def test_a_window_of_nothing_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    words = ["calibrate", str(tmp_path / "missing.jsonl"), "--gold", str(gold_path())]
    result = run(app, [*words, "--window", "0"])
    assert result.exit_code == 2 and "window must be more than 0 days" in result.stderr

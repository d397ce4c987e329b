"""The level that suits a user's own labels: chosen from stories or pairs, and honest about it."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from linker.calibration import BALANCED, LEVELS, _best, _chosen, _labels, _Pairs, _Stories
from linker.cli import app
from linker.demo import articles_path, gold_path
from linker.errors import LinkerError

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


def test_labelled_pairs_are_scored_by_the_stories_they_are_in() -> None:
    rows = np.array([[0, 1], [0, 2], [2, 3]])
    pairs = _Pairs(rows, np.array([True, False, True]))
    assert pairs.f1(np.array([0, 0, 1, 1])) == 1.0
    assert pairs.f1(np.array([0, 0, 0, 0])) == pytest.approx(0.8)
    assert pairs.f1(np.arange(4)) == 0.0


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

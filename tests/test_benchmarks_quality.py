"""The benchmark of quality: ways to group and to judge, their best settings, the corpora found."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from benchmarks.articles import Pile
from benchmarks.groupers import THRESHOLDS, alone, best, linked, script
from benchmarks.judges import agreement, kind
from benchmarks.meanings import shipped, tfidf
from benchmarks.quality import find_corpora, missing, settle

STORY = ["ferry sinks off the coast", "ferry sinks near the coast", "bank raises its rates"]


@pytest.mark.parametrize("vectorise", [tfidf, shipped])
def test_similarities_are_cosines(vectorise: Any) -> None:
    similar = vectorise([*STORY, STORY[0]])
    assert similar.shape == (4, 4)
    assert np.allclose(similar, similar.T, atol=1e-5)
    assert similar[0, 3] == pytest.approx(1, abs=1e-5)
    assert similar[0, 1] > similar[0, 2]


def test_agglomeration_joins_what_is_alike_and_not_too_far_apart() -> None:
    days = ["2025-01-01T00:00:00Z", "2025-01-20T00:00:00Z", None]
    records = [{"title": t, "published": day} for t, day in zip(STORY, days, strict=True)]
    found = {setting: labels.tolist() for setting, labels in linked(tfidf)(records)}
    assert len(found) == 2 * len(THRESHOLDS)
    near, far = found["cosine 0.30"], found["cosine 0.30, 3 days"]
    assert near[0] == near[1] != near[2]
    assert len(set(far)) == 3


def test_the_best_setting_is_the_one_of_the_highest_f1() -> None:
    groupings = [("all", np.zeros(3)), ("right", np.array([4, 4, 9])), ("none", np.arange(3))]
    found = best(iter(groupings), ["a", "a", "b"])
    assert (found["at"], found["f1"], list(found["every"])) == (
        "right",
        1.0,
        ["all", "right", "none"],
    )
    unlabelled = best(iter(groupings), ["a", "a", None])
    assert unlabelled["at"] == "all"


def test_outliers_are_stories_of_their_own() -> None:
    assert alone(np.array([0, -1, 0, -1, 1])).tolist() == [0, 3, 0, 5, 1]


def test_one_setting_for_all_is_the_best_by_the_mean() -> None:
    rows: list[dict[str, Any]] = [
        {"corpus": "one", "tool": "tool", "every": {"low": 0.9, "high": 0.8}},
        {"corpus": "two", "tool": "tool", "every": {"low": 0.1, "high": 0.7}},
    ]
    settle(rows)
    assert [(row["fixed"], row["fixed_at"], row["tried"]) for row in rows] == [
        (0.8, "high", 2),
        (0.7, "high", 2),
    ]


def test_judged_pairs_agree_by_f1_or_correlation() -> None:
    labelled = [{"label": 1}, {"label": 1}, {"label": 0}]
    scores = np.array([0.4, 0.9, 0.3])
    assert agreement(labelled, scores, 0.5)[0]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert agreement(labelled, scores, None)[0]["value"] == 1
    graded = [{"lang_a": "en", "lang_b": "de", "score": score % 4} for score in range(40)]
    [row] = agreement(graded, np.array([pair["score"] for pair in graded], np.float64), None)
    assert (row["measure"], row["pairs"], row["value"]) == ("Pearson, de-en", 40, 1)
    assert kind([{"label": "WD", "score": 2}]) == ""


def test_corpora_are_files_of_stories_or_of_judged_pairs(tmp_path: Path) -> None:
    records = list(Pile(seed=7).articles(20))
    write(tmp_path / "plain.jsonl", records)
    write(tmp_path / "judged.jsonl.gz", [r | {"story": None} for r in records])
    write(tmp_path / "judged.pairs.jsonl.gz", [{"a": "1", "b": "2", "label": 1}])
    write(tmp_path / "other.jsonl", records)
    write(tmp_path / "other.pairs.jsonl", [{"a": "1", "b": "2", "score": 0.3}])
    write(tmp_path / "unlabelled.jsonl", [{"id": "a", "title": "T"}])
    found = find_corpora(tmp_path)
    assert [(corpus.name, corpus.pairs is None) for corpus in found] == [
        ("plain", True),
        ("judged", False),
    ]
    assert found[0].articles == 20
    assert find_corpora(tmp_path, ["judged"]) == found[1:]
    with pytest.raises(SystemExit):
        find_corpora(tmp_path / "nowhere")


def test_a_tool_that_is_not_here_is_named() -> None:
    class Tool:
        name, package, modules = "tool", "tool-package", ("json", "no_such_module")

    assert missing([Tool()], []) == {"tool": "pip install tool-package"}
    assert missing([Tool()], ["another"]) == {}


def test_the_script_groups_copies_at_every_threshold() -> None:
    pytest.importorskip("sentence_transformers")
    text = "the harbour clock stopped at noon and nobody could say why it did so"
    other = "quite another text about the price of bread in the northern towns"
    records = [{"title": "", "text": text}, {"text": other}, {"text": text}]
    for _, labels in script(records):
        assert labels[0] == labels[2]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write JSON lines, gzipped if the name says so."""
    data = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)

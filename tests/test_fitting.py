"""Fitting the weights of the evidence, on the bundled articles."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from linker.demo import articles_path, gold_path
from linker.stories.evidence import Model, load_model

TRAINING = Path(__file__).parent.parent / "training"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled articles as a corpus of stories, and as one of labelled pairs."""
    folder = tmp_path_factory.mktemp("labelled")
    gold = [json.loads(line) for line in gold_path().read_text("utf-8").splitlines()]
    story = {line["id"]: line["story"] for line in gold}
    articles = [json.loads(line) for line in articles_path().read_text("utf-8").splitlines()]
    labels = {"stories": story, "graded": dict.fromkeys(story)}
    for name, label in labels.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(
                json.dumps(line | {"story": label[line["id"]]}) + "\n"
                for line in articles
                if line.get("id") in story
            )
    ids = sorted(story)
    pairs = [(a, b) for a in ids for b in ids if a < b]
    with gzip.open(folder / "graded.pairs.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(
            json.dumps({"a": a, "b": b, "score": 3.0 * (story[a] == story[b])}) + "\n"
            for a, b in pairs[::20]
        )
    return folder


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(TRAINING))
    yield
    for name in ("evolution", "weights", "search", "labelled", "halves", "streams", "evidence"):
        sys.modules.pop(name, None)


def run(*options: str | Path) -> str:
    """The command of the README; returns what it prints."""
    command = [sys.executable, str(TRAINING / "evidence.py"), *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_seed_gives_the_same_weights(data: Path, tmp_path: Path) -> None:
    written = []
    for name in ("first.json", "second.json"):
        out = tmp_path / name
        said = run("--data", data, "--generations", "1", "--out", out, "stories", "graded")
        assert "stories" in said
        written.append(out.read_text("utf-8"))
    assert written[0] == written[1]
    model = Model(**json.loads(written[0]))
    assert model.thresholds == load_model().thresholds
    assert model.same["tfidf"] == pytest.approx(7.4)
    assert model.calibration


def test_halves_tell_what_was_seen_and_what_was_not(data: Path) -> None:
    said = run("--data", data, "--generations", "1", "--halves", "1", "stories")
    assert said.count("fitted on:") == said.count("not seen:") == 2


@pytest.mark.usefixtures("training")
def test_a_stream_holds_all_corpora_and_scores_those_with_stories(data: Path) -> None:
    from labelled import f1s, read_corpus
    from streams import BUSY, MOST, QUIET, read_stream

    alone = read_corpus(data / "stories.jsonl.gz")
    for stream in (BUSY, QUIET):
        mixed = read_stream(data, ["stories", "graded"], stream, 0)
        assert mixed.parts == (f"{stream.name} stories",)
        assert 0 < np.count_nonzero(mixed.part == 0) <= MOST
        assert np.count_nonzero(mixed.part == -1) == len(mixed.gold) / 2  # the strangers
        last = (stream.days - 1) * stream.apart + 1
        assert np.ptp(mixed.evidence.day) < last + 30
        # Each article is there twice, so that every story is mixed with strangers.
        [[company]], [[usual]] = (f1s(corpus, load_model(), [0.0]) for corpus in (mixed, alone))
        assert company < usual
        again = read_stream(data, ["stories", "graded"], stream, 0)
        assert again.evidence.day.tolist() == mixed.evidence.day.tolist()


@pytest.mark.usefixtures("training")
def test_two_seeds_halve_a_corpus_differently(data: Path) -> None:
    from halves import half_of
    from labelled import read_corpus

    corpus = read_corpus(data / "stories.jsonl.gz")
    one, two = (
        {corpus.stories[story] for story in half_of(corpus, seed, other=False).gold}
        for seed in (0, 1)
    )
    assert one & two
    assert one - two
    assert set(corpus.stories) - one - two


@pytest.mark.usefixtures("training")
def test_halves_share_no_story(data: Path) -> None:
    from halves import half_of
    from labelled import read_corpus

    whole = read_corpus(data / "stories.jsonl.gz")
    one, two = (half_of(whole, 3, other) for other in (False, True))
    assert not set(one.gold.tolist()) & set(two.gold.tolist())
    assert len(one.gold) + len(two.gold) == len(whole.gold)
    for half in (one, two):
        assert half.pairs.max() < len(half.story) == len(half.evidence.day)
        again = half.evidence.features(half.pairs)
        assert np.array_equal(again[:, :5], half.features[:, :5])


@pytest.mark.usefixtures("training")
def test_a_strategy_finds_the_top_of_a_long_hill() -> None:
    from evolution import Strategy

    steep, top = np.array([1.0, 10.0, 100.0]), np.array([0.5, -0.5, 1.0])
    strategy = Strategy(3, 8, 1.0, seed=5)
    for _ in range(120):
        strategy.step(lambda point: -float(steep @ (point - top) ** 2))
    assert np.allclose(strategy.mean, top, atol=1e-3)


@pytest.mark.usefixtures("training")
def test_strangers_of_one_hour_are_no_story_whatever_the_weights() -> None:
    from weights import CHANCE, NAMES, PLACE, within_bounds

    wild = dict.fromkeys(NAMES, 2.0)
    found = within_bounds(np.array([wild[name] for name in NAMES]))
    near, cosine = found[PLACE["near"]], found[PLACE["same cosine"]]
    assert found[PLACE["same intercept"]] + near + CHANCE["same"] * cosine <= 0.0
    assert np.array_equal(within_bounds(found), found)

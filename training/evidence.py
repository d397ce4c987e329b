"""Fit linker/stories/weights.json on labelled articles: python training/evidence.py --help.

A corpus is NAME.jsonl.gz with a `story` in each line, or with NAME.pairs.jsonl.gz beside it whose
lines have `a`, `b` and a `score` from 0 to 3 (or a `label` 0 or 1). All corpora weigh the same,
whatever their size, and one set of weights and thresholds is made for all of them.
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from linker.corpus import fold_articles
from linker.embedding import load_encoder
from linker.evaluation import score
from linker.pipeline import clean_input
from linker.readers.rejects import RejectLog
from linker.reprints import group_reprints
from linker.stages import Stages
from linker.stories.clustering import average_linkage
from linker.stories.evidence import FEATURES, Evidence, Model, load_model, prepare
from linker.stories.linking import REACH
from linker.stories.neighbours import Window, candidate_pairs, graph
from linker.stories.vectors import embed_articles

WEIGHTED = ("intercept", *(name for name in FEATURES if name != "gap_days"))
GAP = FEATURES.index("gap_days")
WINDOW_DAYS = 3.0
RIDGE = 1e-5
LIMITS = {"intercept": (None, None), "brevity": (-1.0, 2.0)}
LEAST_SPARSE = 1e-3
LEVELS = (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)
MOVES = (
    ("cross", "cosine", 1.5),
    ("cross", "tfidf", 1.5),
    ("cross", "brevity", 0.6),
    ("cross", "intercept", 0.4),
    ("same", "intercept", 0.25),
    ("time", "gap", 0.5),
    ("same", "title_cosine", 0.7),
    ("same", "numbers", 0.4),
    ("same", "brevity", 0.25),
    ("same", "tfidf", 0.5),
    ("cross", "brevity", 0.6),
    ("cross", "intercept", 0.4),
    ("cross", "cosine", 1.5),
)
#: Two short articles of one hour with nothing in common stay below these log-odds.
UNRELATED, BREVITY_OF_BOTH = -1.5, 1.2
LEAST_GAIN = 2e-4
AROUND = (-0.5, 0.0, 0.5)
PAIRED = 0.15
#: What the time gap says while the weights are fitted; the search moves it after that.
NEAR, GAP_WEIGHT = 1.0, 1.0


@dataclass(frozen=True)
class Corpus:
    """Pairs with a target from 0 to 1, and gold stories (-1: not known) where there are any."""

    name: str
    evidence: Evidence
    pairs: npt.NDArray[np.int64]
    features: npt.NDArray[np.float32]
    target: npt.NDArray[np.float64]
    story: npt.NDArray[np.int64]

    @property
    def cross(self) -> npt.NDArray[np.bool_]:
        """Which pairs are of two languages."""
        lang = self.evidence.lang
        return lang[self.pairs[:, 0]] != lang[self.pairs[:, 1]]


def main() -> None:
    """Search from the shipped weights or from a fit, print how each corpus fares, write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled corpora")
    parser.add_argument("--out", type=Path, default=Path("linker/stories/weights.json"))
    parser.add_argument(
        "--fit", action="store_true", help="begin with a logistic fit, not with the shipped weights"
    )
    parser.add_argument("corpora", nargs="+", help="names of the corpora to fit on")
    options = parser.parse_args()
    corpora = [read_corpus(options.data / f"{name}.jsonl.gz") for name in options.corpora]
    model = load_model()
    if options.fit:
        model = fit(corpora, replace(model, near=NEAR, gap=GAP_WEIGHT))
    model = search(corpora, model)
    for corpus in (corpus for corpus in corpora if (corpus.story >= 0).all()):
        curve = [f1(corpus, shifted(model, level, level)) for level in LEVELS]
        print(
            f"{corpus.name:12}",
            *(f"{x:+.1f}: {y:.3f} " for x, y in zip(LEVELS, curve, strict=True)),
        )
    for corpus in corpora:
        if (corpus.story < 0).any():
            print(f"{corpus.name:12} correlation {correlation(corpus, model):.3f}")
    options.out.write_text(json.dumps(_rounded(model), indent=2) + "\n", "utf-8")


def _rounded(model: Model) -> dict[str, object]:
    return {
        name: {key: round(weight, 3) for key, weight in value.items()}
        if isinstance(value, dict)
        else value
        for name, value in asdict(model).items()
    }


def read_corpus(path: Path) -> Corpus:
    """The articles as the pipeline sees them, their candidates or labelled pairs, and gold."""
    articles = clean_input(path, RejectLog(), Stages(), None)
    folded = fold_articles(articles, 2)
    vectors = embed_articles(articles, load_encoder(), 2)
    gold = {line["id"]: line.get("story") for line in _lines(path)}
    names = {name: i for i, name in enumerate(sorted(set(filter(None, gold.values()))))}
    ids = articles["id"].to_pylist()
    story = np.array([names.get(gold[name], -1) for name in ids], np.int64)
    labelled = path.with_name(path.name.replace(".jsonl", ".pairs.jsonl"))
    if labelled.exists():
        rows = {name: row for row, name in enumerate(ids)}
        lines = [line for line in _lines(labelled) if line["a"] in rows and line["b"] in rows]
        pairs = np.array([sorted((rows[line["a"]], rows[line["b"]])) for line in lines])
        target = np.array(
            [line["score"] / 3 if "score" in line else line["label"] for line in lines]
        )
        evidence = prepare(articles, folded.bodies, folded.titles, vectors)
        return _corpus(path, evidence, pairs, target, story)
    reprints = group_reprints(folded.bodies, articles, threads=2)
    nodes = np.flatnonzero(reprints.representative == np.arange(len(ids)))
    bodies, titles = folded.bodies.take(nodes), folded.titles.take(nodes)
    own = prepare(articles.take(nodes), bodies, titles, vectors.take(nodes))
    pairs = candidate_pairs(own.body, own.documents, own.lang, Window(own.day, WINDOW_DAYS), 2)
    same = story[nodes[pairs[:, 0]]] == story[nodes[pairs[:, 1]]]
    return _corpus(path, own, pairs, same.astype(np.float64), story[nodes])


def _corpus(path: Path, evidence: Evidence, pairs, target, story) -> Corpus:  # type: ignore[no-untyped-def]
    name = path.name.removesuffix(".jsonl.gz")
    return Corpus(name, evidence, pairs, evidence.features(pairs, 2), target, story)


def _lines(path: Path) -> list[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def fit(corpora: list[Corpus], start: Model) -> Model:
    """Weights within a language and across two; what the time gap says is that of `start`."""
    same = _fitted(corpora, start, cross=False)
    cross = _fitted(corpora, start, cross=True)
    same |= {n: max(same[n], LEAST_SPARSE) for n in ("tfidf", "title_tfidf", "numbers")}
    return replace(start, same=same, cross=cross)


def _fitted(corpora: list[Corpus], start: Model, *, cross: bool) -> dict[str, float]:
    """Logistic regression: weights of evidence not negative, both answers weighing the same.

    Where many stories have two languages and few have one, both counts are small: a corpus with
    fewer than 3,000 pairs weighs less, by the root of their share.
    """
    rows, targets, weights, offsets = [], [], [], []
    for corpus in corpora:
        chosen = corpus.cross == cross
        if chosen.sum() < 50:
            continue
        features, target = corpus.features[chosen].astype(np.float64), corpus.target[chosen]
        rows.append(np.column_stack([np.ones(len(target)), np.delete(features, GAP, axis=1)]))
        targets.append(target)
        even = target / max(1.0, target.sum()) + (1 - target) / max(1.0, (1 - target).sum())
        weights.append(even * min(1.0, len(target) / 3000) ** 0.5)
        offsets.append(_time(features[:, GAP], start))
    if not rows:
        return dict(start.cross if cross else start.same)
    x, y = np.concatenate(rows), np.concatenate(targets)
    w, o = np.concatenate(weights), np.concatenate(offsets)
    w /= w.sum()

    def loss(c: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        z = x @ c + o
        value = (w * (np.logaddexp(0.0, z) - y * z)).sum() + RIDGE * (c[1:] ** 2).sum()
        slope = x.T @ (w * (1.0 / (1.0 + np.exp(-np.clip(z, -60, 60))) - y))
        return value, slope + 2 * RIDGE * np.r_[0.0, c[1:]]

    first = np.array([(start.cross if cross else start.same)[name] for name in WEIGHTED])
    bounds = [LIMITS.get(name, (0.0, None)) for name in WEIGHTED]
    found = minimize(loss, first, jac=True, bounds=bounds, method="L-BFGS-B")
    return {name: float(value) for name, value in zip(WEIGHTED, found.x, strict=True)}


def _time(gap_days: npt.NDArray[np.float64], model: Model) -> npt.NDArray[np.float64]:
    squared = np.minimum((gap_days / model.gap_scale) ** 2, model.gap_cap)
    return np.nan_to_num(model.near - model.gap * squared, nan=0.0)


def search(corpora: list[Corpus], model: Model) -> Model:
    """Move one weight after the other while the stories of the corpora become better.

    Where a story ends is a choice that pairs alone do not settle: an even chance becomes the
    border of a story. Each weight is moved up or down for as long as the objective rises.
    """
    best = objective(corpora, model)
    for where, name, step in MOVES:
        for direction in (step, -step):
            while True:
                moved = _moved(model, where, name, direction)
                value = objective(corpora, moved)
                if value <= best + LEAST_GAIN or not _sober(moved):
                    break
                model, best = moved, value
                print(f"{best:.4f} {where} {name} {direction:+}", flush=True)
    return model


def objective(corpora: list[Corpus], model: Model) -> float:
    """Mean BCubed F1 of clustered corpora, and a little of the correlation of labelled pairs.

    A corpus counts by the root of its articles, since a few stories can move a small one far. The
    F1 is that at three thresholds around the border, so that the border is no cliff.
    """
    clustered = [corpus for corpus in corpora if (corpus.story >= 0).all()]
    paired = [corpus for corpus in corpora if (corpus.story < 0).any()]
    share = [len(corpus.story) ** 0.5 for corpus in clustered]
    around = [shifted(model, level, level) for level in AROUND]
    reached = [np.mean([f1(corpus, near) for near in around]) for corpus in clustered]
    value = float(np.average(reached, weights=share))
    if paired:
        value += PAIRED * float(np.mean([correlation(corpus, model) for corpus in paired]))
    return value


def _sober(model: Model) -> bool:
    """Whether nothing in common means improbable, for long articles and for short ones."""
    return all(
        weights["intercept"] + max(0.0, weights["brevity"] * BREVITY_OF_BOTH) + model.near
        <= UNRELATED
        for weights in (model.same, model.cross)
    )


def _moved(model: Model, where: str, name: str, step: float) -> Model:
    if where == "time":
        return replace(model, **{name: max(0.0, getattr(model, name) + step)})
    weights = dict(getattr(model, where))
    low = LIMITS.get(name, (LEAST_SPARSE, None))[0]
    weights[name] = weights[name] + step if low is None else max(low, weights[name] + step)
    return replace(model, **{where: weights})


def shifted(model: Model, same: float, cross: float) -> Model:
    """The model that asks for so much more (in log-odds) within a language and across two."""
    return replace(
        model,
        same={**model.same, "intercept": model.same["intercept"] - same},
        cross={**model.cross, "intercept": model.cross["intercept"] - cross},
    )


def f1(corpus: Corpus, model: Model) -> float:
    """BCubed F1 of the stories at even odds."""
    odds = corpus.evidence.log_odds(corpus.pairs, corpus.features, model)
    nodes, weights = corpus.evidence.nodes(model)
    near = graph(corpus.pairs[odds >= -REACH], len(corpus.story))
    return score(average_linkage(nodes, *near, weights, 0.0), corpus.story).bcubed_f1


def correlation(corpus: Corpus, model: Model) -> float:
    """Pearson correlation of the probability with the target."""
    odds = corpus.evidence.log_odds(corpus.pairs, corpus.features, model)
    return float(np.corrcoef(1.0 / (1.0 + np.exp(-odds)), corpus.target)[0, 1])


if __name__ == "__main__":
    main()

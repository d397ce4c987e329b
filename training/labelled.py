"""Labelled corpora as the evidence sees them, and how well a model of it does on one."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linker.corpus import fold_articles
from linker.embedding import load_encoder
from linker.evaluation import score
from linker.pipeline import clean_input
from linker.readers.rejects import RejectLog
from linker.reprints import group_reprints
from linker.stages import Stages
from linker.stories.clustering import average_linkage
from linker.stories.evidence import CROWD, Evidence, Model, crowding, prepare
from linker.stories.linking import REACH
from linker.stories.neighbours import candidate_pairs, graph
from linker.stories.vectors import embed_articles
from linker.stories.windows import Window

WINDOW_DAYS = 3.0
#: Pairs of two languages are scored together when there are so many of them.
FEWEST = 30

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Corpus:
    """Pairs of articles with a target from 0 to 1, and gold stories where there are any.

    `features` float32 (p, f) and `target` float64 (p,) belong to `pairs` int64 (p, 2), rows of
    `evidence`. `story` int64 (n,) is that of each row (-1: not known). Reprints are one row:
    `every` int64 (m,) is the row of each article, `gold` int64 (m,) its story.
    """

    name: str
    evidence: Evidence
    pairs: Rows
    features: npt.NDArray[np.float32]
    target: npt.NDArray[np.float64]
    story: Rows
    every: Rows
    gold: Rows

    @property
    def clustered(self) -> bool:
        """Whether every article has a gold story."""
        return bool((self.gold >= 0).all())

    @property
    def cross(self) -> npt.NDArray[np.bool_]:
        """Which pairs are of two languages."""
        lang = self.evidence.lang
        return lang[self.pairs[:, 0]] != lang[self.pairs[:, 1]]


def read_corpus(path: Path) -> Corpus:
    """The articles as the pipeline sees them, their candidates or labelled pairs, and gold."""
    articles = clean_input(path, RejectLog(), Stages(), None)
    vectors = embed_articles(articles, load_encoder(), 2)
    stories = {line["id"]: line.get("story") for line in _lines(path)}
    names = {name: i for i, name in enumerate(sorted(set(filter(None, stories.values()))))}
    ids = articles["id"].to_pylist()
    gold = np.array([names.get(stories[name], -1) for name in ids], np.int64)
    labelled = path.with_name(path.name.replace(".jsonl", ".pairs.jsonl"))
    paired = labelled.exists()
    representative = np.arange(len(ids))
    if not paired:
        folded = fold_articles(articles, 2)
        representative = group_reprints(folded.bodies, articles, threads=2).representative
    nodes, every = np.unique(representative, return_inverse=True)
    chosen = articles.take(pa.array(nodes))
    own = prepare(chosen, vectors.take(nodes), 2)
    if paired:
        pairs, target = _labelled(labelled, {name: row for row, name in enumerate(ids)})
    else:
        pairs = candidate_pairs(own.vectors, own.documents, own.lang, Window(own.day, WINDOW_DAYS))
        story = gold[nodes]
        target = (story[pairs[:, 0]] == story[pairs[:, 1]]).astype(np.float64)
    name = path.name.removesuffix(".jsonl.gz")
    features = own.features(pairs, 2)
    return Corpus(name, own, pairs, features, target, gold[nodes], every, gold)


def _labelled(path: Path, rows: dict[str, int]) -> tuple[Rows, npt.NDArray[np.float64]]:
    lines = [line for line in _lines(path) if line["a"] in rows and line["b"] in rows]
    pairs = np.array([sorted((rows[line["a"]], rows[line["b"]])) for line in lines])
    graded = any("score" in line for line in lines)
    return pairs, np.array([line["score"] / 3 if graded else line["label"] for line in lines])


def _lines(path: Path) -> list[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def odds_of(corpus: Corpus, model: Model) -> tuple[Evidence, npt.NDArray[np.float32]]:
    """The log-odds of the pairs, and the evidence with how crowded it is around each article."""
    own, features = corpus.evidence, corpus.features
    if corpus.clustered:
        features[:, CROWD] = np.nan
        first = own.log_odds(corpus.pairs, features, model)
        own = replace(own, crowd=crowding(corpus.pairs, first, len(corpus.story)))
        features[:, CROWD] = own.crowds(corpus.pairs)
    return own, own.log_odds(corpus.pairs, features, model)


def f1s(corpus: Corpus, model: Model, levels: Sequence[float]) -> list[float]:
    """BCubed F1 of the stories at each level, in log-odds."""
    own, odds = odds_of(corpus, model)
    nodes, weights = own.nodes(model)
    found = []
    for level in levels:
        near = graph(corpus.pairs[odds >= level - REACH], len(corpus.story))
        labels = average_linkage(nodes, *near, weights, level)
        found.append(score(labels[corpus.every], corpus.gold).bcubed_f1)
    return found


class Agreement(NamedTuple):
    """How the probability of so many labelled pairs agrees with their targets."""

    name: str
    value: float
    pairs: int


def agreement(corpus: Corpus, model: Model, levels: Sequence[float] = (0.0,)) -> list[Agreement]:
    """Of graded pairs, the Pearson correlation by languages; of others F1, the mean over levels."""
    _, odds = odds_of(corpus, model)
    if set(np.unique(corpus.target)) <= {0.0, 1.0}:
        true = corpus.target > 0.5
        called = [odds >= level for level in levels]
        f1 = [2 * (said & true).sum() / max(1, said.sum() + true.sum()) for said in called]
        return [Agreement("F1", float(np.mean(f1)), len(true))]
    probability = 1.0 / (1.0 + np.exp(-odds))
    spoken = np.array(corpus.evidence.languages)[
        np.sort(corpus.evidence.lang[corpus.pairs], axis=1)
    ]
    names = np.array(["-".join(sorted(set(pair))) for pair in spoken.tolist()])
    found = []
    for name in sorted(set(names.tolist())):
        rows = names == name
        if rows.sum() >= FEWEST:
            value = float(np.corrcoef(probability[rows], corpus.target[rows])[0, 1])
            found.append(Agreement(name, value, int(rows.sum())))
    return found


def recall_of_candidates(corpus: Corpus, *, cross: bool) -> float:
    """The share of gold pairs inside the window that are candidates; NaN where there are none."""
    own, found = corpus.evidence, 0
    for story in np.unique(corpus.story):
        rows = np.flatnonzero(corpus.story == story)
        a, b = (rows[side] for side in np.triu_indices(len(rows), 1))
        near = ~(np.abs(own.day[a] - own.day[b]) > WINDOW_DAYS)
        found += int(((own.lang[a] != own.lang[b]) == cross)[near].sum())
    proposed = int(corpus.target[corpus.cross == cross].sum())
    return proposed / found if found else float("nan")

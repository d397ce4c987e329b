"""Labelled corpora as the evidence sees them, and how well a model of it does on one."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from linker.embedding import load_encoder
from linker.evaluation import bcubed, harmonic
from linker.pipeline import clean_input, reprints_among
from linker.readers.rejects import RejectLog
from linker.settings import Settings
from linker.stages import Stages
from linker.stories.clustering import average_linkage
from linker.stories.evidence import Evidence, Model, prepare
from linker.stories.linking import REACH
from linker.stories.neighbours import candidate_pairs, graph
from linker.stories.rivals import count_rivals
from linker.stories.surroundings import surrounded
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
    `every` int64 (m,) is the row of each article, `gold` int64 (m,) its story, whose name is in
    `stories`. `part` int64 (m,) numbers `parts`, what the corpus is made of: each has its own score
    (-1: has none, but is in the way of the others).
    """

    name: str
    evidence: Evidence
    pairs: Rows
    features: npt.NDArray[np.float32]
    target: npt.NDArray[np.float64]
    story: Rows
    every: Rows
    gold: Rows
    stories: tuple[str, ...]
    part: Rows
    parts: tuple[str, ...]

    @property
    def clustered(self) -> bool:
        """Whether every article has a gold story."""
        return bool((self.gold >= 0).all())

    @property
    def mixed(self) -> bool:
        """Whether it is made of other corpora."""
        return self.parts != (self.name,)

    @property
    def cross(self) -> npt.NDArray[np.bool_]:
        """Which pairs are of two languages."""
        lang = self.evidence.lang
        return lang[self.pairs[:, 0]] != lang[self.pairs[:, 1]]


def read_corpus(path: Path) -> Corpus:
    """The articles as the pipeline sees them, their candidates or labelled pairs, and gold."""
    name = path.name.removesuffix(".jsonl.gz")
    lines = list(read_lines(path))
    story_of = {str(line["id"]): story_name(name, line) for line in lines if line.get("story")}
    labelled = path.with_name(f"{name}.pairs.jsonl.gz")
    pairs = list(read_lines(labelled)) if labelled.exists() else None
    return make_corpus(name, lines, story_of, dict.fromkeys(story_of, name), pairs)


def story_name(corpus: str, line: Mapping[str, Any]) -> str:
    """What a gold story is called, in its corpus and outside of it."""
    return f"{corpus} {line['story']}"


def make_corpus(
    name: str,
    lines: list[dict[str, Any]],
    story_of: Mapping[str, str],
    part_of: Mapping[str, str],
    labelled: list[dict[str, Any]] | None = None,
) -> Corpus:
    """The articles `lines` as a corpus.

    By id the name of their gold story and of their part. With `labelled` pairs these are the pairs
    of the corpus, without them the candidates of a run are.
    """
    articles = clean_input(lines, RejectLog(), Stages(), None)
    ids = articles["id"].to_pylist()
    stories, gold = _numbered(ids, story_of)
    parts, part = _numbered(ids, part_of)
    representative = np.arange(len(ids))
    if labelled is None:
        settings = Settings(threads=2)
        representative = reprints_among(articles, settings, Stages()).representative
    nodes, every = np.unique(representative, return_inverse=True)
    own = prepare(articles, embed_articles(articles, load_encoder(), 2, rows=nodes), 2, nodes)
    if labelled is not None:
        pairs, target = _labelled(labelled, {row: place for place, row in enumerate(ids)})
    else:
        own = replace(own, rivals=count_rivals(own.day))
        pairs = candidate_pairs(own.vectors, own.documents, own.lang, Window(own.day, WINDOW_DAYS))
        pairs = pairs[own.told(pairs)]
        story = gold[nodes]
        target = (story[pairs[:, 0]] == story[pairs[:, 1]]).astype(np.float64)
    return Corpus(
        name=name,
        evidence=own,
        pairs=pairs,
        features=own.features(pairs, 2),
        target=target,
        story=gold[nodes],
        every=every,
        gold=gold,
        stories=stories,
        part=part,
        parts=parts,
    )


def _numbered(ids: list[str], name_of: Mapping[str, str]) -> tuple[tuple[str, ...], Rows]:
    """The different names, ascending, and the place among them of each id's; -1: it has none."""
    names = tuple(sorted(set(name_of.values())))
    place = {name: at for at, name in enumerate(names)}
    return names, np.array([place[name_of[i]] if i in name_of else -1 for i in ids], np.int64)


def _labelled(
    lines: list[dict[str, Any]], rows: dict[str, int]
) -> tuple[Rows, npt.NDArray[np.float64]]:
    lines = [line for line in lines if line["a"] in rows and line["b"] in rows]
    pairs = np.array([sorted((rows[line["a"]], rows[line["b"]])) for line in lines])
    graded = any("score" in line for line in lines)
    return pairs, np.array([line["score"] / 3 if graded else line["label"] for line in lines])


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a gzipped file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def odds_of(corpus: Corpus, model: Model) -> tuple[Evidence, npt.NDArray[np.float32]]:
    """The log-odds of the pairs, and the evidence with what else is like each article.

    What recurs is looked for anew each time: of crowded articles only, and the weights say which
    these are.
    """
    own, features = corpus.evidence, corpus.features
    if corpus.clustered:
        own = surrounded(own, corpus.pairs, features, WINDOW_DAYS, model)
    return own, own.log_odds(corpus.pairs, features, model)


def f1s(corpus: Corpus, model: Model, levels: Sequence[float]) -> list[list[float]]:
    """BCubed F1 of the stories at each level, in log-odds, of each of the corpus's parts."""
    own, odds = odds_of(corpus, model)
    nodes, weights = own.nodes(model)
    found = []
    for level in levels:
        near = graph(corpus.pairs[odds >= level - REACH], len(corpus.story))
        labels = average_linkage(nodes, *near, weights, level)
        found.append(_by_part(corpus, labels[corpus.every]))
    return found


def _by_part(corpus: Corpus, found: Rows) -> list[float]:
    """BCubed F1 of each part; whoever is in a story with one of its articles counts there."""
    precision, recall = bcubed(found, corpus.gold)
    inside = [corpus.part == part for part in range(len(corpus.parts))]
    return [harmonic(float(precision[i].mean()), float(recall[i].mean())) for i in inside]


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

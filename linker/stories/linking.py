"""From evidence to stories: candidates, their log-odds, clusters, confidence, topics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from linker.arrays import FloatArray, IntArray
from linker.errors import LinkerError
from linker.jit import njit
from linker.reprints import Reprints
from linker.stories.clustering import REACH, average_linkage
from linker.stories.evidence import (
    FEATURES,
    Evidence,
    Model,
    load_model,
    prepare,
    probability,
)
from linker.stories.neighbours import candidate_pairs, graph
from linker.stories.rivals import count_rivals
from linker.stories.surroundings import surrounded
from linker.stories.topics import group_topics
from linker.stories.vectors import Vectors
from linker.stories.windows import Window

LEVELS = ("strict", "balanced", "broad")
#: A level can be a number too: the log-odds that a story needs.
HIGHEST = 20.0
#: Pairs within a story are compared with this many of its first articles at most.
WITNESSES = 24
#: A candidate below this probability is not worth a row of the links table.
FAINTEST = 0.02


@dataclass(frozen=True)
class LinkSettings:
    """What a caller may choose.

    `window_days` is the time either side of an article. `level` is one of LEVELS, or a number:
    the log-odds that a story needs, more for smaller stories.
    """

    window_days: float = 3.0
    level: str = "balanced"
    threads: int = 1

    def __post_init__(self) -> None:
        if self.level not in LEVELS and _number(self.level) is None:
            names = ", ".join(LEVELS)
            raise LinkerError(
                f"level is one of {names}, or a number of at most {HIGHEST:g}, not {self.level!r}"
            )
        if not self.window_days > 0:
            raise LinkerError(f"window must be more than 0 days, not {self.window_days:g}")

    def threshold(self, model: Model) -> float:
        """The log-odds that two parts of a story need."""
        number = _number(self.level)
        return model.thresholds[self.level] if number is None else number


def _number(level: str) -> float | None:
    try:
        number = float(level)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) <= HIGHEST else None


@dataclass(frozen=True)
class Linked:
    """Stories of n articles: dense numbers by first article, and what stands behind them.

    `story` int64 (n,), `confidence` float32 (n,), `nearest` int64 (n,) (-1: none), `links` a table
    of rows a < b, probability and FEATURES. `evidence` holds a row for each article that is no
    reprint, and `node` int64 (n,) the row of each article or of its representative.
    """

    story: IntArray
    confidence: FloatArray
    nearest: IntArray
    links: pa.Table
    evidence: Evidence
    node: IntArray


def link_stories(
    articles: pa.Table,
    reprints: Reprints,
    vectors: Vectors,
    settings: LinkSettings,
    report: Callable[[str, float], None] | None = None,
) -> Linked:
    """Group articles into stories.

    A reprint group is one node, its representative; its other members follow it. `vectors` are
    those of the nodes, `reprints.originals`. `report` is called with what is being done and the
    share done so far.
    """
    tell = report or _silent
    model = load_model()
    nodes, own, pairs, features, odds = _candidates(
        articles, reprints, vectors, settings, model, tell
    )
    tell("clustering", 0.7)
    story = _clusters(own, model, pairs, odds, settings)
    tell("confidence", 0.9)
    pairs, features, odds = _with_witnesses(
        own, model, story, pairs, features, odds, settings.threads
    )
    confidence, nearest = _confidence(story, pairs, odds)
    links = _links(nodes, pairs, features, odds, story)
    node = np.searchsorted(nodes, reprints.representative)
    return _spread(Linked(story, confidence, nearest, links, own, node), nodes, reprints)


def link_topics(linked: Linked, threads: int = 1) -> IntArray:
    """The topic of each story, int64 (stories,), numbered by first story."""
    story = np.empty(len(linked.evidence.day), np.int64)
    story[linked.node] = linked.story
    return group_topics(linked.evidence, story, load_model(), threads)


def stories_by_level(
    articles: pa.Table,
    reprints: Reprints,
    vectors: Vectors,
    settings: LinkSettings,
    levels: Sequence[float],
) -> list[IntArray]:
    """The story of each article, int64 (n,), at each of the levels (log-odds).

    `vectors` are as in `link_stories`.
    """
    model = load_model()
    nodes, own, pairs, _, odds = _candidates(articles, reprints, vectors, settings, model, _silent)
    node = np.searchsorted(nodes, reprints.representative)
    each = (replace(settings, level=str(level)) for level in levels)
    return [_clusters(own, model, pairs, odds, choice)[node] for choice in each]


def _silent(what: str, share: float) -> None:
    """What is being done is told to nobody."""


class _Candidates(NamedTuple):
    """`nodes` int64 (n,), the articles that are no reprints, and what is known of their pairs."""

    nodes: IntArray
    own: Evidence
    pairs: IntArray
    features: FloatArray
    odds: FloatArray


def _candidates(
    articles: pa.Table,
    reprints: Reprints,
    vectors: Vectors,
    settings: LinkSettings,
    model: Model,
    tell: Callable[[str, float], None],
) -> _Candidates:
    tell("evidence", 0.0)
    # Copies are left out before anything is counted: a text printed forty times is no more usual.
    nodes = reprints.originals
    own = prepare(articles, vectors, settings.threads, nodes)
    own = replace(own, rivals=count_rivals(own.day))
    tell("candidates", 0.2)
    window = Window(own.day, settings.window_days)
    pairs = candidate_pairs(own.vectors, own.documents, own.lang, window, settings.threads)
    if own.unread.any():
        pairs = pairs[own.told(pairs)]
    tell("comparing", 0.5)
    features = own.features(pairs, settings.threads)
    own = surrounded(own, pairs, features, settings.window_days, model, settings.threads)
    odds = own.log_odds(pairs, features, model, settings.threads)
    return _Candidates(nodes, own, pairs, features, odds)


def compare_pairs(
    articles: pa.Table,
    vectors: Vectors,
    pairs: IntArray,
    threads: int = 1,
    rivals: FloatArray | None = None,
) -> pa.Table:
    """Probability and FEATURES of the given pairs (p, 2) of rows, as a table of p rows.

    `rivals` float32 (n,) says how many articles there are around each (`count_rivals`).
    """
    evidence = prepare(articles, vectors, threads)
    if rivals is not None:
        evidence = replace(evidence, rivals=rivals)
    features = evidence.features(pairs, threads)
    odds = evidence.log_odds(pairs, features, load_model())
    return _table(pairs, features, odds)


def _clusters(
    own: Evidence, model: Model, pairs: IntArray, odds: FloatArray, settings: LinkSettings
) -> IntArray:
    threshold = settings.threshold(model)
    # Clustering would leave the others out too, but first score them again.
    start, neighbours = graph(pairs[odds >= threshold - REACH], len(own.day))
    nodes, weights = own.nodes(model, settings.threads)
    return average_linkage(nodes, start, neighbours, weights, threshold, settings.threads)


def _with_witnesses(
    own: Evidence,
    model: Model,
    story: IntArray,
    pairs: IntArray,
    features: FloatArray,
    odds: FloatArray,
    threads: int,
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Add each article's pairs with the first WITNESSES of its story that were no candidates."""
    order = np.argsort(story, kind="stable")
    begin = np.searchsorted(story[order], np.arange(story.max(initial=-1) + 2))
    size = np.minimum(np.diff(begin), WITNESSES)[story]
    article = np.repeat(np.arange(len(story)), size)
    rank = np.arange(len(article)) - np.repeat(np.cumsum(size) - size, size)
    witness = order[begin[:-1][story][article] + rank]
    added = np.stack([np.minimum(article, witness), np.maximum(article, witness)], axis=1)
    n = len(story)
    keys = np.unique((added[:, 0] * n + added[:, 1])[added[:, 0] != added[:, 1]])
    keys = np.setdiff1d(keys, pairs[:, 0] * n + pairs[:, 1], assume_unique=True)
    added = np.stack([keys // n, keys % n], axis=1)
    new = own.features(added, threads)
    return (
        np.concatenate([pairs, added]),
        np.concatenate([features, new]),
        np.concatenate([odds, own.log_odds(added, new, model, threads)]),
    )


def _confidence(story: IntArray, pairs: IntArray, odds: FloatArray) -> tuple[FloatArray, IntArray]:
    """How sure each article's place is, and the article most probably on the same event.

    In a story: the probability at the mean log-odds with the other members that it was compared
    with. Alone: the probability that the nearest other article tells another story.
    """
    total, count, strongest, nearest = _around(story, pairs, odds)
    mean = np.where(count > 0, total / np.maximum(count, 1), -strongest)
    return probability(np.minimum(mean, 30.0)), nearest


@njit
def _around(story: Any, pairs: Any, odds: Any) -> Any:
    """Sum and number of the log-odds of each row within its story, and its highest and with whom.

    Among equals the smaller row is the nearest; -inf and -1 where a row is in no pair.
    """
    n = len(story)
    total, count = np.zeros(n), np.zeros(n, np.int64)
    strongest, nearest = np.full(n, -np.inf), np.full(n, -1, np.int64)
    for side in range(2):
        for p in range(len(pairs)):
            own, other = pairs[p, side], pairs[p, 1 - side]
            if story[own] == story[other]:
                total[own] += odds[p]
                count[own] += 1
            nearer = odds[p] == strongest[own] and other < nearest[own]
            if odds[p] > strongest[own] or nearer:
                strongest[own] = odds[p]
                nearest[own] = other
    return total, count, strongest, nearest


def _links(
    nodes: IntArray, pairs: IntArray, features: FloatArray, odds: FloatArray, story: IntArray
) -> pa.Table:
    """Pairs within stories and every other candidate that is not improbable, by article row."""
    inside = story[pairs[:, 0]] == story[pairs[:, 1]]
    kept = np.flatnonzero(inside | (probability(odds) >= FAINTEST))
    chosen = nodes[pairs[kept]].reshape(-1, 2)
    # Candidates are in order, and so are the witnesses after them: a stable sort only merges.
    keys = chosen[:, 0] * (int(nodes.max(initial=0)) + 1) + chosen[:, 1]
    order = np.argsort(keys, kind="stable")
    kept = kept[order]
    return _table(chosen[order], features[kept], odds[kept])


def _table(pairs: IntArray, features: FloatArray, odds: FloatArray) -> pa.Table:
    columns = {"a": pairs[:, 0], "b": pairs[:, 1], "probability": probability(odds)}
    for column, name in enumerate(FEATURES):
        columns[name] = pa.array(features[:, column], from_pandas=True)
    return pa.table(columns)


def _spread(linked: Linked, nodes: IntArray, reprints: Reprints) -> Linked:
    """From nodes back to all articles: reprints are where their representative is."""
    node = linked.node
    is_copy = reprints.representative != np.arange(len(node))
    nearest = np.where(linked.nearest[node] >= 0, nodes[linked.nearest[node]], -1)
    return Linked(
        _by_first_article(linked.story[node]),
        linked.confidence[node],
        np.where(is_copy, reprints.representative, nearest),
        linked.links,
        linked.evidence,
        node,
    )


def _by_first_article(story: IntArray) -> IntArray:
    """Number stories by their first article."""
    _, first, code = np.unique(story, return_index=True, return_inverse=True)
    number = np.empty(len(first), np.int64)
    number[np.argsort(first, kind="stable")] = np.arange(len(first))
    return number[code]

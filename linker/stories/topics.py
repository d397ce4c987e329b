"""Topics: stories whose centres are near, over any length of time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linker.stories.clustering import average_linkage
from linker.stories.evidence import Evidence, Model
from linker.stories.neighbours import candidate_pairs, graph
from linker.stories.sums import Nodes, Weights
from linker.stories.terms import Terms
from linker.stories.tfidf import scale
from linker.stories.vectors import units
from linker.stories.windows import Window

IntArray = npt.NDArray[np.int64]


def group_topics(own: Evidence, story: IntArray, model: Model, threads: int = 1) -> IntArray:
    """The topic of each story, int64 (stories,), numbered by first story.

    A story is one node: the unit vector of the sum of its articles' vectors, and the same of
    their words, so that a large story weighs no more than a small one.
    """
    stories = int(story.max(initial=-1)) + 1
    if stories == 0:
        return np.empty(0, np.int64)
    dense = _centres(own.vectors, story, stories)
    words = _summed(own.documents, story, stories)
    no_time = Window(np.full(stories, np.nan), 1.0)
    lang = np.zeros(stories, np.int64)
    pairs = candidate_pairs(dense, words, lang, no_time, threads)
    start, neighbours = graph(pairs, stories)
    nodes = Nodes(
        dense=dense,
        start=words.start,
        terms=words.ids,
        values=words.values,
        against=np.zeros((stories, 0)),
        bias=np.zeros(stories),
        short=np.zeros(stories),
        lang=lang,
        day=np.full(stories, np.nan),
    )
    topic = model.topic
    weights = Weights(
        intercept=(topic["intercept"], topic["intercept"]),
        dense=(topic["cosine"], topic["cosine"]),
        sparse=(topic["tfidf"], topic["tfidf"]),
        short=(0.0, 0.0),
        near=0.0,
        gap=0.0,
        gap_scale=1.0,
        gap_cap=0.0,
    )
    return average_linkage(nodes, start, neighbours, weights, 0.0, threads)


def _centres(
    vectors: npt.NDArray[np.float32], story: IntArray, stories: int
) -> npt.NDArray[np.float32]:
    order = np.argsort(story, kind="stable")
    begin = np.searchsorted(story[order], np.arange(stories))
    return units(np.add.reduceat(vectors[order].astype(np.float64), begin, axis=0))


def _summed(documents: Terms, story: IntArray, stories: int) -> Terms:
    """The sum of the rows of each story, scaled to unit length."""
    order = np.argsort(story, kind="stable")
    members = documents.take(order)
    key = (story[order][members.rows()].astype(np.uint64) << np.uint64(32)) | members.ids
    # Story by story as they are now, the terms of a story's one article are in order already.
    order = np.argsort(key, kind="stable")
    key = key[order]
    new = np.ones(len(key), np.bool_)
    new[1:] = key[1:] != key[:-1]
    begin = np.flatnonzero(new)
    values = np.add.reduceat(members.values[order].astype(np.float64), begin)
    rows = (key[begin] >> np.uint64(32)).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=stories))])
    ids = key[begin].astype(np.uint32)
    return scale(Terms(start.astype(np.int64), ids, values.astype(np.float32)), values)

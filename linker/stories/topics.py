"""Topics: stories whose centres are near, over any length of time."""

from __future__ import annotations

import numpy as np

from linker.arrays import FloatArray, IntArray
from linker.stories.added import add_vectors, added_unit_rows
from linker.stories.clustering import average_linkage
from linker.stories.evidence import Evidence, Model
from linker.stories.neighbours import candidate_pairs, graph
from linker.stories.sums import Nodes, Weights
from linker.stories.terms import Terms, concatenated
from linker.stories.vectors import units
from linker.stories.windows import Window
from linker.threads import mapped

#: Stories that are summed at a time.
STORIES = 1024


def group_topics(own: Evidence, story: IntArray, model: Model, threads: int = 1) -> IntArray:
    """The topic of each story, int64 (stories,), numbered by first story.

    A story is one node: the unit vector of the sum of its articles' vectors, and the same of
    their words, so that a large story weighs no more than a small one.
    """
    stories = int(story.max(initial=-1)) + 1
    if stories == 0:
        return np.empty(0, np.int64)
    order = np.argsort(story, kind="stable")
    begin = np.searchsorted(story[order], np.arange(stories + 1))
    dense = _centres(own.vectors, order, begin)
    words = _summed(own.documents, order, begin, threads)
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
        bias=np.zeros((stories, 2)),
        lang=lang,
        day=np.full(stories, np.nan),
    )
    topic = model.topic
    weights = Weights(
        intercept=(topic["intercept"], topic["intercept"]),
        dense=(topic["cosine"], topic["cosine"]),
        sparse=(topic["tfidf"], topic["tfidf"]),
        near=0.0,
        gap=0.0,
        gap_scale=1.0,
    )
    return average_linkage(nodes, start, neighbours, weights, 0.0, threads)


def _centres(vectors: FloatArray, order: IntArray, begin: IntArray) -> FloatArray:
    sums = np.zeros((len(begin) - 1, vectors.shape[1]))
    add_vectors(vectors, order, begin, sums)
    return units(sums)


def _summed(documents: Terms, order: IntArray, begin: IntArray, threads: int) -> Terms:
    """The sum of the rows of each story, scaled to unit length."""
    start, ids, values = documents.start, documents.ids, documents.values

    def add(first: int) -> Terms:
        return Terms(
            *added_unit_rows(start, ids, values, order, begin[first : first + STORIES + 1])
        )

    return concatenated(mapped(add, range(0, len(begin) - 1, STORIES), threads))

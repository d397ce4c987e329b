"""Topics: stories whose centres are near, over any length of time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from linker.jit import njit
from linker.stories.clustering import average_linkage
from linker.stories.evidence import Evidence, Model
from linker.stories.neighbours import candidate_pairs, graph
from linker.stories.sums import Nodes, Weights
from linker.stories.terms import Terms, concatenated
from linker.stories.vectors import units
from linker.stories.windows import Window
from linker.threads import ordered_map

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]

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


def _centres(vectors: FloatArray, order: IntArray, begin: IntArray) -> FloatArray:
    sums = np.zeros((len(begin) - 1, vectors.shape[1]))
    add_vectors(vectors, order, begin, sums)
    return units(sums)


@njit(cache=True, nogil=True)
def add_vectors(vectors: Any, order: Any, begin: Any, sums: Any) -> None:
    """Add the vectors of each group to its row of `sums`, float64 (groups, d)."""
    for g in range(len(sums)):
        for k in range(begin[g], begin[g + 1]):
            for d in range(vectors.shape[1]):
                sums[g, d] += vectors[order[k], d]


def _summed(documents: Terms, order: IntArray, begin: IntArray, threads: int) -> Terms:
    """The sum of the rows of each story, scaled to unit length."""
    start, ids, values = documents.start, documents.ids, documents.values

    def add(first: int) -> Terms:
        return Terms(*add_rows(start, ids, values, order, begin[first : first + STORIES + 1]))

    return concatenated(list(ordered_map(add, range(0, len(begin) - 1, STORIES), threads)))


@njit(cache=True, nogil=True)
def add_rows(start: Any, ids: Any, values: Any, order: Any, begin: Any) -> Any:
    """The sum of the rows of each group, scaled to unit length: the parts of a Terms.

    Group g has the rows `order[begin[g]:begin[g + 1]]` of the Terms of `start`, `ids`, `values`,
    all of these int64. Values are added in that order, as float64.
    """
    groups = len(begin) - 1
    room, longest = 0, 0
    for g in range(groups):
        size = 0
        for k in range(begin[g], begin[g + 1]):
            size += start[order[k] + 1] - start[order[k]]
        room += size
        longest = max(longest, size)
    keys, held = np.empty(longest, np.uint64), np.empty(longest, np.float32)
    sums = np.empty(longest)
    starts = np.zeros(groups + 1, np.int64)
    terms, weights = np.empty(room, np.uint32), np.empty(room, np.float32)
    out = 0
    for g in range(groups):
        size = 0
        for k in range(begin[g], begin[g + 1]):
            for i in range(start[order[k]], start[order[k] + 1]):
                # With its place, so that equal terms are added in the order of the rows.
                keys[size] = np.uint64(ids[i]) << np.uint64(32) | np.uint64(size)
                held[size] = values[i]
                size += 1
        if begin[g + 1] - begin[g] > 1:  # one row is in order already
            keys[:size].sort()
        used = _add_equal(keys[:size], held, terms[out:], sums)
        norm = np.sqrt((sums[:used] * sums[:used]).sum())
        for k in range(used):
            weights[out + k] = sums[k] / norm if norm > 0.0 else 0.0
        out += used
        starts[g + 1] = out
    return starts, terms[:out].copy(), weights[:out].copy()


@njit(cache=True, nogil=True)
def _add_equal(keys: Any, held: Any, terms: Any, sums: Any) -> int:
    """Write each term of sorted keys once, and the sum of its values; returns how many."""
    used = -1
    for key in keys:
        term = np.uint32(key >> np.uint64(32))
        if used < 0 or term != terms[used]:
            used += 1
            terms[used] = term
            sums[used] = 0.0
        sums[used] += held[np.int64(key & np.uint64(0xFFFFFFFF))]
    return used + 1

"""Neighbours by words: articles that share the rare words of one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from linker.arrays import FloatArray, IntArray
from linker.jit import njit
from linker.stories.best import keep_best
from linker.stories.terms import Terms
from linker.stories.windows import Window
from linker.threads import ordered_map

NEAREST_BY_WORDS = 16
#: The heaviest terms of an article that are looked up.
RARE_TERMS = 16
#: A term in more articles than this is not rare.
COMMON = 256
#: Rows that are searched from at a time: so many at least, as each time takes room for all rows,
ROWS = 1024
#: and so many times at most.
TURNS = 64


class _Postings(NamedTuple):
    """The heaviest terms of each row, and for each term the rows that have it among theirs.

    Row i has the terms `terms[start[i]:start[i + 1]]` (numbers of postings) with `values`; term k
    is in `rows[begin[k]:begin[k + 1]]` with `weights`.
    """

    start: IntArray
    terms: IntArray
    values: FloatArray
    begin: IntArray
    rows: IntArray
    weights: FloatArray


def near_by_words(documents: Terms, window: Window, threads: int = 1) -> Iterator[IntArray]:
    """Pairs int64 (p, 2) of a row and a partner within the window, piece by piece.

    The partners of a row are those of the largest inner product over the rare terms of both;
    `documents` are TF-IDF rows.
    """
    postings = _postings(documents)
    step = max(ROWS, len(documents) // TURNS)

    def find(first: int) -> IntArray:
        last = min(first + step, len(documents))
        pairs: IntArray = _partners(postings, window.day, window.days, first, last)
        return pairs

    return ordered_map(find, range(0, len(documents), step), threads)


def _postings(documents: Terms) -> _Postings:
    heavy, counts = _heaviest(documents.start, documents.values, RARE_TERMS)
    ids, values = documents.ids[heavy], documents.values[heavy]
    rows = np.repeat(np.arange(len(documents)), counts)
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    new = np.concatenate([np.ones(min(1, len(ids)), np.bool_), ordered[1:] != ordered[:-1]])
    terms = np.empty(len(ids), np.int64)
    terms[order] = np.cumsum(new) - 1
    return _Postings(
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        terms=terms,
        values=values,
        begin=np.append(np.flatnonzero(new), len(ids)).astype(np.int64),
        rows=rows[order],
        weights=values[order],
    )


@njit
def _heaviest(start: Any, values: Any, most: int) -> Any:
    """Places of the `most` largest values of each row, ascending, and how many a row.

    Among equals the first.
    """
    rows = len(start) - 1
    counts = np.minimum(start[1:] - start[:-1], most)
    places = np.empty(counts.sum(), np.int64)
    best = np.empty(most, np.int64)
    out = 0
    for row in range(rows):
        held = 0
        for place in range(start[row], start[row + 1]):
            if held == most and values[place] <= values[best[held - 1]]:
                continue
            held = min(held + 1, most)
            at = held - 1
            while at > 0 and values[best[at - 1]] < values[place]:
                best[at] = best[at - 1]
                at -= 1
            best[at] = place
        for k in range(held):
            at = out + k
            while at > out and places[at - 1] > best[k]:
                places[at] = places[at - 1]
                at -= 1
            places[at] = best[k]
        out += held
    return places, counts


@njit
def _partners(postings: Any, day: Any, days: float, first: int, last: int) -> Any:
    """For each row from `first` to `last` the NEAREST_BY_WORDS best partners, as pairs."""
    score = np.zeros(len(day), np.float32)
    touched = np.empty(len(day), np.int64)
    best = np.empty(NEAREST_BY_WORDS, np.float32)
    partners = np.empty(NEAREST_BY_WORDS, np.int64)
    pairs = np.empty(((last - first) * NEAREST_BY_WORDS, 2), np.int64)
    used = 0
    for row in range(first, last):
        count = 0
        for k in range(postings.start[row], postings.start[row + 1]):
            begin, end = postings.begin[postings.terms[k]], postings.begin[postings.terms[k] + 1]
            if end - begin > COMMON:
                continue
            for place in range(begin, end):
                other = postings.rows[place]
                if other == row or abs(day[other] - day[row]) > days:
                    continue
                if score[other] == 0.0:
                    touched[count] = other
                    count += 1
                score[other] += postings.values[k] * postings.weights[place]
        held = 0
        for other in touched[:count]:
            held = keep_best(best, partners, held, score[other], other)
            score[other] = 0.0
        for k in range(held):
            pairs[used + k, 0], pairs[used + k, 1] = row, partners[k]
        used += held
    return pairs[:used].copy()

"""The rows of each story added up."""

from __future__ import annotations

from typing import Any

import numpy as np

from linker.jit import bare, njit


@bare
def add_vectors(vectors: Any, rows: Any, begin: Any, sums: Any) -> None:
    """Add the vectors of each story to its row of `sums`, float64 (stories, d).

    Story s has the rows `rows[begin[s]:begin[s + 1]]`, int64.
    """
    for s in range(len(sums)):
        for k in range(begin[s], begin[s + 1]):
            for d in range(vectors.shape[1]):
                sums[s, d] += vectors[rows[k], d]


@njit
def added_unit_rows(start: Any, ids: Any, values: Any, rows: Any, begin: Any) -> Any:
    """The sum of the sparse rows of each story, scaled to unit length: the parts of a Terms.

    Story s has the rows `rows[begin[s]:begin[s + 1]]` of the Terms of `start`, `ids`, `values`.
    """
    stories = len(begin) - 1
    room = 0
    for k in range(begin[0], begin[stories]):
        room += start[rows[k] + 1] - start[rows[k]]
    ends = np.zeros(stories + 1, np.int64)
    terms, weights = np.empty(room, np.uint32), np.empty(room, np.float32)
    out = 0
    for s in range(stories):
        count, own, sums = added_rows(start, ids, values, rows, begin[s], begin[s + 1])
        squares = 0.0
        for k in range(count):
            squares += sums[k] * sums[k]
        norm = np.sqrt(squares) if squares > 0.0 else 1.0
        for k in range(count):
            terms[out], weights[out] = own[k], sums[k] / norm
            out += 1
        ends[s + 1] = out
    return ends, terms[:out].copy(), weights[:out].copy()


@njit
def added_rows(
    start: Any, ids: Any, values: Any, rows: Any, first: int, last: int
) -> tuple[int, Any, Any]:
    """How many terms the rows from `first` to `last` have; these, ascending, and their sums.

    A row after the other is merged into the sums: a few more steps than by sorting all at once,
    and much less to compile.
    """
    total = 0
    for k in range(first, last):
        total += start[rows[k] + 1] - start[rows[k]]
    terms, sums = np.empty(total, np.uint32), np.empty(total, np.float64)
    next_terms, next_sums = np.empty(total, np.uint32), np.empty(total, np.float64)
    count = 0
    for k in range(first, last):
        i, j, stop, out = 0, start[rows[k]], start[rows[k] + 1], 0
        while i < count or j < stop:
            if j == stop or (i < count and terms[i] < ids[j]):
                next_terms[out], next_sums[out] = terms[i], sums[i]
                i += 1
            elif i == count or ids[j] < terms[i]:
                next_terms[out], next_sums[out] = ids[j], values[j]
                j += 1
            else:
                next_terms[out], next_sums[out] = terms[i], sums[i] + values[j]
                i += 1
                j += 1
            out += 1
        count = out
        terms, next_terms = next_terms, terms
        sums, next_sums = next_sums, sums
    return count, terms, sums

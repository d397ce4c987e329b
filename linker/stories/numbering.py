"""The terms that rows share, numbered for a table that is looked into all the time."""

from __future__ import annotations

from typing import Any

import numpy as np

from linker.arrays import BoolArray, FloatArray, IntArray, Uint32Array
from linker.jit import bare
from linker.stories.lexicon import lexicon
from linker.threads import for_each

#: So many terms at most are common: their part of a table takes an eighth of a megabyte.
COMMON = 32_768
#: Rows that are given new numbers at a time.
ROWS = 1024


def number_terms(
    given: IntArray, ids: Uint32Array, weights: FloatArray, threads: int = 1
) -> tuple[IntArray, Uint32Array, FloatArray, int]:
    """Sparse rows without the terms of one row only, which score with no other row.

    Row i is `given[i]` to `given[i + 1]` (int64, (n + 1,)) of `ids` uint32 and `weights` float32.
    The terms that are left are numbered from 0, the common ones first: most looks at a table of
    all terms are for these, and their part of it stays in a near cache. Returns starts int64
    (n + 1,), terms uint32 and values float32, with room for twice as many entries, and how many
    terms there are.
    """
    everywhere = np.zeros(len(given) - 1, np.int64)
    known = lexicon(given, ids, everywhere, threads)
    shared = np.flatnonzero(known.frequency > 1)
    held = known.frequency[shared]
    common = _is_common(held)
    ordered = np.concatenate([shared[common], shared[~common]])
    number = np.full(len(known.keys), -1, np.int32)
    number[ordered] = np.arange(len(ordered), dtype=np.int32)
    room = max(1, 2 * int(held.sum()))
    terms, values = np.empty(room, np.uint32), np.empty(room, np.float32)
    border = int(np.count_nonzero(common))
    start = np.zeros(len(given), np.int64)
    parts = [(first, min(first + ROWS, len(start) - 1)) for first in range(0, len(start) - 1, ROWS)]

    def count(part: tuple[int, int]) -> None:
        _count_numbered(given, number, known.number, *part, start)

    def write(part: tuple[int, int]) -> None:
        rows = given, weights, known.number
        _write_numbered(rows, number, border, *part, start, terms, values)

    for_each(count, parts, threads)
    np.cumsum(start, out=start)
    for_each(write, parts, threads)
    return start, terms, values, len(ordered)


def _is_common(held: IntArray) -> BoolArray:
    """Which terms, by how many nodes hold them, are among the COMMON first without a tie."""
    if len(held) <= COMMON:
        return np.ones(len(held), np.bool_)
    common: BoolArray = held > np.partition(held, -COMMON - 1)[-COMMON - 1]
    return common


@bare
def _count_numbered(
    start: IntArray, number: Any, which: Any, first: int, last: int, counts: IntArray
) -> None:
    """Write how many entries of row r have a term with a number to `counts[r + 1]`."""
    for row in range(first, last):
        count = 0
        for i in range(start[row], start[row + 1]):
            count += number[which[i]] >= 0
        counts[row + 1] = count


@bare
def _write_numbered(
    given: Any,
    number: Any,
    border: int,
    first: int,
    last: int,
    starts: IntArray,
    terms: Any,
    values: Any,
) -> None:
    """Write the entries whose term has a number, ascending row by row, from `starts` on.

    `given` is where rows start, the values of their entries and which term each is. Below `border`,
    and from there on, numbers ascend as the terms of a row do.
    """
    start, weights, which = given
    for row in range(first, last):
        out = starts[row]
        for beyond in (False, True):
            for i in range(start[row], start[row + 1]):
                term = number[which[i]]
                if term >= 0 and (term >= border) == beyond:
                    terms[out], values[out] = term, weights[i]
                    out += 1

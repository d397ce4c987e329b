"""Clusters as sums of vectors, and the mean score of all pairs across two of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from linker.arrays import DoubleArray, FloatArray, IntArray, Uint32Array, Uint64Array
from linker.jit import Intrinsic, bare, njit
from linker.stories.numbering import COMMON, number_terms

_COMMON = np.uint32(COMMON)
#: The low bits of a term's number say its place in a sieve: 16 kB, which the nearest cache holds.
SIEVE_BITS = 17
_LOW, _BIT = np.uint64((1 << SIEVE_BITS) - 1), np.uint64(63)
_ONE, _WORD = np.uint64(1), np.uint64(6)
#: A sum of more than so many times as many entries as another is copied around those of the other.
UNEVEN = 8
#: An inner product is summed up in so many parts.
LANES = 8
lane_sums: Any = Intrinsic("linker.stories.lanes", "lane_sums")


class Nodes(NamedTuple):
    """What is to be clustered: n nodes, row i of every array is node i.

    `dense` float32 (n, d) and the sparse rows (`start` int64 (n + 1,), `terms` uint32 ascending in
    each row, `values` float32) hold vectors whose inner products count towards the score, and
    `against` float64 (n, k) those whose inner product is taken off the sparse one; `bias` float64
    (n, 2) is what a node adds to each pair within its language, and across two; `lang` int64 (n,)
    decides which weights a pair gets; `day` float64 (n,) is the time in days, NaN when unknown.
    """

    dense: FloatArray
    start: IntArray
    terms: Uint32Array
    values: FloatArray
    against: DoubleArray
    bias: DoubleArray
    lang: IntArray
    day: DoubleArray


class Weights(NamedTuple):
    """The score of a pair; index 0 of each pair of numbers is for one language, 1 for two.

    Where both times are known, near - gap * min((days between them / gap_scale)**2, 1) is added;
    between clusters it is the mean of the squared days that counts.
    """

    intercept: tuple[float, float]
    dense: tuple[float, float]
    sparse: tuple[float, float]
    near: float
    gap: float
    gap_scale: float


class Sums(NamedTuple):
    """The state of the clusters: a cluster is a list of blocks, one for each of its languages.

    A block lives in the row of one of its members, and the first one in that of the root. It holds
    sums over its members: `dense` float32 (n, d), `against` float64 (n, k), `bias` float64 (n, 2)
    as in `Nodes`; `members` int64 (n,) counts them, `lang` int64 (n,) is their language, and
    `next_block` int64 (n,) the row of the next one or -1. Of the whole cluster, at the root: `size`
    int64 (n,), `dated` int64 (n,) of known time, and float64 (n,) the sums of their `day` and
    `day_squared`.

    The sparse sum of a block is at `at` int64 (n,) in the pool of `terms` uint32 and `values`
    float32, `length` int64 (n,) entries long; from `top` int64 (1,) on the pool is free. It is
    twice the size of the input: all live sums together never exceed the input, so that moving them
    together makes room for the sums of any clusters once more. They are float32, as is the table
    that one is laid out in: what they are read for is to fit a cache.
    """

    dense: FloatArray
    terms: Uint32Array
    values: FloatArray
    at: IntArray
    length: IntArray
    top: IntArray
    against: DoubleArray
    bias: DoubleArray
    members: IntArray
    lang: IntArray
    next_block: IntArray
    size: IntArray
    dated: IntArray
    day: DoubleArray
    day_squared: DoubleArray


class Table(NamedTuple):
    """Where a sparse sum is laid out, to be looked up term by term; all zero before and after.

    `values` float32 has a place for every term. `sieve` uint64 has a bit set for every term of the
    sum, by its low bits. It is asked for the terms that are not common: most of another sum are
    none of this one, and need not be fetched from far to know it.
    """

    values: FloatArray
    sieve: Uint64Array


def empty_table(terms: int) -> Table:
    """A table for so many terms."""
    return Table(np.zeros(terms, np.float32), np.zeros(1 << (SIEVE_BITS - 6), np.uint64))


def single_nodes(nodes: Nodes, threads: int = 1) -> tuple[Sums, int]:
    """Each node as a cluster of its own, and the number of terms."""
    n = len(nodes.lang)
    known = ~np.isnan(nodes.day)
    day = np.where(known, nodes.day, 0.0)
    start, terms, values, count = number_terms(nodes.start, nodes.terms, nodes.values, threads)
    return Sums(
        dense=nodes.dense.copy(),
        terms=terms,
        values=values,
        at=start[:-1].copy(),
        length=np.diff(start),
        top=start[-1:].copy(),
        against=nodes.against.copy(),
        bias=nodes.bias.copy(),
        members=np.ones(n, np.int64),
        lang=nodes.lang.astype(np.int64),
        next_block=np.full(n, -1, np.int64),
        size=np.ones(n, np.int64),
        dated=known.astype(np.int64),
        day=day.copy(),
        day_squared=day * day,
    ), count


@bare
def dot(x: Any, y: Any) -> Any:
    """Inner product of two contiguous float32 rows: products float32, sums float64 by lane."""
    a, b, c, d, e, f, g, h = lane_sums(x, y)
    for i in range(len(x) - len(x) % LANES, len(x)):
        a += x[i] * y[i]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@bare
def mean_score(sums: Any, a: int, b: int, total: Any, weights: Any) -> Any:
    """Mean score of all pairs across the clusters with roots a and b, from their total score.

    What the time says is added here, as it is no sum over pairs: it is that of the mean squared gap
    of those with both times known.
    """
    pairs = sums.size[a] * sums.size[b]
    known = sums.dated[a] * sums.dated[b]
    if known == 0:
        return total / pairs
    mean_square = (
        sums.dated[b] * sums.day_squared[a]
        + sums.dated[a] * sums.day_squared[b]
        - 2.0 * sums.day[a] * sums.day[b]
    ) / known
    apart = min(max(mean_square, 0.0) / weights.gap_scale**2, 1.0)
    return total / pairs + (weights.near - weights.gap * apart) * known / pairs


@bare
def total_scores(sums: Any, a: int, others: Any, weights: Any, table: Any, out: Any) -> None:
    """The scores of all pairs across the cluster with root a and each of the roots `others`, added.

    All but what the time gap says. The sparse sum of a is laid out in the `Table`, so that an inner
    product with it is a walk along the other one.
    """
    for k in range(len(others)):
        out[k] = 0.0
    p = a
    while p >= 0:
        _lay_out(sums, p, table)
        for k in range(len(others)):
            out[k] = _add_block_scores(sums, p, others[k], weights, table, out[k])
        _clear(sums, p, table)
        p = sums.next_block[p]


@bare(inline="always")
def _lay_out(sums: Any, p: int, table: Any) -> None:
    for i in range(sums.at[p], sums.at[p] + sums.length[p]):
        table.values[sums.terms[i]] += sums.values[i]
        low = np.uint64(sums.terms[i]) & _LOW
        table.sieve[low >> _WORD] |= _ONE << (low & _BIT)


@bare(inline="always")
def _clear(sums: Any, p: int, table: Any) -> None:
    for i in range(sums.at[p], sums.at[p] + sums.length[p]):
        table.values[sums.terms[i]] = 0.0
        table.sieve[(np.uint64(sums.terms[i]) & _LOW) >> _WORD] = np.uint64(0)


@bare(inline="always")
def _inner_product(sums: Any, q: int, table: Any) -> Any:
    """That of the sum in the table and the sparse sum of block q, added in the order of terms."""
    product = 0.0
    i, end = np.uint64(sums.at[q]), np.uint64(sums.at[q] + sums.length[q])
    while i < end and sums.terms[i] < _COMMON:
        product += table.values[sums.terms[i]] * sums.values[i]
        i += _ONE
    while i < end:
        low = np.uint64(sums.terms[i]) & _LOW
        if table.sieve[low >> _WORD] >> (low & _BIT) & _ONE:
            product += table.values[sums.terms[i]] * sums.values[i]
        i += _ONE
    return product


@bare(inline="always")
def _add_block_scores(sums: Any, p: int, b: int, weights: Any, table: Any, total: float) -> float:
    """`total` and the scores across block p, which `table` holds, and the blocks of root b."""
    q = b
    while q >= 0:
        kind = 0 if sums.lang[p] == sums.lang[q] else 1
        total += weights.intercept[kind] * sums.members[p] * sums.members[q]
        total += sums.bias[p, kind] * sums.members[q] + sums.bias[q, kind] * sums.members[p]
        total += weights.dense[kind] * dot(sums.dense[p], sums.dense[q])
        sparse = _inner_product(sums, q, table)
        for k in range(sums.against.shape[1]):
            sparse -= sums.against[p, k] * sums.against[q, k]
        total += weights.sparse[kind] * sparse
        q = sums.next_block[q]
    return total


@njit
def compact(sums: Any) -> None:
    """Move the live sparse sums together, in the order in which they lie: each to the left."""
    top = 0
    for block in np.argsort(sums.at):
        begin, end = sums.at[block], sums.at[block] + sums.length[block]
        if begin > top:
            for i in range(begin, end):
                sums.terms[top + i - begin] = sums.terms[i]
                sums.values[top + i - begin] = sums.values[i]
        sums.at[block] = top
        top += end - begin
    sums.top[0] = top


@bare
def entries_of(sums: Any, a: int) -> int:
    """How many entries the sparse sums of the cluster with root a have, over all its blocks."""
    total, p = 0, a
    while p >= 0:
        total += sums.length[p]
        p = sums.next_block[p]
    return total


@bare
def _add_sparse(sums: Any, p: int, q: int, room: int) -> int:
    """Write the sparse sums of blocks p and q to `room`, where p's is then; returns its end."""
    more, less = (p, q) if sums.length[p] >= sums.length[q] else (q, p)
    i, end = sums.at[more], sums.at[more] + sums.length[more]
    j, stop = sums.at[less], sums.at[less] + sums.length[less]
    if sums.length[more] > UNEVEN * sums.length[less]:
        out = _put_into(sums.terms, sums.values, i, end, j, stop, room)
    else:
        out = _interleave(sums.terms, sums.values, i, end, j, stop, room)
    sums.at[p] = room
    sums.length[p] = out - room
    sums.length[q] = 0
    return out


@bare
def _put_into(terms: Any, values: Any, i: int, end: int, j: int, stop: int, out: int) -> int:
    """Write the sum of a long stretch and a short one to `out`; returns where it ends.

    Most steps take an entry of the long one, which is what the machine will guess.
    """
    for k in range(j, stop):
        while i < end and terms[i] < terms[k]:
            terms[out], values[out] = terms[i], values[i]
            i += 1
            out += 1
        terms[out], values[out] = terms[k], values[k]
        if i < end and terms[i] == terms[k]:
            values[out] += values[i]
            i += 1
        out += 1
    return _copy(terms, values, i, end, out)


@bare
def _interleave(terms: Any, values: Any, i: int, end: int, j: int, stop: int, out: int) -> int:
    """The same of two stretches of like length, without a branch that nobody can guess."""
    while i < end and j < stop:
        ahead = np.int64(terms[i]) - np.int64(terms[j])
        own, other = int(ahead <= 0), int(ahead >= 0)
        terms[out] = min(terms[i], terms[j])
        values[out] = np.float32(own) * values[i] + np.float32(other) * values[j]
        i += own
        j += other
        out += 1
    out = _copy(terms, values, i, end, out)
    return _copy(terms, values, j, stop, out)


@bare(inline="always")
def _copy(terms: Any, values: Any, begin: int, end: int, out: int) -> int:
    for i in range(begin, end):
        terms[out], values[out] = terms[i], values[i]
        out += 1
    return out


@bare
def _add_block(sums: Any, p: int, q: int, room: int) -> int:
    sums.members[p] += sums.members[q]
    for i in range(sums.bias.shape[1]):
        sums.bias[p, i] += sums.bias[q, i]
    for i in range(sums.dense.shape[1]):
        sums.dense[p, i] += sums.dense[q, i]
    for i in range(sums.against.shape[1]):
        sums.against[p, i] += sums.against[q, i]
    return _add_sparse(sums, p, q, room)


@bare
def merge(sums: Any, a: int, b: int, room: int) -> None:
    """Add the cluster with root b to the one with root a, language by language.

    From place `room` on the pool has space for as many entries as both have (`entries`). Clusters
    that share none can be merged at the same time.
    """
    q = b
    while q >= 0:
        following = sums.next_block[q]
        p = a
        while sums.lang[p] != sums.lang[q] and sums.next_block[p] >= 0:
            p = sums.next_block[p]
        if sums.lang[p] == sums.lang[q]:
            room = _add_block(sums, p, q, room)
        else:
            sums.next_block[p] = q
            sums.next_block[q] = -1
        q = following
    sums.size[a] += sums.size[b]
    sums.dated[a] += sums.dated[b]
    sums.day[a] += sums.day[b]
    sums.day_squared[a] += sums.day_squared[b]

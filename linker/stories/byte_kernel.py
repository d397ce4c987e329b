"""The nearest vectors by products of bytes, and among those by the vectors themselves."""

from __future__ import annotations

import os
from typing import Any, Final, NamedTuple

import numpy as np

from linker.arrays import ByteArray, DoubleArray, FloatArray, IntArray
from linker.jit import Intrinsic, bare, njit
from linker.jit.machine import has
from linker.stories.best import keep_best
from linker.stories.sums import dot

#: Vectors of a panel, whose bytes lie so that one instruction takes those of many vectors.
PANEL: Final = 64
#: Rows that are multiplied with a panel at a time: as many as there are registers for.
GROUP: Final = 6
#: Rows that go through all panels together: a panel is then read once for all of them.
_TURN: Final = 42 * GROUP
#: Bytes of a vector that lie together in a panel.
_QUAD: Final = 4
#: One of so many panels is in a sample, of _SAMPLE panels at most.
_SAMPLED: Final = 8
_SAMPLE: Final = 32
#: The limit is no higher than the score of this rank in the sample: of fewer too much is chance.
_SURE: Final = 6
#: Standard deviations by which rounding moves two products apart at most.
_SIGMAS: Final = 4.0
#: Bytes choose a third more than is asked for, so many at least.
_LEAST_MORE: Final = 4
_LEAST, _MOST = np.int32(-(1 << 31)), np.int32((1 << 31) - 1)
_LOW: Final = (1 << 32) - 1
_NOTHING: Final = -(1 << 63)
#: Odd factors, of which _GATHER takes _SPREAD back modulo 2**32.
_SPREAD, _OTHER = 0x9E3779B1, 0x85EBCA6B
_GATHER: Final = pow(_SPREAD, -1, 1 << 32)
LARGEST: Final = 127
_MIDDLE: Final = np.int16(128)
_ONE: Final = np.uint64(1)

#: By these a user has numba compile for another processor than this one.
_TOLD: Final = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_ENABLE_AVX")

multiply: Any = Intrinsic("linker.stories.byte_tiles", "multiply")
lowest: Any = Intrinsic("linker.stories.byte_tiles", "lowest")


def lanes() -> int:
    """Sums that the processor adds products of bytes to with one instruction; 0: it has none.

    That of AVX-512 has 16, that of AVX-VNNI 8. 0 too where a user has numba leave some out.
    """
    if any(name in os.environ for name in _TOLD):
        return 0
    if has("avx512vnni", "avx512bw", "avx512vl"):
        return 16
    return 8 if has("avxvnni") else 0


class Panels(NamedTuple):
    """n vectors as bytes, panel after panel.

    `values` uint8 (panels * PANEL * 4 * quads,): in a panel come the first four bytes of each of
    its vectors, then the next four of each; a byte is the rounded component plus 128. `order`
    int64 (n,) is the row at each place, `place` int64 (n,) the place of each row. `longest` is the
    sum of the squares of the bytes of the longest vector, without the 128.
    """

    values: ByteArray
    order: IntArray
    place: IntArray
    quads: int
    longest: float


class Fields(NamedTuple):
    """What is known of each row: `vectors` float32 (n, d), `lang` int64 (n,), `day` float64 (n,).

    Two rows more than `days` or less than `beyond` apart are no neighbours; an unknown time (NaN)
    is near to all.
    """

    vectors: FloatArray
    lang: IntArray
    day: DoubleArray
    days: float
    beyond: float


@bare
def look_at_rows(vectors: Any, first: int, last: int, largest: Any, squares: Any) -> None:
    """Write the largest component of each of some rows, whatever its sign, and its squares added.

    largest: float32; squares: float64.
    """
    for row in range(first, last):
        most = np.float32(0.0)
        for k in range(vectors.shape[1]):
            most = max(most, abs(vectors[row, k]))
        largest[row] = most
        squares[row] = dot(vectors[row], vectors[row])


@bare
def fill_panels(vectors: Any, order: Any, scale: float, first: int, last: int, values: Any) -> None:
    """Write the panels `first` to `last`: components times `scale`, rounded, plus 128.

    What is beyond 127 is 127.
    """
    quads = (vectors.shape[1] + _QUAD - 1) // _QUAD
    for place in range(first * PANEL, min(last * PANEL, len(order))):
        vector = vectors[order[place]]
        for k in range(len(vector)):
            value = np.rint(vector[k] * scale)
            value = value if value < LARGEST else np.float64(LARGEST)
            value = value if value > -LARGEST else -np.float64(LARGEST)
            byte = np.int32(value) + np.int32(128)
            values[_byte_at(place, k, quads)] = np.uint8(byte)


@bare(inline="always")
def _byte_at(place: int, k: int, quads: int) -> int:
    """Where the byte of component k of the vector at a place is."""
    return (
        (place // PANEL * quads + k // _QUAD) * (PANEL * _QUAD) + place % PANEL * _QUAD + k % _QUAD
    )


class _Room(NamedTuple):
    """What a turn of rows needs: a place a row in each array but the last four.

    `own` int8, their bytes; `limits` int32, what a score must be above to be looked at; `found`
    int64, `counts` of them a row, a score and what the row draws for the place in one number,
    which is to be above the row's `floors`; `maxima` int32, PANEL of them a row; `scores` and
    `above` of one group and one panel; `best` and `partners` of one row.
    """

    own: Any
    limits: Any
    floors: Any
    counts: Any
    found: Any
    maxima: Any
    scores: Any
    above: Any
    best: Any
    partners: Any


@njit
def nearest_rows(panels: Any, fields: Any, rows: Any, among: Any, avoid: int, k: int) -> Any:
    """The `k` nearest of each of `rows`, pairs int64 (p, 2), by inner product.

    `among` int64 are the panels that are searched, ascending; a row itself, rows outside of the
    window and rows in the language `avoid` (-1: none) are no neighbours. Bytes choose a third more
    than k, of equals as each row draws them, and wherever these leave a doubt, the vectors choose k
    of them, of equals the smaller rows. Would all rows draw the same, a thousand forms of one
    template were neighbours of a few.
    """
    asked = k + max(_LEAST_MORE, k // 3)
    room = _Room(
        np.zeros(_TURN * panels.quads * _QUAD, np.int8),
        np.empty(_TURN, np.int32),
        np.empty(_TURN, np.int64),
        np.empty(_TURN, np.int64),
        np.empty((_TURN, 4 * asked + PANEL), np.int64),
        np.empty((_TURN, PANEL), np.int32),
        np.empty(GROUP * PANEL, np.int32),
        np.empty(GROUP, np.uint64),
        np.empty(k, np.float64),
        np.empty(k, np.int64),
    )
    pairs = np.empty((len(rows) * k, 2), np.int64)
    waiting, again, used = rows, np.empty(len(rows), np.int64), 0
    for attempt in range(2):  # the second is without a guess, so that it leaves nobody
        left = 0
        for first in range(0, len(waiting), _TURN):
            turn = waiting[first : first + _TURN]
            _copy(panels, turn, room.own)
            room.limits[:] = _LEAST
            guessed = attempt == 0 and _guess_limits(panels, len(turn), among, asked, room)
            _sweep(panels, fields, turn, among, avoid, asked, room)
            for i in range(len(turn)):
                if guessed and room.counts[i] < asked:
                    again[left] = turn[i]
                    left += 1
                else:
                    used = _write_best(panels, fields, turn[i], i, asked, room, pairs, used)
        waiting = again[:left]
    return pairs[:used].copy()


@bare
def _copy(panels: Any, rows: Any, own: Any) -> None:
    """Write the bytes of each row end to end, without the 128."""
    size = panels.quads * _QUAD
    for i in range(len(rows)):
        place = panels.place[rows[i]]
        for k in range(size):
            byte = panels.values[_byte_at(place, k, panels.quads)]
            own[i * size + k] = np.int8(np.int16(byte) - _MIDDLE)


@bare
def _guess_limits(panels: Any, rows: int, among: Any, asked: int, room: Any) -> bool:
    """Guess from a sample of the panels what at least twice as many as asked for will be above.

    Whoever begins without a limit notes hundreds that do not stay. In a sample the highest of each
    column are about as good as the highest of all. A guess that was too high shows in too few that
    are found; among few panels none is made.
    """
    sample = min(len(among) // _SAMPLED, _SAMPLE)
    if sample < 2:
        return False
    size = panels.quads * _QUAD
    room.limits[:] = _MOST
    for i in range(rows):
        room.maxima[i, :] = _LEAST
    for k in range(sample):
        begin = among[k * len(among) // sample] * PANEL * size
        for group in range(0, rows, GROUP):
            tile = room.scores, room.above
            own_limits = room.limits[group : group + GROUP]
            multiply(panels.values, begin, room.own, group * size, panels.quads, own_limits, tile)
            for i in range(group, min(group + GROUP, rows)):
                maxima, scores = room.maxima[i], room.scores[(i - group) * PANEL :]
                for column in range(PANEL):
                    maxima[column] = max(maxima[column], scores[column])
    rank = max(_SURE, (2 * asked * sample + len(among) - 1) // len(among))
    rank = min(rank, PANEL)
    for i in range(rows):
        _settled(room.maxima[i], PANEL, rank)
        room.limits[i] = room.maxima[i, rank - 1] - np.int32(1)
    return True


@bare
def _sweep(
    panels: Any, fields: Any, rows: Any, among: Any, avoid: int, asked: int, room: Any
) -> None:
    """Multiply rows with panels and note what is above their limits.

    A product is too large by 128 times the sum of the row's bytes, which changes no order. Once
    there are many, all but the `asked` largest are forgotten, and the limit is the least of these.
    """
    size = panels.quads * _QUAD
    full = room.found.shape[1] - PANEL
    tile = room.scores, room.above
    room.counts[:] = 0
    room.floors[:] = _NOTHING
    for panel in among:
        begin = panel * PANEL * size
        for group in range(0, len(rows), GROUP):
            own_limits = room.limits[group : group + GROUP]
            if not multiply(
                panels.values, begin, room.own, group * size, panels.quads, own_limits, tile
            ):
                continue
            for i in range(group, min(group + GROUP, len(rows))):
                bits, found, count = room.above[i - group], room.found[i], room.counts[i]
                floor = room.floors[i]
                while bits:
                    column = np.int64(lowest(bits))
                    bits &= bits - _ONE
                    place = panel * PANEL + column
                    score = np.int64(room.scores[(i - group) * PANEL + column])
                    key = (score << 32) | _drawn(rows[i], place)
                    if key > floor and _is_neighbour(panels, fields, rows[i], place, avoid):
                        found[count] = key
                        count += 1
                if count > full:
                    count = _settled(found, count, asked)
                    room.floors[i] = found[asked - 1]
                    room.limits[i] = np.int32((room.floors[i] >> 32) - 1)
                room.counts[i] = count


@bare(inline="always")
def _drawn(row: int, place: int) -> int:
    """A number of 32 bits for each place, in another order for each row.

    Source: multiplicative hashing (Knuth 1973, 6.4), which an odd factor can take back.
    """
    return ((place * _SPREAD) ^ (row * _OTHER)) & _LOW


@bare(inline="always")
def _place(row: int, drawn: int) -> int:
    """The place that a row has drawn this number for."""
    return (((drawn ^ (row * _OTHER)) & _LOW) * _GATHER) & _LOW


@bare(inline="always")
def _is_neighbour(panels: Any, fields: Any, row: int, place: int, avoid: int) -> bool:
    if place >= len(panels.order):
        return False
    other = panels.order[place]
    if other == row or fields.lang[other] == avoid:
        return False
    gap = abs(fields.day[other] - fields.day[row])
    return not (gap > fields.days or gap < fields.beyond)


@bare
def _settled(found: Any, count: int, asked: int) -> int:
    """Bring the `asked` largest of the first `count` to the front, the least of them last.

    Returns how many there are. Source: C. A. R. Hoare, Algorithm 65: Find, CACM 4 (1961).
    """
    if count < asked:
        return count
    low, high = 0, count - 1
    while low < high:
        middle = found[asked - 1]
        i, j = low, high
        while i <= j:
            while found[i] > middle:
                i += 1
            while found[j] < middle:
                j -= 1
            if i <= j:
                found[i], found[j] = found[j], found[i]
                i += 1
                j -= 1
        if j < asked - 1:
            low = i
        if i > asked - 1:
            high = j
    return asked


@bare
def _write_best(
    panels: Any, fields: Any, row: int, i: int, asked: int, room: Any, pairs: Any, used: int
) -> int:
    """Write the best partners of a row, the i-th of its turn; returns how many pairs there are.

    A vector is a kilobyte somewhere in memory: those that bytes are sure of are not looked at.
    """
    found, k = room.found[i], len(room.best)
    count = _settled(found, room.counts[i], asked)
    _settled(found, count, k)
    border = found[k - 1] >> 32 if count > k else np.int64(_LEAST)
    doubt = _doubt(room.own, i * panels.quads * _QUAD, (i + 1) * panels.quads * _QUAD, panels)
    sure = used
    for at in range(count):
        if count <= k or (found[at] >> 32) > border + doubt:
            pairs[sure, 0], pairs[sure, 1] = row, panels.order[_place(row, found[at] & _LOW)]
            sure += 1
    left, held = room.best[: k - (sure - used)], 0
    for at in range(count if count > k else 0):
        if abs((found[at] >> 32) - border) <= doubt:
            other = panels.order[_place(row, found[at] & _LOW)]
            product = dot(fields.vectors[row], fields.vectors[other])
            held = keep_best(left, room.partners, held, product, other)
    for at in range(held):
        pairs[sure + at, 0], pairs[sure + at, 1] = row, room.partners[at]
    return sure + held


@bare
def _doubt(own: Any, begin: int, end: int, panels: Any) -> Any:
    """How far rounding may move two products of a turn's row apart, but for one case in 16,000.

    A rounded component is off by up to half, all such errors as likely: of variance 1/12 (W. R.
    Bennett, Spectra of Quantized Signals, 1948). Twice the row and the difference of two others
    multiply them, and four times the root of that is enough. Of a row with a component as large as
    a byte can say nothing is known: it may have been cut.
    """
    squares, largest = np.int32(0), np.int32(0)
    for k in range(begin, end):
        byte = np.int32(own[k])
        squares += byte * byte
        largest = max(largest, abs(byte))
    if largest >= LARGEST:
        return np.int64(_MOST)
    return np.int64(_SIGMAS * np.sqrt((2.0 * squares + 4.0 * panels.longest) / 12.0))

"""How much of what an article has in common with others comes back in other weeks.

What two articles have in common that were written weeks apart is hardly one event: it is a form
that comes in series, as quarterly figures, dividends and weekly counts do, or a theme. Within the
time window nobody can tell a form from a large story, as both are crowds; beyond it a story has
ended, and a form goes on. So what an article shares with those of other weeks, beyond what a crowd
shares, counts against its being on one event with those around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from linker.arrays import FloatArray, IntArray
from linker.stories.by_meaning import search_among
from linker.stories.crowds import CROWDED, likest
from linker.stories.evidence import Evidence, Model, forget_around
from linker.stories.windows import Piece, Window
from linker.threads import ordered_map

#: Another week begins so many windows away, and so many days at least: what comes weekly, and a
#: little early, is of another week.
WINDOWS, LEAST_DAYS = 2.0, 6.0
#: Articles of a language that others are compared with at most, drawn by chance: of more than so
#: many, a form is seen if it is a four-hundredth of them.
SAMPLE = 5000
#: So many of the sample that are nearest by meaning are looked at, and the likeness of this rank
#: is what recurs: with one or two, a second step of an affair would be enough to make it a form.
NEAREST, RANK = 24, 12
#: Articles whose pairs are held at a time, and those of a turn of a thread.
ROWS, TURN = 1 << 15, 256


class _Group(NamedTuple):
    """Rows of one language that are looked at, and the sample of all its rows: both ascending."""

    rows: IntArray
    sample: IntArray


def recurrence(own: Evidence, window_days: float, model: Model, threads: int = 1) -> FloatArray:
    """How much of what each of n articles shares with others recurs, float32 (n,), 0 or more.

    By how much the likeness (log-odds without the time) to the RANK-th of those of other weeks goes
    beyond that of a crowd, in part only for a short article and not at all for a headline
    (`own.fullness`), which is as like others of its theme as one form is like the next. NaN where
    nothing is known: without a time, with too few articles of other weeks, or without a crowd
    around it (`own.crowd`), as then there is no question. Rows of `own` ascend by time.
    """
    found = np.full(len(own.day), np.nan, np.float32)
    beyond = max(WINDOWS * window_days, LEAST_DAYS)
    fullness = own.fullness
    for group in _groups(own, beyond):
        for begin in range(0, len(group.rows), ROWS):
            rows = group.rows[begin : begin + ROWS]
            likeness = _likeness(own, _Group(rows, group.sample), beyond, model, threads)
            found[rows] = np.maximum(likeness - CROWDED, 0.0) * fullness[rows]
    return found


def _groups(own: Evidence, beyond: float) -> Iterator[_Group]:
    """By language, where some articles are of another week than others."""
    dated, crowded = ~np.isnan(own.day), own.crowd < 0
    for code in range(len(own.languages)):
        rows = np.flatnonzero((own.lang == code) & dated)
        if len(rows) > RANK and own.day[rows[-1]] - own.day[rows[0]] >= beyond:
            drawn = np.random.default_rng(0).permutation(len(rows))[:SAMPLE]
            yield _Group(rows[crowded[rows]], rows[np.sort(drawn)])


def _likeness(
    own: Evidence, group: _Group, beyond: float, model: Model, threads: int
) -> FloatArray:
    """That to the RANK-th of the sample, of each row of a group; NaN with too few.

    To be searched, the sample and the rows lie end to end, as if each were of a language; time
    ascends on each side only, so that the pieces of the window are none of its own.
    """
    first = len(group.sample)
    both = np.concatenate([group.sample, group.rows])
    side = np.where(np.arange(len(both)) < first, 0, 1)
    search = search_among(own.vectors[both], side, Window(own.day[both], np.inf, beyond), threads)

    def find(begin: int) -> IntArray:
        piece = Piece(begin, min(begin + TURN, len(both)), 0, first, len(both))
        return search.near_elsewhere(piece.rows, piece, 1, NEAREST)

    turns = range(first, len(both), TURN)
    places = np.concatenate(list(ordered_map(find, turns, threads)))
    pairs = both[places]
    features = own.features(pairs, threads)
    forget_around(features)  # as in the likeness that crowds are made from
    alike = own.likeness(pairs, features, model, threads)
    found = likest(places, alike, len(both), RANK)
    likeness: FloatArray = np.where(found.enough, found.likeness[:, -1], np.float32(np.nan))
    return likeness[first:]

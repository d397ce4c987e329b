"""What a run knows of an article by the others around it: crowds, and forms that come in series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from linker.arrays import BoolArray, FloatArray, IntArray
from linker.stories.crowds import CROWD_RANKS, crowded, crowding, likest, series
from linker.stories.evidence import NAMES, WORDS, Evidence, Model, forget_around
from linker.stories.recurrence import recurrence


def surrounded(
    own: Evidence,
    pairs: IntArray,
    features: FloatArray,
    window_days: float,
    model: Model,
    threads: int = 1,
) -> Evidence:
    """The evidence with what is known by the candidate `pairs` (p, 2) of each of its rows.

    Writes the columns AROUND of `features` (p, f), which are those of the pairs. Rows of `own`
    ascend by time, and none is the copy of another.
    """
    own = _in_crowds(own, pairs, features, model, threads)
    own = replace(own, recurrence=recurrence(own, window_days, model, threads))
    own.write_around(pairs, features, threads)
    return own


def _in_crowds(
    own: Evidence, pairs: IntArray, features: FloatArray, model: Model, threads: int
) -> Evidence:
    """The evidence with how crowded it is around each, and how far that is a series."""
    forget_around(features)
    likeness = own.likeness(pairs, features, model, threads)
    around = likest(pairs, likeness, len(own.day), CROWD_RANKS[1])
    rows, excess = crowded(around)
    pair = around.pair[rows]
    names, words = features[pair, NAMES], features[pair, WORDS]
    names[~_can_share_names(own, pairs[pair])] = np.nan
    found = np.full(len(own.day), np.nan, np.float32)
    found[rows] = series(excess, names, words) * own.fullness[rows]
    return replace(own, crowd=crowding(around), series=found)


def _can_share_names(own: Evidence, pairs: IntArray) -> BoolArray:
    """Whether both of a pair (..., 2) have names, and are in one language: bool (...)."""
    named = np.diff(own.names.start) > 0
    a, b = pairs[..., 0], pairs[..., 1]
    can: BoolArray = named[a] & named[b] & (own.lang[a] == own.lang[b])
    return can

"""What a run knows of an article by the others around it: crowds, and forms that come in series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from linker.arrays import BoolArray, FloatArray, IntArray
from linker.stories.crowds import CROWD_RANKS, crowding, likest, series
from linker.stories.evidence import AROUND, NAMES, WORDS, Evidence, Model
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
    features[:, AROUND] = np.nan
    likeness = own.likeness(pairs, features, model, threads)
    around = likest(pairs, likeness, len(own.day), CROWD_RANKS[1])
    names = np.where(_can_share_names(own, pairs), features[:, NAMES], np.float32(np.nan))
    own = replace(
        own,
        crowd=crowding(around),
        series=series(around, names, features[:, WORDS], own.fuller),
    )
    own = replace(own, recurrence=recurrence(own, window_days, model, threads))
    own.write_around(pairs, features, threads)
    return own


def _can_share_names(own: Evidence, pairs: IntArray) -> BoolArray:
    """Whether both of a pair have names, and are in one language."""
    named = np.diff(own.names.start) > 0
    a, b = pairs[:, 0], pairs[:, 1]
    can: BoolArray = named[a] & named[b] & (own.lang[a] == own.lang[b])
    return can

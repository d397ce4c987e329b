"""How crowded it is around an article, and whether the crowd is a series of one form."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from linker.arrays import BoolArray, FloatArray, IntArray
from linker.jit import njit

#: How crowded it is around an article is seen by its partners of these ranks among the candidates,
#: the likest being 0: from LONELY (or less) to CROWDED (or more) of likeness on average; at USUAL
#: it says nothing. A large story is a crowd of its own, so more than CROWDED counts no more. USUAL
#: is rather a crowd: of too few articles to tell, it is not taken for granted that they are lonely.
CROWD_RANKS = (12, 20)
LONELY, USUAL, CROWDED = -2.533, -1.183, -0.533
#: Articles on one event share names more than other words, those on one form less: with fewer than
#: this share (the cosine of names by that of words), a crowd is taken for a series.
NAMES_BY_WORDS = 0.7
#: So many of the likest partners are to have names.
FEWEST_NAMED = 10
#: Stands for no words in common, by which nothing can be divided.
_NO_WORDS = 1e-6


class Likest(NamedTuple):
    """The `most` likest partners of each of n articles, the first the likest.

    `likeness` float32 (n, most) and `pair` int64 (n, most), their place among the pairs, where
    `enough` bool (n,) says that there are as many.
    """

    likeness: FloatArray
    pair: IntArray
    enough: BoolArray


def likest(pairs: IntArray, likeness: npt.NDArray[np.floating], n: int, most: int) -> Likest:
    """The `most` likest partners of each of n rows among pairs (p, 2) of `likeness` (p,)."""
    return Likest(*_strongest(pairs, likeness, n, most))


def crowding(around: Likest) -> FloatArray:
    """How crowded it is around each of n articles, float32 (n,), from CROWD_RANKS[1] partners.

    NaN with fewer than CROWD_RANKS[1] others: of so few articles nobody knows what is usual.

    Where many articles are nearly alike, being alike says less: the same likeness is worth less
    (the local scaling of Zelnik-Manor and Perona 2004, for log-odds; a mean over some ranks, since
    one partner is a matter of chance).
    """
    crowd = (USUAL - np.clip(_usual(around), LONELY, CROWDED)) / (USUAL - LONELY)
    return crowd.astype(np.float32)


def crowded(around: Likest) -> tuple[IntArray, FloatArray]:
    """The rows that are more than crowded, int64 (r,) ascending, and by how much, float32 (r,)."""
    usual = _usual(around)
    rows = np.flatnonzero(usual > CROWDED)
    return rows, usual[rows] - np.float32(CROWDED)


def series(excess: FloatArray, names: FloatArray, words: FloatArray) -> FloatArray:
    """How far each of r crowds is a series, float32 (r,), 0 or more.

    Articles that fill in one form, as quarterly figures do, are as alike as those on one event, but
    each names another company. `excess` float32 (r,) is by how much it is more than crowded (see
    `crowded`), `names` and `words` float32 (r, k) are the cosines of names and of all words with
    the likest partners, of names NaN with whom they cannot be compared. It is the excess, times how
    far names are less in common than they should be; NaN where few partners have names.
    """
    named = ~np.isnan(names)
    in_names = np.where(named, names, 0.0).sum(axis=1)
    in_words = np.where(named, words, 0.0).sum(axis=1)
    unlike = np.maximum(1.0 - in_names / (NAMES_BY_WORDS * np.maximum(in_words, _NO_WORDS)), 0.0)
    found: FloatArray = np.where(named.sum(axis=1) >= FEWEST_NAMED, excess * unlike, np.nan)
    return found.astype(np.float32)


def _usual(around: Likest) -> FloatArray:
    """The mean likeness of the partners of CROWD_RANKS, float32 (n,); NaN with fewer."""
    first, last = CROWD_RANKS
    mean = around.likeness[:, first:last].mean(axis=1, dtype=np.float64)
    usual: FloatArray = np.where(around.enough, mean, np.nan).astype(np.float32)
    return usual


@njit
def _strongest(pairs: Any, odds: Any, n: int, most: int) -> Any:
    """The `most` highest odds of each of n rows, descending, their pairs, and if it has as many."""
    best = np.zeros((n, most), np.float32)
    which = np.zeros((n, most), np.int64)
    held = np.zeros(n, np.int64)
    for p in range(len(pairs)):
        for side in range(2):
            row = pairs[p, side]
            if held[row] == most and odds[p] <= best[row, most - 1]:
                continue
            held[row] = min(held[row] + 1, most)
            k = held[row] - 1
            while k > 0 and best[row, k - 1] < odds[p]:
                best[row, k] = best[row, k - 1]
                which[row, k] = which[row, k - 1]
                k -= 1
            best[row, k] = odds[p]
            which[row, k] = p
    return best, which, held == most

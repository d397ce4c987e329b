"""How crowded it is around an article: how like it those are that stand near it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from linker.arrays import FloatArray, IntArray
from linker.jit import njit

#: How crowded it is around an article is seen by its partners of these ranks among the candidates,
#: the likest being 0: from LONELY (or less) to CROWDED (or more) of likeness on average; at USUAL
#: it says nothing. A large story is a crowd of its own, so more than CROWDED counts no more. USUAL
#: is rather a crowd: of too few articles to tell, it is not taken for granted that they are lonely.
CROWD_RANKS = (12, 20)
LONELY, USUAL, CROWDED = -2.533, -1.183, -0.533


def crowding(pairs: IntArray, likeness: npt.NDArray[np.floating], n: int) -> FloatArray:
    """How crowded it is around each of n articles, float32 (n,), from its candidates' likeness.

    NaN with fewer than CROWD_RANKS[1] others: of so few articles nobody knows what is usual.

    Where many articles are nearly alike, being alike says less: the same likeness is worth less
    (the local scaling of Zelnik-Manor and Perona 2004, for log-odds; a mean over some ranks, since
    one partner is a matter of chance).
    """
    first, last = CROWD_RANKS
    best, enough = strongest(pairs, likeness, n, last)
    found = best[enough, first:].mean(axis=1, dtype=np.float64)
    around = np.full(n, np.nan, np.float32)
    around[enough] = (USUAL - np.clip(found, LONELY, CROWDED)) / (USUAL - LONELY)
    return around


@njit
def strongest(pairs: Any, odds: Any, n: int, most: int) -> Any:
    """The `most` highest log-odds of each of n rows, descending, and whether it has as many."""
    best = np.empty((n, most), np.float32)
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
                k -= 1
            best[row, k] = odds[p]
    return best, held == most

"""How many articles there are to be told apart.

Among ten thousand articles of one day the best partner of each is nearer by chance than among a
hundred, and that any two of them tell one story is less probable to begin with. So their number is
evidence by itself: against, the more there are. Within a language it told nothing that the others
do not; across two, where only meaning and names are at hand, it does.
"""

from __future__ import annotations

import numpy as np

from linker.arrays import BoolArray, DoubleArray, FloatArray

#: Articles count that are so many days away at most.
WITHIN_DAYS = 1.0
#: So many, a usual day, say nothing for or against; fewer than the least are taken for these.
USUAL_RIVALS, FEWEST_RIVALS = 1000.0, 100.0


def count_rivals(day: DoubleArray, counted: BoolArray | None = None) -> FloatArray:
    """Natural logarithm of how many articles there are around each of n, float32 (n,).

    In units of USUAL_RIVALS, each itself among them. `day` float64 (n,) is the time in days, NaN
    when unknown: such an article may be of any day, so it is a rival of all, and all are its
    rivals. With `counted` (n,) only those that are marked are rivals.
    """
    marked = day if counted is None else day[counted]
    times = np.sort(marked[~np.isnan(marked)])
    undated = len(marked) - len(times)
    known = ~np.isnan(day)
    around = np.full(len(day), float(len(marked)))
    last = np.searchsorted(times, day[known] + WITHIN_DAYS, "right")
    first = np.searchsorted(times, day[known] - WITHIN_DAYS, "left")
    around[known] = last - first + undated
    units = np.maximum(around, FEWEST_RIVALS) / USUAL_RIVALS
    logarithms: FloatArray = np.log(units).astype(np.float32)
    return logarithms

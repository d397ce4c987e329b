"""How many others an article has to be told from.

Among ten thousand articles of one day somebody's best partner is nearer by chance than among a
hundred, and that any two of them tell one story is less probable to begin with. So the number of
articles around is evidence by itself: against, the more there are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

#: Articles count as rivals this many days either side.
ALONG = 1.0
#: So many say nothing for or against.
USUAL = 1000.0
#: Fewer are taken for so many: a handful of articles is no proof that they tell one story.
FEWEST = 100.0


def count_rivals(day: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Natural logarithm of the articles around each of n, in units of USUAL, float32 (n,).

    `day` float64 (n,) is the time in days, NaN when unknown. An article of unknown time may be of
    any: it is a rival of all, and all are its rivals.
    """
    known = ~np.isnan(day)
    times = np.sort(day[known])
    around = np.full(len(day), float(len(day)))
    last = np.searchsorted(times, day[known] + ALONG, "right")
    first = np.searchsorted(times, day[known] - ALONG, "left")
    around[known] = last - first + np.count_nonzero(~known)
    logarithms: npt.NDArray[np.float32] = np.log(np.maximum(around, FEWEST) / USUAL).astype(
        np.float32
    )
    return logarithms

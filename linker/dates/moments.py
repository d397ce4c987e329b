"""Many dates at once: the common forms by one compiled pass, the others left to `parse_date`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linker.arrays import IntArray
from linker.buffers import bytes_of
from linker.dates.parsing import AHEAD, EPOCH

Moments = tuple[IntArray, NDArray[np.int8]]

EXACT, DAY, UNSETTLED = 0, 1, 2
"""Precisions, numbered as in `linker.articles.PRECISIONS`."""

_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000
# Integers of 9 to 11 figures are epoch seconds, of 13 milliseconds; others may be compact dates.
_SECONDS = (10**8, 10**11)
_MILLISECONDS = (10**12, 10**13)


def microseconds(moment: datetime | None) -> int:
    """Microseconds since 1970 of an aware datetime; 0 for None."""
    return 0 if moment is None else (moment - EPOCH) // _MICROSECOND


def moments(values: Sequence[object]) -> Moments:
    """What `parse_date` reads in each of n values, where that is plain to see.

    Returns microseconds since 1970, int64 (n,), and precisions, int8 (n,): EXACT, DAY, or
    UNSETTLED (microseconds 0) for every value that is no integer epoch and no ISO 8601 string of
    the usual shapes (see `moment_kernel`), that lies near the bounds of what is believed, or that
    is no date at all.
    """
    found = np.zeros(len(values), np.int64)
    precision = np.full(len(values), UNSETTLED, np.int8)
    kinds = set(map(type, values))
    latest = microseconds(datetime.now(UTC) + AHEAD)
    if str in kinds:
        texts = values if kinds == {str} else [v if type(v) is str else "" for v in values]
        _read_texts(texts, latest, found, precision)
    if int in kinds:
        _read_epochs(values, latest, found, precision)
    return found, precision


def _read_texts(
    texts: Sequence[Any], latest: int, found: IntArray, precision: NDArray[np.int8]
) -> None:
    from linker.dates.moment_kernel import read_iso

    try:
        data, offsets = bytes_of(pa.array(texts, pa.large_string()))
    except UnicodeEncodeError:  # an unpaired surrogate: parse_date sees to all of them
        return
    read_iso(data, offsets, latest, found, precision)


def _read_epochs(
    values: Sequence[Any], latest: int, found: IntArray, precision: NDArray[np.int8]
) -> None:
    for (low, high), scale in ((_SECONDS, 1_000_000), (_MILLISECONDS, 1_000)):
        rows = [row for row, v in enumerate(values) if type(v) is int and low <= v < high]
        moment = np.array([values[row] for row in rows], np.int64) * scale
        believed = moment <= latest
        kept = np.array(rows, np.int64)[believed]
        found[kept] = moment[believed]
        precision[kept] = np.where(found[kept] % _DAY == 0, DAY, EXACT)

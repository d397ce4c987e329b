"""The compiled reading of ISO 8601 dates (`linker.dates.parse_date` is the plain twin)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linker.arrays import ByteArray, IntArray
from linker.jit import bare

_SECOND = 1_000_000
_NONE = np.iinfo(np.int64).min
_FIRST_YEAR = 1801  # a zone may move the first hours of 1800 out of the years that are believed


@bare
def read_iso(
    data: ByteArray,
    offsets: IntArray,
    latest: int,
    found: IntArray,
    precision: NDArray[np.int8],
) -> None:
    """Fill in microseconds since 1970 and precision (0 exact, 1 day) of each string that reads

    YYYY-MM-DD, alone or followed by "T" or a space, hh:mm, perhaps :ss, perhaps a fraction of one
    to six figures, and perhaps "Z", +hh:mm or +hhmm. Other strings, and moments after `latest`,
    are left alone. String i is data[offsets[i]:offsets[i + 1]].
    """
    for row in range(offsets.shape[0] - 1):
        begin, end = offsets[row], offsets[row + 1]
        day = _day(data, begin, end)
        if day == _NONE:
            continue
        clock, place = _clock(data, begin + 10, end)
        zone = _zone(data, place, end) if clock >= 0 else _NONE
        if zone == _NONE:
            continue
        moment = day * (86400 * _SECOND) + clock - zone
        if moment <= latest:
            found[row] = moment
            precision[row] = 1 if clock == 0 else 0


@bare
def _figures(data: ByteArray, begin: int, count: int) -> Any:
    """The number that so many figures write, -1 if one is no figure."""
    number = np.int64(0)
    for place in range(begin, begin + count):
        figure = np.int64(data[place]) - 48
        if figure < 0 or figure > 9:
            return np.int64(-1)
        number = number * 10 + figure
    return number


@bare
def _day(data: ByteArray, begin: int, end: int) -> Any:
    """Days since 1970 of the YYYY-MM-DD that begins here, _NONE if none does."""
    if end - begin < 10 or data[begin + 4] != 45 or data[begin + 7] != 45:
        return _NONE
    year, month = _figures(data, begin, 4), _figures(data, begin + 5, 2)
    day = _figures(data, begin + 8, 2)
    if year < _FIRST_YEAR or month < 1 or month > 12 or day < 1:
        return _NONE
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 31 - (month - 1) % 7 % 2
    if month == 2:
        longest = 29 if leap else 28
    if day > longest:
        return _NONE
    # Years that begin in March put the leap day last: Hinnant, "chrono-compatible algorithms".
    past = year - 1 if month <= 2 else year
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return past * 365 + past // 4 - past // 100 + past // 400 + of_year - 719468


@bare
def _clock(data: ByteArray, begin: int, end: int) -> Any:
    """Microseconds of the time of day after a date, and where it ends; -1 if it is none.

    At the end of the string it is 0.
    """
    if begin == end:
        return np.int64(0), begin
    if end - begin < 6 or (data[begin] != 84 and data[begin] != 32) or data[begin + 3] != 58:
        return np.int64(-1), begin
    hour, minute = _figures(data, begin + 1, 2), _figures(data, begin + 4, 2)
    if hour < 0 or hour > 23 or minute < 0 or minute > 59:
        return np.int64(-1), begin
    clock, place = (hour * 3600 + minute * 60) * _SECOND, begin + 6
    if end - place < 3 or data[place] != 58:
        return clock, place
    second = _figures(data, place + 1, 2)
    if second < 0 or second > 59:
        return np.int64(-1), begin
    clock, place = clock + second * _SECOND, place + 3
    if place == end or data[place] != 46:
        return clock, place
    fraction, unit, first = np.int64(0), _SECOND, place + 1
    place = first
    while place < end and 48 <= data[place] <= 57 and place < first + 6:
        fraction, unit, place = fraction * 10 + data[place] - 48, unit // 10, place + 1
    return (clock + fraction * unit, place) if place > first else (np.int64(-1), begin)


@bare
def _zone(data: ByteArray, begin: int, end: int) -> Any:
    """Microseconds that a zone is ahead of UTC, 0 for none and for "Z", _NONE for anything else."""
    size = end - begin
    if size == 0 or (size == 1 and data[begin] == 90):
        return np.int64(0)
    colon = size == 6 and data[begin + 3] == 58
    if not (colon or size == 5) or (data[begin] != 43 and data[begin] != 45):
        return _NONE
    hours, minutes = _figures(data, begin + 1, 2), _figures(data, end - 2, 2)
    if hours < 0 or hours > 23 or minutes < 0 or minutes > 59:
        return _NONE
    ahead = (hours * 60 + minutes) * 60 * _SECOND
    return ahead if data[begin] == 43 else -ahead

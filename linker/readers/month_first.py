"""Dates of a file that puts the month first, as Americans do: 03/13/2024."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_SLASHED = re.compile(r"\s*(\d{1,2})/(\d{1,2})/(\d{4}\b.*)", re.DOTALL)


def day_first(dates: Iterable[str]) -> Callable[[str], str]:
    """What makes a date of a column one with the day first, as linker reads it.

    dates: some of the column. It has the month first if one of them can be nothing else and none
    can be nothing but the other: what 03/04/2024 means, one date cannot tell.
    """
    found = [match for match in map(_SLASHED.match, dates) if match]
    firsts, seconds = ([int(match[place]) for match in found] for place in (1, 2))
    if max(firsts, default=0) <= 12 < max(seconds, default=0):
        return lambda date: _SLASHED.sub(r"\2/\1/\3", date, count=1)
    return lambda date: date

"""Dates: ISO 8601, RFC 2822, epochs and prose in many scripts, read and made UTC.

One value at a time by `parse_date`, a column at once by `linker.dates.moments`.
"""

from __future__ import annotations

from linker.dates.parsing import EPOCH, SLASHED, MonthFirst, find_date, parse_date

__all__ = ["EPOCH", "SLASHED", "MonthFirst", "find_date", "parse_date"]

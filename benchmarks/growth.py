"""How time grows with size."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

LEAST = 0.05
"""Seconds of a stage below which it says nothing of growth."""


def growth(rows: Sequence[dict[str, Any]]) -> float | None:
    """The exponent of the time in the size: the slope of a line through their logarithms."""
    if len(rows) < 2:
        return None
    sizes = [math.log(row["articles"]) for row in rows]
    seconds = [math.log(row["seconds"]) for row in rows]
    return round(statistics.linear_regression(sizes, seconds).slope, 2)


def growths(rows: Sequence[dict[str, Any]]) -> dict[str, float | None]:
    """The exponent over all sizes and between the two largest.

    What every size costs alike, the start of Python for one, flatters the first.
    """
    rows = [row for row in rows if row["seconds"] >= LEAST]
    return {"growth": growth(rows), "last_growth": growth(rows[-2:])}

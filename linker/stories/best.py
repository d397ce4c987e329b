"""The best partners of a row, in a few places that are kept in order."""

from __future__ import annotations

from typing import Any

from linker.jit import bare


@bare
def keep_best(best: Any, partners: Any, held: int, score: Any, partner: int) -> int:
    """Put a partner in its place among the best, the smaller row first among equals.

    Returns how many are held. When all places are taken the last one falls out. Not inlined by
    numba: as part of a caller's loop it took three times as long.
    """
    at = len(best) - 1
    if held <= at:
        at = held
        held += 1
    elif best[at] > score or (best[at] == score and partners[at] < partner):
        return held
    while at > 0 and (
        best[at - 1] < score or (best[at - 1] == score and partners[at - 1] > partner)
    ):
        best[at], partners[at] = best[at - 1], partners[at - 1]
        at -= 1
    best[at], partners[at] = score, partner
    return held

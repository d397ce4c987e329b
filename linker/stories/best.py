"""The best partners of a row, in a few places that are kept in order."""

from __future__ import annotations

from typing import Any

from linker.jit import bare


@bare(inline="always")
def keep_best(best: Any, partners: Any, held: int, score: Any, partner: int) -> int:
    """Put a partner in its place among the best, the smaller row first among equals.

    Returns how many are held. When all places are taken the last one falls out.
    """
    at = held
    while at > 0 and (
        best[at - 1] < score or (best[at - 1] == score and partners[at - 1] > partner)
    ):
        at -= 1
    if at == len(best):
        return held
    held = min(held + 1, len(best))
    for k in range(held - 1, at, -1):
        best[k], partners[k] = best[k - 1], partners[k - 1]
    best[at], partners[at] = score, partner
    return held

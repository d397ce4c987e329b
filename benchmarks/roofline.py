"""What the inner loops reach of what this machine can do at all, on one core."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.articles import Pile
from benchmarks.inner_loops import Loop, inner_loops, read
from benchmarks.limits import Limit, machine_limits
from benchmarks.resampled import SPAN_DAYS
from benchmarks.rounds import Timing, interleave
from benchmarks.texts import read_records

_START = datetime(2025, 1, 1, tzinfo=UTC)


def measure(paths: Sequence[Path], *, count: int, rounds: int) -> dict[str, Any]:
    """The limits, and each loop's rate as a share of the limit that applies, all in turns.

    A limit is its fastest round, a loop the median of its rounds.
    """
    records = _records(paths, count)
    loops, own = inner_loops(read(records))
    every = [*machine_limits(), *own]
    timings = interleave({part.name: part.job for part in (*every, *loops)}, rounds)
    rates = {limit.name: limit.amount / min(timings[limit.name].wall) for limit in every}
    return machine.describe("roofline") | {
        "rounds": rounds,
        "articles": len(records),
        "source": "files" if paths else "made up",
        "limits": [_limit(limit, rates[limit.name]) for limit in every],
        "rows": [_row(loop, timings[loop.name], rates[loop.limit]) for loop in loops],
    }


def _records(paths: Sequence[Path], count: int) -> list[dict[str, Any]]:
    """Articles made up, or evenly from files, dated evenly within SPAN_DAYS."""
    known = list(read_records(paths)) if paths else list(Pile(seed=1).articles(count))
    count = min(count, len(known))
    gap = timedelta(days=SPAN_DAYS) / count
    return [
        known[number * len(known) // count]
        | {"id": f"a{number}", "published": (_START + number * gap).isoformat()}
        for number in range(count)
    ]


def _limit(limit: Limit, rate: float) -> dict[str, Any]:
    return {"tool": limit.name, "what": limit.what, "unit": limit.unit, "rate": round(rate)}


def _row(loop: Loop, timing: Timing, roof: float) -> dict[str, Any]:
    """rate: of what is counted, a second; share: of the limit."""
    rate = loop.amount / timing.median
    return {
        "tool": loop.name,
        "unit": loop.counted,
        "amount": round(loop.amount),
        "seconds": round(timing.median, 5),
        "fastest": round(min(timing.wall), 5),
        "slowest": round(max(timing.wall), 5),
        "rate": round(rate),
        "limit": loop.limit,
        "share": round(rate / roof, 4),
    }

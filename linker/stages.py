"""The stopwatch of a run: seconds and peak memory of every stage."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from linker.progress import Progress, Silent


@dataclass(slots=True)
class Stages:
    """Measures the stages of one run and tells its display about them.

    `records` holds, a stage: name, seconds, and peak_mb, the high-water mark of the process's
    resident memory in MB (10**6 bytes) when the stage ended. The mark never falls, so a stage that
    does not raise it stayed below it.
    """

    progress: Progress = field(default_factory=Silent)
    records: list[dict[str, str | float]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block as the stage `name`."""
        started = time.perf_counter()
        self.progress.start(name)
        yield
        seconds = time.perf_counter() - started
        record: dict[str, str | float] = {"name": name, "seconds": round(seconds, 3)}
        self.records.append(record | {"peak_mb": round(peak_memory() / 1e6, 1)})
        self.progress.finish(name, seconds)


def peak_memory() -> int:
    """Bytes of the process's peak resident memory so far; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # not a Unix
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024

"""Timing of several jobs in turns, so that a change of the machine's mood meets all of them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Job = Callable[[], object]


@dataclass(slots=True)
class Timing:
    """Seconds of every round: by the clock, and of the process's processors."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median by the clock."""
        return statistics.median(self.wall)

    @property
    def busy(self) -> float:
        """Processors kept busy: about 1 for a job on one core."""
        return sum(self.cpu) / max(sum(self.wall), 1e-9)

    def speeds(self, texts: int) -> dict[str, int]:
        """Texts a second of a job that does so many: the median, slowest and fastest round."""
        return {
            "texts_a_second": round(texts / self.median),
            "slowest": round(texts / max(self.wall)),
            "fastest": round(texts / min(self.wall)),
        }


def interleave(jobs: Mapping[str, Job], rounds: int, *, warm: bool = False) -> dict[str, Timing]:
    """Run every job once to warm up, then all of them in turn, so many rounds.

    warm: the jobs have run already.
    """
    timings = {name: Timing() for name in jobs}
    for job in () if warm else jobs.values():
        job()
    for _ in range(rounds):
        for name, job in jobs.items():
            _time(job, timings[name])
    return timings


def _time(job: Job, timing: Timing) -> None:
    gc.collect()
    started, cpu = time.perf_counter(), time.process_time()
    result = job()
    timing.wall.append(time.perf_counter() - started)
    timing.cpu.append(time.process_time() - cpu)
    del result  # freeing it is not part of the job

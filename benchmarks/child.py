"""A command in a process of its own: time by the clock, of the processors, and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import ROOT


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command used: seconds by the clock, in the program and in the system; peak MB."""

    wall: float
    user: float
    system: float
    peak_mb: float
    output: str


class ChildError(Exception):
    """A command that failed; the message holds the end of what it printed."""


def run(arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Usage:
    """Run this Python with some arguments; log: a file for what it prints. Raises ChildError.

    The system counts the memory of the process that starts a command into the command's peak, so
    the caller should be small: it makes no articles itself and imports no large library.
    """
    variables = dict(os.environ) | dict(environment or {})
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # modules stay compiled, as on most machines
    variables["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.getenv("PYTHONPATH"))))
    with log.open("wb") as file:
        started = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, *arguments], stdout=file, stderr=subprocess.STDOUT, env=variables
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    output = log.read_text(errors="replace")
    if child.returncode:
        raise ChildError(f"{' '.join(arguments)} failed:\n{output[-2000:]}")
    scale = 1e6 if sys.platform == "darwin" else 1e6 / 1024
    return Usage(wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss / scale, output)


def medians(usages: Sequence[Usage], digits: int) -> dict[str, float]:
    """The time and memory of the same program in all rounds: medians, extremes, highest peak."""
    walls = [usage.wall for usage in usages]
    return {
        "seconds": round(statistics.median(walls), digits),
        "fastest": round(min(walls), digits),
        "slowest": round(max(walls), digits),
        "user": round(statistics.median(usage.user for usage in usages), digits),
        "system": round(statistics.median(usage.system for usage in usages), digits),
        "peak_mb": round(max(usage.peak_mb for usage in usages), 1),
    }
